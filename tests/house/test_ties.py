"""A step that orders a window by a key says so in its header: the ties that it decides are counted."""

import re
from pathlib import Path

import pytest

import hearth

SOURCE = Path(next(iter(hearth.__path__))) / "reporting"
STEPS = sorted(path for path in SOURCE.rglob("*.sql"))
DECLARED = sorted([*SOURCE.glob("reports/*/facts.yaml"), *SOURCE.glob("reports/*/flags/*.yaml")])
_ORDER = re.compile(r"\bORDER BY\b([^()]*(?:\([^()]*(?:\([^()]*\)[^()]*)*\)[^()]*)*)", re.IGNORECASE)
_KEY = re.compile(r"(?:^|[\s,.])\w*ID\b(?!\s*\()")


def orders_by_key(sql: str) -> bool:
    code = "\n".join(line for line in sql.splitlines() if not line.startswith("--"))
    return any(_KEY.search(order[1].partition("ROWS")[0]) for order in _ORDER.finditer(code))


@pytest.mark.parametrize("path", STEPS, ids=lambda path: path.stem)
def test_a_step_that_orders_by_a_key_declares_its_ties(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert orders_by_key(text) == ("-- Ties: " in text)


_TAKES_ONE = re.compile(
    r"\b(min_by|max_by|arg_min|arg_max|first|last|first_value|last_value|nth_value|any_value)\s*\(",
    re.IGNORECASE,
)
#: What stands between the parentheses of a window, which may hold others.
_WINDOW = re.compile(r"\b(?:OVER|AS)\s*\(((?:[^()]|\([^()]*\))*)\)", re.IGNORECASE)


def chooses(text: str) -> list[str]:
    """Where a query takes one of several rows: by a key, or whichever."""
    ordered = [window[0] for window in _WINDOW.finditer(text) if orders_by_key(window[1])]
    return [*_TAKES_ONE.findall(text), *ordered]


@pytest.mark.parametrize("path", DECLARED, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_what_a_report_declares_chooses_no_row(path: Path) -> None:
    """A choice stands in a step, where its ties are counted."""
    assert chooses(path.read_text(encoding="utf-8")) == []


def test_a_choice_is_seen() -> None:
    assert chooses("SELECT min_by(Type, KeyID) FROM t") == ["min_by"]
    assert chooses("SELECT row_number() OVER (ORDER BY Day, KeyID) FROM t")
    assert chooses("SELECT max(Day) OVER (PARTITION BY KeyID) FROM t") == []


@pytest.mark.parametrize(
    ("sql", "by_key"),
    [
        ("SELECT row_number() OVER (PARTITION BY PersonalID ORDER BY EntryDate, EnrollmentID) FROM t", True),
        ("SELECT row_number() OVER (ORDER BY coalesce(a, lower(b)) DESC, e.EnrollmentID DESC) FROM t", True),
        ("SELECT max(e) OVER (PARTITION BY PersonalID ORDER BY Day ROWS UNBOUNDED PRECEDING) FROM t", False),
        ("-- ORDER BY EnrollmentID\nSELECT PersonalID FROM t", False),
    ],
)
def test_a_key_in_an_order_is_found(sql: str, by_key: bool) -> None:
    assert orders_by_key(sql) == by_key


def test_there_are_steps_with_ties() -> None:
    assert sum(orders_by_key(path.read_text(encoding="utf-8")) for path in STEPS) >= 6
