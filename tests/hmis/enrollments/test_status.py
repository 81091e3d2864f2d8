"""Where a person is now, line by line; and that the strip says nothing of what the viewer does not see."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from hearth.hmis.enrollments.status import StayNow, status

CASES = yaml.safe_load((Path(__file__).parent / "cases" / "status.yaml").read_text(encoding="utf-8"))
TODAY = date(2026, 11, 29)


def stay(number: int, said: dict[str, Any]) -> StayNow:
    values = {"project": "Invented", "entry": None} | said
    return StayNow(pk=number, project_type=values.pop("type"), **values)


@pytest.mark.parametrize("case", CASES, ids=[one["title"] for one in CASES])
def test_the_lines(case: dict[str, Any]) -> None:
    lines = status([stay(number, dict(one)) for number, one in enumerate(case["stays"])], TODAY)
    assert [f"{one.shape} {one.words} {one.detail}".strip() for one in lines] == case["expect"]
