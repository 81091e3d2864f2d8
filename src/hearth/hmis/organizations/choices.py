"""Projects to choose from, under the names of their organizations; nothing looks like something else."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet

from hearth.hmis.organizations.confidential import hidden
from hearth.hmis.organizations.models import Organization, Project
from hearth.hmis.ui.forms import Chooser

Group = tuple[str, list[tuple[str, str]]]


class ProjectChooser(Chooser):
    """Checkboxes of projects by organization."""

    search_label = "Find a project or an organization"
    list_label = "Projects by organization"
    empty = "There is no project to choose."


def cocs_of(project: Project) -> list[str]:
    """The CoCs that a project operates in; `cocs` should be fetched before."""
    return sorted({row.coc_code for row in project.cocs.all() if row.coc_code and row.date_deleted is None})


def by_organization(projects: QuerySet[Project]) -> list[Group]:
    """Projects as grouped choices (our id, name with CoCs), by name of organization and project.

    Organizations of one name stand with their data source, and where that is one, too, with HUD's
    OrganizationID; projects of one name within an organization stand with HUD's ProjectID. Projects
    whose names are confidential to whoever acts are not among them."""
    known = projects.exclude(pk__in=hidden("project"))
    found = known.select_related("organization__data_source").prefetch_related("cocs")
    groups: dict[Organization, list[Project]] = {}
    for project in found.order_by("organization__organization_name", "organization_id", "project_name", "pk"):
        groups.setdefault(project.organization, []).append(project)
    names = organization_names(groups)
    return [(names[one.pk], _options(listed)) for one, listed in groups.items()]


def organization_names(organizations: Iterable[Organization]) -> dict[int, str]:
    """By our id, the name of each; equal names are told apart as above."""
    listed = list(organizations)
    names = Counter(_same(one) for one in listed)
    alike = Counter((_same(one), one.data_source_id) for one in listed)

    def label(one: Organization) -> str:
        if names[_same(one)] == 1:
            return str(one)
        is_alike = alike[_same(one), one.data_source_id] > 1
        return f"{one} – {one.data_source}" + (f", OrganizationID {one.hud_id}" if is_alike else "")

    return {one.pk: label(one) for one in listed}


def names_beside(projects: Iterable[Project]) -> dict[str, str]:
    """By `organization_key`, the names of the organizations of projects, told apart as above; those of hidden
    projects are one."""
    listed = list(projects)
    known = {one.organization_id: one.organization for one in listed if not one.is_hidden}
    names = {str(pk): name for pk, name in organization_names(known.values()).items()}
    return names | {one.organization_key: one.organization_beside for one in listed if one.is_hidden}


def _options(projects: list[Project]) -> list[tuple[str, str]]:
    names = Counter(_same(one) for one in projects)

    def label(one: Project) -> str:
        about = cocs_of(one) + ([f"ProjectID {one.hud_id}"] if names[_same(one)] > 1 else [])
        return f"{one} ({', '.join(about)})" if about else str(one)

    return [(str(one.pk), label(one)) for one in projects]


def _same(one: Any) -> str:
    """Names that a reader takes for one."""
    return " ".join(str(one).split()).casefold()
