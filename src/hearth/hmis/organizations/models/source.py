"""Where records come from: data sources, their exports and their users."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from hearth.hmis.access.row_policies import RestrictedModel
from hearth.hmis.audit.history import keep_history
from hearth.hmis.hud.fields import hud_field
from hearth.hmis.hud.models import Record, unique_source_key


class DataSource(RestrictedModel):
    """One database that records come from: this one (`hearth`), or another vendor's HMIS.

    HUD's keys (PersonalID, …) are unique within a data source and mean nothing outside it.
    """

    name = models.TextField(unique=True)
    is_hearth = models.BooleanField(default=False, help_text="Records entered here")
    implementation_id = models.TextField(blank=True, help_text="Export.ImplementationID of its exports")
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["is_hearth"], condition=models.Q(is_hearth=True), name="one_hearth_data_source"
            )
        ]

    def __str__(self) -> str:
        return self.name


class Export(RestrictedModel):
    """Export.csv: one export run of a data source that was imported here."""

    data_source = models.ForeignKey(
        DataSource, on_delete=models.PROTECT, related_name="exports", db_index=False
    )
    hud_id = models.TextField(help_text="ExportID")
    row_hash = models.BigIntegerField(null=True, editable=False)
    as_it_came = models.JSONField(null=True, blank=True, editable=False)
    source_type = hud_field("Export.SourceType")
    source_id = hud_field("Export.SourceID")
    source_name = hud_field("Export.SourceName")
    source_contact_first = hud_field("Export.SourceContactFirst")
    source_contact_last = hud_field("Export.SourceContactLast")
    source_contact_phone = hud_field("Export.SourceContactPhone")
    source_contact_extension = hud_field("Export.SourceContactExtension")
    source_contact_email = hud_field("Export.SourceContactEmail")
    export_date = hud_field("Export.ExportDate")
    export_start_date = hud_field("Export.ExportStartDate")
    export_end_date = hud_field("Export.ExportEndDate")
    software_name = hud_field("Export.SoftwareName")
    software_version = hud_field("Export.SoftwareVersion")
    csv_version = hud_field("Export.CSVVersion")
    export_period_type = hud_field("Export.ExportPeriodType")
    export_directive = hud_field("Export.ExportDirective")
    hash_status = hud_field("Export.HashStatus")
    implementation_id = hud_field("Export.ImplementationID")

    class Meta:
        constraints = [unique_source_key("export")]

    def __str__(self) -> str:
        return f"Export {self.hud_id}"


@keep_history
class SourceUser(RestrictedModel, Record):
    """User.csv: a user of the system that records come from, named by their UserID. Of records entered here
    it is who signs in as `account`."""

    user_first_name = hud_field("User.UserFirstName")
    user_last_name = hud_field("User.UserLastName")
    user_phone = hud_field("User.UserPhone")
    user_extension = hud_field("User.UserExtension")
    user_email = hud_field("User.UserEmail")
    account = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, editable=False
    )

    class Meta:
        constraints = [unique_source_key("sourceuser")]

    def __str__(self) -> str:
        return f"User {self.hud_id}"
