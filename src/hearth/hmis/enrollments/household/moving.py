"""An enrollment that was entered for the wrong person or in the wrong project, moved to the right one.

What hangs on it goes along, with its keys: exports say the same EnrollmentID with another PersonalID or
ProjectID and a new DateUpdated. Who sees it follows from the right person's answer about sharing and from the
right project; of whose it was by mistake nothing is left to be seen (ADR 41).
"""

from collections.abc import Iterable, Sequence
from datetime import date

from django.db import connection

from hearth.formats import counted
from hearth.hmis.access.models import User
from hearth.hmis.clients.models import Client
from hearth.hmis.clients.templatetags.clients import full_name
from hearth.hmis.enrollments.household import corrections
from hearth.hmis.enrollments.household.plan import NOW, OWN_HOUSEHOLD, Plan
from hearth.hmis.enrollments.models import Enrollment, FormerClient
from hearth.hmis.enrollments.queries import BED_NIGHT
from hearth.hmis.enrollments.start.choose import wrong_day
from hearth.hmis.enrollments.start.questions import HEAD, NIGHT_BY_NIGHT, STAGE, person_of
from hearth.hmis.organizations.choices import cocs_of
from hearth.hmis.organizations.entered import entered_here
from hearth.hmis.organizations.form_project import form_project
from hearth.hmis.organizations.models import Project
from hearth.hmis.ui import formats
from hearth.standards import load
from hearth.standards.form import REQUIRED, questions
from hearth.standards.load import MODEL_YEAR


def to_person(user: User, household: Sequence[Enrollment], stay: Enrollment, right: Client) -> Plan:
    """One enrollment to the person whose it is."""
    plan = Plan()
    if right.pk in {one.client_id for one in household}:
        plan.impossible = (
            "This person is in the household already. Remove the enrollment that is one too many instead."
        )
    end = corrections.exit_of(stay)
    last, day = end.exit_date if end else None, stay.entry_date
    if sentence := corrections.overlap(user, stay, day, last, client=right.pk):
        plan.impossible = plan.impossible or sentence
    if day is not None and (sentence := wrong_day(right, stay.project, day)):
        plan.impossible = plan.impossible or sentence
    plan.change(stay, "client_id", right.pk, said=(named(stay.client), named(right)))
    for record in corrections.records_of(user, stay):
        plan.touch(record)
    if plan.impossible:
        return plan
    plan.notes.append(
        "Who else sees the enrollment follows from the answer of the right person about sharing. Nobody but"
        " you can see whose it was before, and you for a day, to undo it."
    )
    if day is not None and (more := _more(stay.project, stay.project, stay, day, by=right)):
        plan.notes.append(f"Asked of the right person, and due now: {', '.join(more)}.")
    return plan


def to_project(
    user: User,
    household: Sequence[Enrollment],
    moved: Sequence[Enrollment],
    right: Project,
    *,
    without_nights: bool = False,
) -> Plan:
    """Enrollments of a household to the project that they are in. All of it stays the household that it is;
    who is moved alone is one of their own there."""
    plan, going = Plan(), {one.pk for one in moved}
    left = [one for one in household if one.pk not in going]
    if left and any(one.relationship_to_hoh == HEAD for one in moved):
        plan.impossible = "The head cannot go alone. Move the whole household, or choose another head first."
    is_own = bool(left) or _is_taken(moved, right)
    for one in moved:
        if one.project_id == right.pk:
            plan.impossible = "The enrollment is in this project already."
            return plan
        if sentence := _why_not(user, one, right):
            plan.impossible = plan.impossible or sentence
        plan.change(one, "project_id", right.pk, said=(str(one.project), str(right)))
        if is_own:
            plan.change(one, "household_id", OWN_HOUSEHOLD)
            plan.change(one, "household_data_source", entered_here())
        if left:
            plan.change(one, "relationship_to_hoh", HEAD)
        _coc(plan, one, right, is_head=bool(left) or one.relationship_to_hoh == HEAD)
        _records(plan, user, one, right, without_nights=without_nights)
    if plan.impossible:
        return plan
    first = moved[0]
    if first.entry_date is not None:
        if more := _more(first.project, right, first, first.entry_date):
            plan.notes.append(f"Asked there, and due now: {', '.join(more)}.")
        if less := _more(right, first.project, first, first.entry_date):
            plan.notes.append(f"Not asked there; what was answered stays: {', '.join(less)}.")
    if right.project_type == NIGHT_BY_NIGHT != first.project.project_type:
        plan.notes.append("Bed nights are recorded there, and none is here yet.")
    return plan


