"""Write matched rows: changes with their history, additions by COPY, and what follows from them.

File by file in HUD's order, so that whatever a row refers to is there. Of one file first the changes, then
the additions, because a change may free the place that an addition takes (the head of a household).
Triggers are off; every function here says which of them it stands in for.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import psycopg

from hearth.hmis.exchange.importing.layout import REPEATED, Layout
from hearth.hmis.exchange.importing.matching import Match
from hearth.hmis.exchange.importing.ssn_sealing import SEALED_COLUMNS
from hearth.hmis.hud.records import model_of, models_of_files
from hearth.reporting.engine import Connection, name, scalar
from hearth.reporting.sources.transfer import engine_to_postgres

#: Rows that hold a place which only one row may have, and what makes two places the same.
_PLACES = {
    "Enrollment": (
        "t.relationship_to_hoh = 1",
        "(i.relationship_to_hoh = 1 AND NOT i.is_faulty AND i.date_deleted IS NULL"
        " AND i.project_id IS NOT DISTINCT FROM t.project_id"
        " AND i.household_id IS NOT DISTINCT FROM t.household_id)",
    ),
    "Exit": (
        "TRUE",
        "(NOT i.is_faulty AND i.date_deleted IS NULL"
        " AND i.enrollment_id IS NOT DISTINCT FROM t.enrollment_id)",
    ),
}


#: Where more than this share of neighbours (among so many of a file) are not in the order of HUD's keys, rows
#: are sorted before they are written, so many at a time: the index of keys then grows page after page, which
#: with random keys takes a third off the database's time. Sorting all at once would need memory for all.
_ORDERLY = 0.1
_LOOKED_AT = 20_000
_SORTED_TOGETHER = 500_000

#: From so many written rows of a file on the planner needs to hear of them; and how closely it looks.
#: PostgreSQL's own autovacuum, which comes within a minute or so, looks at all columns and more rows.
_ANALYZE_FROM = 1_000
_STATISTICS_TARGET = 50


@dataclass
class Count:
    """What happened to the rows of one file. `left_out`: deleted rows of records that were never here;
    `kept`: rows that were passed over because the stored record is newer."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    deleted: int = 0
    left_out: int = 0
    kept: int = 0


