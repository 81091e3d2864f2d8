"""What a report says of its input: cells that cannot be read, what is left out, which ties no value decides.

    notes = Notes(unread=given.unread(connection), left_out=…)
    refuse_unread(notes.unread, accepted=False)    # raises `InputRefused` where they decide who is counted

They stand in `run.json`, on the terminal and on the report's page.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from hearth.reporting.sources import Unread
from hearth.reporting.sources.dates import DELETED
from hearth.reporting.sources.problems import listing

from .ties import Ties

_LINES_SAID = 5
REMEDY = (
    "Correct them, or make the report with --accept-unreadable (on its page: the box “Count cells that cannot"
    " be read as blank”)."
)


class InputRefused(Exception):
    """No report can be made from this input; says why and what to do."""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Households that a report cannot count, though they are there. `project_id` as the input names it."""

    project_id: str
    households: int
    sentence: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Notes:
    """All that is to be said. `warnings` are sentences on the input as a whole: an encoding, a header; `ties`
    are known once it is counted."""

    unread: tuple[Unread, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    warnings: tuple[str, ...] = ()
    ties: tuple[Ties, ...] = ()

    def sentences(self) -> list[str]:
        """What could not be read or counted, one sentence or two each."""
        return [
            *(unread_sentence(one) for one in self.unread),
            *(f"{one.sentence} {one.remedy}" for one in self.left_out),
            *self.warnings,
        ]

    def tie_sentences(self) -> list[str]:
        """What the order of keys decided, of each kind of tie one sentence."""
        return [tie_sentence(one) for one in self.ties if one.number]

    def unread_json(self) -> list[dict[str, Any]]:
        """For records of runs."""
        return [asdict(one) for one in self.unread]

    def left_out_json(self) -> list[dict[str, Any]]:
        """For records of runs."""
        return [asdict(one) for one in self.left_out]


def refuse_unread(unread: Sequence[Unread], *, accepted: bool) -> None:
    """Raise `InputRefused` where cells that decide who is counted cannot be read, and nobody accepted it."""
    deciding = [one for one in unread if one.decides]
    if not deciding or accepted:
        return
    most = sorted(deciding, key=lambda one: (-one.decides, one.id))
    cells = listing([f"{_cells(one.decides)} of {one.id}" for one in most])
    decide = "decides" if cells.startswith("1 cell of") and len(deciding) == 1 else "decide"
    raise InputRefused(f"{cells} cannot be read and {decide} who is counted. {REMEDY}")


def tie_sentence(one: Ties) -> str:
    """How often records of a kind were alike, and what that means."""
    often = "once" if one.number == 1 else f"{one.number:,} times"
    return (
        f"{one.words[0].upper()}{one.words[1:]}, {often}: no value says which of them counts, so the order of"
        " their keys decides."
    )


def unread_sentence(one: Unread) -> str:
    """What of one column cannot be read, where, and what it counts as."""
    where = ""
    if one.lines:
        lines = listing([str(line) for line in one.lines[:_LINES_SAID]], _LINES_SAID)
        more = one.count - min(len(one.lines), _LINES_SAID)
        where = f" (line{'s' if one.count > 1 else ''} {lines}{f' and {more:,} more' if more else ''})"
    them = ("They count", "The records count") if one.count > 1 else ("It counts", "The record counts")
    as_what = f"{them[1]} as deleted" if one.column == DELETED else f"{them[0]} as blank"
    return f"{_cells(one.count)} of {one.id} cannot be read{where}. {as_what}."


def _cells(count: int) -> str:
    return "1 cell" if count == 1 else f"{count:,} cells"
