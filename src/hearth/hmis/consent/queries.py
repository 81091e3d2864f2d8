"""What pages read of clients' answers. Everything starts with `restrict(user)`."""

from datetime import date, timedelta

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet

from hearth.hmis.access.models import User
from hearth.hmis.clients.models import Client
from hearth.hmis.consent.choices import AS_IMPORTED, of_age_on
from hearth.hmis.consent.models import Consent, ConsentTaking
from hearth.hmis.enrollments.models import Enrollment

#: How long before somebody is of age the new answer is asked for.
DAYS_BEFORE_18 = 30


def answers(user: User, client: Client) -> QuerySet[Consent]:
    """All answers of a client, the current one first."""
    return Consent.objects.restrict(user).filter(client=client).order_by("-is_current", "-given_on", "-pk")


def taking(user: User, consent: Consent) -> ConsentTaking | None:
    """Who took an answer, where and how; None for whoever is not of that organization."""
    return ConsentTaking.objects.restrict(user).filter(consent=consent).first()


def signature_due(user: User) -> QuerySet[ConsentTaking]:
    """Answers given by word whose signature has not come, the oldest first."""
    due = ConsentTaking.objects.restrict(user).filter(signature_due=True, consent__is_current=True)
    return due.select_related("consent__client").order_by("consent__given_on", "pk")


def turning_18(user: User, today: date) -> list[Client]:
    """Own clients who will be of age within 30 days, and whose answer was given before: the first first."""
    last = today + timedelta(days=DAYS_BEFORE_18)
    opening = [code for code, answer in settings.CONSENT_SCHEME.answers.items() if answer.opens]
    young = _own(user).filter(
        Exists(Consent.objects.restrict(user).filter(
            client=OuterRef("pk"), is_current=True, choice__in=opening, given_on__lte=today)),
        dob__gt=today.replace(year=today.year - 19, day=min(today.day, 28)),
    )  # fmt: skip
    found = [(of_age_on(client.dob), client.pk, client) for client in young if client.dob]
    return [client for day, _, client in sorted(found, key=lambda one: one[:2]) if today <= day <= last]


def to_be_asked(user: User, today: date) -> QuerySet[Client]:
    """Own clients without an answer that holds: never asked, imported as shared, answered on another form, or
    as a minor who is of age now."""
    current = Consent.objects.restrict(user).filter(client=OuterRef("pk"), is_current=True)
    opening = [code for code, answer in settings.CONSENT_SCHEME.answers.items() if answer.opens]
    adults_since = today.replace(
        year=today.year - 18, day=28 if (today.month, today.day) == (2, 29) else today.day
    )
    expired = ConsentTaking.objects.restrict(user).filter(
        consent__client=OuterRef("pk"), consent__is_current=True, until__lte=today
    )
    as_a_minor = (
        ConsentTaking.objects.restrict(user)
        .filter(consent__client=OuterRef("pk"), consent__is_current=True, consent__choice__in=opening)
        .exclude(guardian="")
    )
    return (
        _own(user)
        .filter(
            ~Exists(current)
            | Exists(current.filter(choice=AS_IMPORTED))
            | Exists(current.exclude(form_version=settings.CONSENT_SCHEME.form_version))
            | Exists(expired)
            | Q(dob__lte=adults_since) & Exists(as_a_minor)
        )
        .order_by("pk")
    )


def is_older_form(consent: Consent) -> bool:
    """Whether an answer was given on another form than people are asked on now: it holds, ask again."""
    return consent.choice != AS_IMPORTED and consent.form_version != settings.CONSENT_SCHEME.form_version


def _own(user: User) -> QuerySet[Client]:
    """Clients with an enrollment where this user works; all for who sees all."""
    stays = Enrollment.objects.restrict(user).filter(client=OuterRef("pk"), date_deleted=None)
    if not user.sees_all:
        stays = stays.filter(project__in=user.own_projects)
    return Client.objects.restrict(user).filter(Exists(stays), date_deleted=None)
