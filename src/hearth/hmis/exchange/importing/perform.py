"""One import, from the file to the commit. Whatever goes wrong before the commit, nothing was written.

The run's own row tells how it ended. When it finished, that is written in the same transaction as the
records, so that a run says "finished" exactly when its records are there; so is its line in the access log.
"""

import shutil
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, NoReturn

import psycopg
from django.conf import settings

from hearth.hmis.clients import search_keys
from hearth.hmis.exchange.importing import announced, missing, newer, stored_places, unchanged
from hearth.hmis.exchange.importing.announced import Announced
from hearth.hmis.exchange.importing.data_source import FoundSource, find_data_source, write_data_source
from hearth.hmis.exchange.importing.failures import NOTHING_WRITTEN, refusal
from hearth.hmis.exchange.importing.heartbeat import ImportHeartbeat
from hearth.hmis.exchange.importing.layout import Layout, layout, layouts
from hearth.hmis.exchange.importing.matching import OTHER_PERSON, Matching
from hearth.hmis.exchange.importing.priority import step_back
from hearth.hmis.exchange.importing.reading_thread import ReadingThread
from hearth.hmis.exchange.importing.run_files import folder_of
from hearth.hmis.exchange.importing.settling import Settling, answers_of
from hearth.hmis.exchange.importing.ssn_sealing import seal_ssns
from hearth.hmis.exchange.importing.success import as_unchanged, day, success_message, write_success
from hearth.hmis.exchange.importing.writing import Writer
from hearth.hmis.exchange.models import ImportRun
from hearth.hmis.jobs import life
from hearth.hmis.jobs.outcome import CalledOff
from hearth.reporting import engine
from hearth.reporting.engine import Connection, text
from hearth.reporting.sources import Source, Staged, Summary, open_source, stage
from hearth.reporting.sources.finding_places import place
from hearth.reporting.sources.findings_table import Collected, Rule, added
from hearth.server import database
from hearth.standards.load import MODEL_YEAR, load

_SOURCE_LOCK = 7_301_002

Show = Callable[[dict[str, Any]], None]
#: Asked before anything is written, with the summary of findings, the number of rows and the data source
#: (its name; whether it is new). False calls the import off.
Confirm = Callable[[list[Summary], int, str, bool], bool]


def perform(
    run: ImportRun,
    path: Path,
    *,
    show: Show | None = None,
    confirm: Confirm | None = None,
    patience: float = life.COMMAND_PATIENCE,
) -> ImportRun:
    """Import the export at `path` for `run`, as its creator; returns the run as it ended.

    Never raises for what a file, a disk or a database may do: the run's state and message say it.
    `patience` is for how many seconds a database that went away is waited for, to write down the end.
    Ctrl-C in the main thread cancels.
    """
    heartbeat = ImportHeartbeat(run, show)

    def work() -> None:
        folder = folder_of(run)
        folder.mkdir(parents=True, mode=0o700, exist_ok=True)
        _Import(run, path, folder, heartbeat, confirm).run_all()

    return life.perform(run, heartbeat, work, patience=patience)


_ORPHANED = "reference_missing"


def _contradictions(reader: Connection) -> list[tuple[str, str, str]]:
    """(check, file, SELECT of line, key and value class) of rows that contradict stored records."""
    found = engine.rows(reader, 'SELECT DISTINCT "check", file FROM contradicting ORDER BY ALL')
    return [
        (
            check,
            file,
            "SELECT line, key, NULL::VARCHAR FROM contradicting"
            f' WHERE "check" = {text(check)} AND file = {text(file)}',
        )
        for check, file in found
    ]


def _orphans(reader: Connection) -> list[tuple[str, str, str]]:
    """The same of rows that belong to what neither the export nor the database has."""
    return [
        (
            _ORPHANED,
            file,
            f"SELECT line, key, 'neither in the export nor in the database' FROM orphaned"
            f" WHERE file = {text(file)}",
        )
        for (file,) in engine.rows(reader, "SELECT DISTINCT file FROM orphaned ORDER BY ALL")
    ]


