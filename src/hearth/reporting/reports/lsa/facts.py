"""What is said of a member: its stays, the facts that decided, and one sentence that says why it was counted.

Works on the units of a page (see `units`) and the kept tables of the bundle; `members` is the way in.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from hearth import formats
from hearth.reporting.runtime import engine
from hearth.reporting.runtime.engine import Connection

from .units import Found
from .words import ReportRow, words


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing known about a member. `label` says what it is, `meaning` what its code stands for, both in
    words; `meaning` is None for a number or a day, which speak for themselves."""

    name: str
    value: str | None
    label: str
    meaning: str | None = None


@dataclass(frozen=True, slots=True)
class Stay:
    """An enrollment that counted, as the report used it (3.3, 3.4): dates may differ from those recorded."""

    enrollment_id: str
    personal_id: str
    household_id: str | None
    project_id: str
    project_type: str
    entry: date | None
    move_in: date | None
    exit: date | None
    """The day of exit; the last night is the one before. None while open."""


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


_STAYS = """
    SELECT DISTINCT u.Number, e.EnrollmentID, e.PersonalID, e.HouseholdID, e.ProjectID,
        CAST(coalesce(n.LSAProjectType, p.ProjectType) AS VARCHAR) AS ProjectType,
        coalesce(n.EntryDate, e.EntryDate) AS EntryDate, n.MoveInDate,
        CASE WHEN n.EnrollmentID IS NULL THEN x.ExitDate ELSE n.ExitDate END AS ExitDate
    FROM unit AS u
    JOIN unit_household AS h ON h.Number = u.Number
    JOIN Enrollment AS e ON e.HouseholdID = h.HouseholdID
    LEFT JOIN lsa_enrollment AS n ON n.EnrollmentID = e.EnrollmentID
    LEFT JOIN lsa_exit_record AS x ON x.EnrollmentID = e.EnrollmentID
    LEFT JOIN Project AS p ON p.ProjectID = e.ProjectID
    WHERE CASE u.Unit
        WHEN 'person' THEN e.PersonalID = u.PersonalID WHEN 'enrollment' THEN e.EnrollmentID = u.EnrollmentID
        ELSE TRUE END
    UNION
    SELECT u.Number, e.EnrollmentID, e.PersonalID, e.HouseholdID, e.ProjectID, CAST(p.ProjectType AS VARCHAR),
        e.EntryDate, NULL, x.ExitDate
    FROM unit AS u
    JOIN Enrollment AS e ON e.EnrollmentID = u.EnrollmentID AND e.HouseholdID IS NULL
    LEFT JOIN lsa_exit_record AS x ON x.EnrollmentID = e.EnrollmentID
    LEFT JOIN Project AS p ON p.ProjectID = e.ProjectID
"""
_LINES = f"""
    SELECT u.Number, u.Unit, u.PersonalID, u.Amount,
        list(DISTINCT s.ProjectID ORDER BY s.ProjectID) FILTER (WHERE s.ProjectID IS NOT NULL),
        min(s.EntryDate), CASE WHEN bool_or(s.ExitDate IS NULL) THEN NULL ELSE max(s.ExitDate) END
    FROM unit AS u LEFT JOIN ({_STAYS}) AS s ON s.Number = u.Number
    GROUP BY u.Number, u.Unit, u.PersonalID, u.Amount
    ORDER BY u.Number
"""
_PERSON = "SELECT u.Number, p.* FROM unit AS u JOIN lsa_person_detail AS p ON p.PersonalID = u.PersonalID"
_HOUSEHOLD = """
    SELECT u.Number, h.* FROM unit AS u
    JOIN lsa_hoh_detail AS h ON h.HoHID = u.PersonalID AND h.HHType = u.HouseholdType
"""
_EXIT = """
    SELECT u.Number, x.*, h.ExitDate FROM unit AS u
    JOIN lsa_exit_detail AS x ON x.HoHID = u.PersonalID AND x.HHType = u.HouseholdType
    JOIN lsa_household_active AS h ON h.HouseholdID = x.HouseholdID
    WHERE x.Cohort = TRY_CAST(? AS INTEGER)
"""
_COUNTED = """
    SELECT u.Number, h.ActiveHHType, h.HHChronic, h.HHVet, h.HHDisability, h.HHFleeingDV, h.HHAdultAge,
        h.HHParent, p.RaceEthnicity, p.VetStatus, p.DisabilityStatus, p.DVStatus, p.CHTime, p.CHTimeStatus
    FROM unit AS u
    JOIN (SELECT Number, min(HouseholdID) AS HouseholdID FROM unit_household GROUP BY Number) AS f
        ON f.Number = u.Number
    LEFT JOIN lsa_household_active AS h ON h.HouseholdID = f.HouseholdID
    LEFT JOIN lsa_person_detail AS p ON p.PersonalID = u.PersonalID
"""
_RECORDED = """
    SELECT u.Number, e.* EXCLUDE (PersonalID, EnrollmentID, HouseholdID, ProjectID),
        x.ExitDate, x.Destination, n.ActiveAge, n.LastBedNight, p.OperatingEndDate
    FROM unit AS u
    JOIN (SELECT Number, min(HouseholdID) AS HouseholdID FROM unit_household GROUP BY Number) AS f
        ON f.Number = u.Number
    JOIN Enrollment AS e
        ON e.PersonalID = u.PersonalID AND e.HouseholdID IS NOT DISTINCT FROM f.HouseholdID
        AND (u.EnrollmentID IS NULL OR e.EnrollmentID = u.EnrollmentID)
    LEFT JOIN lsa_exit_record AS x ON x.EnrollmentID = e.EnrollmentID
    LEFT JOIN lsa_enrollment AS n ON n.EnrollmentID = e.EnrollmentID
    LEFT JOIN Project AS p ON p.ProjectID = e.ProjectID
    ORDER BY e.EnrollmentID
"""
_NOT_SAID = (
    "Number",
    "PersonalID",
    "HoHID",
    "HouseholdID",
    "HoHAdult",
    "SSNGroup",
    "BeforeRRHDays",
    "BeforePSHDays",
)
_NOTHING = (None, "-1", "0")


