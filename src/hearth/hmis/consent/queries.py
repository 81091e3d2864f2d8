"""What pages read of clients' answers. Everything starts with `restrict(user)`."""

from django.conf import settings
from django.db.models import QuerySet

from hearth.hmis.access.models import User
from hearth.hmis.clients.models import Client
from hearth.hmis.consent.choices import AS_IMPORTED
from hearth.hmis.consent.models import Consent, ConsentTaking


def answers(user: User, client: Client) -> QuerySet[Consent]:
    """All answers of a client, the current one first."""
    return Consent.objects.restrict(user).filter(client=client).order_by("-is_current", "-given_on", "-pk")


def taking(user: User, consent: Consent) -> ConsentTaking | None:
    """Who took an answer, where and how; None for whoever is not of that organization."""
    return ConsentTaking.objects.restrict(user).filter(consent=consent).first()


def is_older_form(consent: Consent) -> bool:
    """Whether an answer was given on another form than people are asked on now: it holds, ask again."""
    return consent.choice != AS_IMPORTED and consent.form_version != settings.CONSENT_SCHEME.form_version
