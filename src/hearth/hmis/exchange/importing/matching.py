"""Which staged rows are new, changed or the same, and the ids of all records that rows refer to.

A record is the same when its data source and HUD's key are; it is unchanged when the hash of its row is.
What is stored comes out of PostgreSQL as (key, id, hash); all comparing happens in the report engine.

Tables made here, on the engine's connection, for a file F:

- `stored_F` (hud_id, id, row_hash, deleted, …): what the database has of this data source;
- `found_F` (rid, id, same, deleted): staged rows, by rowid, that are stored already;
- `new_F` (rid, id): those that are not; only made where the data source has rows of F already;
- `newer_F` (rid, id, reason, …, holds): staged rows that would take something back (see `newer`), where F is
  stored;
- `known_F` (hud_id, id, …): for files that others refer to, every record that may be referred to;
- `orphaned` (file, "column", line, key): rows that belong to no record of the export or of the database;
- `contradicting` ("check", file, line, key): rows that contradict a stored record which the export does not
  have: another head, another exit, another client than the enrollment's.
"""

from collections.abc import Callable
from dataclasses import dataclass

import psycopg

from hearth.hmis.exchange.importing import newer
from hearth.hmis.exchange.importing.announced import Announced
from hearth.hmis.exchange.importing.layout import REPEATED, TARGETS, Layout
from hearth.reporting.engine import Connection, name, row, scalar, text
from hearth.reporting.sources.transfer import postgres_to_engine

#: Ids left free in front of a block, far more than others can take in the moment of its allocation.
_GAP = 10_000
_ALLOCATION_LOCK = 7_301_001
#: The check of rows that name another client than their enrollment's; they are stored, and are not faulty.
OTHER_PERSON = "person_not_of_enrollment"


@dataclass(frozen=True)
class Match:
    """What matching found for one file. `first_id` is the id of the staged row with rowid 0 where all
    rows are new (`all_new`); else `new_F` and `found_F` say which row has which id. `kept`: rows that are
    passed over, because the stored record is newer."""

    file: str
    rows: int
    new: int
    changed: int
    all_new: bool
    first_id: int
    kept: int = 0

    @property
    def unchanged(self) -> int:
        return self.rows - self.new - self.changed - self.kept

    @property
    def new_rows(self) -> str:
        """The staged rows to add, alias `s`, with their id: a FROM clause and an expression."""
        if self.all_new:
            return f"{name(self.file)} AS s"
        return f"{name(self.file)} AS s JOIN new_{self.file} AS n ON n.rid = s.rowid"

    @property
    def new_id(self) -> str:
        return f"{self.first_id} + s.rowid" if self.all_new else "n.id"

    @property
    def changed_rows(self) -> str:
        """The staged rows to change, alias `s`; `f` has their id."""
        changed = f"(SELECT * FROM found_{self.file} WHERE NOT same)"
        return f"{changed} AS f JOIN {name(self.file)} AS s ON s.rowid = f.rid"

    @property
    def writes(self) -> str:
        """Rowids of all staged rows that will be written."""
        if self.all_new:
            return f"SELECT rowid FROM {name(self.file)}"
        return f"SELECT rid FROM new_{self.file} UNION ALL SELECT rid FROM found_{self.file} WHERE NOT same"


