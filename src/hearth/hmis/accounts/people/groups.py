"""Groups of projects, for which grants can hold: making and renaming them, putting projects in and taking
them out.

Who changes a group changes what its grants reach. Who may is the database's to say
(`hearth_may_change_group`, `hearth_may_put`); each change is in the access log.
"""

from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction
from django.db.models import Count, Q
from django.utils import timezone

from hearth.hmis.access.context import acting
from hearth.hmis.access.group_lock import lock_project_group
from hearth.hmis.access.models import Grant, User
from hearth.hmis.access.permissions import Permission
from hearth.hmis.audit.actions import record_access
from hearth.hmis.audit.models.access_log import Access
from hearth.hmis.organizations.models import Project, ProjectGroup

LONGEST = 100


@dataclass(frozen=True, slots=True)
class Listed:
    """A group with how many projects are in it, and whether the viewer may change it."""

    group: ProjectGroup
    projects: int
    may_change: bool


def groups(viewer: User) -> list[Listed]:
    """The groups that the viewer may change, or with a project in which they administer people."""
    found = ProjectGroup.objects.restrict(viewer).annotate(size=Count("projects"))
    may = may_change([one.pk for one in found])
    own = viewer.projects(Permission.USER_EDIT)
    near = set(ProjectGroup.objects.filter(projects__in=own).values_list("pk", flat=True))
    everywhere = viewer.everywhere(Permission.USER_EDIT)
    return [
        Listed(one, one.size, one.pk in may) for one in found if everywhere or one.pk in may or one.pk in near
    ]


def may_change(pks: list[int]) -> set[int]:
    """Those of the groups that the acting user may change."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM unnest(%s::bigint[]) AS one (id) WHERE hearth_may_change_group(id)", [pks]
        )
        return {row[0] for row in cursor.fetchall()}


def may_put(group: ProjectGroup, projects: list[int]) -> set[int]:
    """Those of the projects that the acting user may put into a group."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM unnest(%s::bigint[]) AS one (id) WHERE hearth_may_put(%s, id)",
            [projects, group.pk],
        )
        return {row[0] for row in cursor.fetchall()}


def candidates(viewer: User, group: ProjectGroup) -> list[Project]:
    """The projects that could be put in: of the viewer's scope, and not there yet."""
    rows = Project.objects.restrict(viewer).filter(date_deleted=None).exclude(groups=group)
    if not viewer.everywhere(Permission.USER_EDIT):
        rows = rows.filter(pk__any_of=viewer.projects(Permission.USER_EDIT))
    found = list(rows.select_related("organization").order_by("project_name", "pk"))
    allowed = may_put(group, [one.pk for one in found])
    return [one for one in found if one.pk in allowed]


def grants_for(viewer: User, group: ProjectGroup) -> list[Grant]:
    """The grants for a group that stand, as far as the viewer sees them."""
    rows = Grant.objects.restrict(viewer).filter(project_group=group, ended_at=None)
    standing = rows.filter(Q(ends_on=None) | Q(ends_on__gt=timezone.localdate()))
    return list(standing.select_related("user").order_by("user__email", "pk"))


@transaction.atomic
def make(*, by: User, name: str) -> ProjectGroup:
    """Make an empty group. Raises PermissionDenied where `by` administers nobody, and ValueError with a
    sentence for a name that is none or taken."""
    if not by.may(Permission.USER_EDIT):
        raise PermissionDenied
    name = _named(name)
    with acting(by):
        try:
            with transaction.atomic():
                group: ProjectGroup = ProjectGroup.objects.create(name=name)
        except IntegrityError as error:
            raise ValueError(_TAKEN) from error
        _record(by, group, "made")
    return group


@transaction.atomic
def rename(*, by: User, group: ProjectGroup, name: str) -> None:
    """Give a group another name. Raises like `make`, and PermissionDenied where `by` may not change it."""
    name = _named(name)
    with acting(by):
        _must_change(group)
        try:
            with transaction.atomic():
                ProjectGroup.objects.filter(pk=group.pk).update(name=name)
        except IntegrityError as error:
            raise ValueError(_TAKEN) from error
        _record(by, group, "renamed")


@transaction.atomic
def put(*, by: User, group: ProjectGroup, project: Project) -> None:
    """Put a project into a group. Raises PermissionDenied where `by` may not, and ValueError where it is in
    already."""
    with acting(by):
        lock_project_group(group.pk)
        if not may_put(group, [project.pk]):
            raise PermissionDenied
        if group.projects.filter(pk=project.pk).exists():
            raise ValueError(f"{project} is in this group already.")
        group.projects.add(project)
        _record(by, group, "put in", project)


@transaction.atomic
def take_out(*, by: User, group: ProjectGroup, project: Project) -> None:
    """Take a project out of a group. Raises PermissionDenied where `by` may not, and ValueError where it is
    not in."""
    with acting(by):
        lock_project_group(group.pk)
        _must_change(group)
        if not group.projects.filter(pk=project.pk).exists():
            raise ValueError(f"{project} is not in this group any more.")
        group.projects.remove(project)
        _record(by, group, "taken out", project)


_TAKEN = "There is a group of this name already. Choose another name."


def _named(name: str) -> str:
    name = " ".join(name.split())
    if not name or len(name) > LONGEST:
        raise ValueError(f"Type a name of up to {LONGEST} characters.")
    return name


def _must_change(group: ProjectGroup) -> None:
    if not may_change([group.pk]):
        raise PermissionDenied


def _record(by: User, group: ProjectGroup, done: str, project: Project | None = None) -> None:
    record_access(
        by=by.pk, action=Access.PROJECT_GROUP_CHANGED, subject=f"projectgroup:{group.pk}", done=done,
        grants=len(grants_for(by, group)), project=project.pk if project else None,
    )  # fmt: skip
