"""A state of a snapshot as tables (views) of an engine connection."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from hearth.reporting.engine import Connection, name, text
from hearth.standards.load import Registry

from ..cell_types import SQL_TYPES
from . import states
from .copying import GONE, ID, SSN_COLUMNS, UNREAD
from .problems import SnapshotError
from .relations import withheld
from .states import Kept


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A state that is open. `tables` are HUD's files and `client_ssn`; `sha256` is the same for the same
    content (and version of the engine); `taken_at` the database's time of it, ISO 8601."""

    folder: Path
    tables: tuple[str, ...]
    row_counts: dict[str, int]
    sha256: str
    taken_at: str


@contextmanager
def opened(folder: Path, connection: Connection, registry: Registry) -> Iterator[Snapshot]:
    """Make the views of a state on `connection`; they and the state's files are good inside the block.

    Raises `SnapshotError` where the folder is no state, or no longer there, or where the database has the
    files of another year than the registry's.
    """
    with states.held(folder) as state:
        if state.year != registry.year:
            raise SnapshotError(
                f"The database has the files of FY{state.year}, and this goes by the standards of"
                f" FY{registry.year}. Make it from an HMIS CSV export of that year or an earlier one."
            )
        for file in registry.files.values():
            hidden = withheld(file)
            cells = [
                f"NULL::{SQL_TYPES[column.type]} AS {name(column.name)}"
                if column.name in hidden
                else name(column.name)
                for column in file.columns
            ]
            connection.execute(
                f"CREATE VIEW {name(file.name)} AS SELECT {', '.join(cells)}, {ID}, {UNREAD}"
                f" FROM {rows_of(folder, state.files[file.name])}"
            )
        connection.execute(
            f"CREATE VIEW client_ssn AS SELECT PersonalID, {', '.join(SSN_COLUMNS)}"
            f" FROM {rows_of(folder, state.files['Client'])}"
        )
        yield Snapshot(
            folder,
            (*registry.files, "client_ssn"),
            {file: kept.rows for file, kept in state.files.items()},
            state.sha256,
            state.taken_at,
        )


def rows_of(folder: Path, kept: Kept) -> str:
    """A relation of all rows of one file of a state, with every stored column."""
    base = f"read_parquet({text(folder / kept.base)})"
    if kept.changes is None:
        return base
    changes = f"read_parquet({text(folder / kept.changes)})"
    return (
        f"(SELECT b.* FROM {base} AS b ANTI JOIN {changes} AS c ON c.{ID} = b.{ID}"
        f" UNION ALL SELECT * EXCLUDE ({GONE}) FROM {changes} WHERE NOT {GONE})"
    )
