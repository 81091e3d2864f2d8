"""Look into a zip or a folder without trusting it, and list the CSV files in it.

Refused before anything is unpacked: not a zip, encrypted, damaged, paths that lead out of the zip, links,
too many files, too large or too dense when unpacked (a zip bomb), entries that overlap.
Tolerated with a finding: one common folder around the files, files that are not part of HMIS CSV.

A zip with several exports (one folder each) is refused unless the caller names the `folder`.
"""

from __future__ import annotations

import stat
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import IO

from .problems import Problem, listing, noted, size, stopping

GIGABYTE = 1024**3
_ENCRYPTED = 0x1
_READABLE_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)
# What operating systems drop beside the files; nobody put it there on purpose.
_DEBRIS_FOLDERS = {"__macosx"}
_DEBRIS_FILES = {".ds_store", "thumbs.db", "desktop.ini"}


@dataclass(frozen=True, slots=True)
class Limits:
    """How much an export may be. `ratio` only counts for members above `ratio_from_bytes`, because
    honest exports repeat themselves and compress 20 to 60 times."""

    total_bytes: int = 4 * GIGABYTE
    members: int = 1000
    ratio: float = 250.0
    ratio_from_bytes: int = 32 * 1024**2


@dataclass(frozen=True, slots=True)
class Member:
    """One CSV file of the export: `stem` as it is spelled ('client'), size in bytes, how to read it."""

    stem: str
    size: int
    open: Callable[[], IO[bytes]]
    on_disk: Path | None = None


@dataclass(slots=True)
class Container:
    """The CSV files found, by their spelled name, and what is wrong with the container itself."""

    members: list[Member] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    close: Callable[[], None] = lambda: None

    @property
    def bytes(self) -> int:
        return sum(member.size for member in self.members)


def look_into(path: Path, limits: Limits, folder: str | None = None) -> Container:
    """List the CSV files of a zip or folder. Never raises for a bad input: the faults are in `problems`."""
    if not path.exists():
        return _refused(
            "source_missing",
            f"There is no file or folder named {path.name}.",
            "Check the name and the folder.",
        )
    if path.is_dir():
        return _look_into_folder(path, limits, folder)
    try:
        archive = zipfile.ZipFile(path)
    except PermissionError:
        return _refused(
            "source_unreadable",
            f"{path.name} may not be read.",
            "Ask for the permission to read it, or copy it to a folder of yours.",
        )
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError):
        return _refused(
            "not_a_zip",
            "The file is not a zip file, or it is damaged.",
            "Upload the zip as your software exported it; if it was downloaded, download it again.",
        )
    container = _look_into_zip(archive, limits, folder)
    container.close = archive.close
    return container


def _refused(check: str, sentence: str, remedy: str) -> Container:
    return Container(problems=[stopping(check, sentence, remedy)])


def _look_into_folder(path: Path, limits: Limits, folder: str | None) -> Container:
    found: dict[PurePosixPath, Path] = {}
    pattern = "*.[cC][sS][vV]"
    # Looks into folders only where the top has nothing: somebody may name a folder that holds the world.
    entries = iter(path.rglob(pattern)) if folder or not any(path.glob(pattern)) else path.glob(pattern)
    for entry in entries:
        if entry.is_file():
            found[PurePosixPath(entry.relative_to(path).as_posix())] = entry
        if len(found) > limits.members:
            return Container(problems=[_too_many(limits)])
    total = sum(entry.stat().st_size for entry in found.values())
    if total > limits.total_bytes:
        return Container(problems=[_too_large(total, limits)])
    container = Container()
    for inside in _one_export(sorted(found), container, folder):
        entry = found[inside]
        container.members.append(
            Member(inside.stem, entry.stat().st_size, lambda entry=entry: entry.open("rb"), on_disk=entry)  # type: ignore[misc]
        )
    return container


def _look_into_zip(archive: zipfile.ZipFile, limits: Limits, folder: str | None) -> Container:
    container = Container()
    files = [info for info in archive.infolist() if not info.is_dir()]
    faults = _unsafe(files, limits)
    if faults:
        container.problems.extend(faults)
        return container
    wanted: dict[PurePosixPath, zipfile.ZipInfo] = {}
    others: list[str] = []
    for info in files:
        inside = PurePosixPath(_slashes(info.filename))
        if _is_debris(inside):
            continue
        if inside.suffix.lower() == ".csv":
            wanted[inside] = info
        else:
            others.append(inside.name)
    if others:
        container.problems.append(
            noted(
                "unknown_file",
                "info",
                f"{len(others)} file(s) in the zip are not CSV and were not read: {listing(others)}.",
                "Leave out everything that is not an HMIS CSV file.",
                origin="S-002",
            )
        )
    for inside in _one_export(list(wanted), container, folder):
        info = wanted[inside]
        container.members.append(
            Member(inside.stem, info.file_size, lambda info=info: archive.open(info))  # type: ignore[misc]
        )
    return container


