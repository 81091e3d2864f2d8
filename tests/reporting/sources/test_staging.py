"""Staging: typed tables, blank, line numbers, hashes, broken lines, files without rows."""

import hashlib
import json
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from hearth.reporting import engine
from hearth.reporting.sources import SourceFault, Staged, open_source, stage
from hearth.standards.load import MODEL_YEAR, load

from .exports import STAMP, Export, csv_bytes, found, opened, staged, write_zip


def test_every_file_is_a_typed_table_even_without_rows(tmp_path: Path) -> None:
    sql = {"S": "VARCHAR", "I": "INTEGER", "D": "DATE", "T": "TIMESTAMP", "M": "DECIMAL(12,2)"}
    extra = [("_line", "BIGINT"), ("_hash", "BIGINT"), ("_raw", "VARCHAR"), ("_faulty", "BOOLEAN")]
    with staged(Export().zip(tmp_path), check=False) as result:
        assert result.tables == tuple(load(2026).files)
        for file in load(2026).files.values():
            described = engine.rows(result.connection, f"DESCRIBE {engine.name(file.name)}")
            expected = [(column.name, sql[column.type]) for column in file.columns] + extra
            assert [row[:2] for row in described] == expected, file.name
        assert result.row_counts["Services"] == 0
        assert result.row_counts["Client"] == 2
        assert result.rows == sum(len(rows) for rows in Export().tables.values())


@pytest.mark.parametrize("year", [2022, 2024, 2026])
def test_a_report_stages_what_it_reads_with_the_same_values(tmp_path: Path, year: int) -> None:
    wanted = {"Client": {"PersonalID", "DOB", "VeteranStatus", "NoSuchColumn"}, "Exit": {"Destination"}}
    path = Export(year).zip(tmp_path)
    with staged(path, check=False) as whole, staged(path, check=False, wanted=wanted) as narrow:
        assert set(narrow.tables) == set(narrow.row_counts) == {"Client", "Exit"}
        for file, columns in wanted.items():
            kept = [c.name for c in load(2026).file(file).columns if c.name in columns]
            read = f"SELECT {', '.join(kept)} FROM {file} ORDER BY ALL"
            assert [row[0] for row in engine.rows(narrow.connection, f"DESCRIBE {file}")] == kept
            assert engine.rows(narrow.connection, read) == engine.rows(whole.connection, read) != []


def test_values_are_typed(tmp_path: Path) -> None:
    with staged(Export().zip(tmp_path), check=False) as result:
        assert engine.row(
            result.connection,
            "SELECT DOB, DOBDataQuality, FirstName, DateCreated, DateDeleted FROM Client ORDER BY 3 DESC",
        ) == (date(1990, 5, 17), 1, "Una", datetime.fromisoformat(STAMP), None)


def test_a_file_without_rows_or_line_end(tmp_path: Path) -> None:
    export = Export()
    export.files["Funder.csv"] = csv_bytes("Funder", []).rstrip(b"\r\n")
    with staged(export.zip(tmp_path), check=False) as result:
        assert not result.problems
        assert result.row_counts["Funder"] == 0


def test_blank_is_null_in_every_type(tmp_path: Path) -> None:
    export = Export()
    blanks = ["", '""', '"  "', " ", "\t", '" \t "']
    rows = [{"ServicesID": f"S{number}", "EnrollmentID": "E1"} for number in range(len(blanks))]
    header, *lines, _ = csv_bytes("Services", rows).decode().split("\r\n")
    lines = [
        ",".join(cell or blank for cell in line.split(",")) for line, blank in zip(lines, blanks, strict=True)
    ]
    export.files["Services.csv"] = "\r\n".join([header, *lines, ""]).encode()
    with staged(export.zip(tmp_path)) as result:
        columns = [c.name for c in load(2026).file("Services").columns if c.name[:2] not in ("Se", "En")]
        values = engine.rows(result.connection, f"SELECT {', '.join(columns)}, _raw FROM Services")
        assert len(values) == len(blanks)
        assert {cell for row in values for cell in row} == {None}
        assert not found(result, "date_unreadable") + found(result, "number_unreadable")


