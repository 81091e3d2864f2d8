"""Make an LSA or a HIC: from an HMIS CSV export to HDX's twelve CSV files, the zip and run.json.

    wish = Wish(coc="XX-501", start=day, end=day, scope=Scope.HIC, made_at=now)
    made = make(Path("export.zip"), wish, Path("out"))

Nothing is written unless all of it is. Memory is bounded by `memory_limit` (the engine's; see there);
what does not fit spills to disk.

LSA specifications v8 (FY2026), section 3.1 for the parameters.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

from hearth.reporting.outputs import archive
from hearth.reporting.outputs.folder import folder_of_results
from hearth.reporting.runtime import engine
from hearth.reporting.runtime.engine import Connection, name, text
from hearth.reporting.runtime.plan import Step, needed, plan, read_steps
from hearth.reporting.runtime.run import (
    OnStep,
    RunRecord,
    one_row,
    run_steps,
    sha256_of,
    write_record,
)
from hearth.reporting.sources import Source, Staged, open_source, stage
from hearth.standards.load import LATEST, load

from .columns import UploadFile, upload_files

SPECIFICATION = "LSA v8"
LOOKBACK_YEARS = 7
_HERE = Path(__file__).parent
_REFERENCE = ("row_values", "row_populations", "population_household_types")
_PARAMETERS = ("lsa_parameters", "lsa_chosen_project", *(f"lsa_{name}" for name in _REFERENCE))
_HOUSEHOLD_FILES = ("LSAHousehold", "LSAExit")
_COC = re.compile(r"[A-Z]{2}-[0-9]{3}[A-Z]?")
_ROWS_AT_ONCE = 20_000


class Scope(enum.IntEnum):
    """What the report is about; HUD's LSAScope."""

    SYSTEMWIDE = 1
    PROJECT = 2
    HIC = 3


class ReportRefused(Exception):
    """The report cannot be made from this input or with these parameters; says why in one sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Vendor:
    """Who is named in LSAReport, at most 50 characters each."""

    vendor: str = "Hearth"
    software: str = "Hearth"
    contact: str = "n/a"
    email: str = "n/a"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """The parameters of section 3.1. `made_at` is the time that the report bears, local wall clock."""

    coc: str
    start: date
    end: date
    scope: Scope
    projects: tuple[str, ...] = ()
    vendor: Vendor = field(default_factory=Vendor)
    made_at: datetime

    @property
    def lookback(self) -> date:
        """Seven years before the start."""
        year = self.start.year - LOOKBACK_YEARS
        leap_day = (self.start.month, self.start.day) == (2, 29)
        return date(year, 2, 28) if leap_day else self.start.replace(year=year)

    @property
    def report_id(self) -> int:
        """Year's last digit, month, day, hour and minute of the report, as HUD makes it."""
        return (self.made_at.year % 10) * 100_000_000 + int(self.made_at.strftime("%m%d%H%M"))


@dataclass(frozen=True, slots=True)
class Made:
    """What was written. `rows` by file of the upload."""

    folder: Path
    zip: Path
    rows: dict[str, int]
    record: RunRecord


def check_wish(wish: Wish) -> None:
    """Refuse parameters that no input could satisfy."""
    if not _COC.fullmatch(wish.coc):
        raise ReportRefused(f"{wish.coc} is not a CoC code; one looks like XX-501.")
    if wish.end < wish.start:
        raise ReportRefused(f"The report ends on {wish.end}, before it starts on {wish.start}.")
    if wish.scope is Scope.PROJECT and not wish.projects:
        raise ReportRefused("A report on chosen projects needs at least one project.")
    if wish.scope is not Scope.PROJECT and wish.projects:
        raise ReportRefused("Projects can be chosen in the scope of chosen projects only.")


def steps_of(staged: Sequence[str], files: Sequence[UploadFile]) -> list[Step]:
    """The steps that the files rest on, in their order. `staged` are the tables of the input."""
    ordered = plan(read_steps(_HERE / "steps"), [*staged, *_PARAMETERS])
    return needed(ordered, [file.table for file in files])


def files_of(scope: Scope) -> list[UploadFile]:
    """The files that are computed; those on households and exits are headers alone in the HIC."""
    files = upload_files(load(LATEST))
    return [file for file in files if scope is not Scope.HIC or file.name not in _HOUSEHOLD_FILES]


