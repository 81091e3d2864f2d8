"""The command and the folder it writes, on a tiny invented export."""

import csv
import io
import json
import zipfile
from datetime import date, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from hearth.reporting import making
from hearth.reporting.cli import app
from hearth.reporting.runtime import registry
from hearth.reporting.runtime import run as running
from hearth.reporting.sources import staging
from tests.reporting.sources.exports import Export, write_zip

RUNNER = CliRunner()
FILES = [
    "Affiliation.csv", "Funder.csv", "HMISParticipation.csv", "Inventory.csv", "LSACalculated.csv",
    "LSAExit.csv", "LSAHousehold.csv", "LSAPerson.csv", "LSAReport.csv",
    "Organization.csv", "Project.csv", "ProjectCoC.csv",
]  # fmt: skip


def shelter() -> Export:
    """A head and a spouse in an emergency shelter of MN-500 from 2 November; the spouse left on the 30th."""
    export = Export()
    export.row("Project")["ContinuumProject"] = 1
    return export


def run(source: Path, out: Path, *more: str):
    return RUNNER.invoke(app, ["lsa", str(source), "--out", str(out), *more])


def rows(out: Path, file: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO((out / f"{file}.csv").read_text(), newline="")))


@pytest.fixture
def export(tmp_path: Path) -> Path:
    return shelter().zip(tmp_path)


def test_the_hic_of_a_night_counts_who_is_there(export: Path, tmp_path: Path) -> None:
    for night, people in (("2025-11-15", 2), ("2025-12-15", 1), ("2025-11-01", 0)):
        out = tmp_path / night
        result = run(export, out, "--coc", "mn-500", "--start", night, "--scope", "hic")
        assert result.exit_code == 0, result.output
        (report,) = rows(out, "LSAReport")
        assert report["UnduplicatedClient"] == str(people)
        assert sum(int(row["RowTotal"]) for row in rows(out, "LSAPerson")) == people
        counts = [
            row for row in rows(out, "LSACalculated") if row["ReportRow"] == "53" and row["Universe"] == "10"
        ]
        assert {row["Value"] for row in counts if row["HHType"] == "0"} == (
            {str(people)} if people else set()
        )


