"""The HMIS CSV writer byte by byte."""

import csv
import errno
import hashlib
import io
import zipfile
from datetime import date, datetime

import pytest

from hearth.reporting import engine
from hearth.reporting.outputs import archive, hmis_csv
from hearth.standards import load

REGISTRY = load(2026)
HEADER = hmis_csv.ExportHeader(
    export_id="EX1",
    source_id="MN-500;MN-501",
    exported_at=datetime(2026, 10, 1, 6, 5, 4),
    start=date(2025, 10, 1),
    end=date(2026, 9, 30),
    software_version="0.1",
    implementation_id="hearth-test",
)


@pytest.fixture
def connection():
    with engine.connected() as opened:
        yield opened


def relation(file: str, rows: list[dict], types: dict[str, str] | None = None) -> str:
    """A query with every column of `file`; columns that a row does not name are null."""
    selects = []
    for row in rows:
        cells = []
        for column in REGISTRY.file(file).columns:
            kind = (types or {}).get(column.name) or {
                "S": "VARCHAR", "I": "INTEGER", "D": "DATE", "T": "TIMESTAMP", "M": "DECIMAL(12,2)",
            }[column.type]  # fmt: skip
            value = row.get(column.name)
            literal = "NULL" if value is None else engine.text(value)
            cells.append(f"CAST({literal} AS {kind}) AS {engine.name(column.name)}")
        selects.append("SELECT " + ", ".join(cells))
    return "(" + " UNION ALL ".join(selects) + ")"


def written(connection, tmp_path, header=HEADER, **sources) -> dict[str, bytes]:
    target = tmp_path / "export.zip"
    hmis_csv.write(connection, target, registry=REGISTRY, header=header, sources=sources)
    with zipfile.ZipFile(target) as zipped:
        return {name: zipped.read(name) for name in zipped.namelist()}


def line_of(content: bytes) -> dict[str, str]:
    """The only data line of a file as raw cells; no cell may hold a comma."""
    head, line, rest = content.decode().split("\r\n")
    assert rest == ""
    return dict(zip(head.split(","), line.split(","), strict=True))


def test_every_file_in_huds_order_with_huds_header(connection, tmp_path):
    files = written(connection, tmp_path)
    assert list(files) == [f"{name}.csv" for name in REGISTRY.files]
    for name, content in files.items():
        columns = [column.name for column in REGISTRY.file(name.removesuffix(".csv")).columns]
        assert content.split(b"\r\n")[0].decode() == ",".join(columns)
        assert content.endswith(b"\r\n")
        assert not content.startswith(b"\xef\xbb\xbf")
    assert files["Client.csv"].count(b"\n") == 1


def test_export_row(connection, tmp_path):
    assert written(connection, tmp_path)["Export.csv"].split(b"\r\n")[1] == (
        b'"EX1",1,"MN-500;MN-501",,,,,,,2026-10-01 06:05:04,2025-10-01,2026-09-30,"Hearth","0.1",'
        b'"2026 v1.0",3,2,1,"hearth-test"'
    )


def test_values_of_every_type(connection, tmp_path):
    source = relation(
        "Services",
        [
            {
                "ServicesID": "S1", "EnrollmentID": "0007", "PersonalID": "P1", "DateProvided": "2026-01-09",
                "RecordType": 152, "TypeProvided": 1, "FAAmount": "-12.5", "FAStartDate": "2026-01-01",
                "DateCreated": "2026-01-10 23:59:58.987", "DateUpdated": "2026-01-11", "UserID": "U1",
            }
        ],
    )  # fmt: skip
    content = written(connection, tmp_path, Services=source)["Services.csv"]
    assert content.split(b"\r\n")[1] == (
        b'"S1","0007","P1",2026-01-09,152,1,,,,-12.50,2026-01-01,,,'
        b'2026-01-10 23:59:58,2026-01-11 00:00:00,"U1",,"EX1"'
    )


