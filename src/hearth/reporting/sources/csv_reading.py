"""Read one CSV file into the engine as text, keep count of its physical lines, and describe broken lines.

Line numbers. The engine keeps the order of rows, so that row number + 1 is the line number in a file whose
records take one line each. Where line breaks in quoted cells, empty lines or broken lines shift the count,
the file is walked through once to find out by how much, and from which row on.

Broken lines. The engine skips them and remembers where they were; `Problem`s name the line and what is
wrong with it, never its text. Rows of commas alone are no rows.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from hearth.reporting import engine
from hearth.reporting.engine import Connection, name, text
from hearth.standards.model import Column, File

from .open import SourceFile
from .problems import Problem, noted, stopping

_REJECTS_KEPT = 100_000  # of one file; far more than anybody reads, and a bound for memory
_REJECTS_SHOWN = 100
_TEXT_CHUNK = 1024 * 1024
_SMALL_BYTES, _SMALL_LINES = 100_000, 200  # to plan what is made of 60 columns takes longer than such rows


@dataclass(slots=True)
class Read:
    """What became of one file. `rejected` holds the byte position of every broken line, in order.
    Without `made` there is no table: nothing of the file could be read."""

    problems: list[Problem] = field(default_factory=list)
    rejected: list[int] = field(default_factory=list)
    path: Path | None = None  # the file that was read in the end, when it had to be rewritten
    made: bool = True


def blank_columns(file: SourceFile) -> frozenset[str]:
    """Columns of a small file in which no cell has anything, so that nothing needs to be made of them; none
    where that is not beyond doubt: the file is long, or another reader might see other cells in it."""
    if file.bytes > _SMALL_BYTES or file.lines > _SMALL_LINES or file.mixed_line_ends:
        return frozenset()
    blank = set(range(len(file.columns)))
    try:
        with file.path.open(encoding="utf-8", newline="") as lines:
            rows = csv.reader(lines, strict=True)
            next(rows, None)
            for row in rows:
                # A broken line, or a quote within a cell, which not all readers take for the same.
                if row and (len(row) != len(file.columns) or any('"' in cell for cell in row)):
                    return frozenset()
                blank = {place for place in blank if not row or not row[place]}
    except csv.Error:
        return frozenset()
    return frozenset(name for place, name in enumerate(file.columns) if place in blank and name is not None)


def relation(path: Path, columns: tuple[str | None, ...], wanted: list[str]) -> str:
    """SELECT of the `wanted` columns as text; NULL for an empty cell and for a column that the file lacks."""
    declared = {f"_ignored_{i}" if c is None else c: "VARCHAR" for i, c in enumerate(columns)}
    csv = (
        f"read_csv({text(path)}, auto_detect = false, header = true, delim = ',', quote = '\"',"
        f" escape = '\"', strict_mode = true, nullstr = '', store_rejects = true,"
        f" rejects_table = '_rejects', rejects_scan = '_reject_scans', rejects_limit = {_REJECTS_KEPT},"
        f" columns = {{{', '.join(f'{text(c)}: {text(t)}' for c, t in declared.items())}}})"
    )
    cells = ", ".join(f"{name(c) if c in declared else 'NULL::VARCHAR'} AS {name(c)}" for c in wanted)
    return f"SELECT {cells} FROM {csv}"


def read(
    connection: Connection,
    file: SourceFile,
    table: str,
    create: Callable[[Path], str],
    work: Path,
    run: Callable[[str], None],
) -> Read:
    """Run `create(path)`, a CREATE TABLE over `relation`; say what was broken.

    `run` executes a statement (with progress). `table` is a name ready for SQL.
    """
    result = Read()
    try:
        _attempt(connection, run, create(file.path))
        broken = bool(engine.scalar(connection, "SELECT count(*) FROM _rejects"))
    except engine.InvalidInput:
        broken = True
    if broken and file.mixed_line_ends:
        # The reader takes one kind of line end in a file: make them one kind and read again.
        result.path = _with_one_line_end(file.path, work / f"{file.name}.lines.csv")
        result.problems.append(_mixed_line_ends(file))
        connection.execute(f"DROP TABLE IF EXISTS {table}")
        try:
            _attempt(connection, run, create(result.path))
            broken = False
        except engine.InvalidInput:
            broken = True
    if broken and not _exists(connection, table):
        # The engine's message quotes the file's content and is not passed on.
        result.problems.append(_unreadable(file))
        result.made = False
        return result
    _describe_rejects(connection, file, result)
    return result


def _exists(connection: Connection, table: str) -> bool:
    try:
        connection.execute(f"SELECT 1 FROM {table} LIMIT 0")
    except engine.EngineError:
        return False
    return True


def _attempt(connection: Connection, run: Callable[[str], None], sql: str) -> None:
    connection.execute("DROP TABLE IF EXISTS _rejects")
    connection.execute("DROP TABLE IF EXISTS _reject_scans")
    run(sql)


def _with_one_line_end(path: Path, target: Path) -> Path:
    with (
        path.open(encoding="utf-8", newline=None) as original,
        target.open("w", encoding="utf-8", newline="\n") as copy,
    ):
        while chunk := original.read(_TEXT_CHUNK):
            copy.write(chunk)
    return target


def _describe_rejects(connection: Connection, file: SourceFile, result: Read) -> None:
    found = engine.rows(
        connection,
        # A line is told of once per column that it lacks (the first knows how many it has) or that it
        # has too many (the last knows).
        "SELECT line_byte_position, min(error_type::VARCHAR),"
        " CASE WHEN min(error_type::VARCHAR) = 'TOO MANY COLUMNS' THEN arg_max(error_message, column_idx)"
        " ELSE arg_min(error_message, column_idx) END,"
        " bool_and(trim(csv_line, ' \t\r\n,\"') = '')"
        " FROM _rejects GROUP BY line_byte_position ORDER BY line_byte_position",
    )
    connection.execute("DROP TABLE _rejects")
    connection.execute("DROP TABLE _reject_scans")
    if not found:
        return
    # The reader counts records, not lines: find the lines of its byte positions ourselves.
    path = result.path or file.path
    result.rejected = _starts(path, [position for position, *_ in found])
    lines = _lines_at(path, result.rejected)
    broken = [
        (line, kind, message)
        for line, (_, kind, message, is_blank) in zip(lines, found, strict=True)
        if not is_blank
    ]
    for line, kind, message in broken[:_REJECTS_SHOWN]:
        result.problems.append(_broken(file, line, kind, message, len(broken)))
    if len(broken) > _REJECTS_SHOWN:
        result.problems.append(
            stopping(
                "broken_line",
                f"{file.name}.csv has {len(broken)} broken lines; the first {_REJECTS_SHOWN} are listed.",
                "Make the export again.",
                file=file.name,
            )
        )


def _broken(file: SourceFile, line: int, kind: str, message: str, count: int) -> Problem:
    is_last = line >= file.lines - 1 and not file.ends_in_newline
    if is_last and kind in ("MISSING COLUMNS", "UNQUOTED VALUE"):
        return stopping(
            "broken_line",
            f"The last line of {file.name}.csv (line {line}) is cut off: the file is not complete.",
            "Make the export again, or download it again; it was interrupted.",
            file=file.name,
            line=line,
            value_class="half a line",
        )
    words = {
        "MISSING COLUMNS": "has too few columns",
        "TOO MANY COLUMNS": "has too many columns",
        "UNQUOTED VALUE": "has a double quote that is not closed, or not doubled inside a text",
        "LINE SIZE OVER MAXIMUM": "is longer than two million characters",
    }.get(kind, "cannot be read")
    # 'Expected Number of Columns: 22 Found: 5' holds numbers only.
    numbers = [word for word in message.split() if word.isdigit()] if "COLUMNS" in kind else []
    value_class = f"{numbers[1]} columns instead of {numbers[0]}" if len(numbers) == 2 else words
    return stopping(
        "broken_line",
        f"Line {line} of {file.name}.csv {words}.",
        "Put text in double quotes and double every quote inside it; then make the export again.",
        file=file.name,
        line=line,
        value_class=value_class,
    )


def _unreadable(file: SourceFile) -> Problem:
    return stopping(
        "file_not_csv",
        f"{file.name}.csv cannot be read as CSV: its quotes or line ends are broken throughout.",
        "Make the export again; do not edit the files by hand.",
        file=file.name,
    )


def _mixed_line_ends(file: SourceFile) -> Problem:
    return noted(
        "line_ends_mixed",
        "warning",
        f"The lines of {file.name}.csv end in several ways. It was read all the same.",
        "End every line with CR LF.",
        file=file.name,
    )


def _starts(path: Path, positions: list[int]) -> list[int]:
    """Where lines start, as byte positions from 0. The reader counts from 1, and from the last character
    of the line before when lines end in two."""
    starts = []
    with path.open("rb") as original:
        for position in positions:
            original.seek(position - 1)
            starts.append(position - 1 + (original.read(1) == b"\n"))
    return starts


def _lines_at(path: Path, positions: list[int]) -> list[int]:
    """The physical line (from 1) of each byte position; positions ascending."""
    lines: list[int] = []
    line, start = 1, 0
    with path.open("rb") as original:
        while len(lines) < len(positions):
            chunk = original.read(_TEXT_CHUNK)
            done = 0
            while len(lines) < len(positions) and positions[len(lines)] <= start + len(chunk):
                upto = positions[len(lines)] - start
                line += chunk.count(b"\n", done, upto)
                done = upto
                lines.append(line)
            line += chunk.count(b"\n", done)
            start += len(chunk)
            if not chunk:
                lines.extend([line] * (len(positions) - len(lines)))
    return lines


def number_lines(connection: Connection, file: SourceFile, table: str, result: Read) -> None:
    """Fill `_line` of a table that was just read and has all of its rows."""
    path = result.path or file.path
    count = engine.scalar(connection, f"SELECT count(*) FROM {table}")
    connection.execute(f"UPDATE {table} SET _line = rowid + 2")
    if count == file.lines - 1 or not count:
        return
    shifts = dict([(0, 0), *_shifts(path, set(result.rejected))])  # the first row may be shifted, too
    connection.execute("CREATE OR REPLACE TEMP TABLE _shifts (from_row BIGINT, shift BIGINT)")
    connection.executemany("INSERT INTO _shifts VALUES (?, ?)", list(shifts.items()))
    connection.execute(
        f"UPDATE {table} AS rows SET _line = rows._line + s.shift FROM"
        f" (SELECT t.rowid AS row, s.shift FROM {table} t ASOF JOIN _shifts s ON t.rowid >= s.from_row) s"
        f" WHERE rows.rowid = s.row AND s.shift > 0"
    )
    connection.execute("DROP TABLE _shifts")


def drop_blank_rows(
    connection: Connection, file: File, table: str, columns: list[Column], relation: str
) -> None:
    """Forget the rows without a value in any cell, which spreadsheet programs leave at the end as commas.

    The table has the typed `columns` and `_raw` of all rows of `relation`, which are the file's columns as
    text; only where the table has fewer columns the file is read once more.
    """
    nothing = " AND ".join(f"{name(column.name)} IS NULL" for column in columns)
    doubted = f"{nothing} AND _raw IS NULL"
    keys = [column for column in columns if column.is_key]  # nearly always all of them are there
    asked = f"{name(file.key)} IS NULL" if keys else doubted
    if not engine.scalar(connection, f"SELECT count(*) FROM {table} WHERE {asked}"):
        return
    if len(columns) < len(file.columns):
        connection.execute("DROP TABLE IF EXISTS _rejects")
        connection.execute("DROP TABLE IF EXISTS _reject_scans")
        cells = ", ".join(f"trim({name(column.name)}, E' \\t\\r\\n')" for column in file.columns)
        doubted += (
            " AND rowid IN (SELECT place FROM"
            f" (SELECT row_number() OVER () - 1 AS place, concat({cells}) AS whole FROM ({relation}))"
            " WHERE whole = '')"
        )
    connection.execute(f"DELETE FROM {table} WHERE {doubted}")


def _shifts(path: Path, rejected: set[int]) -> Iterator[tuple[int, int]]:
    """(row number from 0, lines by which it and those after it lie lower than row + 2)."""
    with path.open("rb") as original:
        position = len(original.readline())
        line, row, shift = 2, 0, 0
        inside_quotes = False
        for text_line in original:
            if not inside_quotes and text_line.strip(b"\r\n") and position not in rejected:
                if line - (row + 2) != shift:
                    shift = line - (row + 2)
                    yield row, shift
                row += 1
            if text_line.count(b'"') % 2:
                inside_quotes = not inside_quotes
            line += 1
            position += len(text_line)