def lines(connection: Connection) -> list[Line]:
    """All members that are left, in the order of PersonalID and EnrollmentID."""
    return [
        Line(number, unit, person, amount, tuple(projects or ()), entry, left)
        for number, unit, person, amount, projects, entry, left in engine.rows(connection, _LINES)
    ]


def members_of_page(
    connection: Connection, file: str, wanted: Mapping[str, str | None], found: Found
) -> list[Member]:
    """The members that `units.keep` left, in the order of their numbers."""
    known = _known(file, wanted)
    stays = _stays(connection)
    facts = _facts(connection, file, wanted, found, known)
    period = engine.row(connection, "SELECT ReportStart, ReportEnd FROM lsa_parameters")
    chosen = []
    for number, unit, person, amount in engine.rows(
        connection, "SELECT Number, Unit, PersonalID, Amount FROM unit ORDER BY Number"
    ):
        own = facts.get(number, ())
        if amount is not None:
            own = (
                _fact(file, "Nights" if found.table == "lsa_calculated_bed_nights" else "Days", amount),
                *own,
            )
        there = tuple(stays.get(number, ()))
        chosen.append(
            Member(
                unit=unit,
                personal_id=person,
                household_ids=tuple(sorted({one.household_id for one in there if one.household_id})),
                enrollment_ids=tuple(one.enrollment_id for one in there),
                stays=there,
                facts=own,
                section=known.section,
                why=_why(file, wanted, known, own, there, period),
                number=number,
            )
        )
    return chosen


_OF_FILE = {
    "LSAPerson": ReportRow("People", "person", "5.15", "", ()),
    "LSAHousehold": ReportRow("Households", "household", "6.19", "", ()),
    "LSAExit": ReportRow("Exits", "household", "7.13", "", ()),
}


def _known(file: str, wanted: Mapping[str, str | None]) -> ReportRow:
    if file == "LSACalculated":
        return words().rows[wanted["ReportRow"] or ""]
    return words().counts[wanted["Column"] or ""] if file == "LSAReport" else _OF_FILE[file]


def _stays(connection: Connection) -> dict[int, list[Stay]]:
    found: defaultdict[int, list[Stay]] = defaultdict(list)
    for number, *rest in engine.rows(connection, f"{_STAYS} ORDER BY 1, 7, 2"):
        enrollment, person, household, project, kind, entry, move_in, left = rest
        found[number].append(
            Stay(
                enrollment,
                person,
                household,
                project,
                words().meaning("Stay", "LSAProjectType", kind) or f"project type {kind}",
                entry,
                move_in,
                left,
            )
        )
    return found


