"""Open an HMIS CSV zip or folder of any vendor: unpack it safely, as UTF-8, and check its structure.

    with open_source("export.zip") as source:
        source.year        # 2022, 2024 or 2026; None when it is not known
        source.problems    # everything that is wrong with it, not just the first thing
        source.stops       # whether one of them stops an import
        source.files       # HUD file name -> SourceFile, ready for `stage`

Memory is bounded: files stream through in pieces of 1 MB. A zip is unpacked into a temporary folder that
is removed at the end; a folder is read where it lies, except files that are not plain UTF-8.

Source: HMIS CSV Format Specifications FY2026 v1.0, general rules (S-001 to S-003, S-012, S-023).
"""

from __future__ import annotations

import shutil
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from hearth import scratch
from hearth.reporting.engine import is_disk_full
from hearth.standards.load import YEARS, load

from . import header as headers
from .containers import Container, Limits, Member, look_into
from .encoding import Text, copy_as_utf8
from .problems import Problem, SourceFault, disk_full, listing, noted, stopping
from .progress import Progress, silent
from .year import detect


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One file of the export, readable as UTF-8 at `path`.

    `columns` are HUD's names (of the export's year) in the file's order, None for a column that is not
    read. `lines` counts physical lines with the header; `bytes` is the size as it came. `mixed_line_ends`:
    lines may end in several ways (or break within cells).
    """

    name: str
    path: Path
    columns: tuple[str | None, ...]
    lines: int
    bytes: int
    encoding: str
    ends_in_newline: bool
    mixed_line_ends: bool


@dataclass(slots=True)
class Source:
    """An opened export. `work` is a temporary folder that lives as long as the source is open."""

    path: Path
    work: Path
    year: int | None = None
    files: dict[str, SourceFile] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    @property
    def stops(self) -> bool:
        """Whether nothing may be imported or reported from this export."""
        return any(problem.stops for problem in self.problems)

    @property
    def bytes(self) -> int:
        return sum(file.bytes for file in self.files.values())

    @property
    def lines(self) -> int:
        """Physical lines without headers: a close upper estimate of the rows."""
        return sum(max(0, file.lines - 1) for file in self.files.values())


#: Where a file is as UTF-8 and what it is like, None where it cannot be read; and what is wrong with it.
Unpacked = tuple[tuple[Path, Text] | None, list[Problem]]
_AT_ONCE = 2


class _NotWanted(Exception):
    """Another file made an end of it."""


@contextmanager
def open_source(
    path: str | Path,
    *,
    folder: str | None = None,
    limits: Limits | None = None,
    on_progress: Progress = silent,
    newest: int = max(YEARS),
) -> Iterator[Source]:
    """Open an export for reading; see the module.

    `folder` names the folder inside when there are several exports. `newest`: the year that it is read for;
    a later format is not. Never raises for a bad input, nor for a full disk: both are in `problems`.
    `on_progress` may raise to cancel.
    """
    path = Path(path)
    with ExitStack() as stack:
        try:
            work = stack.enter_context(scratch.folder("source"))
        except OSError as error:
            if not is_disk_full(error):
                raise
            raise SourceFault(disk_full(scratch.root())) from error
        source = Source(path=path, work=work)
        container = look_into(path, limits or Limits(), folder)
        stack.callback(container.close)
        source.problems.extend(container.problems)
        if not source.stops:
            _read(source, container, on_progress, newest)
        yield source


def _read(source: Source, container: Container, on_progress: Progress, newest: int) -> None:
    members = _by_file(source, container.members)
    to_unpack = sum(member.size for member in members.values() if member.on_disk is None)
    if to_unpack > shutil.disk_usage(source.work).free:
        source.problems.append(disk_full(source.work.parent))
        return
    unpacked: dict[str, tuple[Member, Path, Text]] = {}
    for name, (taken, problems) in _unpack_all(source, members, on_progress).items():
        source.problems.extend(problems)
        if taken is not None:
            unpacked[name] = (members[name], *taken)
    if any(problem.check == "disk_full" for problem in source.problems):
        return
    paths = {name.casefold(): path for name, (_, path, _) in unpacked.items()}
    detected = detect(paths, newest)
    source.problems.extend(detected.problems)
    source.year = detected.year
    if source.year is not None:
        _check_files(source, source.year, unpacked, set(members))


def _unpack_all(source: Source, members: dict[str, Member], on_progress: Progress) -> dict[str, Unpacked]:
    """Every member as `_unpack` gives it, two at once: unpacking is done by one core for each."""
    done = 0
    total = sum(member.size for member in members.values())
    ended = False

    def unpack(name: str) -> Unpacked:
        def on_bytes(count: int) -> None:
            nonlocal done
            if ended:
                raise _NotWanted
            done += count
            on_progress("open", name, 0, 0, min(done, total), total)

        return _unpack(source.work, name, members[name], on_bytes)

    with ThreadPoolExecutor(max_workers=_AT_ONCE, thread_name_prefix="hearth-unpacking") as pool:
        largest_first = sorted(members, key=lambda name: -members[name].size)
        futures = {name: pool.submit(unpack, name) for name in largest_first}
        try:
            return {name: futures[name].result() for name in members}
        except BaseException:
            ended = True
            pool.shutdown(cancel_futures=True)
            raise


def _by_file(source: Source, members: list[Member]) -> dict[str, Member]:
    """Members by HUD's file name; a file of no year, or one that is there twice, is a problem."""
    found: dict[str, Member] = {}
    others: list[str] = []
    for member in members:
        name = _hud_name(member.stem.strip().casefold())
        if name is None:
            others.append(f"{member.stem}.csv")
        elif name in found:
            source.problems.append(
                stopping(
                    "file_twice",
                    f"{name}.csv is there more than once, in different spellings.",
                    "Leave one of them; it cannot be known which one is meant.",
                    file=name,
                    origin="S-002",
                )
            )
        else:
            found[name] = member
    if others:
        source.problems.append(
            noted(
                "unknown_file",
                "info",
                f"Not part of HMIS CSV and not read: {listing(sorted(others))}.",
                "Leave out everything that is not an HMIS CSV file.",
                origin="S-002",
            )
        )
    return found


