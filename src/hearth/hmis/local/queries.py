"""Reading local answers and the state and local funding of households, for whoever may."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet

from hearth.hmis.access.models import User
from hearth.hmis.enrollments.models import Enrollment
from hearth.hmis.local.mn.registry import registry
from hearth.hmis.local.models import HouseholdFunding, LocalAnswer
from hearth.hmis.organizations.form_project import OTHER_FUNDERS
from hearth.standards.form import Project as FormProject


def answers_of(user: User, enrollments: Iterable[int]) -> QuerySet[LocalAnswer]:
    """Answers of these enrollments, the latest first, of one day in the order of elements."""
    rows = LocalAnswer.objects.restrict(user).filter(enrollment__in=list(enrollments), date_deleted=None)
    return rows.order_by("-information_date", "stage", "element", "id")


def funding_of(user: User, enrollment: Enrollment) -> QuerySet[HouseholdFunding]:
    """The funding of a stay's household, in the order in which it began."""
    return HouseholdFunding.objects.restrict(user).filter(
        enrollment__in=list(household(user, enrollment)), date_deleted=None
    ).order_by("begins_on", "program", "id")  # fmt: skip


def funding_in(user: User, projects: Iterable[int]) -> dict[tuple[Any, ...], list[HouseholdFunding]]:
    """The funding of all households of projects, by household (`together`); one query."""
    found: dict[tuple[Any, ...], list[HouseholdFunding]] = defaultdict(list)
    rows = HouseholdFunding.objects.restrict(user).filter(
        project__in=list(projects), date_deleted=None, enrollment__date_deleted=None
    )
    for one in rows.select_related("enrollment"):
        found[together(one.enrollment)].append(one)
    return found


def together(stay: Enrollment) -> tuple[Any, ...]:
    """What is equal of stays of one household, in one project."""
    if not stay.household_id:
        return (stay.pk,)
    return (stay.project_id, stay.household_data_source_id or stay.data_source_id, stay.household_id)


def household(user: User, enrollment: Enrollment) -> list[int]:
    """The enrollments of a stay's household that the user may see, its own among them."""
    if not enrollment.household_id:
        return [enrollment.pk]
    rows = Enrollment.objects.restrict(user).filter(
        project=enrollment.project_id, household_id=enrollment.household_id, date_deleted=None
    )
    source = enrollment.household_data_source_id or enrollment.data_source_id
    named = Q(household_data_source=source) | Q(household_data_source=None, data_source=source)
    return sorted({enrollment.pk, *rows.filter(named).values_list("pk", flat=True)})


def programs_of(user: User, enrollment: Enrollment, day: date) -> frozenset[str]:
    """The programs whose money the household has on a day, without those of its project."""
    running = Q(ends_on=None) | Q(ends_on__gte=day)
    rows = funding_of(user, enrollment).filter(running, begins_on__lte=day)
    return frozenset(rows.values_list("program", flat=True))


def attached_to(project: FormProject) -> frozenset[str]:
    """Programs that are a funding source of the project itself (2.06, in words of its own), and so of all its
    households: named by the short name or the name of the catalog."""
    named = {words.casefold() for words in (project.facts.get(OTHER_FUNDERS) or "").splitlines()}
    return frozenset(
        code for code, one in registry().programs.items() if named & {code.casefold(), one.name.casefold()}
    )
