"""Signatures and uploaded papers: what is known of them. Their content lies sealed in the data folder."""

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now

from hearth.hmis.access.row_policies import RestrictedModel
from hearth.hmis.consent.file_kinds import FileKind
from hearth.hmis.consent.models.consent import OfTakingOrganization


class FilePurpose(models.TextChoices):
    """What a file is. Values are stored and never change."""

    CONSENT_PAPER = "consent_paper", "Signed paper"
    SIGNATURE = "signature", "Signature"
    WITNESS = "witness_signature", "Signature of the witness"


class SealedFile(RestrictedModel):
    """One sealed file of a client, for the organization that took it and administrators, whatever the client
    chose. Rows are added and never changed or removed (migration 0005).

    `sealed_key` is the file's own key, sealed under the key of files; empty once that key was lost for good.
    What was sealed opens only with the values of this row (`sealed_files.bound_to`).
    """

    row_policy = OfTakingOrganization
    history_free: ClassVar[bool] = True  # rows never change, so they have no old versions

    name = models.CharField(max_length=32, unique=True, help_text="Of the file in the folder; random")
    organization = models.ForeignKey("organizations.Organization", on_delete=models.PROTECT, related_name="+")
    client = models.ForeignKey("clients.Client", on_delete=models.PROTECT, related_name="+")
    document = models.ForeignKey(
        "consent.ConsentDocument", on_delete=models.PROTECT, null=True, related_name="+", db_index=False,
        help_text="The version that was signed, where it is known",
    )  # fmt: skip
    consent = models.ForeignKey(
        "consent.Consent", on_delete=models.PROTECT, null=True, related_name="+",
        help_text="The answer that it shows",
    )  # fmt: skip
    purpose = models.TextField(choices=FilePurpose.choices)
    kind = models.TextField(choices=FileKind.choices)
    size = models.PositiveIntegerField(help_text="Bytes of the content")
    sha256 = models.CharField(max_length=64, help_text="Of the content")
    sealed_key = models.BinaryField(null=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    created_by = models.ForeignKey(
        "access.User", on_delete=models.PROTECT, related_name="+", editable=False, db_index=False
    )

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"{self.get_purpose_display()} {self.pk}"
