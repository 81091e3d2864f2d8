"""Predicates with one branch broken at a time, to see whether a case notices.

A predicate is taken apart with SQLGlot. What stands in it as `{condition}` or `{asked 4.02}` is left whole:
shared conditions have cases of their own, and who is asked has a test of its own.

| broken | into |
|---|---|
| one side of an OR | FALSE |
| one side of an AND, a `where`, the condition of a subquery, a join or a FILTER | TRUE |
| one value of an IN | left out |
| `<>`, unless it compares codes or identifiers | `<` and `>` |
| `<` `<=` `>` `>=` | the same with or without the equal case |
| BETWEEN | each of its two bounds alone |
| one WHEN or the ELSE of a CASE | left out |
| `coalesce(a, b)` | a |
| `count(DISTINCT a)` | `count(a)` |
| one column of `per` | left out |
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from sqlglot import exp, parse_one

from hearth.standards import Check

_WHOLE = re.compile(r"\{(?:asked [^{}]+|[a-z_]+)\}")
_MARK = re.compile(r"\b_whole_(\d+)\b")
_BOUNDARY: dict[type[exp.Expression], type[exp.Expression]] = {
    exp.LT: exp.LTE, exp.LTE: exp.LT, exp.GT: exp.GTE, exp.GTE: exp.GT,
}  # fmt: skip


@dataclass(frozen=True)
class Predicate:
    """The predicate of a check as it is written, and what its `{…}` stand for."""

    check: Check
    where: str | None
    violates: str
    expand: Callable[[str], str]


@dataclass(frozen=True)
class Broken:
    """A check with one branch broken, and what was done in words."""

    check: Check
    what: str


def broken(predicate: Predicate) -> Iterator[Broken]:
    """Every way to break the predicate."""
    check = predicate.check
    if predicate.where:
        for what, sql in _broken_text(predicate.where, predicate.expand, is_filter=True):
            yield Broken(replace(check, where=sql), f"where: {what}")
    for what, sql in _broken_text(predicate.violates, predicate.expand, is_filter=False):
        yield Broken(replace(check, violates=sql), what)
    for column in check.per:
        # All rows of a case agree in this one.
        per = tuple("DateDeleted" if one == column else one for one in check.per)
        yield Broken(replace(check, per=per), f"per: without {column}")


def _broken_text(text: str, expand: Callable[[str], str], is_filter: bool) -> Iterator[tuple[str, str]]:
    wholes: list[str] = []

    def marked(match: re.Match[str]) -> str:
        wholes.append(match[0])
        return f"_whole_{len(wholes) - 1}"

    tree = parse_one(_WHOLE.sub(marked, text), read="duckdb")

    def written(node: exp.Expression, put: Callable[[str], str]) -> str:
        return _MARK.sub(lambda match: put(wholes[int(match[1])]), node.sql("duckdb"))

    if is_filter:
        yield "nothing", "TRUE"
    for number, node in enumerate(tree.walk()):
        for label, change in _changes(node):
            copy = tree.copy()
            twin = next(one for position, one in enumerate(copy.walk()) if position == number)
            changed = change(twin)
            if twin is copy:
                copy = changed
            else:
                twin.replace(changed)
            yield (
                label.replace("…", written(node, str)),
                written(copy, lambda whole: f"({expand(whole)})"),
            )


Change = tuple[str, Callable[[exp.Expression], exp.Expression]]


def _changes(node: exp.Expression) -> Iterator[Change]:
    match node:
        case exp.And() | exp.Or():
            neutral = exp.true() if isinstance(node, exp.And) else exp.false()
            for side in ("this", "expression"):
                operand = node.args[side]
                if not isinstance(operand.unnest(), type(node)):
                    yield f"{operand.sql('duckdb')} → {neutral.sql()} in …", _with(side, neutral)
        case exp.Where() if not isinstance(node.this, exp.And):
            yield "… → WHERE TRUE", _with("this", exp.true())
        case exp.Join() if node.args.get("on"):
            yield "… ON TRUE", _with("on", exp.true())
        case exp.In() if len(node.expressions) > 1:
            for position, value in enumerate(node.expressions):
                rest = [one for at, one in enumerate(node.expressions) if at != position]
                yield f"{value.sql('duckdb')} left out of …", _with("expressions", rest)
        case exp.NEQ() if not _has_no_order(node):
            yield "… only when less", lambda twin: exp.LT(this=twin.this, expression=twin.expression)
            yield "… only when more", lambda twin: exp.GT(this=twin.this, expression=twin.expression)
        case exp.LT() | exp.LTE() | exp.GT() | exp.GTE():
            other = _BOUNDARY[type(node)]
            yield (
                "… with its equal case changed",
                lambda twin: other(this=twin.this, expression=twin.expression),
            )
        case exp.Between():
            yield "… without its end", lambda twin: exp.GTE(this=twin.this, expression=twin.args["low"])
            yield "… without its start", lambda twin: exp.LTE(this=twin.this, expression=twin.args["high"])
        case exp.Case():
            for position, branch in enumerate(node.args["ifs"]):
                rest = [one for at, one in enumerate(node.args["ifs"]) if at != position]
                if rest:
                    yield f"{branch.sql('duckdb')} left out of …", _with("ifs", rest)
            if node.args.get("default"):
                yield "ELSE left out of …", _with("default", None)
        case exp.Coalesce():
            yield "… → its first", lambda twin: twin.this
        case exp.Distinct() if isinstance(node.parent, exp.Count):
            yield "… without DISTINCT", lambda twin: twin.expressions[0]


def _with(part: str, value: object) -> Callable[[exp.Expression], exp.Expression]:
    def change(twin: exp.Expression) -> exp.Expression:
        made = twin.copy()
        made.set(part, [one.copy() for one in value] if isinstance(value, list) else value)
        return made

    return change


def _has_no_order(node: exp.NEQ) -> bool:
    """Codes and identifiers are the same or not; that one is less says nothing."""
    sides = (node.this.unnest(), node.expression.unnest())
    columns = [one for one in sides if isinstance(one, exp.Column)]
    if any(isinstance(one, exp.Literal) for one in sides):
        return bool(columns)
    return len(columns) == 2 and all(one.name.endswith("ID") for one in columns)
