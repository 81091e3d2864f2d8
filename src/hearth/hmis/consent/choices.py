"""What a client can be asked: answers, how they are given, and the scheme of a state, which is settings."""

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from django.db import models

#: The answer of people whose rows came as shared, before anybody was asked: it keeps their marks, and opens
#: nothing later.
AS_IMPORTED = "as_imported"


class Method(models.TextChoices):
    """How an answer was given. Values are stored and never change."""

    SIGNED_PAPER = "signed_paper", "Signed on paper"
    SIGNED_ON_SCREEN = "signed_on_screen", "Signed on screen"
    BY_WORD = "by_word", "By word"


class Applies(models.TextChoices):
    """To what an answer that opens applies: also what is there, or enrollments from its day on."""

    ALL = "all", "Also what is there already"
    FROM_NOW_ON = "from_now_on", "From now on"


@dataclass(frozen=True)
class Answer:
    """One answer of a release: what it is called, and whether it opens enrollments to all organizations.
    `translated`: what it is called in other languages than English, for whoever signs."""

    words: str
    opens: bool
    translated: Mapping[str, str] = field(default_factory=dict)

    def said_in(self, language: str) -> tuple[str, str]:
        """Its words in a language and which that is; English where nobody has translated them."""
        found = self.translated.get(language)
        return (found, language) if found else (self.words, "en")


@dataclass(frozen=True)
class Scheme:
    """How a state asks: its answers by code, and what its release says.

    Basic client information is visible to everyone who works with clients, whatever the answer. `months`: how
    long an answer holds (None: until it is changed). `per`: whether the head of a household answers for its
    members. `minors_may_sign`: whether a minor alone may open anything. On which form people are asked, and
    who is asked again, the documents say (`documents.asked_on`).
    """

    answers: Mapping[str, Answer] = field(
        default_factory=lambda: {
            "share": Answer("Share", opens=True, translated={"es": "Compartir"}),
            "do_not_share": Answer("Do not share", opens=False, translated={"es": "No compartir"}),
        }
    )
    months: int | None = None
    per: Literal["person", "household"] = "person"
    minors_may_sign: bool = False

    def expires_on(self, given_on: date) -> date | None:
        """The first day on which an answer of a day does not hold any more: the same day so many months
        later, or the last of that month."""
        if not self.months:
            return None
        years, month = divmod(given_on.month - 1 + self.months, 12)
        year, month = given_on.year + years, month + 1
        return date(year, month, min(given_on.day, monthrange(year, month)[1]))

    def words(self, choice: str) -> str:
        """An answer in words."""
        if choice == AS_IMPORTED:
            return "As imported, ask again"
        return self.answers[choice].words if choice in self.answers else choice


def of_age_on(born: date) -> date:
    """The day of the 18th birthday; of who was born on February 29, the day before March."""
    try:
        return born.replace(year=born.year + 18)
    except ValueError:
        return born.replace(year=born.year + 18, day=28)
