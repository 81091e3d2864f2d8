"""A small invented CoC for reports; their files lie in a folder of the test's own."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from hearth.hmis.access.models import User


@pytest.fixture(autouse=True)
def own_files(settings: Any, tmp_path: Path) -> None:
    files = tmp_path / "files"
    files.mkdir()
    settings.MEDIA_ROOT = files


@pytest.fixture(scope="session")
def export(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The invented CoC as an export."""
    from tests.hmis.reports.world import invented

    return invented(tmp_path_factory.getbasetemp())


@pytest.fixture
def place(administrator: "User", export: Path) -> "User":
    """The invented CoC in the database; gives the administrator."""
    from tests.hmis.reports.world import fill

    fill(administrator, export)
    return administrator


@pytest.fixture
def bare_place(administrator: "User", export: Path) -> "User":
    """Its organizations and projects alone, without people; gives the administrator."""
    from tests.hmis.reports.world import fill_projects

    fill_projects(administrator, export)
    return administrator
