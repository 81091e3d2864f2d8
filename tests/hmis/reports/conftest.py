"""A small invented CoC for reports; their files lie in a folder of the test's own."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from hearth.hmis.access.models import User
    from hearth.hmis.reports.models import ReportRun

KeptWorld = Callable[[str, Callable[[], object]], None]


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
def place(kept_world: KeptWorld, export: Path) -> "User":
    """The invented CoC in the database; gives the administrator."""
    from tests.hmis.reports.world import PLACE, begin, its_administrator

    kept_world(PLACE, lambda: begin(export))
    return its_administrator()


@pytest.fixture
def reported(
    kept_world: KeptWorld, export: Path, settings: Any, tmp_path_factory: Any
) -> dict[str, "ReportRun"]:
    """The same with a finished LSA and a finished HIC of it, whose files are the test's own: by `lsa` and
    `hic`."""
    from hearth.hmis.reports.models import ReportRun
    from tests.hmis.reports.world import PLACE, begin, its_administrator, made

    kept = tmp_path_factory.getbasetemp() / "reported"
    files = Path(settings.MEDIA_ROOT) / "reports"

    def make() -> None:
        kept_world(PLACE, lambda: begin(export))
        made(its_administrator())
        made(its_administrator(), report="hic", parameters={"start": "2026-01-28", "end": "2026-01-28"})
        shutil.rmtree(kept, ignore_errors=True)
        shutil.copytree(files, kept)

    kept_world("reported", make)
    shutil.copytree(kept, files, dirs_exist_ok=True)
    return {run.report.partition("_")[0]: run for run in ReportRun.objects.select_related("created_by")}


@pytest.fixture
def bare_place(administrator: "User", export: Path) -> "User":
    """Its organizations and projects alone, without people; gives the administrator."""
    from tests.hmis.reports.world import fill_projects

    fill_projects(administrator, export)
    return administrator
