"""Each way to break the registry is found, with file, line and remedy."""

import importlib
import re
import shutil
from pathlib import Path

import pytest

from hearth.standards.lint import lint
from hearth.standards.load import FOLDER, YEARS, load


@pytest.fixture
def registry(tmp_path: Path) -> Path:
    """A copy of the registry's YAML that a test may break."""
    for kind in ("files", "lists", "elements", "checks", "upgrades"):
        shutil.copytree(FOLDER / kind, tmp_path / kind)
    return tmp_path


def test_the_registry_holds_together() -> None:
    assert lint() == []


def test_a_new_year_is_asked_for_its_step(registry: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("load", "lint", "lint_upgrades"):
        monkeypatch.setattr(importlib.import_module(f"hearth.standards.{module}"), "YEARS", (*YEARS, 2028))
    (problem,) = [one for one in lint(registry) if one.at.path.startswith("upgrades/")]
    assert str(problem.at) == "upgrades/2026_to_2028.yaml:1"
    assert "no step from FY2026 to FY2028" in problem.text
    assert "Write upgrades/2026_to_2028.yaml" in problem.remedy
    (registry / "upgrades/2024_to_2026.yaml").unlink()
    missing = [one.at.path for one in lint(registry) if "There is no step" in one.text]
    assert missing == ["upgrades/2024_to_2026.yaml", "upgrades/2026_to_2028.yaml"]


# file, text in it, what it becomes, the line's text that is named, words of the message, words of the remedy
BROKEN = [
    pytest.param(
        "files/Exit.yaml", "  ExitDate:\n", "  ExitDate:\n    lisst: 3.12.1\n", "lisst",
        "'lisst' is not known here", "Use one of", id="unknown-key",
    ),
    pytest.param(
        "files/Exit.yaml", "label: Project exit date\n    type: D",
        "label: Project exit date\n    type: Date", "type: Date",
        "'type: Date' is not a HUD type", "Use S and the length", id="type",
    ),
    pytest.param(
        "files/Exit.yaml", "  PersonalID: shared\n", "  PersonalID: shared\n  ExitID: {type: S32}\n",
        "  ExitID: {type",
        "'ExitID' stands here a second time", "Remove one of the two", id="column-twice",
    ),
    pytest.param(
        "files/HealthAndDV.yaml", "list: 4.11.A", "list: 4.11.Z", "  WhenOccurred:",
        "list 4.11.Z, which FY2026 does not have", "Correct the list number", id="list",
    ),
    pytest.param(
        "files/Exit.yaml", "list: 3.12.1, use: destination", "list: 3.12.1, use: departure", "  Destination:",
        "offers what its list has for 'departure', and no code of it is for that", "Correct 'use'",
        id="use",
    ),
    pytest.param(
        "files/HealthAndDV.yaml", "element: 4.11.A", "element: 4.99.A", "  WhenOccurred:",
        "names the element 4.99", "Correct the number", id="element",
    ),
    pytest.param(
        "files/HealthAndDV.yaml", "only_if: DomesticViolenceSurvivor = 1", "only_if: Victim = 1",
        "  WhenOccurred:",
        "names Victim, which HealthAndDV does not have", "Use columns of the same row", id="only-if",
    ),
    pytest.param(
        "lists/3.15.1_RelationshipToHoH.yaml", "{HEAD: 1,", "{head: 1,", "names: {head",
        "'head' cannot be the name of a code", "Write capitals", id="name-of-a-code",
    ),
    pytest.param(
        "lists/3.15.1_RelationshipToHoH.yaml", "{HEAD: 1,", "{HEAD: 7,", "names: {HEAD: 7",
        "'HEAD: 7' names a code that the list does not have", "Correct the code", id="named-code",
    ),
    pytest.param(
        "lists/3.15.1_RelationshipToHoH.yaml", "  member: HEAD,", "  Member: HEAD,", "  Member: HEAD",
        "'Member' cannot be the name of a group", "Write small letters", id="name-of-a-group",
    ),
    pytest.param(
        "lists/3.15.1_RelationshipToHoH.yaml", "  member: HEAD,", "  member: HAED,", "  member: HAED",
        "'member' has HAED, which is neither a name nor a code", "Correct it", id="member-of-a-group",
    ),
    pytest.param(
        "files/_shared.yaml", "references: Enrollment.EnrollmentID", "references: Enrolment.EnrollmentID",
        None, "which is no file's key", "Write 'references: File.Key'", id="foreign-key",
    ),
    pytest.param(
        "files/Inventory.yaml", "among: ProjectCoC(ProjectID, CoCCode)", "among: ProjectCoC(ProjectID, Code)",
        "  CoCCode:", "Code is not there", "Name a file and columns", id="among",
    ),
    pytest.param(
        "files/Exit.yaml", "  ExitID: {type: S32, key: yes,", "  ExitID: {type: S32,", "file: Exit",
        "The key is ExitID, and the columns marked 'key: yes' are none", "Mark exactly the key", id="key",
    ),
    pytest.param(
        "files/Exit.yaml", "order: 13", "order: 12", "file: Exit",
        "Order 12 is already that of Enrollment", "an order of its own", id="order",
    ),
    pytest.param(
        "files/ProjectCoC.yaml", "pattern: ^[0-9]{5}$", "pattern: '[0-9]{5}'", "  ZIP:",
        "not a regular expression from ^ to $", "so that the whole value must match", id="pattern",
    ),
    pytest.param(
        "files/Client.yaml", "privacy: ssn", "privacy: secret", "privacy: secret",
        "'privacy: secret' is not a privacy class", "Use one of", id="privacy",
    ),
    pytest.param(
        "files/Client.yaml", "    since: 2026\n", "    since: 2026\n    until: 2024\n", "until: 2024",
        "It ends in 2024, before it starts in 2026", "Make 'since' the earlier year", id="bounds",
    ),
    pytest.param(
        "files/Client.yaml", "    since: 2026\n", "    since: 2025\n", "since: 2025",
        "HUD published no standards for FY2025", "add a new year to YEARS", id="year",
    ),
    pytest.param(
        "lists/4.11.A_WhenDVOccurred.yaml", "  2: Three", "  1: Three", "  1: Three",
        "'1' stands here a second time (first in line", "Remove one of the two", id="code-twice",
    ),
    pytest.param(
        "lists/4.11.A_WhenDVOccurred.yaml", "list: 4.11.A", "list: 4.11.B", "list: 4.11.B",
        "The file's name says 4.11.A and the list is 4.11.B", "Rename the file", id="list-name",
    ),
    pytest.param(
        "lists/2.06.1_FundingSource.yaml", "status: retired", "status: gone", "status: gone",
        "'status: gone' is not known", "current, retired", id="status",
    ),
    pytest.param(
        "elements/4_11_domestic_violence.yaml", "files: [HealthAndDV]", "files: [HealthAndDv]",
        "element: 4.11",
        "is in HealthAndDv.csv, which FY2026 does not have", "Correct 'files'", id="element-file",
    ),
    pytest.param(
        "elements/4_11_domestic_violence.yaml", "program: 'HUD: CoC Builds'", "program: 'HUD: Builds'",
        "HUD: Builds", "No funding source belongs to the program 'HUD: Builds'", "Write a category",
        id="program",
    ),
    pytest.param(
        "elements/4_11_domestic_violence.yaml", "project_types: [12, 13]", "project_types: [12, 999]",
        "[12, 999]",
        "999 is not a project type", "Use codes of list 2.02.6", id="project-type",
    ),
    pytest.param(
        "checks/enrollment.yaml", "violates: this.ExitDate < Enrollment.EntryDate",
        "violates: this.ExitDay < Enrollment.EntryDate", "exit_before_entry:",
        "names this.ExitDay, which is no column there", "Correct the name", id="check-column",
    ),
    pytest.param(
        "checks/enrollment.yaml", "violates: this.ExitDate < Enrollment.EntryDate",
        "violates: ExitDate < Enrollment.EntryDate", "exit_before_entry:",
        "names ExitDate without saying whose it is", "Write this.ExitDate", id="check-alias",
    ),
    pytest.param(
        "checks/living_situation.yaml", "violates: Destination IN (37, 335, 336)",
        "violates: Destination IN (37, 335, 999)", "not_a_destination:",
        "compares Exit.Destination with 999", "Use a code of list 3.12.1", id="check-code",
    ),
    pytest.param(
        "checks/enrollment.yaml", "joins: [Enrollment]\n  violates: this.ExitDate <",
        "joins: [Enrolment]\n  violates: this.ExitDate <", "joins: [Enrolment]",
        "'Enrolment' is not a join", "Use one of", id="check-join",
    ),
    pytest.param(
        "checks/client.yaml", "{race_known}", "{race_unknown}", None,
        "There is no condition 'race_unknown'", "Add it to checks/_conditions.yaml", id="condition",
    ),
    pytest.param(
        "checks/client.yaml", "dob_missing:\n  severity: error", "dob_missing:\n  severity: bad",
        "severity: bad",
        "'severity: bad' is not known", "high, error, warning, info", id="severity",
    ),
    pytest.param(
        "upgrades/2024_to_2026.yaml", "      Sex:\n        value: null\n", "      Sex:\n", None,
        "Nothing says where Client.Sex comes from", "Add 'from'", id="upgrade-new-column",
    ),
    pytest.param(
        "upgrades/2024_to_2026.yaml", "      - GenderNone\n", "", "  Client:",
        "Client.GenderNone has no place in FY2026", "Add GenderNone to 'archive'", id="upgrade-lost-column",
    ),
    pytest.param(
        "upgrades/2024_to_2026.yaml", "      Telephone: {codes: no_99}\n", "", "  Exit:",
        "its list has no 99 any more in FY2026", "Add 'Telephone:", id="upgrade-lost-code",
    ),
    pytest.param(
        "lists/4.21_Sex.yaml", "name: Sex", "name: Sex\n  colour: none", None,
        "This is not YAML", "Check indentation", id="yaml",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("path", "old", "new", "named", "message", "remedy"), BROKEN)
def test_each_break_is_found(
    registry: Path, path: str, old: str, new: str, named: str | None, message: str, remedy: str
) -> None:
    file = registry / path
    text = file.read_text(encoding="utf-8")
    assert old in text
    broken = text.replace(old, new, 1)
    file.write_text(broken, encoding="utf-8")

    found = [problem for problem in lint(registry) if message in problem.text]

    assert found, [str(problem) for problem in lint(registry)]
    problem = found[0]
    assert remedy in problem.remedy
    assert re.fullmatch(r"[a-z]+/[\w.-]+\.yaml:\d+: .+", str(problem))
    if named is not None:
        assert problem.at.path == path
        assert named in broken.splitlines()[problem.at.line - 1]


def test_all_problems_are_told_at_once(registry: Path) -> None:
    for path, old, new in (
        ("files/Exit.yaml", "order: 13", "order: 12"),
        ("lists/4.21_Sex.yaml", "list: 4.21", "list: 4.22"),
        ("checks/client.yaml", "{race_known}", "{race_unknown}"),
        ("files/Event.yaml", "type: I", "type: Int"),
        ("files/Services.yaml", "type: I", "type: Int"),
    ):
        file = registry / path
        file.write_text(file.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
    paths = {problem.at.path for problem in lint(registry)}
    assert paths >= {
        "checks/client.yaml", "files/Event.yaml", "files/Services.yaml", "lists/4.21_Sex.yaml",
    }  # fmt: skip


@pytest.fixture(autouse=True)
def _forget() -> None:
    """Copies of the registry are not kept in memory from test to test."""
    yield
    load.cache_clear()
