"""What is put right in a household, as a plan that is looked at first: another head, another first day,
an enrollment that was a mistake or whose exit was, households that are to be two or one.

HUD's files know one relationship for a whole stay and no day on which it changed, so that another head is the
head from the first day on (HMIS Data Standards Manual FY2026, 3.15).
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from django.apps import apps

from hearth.hmis.access.models import User
from hearth.hmis.access.permissions import Permission
from hearth.hmis.enrollments.disabling_now import disabling_without
from hearth.hmis.enrollments.exiting import STAGE as EXIT
from hearth.hmis.enrollments.household.plan import NOW, OWN_HOUSEHOLD, Plan
from hearth.hmis.enrollments.models import CurrentLivingSituation, Disabilities, Enrollment, Exit, Services
from hearth.hmis.enrollments.models.base import EnrollmentRecord
from hearth.hmis.enrollments.queries import BED_NIGHT
from hearth.hmis.enrollments.start.choose import wrong_day
from hearth.hmis.enrollments.start.questions import HEAD, STAGE, person_of
from hearth.hmis.organizations.choices import cocs_of
from hearth.hmis.organizations.entered import entered_here
from hearth.hmis.organizations.form_project import form_project
from hearth.hmis.ui import formats
from hearth.standards import load
from hearth.standards.form import REQUIRED, questions
from hearth.standards.load import MODEL_YEAR

#: Of list 5.03.1.
_START_STAGE, _EXIT_STAGE = 1, 3
_DAYS = ("information_date", "date_provided", "assessment_date", "event_date", "begins_on")


def members(user: User, enrollment: Enrollment) -> list[Enrollment]:
    """Everybody of the household, those who left too; the head first."""
    rows = Enrollment.objects.restrict(user).filter(project=enrollment.project_id, date_deleted=None)
    one_alone = rows.filter(pk=enrollment.pk)
    if enrollment.household_id:
        one_alone = rows.filter(household_id=enrollment.household_id)
    found = one_alone.select_related("client", "project", "data_source").prefetch_related("exit_set")
    return sorted(found, key=lambda one: (one.relationship_to_hoh != HEAD, one.pk))


def removed(user: User, pk: int) -> Enrollment | None:
    """An enrollment that is deleted, of a project in which the user enrolls people."""
    rows = Enrollment.objects.restrict(user).filter(pk=pk, date_deleted__isnull=False)
    found = rows.select_related("client", "project").first()
    return found if found and user.may(Permission.ENROLLMENT_EDIT, project=found.project_id) else None


def exit_of(enrollment: Enrollment) -> Exit | None:
    """The exit that holds; `exit_set` should be fetched before."""
    return next((one for one in enrollment.exit_set.all() if one.date_deleted is None), None)


def change_head(household: Sequence[Enrollment], head: int, relations: Mapping[int, int]) -> Plan:
    """Another head, with everybody's relationship to them. The CoC of the enrollment (3.16) and the move-in
    date (3.20) are the head's: the new head gets them, the second not before their own first day."""
    plan = Plan()
    new = next((one for one in household if one.pk == head), None)
    if new is None:  # left or removed by somebody else meanwhile
        plan.impossible = "The new head is no longer in the household. Open the page again."
        return plan
    old = next((one for one in household if one.relationship_to_hoh == HEAD and one is not new), None)
    for one in household:
        if one is not new:
            plan.change(one, "relationship_to_hoh", relations.get(one.pk, one.relationship_to_hoh))
    plan.change(new, "relationship_to_hoh", HEAD)
    if not plan.changes:
        plan.impossible = "Nothing would change: this is the head, and the relationships are these."
    if any(
        one.relationship_to_hoh == HEAD and one is not new and one.pk not in relations for one in household
    ):
        plan.impossible = "Say how the head of now is related to the new head."
    if old is None:
        return plan
    if old.enrollment_coc:
        plan.change(new, "enrollment_coc", old.enrollment_coc)
    first, end = new.entry_date, exit_of(new)
    if old.move_in_date is not None and new.move_in_date is None and first is not None:
        moved_in = max(old.move_in_date, first)
        if end is None or end.exit_date is None or moved_in <= end.exit_date:
            plan.change(new, "move_in_date", moved_in)
    if first is not None and old.entry_date is not None and first > old.entry_date:
        plan.notes.append(
            f"The new head came on {formats.day(first)}, the household on {formats.day(old.entry_date)}:"
            " for the days between, HUD's files name no head."
        )
    if due := _due_of_head(new):
        plan.notes.append(f"Asked of a head, and due now for the new one: {', '.join(due)}.")
    return plan


def change_coc(household: Sequence[Enrollment], coc: str) -> Plan:
    """Another CoC (3.16), one of the project's: the head's, and of members who have one. HUD keeps one for
    the whole stay and no day; the change history says since when it was recorded so."""
    plan = Plan()
    for one in household:
        if one.relationship_to_hoh == HEAD or one.enrollment_coc:
            plan.change(one, "enrollment_coc", coc)
    if not plan.changes:
        plan.impossible = "Nothing would change: the household is in this CoC already."
    if not any(one.relationship_to_hoh == HEAD for one in household):
        plan.impossible = "The household has no head, whose CoC it is. Choose the head first."
    if household and coc not in cocs_of(household[0].project):
        plan.impossible = "The project is not in this CoC any more. Open the page again."
    return plan


