"""Files that finished runs made: kept for some days, then removed."""

import shutil
import time
from pathlib import Path

import structlog

from hearth.hmis.jobs.models import ENDED, Run

log = structlog.get_logger(__name__)


def remove_old(model: type[Run], folder: Path, days: float) -> None:
    """Remove whatever in `folder` has not been written to for so many days, and what a killed worker left
    there. Files and folders are named by the number of their run, which may have a dot before and more words
    behind; those of runs that have not ended stay."""
    at_work = {str(pk) for pk in model.objects.exclude(state__in=ENDED).values_list("pk", flat=True)}
    for path in folder.iterdir():
        if path.name.strip(".").split(".")[0] in at_work:
            continue
        if time.time() - path.lstat().st_mtime <= days * 24 * 3600:
            continue
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)
        log.info("kept_files_removed", model=model.__name__, name=path.name)
