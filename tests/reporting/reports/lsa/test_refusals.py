"""What the command cannot do: one sentence, an exit status that is not zero, nothing half-written."""

import errno
import json
import os
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from hearth.reporting import engine
from hearth.reporting.cli import app
from hearth.reporting.outputs import upload
from tests.reporting.sources.exports import csv_bytes, write_zip

from .world import REGISTRY, filled

RUNNER = CliRunner()
YEAR = ("--coc", "XX-501", "--start", "2025-10-01", "--end", "2026-09-30")
WRITTEN = {*(f"{name}.csv" for name in ("LSAReport", "LSAPerson", "LSACalculated", "Project")), "run.json"}


@pytest.fixture
def export(tmp_path: Path) -> Path:
    """Two people in two projects; a project without people in another CoC, and two that nobody may choose."""
    short = {
        "Project": {"TH2": {}, "OPH": {}, "ESlocal": {"ContinuumProject": 0}},
        "ProjectCoC": [{"ProjectID": "TH2", "CoCCode": "XX-502"}],
        "Enrollment": [
            {"PersonalID": "Una", "ProjectID": "ES", "EntryDate": "2026-01-05", "ExitDate": "2026-02-01"},
            {"PersonalID": "Ole", "ProjectID": "TH", "EntryDate": "2025-12-01"},
        ],
    }
    rows = filled(short)
    exported = {
        "ExportID": "X1", "SourceType": 4, "SourceName": "Invented", "ExportDate": "2026-10-15 12:00:00",
        "ExportStartDate": "2018-10-01", "ExportEndDate": "2026-09-30", "SoftwareName": "Hearth",
        "CSVVersion": "2026 v1.0", "ExportPeriodType": 3, "ExportDirective": 2, "HashStatus": 1,
        "ImplementationID": "HEARTH-1",
    }  # fmt: skip
    rows["Export"] = [exported]
    return write_zip(
        tmp_path / "export.zip", {f"{name}.csv": csv_bytes(name, rows[name]) for name in REGISTRY.files}
    )


def run(source: Path, out: Path, *more: str):
    return RUNNER.invoke(app, ["lsa", str(source), "--out", str(out), *YEAR, *more])


def refused(result, said: str) -> None:
    """One sentence on the terminal that says `said`."""
    assert result.exit_code == 2, result.output
    assert result.output.startswith("Nothing was written."), result.output
    assert said in result.output, result.output
    assert result.output.strip().count("\n") == 0, result.output
    assert result.exception is None or isinstance(result.exception, SystemExit)


def left_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize(
    ("projects", "said"),
    [
        ("ES,Nowhere", "no project with the ID Nowhere"),
        ("TH2", "The project TH2 is not in XX-501"),
        ("OPH", "The project OPH cannot be chosen"),
        ("ESlocal", "The project ESlocal cannot be chosen"),
        ("", "needs at least one project"),
        (" , ", "needs at least one project"),
    ],
)
def test_projects_that_cannot_be_chosen(export: Path, tmp_path: Path, projects: str, said: str) -> None:
    refused(run(export, tmp_path / "out", "--scope", "project", "--projects", projects), said)
    assert left_in(tmp_path) == ["export.zip"]


def test_a_chosen_project_is_reported(export: Path, tmp_path: Path) -> None:
    assert run(export, tmp_path / "out", "--scope", "project", "--projects", "ES").exit_code == 0
    assert set(left_in(tmp_path / "out")) > WRITTEN
    record = json.loads((tmp_path / "out" / "run.json").read_text())
    assert record["parameters"]["projects"] == ["ES"]


@pytest.mark.parametrize("content", [b"", b"ProjectID,ProjectName\r\n", b"PK\x03\x04 and then nothing"])
def test_what_is_no_zip(tmp_path: Path, content: bytes) -> None:
    source = tmp_path / "no-export.zip"
    source.write_bytes(content)
    refused(run(source, tmp_path / "out"), "not a zip file")
    assert left_in(tmp_path) == ["no-export.zip"]


@pytest.mark.parametrize("name", ["Enrollment", "HMISParticipation"])
def test_a_missing_file_or_column_is_named(export: Path, tmp_path: Path, name: str) -> None:
    folder = tmp_path / "files"
    with zipfile.ZipFile(export) as zipped:
        zipped.extractall(folder)
    file = folder / f"{name}.csv"
    whole = file.read_bytes()
    file.unlink()
    refused(run(folder, tmp_path / "out"), f"{name}.csv")
    key = REGISTRY.file(name).key.encode()
    file.write_bytes(whole.replace(key, b"Something", 1))
    refused(run(folder, tmp_path / "out"), key.decode())
    assert left_in(tmp_path) == ["export.zip", "files"]


