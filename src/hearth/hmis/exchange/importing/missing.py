"""Stored records that a full refresh no longer holds: found, and marked as deleted when somebody says so.

A full refresh replaces what was transmitted before (`announced`), and vendors that delete rows physically
never send a DateDeleted. A record counts as missing where the refresh would hold it if it still existed:

- it was imported from the same data source; what was entered here never counts, nor what it hangs on;
- it is of a project of the refresh. A project that is only named by an affiliation (ResProjectID) comes
  without its clients, and counts only where the refresh has an enrollment of it;
- where the refresh is of certain CoCs (SourceID): the household is of one of them, or all places of the
  project are; of places and inventory, those there;
- the stay touches the period: entered on or before its end, not left before its start. A date that is
  blank or could not be read does not keep it out;
- a record of a stay has its information date on or before the end (`information_dates`);
- it was neither made nor changed after the refresh was made (ExportDate).

What hangs on a missing enrollment goes with it. A client is missing who has a missing enrollment, no other
one that is left, and is not in the refresh. Projects, organizations and users are never missing: a refresh of
some projects says nothing of others.

Everything is found when the refresh is written, in its transaction: what is stored then is what it says.
Tables made here, until the commit: `refreshed_project` (id), `absent` (file, id): stored rows that the export
lacks, and `missing` (file, id): those of them, and what goes with them, that count.
"""

from collections.abc import Callable
from dataclasses import dataclass

import psycopg

from hearth.hmis.exchange import households
from hearth.hmis.exchange.importing.announced import Announced
from hearth.hmis.exchange.importing.layout import Layout, layout, layouts
from hearth.hmis.exchange.importing.newer import CHANGED_HERE, REMOVED
from hearth.hmis.exchange.importing.writing import Writer, of_enrollment
from hearth.hmis.exchange.information_dates import after_end
from hearth.reporting.engine import Connection, name, scalar, tables
from hearth.reporting.sources.finding_places import COLUMNS
from hearth.reporting.sources.transfer import engine_to_postgres, postgres_to_engine

OF_PROJECT = ("Funder", "ProjectCoC", "Inventory", "Affiliation", "HMISParticipation", "CEParticipation")
_OF_PLACE = ("ProjectCoC", "Inventory")
CHECK = "record_missing_in_refresh"
#: The engine's table of what is missing: file, key, organization, project (HUD's keys).
KEYS = "missing_keys"


@dataclass(frozen=True)
class Missing:
    """`counts`: records by file. `changed_here`: how many of them were changed here since. `held`:
    enrollments that stay because records that were entered here hang on them. `mark`: the same for the same
    records."""

    counts: dict[str, int]
    changed_here: int = 0
    held: int = 0
    mark: str = ""


NONE = Missing({})


def find(
    connection: Connection,
    cursor: psycopg.Cursor,
    data_source: int,
    announced: Announced,
    files: set[str],
    on_progress: Callable[[int], None],
) -> Missing:
    """Find what is missing; `files` are those that the export has. Must follow the writing of all files."""
    if not announced.replaces:
        return NONE
    cursor.execute(
        "CREATE TEMP TABLE absent (file text, id bigint) ON COMMIT DROP;"
        " CREATE TEMP TABLE missing (file text, id bigint) ON COMMIT DROP;"
        " CREATE TEMP TABLE refreshed_project (id bigint) ON COMMIT DROP"
    )
    if not _absent(connection, cursor, files, on_progress):
        return NONE
    _refreshed_projects(connection, cursor, on_progress)
    cursor.execute("CREATE INDEX ON absent (id); ANALYZE absent; ANALYZE refreshed_project")
    values = {
        "start": announced.start,
        "end": announced.end,
        "at": announced.at,
        "cocs": list(announced.cocs),
        "source": data_source,
    }
    held = _stays(cursor, values)
    for file in of_enrollment():
        _records(cursor, file, values)
    _clients(cursor, values)
    for file in OF_PROJECT:
        _descriptors(cursor, file, values)
    cursor.execute("CREATE INDEX ON missing (file, id); ANALYZE missing")
    spare(cursor, by=None)
    return _summed_up(cursor, held)


