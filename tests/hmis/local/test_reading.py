"""Local elements that cannot be right are refused with their line; lint finds what does not hold together."""

import shutil
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner

from hearth.hmis.local import lint as lints
from hearth.hmis.local.cli import local
from hearth.hmis.local.mn.registry import FOLDER, LISTS, registry
from hearth.hmis.local.reading import read_folder
from hearth.standards.document import StandardsError

ELEMENT = """\
element: XX-A01
version: 1
name: Favorite season
group: Invented
kind: list
status: current
confidence: D
source: nowhere
reason: A test.
who: Everybody.
unknown: Leave it open.
asked_of: all clients
collected_at: [project start]
fields:
  Season:
    question: Which season?
    help: The one that is liked most.
    type: code
    list: season
  SeasonWhy:
    question: Why?
    help: In words.
    type: text
    if: Local.Season = 1
required_by:
  - where: local_program in {SUN}
    reference: nowhere
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("elements", "lists"):
        (tmp_path / name).mkdir()
    (tmp_path / "lists" / "season.yaml").write_text("name: Seasons\ncodes: {1: Spring, 2: Fall}\n")
    (tmp_path / "programs.yaml").write_text("SUN: {name: Sunshine, funder: Nobody, reference: nowhere}\n")
    (tmp_path / "elements" / "a.yaml").write_text(ELEMENT)
    return tmp_path


def test_it_is_read_and_holds_together(folder: Path) -> None:
    found = read_folder(folder)
    assert [one.number for one in found.elements] == ["XX-A01"]
    assert list(lints.lint(found)) == []


@pytest.mark.parametrize(
    ("was", "becomes", "said"),
    [
        ("where: local_program in {SUN}", "where: only in summer", "cannot be read"),
        ("where: local_program in {SUN}", "condition: only in summer", "'condition' is not known"),
        ("status: current\n", "status: current\nmood: good\n", "'mood' is not known"),
        ("list: season\n", "list: season\n    color: red\n", "'color' is not known"),
        ("list: season\n", "list: seasons\n", "no list 'seasons'"),
        ("type: text\n", "type: poem\n", "'type: poem' is not known"),
        ("type: text\n", "type: code\n", "has no list"),
        ("type: text\n", "type: text\n    list: season\n", "has a list"),
        ("asked_of: all clients", "asked_of: dogs", "'asked_of: dogs' is not known"),
        ("asked_of: all clients\n", "", "does not say 'asked_of'"),
        ("collected_at: [project start]", "collected_at: [at noon]", "is not a stage"),
        ("collected_at: [project start]\n", "", "does not say 'collected_at'"),
        ("version: 1", "version: one", "is no version"),
        ("version: 1", "version: 1\nsince: yesterday", "is no day"),
        ("version: 1", "version: 1\nsince: 2026-02-01\nuntil: 2026-01-01", "ends before it begins"),
        ("element: XX-A01", "element: favorite", "no number of a local element"),
        ("  Season:\n", "  the season:\n", "no name of a field"),
        ("kind: list", "kind: guess", "'kind: guess' is not known"),
        ("confidence: D", "confidence: sure", "'confidence: sure' is not known"),
        ("    question: Why?\n", "", "'question' is missing"),
    ],
)
def test_what_cannot_be_right_is_refused(folder: Path, was: str, becomes: str, said: str) -> None:
    assert was in ELEMENT
    (folder / "elements" / "a.yaml").write_text(ELEMENT.replace(was, becomes, 1))
    with pytest.raises(StandardsError, match=said) as error:
        read_folder(folder)
    assert str(error.value.at).startswith("elements/a.yaml:")


@pytest.mark.parametrize(
    ("was", "becomes", "said"),
    [
        ("{SUN}", "{RAIN}", "no program RAIN"),
        ("Local.Season = 1", "Local.Weather = 1", "no field Local.Weather"),
        ("Local.Season = 1", "Local.Season = 7", "Local.Season is never 7"),
        ("Local.Season = 1", "Local.SeasonWhy = 1", "hangs on itself"),
        ("Local.Season = 1", "Client.Mood = 1", "no answer that is known"),
        ("Local.Season = 1", "Season = 1", "no answer that is known"),
        ("  - where:", "  - project_types: [77]\n    where:", "77 is not a project type"),
        ("  - where:", "  - funders: [777]\n    where:", "777 is not a funding source"),
        ("kind: list", "kind: computed", "computed by no rule"),
    ],
)
def test_lint_finds(folder: Path, was: str, becomes: str, said: str) -> None:
    assert was in ELEMENT
    (folder / "elements" / "a.yaml").write_text(ELEMENT.replace(was, becomes, 1))
    assert any(said in str(one) for one in lints.lint(read_folder(folder)))


def test_lint_finds_what_two_elements_have_in_common(folder: Path) -> None:
    (folder / "elements" / "b.yaml").write_text(ELEMENT.replace("version: 1", "version: 2"))
    (folder / "elements" / "c.yaml").write_text(ELEMENT.replace("XX-A01", "XX-A02"))
    (folder / "elements" / "d.yaml").write_text(ELEMENT)
    (folder / "elements" / "_not_asked.yaml").write_text("XX-A02: {name: a, kind: b, status: c, why: d}\n")
    (folder / "lists" / "season.yaml").write_text(
        "name: Seasons\ncodes: {1: Spring, 2: Fall, 8: {label: Dry}}\nunknown: yes\n"
    )
    said = " ".join(str(one) for one in lints.lint(read_folder(folder)))
    for part in ("hold on the same day", "is a field of XX-A01, too", "There is a version 1", "code 8 twice",
                 "is asked, and listed as not asked"):  # fmt: skip
        assert part in said


def test_versions_that_follow_each_other_hold_together(folder: Path) -> None:
    (folder / "elements" / "a.yaml").write_text(ELEMENT + "until: 2026-06-30\n")
    (folder / "elements" / "b.yaml").write_text(
        ELEMENT.replace("version: 1", "version: 2") + "since: 2026-07-01\n"
    )
    found = read_folder(folder)
    assert list(lints.lint(found)) == []
    versions = [[one.version for one in found.on(day)] for day in
                (date(2026, 6, 30), date(2026, 7, 1))]  # fmt: skip
    assert versions == [[1], [2]]


def test_the_elements_that_are_here_hold_together() -> None:
    assert list(lints.lint(registry())) == []
    assert CliRunner().invoke(local, ["lint"]).exit_code == 0


def test_the_command_of_the_standards_lints_them_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from hearth import cli
    from hearth.hmis.local.mn import registry as mn

    copy = tmp_path / "copy"
    shutil.copytree(FOLDER, copy, ignore=shutil.ignore_patterns("geography", "__pycache__"))
    (copy / "elements" / "mn_u01_county.yaml").write_text("element: MN-U01\nmood: good\n")
    monkeypatch.setattr(mn, "FOLDER", copy)
    found = CliRunner().invoke(cli.app, ["standards", "lint"])
    assert found.exit_code == 1
    assert "mn_u01_county.yaml:2: 'mood' is not known here" in found.output
    assert LISTS


def test_what_is_asked_is_shown() -> None:
    runner = CliRunner()
    shown = runner.invoke(local, ["show", "mn-u06"])
    assert "Local.TribeEnrolled" in shown.output and "elements/mn_u06_tribe.yaml" in shown.output
    assert "Not asked" in runner.invoke(local, ["show", "MN-T01"]).output
    assert runner.invoke(local, ["show", "MN-Z99"]).exit_code == 1
    asked = runner.invoke(
        local,
        ["form", "--stage", "start", "--person", "hoh_adult", "--program", "FHPAP", "--on", "2026-11-01"],
    )
    assert "MN-F02  FHPAPFundingType  required" in asked.output and "MN-L01" not in asked.output
    assert runner.invoke(local, ["form", "--stage", "x", "--person", "adult"]).exit_code == 1
    assert (
        runner.invoke(local, ["form", "--stage", "start", "--person", "adult", "--program", "X"]).exit_code
        == 1
    )
    assert "MN-X01" in runner.invoke(local, ["list"]).output
