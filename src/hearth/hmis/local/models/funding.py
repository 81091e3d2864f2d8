"""Which state or local program's money a household has, from when until when."""

from django.db import models
from django.db.models import F, Q

from hearth.hmis.audit.history import keep_history
from hearth.hmis.enrollments.models.base import EnrollmentRecord
from hearth.hmis.hud.models import unique_source_key


@keep_history
class HouseholdFunding(EnrollmentRecord):
    """From `begins_on` to `ends_on`, both included (empty: without end), a household has the money of a
    program.

    It is kept at the enrollment of whoever it was chosen with, as a rule the head's, and is the whole
    household's: the enrollments of one project with one HouseholdID. So whoever sees that enrollment sees it,
    and it goes with the enrollment where that is corrected.
    """

    program = models.TextField(db_default="", help_text="Short name in the catalog: FHPAP")
    begins_on = models.DateField(null=True)
    ends_on = models.DateField(null=True, blank=True, help_text="Last day")

    class Meta:
        constraints = [
            unique_source_key("householdfunding"),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("begins_on")),
                name="household_funding_ends_after_beginning",
            ),
        ]

    def __str__(self) -> str:
        return f"Household funding {self.pk}"