@dataclass
class Writer:
    """Writes the files of one import over one connection. `filled`: by file, the columns with any value.
    `on_progress` is told of rows and may raise."""

    connection: Connection
    cursor: psycopg.Cursor
    data_source: int
    user: int
    share: bool
    filled: Mapping[str, frozenset[str]]
    on_progress: Callable[[int], None]
    counts: dict[str, Count] = field(default_factory=dict)
    since: Any = None

    def begin(self) -> None:
        """Settings of the transaction; `since` is its moment, which changed rows carry."""
        self.cursor.execute("SELECT now()")
        self.since = self.cursor.fetchone()[0]
        self.cursor.execute("SELECT set_config('app.user_id', %s, true)", [str(self.user)])
        self.cursor.execute("SET LOCAL session_replication_role = replica")
        self.cursor.execute("SET LOCAL statement_timeout = 0")
        self.cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")

    def write(self, layout: Layout, match: Match) -> None:
        """Change and add the rows of one file. The table `sealed` is there where the file has an SSN."""
        count = self.counts[layout.file] = Count(unchanged=match.unchanged, kept=match.kept)
        if match.changed:
            self._change(layout, match, count)
        if match.new:
            count.added = self._add(layout, match)
            count.left_out = match.new - count.added
        if layout.is_visible_by_organization and self.has_written(layout):
            self._note_writers(layout.table, self.since)
        if count.added + count.changed >= _ANALYZE_FROM:
            self._analyze(layout)

    def has_written(self, layout: Layout) -> bool:
        """Whether any row of a file was added, changed or deleted."""
        count = self.counts.get(layout.file, Count())
        return bool(count.added or count.changed or count.deleted)

    def _add(self, layout: Layout, match: Match) -> int:
        columns = {"id": match.new_id, "data_source_id": str(self.data_source)}
        columns["hud_id"] = f's."{layout.key}"'
        empty = self._empty(layout)
        columns |= {column: value for column, value in layout.values() if value not in empty}
        if layout.is_visible_by_organization and not layout.hangs_on_enrollment:
            columns["is_shared"] = str(self.share).upper()
        for column in self._nowhere_set(layout):
            columns.pop(column, None)
        if "created_by" in layout.fields:
            columns["created_by_id"] = columns["updated_by_id"] = str(self.user)
        source = match.new_rows + layout.joins()
        if layout.sealed:
            source += " LEFT JOIN sealed ON sealed.rid = s.rowid"
            columns |= {column: f"sealed.{column}" for column in SEALED_COLUMNS}
        rows = f"SELECT {', '.join(columns.values())} FROM {source} WHERE {layout.can_be_stored()}"
        added = 0
        for part in self._parts(layout, match):
            engine_to_postgres(
                self.connection,
                rows + part,
                self.cursor,
                layout.table,
                list(columns),
                self.on_progress,
                rows=match.new,
            )
            added += self.cursor.rowcount
        return added

    def _note_writers(self, table: str, since: Any) -> None:
        """Remember who wrote in which organization (triggers notes_writers_of_added and _of_changed)."""
        self.cursor.execute("SELECT hearth_note_writers(%s::regclass, %s)", [table, since])

    def _parts(self, layout: Layout, match: Match) -> list[str]:
        """What comes behind the WHERE for each part of the rows that is written at once."""
        file, key = name(layout.file), name(layout.key)
        disorder = scalar(
            self.connection,
            "SELECT avg((key < before)::INTEGER) FROM"
            f" (SELECT {key} AS key, lag({key}) OVER (ORDER BY rowid) AS before"
            f" FROM {file} WHERE rowid < {_LOOKED_AT})",
        )
        if (disorder or 0) < _ORDERLY:
            return [""]
        return [
            f" AND s.rowid BETWEEN {first} AND {first + _SORTED_TOGETHER - 1} ORDER BY s.{key}"
            for first in range(0, match.rows, _SORTED_TOGETHER)
        ]

    def _analyze(self, layout: Layout) -> None:
        """Fresh statistics of the columns that queries join and filter by, so that pages and searches stay
        quick after a large import. Within the transaction: while the next file is still being read there is
        time for it, and rows before their commit need not be marked as seen. Another import of the same
        moment does it for both."""
        self.cursor.execute(
            f"SET LOCAL default_statistics_target = {_STATISTICS_TARGET};"
            f" ANALYZE (SKIP_LOCKED) {layout.table} ({', '.join(layout.searched)});"
            " SET LOCAL default_statistics_target TO DEFAULT"
        )

    def _empty(self, layout: Layout) -> set[str]:
        """Columns without any value in the staged file: what COPY is not given costs it nothing."""
        filled = self.filled[layout.file]
        return {
            f's."{column.column}"'
            for column in layout.stored
            if column.kind == "value" and column.column != layout.sealed and column.column not in filled
        }

    def _nowhere_set(self, layout: Layout) -> list[str]:
        """Columns that hold their default in every row that is added: an end of sharing, a restriction."""
        if not layout.is_visible_by_organization:
            return []
        if not layout.hangs_on_enrollment:
            asked = {"is_restricted": "SELECT bool_or(is_restricted) FROM known_Client"}
        else:
            asked = {
                "shared_until": "SELECT count(shared_until) > 0 FROM known_Enrollment",
                "is_restricted": "SELECT bool_or(is_restricted) FROM known_Enrollment",
            }
        return [column for column, query in asked.items() if not scalar(self.connection, query)]

    def _change(self, layout: Layout, match: Match, count: Count) -> None:
        """Change stored rows; keeps their history (pghistory's trigger before_change)."""
        values = dict(layout.values())
        source = match.changed_rows + layout.joins()
        if layout.sealed:
            source += " LEFT JOIN sealed ON sealed.rid = s.rowid"
            values |= {column: f"sealed.{column}" for column in SEALED_COLUMNS}
        kept = {column.db_column for column in layout.relations} & set(values)
        kept |= {"organization_id", "is_restricted"} & set(values)
        taken = {
            column: _taken(column, kept=column in kept, of_enrollment=layout.hangs_on_enrollment)
            for column in values
        }
        incoming = f"incoming_{layout.file.lower()}"
        self.cursor.execute(
            f"CREATE TEMP TABLE {incoming} ON COMMIT DROP AS SELECT id, {_listed(values)} FROM {layout.table}"
            " WITH NO DATA"
        )
        engine_to_postgres(
            self.connection,
            f"SELECT f.id, {', '.join(values.values())} FROM {source}",
            self.cursor,
            incoming,
            ["id", *values],
            self.on_progress,
            rows=match.changed,
        )
        self.cursor.execute(f"ANALYZE {incoming}")
        self.keep_history(layout.file, f"JOIN {incoming} AS i ON i.id = t.id")
        if layout.file in _PLACES:
            self._free_places(layout, incoming)
        # A record of a deleted row may be named by nothing in this export: then it keeps what it had.
        assignments = ", ".join(f'"{column}" = {value}' for column, value in taken.items())
        assignments += "".join(f', "{column}" = NULL' for column in layout.data_sources)
        stamps = ", updated_at = now(), updated_by_id = %s" if "updated_by" in layout.fields else ""
        deleted = (
            "count(*) FILTER (WHERE i.date_deleted IS NOT NULL AND t.date_deleted IS NULL)"
            if "date_deleted" in layout.fields
            else "0"
        )
        decides = layout.is_visible_by_organization or layout.file == "Project"
        moved = " OR ".join(
            f"{taken[column]} IS DISTINCT FROM t.{column}"
            # Old versions of an enrollment carry its client of today, too.
            for column in (*REPEATED, *(("client_id",) if layout.file == "Enrollment" else ()))
            if decides and column in taken
        )
        self.cursor.execute(
            f"SELECT {deleted}, coalesce(array_agg(t.id) FILTER (WHERE {moved or 'FALSE'}), '{{}}')"
            f" FROM {incoming} AS i JOIN {layout.table} AS t ON t.id = i.id"
        )
        found = self.cursor.fetchone()
        assert found is not None
        self.cursor.execute(
            f"UPDATE {layout.table} AS t SET {assignments}{stamps} FROM {incoming} AS i WHERE t.id = i.id",
            [self.user] if stamps else None,
        )
        count.deleted = int(found[0])
        count.changed = self.cursor.rowcount - count.deleted
        self._keep_step(layout, incoming, moved=found[1])

    def _free_places(self, layout: Layout, incoming: str) -> None:
        """Rows that give up a place do so before others take it, whatever the order within an UPDATE."""
        holds, keeps = _PLACES[layout.file]
        self.cursor.execute(
            f"UPDATE {layout.table} AS t SET is_faulty = true FROM {incoming} AS i WHERE t.id = i.id"
            f" AND NOT t.is_faulty AND t.date_deleted IS NULL AND {holds} AND NOT {keeps}"
        )

    def _keep_step(self, layout: Layout, incoming: str, moved: list[int]) -> None:
        """What follows from changed projects, enrollments and records (triggers enrollments_follow,
        records_keep_step, versions_follow and not_after_exit), also for records that this export does not
        have. `moved`: ids of rows that are visible to others than before."""
        if layout.is_visible_by_organization and moved:
            self.cursor.execute("SELECT hearth_versions_keep_step(%s::regclass, %s)", [layout.table, moved])
        if layout.file == "Project" and moved:
            self._correct(
                "Enrollment",
                f"JOIN {incoming} AS i ON i.id = t.project_id JOIN organizations_project AS parent"
                " ON parent.id = i.id AND parent.organization_id <> t.organization_id",
                ["organization_id"],
            )
            for file in of_enrollment():
                self._correct(
                    file,
                    "JOIN enrollments_enrollment AS parent ON parent.id = t.enrollment_id"
                    f" JOIN {incoming} AS i ON i.id = parent.project_id"
                    " AND parent.organization_id <> t.organization_id",
                    ["organization_id"],
                )
            self.cursor.execute("SELECT hearth_deleted_follow_project(%s)", [moved])
        if layout.file == "Enrollment" and moved:
            for file in of_enrollment():
                self._correct(
                    file,
                    f"JOIN {incoming} AS i ON i.id = t.enrollment_id JOIN enrollments_enrollment AS parent"
                    f" ON parent.id = i.id AND ({_listed(REPEATED, 'parent.')})"
                    f" IS DISTINCT FROM ({_listed(REPEATED, 't.')})",
                    list(REPEATED),
                )
            self.cursor.execute("SELECT hearth_deleted_keep_step(%s)", [moved])

    def mark_exits_before_entry(self, *, of_all: bool) -> None:
        """Mark stored exits, which this export does not have, that a changed entry leaves behind; they are
        noted in the engine's table `contradicting`. `of_all`: exits may have been written without their
        enrollments, so that all exits of the data source are looked at."""
        if not of_all and not self.counts.get("Enrollment", Count()).changed:
            return
        changed = "" if of_all else " JOIN incoming_enrollment AS i ON i.id = t.enrollment_id"
        join = (
            f"{changed} JOIN (SELECT id, entry_date, true AS is_faulty FROM enrollments_enrollment"
            f" WHERE data_source_id = {int(self.data_source)}) AS parent ON parent.id = t.enrollment_id"
            " AND t.exit_date < parent.entry_date AND NOT t.is_faulty AND t.date_deleted IS NULL"
        )
        self.cursor.execute(f"SELECT t.hud_id FROM enrollments_exit AS t {join}")
        if found := self.cursor.fetchall():
            self.connection.executemany(
                "INSERT INTO contradicting VALUES ('exit_before_entry', 'Exit', NULL, ?)",
                [list(one) for one in found],
            )
            self._correct("Exit", join, ["is_faulty"])

    def settle_consents(self) -> None:
        """Rows are as open as their people's answers say (triggers takes_sharing and consent_follows), and
        people whose new enrollments came as shared have an answer that says so."""
        self.cursor.execute(
            "SELECT hearth_consents_of_import(%s, %s, %s)", [self.data_source, self.since, self.share]
        )

    def _correct(self, file: str, join: str, columns: list[str]) -> int:
        """Give the rows `t` that the join selects these columns of `parent`, and keep their history."""
        table = model_of(file)._meta.db_table
        self.cursor.execute(
            f"CREATE TEMP TABLE correction ON COMMIT DROP AS SELECT t.id, {_listed(columns, 'parent.')}"
            f" FROM {table} AS t {join}"
        )
        found = self.cursor.rowcount
        if found:
            self.keep_history(file, "JOIN correction AS i ON i.id = t.id")
            assignments = ", ".join(f"{column} = i.{column}" for column in columns)
            self.cursor.execute(
                f"UPDATE {table} AS t SET {assignments} FROM correction AS i WHERE t.id = i.id"
            )
            if "organization_id" in columns:
                self._note_writers(table, "-infinity")
                self.cursor.execute(
                    "SELECT hearth_versions_keep_step(%s::regclass, array_agg(id)) FROM correction", [table]
                )
        self.cursor.execute("DROP TABLE correction")
        return found

    def keep_history(self, file: str, join: str) -> None:
        """Store the rows `t` that the join selects as old versions: pghistory's trigger before_change."""
        model = model_of(file)
        try:
            history = model._meta.apps.get_model(model._meta.app_label, f"{model.__name__}History")
        except LookupError:  # Export.csv keeps no history: a row of it never changes
            return
        columns = [
            column.column
            for column in history._meta.local_concrete_fields
            if not column.name.startswith("pgh_")
        ]
        self.cursor.execute(
            f"INSERT INTO {history._meta.db_table} (pgh_created_at, pgh_label, pgh_obj_id, pgh_changed_by,"
            f" {_listed(columns)}) SELECT now(), 'before_change', t.id, %s, {_listed(columns, 't.')}"
            f" FROM {model._meta.db_table} AS t {join}",
            [self.user],
        )


def _taken(column: str, *, kept: bool, of_enrollment: bool) -> str:
    """A column of an incoming row `i`, or of the stored row `t` where the export does not name the record
    that it hangs on; what a row repeats of its enrollment may be empty there."""
    if of_enrollment and column in REPEATED:
        return f'CASE WHEN i.enrollment_id IS NULL THEN t."{column}" ELSE i."{column}" END'
    return f'coalesce(i."{column}", t."{column}")' if kept else f'i."{column}"'


def _listed(columns: object, prefix: str = "") -> str:
    return ", ".join(f'{prefix}"{column}"' for column in columns)


def of_enrollment() -> list[str]:
    """Files whose records hang on an enrollment."""
    return [
        file
        for file, model in models_of_files().items()
        if any(column.name == "enrollment" for column in model._meta.local_concrete_fields)
    ]
