"""Which rows of a table a user may see and change: said once for Python and for the database.

A policy gives a filter for the ORM (`visible`) and expressions for PostgreSQL's row-level security.
`RestrictedManager.restrict(user)` applies the first; `policies_sql.py` brings the second to every table after
each migration. tests/hmis/access compares both with a slow twin on random worlds.

Functions (`rights_sql.py`) are called as `(SELECT f())`, which PostgreSQL evaluates once for a query and not
per row.
"""

from collections.abc import Iterator
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.expressions import RawSQL
from django.utils import timezone

from hearth.hmis.access import any_of as any_of  # registers the lookup of that name
from hearth.hmis.access.field_rights import ValueWithheldError, withhold
from hearth.hmis.access.permissions import Permission
from hearth.hmis.access.viewer import Viewer

NOTHING = Q(pk__in=[])
EVERYTHING = Q()

#: Removing rows for good: nobody's everyday work.
BY_ADMINISTRATORS = "(SELECT hearth_everywhere('enrollment_edit'))"


class RowPolicy:
    """Base: what may be read, added, changed and removed, as SQL over the row's own columns.

    Empty `reads`: no row-level security. `{row}` stands for the record's own id, which in a history table is
    another column. Old versions are read like the row, unless `history_reads` says otherwise.
    """

    reads: ClassVar[str] = ""
    writes: ClassVar[str] = "false"
    #: Where more is asked of a row that is added than of one that is changed.
    adds: ClassVar[str] = ""
    removes: ClassVar[str] = BY_ADMINISTRATORS
    history_reads: ClassVar[str] = ""
    #: Of the rows that link it with many others (ManyToManyField); empty: as the row itself.
    links_add: ClassVar[str] = ""
    links_remove: ClassVar[str] = ""
    #: What hearth_counts reads for a report of everything in a scope. Empty: the rows of the scope's projects
    #: where the table has `project_id`, else none of them.
    counted: ClassVar[str] = ""
    #: Functions of the owner read the whole table, whoever acts.
    owner_reads_all: ClassVar[bool] = False

    @staticmethod
    def visible(user: Viewer) -> Q:
        raise NotImplementedError


def _unless_restricted(key: str, known: str) -> str:
    open_to_all = "(NOT is_restricted AND (SELECT hearth_shares()))"
    return f"({open_to_all} OR {key} = ANY ((SELECT {known}())::bigint[]))"


def _known_restricted(key: str, function: str, user: Viewer) -> Q:
    """The same for Python; the database answers once for a query."""
    known = RawSQL(f"{function}(%s)", [user.pk])  # noqa: S611  # names of ours
    among = Q(**{f"{key}__any_of": known})
    return among if settings.COMPARABLE_DATABASE else Q(is_restricted=False) | among


_KNOWN = (
    f"((SELECT hearth_everywhere('client_view')) OR {_unless_restricted('id', 'hearth_known_restricted')})"
)


#: The data source whose user wrote a row.
_OF_WRITER = "coalesce(user_data_source_id, data_source_id)"


class ClientIdentity(RowPolicy):
    """Who a client is: visible to everybody who works with clients (statewide since 2016); a restricted
    client to those with a stay in common, and to whoever sees clients everywhere.

    Old versions tell who wrote them, and when; see enrollments migration 0004."""

    reads = f"(SELECT hearth_somewhere('client_view')) AND {_KNOWN}"
    writes = f"(SELECT hearth_somewhere('client_edit')) AND {_KNOWN}"
    counted = "id IN (SELECT e.client_id FROM enrollments_enrollment e)"  # of those that it reads itself
    history_reads = (
        "(SELECT hearth_everywhere('enrollment_view')) OR ((SELECT hearth_somewhere('client_view'))"
        f" AND {_KNOWN} AND ("
        "current_setting('app.reads_versions', true) = 'on'"
        f" OR (hearth_knows_writer(pgh_obj_id, {_OF_WRITER}, user_id, updated_by_id)"
        " AND (pgh_changed_by IS NULL OR pgh_changed_by = (SELECT hearth_user_id())"
        f" OR hearth_knows_writer(pgh_obj_id, {_OF_WRITER}, user_id, pgh_changed_by))"
        " AND hearth_knows_change(pgh_obj_id, pgh_id))))"
    )

    @staticmethod
    def visible(user: Viewer) -> Q:
        if not user.sees_clients:
            return NOTHING
        if user.everywhere(Permission.CLIENT_VIEW):
            return EVERYTHING
        return _known_restricted("pk", "hearth_restricted_open_to", user)


