"""Of which day an answer may be, by its stage."""

import re
import shutil
from datetime import date, timedelta
from pathlib import Path

import pytest

from hearth.standards import load
from hearth.standards.document import StandardsError
from hearth.standards.element import STAGES
from hearth.standards.form_days import STAGES_FILE, anniversary, days, lint_stages, stages
from hearth.standards.load import FOLDER

from .reference import facts

ENTRY, EXIT = date(2025, 3, 1), date(2026, 6, 30)


@pytest.mark.parametrize(
    ("stage", "first", "last"),
    [
        ("start", ENTRY, ENTRY),
        ("update", date(2025, 3, 2), date(2026, 6, 29)),
        ("annual", date(2026, 1, 30), date(2026, 3, 31)),
        ("exit", EXIT, EXIT),
        ("post_exit", EXIT, date(2026, 12, 27)),
        ("occurrence", ENTRY, EXIT),
        ("record", None, None),
        ("setup", None, None),
    ],
)
def test_the_days_of_a_stage(stage: str, first: date | None, last: date | None) -> None:
    assert days(stage, entry=ENTRY, exit=EXIT) == (first, last)


def test_a_stay_that_goes_on_has_no_last_day() -> None:
    assert days("update", entry=ENTRY) == (date(2025, 3, 2), None)
    assert days("occurrence", entry=ENTRY) == (ENTRY, None)
    assert days("exit", entry=ENTRY) == (None, None)


def test_an_update_of_a_stay_of_one_day_has_no_day() -> None:
    first, last = days("update", entry=ENTRY, exit=ENTRY)
    assert first and last and last < first


def test_who_joined_later_is_assessed_with_the_head() -> None:
    first, last = days("annual", entry=date(2025, 12, 1), head_entry=ENTRY)
    assert (first, last) == days("annual", entry=ENTRY)
    assert days("annual", entry=ENTRY, years=2) == (date(2027, 1, 30), date(2027, 3, 31))
    with pytest.raises(ValueError, match="first anniversary"):
        days("annual", entry=ENTRY, years=0)


def test_a_stay_that_began_on_a_leap_day() -> None:
    assert anniversary(date(2024, 2, 29), 1) == date(2025, 2, 28)
    assert anniversary(date(2024, 2, 29), 4) == date(2028, 2, 29)


def test_the_stages_are_those_of_the_manual_and_their_records_of_the_list() -> None:
    assert set(stages()) == set(STAGES.values())
    codes = load(2026).list("5.03.1")
    labels = {name: codes.label(one.recorded_as) for name, one in stages().items() if one.recorded_as}
    assert labels == {
        "start": "Project entry", "update": "Update", "annual": "Annual assessment", "exit": "Project exit",
    }  # fmt: skip


def test_the_table_of_information_dates_says_the_same() -> None:
    rows = {(row["stage"], row["elements"].split()[0]): row for row in facts("information_dates")}
    assert rows["start", "4.02"]["information_date_rule"].startswith("= EntryDate")
    assert rows["exit", "4.02"]["information_date_rule"].startswith("= ExitDate")
    assert "EntryDate < d < ExitDate" in rows["update", "4.02"]["extra_constraint"]
    window = re.search(r"within (\d+) days", rows["annual", "4.02"]["extra_constraint"])
    after = re.search(r"ExitDate \+ (\d+) days", rows["post_exit", "R20"]["extra_constraint"])
    assert window and after
    first, last = days("annual", entry=ENTRY)
    assert last and first and last - first == timedelta(days=2 * int(window[1]))
    assert days("post_exit", entry=ENTRY, exit=EXIT)[1] == EXIT + timedelta(days=int(after[1]))


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("first: EntryDate + 1", "first: the day after entry", "'first: the day after entry' is no day"),
        ("recorded_as: 5", "recorded_as: 7", "7 is no code of list 5.03.1"),
        ("setup: {}\n", "", "The stage setup is missing"),
        ("setup: {}", "intake: {}", "'intake' is not known here"),
    ],
)
def test_each_break_is_found(tmp_path: Path, old: str, new: str, words: str) -> None:
    for kind in ("lists", "elements"):
        shutil.copytree(FOLDER / kind, tmp_path / kind)
    file = tmp_path / STAGES_FILE
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    try:
        found = [problem.text for problem in lint_stages(tmp_path)]
    except StandardsError as error:
        found = [error.problem]
    stages.cache_clear()
    load.cache_clear()
    assert any(words in one for one in found), found
