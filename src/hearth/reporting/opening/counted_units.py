"""What a row counted, found again: people, households or enrollments, the households that they are in, and
the enrollments that they rest on. Works on the tables of an opened bundle; `members` is the way in.

`find` leaves two tables on the connection: `unit` (Number, Unit, PersonalID, HouseholdType, EnrollmentID,
Amount) with one row for each thing counted, and `unit_household` (Number, HouseholdID).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from hearth.reporting import engine
from hearth.reporting.engine import Connection, name
from hearth.reporting.runtime.labels import labels_of

from .bundle import Bundle, NoSuchRow
from .declarations import declared_of


@dataclass(frozen=True, slots=True)
class Condition:
    """Rows of a file by a condition on the columns of the steps that count them. `wanted`: what the words for
    its people ask for."""

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
    known = bundle.report.file(file)
    dimensions = {(known.each_in_step if c == known.each else c): v for c, v in wanted.items()}
    for table in _tables(bundle, file):
        counted = bundle.report.counting()[table][1].rows
        condition, parameters = _condition(bundle.connection, counted, dimensions)
        found = _counted(bundle, file, table, wanted, condition, parameters)
        if found is not None:
            return found
    raise NoSuchRow(f"{file} of this report has no such row.")


def find_where(bundle: Bundle, file: str, wanted: Mapping[str, str | None], condition: str) -> Found:
    """As `find`, for all rows to whose columns the condition applies. `wanted` is what the words for its
    people ask for, such as the Column of LSAReport. Raises `NoSuchRow` when nobody is in them."""
    for table in _tables(bundle, file):
        found = _counted(bundle, file, table, wanted, condition)
        if found is not None:
            return found
    raise NoSuchRow(f"{file} of this report has no such row.")


def _tables(bundle: Bundle, file: str) -> Iterator[str]:
    """The steps that count the file's rows, each with what it and the queries of units and facts read."""
    for table in bundle.report.file(file).counted_by:
        if table in bundle.record.tables:
            inputs = bundle.report.counting()[table][0].inputs
            bundle.attach((*inputs, *declared_of(bundle.report).read_by_queries))
            yield table


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
    opened = bundle.report.counting()[table][1]
    engine.run(
        connection,
        f"CREATE OR REPLACE TEMP TABLE counted AS SELECT * FROM ({opened.rows}) AS t WHERE {condition}",
        parameters,
    )
    (measure,) = opened.measures.values()
    count, value = engine.row(connection, f"SELECT count(*), {measure} FROM counted")
    if not count:
        return None
    declared = declared_of(bundle.report)
    named = declared.rule(table, wanted).unit
    if "{unit}" in named:
        named = named.format(unit=labels_of(bundle.report).row(bundle.report.file(file), wanted).unit)
    units = declared.units[named]
    _number(connection, units.sql, units.split)
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


def _number(connection: Connection, sql: str, split: str) -> None:
    key = "Unit, PersonalID, HouseholdType, EnrollmentID, Amount"
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


def hide(bundle: Bundle, may_see: Callable[[Sequence[str]], Collection[str]]) -> int:
    """Take the units away that rest on an enrollment which the viewer may not see; says how many."""
    connection = bundle.connection
    engine.run(connection, f"CREATE OR REPLACE TEMP TABLE rests_on AS {declared_of(bundle.report).rests_on}")
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
