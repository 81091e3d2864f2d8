"""The application and its reports go by one year, MODEL_YEAR: a newer one is data until that is set to it."""

import re
from pathlib import Path

import hearth

SOURCE = Path(next(iter(hearth.__path__)))


def test_nothing_but_the_standards_goes_by_the_latest_year() -> None:
    found = [
        str(path.relative_to(SOURCE))
        for folder in ("reporting", "hmis")
        for path in (SOURCE / folder).rglob("*.py")
        if re.search(r"\bLATEST\b|(?<![\w.])load\(\)|standards\.load\(\)", path.read_text(encoding="utf-8"))
    ]
    assert found == []


def test_the_year_stands_once() -> None:
    said = [
        str(path.relative_to(SOURCE))
        for path in SOURCE.rglob("*.py")
        if re.search(r"^MODEL_YEAR\b.*=", path.read_text(encoding="utf-8"), re.MULTILINE)
    ]
    assert said == ["standards/load.py"]
