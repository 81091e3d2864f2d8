"""Small invented cases in YAML: what is expected of a table, compared with its rows."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

Row = dict[str, Any]


def assert_table(table: str, whole: Sequence[Row], expected: Any) -> None:
    """All rows of a table in the columns that the case names; or for some of the rows a list of
    `{where: {column: value}, rows: …}`."""
    for where, rows in _blocks(expected):
        columns = sorted({column for row in rows for column in row})
        assert all(set(row) == set(columns) for row in rows), f"{table}: rows name different columns"
        unknown = {*columns, *where} - set(whole[0]) if whole else ()
        assert not unknown, f"{table} has no column {unknown}"
        found = [row for row in whole if all(row[column] == value for column, value in where.items())]
        assert counted(found, columns) == counted(rows, columns), f"{table} {where or ''}"


def _blocks(expected: Any) -> list[tuple[Mapping[str, Any], list[Row]]]:
    if expected and "rows" in expected[0]:
        return [(block["where"], block["rows"] or []) for block in expected]
    return [({}, expected or [])]


def counted(rows: Sequence[Row], columns: list[str]) -> Counter[str]:
    """Rows as lines of text, so that a difference can be read."""
    return Counter(", ".join(f"{column} {row[column]}" for column in columns) for row in rows)
