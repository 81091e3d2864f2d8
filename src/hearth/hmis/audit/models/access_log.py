"""Who saw what: every view of a client, search, import, export, refusal and sign-in."""

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now

from hearth.hmis.ui import formats


class Access(models.TextChoices):
    """What was done. Values are stored and never change."""

    CLIENT_VIEWED = "client_viewed", "Client viewed"
    CLIENT_ADDED = "client_added", "Client added"
    CLIENT_CHANGED = "client_changed", "Client corrected"
    ENROLLED = "enrolled", "Client enrolled"
    EXITED = "exited", "Exit recorded"
    STAGE_RECORDED = "stage_recorded", "Answers of a stay recorded"
    RECORD_CORRECTED = "record_corrected", "Record of a stay corrected"
    RECORD_REMOVED = "record_removed", "Record of a stay removed"
    DRAFT_CHANGED = "draft_changed", "Draft begun or given up"
    SSN_REVEALED = "ssn_revealed", "SSN shown in full"
    SEARCHED = "searched", "Clients searched"
    IMPORTED = "imported", "Data imported"
    EXPORTED = "exported", "Data exported"
    REPORTED = "reported", "Report made"
    MEMBERS_VIEWED = "members_viewed", "People behind a number viewed"
    DOWNLOADED = "downloaded", "File downloaded"
    REFUSED = "refused", "Access refused"
    SIGNED_IN = "signed_in", "Signed in"
    SIGN_IN_FAILED = "sign_in_failed", "Sign-in failed"
    SIGNED_OUT = "signed_out", "Signed out"
    SECOND_STEP_FAILED = "second_step_failed", "Second step failed"
    SECOND_STEP_CHANGED = "second_step_changed", "Second step changed"
    PASSWORD_CHANGED = "password_changed", "Password changed"
    PASSWORD_RESET_ASKED = "password_reset_asked", "New password asked for by mail"
    SESSION_ENDED = "session_ended", "Session ended"
    ROLE_CHANGED = "role_changed", "Role changed"
    REQUIREMENT_CHANGED = "requirement_changed", "Agreement or training changed"
    PROJECT_GROUP_CHANGED = "project_group_changed", "Group of projects changed"
    USER_CHANGED = "user_changed", "User changed"
    LIMITED = "limited", "Stopped: too many in an hour"
    SECRET_KEY_CHANGED = "secret_key_changed", "Secret key replaced, everybody signed out"
    DOCUMENT_CHANGED = "document_changed", "Consent document changed"
    CONSENT_RECORDED = "consent_recorded", "Consent recorded"
    FILE_ADDED = "file_added", "File of a client stored"
    FILES_FORGOTTEN = "files_forgotten", "Sealed files given up, their key is lost"
    RESTRICTION_CHANGED = "restriction_changed", "Restriction of a client changed"
    SSNS_FORGOTTEN = "ssns_forgotten", "Social Security numbers given up, their key is lost"


class AccessLog(models.Model):
    """One access. Rows are added and never changed; only auditors and administrators read them.

    Ids without foreign keys, so that nothing is kept from deletion by having been looked at.
    `details` holds counts, kinds and ids, never names or other client data.
    """

    history_free: ClassVar[bool] = True  # rows never change, so they have no old versions

    at = models.DateTimeField(db_default=Now())
    user_id = models.BigIntegerField(null=True)
    action = models.TextField(choices=Access.choices)
    client_id = models.BigIntegerField(null=True)
    subject = models.TextField(blank=True, help_text="What it was done to, e.g. importrun:17")
    details = models.JSONField(default=dict)

    class Meta:
        ordering = ("-id",)
        indexes = [
            models.Index(
                fields=["client_id", "-id"],
                name="accesslog_client",
                condition=models.Q(client_id__isnull=False),
            ),
            models.Index(fields=["user_id", "-id"], name="accesslog_user"),
        ]

    def __str__(self) -> str:
        return f"{self.get_action_display()}, {formats.moment(self.at)}"