def _hud_name(written: str) -> str | None:
    """HUD's spelling of a file's name, in whichever year it has one; the newest is asked first, so that the
    others need not be read."""
    for year in reversed(YEARS):
        for name in load(year).files:
            if name.casefold() == written:
                return name
    return None


def _unpack(work: Path, name: str, member: Member, on_bytes: Callable[[int], None]) -> Unpacked:
    """The file as UTF-8 on disk. Faults of this one file are told and the others are still looked at."""
    target = work / f"{name}.csv"
    try:
        if member.on_disk is None:
            text = copy_as_utf8(member.open, target, on_bytes)
        else:
            text = copy_as_utf8(member.open, None, on_bytes)
            if text.is_plain:
                target = member.on_disk
            else:
                text = copy_as_utf8(member.open, target)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError):
        return None, [
            stopping(
                "file_damaged",
                f"{name}.csv in the zip is damaged and cannot be unpacked.",
                "Make the export again, or download it again.",
                file=name,
            )
        ]
    except OSError as error:
        if is_disk_full(error):
            return None, [disk_full(work.parent)]
        return None, [
            stopping(
                "file_unreadable",
                f"{name}.csv cannot be read.",
                "Check that it may be read, or copy the export to another folder.",
                file=name,
            )
        ]
    return (target, text), _text_problems(name, text)


def _text_problems(name: str, text: Text) -> list[Problem]:
    found: list[Problem] = []
    if text.nul_count:
        found.append(
            stopping(
                "nul_byte",
                f"{name}.csv holds {text.nul_count} NUL byte(s), the first on line {text.first_nul_line}.",
                "The file is damaged or is no text. Make the export again.",
                file=name,
                line=text.first_nul_line,
            )
        )
    if text.from_cp1252:
        found.append(
            noted(
                "not_utf8_throughout",
                "warning",
                f"{text.from_cp1252} character(s) of {name}.csv, the first on line"
                f" {text.first_from_cp1252_line}, are in Windows-1252 although the file is UTF-8."
                " They were read as Windows-1252.",
                "Check names with accents and apostrophes, and export the file as UTF-8.",
                file=name,
                line=text.first_from_cp1252_line,
                origin="S-012",
            )
        )
    if text.undecodable:
        found.append(
            noted(
                "characters_damaged",
                "error",
                f"{text.undecodable} character(s) of {name}.csv cannot be read as {text.label}."
                " Each was replaced by the sign �.",
                "Export it again as UTF-8.",
                file=name,
                origin="S-012",
            )
        )
    elif text.encoding != "utf-8":
        found.append(
            noted(
                "not_utf8",
                "warning",
                f"{name}.csv is {text.label}, not UTF-8. It was read as {text.label}.",
                "Export it as UTF-8.",
                file=name,
                origin="S-012",
            )
        )
    return found


def _check_files(
    source: Source, year: int, unpacked: Mapping[str, tuple[Member, Path, Text]], present: set[str]
) -> None:
    registry = load(year)
    for file in registry.files.values():
        if file.name not in present:
            source.problems.append(
                stopping(
                    "file_missing",
                    f"{file.name}.csv is missing.",
                    "Export every file of the set; one without data still has its header line.",
                    file=file.name,
                    origin="S-001",
                )
            )
        if file.name not in unpacked:
            continue
        member, path, text = unpacked[file.name]
        header = headers.match(path, file)
        source.problems.extend(header.problems)
        if header.columns:
            source.files[file.name] = SourceFile(
                name=file.name,
                path=path,
                columns=tuple(header.columns),
                lines=text.lines,
                bytes=member.size,
                encoding=text.label,
                ends_in_newline=text.ends_in_newline,
                mixed_line_ends=text.mixed_line_ends,
            )
    strangers = sorted(present - set(registry.files))
    if strangers:
        source.problems.append(
            noted(
                "file_of_another_year",
                "warning",
                f"Not part of the FY{year} format and not read: {listing([f'{s}.csv' for s in strangers])}.",
                "Leave it out, or correct Export.CSVVersion.",
                origin="S-002",
            )
        )
