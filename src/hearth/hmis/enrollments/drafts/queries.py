"""Reading drafts, for whoever may."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Q, QuerySet
from django.utils import timezone

from hearth.formats import counted
from hearth.hmis.access.models import User
from hearth.hmis.clients.models import Client
from hearth.hmis.enrollments.drafts import answer_sealing, kinds
from hearth.hmis.enrollments.drafts.about import About
from hearth.hmis.enrollments.models import Draft, DraftAnswer

#: Whoever saved an answer so lately is said to be editing the form.
EDITING = timedelta(minutes=5)
#: So many days before a draft is removed its line says so.
WARNED = 3
#: Of colleagues' drafts no more are listed.
MOST_OF_OTHERS = 20


@dataclass(frozen=True, slots=True)
class Answer:
    """What stands in one input of a draft. `values`: none where it is empty."""

    client: int
    name: str
    values: list[str]
    version: int
    page: str
    changed_by: int
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class Resumable:
    """A line of the list of drafts. `removed`: when it is removed, in words, where that is soon."""

    draft: Draft
    href: str
    is_own: bool
    removed: str


def draft_of(user: User, about: About) -> Draft | None:
    """The draft of a form that this user may finish; None where nothing is typed in it."""
    rows = Draft.objects.restrict(user).select_related("started_by", "changed_by")
    return rows.filter(**about.key).first()


def draft(user: User, pk: int) -> Draft | None:
    """One draft that this user may finish, or None."""
    rows = Draft.objects.restrict(user).select_related("started_by", "changed_by", "client", "project")
    return rows.filter(pk=pk, client__date_deleted=None).first()


def answers_of(user: User, found: Draft) -> tuple[list[Answer], int]:
    """The answers of a draft, and how many cannot be read because their key is lost."""
    rows = DraftAnswer.objects.filter(Q(draft=found) & known_clients(user, found))
    read, lost = [], 0
    for row in rows:
        values = answer_sealing.opened(row.sealed, draft=found.pk, client=row.client_id, name=row.name)
        if values is None:
            lost += 1
            continue
        read.append(
            Answer(row.client_id, row.name, values, row.version, row.page, row.changed_by_id, row.changed_at)
        )
    return read, lost


def known_clients(user: User, found: Draft) -> Q:
    """Answers about the draft's own client, whom its reader may know, and others whom they may know."""
    return Q(client=found.client_id) | Q(client__in=Client.objects.restrict(user).values("pk"))


def editing(user: User, found: Draft) -> list[str]:
    """Names of others who saved an answer of this draft in the last minutes. They work in its project."""
    since = timezone.now() - EDITING
    rows = DraftAnswer.objects.filter(draft=found, changed_at__gte=since).exclude(changed_by=user)
    people = User.objects.filter(pk__in=rows.values("changed_by"))
    return sorted(str(one) for one in people)


def resumable(user: User) -> list[Resumable]:
    """The user's own drafts, the latest first, then colleagues' of the same projects, to take over."""
    rows = (
        Draft.objects.restrict(user)
        .filter(client__date_deleted=None)
        .select_related("client", "project", "changed_by")
        .order_by("-changed_at", "-pk")
    )
    mine = Q(started_by=user) | Q(changed_by=user)
    return [*_lines(rows.filter(mine), True), *_lines(rows.exclude(mine)[:MOST_OF_OTHERS], False)]


def _lines(rows: QuerySet[Draft], is_own: bool) -> Iterable[Resumable]:
    today = timezone.localdate()
    for one in rows:
        yield Resumable(one, address_of(one), is_own, _removed(one.expires_on, today))


def _removed(expires_on: date, today: date) -> str:
    days = (expires_on - today).days
    if days > WARNED:
        return ""
    return f"Removed in {counted(days, 'day')}" if days > 0 else "Removed tonight"


def address_of(one: Draft) -> str:
    """Where its form is resumed; nowhere, where its kind has no form any more."""
    kind = kinds.kind(one.kind)
    return kind.address(one) if kind else ""


def name_of(pk: int) -> str:
    """What somebody who works here is called."""
    found = User.objects.filter(pk=pk).first()
    return str(found) if found else ""
