"""A step without its aggregate: the rows that it counted, and the same numbers from them."""

import pytest

from hearth.reporting import engine
from hearth.reporting.runtime.counted_rows import opened
from hearth.reporting.runtime.plan import PlanError, Step

STAYS = [("Una", "h1", 1, 3), ("Una", "h2", 2, 4), ("Bo", "h1", 1, 10), ("Ada", "h3", 2, 1)]


def step(members: str, sql: str) -> Step:
    return Step("counted", sql, "9.3", "one row", ("stay",), members)


@pytest.fixture
def connection():
    with engine.connected() as opened_connection:
        opened_connection.execute("CREATE TABLE stay (Person VARCHAR, House VARCHAR, Kind INT, Days INT)")
        opened_connection.executemany("INSERT INTO stay VALUES (?, ?, ?, ?)", STAYS)
        yield opened_connection


@pytest.mark.parametrize(
    ("members", "sql"),
    [
        ("s.Person, s.House", "SELECT count(DISTINCT s.Person) AS n, s.Kind FROM stay AS s GROUP BY s.Kind"),
        ("s.Person", "SELECT count(*) AS n, s.Kind AS K, 7 AS Row FROM stay AS s GROUP BY s.Kind"),
        ("s.Days, s.Person", "SELECT floor(sum(s.Days) / count(*)) AS n, s.Kind FROM stay s GROUP BY s.Kind"),
        (
            "s.Person, s.Kind AS Of",
            "WITH t AS (SELECT * FROM stay WHERE Days > 1)"
            " SELECT count(DISTINCT CASE WHEN s.Kind = 1 THEN s.Person END) AS n, s.House, k.k FROM t AS s"
            " CROSS JOIN (VALUES (1), (3)) AS k (k) WHERE s.Days > k.k GROUP BY s.House, k.k",
        ),
    ],
)
def test_the_rows_counted_again_are_the_table(connection: engine.Connection, members: str, sql: str) -> None:
    table = sorted(engine.rows(connection, sql))
    again = opened(step(members, sql))
    names = [column[0] for column in connection.execute(sql).description]
    columns = ", ".join(engine.name(one) for one in names)
    assert sorted(engine.rows(connection, f"SELECT {columns} FROM ({again.regrouped()}) AS t")) == table
    assert again.columns[0] in ("Person", "Days")


def test_each_row_that_was_counted_is_there(connection: engine.Connection) -> None:
    sql = "SELECT count(DISTINCT s.Person) AS n, s.Kind AS Kind FROM stay AS s GROUP BY s.Kind"
    rows = opened(step("s.Person", sql)).rows
    assert sorted(engine.rows(connection, f"SELECT Kind, Person FROM ({rows}) AS t")) == [
        (1, "Bo"), (1, "Una"), (2, "Ada"), (2, "Una"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("members", "sql", "said"),
    [
        ("", "SELECT count(*) AS n FROM stay", "names no members"),
        ("Person", "SELECT count(*) AS n, Kind FROM stay GROUP BY Kind HAVING count(*) > 1", "plain SELECT"),
        ("Person", "SELECT 1 AS n UNION ALL SELECT 2", "plain SELECT"),
        ("House", "SELECT count(DISTINCT Person) AS n, Kind FROM stay GROUP BY Kind", "no member column"),
        ("Person, Kind", "SELECT count(DISTINCT Person) AS n, Kind FROM stay GROUP BY Kind", "an alias"),
        ("Person", "SELECT Kind FROM stay GROUP BY Kind", "counts nothing"),
    ],
)
def test_what_cannot_be_opened_is_refused(members: str, sql: str, said: str) -> None:
    with pytest.raises(PlanError, match=said):
        opened(step(members, sql))