def _absent(
    connection: Connection, cursor: psycopg.Cursor, files: set[str], on_progress: Callable[[int], None]
) -> int:
    total, there = 0, tables(connection)
    for one in _deletable():
        if f"stored_{one.file}" not in there or (one.file not in files and not _rows(connection, one)):
            continue
        engine_to_postgres(
            connection,
            f"SELECT '{one.file}', e.id FROM stored_{one.file} AS e ANTI JOIN {name(one.file)} AS s"
            f" ON s.{name(one.key)} = e.hud_id WHERE NOT e.deleted AND e.row_hash IS NOT NULL",
            cursor,
            "absent",
            ["file", "id"],
            on_progress,
            rows=0,  # nearly always none; and two short columns are quick as CSV, too
        )
        total += max(0, cursor.rowcount)
    return total


def _deletable() -> list[Layout]:
    """Files whose records may be missing."""
    never = ("Export", "User", "Organization", "Project")
    return [one for one in layouts() if one.file not in never]


def _rows(connection: Connection, one: Layout) -> int:
    return int(scalar(connection, f"SELECT count(*) FROM {name(one.file)}"))


def _refreshed_projects(
    connection: Connection, cursor: psycopg.Cursor, on_progress: Callable[[int], None]
) -> None:
    engine_to_postgres(
        connection,
        'SELECT DISTINCT k.id FROM "Project" AS s JOIN known_Project AS k ON k.hud_id = s.ProjectID'
        ' WHERE s.ProjectID IN (SELECT ProjectID FROM "Enrollment") OR s.ProjectID NOT IN'
        ' (SELECT ResProjectID FROM "Affiliation" WHERE ResProjectID IS NOT NULL AND DateDeleted IS NULL)',
        cursor,
        "refreshed_project",
        ["id"],
        on_progress,
        rows=0,
    )


# A record that was made or changed after the refresh was made could not be in it as it is now.
_KNOWN_THEN = "(greatest(r.date_created, r.date_updated) > %(at)s::timestamp) IS NOT TRUE"
_TOUCHES = """
    (e.entry_date > %(end)s::date) IS NOT TRUE AND NOT EXISTS (
        SELECT FROM enrollments_exit x WHERE x.enrollment_id = e.id AND x.date_deleted IS NULL
            AND x.exit_date < %(start)s::date {and_present})
"""


def _stays(cursor: psycopg.Cursor, values: dict[str, object]) -> int:
    """Make `missing_stay` (id, client_id), and note them as missing; returns how many are held."""
    households.find(cursor, "refreshed_project")
    cursor.execute(
        f"""
        CREATE TEMP TABLE missing_stay ON COMMIT DROP AS
        SELECT r.id, r.client_id FROM absent a
        JOIN enrollments_enrollment r ON r.id = a.id
        JOIN enrollments_enrollment e ON e.id = r.id
        JOIN refreshed_project p ON p.id = e.project_id
        LEFT JOIN household_coc h ON h.project_id = e.project_id AND h.household = {households.key_of("e")}
        WHERE a.file = 'Enrollment' AND e.date_deleted IS NULL AND {_KNOWN_THEN}
            AND {_TOUCHES.format(and_present="")}
            AND (cardinality(%(cocs)s::text[]) = 0
                OR (h.reason IS NULL AND h.coc = ANY(%(cocs)s::text[]))
                OR NOT EXISTS (
                    SELECT FROM organizations_projectcoc c WHERE c.project_id = e.project_id
                        AND c.date_deleted IS NULL AND upper(btrim(c.coc_code)) <> ALL(%(cocs)s::text[])))
        """,
        values,
    )
    here = " UNION ".join(
        f"SELECT r.enrollment_id AS id FROM {layout(file).table} r JOIN missing_stay m"
        " ON m.id = r.enrollment_id WHERE r.date_deleted IS NULL"
        " AND (r.data_source_id <> %(source)s OR r.row_hash IS NULL)"
        for file in of_enrollment()
    )
    cursor.execute(f"DELETE FROM missing_stay WHERE id IN ({here})", values)
    held = cursor.rowcount
    cursor.execute("INSERT INTO missing SELECT 'Enrollment', id FROM missing_stay; ANALYZE missing_stay")
    return held