def test_all_twelve_files_and_the_record_are_there(export: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert run(export, out, "--coc", "MN-500", "--start", "2025-11-15", "--scope", "hic").exit_code == 0
    with zipfile.ZipFile(out / "hic-MN-500-2025-11-15.zip") as zipped:
        assert sorted(zipped.namelist()) == FILES
    record = json.loads((out / "run.json").read_text())
    assert record["parameters"]["coc"] == "MN-500" and record["parameters"]["lookback"] == "2018-11-15"
    assert len(record["input_sha256"]) == 64 and record["seconds"]["lsa_report"] >= 0
    assert {row["ExportID"] for row in rows(out, "Project")} == {rows(out, "LSAReport")[0]["ReportID"]}


@pytest.mark.all_threads
def test_side_by_side_and_one_after_the_other_give_the_same(
    export: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran: list[str] = []
    for how in ("steps_at_once", "run_steps"):
        original = getattr(running, how)
        monkeypatch.setattr(
            running, how, lambda *a, _of=original, _how=how, **k: (ran.append(_how), _of(*a, **k))[1]
        )
    lsa = registry.by_name("lsa")
    parameters = making.parameters_of(
        lsa,
        "systemwide",
        coc="MN-500",
        start=date(2025, 10, 1),
        end=date(2025, 12, 15),
        made_at=datetime(2026, 11, 2, 8, 30),
    )
    for out, few in (("side", 1_000_000), ("after", 0)):
        monkeypatch.setattr(making, "FEW_ROWS", few)
        monkeypatch.setattr(staging, "_FEW_BYTES", few)
        making.make(lsa, export, parameters, tmp_path / out, making.How("0", keep=True))
    assert ran[0] == "steps_at_once" and ran[-1] == "run_steps"
    same, other = (
        {
            path.relative_to(out): path.read_bytes()
            for path in sorted(out.rglob("*"))
            if path.is_file() and path.name != "run.json"  # it has seconds
        }
        for out in (tmp_path / "side", tmp_path / "after")
    )
    assert len(same) > 40
    assert [path for path in same if same[path] != other.get(path)] == []


def test_who_is_named_comes_from_the_environment(
    export: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hic = ("--coc", "MN-500", "--start", "2025-11-15", "--scope", "hic")
    monkeypatch.setenv("HEARTH_REPORT_VENDOR", '  Quill & "Ink"\n Software ')
    monkeypatch.setenv("HEARTH_REPORT_EMAIL", "")
    assert run(export, tmp_path / "out", *hic).exit_code == 0
    (report,) = rows(tmp_path / "out", "LSAReport")
    assert report["SoftwareVendor"] == 'Quill & "Ink" Software'
    assert (report["SoftwareName"], report["VendorEmail"]) == ("Hearth", "n/a")
    monkeypatch.setenv("HEARTH_REPORT_CONTACT", "x" * 51)
    result = run(export, tmp_path / "other", *hic)
    assert result.exit_code == 2 and "HEARTH_REPORT_CONTACT has 51 characters" in result.output
    assert not (tmp_path / "other").exists()


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (
            ["--coc", "XX-999", "--start", "2025-11-15", "--scope", "hic"],
            "No project of this input is in XX-999.",
        ),
        (["--coc", "Minnesota", "--start", "2025-11-15", "--scope", "hic"], "MINNESOTA is not a CoC code"),
        (["--coc", "MN-500", "--start", "2025-11-15", "--end", "2025-11-14"], "before it starts"),
        (["--coc", "MN-500", "--start", "2025-11-15"], "on which day the report ends"),
        (["--coc", "MN-500", "--start", "2025-11-15", "--scope", "all"], "all is not a scope"),
        (
            ["--coc", "MN-500", "--start", "2025-11-15", "--scope", "hic", "--projects", "P1"],
            "scope of chosen projects only",
        ),
        (["--coc", "MN-500", "--start", "2025-11-15", "--scope", "hic", "--memory", "lots"], "600MB or 2GB"),
        (["--coc", "MN-500", "--start", "2025-11-15", "--scope", "hic", "--memory", "-5"], "600MB or 2GB"),
        (["--coc", "MN-500", "--start", "2025-11-15", "--scope", "hic", "--memory", "9MB"], "too little"),
    ],
)
def test_what_cannot_be_made_is_one_sentence(
    export: Path, tmp_path: Path, more: list[str], said: str
) -> None:
    result = run(export, tmp_path / "out", *more)
    assert result.exit_code == 2
    assert said in result.output and result.output.startswith("Nothing was written.")
    assert result.output.strip().count("\n") == 0
    assert sorted(file.name for file in tmp_path.iterdir()) == ["export.zip"]


@pytest.mark.parametrize("fault", ["file", "column", "nothing", "record twice"])
def test_an_input_that_lacks_something_is_one_sentence(tmp_path: Path, fault: str) -> None:
    source = tmp_path / "export.zip"
    files = shelter().all_files()
    if fault == "file":
        del files["Services.csv"]
    if fault == "column":
        files["Enrollment.csv"] = files["Enrollment.csv"].replace(b"MoveInDate", b"Something")
    if fault == "record twice":
        files["Client.csv"] += files["Client.csv"].splitlines(keepends=True)[-1]
    if fault != "nothing":
        write_zip(source, files)
    result = run(source, tmp_path / "out", "--coc", "MN-500", "--start", "2025-11-15", "--scope", "hic")
    assert result.exit_code == 2
    said = {
        "file": "Services.csv",
        "column": "MoveInDate",
        "nothing": "export.zip",
        "record twice": "Client.csv has the same PersonalID in several rows (1 rows too many)",
    }
    assert said[fault] in result.output
    assert not (tmp_path / "out").exists()


@pytest.mark.all_threads
def test_ctrl_c_says_so_and_leaves_nothing(
    export: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("hearth.reporting.runtime.run.engine.run", interrupted)
    result = run(export, tmp_path / "out", "--coc", "MN-500", "--start", "2025-11-15", "--scope", "hic")
    assert (result.exit_code, result.output.strip()) == (130, "Cancelled. Nothing was written.")
    assert sorted(file.name for file in tmp_path.iterdir()) == ["export.zip"]
