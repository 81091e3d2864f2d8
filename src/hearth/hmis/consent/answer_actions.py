"""An answer together with the files that show it, in one transaction; and what it would change."""

from typing import Any

from django.db import transaction

from hearth.hmis.access.models import User
from hearth.hmis.clients.models import Client
from hearth.hmis.consent import documents, queries, sealed_files
from hearth.hmis.consent.actions import Recorded, record_consent, record_signature
from hearth.hmis.consent.choices import Applies, Method
from hearth.hmis.consent.file_kinds import CheckedFile
from hearth.hmis.consent.models import Consent, ConsentDocument, SealedFile
from hearth.hmis.consent.models.sealed_file import FilePurpose
from hearth.hmis.organizations.models import Organization


class _OnlyLooked(Exception):
    """Undoes what was done to see what it would do."""


def preview(*, by: User, client: Client, organization: Organization, values: dict[str, Any]) -> Recorded:
    """What an answer would open and close: it is recorded and undone, so that it is just what comes of it.
    Raises what `record_consent` raises."""
    try:
        with transaction.atomic():
            recorded = _record(by, client, organization, values, signature_due=False)
            raise _OnlyLooked
    except _OnlyLooked:
        return recorded


@transaction.atomic
def record_with_files(
    *,
    by: User,
    client: Client,
    organization: Organization,
    values: dict[str, Any],
    file: CheckedFile | None,
    witness: CheckedFile | None = None,
) -> Recorded:
    """Keep an answer, and seal the signature or the signed paper that shows it, with the witness's signature
    where there is one; without a file, a signature on paper stays due. `values`: those of
    `actions.record_consent`. Raises what that and `sealed_files.store` raise."""
    method = Method(values["method"])
    due = method == Method.SIGNED_PAPER and file is None
    recorded = _record(by, client, organization, values, signature_due=due)
    first = recorded.consents[0]
    on_screen = method == Method.SIGNED_ON_SCREEN
    purpose = FilePurpose.SIGNATURE if on_screen else FilePurpose.CONSENT_PAPER
    for one, what in ((file, purpose), (witness, FilePurpose.WITNESS)):
        if one is not None:
            sealed_files.store(
                by=by, organization=organization, client=client, file=one, purpose=what, consent=first,
                document=documents.document(by, first.document_id) if first.document_id else None,
            )  # fmt: skip
    return recorded


@transaction.atomic
def add_file(
    *,
    by: User,
    client: Client,
    organization: Organization,
    file: CheckedFile,
    purpose: FilePurpose,
    document: ConsentDocument | None,
    consent: Consent | None,
) -> SealedFile:
    """Seal a signature or a signed paper that came later; the signature of the answer that it shows is due no
    more, and it belongs to the organization that took that. Raises what `sealed_files.store` raises."""
    taking = queries.taking(by, consent) if consent else None
    if taking and taking.organization:
        organization = taking.organization
    row = sealed_files.store(
        by=by, organization=organization, client=client, file=file, purpose=purpose, document=document,
        consent=consent,
    )  # fmt: skip
    if consent and taking and taking.signature_due:
        on_screen = purpose == FilePurpose.SIGNATURE
        record_signature(
            by=by, consent=consent, method=Method.SIGNED_ON_SCREEN if on_screen else Method.SIGNED_PAPER
        )
    return row


def _record(
    by: User, client: Client, organization: Organization, values: dict[str, Any], *, signature_due: bool
) -> Recorded:
    return record_consent(
        by=by, client=client, organization=organization, choice=values["choice"],
        given_on=values["given_on"], method=Method(values["method"]), form_version=values["form_version"],
        language=values["language"], applies=Applies(values["applies"]), witness=values["witness"],
        guardian=values["guardian"], signature_due=signature_due,
    )  # fmt: skip
