"""Local elements on the pages of a stay (`enrollments/further.py`): asked beside HUD's, stored with them,
shown."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils import timezone

from hearth.hmis.access.models import User
from hearth.hmis.access.permissions import Permission
from hearth.hmis.audit.changes import Kind
from hearth.hmis.enrollments.exiting import is_over
from hearth.hmis.enrollments.further import Asking
from hearth.hmis.enrollments.models import Enrollment
from hearth.hmis.hud.questions import field_name
from hearth.hmis.local import actions, answer_labels, history, queries
from hearth.hmis.local.computed import Working
from hearth.hmis.local.element import LocalElement
from hearth.hmis.local.mn import county
from hearth.hmis.local.mn.registry import registry
from hearth.hmis.local.models import HouseholdFunding, LocalAnswer
from hearth.hmis.local.questions import LocalQuestionForm
from hearth.hmis.local.stored import due_at_start
from hearth.hmis.local.workings import workings
from hearth.hmis.organizations.entered import Stamp
from hearth.hmis.organizations.form_project import form_project
from hearth.standards.element import HEADS, STAGES

#: Stages at which the money of the household is chosen: by its head.
_START, _CHOOSES = "start", frozenset({"start", "update"})
_COUNTY = field_name(f"Local.{county.FIELD}")
_STAGE_WORDS = {code: name.capitalize() for name, code in STAGES.items()}


class LocalFurtherForm(LocalQuestionForm):
    """The local questions of one person, beside HUD's."""

    @property
    def due(self) -> int:
        """How many required questions have no answer."""
        return len(self.answered.due)

    def keep(self, *, by: User, stamps: Stamp, enrollment: Enrollment, day: date) -> None:
        """Store it with the enrollment, its update or its exit."""
        actions.keep_answers(
            by=by, stamps=stamps, enrollment=enrollment, stage=self.asking.beside.stage, day=day,
            values=self.answered.values, programs=self.answered.programs if self.offered else None,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer in words; `number` is its element's, `question` empty where nobody knows the field any
    more."""

    number: str
    question: str
    value: str
    changed_by: str


@dataclass(frozen=True, slots=True)
class AnswersShown:
    """The local answers of one stay: by record (stage and day) what was said, and the funding with its
    days."""

    records: list[tuple[str, date | None, list[Answer]]]
    funding: list[tuple[str, HouseholdFunding]]
    attached: list[str]
    due: list[str]
    workings: list[tuple[LocalElement, Working]]
    may_record: bool
    is_over: bool
    enrollment: Enrollment
    template: str = "local/parts/answers.html"


class LocalFurther:
    """What is registered with the pages of a stay."""

    def forms(self, data: Mapping[str, Any] | None, askings: Sequence[Asking]) -> Sequence[LocalFurtherForm]:
        """The local questions of people of one household on one day; its money is looked up once."""
        programs = _programs_of(askings[0])
        return [further_form(data, one, programs=programs) for one in askings]

    def history_kinds(self, user: User, enrollment: Enrollment) -> list[Kind]:
        """The answers and the funding, for the change history."""
        return history.kinds(user, enrollment)

    def shown(self, user: User, enrollment: Enrollment) -> AnswersShown:
        """What was answered during a stay."""
        records: dict[tuple[str, date | None], list[Answer]] = {}
        rows = list(queries.answers_of(user, [enrollment.pk]).select_related("updated_by"))
        for one in rows:
            if one.value_text is not None and enrollment.project.is_hidden:
                continue  # an address says where the project is
            records.setdefault((one.stage, one.information_date), []).append(in_words(one))
        catalog = registry().programs
        day = enrollment.entry_date or timezone.localdate()
        attached = queries.attached_to(form_project(enrollment.project, day))
        return AnswersShown(
            records=[(_STAGE_WORDS.get(stage, stage), on, said) for (stage, on), said in records.items()],
            funding=[
                (catalog[one.program].name if one.program in catalog else one.program, one)
                for one in queries.funding_of(user, enrollment)
            ],
            attached=sorted(catalog[code].name for code in attached),
            due=due_at_start(user, enrollment, rows),
            workings=workings(user, enrollment),
            may_record=user.may(Permission.ENROLLMENT_EDIT, project=enrollment.project_id)
            and enrollment.date_deleted is None,
            is_over=is_over(user, enrollment),
            enrollment=enrollment,
        )


def further_form(
    data: Mapping[str, Any] | None,
    asking: Asking,
    said: Mapping[str, Any] | None = None,
    programs: frozenset[str] | None = None,
) -> LocalFurtherForm:
    """The local questions of one person; `said` are earlier answers by name of field, `programs` the money of
    the household, where it is known."""
    attached = queries.attached_to(asking.beside.project)
    if programs is None:
        programs = _programs_of(asking)
    beside = asking.beside
    is_head = beside.person in HEADS
    begins = beside.stage == _START and is_head and said is None
    filled = county.proposed(asking.project) if begins else {}
    made = LocalFurtherForm(
        data,
        asking=asking, registry=registry(), programs=programs, attached=attached,
        chooses=beside.stage in _CHOOSES and is_head,
        said=said if said is not None else filled,
    )  # fmt: skip
    if filled and (field := made.fields.get(_COUNTY)):
        field.help_text = f"{field.help_text} {county.WHY}"
    return made


def _programs_of(asking: Asking) -> frozenset[str]:
    if asking.enrollment is None:
        return frozenset()
    return queries.programs_of(asking.user, asking.enrollment, asking.day)


def in_words(one: LocalAnswer) -> Answer:
    """An answer as it is read: the words of its code in the version under which it was given."""
    changed_by = str(one.updated_by) if one.updated_by else ""
    return Answer(one.element, answer_labels.question_of(one), answer_labels.value_in_words(one), changed_by)
