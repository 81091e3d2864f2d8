"""The folder that a run leaves behind, opened again.

    with open_bundle(folder) as bundle:
        rows(bundle.connection, "SELECT count(*) FROM lsa_person_detail")

A bundle holds `run.json`, HDX's twelve CSV files and their zip, `flags.json` and `flags.csv`. When the run
was asked to keep its tables (`make(..., keep=True)`), it also holds `tables/<name>.parquet`: the tables
that `members` and `compare` read, with the columns they need. There are no names and no SSN in them, but
every row is about a person: the folder is closed to other users of the machine (0700) and belongs under
the same protection as the database.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from hearth.reporting.runtime.engine import Connection
from hearth.reporting.runtime.run import RunRecord


class BundleError(Exception):
    """The folder cannot be opened as a run, or lacks what was asked for; one sentence and what to do."""


@dataclass(frozen=True, slots=True)
class Bundle:
    """An opened run: its record, and a connection on which its kept tables have their names."""

    folder: Path
    record: RunRecord
    connection: Connection


@contextmanager
def open_bundle(folder: Path, *, tables: bool = True) -> Iterator[Bundle]:
    """Open the run in `folder`. With `tables`, its kept tables too, each under its name.

    Raises `BundleError` when the folder is not a run, when it kept no tables, or when its tables were made
    by other steps than those of this version (they would not mean the same).
    """
    raise NotImplementedError
    yield
