"""People who may be the one that is being entered: most duplicates are made at the first visit.

The search finds whoever resembles the words (name in any order and spelling, nickname, birth date, SSN); here
is said which of them are so alike that it must be answered whether it is the same person before somebody is
added or corrected so. A name alone is not enough, because many have it; a birth date alone neither.
"""

import json
from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from django.db.models import Q

from hearth.hmis.access.models import User
from hearth.hmis.clients import queries
from hearth.hmis.clients.intake import birth
from hearth.hmis.clients.models import Client, NotTheSame
from hearth.hmis.clients.queries import Found
from hearth.hmis.clients.search import rights
from hearth.hmis.clients.search.birth_dates import BirthDate
from hearth.hmis.clients.search.names import words
from hearth.hmis.clients.search.question import MOST_WORDS, Question

#: More are not shown: somebody who resembles so many is told apart by more facts.
MOST = 10
#: Words of a name that have to fit where the birth date of one of the two is not known.
_BOTH_NAMES = 2
_SAME_BIRTH = frozenset({"same", "swapped", "near", "span"})


#: What of a client decides who is alike.
LOOKED_AT = ("first_name", "middle_name", "last_name", "dob", "dob_data_quality", "ssn")


def find(
    user: User, values: Mapping[str, Any], today: date, *, apart_from: Collection[int] = ()
) -> list[Found]:
    """Clients that the user may see and that may be the person of these values (of Client), the likeliest
    first; at most MOST, without those whom the person is told apart from already."""
    asked, _ = rights.allowed(user, question(values, today))
    if asked.is_empty:
        return []
    rows = queries.ask(asked, today, skip=0)
    why = {row[0]: json.loads(row[2]) for row in rows}
    found = queries.found_of(user, asked, rows)
    likely = [
        one
        for one in found
        if one.client.pk not in apart_from
        and may_be(why[one.client.pk], asked, birth_known=one.client.dob is not None)
    ]
    return likely[:MOST]


def corrected(client: Client, values: Mapping[str, Any]) -> dict[str, Any] | None:
    """What of a client decides who is alike, once it is corrected to these values, as far as the user may
    see it; None where that does not change."""
    if all(getattr(client, field) == values[field] for field in LOOKED_AT if field in values):
        return None
    known = {field: getattr(client, field) for field in LOOKED_AT if field not in client.withheld}
    return known | {field: values[field] for field in LOOKED_AT if field in values}


def told_apart(user: User, client: Client) -> set[int]:
    """The client, and from whom the user told them apart before."""
    rows = NotTheSame.objects.restrict(user).filter(Q(client=client) | Q(other=client))
    return {client.pk}.union(*rows.values_list("client", "other"))


def question(values: Mapping[str, Any], today: date) -> Question:
    """What to search by, of values of Client."""
    first, middle, last = (values.get(field) or "" for field in ("first_name", "middle_name", "last_name"))
    # A middle name is often not recorded, and would hide whoever is recorded without.
    named = [first, last] if first and last else [first, middle, last]
    names = [word for name in named for word in words(name)][:MOST_WORDS]
    born, ssn = values.get("dob"), values.get("ssn") or ""
    nine = ssn if ssn.isdigit() else ""
    span = None
    if born is not None:
        is_day = values.get("dob_data_quality") == birth.FULL
        span = BirthDate(born, born) if is_day else BirthDate(date(born.year, 1, 1), date(born.year, 12, 31))
    last4 = ssn[-4:] if ssn[-4:].isdigit() else ""
    return Question(tuple(names), span, nine, last4)


def may_be(why: Mapping[str, Any], asked: Question, *, birth_known: bool) -> bool:
    """Whether what the search found alike (`search/reasons.py`) makes two people likely the same.

    All of the SSN; or a word of the name with the birth date (the same, near, day and month swapped, in the
    year that is known of it) or with the last four; or the birth date with the last four; or, where the birth
    date of one of them is not known, two words of the name.
    """
    if why.get("ssn") == "all":
        return True
    named, last4 = len(why.get("words", [])), why.get("ssn") == "last4"
    born = why.get("dob") in _SAME_BIRTH
    if born or last4:
        return bool(named) or (born and last4)
    if asked.birth is None or not birth_known:
        return named >= min(_BOTH_NAMES, len(asked.names))
    return False
