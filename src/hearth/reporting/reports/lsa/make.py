"""Make an LSA or a HIC: from HMIS data (`runtime.inputs`) to HDX's twelve CSV files, the zip and run.json.

    wish = Wish(coc="XX-501", start=day, end=day, scope=Scope.HIC, made_at=now)
    made = make(Path("export.zip"), wish, Path("out"))

Nothing is written unless all of it is. Memory is bounded by `memory_limit` (the engine's; see there);
what does not fit spills to disk.

LSA specifications v8 (FY2026), section 3.1 for the parameters.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from functools import cache
from pathlib import Path

from hearth.reporting.outputs.folder import check_folder, folder_of_results
from hearth.reporting.runtime import engine
from hearth.reporting.runtime.engine import Connection, name, text
from hearth.reporting.runtime.inputs import Input, Narrow, opened_input
from hearth.reporting.runtime.notes import InputRefused, Notes, refuse_unread
from hearth.reporting.runtime.plan import Step, mentioned
from hearth.reporting.runtime.run import (
    Here,
    OnStep,
    Runner,
    RunRecord,
    one_row,
    write_record,
)
from hearth.standards.load import LATEST, load

from . import bundle, left_out, preflight, upload
from .columns import UploadFile, upload_files
from .planned import REFERENCE, steps_of, steps_sha256
from .preflight import Flag
from .wish import ReportRefused, Scope, Wish, check_wish, said

SPECIFICATION = "LSA v8"
_HERE = Path(__file__).parent
_IN_THIS_PROCESS = Here()
#: What `prepare` looks at.
_CHECKED = {
    "Project": {"ContinuumProject", "ProjectType"},
    "ProjectCoC": {"ProjectID", "CoCCode"},
}
#: Files whose records would count twice if they were there twice.
_ONCE = (
    "Client", "Enrollment",
    "Project", "Organization", "ProjectCoC", "HMISParticipation", "Inventory", "Funder", "Affiliation",
)  # fmt: skip
_ZIP = re.compile(r"(lsa|hic)-.*-\d{4}-\d{2}-\d{2}\.zip")
#: Told what is to be said of the input as soon as it is read, also where the report is then refused for it.
OnNotes = Callable[[Notes], None]
_HOUSEHOLD_FILES = ("LSAHousehold", "LSAExit")


@dataclass(frozen=True, slots=True)
class Made:
    """What was written. `rows` by file of the upload; `flags` are what HDX will flag (see `preflight`),
    `notes` what is to be said of the input."""

    folder: Path
    zip: Path
    rows: dict[str, int]
    record: RunRecord
    flags: tuple[Flag, ...]
    notes: Notes = field(default_factory=Notes)


def read_by(steps: Sequence[Step]) -> dict[str, set[str]]:
    """HMIS CSV file → columns, as far as the steps and `prepare` read them; the key is always among them."""
    read: dict[str, set[str]] = {}
    for file in load(LATEST).files.values():
        names = mentioned(steps, file.name)
        columns = {column.name for column in file.columns if column.name.casefold() in names}
        if columns:
            read[file.name] = columns | {file.key} | _CHECKED.get(file.name, set())
    return read


def files_of(scope: Scope) -> list[UploadFile]:
    """The files that are computed; those on households and exits are headers alone in the HIC."""
    files = upload_files(load(LATEST))
    return [file for file in files if scope is not Scope.HIC or file.name not in _HOUSEHOLD_FILES]


def prepare(connection: Connection, wish: Wish) -> None:
    """Make the tables of parameters and reference lists beside the staged input; refuse what it lacks."""
    known = {code for (code,) in engine.rows(connection, "SELECT DISTINCT upper(CoCCode) FROM ProjectCoC")}
    if wish.coc not in known:
        raise ReportRefused(f"No project of this input is in {wish.coc}.")
    for file in map(load(LATEST).file, _ONCE):
        key = name(file.key)
        twice = engine.scalar(
            connection, f"SELECT count({key}) - count(DISTINCT {key}) FROM {name(file.name)}"
        )
        if twice:
            raise ReportRefused(
                f"{file.name}.csv has the same {file.key} in several rows ({twice} rows too many), and nobody"
                " can say which is true. Send an export that has every record once."
            )
    for project in wish.projects:
        _check_project(connection, wish.coc, project)
    one_row(
        connection,
        "lsa_parameters",
        {
            "ReportID": wish.report_id,
            "ReportDate": wish.made_at.replace(microsecond=0),
            "ReportStart": wish.start,
            "ReportEnd": wish.last_day,
            "ReportCoC": wish.coc,
            "SoftwareVendor": wish.vendor.vendor,
            "SoftwareName": wish.vendor.software,
            "VendorContact": wish.vendor.contact,
            "VendorEmail": wish.vendor.email,
            "LSAScope": int(wish.scope),
            "LookbackDate": wish.lookback,
        },
    )
    engine.run(connection, "CREATE TABLE lsa_chosen_project (ProjectID VARCHAR)")
    for project in wish.projects:
        engine.run(connection, "INSERT INTO lsa_chosen_project VALUES (?)", [project])
    for table in REFERENCE:
        engine.run(connection, f"CREATE TABLE {name(f'lsa_{table}')} AS SELECT * FROM {_numbers_of(table)}")


@cache
def _numbers_of(table: str) -> str:
    """A reference list as the engine reads it: whole numbers all of it, so that it need not find that out."""
    path = _HERE / "reference" / f"{table}.csv"
    with path.open(encoding="utf-8") as stream:
        head = stream.readline().strip().split(",")
    columns = ", ".join(f"{text(column)}: 'BIGINT'" for column in head)
    return (
        f"read_csv({text(path)}, header = true, auto_detect = false, columns = {{{columns}}}, delim = ',',"
        " nullstr = '')"
    )


def _check_project(connection: Connection, coc: str, project: str) -> None:
    """Refuse a chosen project that section 3.1 does not let users choose."""
    found = engine.rows(
        connection,
        "SELECT ContinuumProject = 1 AND ProjectType IN (0, 1, 2, 3, 8, 13) FROM Project WHERE ProjectID = ?",
        [project],
    )
    if not found:
        raise ReportRefused(f"This input has no project with the ID {project}.")
    if not found[0][0]:
        raise ReportRefused(
            f"The project {project} cannot be chosen; only ES, SH, TH, RRH and PSH of the continuum can."
        )
    in_coc = engine.scalar(
        connection,
        "SELECT count(*) FROM ProjectCoC WHERE ProjectID = ? AND upper(CoCCode) = ?",
        [project, coc],
    )
    if not in_coc:
        raise ReportRefused(f"The project {project} is not in {coc}.")


def make(
    source: Path,
    wish: Wish,
    out: Path,
    *,
    code_version: str,
    keep: bool = False,
    narrow: Narrow | None = None,
    accept_unreadable: bool = False,
    memory_limit: str = engine.REPORT_MEMORY,
    runner: Runner = _IN_THIS_PROCESS,
    on_notes: OnNotes | None = None,
    on_step: OnStep | None = None,
    should_stop: Callable[[], bool] | None = None,
) -> Made:
    """Read `source` (zip, folder, or a snapshot's state), run the report on `runner`, write `out`. See the
    module. With `keep`, the tables that `members` and `compare` read are left there too (see `bundle`).
    `narrow` may leave out what the report must not read (see `runtime.inputs`). With `accept_unreadable`,
    cells that cannot be read count as blank even where they decide who is counted; else that refuses it.

    Raises `ReportRefused`, `OutputError`, `SourceFault`, `engine.Cancelled` or `StepFailed`; in every case
    nothing is left at `out` that was not there before.
    """
    check_wish(wish)
    _check_out(out, wish)
    with _computed(
        source, wish, code_version, keep, narrow, accept_unreadable, memory_limit, runner, on_notes, on_step,
        should_stop,
    ) as (connection, record, notes):  # fmt: skip
        return replace(leave(connection, wish, record, out, keep=keep), notes=notes)


def check(
    source: Path,
    wish: Wish,
    *,
    code_version: str,
    accept_unreadable: bool = False,
    memory_limit: str = engine.REPORT_MEMORY,
    runner: Runner = _IN_THIS_PROCESS,
    on_notes: OnNotes | None = None,
    on_step: OnStep | None = None,
    should_stop: Callable[[], bool] | None = None,
) -> tuple[Flag, ...]:
    """What HDX would flag in the report, which is computed and not written. Raises as `make` does."""
    with _computed(
        source, wish, code_version, False, None, accept_unreadable, memory_limit, runner, on_notes, on_step,
        should_stop,
    ) as (connection, _, _):  # fmt: skip
        return preflight.find(connection, wish.scope.name.lower())


@contextmanager
def _computed(
    source: Path,
    wish: Wish,
    code_version: str,
    keep: bool,
    narrow: Narrow | None,
    accept_unreadable: bool,
    memory_limit: str,
    runner: Runner,
    on_notes: OnNotes | None,
    on_step: OnStep | None,
    should_stop: Callable[[], bool] | None,
) -> Iterator[tuple[Connection, RunRecord, Notes]]:
    """The connection with the tables of the report, its record as far as it is known, and the notes."""
    check_wish(wish)
    with (
        _opened(source) as given,
        engine.connected(memory_limit=memory_limit, temp_directory=given.work / "spill") as connection,
    ):
        files = files_of(wish.scope)
        steps = steps_of(files, given=given.tables)
        read = given.put(connection, read_by(steps))
        if narrow is not None:
            narrow(connection)
        notes = Notes(given.unread(connection), warnings=given.warnings)
        try:
            refuse_unread(notes.unread, accepted=accept_unreadable)
            prepare(connection, wish)
            notes = replace(notes, left_out=left_out.find(connection))
        finally:
            if on_notes is not None:
                on_notes(notes)
        seconds = runner.run(
            connection,
            steps,
            keep={file.table for file in files} | set(bundle.kept_tables() if keep else ()),
            on_step=on_step,
            should_stop=should_stop,
        )
        record = RunRecord(
            report=_kind(wish),
            specification=SPECIFICATION,
            year=LATEST,
            parameters=said(wish),
            code_version=code_version,
            input_sha256=given.sha256(),
            engine=runner.name,
            seconds={**read, **seconds},
            not_live=asdict(given.not_live),
            warnings=notes.warnings,
            unread=notes.unread_json(),
            left_out=notes.left_out_json(),
        )
        yield connection, record, notes


def zip_name(wish: Wish) -> str:
    """The name of the zip to upload."""
    return f"{_kind(wish)}-{wish.coc}-{wish.start}.zip"


def _kind(wish: Wish) -> str:
    return "hic" if wish.scope is Scope.HIC else "lsa"


def _check_out(out: Path, wish: Wish) -> None:
    """Refuse a folder that cannot be written, or in which the zip of another report would stand beside these
    files: somebody would upload the wrong one."""
    check_folder(out)
    others = sorted(
        path.name for path in out.glob("*.zip") if _ZIP.fullmatch(path.name) and path.name != zip_name(wish)
    )
    if others:
        raise ReportRefused(
            f"{out} holds the zip of another report ({', '.join(others)})."
            " Name another folder, or move it away."
        )


def leave(connection: Connection, wish: Wish, record: RunRecord, out: Path, *, keep: bool) -> Made:
    """Write the bundle of a run whose tables are on the connection. Raises `OutputError`."""
    files = files_of(wish.scope)
    rows = {file.name: _count(connection, file) for file in files}
    record = replace(record, rows=rows, steps_sha256=steps_sha256())
    zipped = zip_name(wish)
    with folder_of_results(out, owned=(bundle.TABLES,)) as folder:
        upload.write(connection, {file.name for file in files}, folder, zipped)
        if keep:
            record = replace(record, tables=bundle.keep(connection, folder))
        flags = preflight.find(connection, wish.scope.name.lower())
        preflight.write(folder, flags)
        write_record(folder, record)
    return Made(out, out / zipped, rows, record, flags)


@contextmanager
def _opened(source: Path) -> Iterator[Input]:
    try:
        with opened_input(source) as given:
            yield given
    except InputRefused as error:
        raise ReportRefused(str(error)) from error


def _count(connection: Connection, file: UploadFile) -> int:
    return int(engine.scalar(connection, f"SELECT count(*) FROM {name(file.table)}"))
