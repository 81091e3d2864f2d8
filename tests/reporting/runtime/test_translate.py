"""A step means the same on a cluster: the same values in the same types, computed by DuckDB and by Sail.

Every case is something that SQLGlot alone would leave with another meaning, or that would be easy to break.
"""

from collections.abc import Iterator

import pytest

from hearth.reporting import engine
from hearth.reporting.engine import Connection
from hearth.reporting.runtime.plan import Step
from hearth.reporting.runtime.run import run_steps
from hearth.reporting.runtime.spark import connected
from hearth.reporting.runtime.translate import NotPortable, to_spark

CASES = {
    "names of tables and CTEs without case": "WITH Known AS (SELECT N FROM GIVEN) SELECT known.n FROM KNOWN",
    "a table named by itself": "SELECT Given.n FROM given WHERE GIVEN.N > 1",
    "a quotient of whole numbers": "SELECT n / 2 AS q, sum(n) OVER () / count(*) OVER () AS mean FROM Given",
    "a quotient of decimals is not rounded": "SELECT Amount / 3 AS q FROM Given",
    "a whole quotient": "SELECT -n // 2 AS q, n % 2 AS r FROM Given",
    "an average cut to whole days": "SELECT CAST(floor(sum(n) / count(*)) AS BIGINT) AS mean FROM Given",
    "sums and counts keep their types": "SELECT sum(n) AS s, count(*) AS c, bit_or(n) AS b FROM Given",
    "a literal and a wide number": "SELECT 1 AS n UNION ALL SELECT CAST(n AS BIGINT) FROM Given",
    "a union of NULL and days": "SELECT CAST(NULL AS DATE) AS d UNION ALL SELECT Day FROM Given",
    "nothing": "SELECT n, Day, Word FROM Given WHERE n > 100",
    "NULL comes last": "SELECT n, Word, row_number() OVER (ORDER BY Word) AS r FROM Given",
    "NULL is last downwards": "SELECT n, row_number() OVER (ORDER BY Word DESC, n) AS r FROM Given",
    "sums up to a row and its equals": "SELECT n, sum(n) OVER (ORDER BY Day) AS s FROM Given",
    "no time zones": "SELECT Moment, CAST(Moment AS DATE) AS d, CAST(Moment AS VARCHAR) AS t FROM Given",
    "a moment that is missing": "SELECT CAST(NULL AS TIMESTAMP) AS m, n FROM Given",
    "days on": """
        SELECT Day + 1 AS a, Day - 1 AS b, Day + n AS c, date_diff('day', Day, DATE '2024-03-01') AS d
        FROM Given""",
    "years on": """
        SELECT CAST(Day + INTERVAL 1 YEAR AS DATE) AS a, CAST(Day - INTERVAL 6 MONTH AS DATE) AS b
        FROM Given""",
    "greatest and least leave NULL out": """
        SELECT greatest(Day, NULL) AS a, least(n, CASE WHEN n = 2 THEN 1 END) AS b
        FROM Given""",
    "concat without NULL": "SELECT concat(Word, '-', CAST(n AS VARCHAR)) AS a, Word || '-' AS b FROM Given",
    "text by code point": """
        SELECT n, Word < 'b' AS a, Word = 'A' AS b, Word LIKE '%' || chr(228) || '%' AS c
        FROM Given""",
    "pieces of text": """
        SELECT substr(Word, 2, 3) AS a, left(Word, 2) AS b, length(Word) AS c, upper(Word) AS d
        FROM Given""",
    "patterns": "SELECT regexp_matches(Word, '^[a-z]{2}') AS a, Word LIKE 'a_%' AS b FROM Given",
    "all": "SELECT bool_or(n > 2) AS a, bool_and(n > 2) AS b, count(*) FILTER (WHERE n > 1) AS c FROM Given",
    "NULL among many": """
        SELECT n, n IN (1, NULL) AS a, n NOT IN (1, NULL) AS b, Word IS DISTINCT FROM 'a' AS c
        FROM Given""",
    "different pairs": "SELECT count(DISTINCT concat(Word, ' ', CAST(n AS VARCHAR))) AS c FROM Given",
    "only the first": "SELECT n, Word FROM Given QUALIFY row_number() OVER (PARTITION BY Day ORDER BY n) = 1",
    "words in order": "SELECT string_agg(Word, ',' ORDER BY Word) AS w FROM Given",
    "rounded up": "SELECT round(Amount, 1) AS a, CAST(Amount AS DECIMAL(10, 1)) AS b FROM Given",
    "text as a number": "SELECT CAST(trim(' ' || CAST(n AS VARCHAR)) AS INTEGER) AS a FROM Given",
    "parts of a day": "SELECT year(Day) AS y, make_date(year(Day), 12, 31) AS d FROM Given",
    "reads an earlier step": 'SELECT s + 1 AS n FROM "sums and counts keep their types"',
}
GIVEN = """CREATE TABLE Given AS SELECT * FROM (VALUES
    (1, DATE '2024-02-29', TIMESTAMP '2024-03-31 02:30:00', 'a', CAST(1.25 AS DECIMAL(12, 2))),
    (2, DATE '2024-02-29', TIMESTAMP '2024-10-27 02:30:00', NULL, 2.35),
    (3, DATE '2023-08-31', NULL, 'Zürich', NULL),
    (7, DATE '2023-12-31', TIMESTAMP '1999-12-31 23:59:59', 'ä 17', 0.05),
    (8, DATE '2025-01-01', TIMESTAMP '2030-06-01 00:00:00', 'abcdef', -1.25)
) AS t (n, Day, Moment, Word, Amount)"""

Table = tuple[list[tuple[object, ...]], list[tuple[object, ...]]]


def table(connection: Connection, name: str) -> Table:
    """Columns with their types, and the rows in some order."""
    quoted = engine.name(name)
    return engine.rows(connection, f"DESCRIBE {quoted}"), engine.rows(
        connection, f"SELECT * FROM {quoted} ORDER BY ALL"
    )


COLUMNS = frozenset({"n", "Day", "Moment", "Word", "Amount"})
STEPS = [
    Step(name, sql, "", "", ("sums and counts keep their types" if '"' in sql else "Given",), "", COLUMNS)
    for name, sql in CASES.items()
]


@pytest.fixture(scope="module")
def here() -> Iterator[Connection]:
    with engine.connected() as connection:
        engine.run(connection, GIVEN)
        run_steps(connection, STEPS)
        yield connection


@pytest.fixture(scope="module")
def there(sail: str) -> Iterator[Connection]:
    with engine.connected() as connection, connected(sail) as cluster:
        engine.run(connection, GIVEN)
        cluster.run(connection, STEPS)
        yield connection


@pytest.mark.parametrize("case", CASES)
def test_it_is_the_same_on_the_cluster(here: Connection, there: Connection, case: str) -> None:
    assert table(there, case) == table(here, case)


def test_a_type_that_only_one_engine_has_is_refused() -> None:
    with pytest.raises(NotPortable, match=r"INTEGER\[\]"):
        to_spark("SELECT [1] AS n", {"n": "INTEGER[]"})
