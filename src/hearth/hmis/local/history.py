"""What changed in local answers and in a household's funding, for the change history of an enrollment."""

from collections.abc import Iterator
from functools import partial
from typing import Any

from hearth.hmis.access.models import User
from hearth.hmis.audit.changes import Kind, Step
from hearth.hmis.enrollments.models import Enrollment
from hearth.hmis.local.answer_labels import question_of, value_in_words
from hearth.hmis.local.mn.registry import registry
from hearth.hmis.local.models import HouseholdFunding, LocalAnswer
from hearth.hmis.ui import formats
from hearth.standards.element import STAGES

_STAGE_WORDS = {code: name for name, code in STAGES.items()}


def kinds(user: User, enrollment: Enrollment) -> list[Kind]:
    """The local answers and the funding that are kept at an enrollment, as far as the user may see them."""
    answers = LocalAnswer.objects.restrict(user).filter(enrollment=enrollment.pk)
    funding = HouseholdFunding.objects.restrict(user).filter(enrollment=enrollment.pk)
    tells = partial(_answer, is_hidden=enrollment.project.is_hidden)
    return [
        Kind("LocalAnswers", "Local answer", answers, tells=tells),
        Kind("HouseholdFunding", "State and local funding", funding, tells=_funding),
    ]


def _answer(before: Any, after: Any, *, is_hidden: bool) -> Iterator[Step]:
    """The question with its stage and day, and the two answers; none is what was taken back."""
    if is_hidden and (before.value_text is not None or after.value_text is not None):
        return  # an address says where the project is
    said, now = _said(before), _said(after)
    if said != now:
        stage = _STAGE_WORDS.get(before.stage, before.stage)
        when = f"{stage}, {formats.day(before.information_date)}".strip(", ")
        yield Step(f"{question_of(before)} ({before.element}, {when})", said, now)


def _said(one: Any) -> str:
    return "" if one.date_deleted is not None else value_in_words(one)


def _funding(before: Any, after: Any) -> Iterator[Step]:
    known = registry().programs
    name = known[before.program].name if before.program in known else before.program
    said, now = _days(before), _days(after)
    if said != now:
        yield Step(name, said, now)


def _days(one: Any) -> str:
    return "" if one.date_deleted is not None else formats.period(one.begins_on, one.ends_on)
