"""Match the header of a CSV file with HUD's columns, in any case and order, and say what is wrong.

Also looks at the first lines for what the header alone cannot tell: another delimiter, and text columns
without quotes (S-010).
"""

from __future__ import annotations

import csv
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from hearth.standards.load import YEARS, load
from hearth.standards.model import File

from .problems import Problem, listing, noted, stopping

_LONGEST_HEADER = 65536  # characters; HUD's longest header line has about 1,200
_LINES_LOOKED_AT = 50
_OTHER_DELIMITERS = {";": "semicolons", "\t": "tabs", "|": "vertical bars"}


@dataclass(slots=True)
class Header:
    """`columns`: HUD's name of every column in the file's order, None where it is not read."""

    columns: list[str | None] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    @property
    def names(self) -> set[str]:
        return {name for name in self.columns if name is not None}


def written_header(path: Path, *, any_delimiter: bool = False) -> list[str]:
    """The column names as the file spells them, trimmed; [] for an empty file. `path` is UTF-8."""
    delimiter = delimiter_of(path) if any_delimiter else ","
    for row in csv.reader([_first_line(path)], delimiter=delimiter):
        return [cell.strip() for cell in row]
    return []


def delimiter_of(path: Path) -> str:
    """What most likely separates the columns: a comma, unless the header has none and something else."""
    line = _first_line(path)
    if "," in line:
        return ","
    return max(_OTHER_DELIMITERS, key=line.count) if any(d in line for d in _OTHER_DELIMITERS) else ","


def _first_line(path: Path) -> str:
    with path.open(encoding="utf-8", newline="") as text:
        lines = text.read(_LONGEST_HEADER).splitlines()
    return lines[0] if lines else ""


def match(path: Path, file: File) -> Header:
    """HUD's columns for the header of `path`; problems for what is missing, doubled, unknown, misspelled."""
    written = written_header(path)
    header = Header()
    if not any(written):
        header.problems.append(
            stopping(
                "header_missing",
                f"{file.name}.csv is empty: it has not even a header line.",
                "Export it again; a file without data still has its header line.",
                file=file.name,
                line=1,
                origin="S-003",
            )
        )
        return header
    spellings = {
        spelling.strip().casefold(): column.name
        for column in file.columns
        for spelling in (column.name, *column.other_spellings)
    }
    if delimiter := _other_delimiter(written, spellings):
        header.problems.append(
            stopping(
                "wrong_delimiter",
                f"The columns of {file.name}.csv are separated by {_OTHER_DELIMITERS[delimiter]}.",
                "HMIS CSV uses commas. Export it again; do not open and save it with a spreadsheet program.",
                file=file.name,
                line=1,
                origin="S-003",
            )
        )
        return header
    unknown: list[str] = []
    respelled: list[str] = []
    doubled: list[str] = []
    renamed: dict[str, str] = {}
    there = {spellings.get(cell.casefold()) for cell in written}
    for cell in written:
        name = spellings.get(cell.casefold())
        if name is None:
            # The name that the column has in another year, where its own is not there.
            others = _names_of_other_years(file.name)
            meant = {column.name for column in file.columns} & others.get(cell.casefold(), set())
            if len(meant) == 1 and not meant & there and not meant & header.names:
                (name,) = meant
                renamed[cell] = name
                header.columns.append(name)
                continue
        if name is None:
            unknown.append(cell)
        elif name in header.names:
            doubled.append(name)
            name = None
        elif cell != name:
            respelled.append(name)
        header.columns.append(name)
    missing = [column.name for column in file.columns if column.name not in header.names]
    header.problems.extend(_described(file, missing, doubled, unknown, respelled, renamed))
    known = [name for name in header.columns if name is not None]
    if known != [column.name for column in file.columns if column.name in header.names]:
        header.problems.append(
            noted(
                "column_order",
                "info",
                f"The columns of {file.name}.csv stand in another order than in the specification.",
                "Nothing to do here, columns are found by name.",
                file=file.name,
                line=1,
                origin="S-003",
            )
        )
    if not missing:
        header.problems.extend(_unquoted(path, file, header))
    return header


