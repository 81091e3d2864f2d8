"""A step in the SQL of Spark, with the same result as in DuckDB's.

SQLGlot translates; what it would leave with another meaning is rewritten here, for every step alike. What
no rewriting carries over is banned from the step files (tests/reporting/reports/test_portable.py), so no
step needs a hand of its own.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import sqlglot
from sqlglot import exp

from .plan import DIALECT

_CLUSTER = "spark"
_SAME = {"BOOLEAN", "TINYINT", "SMALLINT", "BIGINT", "DOUBLE", "DATE"}
_OTHER = {
    "INTEGER": "INT",
    "FLOAT": "FLOAT",
    "VARCHAR": "STRING",
    "TIMESTAMP": "TIMESTAMP_NTZ",  # a wall clock without a zone, as in DuckDB
    "HUGEINT": "BIGINT",  # what DuckDB sums whole numbers into; Spark's sums of them are BIGINT
}
_DECIMAL = re.compile(r"DECIMAL\(\d+,\d+\)")


class NotPortable(Exception):
    """A column has a type that the cluster has no equal of."""


def to_spark(sql: str, types: Mapping[str, str]) -> str:
    """The SELECT for Spark. `types` are the columns of its result in order, with DuckDB's types for them.

    Raises `NotPortable`.
    """
    tree = sqlglot.parse_one(sql, dialect=DIALECT)
    for table in list(tree.find_all(exp.Table)):
        if isinstance(table.this, exp.Identifier):
            _lower(table.this)
    for cte in list(tree.find_all(exp.CTE)):
        _lower(cte.args["alias"].this)
    for quotient in list(tree.find_all(exp.Div)):
        # In DuckDB `/` is always a DOUBLE; in Spark it is a rounded DECIMAL when one side is one.
        quotient.set("this", exp.Cast(this=quotient.this, to=exp.DataType.build("DOUBLE")))
    # DuckDB and the cluster give some results another width (sums, counts, unions with a literal), and a
    # Parquet file written with one width cannot be read as another.
    columns = ", ".join(
        f"CAST({_name(one)} AS {spark_type(kind)}) AS {_name(one)}" for one, kind in types.items()
    )
    return f"SELECT {columns} FROM (\n{tree.sql(dialect=_CLUSTER, comments=False)}\n) AS step"


def columns_for_spark(types: Mapping[str, str]) -> str:
    """The same columns as Spark declares them: `ProjectID` STRING, `PITCount` INT."""
    return ", ".join(f"{_name(one)} {spark_type(kind)}" for one, kind in types.items())


def spark_type(kind: str) -> str:
    """Spark's type for DuckDB's: INTEGER -> INT."""
    if kind in _SAME or _DECIMAL.fullmatch(kind):
        return kind
    if kind in _OTHER:
        return _OTHER[kind]
    raise NotPortable(
        f"{kind} is not a type that a step may have; cast the column to one that both engines know."
    )


def table_for_spark(table: str) -> str:
    """The name of a table on the cluster. Sail takes names of tables and CTEs by case, DuckDB does not."""
    return table.lower()


def _lower(name: exp.Identifier) -> None:
    name.set("this", table_for_spark(name.this))


def _name(identifier: str) -> str:
    return "`" + identifier.replace("`", "``") + "`"
