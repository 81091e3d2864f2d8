"""Steps become tables; a folder of results is whole or not there."""

import json
from pathlib import Path

import pytest

from hearth.reporting import engine
from hearth.reporting.outputs.archive import OutputError
from hearth.reporting.outputs.folder import folder_of_results
from hearth.reporting.runtime.plan import Step
from hearth.reporting.runtime.run import (
    RunRecord,
    StepFailed,
    one_row,
    run_steps,
    sha256_of,
    write_record,
)

LONG = "SELECT count(*) AS n FROM range(3000000) a(x), range(100000) b(y) WHERE (x * y) % 7 = 3"


def step(name: str, sql: str) -> Step:
    return Step(name, sql, "1", "one row", ())


def test_every_step_is_a_table_and_is_timed() -> None:
    calls = []
    with engine.connected() as connection:
        one_row(connection, "given", {"Number": 7})
        steps = [step("a", "SELECT Number + 1 AS n FROM given"), step("b", "SELECT n * 2 AS n FROM a")]
        seconds = run_steps(connection, steps, on_step=lambda s, i, n: calls.append((s.name, i, n)))
        assert engine.scalar(connection, "SELECT n FROM b") == 16
    assert list(seconds) == ["a", "b"]
    assert calls == [("a", 1, 2), ("b", 2, 2)]


def test_a_step_that_fails_is_named() -> None:
    with engine.connected() as connection, pytest.raises(StepFailed, match="The step a"):
        run_steps(connection, [step("a", "SELECT * FROM nowhere")])


def test_a_run_can_be_stopped() -> None:
    asked = iter([False, True, True, True])
    with engine.connected() as connection, pytest.raises(engine.Cancelled):
        run_steps(connection, [step("a", LONG)], should_stop=lambda: next(asked))


def test_results_appear_together(tmp_path: Path) -> None:
    target = tmp_path / "deep" / "out"
    with folder_of_results(target) as folder:
        (folder / "a.csv").write_text("1")
        assert not target.exists()
    (target / "mine.txt").write_text("stays")
    with folder_of_results(target) as folder:
        (folder / "a.csv").write_text("2")
    assert (target / "a.csv").read_text() == "2"
    assert sorted(file.name for file in target.iterdir()) == ["a.csv", "mine.txt"]
    assert [file.name for file in target.parent.iterdir()] == ["out"]


def test_nothing_is_left_of_a_run_that_fails(tmp_path: Path) -> None:
    with pytest.raises(StepFailed), folder_of_results(tmp_path / "out") as folder:
        (folder / "a.csv").write_text("1")
        raise StepFailed("no")
    assert list(tmp_path.iterdir()) == []


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("")
    with pytest.raises(OutputError, match="is a file"), folder_of_results(tmp_path / "out"):
        pass


def test_the_record_tells_what_made_it(tmp_path: Path) -> None:
    record = RunRecord("hic", "LSA v8", 2026, {"coc": "XX-501"}, "1.0", sha256_of(tmp_path))
    assert json.loads(write_record(tmp_path, record).read_text())["parameters"] == {"coc": "XX-501"}


def test_the_hash_of_a_folder_knows_names_and_contents(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("1")
    first = sha256_of(tmp_path)
    (tmp_path / "a.csv").rename(tmp_path / "b.csv")
    assert sha256_of(tmp_path) != first
    assert len(sha256_of(tmp_path / "b.csv")) == 64
