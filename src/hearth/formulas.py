"""Text that a spreadsheet would take for a formula. Every file that people open in one asks here."""

import re

#: What does not show: spaces of all kinds, control characters, joiners and marks of direction. Programs pass
#: over some of it before they look for a formula, each over others.
_UNSEEN = (
    r"\x00-\x20\x7f-\xa0"
    "\u00ad\u034f\u0600-\u0605\u061c\u06dd\u070f\u0890-\u0891\u08e2\u115f-\u1160\u1680\u17b4-\u17b5"
    "\u180b-\u180f\u2000-\u200f\u2028-\u202f\u205f-\u2064\u2066-\u206f\u2800\u3000\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb\U000110bd\U000110cd\U00013430-\U00013438"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e007f"
)
_BEGINS = r"=+@\-" + "\uff1d\uff0b\uff20\uff0d\ufe66\ufe62\ufe6b\ufe63\u2212"
#: Found at the beginning of such a text.
_PATTERN = re.compile(rf"(?:[\t\r\n]|[{_UNSEEN}]*[{_BEGINS}])")


def is_formula(value: object) -> bool:
    """Whether a spreadsheet would take it for a formula; only text can be."""
    return isinstance(value, str) and _PATTERN.match(value) is not None


def disarmed(value: object) -> object:
    """For a cell of CSV: an apostrophe before such a text; anything else as it is."""
    return f"'{value}" if is_formula(value) else value
