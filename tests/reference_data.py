"""HUD's own sample data, which is not part of the project.

The folder is named by `HEARTH_REFERENCE_DATA`; without it, `../shared/data` beside the checkout. Where it is
absent a test is skipped with a reason that says so, and in CI (`CI=true`) it fails: comparisons with HUD's
own figures must never pass silently. Beside it, in `cases`, lie small invented exports that once came out
wrong, with the right values (`HEARTH_REFERENCE_CASES`).
"""

import os
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parent.parent
FOLDER = Path(os.environ.get("HEARTH_REFERENCE_DATA") or CHECKOUT.parent / "shared" / "data")
CASES = Path(os.environ.get("HEARTH_REFERENCE_CASES") or FOLDER.parent / "cases")

SAMPLE = "hud-lsa-sample-fy2026/hmis-csv.zip"  # 24 files, FY2026
KIT_MERGED = "hud-test-kit-2.0-fy2022/inputs-merged.zip"  # one export, FY2022
KIT_PER_PROJECT = "hud-test-kit-2.0-fy2022/inputs-per-project.zip"  # 24 exports in folders, FY2022


def reference_data(name: str) -> Path:
    """The path of a file of HUD's sample data. Skips the test, or fails it in CI, when it is absent."""
    return _present(
        FOLDER / name,
        f"NOT COMPARED WITH HUD'S DATA: {name} is not in the reference data folder."
        " Set HEARTH_REFERENCE_DATA to the folder that holds it.",
    )


def reference_case(name: str) -> Path:
    """The path of a case, such as "rows_of_commas/comma_lines". Skips or fails like `reference_data`."""
    return _present(
        CASES / name,
        f"NOT TRIED ON THE CASE: {name} is not in the folder of cases."
        " Set HEARTH_REFERENCE_CASES to the folder that holds it.",
    )


def _present(path: Path, reason: str) -> Path:
    if path.exists():
        return path
    if os.environ.get("CI", "").lower() in ("1", "true", "yes"):
        pytest.fail(reason)
    pytest.skip(reason)
