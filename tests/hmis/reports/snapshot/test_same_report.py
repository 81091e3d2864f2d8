"""The same report from an export and from the database after importing that export."""

import json
import zipfile
from datetime import date, datetime
from pathlib import Path

import pytest

from hearth.hmis.access.models import User
from hearth.hmis.reports.snapshot import refreshed
from hearth.reporting import engine
from hearth.reporting.engine import name
from hearth.reporting.making import How, make
from hearth.reporting.opening.compare import compare
from hearth.reporting.reports.lsa.parameters import LsaParameters, Scope
from hearth.reporting.runtime import registry
from hearth.reporting.sources import open_source, snapshot, stage
from hearth.reporting.sources.snapshot import withheld
from hearth.standards import MODEL_YEAR, load
from tests import factories
from tests.hmis.exchange.importing import finished
from tests.reference_data import SAMPLE, reference_data
from tests.reporting.reports.lsa.random_world import random_world
from tests.reporting.reports.lsa.test_deleted import EXPORTED
from tests.reporting.reports.lsa.world import REGISTRY
from tests.reporting.sources.exports import csv_bytes, write_zip

LSA = registry.by_name("lsa")

pytestmark = pytest.mark.django_db(transaction=True)

NOW = datetime(2026, 11, 2, 8, 30)


def parameters(coc: str, scope: Scope = Scope.SYSTEMWIDE) -> LsaParameters:
    if scope is Scope.HIC:
        return LsaParameters(
            coc=coc, start=date(2027, 1, 28), end=date(2027, 1, 28), scope=scope, made_at=NOW
        )
    return LsaParameters(coc=coc, start=date(2025, 10, 1), end=date(2026, 9, 30), scope=scope, made_at=NOW)


def files(path: Path, asked: LsaParameters, out: Path) -> dict[str, bytes]:
    made = make(LSA, path, asked, out, How("0", keep=True))
    with zipfile.ZipFile(made.zip) as archive:
        return {member: archive.read(member) for member in archive.namelist()}


@pytest.mark.golden
def test_huds_sample(tmp_path: Path) -> None:
    sample = reference_data(SAMPLE)
    finished(factories.make_administrator(), sample)
    state = refreshed()
    for scope in (Scope.SYSTEMWIDE, Scope.HIC):
        from_export = files(sample, parameters("XX-501", scope), tmp_path / f"export {scope.name}")
        from_database = files(state, parameters("XX-501", scope), tmp_path / f"database {scope.name}")
        assert len(from_export) == 12
        assert from_database == from_export
    assert_same_tables(sample, state)


def test_an_invented_world(imported: User, invented: Path, tmp_path: Path) -> None:
    state = refreshed()
    for coc in ("MN-500", "MN-501"):
        from_export = files(invented, parameters(coc), tmp_path / f"export {coc}")
        assert files(state, parameters(coc), tmp_path / f"database {coc}") == from_export
        assert len(from_export["LSACalculated.csv"].splitlines()) > 100
        comparison = compare(tmp_path / f"export {coc}", tmp_path / f"database {coc}")
        assert comparison.people == 0 and not any(one.changed for one in comparison.files)
    assert_same_tables(invented, state)


def test_deleted_rows_count_in_neither(tmp_path: Path) -> None:
    """Of every file some rows; the report has nobody of them."""
    rows = random_world(4, 12)
    rows["Client"][0]["DateDeleted"] = "2026-01-01 10:00:00"
    exported = csv_bytes("Export", [EXPORTED])
    source = write_zip(
        tmp_path / "export.zip",
        {f"{file}.csv": csv_bytes(file, rows[file]) for file in REGISTRY.files} | {"Export.csv": exported},
    )
    finished(factories.make_administrator(), source)
    from_export = files(source, parameters("XX-501"), tmp_path / "export")
    assert files(refreshed(), parameters("XX-501"), tmp_path / "database") == from_export
    of_both = [json.loads((tmp_path / one / "run.json").read_text()) for one in ("export", "database")]
    assert of_both[0]["not_live"] == of_both[1]["not_live"]
    assert {"Client", "Organization", "HealthAndDV", "Disabilities", "Services"} <= set(
        of_both[0]["not_live"]["deleted"]
    )


def assert_same_tables(export: Path, state: Path) -> None:
    """Every column that is not withheld holds the same in every row."""
    with (
        open_source(export) as source,
        engine.connected(threads=1) as one,
        engine.connected(threads=1) as other,
        snapshot.opened(state, other, load(MODEL_YEAR)) as given,
    ):
        staged = stage(source, one, load(MODEL_YEAR), check=False)
        assert set(given.tables) == {*staged.tables, "client_ssn"}
        for file in load().files.values():
            kept = [column.name for column in file.columns if column.name not in withheld(file)]
            query = f"SELECT {', '.join(map(name, kept))} FROM {name(file.name)} ORDER BY ALL"
            assert engine.rows(other, query) == engine.rows(one, query), file.name
            there = {column.name: column.type for column in file.columns}
            by_export = [row for row in engine.rows(one, describe(file.name)) if row[0] in there]
            assert [row for row in engine.rows(other, describe(file.name)) if row[0] in there] == by_export


def describe(table: str) -> str:
    return f"SELECT column_name, column_type FROM (DESCRIBE {name(table)})"
