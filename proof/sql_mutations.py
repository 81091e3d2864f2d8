"""SQL with one thing broken at a time, taken apart with SQLGlot.

| broken | into | |
|---|---|---|
| one side of an OR | FALSE | |
| one side of an AND, a `where`, the condition of a subquery, a join or a FILTER | TRUE | |
| one value of an IN | left out | |
| `<>`, unless it compares codes or identifiers | `<` and `>` | |
| `<` `<=` `>` `>=` | the same with or without the equal case | |
| BETWEEN | each of its two bounds alone | |
| one WHEN or the ELSE of a CASE | left out | |
| `coalesce(a, b)` | a | |
| `count(DISTINCT a)` | `count(a)` | |
| `=` | `<>` | steps |
| IN, EXISTS, IS NULL | their contrary | steps |
| BETWEEN | each of its two bounds left out of the interval | steps |
| LEFT JOIN, INNER JOIN | the other | steps |
| `min` `max` | the other | steps |
| `+` `-` | the other | steps |
| a whole number in a comparison or a sum | one more | steps |
| SELECT DISTINCT, UNION | with repeated rows | steps |

The last are for steps of reports alone: every one of the others is held by a case of the check that it breaks
(`tests/standards/mutations.py`).
"""

import re
from collections.abc import Callable, Iterator

from sqlglot import exp, parse_one

from proof.python_mutations import Mutation

_BOUNDARY: dict[type[exp.Expression], type[exp.Expression]] = {
    exp.LT: exp.LTE, exp.LTE: exp.LT, exp.GT: exp.GTE, exp.GTE: exp.GT,
}  # fmt: skip
_CODE = re.compile(r"\{[A-Za-z][^{}]*\}")  # codes and rules by name
_MARK = re.compile(r"\b_code_(\d+)\b")

Change = Callable[[exp.Expression], exp.Expression]


def changes(node: exp.Expression) -> Iterator[tuple[str, Change]]:
    """The ways to break one part of a condition."""
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


def _with(part: str, value: object) -> Change:
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


def step_mutations(text: str) -> Iterator[Mutation]:
    """Every way to break a step; its header stays. Codes by name are left whole."""
    header, select = _parts(text)
    if not select:  # made from another step
        return
    codes: list[str] = []

    def marked(match: re.Match[str]) -> str:
        codes.append(match[0])
        return f"_code_{len(codes) - 1}"

    tree = parse_one(_CODE.sub(marked, select), read="duckdb")

    def written(node: exp.Expression, pretty: bool = False) -> str:
        return _MARK.sub(
            lambda match: codes[int(match[1])], node.sql("duckdb", pretty=pretty, comments=False)
        )

    for number, node in enumerate(tree.walk()):
        for label, how in [*changes(node), *_changes_of_steps(node)]:

            def text(number: int = number, change: Change = how) -> str:
                copy = tree.copy()
                twin = next(one for position, one in enumerate(copy.walk()) if position == number)
                if twin is copy:
                    copy = change(twin)
                else:
                    twin.replace(change(twin))
                return f"{header}{written(copy, pretty=True)}\n"

            was, arrow, becomes = label.partition(" → ")
            said = (was if arrow else label).replace("…", written(node))
            cte = node.find_ancestor(exp.CTE)
            yield Mutation(
                where=cte.alias if cte else "SELECT",
                line=0,
                was=_MARK.sub(lambda match: codes[int(match[1])], said),
                becomes=_MARK.sub(lambda match: codes[int(match[1])], becomes or "so").replace(
                    "…", written(node)
                ),
                text=text,
            )


def as_parsed(text: str) -> str:
    """The step as SQLGlot writes it when nothing is broken: the tests have to pass with it."""
    header, select = _parts(text)
    if not select:
        return text
    codes = _CODE.findall(select)
    numbers = iter(range(len(codes)))
    tree = parse_one(_CODE.sub(lambda _: f"_code_{next(numbers)}", select), read="duckdb")
    plain = tree.sql("duckdb", pretty=True, comments=False)
    return header + _MARK.sub(lambda match: codes[int(match[1])], plain) + "\n"


def _parts(text: str) -> tuple[str, str]:
    lines = text.splitlines(keepends=True)
    end = next((number for number, line in enumerate(lines) if not line.startswith("--")), len(lines))
    return "".join(lines[:end]), "".join(lines[end:])


def _changes_of_steps(node: exp.Expression) -> Iterator[tuple[str, Change]]:
    match node:
        case exp.EQ() if not node.find_ancestor(exp.Join) or node.find_ancestor(exp.Where):
            yield "… → <>", lambda twin: exp.NEQ(this=twin.this, expression=twin.expression)
        case exp.In() | exp.Exists() | exp.Is():
            yield "… → NOT …", lambda twin: exp.paren(exp.not_(twin.copy()))
        case exp.Between():
            yield (
                "… → without its first",
                lambda twin: exp.and_(twin.this > twin.args["low"], twin.this <= twin.args["high"]),
            )
            yield (
                "… → without its last",
                lambda twin: exp.and_(twin.this >= twin.args["low"], twin.this < twin.args["high"]),
            )
        case exp.Join() if node.side == "LEFT":
            yield "… → INNER JOIN", _with("side", None)
        case exp.Join() if node.args.get("on") and not node.side:
            yield "… → LEFT JOIN", _with("side", "LEFT")
        case exp.Min():
            yield "… → max", lambda twin: exp.Max(this=twin.this)
        case exp.Max():
            yield "… → min", lambda twin: exp.Min(this=twin.this)
        case exp.Add():
            yield "… → -", lambda twin: exp.Sub(this=twin.this, expression=twin.expression)
        case exp.Sub():
            yield "… → +", lambda twin: exp.Add(this=twin.this, expression=twin.expression)
        case exp.Literal() if node.is_int and isinstance(node.parent, exp.Binary | exp.Between):
            yield (
                f"{node.sql()} → {int(node.name) + 1} in {node.parent.sql('duckdb')}",
                lambda twin: exp.Literal.number(int(twin.name) + 1),
            )
        case exp.Select() if node.args.get("distinct"):
            yield "SELECT DISTINCT → SELECT", _with("distinct", None)
        case exp.Union() if node.args.get("distinct"):
            yield "UNION → UNION ALL", _with("distinct", False)
