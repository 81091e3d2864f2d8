"""A folder of a report that was damaged, emptied or is none: one sentence each, never a traceback."""

import json
import random
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from hearth.reporting.cli import app
from hearth.reporting.opening.bundle import BundleError, record_of
from hearth.reporting.opening.compare import NotComparable, changed_people, changed_rows, compare
from hearth.reporting.opening.members import NoSuchRow, choices, flagged, flags, members, row, rows
from tests.sizes import size

from .bundles import bundle_of
from .test_members import WORLD

RUNNER = CliRunner(env={"COLUMNS": "200"})


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return bundle_of(tmp_path_factory.mktemp("whole") / "out", WORLD)


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def empty(path: Path) -> None:
    path.write_bytes(b"")


def noise(path: Path) -> None:
    path.write_bytes(random.Random(path.name).randbytes(500))


def folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def gone(path: Path) -> None:
    path.unlink()


def read_everything(damaged: Path, other: Path) -> int:
    """Ask for all that can be asked of a report; says how often it could not be answered."""
    asked: list[Callable[[], Any]] = [
        lambda: record_of(damaged),
        lambda: [flagged(damaged, flag, limit=1) for flag in flags(damaged)[:3]],
        lambda: rows(damaged, "LSACalculated", limit=3),
        lambda: row(damaged, "LSAReport", 1),
        lambda: choices(damaged, "LSAHousehold", "HHType"),
        lambda: members(damaged, "LSAPerson", rows(damaged, "LSAPerson", limit=1).rows[0].values),
        lambda: compare(damaged, other),
        lambda: changed_rows(other, damaged, "LSAExit"),
        lambda: changed_people(other, damaged),
    ]
    refused = 0
    for ask in asked:
        try:
            ask()
        except (BundleError, NotComparable, NoSuchRow) as error:
            refused += 1
            said = str(error)
            assert said.endswith(".") and "\n" not in said and "Error" not in said
    return refused


@pytest.mark.long
@pytest.mark.parametrize("damage", [cut, empty, noise, folder, gone])
def test_any_file_may_be_damaged(whole: Path, tmp_path: Path, damage: Callable[[Path], None]) -> None:
    seen = 0
    names = sorted(str(path.relative_to(whole)) for path in whole.rglob("*") if path.is_file())
    for name in sorted(
        {*random.Random(damage.__name__).sample(names, size(3, 20)), "run.json", "flags.json"}
    ):
        damaged = tmp_path / name.replace("/", "_")
        shutil.copytree(whole, damaged)
        damage(damaged / name)
        seen += read_everything(damaged, whole)
    assert seen > 6


@pytest.mark.parametrize(
    "record",
    [
        "[]", "null", "7", '"lsa"', "{}", "{", "[" * 100_000, '{"report": "lsa"}', "\ufeff{}",
        {"report": "spm"}, {"report": 7}, {"parameters": []}, {"parameters": None}, {"tables": ["../../x"]},
        {"tables": "lsa_person"}, {"tables": [7]}, {"tables": {}}, {"steps_sha256": "of another version"},
        {"input_sha256": None}, {"code_version": 7},
    ],
)  # fmt: skip
def test_a_record_that_is_none(whole: Path, tmp_path: Path, record: str | dict[str, Any]) -> None:
    damaged = tmp_path / "out"
    shutil.copytree(whole, damaged)
    path = damaged / "run.json"
    said = record if isinstance(record, str) else json.dumps(json.loads(path.read_text()) | record)
    path.write_text(said)
    assert read_everything(damaged, whole) > 0
    for arguments in (["members", damaged, "--file", "LSAExit", "--row", "1"], ["compare", whole, damaged]):
        result = RUNNER.invoke(app, [str(one) for one in arguments])
        assert result.exit_code == 2 and result.output.strip().count("\n") == 0, result.output
        assert isinstance(result.exception, SystemExit)


@pytest.mark.parametrize("what", ["nowhere", "file", "empty", "zip"])
def test_what_is_no_report_at_all(whole: Path, tmp_path: Path, what: str) -> None:
    (tmp_path / "file").write_text("mine")
    (tmp_path / "empty").mkdir()
    (tmp_path / "zip").symlink_to(next(whole.glob("*.zip")))
    for arguments in (
        ["members", tmp_path / what, "--file", "LSAExit"],
        ["members", tmp_path / what, "--flag", "1"],
        ["compare", tmp_path / what, whole],
        ["compare", whole, tmp_path / what, "--people"],
        ["compare", whole, tmp_path / what, "--file", "LSAExit"],
    ):
        result = RUNNER.invoke(app, [str(one) for one in arguments])
        assert result.exit_code == 2 and result.output.strip().count("\n") == 0, result.output
        assert ("is a file" if what in ("file", "zip") else "not the folder of a report") in result.output


@pytest.mark.parametrize("number", ["0", "-1", "99999999", "9" * 40])
def test_a_row_that_is_not_there(whole: Path, number: str) -> None:
    for file in ("LSAReport", "LSAPerson", "LSACalculated"):
        result = RUNNER.invoke(app, ["members", str(whole), "--file", file, "--row", number])
        assert result.exit_code == 2 and "no row" in result.output and result.output.count("\n") == 1


@pytest.mark.parametrize("number", ["", "one", "1.5", "0x1", "１２a"])
def test_a_row_that_is_no_number(whole: Path, number: str) -> None:
    result = RUNNER.invoke(app, ["members", str(whole), "--file", "LSAPerson", "--row", number])
    assert result.exit_code == 2 and "a valid integer" in result.output


def test_a_count_of_nobody_opens_to_nobody(whole: Path) -> None:
    """Each count of LSAReport is a row, also where it is 0."""
    found = rows(whole, "LSAReport", limit=100).rows
    zero = [one for one in found if not one.count]
    assert zero
    for one in zero:
        page = members(whole, "LSAReport", one.values)
        assert (page.value, page.total, page.members) == (0, 0, ())
    result = RUNNER.invoke(app, ["members", str(whole), "--file", "LSAReport", "--row", str(zero[0].number)])
    assert result.exit_code == 0 and "0 of 0, which make 0." in result.output
