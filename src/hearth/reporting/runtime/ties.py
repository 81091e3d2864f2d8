"""Ties that no value decides: which record counts where several are alike in all that orders them.

The key breaks such a tie: an order without a meaning, so that the same records give the same report. It is
HUD's key, in the order of its text. A step whose window is ordered by a key declares each such window:

    -- Ties: exits of one enrollment on one day: numbered.Number per EnrollmentID
    --   by Destination, DestinationSubsidyType; stays before another: prior.Number by nothing

First in words what is alike; then the CTE (or the step itself) and the column that the window gives; of what
each is one tie (`per`, else of each partition); and `by` what the chosen record is used for: a tie of records
that are alike in that, too, decides nothing and is not counted. `nothing` is said where only values of the
order itself are used. `ties` of report.yaml says in which table of the report a column must be to count.

`counting(steps)` are further steps that count them, for any runner; `found` reads what they found.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hearth.reporting import engine
from hearth.reporting.engine import Connection, name

from .plan import DIALECT, PlanError, Step, Tie

if TYPE_CHECKING:
    from sqlglot import exp

_KEY = re.compile(r"[A-Za-z]\w*ID")
_DECLARED = re.compile(
    r"(?P<words>[^:]+): (?P<cte>\w+)\.(?P<column>\w+)(?: per (?P<per>[\w.]+))?"
    r" by (?P<taken>.+)"
)
_SUFFIX = "_ties"
#: Aggregates that take one row of several: of equal ones it is not said which.
_TAKES_ANY = ("ArgMin", "ArgMax", "First", "Last", "FirstValue", "LastValue", "NthValue", "AnyValue")


@dataclass(frozen=True, slots=True)
class Ties:
    """How many ties of a kind the order of keys decided."""

    words: str
    number: int


def declared(file: str, step: str, said: str, tree: exp.Query) -> tuple[Tie, ...]:
    """The ties that a header declares (`said`), compared with the step's windows. Raises `PlanError`."""
    from sqlglot import exp

    windows = _windows_by_key(file, step, tree)
    found = []
    for one in (part.strip() for part in said.split(";") if part.strip()):
        match = _DECLARED.fullmatch(one)
        if match is None:
            raise PlanError(f"{file}: the header's tie '{one}' is not of the form that `ties` names.")
        window = windows.pop((match["cte"], match["column"]), None)
        if window is None:
            raise PlanError(
                f"{file}: no window {match['cte']}.{match['column']} is ordered by a key, as the header says."
            )
        if match["taken"] != "nothing":
            found.append(_tie(file, tree, window, match))
    if windows:
        listed = ", ".join(f"{cte}.{column}" for cte, column in sorted(windows))
        raise PlanError(
            f"{file}: a key decides ties in {listed}; say under 'Ties' of what, and by what it matters."
        )
    for node in tree.walk():
        if type(node).__name__ in _TAKES_ANY:
            raise PlanError(
                f"{file}: {node.sql(dialect=DIALECT)} takes one of equal rows without saying which;"
                " number the rows and take the first."
            )
        if isinstance(node, exp.RowNumber) and not _ends_in_key(node):
            raise PlanError(f"{file}: row_number() of equal rows is not said: let its ORDER BY end in a key.")
    return tuple(found)


def counting(steps: Sequence[Step], matter: Mapping[str, str]) -> list[Step]:
    """Steps that find the ties of these steps, to be computed after them: Tie (its number in the header, of
    those that may decide something), One. `matter`: column of `per` → the table in which One must be, where
    these steps make it."""
    there = {step.name.casefold() for step in steps}
    return [
        _counting(step, {of: table for of, table in matter.items() if table.casefold() in there})
        for step in steps
        if step.ties
    ]


def found(connection: Connection, steps: Iterable[Step]) -> tuple[Ties, ...]:
    """What was found by the steps of `counting` for these steps, in their order; none are told, too."""
    said = []
    for step in steps:
        if not step.ties:
            continue
        counts = dict(
            engine.rows(
                connection,
                f"SELECT Tie, count(DISTINCT One) FROM {name(step.name + _SUFFIX)} GROUP BY Tie",
            )
        )
        said += [Ties(tie.words, int(counts.get(number, 0))) for number, tie in enumerate(step.ties)]
    return tuple(said)


def tables(steps: Iterable[Step]) -> set[str]:
    """The tables of `counting`."""
    return {step.name + _SUFFIX for step in steps if step.ties}


def _counting(step: Step, matter: Mapping[str, str]) -> Step:
    ctes: dict[str, None] = {}
    parts, inputs = [], list(step.inputs)
    for number, tie in enumerate(step.ties):
        ctes |= dict.fromkeys((*tie.before, f"tied_{number} AS (\n{tie.rows}\n)"))
        part = (
            f"SELECT {number} AS Tie, One FROM tied_{number} WHERE Place = 1"
            f" GROUP BY {tie.groups} HAVING {tie.differ}"
        )
        if table := matter.get(tie.per):
            among = f"SELECT CAST({tie.per} AS VARCHAR) FROM {table}"
            part = f"SELECT Tie, One FROM ({part}) AS alike_{number} WHERE One IN ({among})"
            inputs.append(table)
        parts.append(part)
    columns = frozenset(column for tie in step.ties for column in (*tie.columns, tie.per))
    return Step(
        step.name + _SUFFIX,
        f"WITH {', '.join(ctes)}\n" + "\nUNION ALL\n".join(parts),
        step.section,
        "one row per tie that no value decides",
        tuple(dict.fromkeys(inputs)),
        columns=columns - {""},
    )


