"""Why a report cannot be opened is told without where its files lie."""

from pathlib import Path
from typing import Any

import pytest

from hearth.hmis.reports.views.opened import without_paths


@pytest.mark.parametrize(
    ("told", "shown"),
    [
        (
            "The report in {files}/reports/7 was made by another version of Hearth (0.1.0). Run it again.",
            "The report was made by another version of Hearth (0.1.0). Run it again.",
        ),
        ("A file in {files}/7 or {files}/8 is damaged.", "A file is damaged."),
        ("{files}/7/tables/lsa_person.parquet is missing.", "A file of the report is missing."),
        ("These two differ in CoC.", "These two differ in CoC."),
    ],
)
def test_no_path_is_shown(settings: Any, tmp_path: Path, told: str, shown: str) -> None:
    settings.MEDIA_ROOT = tmp_path
    assert without_paths(ValueError(told.replace("{files}", str(tmp_path)))) == shown
