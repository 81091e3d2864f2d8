"""The engine: bounded, offline, cancellable."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from hearth.reporting import engine

LONG = "SELECT count(*) FROM range(3000000) a(x), range(100000) b(y) WHERE (x * y) % 7 = 3"


def test_settings_reach_the_engine(tmp_path: Path) -> None:
    with engine.connected(memory_limit="123MB", threads=1, temp_directory=tmp_path / "spill") as connection:
        setting = "SELECT current_setting(?)"
        assert engine.scalar(connection, setting, ["threads"]) == 1
        assert engine.scalar(connection, setting, ["temp_directory"]) == str(tmp_path / "spill")
        assert "117" in engine.scalar(connection, setting, ["memory_limit"])  # MB to MiB


def memory(connection: engine.Connection) -> str:
    return str(engine.scalar(connection, "SELECT current_setting('memory_limit')"))


@pytest.mark.parametrize(
    ("limit", "columns", "size", "is_raised"),
    [("700MB", 80, 60_000_000, True), ("700MB", 80, 200_000_000, False), ("2GB", 80, 60_000_000, False)],
)
def test_a_wide_table_of_few_rows_is_given_room_for_all_threads(
    limit: str, columns: int, size: int, is_raised: bool
) -> None:
    with engine.connected(memory_limit=limit) as connection:
        before = memory(connection)
        with pytest.raises(RuntimeError), engine.filled_on_all_threads(connection, columns, size):
            assert (memory(connection) != before) is is_raised
            raise RuntimeError
        assert memory(connection) == before


@pytest.mark.all_threads
def test_there_is_a_thread_for_each_core() -> None:
    with engine.connected() as connection:
        cores = len(os.sched_getaffinity(0))
        assert engine.scalar(connection, "SELECT current_setting('threads')") == cores


def test_threads_may_become_fewer_and_more_again() -> None:
    with engine.connected(threads=2) as connection:
        for threads in (1, 2):
            engine.use_threads(connection, threads)
            assert engine.scalar(connection, "SELECT current_setting('threads')") == threads
            assert engine.scalar(connection, "SELECT count(*) FROM range(1000000) r(i)") == 1_000_000


def test_no_code_is_fetched_from_the_network() -> None:
    with engine.connected() as connection:
        for setting in ("autoinstall_known_extensions", "autoload_known_extensions"):
            assert engine.scalar(connection, "SELECT current_setting(?)", [setting]) is False


def test_only_what_its_makers_signed_is_loaded(tmp_path: Path) -> None:
    """In a process of its own: the other tests spare themselves the reading (`tests/sparing.py`)."""
    unsigned = tmp_path / "postgres_scanner.duckdb_extension"
    done = subprocess.run(
        [sys.executable, "-c", SIGNED, str(unsigned)], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, "True signature\n"), done.stderr


SIGNED = """
import importlib, pathlib, re, sys
from hearth.reporting import engine

