"""Project.csv, Funder.csv, ProjectCoC.csv and Inventory.csv (2.02, 2.06, 2.03, 2.07)."""

from django.db import models

from hearth.hmis.access.row_policies import RestrictedModel
from hearth.hmis.audit.history import keep_history
from hearth.hmis.hud.fields import hud_field
from hearth.hmis.hud.models import Record, UserStamped, unique_source_key
from hearth.hmis.organizations.confidential import confidential_field, is_hidden, organization_beside


@keep_history
class Project(RestrictedModel, Record, UserStamped):
    """A project (program) of an organization."""

    counted = "id = ANY ((SELECT hearth_counted_projects())::bigint[])"

    organization = models.ForeignKey(
        "organizations.Organization", on_delete=models.PROTECT, related_name="projects"
    )
    project_name = confidential_field("Project.ProjectName")
    project_common_name = confidential_field("Project.ProjectCommonName")
    operating_start_date = hud_field("Project.OperatingStartDate")
    operating_end_date = hud_field("Project.OperatingEndDate")
    continuum_project = hud_field("Project.ContinuumProject")
    project_type = hud_field("Project.ProjectType")
    housing_type = hud_field("Project.HousingType")
    rrh_sub_type = hud_field("Project.RRHSubType")
    residential_affiliation = hud_field("Project.ResidentialAffiliation")
    target_population = hud_field("Project.TargetPopulation")
    hopwa_med_assisted_living_fac = hud_field("Project.HOPWAMedAssistedLivingFac")
    pit_count = hud_field("Project.PITCount")
    name_is_confidential = models.BooleanField(
        null=True,
        blank=True,
        help_text="Empty: as its organization; a victim service provider's projects are confidential",
    )

    class Meta:
        constraints = [unique_source_key("project")]

    def __str__(self) -> str:
        return self.project_name or f"Project {self.hud_id}"

    @property
    def is_hidden(self) -> bool:
        """Whether it was read by somebody who may not know it: it has no page for them."""
        return is_hidden(self)

    @property
    def organization_beside(self) -> str:
        """What its organization is called beside it."""
        return organization_beside(self, self.organization)

    @property
    def organization_key(self) -> str:
        """What tells its organization from others in a filter; hidden projects have one together."""
        return "confidential" if self.is_hidden else str(self.organization_id)


@keep_history
class Funder(RestrictedModel, Record, UserStamped):
    """One grant or funding source of a project over a time."""

    project = models.ForeignKey("organizations.Project", on_delete=models.PROTECT, related_name="funders")
    funder = hud_field("Funder.Funder")
    other_funder = hud_field("Funder.OtherFunder")
    grant_id = hud_field("Funder.GrantID")
    start_date = hud_field("Funder.StartDate")
    end_date = hud_field("Funder.EndDate")

    class Meta:
        constraints = [unique_source_key("funder")]

    def __str__(self) -> str:
        return f"Funder {self.hud_id}"


@keep_history
class ProjectCoC(RestrictedModel, Record, UserStamped):
    """One CoC in which a project operates, with its address there."""

    project = models.ForeignKey("organizations.Project", on_delete=models.PROTECT, related_name="cocs")
    coc_code = hud_field("ProjectCoC.CoCCode")
    geocode = hud_field("ProjectCoC.Geocode")
    address1 = hud_field("ProjectCoC.Address1")
    address2 = hud_field("ProjectCoC.Address2")
    city = hud_field("ProjectCoC.City")
    state = hud_field("ProjectCoC.State")
    zip = hud_field("ProjectCoC.ZIP")
    geography_type = hud_field("ProjectCoC.GeographyType")

    class Meta:
        constraints = [unique_source_key("projectcoc")]

    def __str__(self) -> str:
        return f"ProjectCoC {self.hud_id}"


@keep_history
class Inventory(RestrictedModel, Record, UserStamped):
    """Beds and units of a project in a CoC over a time."""

    project = models.ForeignKey("organizations.Project", on_delete=models.PROTECT, related_name="inventory")
    coc_code = hud_field("Inventory.CoCCode")
    household_type = hud_field("Inventory.HouseholdType")
    availability = hud_field("Inventory.Availability")
    unit_inventory = hud_field("Inventory.UnitInventory")
    bed_inventory = hud_field("Inventory.BedInventory")
    ch_vet_bed_inventory = hud_field("Inventory.CHVetBedInventory")
    youth_vet_bed_inventory = hud_field("Inventory.YouthVetBedInventory")
    vet_bed_inventory = hud_field("Inventory.VetBedInventory")
    ch_youth_bed_inventory = hud_field("Inventory.CHYouthBedInventory")
    youth_bed_inventory = hud_field("Inventory.YouthBedInventory")
    ch_bed_inventory = hud_field("Inventory.CHBedInventory")
    other_bed_inventory = hud_field("Inventory.OtherBedInventory")
    es_bed_type = hud_field("Inventory.ESBedType")
    inventory_start_date = hud_field("Inventory.InventoryStartDate")
    inventory_end_date = hud_field("Inventory.InventoryEndDate")

    class Meta:
        constraints = [unique_source_key("inventory")]

    def __str__(self) -> str:
        return f"Inventory {self.hud_id}"
