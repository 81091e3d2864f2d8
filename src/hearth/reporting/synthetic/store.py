"""Invented columns into tables of the engine, and those tables as sources of an HMIS CSV export.

Identifiers are kept as numbers and get their letter when they are written: P12 is a project, E100001 an
enrollment. Own keys of files that nothing refers to are numbered in the order of rows.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from hearth.reporting.engine import Connection, rows
from hearth.reporting.engine import name as quoted
from hearth.reporting.engine import text as literal
from hearth.reporting.synthetic.arrays import NOTHING
from hearth.standards import Column, File, Registry

# What stands before the number of an identifier, by the key that it is or refers to.
LETTERS = {
    "OrganizationID": "O",
    "UserID": "U",
    "ProjectID": "P",
    "PersonalID": "",
    "EnrollmentID": "E",
    "HouseholdID": "H",
    "AssessmentID": "A",
}
_BETWEEN_WORDS = 31  # the ASCII unit separator, which no invented text contains
_REFERS_TO = {"ResProjectID": "ProjectID", "LocationCrisisOrPHHousing": "ProjectID"}


class Store:
    """The tables of one run, in an engine connection that it owns the schema of.

    `as_text` names columns ("Client.DOB") that may hold raw text, because an error is planted in them.
    """

    def __init__(self, connection: Connection, registry: Registry, as_text: frozenset[str]) -> None:
        self.connection = connection
        self.registry = registry
        self.as_text = as_text
        self.rows: dict[str, int] = {file.name: 0 for file in registry.files.values()}
        self._columns: dict[str, tuple[str, ...]] = {}

    def first_key(self, file: str) -> int:
        """The number that the next row's key will get."""
        return self.rows[file] + 1

    def key_text(self, file_name: str, columns: Mapping[str, np.ndarray], place: int) -> str:
        """The key, as written, of a row that is about to be added."""
        file = self.registry.file(file_name)
        number = int(columns[file.key][place]) if file.key in columns else self.first_key(file_name) + place
        return f"{_letter(file, file.key)}{number}"

    def add(
        self,
        file_name: str,
        columns: Mapping[str, np.ndarray],
        raw: Mapping[str, Mapping[int, str]] | None = None,
    ) -> None:
        """Append rows to a file's table; a file gets the same columns every time.

        `raw` are texts (column → row → text) that stand in place of values, in columns of `as_text`.
        """
        file = self.registry.file(file_name)
        size = len(next(iter(columns.values())))
        block = dict(columns)
        if file.key not in block:
            first = self.first_key(file_name)
            block[file.key] = np.arange(first, first + size, dtype=np.int32)
        names = tuple(sorted(block))
        unknown = [name for name in names if name not in file]
        if unknown:
            raise KeyError(f"{file.file_name} has no column {', '.join(unknown)}")
        lengths = {name: len(values) for name, values in block.items() if len(values) != size}
        if lengths:
            raise ValueError(f"{file.file_name} has columns of unequal length: {lengths}")
        selects = ", ".join(
            f"{self._stored(file.column(name), block, (raw or {}).get(name, {}))} AS {quoted(name)}"
            for name in names
        )
        self.connection.register("block", block)
        try:
            if file_name not in self._columns:
                self._columns[file_name] = names
                self.connection.execute(f"CREATE TABLE {quoted(file_name)} AS SELECT {selects} FROM block")
            else:
                assert self._columns[file_name] == names, f"{file_name} changed its columns"
                self.connection.execute(f"INSERT INTO {quoted(file_name)} SELECT {selects} FROM block")
        finally:
            self.connection.unregister("block")
        self.rows[file_name] += size

    def _stored(self, column: Column, block: dict[str, np.ndarray], raw: Mapping[int, str]) -> str:
        """SQL for a column of `block`; a column of texts becomes one of numbers of words on the way."""
        name, values = quoted(column.name), block[column.name]
        if values.dtype == object:
            return self._words(column.name, values, block)
        if raw:
            texts = np.full(len(values), None, dtype=object)
            for place, text in raw.items():
                texts[place] = text
            typed = self._stored(column, block, {})
            return f"coalesce({self._words(f'{column.name}_as_text', texts, block)}, {typed})"
        if values.dtype == np.float64:
            value = f"CASE WHEN isnan({name}) THEN NULL ELSE CAST({name} AS DECIMAL(12, 2)) END"
            return f"CAST({value} AS VARCHAR)" if column.id in self.as_text else value
        value = f"nullif({name}, {NOTHING})"
        if column.type == "D":
            value = f"DATE '1970-01-01' + CAST({value} AS INTEGER)"
        elif column.type == "T":
            value = f"make_timestamp(CAST({value} AS BIGINT) * 1000000)"
        return f"CAST({value} AS VARCHAR)" if column.id in self.as_text else value

    def _words(self, name: str, texts: np.ndarray, block: dict[str, np.ndarray]) -> str:
        """SQL for texts. The engine takes one long text a hundred times faster than many short ones."""
        block[name], words = _numbered(texts)
        variable = f"words_of_{name}"
        self.connection.execute(
            f"SET VARIABLE {variable} = string_split(?, chr({_BETWEEN_WORDS}))",
            [chr(_BETWEEN_WORDS).join(words)],
        )
        return f"getvariable('{variable}')[{quoted(name)}]"

    def sources(self) -> dict[str, str]:
        """For `outputs.hmis_csv.write`: every file that has rows, as a query with all of its columns."""
        return {name: self._source(self.registry.file(name)) for name in self._columns}

    def _source(self, file: File) -> str:
        there = {str(column[0]) for column in rows(self.connection, f"DESCRIBE {quoted(file.name)}")}
        cells = {
            column.name: self._written(file, column) if column.name in there else _nothing(column)
            for column in file.columns
            if column.name != "ExportID"
        }
        selects = [f"{cell} AS {quoted(name)}" for name, cell in cells.items()]
        return f"(SELECT {', '.join(selects)} FROM {quoted(file.name)})"

    def _written(self, file: File, column: Column) -> str:
        name = quoted(column.name)
        letter = _letter(file, column.name)
        return name if letter is None else f"{literal(letter)} || CAST({name} AS VARCHAR)"


def _letter(file: File, column: str) -> str | None:
    """What stands before the number of an identifier; None for a column that is not one."""
    referred = _REFERS_TO.get(column, column)
    if referred in LETTERS:
        return LETTERS[referred]
    return file.name[:2].upper() if column == file.key else None


def _numbered(values: np.ndarray) -> tuple[np.ndarray, list[str]]:
    """Texts as numbers from 1 into a list of words; None is 0, where the list has nothing."""
    numbers: dict[str, int] = {}
    found = [0 if text is None else numbers.setdefault(text, len(numbers) + 1) for text in values]
    return np.array(found, dtype=np.int32), list(numbers)


_ENGINE_TYPES = {"S": "VARCHAR", "I": "INTEGER", "D": "DATE", "T": "TIMESTAMP", "M": "DECIMAL(12, 2)"}


def _nothing(column: Column) -> str:
    return f"CAST(NULL AS {_ENGINE_TYPES[column.type]})"
