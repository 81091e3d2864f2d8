"""Python with one thing broken at a time.

| broken | into |
|---|---|
| `==` `!=`, `is` `is not`, `in` `not in` | the other |
| `<` `<=`, `>` `>=` | with or without the equal case |
| one side of an `and` or `or` | left out |
| `not a` | `a` |
| the condition of an `if`, `while` or `… if … else …`, where none of the above changes it | its contrary |
| `+` `-`, `*` `/`, `//` `%` | the other |
| a whole number | one more |
| `True` `False` | the other |
| `return a` | `return None` |
| `raise`, `del`, a call whose value nobody uses, `continue`, `break` | left out |
| a decorator with arguments | left out |
| `min` `max`, `any` `all` | the other |

Texts, annotations, documentation and logging are left as they are: nobody decides by them. What stands in an
f-string is, too: Python 3.11 does not know its place.
"""

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass

_COMPARED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Eq: ast.NotEq, ast.NotEq: ast.Eq, ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt,
    ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In,
}  # fmt: skip
_COUNTED: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.FloorDiv: ast.Mod,
    ast.Mod: ast.FloorDiv,
}  # fmt: skip
_CALLED = {"min": "max", "max": "min", "any": "all", "all": "any"}
_CHANGED_ITSELF = (ast.Compare, ast.BoolOp, ast.UnaryOp)
_LOGS = ("log", "logger", "logging", "structlog")


@dataclass(frozen=True)
class Mutation:
    """`text` makes the whole file with `was`, at `line` of the function `where`, broken into `becomes`."""

    where: str
    line: int
    was: str
    becomes: str
    text: Callable[[], str]


def mutations(text: str) -> Iterator[Mutation]:
    """Every way to break the module, in the order of its lines."""
    lines = text.encode().splitlines(keepends=True)
    starts = [0]
    for one in lines:
        starts.append(starts[-1] + len(one))
    source = text.encode()
    for where, node, becomes in _broken(ast.parse(text), ""):
        begin = starts[node.lineno - 1] + node.col_offset
        end = starts[node.end_lineno - 1] + node.end_col_offset
        if isinstance(becomes, str):
            new = becomes
        else:
            new = ast.unparse(becomes)
            if isinstance(becomes, ast.expr):
                new = f"({new})"
        if becomes == "" and isinstance(node, ast.expr):  # a decorator, with what marks it
            begin = source.rindex(b"@", 0, begin)
        was = " ".join(source[begin:end].decode().split())
        made = (source[:begin] + new.encode() + source[end:]).decode()
        yield Mutation(where, node.lineno, was, " ".join(new.split()) or "nothing", lambda made=made: made)


def _broken(
    node: ast.AST, where: str
) -> Iterator[tuple[str, ast.expr | ast.stmt, ast.expr | ast.stmt | str]]:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        where = f"{where}.{node.name}".strip(".")
        for decorator in node.decorator_list:
            if isinstance(decorator, ast.Call) and not _is_dataclass(decorator):
                yield where, decorator, ""
    for change in _changes(node):
        # A change is of the kind of its node, which the types of a tuple cannot say.
        yield where, node, change  # type: ignore[misc]
    if isinstance(node, ast.If | ast.While | ast.IfExp) and not isinstance(node.test, _CHANGED_ITSELF):
        yield where, node.test, ast.UnaryOp(ast.Not(), node.test)
    for field, value in ast.iter_fields(node):
        if field in ("annotation", "returns", "decorator_list", "format_spec"):
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST) and not _is_left(child):
                yield from _broken(child, where)


def _is_dataclass(call: ast.Call) -> bool:
    return ast.unparse(call.func).split(".")[-1] == "dataclass"


def _is_left(node: ast.AST) -> bool:
    match node:
        case ast.JoinedStr():
            return True
        case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Name(id=name)))) if name in _LOGS:
            return True
        case ast.If(test=ast.Name(id="TYPE_CHECKING")) | ast.If(test=ast.Attribute(attr="TYPE_CHECKING")):
            return True
    return False


def _changes(node: ast.AST) -> Iterator[ast.expr | ast.stmt | str]:
    match node:
        case ast.Compare(left=left, ops=ops, comparators=others):
            for at, operator in enumerate(ops):
                if other := _COMPARED.get(type(operator)):
                    yield ast.Compare(left, [*ops[:at], other(), *ops[at + 1 :]], others)
        case ast.BoolOp(op=operator, values=values):
            for at in range(len(values)):
                rest = [*values[:at], *values[at + 1 :]]
                yield rest[0] if len(rest) == 1 else ast.BoolOp(operator, rest)
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            yield operand
        case ast.BinOp(left=left, op=operator, right=right) if type(operator) in _COUNTED:
            if not (_is_text(left) or _is_text(right)):
                yield ast.BinOp(left, _COUNTED[type(operator)](), right)
        case ast.Constant(value=bool(value)):
            yield str(not value)
        case ast.Constant(value=int(value)):
            yield str(value + 1)
        case ast.Call(func=ast.Name(id=name), args=arguments, keywords=keywords) if name in _CALLED:
            yield ast.Call(ast.Name(_CALLED[name]), arguments, keywords)
        case ast.Return(value=value) if value is not None and not _is_none(value):
            yield "return None"
        case ast.Raise() | ast.Delete() | ast.Continue() | ast.Break() | ast.Expr(value=ast.Call()):
            yield "pass"


def _is_text(node: ast.AST) -> bool:
    return isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str))


def _is_none(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and node.value is None
