"""Run a plan: every step becomes a table on an engine connection; and the record of what ran.

    seconds = run_steps(connection, steps, on_step=show, should_stop=asked)
    write_record(folder, RunRecord(...))

`Here` computes the steps with the engine of the connection, in this process: several steps at once where
there are few rows (see `steps_at_once`). `spark.Cluster` is the other runner, for data that outgrow one
machine. The results of both stand on the connection and are equal.

Memory is bounded by the connection's own limit (see `engine.connect`). `on_step` is told the step that
starts, its number and how many there are. `should_stop` is asked several times a second; then `Cancelled`
is raised and nothing is left at the destination.
"""

from __future__ import annotations

import graphlib
import hashlib
import json
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import asdict, dataclass, field, fields
from datetime import date
from pathlib import Path
from typing import Protocol

from hearth.reporting import engine
from hearth.reporting.engine import Connection, name

from .plan import Step

OnStep = Callable[[Step, int, int], None]
_PIECE = 1 << 20  # bytes
_POLL_SECONDS = 0.2
#: Up to so many rows in each table of the input, steps run side by side on one thread each (measured).
FEW_ROWS = 1_000_000
RECORD = "run.json"


class ClusterRefused(Exception):
    """The steps cannot be computed elsewhere: a wrong address, nobody there, no shared folder. One sentence
    and what to do."""


class StepFailed(Exception):
    """A step could not be computed; says which one. The cause holds what the engine said."""


class Runner(Protocol):
    """Who computes the steps."""

    @property
    def name(self) -> str:
        """As the run's record has it."""

    def run(
        self,
        connection: Connection,
        steps: Sequence[Step],
        *,
        keep: Collection[str] | None = None,
        few_rows: bool = False,
        on_step: OnStep | None = None,
        should_stop: Callable[[], bool] | None = None,
    ) -> dict[str, float]:
        """As `run_steps`. Of the steps' tables at least those in `keep` are on the connection afterwards;
        all with None. `few_rows`: no table of the input has more than `FEW_ROWS`."""


@dataclass(frozen=True, slots=True)
class RunRecord:
    """What made a result: enough to run it again. `year` is HUD's, by whose standards all was read and
    counted, and is opened. `seconds` are per step, in the order they ran; `tables` are
    those that were kept beside the result, `steps_sha256` the steps that made them. `not_live` are the
    rows of the input that were not read, as `live.NotLive` counts them; `unread`, `left_out` and `warnings`
    are what was said of the input (see `notes`); `ties`: what of → how often the order of keys decided (see
    `ties`). `made_of`: of which records, in words, where not of all that was given."""

    report: str
    specification: str
    year: int
    parameters: Mapping[str, object]
    code_version: str
    input_sha256: str
    engine: str = "duckdb"
    rows: Mapping[str, int] = field(default_factory=dict)
    seconds: Mapping[str, float] = field(default_factory=dict)
    tables: tuple[str, ...] = ()
    steps_sha256: str = ""
    not_live: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    warnings: Sequence[str] = ()
    unread: Sequence[Mapping[str, object]] = ()
    left_out: Sequence[Mapping[str, object]] = ()
    ties: Mapping[str, int] = field(default_factory=dict)
    made_of: str = ""


def run_steps(
    connection: Connection,
    steps: Sequence[Step],
    *,
    on_step: OnStep | None = None,
    should_stop: Callable[[], bool] | None = None,
) -> dict[str, float]:
    """Create one table per step, in the given order. Returns seconds per step.

    Raises `engine.Cancelled`, `engine.OutOfMemory`, or `StepFailed` for anything else the engine refuses.
    """
    seconds: dict[str, float] = {}
    for number, step in enumerate(steps, 1):
        if on_step is not None:
            on_step(step, number, len(steps))
        if should_stop is not None and should_stop():
            raise engine.Cancelled("stopped at the caller's request")
        seconds[step.name] = _timed(connection, step, should_stop)
    return seconds


def steps_at_once(
    connection: Connection,
    steps: Sequence[Step],
    *,
    on_step: OnStep | None = None,
    should_stop: Callable[[], bool] | None = None,
) -> dict[str, float]:
    """As `run_steps`, for few rows: each step on one thread, and as many steps at once as the engine had
    threads. A table of few rows is worked on by one thread in any case, and then the others only take time
    looking for work. The engine keeps one thread afterwards. Steps must not read temporary tables, which are
    one connection's own."""
    threads = engine.threads_of(connection)
    if threads == 1:
        return run_steps(connection, steps, on_step=on_step, should_stop=should_stop)
    engine.use_threads(connection, 1)
    idle = [connection.cursor() for _ in range(threads)]
    running: dict[Future[float], tuple[Step, Connection]] = {}
    seconds: dict[str, float] = {}
    with ThreadPoolExecutor(threads, thread_name_prefix="hearth-step") as pool:
        try:
            for number, step in enumerate(_as_soon_as_ready(steps, running, idle, seconds, should_stop), 1):
                if on_step is not None:
                    on_step(step, number, len(steps))
                cursor = idle.pop()
                running[pool.submit(_timed, cursor, step)] = step, cursor
        except BaseException:  # Ctrl-C, too
            while running:
                for _, cursor in running.values():
                    cursor.interrupt()  # again and again: what does not run just now is not interrupted
                for ended in wait(running, _POLL_SECONDS).done:
                    del running[ended]
            raise
    return {step.name: seconds[step.name] for step in steps}