@pytest.mark.parametrize(
    ("stored", "cell"),
    [
        ("Núñez", '"Núñez"'),
        ('Åse "Bo"', '"Åse ""Bo"""'),
        ("a<b>c[d]e{f}g", '"abcdefg"'),
        ("<>", ""),
        ("", ""),
        ("   ", ""),
        (" padded", '" padded"'),
        ("007", '"007"'),
        (None, ""),
    ],
)
def test_strings(connection, tmp_path, stored, cell):
    source = relation("Client", [{"PersonalID": "P1", "LastName": stored}])
    assert line_of(written(connection, tmp_path, Client=source)["Client.csv"])["LastName"] == cell


def test_commas_and_line_breaks_stay_inside_the_quotes(connection, tmp_path):
    source = relation("Organization", [{"OrganizationID": "O1", "OrganizationName": "a, b\r\nc"}])
    content = written(connection, tmp_path, Organization=source)["Organization.csv"]
    assert b'"O1","a, b\r\nc",,' in content


def test_text_that_could_not_be_typed_goes_out_as_it_came(connection, tmp_path):
    source = relation(
        "Client",
        [{"PersonalID": "P1", "DOB": "31/12/1980", "VeteranStatus": 'a,"b"'}],
        {"DOB": "VARCHAR", "VeteranStatus": "VARCHAR"},
    )
    content = written(connection, tmp_path, Client=source)["Client.csv"].decode()
    assert ",31/12/1980," in content
    assert ',"a,""b""",' in content


@pytest.mark.parametrize(
    "value",
    ["a\nb", "a\rb", "a\r\nb", "\na", "a\n", '\r\n"', 'a"b', '"', '""', "a,b", ",", 'a,\n"b"\r,c'],
)
def test_values_with_signs_of_the_form_come_back_as_they_were(connection, tmp_path, value):
    """A string, and text in the place of a date, a number, an amount and a moment: one row stays one row, for
    Python's reader and for our own."""
    columns = {
        "Client": ("LastName", "DOB", "VeteranStatus", "DateUpdated"),
        "IncomeBenefits": ("OtherIncomeSourceIdentify", "InformationDate", "Earned", "EarnedAmount"),
    }
    sources = {}
    for file, names in columns.items():
        rows = [{REGISTRY.file(file).key: key} | dict.fromkeys(names, value) for key in ("1", "2")]
        sources[file] = relation(file, rows, dict.fromkeys(names, "VARCHAR"))
    files = written(connection, tmp_path, **sources)
    for file, names in columns.items():
        text = files[f"{file}.csv"].decode()
        rows = list(csv.DictReader(io.StringIO(text, newline="")))
        assert len(rows) == 2
        target = tmp_path / f"{file}.csv"
        target.write_bytes(files[f"{file}.csv"])
        own = connection.execute(
            "SELECT * FROM read_csv(?, header=true, auto_detect=false, delim=',', quote='\"', escape='\"',"
            " columns=?)",
            [str(target), dict.fromkeys(rows[0], "VARCHAR")],
        ).fetchall()
        assert len(own) == 2
        for row, ours in zip(rows, own, strict=True):
            cells = dict(zip(row, ours, strict=True))
            for name in names:
                assert row[name] == cells[name] == value, (file, name)


def test_a_hashed_export_hides_four_columns_and_no_more(connection, tmp_path):
    row = {
        "PersonalID": "P1", "FirstName": "Åse", "MiddleName": None, "LastName": "Núñez", "NameSuffix": "Jr.",
        "SSN": "xxxxx6789", "DOB": "1980-12-31",
    }  # fmt: skip
    files = written(
        connection,
        tmp_path,
        header=hmis_csv.ExportHeader(
            **{field: getattr(HEADER, field) for field in HEADER.__slots__ if field != "hashed"}, hashed=True
        ),
        Client=relation("Client", [row]),
    )
    cells = line_of(files["Client.csv"])
    assert cells["LastName"] == f'"{hashing_of("N520")}"'
    assert cells["FirstName"] == f'"{hashing_of("A200")}"'
    assert cells["MiddleName"] == ""
    assert cells["SSN"] == f'"6789{hashing_of("xxxxx6789")}"'
    assert cells["NameSuffix"] == '"Jr."'
    assert cells["DOB"] == "1980-12-31"
    assert line_of(files["Export.csv"])["HashStatus"] == "4"


