"""What pages read of clients' answers. Everything starts with `restrict(user)`."""

from datetime import date

from django.db.models import QuerySet

from hearth.hmis.access.models import User
from hearth.hmis.clients.models import Client
from hearth.hmis.consent import documents
from hearth.hmis.consent.choices import AS_IMPORTED
from hearth.hmis.consent.models import Consent, ConsentTaking


def answers(user: User, client: Client) -> QuerySet[Consent]:
    """All answers of a client, the current one first."""
    return Consent.objects.restrict(user).filter(client=client).order_by("-is_current", "-given_on", "-pk")


def taking(user: User, consent: Consent) -> ConsentTaking | None:
    """Who took an answer, where and how; None for whoever is not of that organization."""
    found = ConsentTaking.objects.restrict(user).select_related("organization")
    return found.filter(consent=consent).first()


def is_older_form(user: User, consent: Consent, day: date) -> bool:
    """Whether an answer was given on a form that everybody is asked to replace: it holds, ask again."""
    asked_on = documents.asked_on(user, day)
    return consent.choice != AS_IMPORTED and asked_on.is_older(consent.document_id, consent.form_version)


def takings(user: User, client: Client) -> list[ConsentTaking]:
    """How the answers of a client were taken, of those that this user may know it of: signatures that are due
    first, then the latest."""
    rows = ConsentTaking.objects.restrict(user).filter(consent__client=client)
    return list(
        rows.select_related("consent", "organization", "taken_by").order_by(
            "-signature_due", "-consent__given_on", "-pk"
        )
    )