#: Column of Services, cell, its value, whether its text is kept. No date decides what another one means.
CELLS = [
    ("FAStartDate", "2025-02-28", date(2025, 2, 28), False),
    ("FAStartDate", "2025-2-8", date(2025, 2, 8), True),
    ("FAStartDate", "2025-02-08 00:00:00", date(2025, 2, 8), True),
    ("FAStartDate", "2025-02-08 10:30:00", date(2025, 2, 8), True),
    ("FAStartDate", "2025-02-30", None, True),
    ("FAStartDate", "02/08/2025", None, True),
    ("FAStartDate", "infinity", None, True),
    ("FAStartDate", "-infinity", None, True),
    ("FAStartDate", "epoch", None, True),
    ("FAStartDate", "25-02-08", None, True),
    ("FAStartDate", "0025-02-08", None, True),
    ("FAStartDate", "9999-12-31", None, True),
    ("DateUpdated", "2025-02-28 23:59:59", datetime(2025, 2, 28, 23, 59, 59), False),
    ("DateUpdated", "2025-02-28", datetime(2025, 2, 28), True),
    ("DateUpdated", "2025-02-28 23:59", datetime(2025, 2, 28, 23, 59), True),
    ("DateUpdated", "2025-02-28T23:59:59.5", datetime(2025, 2, 28, 23, 59, 59, 500_000), True),
    ("DateUpdated", "2025-02-28 11:59 PM", datetime(2025, 2, 28, 23, 59), True),
    ("RecordType", "144", 144, False),
    ("RecordType", "0144", 144, True),
    ("RecordType", "144.0", 144, True),
    ("RecordType", "+144", 144, True),
    ("RecordType", "144.5", None, True),
    ("RecordType", "1e2", None, True),
    ("RecordType", "0x90", None, True),
    ("RecordType", "1_44", None, True),
    ("RecordType", '"1,044"', 1044, True),
    ("RecordType", " 144\t", 144, True),
    ("RecordType", "99999999999", None, True),
    ("RecordType", "Yes", None, True),
    ("FAAmount", "1250.00", Decimal("1250.00"), False),
    ("FAAmount", "-12.50", Decimal("-12.50"), False),
    ("FAAmount", "1250", Decimal("1250.00"), True),
    ("FAAmount", "1250.005", Decimal("1250.01"), True),
    ("FAAmount", '"1,250.00"', Decimal("1250.00"), True),
    ("FAAmount", "$1250.00", Decimal("1250.00"), True),
    ("FAAmount", "-$12", Decimal("-12.00"), True),
    ("FAAmount", '"12,50"', None, True),
    ("FAAmount", "12 USD", None, True),
    ("FAAmount", "NaN", None, True),
]


def test_what_a_cell_becomes_and_whether_its_text_is_kept(tmp_path: Path) -> None:
    """All in one export, each in a row of its own."""
    export = Export()
    names = [c.name for c in load(2026).file("Services").columns]
    text = ",".join(names) + "\n"
    for number, (column, cell, _, _) in enumerate(CELLS):
        row = {"ServicesID": f"S{number}", "EnrollmentID": "E1", column: cell}
        text += ",".join(row.get(name, "") for name in names) + "\n"
    export.files["Services.csv"] = text.encode()
    with staged(export.zip(tmp_path), check=False) as result:
        for number, (column, cell, value, kept) in enumerate(CELLS):
            got, raw = engine.row(
                result.connection,
                f"SELECT {column}, _raw FROM Services WHERE ServicesID = 'S{number}'",
            )
            assert got == value, (column, cell)
            assert (json.loads(raw) if raw else {}) == ({column: cell.strip('"')} if kept else {})


def test_raw_text_is_valid_json_whatever_it_holds(tmp_path: Path) -> None:
    export = Export()
    evil = 'a"b\\c\nd\té</script>'
    export.row("Client")["DOB"] = '"' + evil.replace('"', '""') + '"'
    with staged(export.zip(tmp_path), check=False) as result:
        raw = engine.scalar(result.connection, "SELECT _raw FROM Client WHERE PersonalID = 'C1'")
        assert json.loads(raw) == {"DOB": evil}


def lines(result: Staged, table: str) -> dict[str, int]:
    key = load(2026).file(table).key
    return dict(engine.rows(result.connection, f"SELECT {key}, _line FROM {table}"))


