"""What can be wrong with an export as a whole, said so that whoever made it can put it right.

A `Problem` is found while opening (zip, files, headers, encoding, year) or staging (broken lines, keys).
It never holds a value of a cell: files, columns, line numbers and counts only.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

SEVERITIES = ("high", "error", "warning", "info")


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault. `stops`: nothing may be imported or reported from this export until it is put right.

    `check` is a word id (`file_missing`); `origin` the rule it implements in HUD's CSV specification
    (S-001 …) or '' where the rule is ours. `line` counts from 1, the header being line 1.
    """

    check: str
    severity: str
    sentence: str
    remedy: str
    file: str | None = None
    line: int | None = None
    column: str | None = None
    value_class: str = ""
    stops: bool = False
    origin: str = ""


class SourceFault(Exception):
    """Reading cannot go on at all (disk full, file gone). `problem` says why in one sentence."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(f"{problem.sentence} {problem.remedy}")
        self.problem = problem


def stopping(check: str, sentence: str, remedy: str, **where: object) -> Problem:
    """A fault that stops an import: severity high."""
    return Problem(check, "high", sentence, remedy, stops=True, **where)  # type: ignore[arg-type]


def noted(check: str, severity: str, sentence: str, remedy: str, **where: object) -> Problem:
    """A fault that is reported and tolerated."""
    return Problem(check, severity, sentence, remedy, **where)  # type: ignore[arg-type]


def disk_full(folder: Path) -> Problem:
    """No space left while unpacking or staging. The folder's name is the administrator's to know."""
    return stopping(
        "disk_full",
        "The disk is full: there is no room left to unpack and check the export.",
        f"Free some space on the disk that holds {folder}, or set HEARTH_HOME to a folder elsewhere,"
        " and start again. Nothing was imported.",
    )


def size(count: int) -> str:
    """Bytes as people read them: 4294967296 -> '4.0 GB'."""
    amount = float(count)
    for unit in ("bytes", "KB", "MB", "GB"):
        if amount < 1024 or unit == "GB":
            return f"{amount:.0f} {unit}" if unit == "bytes" else f"{amount:.1f} {unit}"
        amount /= 1024
    raise AssertionError("unreachable")


def listing(names: list[str] | tuple[str, ...], limit: int = 5) -> str:
    """Names for a sentence, cut after `limit`: 'A, B, C and 4 more'."""
    shown = [str(name) for name in names[:limit]]
    if len(names) > limit:
        return f"{', '.join(shown)} and {len(names) - limit} more"
    if len(shown) > 1:
        return f"{', '.join(shown[:-1])} and {shown[-1]}"
    return "".join(shown)
