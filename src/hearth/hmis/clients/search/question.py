"""What somebody typed into the search box, understood: names, a date of birth, an SSN, a client ID.

Four figures may be a year or the end of an SSN, and any figures may be an ID: then all of them are asked.
Nothing here is written to a log or an address; `kinds` says without values what was asked.
"""

import re
from dataclasses import dataclass
from datetime import date

from hearth.hmis.clients.search import birth_dates
from hearth.hmis.clients.search.birth_dates import BirthDate
from hearth.hmis.clients.search.names import words

#: What is typed beyond this is not read.
LONGEST = 200
MOST_WORDS = 8
#: Fewer letters than this find nobody in particular.
FEWEST_LETTERS = 2

_SUFFIXES = frozenset({"jr", "sr", "ii", "iii", "iv"})
_SSN = re.compile(r"(?<![\w-])(\d{3})[- ]?(\d{2})[- ]?(\d{4})(?![\w-])")
_MASKED = re.compile(r"(?<![\w-])[xX*•]{3}[- ]?[xX*•]{2}[- ]?(\d{4})(?![\w-])")
_SAID = re.compile(
    r"\b(?:ssn|ss#|social security(?: number)?|last (?:4|four)(?: of ssn)?)[\s:#-]*(\d{4})\b", re.IGNORECASE
)
_FOUR = re.compile(r"(?<![\w/.-])\d{4}(?![\w/-]|\.\d)")
_ID = re.compile(r"#?([\w-]{1,64})")


@dataclass(frozen=True, slots=True)
class Question:
    """One search. `names`: words of a name; `ids` in lower case; `was_cut`: not all of it was read."""

    names: tuple[str, ...] = ()
    birth: BirthDate | None = None
    ssn: str = ""
    last4: str = ""
    ids: tuple[str, ...] = ()
    was_cut: bool = False

    @property
    def is_empty(self) -> bool:
        """Nothing that could find somebody."""
        letters = sum(len(word) for word in self.names)
        return letters < FEWEST_LETTERS and not (self.birth or self.ssn or self.last4 or self.ids)

    @property
    def kinds(self) -> list[str]:
        """What was asked, without saying what for: goes into the access log."""
        asked = {
            "name": self.names, "birth_date": self.birth, "ssn": self.ssn,
            "ssn_last4": self.last4 and not self.ssn, "id": self.ids,
        }  # fmt: skip
        return [kind for kind, value in asked.items() if value]


def read(text: str, today: date) -> Question:
    """Understand what was typed. Raises nothing, whatever it is."""
    was_cut = len(text.strip()) > LONGEST
    text = text.replace("\x00", " ").strip()[:LONGEST]
    ids = _ids(text)
    ssn, last4, text = _ssn(text)
    birth, text = birth_dates.take(text, today)
    if birth is None:
        birth = birth_dates.take_year(text, today)
    if not last4 and (four := _FOUR.search(text)):
        last4 = four[0]
    names = [word for token in re.split(r"[\s,;]+", text) if not _has_figure(token) for word in words(token)]
    named = [word for word in names if word not in _SUFFIXES] or names
    return Question(tuple(named[:MOST_WORDS]), birth, ssn, last4, ids, was_cut)


def _has_figure(token: str) -> bool:
    return any(sign.isdigit() for sign in token)


def _ids(text: str) -> tuple[str, ...]:
    found = (_ID.fullmatch(token.strip(",;.()")) for token in text.split())
    return tuple(dict.fromkeys(match[1].lower() for match in found if match and _has_figure(match[1])))[:4]


def _ssn(text: str) -> tuple[str, str, str]:
    """All nine figures, the last four, and the text without them."""
    if match := _SSN.search(text):
        return "".join(match.groups()), match[3], _without(text, match)
    for pattern in (_MASKED, _SAID):
        if match := pattern.search(text):
            return "", match[1], _without(text, match)
    return "", "", text


def _without(text: str, match: re.Match[str]) -> str:
    return f"{text[: match.start()]} {text[match.end() :]}"
