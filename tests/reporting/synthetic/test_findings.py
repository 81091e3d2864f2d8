"""Our own reader finds exactly what was planted: nothing in a clean export, each error in one with errors."""

import csv

import pytest

from hearth.reporting.synthetic.data_errors import DATA_ERRORS, DESCRIPTOR_ERRORS
from hearth.reporting.synthetic.generate import planted_path
from hearth.reporting.synthetic.planting import HEADER
from hearth.reporting.synthetic.world_settings import WorldSettings
from tests.sizes import size

from .conftest import REGISTRY, invented

pytestmark = pytest.mark.long


def test_a_clean_export_has_no_findings(minnesota):
    assert minnesota.findings() == []
    assert minnesota.staged.problems == []
    assert minnesota.made.planted == []
    assert not planted_path(minnesota.path).exists()


@pytest.mark.parametrize(
    "world_settings",
    [
        WorldSettings(clients=100, seed=3),
        WorldSettings(clients=150, seed=12, cocs=("MN-506",)),
        WorldSettings(clients=size(300, 1_500), seed=9, cocs=("MN-511",), years=2),
        WorldSettings(clients=size(200, 1_000), seed=5, cocs=("CA-600", "NY-600"), years=1),
        WorldSettings(clients=size(250, 1_200), seed=11, years=8),
    ],
    ids=lambda world_settings: f"{len(world_settings.cocs)} over {world_settings.years}",
)
def test_every_world_is_clean(world_settings, tmp_path):
    with invented(world_settings, tmp_path) as export:
        assert export.findings() == []
        assert export.made.rows["Client"] == world_settings.clients


@pytest.mark.parametrize(("seed", "share"), [(1, 0.05), (2, 0.6)])
def test_what_is_planted_is_found_and_nothing_else(seed, share, tmp_path):
    world_settings = WorldSettings(clients=size(1_500, 40_000), seed=seed, errors=share)
    with invented(world_settings, tmp_path) as export:
        planted = sorted((one.file, one.key, one.check, one.column) for one in export.made.planted)
        assert export.findings() == planted
        assert not export.staged.stops
        with_error = len([one for one in planted if one[0] != "Funder"])
        assert share * world_settings.clients * 0.8 < with_error < share * world_settings.clients * 1.5


def test_every_kind_of_data_error_happens(tmp_path):
    with invented(WorldSettings(clients=4_000, seed=2, errors=0.3), tmp_path) as export:
        checks = {one.check for one in export.made.planted}
    expected = {broken.check for error in DATA_ERRORS for broken in error.breaks}
    assert checks == expected | {error.check for error in DESCRIPTOR_ERRORS}


def test_the_list_of_planted_errors(tmp_path):
    with invented(WorldSettings(clients=1_000, seed=4, errors=0.05), tmp_path) as export:
        with planted_path(export.path).open(encoding="utf-8", newline="") as stream:
            lines = list(csv.DictReader(stream))
        assert tuple(lines[0]) == HEADER
        assert [(line["file"], line["key"], line["check"], line["column"]) for line in lines] == sorted(
            (one.file, one.key, one.check, one.column) for one in export.made.planted
        )
        for line in lines:
            check = REGISTRY.check(line["check"])
            assert line["origin"].split() == " ".join(check.origin).split()
            assert line["severity"] == check.severity
            key = REGISTRY.file(line["file"]).key
            assert (
                export.scalar(f"""SELECT count(*) FROM "{line["file"]}" WHERE {key} = '{line["key"]}'""") == 1
            )


def test_no_data_error_stops_an_import():
    checks = [broken.check for error in DATA_ERRORS for broken in error.breaks]
    assert all(REGISTRY.check(check).severity != "high" for check in checks)
