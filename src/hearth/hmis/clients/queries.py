"""Reading clients, for whoever may."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.core.paginator import Page, Paginator
from django.db import connection

from hearth.hmis.access.models import User
from hearth.hmis.clients.beside import Beside, beside
from hearth.hmis.clients.models import Client, RecentClient
from hearth.hmis.clients.other_names import queries as other_names
from hearth.hmis.clients.record_source import record_sources
from hearth.hmis.clients.search import birth_dates, reasons
from hearth.hmis.clients.search.names import stand_ins
from hearth.hmis.clients.search.question import Question
from hearth.hmis.hud import ssn

PAGE_ROWS = 25
#: Nobody reads further; a better question finds the person.
MOST_PAGES = 10
RECENT_SHOWN = 8

#: What a list shows of a client; no SSN is opened for it.
_LISTED = ("first_name", "middle_name", "last_name", "name_suffix", "dob", "hud_id", "date_deleted")

_SEARCH = """
    SELECT client_id, score, reasons, total FROM hearth_search_clients(
        %s::text[], %s::jsonb, %s::date[], %s::text[], %s::date, %s::date, %s::bytea, %s::bytea, %s::text[],
        %s::integer, %s::integer)
"""


@dataclass(frozen=True, slots=True)
class Found:
    """A client that a search found, and why in plain words. `score`: 10 is a whole name and nothing else;
    `is_exact`: nothing that was asked is otherwise. `data_source` is empty where the user may not know it
    (`clients/record_source.py`), `beside` is None where they see no enrollment. `preferred`: the name that
    they want to be called by."""

    client: Client
    score: float
    is_exact: bool
    reasons: list[str]
    data_source: str
    beside: Beside | None
    preferred: str = ""


def clients_of(user: User) -> "Iterable[Client]":
    """Clients that the user may see; deleted ones only for administrators."""
    visible = Client.objects.restrict(user)
    return visible if user.sees_all else visible.filter(date_deleted__isnull=True)


def client(user: User, pk: int) -> Client | None:
    """One client, or None when there is none that the user may see."""
    return clients_of(user).filter(pk=pk).first()


def added_with(user: User, key: str) -> Client | None:
    """The client that this user added with a key; None where there is none."""
    return clients_of(user).filter(hud_id=key, created_by=user, data_source__is_hearth=True).first()


def search(user: User, question: Question, *, page: int, today: date) -> Page:
    """One page of `Found` clients, exact ones before the rest, the likeliest first. A page beyond the last
    gives the first."""
    page = min(max(page, 1), MOST_PAGES)
    rows = ask(question, today, skip=(page - 1) * PAGE_ROWS)
    if not rows and page > 1:
        page, rows = 1, ask(question, today, skip=0)
    total = min(rows[0][3], MOST_PAGES * PAGE_ROWS) if rows else 0
    found = found_of(user, question, rows)
    found.sort(key=lambda one: not one.is_exact)
    return Page(found, page, Paginator(range(total), PAGE_ROWS))


def found_of(user: User, question: Question, rows: Iterable[tuple[int, float, str, int]]) -> list[Found]:
    """The clients of the database's answer, those that the user may see, in its order."""
    rows = list(rows)
    people = clients_of(user).only(*_LISTED).in_bulk([row[0] for row in rows])
    known, lives = record_sources(user, people), beside(user, people)
    called = other_names.preferred(user, people)
    return [
        Found(
            people[pk],
            score,
            reasons.is_exact(why, question),
            reasons.in_words(why, question, people[pk].dob is not None),
            known[pk].data_source if pk in known else "",
            lives.get(pk),
            called.get(pk, ""),
        )
        for pk, score, why in ((pk, score, json.loads(why)) for pk, score, why, _ in rows)
        if pk in people
    ]


def ask(question: Question, today: date, *, skip: int) -> list[tuple[int, float, str, int]]:
    """One page of the database's answer: client id, score, reasons as JSON, how many were found."""
    names = list(question.names)
    days, kinds, first, last = _birth(question, today)
    last4 = question.last4
    parameters = [
        names, json.dumps(stand_ins(names)), days, kinds, first, last,
        ssn.index(question.ssn) if question.ssn else None,
        ssn.last4_index(last4) if last4 else None,
        list(question.ids), skip, PAGE_ROWS,
    ]  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_SEARCH, parameters)
        return cursor.fetchall()


def _birth(question: Question, today: date) -> tuple[list[date], list[str], date | None, date | None]:
    """Days that may be meant, how each is related to what was typed, or a span of days."""
    birth = question.birth
    if birth is None:
        return [], [], None, None
    if not birth.is_day:
        return [], [], birth.first, birth.last
    days, kinds = [birth.first], ["same"]
    if birth.swapped is not None and birth.swapped <= today:
        days.append(birth.swapped)
        kinds.append("swapped")
    slips = [day for day in birth_dates.near(birth.first, today) if day not in days]
    return days + slips, kinds + ["near"] * len(slips), None, None


def recent(user: User) -> list[RecentClient]:
    """The clients that the user opened last, the latest first."""
    rows = RecentClient.objects.restrict(user).select_related("client").order_by("-opened_at")
    rows = rows.only("user", "opened_at", *(f"client__{name}" for name in _LISTED))
    if not user.sees_all:
        rows = rows.filter(client__date_deleted__isnull=True)
    return list(rows[:RECENT_SHOWN])
