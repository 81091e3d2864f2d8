"""Make a report: from HMIS data (`inputs`) to its CSV files, the zip to upload and run.json.

    parameters = LsaParameters(coc="XX-501", start=day, end=day, scope=Scope.HIC, made_at=now)
    made = make(registry.by_name("lsa"), Path("export.zip"), parameters, Path("out"), How(version, keep=True))

Nothing is written unless all of it is. Memory is bounded by `memory_limit` (the engine's; see there);
what does not fit spills to disk.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any, Protocol

from hearth.reporting import engine
from hearth.reporting.engine import Connection, name, text
from hearth.reporting.opening import bundle
from hearth.reporting.opening.declarations import declared_of
from hearth.reporting.outputs import upload
from hearth.reporting.outputs.folder import check_folder, folder_of_results
from hearth.reporting.runtime import flags, registry, ties
from hearth.reporting.runtime.flags import Flag
from hearth.reporting.runtime.inputs import Input, Narrow, opened_input
from hearth.reporting.runtime.notes import InputRefused, LeftOut, Notes, refuse_unread
from hearth.reporting.runtime.parameters import Parameters, ReportRefused
from hearth.reporting.runtime.plan import Step, mentioned
from hearth.reporting.runtime.report import Report, ReportFile
from hearth.reporting.runtime.run import FEW_ROWS, Here, OnStep, Runner, RunRecord, one_row, write_record

_IN_THIS_PROCESS = Here()
_WHOLE = re.compile(r"-?[0-9]*")
#: Told what is to be said of the input as soon as it is read, also where the report is then refused for it.
OnNotes = Callable[[Notes], None]


class Own(Protocol):
    """What `report.py` of a report's folder may have; `report` is the report in the run's year."""

    def parameters(self, scope: str, **given: Any) -> Parameters:
        """The report's own parameters; `given` are those of `Parameters`."""

    def prepare(self, report: Report, connection: Connection, parameters: Parameters) -> None:
        """Make the given tables but for the reference lists; raise `ReportRefused` for what the staged input
        lacks. Without it there are `<report>_parameters` (ReportCoC, ReportStart, ReportEnd) and
        `<report>_chosen_project` (ProjectID)."""

    def left_out(self, report: Report, connection: Connection) -> tuple[LeftOut, ...]:
        """What the report leaves out; after its parameters are there, before its steps."""


@dataclass(frozen=True, slots=True)
class How:
    """How a report is made, whatever it is about.

    With `keep`, the tables that `opening` reads are left beside the result (see `bundle`). `narrow` may leave
    out what the report must not read (see `inputs`). With `accept_unreadable`, cells that cannot be read
    count as blank even where they decide who is counted; else that refuses the report. `runner` computes the
    steps. `on_notes` is told what is to be said of the input, and when all is counted, of the ties, too;
    `on_step` is told each step; `should_stop` is asked again and again. `made_of` stands in the record."""

    code_version: str
    keep: bool = False
    narrow: Narrow | None = None
    accept_unreadable: bool = False
    memory_limit: str = engine.REPORT_MEMORY
    runner: Runner = _IN_THIS_PROCESS
    on_notes: OnNotes | None = None
    on_step: OnStep | None = None
    should_stop: Callable[[], bool] | None = None
    made_of: str = ""


@dataclass(frozen=True, slots=True)
class Made:
    """What was written. `rows` by file; `flags` are what the receiver will flag (see `flags`),
    `notes` what is to be said of the input."""

    folder: Path
    zip: Path
    rows: dict[str, int]
    record: RunRecord
    flags: tuple[Flag, ...]
    notes: Notes = field(default_factory=Notes)


def parameters_of(report: Report, scope: str, **given: Any) -> Parameters:
    """The parameters of a report in one of its scopes ('' where it has none); `given` are those of
    `Parameters`."""
    own = report.own("report")
    if hasattr(own, "parameters"):
        asked: Parameters = own.parameters(scope, **given)
        return asked
    return Parameters(**given)


