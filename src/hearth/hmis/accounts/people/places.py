"""Where a role can be given by somebody, and what a grant there would let its holder see.

What is offered is worked out from the viewer's own rights; whether a grant may be given is the database's to
say when it is (`hearth_may_give`), and tests hold the two together.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import connection
from psycopg.types.json import Jsonb

from hearth.hmis.access.models import User
from hearth.hmis.access.permissions import WORDS, Permission
from hearth.hmis.access.roles import ROLES, Role
from hearth.hmis.access.scopes import (
    CocScope,
    FundingScope,
    OrganizationScope,
    ProjectGroupScope,
    ProjectScope,
    Scope,
    StateScope,
)
from hearth.hmis.enrollments.models import Enrollment
from hearth.hmis.hud.display import code_words
from hearth.hmis.organizations.choices import organization_names
from hearth.hmis.organizations.models import Funder, Organization, Project, ProjectCoC, ProjectGroup, Region
from hearth.hmis.organizations.models.region import RegionKind
from hearth.hmis.ui import formats

#: Of a preview, in this order.
_TOLD = (
    Permission.CLIENT_NAME_VIEW, Permission.ENROLLMENT_EDIT, Permission.DATA_EXPORT, Permission.SSN_REVEAL,
    Permission.REPORT_RUN, Permission.USER_EDIT, Permission.ACCESS_LOG_VIEW,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Place:
    """A scope to choose: its key in forms, what it is called."""

    scope: Scope
    text: str

    @property
    def key(self) -> str:
        """Unlike that of any other scope."""
        return key_of(self.scope)


def key_of(scope: Scope) -> str:
    """A scope as a form sends it."""
    values = scope.values()
    return ":".join(str(values[name]) for name in ("scope", *type(scope).columns()))


def roles_for(viewer: User) -> list[type[Role]]:
    """The roles that somebody may give anywhere: with no permission that they do not hold themselves."""
    held = [role for role in ROLES.values() if role.permissions <= viewer.permissions]
    return [role for role in held if next(_places(viewer, role), None) is not None]


def places_for(viewer: User, role: type[Role]) -> list[Place]:
    """Where somebody may give a role, kind by kind, each in the order of the names. The viewer acts."""
    return list(_places(viewer, role))


def _places(viewer: User, role: type[Role]) -> Iterator[Place]:
    needed = {*role.permissions, Permission.USER_EDIT}
    at: dict[str, frozenset[Permission]] = {}
    for grant in viewer.grants_now:
        key = key_of(grant.where)
        at[key] = at.get(key, frozenset()) | ROLES[grant.role].permissions
    for kind in role.scopes:
        for place, projects in _ALL[kind]():
            here = at.get(place.key, frozenset())
            if all(
                one in here or viewer.everywhere(one) or (projects and projects <= viewer.projects(one))
                for one in needed
            ):
                yield place


Found = Iterator[tuple[Place, frozenset[int]]]
_NONE: frozenset[int] = frozenset()


def _state() -> Found:
    yield Place(StateScope(), StateScope.name), _NONE


def _organizations() -> Found:
    projects: dict[int, set[int]] = {}
    for pk, organization in Project.objects.values_list("pk", "organization_id"):
        projects.setdefault(organization, set()).add(pk)
    rows = Organization.objects.filter(date_deleted=None).select_related("data_source")
    names = organization_names(rows)
    for pk, name in sorted(names.items(), key=lambda one: (one[1].casefold(), one[0])):
        yield Place(OrganizationScope(pk), name), frozenset(projects.get(pk, ()))


def _projects() -> Found:
    rows = Project.objects.filter(date_deleted=None).select_related("organization")
    for one in rows.order_by("project_name", "organization__organization_name", "pk"):
        yield Place(ProjectScope(one.pk), f"{one} – {one.organization}"), frozenset({one.pk})


def _groups() -> Found:
    for one in ProjectGroup.objects.prefetch_related("projects"):
        yield Place(ProjectGroupScope(one.pk), one.name), frozenset(pk.pk for pk in one.projects.all())


def _cocs() -> Found:
    names = {one.code: str(one) for one in Region.objects.filter(kind=RegionKind.COC)}
    used = ProjectCoC.objects.filter(date_deleted=None).values_list("coc_code", flat=True).distinct()
    for code in sorted({*names, *filter(None, used)}):
        yield Place(CocScope(code), names.get(code, code)), _NONE


def _funding() -> Found:
    rows = Funder.objects.filter(date_deleted=None).exclude(funder=None)
    pairs = set(rows.values_list("funder", "grant_id").distinct())
    for funder in sorted({one for one, _ in pairs}):
        words = code_words("Funder.Funder", funder) or str(funder)
        yield Place(FundingScope(funder), words), _NONE
        for grant_id in sorted(grant for one, grant in pairs if one == funder and grant):
            yield Place(FundingScope(funder, grant_id), f"{words}, grant {grant_id}"), _NONE


#: By kind of scope, all there are with their projects; none for a kind that lies only in itself.
_ALL: dict[type[Scope], Any] = {
    StateScope: _state, OrganizationScope: _organizations, ProjectScope: _projects,
    ProjectGroupScope: _groups, CocScope: _cocs, FundingScope: _funding,
}  # fmt: skip


def preview(viewer: User, role: type[Role], scope: Scope) -> str:
    """What a grant would let its holder see and do, as it stands today, as far as the viewer may count."""
    may = [WORDS[one] for one in _TOLD if one in role.permissions]
    may_too = f" May {_listed(may)}." if may else ""
    if Permission.ENROLLMENT_VIEW not in role.permissions:
        return f"Sees no enrollments.{may_too}"
    if isinstance(scope, StateScope):
        return f"Sees every enrollment of every project.{may_too}"
    projects = _projects_of(scope)
    seen = Enrollment.objects.restrict(viewer).filter(project_id__in=projects, date_deleted=None).count()
    return (
        f"Sees {formats.counted(seen, 'enrollment')} of {formats.counted(len(projects), 'project')},"
        f" and what clients share with all.{may_too}"
    )


def _projects_of(scope: Scope) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT hearth_grant_projects(jsonb_populate_record(NULL::access_grant, %s))",
            [Jsonb({"coc_code": "", "funding_grant_id": "", **scope.values()})],
        )
        return list(cursor.fetchone()[0])


def _listed(words: list[str]) -> str:
    return ", ".join(words[:-1]) + f" and {words[-1]}" if len(words) > 1 else words[0]
