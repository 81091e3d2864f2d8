"""Steps become tables; a folder of results is whole or not there."""

import json
import time
from datetime import date, datetime
from pathlib import Path

import pytest

from hearth.reporting import engine
from hearth.reporting.outputs.archive import OutputError
from hearth.reporting.outputs.folder import folder_of_results
from hearth.reporting.runtime.plan import Step
from hearth.reporting.runtime.run import (
    Here,
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


SIDE_BY_SIDE = [
    step("a", "SELECT 1 AS n"),
    step("b", "SELECT 2 AS n"),
    Step("c", "SELECT a.n + b.n AS n FROM a, b", "1", "one row", ("A", "b")),
    Step("d", "SELECT c.n + g.n AS n FROM c, given AS g", "1", "one row", ("c", "given")),
]


@pytest.mark.all_threads
def test_steps_side_by_side_wait_for_what_they_read() -> None:
    calls = []
    with engine.connected(threads=3) as connection:
        one_row(connection, "given", {"n": 7})
        seconds = Here().run(
            connection, SIDE_BY_SIDE, few_rows=True, on_step=lambda s, i, n: calls.append((s.name, i, n))
        )
        assert engine.scalar(connection, "SELECT n FROM d") == 10
        assert engine.threads_of(connection) == 1
    assert list(seconds) == ["a", "b", "c", "d"]
    assert sorted(calls[:2]) == [("a", 1, 4), ("b", 2, 4)]
    assert calls[2:] == [("c", 3, 4), ("d", 4, 4)]


@pytest.mark.all_threads
def test_steps_side_by_side_run_at_the_same_time() -> None:
    """Each waits in turn until the other has begun: one after the other they would never end."""
    with engine.connected(threads=2) as connection:
        began: list[str] = []

        def meet(own: str | None) -> str | None:
            began.append(str(own))
            for _ in range(500):
                if len(set(began)) == 2:
                    return own
                time.sleep(0.01)
            return None

        engine.give_function(connection, "meet", meet)
        Here().run(
            connection,
            [step("a", "SELECT meet('a') AS n"), step("b", "SELECT meet('b') AS n")],
            few_rows=True,
        )
        assert engine.rows(connection, "SELECT a.n, b.n FROM a, b") == [("a", "b")]


@pytest.mark.all_threads
def test_a_step_that_fails_stops_those_beside_it() -> None:
    steps = [step("a", LONG), step("b", "SELECT * FROM nowhere")]
    with engine.connected(threads=2) as connection:
        with pytest.raises(StepFailed, match="The step b"):
            Here().run(connection, steps, few_rows=True)
        assert "a" not in engine.tables(connection)


@pytest.mark.all_threads
@pytest.mark.parametrize("how", ["asked", "interrupted"])
def test_steps_side_by_side_can_be_stopped(how: str) -> None:
    def interrupted(step: Step, number: int, count: int) -> None:
        if number == 2 and how == "interrupted":
            raise KeyboardInterrupt

    asked = iter([False, how == "asked"])
    with (
        engine.connected(threads=2) as connection,
        pytest.raises(engine.Cancelled if how == "asked" else KeyboardInterrupt),
    ):
        Here().run(
            connection,
            [step("a", LONG), step("b", LONG)],
            few_rows=True,
            on_step=interrupted,
            should_stop=lambda: next(asked),
        )


def test_a_value_has_the_type_of_a_parameter() -> None:
    values: list[str | int | date | None] = [
        "it's", 7, 2**40, -1, True, date(2026, 1, 31), datetime(2026, 1, 31, 8, 15, 30, 250), None
    ]  # fmt: skip
    with engine.connected() as connection:
        for value in values:
            given = engine.row(connection, "SELECT ?, typeof(?)", [value, value])
            written = engine.literal(value)
            assert engine.row(connection, f"SELECT {written}, typeof({written})") == given


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