def test_line_numbers_are_those_of_the_file(tmp_path: Path) -> None:
    """Line breaks in cells, doubled quotes, and empty lines between the rows."""
    export = Export()
    export.tables["CurrentLivingSituation"] = [
        {"CurrentLivingSitID": f"L{n}", "EnrollmentID": "E1", "LocationDetails": text}
        for n, text in enumerate(["plain", "two\nlines", 'a "quoted" word', "a\n\n\nb", "last"])
    ]
    content = csv_bytes("CurrentLivingSituation", export.tables["CurrentLivingSituation"])
    rows = content.split(b"\r\n")
    export.files["CurrentLivingSituation.csv"] = b"\r\n".join([*rows[:2], b"", b"", *rows[2:]])
    with staged(export.zip(tmp_path), check=False) as result:
        assert lines(result, "CurrentLivingSituation") == {"L0": 2, "L1": 5, "L2": 7, "L3": 8, "L4": 12}
        texts = engine.rows(
            result.connection, "SELECT LocationDetails FROM CurrentLivingSituation ORDER BY _line"
        )
        assert [t for (t,) in texts] == [
            row["LocationDetails"] for row in export.tables["CurrentLivingSituation"]
        ]


def test_line_numbers_after_broken_lines(tmp_path: Path) -> None:
    export = Export()
    export.tables["Event"] = [{"EventID": f"V{n}", "EnrollmentID": "E1"} for n in range(6)]
    rows = csv_bytes("Event", export.tables["Event"]).split(b"\r\n")
    rows[2] = b'"V1","E1"'
    rows[4] = b'"V3",' * 40
    export.files["Event.csv"] = b"\r\n".join(rows)
    with staged(export.zip(tmp_path), check=False) as result:
        assert result.stops
        assert lines(result, "Event") == {"V0": 2, "V2": 4, "V4": 6, "V5": 7}
        assert [(p.check, p.line, p.value_class) for p in result.problems] == [
            ("broken_line", 3, "2 columns instead of 15"),
            ("broken_line", 5, "41 columns instead of 15"),
        ]


def test_half_a_line_at_the_end(tmp_path: Path) -> None:
    export = Export()
    export.files["Enrollment.csv"] = csv_bytes("Enrollment", export.tables["Enrollment"])[:-30]
    with staged(export.zip(tmp_path), check=False) as result:
        (problem,) = result.problems
        assert (problem.check, problem.file, problem.line) == ("broken_line", "Enrollment", 3)
        assert "cut off" in problem.sentence
        assert result.stops


def test_half_a_text_at_the_end(tmp_path: Path) -> None:
    export = Export()
    content = csv_bytes("Client", export.tables["Client"])
    export.files["Client.csv"] = content[: content.rindex(b"Example") + 3]
    with staged(export.zip(tmp_path), check=False) as result:
        (problem,) = result.problems
        assert (problem.check, problem.line) == ("broken_line", 3)
        assert "cut off" in problem.sentence


def test_a_quote_that_is_never_closed(tmp_path: Path) -> None:
    export = Export()
    content = csv_bytes("Client", export.tables["Client"])
    export.files["Client.csv"] = content.replace(b'"Una"', b'"Una')
    with staged(export.zip(tmp_path), check=False) as result:
        assert result.stops
        assert {p.check for p in result.problems} == {"broken_line"}
        assert all("Una" not in p.sentence + p.remedy + p.value_class for p in result.problems)


def test_thousands_of_broken_lines_are_counted_and_some_shown(tmp_path: Path) -> None:
    export = Export()
    export.files["Event.csv"] = csv_bytes("Event", []) + b'"V","E"\r\n' * 5000
    with staged(export.zip(tmp_path), check=False) as result:
        assert len(result.problems) == 101
        assert "5000 broken lines" in result.problems[-1].sentence


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_line_ends_of_any_system(tmp_path: Path, line_end: str) -> None:
    with staged(Export().zip(tmp_path, line_end=line_end), check=False) as result:
        assert not result.problems
        assert lines(result, "Client") == {"C1": 2, "C2": 3}


def test_line_ends_of_several_kinds_in_one_file(tmp_path: Path) -> None:
    export = Export()
    content = csv_bytes("Client", export.tables["Client"])
    head, first, second, _ = content.split(b"\r\n")
    export.files["Client.csv"] = head + b"\r\n" + first + b"\n" + second + b"\r\n"
    with staged(export.zip(tmp_path), check=False) as result:
        assert [p.check for p in result.problems] == ["line_ends_mixed"]
        assert not result.stops
        assert lines(result, "Client") == {"C1": 2, "C2": 3}


