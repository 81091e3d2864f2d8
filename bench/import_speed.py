"""Import: rows a second from the file to the commit, memory, and importing the same again.

The input is HUD's sample export, multiplied with distinct keys (`HEARTH_REFERENCE_DATA`), in a data folder
of its own. The import runs as `hearth import` in a process of its own, whose memory is measured; the
database's processes are not part of that figure. "Again" is another export of the same data: other
ExportID and date, so that every row is read and compared; "the same file" is known by its bytes.

The first import is made several times, each in a new installation, and the median counts: a single one varies
by a tenth with what else the machine does. The times of all are told beside it. Between them the code from
before grants and consent (`BEFORE_GRANTS`) imports the same file: who may see a row is written with each row
since, and that may cost a tenth at most. On a shared machine the processors' time tells more than the clock.
"""

import os
import shutil
import statistics
import subprocess
import tempfile
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench import processor
from bench.figures import Figure
from bench.installation import ADMINISTRATOR, Installation, command
from hearth.reporting import engine
from hearth.reporting.engine import name, text
from hearth.standards import Column, load

CHECKOUT = Path(__file__).resolve().parent.parent
ROWS = 5_000_000
SMALL_ROWS = 500_000
TIMES = 3
#: The last commit in which the organization and a flag alone decide who may see a row.
BEFORE_GRANTS = "770c1d9673d329b9062d537ca62c54a2e7528323"
#: Files whose rows are not multiplied, and columns that stay as they are because they name rows of those.
_ONCE = ("Export", "User")


def run(small: bool) -> list[Figure]:
    """Import (several times anew), again as a new export, again as the same file."""
    with tempfile.TemporaryDirectory(prefix="hearth-bench-") as folder:
        first, again = Path(folder) / "first.zip", Path(folder) / "again.zip"
        rows = multiply(sample(), Path(folder) / "work", first, again, SMALL_ROWS if small else ROWS)
        took, ran, memories = [], [], []
        took_before, ran_before = [], []
        with _before_grants(Path(folder)) as source:
            for turn in range(1 if small else TIMES):
                with Installation() as here:
                    seconds, spent, memory = _import(here, first)
                    took.append(seconds)
                    ran.append(spent)
                    memories.append(memory)
                    if turn == 0:
                        other, _, memory = _import(here, again)
                        memories.append(memory)
                        same, _, _ = _import(here, again)
                if source is not None:
                    with Installation(source) as there:
                        seconds, spent, _ = _import(there, first)
                        took_before.append(seconds)
                        ran_before.append(spent)
    new = statistics.median(took)
    compared = []
    if took_before:
        told = "; ".join(f"{before:.1f} to {now:.1f}" for before, now in zip(took_before, took, strict=True))
        of_processors = "; ".join(
            f"{before:.1f} to {now:.1f}" for before, now in zip(ran_before, ran, strict=True)
        )
        compared = [
            Figure(
                "speed, before grants it was 1",
                statistics.median(took_before) / new,
                "of it",
                at_least=0.9,
                note=f"{told} s",
            ),
            Figure(
                "the same by the processors' time",
                statistics.median(ran_before) / statistics.median(ran),
                "of it",
                at_least=0.9,
                note=f"{of_processors} s",
            ),
        ]
    return [
        *compared,
        Figure("rows imported", rows, "rows"),
        Figure("validated import", rows / new, "rows/s", at_least=120_000),
        Figure("its time", new, "s", note="of " + ", ".join(f"{one:.1f}" for one in took)),
        Figure("memory of its process", max(memories), "MB", below=1500),
        Figure("unchanged data, new export", other / new, "of the first", below=1 / 3, note=f"{other:.1f} s"),
        Figure("the same file again", same / new, "of the first", below=1 / 3, note=f"{same:.1f} s"),
    ]


