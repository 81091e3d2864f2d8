"""Every check runs where the catalog says, or says why it does not run.

The catalog (docs/generated/checks.md) is written from `standards/kinds.py`. Here that is held against the
code that runs checks: by kind where a module takes all of a kind, by the id where a module finds one check.
"""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from hearth.reporting.sources import column_checks, declared_checks, record_checks
from hearth.standards import Check, load
from hearth.standards.kinds import EVERY_IMPORT, EVERY_READING, IN_FORMS, KINDS
from hearth.standards.pages import FOLDER
from tests.house.each import for_each

ROOT = Path(__file__).resolve().parents[2]
SOURCES = ROOT / "src" / "hearth" / "reporting" / "sources"
IMPORTING = ROOT / "src" / "hearth" / "hmis" / "exchange" / "importing"
CHECKS = load().checks

# What is right by the way Hearth writes and stores: the test that holds it.
HELD_BY = {
    "project_not_selected": "tests/hmis/exchange/test_export.py::test_by_coc_and_by_project",
    "too_much_hashed": (
        "tests/reporting/outputs/test_hmis_csv.py::test_a_hashed_export_hides_four_columns_and_no_more"
    ),
    "history_kept": "tests/house/test_models.py::test_client_data_is_secured_with_its_history",
}


@cache
def texts(*paths: Path) -> frozenset[str]:
    """Every text that stands in the code of some modules."""
    nodes = (node for path in paths for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
    return frozenset(n.value for n in nodes if isinstance(n, ast.Constant) and isinstance(n.value, str))


def is_run(check: Check) -> bool:
    """Whether code runs the check where its kind says."""
    match KINDS[check.kind].runs:
        case "":
            return False
        case where if where == IN_FORMS:
            return check.kind in record_checks.KINDS_IN_FORMS
        case _ if check.kind in (*declared_checks.KINDS, *column_checks.KINDS):
            return True
        case _ if check.kind in ("reference", "among"):  # all of the kind, for the columns that ask for it
            return check.kind in texts(SOURCES / "identifier_checks.py")
        case _ if check.kind == "stored":
            return check.id in texts(*sorted(IMPORTING.glob("*.py")))
        case where if where in (EVERY_IMPORT, EVERY_READING):
            return check.id in texts(*sorted(SOURCES.glob("*.py")))
        case _:
            path, _, test = HELD_BY.get(check.id, "").partition("::")
            return bool(test) and f"def {test}(" in (ROOT / path).read_text(encoding="utf-8")


@for_each(CHECKS.values(), lambda check: check.id)
def test_a_check_runs_or_says_why_not(check: Check) -> None:
    if check.runs:
        assert is_run(check), f"{check.id} runs nowhere. Say why with 'not_run', or let something run it."
    else:
        assert check.why_not_run, f"{check.id} runs nowhere and does not say why."


@pytest.mark.parametrize("kind", [kind for kind, one in KINDS.items() if not one.runs])
def test_a_kind_that_does_not_run_is_in_no_runner(kind: str) -> None:
    """So that the reason goes when the kind begins to run."""
    assert kind not in (*declared_checks.KINDS, *column_checks.KINDS)
    assert KINDS[kind].not_run


def test_every_kind_has_a_check() -> None:
    assert {check.kind for check in CHECKS.values()} == set(KINDS)


def test_the_catalog_tells_of_every_check_where_it_runs() -> None:
    catalog = (FOLDER / "checks.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| `([^`]+)` .* \| ([^|]+) \|$", catalog, re.MULTILINE))
    told = {check.id: (check.runs or f"not yet run: {check.why_not_run}") for check in CHECKS.values()}
    assert {name: text.replace("\\", "") for name, text in rows.items()} == told


def test_contributing_tells_the_kinds_that_do_not_run() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    for kind in ("quality", "report"):
        assert (f"`{kind}`" in text) == (not KINDS[kind].runs)
