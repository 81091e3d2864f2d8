"""The disabling condition (3.08) as it follows from all that was answered during a stay."""

from collections.abc import Iterable
from datetime import date

from hearth.hmis.access.models import User
from hearth.hmis.enrollments.disabling import NO, YES, disabling_condition
from hearth.hmis.enrollments.last_answers import LastAnswers, has_qualifying
from hearth.hmis.enrollments.models import Enrollment
from hearth.hmis.enrollments.start.questions import is_withheld

_DISABILITIES = "Disabilities"


def disabling_now(user: User, enrollment: Enrollment, rows: Iterable[str], until: date) -> int | None:
    """What the disabling condition becomes by the last answers to these kinds ("Disabilities[5]"); None where
    it stays. A Yes is taken back only where nothing is kept from this user, and no answer of another day
    makes it one."""
    last = LastAnswers(user, enrollment, until)
    known = {
        name: {
            column: last.value(f"{_DISABILITIES}.{column}{name.removeprefix(_DISABILITIES)}")
            for column in ("DisabilityResponse", "IndefiniteAndImpairs")
        }
        for name in rows
    }
    code, _ = disabling_condition(known)
    code = YES if has_qualifying(user, enrollment) else code
    if code == enrollment.disabling_condition:
        return None
    sees_all = not is_withheld(user, "Disabilities.DisabilityResponse[8]")
    return code if code == YES or (code == NO and sees_all) else None
