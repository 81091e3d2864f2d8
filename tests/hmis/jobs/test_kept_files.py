"""What finished runs made is removed after its days, and nothing else is."""

import os
import time
from pathlib import Path
from typing import Any

import pytest

from hearth.hmis.exchange.exporting import job as exports
from hearth.hmis.exchange.models import ExportRun
from hearth.hmis.jobs.kept_files import remove_old
from hearth.hmis.reports import job as reports
from hearth.hmis.reports.models import ReportRun
from tests import factories

pytestmark = pytest.mark.django_db


def aged(path: Path, days: float) -> Path:
    moment = time.time() - days * 24 * 3600
    os.utime(path, (moment, moment), follow_symlinks=False)
    return path


def test_what_is_old_goes_and_runs_at_work_keep_theirs(tmp_path: Path) -> None:
    by = factories.make_user()
    folder = tmp_path / "kept"
    folder.mkdir()
    over, at_work = (
        ExportRun.objects.create(created_by=by, state=state) for state in ("finished", "writing")
    )
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "file").write_text("x")
    for name in (
        f"{over.pk}.zip",
        f".{over.pk}.zip.part",
        f"{at_work.pk}.zip",
        f".{at_work.pk}.part",
        "fresh",
    ):
        (folder / name).write_text("x")
        aged(folder / name, 8)
    aged(folder / "fresh", 6.9)
    (folder / f"{over.pk}").mkdir()
    (folder / f"{over.pk}" / "inside").write_text("x")
    aged(folder / f"{over.pk}", 8)
    (folder / "link").symlink_to(elsewhere)
    aged(folder / "link", 8)
    remove_old(ExportRun, folder, 7)
    assert {path.name for path in folder.iterdir()} == {f"{at_work.pk}.zip", f".{at_work.pk}.part", "fresh"}
    assert (elsewhere / "file").exists()  # a link goes, what it names stays


def test_exports_and_reports_have_days_of_their_own(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT, settings.REPORT_KEPT_DAYS = tmp_path, 30
    zips = [aged(path, days) for path, days in _written(exports.folder(), ("1.zip", 6.9), ("2.zip", 7.1))]
    report = reports.folder_of(ReportRun(pk=3))
    folders = [report, report.with_name("4")]
    for folder, days in zip(folders, (29.9, 30.1), strict=True):
        folder.mkdir()
        aged(folder, days)
    exports.clear_away()
    reports.clear_away()
    assert [path.exists() for path in (*zips, *folders)] == [True, False, True, False]


def _written(folder: Path, *files: tuple[str, float]) -> list[tuple[Path, float]]:
    for name, _ in files:
        (folder / name).write_text("x")
    return [(folder / name, days) for name, days in files]
