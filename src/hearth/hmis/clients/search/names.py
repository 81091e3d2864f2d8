"""Words of a name as the database compares them, and the other names they may stand for."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

import yaml

NICKNAMES = Path(__file__).with_name("nicknames.yaml")
#: Longer words are cut; nobody's name is longer, and comparing costs by the square of the length.
LONGEST_WORD = 40

_APOSTROPHES = str.maketrans("", "", "'`´‘’ʼʻ")
# Letters that no decomposition takes apart; the database's unaccent knows the same.
_LETTERS = str.maketrans({
    "ø": "o", "ł": "l", "đ": "d", "ð": "d", "ħ": "h", "ŋ": "n", "æ": "ae", "œ": "oe", "ß": "ss", "þ": "th",
    "ı": "i", "ŧ": "t", "ɓ": "b", "ɖ": "d", "ɗ": "d", "ɛ": "e", "ƒ": "f", "ɣ": "g", "ƙ": "k", "ɲ": "n",
    "ɔ": "o", "ʋ": "v", "ƴ": "y",
})  # fmt: skip
_NO_WORD = re.compile(r"[\s!-/:-@\[-`{-~\u00a1-\u00bf\u2010-\u203a]+")


def words(text: str) -> list[str]:
    """The words of a text without case, accents and punctuation: "O’Brien-Núñez" → obrien, nunez.

    The database writes stored names in the same way (`hearth_words` in clients migration 0003).
    """
    lowered = text.lower().translate(_APOSTROPHES).translate(_LETTERS)
    apart = unicodedata.normalize("NFKD", lowered)
    bare = "".join(letter for letter in apart if not "\u0300" <= letter <= "\u036f")
    return [word[:LONGEST_WORD] for word in _NO_WORD.split(unicodedata.normalize("NFC", bare)) if word]


@cache
def nickname_groups() -> Mapping[str, frozenset[str]]:
    """Each name with every other name of its groups."""
    others: dict[str, set[str]] = {}
    for groups in yaml.safe_load(NICKNAMES.read_text(encoding="utf-8")).values():
        for group in groups:
            for name in group:
                others.setdefault(name, set()).update(group)
    return {name: frozenset(group - {name}) for name, group in others.items()}


def stands_for(word: str) -> list[str]:
    """Other names that a word may stand for, in alphabetical order."""
    return sorted(nickname_groups().get(word, ()))


def stand_ins(typed: Sequence[str]) -> dict[str, list[str]]:
    """For each typed word, what else it may stand for: nicknames, and itself with its neighbors in one word.

    Who is stored as Maryann or Delacruz is so found by "mary ann" and "de la cruz" as well.
    """
    found = {word: stands_for(word) for word in typed}
    for length in (2, 3):
        for start in range(len(typed) - length + 1):
            run = typed[start : start + length]
            joined = "".join(run)[:LONGEST_WORD]
            for word in run:
                found[word].append(joined)
    return found
