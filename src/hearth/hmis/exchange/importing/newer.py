"""Stored records that know better than the export: newer than what it says, or changed here since.

HUD's text lets a delta bring "information that is new or different" and a full refresh replace what was
transmitted before; neither makes an older value new. DateUpdated (5.02) says which of two versions is the
later one. So a row of the export would take something back, and does so only when somebody says so, where

- the stored record's DateUpdated is later than the row's;
- the export is older than another one that was imported, and the row's DateUpdated is not later;
- the record was changed here since it was imported (the trigger `changed_here` marks it), or entered here.

Until then the stored record stays as it is, and the rest of the export is written around it. What somebody
answered is kept with the hash of the row that it was answered against (`models.kept`): the same row is not
asked about again, and another one is.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import psycopg

from hearth.hmis.exchange.importing.layout import Layout, layouts
from hearth.reporting.engine import Connection, name, rows, scalar, tables
from hearth.reporting.sources.transfer import postgres_to_engine

#: Marks in place of the hash of an imported row: it was changed here (written by the trigger `changed_here`),
#: or an import has marked it as deleted because a full refresh lacked it. Either makes the row one that
#: differs from whatever the next export says.
CHANGED_HERE, REMOVED = 0, 1

#: By the reason, the check that tells of it.
CHECKS = {"newer": "record_newer_here", "changed": "record_changed_here"}


@dataclass(frozen=True)
class Answers:
    """`takes_back`: what holds for all that is asked about; `otherwise`: by file the ids of records for which
    the other answer holds. `overrides`: it holds for what was answered before, too."""

    takes_back: bool = False
    otherwise: Mapping[str, frozenset[int]] = field(default_factory=dict)
    overrides: bool = False


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


def find(
    connection: Connection,
    cursor: psycopg.Cursor,
    layout: Layout,
    answers: Answers,
    *,
    is_older: bool,
    on_progress: Callable[[int], None],
) -> int:
    """Make `newer_F` (rid, id, reason, hash, updated, is_answered, holds): staged rows that would take
    something back; returns of how many the stored record holds, so that they are passed over."""
    file, key = layout.file, name(layout.key)
    # A row that breaks a rule of the database has its hash turned over; either form says the same.
    select = (
        "SELECT s.rowid AS rid, e.id,"
        f" CASE WHEN coalesce(e.row_hash, {CHANGED_HERE}) = {CHANGED_HERE} THEN 'changed' ELSE 'newer' END"
        " AS reason, greatest(s._hash, -s._hash - 1) AS hash, e.date_updated AS updated,"
        f" FALSE AS is_answered, TRUE AS holds FROM {name(file)} AS s"
        f" JOIN stored_{file} AS e ON e.hud_id = s.{key}"
        " WHERE e.row_hash IS DISTINCT FROM s._hash AND e.row_hash IS DISTINCT FROM -s._hash - 1 AND ("
        f"coalesce(e.row_hash, {CHANGED_HERE}) = {CHANGED_HERE} OR e.date_updated > s.DateUpdated"
        f" OR ({str(is_older).upper()} AND (s.DateUpdated > e.date_updated) IS NOT TRUE))"
    )
    if not is_dated(layout):
        select = (
            "SELECT NULL::BIGINT AS rid, NULL::BIGINT AS id, NULL::VARCHAR AS reason, NULL::BIGINT AS hash,"
            " NULL::TIMESTAMP AS updated, FALSE AS is_answered, TRUE AS holds WHERE FALSE"
        )
    connection.execute(f"CREATE OR REPLACE TABLE newer_{file} AS {select}")
    if not scalar(connection, f"SELECT count(*) FROM newer_{file}"):
        return 0
    postgres_to_engine(
        cursor,
        "SELECT record_id, row_hash FROM exchange_keptrecord WHERE file = %s AND row_hash IS NOT NULL",
        [file],
        connection,
        "kept_before",
        {"record_id": "BIGINT", "row_hash": "BIGINT"},
        on_progress,
    )
    connection.execute(
        f"UPDATE newer_{file} AS n SET is_answered = TRUE FROM kept_before AS k"
        " WHERE k.record_id = n.id AND k.row_hash = n.hash"
    )
    others = ", ".join(str(int(one)) for one in answers.otherwise.get(file, ())) or "NULL"
    connection.execute(
        f"UPDATE newer_{file} SET holds = (is_answered AND {_sql(not answers.overrides)})"
        f" OR coalesce(id IN ({others}), FALSE) = {_sql(answers.takes_back)}"
    )
    return int(scalar(connection, f"SELECT count(*) FROM newer_{file} WHERE holds"))


def _sql(value: bool) -> str:
    return str(value).upper()


def keep_answers(connection: Connection, cursor: psycopg.Cursor, by: int) -> None:
    """Remember what stays by somebody's word, and forget it of what was taken back."""
    for file in _files(connection):
        stay = rows(connection, f"SELECT id, hash FROM newer_{file} WHERE holds AND NOT is_answered")
        cursor.executemany(
            "INSERT INTO exchange_keptrecord (file, record_id, row_hash, kept_by_id) VALUES (%s, %s, %s, %s)"
            " ON CONFLICT (file, record_id) DO UPDATE SET row_hash = excluded.row_hash,"
            " kept_by_id = excluded.kept_by_id, kept_at = now()",
            [(file, pk, mark, by) for pk, mark in stay],
        )
        taken = [pk for (pk,) in rows(connection, f"SELECT id FROM newer_{file} WHERE NOT holds")]
        if taken:
            cursor.execute(
                "DELETE FROM exchange_keptrecord WHERE file = %s AND record_id = ANY (%s)", [file, taken]
            )


def _files(connection: Connection) -> list[str]:
    there = tables(connection)
    return [one.file for one in layouts() if f"newer_{one.file}" in there]


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
    """By reason and file, of how many records nobody has answered yet what holds."""
    result: dict[str, dict[str, int]] = {}
    there = tables(connection)
    for layout in layouts():
        table = f"newer_{layout.file}"
        if table in there:
            for reason, count in rows(
                connection,
                f"SELECT reason, count(*) FROM {table} WHERE NOT is_answered GROUP BY 1 ORDER BY 1",
            ):
                result.setdefault(reason, {})[layout.file] = int(count)
    return result


def answered(connection: Connection) -> int:
    """How many records stay because somebody has said so of the same row before."""
    return sum(
        int(scalar(connection, f"SELECT count(*) FROM newer_{file} WHERE is_answered AND holds"))
        for file in _files(connection)
    )


def taken(connection: Connection) -> int:
    """How many records go back to what the export says."""
    return sum(
        int(scalar(connection, f"SELECT count(*) FROM newer_{file} WHERE NOT holds"))
        for file in _files(connection)
    )


def mark(connection: Connection) -> str:
    """The same for the same records as they are stored now."""
    ids = [
        f"SELECT '{file}' || id || ' ' || coalesce(updated::VARCHAR, '') AS one FROM newer_{file}"
        " WHERE NOT is_answered"
        for file in _files(connection)
    ]
    if not ids:
        return ""
    return str(
        scalar(connection, f"SELECT md5(string_agg(one, ',' ORDER BY one)) FROM ({' UNION ALL '.join(ids)})")
    )
