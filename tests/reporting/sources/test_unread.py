"""Cells that a report cannot read: found with file, column, lines and count, and whether they decide."""

import shutil
from pathlib import Path

import pytest

from hearth.reporting import engine
from hearth.reporting.sources import Unread, open_source, stage, staging
from hearth.standards.deciding import deciding, lint_deciding
from hearth.standards.load import FOLDER, LATEST, load

from .exports import STAMP, Export, csv_bytes, staged

WANTED = {
    file.name: {column.name for column in file.columns}
    for file in load(LATEST).files.values()
    if file.name != "Export"
}


def unread(export: Export, folder: Path) -> list[Unread]:
    with staged(export.zip(folder), check=False, wanted=WANTED) as result:
        assert not result.stops
        return result.unread


def test_nothing_is_unread_in_a_good_export(tmp_path: Path) -> None:
    for year in (2022, 2024, 2026):
        assert unread(Export(year), tmp_path) == []


#: Each column once: all cells of a block stand in one export, each in a row of its own.
CELLS = [
    [
        ("Exit", "ExitDate", "3/4/2026", True),
        ("Enrollment", "EntryDate", "2026-02-30", True),
        ("Enrollment", "MoveInDate", "soon", True),
        ("Enrollment", "RelationshipToHoH", "1.5", True),
        ("Enrollment", "HouseholdID", "H" * 33, True),
        ("Enrollment", "PersonalID", None, True),
        ("Enrollment", "EnrollmentID", "E" * 33, True),
        ("Enrollment", "DisablingCondition", "x", False),
        ("Client", "DOB", "3/4/1990", False),
        ("Client", "PersonalID", " ", True),
        ("Project", "ProjectType", "x", True),
        ("Project", "OperatingStartDate", "1/2/2020", True),
        ("Project", "OrganizationID", None, True),
        ("ProjectCoC", "CoCCode", "MN 500", True),
        ("Exit", "DateDeleted", "yes", True),
        ("Exit", "DateUpdated", "x", False),
    ],
    [
        ("Enrollment", "EntryDate", "0026-01-05", True),
        ("Enrollment", "HouseholdID", None, True),
        ("Exit", "DateDeleted", "3/4/2026", False),  # deleted, whenever
    ],
]


@pytest.mark.parametrize("year", [2022, 2024, 2026])
@pytest.mark.parametrize("cells", CELLS, ids=["most", "others"])
def test_cells_that_cannot_be_read(
    tmp_path: Path, year: int, cells: list[tuple[str, str, str | None, bool]]
) -> None:
    export = Export(year)
    expected = set()
    for table, column, cell, decides in cells:
        rows = export.tables[table]
        rows.append(rows[0] | {load(year).file(table).key: f"N{len(rows)}"} | {column: cell})
        expected.add(Unread(table, column, 1, int(decides), (len(rows) + 1,)))
    found = unread(export, tmp_path)
    assert set(found) == expected and len(found) == len(expected)
    assert {one.id for one in found} == {f"{table}.{column}" for table, column, _, _ in cells}


@pytest.mark.parametrize(("relationship", "decides"), [(1, 1), (3, 0), (None, 1)])
def test_only_the_heads_move_in_decides(tmp_path: Path, relationship: int | None, decides: int) -> None:
    export = Export()
    export.row("Enrollment").update(RelationshipToHoH=relationship, MoveInDate="3/4/2026")
    assert Unread("Enrollment", "MoveInDate", 1, decides, (2,)) in unread(export, tmp_path)


