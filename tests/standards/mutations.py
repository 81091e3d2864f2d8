"""Predicates with one branch broken at a time, to see whether a case notices.

A predicate is taken apart with SQLGlot. What stands in it as `{condition}` or `{asked 4.02}` is left whole:
shared conditions have cases of their own, and who is asked has a test of its own.

What is broken says `proof.sql_mutations.changes`; and each column of `per` is left out once.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from sqlglot import exp, parse_one

from hearth.standards import Check
from proof.sql_mutations import changes

_WHOLE = re.compile(r"\{(?:asked [^{}]+|[a-z_]+)\}")
_MARK = re.compile(r"\b_whole_(\d+)\b")


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
        for label, change in changes(node):
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
