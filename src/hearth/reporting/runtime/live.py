"""Which of the recorded rows a report may use: those that are not deleted, of records that are there.

    not_live = only_live(connection, registry)     # once the tables of HUD's files are on the connection
    not_live.deleted["Enrollment"], not_live.without_parent["Services"]

Afterwards every table of HUD's files holds its live rows alone and has no column DateDeleted: no step needs a
test, and none can forget it. A row is live when

- it has no DateDeleted (to a filled cell that cannot be read as a time `sources` gives some time);
- and what it belongs to is live: the project and client of an enrollment, the enrollment of what was recorded
  for it, the organization of a project, the project of its CoCs, inventory and the rest. A record that is not
  in the data at all counts as a deleted one, so that deleting a record and leaving it out are the same.

Source: LSA specifications 3.3: deleted data are never used for reporting; a record that contradicts the HMIS
Data Standards is excluded, references to records that are there being one of its assumptions, and so are data
without a valid enrollment.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

from hearth.reporting import engine
from hearth.reporting.engine import Connection, name
from hearth.reporting.sources.dates import DELETED
from hearth.reporting.sources.identifier_checks import is_parent
from hearth.reporting.sources.unread import RECORDED
from hearth.standards.load import Registry
from hearth.standards.model import File


@dataclass(slots=True)
class NotLive:
    """Numbers of rows by file, of the files that have any. `without_parent`: not deleted themselves."""

    deleted: dict[str, int] = field(default_factory=dict)
    without_parent: dict[str, int] = field(default_factory=dict)


def needed_for(wanted: Mapping[str, Collection[str]], registry: Registry) -> dict[str, set[str]]:
    """The `wanted` columns (file → columns), and those beside them that tell which rows are live."""
    found: dict[str, set[str]] = {}
    waiting = list(wanted)
    while waiting:
        file = registry.file(waiting.pop())
        if file.name in found:
            continue
        found[file.name] = {*wanted.get(file.name, ()), file.key}
        if DELETED in file:
            found[file.name].add(DELETED)
        for cell, parent, _ in _parents(file):
            found[file.name].add(cell)
            waiting.append(parent)
    return found


def only_live(connection: Connection, registry: Registry) -> NotLive:
    """Leave the live rows in the tables (or views) of HUD's files. The rows as they were recorded stay behind
    names that no step knows."""
    not_live = NotLive()
    kinds = {
        str(table): str(kind)
        for table, kind in engine.rows(
            connection, "SELECT table_name, table_type FROM information_schema.tables"
        )
    }
    for file in registry.files.values():  # parents before their children
        if file.name in kinds:
            columns = engine.columns_of(connection, file.name)
            if DELETED in columns:
                _leave(connection, file, columns, kinds, not_live)
    return not_live


def _leave(
    connection: Connection,
    file: File,
    columns: Collection[str],
    kinds: Mapping[str, str],
    not_live: NotLive,
) -> None:
    recorded = name(f"{RECORDED}{file.name}")
    what = "VIEW" if kinds[file.name] == "VIEW" else "TABLE"
    engine.run(connection, f"ALTER {what} {name(file.name)} RENAME TO {recorded}")
    live = f"SELECT * FROM {recorded} AS t WHERE {name(DELETED)} IS NULL"
    rows, remaining = engine.row(
        connection, f"SELECT count(*), count(*) FILTER (WHERE {name(DELETED)} IS NULL) FROM {recorded}"
    )
    if rows > remaining:
        not_live.deleted[file.name] = rows - remaining
    joins = [
        f"SEMI JOIN {name(parent)} AS {name(cell)} ON {name(cell)}.{name(key)} = t.{name(cell)}"
        for cell, parent, key in _parents(file)
        if parent in kinds and cell in columns
    ]
    whole = f"SELECT t.* FROM ({live}) AS t {' '.join(joins)}"
    kept = remaining
    if joins and remaining:
        kept = int(engine.scalar(connection, f"SELECT count(*) FROM ({whole})"))
    if remaining > kept:
        not_live.without_parent[file.name] = remaining - kept
    # Where nothing lacks a parent, the joins would cost every step a look at the parents.
    rows_of = whole if remaining > kept else live
    engine.run(
        connection,
        f"CREATE VIEW {name(file.name)} AS SELECT * EXCLUDE ({name(DELETED)}) FROM ({rows_of})",
    )


def _parents(file: File) -> Iterator[tuple[str, str, str]]:
    """Columns that name what a row belongs to: (column, file, its key)."""
    for column in file.columns:
        if is_parent(file, column):
            parent, _, key = str(column.references).partition(".")
            yield column.name, parent, key
