"""What is not made or asked of columns and files without values changes nothing; one value counts."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from hearth.reporting import engine
from hearth.reporting.sources import csv_reading, open_source, stage
from hearth.reporting.sources.possible_checks import can_hold
from hearth.standards.load import LATEST, MODEL_YEAR, load
from hearth.standards.model import Check
from tests.reporting.sources.exports import Export

FILLED: Mapping[str, frozenset[str]] = {
    "Enrollment": frozenset({"EnrollmentID", "EntryDate"}),
    "Exit": frozenset(),
    "Client": frozenset({"PersonalID"}),
}


def made(violates: str, where: str | None = None, per: tuple[str, ...] = ()) -> Check:
    """A check of Enrollment that says this."""
    declared = next(c for c in load(LATEST).checks.values() if c.kind == "sql" and "Enrollment" in c.files)
    return replace(declared, violates=violates, where=where, per=per, joins=())


@pytest.mark.parametrize(
    ("violates", "holds"),
    [
        ("this.EntryDate > DATE '2020-01-01'", True),
        ("this.MoveInDate > this.EntryDate", False),
        ("this.entrydate > DATE '2020-01-01'", True),  # the engine reads names in any case
        ("THIS.ENTRYDATE > DATE '2020-01-01'", True),
        ("This.moveindate > this.entryDATE", False),
        ("EXISTS (SELECT 1 FROM exit x WHERE X.EnrollmentID = this.EnrollmentID)", False),
        ("EXISTS (SELECT 1 FROM CLIENT c WHERE C.personalid = 'a')", True),
        ("EXISTS (SELECT 1 FROM CLIENT c WHERE C.DOB > this.EntryDate)", False),
        ("this.MoveInDate IS NULL", True),
        ("this.MoveInDate IS NOT NULL", False),
        ("this.MoveInDate IS DISTINCT FROM this.EntryDate", True),
        ("NOT (this.MoveInDate > this.EntryDate)", False),
        ("NOT (this.MoveInDate > this.EntryDate OR this.EntryDate IS NULL)", True),
        ("this.LivingSituation IN (1, 2)", False),
        ("this.LivingSituation NOT IN (1, 2)", False),
        ("this.EnrollmentID NOT IN (SELECT EnrollmentID FROM Exit)", True),
        ("this.LivingSituation NOT IN (SELECT 1 FROM Exit)", True),
        ("coalesce(this.LivingSituation, 99) = 99", True),
        ("this.EntryDate IS NOT NULL AND this.LivingSituation BETWEEN 1 AND 2", False),
        ("this.EntryDate IS NULL OR this.LivingSituation = 1", True),
        ("this.MoveInDate > this.EntryDate OR this.LivingSituation = 1", False),
        ("EXISTS (SELECT 1 FROM Exit x WHERE x.EnrollmentID = this.EnrollmentID)", False),
        ("NOT EXISTS (SELECT 1 FROM Exit x WHERE x.EnrollmentID = this.EnrollmentID)", True),
        ("this.LivingSituation <> ALL (SELECT 1 FROM Exit)", True),
        ("NOT (this.LivingSituation = ANY (SELECT 1 FROM Exit))", True),
        ("this.LivingSituation + 1 > 2", False),
        ("NOT (this.LivingSituation IS NULL)", False),
        ("this.EntryDate IS NOT NULL", True),
        ("this.LivingSituation IS NOT TRUE", True),
        ("this._row > 1", True),  # not a column of the file
        ("EXISTS (SELECT count(*) FROM Exit x)", True),
        ("EXISTS (SELECT bitstring_agg(x.ExitID) FROM Exit x)", True),  # an aggregate the parser may not know
        ("EXISTS (SELECT list(x.ExitID) FROM Exit x)", True),
        ("EXISTS (SELECT 1 FROM Client c ANTI JOIN Exit x ON x.PersonalID = c.PersonalID)", True),
        ("EXISTS (SELECT 1 FROM Client c LEFT JOIN Exit x ON x.PersonalID = c.PersonalID)", True),
        ("EXISTS (SELECT 1 FROM Client c JOIN Exit x ON x.PersonalID = c.PersonalID)", False),
        ("EXISTS (SELECT 1 FROM Client c WHERE c.DOB > this.EntryDate)", False),
        ("EXISTS (SELECT 1 FROM Services s WHERE s.RecordType = 1)", True),  # nothing is known of it
    ],
)
def test_what_a_predicate_demands(violates: str, holds: bool) -> None:
    assert can_hold(made(violates), load(LATEST).file("Enrollment"), FILLED) is holds


def test_of_groups_only_their_rows_are_judged() -> None:
    enrollment = load(LATEST).file("Enrollment")
    assert can_hold(made("count(this.MoveInDate) = 0", per=("HouseholdID",)), enrollment, FILLED)
    assert can_hold(made("this.MoveInDate > this.EntryDate", per=("HouseholdID",)), enrollment, FILLED)
    assert not can_hold(made("count(*) > 1", "this.MoveInDate > now()", ("HouseholdID",)), enrollment, FILLED)


@pytest.fixture(scope="module")
def world() -> Export:
    """A small export in which much is wrong, some files have one row, and some a header alone."""
    export = Export()
    export.row("Client")["DOB"] = "2030-01-01"
    export.row("Client", 1)["SSN"] = " "
    export.row("Enrollment")["MoveInDate"] = "11/5/2025"
    export.row("Enrollment", 1)["DateDeleted"] = "2025-12-02 10:00:00"
    export.row("Exit")["ExitDate"] = "2024-01-01"
    export.tables["Services"] = [{"ServicesID": "S1", "EnrollmentID": "E9", "RecordType": 144}]
    return export


@pytest.fixture
def told(world: Export, tmp_path: Path) -> tuple[list, list]:
    return read(world, tmp_path)


def read(world: Export, folder: Path) -> tuple[list, list]:
    """The rows of every table, and the summary of findings."""
    with open_source(world.zip(folder)) as source, engine.connected() as connection:
        staged = stage(source, connection, load(MODEL_YEAR))
        rows = [engine.rows(connection, f'SELECT * FROM "{table}"') for table in staged.tables]
        return rows, staged.summary


def test_sparing_changes_nothing(
    world: Export, told: tuple[list, list], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert {"entry_before_birth", "exit_before_period", "date_unreadable"} <= {one.check for one in told[1]}
    monkeypatch.setattr(csv_reading, "blank_columns", lambda file: frozenset())
    monkeypatch.setattr("hearth.reporting.sources.declared_checks.can_hold", lambda *given: True)
    assert read(world, tmp_path) == told


@pytest.mark.parametrize(
    ("cells", "blank"),
    [
        (b'A,B,C\n1,,""\n2,,\n', {"B", "C"}),
        (b"A,B,C\n1,,\n\n2,, \n", {"B"}),
        (b"A,B,C\n1,,\n2,x,\n", {"C"}),
        (b"A,B,C\n", {"A", "B", "C"}),
        (b"A,B,C\n1,,\n2,\n", set()),  # a broken line
        (b'A,B,C\n1,,"a ""b"""\n', set()),  # a quote within a cell
        (b'A,B,C\n1,,"a\n', set()),
    ],
)
def test_blank_columns(cells: bytes, blank: set[str], tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_bytes(cells)
    file = csv_reading.SourceFile(
        "X", tmp_path / "x.csv", ("A", "B", "C"), cells.count(b"\n"), len(cells), "utf-8", True, False
    )
    assert csv_reading.blank_columns(file) == blank
    assert csv_reading.blank_columns(replace(file, mixed_line_ends=True)) == set()
    assert csv_reading.blank_columns(replace(file, lines=1_000_000)) == set()
