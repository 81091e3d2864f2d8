"""Files of imports and exports lie in a folder of the test's own: other runs have the same numbers."""

from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(autouse=True)
def own_files(settings: Any, tmp_path: Path) -> None:
    files = tmp_path / "files"
    files.mkdir()
    settings.MEDIA_ROOT = files
