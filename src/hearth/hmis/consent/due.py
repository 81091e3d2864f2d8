"""Clients whose answer is due: a signature that has not come, a minor who will be of age, and who is to be
asked. Each list has clients of the viewer's own work alone; a client whom they may not know is in none, and
nothing says how many those are.

Every list is a query of clients with what it says of each: `choice` and `given_on` of the answer in force
(None: nobody asked), `due_on`, and `why`, one of `Why`.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import (
    Case,
    CharField,
    DateField,
    Exists,
    F,
    FilteredRelation,
    Func,
    OuterRef,
    Q,
    QuerySet,
    TextChoices,
    Value,
    When,
)

from hearth.hmis.access import field_rights
from hearth.hmis.access.models import User
from hearth.hmis.access.permissions import Permission
from hearth.hmis.access.row_policies import NOTHING
from hearth.hmis.clients.models import Client
from hearth.hmis.consent import documents
from hearth.hmis.consent.choices import AS_IMPORTED, Method
from hearth.hmis.consent.models import ConsentTaking
from hearth.hmis.enrollments.models import Enrollment, Exit

#: How long before somebody is of age the new answer is asked for.
DAYS_BEFORE_18 = 30


class Why(TextChoices):
    """Why somebody is on a list."""

    NEVER = "never", "Never asked"
    IMPORTED = "imported", "As imported, ask again"
    OLDER_FORM = "older", "Older form: ask again"
    ENDED = "ended", "The answer ended"
    OF_AGE = "of_age", "Turned 18"
    BY_WORD = "by_word", "Given by word"
    PAPER = "paper", "The signed paper is not here"
    TURNS_18 = "turns_18", "Turns 18"


class Stay(TextChoices):
    """Whether somebody is enrolled where the viewer works."""

    NOW = "now", "Enrolled now"
    PAST = "past", "Not enrolled now"


@dataclass(frozen=True, slots=True)
class Of:
    """Whose clients: of one project or organization of the viewer's, and whether they are enrolled there."""

    organization: int | None = None
    project: int | None = None
    stay: str = ""

    @property
    def is_all(self) -> bool:
        return self == Of()


ALL = Of()


def signature_due(user: User, today: date, of: Of = ALL) -> QuerySet[Client]:
    """Whose answer in force an organization of this user took, without a signature yet."""
    due = ConsentTaking.objects.restrict(user).filter(consent__client=OuterRef("pk"), signature_due=True)
    if not user.everywhere(Permission.CLIENT_EDIT):
        own = user.projects(Permission.CLIENT_EDIT)
        due = due.filter(organization__projects__in=own)
    if of.organization is not None:
        due = due.filter(organization=of.organization)
    found = _with_answer(user).filter(Exists(due.filter(consent__is_current=True)))
    if of.project is not None or of.stay:
        found = found.filter(_has_stay(user, today, of))
    by_word = Exists(due.filter(consent__is_current=True, method=Method.BY_WORD))
    return found.annotate(
        due_on=F("current__given_on"),
        why=Case(When(by_word, then=Value(Why.BY_WORD)), default=Value(Why.PAPER), output_field=CharField()),
    )


def turning_18(user: User, today: date, of: Of = ALL) -> QuerySet[Client]:
    """Who will be of age within 30 days, so that the answer given for them ends. Nobody for whoever may not
    see birth dates."""
    last = today + timedelta(days=DAYS_BEFORE_18)
    return (
        _with_answer(user)
        .filter(_has_stay(user, today, of), current__ask_from__range=(today, last))
        .annotate(due_on=_of_age_on(), why=Value(Why.TURNS_18, output_field=CharField()))
        .filter(due_on=F("current__ask_from"))
        .filter(Q() if field_rights.may_see(user, "Client.DOB") else NOTHING)
    )


def to_be_asked(user: User, today: date, of: Of = ALL) -> QuerySet[Client]:
    """Who has no answer that holds for good: never asked, imported as shared, on an older form, ended, or
    given for a minor who is of age now."""
    why = [
        When(answer=None, then=Value(Why.NEVER)),
        When(choice=AS_IMPORTED, then=Value(Why.IMPORTED)),
        When(ask_from__lte=today, then=Value(Why.ENDED)),
    ]
    asked_on = documents.asked_on(user, today)
    if not asked_on.is_any:
        of_ours = Q(document__isnull=False) & ~Q(document__in=asked_on.documents)
        of_others = Q(document__isnull=True) & ~Q(form__in=asked_on.forms)
        why.append(When(of_ours | of_others, then=Value(Why.OLDER_FORM)))
    if field_rights.may_see(user, "Client.DOB"):
        why.insert(2, When(ask_from__lte=today, ask_from=_of_age_on(), then=Value(Why.OF_AGE)))
    return (
        _with_answer(user)
        .filter(_has_stay(user, today, of))
        .annotate(
            ask_from=F("current__ask_from"), due_on=F("current__ask_from"),
            why=Case(*why, default=Value(""), output_field=CharField()),
        )
        .exclude(why="")
    )  # fmt: skip


def _with_answer(user: User) -> QuerySet[Client]:
    """Clients that are there for this user, each with the answer in force."""
    return (
        Client.objects.restrict(user)
        .filter(date_deleted=None)
        .annotate(current=FilteredRelation("consents", condition=Q(consents__is_current=True)))
        .annotate(
            answer=F("current__pk"), choice=F("current__choice"), given_on=F("current__given_on"),
            form=F("current__form_version"), document=F("current__document"),
        )
    )  # fmt: skip


def _has_stay(user: User, today: date, of: Of) -> Q:
    """Whether a client has a stay where this user works with clients."""
    stays = Enrollment.objects.restrict(user).filter(client=OuterRef("pk"), date_deleted=None)
    if not user.everywhere(Permission.CLIENT_EDIT):
        stays = stays.filter(project__any_of=user.projects(Permission.CLIENT_EDIT))
    if of.project is not None:
        stays = stays.filter(project=of.project)
    if of.organization is not None:
        stays = stays.filter(project__organization=of.organization)
    ended = Exit.objects.restrict(user).filter(
        enrollment=OuterRef("pk"), date_deleted=None, exit_date__lte=today
    )
    still = stays.filter(~Exists(ended))
    if of.stay == Stay.NOW:
        return Q(Exists(still))
    return Q(Exists(stays)) & ~Q(Exists(still)) if of.stay == Stay.PAST else Q(Exists(stays))


def _of_age_on() -> Func:
    """The day of the 18th birthday (`choices.of_age_on`), in the database."""
    return Func(F("dob"), template="(%(expressions)s + interval '18 years')::date", output_field=DateField())