def hashing_of(value: str) -> str:
    return hashlib.sha256(value.encode()).hexdigest()


def test_the_same_input_gives_the_same_bytes(connection, tmp_path):
    source = relation("Client", [{"PersonalID": f"P{number}"} for number in range(50)])
    first, second = tmp_path / "a.zip", tmp_path / "b.zip"
    for target in (first, second):
        summary = hmis_csv.write(
            connection, target, registry=REGISTRY, header=HEADER, sources={"Client": source}
        )
    assert first.read_bytes() == second.read_bytes()
    assert summary.rows["Client"] == 50
    assert summary.rows["Exit"] == 0
    assert first.stat().st_mode & 0o077 == 0  # client data: for its owner alone


def test_unknown_file_and_missing_column_stop_before_anything_is_written(connection, tmp_path):
    target = tmp_path / "export.zip"
    for sources, said in (({"Clients": "x"}, "Clients"), ({"Client": "(SELECT 1 AS PersonalID)"}, "DOB")):
        with pytest.raises(KeyError, match=said):
            hmis_csv.write(connection, target, registry=REGISTRY, header=HEADER, sources=sources)
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_left_behind_when_the_source_fails(connection, tmp_path):
    target = tmp_path / "export.zip"
    target.write_bytes(b"an earlier export")
    source = "(SELECT * REPLACE (CAST(error('gone') AS VARCHAR) AS FirstName) FROM {})".format(
        relation("Client", [{"PersonalID": "P1", "FirstName": "A"}]) + " AS r"
    )
    with pytest.raises(engine.EngineError):
        hmis_csv.write(connection, target, registry=REGISTRY, header=HEADER, sources={"Client": source})
    assert [path.name for path in tmp_path.iterdir()] == ["export.zip"]
    assert target.read_bytes() == b"an earlier export"


def test_a_full_disk_is_said_in_a_sentence(tmp_path):
    def chunks():
        yield b"x"
        raise OSError(errno.ENOSPC, "No space left on device")

    with (
        pytest.raises(archive.OutputError, match=r"disk is full.*nothing was left behind"),
        archive.writing(tmp_path / "export.zip") as zipped,
    ):
        zipped.add("Client.csv", chunks())
    assert list(tmp_path.iterdir()) == []


def test_a_missing_folder_is_said_in_a_sentence(tmp_path):
    with (
        pytest.raises(archive.OutputError, match="There is no folder"),
        archive.writing(tmp_path / "none" / "export.zip"),
    ):
        pass


def test_a_header_that_contradicts_itself_is_refused():
    fields = {field: getattr(HEADER, field) for field in HEADER.__slots__}
    for wrong in ({"end": date(2020, 1, 1)}, {"source_id": ""}, {"source_type": 2}):
        with pytest.raises(ValueError, match="export"):
            hmis_csv.ExportHeader(**(fields | wrong))


def test_a_header_without_coc_codes_has_a_blank_source_id():
    fields = {field: getattr(HEADER, field) for field in HEADER.__slots__}
    header = hmis_csv.ExportHeader(**(fields | {"source_id": "", "source_type": 2, "source_name": "County"}))
    assert header.values(2026)["SourceID"] is None
    assert HEADER.values(2026)["SourceID"] == "MN-500;MN-501"


def test_a_disk_that_takes_the_file_and_does_not_keep_it_is_said(tmp_path, monkeypatch):
    """It is on the disk before it has its name."""

    def broken(_):
        raise OSError(errno.EIO, "Input/output error")

    target = tmp_path / "export.zip"
    target.write_text("the one before")
    monkeypatch.setattr("os.fsync", broken)
    with pytest.raises(archive.OutputError), archive.writing(target):
        pass
    assert [path.name for path in tmp_path.iterdir()] == ["export.zip"]
    assert target.read_text() == "the one before"
