"""What is said of a member: its stays, the facts that decided, and one sentence that says why it was counted.

Works on the units of a page (see `counted_units`) and the kept tables of the bundle; `members` is the way in.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from hearth.reporting import engine
from hearth.reporting.engine import name as quoted
from hearth.reporting.runtime.labels import RowLabel, labels_of

from .bundle import Bundle
from .counted_units import Found
from .declarations import Declared, declared_of
from .own import Asked, Fact, Stay, own_of


@dataclass(frozen=True, slots=True)
class Member:
    """What a row counted. `unit` is person, household or enrollment; of a household, `personal_id` is the
    head of household. `why` is one sentence; `section` names the specification's section behind it;
    `number` is that of its `Line`."""

    unit: str
    personal_id: str
    household_ids: tuple[str, ...]
    enrollment_ids: tuple[str, ...]
    stays: tuple[Stay, ...]
    facts: tuple[Fact, ...]
    section: str
    why: str
    number: int = 0


@dataclass(frozen=True, slots=True)
class Line:
    """A member before it is described: what a list can be filtered and sorted by. `number` is of this
    opening alone; `amount` its days or nights, where the number is made of them; `projects` those of the
    stays that counted; `entry` the first of them, `exit` the last, None while one is open."""

    number: int
    unit: str
    personal_id: str
    amount: int | None
    projects: tuple[str, ...]
    entry: date | None
    exit: date | None


_LINES = """
    SELECT u.Number, u.Unit, u.PersonalID, u.Amount,
        list(DISTINCT s.ProjectID ORDER BY s.ProjectID) FILTER (WHERE s.ProjectID IS NOT NULL),
        min(s.EntryDate), CASE WHEN bool_or(s.ExitDate IS NULL) THEN NULL ELSE max(s.ExitDate) END
    FROM unit AS u LEFT JOIN ({stays}) AS s ON s.Number = u.Number
    GROUP BY u.Number, u.Unit, u.PersonalID, u.Amount
    ORDER BY u.Number
"""
_NOTHING = (None, "-1", "0")


def lines(bundle: Bundle) -> list[Line]:
    """All members that are left, in the order of PersonalID and EnrollmentID."""
    found = engine.rows(bundle.connection, _LINES.format(stays=declared_of(bundle.report).stays))
    return [
        Line(number, unit, person, amount, tuple(projects or ()), entry, left)
        for number, unit, person, amount, projects, entry, left in found
    ]


def members_of_page(
    bundle: Bundle, file: str, wanted: Mapping[str, str | None], found: Found
) -> list[Member]:
    """The members that `counted_units.keep` left, in the order of their numbers."""
    connection, report = bundle.connection, bundle.report
    known = labels_of(report).row(report.file(file), wanted)
    amount_is = declared_of(report).rule(found.table, wanted).amount
    stays = _stays(bundle)
    facts = _facts(bundle, file, wanted, found, known)
    parameters = quoted(declared_of(report).parameters)
    period = engine.row(connection, f"SELECT ReportStart, ReportEnd FROM {parameters}")
    chosen = []
    for number, unit, person, amount in engine.rows(
        connection, "SELECT Number, Unit, PersonalID, Amount FROM unit ORDER BY Number"
    ):
        own = facts.get(number, ())
        if amount is not None:
            own = (_fact(bundle, file, amount_is, amount), *own)
        there = tuple(stays.get(number, ()))
        asked = Asked(known, wanted, {fact.name: fact for fact in own}, there, (period[0], period[1]))
        chosen.append(
            Member(
                unit=unit,
                personal_id=person,
                household_ids=tuple(sorted({one.household_id for one in there if one.household_id})),
                enrollment_ids=tuple(one.enrollment_id for one in there),
                stays=there,
                facts=own,
                section=known.section,
                why=_why(bundle, file, asked),
                number=number,
            )
        )
    return chosen


def _stays(bundle: Bundle) -> dict[int, list[Stay]]:
    found: defaultdict[int, list[Stay]] = defaultdict(list)
    labels = labels_of(bundle.report)
    sql = f"{declared_of(bundle.report).stays} ORDER BY 1, 7, 2"
    for number, *rest in engine.rows(bundle.connection, sql):
        enrollment, person, household, project, kind, entry, move_in, left = rest
        found[number].append(
            Stay(
                enrollment,
                person,
                household,
                project,
                labels.project_type(kind),
                entry,
                move_in,
                left,
            )
        )
    return found


def _facts(
    bundle: Bundle, file: str, wanted: Mapping[str, str | None], found: Found, known: RowLabel
) -> dict[int, tuple[Fact, ...]]:
    declared = declared_of(bundle.report)
    told = "recorded" if known.facts else declared.rule(found.table, wanted).facts
    if not told:
        return {}
    query = declared.facts[told]
    connection = bundle.connection
    connection.execute(query.sql, [wanted[query.asks]] if query.asks else [])
    columns = [str(one[0]) for one in connection.description or ()]
    rows = [dict(zip(columns, one, strict=True)) for one in connection.fetchall()]
    of = query.words or file
    return {cells["Number"]: _told(bundle, declared, of, cells, known.facts) for cells in rows}


def _told(
    bundle: Bundle, declared: Declared, file: str, cells: Mapping[str, Any], asked: tuple[str, ...]
) -> tuple[Fact, ...]:
    """The facts asked for; without such a list all that say something (neither "not applicable" nor "no")."""
    if asked:
        return tuple(_fact(bundle, file, column, cells[column]) for column in asked if column in cells)
    facts = (
        _fact(bundle, file, column, value)
        for column, value in cells.items()
        if column not in declared.not_told
    )
    return tuple(fact for fact in facts if fact.value not in _NOTHING)


def _fact(bundle: Bundle, file: str, column: str, value: object) -> Fact:
    whole = isinstance(value, float | Decimal) and value == int(value)  # sums come back as fractions
    said = None if value is None else str(int(value) if whole else value)  # type: ignore[call-overload]  # `whole` says that it is a number
    labels = labels_of(bundle.report)
    exact = declared_of(bundle.report).is_exact(file, column)
    meaning = None if exact else labels.meaning(file, column, said)
    return Fact(column, said, labels.label(file, column), meaning)


def _why(bundle: Bundle, file: str, asked: Asked) -> str:
    if not asked.known.why:
        return own_of(bundle.report).why(file, asked)
    values = {name: fact.value for name, fact in asked.facts.items() if fact.value}
    return asked.known.why.format_map(defaultdict(lambda: "an unknown day", values))