def test_an_empty_folder_is_no_export(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    refused(run(tmp_path / "empty", tmp_path / "out"), "no CSV files")
    assert left_in(tmp_path) == ["empty"]


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (("--start", "0007-01-01"), "check the year of January 1, 7"),
        (("--start", "0001-01-01", "--end", "0001-12-31"), "check the year of January 1, 1"),
        (("--end", "9999-12-31"), "check the year of December 31, 9999"),
        (("--start", "2026-02-29"), "--start 2026-02-29 is no day of the calendar"),
        (("--end", "2025-13-01"), "--end 2025-13-01 is no day"),
        (("--end", ""), "is no day"),
        (("--start", "10/1/2025"), "--start 10/1/2025 is no day"),
        (("--start", "2026-10-01"), "ends on September 30, 2026, before it starts on October 1, 2026"),
        (("--scope", "hic"), "A HIC is about one night, October 1, 2025; leave the last day"),
        (("--scope", ""), "is not a scope"),
        (("--coc", ""), "An empty text is not a CoC code"),
        (("--coc", "MN500"), "MN500 is not a CoC code"),
        (("--coc", "[red]"), "[RED] is not a CoC code"),
        (("--coc", "XX-599"), "No project of this input is in XX-599"),
        (("--projects", ""), "--projects names no project"),
        (("--projects", " ,"), "--projects names no project"),
        (("--projects", "ES"), "Projects can be chosen in the scope of chosen projects only"),
        (("--memory", "lots"), "lots is not a size of memory"),
    ],
)
def test_what_cannot_be_asked_for(export: Path, tmp_path: Path, more: tuple[str, ...], said: str) -> None:
    refused(run(export, tmp_path / "out", *more), said)
    assert left_in(tmp_path) == ["export.zip"]


def test_leap_days_are_days(export: Path, tmp_path: Path) -> None:
    assert run(export, tmp_path / "out", "--start", "2024-02-29").exit_code == 0
    record = json.loads((tmp_path / "out" / "run.json").read_text())
    assert record["parameters"]["lookback"] == "2017-02-28"


def test_a_hic_may_say_its_night_twice(export: Path, tmp_path: Path) -> None:
    night = ("--scope", "hic", "--start", "2026-01-28", "--end", "2026-01-28")
    assert run(export, tmp_path / "out", *night).exit_code == 0


@pytest.mark.parametrize("which", ["INPUT", "--out"])
def test_an_empty_path_is_not_the_folder_where_one_stands(export: Path, which: str) -> None:
    source, out = ("", "out") if which == "INPUT" else (str(export), "")
    result = RUNNER.invoke(app, ["lsa", source, "--out", out, *YEAR])
    assert result.exit_code == 2 and which in result.output and "it is empty" in result.output


# --- where it is written -----------------------------------------------------------------------------------


def test_other_files_in_the_folder_stay(export: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "notes.txt").write_text("mine")
    (out / "LSAPerson.csv").write_text("old")
    assert run(export, out).exit_code == 0
    assert (out / "notes.txt").read_text() == "mine"
    assert (out / "LSAPerson.csv").read_text() != "old"
    assert set(left_in(out)) > WRITTEN