def test_a_file_that_is_no_csv_at_all(tmp_path: Path) -> None:
    for year in (2022, 2026):
        export = Export(year)
        export.files["Event.csv"] = csv_bytes("Event", [], year) + b'"C1"x\rC2\n'
        with staged(export.zip(tmp_path)) as result:
            assert [(p.check, p.file, p.stops) for p in result.problems] == [("file_not_csv", "Event", True)]
            assert "C1" not in result.problems[0].sentence
            assert result.row_counts["Event"] == 0
            assert result.row_counts["Client"] == 2


def hashes(path: Path) -> list[tuple]:
    with staged(path, check=False) as result:
        return engine.rows(result.connection, "SELECT PersonalID, _hash FROM Client ORDER BY 1")


def test_the_hash_is_md5_of_the_cells_in_hud_s_order(tmp_path: Path) -> None:
    """Pinned to the definition: databases keep these numbers for years."""
    export = Export()
    (_, got), *_ = hashes(export.zip(tmp_path))
    names = [c.name for c in load(2026).file("Client").columns if c.name != "ExportID"]
    content = "\x1f".join(
        str(export.row("Client").get(n) if export.row("Client").get(n) is not None else "") for n in names
    )
    digest = hashlib.md5(content.encode()).digest()
    assert got == int.from_bytes(digest[8:], "little") >> 1


def test_the_hash_does_not_change_with_the_shape_of_the_file(tmp_path: Path) -> None:
    export = Export()
    plain = hashes(export.zip(tmp_path))
    for how in (
        {"encoding": "utf-16"},
        {"line_end": "\n"},
        {"header": str.lower},
    ):
        assert hashes(export.zip(tmp_path, **how)) == plain, how
    order = sorted(c.name for c in load(2026).file("Client").columns)
    export.files["Client.csv"] = csv_bytes("Client", export.tables["Client"][::-1], columns=order)
    assert hashes(export.zip(tmp_path)) == plain
    export.files["Client.csv"] = csv_bytes("Client", export.tables["Client"]).replace(b'"', b"")
    assert hashes(export.zip(tmp_path)) == plain


def test_the_hash_does_not_change_with_the_export(tmp_path: Path) -> None:
    export = Export()
    plain = hashes(export.zip(tmp_path))
    for rows in export.tables.values():
        for row in rows:
            row["ExportID"] = "X2"
    assert hashes(export.zip(tmp_path)) == plain


def test_the_hash_changes_with_every_column(tmp_path: Path) -> None:
    export = Export()
    values = {"D": "1999-09-09", "T": "1999-09-09 09:09:09", "I": "77", "S": "other"}
    columns = [c for c in load(2026).file("Client").columns if c.name != "ExportID"]
    base = export.row("Client")
    export.tables["Client"] = [base, *({**base, c.name: values[c.type]} for c in columns)]
    with staged(export.zip(tmp_path), check=False) as result:
        (different,) = engine.row(result.connection, "SELECT count(DISTINCT _hash) FROM Client")
        assert different == 1 + len(columns)


def test_a_value_that_moves_to_the_next_column_changes_the_hash(tmp_path: Path) -> None:
    export = Export()
    export.row("Client").update(MiddleName="Lee", NameSuffix=None)
    before = hashes(export.zip(tmp_path))
    export.row("Client").update(MiddleName=None, NameSuffix="Lee")
    assert hashes(export.zip(tmp_path)) != before


def test_a_missing_file_gives_an_empty_table_and_stops(tmp_path: Path) -> None:
    files = Export().all_files()
    del files["Exit.csv"]
    with staged(write_zip(tmp_path / "export.zip", files), check=False) as result:
        assert result.row_counts["Exit"] == 0
        assert result.stops


def test_an_unknown_year_cannot_be_staged(tmp_path: Path) -> None:
    export = Export()
    export.row("Export")["CSVVersion"] = "2040 v1.0"
    with (
        opened(export.zip(tmp_path)) as source,
        engine.connected() as connection,
        pytest.raises(ValueError, match="year"),
    ):
        stage(source, connection, load(MODEL_YEAR))


def test_without_checks_for_reports(tmp_path: Path) -> None:
    export = Export()
    export.row("Exit")["Destination"] = 434
    with staged(export.zip(tmp_path), check=False) as result:
        assert result.summary == []
        assert result.findings_path is None
        assert result.row_counts["Exit"] == 1


