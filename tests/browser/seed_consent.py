"""Documents in every state, for the browser tests."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from hearth.hmis.access.models import User


def fill(administrator: "User") -> dict[str, Any]:
    """A draft of the Spanish release, beside the examples that an installation begins with."""
    from hearth.hmis.access.context import acting
    from hearth.hmis.consent import document_actions
    from hearth.hmis.consent.models import ConsentDocument
    from hearth.hmis.consent.models.document import DocumentKind

    with acting(administrator):
        of_release = ConsentDocument.objects.filter(kind="release", version=1)
        kind = DocumentKind.RELEASE
        return {
            "document": of_release.get(language="en").pk,
            "document_empty": of_release.get(language="hmn").pk,
            "document_draft": document_actions.new_draft(by=administrator, kind=kind, language="es").pk,
        }
