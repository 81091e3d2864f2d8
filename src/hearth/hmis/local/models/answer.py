"""One answer to one field of a local element."""

from django.db import models
from django.db.models import Q

from hearth.hmis.audit.history import keep_history
from hearth.hmis.enrollments.models.base import EnrollmentRecord
from hearth.hmis.hud.models import unique_source_key
from hearth.standards.element import STAGES

_VALUES = ("value_text", "value_number", "value_date", "value_code")


@keep_history
class LocalAnswer(EnrollmentRecord):
    """What somebody answered to a field of a local element, under the version that held on that day.

    One of the four values is there, by the type of the field; an answer that nobody gave has no row. `stage`
    is that of the record (start, update, exit …), `information_date` its day. Whoever sees the enrollment
    sees it.
    """

    element = models.TextField(db_default="", help_text="Number of the element: MN-U01")
    element_version = models.PositiveIntegerField(db_default=1)
    field = models.TextField(db_default="", help_text="Name of the field: CountyOfStay")
    stage = models.TextField(db_default="", choices=[(one, one) for one in STAGES.values()])
    information_date = models.DateField(null=True)
    value_text = models.TextField(null=True)
    value_number = models.DecimalField(null=True, max_digits=14, decimal_places=2)
    value_date = models.DateField(null=True)
    value_code = models.TextField(null=True)

    class Meta:
        constraints = [
            unique_source_key("localanswer"),
            models.CheckConstraint(
                condition=~Q(*(Q(**{f"{a}__isnull": False, f"{b}__isnull": False})
                               for n, a in enumerate(_VALUES) for b in _VALUES[n + 1 :]), _connector=Q.OR),
                name="local_answer_has_one_value",
            ),
        ]  # fmt: skip
        indexes = [models.Index(fields=["enrollment", "element"], name="local_answer_of_enrollment")]

    def __str__(self) -> str:
        return f"Local answer {self.pk}"

    @property
    def value(self) -> object:
        """The value, of whatever type; None where there is none."""
        return next((found for name in _VALUES if (found := getattr(self, name)) is not None), None)
