"""Whether an export, or one of the same data, was the last that was imported from its data source.

Then nothing needs to be read again: its rows are stored and its findings are known. Two degrees:

- the same file: its bytes are the same (`fingerprint`);
- another export of the same data: every CSV file but Export.csv is the same byte by byte, except for the
  ExportID that ends each line and is new with every export, and it is of the same kind, period and CoCs
  (`contents`).

Either counts only when the newest import of that data source is the one compared with, the same reader read
it, it left nothing undecided (`settling`), and no record of the data source was changed here since (`newer`).
"""

import csv
import hashlib
from functools import lru_cache
from pathlib import Path

from hearth import reporting, standards
from hearth.hmis.exchange.models import ImportRun, RunState
from hearth.reporting.sources import Source

#: Small enough that no other thread waits long for its turn while one is looked through.
_CHUNK = 1 << 18
_REPLACES = ("ExportDirective", "ExportPeriodType", "ExportStartDate", "ExportEndDate", "SourceID")


def fingerprint(path: Path) -> str:
    """SHA-256 of a zip, or of a folder's CSV files with their names. Raises OSError."""
    if path.is_file():
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    whole = hashlib.sha256()
    for entry in sorted(path.rglob("*.[cC][sS][vV]")):
        if entry.is_file():
            whole.update(f"{entry.relative_to(path).as_posix()}\0{fingerprint(entry)}\n".encode())
    return whole.hexdigest()


def contents(source: Source) -> str:
    """SHA-256 of what an opened export says, without ExportID and most of Export.csv, but with what decides
    what it replaces; and of its faults."""
    whole = hashlib.sha256(repr((source.year, source.problems, _announced(source))).encode())
    endings = _endings(_export_id(source))
    for name, file in sorted(source.files.items()):
        if name == "Export":
            continue
        whole.update(f"\0{name}\0{file.columns}\0".encode())
        with file.path.open("rb") as lines:
            whole.update(lines.readline())
            first = lines.readline()
            ending = next((one for one in endings if first.endswith(one)), None)
            chunk = first
            while chunk:
                whole.update(chunk.replace(ending, b",\n") if ending else chunk)
                chunk = lines.read(_CHUNK)
                chunk += lines.readline()  # whole lines only: an ending is never cut
    return whole.hexdigest()


def _announced(source: Source) -> list[list[str]]:
    """The cells of Export.csv that decide what may be concluded from what the export lacks."""
    file = source.files.get("Export")
    if file is None:
        return []
    places = [file.columns.index(column) for column in _REPLACES if column in file.columns]
    with file.path.open(encoding="utf-8", newline="") as lines:
        rows = csv.reader(lines)
        next(rows, None)
        return [[row[place] for place in places if place < len(row)] for row in rows]


def _export_id(source: Source) -> str | None:
    """The ExportID of the first row of Export.csv."""
    file = source.files.get("Export")
    if file is None or "ExportID" not in file.columns:
        return None
    with file.path.open(encoding="utf-8", newline="") as lines:
        rows = csv.reader(lines)
        next(rows, None)
        row = next(rows, [])
    place = file.columns.index("ExportID")
    return row[place] if place < len(row) else None


def _endings(export_id: str | None) -> list[bytes]:
    """How a line of the export may end when ExportID is its last column."""
    if not export_id or '"' in export_id:
        return []
    cells = (export_id, f'"{export_id}"')
    return [f",{cell}{end}".encode() for cell in cells for end in ("\r\n", "\n")]


@lru_cache(maxsize=1)
def reader() -> str:
    """Changes with everything that decides how an export is read and what is found in it."""
    mark = hashlib.sha256()
    folders = (Path(str(reporting.__file__)).parent / "sources", Path(str(standards.__file__)).parent)
    for folder in folders:
        for file in sorted([*folder.rglob("*.py"), *folder.rglob("*.yaml"), *folder.rglob("*.sql")]):
            mark.update(file.read_bytes())
    return mark.hexdigest()[:16]


def same_file(run: ImportRun) -> ImportRun | None:
    """The newest import of a data source, when it was of the same bytes and asked for in the same way."""
    same = _finished().filter(
        sha256=run.sha256,
        parameters__source=run.parameters.get("source", ""),
        parameters__folder=run.parameters.get("folder", ""),
        parameters__reader=reader(),
    )
    found = same.first()
    return found if found and is_newest(found) else None


def may_be_known(source: Source) -> bool:
    """Whether anything as long was imported: else `contents` cannot be that of an earlier import."""
    return bool(_finished().filter(parameters__lines=source.lines, parameters__reader=reader()).exists())


def same_contents(mark: str) -> ImportRun | None:
    """A finished import of the same data; whether it is the newest of the right data source is to be seen."""
    return _finished().filter(parameters__contents=mark, parameters__reader=reader()).first()


def is_newest(run: ImportRun) -> bool:
    """Whether no import of its data source finished after it."""
    newest = _finished().filter(data_source=run.data_source_id).values_list("pk", flat=True).first()
    return bool(newest == run.pk)


def _finished():
    return ImportRun.objects.filter(state=RunState.FINISHED).order_by("-finished_at", "-id")
