"""The lists of answers due as pages show them: columns, filters, order, search, what goes along."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import reduce
from operator import and_
from typing import Any

from django.conf import settings
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Lower

from hearth.hmis.access import field_rights
from hearth.hmis.access.models import User
from hearth.hmis.access.permissions import Permission
from hearth.hmis.clients.models import Client
from hearth.hmis.clients.templatetags.clients import listed_name
from hearth.hmis.consent import due
from hearth.hmis.consent.due import Of, Stay, Why
from hearth.hmis.enrollments.models import Enrollment
from hearth.hmis.organizations.choices import organization_names
from hearth.hmis.organizations.models import Project
from hearth.hmis.ui.record_list import Asked, Column, Filter, RecordList, page_of

Find = Callable[[User, date, Of], QuerySet[Client]]
_LAST_ID = (1 << 63) - 1


@dataclass(frozen=True, slots=True)
class DueList:
    """One of the lists. `key`: of its address and of what users keep of it; `day`: what its day is, or ''
    where it has none; `reasons`: those that its lines may have, where there are several; `logged`: what the
    access log calls it."""

    key: str
    title: str
    lead: str
    logged: str
    find: Find
    day: str
    reasons: tuple[Why, ...]
    start: tuple[tuple[str, bool], ...]
    own_order: str
    empty: str


LISTS = {
    one.key: one
    for one in (
        DueList(
            "signature-due", "Signature due",
            "Answers that your organization took by word or on a paper that is not here yet. They hold; ask"
            " for the signature at the next meeting.",
            "list of signatures due", due.signature_due, "Answered on",
            (Why.BY_WORD, Why.PAPER), (("day", False),), "the oldest first", "No signature is due.",
        ),
        DueList(
            "turning-18", "Turns 18 soon",
            "Clients who will be 18 within 30 days. The answer that was given for them as minors ends that"
            " day: ask them.",
            "list of clients who turn 18", due.turning_18, "Turns 18 on",
            (), (("day", False),), "the first birthday first", "Nobody turns 18 within 30 days.",
        ),
        DueList(
            "to-be-asked", "To be asked",
            "Clients without an answer that holds for good. Until they answer, nothing more than their answer"
            " says is open to others.",
            "list of clients to be asked", due.to_be_asked, "",
            (Why.NEVER, Why.IMPORTED, Why.OLDER_FORM, Why.ENDED, Why.OF_AGE), (), "by client ID",
            "Everybody has answered.",
        ),
    )
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class DueLine:
    """One client of a list: `answer` in words, `day` as the list's head says, `why`, and the projects of the
    viewer's where they have a stay."""

    client: Client
    answer: str
    given_on: date | None
    day: date | None
    why: str
    projects: list[str]


def columns(of: DueList, user: User) -> tuple[Column, ...]:
    """The columns of a list; nobody sorts by names that they may not see."""
    found = [Column("name", "Client", sorts=field_rights.may_see(user, "Client.LastName"))]
    if of.day:
        found.append(Column("day", of.day))
    if of.reasons:
        found.append(Column("why", "Why"))
    found += [Column("answer", "Answer"), Column("projects", "Projects", sorts=False)]
    return tuple(found)


def counts(user: User, today: date) -> list[tuple[DueList, int]]:
    """Of each list that the user may have, how many enrolled now are on it."""
    return [(one, one.find(user, today, Of(stay=Stay.NOW)).count()) for one in _lists_of(user)]


def _lists_of(user: User) -> list[DueList]:
    may_see_birth_dates = field_rights.may_see(user, "Client.DOB")
    return [one for one in LISTS.values() if one.key != "turning-18" or may_see_birth_dates]


