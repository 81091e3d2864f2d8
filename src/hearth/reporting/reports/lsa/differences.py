"""What differs between the kept tables of two runs, person by person; `compare` is the way in.

Works on one connection on which both bundles are attached, as the schemas `before` and `after`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from hearth.reporting.runtime import engine
from hearth.reporting.runtime.engine import Connection, name

from .bundle import attach, damage_told, kept_record, scratch
from .words import words

BEFORE, AFTER = "before", "after"
COUNTED = "counted"
"""What a `FactChange` says of a whole row that is there in one run only."""


@dataclass(frozen=True, slots=True)
class FactChange:
    """A fact of a person that differs between the runs. `table` says of what: LSAPerson, LSAHousehold,
    LSAExit or Enrollment; `key` of which, in words ('' for LSAPerson). `column` is '' when the whole
    household, exit or enrollment is there in one run only. Values are as `Fact` has them, with the words of
    their codes in `before_meaning` and `after_meaning`."""

    table: str
    key: str
    column: str
    label: str
    before: str | None
    after: str | None
    before_meaning: str | None = None
    after_meaning: str | None = None


@dataclass(frozen=True, slots=True)
class _Table:
    """A table of facts: whose they are, what tells its rows apart, and which columns say nothing."""

    file: str
    table: str
    person: str
    keys: tuple[str, ...]
    without: tuple[str, ...] = ()


_TABLES = (
    _Table("LSAPerson", "lsa_person_detail", "PersonalID", (), ("SSNGroup",)),
    _Table("LSAHousehold", "lsa_hoh_detail", "HoHID", ("HHType",)),
    _Table("LSAExit", "lsa_exit_detail", "HoHID", ("Cohort", "HHType")),
    _Table("Enrollment", "lsa_enrollment", "PersonalID", ("EnrollmentID",)),
)

# All enrollments that a person's facts can come from: those of everybody in the person's households.
_RESTS_ON = """
    WITH mine AS (
        SELECT DISTINCT p.PersonalID, e.HouseholdID
        FROM asked AS p
        JOIN {schema}.Enrollment AS e ON e.PersonalID = p.PersonalID
    )
    SELECT p.PersonalID, e.EnrollmentID
    FROM asked AS p
    JOIN {schema}.Enrollment AS e ON e.PersonalID = p.PersonalID
    UNION
    SELECT m.PersonalID, e.EnrollmentID
    FROM mine AS m
    JOIN {schema}.Enrollment AS e ON e.HouseholdID = m.HouseholdID
    UNION
    SELECT m.PersonalID, n.EnrollmentID
    FROM mine AS m
    JOIN {schema}.lsa_enrollment AS h ON h.HouseholdID = m.HouseholdID
    JOIN {schema}.lsa_enrollment AS n ON n.PersonalID = h.PersonalID