def test_every_year_says_it_by_its_own_names(tmp_path: Path) -> None:
    export = Export(2022)
    row = {"EnrollmentCoCID": "EC1", "EnrollmentID": "E1", "HouseholdID": "H1", "ProjectID": "P1",
           "PersonalID": "C1", "InformationDate": "3/4/2026", "CoCCode": "MN-500", "DataCollectionStage": 1,
           "DateCreated": STAMP, "DateUpdated": STAMP, "UserID": "U1", "ExportID": "X1"}  # fmt: skip
    export.tables["EnrollmentCoC"] = [row, {**row, "EnrollmentCoCID": "EC2", "CoCCode": "500"}]
    export.row("Client")["Ethnicity"] = "x"
    export.row("Client")["Female"] = "x"  # nothing is left of it but an archived text
    assert unread(export, tmp_path) == [
        Unread("Client", "Ethnicity", 1, 0, (2,)),
        Unread("EnrollmentCoC", "CoCCode", 1, 1, (3,)),
        Unread("EnrollmentCoC", "InformationDate", 2, 2, (2, 3)),
    ]


@pytest.mark.parametrize(("record_type", "decides"), [(200, 1), (141, 0), (None, 1)])
def test_only_a_bed_night_decides_among_services(
    tmp_path: Path, record_type: int | None, decides: int
) -> None:
    export = Export()
    export.tables["Services"] = [
        {"ServicesID": "S1", "EnrollmentID": "E1", "PersonalID": "C1", "DateProvided": "3/4/2026",
         "RecordType": record_type, "TypeProvided": 200, "DateCreated": STAMP, "DateUpdated": STAMP,
         "UserID": "U1", "ExportID": "X1"}
    ]  # fmt: skip
    assert unread(export, tmp_path) == [Unread("Services", "DateProvided", 1, decides, (2,))]


def test_a_deleted_row_leaves_nothing_open(tmp_path: Path) -> None:
    export = Export()
    export.row("Exit").update(ExitDate="3/4/2026", DateDeleted="2026-01-01 10:00:00", EnrollmentID=None)
    assert unread(export, tmp_path) == []


def test_only_what_the_report_reads_is_told(tmp_path: Path) -> None:
    export = Export()
    export.row("Exit").update(ExitDate="3/4/2026", DateUpdated="x")
    path = export.zip(tmp_path)
    with staged(path, check=False, wanted={"Exit": {"ExitID", "ExitDate"}}) as result:
        assert [one.id for one in result.unread] == ["Exit.ExitDate"]
        names = [row[0] for row in engine.rows(result.connection, 'DESCRIBE "Exit"')]
        assert names == ["ExitID", "ExitDate"]


def test_lines_are_counted_and_the_first_are_told(tmp_path: Path) -> None:
    export = Export()
    row = export.row("Exit")
    export.tables["Exit"] = [{**row, "ExitID": f"T{n}", "ExitDate": "3/4/2026"} for n in range(50)]
    content = csv_bytes("Exit", export.tables["Exit"]).replace(b"\r\n", b"\r\n\r\n", 1)
    export.files["Exit.csv"] = content
    (found,) = unread(export, tmp_path)
    assert (found.count, found.decides, found.lines) == (50, 50, tuple(range(3, 23)))


def commas(file: str) -> bytes:
    return b"," * (len(load(LATEST).file(file).columns) - 1) + b"\r\n"


@pytest.mark.parametrize("wanted", [None, {"Client": {"PersonalID", "DOB"}, "Exit": {"ExitID", "ExitDate"}}])
def test_rows_of_commas_are_no_rows(tmp_path: Path, wanted: dict[str, set[str]] | None) -> None:
    """Not in the middle and not at the end; a row with anything else in it stays, and lines stay right."""
    export = Export()
    client = csv_bytes("Client", export.tables["Client"]).splitlines(keepends=True)
    blanks = b'"", ,' + commas("Client")[2:]
    export.files["Client.csv"] = b"".join(
        [client[0], commas("Client"), client[1], blanks, client[2], commas("Client")]
    )
    lonely = b'"",,,,410' + commas("Exit")[4:]
    export.files["Exit.csv"] = (
        csv_bytes("Exit", []) + commas("Exit") + lonely + commas("Exit") * 2 + b",,,\r\n"
    )
    path = export.zip(tmp_path)
    with staged(path, check=False, wanted=wanted) as result:
        assert not result.problems
        clients = engine.rows(result.connection, 'SELECT PersonalID FROM "Client"')
        assert clients == [("C1",), ("C2",)]
        assert engine.scalar(result.connection, 'SELECT count(*) FROM "Exit"') == 1
        if wanted is None:
            lines = engine.rows(
                result.connection, 'SELECT _line FROM "Client" UNION ALL SELECT _line FROM "Exit"'
            )
            assert lines == [(3,), (5,), (3,)]
        else:
            assert [(one.id, one.lines) for one in result.unread] == [("Exit.ExitID", (3,))]


