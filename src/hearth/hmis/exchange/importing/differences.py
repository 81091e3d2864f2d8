"""What an import asks about, side by side: what the export says, what is stored, who changed it and when.

While an import asks, the values of its rows lie in its private folder, as its upload does; of an SSN the last
four alone. The page reads what is stored now beside them. Both go when the question is answered or over.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import psycopg

from hearth.hmis.access.models import User
from hearth.hmis.clients.identity import masked
from hearth.hmis.exchange.importing import newer
from hearth.hmis.exchange.importing.layout import Layout, layouts
from hearth.hmis.exchange.importing.run_files import differences_of
from hearth.hmis.exchange.models import ImportRun
from hearth.hmis.hud import display
from hearth.hmis.hud.records import Stored, model_of
from hearth.hmis.ui import formats
from hearth.reporting import engine
from hearth.reporting.engine import Connection, name, tables, text

#: So many records of a file are shown; the rest has the answer that holds for all.
MOST = 500
#: What the head of a record says, and keys of the export alone.
_LEFT_OUT = frozenset({"DateCreated", "DateUpdated", "UserID", "ExportID"})


@dataclass(frozen=True, slots=True)
class Value:
    """One column in which both differ, in words; empty for nothing."""

    label: str
    in_export: str
    stored: str


@dataclass(frozen=True, slots=True)
class Difference:
    """One record. `choice` is its name in the form, empty where the full refresh lacks it. `updated`: the
    row's DateUpdated."""

    file: str
    pk: int
    key: str
    is_changed_here: bool
    is_missing: bool
    updated: str
    changed_by: str
    changed_at: datetime | None
    values: list[Value]
    choice: str = ""
    chosen: str = ""


def write(connection: Connection, cursor: psycopg.Cursor, run: ImportRun) -> None:
    """Keep what the export says of everything that is asked about, for the page."""
    there = tables(connection)
    parts = [_rows(one) for one in layouts() if newer.is_dated(one) and f"newer_{one.file}" in there]
    connection.execute(
        "CREATE OR REPLACE TABLE differences (file VARCHAR, id BIGINT, key VARCHAR, reason VARCHAR,"
        ' "column" VARCHAR, value VARCHAR)'
    )
    for select in parts:
        connection.execute(f"INSERT INTO differences {select}")
    cursor.execute("SELECT to_regclass('pg_temp.missing') IS NOT NULL")
    found = cursor.fetchone()
    if found and found[0]:
        for one in layouts():
            cursor.execute(
                f"SELECT r.id, r.hud_id FROM missing m JOIN {one.table} r ON r.id = m.id"
                f" WHERE m.file = '{one.file}' AND r.row_hash = {newer.CHANGED_HERE} ORDER BY 1 LIMIT {MOST}"
            )
            if gone := cursor.fetchall():
                connection.executemany(
                    "INSERT INTO differences VALUES (?, ?, ?, 'missing', NULL, NULL)",
                    [[one.file, pk, key] for pk, key in gone],
                )
    path = differences_of(run)
    connection.execute(f"COPY differences TO {text(path)} (FORMAT parquet)")
    path.chmod(0o600)


def _rows(one: Layout) -> str:
    """SELECT of each column of the rows of a file that would take something back."""
    file = one.file
    parts = []
    for column in one.stored:
        if column.kind not in ("value", "relation") and column.column != "PersonalID":
            continue
        cell = f"s.{name(column.column)}::VARCHAR"
        if column.column == one.sealed:
            cell = f"CASE WHEN {cell} IS NULL THEN NULL ELSE '•••-••-' || right({cell}, 4) END"
        parts.append(
            f'SELECT n.id, n.key, n.reason, {text(column.column)} AS "column", {cell} AS value'
            f" FROM asked AS n JOIN {name(file)} AS s ON s.rowid = n.rid"
        )
    asked = (
        f"SELECT n.id, n.rid, n.reason, s.{name(one.key)} AS key FROM newer_{file} AS n"
        f" JOIN {name(file)} AS s ON s.rowid = n.rid WHERE NOT n.is_answered ORDER BY n.id LIMIT {MOST}"
    )
    return f"WITH asked AS ({asked}) SELECT {text(file)}, * FROM ({' UNION ALL '.join(parts)})"


