"""A project of the database as a form sees it, for `hearth standards form NUMBER`."""

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING, Any

from hearth.server.errors import ServerError
from hearth.standards.form import Project as FormProject

if TYPE_CHECKING:
    from hearth.hmis.organizations.models import Project


#: A fact of a project: its funding sources in words of their own (2.06), one a line.
OTHER_FUNDERS = "Funder.OtherFunder"


class FormProjects:
    """Projects as forms see them on any day; two queries, however many projects and days there are.

    Grants and coordinated entry participations count from their first to their last day, both included; a
    blank one is open.
    """

    def __init__(self, projects: "Iterable[Project]") -> None:
        from django.db.models import prefetch_related_objects

        known = list(projects)
        if known:
            prefetch_related_objects(known, "funders", "ce_participation")
        self._known = {one.pk: one for one in known}
        self._made: dict[tuple[int, date], FormProject] = {}

    def on(self, project: "Project", day: date) -> FormProject:
        """What a form needs to know of one of them: its type, and what it has on that day."""
        key = (project.pk, day)
        if key not in self._made:
            self._made[key] = _made(self._known[project.pk], day)
        return self._made[key]


def form_project(project: "Project", day: date) -> FormProject:
    """What a form needs to know of a project on a day."""
    return FormProjects([project]).on(project, day)


def _made(project: "Project", day: date) -> FormProject:
    subtype = _code(project.rrh_sub_type)
    points = [
        one
        for one in project.ce_participation.all()
        if one.access_point == 1 and _is_on(one, "ce_participation_status_", day)
    ]
    funders = [one for one in project.funders.all() if one.funder is not None and _is_on(one, "", day)]
    named = sorted({words for one in funders if (words := (one.other_funder or "").strip())})
    return FormProject(
        project_type=_code(project.project_type) or "",
        funders=frozenset(str(one.funder) for one in funders),
        rrh_subtypes=frozenset({subtype} if subtype else ()),
        facts={
            "Project.ContinuumProject": _code(project.continuum_project),
            "CEParticipation.AccessPoint": "1" if points else "0",
            OTHER_FUNDERS: "\n".join(named) or None,
        },
    )


def _is_on(row: Any, prefix: str, day: date) -> bool:
    first, last = getattr(row, f"{prefix}start_date"), getattr(row, f"{prefix}end_date")
    return row.date_deleted is None and (first is None or first <= day) and (last is None or day <= last)


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