class _Import:
    """The work of one run, part by part."""

    def __init__(
        self, run: ImportRun, path: Path, folder: Path, heartbeat: ImportHeartbeat, confirm: Confirm | None
    ) -> None:
        self.run, self.path, self.folder, self.heartbeat, self.confirm = run, path, folder, heartbeat, confirm
        self.seconds: dict[str, float] = {}
        self.began = self.part_began = time.monotonic()
        self.findings = folder / "findings.parquet"

    def run_all(self) -> None:
        step_back()
        if self.path.exists():
            self.run.sha256 = unchanged.fingerprint(self.path)
            self.run.file_bytes = self.path.stat().st_size if self.path.is_file() else None
            same = unchanged.same_file(self.run)
            if same is not None and not self._has_moved_on(same):
                self._take_over(same)
                with self._loader() as loader:
                    message = f"Exactly this export was imported before ({day(same)}): nothing has changed."
                    self._finish(loader.cursor(), int(same.data_source_id or 0), as_unchanged(same), message)
                return
        with open_source(
            self.path,
            folder=self.run.parameters.get("folder") or None,
            on_progress=self.heartbeat,
            newest=MODEL_YEAR,
        ) as source:
            self.run.year = source.year
            self.run.parameters["lines"] = source.lines
            self._lap("open")
            if source.year is None:
                self._refuse_unread(source)
            waits = source.stops or self.confirm is not None
            with (
                ThreadPoolExecutor(1, "hearth-contents") as aside,
                ReadingThread(source, self.findings, self.heartbeat, beside_writing=not waits) as reading,
            ):
                self._read_and_write(source, reading, aside)

    # ------------------------------------------------------------------ shortcuts

    def _has_moved_on(self, same: ImportRun) -> bool:
        """Whether the records are not as an import left them any more, or it left something undecided."""
        if "left" in same.parameters:
            return True
        with self._loader() as loader:
            return newer.any_changed_here(loader.cursor(), int(same.data_source_id or 0))

    def _is_the_same(self, source: Source) -> bool:
        """End here where another export of the same data was the last: only Export.csv is new."""
        if not unchanged.may_be_known(source):
            return False  # nothing that was imported is as long: no need to wait for the comparison
        mark = self.run.parameters["contents"] = unchanged.contents(source)
        self._lap("compare")
        same = unchanged.same_contents(mark)
        if same is None or not unchanged.is_newest(same) or self._has_moved_on(same):
            return False
        only_export = Source(source.path, source.work, source.year, {"Export": source.files["Export"]})
        with engine.connected(memory_limit="150MB") as small, self._loader() as loader:
            staged = stage(only_export, small, load(MODEL_YEAR), check=False)
            cursor = loader.cursor()
            home = self._lock_source(small, cursor)
            if home.id != same.data_source_id or not unchanged.is_newest(same):
                return False
            self._take_over(same)
            writer, _ = self._write_files(staged, small, source.work, cursor, home, [layout("Export")])
            counts = as_unchanged(same) | {file: asdict(count) for file, count in writer.counts.items()}
            self._finish(
                cursor,
                int(same.data_source_id or 0),
                counts,
                f"Nothing has changed since the import of {day(same)}; the findings are the same.",
            )
        return True

    def _take_over(self, same: ImportRun) -> None:
        """The findings of an import that read the same."""
        self.run.year = same.year
        self.run.findings_summary = same.findings_summary
        self.run.parameters |= {key: same.parameters.get(key, "") for key in ("contents", "lines")}
        kept = Path(settings.MEDIA_ROOT) / same.findings_file
        if same.findings_file and kept.exists():
            shutil.copyfile(kept, self.findings)
            self.run.findings_file = self.findings.relative_to(settings.MEDIA_ROOT).as_posix()

    # ------------------------------------------------------------------ the whole way

    def _refuse_unread(self, source: Source) -> NoReturn:
        """An export that cannot be read at all: what is known is the list of findings."""
        with engine.connected(memory_limit="150MB") as connection:
            collected = Collected(connection)
            for problem in source.problems:
                collected.add_problem(problem)
            self._keep_findings(collected.write(self.findings))
        raise refusal([(p.sentence, p.remedy) for p in source.problems if p.stops])

    def _read_and_write(self, source: Source, reading: ReadingThread, aside: ThreadPoolExecutor) -> None:
        # What already stops it, or somebody who wants to see the findings first, waits for them.
        if source.stops:
            self._raise_if_refused(reading)
        if self._is_the_same(source):
            return
        if self.confirm is not None:
            self._raise_if_refused(reading)

        def contents() -> str:
            reading.finish()  # until then both cores have what must be done first
            return unchanged.contents(source)

        reading.file("Export")
        mark = None if "contents" in self.run.parameters else aside.submit(contents)
        with reading.cursor() as reader:
            self.heartbeat.on_cancel(reader.interrupt)
            self._write(source, reading, reader, mark)

    def _raise_if_refused(self, reading: ReadingThread) -> None:
        """Wait for the findings, keep them, and refuse where one of them stops the import."""
        summary = reading.finish()
        staged = reading.staged
        self._keep_findings(summary)
        self._lap("check")
        stopping = [(p.sentence, p.remedy) for p in staged.problems if p.stops]
        # What a whole file lacks comes before the rows that it leaves without their parents.
        of_files_first = sorted(summary, key=lambda one: one.column is not None)
        found = [(s.sentence, s.remedy) for s in of_files_first if s.stops]
        if stopping or found:
            raise refusal(stopping + [one for one in found if one not in stopping])

    def _write(
        self, source: Source, reading: ReadingThread, reader: Connection, mark: Future[str] | None
    ) -> None:
        """Write while the rest is still read and checked; what is found decides before the commit. `mark` is
        what the next import compares its contents with, where it is not known yet."""
        staged = reading.staged
        with self._loader() as loader:
            cursor = loader.cursor()
            home = self._lock_source(reader, cursor)
            # For one that asks or is refused: its findings lead to what is stored unchanged.
            self.run.parameters["compared_with"] = home.id
            if self.confirm is not None and not self.confirm(
                reading.finish(), staged.rows, home.name, home.id is None
            ):
                raise CalledOff("The import was called off.", NOTHING_WRITTEN)

            def wait(file: str) -> None:
                reading.file(file)
                if staged.stops:
                    self._raise_if_refused(reading)

            self._lap("match")
            try:
                writer, told = self._write_files(
                    staged, reader, source.work, cursor, home, layouts(), rows=source.lines, wait=wait
                )
                self._lap("write")
            except (psycopg.IntegrityError, psycopg.DataError):
                self._raise_if_refused(reading)  # nearly always says better what is wrong with the rows
                raise
            if writer.has_written(layout("Client")):
                search_keys.write(cursor)
                self._lap("search")
            self._raise_if_refused(reading)
            found = missing.find(
                reader, cursor, writer.data_source, told, set(source.files), self._on_progress
            )
            settling = Settling(reader, writer, self.run, told, found)
            absent = missing.findings(reader, cursor, found, self._on_progress)
            done = settling.settle()
            self._tell_stored(reading, reader, absent, cursor, writer.data_source)
            settling.ask()
            if found.counts.get("Client"):
                search_keys.refresh(cursor, data_source_id=writer.data_source, since=writer.since)
            contradicting = engine.scalar(
                reader, f'SELECT count(*) FROM contradicting WHERE "check" <> {text(OTHER_PERSON)}'
            )
            counts = {file: asdict(count) for file, count in writer.counts.items()}
            if mark is not None:
                self.run.parameters["contents"] = mark.result()
            message = " ".join([success_message(writer, contradicting), *done])
            self._finish(cursor, writer.data_source, counts, message)

    def _tell_stored(
        self,
        reading: ReadingThread,
        reader: Connection,
        absent: list[tuple[str, str, str]],
        cursor: psycopg.Cursor,
        data_source: int,
    ) -> None:
        """Add to the findings what only the database could tell: rows that contradict stored records which
        the export does not have, rows of nothing that is here (they stop it), newer and missing records; and
        where the stored enrollments are that rows name."""
        found = [*_contradictions(reader), *_orphans(reader), *newer.findings(reader), *absent]
        registry, summary = reading.staged.registry, reading.finish()
        rules = []
        for check_id, file, select in found:
            check = registry.check(check_id)
            stops = check_id == _ORPHANED
            column = None if stops or file not in check.files else next(iter(check.columns), None)
            rules.append((Rule.of(check, file, column, stops=stops), select))
        if rules:
            summary = added(reader, self.findings, summary, rules)
        stored = stored_places.find(
            reader, cursor, data_source, self.findings, registry, self._on_progress
        )  # fmt: skip
        if not (rules or stored):
            return
        place(reader, self.findings, registry, beside=missing.KEYS if absent else "", stored=stored)
        self._keep_findings(summary)
        if stopping := [(one.sentence, one.remedy) for one in summary if one.stops]:
            raise refusal(stopping)

    def _write_files(
        self,
        staged: Staged,
        reader: Connection,
        work: Path,
        cursor: psycopg.Cursor,
        home: FoundSource,
        files: list[Layout],
        *,
        rows: int | None = None,
        wait: Callable[[str], None] = lambda file: None,
    ) -> tuple[Writer, Announced]:
        """Match and write `files` of what is staged, in the loader's transaction. `reader` is a connection of
        the engine on which the staged tables are; `wait` returns when that of a file is complete, and `rows`
        are about how many there will be then."""
        share = bool(self.run.parameters.get("is_shared"))
        data_source = write_data_source(cursor, home)
        writer = Writer(
            reader, cursor, data_source, self.run.created_by_id, share, staged.filled, self.heartbeat.add
        )
        writer.begin()
        newest = None if home.id is None else announced.newest_export(cursor, home.id)
        told = replace(announced.read(reader), newest=newest)
        self.heartbeat.begin("write", rows or staged.rows)
        matching = Matching(
            reader,
            cursor,
            data_source,
            is_new_source=home.id is None,
            share=share,
            announced=told,
            answers=answers_of(self.run),
            on_progress=self._on_progress,
        )
        for file in files:
            wait(file.file)
            self.heartbeat.file(file.file)
            match = matching.match(file)
            if file.sealed and (match.new or match.changed):
                seal_ssns(
                    reader, file.file, file.sealed, match.writes, work, lambda count: self.heartbeat.check()
                )
            self.heartbeat.add(match.unchanged)
            writer.write(file, match)
            if file.file == "Client" and writer.has_written(file):
                search_keys.gather(cursor, data_source_id=data_source, since=writer.since)
        passed_over = any(count.kept for count in writer.counts.values())
        writer.mark_exits_before_entry(of_all=told.parents_elsewhere or passed_over)
        writer.settle_consents()
        return writer, told

    def _on_progress(self, count: int) -> None:
        self.heartbeat.check()

    def _lock_source(self, reader: Connection, cursor: psycopg.Cursor) -> FoundSource:
        """The data source, which no other import writes until the end of this transaction."""
        named = str(self.run.parameters.get("source") or "")
        self.heartbeat.begin("match")
        home = find_data_source(reader, cursor, named)
        cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(lower(%s)))", [_SOURCE_LOCK, home.name])
        return find_data_source(reader, cursor, named)  # who was first may have added it

    # ------------------------------------------------------------------ small parts

    @contextmanager
    def _loader(self) -> Iterator[psycopg.Connection]:
        """A connection as hearth_loader; committed at the end of the block, undone when it raises."""
        said = f"hearth import {self.run.pk}"
        with psycopg.connect(database.url("loader"), application_name=said) as loader:
            self.heartbeat.on_cancel(loader.cancel)
            step_back(loader.info.backend_pid)
            yield loader

    def _lap(self, part: str) -> None:
        """The seconds since the last call went into this part."""
        now = time.monotonic()
        self.seconds[part] = round(self.seconds.get(part, 0) + now - self.part_began, 2)
        self.part_began = now

    def _keep_findings(self, summary: list[Summary]) -> None:
        self.run.findings_summary = [asdict(one) for one in summary]
        self.run.findings_file = self.findings.relative_to(settings.MEDIA_ROOT).as_posix()
        ImportRun.objects.filter(pk=self.run.pk).update(
            findings_summary=self.run.findings_summary,
            findings_file=self.run.findings_file,
            year=self.run.year,
        )

    def _finish(
        self, cursor: psycopg.Cursor, data_source: int, counts: dict[str, dict[str, int]], message: str
    ) -> None:
        self.heartbeat.stop()
        self.heartbeat.check()
        self.seconds["total"] = round(time.monotonic() - self.began, 2)
        write_success(cursor, self.run, data_source, counts, message, self.seconds)
