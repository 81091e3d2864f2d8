"""Readers of finished results share an engine and nothing else."""

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

from hearth import scratch
from hearth.reporting import engine
from hearth.reporting.engine import connections


def own_tables(connection: engine.Connection) -> set[str]:
    found = engine.rows(
        connection,
        "SELECT table_name FROM information_schema.tables WHERE table_catalog = current_database()",
    )
    return {name for (name,) in found}


def test_what_one_makes_no_other_sees_at_the_same_time() -> None:
    """Tables, temporary tables, views and schemas of the same names."""
    together = Barrier(4, timeout=30)

    def read(mine: int) -> list[int]:
        with engine.reading() as connection:
            for statement in (
                f"CREATE TABLE one AS SELECT {mine} AS number",
                f"CREATE TEMP TABLE two AS SELECT {mine} AS number",
                "CREATE SCHEMA before",
                f"CREATE VIEW before.three AS SELECT {mine} AS number",
            ):
                together.wait()
                engine.run(connection, statement)
            together.wait()
            engine.run(connection, "SET schema = 'before'")
            found = [engine.scalar(connection, "SELECT number FROM three")]
            engine.run(connection, "SET schema = 'main'")
            found += [engine.scalar(connection, f"SELECT number FROM {name}") for name in ("one", "two")]
            assert own_tables(connection) == {"one", "three"}
            together.wait()
            return found

    with ThreadPoolExecutor(4) as readers:
        assert list(readers.map(read, range(4))) == [[n, n, n] for n in range(4)]


def test_nothing_is_left_for_the_next() -> None:
    with pytest.raises(ZeroDivisionError), engine.reading() as connection:
        engine.run(connection, "CREATE TABLE one AS SELECT 1 AS number")
        engine.run(connection, "CREATE TEMP TABLE two AS SELECT 1 AS number")
        raise ZeroDivisionError
    with pytest.raises(engine.EngineError), engine.reading() as connection:
        engine.run(connection, "BEGIN")
        engine.run(connection, "CREATE TABLE one AS SELECT 1 AS number")
        engine.run(connection, "SELECT no_such_column FROM one")
    with engine.reading() as connection:
        attached = engine.rows(
            connection, "SELECT database_name FROM duckdb_databases() WHERE database_name LIKE 'reading%'"
        )
        assert len(attached) == 1
        assert own_tables(connection) == set()


def test_it_reaches_no_network_and_spills_to_scratch() -> None:
    with engine.reading() as connection:
        for setting in ("autoinstall_known_extensions", "autoload_known_extensions"):
            assert engine.scalar(connection, f"SELECT current_setting('{setting}')") is False
        spill = engine.scalar(connection, "SELECT current_setting('temp_directory')")
    assert Path(spill).is_relative_to(scratch.root())


def test_a_process_uses_no_engine_of_another(monkeypatch: pytest.MonkeyPatch) -> None:
    """A forked process has copies of its parent's connections, whose threads are not there."""
    with engine.reading() as connection:
        engine.run(connection, "CREATE TABLE memory.main.of_the_parent AS SELECT 1 AS number")
        monkeypatch.setattr(os, "getpid", lambda: -1)
        try:
            with engine.reading() as other, pytest.raises(engine.EngineError):
                engine.rows(other, "SELECT * FROM memory.main.of_the_parent")
        finally:
            connections._readers.pop(-1).close()
            monkeypatch.undo()
            engine.run(connection, "DROP TABLE memory.main.of_the_parent")