def _reads_of_project(enrollment: str) -> str:
    return (
        "(SELECT hearth_everywhere('enrollment_view'))"
        " OR project_id = ANY ((SELECT hearth_projects('enrollment_view'))::bigint[])"
        " OR ((SELECT hearth_somewhere('enrollment_view')) AND is_shared AND (SELECT hearth_shares())"
        f" AND {_unless_restricted(enrollment, 'hearth_stays_in_common')}"
        " AND (shared_until IS NULL OR shared_until > (SELECT hearth_today())))"
    )


class OfProject(RowPolicy):
    """What hangs on an enrollment: of the own projects, or what the client shares today; of a restricted
    client only with those who have a stay in common."""

    #: The column with the enrollment's id, in SQL and in Python.
    enrollment: ClassVar[str] = "enrollment_id"
    reads = _reads_of_project("enrollment_id")
    writes = (
        "(SELECT hearth_everywhere('enrollment_edit'))"
        " OR project_id = ANY ((SELECT hearth_projects('enrollment_edit'))::bigint[])"
    )

    @classmethod
    def visible(cls, user: Viewer) -> Q:
        if user.sees_all:
            return EVERYTHING
        if not user.may(Permission.ENROLLMENT_VIEW):
            return NOTHING
        if settings.COMPARABLE_DATABASE:
            return Q(project_id__any_of=user.own_projects)
        is_open = Q(shared_until__isnull=True) | Q(shared_until__gt=timezone.localdate())
        known = _known_restricted(cls.enrollment, "hearth_restricted_stays_open_to", user)
        return Q(project_id__any_of=user.own_projects) | (Q(is_shared=True) & known & is_open)


class OfEnrollment(OfProject):
    """An enrollment itself. Nobody enters one of a client whom they may not know: it would be a stay in
    common, by which they knew them."""

    enrollment = "id"
    reads = _reads_of_project("id")
    adds = f"({OfProject.writes}) AND EXISTS (SELECT FROM clients_client c WHERE c.id = client_id)"


class Open(RowPolicy):
    """No client data: visible to everybody who is signed in; no row-level security."""

    @staticmethod
    def visible(user: Viewer) -> Q:
        return EVERYTHING if user.is_authenticated and user.is_active else NOTHING


class ProjectGroups(Open):
    """Read by everybody; what is in a group decides what a grant reaches, so that it is changed by whoever
    may give all grants for it, and a project put in by whoever may give them there."""

    reads = "true"
    adds = "(SELECT hearth_somewhere('user_edit'))"
    writes = "hearth_may_change_group(id)"
    removes = writes
    links_add = "hearth_may_put(projectgroup_id, project_id)"
    links_remove = "hearth_may_change_group(projectgroup_id)"


class RestrictedQuerySet(models.QuerySet):
    """A query set that must be told for whom it is."""

    _viewer: Viewer | None = None

    def restrict(self, user: Viewer) -> "RestrictedQuerySet":
        """Only the rows that `user` may see, without the fields that they may not (`field_rights`)."""
        found = self.filter(self.model.row_policy.visible(user))
        found._viewer = user
        return found

    def _clone(self) -> "RestrictedQuerySet":
        clone = super()._clone()
        clone._viewer = self._viewer
        return clone

    def _fetch_all(self) -> None:
        is_read = self._result_cache is None
        super()._fetch_all()
        if is_read and self._viewer is not None:
            withhold(self._viewer, self._result_cache)

    def _iterator(self, *args: Any, **kwargs: Any) -> Iterator[Any]:
        for one in super()._iterator(*args, **kwargs):
            if self._viewer is not None:
                withhold(self._viewer, [one])
            yield one


class RestrictedModel(models.Model):
    """Base of every model behind `restrict(user)`; `row_policy` says which rows are whose."""

    row_policy: ClassVar[type[RowPolicy]] = Open
    #: As `RowPolicy.counted`, for a table of its own.
    counted: ClassVar[str] = ""
    #: Fields whose values were withheld from whoever this was read for.
    withheld: frozenset[str] = frozenset()
    objects = RestrictedQuerySet.as_manager()

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.withheld:
            kind = type(self).__name__
            raise ValueWithheldError(f"{kind} was read without {len(self.withheld)} of its values")
        super().save(*args, **kwargs)
