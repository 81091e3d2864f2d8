"""The disabling condition (3.08) as it follows from all that was answered during a stay."""

from collections.abc import Collection, Iterable
from datetime import date
from typing import Any

from hearth.hmis.access.models import User
from hearth.hmis.enrollments import queries
from hearth.hmis.enrollments.disabling import NO, YES, disabling_condition, qualifies
from hearth.hmis.enrollments.last_answers import LastAnswers, has_qualifying
from hearth.hmis.enrollments.models import Disabilities, Enrollment
from hearth.hmis.enrollments.start.questions import is_withheld
from hearth.hmis.hud.answers import not_collected

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


def disabling_without(user: User, enrollment: Enrollment, gone: Collection[int]) -> int | None:
    """What the disabling condition becomes when these answers to kinds of disability are taken away (`gone`:
    ids of Disabilities): where they alone made it a Yes, what the last answers that are left say, or "Data
    not collected". None where it stays, as where something is kept from this user."""
    if not gone or enrollment.disabling_condition != YES:
        return None
    rows = queries.records(user, Disabilities, [enrollment.pk], date_deleted__isnull=True)
    found = list(rows.order_by("information_date", "id"))
    lost = [one for one in found if one.pk in gone]
    left = [one for one in found if one.pk not in gone]
    if not any(map(_makes_yes, lost)) or any(map(_makes_yes, left)):
        return None
    if is_withheld(user, "Disabilities.DisabilityResponse[8]"):
        return None
    unanswered = (None, not_collected("Disabilities.DisabilityResponse[5]"))
    last: dict[str, dict[str, Any]] = {}
    for one in left:
        name = f"{_DISABILITIES}[{one.disability_type}]"
        if name not in last or one.disability_response not in unanswered:
            last[name] = {
                "DisabilityResponse": one.disability_response,
                "IndefiniteAndImpairs": one.indefinite_and_impairs,
            }
    code, _ = disabling_condition(last)
    return code


def _makes_yes(row: Disabilities) -> bool:
    return qualifies(str(row.disability_type), row.disability_response, row.indefinite_and_impairs)
