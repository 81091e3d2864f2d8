"""The same settings give the same bytes, others give others, and what cannot be made is refused."""

import errno
import zipfile
from dataclasses import replace
from datetime import date

import pytest

from hearth.reporting.outputs.archive import OutputError
from hearth.reporting.synthetic import generate as module
from hearth.reporting.synthetic.generate import generate, planted_path
from hearth.reporting.synthetic.world_settings import WorldSettings, WorldSettingsError

from .conftest import REGISTRY, invented


def made(world_settings: WorldSettings, path) -> bytes:
    generate(world_settings, REGISTRY, path, version="0.1")
    return path.read_bytes()


def test_the_same_settings_give_the_same_bytes(tmp_path):
    world_settings = WorldSettings(clients=400, seed=6, errors=0.05)
    first, second = tmp_path / "a.zip", tmp_path / "b.zip"
    assert made(world_settings, first) == made(world_settings, second)
    assert planted_path(first).read_bytes() == planted_path(second).read_bytes()


def test_another_seed_gives_other_people(tmp_path):
    assert made(WorldSettings(clients=100, seed=1), tmp_path / "a.zip") != made(
        WorldSettings(clients=100, seed=2), tmp_path / "b.zip"
    )


def test_several_blocks_hang_together(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "PEOPLE_A_BLOCK", 90)
    with invented(WorldSettings(clients=400, seed=6, errors=0.05), tmp_path) as export:
        assert export.scalar("SELECT count(DISTINCT PersonalID) FROM Client") == 400
        planted = sorted((one.file, one.key, one.check, one.column) for one in export.made.planted)
        assert export.findings() == planted


def test_the_period_ends_where_it_was_asked_to(tmp_path):
    with invented(WorldSettings(clients=200, end=date(2024, 12, 31), years=2), tmp_path) as export:
        start, end, when = export.rows("SELECT ExportStartDate, ExportEndDate, ExportDate FROM Export")[0]
        assert (start, end) == (date(2023, 1, 1), date(2024, 12, 31))
        assert export.scalar("SELECT max(EntryDate) FROM Enrollment") < end
        assert export.scalar("SELECT max(DateUpdated) FROM Enrollment") < when
        assert export.findings() == []


def test_nothing_but_the_export_is_left(tmp_path):
    made(WorldSettings(clients=100), tmp_path / "a.zip")
    assert [path.name for path in tmp_path.iterdir()] == ["a.zip"]
    assert zipfile.is_zipfile(tmp_path / "a.zip")


@pytest.mark.parametrize(
    ("world_settings", "said"),
    [
        (WorldSettings(clients=99), "ask for 100 to 1,000,000"),
        (WorldSettings(clients=1_000_001), "ask for 100 to 1,000,000"),
        (WorldSettings(clients=100, cocs=("MN-999",)), "no CoC MN-999"),
        (WorldSettings(clients=100, cocs=("MN-500", "MN-500")), "named twice"),
        (WorldSettings(clients=100, cocs=()), "at least one CoC"),
        (WorldSettings(clients=100, years=0), "ask for 1 to 10"),
        (WorldSettings(clients=100, errors=1.5), "between 0"),
        (WorldSettings(clients=100, seed=-1), "seed"),
        (WorldSettings(clients=100, end=date(2003, 1, 1)), "before the year 2000"),
    ],
)
def test_settings_of_which_no_world_can_be_made_are_refused(world_settings, said, tmp_path):
    with pytest.raises(WorldSettingsError, match=said):
        generate(world_settings, REGISTRY, tmp_path / "a.zip", version="0.1")
    assert list(tmp_path.iterdir()) == []


def test_a_missing_folder_and_a_full_disk_are_said(tmp_path, monkeypatch):
    with pytest.raises(OutputError, match="There is no folder"):
        generate(WorldSettings(clients=100), REGISTRY, tmp_path / "none" / "a.zip", version="0.1")

    def full(*args, **kwargs):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(module.hmis_csv, "write", full)
    with pytest.raises(OutputError, match="disk is full"):
        generate(WorldSettings(clients=100), REGISTRY, tmp_path / "a.zip", version="0.1")
    assert list(tmp_path.iterdir()) == []


def test_every_world_is_an_implementation_of_its_own() -> None:
    world_settings = WorldSettings(clients=100)
    others = [
        replace(world_settings, seed=2),
        replace(world_settings, clients=200),
        replace(world_settings, cocs=("MN-500",)),
    ]
    assert len({one.implementation_id for one in (world_settings, *others)}) == 4
    assert replace(world_settings, errors=0.5).implementation_id == world_settings.implementation_id