def read(user: User, run: ImportRun) -> list[Difference]:
    """Everything that is kept of the question, in HUD's order of files, with what is stored now. Empty where
    nothing is kept any more."""
    path = differences_of(run)
    if not path.is_file():
        return []
    rows = _kept(path)
    chosen = run.parameters.get("chosen", {})
    found = []
    by_file: dict[str, dict[int, list[tuple[Any, ...]]]] = defaultdict(lambda: defaultdict(list))
    for file, pk, key, reason, column, value in rows:
        by_file[file][pk].append((key, reason, column, value))
    for one in layouts():
        records = _stored(user, one, list(by_file.get(one.file, {})))
        for pk, cells in by_file.get(one.file, {}).items():
            if pk in records:
                found.append(_difference(one, records[pk], cells, chosen))
    return found


def _kept(path: Path) -> list[tuple[Any, ...]]:
    with engine.connected(memory_limit="150MB") as connection:
        return engine.rows(
            connection,
            f'SELECT file, id, key, reason, "column", value FROM read_parquet({text(path)}) ORDER BY id',
        )


def _stored(user: User, one: Layout, ids: list[int]) -> dict[int, Any]:
    if not ids:
        return {}
    relations = [column.field for column in one.relations]
    rows = model_of(one.file).objects.restrict(user).filter(pk__in=ids)
    rows = rows.select_related("updated_by", *relations)
    return {row.pk: row for row in rows}


def _difference(one: Layout, record: Any, cells: list[tuple[Any, ...]], chosen: dict[str, str]) -> Difference:
    key, reason, *_ = cells[0]
    said = {column: value for _, _, column, value in cells if column is not None}
    columns = {column.column: column for column in one.stored}
    values = []
    for column, value in said.items():
        if column in _LEFT_OUT:
            continue
        stored = _text(record, columns[column], one)
        if (value or "") != stored:
            hud = f"{one.file}.{column}"
            values.append(
                Value(display.column_words(hud), _words(hud, value, record), _words(hud, stored, record))
            )
    name_in_form = "" if reason == "missing" else f"{one.file}:{record.pk}"
    updated = said.get("DateUpdated") or ""
    return Difference(
        file=one.file,
        pk=record.pk,
        key=key or "",
        is_changed_here=reason != "newer",
        is_missing=reason == "missing",
        updated=formats.moment(datetime.fromisoformat(updated)) if updated else "",
        changed_by=str(record.updated_by) if record.updated_by else "",
        changed_at=record.updated_at,
        values=values,
        choice=name_in_form,
        chosen=chosen.get(name_in_form, ""),
    )


def _text(record: Any, column: Stored, one: Layout) -> str:
    """A stored value as the staged file writes it."""
    if column.kind == "relation":
        other = getattr(record, column.field)
        return other.hud_id if other is not None else ""
    if column.kind == "through_enrollment":
        return str(record.enrollment.client.hud_id)
    value = getattr(record, column.field)
    if column.column == one.sealed:
        return masked(value)
    return "" if value is None else str(value)


def _words(hud: str, value: str | None, record: Any) -> str:
    if not value:
        return ""
    if value.lstrip("-").isdigit():
        return display.code_words(hud, int(value), record) or value
    try:
        return formats.day(date.fromisoformat(value))
    except ValueError:
        return value


def choices(run: ImportRun, default: str, take_back: str) -> dict[str, list[int]]:
    """By file the ids of records for which the other answer than `default` was chosen."""
    other = "ours" if default == take_back else "theirs"
    found: dict[str, list[int]] = defaultdict(list)
    for key, chosen in run.parameters.get("chosen", {}).items():
        file, _, pk = key.partition(":")
        if chosen == other and pk.isdigit():
            found[file].append(int(pk))
    return dict(found)
