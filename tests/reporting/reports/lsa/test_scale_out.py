"""The LSA and the HIC on a Sail server: the files and the kept tables of HUD's sample, byte for byte those
that DuckDB makes."""

import json
import socket
from datetime import date, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from hearth.reporting.cli import app
from hearth.reporting.making import How, make
from hearth.reporting.reports.lsa.parameters import LsaParameters, Scope
from hearth.reporting.runtime import registry
from hearth.reporting.runtime.spark import connected
from tests.reference_data import SAMPLE, reference_data
from tests.reporting.reports.lsa.test_make import FILES, rows, shelter

REPORT = registry.by_name("lsa")
MADE_AT = datetime(2026, 8, 19, 20, 19)
HIC = LsaParameters(
    coc="XX-501", start=date(2027, 1, 28), end=date(2027, 1, 28), scope=Scope.HIC, made_at=MADE_AT
)
LSA = LsaParameters(
    coc="XX-501", start=date(2025, 10, 1), end=date(2026, 9, 30), scope=Scope.SYSTEMWIDE, made_at=MADE_AT
)
NIGHT = ("--coc", "MN-500", "--start", "2025-11-15", "--scope", "hic")


def contents(folder: Path) -> dict[str, bytes]:
    """Every file but the record, whose timings differ, and the zip of the same files."""
    files = [one for one in folder.rglob("*") if one.suffix in (".csv", ".parquet")]
    return {str(one.relative_to(folder)): one.read_bytes() for one in files}


@pytest.mark.golden
@pytest.mark.parametrize("parameters", [HIC, LSA], ids=["hic", "lsa"])
def test_the_cluster_makes_the_same_files(sail: str, tmp_path: Path, parameters: LsaParameters) -> None:
    source = reference_data(SAMPLE)
    here = make(REPORT, source, parameters, tmp_path / "here", How("test", keep=True))
    with connected(sail) as cluster:
        there = make(REPORT, source, parameters, tmp_path / "there", How("test", keep=True, runner=cluster))
    assert (here.record.engine, there.record.engine) == ("duckdb", "spark")
    ours, theirs = contents(here.folder), contents(there.folder)
    assert set(FILES) <= ours.keys()
    assert len([name for name in ours if name.endswith(".parquet")]) > 5
    assert [name for name in ours if theirs.get(name) != ours[name]] == []
    assert theirs.keys() == ours.keys()
    assert there.rows == here.rows


def run(source: Path, out: Path, *more: str):
    return CliRunner().invoke(app, ["lsa", str(source), "--out", str(out), *more])


@pytest.fixture
def export(tmp_path: Path) -> Path:
    return shelter().zip(tmp_path)


def test_the_command_on_a_cluster(sail: str, export: Path, tmp_path: Path) -> None:
    shared = tmp_path / "a shared folder"
    shared.mkdir()
    result = run(export, tmp_path / "out", *NIGHT, "--engine", sail, "--shared", str(shared))
    assert result.exit_code == 0, result.output
    assert rows(tmp_path / "out", "LSAReport")[0]["UnduplicatedClient"] == "2"
    assert json.loads((tmp_path / "out" / "run.json").read_text())["engine"] == "spark"
    assert list(shared.iterdir()) == []


def test_a_server_that_is_not_there(export: Path, tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound, but nobody listens
        address = f"spark://127.0.0.1:{taken.getsockname()[1]}"
        result = run(export, tmp_path / "out", *NIGHT, "--engine", address)
    assert result.exit_code == 2
    assert "Nothing was written." in result.output and "No cluster answers at 127.0.0.1" in result.output
    assert not (tmp_path / "out").exists()


def test_wrong_settings_of_the_cluster(export: Path, tmp_path: Path) -> None:
    for more, said in (
        (("--engine", "duckdb"), "not the address of a cluster"),
        (("--engine", "spark://cluster.example:1"), "--shared"),
        (("--shared", str(tmp_path)), "--engine"),
    ):
        result = run(export, tmp_path / "out", *NIGHT, *more)
        assert result.exit_code == 2 and said in result.output
        assert len(result.output.splitlines()) == 1
    assert not (tmp_path / "out").exists()
