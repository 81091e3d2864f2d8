"""Definitions on the terminal, as Rich tables."""

from collections.abc import Iterable, Iterator
from itertools import groupby

from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from hearth.standards import definitions
from hearth.standards.diff import ADDED, REMOVED, Change
from hearth.standards.element import Element
from hearth.standards.find import Found
from hearth.standards.form import Question
from hearth.standards.load import Registry
from hearth.standards.model import Check, Column, File, List

_MARKS = {ADDED: Text("+ added", "green"), REMOVED: Text("- removed", "red")}


def of(registry: Registry, found: Found) -> RenderableType:
    """One definition with all that belongs to it."""
    parts = [_lines(found), *_further(registry, found)]
    where = f"src/hearth/standards/{found.at}"
    return Panel(
        Group(*parts),
        title=Text(_title(registry, found), "bold"),
        subtitle=Text(where, "dim"),
        padding=(0, 1),
    )


def of_questions(asked: Iterable[Question]) -> RenderableType:
    """What a form asks: each element with the requirements it is asked for, and below its fields."""
    parts: list[RenderableType] = []
    for (number, name), fields in groupby(asked, key=lambda one: (one.element.number, one.element.name)):
        table = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
        for index, one in enumerate(fields):
            if not index:
                because = [f"{definitions.program_words(why)} ({why.at})" for why in one.why]
                parts.append(
                    Text(f"{number} {name}", "bold") + Text(f"  {', '.join(because)}", "dim not bold")
                )
            said = [f"if {one.condition}"] if one.condition else []
            said += [definitions.follows_words(one.yes_if, one.yes_from, one.total_of)]
            condition = "; ".join(filter(None, said))
            table.add_row("", one.name, one.asked, condition)
        parts.append(table)
    return Group(*parts)


def of_changes(changes: Iterable[Change]) -> RenderableType:
    """Differences between two years as one table."""
    table = Table(box=None, header_style="bold", pad_edge=False)
    for name in ("", "What", "Name", "How"):
        table.add_column(name)
    for change in changes:
        table.add_row(
            _MARKS.get(change.sort, Text("~ changed", "yellow")), change.kind, change.what, change.text
        )
    return table


def _title(registry: Registry, found: Found) -> str:
    year = f"FY{registry.year}"
    match found:
        case File():
            return f"{found.file_name} · {year}"
        case Column():
            return f"{found.id} · {year}"
        case List():
            return f"List {found.id} · {year}"
        case Element():
            return f"Data element {found.number} · {year}"
        case _:
            return f"Check {found.id}"


def _lines(found: Found) -> Table:
    table = Table(show_header=False, box=None, pad_edge=False)
    table.add_column(style="cyan", no_wrap=True)
    table.add_column()
    match found:
        case File():
            lines = definitions.of_file(found)
        case Column():
            lines = definitions.of_column(found)
        case List():
            lines = definitions.of_list(found)
        case Element():
            lines = definitions.of_element(found)
        case _:
            lines = definitions.of_check(found)
    for name, text in lines:
        table.add_row(name, Text(text))
    return table


def _further(registry: Registry, found: Found) -> Iterator[RenderableType]:
    match found:
        case File():
            yield _columns(found.columns)
        case Column():
            for number in found.lists[:1] if found.list_by is None else ():
                yield _codes(registry.list(number))
            yield from _checks(registry, found)
        case List():
            yield _codes(found)
            used = [column.id for column in registry.columns() if found.id in column.lists]
            if used:
                yield Text("\nColumns: " + ", ".join(used))
        case Element():
            if found.columns:
                yield _columns(found.columns, with_file=True)
            if found.requirements:
                yield _requirements(found)
        case Check():
            return


def _columns(columns: Iterable[Column], with_file: bool = False) -> Table:
    table = _grid("", "Column", "Type", "Blank", "Codes", "Element", "Rule")
    for column in columns:
        conditions = [f"only if {column.only_if}" if column.only_if else "", column.rule]
        table.add_row(
            str(column.position),
            Text(column.id if with_file else column.name, "bold" if column.is_key else ""),
            column.hud_type,
            "" if column.nullable else "no",
            " ".join(column.lists),
            column.element or "",
            Text("; ".join(filter(None, conditions))),
        )
    return table


def _codes(one: List) -> Table:
    table = _grid("Code", "Label", "")
    for option in one.options:
        style = "" if option.status == "current" else "dim"
        table.add_row(option.code, Text(option.label, style), Text(definitions.of_option(option), "dim"))
    return table


def _requirements(element: Element) -> Table:
    table = _grid("Required by", "Funders", "Project types", "Asked of", "At", "", "Reading")
    for requirement in element.requirements:
        table.add_row(*definitions.of_requirement(requirement))
    return table


def _checks(registry: Registry, column: Column) -> Iterator[RenderableType]:
    named = [
        check
        for check in registry.checks.values()
        if column.file in check.files and column.name in check.columns
    ]
    if named:
        table = _grid("Check", "Severity", "What is wrong")
        for check in named:
            table.add_row(check.id, check.severity, Text(check.sentence))
        yield table


def _grid(*names: str) -> Table:
    table = Table(box=None, header_style="bold", pad_edge=False, padding=(0, 2, 0, 0))
    for name in names:
        table.add_column(name, overflow="fold")
    table.title = ""
    return table
