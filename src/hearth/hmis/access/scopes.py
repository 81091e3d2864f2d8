"""Where a grant holds. A scope is a class: what it is called, which columns of a grant say it, its projects.

A new kind of scope (a tribal nation) is a class here, its column in `models/grant.py` with the migration that
Django makes of it, and its code at the roles that may be held so.
"""

from dataclasses import asdict, dataclass, fields
from typing import Any, ClassVar


@dataclass(frozen=True, slots=True)
class Scope:
    """Base of all scopes. Its fields are columns of the grant; `code` is stored and never changes."""

    code: ClassVar[str]
    name: ClassVar[str]
    #: SQL: the ids of its projects, where `g` is the grant. None: all there are and will be.
    projects: ClassVar[str | None]
    #: Whether a scope that has all of its projects contains it. What gains projects by what other
    #: organizations enter (a CoC, a funding source) is contained in itself and in the state alone.
    is_contained: ClassVar[bool] = False
    #: SQL, of what is contained: those, as its one column says them, all of whose projects are in the array
    #: `reached` (of a table of that name).
    contained: ClassVar[str] = ""

    @classmethod
    def columns(cls) -> tuple[str, ...]:
        """The columns of a grant that say where, without those of other kinds of scope."""
        return tuple(field.name for field in fields(cls))

    def values(self) -> dict[str, Any]:
        """`scope` and the columns, as a grant stores them."""
        return {"scope": self.code, **asdict(self)}


@dataclass(frozen=True, slots=True)
class StateScope(Scope):
    code = "state"
    name = "The whole installation"
    projects = None


@dataclass(frozen=True, slots=True)
class OrganizationScope(Scope):
    """All projects of an organization, those that it will open too."""

    code = "organization"
    name = "An organization"
    projects = "SELECT p.id FROM organizations_project p WHERE p.organization_id = g.organization_id"
    is_contained = True
    contained = (
        "SELECT p.organization_id FROM organizations_project p, reached"
        " GROUP BY p.organization_id HAVING bool_and(p.id = ANY (reached.projects))"
    )
    organization_id: int


@dataclass(frozen=True, slots=True)
class ProjectScope(Scope):
    code = "project"
    name = "A project"
    projects = "SELECT g.project_id"
    is_contained = True
    contained = "SELECT unnest(reached.projects) FROM reached"
    project_id: int


@dataclass(frozen=True, slots=True)
class ProjectGroupScope(Scope):
    code = "project_group"
    name = "A group of projects"
    projects = (
        "SELECT m.project_id FROM organizations_projectgroup_projects m"
        " WHERE m.projectgroup_id = g.project_group_id"
    )
    is_contained = True
    contained = (
        "SELECT m.projectgroup_id FROM organizations_projectgroup_projects m, reached"
        " GROUP BY m.projectgroup_id HAVING bool_and(m.project_id = ANY (reached.projects))"
    )
    project_group_id: int


@dataclass(frozen=True, slots=True)
class CocScope(Scope):
    """The projects that list a CoC (2.03)."""

    code = "coc"
    name = "A Continuum of Care"
    projects = (
        "SELECT c.project_id FROM organizations_projectcoc c"
        " WHERE c.coc_code = g.coc_code AND c.date_deleted IS NULL"
    )
    coc_code: str


@dataclass(frozen=True, slots=True)
class FundingScope(Scope):
    """The projects with a funding source (2.06), of one GrantID where it is named, whenever it paid: a funder
    reads reports of past years too."""

    code = "funding"
    name = "A funding source"
    projects = (
        "SELECT f.project_id FROM organizations_funder f WHERE f.funder = g.funder"
        " AND (g.funding_grant_id = '' OR f.grant_id = g.funding_grant_id) AND f.date_deleted IS NULL"
    )
    funder: int
    funding_grant_id: str = ""


SCOPES: dict[str, type[Scope]] = {
    scope.code: scope
    for scope in (StateScope, OrganizationScope, ProjectScope, ProjectGroupScope, CocScope, FundingScope)
}

#: Of all kinds of scope, what of a grant says where it holds.
COLUMNS = ("scope", *sorted({column for scope in SCOPES.values() for column in scope.columns()}))


def key_sql(of: str = "", only: type[Scope] | None = None, value: str = "") -> str:
    """SQL: where a grant holds, in one text that no other place has. `of`: the grant's name in the query,
    with a dot; with `only` and `value` that of the place of a kind whose one column has that value."""
    if only is not None:
        (own,) = only.columns()
        parts = [f"'{only.code}'", *(f"({value})::text" if one == own else "''" for one in COLUMNS[1:])]
    else:
        parts = [f"coalesce({of}{one}::text, '')" for one in COLUMNS]
    return f"ARRAY[{', '.join(parts)}]::text"
