"""A project of the database as a form sees it, for `hearth standards form NUMBER`."""

from datetime import date
from typing import TYPE_CHECKING, Any

from hearth.server.errors import ServerError
from hearth.standards.form import Project as FormProject

if TYPE_CHECKING:
    from hearth.hmis.organizations.models import Project


#: A fact of a project: its funding sources in words of their own (2.06), one a line.
OTHER_FUNDERS = "Funder.OtherFunder"


def form_project(project: "Project", day: date) -> FormProject:
    """What a form needs to know of a project: its type, and what it has on that day. Grants and coordinated
    entry participations count from their first to their last day, both included; a blank one is open."""
    points = project.ce_participation.filter(
        _on(day, "ce_participation_status_"), access_point=1, date_deleted__isnull=True
    )
    funders = project.funders.filter(_on(day, ""), funder__isnull=False, date_deleted__isnull=True)
    subtype = _code(project.rrh_sub_type)
    paying = list(funders.values_list("funder", "other_funder"))
    named = sorted({words.strip() for _, words in paying if words and words.strip()})
    return FormProject(
        project_type=_code(project.project_type) or "",
        funders=frozenset(str(code) for code, _ in paying),
        rrh_subtypes=frozenset({subtype} if subtype else ()),
        facts={
            "Project.ContinuumProject": _code(project.continuum_project),
            "CEParticipation.AccessPoint": "1" if points.exists() else "0",
            OTHER_FUNDERS: "\n".join(named) or None,
        },
    )


def _on(day: date, prefix: str) -> Any:
    from django.db.models import Q

    begun = Q(**{f"{prefix}start_date__lte": day}) | Q(**{f"{prefix}start_date__isnull": True})
    going_on = Q(**{f"{prefix}end_date__gte": day}) | Q(**{f"{prefix}end_date__isnull": True})
    return begun & going_on


def _code(value: object) -> str | None:
    return None if value is None else str(value)


def find(number: int, day: date | None, acting: str | None) -> tuple[FormProject, date]:
    """The project of a number, as in the address of its page, on a day (today); in the name of a system
    administrator. ServerError when there is none, or when it has no type."""
    from hearth.hmis.access import command_line

    command_line.prepare()
    from django.utils import timezone

    from hearth.hmis.organizations.models import Project

    user = command_line.acting_administrator(acting)
    project = Project.objects.restrict(user).filter(pk=number, date_deleted__isnull=True).first()
    if project is None:
        raise ServerError(f"There is no project {number}: its number is in the address of its page.")
    if project.project_type is None:
        raise ServerError(f"Project {number} has no project type, which decides what it asks.")
    day = day or timezone.localdate()
    return form_project(project, day), day