def _due_of_head(new: Enrollment) -> list[str]:
    day = new.entry_date
    if day is None:
        return []
    project = form_project(new.project, day)

    def asked(relationship: int) -> dict[str, str]:
        person = person_of(new.client, relationship, day)
        found = questions(load(MODEL_YEAR), project, STAGE, person)
        return {one.element.number: one.element.name for one in found if one.asked == REQUIRED}

    before = asked(new.relationship_to_hoh or 0)
    return [
        f"{name} ({number})" for number, name in asked(HEAD).items() if number not in before | {"3.16": ""}
    ]


def move_start(
    user: User, enrollments: Sequence[Enrollment], day: date, *, without_nights: bool = False
) -> Plan:
    """Another first day, with what was dated by it: the records of the start, what was recorded as of that
    very day where it must follow, and, where `without_nights`, no bed nights before it."""
    plan = Plan()
    for one in enrollments:
        before = one.entry_date
        if sentence := why_not_start(user, one, day):
            plan.impossible = sentence
        plan.change(one, "entry_date", day)
        for name in ("move_in_date", "date_of_engagement", "date_of_path_status"):
            known = getattr(one, name)
            if known is not None and known < day:
                if known != before:
                    plan.impossible = (
                        f"A date of move-in, engagement or PATH status, {formats.day(known)}, is before that"
                        " day."
                        " Correct it first."
                    )
                plan.change(one, name, day)
        homeless_since = one.date_to_street_essh
        if homeless_since is not None and homeless_since > day:
            if homeless_since == before:
                plan.change(one, "date_to_street_essh", day)
            else:
                plan.notes.append(
                    f"Homelessness began on {formats.day(homeless_since)}, as it is recorded, which is after"
                    " that day. Correct it afterwards, or choose another day."
                )
        early, nights = 0, 0
        records = list(records_of(user, one))
        has_night = any(_is_night(record) and record.date_provided == day for record in records)
        for record in records:
            name = next((name for name in _DAYS if hasattr(record, name)), "")
            known = getattr(record, name, None) if name else None
            is_of_start = _is_of_start(record)
            if known is None:
                continue
            if known == before and (
                is_of_start or (isinstance(record, CurrentLivingSituation) and known < day)
            ):
                plan.change(record, name, day)
            elif known == before and known < day and _is_night(record) and not has_night:
                plan.change(record, name, day)
                has_night = True
            elif known < day and _is_night(record):
                nights += 1
                plan.change(record, "date_deleted", NOW)
            elif known < day:
                early += 1
        if nights and not without_nights:
            plan.impossible = (
                f"{formats.counted(nights, 'bed night')} before that day: tick that they were none, or keep"
                " the first day."
            )
        if early:
            plan.impossible = (
                f"{formats.counted(early, 'record')} of this stay with an earlier day. Correct that first, or"
                " choose another day."
            )
    if not plan.changes:
        plan.impossible = "That is the first day already."
    return plan


def _is_of_start(record: EnrollmentRecord) -> bool:
    """A record of the start, HUD's or a local one, or something that began with the stay."""
    is_local = getattr(record, "stage", None) == STAGE
    is_of_huds = getattr(record, "data_collection_stage", None) == _START_STAGE
    return is_of_huds or is_local or hasattr(record, "begins_on")


def _is_night(record: EnrollmentRecord) -> bool:
    return isinstance(record, Services) and record.record_type == BED_NIGHT


def why_not_start(user: User, one: Enrollment, day: date) -> str:
    """What makes a day impossible as the first of a stay, in a sentence; empty where nothing does."""
    if sentence := wrong_day(one.client, one.project, day):
        return sentence
    end = exit_of(one)
    last = end.exit_date if end else None
    if last is not None and last < day:
        return f"The stay ended on {formats.day(last)}. Choose an earlier day, or correct the exit."
    return overlap(user, one, day, last)


def overlap(
    user: User,
    one: Enrollment,
    first: date | None,
    last: date | None,
    *,
    client: int | None = None,
    project: int | None = None,
) -> str:
    """Whether the client is in the same project twice then, from `first` to before `last` (None: open); or
    would be, were the enrollment another `client`'s or in another `project`."""
    others = Enrollment.objects.restrict(user).filter(
        client=client or one.client_id, project=project or one.project_id, date_deleted=None
    )
    for other in others.exclude(pk=one.pk).prefetch_related("exit_set"):
        end = exit_of(other)
        until = end.exit_date if end else None
        begins_before_end = last is None or other.entry_date is None or other.entry_date < last
        ends_after_begin = until is None or first is None or until > first
        if begins_before_end and ends_after_begin:
            when = formats.day(other.entry_date) if other.entry_date else "a day that is not recorded"
            return f"The client has another stay there since {when}, and the two would overlap."
    return ""


