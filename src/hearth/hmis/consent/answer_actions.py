"""An answer together with the file that shows it, in one transaction."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from hearth.hmis.access.models import User
from hearth.hmis.clients.models import Client
from hearth.hmis.consent import documents, sealed_files
from hearth.hmis.consent.actions import Recorded, record_consent
from hearth.hmis.consent.choices import Applies, Method
from hearth.hmis.consent.file_kinds import CheckedFile
from hearth.hmis.consent.models.document import DocumentKind
from hearth.hmis.consent.models.sealed_file import FilePurpose
from hearth.hmis.organizations.models import Organization


@transaction.atomic
def record_with_file(
    *, by: User, client: Client, organization: Organization, file: CheckedFile | None, values: dict[str, Any]
) -> Recorded:
    """Keep an answer, and seal the signature or the signed paper that shows it; without one, a signature on
    paper stays due. `values`: those of `actions.record_consent`. Raises what that and `sealed_files.store`
    raise."""
    method = Method(values["method"])
    recorded = record_consent(
        by=by, client=client, organization=organization, choice=values["choice"],
        given_on=values["given_on"], method=method, form_version=values["form_version"],
        language=values["language"], applies=Applies(values["applies"]), witness=values["witness"],
        guardian=values["guardian"], signature_due=method == Method.SIGNED_PAPER and file is None,
    )  # fmt: skip
    if file is not None:
        in_force = documents.in_force(by, DocumentKind.RELEASE, timezone.localdate())
        on_screen = method == Method.SIGNED_ON_SCREEN
        sealed_files.store(
            by=by, organization=organization, client=client, file=file,
            purpose=FilePurpose.SIGNATURE if on_screen else FilePurpose.CONSENT_PAPER,
            document=in_force.filter(language=values["language"]).first() if on_screen else None,
        )  # fmt: skip
    return recorded