def read_by(report: Report, steps: Sequence[Step], *, keep: bool = False) -> dict[str, set[str]]:
    """HMIS CSV file → columns, as far as the steps, `prepare` and with `keep` what is kept read them; the key
    is always among them."""
    read: dict[str, set[str]] = {}
    kept = declared_of(report).kept_columns if keep else {}
    for file in report.registry.files.values():
        names = mentioned(steps, file.name) | {column.casefold() for column in kept.get(file.name, ())}
        columns = {column.name for column in file.columns if column.name.casefold() in names}
        if columns:
            read[file.name] = columns | {file.key} | report.also_read.get(file.name, set())
    return read


def prepare(report: Report, connection: Connection, parameters: Parameters) -> None:
    """Make the tables of parameters and reference lists beside the staged input; refuse what it lacks."""
    for file in map(report.registry.file, report.once):
        key = name(file.key)
        twice = engine.scalar(
            connection, f"SELECT count({key}) - count(DISTINCT {key}) FROM {name(file.name)}"
        )
        if twice:
            raise ReportRefused(
                f"{file.name}.csv has the same {file.key} in several rows ({twice} rows too many), and nobody"
                " can say which is true. Send an export that has every record once."
            )
    own = report.own("report")
    if hasattr(own, "prepare"):
        own.prepare(report, connection, parameters)
    else:
        _prepare(report, connection, parameters)
    for table in report.reference:
        listed = _list_of(report.folder / "reference" / f"{table}.csv")
        engine.run(connection, f"CREATE TABLE {name(f'{report.name}_{table}')} AS SELECT * FROM {listed}")


@cache
def _list_of(path: Path) -> str:
    """A reference list as the engine reads it, told what its columns are, so that it need not find that out:
    whole numbers where all cells are, else text."""
    with path.open(encoding="utf-8", newline="") as stream:
        head, *lines = csv.reader(stream)
    kinds = {
        column: "BIGINT" if all(_WHOLE.fullmatch(line[place]) for line in lines) else "VARCHAR"
        for place, column in enumerate(head)
    }
    columns = ", ".join(f"{text(column)}: '{kind}'" for column, kind in kinds.items())
    return (
        f"read_csv({text(path)}, header = true, auto_detect = false, columns = {{{columns}}}, delim = ',',"
        " quote = '\"', escape = '\"', nullstr = '')"
    )


def _prepare(report: Report, connection: Connection, parameters: Parameters) -> None:
    days = {"ReportStart": parameters.start, "ReportEnd": parameters.last_day}
    one_row(connection, f"{report.name}_parameters", {"ReportCoC": parameters.coc, **days})
    engine.text_table(
        connection, f"{report.name}_chosen_project", "ProjectID", parameters.projects, temporary=False
    )


def make(
    report: Report,
    source: Path,
    parameters: Parameters,
    out: Path,
    how: How,
) -> Made:
    """Read `source` (zip, folder, or a snapshot's state), run the report, write `out`. See the module.

    Raises `ReportRefused`, `OutputError`, `SourceFault`, `engine.Cancelled` or `StepFailed`; in every case
    nothing is left at `out` that was not there before.
    """
    parameters.check()
    _check_out(report, out, parameters)
    with _computed(report, source, parameters, how) as (connection, record, notes):
        return replace(leave(report, connection, parameters, record, out, keep=how.keep), notes=notes)


def check(
    report: Report,
    source: Path,
    parameters: Parameters,
    how: How,
) -> tuple[Flag, ...]:
    """What its receiver would flag in the report, computed and not written. Raises as `make` does."""
    with _computed(report, source, parameters, replace(how, keep=False)) as (connection, _, _):
        return flags.find(report, connection, parameters.scope_name)


