"""Absent reference data is never a silent pass."""

from pathlib import Path

import pytest

from tests import reference_data


@pytest.fixture(autouse=True)
def absent(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(reference_data, "FOLDER", tmp_path)
    monkeypatch.delenv("CI", raising=False)


def test_it_skips_loudly_on_a_developer_s_machine() -> None:
    with pytest.raises(pytest.skip.Exception, match="NOT COMPARED"):
        reference_data.reference_data("something.zip")


def test_it_fails_in_ci(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="HEARTH_REFERENCE_DATA"):
        reference_data.reference_data("something.zip")


def test_it_gives_the_path_when_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "something.zip").touch()
    monkeypatch.setenv("CI", "true")
    assert reference_data.reference_data("something.zip") == tmp_path / "something.zip"
