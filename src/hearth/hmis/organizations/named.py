"""How data sources, organizations, projects and groups of projects are called in the access log."""

from collections.abc import Iterable

from django.urls import reverse

from hearth.hmis.access.models import User
from hearth.hmis.access.permissions import Permission
from hearth.hmis.audit.subjects import Named
from hearth.hmis.organizations.models import DataSource, Organization, Project, ProjectGroup


def data_sources(viewer: User, ids: Iterable[int]) -> dict[int, Named]:
    """Data sources by name."""
    return {row.pk: Named(str(row)) for row in DataSource.objects.restrict(viewer).filter(pk__in=list(ids))}


def organizations(viewer: User, ids: Iterable[int]) -> dict[int, Named]:
    """Organizations by name."""
    may_open = viewer.may(Permission.PROJECT_VIEW)
    return {
        row.pk: Named(str(row), reverse("organizations:organization", args=[row.pk]) if may_open else "")
        for row in Organization.objects.restrict(viewer).filter(pk__in=list(ids))
    }


def projects(viewer: User, ids: Iterable[int]) -> dict[int, Named]:
    """Projects by name."""
    may_open = viewer.may(Permission.PROJECT_VIEW)
    return {
        row.pk: Named(str(row), reverse("organizations:project", args=[row.pk]) if may_open else "")
        for row in Project.objects.restrict(viewer).filter(pk__in=list(ids))
    }


def project_groups(viewer: User, ids: Iterable[int]) -> dict[int, Named]:
    """Groups of projects by name."""
    rows = ProjectGroup.objects.restrict(viewer).filter(pk__in=list(ids))
    return {row.pk: Named(f"the group of projects “{row}”") for row in rows}
