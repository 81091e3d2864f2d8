"""`hearth report members` and `hearth report compare`, and how the flags of a report are shown.

They read the folder of a report that kept its tables; who may read the folder sees all that is in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from . import compare as comparing
from . import members as opening
from .bundle import BundleError
from .preflight import Flag

_out = Console()
_err = Console(stderr=True)
_SHOWN = 20
_FACTS = 8


def members(
    folder: Annotated[
        Path, typer.Argument(metavar="FOLDER", help="The folder of a report made with --keep.")
    ],
    file: Annotated[
        str,
        typer.Option(help="LSAReport, LSAPerson, LSAHousehold, LSAExit or LSACalculated.", metavar="FILE"),
    ],
    row: Annotated[
        int | None,
        typer.Option(help="The row, from 1 as in the CSV. Without it the rows are listed.", metavar="N"),
    ] = None,
    where: Annotated[
        list[str] | None,
        typer.Option(help="Rows with this value only; may be given again.", metavar="COLUMN=VALUE"),
    ] = None,
    limit: Annotated[int, typer.Option(help="How many are shown.", min=1)] = _SHOWN,
    offset: Annotated[int, typer.Option(help="How many are passed over.", min=0)] = 0,
) -> None:
    """The people behind a number: who they are, which enrollments and facts put them there.

    \b
    Examples:
      hearth report members lsa --file LSACalculated --where ReportRow=55 --where Universe=11
      hearth report members lsa --file LSAHousehold --row 12
    """
    with _said():
        if row is None:
            _rows(opening.rows(folder, file, _where(where or ()), limit=limit, offset=offset), file)
            return
        line = opening.row(folder, file, row)
        page = opening.members(folder, file, line.values, limit=limit, offset=offset)
        _say(f"{file} row {line.number}: {line.title}: {line.count:,}")
        _people(page)


def compare(
    before: Annotated[Path, typer.Argument(metavar="BEFORE", help="The folder of the earlier report.")],
    after: Annotated[Path, typer.Argument(metavar="AFTER", help="The folder of the later report.")],
    file: Annotated[
        str | None,
        typer.Option(help="Show the rows of this file that changed.", metavar="FILE", show_default=False),
    ] = None,
    people: Annotated[bool, typer.Option("--people", help="Show the people whose facts differ.")] = False,
    limit: Annotated[int, typer.Option(help="How many are shown.", min=1)] = _SHOWN,
    offset: Annotated[int, typer.Option(help="How many are passed over.", min=0)] = 0,
) -> None:
    """What differs between two reports of the same kind, both made with --keep: in numbers, rows and people.

    \b
    Examples:
      hearth report compare lsa-october lsa-november
      hearth report compare lsa-october lsa-november --file LSAHousehold
      hearth report compare lsa-october lsa-november --people --limit 50
    """
    with _said():
        if file is not None:
            _changed_rows(comparing.changed_rows(before, after, file, limit=limit, offset=offset))
        elif people:
            _changed_people(comparing.changed_people(before, after, limit=limit, offset=offset))
        else:
            _summary(comparing.compare(before, after))


def show_flags(flags: Sequence[Flag]) -> None:
    """What HDX will flag: a line for each kind, with the first of its projects or counts."""
    if not flags:
        _out.print("HDX should have nothing to flag.")
        return
    kinds: dict[str, list[Flag]] = {}
    for flag in flags:
        kinds.setdefault(flag.id, []).append(flag)
    table = _table("HDX will flag", ("Times", "right"), "What", "How to fix it")
    for raised in kinds.values():
        first = raised[0]
        style = "[bold red]error[/]" if first.severity == "error" else escape(first.severity)
        table.add_row(style, f"{len(raised):,}", escape(first.sentence), escape(first.remedy))
    _out.print(table)
    _say(f"{len(flags):,} flags; all of them are in flags.csv.")


@contextmanager
def _said() -> Iterator[None]:
    """Faults as one sentence, status 2."""
    try:
        yield
    except (BundleError, opening.NoSuchRow, comparing.NotComparable) as error:
        _err.print(escape(str(error)), highlight=False, soft_wrap=True)
        raise typer.Exit(2) from None


def _where(said: Iterable[str]) -> Mapping[str, str | None]:
    found: dict[str, str | None] = {}
    for one in said:
        column, equals, value = one.partition("=")
        if not equals:
            raise opening.NoSuchRow(f"Say {column}=VALUE, such as ReportRow=53.")
        found[column.strip()] = value.strip() or None
    return found


def _table(*columns: str | tuple[str, str]) -> Table:
    table = Table(box=None, pad_edge=False)
    for column in columns:
        label, side = (column, "left") if isinstance(column, str) else column
        table.add_column(label, justify="right" if side == "right" else "left", overflow="fold")
    return table


def _rows(found: opening.Rows, file: str) -> None:
    table = _table(("Row", "right"), ("Count", "right"), "What")
    for line in found.rows:
        table.add_row(f"{line.number}", f"{line.count:,}", escape(line.title))
    _out.print(table)
    _say(f"{len(found.rows):,} of {found.total:,} rows of {file}.")


def _people(page: opening.Page) -> None:
    for one in page.members:
        facts = [f"{fact.label}: {fact.meaning or fact.value or 'nothing'}" for fact in one.facts[:_FACTS]]
        if len(one.facts) > _FACTS:
            facts.append(f"and {len(one.facts) - _FACTS} more")
        what = "" if one.unit == "person" else f" ({one.unit})"
        _say(f"{one.personal_id}{what}: {one.why} Section {one.section}.")
        _say(f"  Enrollments: {' '.join(one.enrollment_ids)}")
        if facts:
            _say(f"  {'; '.join(facts)}")
    _say(f"{len(page.members):,} of {page.total:,}, which make {page.value:,}.")


def _say(line: str) -> None:
    _out.print(escape(line), highlight=False, soft_wrap=True)


def _summary(comparison: comparing.Comparison) -> None:
    for name, (old, new) in comparison.parameters.items():
        _say(f"{name}: {old} before, {new} after")
    _out.print("The input is the same." if comparison.same_input else "The inputs differ.")
    table = _table("File", ("Came", "right"), ("Went", "right"), ("Changed", "right"), ("Same", "right"))
    for one in comparison.files:
        table.add_row(one.name, *(f"{number:,}" for number in (one.came, one.went, one.changed, one.same)))
    _out.print(table)
    _say(f"Facts differ of {comparison.people:,} people.")


def _changed_rows(changes: comparing.RowChanges) -> None:
    table = _table(("Before", "right"), ("After", "right"), "What")
    for one in changes.rows:
        counts = ("" if number is None else f"{number:,}" for number in (one.before, one.after))
        table.add_row(*counts, escape(one.title))
    _out.print(table)
    _say(f"{len(changes.rows):,} of {changes.total:,} rows that differ.")


def _changed_people(changes: comparing.PeopleChanges) -> None:
    presence = {"came": " (after only)", "went": " (before only)", "both": ""}
    for one in changes.people:
        facts = [_change(fact) for fact in one.facts[:_FACTS]]
        if len(one.facts) > _FACTS:
            facts.append(f"and {len(one.facts) - _FACTS} more")
        _say(f"{one.personal_id}{presence[one.presence]}: {'; '.join(facts)}")
    _say(f"{len(changes.people):,} of {changes.total:,} people.")


def _change(fact: comparing.FactChange) -> str:
    what = f"{fact.label} ({fact.key})" if fact.key else fact.label
    old, new = (
        meaning or value or "nothing"
        for meaning, value in ((fact.before_meaning, fact.before), (fact.after_meaning, fact.after))
    )
    return f"{what}: {old} → {new}"