def _unsafe(files: list[zipfile.ZipInfo], limits: Limits) -> list[Problem]:
    """Everything about the zip's directory that forbids unpacking it."""
    faults: list[Problem] = []
    if len(files) > limits.members:
        faults.append(_too_many(limits))
    if any(info.flag_bits & _ENCRYPTED for info in files):
        faults.append(
            stopping(
                "zip_encrypted",
                "The zip is protected by a password.",
                "Unpack it, make a new zip without a password, and upload that one.",
            )
        )
    leading_out = [info for info in files if _leads_out(info)]
    if leading_out:
        faults.append(
            stopping(
                "zip_path_leads_out",
                f"{len(leading_out)} file(s) in the zip have a path that leads out of it, or are links.",
                "No software exports HMIS CSV like this. Make the export again, and ask who made this one.",
            )
        )
    total = sum(info.file_size for info in files)
    dense = [
        info
        for info in files
        if info.file_size > limits.ratio_from_bytes
        and info.file_size > limits.ratio * max(info.compress_size, 1)
    ]
    if total > limits.total_bytes:
        faults.append(_too_large(total, limits))
    if dense or _overlap(files):
        faults.append(
            stopping(
                "zip_bomb",
                "The zip unpacks to far more than HMIS data could: it looks like a zip bomb.",
                "Make the export again with your software; or unpack it and give the folder.",
            )
        )
    if any(info.compress_type not in _READABLE_METHODS for info in files):
        faults.append(
            stopping(
                "zip_method",
                "The zip is packed with a method that few programs can read.",
                "Unpack it and make a new zip with the usual method (Deflate).",
            )
        )
    return faults


def _slashes(name: str) -> str:
    """Some Windows programs separate folders by backslashes inside zips."""
    return name.replace("\\", "/")


def _leads_out(info: zipfile.ZipInfo) -> bool:
    """Absolute paths, drive letters, '..', and links."""
    name = _slashes(info.orig_filename)
    if name.startswith("/") or (len(name) > 1 and name[1] == ":") or "\x00" in name:
        return True
    if ".." in name.split("/"):
        return True
    return stat.S_ISLNK(info.external_attr >> 16)


def _overlap(files: list[zipfile.ZipInfo]) -> bool:
    """Entries that share compressed bytes: how a small zip claims to hold terabytes."""
    end = -1
    for info in sorted(files, key=lambda info: info.header_offset):
        if info.header_offset < end:
            return True
        end = info.header_offset + info.compress_size
    return False


def _is_debris(inside: PurePosixPath) -> bool:
    return (
        inside.name.lower() in _DEBRIS_FILES
        or inside.name.startswith("._")
        or any(part.lower() in _DEBRIS_FOLDERS for part in inside.parts)
    )


def _one_export(paths: list[PurePosixPath], container: Container, folder: str | None) -> list[PurePosixPath]:
    """The CSV files of the one export: at the top, in the folder asked for, or in the only folder."""
    if folder is not None:
        asked = PurePosixPath(folder)
        inside = [path for path in paths if path.parent == asked]
        if not inside:
            container.problems.append(
                stopping(
                    "folder_missing",
                    f"There are no CSV files in the folder {folder} of this export.",
                    "Check the name of the folder.",
                )
            )
        return inside
    parents = sorted({path.parent for path in paths})
    if not parents:
        container.problems.append(
            stopping(
                "no_csv_files",
                "There are no CSV files in it.",
                "Choose the zip or folder that your software wrote as HMIS CSV export.",
            )
        )
        return []
    top = PurePosixPath(".")
    if top in parents:
        deeper = [path for path in paths if path.parent != top]
        if deeper:
            container.problems.append(
                noted(
                    "folder_in_zip",
                    "warning",
                    f"{len(deeper)} CSV file(s) in folders beside the export were not read.",
                    "HMIS CSV files lie at the top of the zip, without folders.",
                    origin="S-002",
                )
            )
        return [path for path in paths if path.parent == top]
    if len(parents) > 1:
        container.problems.append(
            stopping(
                "several_exports",
                f"It holds CSV files in {len(parents)} folders: {listing([str(p) for p in parents])}.",
                "Give one export at a time, or name the folder to read (hearth import --folder).",
            )
        )
        return []
    container.problems.append(
        noted(
            "folder_in_zip",
            "warning",
            f"The CSV files lie in the folder {parents[0]}. They were read from there.",
            "HMIS CSV files lie at the top of the zip, without folders.",
            origin="S-002",
        )
    )
    return paths


def _too_many(limits: Limits) -> Problem:
    return stopping(
        "too_many_files",
        f"It holds more than {limits.members} files; an HMIS CSV export has 24.",
        "Choose the zip or folder that your software wrote as HMIS CSV export.",
    )


def _too_large(total: int, limits: Limits) -> Problem:
    return stopping(
        "too_large",
        f"It unpacks to {size(total)}; the limit is {size(limits.total_bytes)}.",
        "Export a shorter period or fewer projects, or ask an administrator to raise the limit.",
    )