def test_progress_counts_rows_and_bytes_up_to_the_total(tmp_path: Path) -> None:
    calls: list[tuple] = []
    path = Export().zip(tmp_path)
    with open_source(path) as source, engine.connected() as connection:
        result = stage(source, connection, load(MODEL_YEAR), on_progress=lambda *told: calls.append(told))
        read = [told for told in calls if told[0] == "read"]
        assert [told[2] for told in read] == sorted(told[2] for told in read)
        assert read[-1][2] == read[-1][3] == result.rows
        assert read[-1][4] == read[-1][5] == source.bytes
        assert [told[0] for told in calls if told[0] == "check"]


def test_progress_may_cancel(tmp_path: Path) -> None:
    class Stop(Exception):
        pass

    def stop(stage: str, *_told: object) -> None:
        if stage == "check":
            raise Stop

    path = Export().zip(tmp_path)
    with open_source(path) as source, engine.connected() as connection, pytest.raises(Stop):
        stage(source, connection, load(MODEL_YEAR), on_progress=stop)


@pytest.mark.parametrize("year", [2022, 2026])
def test_every_file_is_ready_once_and_is_complete_then(tmp_path: Path, year: int) -> None:
    """Another thread may use a file from then on: nothing of it changes any more."""
    export = Export(year)
    if year == 2026:  # a second head of the household, whose exit is before its entry
        export.tables["Enrollment"].append(
            {**export.row("Enrollment"), "EnrollmentID": "E9", "EntryDate": "2024-01-01"}
        )
        export.tables["Exit"].append(
            {**export.row("Exit"), "ExitID": "X9", "EnrollmentID": "E9", "ExitDate": "2023-01-01"}
        )
    seen: dict[str, list[tuple]] = {}
    tables_there: dict[str, int] = {}

    def content(file: str) -> list[tuple]:
        return engine.rows(connection, f"SELECT * FROM {engine.name(file)} ORDER BY ALL")

    def ready(result: Staged, file: str) -> None:
        assert file not in seen
        assert result.row_counts[file] == len(content(file))
        seen[file] = content(file)
        tables_there[file] = len(result.row_counts)

    path = export.zip(tmp_path)
    with open_source(path) as source, engine.connected() as connection:
        result = stage(source, connection, load(MODEL_YEAR), on_ready=ready, check=False)
        assert tuple(seen) == result.tables
        assert all(content(file) == rows for file, rows in seen.items())
        if year == 2026:
            assert engine.rows(connection, "SELECT DISTINCT _faulty FROM Exit WHERE ExitID = 'X9'") == [
                (True,)
            ]
            assert engine.scalar(connection, "SELECT count(*) FROM Enrollment WHERE _faulty") >= 2
            # As early as possible: clients before enrollments are read, enrollments with their exits.
            place = list(result.tables).index
            assert tables_there["Client"] == place("Client") + 1
            assert tables_there["Enrollment"] == place("Exit") + 1


def test_who_hears_that_a_file_is_ready_may_cancel(tmp_path: Path) -> None:
    class Stop(Exception):
        pass

    def stop(result: Staged, file: str) -> None:
        raise Stop

    path = Export().zip(tmp_path)
    with open_source(path) as source, engine.connected() as connection, pytest.raises(Stop):
        stage(source, connection, load(MODEL_YEAR), on_ready=stop)


def test_disk_full_while_staging(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_how: object, **_named: object) -> None:
        raise engine.EngineError("IO Error: Could not write file: No space left on device")

    path = Export().zip(tmp_path)
    with open_source(path) as source, engine.connected() as connection:
        monkeypatch.setattr(engine, "run", full)
        with pytest.raises(SourceFault, match="disk is full") as told:
            stage(source, connection, load(MODEL_YEAR))
        assert told.value.problem.stops


def test_out_of_memory_says_so(tmp_path: Path) -> None:
    export = Export()
    export.tables["Event"] = [
        {"EventID": f"V{n}", "EnrollmentID": "E1", "LocationCrisisOrPHHousing": "x" * 200 + str(n)}
        for n in range(60_000)
    ]
    path = export.zip(tmp_path)
    with (
        open_source(path) as source,
        engine.connected(memory_limit="12MB", threads=1, temp_directory="") as connection,
        pytest.raises(SourceFault, match="memory"),
    ):
        stage(source, connection, load(MODEL_YEAR))