def _records(cursor: psycopg.Cursor, file: str, values: dict[str, object]) -> None:
    """What hangs on missing enrollments, and what the refresh lacks of enrollments that it has."""
    table = layout(file).table
    cursor.execute(
        f"INSERT INTO missing SELECT '{file}', r.id FROM {table} r JOIN missing_stay m"
        " ON m.id = r.enrollment_id WHERE r.date_deleted IS NULL"
    )
    future = after_end(file)
    dated = f"({future.replace('%s', '%(end)s::date')}) IS NOT TRUE" if future else "TRUE"
    present = "AND NOT EXISTS (SELECT FROM absent b WHERE b.file = 'Exit' AND b.id = x.id)"
    cursor.execute(
        f"""
        INSERT INTO missing SELECT '{file}', r.id FROM absent a
        JOIN {table} r ON r.id = a.id
        JOIN enrollments_enrollment e ON e.id = r.enrollment_id
        JOIN refreshed_project p ON p.id = e.project_id
        WHERE a.file = '{file}' AND r.date_deleted IS NULL AND e.date_deleted IS NULL
            AND e.data_source_id = %(source)s AND {dated} AND {_KNOWN_THEN}
            AND NOT EXISTS (SELECT FROM absent b WHERE b.file = 'Enrollment' AND b.id = e.id)
            AND {_TOUCHES.format(and_present=present)}
        """,
        values,
    )


def _clients(cursor: psycopg.Cursor, values: dict[str, object]) -> None:
    cursor.execute(
        f"""
        INSERT INTO missing SELECT 'Client', r.id FROM absent a JOIN clients_client r ON r.id = a.id
        WHERE a.file = 'Client' AND r.date_deleted IS NULL AND {_KNOWN_THEN}
            AND EXISTS (SELECT FROM missing_stay m WHERE m.client_id = r.id)
            AND NOT EXISTS (
                SELECT FROM enrollments_enrollment e WHERE e.client_id = r.id AND e.date_deleted IS NULL
                    AND NOT EXISTS (SELECT FROM missing_stay m WHERE m.id = e.id))
        """,
        values,
    )


def _descriptors(cursor: psycopg.Cursor, file: str, values: dict[str, object]) -> None:
    place = (
        "(cardinality(%(cocs)s::text[]) = 0 OR r.coc_code IS NULL"
        " OR upper(btrim(r.coc_code)) = ANY(%(cocs)s::text[]))"
        if file in _OF_PLACE
        else "TRUE"
    )
    cursor.execute(
        f"INSERT INTO missing SELECT '{file}', r.id FROM absent a JOIN {layout(file).table} r ON r.id = a.id"
        " JOIN refreshed_project p ON p.id = r.project_id"
        f" WHERE a.file = '{file}' AND r.date_deleted IS NULL AND {_KNOWN_THEN} AND {place}",
        values,
    )


_ANSWERED = (
    " AND EXISTS (SELECT FROM exchange_keptrecord k WHERE k.file = m.file AND k.record_id = m.id"
    " AND k.row_hash IS NULL)"
)


def _changed_here(file: str, more: str = "") -> str:
    """SELECT of the ids of a file's missing records that were changed here."""
    return (
        f"SELECT m.id FROM missing m JOIN {layout(file).table} r ON r.id = m.id"
        f" WHERE m.file = '{file}' AND r.row_hash = {CHANGED_HERE}{more}"
    )


