"""What is due of an enrollment on a day: said in one place for every page and list.

- An annual assessment that is coming, open or overdue (`annual.py`), where the standards ask one.
- The move-in date of a head of household in permanent housing who has none (3.20).
- The military service of a veteran of whom nothing is recorded, where the project asks it (V1).
- Who came of age during the stay and was not asked since what adults are asked, or will within 30 days.
- Answers that are stored as "Data not collected", and an exit without a destination.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Exists, Min, OuterRef, QuerySet
from django.urls import reverse

from hearth.hmis.access.models import User
from hearth.hmis.access.permissions import Permission
from hearth.hmis.clients.intake.identity import ADULT
from hearth.hmis.enrollments import queries
from hearth.hmis.enrollments.annual import COMING, NOTICE, OPEN, OVERDUE, annual_due
from hearth.hmis.enrollments.models import Enrollment, Exit, HealthAndDV, IncomeBenefits
from hearth.hmis.enrollments.queries import Stay
from hearth.hmis.enrollments.stages.correcting import EXIT, REMOVABLE, TITLES
from hearth.hmis.enrollments.stages.points import BY_SLUG, is_asked
from hearth.hmis.enrollments.stages.questions import ANNUAL, UPDATE, asks, recorded_as
from hearth.hmis.enrollments.stages.service import is_due
from hearth.hmis.enrollments.start.questions import person_of
from hearth.hmis.enrollments.unanswered import (
    Unanswered,
    exits_without_destination,
    has_no_destination,
    unanswered,
)
from hearth.hmis.organizations.form_project import FormProjects
from hearth.hmis.ui import formats
from hearth.standards import load
from hearth.standards.form import Project, questions
from hearth.standards.form_days import anniversary
from hearth.standards.load import MODEL_YEAR

#: Stage and day of what was recorded, as (code of 5.03.1, InformationDate).
StageDay = tuple[int | None, date | None]
_ORDER = {OVERDUE: 0, OPEN: 1, COMING: 2}
#: Exits without a destination are due so long: what is older is work for lists of reports.
_LOOKED_BACK = timedelta(days=365)
_MOVE_IN = BY_SLUG["move-in"]


@dataclass(frozen=True, slots=True)
class Due:
    """One line: what is due of which enrollment, `by` a day (None: as soon as it is known), and where it is
    answered. `state` is coming, open or overdue."""

    enrollment: Enrollment
    title: str
    state: str
    by: date | None
    address: str

    @property
    def order(self) -> tuple[Any, ...]:
        """Overdue first, then by day; what has no day after what has one."""
        return (_ORDER[self.state], self.by is None, self.by or date.max, self.enrollment.pk)


def due_of(
    enrollment: Enrollment,
    *,
    exit: date | None,
    household_start: date | None,
    recorded: Collection[StageDay],
    place: Project,
    today: date,
) -> list[Due]:
    """What is due of one enrollment. `household_start`: the earliest start of its household; `recorded`: the
    records of updates and annual assessments; `place`: its project as of today. Asks no database."""
    entry, client = enrollment.entry_date, enrollment.client
    if entry is None or enrollment.date_deleted is not None or not place.project_type:
        return []
    found = []
    person = person_of(client, enrollment.relationship_to_hoh or 0, today)
    is_open = exit is None or exit > today
    if asks(place, ANNUAL, person):
        annual = annual_due(
            household_start=min(household_start or entry, entry),
            entry=entry,
            exit=exit,
            assessed=[day for stage, day in recorded if day and stage == recorded_as(ANNUAL)],
            today=today,
        )
        if annual is not None and (is_open or annual.state == OVERDUE):
            window = annual.window
            words = {
                COMING: f"Annual assessment from {formats.day(window.first)}",
                OPEN: f"Annual assessment by {formats.day(window.last)}",
                OVERDUE: f"Annual assessment was due by {formats.day(window.last)}",
            }
            by = window.first if annual.state == COMING else window.last
            address = reverse("enrollments:stage", args=[enrollment.pk, ANNUAL])
            found.append(Due(enrollment, words[annual.state], annual.state, by, address))
    if is_open and enrollment.move_in_date is None and is_asked(_MOVE_IN, place, person):
        address = reverse("enrollments:point", args=[enrollment.pk, _MOVE_IN.slug])
        found.append(Due(enrollment, "Move-in date, if moved in", OPEN, None, address))
    if is_open and is_due(place, enrollment, today):
        address = reverse("enrollments:service", args=[enrollment.pk])
        found.append(Due(enrollment, "Military service, asked of veterans here", OPEN, None, address))
    if is_open and (birthday := _comes_of_age(enrollment, entry)) and birthday <= today + NOTICE:
        later = (UPDATE, ANNUAL)
        is_asked_since = any(
            day and day >= birthday and stage in {recorded_as(one) for one in later}
            for stage, day in recorded
        )
        if not is_asked_since and _more_of_adults(place, enrollment):
            address = reverse("enrollments:stage", args=[enrollment.pk, UPDATE])
            if birthday > today:
                words_of_age, state = f"Turns 18 on {formats.day(birthday)}: more is asked then", COMING
            else:
                words_of_age, state = f"Turned 18 on {formats.day(birthday)}: ask as an adult", OPEN
            found.append(Due(enrollment, words_of_age, state, birthday, address))
    return sorted(found, key=lambda one: one.order)


def _comes_of_age(enrollment: Enrollment, entry: date) -> date | None:
    """The 18th birthday of who began as a minor; None where it is not known, or not for this user to know."""
    client = enrollment.client
    if "dob" in client.withheld or client.dob is None or client.dob.year > entry.year:
        return None
    birthday = anniversary(client.dob, ADULT)
    return birthday if birthday > entry else None


def _more_of_adults(place: Project, enrollment: Enrollment) -> bool:
    head = "hoh_" if enrollment.relationship_to_hoh == queries.HEAD else ""
    adult, child = (
        {one.name for one in questions(load(MODEL_YEAR), place, UPDATE, f"{head}{who}")}
        for who in ("adult", "child")
    )
    return bool(adult - child)


def unanswered_of(enrollment: Enrollment, missing: Unanswered) -> list[Due]:
    """A line for each stage and day of which answers are missing, and where they are given."""
    lines = []
    for (stage, day), count in sorted(missing.items(), key=lambda one: one[0][1]):
        which = TITLES[stage].lower() + (f" of {formats.day(day)}" if stage in REMOVABLE else "")
        title = f"{formats.counted(count, 'answer')} of the {which} not collected"
        address = reverse("enrollments:correct_answers", args=[enrollment.pk, stage, day.isoformat()])
        lines.append(Due(enrollment, title, OPEN, None, address))
    return lines


def without_destination(enrollment: Enrollment, end: Exit) -> Due | None:
    """The line of an exit that does not say where the client went; None where its day is not known."""
    if end.exit_date is None:
        return None
    address = reverse("enrollments:correct_answers", args=[enrollment.pk, EXIT, end.exit_date.isoformat()])
    return Due(enrollment, "Exit without a destination", OPEN, None, address)


# ------------------------------------------------------------------ of what is read


def of_stays(
    user: User, stays: Iterable[Stay], recorded: dict[int, list[StageDay]], places: FormProjects, today: date
) -> list[Due]:
    """What is due of stays that were read with their households, where the user works; one further query."""
    own = [
        stay for stay in stays
        if user.may(Permission.ENROLLMENT_EDIT, project=stay.enrollment.project_id)
        and stay.enrollment.date_deleted is None
    ]  # fmt: skip
    missing = unanswered(user, [stay.enrollment for stay in own])
    found: list[Due] = []
    for stay in own:
        one = stay.enrollment
        starts = [
            day for other in stay.others
            if other.enrollment.date_deleted is None and (day := other.enrollment.entry_date)
        ]  # fmt: skip
        end = stay.exit if stay.exit is not None and stay.exit.date_deleted is None else None
        found += due_of(
            one, exit=end.exit_date if end else None, household_start=min(starts, default=None),
            recorded=recorded.get(one.pk, []), place=places.on(one.project, today), today=today,
        )  # fmt: skip
        if one.project.project_type is None:
            continue
        if end is not None and has_no_destination(user, end) and (line := without_destination(one, end)):
            found.append(line)
        found += unanswered_of(one, missing.get(one.pk, {}))
    return sorted(found, key=lambda line: line.order)


def recorded_days(user: User, enrollments: Iterable[int]) -> dict[int, list[StageDay]]:
    """The days of updates and annual assessments of enrollments; two queries."""
    found: dict[int, list[StageDay]] = defaultdict(list)
    ids, stages = list(enrollments), [recorded_as(UPDATE), recorded_as(ANNUAL)]
    for model in (IncomeBenefits, HealthAndDV):
        rows = queries.records(user, model, ids, date_deleted__isnull=True, data_collection_stage__in=stages)
        for pk, stage, day in rows.values_list("enrollment", "data_collection_stage", "information_date"):
            found[pk].append((stage, day))
    return found


def open_enrollments(user: User, today: date) -> QuerySet[Enrollment]:
    """Enrollments without an exit by today, in projects where the user enrolls people by a grant there."""
    over = Exit.objects.restrict(user).filter(
        enrollment=OuterRef("pk"), date_deleted=None, exit_date__lte=today
    )
    return (
        Enrollment.objects.restrict(user)
        .filter(date_deleted=None, client__date_deleted=None, entry_date__lte=today)
        .filter(project__any_of=user.projects(Permission.ENROLLMENT_EDIT), project__date_deleted=None)
        .filter(~Exists(over))
        .select_related("client", "project")
    )


def household_starts(user: User, enrollments: Iterable[Enrollment]) -> dict[tuple[int, str], date]:
    """The earliest start by (project, HouseholdID); one query."""
    wanted = {(one.project_id, one.household_id) for one in enrollments if one.household_id}
    rows = (
        Enrollment.objects.restrict(user)
        .filter(date_deleted=None, project__in={project for project, _ in wanted})
        .filter(household_id__in={household for _, household in wanted})
        .values_list("project", "household_id")
        .annotate(first=Min("entry_date"))
    )
    return {(project, household): first for project, household, first in rows if first}


def of_enrollments(user: User, enrollments: Iterable[Enrollment], today: date) -> dict[int, list[Due]]:
    """What is due of open enrollments, by enrollment; six queries however many there are."""
    rows = list(enrollments)
    starts = household_starts(user, rows)
    recorded = recorded_days(user, [one.pk for one in rows])
    places = FormProjects({one.project_id: one.project for one in rows}.values())
    missing = unanswered(user, [one for one in rows if one.project.project_type is not None])
    return {
        one.pk: due_of(
            one, exit=None, household_start=starts.get((one.project_id, one.household_id or "")),
            recorded=recorded.get(one.pk, []), place=places.on(one.project, today), today=today,
        ) + unanswered_of(one, missing.get(one.pk, {}))
        for one in rows
    }  # fmt: skip


def of_exits(user: User, today: date) -> list[Due]:
    """Exits of the last year without a destination, in projects where the user enrolls people by a grant
    there; one query."""
    ends = exits_without_destination(
        user, user.projects(Permission.ENROLLMENT_EDIT), today - _LOOKED_BACK, today
    )
    return [line for end in ends if (line := without_destination(end.enrollment, end))]
