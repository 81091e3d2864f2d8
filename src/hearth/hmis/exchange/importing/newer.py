"""Stored records that know better than the export: newer than what it says, or changed here since.

HUD's text lets a delta bring "information that is new or different" and a full refresh replace what was
transmitted before; neither makes an older value new. DateUpdated (5.02) says which of two versions is the
later one. So a row of the export would take something back, and does so only when somebody says so, where

- the stored record's DateUpdated is later than the row's;
- the export is older than another one that was imported, and the row's DateUpdated is not later;
- the record was changed here since it was imported (the trigger `changed_here` marks it), or entered here.

Until then the stored record stays as it is, and the rest of the export is written around it.
"""

import psycopg

from hearth.hmis.exchange.importing.layout import Layout, layouts
from hearth.reporting.engine import Connection, name, rows, scalar, tables

#: Marks in place of the hash of an imported row: it was changed here (written by the trigger `changed_here`),
#: or an import has marked it as deleted because a full refresh lacked it. Either makes the row one that
#: differs from whatever the next export says.
CHANGED_HERE, REMOVED = 0, 1

#: By the reason, the check that tells of it.
CHECKS = {"newer": "record_newer_here", "changed": "record_changed_here"}


def is_dated(layout: Layout) -> bool:
    """Whether records of a file say when they were updated: all but Export.csv do."""
    return "date_updated" in layout.fields


def any_changed_here(cursor: psycopg.Cursor, data_source: int) -> bool:
    """Whether any record of a data source was changed here since it was imported (one look at the small
    indexes of such rows)."""
    there = " OR ".join(
        f"EXISTS (SELECT FROM {one.table} WHERE data_source_id = %(source)s AND row_hash = {CHANGED_HERE})"
        for one in layouts()
        if is_dated(one)
    )
    cursor.execute(f"SELECT {there}", {"source": data_source})
    row = cursor.fetchone()
    return bool(row and row[0])


def find(connection: Connection, layout: Layout, *, is_older: bool) -> int:
    """Make `newer_F` (rid, id, reason): staged rows that would take something back; returns how many."""
    file, key = layout.file, name(layout.key)
    # A row that breaks a rule of the database has its hash turned over; either form says the same.
    select = (
        "SELECT s.rowid AS rid, e.id,"
        f" CASE WHEN coalesce(e.row_hash, {CHANGED_HERE}) = {CHANGED_HERE} THEN 'changed' ELSE 'newer' END"
        f" AS reason FROM {name(file)} AS s JOIN stored_{file} AS e ON e.hud_id = s.{key}"
        " WHERE e.row_hash IS DISTINCT FROM s._hash AND e.row_hash IS DISTINCT FROM -s._hash - 1 AND ("
        f"coalesce(e.row_hash, {CHANGED_HERE}) = {CHANGED_HERE} OR e.date_updated > s.DateUpdated"
        f" OR ({str(is_older).upper()} AND (s.DateUpdated > e.date_updated) IS NOT TRUE))"
    )
    if not is_dated(layout):
        select = "SELECT NULL::BIGINT AS rid, NULL::BIGINT AS id, NULL::VARCHAR AS reason WHERE FALSE"
    connection.execute(f"CREATE OR REPLACE TABLE newer_{file} AS {select}")
    return int(scalar(connection, f"SELECT count(*) FROM newer_{file}"))


def findings(connection: Connection) -> list[tuple[str, str, str]]:
    """(check, file, SELECT of line, key and value class) of everything `find` has found."""
    found = []
    there = tables(connection)
    for layout in layouts():
        table = f"newer_{layout.file}"
        if table not in there:
            continue
        for (reason,) in rows(connection, f"SELECT DISTINCT reason FROM {table} ORDER BY 1"):
            select = (
                f"SELECT s._line, s.{name(layout.key)}, NULL::VARCHAR FROM {name(layout.file)} AS s"
                f" JOIN {table} AS n ON n.rid = s.rowid WHERE n.reason = '{reason}'"
            )
            found.append((CHECKS[reason], layout.file, select))
    return found


def counts(connection: Connection) -> dict[str, dict[str, int]]:
    """By reason and file, how many records were found."""
    result: dict[str, dict[str, int]] = {}
    there = tables(connection)
    for layout in layouts():
        table = f"newer_{layout.file}"
        if table in there:
            for reason, count in rows(
                connection, f"SELECT reason, count(*) FROM {table} GROUP BY 1 ORDER BY 1"
            ):
                result.setdefault(reason, {})[layout.file] = int(count)
    return result


def mark(connection: Connection) -> str:
    """The same for the same records."""
    there = tables(connection)
    ids = [
        f"SELECT '{layout.file}' || id AS one FROM newer_{layout.file}"
        for layout in layouts()
        if f"newer_{layout.file}" in there
    ]
    if not ids:
        return ""
    return str(
        scalar(connection, f"SELECT md5(string_agg(one, ',' ORDER BY one)) FROM ({' UNION ALL '.join(ids)})")
    )
