"""Client.csv (3.01–3.04, 3.07, 4.21, V1): who a person is."""

from django.db import models

from hearth.hmis.access.row_policies import ClientIdentity, RestrictedModel
from hearth.hmis.audit.history import keep_history
from hearth.hmis.hud.fields import hud_field
from hearth.hmis.hud.models import Record, UserStamped, unique_source_key


@keep_history
class Client(RestrictedModel, Record, UserStamped):
    """A person. Every HMIS user may know who the clients are; what happened to them hangs on enrollments.

    `ssn` reads and writes as text and is sealed in the database; the two index columns are keyed hashes
    of the nine digits and of the last four. `is_restricted`: known only to those with a stay in common.
    """

    row_policy = ClientIdentity

    is_restricted = models.BooleanField(default=False, db_default=False, editable=False)

    first_name = hud_field("Client.FirstName")
    middle_name = hud_field("Client.MiddleName")
    last_name = hud_field("Client.LastName")
    name_suffix = hud_field("Client.NameSuffix")
    name_data_quality = hud_field("Client.NameDataQuality")
    ssn = hud_field("Client.SSN")
    ssn_index = models.BinaryField(null=True, editable=False)
    ssn_last4_index = models.BinaryField(null=True, editable=False)
    ssn_data_quality = hud_field("Client.SSNDataQuality")
    dob = hud_field("Client.DOB")
    dob_data_quality = hud_field("Client.DOBDataQuality")
    sex = hud_field("Client.Sex")
    am_ind_ak_native = hud_field("Client.AmIndAKNative")
    asian = hud_field("Client.Asian")
    black_af_american = hud_field("Client.BlackAfAmerican")
    hispanic_latinao = hud_field("Client.HispanicLatinao")
    mid_east_n_african = hud_field("Client.MidEastNAfrican")
    native_hi_pacific = hud_field("Client.NativeHIPacific")
    white = hud_field("Client.White")
    race_none = hud_field("Client.RaceNone")
    additional_race_ethnicity = hud_field("Client.AdditionalRaceEthnicity")
    veteran_status = hud_field("Client.VeteranStatus")
    year_entered_service = hud_field("Client.YearEnteredService")
    year_separated = hud_field("Client.YearSeparated")
    world_war_ii = hud_field("Client.WorldWarII")
    korean_war = hud_field("Client.KoreanWar")
    vietnam_war = hud_field("Client.VietnamWar")
    desert_storm = hud_field("Client.DesertStorm")
    afghanistan_oef = hud_field("Client.AfghanistanOEF")
    iraq_oif = hud_field("Client.IraqOIF")
    iraq_ond = hud_field("Client.IraqOND")
    other_theater = hud_field("Client.OtherTheater")
    military_branch = hud_field("Client.MilitaryBranch")
    discharge_status = hud_field("Client.DischargeStatus")

    class Meta:
        constraints = [unique_source_key("client")]
        indexes = [
            models.Index(fields=["id"], name="client_restricted", condition=models.Q(is_restricted=True))
        ]

    def __str__(self) -> str:
        # Never the name: this text ends up in logs and error reports.
        return f"Client {self.pk}"