def prepare(connection: Connection, wish: Wish) -> None:
    """Make the tables of parameters and reference lists beside the staged input; refuse what it lacks."""
    known = {
        code
        for (code,) in engine.rows(
            connection, "SELECT DISTINCT upper(CoCCode) FROM ProjectCoC WHERE DateDeleted IS NULL"
        )
    }
    if wish.coc not in known:
        raise ReportRefused(f"No project of this input is in {wish.coc}.")
    for project in wish.projects:
        found = engine.scalar(
            connection,
            "SELECT count(*) FROM Project WHERE ProjectID = ? AND DateDeleted IS NULL",
            [project],
        )
        if not found:
            raise ReportRefused(f"This input has no project with the ID {project}.")
    one_row(
        connection,
        "lsa_parameters",
        {
            "ReportID": wish.report_id,
            "ReportDate": wish.made_at.replace(microsecond=0),
            "ReportStart": wish.start,
            "ReportEnd": wish.start if wish.scope is Scope.HIC else wish.end,
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
    for table in _REFERENCE:
        path = text(_HERE / "reference" / f"{table}.csv")
        engine.run(
            connection,
            f"CREATE TABLE {name(f'lsa_{table}')} AS SELECT * FROM read_csv({path}, header = true)",
        )


def make(
    source: Path,
    wish: Wish,
    out: Path,
    *,
    code_version: str,
    memory_limit: str = engine.DEFAULT_MEMORY_LIMIT,
    on_step: OnStep | None = None,
    should_stop: Callable[[], bool] | None = None,
) -> Made:
    """Read `source` (zip or folder), run the report, write `out`. See the module.

    Raises `ReportRefused`, `OutputError`, `SourceFault`, `engine.Cancelled` or `StepFailed`; in every case
    nothing is left at `out` that was not there before.
    """
    check_wish(wish)
    with open_source(source) as opened:
        _refuse_broken(opened)
        with engine.connected(memory_limit=memory_limit, temp_directory=opened.work / "spill") as connection:
            staged = stage(opened, connection, check=False)
            _refuse_broken(staged)
            files = files_of(wish.scope)
            steps = steps_of(staged.tables, files)
            prepare(connection, wish)
            seconds = run_steps(connection, steps, on_step=on_step, should_stop=should_stop)
            rows = {file.name: _count(connection, file) for file in files}
            record = RunRecord(
                report="hic" if wish.scope is Scope.HIC else "lsa",
                specification=SPECIFICATION,
                year=LATEST,
                parameters=_said(wish),
                code_version=code_version,
                input_sha256=sha256_of(source),
                rows=rows,
                seconds={**staged.seconds, **seconds},
            )
            zip_name = f"{record.report}-{wish.coc}-{wish.start}.zip"
            with folder_of_results(out) as folder:
                _write(connection, {file.name for file in files}, folder, zip_name)
                write_record(folder, record)
    return Made(out, out / zip_name, rows, record)


def _refuse_broken(read: Source | Staged) -> None:
    for problem in read.problems:
        if problem.stops:
            raise ReportRefused(f"{problem.sentence} {problem.remedy}")


def _said(wish: Wish) -> dict[str, object]:
    return {
        "coc": wish.coc,
        "start": wish.start,
        "end": wish.start if wish.scope is Scope.HIC else wish.end,
        "lookback": wish.lookback,
        "scope": wish.scope.name.lower(),
        "projects": list(wish.projects),
        "made_at": wish.made_at.replace(microsecond=0),
        "report_id": wish.report_id,
    }


def _count(connection: Connection, file: UploadFile) -> int:
    return int(engine.scalar(connection, f"SELECT count(*) FROM {name(file.table)}"))


def _write(connection: Connection, computed: set[str], folder: Path, zip_name: str) -> None:
    """The twelve files and the zip of them. Rows are sorted, so that the same input gives the same bytes."""
    with archive.writing(folder / zip_name) as zipped:
        for file in upload_files(load(LATEST)):
            path = folder / f"{file.name}.csv"
            with path.open("wb") as stream:
                stream.write((",".join(file.columns) + "\r\n").encode())
                if file.name in computed:
                    for lines in _lines(connection, file):
                        stream.write(lines)
            zipped.add(path.name, _pieces(path))


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as stream:
        while piece := stream.read(1 << 20):
            yield piece


def _lines(connection: Connection, file: UploadFile) -> Iterator[bytes]:
    """Rows as CSV: text in quotes, numbers and moments bare, nothing for what is missing."""
    types = {
        column: str(kind) for column, kind, *_ in engine.rows(connection, f"DESCRIBE {name(file.table)}")
    }
    by_name = {column.casefold(): kind for column, kind in types.items()}
    cells = ", ".join(_cell(column, by_name[column.casefold()]) for column in file.columns)
    order = ", ".join(name(column) for column in file.columns)
    connection.execute(f"SELECT concat_ws(',', {cells}) FROM {name(file.table)} ORDER BY {order}")
    while found := connection.fetchmany(_ROWS_AT_ONCE):
        yield ("\r\n".join(line for (line,) in found) + "\r\n").encode()


def _cell(column: str, kind: str) -> str:
    value = name(column)
    if kind == "VARCHAR":
        shown = f"'\"' || replace({value}, '\"', '\"\"') || '\"'"
    elif kind.startswith("TIMESTAMP"):
        shown = f"CAST(date_trunc('second', {value}) AS VARCHAR)"
    else:
        shown = f"CAST({value} AS VARCHAR)"
    return f"coalesce({shown}, '')"
