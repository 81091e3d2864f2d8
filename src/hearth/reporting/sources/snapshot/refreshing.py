"""Copy the database, or bring a snapshot up to date with what changed since its newest state."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg

from hearth.reporting import engine
from hearth.reporting.engine import Connection, name, text

from . import changes, copying, states
from .changes import Mark
from .copying import GONE, HASH, ID
from .numbers import Unseal, open_numbers
from .opening import rows_of
from .problems import SnapshotError
from .reading import Reading, reading
from .relations import Relation, Relations
from .states import Kept, State

#: Told how much is done, 0 to 1, and which file is read.
OnProgress = Callable[[float, str], None]

#: Where more of a file changed than this share, it is copied whole.
_WHOLE_FROM, _WHOLE_SHARE = 20_000, 0.2
#: Changes beyond this share of the base are written into it.
_MERGED_FROM, _MERGED_SHARE = 100_000, 0.1
#: After so many days every row is looked at, whatever the history says.
_THOROUGH_DAYS = 7
_MARK = 1 << 64
_PARQUET = "(FORMAT parquet, COMPRESSION zstd)"


def refresh(
    url: str,
    relations: Relations,
    home: Path,
    *,
    unseal: Unseal,
    memory_limit: str = engine.DEFAULT_MEMORY_LIMIT,
    scanner: bool = True,
    thorough: bool = False,
    on_progress: OnProgress | None = None,
    should_stop: Callable[[], bool] | None = None,
) -> Path:
    """Make the next state of the snapshot in the folder `home` and return its folder.

    `url`: the database, as a role that may read the relations' columns and is not subject to row-level
    security. `thorough` looks at every row for changes, see `changes`; it is done by itself once a week. One
    process at a time may refresh a folder, which the caller sees to. A call that raises leaves nothing
    behind, what one leaves that is killed goes with the next sweep (`hearth.scratch`), and the newest state
    stays as it was.

    Raises `SnapshotError`, `engine.Cancelled` or `engine.OutOfMemory`.
    """
    watch = _Watch(on_progress, should_stop)
    before = states.newest(home)
    with states.building(home) as folder:
        spill = folder / "spill"
        try:
            with (
                engine.connected(
                    memory_limit=memory_limit, temp_directory=spill, preserve_insertion_order=False
                ) as connection,
                reading(connection, url, scanner=scanner) as view,
            ):
                state = _Refresh(view, relations, folder, before, unseal, watch).run(thorough)
            shutil.rmtree(spill, ignore_errors=True)
            return states.put_in_place(home, folder, state)
        except (engine.EngineError, psycopg.Error, OSError) as error:
            if isinstance(error, engine.OutOfMemory):
                raise
            if engine.is_disk_full(error):
                raise SnapshotError("The disk is full: make room, then try again.") from None
            raise SnapshotError("The database could not be read to the end: look at its log.") from error


@dataclass(slots=True)
class _Watch:
    """Progress and cancelling. `expected`: about how many rows there are."""

    on_progress: OnProgress | None
    should_stop: Callable[[], bool] | None
    expected: int = 1
    done: int = 0

    def run(self, connection: Connection, sql: str, file: str = "", rows: int = 0) -> None:
        """Run one statement of the engine, telling how far it is where it reads so many `rows`."""

        def tell(share: float) -> None:
            self.tell(file, round(share * rows))

        engine.run(
            connection,
            sql,
            on_progress=tell if self.on_progress and rows else None,
            should_stop=self.should_stop,
        )
        self.done += rows
        self.check()

    def tell(self, file: str, more: int = 0) -> None:
        if self.on_progress is not None:
            self.on_progress(min(1.0, (self.done + more) / max(1, self.expected)), file)

    def check(self) -> None:
        if self.should_stop is not None and self.should_stop():
            raise engine.Cancelled("stopped at the caller's request")


@dataclass(slots=True)
class _Plan:
    """What is to be read of one file: all of it, or the records `ids`."""

    relation: Relation
    old: Kept | None
    facts: dict[str, Any]
    ids: list[int] | None = None
    rows: int = 0

    @property
    def raw(self) -> str:
        return f"_raw_{self.relation.name}"


@dataclass(slots=True)
class _Refresh:
    """One refresh, level by level: a file comes after those that its records refer to."""

    view: Reading
    relations: Relations
    folder: Path
    before: Path | None
    unseal: Unseal
    watch: _Watch
    kept: dict[str, Kept] = field(default_factory=dict)
    #: Records whose key, or person, is another than in the state before, by file.
    moved: dict[str, list[int]] = field(default_factory=dict)
    #: Files whose key table holds all keys.
    known: set[str] = field(default_factory=set)
    first: int = 0

    @property
    def connection(self) -> Connection:
        return self.view.connection

    def run(self, thorough: bool) -> State:
        mark = changes.take_mark(self.view, self.relations)
        taken_at, facts = self._facts()
        self.watch.expected = sum(one["rows"] for one in facts.values())
        origin = self._origin()
        self.first = self._first_source()
        old = self._comparable(origin, mark)
        marks: list[Mark] = [] if old is None else old.marks
        thorough = thorough or old is None or _days_between(old.checked_at, taken_at) >= _THOROUGH_DAYS
        since = changes.bound(marks) if marks else None
        for level in _levels(self.relations):
            plans = [self._plan(one, old, marks, since, thorough, facts[one.name]) for one in level]
            for plan in plans:
                self._load(plan)
            self._know_keys(plans)
            for plan in plans:
                self._write(plan)
        kept = {relation.name: self.kept[relation.name] for relation in self.relations.files}
        state = State(
            format=states.FORMAT,
            layout=layout(self.relations),
            origin=origin,
            year=self.relations.year,
            first_source=self.first,
            taken_at=taken_at,
            checked_at=taken_at if thorough or old is None else old.checked_at,
            checked_xmin=mark["xmin"] if thorough or old is None else old.checked_xmin,
            files=kept,
            marks=changes.still_useful([*marks, mark]),
        )
        content = {file: [one.rows, one.mark] for file, one in kept.items()}
        state.sha256 = hashlib.sha256(json.dumps([state.layout, content]).encode()).hexdigest()
        return state

    # ------------------------------------------------------------------ what there is

    def _origin(self) -> dict[str, Any]:
        found = self.view.rows(
            "SELECT (SELECT system_identifier::text FROM pg_control_system()) AS system,"
            " (SELECT timeline_id FROM pg_control_checkpoint()) AS timeline,"
            " (SELECT oid::bigint FROM pg_database WHERE datname = current_database()) AS database"
        )[0]
        return dict(zip(("system", "timeline", "database"), map(str, found), strict=True))

    def _facts(self) -> tuple[str, dict[str, dict[str, Any]]]:
        """The database's time; and of each file where its table lies and about how many rows it has."""
        asked = [
            f"SELECT {text(one.name)} AS file, pg_relation_filenode({text(one.table)})::bigint AS node,"
            f" (SELECT reltuples::bigint FROM pg_class WHERE oid = {text(one.table)}::regclass) AS rows,"
            " to_char(transaction_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS+00:00') AS at"
            for one in self.relations.files
        ]
        found = self.view.rows(" UNION ALL ".join(asked))
        facts = {file: {"node": node, "rows": max(0, rows)} for file, node, rows, _ in found}
        return str(found[0][3]), facts

    def _first_source(self) -> int:
        found = self.view.rows(self.relations.first_source)
        return int(found[0][0]) if found else 0

    def _comparable(self, origin: dict[str, Any], mark: Mark) -> State | None:
        """The state before; not one of another database, of one that was set back, or of other columns."""
        if self.before is None:
            return None
        try:
            old = states.read(self.before)
        except SnapshotError:
            return None
        last = old.marks[-1]
        same = (old.layout, old.origin, old.first_source) == (layout(self.relations), origin, self.first)
        follows = last["xmax"] <= mark["xmax"] < old.checked_xmin + changes.MOST_XIDS
        return old if same and follows else None

    # ------------------------------------------------------------------ one file

    def _plan(
        self,
        relation: Relation,
        old: State | None,
        marks: Sequence[Mark],
        since: Mark | None,
        thorough: bool,
        facts: dict[str, Any],
    ) -> _Plan:
        kept = None if old is None else old.files[relation.name]
        plan = _Plan(relation, kept, {"node": facts["node"]}, rows=facts["rows"])
        if relation.is_whole or old is None or kept is None or kept.facts["node"] != facts["node"]:
            return plan
        if thorough or since is None:
            # What an earlier search missed is older than the last mark.
            xmin = old.checked_xmin if thorough else marks[-1]["xmin"]
            ids, count = changes.written_since(self.view, relation, xmin)
            if count != kept.rows + len(ids) - self._known_of(kept, ids):
                return plan  # records went without a trace
        else:
            ids = changes.changed(self.view, relation, since, marks[-1])
        for column, file in relation.references.values():
            if self.moved.get(file):
                ids += changes.naming(self.view, relation, column, self.moved[file])
        if len(ids) <= max(_WHOLE_FROM, _WHOLE_SHARE * kept.rows):
            plan.ids = sorted(set(ids))
        return plan

    def _load(self, plan: _Plan) -> None:
        """Fetch the records that changed; what is copied whole is read when it is written."""
        relation = plan.relation
        self.watch.check()
        where = "" if plan.ids is None else changes.is_one_of("id", plan.ids)
        if plan.ids == []:
            return
        if relation.ssn is not None:
            open_numbers(self.view, relation, where, self.unseal, self.folder, self.watch.check)
        if plan.ids is not None:
            source = self.view.relation(relation.table, relation.columns, where)
            self.watch.run(self.connection, f"CREATE TEMP TABLE {plan.raw} AS SELECT * FROM {source}")

    def _know_keys(self, plans: Sequence[_Plan]) -> None:
        """Make the tables of keys that these files need: of all records, or of those that are named."""
        wanted: dict[str, list[str]] = {}
        whole: set[str] = set()
        for plan in plans:
            for column, file in plan.relation.references.values():
                if plan.ids is None:
                    whole.add(file)
                elif plan.ids:
                    wanted.setdefault(file, []).append(f"SELECT {name(column)} FROM {plan.raw}")
        for file in whole | set(wanted):
            if file in self.known:
                continue
            rows = rows_of(self.folder, self.kept[file])
            if file in whole:
                self.known.add(file)
            else:
                rows = f"(SELECT * FROM {rows} WHERE {ID} IN ({' UNION '.join(wanted[file])}))"
            copying.keep_keys(self.connection, self.relations[file], rows)

    def _write(self, plan: _Plan) -> None:
        file = plan.relation.name
        self.watch.tell(file)
        if plan.ids is None:
            self.kept[file] = self._write_whole(plan)
        elif not plan.ids:
            self.kept[file] = self._take_over(plan)
        else:
            self.kept[file] = self._write_changes(plan)

    def _write_whole(self, plan: _Plan) -> Kept:
        file, old = plan.relation.name, plan.old
        path = f"{file}.{_number(self.before)}.parquet"
        source = self.view.relation(plan.relation.table, plan.relation.columns)
        query = copying.select(plan.relation, source, self.first)
        self.watch.run(
            self.connection, f"COPY ({query}) TO {text(self.folder / path)} {_PARQUET}", file, plan.rows
        )
        rows, mark = self._sum(f"read_parquet({text(self.folder / path)})")
        kept = Kept(path, rows, mark, rows, facts=plan.facts)
        if old is not None:
            if copying.is_referred_to(file):
                self._note_moved(plan, rows_of(self.folder, kept))
            if (old.rows, old.mark, old.changes) == (rows, mark, None):
                (self.folder / path).unlink()
                return self._take_over(plan)
        return kept

    def _take_over(self, plan: _Plan) -> Kept:
        old, before = plan.old, self.before
        assert old is not None and before is not None
        for path in filter(None, (old.base, old.changes)):
            states.take_over(path, before, self.folder)
        old.facts = plan.facts
        return old

    def _write_changes(self, plan: _Plan) -> Kept:
        """The changes since the base: those of the state before, and what differs from it now."""
        file, old, before = plan.relation.name, plan.old, self.before
        assert old is not None and before is not None and plan.ids is not None
        run = self.connection.execute
        self._put_ids(plan.ids)
        run(
            f"CREATE OR REPLACE TEMP TABLE _was AS SELECT {ID}, {HASH} FROM {rows_of(before, old)}"
            f" WHERE {ID} BETWEEN {plan.ids[0]} AND {plan.ids[-1]} AND {ID} IN (SELECT id FROM _ids)"
        )
        run(f"CREATE OR REPLACE TEMP TABLE _is AS {copying.select(plan.relation, plan.raw, self.first)}")
        run(f"DROP TABLE {plan.raw}")
        run(f"CREATE OR REPLACE TEMP TABLE _same AS SELECT {ID} FROM _was JOIN _is USING ({ID}, {HASH})")
        for table in ("_was", "_is"):
            run(f"DELETE FROM {table} WHERE {ID} IN (SELECT {ID} FROM _same)")
        was, is_now = self._sum("_was"), self._sum("_is")
        if not was[0] and not is_now[0]:
            return self._take_over(plan)
        if copying.is_referred_to(file):
            self._note_moved(plan, "_is")
        path = f"{file}.{_number(self.before)}.changes.parquet"
        parts = [
            f"SELECT *, FALSE AS {GONE} FROM _is",
            f"SELECT {ID}, TRUE AS {GONE} FROM _was WHERE {ID} NOT IN (SELECT {ID} FROM _is)",
        ]
        if old.changes is not None:
            parts.append(
                f"SELECT * FROM read_parquet({text(before / old.changes)})"
                f" WHERE {ID} NOT IN (SELECT {ID} FROM _was UNION ALL SELECT {ID} FROM _is)"
            )
        self.watch.run(
            self.connection,
            f"COPY ({' UNION ALL BY NAME '.join(parts)}) TO {text(self.folder / path)} {_PARQUET}",
        )
        states.take_over(old.base, before, self.folder)
        kept = Kept(
            base=old.base,
            rows=old.rows - was[0] + is_now[0],
            mark=(old.mark - was[1] + is_now[1]) % _MARK,
            base_rows=old.base_rows,
            changes=path,
            changed_rows=engine.scalar(
                self.connection, f"SELECT count(*) FROM read_parquet({text(self.folder / path)})"
            ),
            facts=plan.facts,
        )
        if kept.changed_rows > max(_MERGED_FROM, _MERGED_SHARE * kept.base_rows):
            return self._merged(plan, kept)
        return kept

    def _merged(self, plan: _Plan, kept: Kept) -> Kept:
        """The changes written into the base."""
        assert kept.changes is not None
        path = f"{plan.relation.name}.{_number(self.before)}.parquet"
        self.watch.run(
            self.connection,
            f"COPY (SELECT * FROM {rows_of(self.folder, kept)}) TO {text(self.folder / path)} {_PARQUET}",
        )
        for replaced in (kept.base, kept.changes):
            (self.folder / replaced).unlink()
        return Kept(path, kept.rows, kept.mark, kept.rows, facts=kept.facts)

    # ------------------------------------------------------------------ small parts

    def _put_ids(self, ids: Sequence[int]) -> None:
        """Make the engine's table `_ids` (id)."""
        self.connection.execute(
            "CREATE OR REPLACE TEMP TABLE _ids AS"
            " SELECT unnest(CAST(string_split(nullif(?, ''), ',') AS BIGINT[])) AS id",
            [",".join(map(str, ids))],
        )

    def _known_of(self, old: Kept, ids: Sequence[int]) -> int:
        """How many of the records are in the state before."""
        assert self.before is not None
        self._put_ids(ids)
        known = f"SELECT count(*) FROM {rows_of(self.before, old)} WHERE {ID} IN (SELECT id FROM _ids)"
        return int(engine.scalar(self.connection, known))

    def _sum(self, rows: str) -> tuple[int, int]:
        count, mark = engine.row(
            self.connection, f"SELECT count(*), coalesce(sum({HASH}::HUGEINT), 0) FROM {rows}"
        )
        return int(count), int(mark) % _MARK

    def _note_moved(self, plan: _Plan, rows: str) -> None:
        """Records whose key or person is another than in the state before: those that name them follow."""
        assert plan.old is not None and self.before is not None
        compared = [plan.relation.key, *(["PersonalID"] if plan.relation.name == "Enrollment" else [])]
        differs = " OR ".join(f"n.{name(c)} IS DISTINCT FROM o.{name(c)}" for c in compared)
        self.moved[plan.relation.name] = [
            number
            for (number,) in engine.rows(
                self.connection,
                f"SELECT n.{ID} FROM {rows} AS n JOIN {rows_of(self.before, plan.old)} AS o"
                f" ON o.{ID} = n.{ID} WHERE {differs}",
            )
        ]


def layout(relations: Relations) -> str:
    """A mark of what is stored and how: another one means that all is copied anew."""
    said = [
        [one.name, one.table, one.columns, one.references, copying.stored(one), one.history]
        for one in relations.files
    ]
    return hashlib.sha256(json.dumps([engine.VERSION, said], sort_keys=True).encode()).hexdigest()


def _levels(relations: Relations) -> Iterable[list[Relation]]:
    """The files in groups: a file comes in a later group than those it refers to."""
    level: dict[str, int] = {}
    for relation in relations.files:
        above = [level[file] for _, file in relation.references.values() if file != relation.name]
        level[relation.name] = 1 + max(above, default=-1)
    for number in sorted(set(level.values())):
        yield [relation for relation in relations.files if level[relation.name] == number]


def _days_between(earlier: str, later: str) -> float:
    between = datetime.fromisoformat(later) - datetime.fromisoformat(earlier)
    return between.total_seconds() / 86_400


def _number(before: Path | None) -> str:
    return f"{int(before.name) + 1 if before else 1:06}"