@pytest.mark.all_threads
def test_rows_of_commas_among_many_rows_for_a_report(tmp_path: Path) -> None:
    """The file is read twice then; the rows must be the same ones on all threads."""
    export = Export()
    row = export.row("Client")
    many = csv_bytes("Client", [{**row, "PersonalID": f"C{n:06}"} for n in range(40_000)])
    lines = many.splitlines(keepends=True)
    lines.insert(30_000, commas("Client"))
    lonely = b",Una" + commas("Client")[1:]
    lines.insert(35_000, lonely)
    export.files["Client.csv"] = b"".join(lines)
    path = export.zip(tmp_path)
    with staged(path, check=False, wanted={"Client": {"PersonalID", "DOB"}}) as result:
        assert engine.scalar(result.connection, 'SELECT count(*) FROM "Client"') == 40_001
        (found,) = result.unread
        assert (found.id, found.lines) == ("Client.PersonalID", (35_001,))


def test_files_read_side_by_side_tell_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    export = Export()
    export.row("Enrollment")["EntryDate"] = "soon"
    export.row("Exit")["ExitDate"] = "later"
    export.row("Client")["DOB"] = "once"
    export.files["Services.csv"] = csv_bytes("Services", []) + b"a,b,c\r\n"
    path = export.zip(tmp_path)
    wanted = {
        "Exit": {"ExitDate"}, "Enrollment": {"EntryDate"}, "Client": {"DOB"}, "Services": {"RecordType"}
    }  # fmt: skip
    told = []
    for few in (staging._FEW_BYTES, 0):
        monkeypatch.setattr(staging, "_FEW_BYTES", few)
        with open_source(path) as source, engine.connected(threads=3) as connection:
            result = stage(source, connection, load(LATEST), check=False, wanted=wanted)
            told.append((result.unread, result.problems, result.row_counts, result.filled))
            assert engine.threads_of(connection) == 3
    assert told[0] == told[1]
    assert [one.id for one in told[0][0]] == ["Client.DOB", "Enrollment.EntryDate", "Exit.ExitDate"]
    assert any(problem.check == "broken_line" for problem in told[0][1])


@pytest.mark.parametrize(
    ("column", "padded"), [("PersonalID", " C1"), ("HouseholdID", "H1\t"), ("EnrollmentCoC", " MN-500 ")]
)
def test_white_space_is_no_part_of_an_identifier(tmp_path: Path, column: str, padded: str) -> None:
    export = Export()
    before = export.row("Enrollment")[column]
    export.row("Enrollment")[column] = padded
    assert unread(export, tmp_path) == []
    with staged(export.zip(tmp_path)) as result:
        assert result.summary == []
        value = engine.scalar(
            result.connection, f"SELECT {column} FROM \"Enrollment\" WHERE EnrollmentID = 'E1'"
        )
        assert value == before


def test_what_is_declared_is_there() -> None:
    assert list(lint_deciding(FOLDER)) == []
    assert deciding()["Exit.ExitDate"].where == ""


def test_a_column_that_is_not_there_is_told(tmp_path: Path) -> None:
    shutil.copytree(FOLDER, tmp_path / "standards", ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    path = tmp_path / "standards" / "deciding.yaml"
    path.write_text(path.read_text().replace("Exit.ExitDate", "Exit.ExitDay"))
    (problem,) = lint_deciding(tmp_path / "standards")
    assert "Exit.ExitDay" in problem.text
