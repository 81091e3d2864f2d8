"""What a row counted, found again: people, households or enrollments, the households that they are in, and
the enrollments that they rest on. Works on the tables of an opened bundle; `members` is the way in.

`find` leaves two tables on the connection: `unit` (Number, Unit, PersonalID, HouseholdType, EnrollmentID,
Amount) with one row for each thing counted, and `unit_household` (Number, HouseholdID).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from hearth.reporting.runtime import engine
from hearth.reporting.runtime.engine import Connection, name

from .bundle import Bundle
from .planned import counting
from .rows import NoSuchRow
from .words import words

_TABLES = {
    "LSAPerson": ("lsa_person",),
    "LSAHousehold": ("lsa_household",),
    "LSAExit": ("lsa_exit",),
    "LSAReport": ("lsa_report_count",),
    "LSACalculated": (
        "lsa_calculated_counts", "lsa_calculated_bed_nights", "lsa_calculated_oph", "lsa_calculated_quality",
        "lsa_calculated_averages",
    ),
}  # fmt: skip

# From the counted rows (`counted`) to units and their households.
_OF_HOUSEHOLD = """
    SELECT 'household' AS Unit, c.HoHID AS PersonalID, c.HouseholdType, NULL AS EnrollmentID,
        {amount} AS Amount, h.HouseholdID
    FROM counted AS c
    JOIN lsa_household_active AS h ON h.HoHID = c.HoHID AND h.ActiveHHType = c.HouseholdType AND h.Active = 1
"""
_OF_EXIT = """
    SELECT 'household' AS Unit, c.HoHID AS PersonalID, x.HHType AS HouseholdType, NULL AS EnrollmentID,
        {amount} AS Amount, x.HouseholdID
    FROM counted AS c
    JOIN lsa_exit_detail AS x ON x.HoHID = c.HoHID AND {same}
"""
_OF_PERSON = """
    SELECT 'person' AS Unit, c.PersonalID, NULL AS HouseholdType, NULL AS EnrollmentID, NULL AS Amount,
        n.HouseholdID
    FROM counted AS c
    JOIN lsa_enrollment AS n ON n.PersonalID = c.PersonalID AND n.Counted = 1
"""
_IN_HOUSEHOLDS = """
    SELECT 'person' AS Unit, PersonalID, NULL AS HouseholdType, NULL AS EnrollmentID, {amount} AS Amount,
        HouseholdID
    FROM counted
"""
_HOUSEHOLDS = """
    SELECT 'household' AS Unit, HoHID AS PersonalID, ActiveHHType AS HouseholdType, NULL AS EnrollmentID,
        NULL AS Amount, HouseholdID
    FROM counted
"""
_BY_ENROLLMENT = """
    SELECT 'enrollment' AS Unit, e.PersonalID, NULL AS HouseholdType, e.EnrollmentID, NULL AS Amount,
        e.HouseholdID
    FROM counted AS c
    JOIN Enrollment AS e ON e.EnrollmentID = c.Counted
"""
_BY_HOUSEHOLD = """
    SELECT 'household' AS Unit,
        coalesce(min(CASE WHEN e.RelationshipToHoH = 1 THEN e.PersonalID END), min(e.PersonalID))
            AS PersonalID,
        NULL AS HouseholdType, NULL AS EnrollmentID, NULL AS Amount, c.Counted AS HouseholdID
    FROM (SELECT DISTINCT Counted FROM counted) AS c
    JOIN Enrollment AS e ON e.HouseholdID = c.Counted
    GROUP BY c.Counted
"""
_BY_PERSON = """
    SELECT 'person' AS Unit, c.Counted AS PersonalID, NULL AS HouseholdType, NULL AS EnrollmentID,
        NULL AS Amount, n.HouseholdID
    FROM counted AS c
    JOIN lsa_enrollment AS n ON n.PersonalID = c.Counted AND n.Counted = 1
