"""`hearth report members` and `hearth report compare`, and how the flags of a report are shown.

They read the folder of a report that kept its tables; who may read the folder sees all that is in it. What
opens numbers is loaded when it is asked for: making a report shows flags alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from hearth.arguments import given_path
from hearth.reporting import engine
from hearth.reporting.runtime.flags import Flag, not_checked
from hearth.reporting.runtime.report import Report

if TYPE_CHECKING:
    from . import compare as comparing
    from . import members as opening

_out = Console()
_err = Console(stderr=True)
_SHOWN = 20
_FACTS = 8


def members(
    folder: Annotated[
        Path,
        typer.Argument(metavar="FOLDER", parser=given_path, help="The folder of a report made with --keep."),
    ],
    file: Annotated[
        str | None,
        typer.Option(
            help="The file in which the number stands, such as LSAPerson.",
            metavar="FILE",
            show_default=False,
        ),
    ] = None,
    row: Annotated[
        int | None,
        typer.Option(help="The row, from 1 as in the CSV. Without it the rows are listed.", metavar="N"),
    ] = None,
    flag: Annotated[
        int | None,
        typer.Option(
            help="Instead of a row: the people of this flag, by its number in flags.csv.",
            metavar="N",
            show_default=False,
        ),
    ] = None,
    where: Annotated[
        list[str] | None,
        typer.Option(help="Rows with this value only; may be given again.", metavar="COLUMN=VALUE"),
    ] = None,
    limit: Annotated[int, typer.Option(help="How many are shown.", min=1)] = _SHOWN,
    offset: Annotated[int, typer.Option(help="How many are passed over.", min=0)] = 0,
) -> None:
    """The people behind a number or a flag: who they are, which enrollments and facts put them there.

    \b
    Examples:
      hearth report members lsa --file LSACalculated --where ReportRow=55 --where Universe=11
      hearth report members lsa --file LSAHousehold --row 12
      hearth report members lsa --flag 3
    """
    from . import members as opening
    from .bundle import record_of, report_of
    from .rows import opened_file

    with _said():
        if (file is None) is (flag is None):
            raise opening.NoSuchRow(
                "Say either with --file in which file the number stands, or with --flag which flag."
            )
        if flag is not None:
            _flagged(folder, flag, limit, offset)
            return
        assert file is not None
        opened_file(report_of(record_of(folder)), file)
        if row is None:
            _rows(opening.rows(folder, file, _where(where or ()), limit=limit, offset=offset), file)
            return
        line = opening.row(folder, file, row)
        page = opening.members(folder, file, line.values, limit=limit, offset=offset)
        _say(f"{file} row {line.number}: {line.title}: {line.count:,}")
        _people(page)


def compare(
    before: Annotated[
        Path, typer.Argument(metavar="BEFORE", parser=given_path, help="The folder of the earlier report.")
    ],
    after: Annotated[
        Path, typer.Argument(metavar="AFTER", parser=given_path, help="The folder of the later report.")
    ],
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
    from . import compare as comparing

    with _said():
        if file is not None:
            _changed_rows(comparing.changed_rows(before, after, file, limit=limit, offset=offset))
        elif people:
            _changed_people(comparing.changed_people(before, after, limit=limit, offset=offset))
        else:
            _summary(comparing.compare(before, after))


def show_flags(report: Report, flags: Sequence[Flag], *, every: bool = False) -> None:
    """What HDX will flag: a line for each kind, with the first of its projects or counts; with `every`, all
    of them. And how much of HUD's list is not looked for."""
    if flags:
        (_all_flags if every else _kinds_of_flags)(flags)
    else:
        _out.print("HDX should have nothing to flag.")
    left = not_checked(report)
    _say(f"Not checked: {sum(len(one.numbers) for one in left):,} other flags of HUD's list.")
    for one in left:
        _say(f"  {len(one.numbers):,}: {one.why}")


def _kinds_of_flags(flags: Sequence[Flag]) -> None:
    table = _table("HDX 2.0 data quality flags", ("Times", "right"), "What", "How to fix it")
    for raised in _by_kind(flags):
        first = raised[0]
        style = "[bold red]error[/]" if first.severity == "error" else escape(first.severity)
        table.add_row(style, f"{len(raised):,}", escape(first.sentence), escape(first.remedy))
    _out.print(table)
    _say(f"{len(flags):,} flags; all of them are in flags.csv.")


