"""The snapshot's folder of a test is its own; an invented export to fill the database with."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from hearth.reporting.synthetic.generate import generate
from hearth.reporting.synthetic.world_settings import WorldSettings
from hearth.standards import load

if TYPE_CHECKING:
    from hearth.hmis.access.models import User


@pytest.fixture(autouse=True)
def own_files(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "files"


@pytest.fixture(scope="session")
def invented(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An export of some hundred invented people of MN-500 and MN-501, with errors planted."""
    path = tmp_path_factory.mktemp("invented") / "invented.zip"
    world_settings = WorldSettings(
        clients=400, seed=11, cocs=("MN-500", "MN-501"), errors=0.05, end=date(2026, 9, 30)
    )
    generate(world_settings, load(), path, version="0")
    return path


@pytest.fixture
def imported(kept_world: Callable[[str, Callable[[], object]], None], invented: Path) -> "User":
    """The same in the database; gives the administrator who imported it."""
    from tests.hmis.reports.world import begin, its_administrator

    kept_world("invented", lambda: begin(invented))
    return its_administrator()