@contextmanager
def _before_grants(folder: Path) -> Iterator[Path | None]:
    """The source of then; None where there is no history to take it from."""
    checkout = folder / "before"
    git = ["git", "-C", str(CHECKOUT), "worktree"]
    made = subprocess.run([*git, "add", "--detach", str(checkout), BEFORE_GRANTS], capture_output=True)
    if made.returncode:
        yield None
        return
    try:
        yield checkout / "src"
    finally:
        subprocess.run([*git, "remove", "--force", str(checkout)], check=True, capture_output=True)


def sample() -> Path:
    """HUD's sample export. Raises FileNotFoundError where the reference data is not there."""
    data = Path(os.environ.get("HEARTH_REFERENCE_DATA") or CHECKOUT.parent / "shared" / "data")
    path = data / "hud-lsa-sample-fy2026" / "hmis-csv.zip"
    if not path.exists():
        raise FileNotFoundError(f"{path}: set HEARTH_REFERENCE_DATA to the folder of HUD's sample data.")
    return path


def multiply(source: Path, work: Path, first: Path, again: Path, wanted: int) -> int:
    """Write the export `source` several times over into the zip `first`, every copy with keys of its own,
    and the same rows as another export into `again`. Returns the number of rows."""
    work.mkdir()
    with zipfile.ZipFile(source) as archive:
        archive.extractall(work)
    registry = load(2026)
    rows = 0
    with (
        engine.connected(memory_limit="500MB", temp_directory=work) as connection,
        zipfile.ZipFile(first, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as one,
        zipfile.ZipFile(again, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as two,
    ):
        counts = {}
        for file in registry.files:
            connection.execute(
                f"CREATE TABLE {name(file)} AS SELECT * FROM read_csv({text(work / f'{file}.csv')},"
                " header = true, all_varchar = true, delim = ',', quote = '\"', escape = '\"')"
            )
            counts[file] = engine.scalar(connection, f"SELECT count(*) FROM {name(file)}")
        copies = max(1, round(wanted / sum(counts.values())))
        for file in registry.files:
            times = 1 if file in _ONCE else copies
            rows += counts[file] * times
            target = work / f"{file}.out.csv"
            for archive, export in ((one, "FIRST"), (two, "AGAIN")):
                cells = ", ".join(_cell(file, column, export) for column in registry.file(file).columns)
                connection.execute(
                    f"COPY (SELECT {cells} FROM range({times}) AS copy(n), {name(file)} AS r)"
                    f" TO {text(target)} (FORMAT csv, HEADER)"
                )
                archive.write(target, f"{file}.csv")
                target.unlink()
            connection.execute(f"DROP TABLE {name(file)}")
    shutil.rmtree(work)
    return rows


def _cell(file: str, column: Column, export: str) -> str:
    spelled = name(column.name)
    if column.name == "ExportID":
        # Of several rows of Export.csv the first is the one that all others name.
        more = " || nullif(row_number() OVER (), 1)" if file == "Export" else ""
        return f"{f'coalesce({text(export)}{more}, {text(export)})' if more else text(export)} AS {spelled}"
    is_key = column.is_key or column.references or column.name == "HouseholdID"
    if file in _ONCE or not is_key or column.name == "UserID":
        return f"r.{spelled}"
    return f"CASE WHEN r.{spelled} IS NOT NULL THEN copy.n || '-' || r.{spelled} END AS {spelled}"


def _import(here: Installation, path: Path) -> tuple[float, float, float]:
    """Seconds, seconds of its and the database's processor time, and megabytes (10^6) of one import in a
    process of its own."""
    ran, began = processor.of_tree(here.postmaster()), time.monotonic()
    arguments = ["import", str(path), "--yes", "--as", ADMINISTRATOR]
    child = subprocess.Popen(
        [command(), *arguments],
        env=here.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert child.stdout is not None
    said = child.stdout.read()
    child.stdout.close()
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise RuntimeError(f"The import failed:\n{said[-2000:]}")
    took = time.monotonic() - began
    ran = (processor.of_tree(here.postmaster()) - ran) / 1000 + used.ru_utime + used.ru_stime
    return took, ran, used.ru_maxrss * 1024 / 1e6
