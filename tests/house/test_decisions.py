"""Decisions are numbered one by one, and the list has them all."""

import re
from pathlib import Path

import pytest

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "adr"
DECISIONS = sorted(path for path in FOLDER.glob("*.md") if path.name != "README.md")


def test_numbers_are_given_once_and_without_a_gap() -> None:
    assert [int(path.name[:4]) for path in DECISIONS] == list(range(1, len(DECISIONS) + 1))


@pytest.mark.parametrize("path", DECISIONS, ids=lambda path: path.stem)
def test_a_decision_bears_its_number_and_stands_in_the_list(path: Path) -> None:
    number = path.name[:4]
    assert re.match(rf"# 0*{int(number)}\. \S", path.read_text(encoding="utf-8"))
    assert f"[{number}]({path.name})" in (FOLDER / "README.md").read_text(encoding="utf-8")
