"""Which declared checks can find anything at all, told from the columns in which an export has any value.

SQL's comparisons are not true of a value that is not there. A predicate that demands such a comparison with a
column that is blank in every row, or a row of a file that has none, holds nowhere and need not be run: of a
small export planning its checks takes far longer than running them. What is not understood here may hold.
Names are compared as the engine reads them: without regard to case.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

import sqlglot
from sqlglot import exp

from hearth.standards.model import Check, File

#: Expressions that are NULL where any operand is.
_STRICT = (
    exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.Like, exp.ILike, exp.Between, exp.In,
    exp.RegexpLike, exp.Add, exp.Sub, exp.Mul, exp.Div, exp.Mod, exp.Neg, exp.Paren, exp.Cast, exp.TryCast,
    exp.Extract, exp.Upper, exp.Lower, exp.Trim, exp.Length,
)  # fmt: skip

#: What is, or may be, an aggregate: the parser does not know all of the engine's.
_AGGREGATES = (exp.AggFunc, exp.Anonymous, exp.List)

#: Side and kind of joins that only add columns, or demand a row on both sides.
_PLAIN_JOINS = (("", ""), ("", "INNER"), ("", "CROSS"), ("LEFT", ""), ("LEFT", "OUTER"))


def can_hold(check: Check, file: File, filled: Mapping[str, frozenset[str]]) -> bool:
    """Whether any live row of `file` can break a check. `filled`: by file, the columns with any value; of a
    file that is not in it nothing is known."""
    tables = {"this": file.name.casefold()}
    tables |= {join.alias.casefold(): join.file.casefold() for join in check.joins}
    filled = {name.casefold(): columns for name, columns in filled.items()}
    demanded = [check.where] if check.where else []
    if not check.per:  # what is said of a group is not said of each of its rows
        demanded.append(check.violates or "TRUE")
    return all(_can_be_true(_parsed(sql), tables, filled) for sql in demanded)


@lru_cache(maxsize=1000)
def _parsed(sql: str) -> exp.Expr:
    return sqlglot.parse_one(sql, dialect="duckdb")


@lru_cache(maxsize=100)
def _folded(columns: frozenset[str]) -> frozenset[str]:
    return frozenset(column.casefold() for column in columns)


def _can_be_true(node: exp.Expr, tables: Mapping[str, str], filled: Mapping[str, frozenset[str]]) -> bool:
    def recur(inner: exp.Expr) -> bool:
        return _can_be_true(inner, tables, filled)

    def is_null(inner: exp.Expr) -> bool:
        return _is_null(inner, tables, filled)

    if isinstance(node, exp.Paren):
        return recur(node.this)
    if isinstance(node, exp.And):
        return recur(node.left) and recur(node.right)
    if isinstance(node, exp.Or):
        return recur(node.left) or recur(node.right)
    if isinstance(node, exp.Exists):
        return _can_have_rows(node.this, tables, filled)
    if isinstance(node, exp.Not):
        denied = node.this.unnest()
        if isinstance(denied, exp.Is):
            return not (isinstance(denied.expression, exp.Null) and is_null(denied.this))
        return not is_null(denied)
    return not is_null(node)


def _is_null(node: exp.Expr, tables: Mapping[str, str], filled: Mapping[str, frozenset[str]]) -> bool:
    """Whether an expression is certainly NULL, in every row."""
    if isinstance(node, exp.Null):
        return True
    if isinstance(node, exp.Column):
        columns = filled.get(tables.get(node.table.casefold(), ""))
        if columns is None or node.name.startswith("_"):
            return False
        return node.name.casefold() not in _folded(columns)
    if isinstance(node, exp.In) and node.args.get("query"):
        return False  # IN is FALSE, and NOT IN is TRUE, of what has no rows
    if isinstance(node, exp.In):
        return _is_null(node.this, tables, filled)
    if isinstance(node, exp.Between):
        return _is_null(node.this, tables, filled)
    if isinstance(node, _STRICT):
        operands = [node.this, node.args.get("expression")]
        if any(isinstance(o, (exp.All, exp.Any)) for o in operands):
            return False  # compared with ALL of no rows, or not with ANY, even NULL is TRUE
        return any(isinstance(o, exp.Expr) and _is_null(o, tables, filled) for o in operands)
    return False


def _can_have_rows(query: exp.Expr, tables: Mapping[str, str], filled: Mapping[str, frozenset[str]]) -> bool:
    """Whether a subquery over one or several files can have a row: each that it is FROM must have one, and
    what it demands must be possible. Aggregates have a row in any case."""
    if not isinstance(query, exp.Select) or query.find(*_AGGREGATES) or query.args.get("with"):
        return True
    inner = dict(tables)
    source = query.args.get("from") or query.args.get("from_")
    if source is None:
        return True
    joins = query.args.get("joins") or []
    if any((join.side, join.kind) not in _PLAIN_JOINS for join in joins):
        return True
    for table in [source.this, *(join.this for join in joins)]:
        if not isinstance(table, exp.Table):
            return True
        inner[table.alias_or_name.casefold()] = table.name.casefold()
    demanded = [source.this, *(join.this for join in joins if not join.side)]
    if any(filled.get(table.name.casefold()) == frozenset() for table in demanded):
        return False
    where = query.args.get("where")
    return where is None or _can_be_true(where.this, inner, filled)