def remove(user: User, household: Sequence[Enrollment], mistaken: Sequence[Enrollment]) -> Plan:
    """Enrollments that never were: they and all that hangs on them are deleted, as HUD's files say it
    (DateDeleted)."""
    plan = Plan()
    left = [one for one in household if one.pk not in {other.pk for other in mistaken}]
    if left and any(one.relationship_to_hoh == HEAD for one in mistaken):
        plan.impossible = (
            "The head cannot be taken out while others stay. Choose another head first, or remove all."
        )
    for one in mistaken:
        for record in (*records_of(user, one), one):
            plan.change(record, "date_deleted", NOW)
    return plan


def reopen(user: User, household: Sequence[Enrollment], back: Sequence[Enrollment]) -> Plan:
    """Exits that never were: they and the records of the exit are deleted. A disabling condition (3.08) that
    was Yes by what was answered then alone goes back to what is left."""
    plan = Plan()
    for one in back:
        end = exit_of(one)
        if end is None:
            continue
        if sentence := overlap(user, one, one.entry_date, None):
            plan.impossible = sentence
        plan.change(end, "date_deleted", NOW)
        gone: set[int] = set()
        for record in records_of(user, one):
            is_local = getattr(record, "stage", None) == EXIT
            if is_local or getattr(record, "data_collection_stage", None) == _EXIT_STAGE:
                plan.change(record, "date_deleted", NOW)
                if isinstance(record, Disabilities):
                    gone.add(record.pk)
        if (condition := disabling_without(user, one, gone)) is not None:
            plan.change(one, "disabling_condition", condition)
    if not plan.changes:
        plan.impossible = "No exit is recorded."
    reopened = {one.pk for one in back}
    heads = [one for one in household if one.relationship_to_hoh == HEAD]
    if any(exit_of(one) and one.pk not in reopened for one in heads):
        plan.impossible = "The head has left. Reopen all of the household, or choose another head first."
    return plan


def separate(
    household: Sequence[Enrollment], leaving: Sequence[Enrollment], head: int, relations: Mapping[int, int]
) -> Plan:
    """Some of a household become one of their own, with a head of their own, from the first day on."""
    plan, going = Plan(), {one.pk for one in leaving}
    left = [one for one in household if one.pk not in going]
    if not left or not going:
        plan.impossible = "Choose some of the household, not all."
    elif head not in going:
        plan.impossible = "The head of the new household must be among those who form it."
    elif not any(one.relationship_to_hoh == HEAD for one in left):
        plan.impossible = "The head of now is among them. Choose another head for those who stay first."
    here = entered_here()
    for one in leaving:
        plan.change(one, "household_id", OWN_HOUSEHOLD)
        plan.change(one, "household_data_source", here)
        plan.change(
            one,
            "relationship_to_hoh",
            HEAD if one.pk == head else relations.get(one.pk, one.relationship_to_hoh),
        )
    coc = next((one.enrollment_coc for one in household if one.enrollment_coc), None)
    for one in leaving:
        if one.pk == head and not one.enrollment_coc and coc:
            plan.change(one, "enrollment_coc", coc)
    return plan


def unite(household: Sequence[Enrollment], other: Sequence[Enrollment], relations: Mapping[int, int]) -> Plan:
    """Two households of a project become one: the first's people join the other, whose head stays."""
    plan = Plan()
    head = next((one for one in other if one.relationship_to_hoh == HEAD), None)
    if head is None or not head.household_id:
        plan.impossible = "The other household has no head."
        return plan
    if {one.client_id for one in household} & {one.client_id for one in other}:
        plan.impossible = "Somebody is in both households. Remove the enrollment that was a mistake."
    if any(one.pk not in relations for one in household):
        plan.impossible = "Say how everybody is related to the head of the other household."
    for one in household:
        plan.change(one, "relationship_to_hoh", relations.get(one.pk, one.relationship_to_hoh))
        plan.change(one, "household_id", head.household_id)
        plan.change(one, "household_data_source", head.household_data_source or head.data_source)
    return plan


def open_household_of(user: User, enrollment: Enrollment, client: int) -> list[Enrollment]:
    """The household in which a client is in the same project now; none where there is none to see."""
    for one in Enrollment.objects.restrict(user).filter(
        client=client, project=enrollment.project_id, date_deleted=None
    ).order_by("-entry_date", "-pk"):  # fmt: skip
        found = members(user, one)
        if any(exit_of(member) is None for member in found) and one.household_id != enrollment.household_id:
            return found
    return []


def records_of(user: User, enrollment: Enrollment) -> Iterator[EnrollmentRecord]:
    """All that hangs on an enrollment and is not deleted, whatever application it is of."""
    for model in apps.get_models():
        if issubclass(model, EnrollmentRecord):
            yield from (
                model.objects.restrict(user).filter(enrollment=enrollment, date_deleted=None).order_by("pk")
            )
