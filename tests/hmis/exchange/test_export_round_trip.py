"""What was imported goes out as it came: HUD's sample and its FY2022 kit, column by column.

Differences that are meant, and why:

- Export.csv and the column ExportID: an export describes itself (5.10).
- User.csv: of the users only those that rows name (two of the sample's are named by none).
- HUD's sample spells a column `HOHLeaseholder` where the specification has another spelling; exports use
  the specification's.
"""

import csv
import io
import zipfile
from datetime import date
from pathlib import Path

import pytest

from hearth.hmis.access.models import User
from hearth.hmis.exchange.exporting.perform import perform as perform_export
from hearth.hmis.exchange.exporting.request import ExportRequest
from hearth.hmis.exchange.importing.perform import perform as perform_import
from hearth.hmis.exchange.models import ExportRun, ImportRun
from tests import factories
from tests.reference_data import KIT_MERGED, SAMPLE, reference_data

pytestmark = pytest.mark.django_db(transaction=True)

Rows = dict[str, list[dict[str, str]]]
EVERYTHING = {"start": date(1990, 1, 1), "end": date(2035, 12, 31)}


def read(path: Path) -> Rows:
    """Every file of an export, its rows by column in lower case, without ExportID."""
    tables = {}
    with zipfile.ZipFile(path) as zipped:
        for member in zipped.namelist():
            if member.endswith(".csv"):
                text = io.TextIOWrapper(zipped.open(member), encoding="utf-8-sig", newline="")
                tables[Path(member).stem] = [
                    {column.strip().lower(): value for column, value in row.items() if column != "ExportID"}
                    for row in csv.DictReader(text)
                ]
    return tables


def imported(path: Path, by: User, source: str = "") -> ImportRun:
    run = ImportRun.objects.create(
        created_by=by, file_name=path.name, parameters={"source": source, "is_shared": False}
    )
    run = perform_import(run, path)
    assert run.state == "finished", run.message
    return run


def exported(by: User, to: Path, **request: object) -> Rows:
    asked = ExportRequest(**EVERYTHING | request)  # type: ignore[arg-type]
    run = ExportRun.objects.create(created_by=by, parameters=asked.as_json())
    run = perform_export(run, to)
    assert run.state == "finished", run.message
    return read(to)


@pytest.mark.golden
def test_huds_sample_comes_back_as_it_went_in(tmp_path: Path) -> None:
    administrator = factories.make_administrator()
    given = read(reference_data(SAMPLE))
    imported(reference_data(SAMPLE), administrator)
    written = exported(administrator, tmp_path / "out.zip")
    assert set(written) == set(given)
    named = {row.get("userid") for file, rows in given.items() if file != "User" for row in rows}
    given["User"] = [row for row in given["User"] if row["userid"] in named]
    for file in set(given) - {"Export"}:
        key = next(iter(given[file][0]), None) if given[file] else None
        assert [row[key] for row in written[file]] == [row[key] for row in given[file]], file
        different = {
            column
            for before, after in zip(given[file], written[file], strict=True)
            for column in before
            if before[column] != after[column]
        }
        assert not different, (file, different)
    assert sum(map(len, given.values())) > 255_000


@pytest.mark.golden
def test_an_export_imported_again_changes_nothing(tmp_path: Path) -> None:
    """FY2022 in, FY2026 out, and that in again under the same data source: not one row differs."""
    administrator = factories.make_administrator()
    imported(reference_data(KIT_MERGED), administrator, "kit")
    first = exported(administrator, tmp_path / "first.zip")
    run = imported(tmp_path / "first.zip", administrator, "kit")
    changed = {
        file: counts
        for file, counts in run.counts.items()
        if file != "Export" and (counts["added"] or counts["deleted"])
    }
    assert not changed
    second = exported(administrator, tmp_path / "second.zip")
    assert {file: rows for file, rows in second.items() if file != "Export"} == {
        file: rows for file, rows in first.items() if file != "Export"
    }
    assert len(first["Enrollment"]) == 819
