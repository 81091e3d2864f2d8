"""What HDX will flag when the files are uploaded, as far as the files and the input tell beforehand.

    for flag in flags(folder):
        flag.severity, flag.sentence, flag.project_id, flag.count, flag.remedy

`make` writes the flags of a run to flags.json and flags.csv in its folder. They are declared in `flags/`.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

SEVERITIES = ("error", "warning", "information")
"""error: HDX refuses the upload; warning: HDX asks for an explanation; information: worth a look."""


@dataclass(frozen=True, slots=True)
class Flag:
    """One thing that HDX flags. `id` is ours, a word id; `hdx` are the numbers of HDX's list. `project_id` is
    the project concerned or None; `count` how many records or households, None where nothing is counted;
    `share` of how many in percent, where the flag is about a share."""

    id: str
    hdx: tuple[int, ...]
    severity: str
    file: str
    project_id: str | None
    count: int | None
    share: float | None
    sentence: str
    remedy: str


def flags(folder: Path) -> tuple[Flag, ...]:
    """The flags of a run, errors first. Raises `BundleError` when the folder is not a run."""
    raise NotImplementedError
