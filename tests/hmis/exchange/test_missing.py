"""What a full refresh says nothing of, in small; how it comes out whole: `test_import_refresh.py`."""

from types import SimpleNamespace
from typing import Any

import pytest

from hearth.hmis.exchange.importing import missing
from hearth.hmis.exchange.importing.layout import layout
from hearth.reporting import engine


class Cursor:
    """Notes what PostgreSQL would be told, and gives what it would answer."""

    def __init__(self, answer: list[tuple[str]]) -> None:
        self.answer, self.told = answer, []

    def execute(self, statement: str, values: Any = None) -> None:
        self.told.append(statement)

    def fetchall(self) -> list[tuple[str]]:
        return self.answer


def test_nothing_is_missing_of_a_file_that_the_refresh_lacks() -> None:
    """It was not exported; of an older year, an upgrade may have made its rows."""
    with engine.connected() as connection:
        connection.execute("CREATE TABLE Services (ServicesID VARCHAR)")
        connection.execute("CREATE TABLE stored_Services (id BIGINT, hud_id VARCHAR)")
        connection.execute("INSERT INTO stored_Services VALUES (1, 'S1')")
        cursor: Any = Cursor([])
        assert missing._absent(connection, cursor, set(), lambda *_: None) == 0
        assert cursor.told == []


@pytest.mark.parametrize(("freed", "left"), [([], ["T1", "T2"]), ([("T1",)], ["T2"])])
def test_what_still_contradicts_stays_marked(freed: list[tuple[str]], left: list[str]) -> None:
    check = "exit_stored_already"
    with engine.connected() as connection:
        connection.execute('CREATE TABLE contradicting ("check" VARCHAR, key VARCHAR)')
        connection.execute("INSERT INTO contradicting VALUES (?, 'T1'), (?, 'T2')", [check, check])
        writer: Any = SimpleNamespace(cursor=Cursor(freed), data_source=1)
        missing._free(connection, writer, check, layout("Exit"), "TRUE", "TRUE")
        assert connection.execute("SELECT key FROM contradicting ORDER BY 1").fetchall() == [
            (key,) for key in left
        ]


def test_without_a_contradiction_nothing_is_asked() -> None:
    with engine.connected() as connection:
        connection.execute('CREATE TABLE contradicting ("check" VARCHAR, key VARCHAR)')
        writer: Any = SimpleNamespace(cursor=Cursor([]), data_source=1)
        missing._free(connection, writer, "exit_stored_already", layout("Exit"), "TRUE", "TRUE")
        assert writer.cursor.told == []