class Matching:
    """Matches one file after another, in HUD's order, with the records of one data source.

    `announced`: what the export says of itself; `answers`: of rows that would take something back.
    `on_progress` is told of every stored row that was fetched, and may raise to cancel.
    """

    def __init__(
        self,
        connection: Connection,
        cursor: psycopg.Cursor,
        data_source: int,
        *,
        is_new_source: bool,
        share: bool,
        announced: Announced,
        answers: newer.Answers,
        on_progress: Callable[[int], None],
    ) -> None:
        self.connection, self.cursor, self.data_source = connection, cursor, data_source
        self.announced, self.answers = announced, answers
        self.is_new_source, self.share, self.on_progress = is_new_source, share, on_progress
        connection.execute(
            'CREATE OR REPLACE TABLE contradicting ("check" VARCHAR, file VARCHAR, line BIGINT, key VARCHAR);'
            ' CREATE OR REPLACE TABLE orphaned (file VARCHAR, "column" VARCHAR, line BIGINT, key VARCHAR)'
        )

    def match(self, layout: Layout) -> Match:
        """Match one file; everything that it refers to was matched before."""
        file = layout.file
        rows = scalar(self.connection, f"SELECT count(*) FROM {name(file)}")
        wanted = rows or file in TARGETS or self.announced.replaces
        if self.is_new_source or not wanted or not self._fetch_stored(layout):
            match = Match(file, rows, rows, 0, True, self._allocate(layout.table, rows))
        else:
            match = self._compare(layout, rows)
        if file in TARGETS:
            self._know(layout, match)
        if self.announced.parents_elsewhere and match.new + match.changed:
            self._find_orphans(layout, match)
        if layout.hangs_on_enrollment and rows and not self.is_new_source:
            self._find_other_people(layout)
        return match

    def _find_orphans(self, layout: Layout, match: Match) -> None:
        """Note rows that belong to what neither the export nor the database has. Deleted ones may."""
        for column in layout.required:
            self.connection.execute(
                f"INSERT INTO orphaned SELECT {text(layout.file)}, {text(column.column)}, s._line,"
                f" s.{name(layout.key)} FROM {name(layout.file)} AS s {layout.joins()}"
                f" WHERE to_{column.field}.id IS NULL AND s.DateDeleted IS NULL"
                f" AND s.rowid IN ({match.writes})"
            )

    def _find_other_people(self, layout: Layout) -> None:
        """Note rows with another client than that of their enrollment, where only the database has it. They
        are stored with the enrollment's client; whether two rows of the export agree is for staging."""
        for column in layout.stored:
            if column.kind != "through_enrollment":
                continue
            self.connection.execute(
                f"INSERT INTO contradicting SELECT {text(OTHER_PERSON)}, {text(layout.file)}, s._line,"
                f" s.{name(layout.key)} FROM {name(layout.file)} AS s"
                ' ANTI JOIN "Enrollment" AS here ON here.EnrollmentID = s.EnrollmentID'
                " JOIN known_Enrollment AS e ON e.hud_id = s.EnrollmentID"
                f" WHERE s.{name(column.column)} <> e.person AND s.DateDeleted IS NULL"
            )

    def _fetch_stored(self, layout: Layout) -> int:
        """Fill `stored_F`; returns the number of rows."""
        columns = {"hud_id": "VARCHAR", "id": "BIGINT", "row_hash": "BIGINT"}
        deleted = "date_deleted IS NOT NULL" if "date_deleted" in layout.fields else "false"
        if newer.is_dated(layout):
            columns["date_updated"] = "TIMESTAMP"
        more = _MORE_OF.get(layout.file, {})
        postgres_to_engine(
            self.cursor,
            f"SELECT {', '.join([*columns, deleted, *more])} FROM {layout.table} WHERE data_source_id = %s",
            [self.data_source],
            self.connection,
            f"stored_{layout.file}",
            columns | {"deleted": "BOOLEAN"} | more,
            self.on_progress,
        )
        return int(scalar(self.connection, f"SELECT count(*) FROM stored_{layout.file}"))

    def _compare(self, layout: Layout, rows: int) -> Match:
        file, key = layout.file, name(layout.key)
        kept = newer.find(
            self.connection,
            self.cursor,
            layout,
            self.answers,
            is_older=self.announced.is_older,
            on_progress=self.on_progress,
        )
        if file in _PROTECTED:
            self._mark_contradictions(layout, kept)
        self.connection.execute(
            f"CREATE OR REPLACE TABLE found_{file} AS SELECT s.rowid AS rid, e.id, e.deleted,"
            f" e.row_hash IS NOT DISTINCT FROM s._hash AS same"
            f" FROM {name(file)} AS s JOIN stored_{file} AS e ON e.hud_id = s.{key}"
        )
        if kept:
            self.connection.execute(
                f"UPDATE found_{file} SET same = TRUE WHERE rid IN (SELECT rid FROM newer_{file} WHERE holds)"
            )
        found, changed = row(
            self.connection, f"SELECT count(*), count(*) FILTER (WHERE NOT same) FROM found_{file}"
        )
        first = self._allocate(layout.table, rows - found)
        self.connection.execute(
            f"CREATE OR REPLACE TABLE new_{file} AS SELECT s.rowid AS rid,"
            f" {first} - 1 + row_number() OVER () AS id FROM {name(file)} AS s"
            f" ANTI JOIN found_{file} AS f ON f.rid = s.rowid"
        )
        return Match(file, rows, rows - found, changed, False, first, kept)

    def _know(self, layout: Layout, match: Match) -> None:
        """Make `known_F`: stored records, and staged ones that can be stored."""
        file, key = layout.file, name(layout.key)
        stored = not match.all_new
        own, kept = [f"s.{key} AS hud_id"], ["e.hud_id", "e.id"]
        for column, value in self._inherited(file).items():
            # What an export says of a stored record holds; what it does not say stays as it was.
            said = value.startswith("to_")
            known = f"coalesce({value}, e.{column})" if said else f"if(e.id IS NULL, {value}, e.{column})"
            own.append(f"{known if stored else value} AS {column}")
            kept.append(f"e.{column}")
        if file == "Enrollment":
            own.append("s.PersonalID AS person")
            # Where it was moved to another person here, the export's rows still agree with the export's.
            kept.append(
                'coalesce((SELECT min(x.PersonalID) FROM "Enrollment" AS x WHERE x.EnrollmentID = e.hud_id),'
                " (SELECT c.hud_id FROM known_Client AS c WHERE c.id = e.client_id))"
            )
        own.insert(1, "coalesce(e.id, n.id) AS id" if stored else f"{match.new_id} AS id")
        if not stored:
            self.connection.execute(
                f"CREATE OR REPLACE TABLE known_{file} AS SELECT {', '.join(own)}"
                f" FROM {name(file)} AS s {layout.joins()} WHERE {layout.can_be_stored()}"
            )
            return
        # Of a record that is passed over the stored version holds, as if the export did not have it.
        said = f"(SELECT rowid, * FROM {name(file)} WHERE {_written(file, match.kept)})"
        self.connection.execute(
            f"CREATE OR REPLACE TABLE known_{file} AS SELECT {', '.join(own)} FROM {said} AS s"
            f" LEFT JOIN stored_{file} AS e ON e.hud_id = s.{key}"
            f" LEFT JOIN new_{file} AS n ON n.rid = s.rowid"
            f" {layout.joins()} WHERE e.id IS NOT NULL OR ({layout.can_be_stored()})"
            f" UNION ALL SELECT {', '.join(kept)} FROM stored_{file} AS e"
            f" ANTI JOIN {said} AS s ON s.{key} = e.hud_id"
        )

    def _inherited(self, file: str) -> dict[str, str]:
        """What rows that refer to a record of this file take from it, and where a new record has it from."""
        if file == "Project":
            return {"organization_id": "to_organization.id"}
        if file == "Client":
            return {"is_restricted": "FALSE"}
        if file == "Enrollment":
            return {
                "organization_id": "to_project.organization_id",
                "project_id": "to_project.id",
                "is_shared": "TRUE" if self.share else "FALSE",
                "shared_until": "NULL::DATE",
                "is_restricted": "to_client.is_restricted",
            }
        return {}

    def _mark_contradictions(self, layout: Layout, kept: int) -> None:
        """Mark staged rows that contradict a stored record which this export does not have, or not anew.

        The database allows one head of a household and one exit of an enrollment. Staging has marked what
        contradicts within the export (`reporting/sources/contradictions.py`); the mark and the sign of the
        hash are the same here.
        """
        check, query, columns, same = _PROTECTED[layout.file]
        file, key = name(layout.file), name(layout.key)
        written = _written(layout.file, kept)
        postgres_to_engine(
            self.cursor, query, [self.data_source], self.connection, "protected", columns, self.on_progress
        )
        self.connection.execute(
            f"DELETE FROM protected WHERE id IN (SELECT e.id FROM stored_{layout.file} AS e"
            f" SEMI JOIN (SELECT * FROM {file} WHERE {written}) AS s ON s.{key} = e.hud_id)"
        )
        if scalar(self.connection, "SELECT count(*) FROM protected"):
            passed_over = (
                f" AND s.rowid NOT IN (SELECT rid FROM newer_{layout.file} WHERE holds)" if kept else ""
            )
            self.connection.execute(
                f"CREATE OR REPLACE TEMP TABLE contradicts AS SELECT DISTINCT s.rowid AS rid FROM {file} AS s"
                f" {same} AND NOT s._faulty AND s.DateDeleted IS NULL{passed_over}"
            )
            self.connection.execute(
                f"INSERT INTO contradicting SELECT {text(check)}, {text(layout.file)}, s._line, s.{key}"
                f" FROM {file} AS s"
                " JOIN contradicts AS c ON c.rid = s.rowid"
            )
            self.connection.execute(
                f"UPDATE {file} SET _faulty = TRUE, _hash = -_hash - 1"
                " WHERE rowid IN (SELECT rid FROM contradicts)"
            )

    def _allocate(self, table: str, count: int) -> int:
        """The first of `count` free ids that follow one another."""
        if not count:
            return 0
        # Two allocations at once would overlap, so they wait for one another; nextval of everybody else
        # in between is what the gap is for.
        self.cursor.execute("SELECT pg_advisory_lock(%s)", [_ALLOCATION_LOCK])
        try:
            self.cursor.execute(
                "SELECT setval(sequence, nextval(sequence) + %s)"
                " FROM (SELECT pg_get_serial_sequence(%s, 'id')::regclass AS sequence) AS one",
                [_GAP + count, table],
            )
            found = self.cursor.fetchone()
        finally:
            self.cursor.execute("SELECT pg_advisory_unlock(%s)", [_ALLOCATION_LOCK])
        assert found is not None
        return int(found[0]) - count + 1