"""
_NIGHTS = "sum(date_diff('day', greatest(StartDate, CoveredUntil), EndDate)) OVER (PARTITION BY PersonalID)"

# The report read all enrollments (3.4) of the people in the households concerned; and what is amiss with an
# enrollment outside of it, the report saw in its household.
_RESTS_ON = """
    SELECT DISTINCT u.Number, e.EnrollmentID
    FROM unit_household AS u
    JOIN Enrollment AS e ON e.HouseholdID = u.HouseholdID
    UNION
    SELECT Number, EnrollmentID FROM unit WHERE EnrollmentID IS NOT NULL
    UNION
    SELECT DISTINCT u.Number, n.EnrollmentID
    FROM unit_household AS u
    JOIN lsa_enrollment AS m ON m.HouseholdID = u.HouseholdID
    JOIN lsa_enrollment AS n ON n.PersonalID = m.PersonalID
"""


# What `find` and `facts` read beside what the step that counted reads.
_OF_UNITS = (
    "Enrollment", "Project", "lsa_enrollment", "lsa_exit_detail", "lsa_exit_record", "lsa_hoh_detail",
    "lsa_household_active", "lsa_parameters", "lsa_person_detail",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Condition:
    """Rows of a file (LSAReport, LSAPerson, LSAHousehold or LSAExit) by a condition on the step's columns.
    `wanted`: what the words for its people ask for."""

    file: str
    where: str
    wanted: Mapping[str, str | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Found:
    """A row's number, computed from what it counted, and the table whose step counts it."""

    value: int
    table: str


def find(bundle: Bundle, file: str, wanted: Mapping[str, str | None]) -> Found:
    """Make the tables of units for the row with these dimensions. Raises `NoSuchRow` when nobody is in it."""
    dimensions = {("ReportColumn" if c == "Column" else c): v for c, v in wanted.items()}
    for table in _tables(bundle, file):
        bundle.attach((*counting()[table][0].inputs, *_OF_UNITS))
        condition, parameters = _condition(bundle.connection, counting()[table][1].rows, dimensions)
        found = _counted(bundle, file, table, wanted, condition, parameters)
        if found is not None:
            return found
    raise NoSuchRow(f"{file} of this report has no such row.")


def find_where(bundle: Bundle, file: str, wanted: Mapping[str, str | None], condition: str) -> Found:
    """As `find`, for all rows to whose columns the condition applies. `wanted` is what the words for its
    people ask for, such as the Column of LSAReport. Raises `NoSuchRow` when nobody is in them."""
    for table in _tables(bundle, file):
        bundle.attach((*counting()[table][0].inputs, *_OF_UNITS))
        found = _counted(bundle, file, table, wanted, condition)
        if found is not None:
            return found
    raise NoSuchRow(f"{file} of this report has no such row.")


def _tables(bundle: Bundle, file: str) -> list[str]:
    return [table for table in _TABLES[file] if table in bundle.record.tables]


def _counted(
    bundle: Bundle,
    file: str,
    table: str,
    wanted: Mapping[str, str | None],
    condition: str,
    parameters: Sequence[object] | None = None,
) -> Found | None:
    """What the step of a table counted under a condition, as units; None where it counted nobody."""
    connection = bundle.connection
    opened = counting()[table][1]
    engine.run(
        connection,
        f"CREATE OR REPLACE TEMP TABLE counted AS SELECT * FROM ({opened.rows}) AS t WHERE {condition}",
        parameters,
    )
    (measure,) = opened.measures.values()
    count, value = engine.row(connection, f"SELECT count(*), {measure} FROM counted")
    if not count:
        return None
    _number(connection, _units(file, table, wanted))
    return Found(int(value), table)


def _condition(
    connection: Connection, relation: str, wanted: Mapping[str, str | None]
) -> tuple[str, list[str]]:
    """Equal in every dimension, compared as the dimension's own type, so that the engine can filter early."""
    described = engine.rows(connection, f"DESCRIBE SELECT * FROM ({relation}) AS t")
    types = {str(column).casefold(): str(kind) for column, kind, *_ in described}
    parts, parameters = [], []
    for column, value in wanted.items():
        if value is None:
            parts.append(f"{name(column)} IS NULL")
        else:
            kind = types[column.casefold()]
            typed = f"TRY_CAST(? AS {kind})"
            # as text, too: 53.0 is not how the file writes 53, though a step may compute it as 53.0
            written = f"CAST({typed} AS BIGINT)" if kind == "DOUBLE" else typed
            parts.append(f"{name(column)} = {typed} AND CAST({written} AS VARCHAR) = ?")
            parameters += [value, value, value]
    return " AND ".join(parts), parameters


