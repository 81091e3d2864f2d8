"""Write the CSV files of a report, and the zip of them to upload, from the tables of a run.

Text is in quotes, numbers and moments are bare, nothing stands for what is missing; lines end in CR LF. Rows
are sorted, so that the same input gives the same bytes.

LSA specifications v8 (FY2026), section 2; HUD's HMIS CSV files are written so as well.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

from hearth.reporting import engine
from hearth.reporting.engine import Connection, name
from hearth.reporting.outputs import archive
from hearth.reporting.runtime.report import ReportFile

_ROWS_AT_ONCE = 20_000


def write(
    connection: Connection,
    files: Iterable[ReportFile],
    computed: Collection[str],
    folder: Path,
    zip_name: str,
) -> None:
    """The files and the zip of them in `folder`; those not in `computed` are their header alone."""
    with archive.writing(folder / zip_name) as zipped:
        for file in files:
            path = folder / f"{file.name}.csv"
            with path.open("wb") as stream:
                stream.write((",".join(file.columns) + "\r\n").encode())
                if file.name in computed:
                    for lines in _lines(connection, file):
                        stream.write(lines)
            zipped.add(path.name, _pieces(path))


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as stream:
        while piece := stream.read(1 << 20):
            yield piece


def _lines(connection: Connection, file: ReportFile) -> Iterator[bytes]:
    """Rows as CSV: text in quotes, numbers and moments bare, nothing for what is missing."""
    types = {
        column: str(kind) for column, kind, *_ in engine.rows(connection, f"DESCRIBE {name(file.table)}")
    }
    by_name = {column.casefold(): kind for column, kind in types.items()}
    cells = ", ".join(_cell(column, by_name[column.casefold()]) for column in file.columns)
    order = ", ".join(name(column) for column in file.columns)
    connection.execute(f"SELECT concat_ws(',', {cells}) FROM {name(file.table)} ORDER BY {order}")
    while found := connection.fetchmany(_ROWS_AT_ONCE):
        yield ("\r\n".join(line for (line,) in found) + "\r\n").encode()


def _cell(column: str, kind: str) -> str:
    value = name(column)
    if kind == "VARCHAR":
        shown = f"'\"' || replace({value}, '\"', '\"\"') || '\"'"
    elif kind.startswith("TIMESTAMP"):
        shown = f"CAST(date_trunc('second', {value}) AS VARCHAR)"
    else:
        shown = f"CAST({value} AS VARCHAR)"
    return f"coalesce({shown}, '')"