@contextmanager
def _computed(
    report: Report,
    source: Path,
    parameters: Parameters,
    how: How,
) -> Iterator[tuple[Connection, RunRecord, Notes]]:
    """The connection with the tables of the report, its record as far as it is known, and the notes."""
    parameters.check()
    with (
        _opened(source, report) as given,
        engine.connected(memory_limit=how.memory_limit, temp_directory=given.work / "spill") as connection,
    ):
        kind = _kind(report, parameters)
        files = report.files_of(kind)
        steps = report.steps_of(files, given=given.tables)
        every = [*steps, *ties.counting(steps, report.ties)]
        read = given.put(connection, read_by(report, every, keep=how.keep))
        if how.narrow is not None:
            how.narrow(connection)
        notes = Notes(given.unread(connection), warnings=given.warnings)
        try:
            refuse_unread(notes.unread, accepted=how.accept_unreadable)
            prepare(report, connection, parameters)
            own = report.own("report")
            if hasattr(own, "left_out"):
                notes = replace(notes, left_out=own.left_out(report, connection))
        finally:
            if how.on_notes is not None:
                how.on_notes(notes)
        seconds = how.runner.run(
            connection,
            every,
            keep={file.table for file in files}
            | ties.tables(steps)
            | flags.tables(report, steps)
            | set(bundle.kept_tables(report) if how.keep else ()),
            few_rows=given.most_rows <= FEW_ROWS,
            on_step=how.on_step,
            should_stop=how.should_stop,
        )
        notes = replace(notes, ties=ties.found(connection, steps))
        if how.on_notes is not None:
            how.on_notes(notes)
        record = RunRecord(
            report=kind,
            specification=report.specification,
            year=report.year,
            parameters=parameters.recorded(),
            code_version=how.code_version,
            input_sha256=given.sha256(),
            engine=how.runner.name,
            seconds={**read, **seconds},
            not_live=asdict(given.not_live),
            warnings=notes.warnings,
            unread=notes.unread_json(),
            left_out=notes.left_out_json(),
            ties={one.words: one.number for one in notes.ties},
            made_of=how.made_of,
        )
        yield connection, record, notes


def zip_name(report: Report, parameters: Parameters) -> str:
    """The name of the zip to upload."""
    return f"{_kind(report, parameters)}-{parameters.coc}-{parameters.start}.zip"


def _kind(report: Report, parameters: Parameters) -> str:
    return parameters.kind or next(iter(report.kinds))


def _kinds_of_all() -> str:
    return "|".join(re.escape(kind) for report in registry.reports().values() for kind in report.kinds)


def _check_out(report: Report, out: Path, parameters: Parameters) -> None:
    """Refuse a folder that cannot be written, or in which the zip of another report would stand beside these
    files: somebody would upload the wrong one."""
    check_folder(out)
    zips = re.compile(rf"({_kinds_of_all()})-.*-\d{{4}}-\d{{2}}-\d{{2}}\.zip")
    own = zip_name(report, parameters)
    others = sorted(path.name for path in out.glob("*.zip") if zips.fullmatch(path.name) and path.name != own)
    if others:
        raise ReportRefused(
            f"{out} holds the zip of another report ({', '.join(others)})."
            " Name another folder, or move it away."
        )


def leave(
    report: Report,
    connection: Connection,
    parameters: Parameters,
    record: RunRecord,
    out: Path,
    *,
    keep: bool,
) -> Made:
    """Write the bundle of a run whose tables are on the connection. Raises `OutputError`."""
    files = report.files_of(_kind(report, parameters))
    rows = {file.name: _count(connection, file) for file in files}
    record = replace(record, rows=rows, steps_sha256=report.steps_sha256)
    zipped = zip_name(report, parameters)
    with (
        folder_of_results(out, owned=(bundle.TABLES,)) as folder,
        engine.beside(connection, lambda own: flags.find(report, own, parameters.scope_name)) as found,
    ):
        upload.write(connection, report.files, {file.name for file in files}, folder, zipped)
        if keep:
            record = replace(record, tables=bundle.keep(report, connection, folder))
        raised = found()
        flags.write(folder, raised)
        write_record(folder, record)
    return Made(out, out / zipped, rows, record, raised)


@contextmanager
def _opened(source: Path, report: Report) -> Iterator[Input]:
    try:
        with opened_input(source, report.registry) as given:
            yield given
    except InputRefused as error:
        raise ReportRefused(str(error)) from error


def _count(connection: Connection, file: ReportFile) -> int:
    return int(engine.scalar(connection, f"SELECT count(*) FROM {name(file.table)}"))
