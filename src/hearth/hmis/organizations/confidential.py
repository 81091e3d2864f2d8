"""Confidential names: what a project is called, and who runs it, is told only to whoever may know it.

A project is confidential by its mark (`Project.name_is_confidential`); without one, where its organization is
a victim service provider. Who holds a grant over it (`project_view`) knows it; everybody else meets
`CONFIDENTIAL_PROJECT`. An organization whose every project is hidden is called `CONFIDENTIAL_ORGANIZATION`.

The database decides (`hearth_hidden_projects`, `hearth_hidden_organizations` in access/rights.sql), and a
column made with `confidential_field` is read through it wherever the ORM names it: shown, filtered, sorted,
grouped, as it is now and as it was. A new page cannot forget it. What a column cannot know, stands here: an
organization that is no secret itself is one beside its hidden project (`organization_beside`).
"""

from typing import Any

from django.db import connection
from django.db.models.expressions import Col, RawSQL

from hearth.hmis.access.field_rights import ValueWithheldError
from hearth.hmis.hud.fields import HudText

CONFIDENTIAL_PROJECT = "Confidential project"
CONFIDENTIAL_ORGANIZATION = "Confidential organization"
#: Said of every list that leaves confidential projects out, whether it holds any or not.
NOT_LISTED = (
    "Projects with confidential names, and organizations with no others, are listed only for the people who"
    " work there."
)

_HIDDEN = {"project": "hearth_hidden_projects()", "organization": "hearth_hidden_organizations()"}
_SHOWN = {
    "Project.ProjectName": CONFIDENTIAL_PROJECT,
    "Organization.OrganizationName": CONFIDENTIAL_ORGANIZATION,
}


class ConfidentialCol(Col):
    """A column of a name, as the acting user may read it."""

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        column, parameters = super().as_sql(compiler, connection)
        fields = {field.name for field in self.target.model._meta.local_fields}
        key = f"{column.rpartition('.')[0]}.{'pgh_obj_id' if 'pgh_obj' in fields else 'id'}"
        shown = _SHOWN.get(self.target.hud)
        instead = f"'{shown}'" if shown else "NULL"  # words of ours
        hidden = f"{key} = ANY ((SELECT {_HIDDEN[self.target.of]})::bigint[])"
        return f"(CASE WHEN {hidden} THEN {instead} ELSE {column} END)", parameters


class ConfidentialText(HudText):
    """A name of a project or an organization (`of`)."""

    def __init__(self, *args: Any, of: str = "project", **kwargs: Any) -> None:
        self.of = of
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> tuple[Any, ...]:
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, {**kwargs, "of": self.of}

    def get_col(self, alias: str, output_field: Any = None) -> Col:
        return ConfidentialCol(alias, self, output_field)

    @property
    def cached_col(self) -> Col:
        return ConfidentialCol(self.model._meta.db_table, self)

    def get_db_prep_save(self, value: Any, connection: Any) -> Any:
        """Raises `ValueWithheldError` where a record would be written by whoever may not know its name."""
        if value and value == _SHOWN.get(self.hud):
            raise ValueWithheldError(f"{self.hud} was read without its value")
        return super().get_db_prep_save(value, connection)


def confidential_field(column: str) -> ConfidentialText:
    """The model field of a name (`File.Column`)."""
    return ConfidentialText(hud=column, of=column.partition(".")[0].lower())


def hidden(of: str) -> RawSQL:
    """The ids that the acting user may not know, for `filter(pk__in=…)`; `of`: project or organization."""
    return RawSQL(f"SELECT unnest({_HIDDEN[of]})", [])  # noqa: S611  # names of ours


def hidden_ids(of: str) -> list[int]:
    """The same as numbers."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {_HIDDEN[of]}")
        return sorted(cursor.fetchone()[0])


def has_confidential_name(project: Any) -> bool:
    """Whether a project's name is confidential, for whoever knows it; as access/rights.sql says."""
    if project.name_is_confidential is not None:
        return bool(project.name_is_confidential)
    return bool(project.organization.victim_service_provider == 1)  # list 1.10


def is_hidden(project: Any) -> bool:
    """Whether a project was read by somebody who may not know it."""
    return bool(project.project_name == CONFIDENTIAL_PROJECT)


def organization_beside(project: Any, organization: Any) -> str:
    """The organization's name where it stands beside its project: none that would tell which one it is."""
    return CONFIDENTIAL_ORGANIZATION if is_hidden(project) else str(organization)