def _as_soon_as_ready(
    steps: Sequence[Step],
    running: dict[Future[float], tuple[Step, Connection]],
    idle: list[Connection],
    seconds: dict[str, float],
    should_stop: Callable[[], bool] | None,
) -> Iterator[Step]:
    """Each step when the tables that it reads are there and a connection is `idle`; whoever takes it puts it
    among those that are `running`. Ends when all have ended."""
    places = {step.name.casefold(): place for place, step in enumerate(steps)}
    order: graphlib.TopologicalSorter[int] = graphlib.TopologicalSorter()
    for place, step in enumerate(steps):
        order.add(place, *(places[one.casefold()] for one in step.inputs if one.casefold() in places))
    order.prepare()
    ready: list[int] = []
    while order.is_active():
        if should_stop is not None and should_stop():
            raise engine.Cancelled("stopped at the caller's request")
        ready = sorted([*ready, *order.get_ready()])
        while ready and idle:
            yield steps[ready.pop(0)]
        for ended in wait(running, _POLL_SECONDS, FIRST_COMPLETED).done:
            step, cursor = running.pop(ended)
            idle.append(cursor)
            seconds[step.name] = ended.result()
            order.done(places[step.name.casefold()])


def _timed(connection: Connection, step: Step, should_stop: Callable[[], bool] | None = None) -> float:
    """Create the table of a step; returns the seconds. Raises as `run_steps` does."""
    started = time.monotonic()
    try:
        engine.run(connection, f"CREATE TABLE {name(step.name)} AS\n{step.sql}", should_stop=should_stop)
    except engine.OutOfMemory:
        raise
    except engine.EngineError as error:
        raise StepFailed(f"The step {step.name} ({step.section}) could not be computed.") from error
    return round(time.monotonic() - started, 4)


@dataclass(frozen=True, slots=True)
class Here:
    """The runner of this process, which keeps every table: `steps_at_once` where there are few rows, else
    `run_steps`."""

    name: str = "duckdb"

    def run(
        self,
        connection: Connection,
        steps: Sequence[Step],
        *,
        keep: Collection[str] | None = None,
        few_rows: bool = False,
        on_step: OnStep | None = None,
        should_stop: Callable[[], bool] | None = None,
    ) -> dict[str, float]:
        """See `Runner`."""
        run = steps_at_once if few_rows else run_steps
        return run(connection, steps, on_step=on_step, should_stop=should_stop)


def one_row(connection: Connection, table: str, values: Mapping[str, str | int | date | None]) -> None:
    """Make a table of one row, such as the parameters of a run; types follow the values."""
    columns = ", ".join(f"{engine.literal(value)} AS {name(column)}" for column, value in values.items())
    engine.run(connection, f"CREATE TABLE {name(table)} AS SELECT {columns}")


def sha256_of(path: Path) -> str:
    """Hash of an input: of the file, or of the names and contents of a folder's files in name order."""
    digest = hashlib.sha256()
    for file in sorted(path.iterdir()) if path.is_dir() else [path]:
        if not file.is_file():
            continue
        if path.is_dir():
            digest.update(file.name.encode() + b"\0")
        with file.open("rb") as stream:
            while piece := stream.read(_PIECE):
                digest.update(piece)
    return digest.hexdigest()


def write_record(folder: Path, record: RunRecord) -> Path:
    """Write run.json."""
    path = folder / RECORD
    path.write_text(json.dumps(asdict(record), indent=2, default=str) + "\n", encoding="utf-8")
    return path


def read_record(path: Path) -> RunRecord:
    """Read run.json; what a later version added is passed over. Raises OSError, ValueError or TypeError."""
    said = json.loads(path.read_text(encoding="utf-8"))
    if not isinstance(said, dict):
        raise ValueError(f"{RECORD} is no record of a run")
    known = {one.name for one in fields(RunRecord)}
    given = {key: value for key, value in said.items() if key in known}
    given["tables"] = tuple(given.get("tables") or ())
    record = RunRecord(**given)
    if not isinstance(record.year, int):
        raise ValueError(f"{RECORD} does not say of which year")
    texts = (record.report, record.specification, record.code_version, record.input_sha256, *record.tables)
    if not (isinstance(record.parameters, dict) and all(isinstance(one, str) for one in texts)):
        raise ValueError(f"{RECORD} is no record of a run")
    return record
