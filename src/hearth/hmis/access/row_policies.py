"""Which rows of a table a user may see and change: said once for Python and for the database.

A policy gives a filter for the ORM (`visible`) and expressions for PostgreSQL's row-level security.
`RestrictedManager.restrict(user)` applies the first, `SecureRows` in a migration installs the second,
and tests/hmis/access/test_rows.py proves on random data that both say the same.

Functions are called as `(SELECT f())`, which PostgreSQL evaluates once for a query and not per row.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, ClassVar

from django.db import models
from django.db.migrations.operations.base import Operation
from django.db.models import Q

from hearth.hmis.access.field_rights import ValueWithheldError, withhold

if TYPE_CHECKING:
    from hearth.hmis.access.models import User

NOTHING = Q(pk__in=[])
EVERYTHING = Q()


class RowPolicy:
    """Base: what may be read and written, as SQL over the row's own columns."""

    reads: str
    writes: str

    @staticmethod
    def visible(user: "User") -> Q:
        raise NotImplementedError


class ClientIdentity(RowPolicy):
    """Who a client is: visible to everybody who works with clients (statewide since 2016)."""

    reads = "(SELECT hearth_sees_clients())"
    writes = "(SELECT hearth_sees_clients())"

    @staticmethod
    def visible(user: "User") -> Q:
        return EVERYTHING if user.sees_clients else NOTHING


class OfOrganization(RowPolicy):
    """An enrollment or what hangs on it: of the own organizations, or marked as shared."""

    _own = "organization_id = ANY ((SELECT hearth_organizations())::bigint[])"
    reads = f"(SELECT hearth_sees_all()) OR ((SELECT hearth_sees_clients()) AND (is_shared OR {_own}))"
    writes = f"(SELECT hearth_sees_all()) OR {_own}"

    @staticmethod
    def visible(user: "User") -> Q:
        if user.sees_all:
            return EVERYTHING
        if not user.sees_clients:
            return NOTHING
        return Q(is_shared=True) | Q(organization_id__in=user.organization_ids)


class Open(RowPolicy):
    """No client data: visible to everybody who is signed in; no row-level security."""

    @staticmethod
    def visible(user: "User") -> Q:
        return EVERYTHING if user.is_authenticated and user.is_active else NOTHING


class RestrictedQuerySet(models.QuerySet):
    """A query set that must be told for whom it is."""

    _viewer: "User | None" = None

    def restrict(self, user: "User") -> "RestrictedQuerySet":
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
    #: Fields whose values were withheld from whoever this was read for.
    withheld: frozenset[str] = frozenset()
    objects = RestrictedQuerySet.as_manager()

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.withheld:
            raise ValueWithheldError(
                f"{type(self).__name__} was read without {len(self.withheld)} of its values"
            )
        super().save(*args, **kwargs)


class SecureRows(Operation):
    """Migration operation: row-level security, enabled and forced, on a model's table and its history.

    The history table holds old versions of the same rows, so that the same people may read them. Its
    rows are written by triggers whoever acts, by nobody else, and changed by nobody.
    """

    reversible = True
    reduces_to_sql = True

    def __init__(self, model: str, policy: str, history: str | None = None) -> None:
        self.model, self.policy, self.history = model, policy, history

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        return type(self).__name__, [self.model, self.policy, self.history], {}

    def state_forwards(self, app_label: str, state: Any) -> None:
        pass

    def _tables(self, app_label: str, state: Any) -> tuple[str, str | None]:
        table = state.apps.get_model(app_label, self.model)._meta.db_table
        history = state.apps.get_model(app_label, self.history)._meta.db_table if self.history else None
        return table, history

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        policy: type[RowPolicy] = globals()[self.policy]
        table, history = self._tables(app_label, to_state)
        for name in filter(None, (table, history)):
            schema_editor.execute(f'ALTER TABLE "{name}" ENABLE ROW LEVEL SECURITY')
            schema_editor.execute(f'ALTER TABLE "{name}" FORCE ROW LEVEL SECURITY')
            schema_editor.execute(f'CREATE POLICY reads ON "{name}" FOR SELECT USING ({policy.reads})')
        writes = policy.writes
        schema_editor.execute(f'CREATE POLICY adds ON "{table}" FOR INSERT WITH CHECK ({writes})')
        schema_editor.execute(
            f'CREATE POLICY changes ON "{table}" FOR UPDATE USING ({writes}) WITH CHECK ({writes})'
        )
        schema_editor.execute(
            f'CREATE POLICY removes ON "{table}" FOR DELETE USING ((SELECT hearth_sees_all()))'
        )
        if history:
            schema_editor.execute(
                f'CREATE POLICY adds ON "{history}" FOR INSERT WITH CHECK (pg_trigger_depth() > 0)'
            )

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        table, history = self._tables(app_label, from_state)
        for name in filter(None, (table, history)):
            for policy in ("reads", "adds", "changes", "removes"):
                schema_editor.execute(f'DROP POLICY IF EXISTS {policy} ON "{name}"')
            schema_editor.execute(f'ALTER TABLE "{name}" NO FORCE ROW LEVEL SECURITY')
            schema_editor.execute(f'ALTER TABLE "{name}" DISABLE ROW LEVEL SECURITY')

    def describe(self) -> str:
        return f"Row-level security ({self.policy}) on {self.model}"
