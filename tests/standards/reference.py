"""Where the tables of facts and HUD's sample data stand, for golden tests.

`HEARTH_REFERENCE_DATA` names the data folder (default `../shared/data` beside the checkout); the
facts are in `../facts` beside it. In CI their absence is a failure, elsewhere a loud skip.
"""

import csv
import os
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[2]


def data_folder() -> Path:
    """HUD's sample data."""
    named = os.environ.get("HEARTH_REFERENCE_DATA")
    return Path(named) if named else CHECKOUT.parent / "shared" / "data"


def require(path: Path) -> Path:
    """The path, or a failure in CI and a skip elsewhere when it is absent."""
    if not path.exists():
        text = (
            f"GOLDEN TEST NOT RUN: {path} is absent; set HEARTH_REFERENCE_DATA to the reference data folder."
        )
        if os.environ.get("CI") == "true":
            pytest.fail(text)
        pytest.skip(text)
    return path


def facts(name: str) -> list[dict[str, str]]:
    """The rows of one table of facts about the standards."""
    path = require(data_folder().resolve().parent / "facts" / "standards" / f"{name}.csv")
    with path.open(newline="", encoding="utf-8") as stream:
        return list(csv.DictReader(line for line in stream if not line.startswith("# ")))