def spare(cursor: psycopg.Cursor, *, by: int | None) -> int:
    """Take what was changed here out of `missing`, with the enrollment that such a record hangs on, all that
    hangs on that, and its client; returns how many records. `by`: whose answer it is, which is kept; None:
    only what somebody answered before."""
    if by is not None:
        keep_changed(cursor, by=by)
    cursor.execute("SELECT file, count(*) FROM missing GROUP BY 1")
    files = dict(cursor.fetchall())
    stays = [_changed_here("Enrollment", _ANSWERED)] if "Enrollment" in files else []
    stays += [
        f"SELECT r.enrollment_id FROM {layout(file).table} r WHERE r.id IN ({_changed_here(file, _ANSWERED)})"
        for file in of_enrollment()
        if file in files
    ]
    spared = 0
    if stays:
        cursor.execute(
            "CREATE TEMP TABLE IF NOT EXISTS spared (id bigint) ON COMMIT DROP; TRUNCATE spared;"
            f" INSERT INTO spared {' UNION '.join(stays)}"
        )
        for file in of_enrollment():
            if file in files:
                cursor.execute(
                    f"DELETE FROM missing m USING {layout(file).table} r, spared s"
                    f" WHERE m.file = '{file}' AND r.id = m.id AND r.enrollment_id = s.id"
                    f" AND (EXISTS (SELECT FROM missing e WHERE e.file = 'Enrollment' AND e.id = s.id)"
                    f" OR m.id IN ({_changed_here(file, _ANSWERED)}))"
                )
                spared += cursor.rowcount
        cursor.execute(
            "DELETE FROM missing m USING enrollments_enrollment e, spared s"
            " WHERE m.file = 'Client' AND e.client_id = m.id AND e.id = s.id"
        )
        spared += cursor.rowcount
        cursor.execute("DELETE FROM missing m USING spared s WHERE m.file = 'Enrollment' AND m.id = s.id")
        spared += cursor.rowcount
    for file in files:
        cursor.execute(
            f"DELETE FROM missing WHERE file = '{file}' AND id IN ({_changed_here(file, _ANSWERED)})"
        )
        spared += cursor.rowcount
    return spared


def keep_changed(cursor: psycopg.Cursor, *, by: int) -> None:
    """Remember that what was changed here stays although the refresh lacks it."""
    cursor.execute("SELECT DISTINCT file FROM missing")
    for (file,) in cursor.fetchall():
        cursor.execute(
            "INSERT INTO exchange_keptrecord (file, record_id, row_hash, kept_by_id)"
            f" SELECT '{file}', c.id, NULL, %s FROM ({_changed_here(file)}) AS c"
            " ON CONFLICT (file, record_id) DO UPDATE SET row_hash = NULL,"
            " kept_by_id = excluded.kept_by_id, kept_at = now()",
            [by],
        )


def counted_now(cursor: psycopg.Cursor, found: Missing) -> Missing:
    """What is missing still, after some were spared."""
    return _summed_up(cursor, found.held)


def _summed_up(cursor: psycopg.Cursor, held: int) -> Missing:
    cursor.execute("SELECT file, count(*) FROM missing GROUP BY 1")
    found = dict(cursor.fetchall())
    counts = {one.file: int(found[one.file]) for one in layouts() if one.file in found}
    if not counts:
        return Missing({}, held=held)
    changed = 0
    for file in counts:
        cursor.execute(
            f"SELECT count(*) FROM missing m JOIN {layout(file).table} r ON r.id = m.id"
            f" WHERE m.file = '{file}' AND r.row_hash = {CHANGED_HERE}"
        )
        changed += _number(cursor)
    cursor.execute("SELECT md5(string_agg(file || id, ',' ORDER BY file, id)) FROM missing")
    row = cursor.fetchone()
    return Missing(counts, changed, held, str(row[0]) if row else "")


def _number(cursor: psycopg.Cursor) -> int:
    row = cursor.fetchone()
    return int(row[0]) if row else 0


