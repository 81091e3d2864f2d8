"""What every record of an HMIS CSV file has, whatever it says."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from hearth.hmis.hud.fields import HudDateTime, HudText


class Record(models.Model):
    """One row of one HMIS CSV file, imported or entered here.

    HUD's key stands beside our own: `hud_id` is the file's key column (PersonalID, EnrollmentID, …),
    unique within its data source. Keys of other records are foreign keys, except UserID, which stays
    text because real exports name users that their User.csv lacks.

    A faulty row is stored as it came: a value that its column cannot hold, or a key that contradicts
    the row's parent, is kept as text in `as_it_came` under its HUD name; `is_faulty` marks a row that
    breaks something the database would otherwise refuse. Neither hides the row from anything.

    `date_deleted` is HUD's soft deletion and ours.
    """

    data_source = models.ForeignKey(
        "organizations.DataSource", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    hud_id = models.TextField(help_text="The record's own key in its data source")
    row_hash = models.BigIntegerField(
        null=True,
        editable=False,
        help_text="Hash of the imported row; tells an unchanged row on the next import",
    )
    as_it_came = models.JSONField(null=True, blank=True, editable=False)
    is_faulty = models.BooleanField(default=False, db_default=False, editable=False)

    date_created = HudDateTime(help_text="5.01")
    date_updated = HudDateTime(help_text="5.02")
    date_deleted = HudDateTime()

    created_at = models.DateTimeField(db_default=Now(), editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        editable=False,
        db_index=False,
    )
    updated_at = models.DateTimeField(db_default=Now(), editable=False)
    updated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        editable=False,
        db_index=False,
    )

    class Meta:
        abstract = True


class UserStamped(models.Model):
    """HUD's UserID (5.07) of the latest change, as text: a user of the data source that the record is of, or,
    where somebody else wrote last, of `user_data_source`."""

    user_id = HudText(help_text="5.07")
    user_data_source = models.ForeignKey(
        "organizations.DataSource",
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        editable=False,
        db_index=False,
        help_text="Whose user UserID names; null: the record's own data source's",
    )

    class Meta:
        abstract = True


def unique_source_key(model: str) -> models.UniqueConstraint:
    """No two records of one file and one data source share HUD's key."""
    return models.UniqueConstraint(fields=["data_source", "hud_id"], name=f"{model}_source_key")
