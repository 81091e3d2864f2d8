"""A Social Security number as it is typed, and its quality (3.02.2), which follows from what was typed.

HMIS Data Standards Manual FY2026, 3.02: nine characters, `x` where a figure is unknown; for PATH, CoC and ESG
the last four are enough. Which numbers nobody has is the Social Security Administration's rule, which the LSA
(11.6) uses too: tests hold that both refuse the same.
"""

import re
from dataclasses import dataclass

from hearth.hmis.hud.ssn import normalized
from hearth.standards import load
from hearth.standards.load import MODEL_YEAR

_NAMES = load(MODEL_YEAR).list("3.02.2").names
FULL, PARTIAL = int(_NAMES["FULL"]), int(_NAMES["PARTIAL"])
_FIGURES_IN_ORDER = "1234567890123456789"


class NumberRefused(ValueError):
    """What was typed is no Social Security number. Its text says why and what to do, without repeating it."""


@dataclass(frozen=True, slots=True)
class Number:
    """Nine characters, figures or `x`, and their quality code."""

    text: str
    quality: int


def read(typed: str) -> Number:
    """Understand nine figures, the last four, or nine characters with `x` for unknown ones.

    Raises NumberRefused."""
    text = normalized(typed).lower().replace("•", "x").replace("*", "x")
    if re.fullmatch(r"[0-9]{4}", text):
        text = f"xxxxx{text}"
    if not re.fullmatch(r"[0-9x]{9}", text):
        raise NumberRefused("Type all nine figures, or the last four. Put x for a figure that is not known.")
    if set(text) == {"x"}:
        raise NumberRefused("Leave it empty, or choose why it is not known.")
    if text[5:] == "0000":
        raise NumberRefused("No Social Security number ends with 0000. Check it with the client.")
    if "x" in text:
        return Number(text, PARTIAL)
    if why := implausible(text):
        raise NumberRefused(f"{why} Check it with the client.")
    return Number(text, FULL)


def implausible(nine: str) -> str:
    """Why nobody has this number of nine figures, in a sentence; empty where somebody may."""
    if nine[0] == "9":
        return "A number that begins with 9 is for taxes (ITIN) and is no Social Security number."
    if nine[:3] in ("000", "666"):
        return f"No Social Security number begins with {nine[:3]}."
    if nine[3:5] == "00":
        return "No Social Security number has 00 in the middle."
    if nine[5:] == "0000":
        return "No Social Security number ends with 0000."
    if len(set(nine)) == 1 or nine in _FIGURES_IN_ORDER or nine == "987654321":
        return "That is a row of figures, and nobody's Social Security number."
    return ""
