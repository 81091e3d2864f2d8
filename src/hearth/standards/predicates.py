"""What a predicate names: its tables, its columns, and the codes it compares them with.

Not a parser: predicates keep to the few forms that checks/README.md allows, and that is enough to tell
names from words. It lets `lint` prove that a renamed column or a dropped code is noticed.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_STRING = re.compile(r"'(?:[^']|'')*'")
_NAME = re.compile(r"(?:\b([A-Za-z_]\w*)\.)?\b([A-Za-z_]\w*)\b(\s*\()?")
_TABLE = re.compile(r"\b(?:FROM|JOIN)\s+([A-Za-z_]\w*)(?:\s+AS\s+([A-Za-z_]\w*))?")
_CODES = re.compile(
    r"(?:\b([A-Za-z_]\w*)\.)?\b([A-Za-z_]\w*)\s*(?:=|<>|IS DISTINCT FROM|IS NOT DISTINCT FROM)\s*"
    r"(\d+|'[^']*')|(?:\b([A-Za-z_]\w*)\.)?\b([A-Za-z_]\w*)\s+(?:NOT\s+)?IN\s*\(([\d\s,]+|[^()A-Za-z_]*)\)"
)
_WORDS = frozenset(
    [
        "ALL",
        "AND",
        "AS",
        "BETWEEN",
        "BY",
        "CASE",
        "CAST",
        "DATE",
        "DISTINCT",
        "ELSE",
        "END",
        "EXISTS",
        "EXTRACT",
        "FALSE",
        "FILTER",
        "FROM",
        "GROUP",
        "IN",
        "INNER",
        "INTERVAL",
        "IS",
        "JOIN",
        "LEFT",
        "MONTH",
        "NOT",
        "NULL",
        "ON",
        "OR",
        "SELECT",
        "THEN",
        "TIMESTAMP",
        "TRUE",
        "WHEN",
        "WHERE",
        "YEAR",
    ]
)
FUNCTIONS = frozenset({"abs", "coalesce", "count", "length", "max", "min", "sum", "upper"})


@dataclass(frozen=True, slots=True)
class Named:
    """A column in a predicate, with the table or alias before it."""

    table: str | None
    column: str


def tables(sql: str) -> dict[str, str]:
    """Alias → file of the subqueries' tables; a table without an alias is its own."""
    bare = _STRING.sub("''", sql)
    # EXTRACT(YEAR FROM x) has a FROM of its own.
    bare = re.sub(r"EXTRACT\(\s*\w+\s+FROM", "EXTRACT(", bare)
    return {match[2] or match[1]: match[1] for match in _TABLE.finditer(bare)}


def columns(sql: str) -> Iterator[Named]:
    """Every column that the predicate names."""
    bare = _STRING.sub("''", sql)
    aliases = tables(sql)
    known = {*aliases, *aliases.values()}
    for match in _NAME.finditer(bare):
        table, name, call = match[1], match[2], match[3]
        if table is None and (name.upper() in _WORDS or name in known or (call and name in FUNCTIONS)):
            continue
        yield Named(table, name)


def unknown_functions(sql: str) -> Iterator[str]:
    """Functions that checks/README.md does not allow."""
    bare = _STRING.sub("''", sql)
    for match in _NAME.finditer(bare):
        if match[3] and match[1] is None and match[2].upper() not in _WORDS and match[2] not in FUNCTIONS:
            yield match[2]


def compared_codes(sql: str) -> Iterator[tuple[Named, str]]:
    """Column and code of every `Column = 1` and `Column IN (1, 2)`."""
    for match in _CODES.finditer(sql):
        if match[2]:
            yield Named(match[1], match[2]), match[3].strip("'")
            continue
        for code in match[6].split(","):
            yield Named(match[4], match[5]), code.strip().strip("'")
