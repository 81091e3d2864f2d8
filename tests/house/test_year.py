"""The application goes by one year, MODEL_YEAR: a newer one is data until that is set to it. A report has its
own, fixed once per run: what it is made and opened with gets the year, or its registry, as a value."""

import re
from pathlib import Path

import hearth

SOURCE = Path(next(iter(hearth.__path__)))
#: Who chooses the year of a run in `reporting`: the report that says by which years it can be made, and the
#: command that invents an export.
CHOOSES = {"reporting/runtime/report.py", "reporting/synthetic/cli.py"}


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


def test_what_a_run_is_made_and_opened_with_gets_its_year_as_a_value() -> None:
    """Nothing in `reporting` but those who choose reads MODEL_YEAR, or names a year of its own."""
    found = {
        str(path.relative_to(SOURCE))
        for path in (SOURCE / "reporting").rglob("*.py")
        if re.search(
            r"\bMODEL_YEAR\b|\bload\(20\d\d|\bof_year\(20\d\d|Registry\(20\d\d",
            code(path.read_text(encoding="utf-8")),
        )
    }
    assert found == CHOOSES


def test_a_report_on_the_web_has_the_year_of_its_run() -> None:
    """Of what makes and opens runs there, the snapshot of the database alone has the year of its tables."""
    found = [
        str(path.relative_to(SOURCE))
        for path in (SOURCE / "hmis/reports").rglob("*.py")
        if "MODEL_YEAR" in path.read_text(encoding="utf-8")
    ]
    assert found == ["hmis/reports/snapshot.py"]


def code(text: str) -> str:
    """A module without its strings of several lines, where examples stand."""
    return re.sub(r'"""[\s\S]*?"""', "", text)