def test_a_refused_run_leaves_an_earlier_one_alone(export: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert run(export, out).exit_code == 0
    before = {path.name: path.read_bytes() for path in out.iterdir()}
    refused(run(export, out, "--scope", "project", "--projects", "TH2"), "not in XX-501")
    assert {path.name: path.read_bytes() for path in out.iterdir()} == before


@pytest.mark.parametrize("where", ["file", "file/below"])
def test_a_folder_that_cannot_be_written(export: Path, tmp_path: Path, where: str) -> None:
    (tmp_path / "file").write_text("mine")
    refused(run(export, tmp_path / where), "file")
    assert left_in(tmp_path) == ["export.zip", "file"]
    assert (tmp_path / "file").read_text() == "mine"


def test_the_zip_of_another_report_never_stands_beside_this_one(export: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert run(export, out).exit_code == 0
    before = {path.name: path.read_bytes() for path in out.iterdir()}
    for other in (("--scope", "hic", "--end", "2025-10-01"), ("--start", "2025-09-01")):
        refused(run(export, out, *other), "out holds the zip of another report (lsa-XX-501-2025-10-01.zip)")
        assert {path.name: path.read_bytes() for path in out.iterdir()} == before
    assert run(export, out).exit_code == 0  # the same once more replaces itself
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "export.zip").write_bytes(b"mine")
    assert run(export, tmp_path / "own").exit_code == 0


def test_a_folder_that_cannot_be_written_is_said_before_the_work(
    export: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def too_late(*_: object, **__: object) -> None:
        raise AssertionError("it was computed first")

    monkeypatch.setattr("hearth.reporting.making.prepare", too_late)
    (tmp_path / "file").write_text("mine")
    refused(run(export, tmp_path / "file"), "is a file")


def half_written(then: Callable[[], None]) -> Callable[..., None]:
    """`upload.write` that stops after the first bytes of a file."""

    def write(connection: object, files: object, computed: object, folder: Path, zip_name: str) -> None:
        (folder / "LSAPerson.csv").write_bytes(b"RowTotal,")
        then()

    return write


def disk_full() -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


def interrupted() -> None:
    raise KeyboardInterrupt


def test_a_full_disk(export: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upload, "write", half_written(disk_full))
    refused(run(export, tmp_path / "out"), "space")
    assert left_in(tmp_path) == ["export.zip"]


def test_cancelled_while_writing(export: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upload, "write", half_written(interrupted))
    result = run(export, tmp_path / "out")
    assert result.exit_code == 130 and "Nothing was written" in result.output
    assert left_in(tmp_path) == ["export.zip"]


KILLED = """
import os, signal, sys
from hearth.reporting import cli
from hearth.reporting import making
from hearth.reporting.outputs import upload

def stop(*_, **__):
    os.kill(os.getpid(), signal.SIGKILL)

whole = upload.write

def half(connection, files, computed, folder, zip_name):
    whole(connection, files, computed, folder, zip_name)
    stop()

if sys.argv.pop(1) == "computing":
    making.prepare = stop
else:
    upload.write = half
cli.app()
"""


@pytest.mark.parametrize("moment", ["computing", "writing"])
def test_killed(export: Path, tmp_path: Path, moment: str) -> None:
    """Nothing stands where the result should; the next run does its work as ever."""
    out = tmp_path / "out"
    command = [sys.executable, "-c", KILLED, moment, "lsa", str(export), "--out", str(out), *YEAR]
    killed = subprocess.run(command, capture_output=True, env={**os.environ, "TMPDIR": str(tmp_path)})
    assert killed.returncode == -signal.SIGKILL, killed.stderr.decode()
    assert not out.exists()
    assert run(export, out).exit_code == 0
    assert set(left_in(out)) > WRITTEN


SLOW = """
import sys
from hearth.reporting import cli
from hearth.reporting import engine
from hearth.reporting.runtime import run

whole = engine.run

def endless(connection, sql, *more, **named):
    if sql.startswith('CREATE TABLE "lsa_enrollment" AS'):
        print("READY", file=sys.stderr, flush=True)
        sql = "CREATE TABLE endless AS SELECT count(*) FROM range(100000000000) AS a, range(100000) AS b"
    return whole(connection, sql, *more, **named)

engine.run = endless
cli.app()
"""


def test_ctrl_c_within_a_step(export: Path, tmp_path: Path) -> None:
    """The engine answers with an error of its own, and not with KeyboardInterrupt."""
    command = [sys.executable, "-c", SLOW, "lsa", str(export), "--out", str(tmp_path / "out"), *YEAR]
    running = subprocess.Popen(
        command, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        env={**os.environ, "TMPDIR": str(tmp_path)},
        # Where the tests themselves run in the background, they have it ignored and would pass that on.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )  # fmt: skip
    said = ""
    assert running.stderr is not None
    try:
        for line in running.stderr:
            said += line
            if "READY" in line:
                break
        time.sleep(0.3)  # within the statement
        running.send_signal(signal.SIGINT)
        output, rest = running.communicate(timeout=60)
    finally:
        running.kill()
    assert running.returncode == 130, said + rest
    assert "Cancelled. Nothing was written." in rest and "Traceback" not in said + rest + output
    assert left_in(tmp_path) == ["export.zip"]


@pytest.mark.parametrize(
    "fault", [OSError(errno.EIO, "Input/output error"), OSError(errno.ENOSPC, "No space left")]
)
def test_a_fault_of_the_machine_is_a_sentence(
    export: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: OSError
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise fault

    monkeypatch.setattr("hearth.reporting.making.prepare", broken)
    refused(
        run(export, tmp_path / "out"), "disk is full" if fault.errno == errno.ENOSPC else "could not be read"
    )


def test_the_engines_words_are_not_shown(
    export: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They may hold values of the input."""

    def broken(*_: object, **__: object) -> None:
        raise engine.EngineError("Could not convert string 'Una' to DATE")

    monkeypatch.setattr("hearth.reporting.making.prepare", broken)
    result = run(export, tmp_path / "out")
    refused(result, "The engine could not work with this input")
    assert "Una" not in result.output