def _all_flags(flags: Sequence[Flag]) -> None:
    for raised in _by_kind(flags):
        first = raised[0]
        numbers = sorted({number for one in raised for number in one.hdx})
        years = " and ".join(map(str, sorted({year for one in raised for year in one.years})))
        _out.print(
            f"[bold]{first.severity}[/] {escape(first.file)} (HUD {', '.join(map(str, numbers))};"
            f" list of {years})",
            highlight=False,
            soft_wrap=True,
        )
        for one in raised:
            _say(f"  {one.sentence}")
        _say(f"  → {first.remedy}")
    _say(f"{len(flags):,} flags.")


def _by_kind(flags: Sequence[Flag]) -> list[list[Flag]]:
    kinds: dict[tuple[str, str], list[Flag]] = {}
    for flag in flags:
        kinds.setdefault((flag.severity, flag.id), []).append(flag)
    return list(kinds.values())


def _flagged(folder: Path, number: int, limit: int, offset: int) -> None:
    """The people of the flag of that number."""
    from . import members as opening

    raised = opening.flags(folder)
    if not 0 < number <= len(raised):
        raise opening.NoSuchRow(f"This report has {len(raised):,} flags; there is no flag {number}.")
    flag = raised[number - 1]
    page = opening.flagged(folder, flag, limit=limit, offset=offset)
    _say(f"{flag.severity} of {flag.list_said}: {flag.sentence}")
    if flag.has_people:
        _people(page)
    else:
        _say("This flag is about no people: " + flag.remedy)


@contextmanager
def _said() -> Iterator[None]:
    """Faults as one sentence, status 2; Ctrl-C as one, status 130."""
    from .bundle import BundleError
    from .compare import NotComparable
    from .rows import NoSuchRow

    try:
        yield
    except (BundleError, NoSuchRow, NotComparable) as error:
        _err.print(escape(str(error)), highlight=False, soft_wrap=True)
        raise typer.Exit(2) from None
    except engine.OutOfMemory:
        _err.print("This report needs more memory to be opened than there is.")
        raise typer.Exit(2) from None
    except KeyboardInterrupt:
        _err.print("Cancelled.")
        raise typer.Exit(130) from None


def _where(said: Iterable[str]) -> Mapping[str, str | None]:
    from .rows import NoSuchRow

    found: dict[str, str | None] = {}
    for one in said:
        column, equals, value = one.partition("=")
        if not equals:
            raise NoSuchRow(f"Say {column}=VALUE, such as ReportRow=53.")
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
    for notice in comparison.notices:
        _out.print(f"[bold yellow]{escape(notice)}[/]", highlight=False, soft_wrap=True)
    for name, (old, new) in comparison.parameters.items():
        _say(f"{name}: {old} before, {new} after")
    _out.print("The input is the same." if comparison.same_input else "The inputs differ.")
    table = _table("Figure", ("Before", "right"), ("After", "right"), ("Change", "right"))
    for figure in comparison.headline:
        change = f"{figure.change:+,}" if figure.change else "–"
        table.add_row(
            escape(figure.label),
            _part(figure.before, figure.of_before),
            _part(figure.after, figure.of_after),
            change,
        )
    _out.print(table)
    table = _table(
        "File", ("Added", "right"), ("Removed", "right"), ("Changed", "right"), ("Unchanged", "right")
    )
    for one in comparison.files:
        table.add_row(one.name, *(f"{number:,}" for number in (one.came, one.went, one.changed, one.same)))
    _out.print(table)
    _say(f"Facts differ of {comparison.people:,} people.")
    causes = comparison.causes
    for count, what in (
        (causes.corrected, "an answer or a date was corrected"),
        (causes.added, "a record is new"),
        (causes.removed, "a record is gone"),
        (
            causes.others,
            "nothing of their own records differs: others of the household, a project or the period do",
        ),
        (causes.without_effect, "what was recorded differs, and no figure; see why with --people"),
    ):
        if count:
            _say(f"  {count:,}: {what}")


def _part(number: int, whole: int | None) -> str:
    return f"{number:,} ({100 * number / whole:.1f}%)" if whole else f"{number:,}"


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
        for why in one.unchanged:
            _say(f"  {why}")
    _say(f"{len(changes.people):,} of {changes.total:,} people.")


def _change(fact: comparing.FactChange) -> str:
    what = f"{fact.label} ({fact.key})" if fact.key else fact.label
    old, new = (
        meaning or value or "nothing"
        for meaning, value in ((fact.before_meaning, fact.before), (fact.after_meaning, fact.after))
    )
    return f"{what}: {old} → {new}"
