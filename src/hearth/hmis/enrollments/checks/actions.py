"""What is written about checks: that an answer which one of them found unlikely is right."""

from collections.abc import Iterable

from hearth.hmis.access.models import User
from hearth.hmis.enrollments.checks.found import Found
from hearth.hmis.enrollments.models import CheckAnswer, Enrollment


def keep(*, by: User, enrollment: Enrollment, right: Iterable[Found]) -> None:
    """Keep who said of which findings that the answers are right, in the transaction of what is saved."""
    CheckAnswer.objects.bulk_create(
        (
            CheckAnswer(enrollment=enrollment, check_id=one.check.id, values=one.values, said_by=by)
            for one in right
        ),
        ignore_conflicts=True,
    )
