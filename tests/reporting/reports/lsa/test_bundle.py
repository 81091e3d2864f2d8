"""What a run leaves behind: kept when asked, closed to others, opened again, refused when it is not ours."""

import json
from datetime import date, datetime
from pathlib import Path

import pytest

from hearth.reporting import engine
from hearth.reporting.making import How, make
from hearth.reporting.opening.bundle import BundleError, cells_of, kept_tables, open_bundle, scratch
from hearth.reporting.reports.lsa.parameters import LsaParameters, Scope
from hearth.reporting.runtime import registry
from tests.reporting.sources.exports import Export

LSA = registry.by_name("lsa")

PARAMETERS = LsaParameters(
    coc="MN-500",
    start=date(2025, 10, 1),
    end=date(2026, 9, 30),
    scope=Scope.SYSTEMWIDE,
    made_at=datetime(2026, 11, 2, 8, 30),
)


@pytest.fixture
def source(tmp_path: Path) -> Path:
    export = Export()
    export.row("Project")["ContinuumProject"] = 1
    return export.zip(tmp_path)


def test_the_kept_tables_have_their_names_and_no_ssn(source: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    make(LSA, source, PARAMETERS, out, How("test", keep=True))
    with open_bundle(out) as bundle:
        assert bundle.record.tables == kept_tables(LSA)
        assert engine.scalar(bundle.connection, "SELECT count(*) FROM lsa_person_detail") == 2
        columns = engine.rows(
            bundle.connection, "SELECT table_name, column_name FROM information_schema.columns"
        )
        said = {column for _, column in columns}
        assert {one for one in said if "SSN" in one} <= {"SSNValid", "SSNGroup"}
        assert not said & {"FirstName", "MiddleName", "LastName", "NameSuffix", "DOB"}
        assert not {"Client", "Services"} & {table for table, _ in columns}
        # what a comparison names of a client's record, and no more (ADR on kept answers)
        assert {column for table, column in columns if table == "recorded_client"} == {
            "PersonalID", "DateOfBirth", "DOBDataQuality", "VeteranStatus", "AmIndAKNative", "Asian",
            "BlackAfAmerican", "HispanicLatinao", "MidEastNAfrican", "NativeHIPacific", "White", "RaceNone",
        }  # fmt: skip
        of_files = {column for table, column in columns if table in ("Enrollment", "Exit", "Project")}
        assert not of_files & {"UserID", "Comments", "LastPermanentZIP", "OtherDestination", "DateUpdated"}


def test_the_folder_is_closed_to_others(source: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir(mode=0o755)
    make(LSA, source, PARAMETERS, out, How("test", keep=True))
    assert out.stat().st_mode & 0o777 == 0o700
    for path in out.rglob("*"):
        assert path.stat().st_mode & 0o777 == (0o700 if path.is_dir() else 0o600)


def test_the_same_run_gives_the_same_bytes(source: Path, tmp_path: Path) -> None:
    for name in ("a", "b"):
        make(LSA, source, PARAMETERS, tmp_path / name, How("test", keep=True))
    for path in sorted((tmp_path / "a").rglob("*")):
        if path.is_file() and path.name != "run.json":
            assert path.read_bytes() == (tmp_path / "b" / path.relative_to(tmp_path / "a")).read_bytes()


def test_a_run_without_tables_says_how_to_keep_them(source: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    make(LSA, source, PARAMETERS, out, How("test", keep=True))
    make(LSA, source, PARAMETERS, out, How("test"))
    assert not (out / "tables").exists()  # those of the earlier run would belong to other numbers
    with pytest.raises(BundleError, match="--keep"), open_bundle(out):
        pass
    with open_bundle(out, tables=False) as bundle:
        assert bundle.record.parameters["coc"] == "MN-500"


@pytest.mark.parametrize("fault", ["nothing", "broken", "other", "version", "gone"])
def test_what_is_not_a_run_is_one_sentence(source: Path, tmp_path: Path, fault: str) -> None:
    out = tmp_path / "out"
    make(LSA, source, PARAMETERS, out, How("test", keep=True))
    record = json.loads((out / "run.json").read_text())
    if fault == "nothing":
        (out / "run.json").unlink()
    if fault == "broken":
        (out / "run.json").write_text('{"report": ')
    if fault == "other":
        (out / "run.json").write_text(json.dumps(record | {"report": "apr"}))
    if fault == "version":
        (out / "run.json").write_text(json.dumps(record | {"steps_sha256": "0"}))
    if fault == "gone":
        (out / "tables" / "lsa_enrollment.parquet").unlink()
    with pytest.raises(BundleError) as said, open_bundle(out):
        pass
    assert str(said.value).endswith((".", "again."))


HARD = ['A "b", c', "two\r\nlines", "one\nmore", "", "'", " 01", "ä – 漢", "\\n", "NULL", ";\t|"]


def test_cells_are_read_as_they_are_written(tmp_path: Path) -> None:
    """Whatever stands in them; nothing is guessed of how the file is written."""
    lines = [",".join('"' + cell.replace('"', '""') + '"' if cell else "" for cell in HARD)] * 3
    head = ",".join(f"Column{number}" for number in range(len(HARD)))
    (tmp_path / "Project.csv").write_bytes("\r\n".join([head, *lines, ""]).encode())
    with scratch() as connection:
        found = engine.rows(connection, f"SELECT * FROM {cells_of(tmp_path, 'Project')}")
    assert found == [tuple(cell or None for cell in HARD)] * 3


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\n",
        b"\xff\xfe,a\n1,2\n",
        b"a,,b\n1,2,3\n",
        b"a,b\n1\n",
        b"a,b\n1,2,3\n",
        b'a,b\n1,"2',
        b"a,b\n1,2",
    ],
)
def test_a_file_that_is_not_as_we_write_it_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "Project.csv").write_bytes(content)
    with scratch() as connection, pytest.raises((BundleError, engine.EngineError)):
        engine.rows(connection, f"SELECT * FROM {cells_of(tmp_path, 'Project')}")


def test_tables_can_be_opened_one_by_one(source: Path, tmp_path: Path) -> None:
    """Only those that are asked for; one that is gone is missed all the same."""
    out = tmp_path / "out"
    make(LSA, source, PARAMETERS, out, How("test", keep=True))
    with open_bundle(out, at_once=False) as bundle:
        for _ in range(2):
            bundle.attach(["LSA_PERSON_DETAIL", "nothing_that_is_kept"])
        assert engine.tables(bundle.connection) == {"lsa_person_detail"}
    (out / "tables" / "Enrollment.parquet").unlink()
    with pytest.raises(BundleError, match="missing"), open_bundle(out, at_once=False):
        pass
