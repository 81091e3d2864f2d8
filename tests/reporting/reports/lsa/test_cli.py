"""The commands on a report: its flags, the people behind a row, what two reports differ in."""

import subprocess
import sys
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from hearth.reporting.cli import app
from hearth.reporting.opening.cli import show_flags
from hearth.reporting.opening.members import flags
from hearth.reporting.runtime import registry
from hearth.reporting.runtime.flags import Flag
from tests.reporting.sources.exports import Export

from .bundles import bundle_of
from .test_compare import LATER
from .test_members import WORLD

RUNNER = CliRunner(env={"COLUMNS": "200"})


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("reports")
    return bundle_of(folder / "before", WORLD), bundle_of(folder / "after", LATER)


def said(*arguments: object, status: int = 0) -> str:
    result = RUNNER.invoke(app, [str(one) for one in arguments])
    assert result.exit_code == status, result.output
    return result.output


def test_the_flags_are_shown_and_nothing_is_written_where_only_asked(tmp_path: Path) -> None:
    export = Export()
    export.row("Project")["ContinuumProject"] = 1
    source = export.zip(tmp_path)
    options = ["--coc", "MN-500", "--start", "2025-10-01", "--end", "2025-11-15"]
    output = said("lsa", source, *options, "--check")
    assert "Inventory has no rows." in output and "error" in output and "Wrote" not in output
    assert sorted(file.name for file in tmp_path.iterdir()) == ["export.zip"]
    assert "HUD 1304; list of 2025 and 2026" in output
    assert "Not checked: 1,077 other flags of HUD's list." in output
    output = said("lsa", source, *options, "--out", tmp_path / "out", "--keep")
    assert "Inventory has no rows." in output and "Wrote" in output
    assert (tmp_path / "out" / "flags.csv").is_file() and (tmp_path / "out" / "tables").is_dir()
    assert "Say with --out where to write" in said("lsa", source, *options, status=2)


def test_making_a_report_loads_no_parser(tmp_path: Path) -> None:
    """Once the plan of steps is kept: the parser alone takes a tenth of a second, pandas half of one."""
    export = Export()
    export.row("Project")["ContinuumProject"] = 1
    options = ["--coc", "MN-500", "--start", "2025-10-01", "--end", "2025-11-15"]
    source = export.zip(tmp_path)
    said("lsa", source, *options, "--check")
    code = (
        "import sys\n"
        "from hearth.cli import main\n"
        "try: main(sys.argv[1:])\n"
        "except SystemExit: pass\n"
        "dear = ('sqlglot', 'pandas', 'numpy', 'psycopg')\n"
        "print('loaded:', [one for one in dear if one in sys.modules])"
    )
    command = [
        sys.executable,
        "-c",
        code,
        "report",
        "lsa",
        str(source),
        *options,
        "--out",
        str(tmp_path / "out"),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert "Wrote" in done.stdout, done.stderr
    assert "loaded: []" in done.stdout


def test_the_people_behind_a_row(folders: tuple[Path, Path]) -> None:
    before, _ = folders
    listed = said("members", before, "--file", "LSACalculated", "--where", "ReportRow=914")
    assert "Enrollments without a prior living situation; project NBN1" in listed and "1 of 1 rows" in listed
    number = next(line.split()[0] for line in listed.splitlines() if "NBN1" in line)
    output = said("members", before, "--file", "LSACalculated", "--row", number)
    assert (
        "Bo (enrollment): LivingSituation of a head or adult is blank, 8, 9 or 99. Section 10.13." in output
    )
    assert "1 of 1, which make 1." in output


def test_all_flags_are_printed_where_nothing_is_written() -> None:
    raised = [
        Flag("zip_missing", (806,), "error", "ProjectCoC", f"P{number}", 1, None, f"P{number} has no ZIP.",
        "Record it.", (2025, 2026))
        for number in range(30)
    ]  # fmt: skip
    app = typer.Typer()
    app.command()(lambda: show_flags(registry.by_name("lsa"), raised, every=True))
    output = RUNNER.invoke(app, []).output
    assert all(f"P{number} has no ZIP." in output for number in range(30)) and "30 flags." in output
    assert output.count("Record it.") == 1 and "flags.csv" not in output


def test_the_people_of_a_flag(folders: tuple[Path, Path]) -> None:
    before, _ = folders
    raised = flags(before)
    number = 1 + next(number for number, one in enumerate(raised) if one.has_people)
    output = said("members", before, "--flag", number)
    assert raised[number - 1].sentence in output and "HUD's list of" in output and "which make" in output
    nobody = 1 + next(number for number, one in enumerate(raised) if not one.has_people)
    assert "about no people" in said("members", before, "--flag", nobody)


def test_what_two_reports_differ_in(folders: tuple[Path, Path]) -> None:
    assert "Facts differ of 4 people." in said("compare", *folders)
    assert "People; " not in said("compare", *folders, "--file", "LSAReport")
    assert "rows that differ" in said("compare", *folders, "--file", "LSAHousehold")
    people = said("compare", *folders, "--people")
    assert "Bo (before only)" in people and "Cyd (after only)" in people and "Veteran: yes → no" in people


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["members", "{0}", "--file", "Project"], "Project is not a file whose rows can be opened"),
        (["members", "{0}", "--file", "LSAExit", "--row", "999"], "no row 999"),
        (["members", "{0}", "--file", "LSAExit", "--where", "Sex=1"], "no column of that name"),
        (["members", "{0}", "--file", "LSAExit", "--where", "Cohort"], "Say Cohort=VALUE"),
        (["members", "nowhere", "--file", "LSAExit"], "not the folder of a report"),
        (["members", "nowhere", "--file", "LSAExit", "--row", "0"], "not the folder of a report"),
        (["members", "{0}"], "Say either with --file"),
        (["members", "{0}", "--flag", "1", "--file", "LSAExit"], "Say either with --file"),
        (["members", "{0}", "--flag", "0"], "there is no flag 0"),
        (["members", "{0}", "--flag", "9999"], "there is no flag 9999"),
        (["members", "{0}", "--flag", "-1"], "there is no flag -1"),
        (["members", "nowhere", "--flag", "1"], "not the folder of a report"),
        (["compare", "{0}", "nowhere"], "not the folder of a report"),
    ],
)
def test_a_fault_is_one_sentence(folders: tuple[Path, Path], arguments: list[str], sentence: str) -> None:
    output = said(*(one.format(*folders) for one in arguments), status=2)
    assert sentence in output and output.strip().count("\n") == 0