@cache
def _names_of_other_years(file: str) -> dict[str, set[str]]:
    """Every name that a column of the file has in any year, in lower case, with all names of that column."""
    names: dict[str, set[str]] = {}
    for year in YEARS:
        if file not in load(year).files:
            continue
        for column in load(year).file(file).columns:
            same = {column.name, *column.earlier_names.values()}
            if len(same) > 1:
                for one in same:
                    names.setdefault(one.casefold(), set()).update(same)
    return names


def likeness(written: list[str], file: File) -> tuple[int, int]:
    """How many of the file's columns the header has, and how many names either of them has."""
    have = {cell.casefold() for cell in written if cell}
    want = {column.name.casefold() for column in file.columns}
    return len(have & want), len(have | want)


def _other_delimiter(written: list[str], spellings: dict[str, str]) -> str | None:
    """The delimiter under which the header makes more sense than under commas."""
    known = sum(cell.casefold() in spellings for cell in written)
    line = ",".join(written)
    for delimiter in _OTHER_DELIMITERS:
        cells = next(csv.reader([line], delimiter=delimiter))
        if sum(cell.strip().casefold() in spellings for cell in cells) > max(1, known):
            return delimiter
    return None


def _described(
    file: File,
    missing: list[str],
    doubled: list[str],
    unknown: list[str],
    respelled: list[str],
    renamed: dict[str, str],
) -> list[Problem]:
    found: list[Problem] = []
    for written, name in renamed.items():
        found.append(
            noted(
                "column_renamed",
                "warning",
                f"{file.name}.csv has {written}, the name of {name} in another year's format."
                f" It was read as {name}.",
                f"Ask the vendor to write {name}.",
                file=file.name,
                line=1,
                column=name,
                origin="S-003",
            )
        )
    for name in missing:
        found.append(
            stopping(
                "column_missing",
                f"{file.name}.csv has no column {name}.",
                "Export it again with every column of the specification, empty where there is no data.",
                file=file.name,
                line=1,
                column=name,
                origin="S-003",
            )
        )
    for name in doubled:
        found.append(
            stopping(
                "column_twice",
                f"{file.name}.csv has the column {name} more than once.",
                "Export it again; it cannot be known which of them is meant.",
                file=file.name,
                line=1,
                column=name,
                origin="S-003",
            )
        )
    if unknown:
        # Names of unknown columns are not repeated: a file without a header would show its first row.
        found.append(
            noted(
                "column_unknown",
                "info",
                f"{len(unknown)} column(s) of {file.name}.csv are not part of HMIS CSV and were not read.",
                "Leave them out of the export.",
                file=file.name,
                line=1,
                origin="S-003",
            )
        )
    if respelled:
        found.append(
            noted(
                "column_spelling",
                "info",
                f"{file.name}.csv spells {listing(respelled)} in another way than the specification.",
                "Nothing to do here. Since FY2024 the specification asks for its own spelling.",
                file=file.name,
                line=1,
                origin="S-003",
            )
        )
    return found


def _unquoted(path: Path, file: File, header: Header) -> list[Problem]:
    """Text columns without quotes among the first lines (S-010): ZIP and SSN lose leading zeros that way.

    Looks only at lines whose cells can be told apart by commas alone, which is nearly all of them.
    """
    text_columns = {column.name for column in file.columns if column.type == "S"}
    bare: set[str] = set()
    with path.open(encoding="utf-8", newline="") as text:
        text.readline(_LONGEST_HEADER)
        for _ in range(_LINES_LOOKED_AT):
            cells = text.readline(_LONGEST_HEADER).rstrip("\r\n").split(",")
            if len(cells) != len(header.columns):
                continue
            for name, cell in zip(header.columns, cells, strict=True):
                if name in text_columns and cell.strip() and not cell.startswith('"'):
                    bare.add(name)
    if not bare:
        return []
    return [
        noted(
            "quotes_missing",
            "info",
            f"{file.name}.csv has text without quotes in {listing(sorted(bare))}.",
            "Put text columns in double quotes; SSN, ZIP and geocodes lose leading zeros otherwise.",
            file=file.name,
            origin="S-010",
        )
    ]