#: What is read of stored records beside their keys, by file.
_MORE_OF = {
    "Project": {"organization_id": "BIGINT"},
    "Client": {"is_restricted": "BOOLEAN"},
    "Enrollment": REPEATED | {"client_id": "BIGINT"},
}


def _written(file: str, kept: int) -> str:
    """A condition for the staged rows of a file that are not passed over."""
    return f"rowid NOT IN (SELECT rid FROM newer_{file} WHERE holds)" if kept else "TRUE"


# For the two files whose rows the database holds to be unique in a way that an export may break: the
# stored rows `p` that hold such a place, and which staged rows `s` claim the same one. The check tells of it.
_PROTECTED: dict[str, tuple[str, str, dict[str, str], str]] = {
    "Enrollment": (
        "head_stored_already",
        "SELECT e.id, e.project_id, e.household_id FROM enrollments_enrollment e"
        " JOIN organizations_project p ON p.id = e.project_id WHERE p.data_source_id = %s"
        " AND e.relationship_to_hoh = 1 AND NOT e.is_faulty AND e.date_deleted IS NULL",
        {"id": "BIGINT", "project_id": "BIGINT", "household_id": "VARCHAR"},
        "JOIN known_Project AS k ON k.hud_id = s.ProjectID JOIN protected AS p ON p.project_id = k.id"
        " AND p.household_id = s.HouseholdID WHERE s.RelationshipToHoH = 1",
    ),
    "Exit": (
        "exit_stored_already",
        "SELECT x.id, x.enrollment_id FROM enrollments_exit x"
        " JOIN enrollments_enrollment e ON e.id = x.enrollment_id WHERE e.data_source_id = %s"
        " AND NOT x.is_faulty AND x.date_deleted IS NULL",
        {"id": "BIGINT", "enrollment_id": "BIGINT"},
        "JOIN known_Enrollment AS k ON k.hud_id = s.EnrollmentID"
        " JOIN protected AS p ON p.enrollment_id = k.id WHERE TRUE",
    ),
}
