"""HUD's own sample read and written again: the same cells in every file but Export.csv."""

import csv
import io
import zipfile
from datetime import date, datetime

import pytest

from hearth.reporting import engine
from hearth.reporting.outputs import hmis_csv
from hearth.reporting.sources import open_source, stage
from hearth.standards import MODEL_YEAR, load
from tests.reference_data import SAMPLE, reference_data

pytestmark = pytest.mark.golden
REGISTRY = load(2026)
HEADER = hmis_csv.ExportHeader(
    export_id="GOLDEN",
    source_id="XX-501",
    exported_at=datetime(2026, 8, 19, 20, 27),
    start=date(2019, 10, 1),
    end=date(2026, 9, 30),
    software_version="0.1",
    implementation_id="golden",
)


def test_hud_sample_comes_out_as_it_went_in(tmp_path):
    sample = reference_data(SAMPLE)
    with open_source(sample) as source, engine.connected(source.work / "staged.duckdb") as connection:
        stage(source, connection, load(MODEL_YEAR), check=False)
        sources = {
            name: f"(SELECT * FROM {engine.name(name)} ORDER BY _line)"
            for name in REGISTRY.files
            if name != "Export"
        }
        target = tmp_path / "again.zip"
        hmis_csv.write(connection, target, registry=REGISTRY, header=HEADER, sources=sources)
    with zipfile.ZipFile(sample) as before, zipfile.ZipFile(target) as after:
        assert sorted(before.namelist()) == sorted(after.namelist())
        for name in sorted(set(before.namelist()) - {"Export.csv"}):
            assert cells(after.read(name)) == cells(before.read(name)), name


def cells(content: bytes) -> list[list[str]]:
    """Rows without ExportID, which every export has its own of; the header in HUD's spelling."""
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    rows[0] = [column.lower() for column in rows[0]]
    at = rows[0].index("exportid")
    return [row[:at] + row[at + 1 :] for row in rows]