def _facts(
    connection: Connection, file: str, wanted: Mapping[str, str | None], found: Found, known: ReportRow
) -> dict[int, tuple[Fact, ...]]:
    parameters: list[object] = []
    if found.table == "lsa_person":
        sql = _PERSON
    elif found.table == "lsa_exit" or (found.table == "lsa_calculated_averages" and wanted["Cohort"] != "1"):
        sql, parameters, file = _EXIT, [wanted["Cohort"]], "LSAExit"
    elif found.table in ("lsa_household", "lsa_calculated_averages"):
        sql, file = _HOUSEHOLD, "LSAHousehold"
    elif known.facts:
        sql = _RECORDED
    elif found.table in ("lsa_report_count", "lsa_calculated_quality", "lsa_calculated_oph"):
        return {}
    else:
        sql = _COUNTED
    connection.execute(sql, parameters)
    columns = [str(one[0]) for one in connection.description or ()]
    told: dict[int, tuple[Fact, ...]] = {}
    for one in connection.fetchall():
        cells = dict(zip(columns, one, strict=True))
        told[cells["Number"]] = _said(file, cells, known.facts)
    return told


def _said(file: str, cells: Mapping[str, Any], asked: tuple[str, ...]) -> tuple[Fact, ...]:
    """The facts asked for; without such a list all that say something (neither "not applicable" nor "no")."""
    if asked:
        return tuple(_fact(file, column, cells[column]) for column in asked if column in cells)
    facts = (_fact(file, column, value) for column, value in cells.items() if column not in _NOT_SAID)
    return tuple(fact for fact in facts if fact.value not in _NOTHING)


def _fact(file: str, column: str, value: object) -> Fact:
    whole = isinstance(value, float | Decimal) and value == int(value)  # sums come back as fractions
    said = None if value is None else str(int(value) if whole else value)  # type: ignore[call-overload]
    exact = column.endswith("Days") or (file in ("LSAHousehold", "LSAExit") and column == "ReturnTime")
    meaning = None if exact else words().meaning(file, column, said)
    return Fact(column, said, words().label(file, column), meaning)


def _why(
    file: str,
    wanted: Mapping[str, str | None],
    known: ReportRow,
    facts: tuple[Fact, ...],
    stays: tuple[Stay, ...],
    period: tuple[Any, ...],
) -> str:
    by_name = {fact.name: fact for fact in facts}
    if known.why:
        values = defaultdict(
            lambda: "an unknown day", {name: fact.value for name, fact in by_name.items() if fact.value}
        )
        return known.why.format_map(values)
    if "ExitFrom" in by_name:
        return _why_exit(by_name)
    if known.section.startswith("8"):
        days = by_name["Days"].value
        return f"{days} {'day' if days == '1' else 'days'} of this household are in the average."
    if known.section == "9.5":
        nights = by_name["Nights"].value
        return f"{nights} {'bed night' if nights == '1' else 'bed nights'} in the report: {_where(stays)}."
    if file == "LSACalculated":
        when = words().meaning(file, "Cohort", wanted["Cohort"])
        return f"In residence {when}: {_where(stays)}."
    return f"Active between {formats.day(period[0])} and {formats.day(period[1])}: {_where(stays)}."


def _why_exit(facts: Mapping[str, Fact]) -> str:
    left, to, back = facts["ExitFrom"], facts.get("ExitTo"), facts.get("ReturnTime")
    day = formats.day(facts["ExitDate"].value) if "ExitDate" in facts else "an unknown day"
    where = (to.meaning or to.value) if to else "an unknown place"
    again = (
        f"returned to homelessness after {formats.counted(int(back.value or 0), 'day')}"
        if back
        else "did not return to homelessness within 730 days"
    )
    return f"Exit from {left.meaning or left.value} on {day} ({where}); {again}."


def _where(stays: tuple[Stay, ...]) -> str:
    said = [
        f"project {one.project_id} ({one.project_type}),"
        f" {formats.period(one.entry, one.exit) or 'days unknown'}"
        for one in stays[:3]
    ]
    more = f", and {len(stays) - 3} more" if len(stays) > 3 else ""
    return "; ".join(said) + more