def former_client(user: User, stay: Enrollment, transaction: str) -> Client | None:
    """Whose an enrollment was before the user moved it in a transaction; None where it was moved in none, or
    where that person is no longer for the user to know."""
    rows = FormerClient.objects.restrict(user).filter(enrollment=stay)
    table = FormerClient._meta.db_table
    written = rows.extra(where=[f'"{table}".xmin::text = %s'], params=[transaction])  # noqa: S610  # ours
    found = written.select_related("client").first()
    return found.client if found else None


def forget() -> str | None:
    """Every night: forget whose enrollments were that can no longer be moved back; what was done."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT hearth_forget_former_clients()")
        gone = int(cursor.fetchone()[0])
    return f"{counted(gone, 'former client')} forgotten" if gone else None


def named(client: Client) -> str:
    """As the page of a move says who it is."""
    return f"{full_name(client)}, client ID {client.pk}"


def _why_not(user: User, one: Enrollment, right: Project) -> str:
    end, day = corrections.exit_of(one), one.entry_date
    last = end.exit_date if end else None
    if day is not None and (sentence := wrong_day(one.client, right, day)):
        return sentence
    closed = right.operating_end_date
    if closed is not None and (last is None or last > closed):
        return f"The project ended on {formats.day(closed)}. Record an exit by that day first."
    return corrections.overlap(user, one, day, last, project=right.pk)


def _is_taken(moved: Iterable[Enrollment], right: Project) -> bool:
    """Whether people are there whose HouseholdID would be the same; asked past deleted ones too, which come
    back when that is undone."""
    keys = {one.household_id for one in moved if one.household_id}
    return Enrollment.objects.filter(project=right, household_id__in=keys).exists()


def _coc(plan: Plan, one: Enrollment, right: Project, *, is_head: bool) -> None:
    cocs = cocs_of(right)
    if one.enrollment_coc in cocs or not (one.enrollment_coc or is_head):
        return
    plan.change(one, "enrollment_coc", cocs[0] if len(cocs) == 1 and is_head else None)
    if is_head and len(cocs) > 1:
        plan.notes.append("The project is in several CoCs: say which afterwards, by Change the CoC.")


def _records(plan: Plan, user: User, one: Enrollment, right: Project, *, without_nights: bool) -> None:
    """All that hangs on it goes along, but bed nights where none are kept."""
    nights = 0
    for record in corrections.records_of(user, one):
        if getattr(record, "record_type", None) == BED_NIGHT and right.project_type != NIGHT_BY_NIGHT:
            nights += 1
            plan.change(record, "date_deleted", NOW)
        else:
            plan.touch(record)
    if nights and not without_nights:
        plan.impossible = plan.impossible or (
            f"{formats.counted(nights, 'bed night')} {'is' if nights == 1 else 'are'} recorded, and the right"
            " project keeps none: tick that they are removed."
        )


def _more(
    before: Project, after: Project, stay: Enrollment, day: date, by: Client | None = None
) -> list[str]:
    """Elements required at the start in one project and not in the other, or of another person (`by`)."""

    def asked(project: Project, client: Client) -> dict[str, str]:
        person = person_of(client, stay.relationship_to_hoh or 0, day)
        found = questions(load(MODEL_YEAR), form_project(project, day), STAGE, person)
        return {one.element.number: one.element.name for one in found if one.asked == REQUIRED}

    known = asked(before, stay.client)
    return [
        f"{name} ({number})"
        for number, name in asked(after, by or stay.client).items()
        if number not in known
    ]