def findings(
    connection: Connection, cursor: psycopg.Cursor, missing: Missing, on_progress: Callable[[int], None]
) -> list[tuple[str, str, str]]:
    """(check, file, SELECT of line, key and value class) of everything that is missing. Makes `KEYS`,
    by which such findings are placed: none of their rows is staged."""
    if not missing.counts:
        return []
    keys = " UNION ALL ".join(_keys(layout(file)) for file in missing.counts)
    columns = dict.fromkeys(("file", "key", *COLUMNS), "VARCHAR")
    postgres_to_engine(cursor, f"{keys} ORDER BY 1, 2", [], connection, KEYS, columns, on_progress)
    return [
        (CHECK, file, f"SELECT NULL::BIGINT, key, NULL::VARCHAR FROM {KEYS} WHERE file = '{file}'")
        for file in missing.counts
    ]


def _keys(one: Layout) -> str:
    """SELECT of file, HUD's key, and HUD's keys of the organization and the project that a missing record is
    stored under; of a client neither, as it belongs to no project."""
    joins, stored = "", "NULL, NULL"
    if one.hangs_on_enrollment:
        joins, project = " JOIN enrollments_enrollment e ON e.id = r.enrollment_id", "e.project_id"
    else:
        project = "r.project_id" if "project" in one.fields else ""
    if project:
        joins += (
            f" JOIN organizations_project p ON p.id = {project}"
            " JOIN organizations_organization o ON o.id = p.organization_id"
        )
        stored = "o.hud_id, p.hud_id"
    return (
        f"SELECT m.file, r.hud_id, {stored} FROM missing m JOIN {one.table} r ON r.id = m.id{joins}"
        f" WHERE m.file = '{one.file}'"
    )


def remove(connection: Connection, writer: Writer, missing: Missing, announced: Announced) -> None:
    """Mark everything that is missing as deleted, on the day of the refresh, with its history; what the
    refresh brings instead (another exit, another head) contradicts it no more."""
    cursor = writer.cursor
    for file in missing.counts:
        one = layout(file)
        writer.keep_history(file, f"JOIN missing AS i ON i.id = t.id AND i.file = '{file}'")
        cursor.execute(
            f"UPDATE {one.table} AS t SET row_hash = {REMOVED}, updated_at = now(), updated_by_id = %s,"
            " date_deleted = coalesce(%s::timestamp, localtimestamp(0))"
            " FROM missing AS i WHERE i.id = t.id AND i.file = %s",
            [writer.user, announced.at, file],
        )
        writer.counts[file].deleted += cursor.rowcount
    for check, file, same, sound in (
        (
            "exit_stored_already",
            "Exit",
            "o.enrollment_id = t.enrollment_id",
            "NOT EXISTS (SELECT FROM enrollments_enrollment e WHERE e.id = t.enrollment_id"
            " AND e.entry_date > t.exit_date)",
        ),
        (
            "head_stored_already",
            "Enrollment",
            "o.project_id = t.project_id AND o.household_id = t.household_id AND o.relationship_to_hoh = 1",
            "TRUE",
        ),
    ):
        _free(connection, writer, check, layout(file), same, sound)


def _free(connection: Connection, writer: Writer, check: str, one: Layout, same: str, sound: str) -> None:
    """Clear the mark of rows that contradicted only what is removed now."""
    keys = [
        key
        for (key,) in connection.execute(
            'SELECT key FROM contradicting WHERE "check" = ?', [check]
        ).fetchall()
    ]
    if not keys:
        return
    writer.cursor.execute(
        f"UPDATE {one.table} AS t SET is_faulty = false, row_hash = -t.row_hash - 1"
        f" WHERE t.data_source_id = %s AND t.hud_id = ANY(%s) AND t.is_faulty AND t.date_deleted IS NULL"
        f" AND {sound} AND NOT EXISTS (SELECT FROM {one.table} AS o WHERE {same} AND o.id <> t.id"
        " AND NOT o.is_faulty AND o.date_deleted IS NULL) RETURNING t.hud_id",
        [writer.data_source, keys],
    )
    freed = [key for (key,) in writer.cursor.fetchall()]
    if freed:
        connection.execute(
            'DELETE FROM contradicting WHERE "check" = ? AND key IN (SELECT unnest(?))', [check, freed]
        )
