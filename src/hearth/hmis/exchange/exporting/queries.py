"""What the pages of exports show."""

from pathlib import Path
from typing import Any

from django.conf import settings

from hearth.hmis.access.models import User
from hearth.hmis.exchange.models import ExportRun
from hearth.standards import load


def exports(user: User) -> Any:
    """The exports this user may see, newest first."""
    return ExportRun.objects.restrict(user).select_related("created_by")


def export_run(user: User, pk: int) -> ExportRun | None:
    """One export, if it is there for this user."""
    return exports(user).filter(pk=pk).first()


def finished_file(run: ExportRun) -> Path | None:
    """The zip of a finished export, while it is kept."""
    path = Path(settings.MEDIA_ROOT) / run.file
    return path if run.file and run.state == "finished" and path.is_file() else None


def counts(run: ExportRun) -> list[tuple[str, int]]:
    """Rows of each file, in HUD's order."""
    return [(file, run.counts[file]) for file in load().files if run.counts.get(file)]
