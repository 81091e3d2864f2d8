"""The window of the annual assessment, case by case."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from hearth.hmis.enrollments.annual import annual_due, window, window_of

CASES = yaml.safe_load((Path(__file__).parents[1] / "cases" / "annual.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", CASES, ids=[one["title"] for one in CASES])
def test_what_is_due(case: dict[str, Any]) -> None:
    found = annual_due(
        household_start=case["start"],
        entry=case.get("entry", case["start"]),
        exit=case.get("exit"),
        assessed=case.get("assessed", []),
        today=case["today"],
    )
    told = found and [found.state, found.window.anniversary, found.window.first, found.window.last]
    assert told == case["expect"]


def test_a_day_is_in_at_most_one_window() -> None:
    """Held against each window itself, day by day over four years."""
    start = date(2024, 2, 29)
    windows = [window(start, years) for years in range(1, 6)]
    for number in range(1500):
        day = start + timedelta(days=number)
        inside = [one for one in windows if day in one]
        assert len(inside) <= 1
        assert window_of(start, day) == (inside[0] if inside else None)