def _windows_by_key(file: str, step: str, tree: exp.Query) -> dict[tuple[str, str], exp.Window]:
    """CTE (or step) and column → the window that gives it, of all that are ordered by a key."""
    from sqlglot import exp

    windows: dict[tuple[str, str], exp.Window] = {}
    for window in tree.find_all(exp.Window):
        if not any(_is_key(one) for one in _order(window)):
            continue
        where = (_cte_of(window, step), _column_of(window))
        if where in windows:
            raise PlanError(
                f"{file}: two windows of {'.'.join(where)} are ordered by keys; give each a column."
            )
        windows[where] = window
    return windows


def _order(window: exp.Window) -> list[exp.Expression]:
    order = window.args.get("order")
    return list(order.expressions) if order is not None else []


def _is_key(ordered: exp.Expression) -> bool:
    from sqlglot import exp

    return isinstance(ordered.this, exp.Column) and _KEY.fullmatch(ordered.this.name) is not None


def _ends_in_key(numbered: exp.Expression) -> bool:
    from sqlglot import exp

    window = numbered.find_ancestor(exp.Window)
    order = _order(window) if window is not None else []
    return bool(order) and _is_key(order[-1])


def _cte_of(node: exp.Expression, step: str) -> str:
    from sqlglot import exp

    cte = node.find_ancestor(exp.CTE)
    return step if cte is None else str(cte.alias)


def _column_of(window: exp.Window) -> str:
    """The column of the SELECT that the window is in; the window's own name where columns share it."""
    from sqlglot import exp

    node: exp.Expr = window
    while node.parent is not None and not isinstance(node.parent, exp.Select):
        node = node.parent
    return str(node.alias_or_name)


def _tie(file: str, tree: exp.Query, window: exp.Window, said: re.Match[str]) -> Tie:
    """What finds the ties of a window."""
    import sqlglot
    from sqlglot import exp

    body = window.find_ancestor(exp.Select)
    is_there = said["cte"] in {one.alias for one in tree.ctes} or window.find_ancestor(exp.CTE) is None
    if body is None or body.args.get("group") or window.args.get("alias") or not is_there:
        raise PlanError(
            f"{file}: ties of {said['cte']}.{said['column']} cannot be counted: number rows in a CTE of the"
            " step, without GROUP BY."
        )
    partition = [one.copy() for one in window.args.get("partition_by") or ()]
    per = (
        sqlglot.parse_one(f"SELECT {said['per']}", dialect=DIALECT).expressions if said["per"] else partition
    )
    taken = sqlglot.parse_one(f"SELECT {said['taken']}", dialect=DIALECT).expressions
    values = [one.copy() for one in _order(window) if not _is_key(one)]
    place: exp.Expr = exp.Literal.number(1)
    if values:
        place = exp.Window(
            this=exp.Anonymous(this="rank"),
            partition_by=[one.copy() for one in partition],
            order=exp.Order(expressions=values),
        )
    texts = [f"coalesce(CAST({one.sql(dialect=DIALECT)} AS VARCHAR), '')" for one in per]
    chosen = [
        exp.alias_(sqlglot.parse_one(" || '|' || ".join(texts) or "''", dialect=DIALECT), "One"),
        *(exp.alias_(one.copy(), f"p{number}") for number, one in enumerate(partition)),
        *(exp.alias_(one.unalias().copy(), f"t{number}") for number, one in enumerate(taken)),
        exp.alias_(place, "Place"),
    ]
    rows = body.copy()
    for part in ("with", "with_", "windows", "qualify", "distinct", "order", "limit"):
        rows.set(part, None)
    rows.set("expressions", chosen)
    differ = " OR ".join(
        f"count(DISTINCT t{number}) + max(CASE WHEN t{number} IS NULL THEN 1 ELSE 0 END) > 1"
        for number, _ in enumerate(taken)
    )
    before = list(_ctes_before(tree, said["cte"]))
    read = [*rows.find_all(exp.Column), *(column for one in before for column in one.find_all(exp.Column))]
    return Tie(
        said["words"].strip(),
        tuple(one.sql(dialect=DIALECT, comments=False) for one in before),
        rows.sql(dialect=DIALECT, comments=False),
        ", ".join(["One", *(f"p{number}" for number, _ in enumerate(partition))]),
        differ,
        (said["per"] or "").rpartition(".")[2],
        tuple(sorted({column.name for column in read})),
    )


def _ctes_before(tree: exp.Query, cte: str) -> Iterator[exp.CTE]:
    """The CTEs that the one of this name can read; all of them for the step itself."""
    for one in tree.ctes:
        if one.alias == cte:
            return
        yield one