def listed(
    user: User, of: DueList, today: date, query: Mapping[str, Any], *, path: str, words: str = "",
    lost: bool = False,
) -> tuple[RecordList, QuerySet[Client]]:  # fmt: skip
    """The list as its page shows it, and all that fulfil its filters in its order."""
    asked = Asked(query, columns=columns(of, user), filters=_filters(user, of), start=of.start)
    wanted = Of(
        *(int(asked.chosen[key]) if key in asked.chosen else None for key in ("organization", "project")),
        asked.chosen.get("stay", ""),
    )
    may_see_names = field_rights.may_see(user, "Client.LastName")
    found = of.find(user, today, wanted)
    if why := asked.chosen.get("why"):
        found = found.filter(why=why)
    if words and may_see_names:
        found = found.filter(_of_words(words))
    found = found.order_by(*_order(asked))
    total = found.count()
    is_whole = wanted.is_all and not why and not words
    first = min(asked.offset, max(0, (total - 1) // asked.size * asked.size))
    page = lines(user, of, found[first : first + asked.size])
    shown = RecordList(
        asked,
        page_of(page, asked.page, asked.size, total),
        of.title,
        "client",
        path,
        of=total if is_whole else of.find(user, today, Of()).count(),
        words=words if may_see_names else "",
        lost=lost,
        search_label="Name or client ID" if may_see_names else "",
        can_download=user.may(Permission.DATA_EXPORT),
        own_order=of.own_order,
        empty=("Nobody", of.empty),
    )
    return shown, found


def lines(user: User, of: DueList, found: Iterable[Client]) -> list[DueLine]:
    """Clients of a list with what it says of each."""
    clients = list(found)
    projects = _projects(user, clients)
    scheme = settings.CONSENT_SCHEME
    return [
        DueLine(
            one, scheme.words(one.choice) if one.choice else "No answer", one.given_on,
            one.due_on if of.day else None, str(Why(one.why).label), projects[one.pk],
        )
        for one in clients
    ]  # fmt: skip


def headings(of: DueList, user: User) -> list[tuple[str, str]]:
    """What goes along: (column, heading). The client's number, name, and the columns."""
    more = [(one.key, one.label) for one in columns(of, user)[1:]]
    more.insert(more.index(("answer", "Answer")) + 1, ("answer", "Day of the answer"))
    return [("name", "Client ID"), ("name", "Client"), *more]


def cells(user: User, of: DueList, found: QuerySet[Client]) -> Iterator[list[Any]]:
    """The rows of the download."""
    for one in lines(user, of, found):
        yield [
            one.client.pk, listed_name(one.client), *([one.day or ""] if of.day else []),
            *([one.why] if of.reasons else []), one.answer, one.given_on or "", "; ".join(one.projects),
        ]  # fmt: skip


def _filters(user: User, of: DueList) -> list[Filter]:
    projects = (
        Project.objects.restrict(user).filter(date_deleted=None).select_related("organization__data_source")
    )
    if not user.everywhere(Permission.CLIENT_EDIT):
        projects = projects.filter(pk__any_of=user.projects(Permission.CLIENT_EDIT))
    own = list(projects)
    organizations = sorted(
        organization_names({one.organization for one in own}).items(), key=lambda one: one[1].casefold()
    )
    named = sorted(((str(one.pk), str(one)) for one in own), key=lambda one: one[1].casefold())
    found = [
        Filter("organization", "Organization", tuple((str(pk), name) for pk, name in organizations)),
        Filter("project", "Project", tuple(named)),
        Filter("stay", "Enrollment", tuple(Stay.choices)),
    ]
    if of.reasons:
        found.append(Filter("why", "Why", tuple((str(one.value), str(one.label)) for one in of.reasons)))
    return found


def _order(asked: Asked) -> list[Any]:
    columns_of = {
        "name": [Lower("last_name"), Lower("first_name")], "day": [F("due_on")], "why": [F("why")],
        "answer": [F("choice"), F("given_on")],
    }  # fmt: skip
    found: list[Any] = []
    for key, falls in asked.order:
        for one in columns_of[key]:
            found.append(one.desc(nulls_last=True) if falls else one.asc(nulls_last=True))
    return [*found, "pk"]


def _of_words(words: str) -> Q:
    """Each word stands in a name, or is the client's ID."""
    return reduce(and_, (_of_word(word) for word in words.split()[:10]), Q())


def _of_word(word: str) -> Q:
    found = Q()
    for name in ("first_name", "middle_name", "last_name"):
        found |= Q(**{f"{name}__unaccent__icontains": word})
    if word.isascii() and word.isdigit() and int(word) <= _LAST_ID:
        found |= Q(pk=int(word))
    return found


def _projects(user: User, clients: list[Client]) -> Mapping[int, list[str]]:
    """By client, the projects of the user's in which they have a stay, each once."""
    stays = Enrollment.objects.restrict(user).filter(
        client__in=[one.pk for one in clients], date_deleted=None
    )
    if not user.everywhere(Permission.CLIENT_EDIT):
        stays = stays.filter(project__any_of=user.projects(Permission.CLIENT_EDIT))
    found: dict[int, list[str]] = defaultdict(list)
    for stay in stays.select_related("project").order_by("-entry_date", "-pk"):
        if (name := str(stay.project)) not in found[stay.client_id]:
            found[stay.client_id].append(name)
    return found
