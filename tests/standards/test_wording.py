"""Questions in plain words: each field of intake, start and points has some, and they read well."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from hearth.standards import load
from hearth.standards.document import StandardsError
from hearth.standards.load import FOLDER
from hearth.standards.wording import is_worded, lint_wording, wording


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A copy of the part of the registry that words need, which a test may break."""
    for kind in ("files", "lists", "elements", "wording"):
        shutil.copytree(FOLDER / kind, tmp_path / kind)
    yield tmp_path
    wording.cache_clear()
    load.cache_clear()


def test_every_field_of_intake_start_and_points_has_words() -> None:
    asked = {
        (number, one.column.name)
        for number, element in load(2026).elements.items()
        if is_worded(element)
        for one in element.asks
    }
    assert len(asked) > 210
    assert {"MoveInDate", "DateOfEngagement", "ReferralResult"} <= {name for _, name in asked}
    assert {(number, name) for number, one in wording().items() for name in one.fields} == asked


def test_words_are_short_sentences() -> None:
    for number, one in wording().items():
        for text in (one.who, one.unknown):
            assert text.endswith("."), (number, text)
        for name, words in one.fields.items():
            assert len(words.question) <= 110, (number, name)
            assert words.question[0].isupper() and not words.question.endswith("."), (number, name)
            assert words.help.endswith(".") and len(words.help) <= 240, (number, name, words.help)


@pytest.mark.parametrize(
    ("path", "old", "new", "said", "remedy"),
    [
        ("common.yaml", "    SNAP:", "    Snap:", "4.03 asks SNAP", "Add it there"),
        ("common.yaml", "    SNAP:", "    Snap:", "4.03 does not ask Snap", "Correct the name"),
        ("common.yaml", "4.21:", "4.22:", "4.21 asks Sex", "with who and unknown"),
        ("common.yaml", "4.21:", "4.22:", "4.22 does not ask Sex", "remove its words"),
        ("partners.yaml", "R4:", "3.08:", "3.08 has words already, at wording/partners.yaml", "Keep one"),
        ("universal.yaml", "      question: White?\n", "", "'question' is missing", "Add 'question"),
        (
            "universal.yaml",
            "      question: White?\n",
            "      ask: White?\n",
            "'ask' is not known",
            "Use one of",
        ),
        ("universal.yaml", "  who: Everybody, children too.\n", "", "'who' is missing", "Add 'who"),
    ],
)
def test_each_break_is_found(folder: Path, path: str, old: str, new: str, said: str, remedy: str) -> None:
    file = folder / "wording" / path
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    try:
        found = [(one.text, one.remedy) for one in lint_wording(folder)]
    except StandardsError as error:
        found = [(error.problem, error.remedy)]
    assert any(said in one and remedy in other for one, other in found), found


def test_a_new_field_is_asked_for_its_words(folder: Path) -> None:
    column = folder / "files/Client.yaml"
    text = column.read_text(encoding="utf-8")
    column.write_text(
        text.replace("  Sex:\n", "  SexNote: {type: S50, element: 4.21}\n  Sex:\n", 1), encoding="utf-8"
    )
    assert [one.text for one in lint_wording(folder)] == [
        "4.21 asks SexNote, and wording/ has no question for it."
    ]
