"""Helpers of the export tests: export with a user's rights, and read what the zip holds."""

import csv
import io
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

from hearth.hmis.access.models import User
from hearth.hmis.exchange.exporting.perform import perform
from hearth.hmis.exchange.exporting.request import ExportRequest
from hearth.hmis.exchange.models import ExportRun

YEAR = {"start": date(2025, 10, 1), "end": date(2026, 9, 30)}
Tables = dict[str, list[dict[str, str]]]


def run_export(by: User, place: Path, **request: Any) -> ExportRun:
    """Export; returns the run as it ended."""
    run = ExportRun.objects.create(created_by=by, parameters=ExportRequest(**YEAR | request).as_json())
    return perform(run, place)


def read(place: Path) -> Tables:
    """Every file of the zip."""
    with zipfile.ZipFile(place) as zipped:
        return {
            name.removesuffix(".csv"): list(csv.DictReader(io.StringIO(zipped.read(name).decode())))
            for name in zipped.namelist()
        }


def export(by: User, place: Path, **request: Any) -> Tables:
    """Export; it must succeed. Returns the files."""
    run = run_export(by, place, **request)
    assert run.state == "finished", run.message
    return read(place)


def keys(tables: Tables, file: str, column: str) -> set[str]:
    """The values of one column."""
    return {row[column] for row in tables[file]}
