"""What differs between the kept tables of two runs, person by person; `compare` is the way in.

Works on one connection on which both bundles are attached, as the schemas `before` and `after`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields
from datetime import date
from pathlib import Path

from hearth.reporting import engine
from hearth.reporting.engine import Connection, name, text
from hearth.reporting.runtime.labels import labels_of
from hearth.reporting.runtime.report import Report

from .bundle import attach, damage_told, kept_record, report_of, scratch
from .declarations import DERIVED, QUALITY, RECORDED, FactTable, declared_of

BEFORE, AFTER = "before", "after"
COUNTED = "counted"
"""What a `FactChange` says of a whole row that is there in one run only."""


@dataclass(frozen=True, slots=True)
class FactChange:
    """A fact of a person that differs between the runs. `table` says of what: a table of facts.yaml. `key` of
    which row of it, in words ('' where a person has one). `column` is ''
    when the whole household, exit, enrollment or count is there in one run only. Values are as `Fact` has
    them, with the words of their codes in `before_meaning` and `after_meaning`."""

    table: str
    key: str
    column: str
    label: str
    before: str | None
    after: str | None
    before_meaning: str | None = None
    after_meaning: str | None = None
    part: str = DERIVED


@dataclass(frozen=True, slots=True)
class Both:
    """Two runs of a report on one connection."""

    report: Report
    connection: Connection


@contextmanager
def both(before: Path, after: Path) -> Iterator[Both]:
    """Both runs, of one report, on a connection. Raises `BundleError`."""
    with scratch() as connection, damage_told(before, after):
        runs = Both(report_of(kept_record(after)), connection)
        for schema, folder in ((BEFORE, before), (AFTER, after)):
            attach(runs.report, connection, folder, kept_record(folder).tables, schema)
            _count_quality(runs, schema)
        reported = declared_of(runs.report).reported
        everybody = " UNION ".join(reported.format(schema=schema) for schema in (BEFORE, AFTER))
        engine.run(connection, f"CREATE TEMP TABLE reported AS {everybody}")
        yield runs


def _count_quality(runs: Both, schema: str) -> None:
    """Make `quality_<schema>`: PersonalID, Which (the name of a count or a row), its ProjectID where it is of
    one, and how often the person is counted there. A household counts for its head."""
    connection = runs.connection
    there = _kept(connection)
    parts = []
    for one in declared_of(runs.report).quality:
        if (schema, one.table) in there:
            counted = runs.report.counting()[one.table][1].rows
            parts.append(
                f"SELECT {one.which} AS Which, CAST({one.project} AS VARCHAR) AS ProjectID,"
                f" CAST(Counted AS VARCHAR) AS Counted FROM ({counted}) AS {one.table}"
            )
    counted = " UNION ".join(parts) or "SELECT '' AS Which, '' AS ProjectID, '' AS Counted WHERE FALSE"
    unit = _units(runs.report)
    engine.run(connection, f"SET schema = '{schema}'")  # the steps name their tables without a schema
    try:
        engine.run(
            connection,
            f"""
            CREATE TEMP TABLE quality_{schema} AS
            WITH counted AS ({counted}),
            head AS (
                SELECT HouseholdID,
                    coalesce(min(CASE WHEN RelationshipToHoH = 1 THEN PersonalID END), min(PersonalID)) AS
                    PersonalID FROM Enrollment GROUP BY HouseholdID
            ),
            person AS (
                SELECT c.Which, c.ProjectID, c.Counted, e.PersonalID
                FROM counted AS c JOIN Enrollment AS e ON e.EnrollmentID = c.Counted
                WHERE c.Which IN ({unit["enrollment"]})
                UNION ALL
                SELECT c.Which, c.ProjectID, c.Counted, h.PersonalID
                FROM counted AS c JOIN head AS h ON h.HouseholdID = c.Counted
                WHERE c.Which IN ({unit["household"]})
                UNION ALL
                SELECT Which, ProjectID, Counted, Counted FROM counted WHERE Which IN ({unit["person"]})
            )
            SELECT PersonalID, Which, ProjectID, count(*) AS Number FROM person
            GROUP BY PersonalID, Which, ProjectID
            """,
        )
    finally:
        engine.run(connection, "SET schema = 'main'")


def _units(report: Report) -> dict[str, str]:
    """What each count of data quality counts: person, household or enrollment -> its names, as SQL lists
    them."""
    known = labels_of(report).counts | labels_of(report).rows
    found: dict[str, list[str]] = {"person": ["''"], "household": ["''"], "enrollment": ["''"]}
    for which, row in known.items():
        if row.unit in found:
            found[row.unit].append(text(which))
    return {unit: ", ".join(listed) for unit, listed in found.items()}


def people(runs: Both) -> list[str]:
    """Everybody about whom anything differs, who came or who went, in order: as recorded (of those whom
    either report has), in data quality, or in what the report makes of it."""
    parts = [_who_differs(runs, one) for one in _there(runs)]
    found = engine.rows(
        runs.connection, f"SELECT DISTINCT PersonalID FROM ({' UNION ALL '.join(parts)}) AS d ORDER BY 1"
    )
    return [str(person) for (person,) in found]


@dataclass(frozen=True, slots=True)
class Causes:
    """Of how many people something recorded was corrected, is new, or is gone; of how many nothing recorded
    of their own differs (others of their household, projects or the time do); and of how many what was
    recorded differs, and no figure does. People may stand in several of the first three."""

    corrected: int
    added: int
    removed: int
    others: int
    without_effect: int


def causes(runs: Both) -> Causes:
    """Why people differ."""
    _find_causes(runs)
    rows = engine.rows(runs.connection, "SELECT Cause, count(*) FROM cause GROUP BY Cause")
    found = {str(cause): int(many) for cause, many in rows}
    return Causes(**{one.name: found.get(one.name, 0) for one in fields(Causes)})


def of_cause(runs: Both, cause: str) -> list[str]:
    """Everybody whom one of the counts of `Causes` counts, by its name, in order."""
    _find_causes(runs)
    found = engine.rows(
        runs.connection, "SELECT DISTINCT PersonalID FROM cause WHERE Cause = ? ORDER BY 1", [cause]
    )
    return [str(person) for (person,) in found]


def _find_causes(runs: Both) -> None:
    """Make `cause`: PersonalID, Cause (the name of a count of `Causes`)."""
    recorded, effects, kinds = [], [], []
    for one in _there(runs):
        if one.part != RECORDED:
            effects.append(_who_differs(runs, one))
            continue
        recorded.append(_who_differs(runs, one))
        keys = ", ".join(name(column) for column in (one.person, *one.keys))
        of = {
            schema: f"SELECT {keys} FROM ({one.sql.format(schema=schema)}) AS t" for schema in (BEFORE, AFTER)
        }
        for cause, first, second in (("added", AFTER, BEFORE), ("removed", BEFORE, AFTER)):
            kinds.append(
                f"SELECT {name(one.person)} AS PersonalID, '{cause}' AS Cause"
                f" FROM ({of[first]} EXCEPT {of[second]}) AS {cause}"
            )
        columns = ", ".join(name(column) for column in _columns(runs, one))
        whole = {
            schema: f"SELECT {columns} FROM ({one.sql.format(schema=schema)}) AS t"
            for schema in (BEFORE, AFTER)
        }
        same = " AND ".join(f"c.{name(column)} = k.{name(column)}" for column in (one.person, *one.keys))
        kinds.append(
            f"SELECT c.{name(one.person)} AS PersonalID, 'corrected' AS Cause"
            f" FROM ({whole[AFTER]} EXCEPT {whole[BEFORE]}) AS c JOIN ({of[BEFORE]}) AS k ON {same}"
        )
    nobody = "SELECT '' AS PersonalID WHERE FALSE"
    engine.run(
        runs.connection,
        f"""
        CREATE OR REPLACE TEMP TABLE cause AS
        WITH recorded AS (SELECT DISTINCT PersonalID FROM ({" UNION ALL ".join(recorded) or nobody}) AS r),
        effect AS (SELECT DISTINCT PersonalID FROM ({" UNION ALL ".join(effects) or nobody}) AS e)
        SELECT DISTINCT c.PersonalID, c.Cause
        FROM ({" UNION ALL ".join(kinds) or "SELECT '' AS PersonalID, '' AS Cause WHERE FALSE"}) AS c
        SEMI JOIN recorded USING (PersonalID)
        UNION ALL SELECT PersonalID, 'others' FROM effect ANTI JOIN recorded USING (PersonalID)
        UNION ALL SELECT PersonalID, 'without_effect' FROM recorded ANTI JOIN effect USING (PersonalID)
        """,
    )


def _who_differs(runs: Both, one: FactTable) -> str:
    """A SELECT of those about whom this table says different things. What was recorded counts of those alone
    whom either report has: a new stay in another CoC is none of its business."""
    columns = ", ".join(name(column) for column in _columns(runs, one))
    of = {
        schema: f"SELECT {columns} FROM ({one.sql.format(schema=schema)}) AS t" for schema in (BEFORE, AFTER)
    }
    sides = [
        f"SELECT {name(one.person)} AS PersonalID FROM ({of[first]} EXCEPT {of[second]}) AS d"
        for first, second in ((BEFORE, AFTER), (AFTER, BEFORE))
    ]
    both_sides = f"SELECT PersonalID FROM ({' UNION ALL '.join(sides)}) AS {one.name}"
    return f"{both_sides} SEMI JOIN reported USING (PersonalID)" if one.part == RECORDED else both_sides


def stays(runs: Both, asked: Sequence[str]) -> dict[str, tuple[tuple[str, ...], date | None, date | None]]:
    """Of these people the projects of all stays that either report has, the first entry, and the last exit
    (None while a stay is open)."""
    _ask(runs.connection, asked)
    declared = declared_of(runs.report).stays_of_people
    each = " UNION ".join(declared.format(schema=schema) for schema in (BEFORE, AFTER))
    rows = engine.rows(
        runs.connection,
        "SELECT PersonalID, list(DISTINCT ProjectID ORDER BY ProjectID), min(EntryDate),"
        " CASE WHEN bool_or(ExitDate IS NULL) THEN NULL ELSE max(ExitDate) END"
        f" FROM ({each}) AS s SEMI JOIN asked USING (PersonalID) GROUP BY PersonalID",
    )
    return {str(person): (tuple(projects), entry, left) for person, projects, entry, left in rows}


def presence(runs: Both, asked: Sequence[str]) -> dict[str, str]:
    """came, went or both: in which of the runs these people are."""
    _ask(runs.connection, asked)
    there: dict[str, set[str]] = defaultdict(set)
    for one in _there(runs):
        if one.part != DERIVED:
            continue
        for schema in (BEFORE, AFTER):
            rows = engine.rows(
                runs.connection,
                f"SELECT DISTINCT p.PersonalID FROM asked AS p JOIN ({one.sql.format(schema=schema)}) AS t"
                f" ON t.{name(one.person)} = p.PersonalID",
            )
            for (person,) in rows:
                there[person].add(schema)
    said = {frozenset((BEFORE,)): "went", frozenset((AFTER,)): "came"}
    return {person: said.get(frozenset(runs), "both") for person, runs in there.items()}


def facts(runs: Both, asked: Sequence[str]) -> dict[str, tuple[FactChange, ...]]:
    """What differs about these people, by PersonalID."""
    _ask(runs.connection, asked)
    found: dict[str, list[FactChange]] = defaultdict(list)
    for one in _there(runs):
        columns = _columns(runs, one)
        on = " AND ".join(f"b.{name(column)} = a.{name(column)}" for column in (one.person, *one.keys))
        of = {
            schema: f"(SELECT t.* FROM ({one.sql.format(schema=schema)}) AS t JOIN asked AS p"
            f" ON p.PersonalID = t.{name(one.person)})"
            for schema in (BEFORE, AFTER)
        }
        cells = ", ".join(f"CAST({side}.{name(column)} AS VARCHAR)" for side in "ba" for column in columns)
        rows = engine.rows(
            runs.connection,
            f"SELECT {cells} FROM {of[BEFORE]} AS b FULL JOIN {of[AFTER]} AS a ON {on}"
            f" ORDER BY {', '.join(f'coalesce(b.{name(c)}, a.{name(c)})' for c in (one.person, *one.keys))}",
        )
        for row in rows:
            old = dict(zip(columns, row[: len(columns)], strict=True))
            new = dict(zip(columns, row[len(columns) :], strict=True))
            person = new[one.person] if new[one.person] is not None else old[one.person]
            found[person].extend(_changes(runs.report, one, old, new))
    return {person: tuple(changes) for person, changes in found.items()}


def visible(
    runs: Both, asked: Sequence[str], may_see: Callable[[Sequence[str]], Collection[str]]
) -> set[str]:
    """Those of these people all of whose enrollments, in both runs, may be seen."""
    _ask(runs.connection, asked)
    rests_on = declared_of(runs.report).rests_on_people
    rests = " UNION ".join(rests_on.format(schema=schema).join(("(", ")")) for schema in (BEFORE, AFTER))
    engine.run(runs.connection, f"CREATE OR REPLACE TEMP TABLE rests_on AS {rests}")
    enrollments = engine.rows(runs.connection, "SELECT DISTINCT EnrollmentID FROM rests_on ORDER BY 1")
    engine.text_table(runs.connection, "seen", "EnrollmentID", may_see([one for (one,) in enrollments]))
    found = engine.rows(
        runs.connection,
        "SELECT r.PersonalID FROM rests_on AS r LEFT JOIN seen AS s ON s.EnrollmentID = r.EnrollmentID"
        " GROUP BY r.PersonalID HAVING count(*) = count(s.EnrollmentID)",
    )
    return {str(person) for (person,) in found}


def _ask(connection: Connection, asked: Iterable[str]) -> None:
    engine.text_table(connection, "asked", "PersonalID", asked)


def _kept(connection: Connection) -> set[tuple[str, str]]:
    """The tables of both runs: schema, name."""
    return set(
        engine.rows(
            connection,
            "SELECT table_schema, table_name FROM information_schema.tables"
            " WHERE table_catalog = current_database()",
        )
    )


def _there(runs: Both) -> list[FactTable]:
    """The tables that both runs have: a HIC has no households and exits."""
    kept = _kept(runs.connection)
    return [
        one
        for one in declared_of(runs.report).tables
        if {(schema, table) for schema in (BEFORE, AFTER) for table in one.needs} <= kept
    ]


def _columns(runs: Both, one: FactTable) -> list[str]:
    """The columns that both runs have: a file of one year may have others than that of another."""
    before, after = (
        [
            str(column)
            for column, *_ in engine.rows(runs.connection, f"DESCRIBE {one.sql.format(schema=schema)}")
        ]
        for schema in (BEFORE, AFTER)
    )
    return [column for column in after if column in before and column not in one.without]


def _changes(
    report: Report, one: FactTable, old: Mapping[str, str | None], new: Mapping[str, str | None]
) -> Iterator[FactChange]:
    gone, came = new[one.person] is None, old[one.person] is None
    there = old if gone else new
    key = _key(report, one, there)
    if gone or came:
        yield FactChange(
            one.name, key, "", one.label, COUNTED if gone else None, COUNTED if came else None, part=one.part
        )
        return
    unsaid = one.unsaid.get("column")
    others = [column for column, before in old.items() if before != new[column] and column != unsaid]
    for column in others:
        before, after = old[column], new[column]
        yield FactChange(
            one.name, key, column, _label(report, one, column), before, after,
            _meaning(report, one, column, before), _meaning(report, one, column, after), one.part,
        )  # fmt: skip
    if unsaid and not others and old[unsaid] != new[unsaid]:
        yield FactChange(
            one.name, key, unsaid, one.label, one.unsaid["before"], one.unsaid["after"], part=one.part
        )


def _key(report: Report, one: FactTable, there: Mapping[str, str | None]) -> str:
    labels = labels_of(report)
    if one.part == QUALITY:
        which = there["Which"] or ""
        known = labels.counts.get(which) or labels.rows.get(which)
        project = f", project {there['ProjectID']}" if there.get("ProjectID") else ""
        return f"{known.title if known else which}{project}"
    return ", ".join(
        labels.meaning(one.name, column, there[column]) or str(there[column]) for column in one.keys
    )


def _label(report: Report, one: FactTable, column: str) -> str:
    if one.hud:
        file = report.registry.file(one.hud)
        known = one.hud_names.get(column, column)
        return file.column(known).label or known if known in file else column
    if one.part == QUALITY:
        return "Counted"
    return one.columns.get(column) or labels_of(report).label(one.name, column)


def _meaning(report: Report, one: FactTable, column: str, value: str | None) -> str | None:
    """The words of a code; of HUD's columns by the list of the standards."""
    if not one.hud:
        return labels_of(report).meaning(one.name, column, value)
    file = report.registry.file(one.hud)
    if value is None or column not in file:
        return None
    for list_id in file.column(column).lists:
        codes = report.registry.list(list_id)
        if value in codes:
            return codes.label(value)
    return None
