"""Regions: Continuums of Care and tribal collaboratives, their counties, contacts and nations."""

from django.db import models
from django.db.models.functions import Now

from hearth.hmis.access.row_policies import RestrictedModel
from hearth.hmis.audit.history import keep_history


class RegionKind(models.TextChoices):
    COC = "coc", "Continuum of Care"
    TRIBAL = "tribal", "Tribal collaborative"


@keep_history
class Region(RestrictedModel):
    """A Continuum of Care, or a tribal collaborative that lies over several of them."""

    kind = models.TextField(choices=RegionKind.choices)
    code = models.TextField(unique=True, help_text="HUD's CoC number (MN-500), or our own code")
    name = models.TextField(help_text="As people say it: Hennepin")
    hud_name = models.TextField(blank=True)
    acronym = models.TextField(blank=True)
    overlays = models.BooleanField(
        default=False, help_text="Lies over other regions instead of dividing the state"
    )
    since = models.IntegerField(null=True, blank=True, help_text="Year of founding")
    about = models.TextField(blank=True)

    class Meta:
        ordering = ("overlays", "code")
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(kind="coc") | models.Q(code__regex=r"^[A-Z]{2}-[0-9]{3}$"),
                name="region_coc_code_is_huds",
            )
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


@keep_history
class RegionCounty(RestrictedModel):
    """A county that a region covers."""

    region = models.ForeignKey(Region, on_delete=models.CASCADE, related_name="counties")
    name = models.TextField()
    fips = models.TextField(help_text="Five digits, state and county")
    geocode = models.TextField(blank=True, help_text="HUD's six-digit geocode")

    class Meta:
        ordering = ("name",)
        constraints = [models.UniqueConstraint(fields=["region", "fips"], name="county_once_in_a_region")]

    def __str__(self) -> str:
        return f"{self.name} County"


class ContactRole(models.TextChoices):
    COORDINATOR = "coordinator", "Coordinator"
    CHAIR = "chair", "Chair"
    VICE_CHAIR = "vice_chair", "Vice-chair"
    SECRETARY = "secretary", "Secretary"
    STATE_AGENCY = "state_agency", "State agency"
    OTHER = "other", "Other"


@keep_history
class RegionContact(RestrictedModel):
    """Whom to ask in a region, in which role. These are people at work, never clients."""

    region = models.ForeignKey(Region, on_delete=models.CASCADE, related_name="contacts")
    role = models.TextField(choices=ContactRole.choices)
    name = models.TextField(blank=True)
    organization = models.TextField(blank=True)
    email = models.EmailField(blank=True)
    phone = models.TextField(blank=True)
    is_example = models.BooleanField(default=False, help_text="An invented person of the demonstration")
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    created_by = models.ForeignKey(
        "access.User", on_delete=models.PROTECT, null=True, related_name="+", editable=False, db_index=False
    )
    updated_at = models.DateTimeField(db_default=Now(), editable=False)
    updated_by = models.ForeignKey(
        "access.User", on_delete=models.PROTECT, null=True, related_name="+", editable=False, db_index=False
    )

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return f"{self.get_role_display()}: {self.name or self.organization}"


@keep_history
class TribalNation(RestrictedModel):
    """A federally recognized tribal nation; a member of a tribal collaborative, or of none."""

    name = models.TextField(unique=True)
    short_name = models.TextField(blank=True)
    people = models.TextField(blank=True, help_text="Anishinaabe, Dakota")
    member_of = models.ForeignKey(
        Region, on_delete=models.SET_NULL, null=True, blank=True, related_name="nations"
    )

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name
