"""Documents in every state, for the browser tests."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from hearth.hmis.access.models import User
    from hearth.hmis.clients.models import Client


def fill(administrator: "User", user: "User", *due: "Client") -> dict[str, Any]:
    """A draft of the Spanish release, beside the examples that an installation begins with; answers by word
    that `user` took and whose signature is due; and a restricted client."""
    from datetime import timedelta

    from django.utils import timezone

    from hearth.hmis.access.context import acting
    from hearth.hmis.clients import restrictions
    from hearth.hmis.consent import document_actions
    from hearth.hmis.consent.actions import record_consent
    from hearth.hmis.consent.choices import Method
    from hearth.hmis.consent.models import ConsentDocument
    from hearth.hmis.consent.models.document import DocumentKind
    from hearth.hmis.organizations.models import Organization
    from tests import factories

    today = timezone.localdate()
    with acting(administrator):
        signer = factories.make_client(first_name="Sia", last_name="Signer")
        restricted = factories.make_client(first_name="Ria", last_name="Restricted")
        organization = Organization.objects.get(pk=factories.works_for(user))
        factories.make_enrollment(restricted, organization.projects.get())
        restrictions.restrict(
            by=administrator, client=restricted, organization=organization, reason="Somebody looks for her",
            ends_on=today + timedelta(days=90),
        )  # fmt: skip
    with acting(user):
        for client in (*due, signer):
            record_consent(
                by=user, client=client, organization=organization, choice="share", given_on=today,
                method=Method.BY_WORD, form_version="1", language="en", witness="Olu Invented",
            )  # fmt: skip
    with acting(administrator):
        of_release = ConsentDocument.objects.filter(kind="release", version=1)
        kind = DocumentKind.RELEASE
        return {
            "signer": signer.pk,
            "restricted": restricted.pk,
            "document": of_release.get(language="en").pk,
            "document_empty": of_release.get(language="hmn").pk,
            "document_draft": document_actions.new_draft(by=administrator, kind=kind, language="es").pk,
        }
