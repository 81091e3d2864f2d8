"""Cells of an export, or of the database, that a report cannot read; those that decide who is counted.

A cell is unread when there is a text in it and no value of its type can be made of it for certain, when it
must hold an identifier and is blank or longer than HUD's, or when it must hold a CoC and has none's form.
Rows marked as deleted do not count. Which columns decide is declared in `standards/deciding.yaml`.

A text in DateDeleted deletes in any form: who is counted is in doubt only where it is not meant as a day.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from hearth.reporting import engine
from hearth.reporting.engine import Connection, name, text
from hearth.standards.deciding import COC, deciding
from hearth.standards.model import Column, File

from . import dates
from .identifier_checks import is_parent

_HOUSEHOLD = "HouseholdID"
_COC_PATTERN = "[A-Za-z]{2}-[0-9]{3}[A-Za-z]?"
SHOWN = 20
#: Before the name of a file: the table of all its rows, where a report's own table has the live ones.
RECORDED = "_recorded_"


@dataclass(frozen=True, slots=True)
class Unread:
    """Cells of one column. `decides` is how many of the `count` decide who is counted; `lines` are the first
    of their physical lines in the file, none where the records come from the database."""

    file: str
    column: str
    count: int
    decides: int
    lines: tuple[int, ...] = ()

    @property
    def id(self) -> str:
        """`File.Column`."""
        return f"{self.file}.{self.column}"


def suspected(connection: Connection, table: str, file: File, columns: Sequence[Column]) -> tuple[bool, bool]:
    """Whether any cell of a typed table is not to the letter, and whether any identifier or CoC is wrong,
    told in one scan. An import finds the latter by its checks, and asks with no `columns`."""
    asked = ["count(_raw) > 0"]
    asked += [f"count_if({condition}) > 0" for _, condition in _faults_of_text(file, columns)]
    any_raw, *faults = engine.row(connection, f"SELECT {', '.join(asked)} FROM {table}")
    return bool(any_raw), any(faults)


def find(connection: Connection, table: str, file: File, columns: Sequence[Column]) -> Iterator[Unread]:
    """What is unread in the `columns` of a typed table that has `_raw` and `_line`, blank rows gone."""
    present = {column.name for column in columns}
    live = f"{name(dates.DELETED)} IS NULL" if dates.DELETED in present else "TRUE"
    wrong = [(column, f"{live} AND ({fault})") for column, fault in _faults_of_text(file, columns)]
    for column in columns:
        if column.type != "S":
            has = f"_raw IS NOT NULL AND json_exists(_raw, {text('$.' + name(column.name))})"
            lost = f"{name(column.name)} IS NULL AND {live}"
            if column.name == dates.DELETED:
                lost = f"{name(column.name)} = TIMESTAMP '{dates.DELETED_AT_SOME_TIME}'"
            wrong.append((column, f"{has} AND {lost}"))
    for column, condition in wrong:
        decides = decides_where(file, column, present)
        if column.name == dates.DELETED:
            decides = f"NOT {dates.deletes_without_doubt()}"
        count, deciding_cells, lines = engine.row(
            connection,
            f"SELECT count(*), count_if({decides}), list(_line ORDER BY _line)[:{SHOWN}]"
            f" FROM {table} WHERE {condition}",
        )
        if count:
            yield Unread(file.name, column.name, count, deciding_cells, tuple(lines))


def find_stored(connection: Connection, file: File, columns: Sequence[Column]) -> Iterator[Unread]:
    """What is unread in a file of a snapshot of the database, of which the live rows have the file's name and
    all of them that name behind `RECORDED`.

    In `_unread` a row names its columns whose text could not be read (see `snapshot.copying`). Of Client
    only people with an enrollment that is there.
    """
    present = {column.name for column in columns} - {dates.DELETED}
    of_people = 'PersonalID IN (SELECT PersonalID FROM "Enrollment")' if file.name == "Client" else "TRUE"
    listed = "string_split(_unread, ',')"
    wrong = [(column, name(file.name), fault, "TRUE") for column, fault in _faults_of_text(file, columns)]
    for column in columns:
        has = f"_unread IS NOT NULL AND list_contains({listed}, {text(column.name)})"
        if column.name == dates.DELETED:
            deleted = f"_unread IS NOT NULL AND list_has_any({listed}, {_names_of(column.name)})"
            wrong.append((column, name(f"{RECORDED}{file.name}"), deleted, has))
        elif column.type != "S":
            wrong.append((column, name(file.name), has, "TRUE"))
    if not wrong:
        return
    # One look at the table tells for nearly all columns that there is nothing.
    for table in dict.fromkeys(table for _, table, _, _ in wrong):
        here = [one for one in wrong if one[1] == table]
        asked = ", ".join(
            f"count_if({condition}), count_if(({condition}) AND"
            f" ({decides_where(file, column, present)}) AND ({doubted}))"
            for column, _, condition, doubted in here
        )
        counts = engine.row(connection, f"SELECT {asked} FROM {table} WHERE {of_people}")
        for (column, *_), count, deciding_cells in zip(here, counts[::2], counts[1::2], strict=True):
            if count:
                yield Unread(file.name, column.name, count, deciding_cells)


def _names_of(column: str) -> str:
    return f"[{text(column)}, {text(as_a_day(column))}]"


def as_a_day(column: str) -> str:
    """How `_unread` names a DateDeleted that is meant as a day, whichever."""
    return f"{column} (a day)"


def decides_where(file: File, column: Column, present: Iterable[str]) -> str:
    """SQL condition on a row: an unread cell of the column leaves open who is counted."""
    if column.is_key or column.name == dates.DELETED or is_parent(file, column):
        return "TRUE"
    declared = deciding().get(column.id)
    if declared is None:
        return "FALSE"
    asked_for = declared.where and set(declared.columns) <= set(present)
    return f"coalesce(({declared.where}), TRUE)" if asked_for else "TRUE"


def _faults_of_text(file: File, columns: Sequence[Column]) -> list[tuple[Column, str]]:
    """Identifiers that are blank or too long, and CoCs in no CoC's form, as conditions over the row."""
    found = []
    for column in columns:
        cell = name(column.name)
        declared = deciding().get(column.id)
        if column.type != "S":
            continue
        if column.is_key or is_parent(file, column) or column.name == _HOUSEHOLD:
            found.append((column, f"{cell} IS NULL OR length({cell}) > {column.max_length}"))
        elif declared is not None and declared.kind == COC:
            found.append((column, f"NOT regexp_full_match({cell}, {text(_COC_PATTERN)})"))
    return found