ours = pathlib.Path(importlib.import_module("duckdb_extension_postgres_scanner").__file__).parent
(theirs,) = ours.glob("extensions/*/postgres_scanner.duckdb_extension")
altered = bytearray(theirs.read_bytes())
altered[len(altered) // 2] ^= 1
pathlib.Path(sys.argv[1]).write_bytes(altered)
with engine.connected() as connection:
    loaded = engine.can_scan_postgres(connection)
with engine.connected() as connection:
    try:
        connection.execute(f"LOAD '{sys.argv[1]}'")
    except engine.EngineError as error:
        print(loaded, *re.findall("signature", str(error))[:1])
"""


def test_more_than_the_memory_limit_goes_to_disk(tmp_path: Path) -> None:
    with engine.connected(memory_limit="60MB", threads=1, temp_directory=tmp_path / "spill") as connection:
        engine.run(connection, "CREATE TABLE t AS SELECT i, md5(i::VARCHAR) AS m FROM range(3000000) r(i)")
        assert engine.scalar(connection, "SELECT count(DISTINCT i) FROM t") == 3_000_000


def test_progress_is_between_nothing_and_all() -> None:
    shares: list[float] = []
    with engine.connected(threads=1) as connection:
        engine.run(
            connection,
            "CREATE TABLE t AS SELECT sum(x) FROM range(200000000) r(x)",
            on_progress=shares.append,
        )
    assert all(0 <= share <= 1 for share in shares)


def test_cancel_stops_soon_and_leaves_the_connection_usable() -> None:
    with engine.connected(threads=1) as connection:
        started = time.monotonic()
        with pytest.raises(engine.Cancelled):
            engine.run(connection, f"CREATE TABLE t AS {LONG}", should_stop=lambda: True)
        assert time.monotonic() - started < 30
        assert engine.rows(connection, "SELECT 1") == [(1,)]
        assert engine.rows(connection, "SHOW TABLES") == []


def test_an_error_in_the_callback_stops_the_statement() -> None:
    def fail(_share: float) -> None:
        raise RuntimeError("no more")

    with engine.connected(threads=1) as connection:
        with pytest.raises(RuntimeError, match="no more"):
            engine.run(connection, LONG, on_progress=fail)
        assert engine.rows(connection, "SELECT 1") == [(1,)]


def test_an_error_of_the_statement_comes_out() -> None:
    with engine.connected() as connection, pytest.raises(engine.EngineError):
        engine.run(connection, "SELECT nonsense FROM nowhere", on_progress=lambda _: None)


@pytest.mark.parametrize("evil", ["it's", 'a "quoted" name', "'; DROP TABLE t; --", "é\n"])
def test_names_and_texts_are_quoted(evil: str) -> None:
    with engine.connected() as connection:
        connection.execute(
            f"CREATE TABLE {engine.name(evil)} AS SELECT {engine.text(evil)} AS {engine.name(evil)}"
        )
        assert engine.rows(connection, f"SELECT {engine.name(evil)} FROM {engine.name(evil)}") == [(evil,)]


def test_disk_full_is_recognized() -> None:
    assert engine.is_disk_full(OSError(28, "No space left on device"))
    assert engine.is_disk_full(engine.EngineError("IO Error: … No space left on device"))
    assert engine.is_disk_full(engine.EngineError("failed: max_temp_directory_size of 1 GB reached"))
    assert not engine.is_disk_full(OSError(13, "Permission denied"))
    assert not engine.is_disk_full(ValueError("No space left on device"))


@pytest.mark.parametrize("said", ["600MB", "1.5 GB", " 64mb ", "2GiB", "70000 kB", "1TB"])
def test_a_size_of_memory_is_taken_by_the_engine(said: str) -> None:
    with engine.connected(memory_limit=engine.memory_limit(said)) as connection:
        assert engine.scalar(connection, "SELECT current_setting('memory_limit')")


@pytest.mark.parametrize("said", ["", "lots", "-1GB", "0", "5", "1e9GB", "63MB", "0.01GB", "9 MB", "2GB; x"])
def test_what_is_no_size_of_memory_is_refused(said: str) -> None:
    with pytest.raises(ValueError, match="memory"):
        engine.memory_limit(said)


def test_a_table_of_texts_holds_each_once_and_none_that_would_fall_apart() -> None:
    with engine.connected() as connection:
        for values in (["b", "a", "a", "it's", 'x"y'], [], ["one\x1ftwo", "c"]):
            engine.text_table(connection, "given", "Id", values)
            found = engine.rows(connection, "SELECT Id FROM given ORDER BY Id")
            assert [one for (one,) in found] == sorted({one for one in values if "\x1f" not in one})


def test_work_beside_other_work_gives_what_it_found_or_raises() -> None:
    with engine.connected() as connection:
        engine.run(connection, "CREATE TABLE t AS SELECT 7 AS n")
        with engine.beside(connection, lambda own: engine.scalar(own, "SELECT n FROM t")) as found:
            engine.run(connection, "CREATE TABLE other AS SELECT 1 AS n")
        assert found() == 7
        with (
            pytest.raises(engine.EngineError),
            engine.beside(connection, lambda own: engine.scalar(own, "SELECT n FROM nowhere")) as found,
        ):
            found()


def test_work_beside_what_fails_is_stopped() -> None:
    with engine.connected() as connection:
        began = time.monotonic()
        with (
            pytest.raises(KeyboardInterrupt),
            engine.beside(connection, lambda own: engine.scalar(own, LONG)),
        ):
            raise KeyboardInterrupt
        assert time.monotonic() - began < 20


def test_works_at_once_give_what_they_found_in_their_order() -> None:
    with engine.connected() as connection:
        works = [lambda own, n=n: engine.scalar(own, f"SELECT {n}") for n in range(5)]
        assert engine.at_once(connection, works, 2) == [0, 1, 2, 3, 4]


def test_a_work_that_fails_stops_those_beside_it() -> None:
    works = [lambda own: engine.scalar(own, LONG), lambda own: engine.scalar(own, "SELECT n FROM nowhere")]
    works += [lambda own: engine.scalar(own, LONG)] * 3  # which do not begin any more
    with engine.connected() as connection:
        began = time.monotonic()
        with pytest.raises(engine.EngineError, match="nowhere"):
            engine.at_once(connection, works, 2)
        assert time.monotonic() - began < 20
