"""What is said of measured branches, and what the declarations of subjects must hold to."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from proof import branches
from proof.branches import Figure, by_package, fallen, untaken
from proof.subjects import CHECKOUT, SOURCE, Subject, read


def measured(taken: int = 3, every: int = 4, lines: Any = (), ways: Any = ()) -> dict[str, Any]:
    return {
        "summary": {"covered_branches": taken, "num_branches": every},
        "missing_lines": list(lines),
        "missing_branches": list(ways),
    }


def test_figures_are_of_packages_and_rounded_down() -> None:
    files = {
        "src/hearth/hmis/access/roles.py": measured(1, 2),
        "src/hearth/hmis/access/models/user.py": measured(1, 1),
        "src/hearth/standards/load.py": measured(2999, 3000),
        "src/hearth/cli.py": measured(0, 0),
    }
    found = by_package(files)
    assert found == {".": Figure(0, 0), "hmis/access": Figure(2, 3), "standards": Figure(2999, 3000)}
    assert [one.percent for one in found.values()] == [100.0, 66.6, 99.9]


def test_a_figure_may_not_fall_and_every_package_has_one() -> None:
    now = {"a": Figure(90, 100), "b": Figure(1, 2)}
    assert fallen(now, {"a": 90.0, "b": 50.0}) == []
    assert fallen(now, {"a": 90.2, "b": 50.0}) == []  # noise
    assert fallen(now, {"a": 91.0, "b": 50.0}) == [
        "a has fallen from 91.0 % to 90.0 %: write tests for what is new."
    ]
    assert "no figure yet" in fallen(now, {"a": 90.0})[0]
    assert "no such package" in fallen(now, {"a": 90.0, "b": 50.0, "c": 1.0})[0]


def test_what_guards_is_complete_or_named() -> None:
    subject = Subject("keys", (Path("a.py"), Path("b.py")), (), True)
    assert untaken(subject, {"a.py": measured(), "b.py": measured()}) == []
    assert untaken(subject, {"a.py": measured(lines=[3, 4], ways=[[2, 3], [7, -1]])}) == [
        "a.py: lines 3, 4; branches 2 → 3, 7 → 0",
        "b.py was not measured.",
    ]


def test_subjects_name_files_and_tests_that_are_there(tmp_path: Path) -> None:
    assert {subject.name for subject in read() if subject.guards} >= {"rights", "keys", "money", "deletion"}

    def said(**subjects: Any) -> Path:
        path = tmp_path / "subjects.yaml"
        path.write_text(yaml.safe_dump(subjects))
        return path

    here = {"files": ["standards/load.py"], "tests": ["tests/standards"]}
    assert read(said(one=here))[0].files == (SOURCE / "standards" / "load.py",)
    for wrong, message in (
        ({"one": here | {"files": ["standards/lod.py"]}}, "one: no file is called"),
        ({"one": here | {"tests": ["tests/standard"]}}, "one: there is no tests/standard"),
        ({"one": here, "two": here}, "is of one and of two"),
    ):
        with pytest.raises(ValueError, match=message):
            read(said(**wrong))


def test_figures_are_kept_of_packages_that_are_there() -> None:
    kept = yaml.safe_load(branches.KEPT.read_text(encoding="utf-8"))
    files = [path for path in (CHECKOUT / SOURCE).rglob("*.py") if "migrations" not in path.parts]
    empty = {str(path.relative_to(CHECKOUT)): measured(0, 0) for path in files}
    assert set(kept) <= set(by_package(empty))
    assert all(0 < figure <= 100 for figure in kept.values())
