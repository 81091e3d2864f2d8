"""Whether exactly this export was the last one that was imported from its data source.

Then nothing needs to be read again: its rows are stored, its findings are known. The same bytes, read by
the same reader, say the same.
"""

import hashlib
from functools import lru_cache
from pathlib import Path

from hearth import reporting, standards
from hearth.hmis.exchange.models import ImportRun, RunState

_CHUNK = 1 << 20


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


@lru_cache(maxsize=1)
def reader() -> str:
    """Changes with everything that decides how an export is read and what is found in it."""
    mark = hashlib.sha256()
    for package in (reporting, standards):
        folder = Path(str(package.__file__)).parent
        parts = [folder / "sources"] if package is reporting else [folder]
        for part in parts:
            for file in sorted([*part.rglob("*.py"), *part.rglob("*.yaml"), *part.rglob("*.sql")]):
                mark.update(file.read_bytes())
    return mark.hexdigest()[:16]


def same_import(run: ImportRun) -> ImportRun | None:
    """The finished import of the same bytes, when it is the newest of its data source."""
    finished = ImportRun.objects.filter(state=RunState.FINISHED).order_by("-finished_at", "-id")
    same = finished.filter(
        sha256=run.sha256,
        parameters__source=run.parameters.get("source", ""),
        parameters__folder=run.parameters.get("folder", ""),
        parameters__reader=reader(),
    ).first()
    if same is None or finished.filter(data_source=same.data_source_id).first() != same:
        return None
    return same
