"""The rows that a step counted, from the step itself, so that a rule stands once.

A step that counts ends in one aggregating SELECT over rows of people, households or stays, and names in
its header the columns by which such a row can be found again:

    -- Members: s.PersonalID, h.HHType AS HouseholdType
    SELECT count(DISTINCT s.PersonalID) AS Value, t.HHType FROM … GROUP BY t.HHType

`opened(step)` takes the aggregate away: the same FROM, WHERE and dimensions, but a row for each row counted,
with the member columns beside the dimensions; and it keeps the aggregate as an expression over those columns:

    SELECT t.HHType AS HHType, s.PersonalID AS PersonalID FROM …
    measures: {"Value": "COUNT(DISTINCT PersonalID)"}

So `SELECT <dimensions>, <measures> FROM (<rows>) GROUP BY <dimensions>` is the step's own table.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import sqlglot
from sqlglot import exp

from hearth.reporting.engine import name

from .plan import DIALECT, PlanError, Step

_ENDS = ("having", "qualify", "distinct", "limit", "order", "offset")


@dataclass(frozen=True, slots=True)
class Opened:
    """A step without its aggregate. `rows` is a SELECT of `dimensions` and `columns` (those of the members);
    `measures` are the step's aggregates, by name, over `columns`."""

    rows: str
    dimensions: tuple[str, ...]
    columns: tuple[str, ...]
    measures: Mapping[str, str]

    def regrouped(self) -> str:
        """The step's table, computed from the rows."""
        dimensions = ", ".join(name(one) for one in self.dimensions)
        measures = ", ".join(f"{sql} AS {name(one)}" for one, sql in self.measures.items())
        return f"SELECT {dimensions}, {measures} FROM ({self.rows}) AS counted GROUP BY {dimensions}"


def opened(step: Step) -> Opened:
    """Take the aggregate away. Raises `PlanError` when the step is not of the form that the module names."""
    tree = sqlglot.parse_one(step.sql, dialect=DIALECT)
    if not step.members:
        raise PlanError(f"{step.name}: the header names no members.")
    if not isinstance(tree, exp.Select) or any(tree.args.get(one) for one in _ENDS):
        raise PlanError(f"{step.name}: only a plain SELECT with GROUP BY can be opened.")
    listed = sqlglot.parse_one(f"SELECT {step.members}", dialect=DIALECT)
    members = {str(one.alias_or_name): one for one in listed.expressions}
    by_source = {_source(one): column for column, one in members.items()}
    dimensions: dict[str, exp.Expression] = {}
    measures: dict[str, str] = {}
    for one in tree.expressions:
        if any(True for _ in one.find_all(exp.AggFunc)):
            measures[one.alias_or_name] = _over_members(step, one.unalias(), by_source)
        else:
            dimensions[one.alias_or_name] = one
    both = sorted({one.casefold() for one in dimensions} & {one.casefold() for one in members})
    if both:
        raise PlanError(f"{step.name}: a member and a dimension share the name {both[0]}; give one an alias.")
    if not measures:
        raise PlanError(f"{step.name} counts nothing.")
    rows = tree.copy()
    rows.set("group", None)
    chosen = [
        exp.alias_(one.unalias().copy(), column, quoted=True)
        for column, one in (dimensions | members).items()
    ]
    rows.set("expressions", chosen)
    return Opened(rows.sql(dialect=DIALECT, comments=False), tuple(dimensions), tuple(members), measures)


def _source(one: exp.Expression) -> str:
    return one.unalias().sql(dialect=DIALECT).casefold()


def _over_members(step: Step, aggregate: exp.Expression, by_source: Mapping[str, str]) -> str:
    """The aggregate with the member columns' names for what it reads."""

    def named(node: exp.Expression) -> exp.Expression:
        if not isinstance(node, exp.Column):
            return node
        column = by_source.get(_source(node))
        if column is None:
            raise PlanError(
                f"{step.name} counts by {node.sql(dialect=DIALECT)}, which is no member column of its header."
            )
        return exp.column(column, quoted=True)

    return aggregate.copy().transform(named).sql(dialect=DIALECT)
