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
from hearth.reporting.runtime.engine import Connection, name, text
from hearth.standards.load import LATEST, load

from .bundle import attach, damage_told, kept_record, scratch
from .planned import counting
from .words import words

BEFORE, AFTER = "before", "after"
COUNTED = "counted"
"""What a `FactChange` says of a whole row that is there in one run only."""


RECORDED, QUALITY, DERIVED = "recorded", "quality", "derived"
"""What a `FactChange` is about: an answer as it was recorded; a count of data quality; what the report makes
of it."""


@dataclass(frozen=True, slots=True)
class FactChange:
    """A fact of a person that differs between the runs. `table` says of what: Client, EnrollmentRecord, Exit
    or Nights as recorded; LSAReport or LSACalculated of data quality; LSAPerson, LSAHousehold, LSAExit or
    Enrollment as the report uses it. `key` of which, in words ('' for Client and LSAPerson). `column` is ''
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
class _Table:
    """A table of facts: whose they are, what tells its rows apart, and which columns say nothing. `sql`
    selects it from a run ({schema}); `needs` are the kept tables that it reads; `hud`: HUD's file of recorded
    answers."""

    file: str
    sql: str
    person: str
    keys: tuple[str, ...]
    needs: tuple[str, ...]
    without: tuple[str, ...] = ()
    part: str = DERIVED
    hud: str = ""


def _derived(
    file: str, table: str, person: str, keys: tuple[str, ...], without: tuple[str, ...] = ()
) -> _Table:
    return _Table(file, f"SELECT * FROM {{schema}}.{table}", person, keys, (table,), without)


_TABLES = (
    _Table(
        "Client", "SELECT * FROM {schema}.recorded_client", "PersonalID", (), ("recorded_client",),
        part=RECORDED, hud="Client",
    ),
    _Table(
        "EnrollmentRecord", "SELECT * FROM {schema}.Enrollment", "PersonalID", ("EnrollmentID",),
        ("Enrollment",), part=RECORDED, hud="Enrollment",
    ),
    _Table(
        "Exit",
        "SELECT e.PersonalID, x.* FROM {schema}.lsa_exit_record AS x"
        " JOIN {schema}.Enrollment AS e ON e.EnrollmentID = x.EnrollmentID",
        "PersonalID", ("EnrollmentID",), ("Enrollment", "lsa_exit_record"), part=RECORDED, hud="Exit",
    ),
    _Table(
        "Nights",
        "SELECT e.PersonalID, b.EnrollmentID, count(*) AS Nights, min(b.Night) AS FirstNight,"
        " max(b.Night) AS LastNight, CAST(bit_xor(hash(b.Night)) AS VARCHAR) AS Which"
        " FROM {schema}.lsa_bed_night AS b JOIN {schema}.Enrollment AS e ON e.EnrollmentID = b.EnrollmentID"
        " GROUP BY e.PersonalID, b.EnrollmentID",
        "PersonalID", ("EnrollmentID",), ("Enrollment", "lsa_bed_night"), part=RECORDED,
    ),
    _Table(
        "LSAReport", "SELECT * FROM quality_{schema} WHERE ProjectID IS NULL", "PersonalID", ("Which",),
        ("lsa_report_count",), ("ProjectID",), QUALITY,
    ),
    _Table(
        "LSACalculated", "SELECT * FROM quality_{schema} WHERE ProjectID IS NOT NULL", "PersonalID",
        ("Which", "ProjectID"), ("lsa_calculated_quality",), part=QUALITY,
    ),
    _derived("LSAPerson", "lsa_person_detail", "PersonalID", (), ("SSNGroup",)),
    _derived("LSAHousehold", "lsa_hoh_detail", "HoHID", ("HHType",)),
    _derived("LSAExit", "lsa_exit_detail", "HoHID", ("Cohort", "HHType")),
    _derived("Enrollment", "lsa_enrollment", "PersonalID", ("EnrollmentID",)),
)  # fmt: skip
#: What the words for facts of a whole row are.
_ROWS = {
    "LSAPerson": "Person", "LSAHousehold": "Household", "LSAExit": "Exit", "Exit": "Recorded exit",
    "EnrollmentRecord": "Recorded enrollment", "Nights": "Bed nights", "Client": "Client record",
    "LSAReport": "Data quality", "LSACalculated": "Data quality of the project",
}  # fmt: skip
_NIGHTS = {"Nights": "Bed nights", "FirstNight": "First bed night", "LastNight": "Last bed night"}
_OF_HUD = {"DateOfBirth": "DOB"}

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
            attach(connection, folder, kept_record(folder).tables, schema)
            _count_quality(connection, schema)
        engine.run(
            connection,
            "CREATE TEMP TABLE reported AS SELECT PersonalID FROM before.lsa_enrollment"
            " UNION SELECT PersonalID FROM after.lsa_enrollment",
        )
        yield connection


def _count_quality(connection: Connection, schema: str) -> None:
    """Make `quality_<schema>`: PersonalID, Which (column of LSAReport, or row of LSACalculated with its
    ProjectID) and how often the person is counted there. A household counts for its head."""
    there = _kept(connection)
    parts = []
    for table, which, project in (
        ("lsa_report_count", "ReportColumn", "NULL"),
        ("lsa_calculated_quality", "CAST(ReportRow AS VARCHAR)", "ProjectID"),
    ):
        if (schema, table) in there:
            counted = counting()[table][1].rows
            parts.append(
                f"SELECT {which} AS Which, CAST({project} AS VARCHAR) AS ProjectID,"
                f" CAST(Counted AS VARCHAR) AS Counted FROM ({counted}) AS {table}"
            )
    counted = " UNION ".join(parts) or "SELECT '' AS Which, '' AS ProjectID, '' AS Counted WHERE FALSE"
    unit = _units()
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


def _units() -> dict[str, str]:
    """What each count of data quality counts: person, household or enrollment -> its names, as SQL lists
    them."""
    known = words().counts | words().rows
    found: dict[str, list[str]] = {"person": ["''"], "household": ["''"], "enrollment": ["''"]}
    for which, row in known.items():
        if row.unit in found:
            found[row.unit].append(text(which))
    return {unit: ", ".join(listed) for unit, listed in found.items()}


def people(connection: Connection) -> list[str]:
    """Everybody about whom anything differs, who came or who went, in order: as recorded (of those whom
    either report has), in data quality, or in what the report makes of it."""
    parts = [_who_differs(connection, one) for one in _there(connection)]
    found = engine.rows(
        connection, f"SELECT DISTINCT PersonalID FROM ({' UNION ALL '.join(parts)}) AS d ORDER BY 1"
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


def causes(connection: Connection) -> Causes:
    """Why people differ."""
    recorded, effects, kinds = [], [], []
    for one in _there(connection):
        if one.part != RECORDED:
            effects.append(_who_differs(connection, one))
            continue
        recorded.append(_who_differs(connection, one))
        keys = ", ".join(name(column) for column in (one.person, *one.keys))
        of = {
            schema: f"SELECT {keys} FROM ({one.sql.format(schema=schema)}) AS t" for schema in (BEFORE, AFTER)
        }
        for cause, first, second in (("added", AFTER, BEFORE), ("removed", BEFORE, AFTER)):
            kinds.append(
                f"SELECT {name(one.person)} AS PersonalID, '{cause}' AS Cause"
                f" FROM ({of[first]} EXCEPT {of[second]}) AS {cause}"
            )
        columns = ", ".join(name(column) for column in _columns(connection, one))
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
    found = engine.row(
        connection,
        f"""
        WITH recorded AS (SELECT DISTINCT PersonalID FROM ({" UNION ALL ".join(recorded) or nobody}) AS r),
        effect AS (SELECT DISTINCT PersonalID FROM ({" UNION ALL ".join(effects) or nobody}) AS e),
        cause AS (
            SELECT DISTINCT c.PersonalID, c.Cause
            FROM ({" UNION ALL ".join(kinds) or "SELECT '' AS PersonalID, '' AS Cause WHERE FALSE"}) AS c
            SEMI JOIN recorded USING (PersonalID)
        )
        SELECT (SELECT count(*) FROM cause WHERE Cause = 'corrected'),
            (SELECT count(*) FROM cause WHERE Cause = 'added'), (SELECT count(*) FROM cause WHERE Cause =
            'removed'), (SELECT count(*) FROM effect ANTI JOIN recorded USING (PersonalID)),
            (SELECT count(*) FROM recorded ANTI JOIN effect USING (PersonalID))
        """,
    )
    return Causes(*map(int, found))


def _who_differs(connection: Connection, one: _Table) -> str:
    """A SELECT of those about whom this table says different things. What was recorded counts of those alone
    whom either report has: a new stay in another CoC is none of its business."""
    columns = ", ".join(name(column) for column in _columns(connection, one))
    of = {
        schema: f"SELECT {columns} FROM ({one.sql.format(schema=schema)}) AS t" for schema in (BEFORE, AFTER)
    }
    sides = [
        f"SELECT {name(one.person)} AS PersonalID FROM ({of[first]} EXCEPT {of[second]}) AS d"
        for first, second in ((BEFORE, AFTER), (AFTER, BEFORE))
    ]
    both_sides = f"SELECT PersonalID FROM ({' UNION ALL '.join(sides)}) AS {one.file}"
    return f"{both_sides} SEMI JOIN reported USING (PersonalID)" if one.part == RECORDED else both_sides


def presence(connection: Connection, asked: Sequence[str]) -> dict[str, str]:
    """came, went or both: in which of the runs these people are."""
    _ask(connection, asked)
    there: dict[str, set[str]] = defaultdict(set)
    for one in _there(connection):
        if one.part != DERIVED:
            continue
        for schema in (BEFORE, AFTER):
            rows = engine.rows(
                connection,
                f"SELECT DISTINCT p.PersonalID FROM asked AS p JOIN ({one.sql.format(schema=schema)}) AS t"
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
            schema: f"(SELECT t.* FROM ({one.sql.format(schema=schema)}) AS t JOIN asked AS p"
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


def _kept(connection: Connection) -> set[tuple[str, str]]:
    """The tables of both runs: schema, name."""
    return set(
        engine.rows(
            connection,
            "SELECT table_schema, table_name FROM information_schema.tables"
            " WHERE table_catalog = current_database()",
        )
    )


def _there(connection: Connection) -> list[_Table]:
    """The tables that both runs have: a HIC has no households and exits."""
    kept = _kept(connection)
    return [
        one
        for one in _TABLES
        if {(schema, table) for schema in (BEFORE, AFTER) for table in one.needs} <= kept
    ]


def _columns(connection: Connection, one: _Table) -> list[str]:
    described = engine.rows(connection, f"DESCRIBE {one.sql.format(schema=AFTER)}")
    return [str(column) for column, *_ in described if column not in one.without]


def _changes(
    one: _Table, old: Mapping[str, str | None], new: Mapping[str, str | None]
) -> Iterator[FactChange]:
    gone, came = new[one.person] is None, old[one.person] is None
    there = old if gone else new
    key = _key(one, there)
    if gone or came:
        label = _ROWS.get(one.file, one.file)
        yield FactChange(
            one.file, key, "", label, COUNTED if gone else None, COUNTED if came else None, part=one.part
        )
        return
    others = [column for column, before in old.items() if before != new[column] and column != "Which"]
    for column in others:
        before, after = old[column], new[column]
        yield FactChange(
            one.file, key, column, _label(one, column), before, after,
            _meaning(one, column, before), _meaning(one, column, after), one.part,
        )  # fmt: skip
    if one.file == "Nights" and not others and old["Which"] != new["Which"]:
        yield FactChange(
            one.file, key, "Which", "Bed nights", "as many", "as many on other days", part=one.part
        )


def _key(one: _Table, there: Mapping[str, str | None]) -> str:
    if one.part == QUALITY:
        which = there["Which"] or ""
        known = words().counts.get(which) or words().rows.get(which)
        project = f", project {there['ProjectID']}" if there.get("ProjectID") else ""
        return f"{known.title if known else which}{project}"
    return ", ".join(
        words().meaning(one.file, column, there[column]) or str(there[column]) for column in one.keys
    )


def _label(one: _Table, column: str) -> str:
    if one.hud:
        file = load(LATEST).file(one.hud)
        known = _OF_HUD.get(column, column)
        return file.column(known).label or known if known in file else column
    if one.part == QUALITY:
        return "Counted"
    return _NIGHTS.get(column) or words().label(one.file, column)


def _meaning(one: _Table, column: str, value: str | None) -> str | None:
    """The words of a code; of HUD's columns by the list of the standards."""
    if not one.hud:
        return words().meaning(one.file, column, value)
    file = load(LATEST).file(one.hud)
    if value is None or column not in file:
        return None
    for list_id in file.column(column).lists:
        codes = load(LATEST).list(list_id)
        if value in codes:
            return codes.label(value)
    return None
