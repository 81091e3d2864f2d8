"""`hearth standards` on the terminal."""

import posixpath
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from hearth.standards import load, pages
from hearth.standards.cli import app
from hearth.standards.diff import ADDED, CHANGED, REMOVED, diff
from hearth.standards.load import FOLDER

RUN = CliRunner(env={"COLUMNS": "160"})


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("HealthAndDV.WhenOccurred", ["Position", "list 4.11.A", "Only if", "Within the past three months",
                                      "not_asked.HealthAndDV.WhenOccurred", "files/HealthAndDV.yaml:"]),
        ("healthanddv.whenoccurred", ["HealthAndDV.WhenOccurred"]),
        ("WhenOccurred", ["HealthAndDV.WhenOccurred"]),
        ("Exit.csv", ["the exit of one enrollment", "ExitID", "Destination"]),
        ("4.11", ["Domestic Violence", "HUD: CoC YHDP", "12, 13"]),
        ("3.12.1", ["Place not meant for habitation", "exit positive from SO", "Exit.Destination"]),
        ("WhenDVOccurred", ["List 4.11.A"]),
        ("exit_before_entry", ["The exit date is before the entry date.", "Correct the exit date", "M-044"]),
        ("V10", ["Data element V10", "List V10"]),
    ],
)  # fmt: skip
def test_show(name: str, words: list[str]) -> None:
    result = RUN.invoke(app, ["show", name])
    assert result.exit_code == 0, result.output
    for word in words:
        assert word in result.output


def test_show_an_earlier_year() -> None:
    assert "until FY2022" in RUN.invoke(app, ["show", "Client.Female", "--year", "2022"]).output
    # FY2023 used the standards of FY2022.
    assert "FY2022" in RUN.invoke(app, ["show", "Client.Female", "--year", "2023"]).output


def test_show_says_what_comes_close() -> None:
    result = RUN.invoke(app, ["show", "HealthAndDV.WhenOcurred"])
    assert result.exit_code == 1
    assert "Did you mean HealthAndDV.WhenOccurred" in result.output


def test_show_refuses_a_year_before_the_first() -> None:
    result = RUN.invoke(app, ["show", "Exit", "--year", "2014"])
    assert result.exit_code == 2
    assert "the earliest are FY2022" in " ".join(result.output.split())


def test_diff() -> None:
    result = RUN.invoke(app, ["diff", "2024", "2026"])
    assert result.exit_code == 0
    for words in ("Client.Sex", "was called HispanicLatinaeo", "type S32 → S350", "HUD: CoC Builds",
                  "list 1.7 → 1.10", "is retired now", "Mental Health Consultation"):  # fmt: skip
        assert words in result.output
    only = RUN.invoke(app, ["diff", "2022", "2024", "--only", "file"]).output
    assert "HMISParticipation" in only
    assert "EnrollmentCoC" in only
    assert "3 differences between FY2022 and FY2024." in only


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["2026", "2024"], "must be a later year"),
        (["2024", "2025"], "must be a later year"),  # the same standards
        (["2024", "2026", "--only", "colum"], "There is no kind colum"),
        (["2020", "2026"], "No HMIS standards for FY2020"),
        (["2024", "2030"], "No HMIS standards for FY2030"),
    ],
)
def test_diff_refuses_what_it_cannot_compare(arguments: list[str], sentence: str) -> None:
    result = RUN.invoke(app, ["diff", *arguments])
    assert result.exit_code == 2
    assert sentence in result.output


def test_diff_is_complete_and_names_each_change_once() -> None:
    changes = diff(load(2024), load(2026))
    columns = {(change.sort, change.what) for change in changes if change.kind == "column"}
    assert {what for sort, what in columns if sort == ADDED} == {
        "Client.Sex",
        "Enrollment.MentalHealthConsultation",
    }
    assert len([what for sort, what in columns if sort == REMOVED]) == 14
    assert ("changed", "Client.HispanicLatinao") in columns
    assert len([what for sort, what in columns if sort == CHANGED]) == 18
    assert len(changes) == len({(change.kind, change.what) for change in changes})
    assert diff(load(2026), load(2026)) == []


def test_lint() -> None:
    result = RUN.invoke(app, ["lint"])
    assert result.exit_code == 0, result.output


def test_lint_names_file_line_and_remedy(tmp_path: Path) -> None:
    for kind in ("files", "lists", "elements", "checks", "upgrades"):
        shutil.copytree(FOLDER / kind, tmp_path / kind)
    path = tmp_path / "files" / "Exit.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("order: 13", "order: 12"), encoding="utf-8")
    result = RUN.invoke(app, ["lint", "--folder", str(tmp_path)])
    assert result.exit_code == 1
    assert "files/Exit.yaml:1: Order 12 is already that of Enrollment." in result.output
    assert "1 to repair." in result.output
    load.cache_clear()


def test_the_pages_of_the_checkout_are_up_to_date() -> None:
    assert pages.stale() == []


def test_docs_check_finds_stale_missing_and_superfluous_pages(tmp_path: Path) -> None:
    assert RUN.invoke(app, ["docs", "--to", str(tmp_path)]).exit_code == 0
    assert RUN.invoke(app, ["docs", "--check", "--to", str(tmp_path)]).exit_code == 0
    (tmp_path / "files" / "Exit.md").write_text("old", encoding="utf-8")
    (tmp_path / "checks.md").unlink()
    (tmp_path / "files" / "Gone.md").write_text("old", encoding="utf-8")
    result = RUN.invoke(app, ["docs", "--check", "--to", str(tmp_path)])
    assert result.exit_code == 1
    for name in ("files/Exit.md", "checks.md", "files/Gone.md"):
        assert f"{name} is not up to date" in result.output
    assert "Run `hearth standards docs`" in result.output
    RUN.invoke(app, ["docs", "--to", str(tmp_path)])
    assert pages.stale(tmp_path) == []


def test_links_of_the_pages_lead_somewhere() -> None:
    made = pages.pages(load())
    for name, text in made.items():
        for target in re.findall(r"\]\(([^)#]+)", text):
            path = posixpath.normpath(posixpath.join(posixpath.dirname(name), target))
            assert path in made or target.endswith("standards/checks/README.md"), (name, target)


def test_every_command_shows_examples() -> None:
    for command in ("show", "diff", "lint", "docs"):
        assert "Example" in RUN.invoke(app, [command, "--help"]).output


def test_no_django_and_no_engine_are_loaded() -> None:
    code = (
        "import sys\n"
        "from hearth.standards.cli import app\n"
        "try: app(['show', 'Exit.Destination'])\n"
        "except SystemExit: pass\n"
        "sys.exit(','.join(m for m in ('django', 'duckdb', 'psycopg') if m in sys.modules) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