"""


@contextmanager
def both(before: Path, after: Path) -> Iterator[Connection]:
    """A connection with both runs. Raises `BundleError`."""
    with scratch() as connection, damage_told(before, after):
        for schema, folder in ((BEFORE, before), (AFTER, after)):
            attach(connection, folder, kept_record(folder), schema)
        yield connection


def people(connection: Connection) -> list[str]:
    """Everybody whose facts differ, who came or who went, in order."""
    parts = []
    for one in _there(connection):
        columns = ", ".join(name(column) for column in _columns(connection, one))
        of = {schema: f"SELECT {columns} FROM {schema}.{one.table}" for schema in (BEFORE, AFTER)}
        for first, second in ((BEFORE, AFTER), (AFTER, BEFORE)):
            parts.append(
                f"SELECT {name(one.person)} AS PersonalID"
                f" FROM ({of[first]} EXCEPT {of[second]}) AS {one.table}"
            )
    found = engine.rows(
        connection, f"SELECT DISTINCT PersonalID FROM ({' UNION ALL '.join(parts)}) ORDER BY 1"
    )
    return [str(person) for (person,) in found]


def presence(connection: Connection, asked: Sequence[str]) -> dict[str, str]:
    """came, went or both: in which of the runs these people are."""
    _ask(connection, asked)
    there: dict[str, set[str]] = defaultdict(set)
    for one in _there(connection):
        for schema in (BEFORE, AFTER):
            rows = engine.rows(
                connection,
                f"SELECT DISTINCT p.PersonalID FROM asked AS p JOIN {schema}.{one.table} AS t"
                f" ON t.{name(one.person)} = p.PersonalID",
            )
            for (person,) in rows:
                there[person].add(schema)
    said = {frozenset((BEFORE,)): "went", frozenset((AFTER,)): "came"}
    return {person: said.get(frozenset(runs), "both") for person, runs in there.items()}


def facts(connection: Connection, asked: Sequence[str]) -> dict[str, tuple[FactChange, ...]]:
    """What differs about these people, by PersonalID."""
    _ask(connection, asked)
    found: dict[str, list[FactChange]] = defaultdict(list)
    for one in _there(connection):
        columns = _columns(connection, one)
        on = " AND ".join(f"b.{name(column)} = a.{name(column)}" for column in (one.person, *one.keys))
        of = {
            schema: f"(SELECT t.* FROM {schema}.{one.table} AS t JOIN asked AS p"
            f" ON p.PersonalID = t.{name(one.person)})"
            for schema in (BEFORE, AFTER)
        }
        cells = ", ".join(f"CAST({side}.{name(column)} AS VARCHAR)" for side in "ba" for column in columns)
        rows = engine.rows(
            connection,
            f"SELECT {cells} FROM {of[BEFORE]} AS b FULL JOIN {of[AFTER]} AS a ON {on}"
            f" ORDER BY {', '.join(f'coalesce(b.{name(c)}, a.{name(c)})' for c in (one.person, *one.keys))}",
        )
        for row in rows:
            old = dict(zip(columns, row[: len(columns)], strict=True))
            new = dict(zip(columns, row[len(columns) :], strict=True))
            person = new[one.person] if new[one.person] is not None else old[one.person]
            found[person].extend(_changes(one, old, new))
    return {person: tuple(changes) for person, changes in found.items()}


def visible(
    connection: Connection, asked: Sequence[str], may_see: Callable[[Sequence[str]], Collection[str]]
) -> set[str]:
    """Those of these people all of whose enrollments, in both runs, may be seen."""
    _ask(connection, asked)
    rests = " UNION ".join(_RESTS_ON.format(schema=schema).join(("(", ")")) for schema in (BEFORE, AFTER))
    engine.run(connection, f"CREATE OR REPLACE TEMP TABLE rests_on AS {rests}")
    enrollments = engine.rows(connection, "SELECT DISTINCT EnrollmentID FROM rests_on ORDER BY 1")
    engine.text_table(connection, "seen", "EnrollmentID", may_see([one for (one,) in enrollments]))
    found = engine.rows(
        connection,
        "SELECT r.PersonalID FROM rests_on AS r LEFT JOIN seen AS s ON s.EnrollmentID = r.EnrollmentID"
        " GROUP BY r.PersonalID HAVING count(*) = count(s.EnrollmentID)",
    )
    return {str(person) for (person,) in found}


def _ask(connection: Connection, asked: Iterable[str]) -> None:
    engine.text_table(connection, "asked", "PersonalID", asked)


def _there(connection: Connection) -> list[_Table]:
    """The tables that both runs have: a HIC has no households and exits."""
    found = engine.rows(connection, "SELECT table_schema, table_name FROM information_schema.tables")
    return [one for one in _TABLES if {(BEFORE, one.table), (AFTER, one.table)} <= set(found)]


def _columns(connection: Connection, one: _Table) -> list[str]:
    described = engine.rows(connection, f"DESCRIBE {AFTER}.{one.table}")
    return [str(column) for column, *_ in described if column not in one.without]


def _changes(
    one: _Table, old: Mapping[str, str | None], new: Mapping[str, str | None]
) -> Iterator[FactChange]:
    gone, came = new[one.person] is None, old[one.person] is None
    there = old if gone else new
    key = ", ".join(
        words().meaning(one.file, column, there[column]) or str(there[column]) for column in one.keys
    )
    if gone or came:
        label = {"LSAPerson": "Person", "LSAHousehold": "Household", "LSAExit": "Exit"}.get(
            one.file, one.file
        )
        yield FactChange(one.file, key, "", label, COUNTED if gone else None, COUNTED if came else None)
        return
    for column, before in old.items():
        after = new[column]
        if before != after:
            yield FactChange(
                one.file,
                key,
                column,
                words().label(one.file, column),
                before,
                after,
                words().meaning(one.file, column, before),
                words().meaning(one.file, column, after),
            )