def _units(file: str, table: str, wanted: Mapping[str, str | None]) -> str:
    if table == "lsa_person":
        return _OF_PERSON
    if table == "lsa_household":
        return _OF_HOUSEHOLD.format(amount="NULL")
    if table == "lsa_exit":
        return _OF_EXIT.format(
            amount="NULL",
            same="x.HouseholdID = c.HouseholdID AND x.Cohort = c.Cohort AND x.HHType = c.HHType",
        )
    if table == "lsa_calculated_averages":
        if wanted["Cohort"] == "1":
            return _OF_HOUSEHOLD.format(amount="CAST(c.Days AS BIGINT)")
        return _OF_EXIT.format(
            amount="CAST(c.Days AS BIGINT)", same="x.HHType = c.HouseholdType AND x.Cohort = c.Cohort"
        )
    if table == "lsa_calculated_counts" and wanted["ReportRow"] == "54":
        return _HOUSEHOLDS
    if table == "lsa_calculated_bed_nights":
        # the rows that add no nights to a person's are left out by the step
        return _IN_HOUSEHOLDS.format(amount=_NIGHTS)
    if table in ("lsa_calculated_counts", "lsa_calculated_oph"):
        return _IN_HOUSEHOLDS.format(amount="NULL")
    known = (
        words().counts[wanted["Column"] or ""]
        if file == "LSAReport"
        else words().rows[wanted["ReportRow"] or ""]
    )
    return {"person": _BY_PERSON, "household": _BY_HOUSEHOLD, "enrollment": _BY_ENROLLMENT}[known.unit]


def _number(connection: Connection, sql: str) -> None:
    key = "Unit, PersonalID, HouseholdType, EnrollmentID, Amount"
    # A household that is known by its HouseholdID is one of its own, also when it shares its head.
    split = "HouseholdID" if sql is _BY_HOUSEHOLD else "NULL"
    engine.run(
        connection,
        "CREATE OR REPLACE TEMP TABLE unit_row AS SELECT"
        f" dense_rank() OVER (ORDER BY PersonalID, HouseholdType, EnrollmentID, {split}) AS Number,"
        " Unit, PersonalID, CAST(HouseholdType AS INTEGER) AS HouseholdType,"
        " CAST(EnrollmentID AS VARCHAR) AS EnrollmentID, CAST(Amount AS BIGINT) AS Amount, HouseholdID"
        f" FROM ({sql}) AS t",
    )
    engine.run(
        connection, f"CREATE OR REPLACE TEMP TABLE unit AS SELECT DISTINCT Number, {key} FROM unit_row"
    )
    engine.run(
        connection,
        "CREATE OR REPLACE TEMP TABLE unit_household AS SELECT DISTINCT Number, HouseholdID FROM unit_row",
    )


def hide(connection: Connection, may_see: Callable[[Sequence[str]], Collection[str]]) -> int:
    """Take the units away that rest on an enrollment which the viewer may not see; says how many."""
    engine.run(connection, f"CREATE OR REPLACE TEMP TABLE rests_on AS {_RESTS_ON}")
    asked = [
        one for (one,) in engine.rows(connection, "SELECT DISTINCT EnrollmentID FROM rests_on ORDER BY 1")
    ]
    before = int(engine.scalar(connection, "SELECT count(*) FROM unit"))
    engine.text_table(connection, "seen", "EnrollmentID", may_see(asked))
    engine.run(
        connection,
        "DELETE FROM unit WHERE Number NOT IN (SELECT Number FROM rests_on) OR Number IN"
        " (SELECT r.Number FROM rests_on AS r LEFT JOIN seen AS s ON s.EnrollmentID = r.EnrollmentID"
        " WHERE s.EnrollmentID IS NULL)",
    )
    return before - int(engine.scalar(connection, "SELECT count(*) FROM unit"))


def keep(connection: Connection, numbers: Iterable[int]) -> None:
    """Keep the units of these numbers."""
    engine.text_table(connection, "kept", "Number", map(str, numbers))
    engine.run(
        connection,
        "CREATE OR REPLACE TEMP TABLE unit AS SELECT u.* FROM unit AS u"
        " SEMI JOIN kept AS k ON u.Number = CAST(k.Number AS BIGINT)",
    )
