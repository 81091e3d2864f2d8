"""A role of a user, where it holds, and from when until when."""

from datetime import date, timedelta
from typing import Any

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from hearth.hmis.access.roles import ROLES
from hearth.hmis.access.row_policies import EVERYTHING, NOTHING, RestrictedModel, RowPolicy, Viewer
from hearth.hmis.access.scopes import SCOPES, Scope, key_sql
from hearth.hmis.hud.display import code_words

#: Whether the acting user administers people where a grant holds; asked once for a query, and looked up in a
#: hash (an array would be searched from its beginning for each grant).
ADMINISTERED = f"{key_sql('access_grant.')} IN (SELECT unnest(hearth_places_within('user_edit')))"


class OfGrants(RowPolicy):
    """A grant is read by whoever holds it, by auditors, and by whoever may administer users there."""

    reads = (
        "user_id = (SELECT hearth_user_id()) OR (SELECT hearth_everywhere('user_edit'))"
        f" OR (SELECT hearth_everywhere('access_log_view')) OR {ADMINISTERED}"
    )
    writes = "hearth_may_give(access_grant)"
    removes = "false"
    owner_reads_all = True

    @staticmethod
    def visible(user: Viewer) -> Q:
        """What the policy lets through while `user` acts: containment of scopes is the database's to say."""
        return EVERYTHING if user.is_active else NOTHING


#: Columns that are a key → the field's name.
_FIELDS = {"organization_id": "organization", "project_id": "project", "project_group_id": "project_group"}


def _columns_of_its_scope() -> Q:
    """Of every kind of scope its own columns and no others are filled."""
    nothing: dict[str, Any] = {
        "organization__isnull": True, "project__isnull": True, "project_group__isnull": True,
        "coc_code": "", "funder__isnull": True, "funding_grant_id": "",
    }  # fmt: skip
    every = Q()
    for scope in SCOPES.values():
        own = {_FIELDS.get(column, column) for column in scope.columns()}
        needed: dict[str, Any] = {f"{name}__isnull": False for name in own if f"{name}__isnull" in nothing}
        empty = {key: value for key, value in nothing.items() if key.removesuffix("__isnull") not in own}
        filled = Q(scope=scope.code, **empty, **needed)
        every |= filled & ~Q(coc_code="") if "coc_code" in own else filled
    return every


class Grant(RestrictedModel):
    """One role of one user in one scope, from `begins_on` until before `ends_on` (empty: without end).

    It is never changed: it ends, by its day or by somebody (`ended_*`), and stays as its own history. A
    trigger writes who gave and who ended it (migration 0008); the database's policy lets nobody give
    themselves anything, nor others what they do not hold there.
    """

    row_policy = OfGrants

    user = models.ForeignKey("access.User", on_delete=models.CASCADE, related_name="grants")
    role = models.TextField()
    scope = models.TextField()
    organization = models.ForeignKey(
        "organizations.Organization", on_delete=models.PROTECT, null=True, blank=True, related_name="grants"
    )
    project = models.ForeignKey(
        "organizations.Project", on_delete=models.PROTECT, null=True, blank=True, related_name="grants"
    )
    project_group = models.ForeignKey(
        "organizations.ProjectGroup", on_delete=models.PROTECT, null=True, blank=True, related_name="grants"
    )
    coc_code = models.TextField(blank=True, default="", db_default="")
    funder = models.IntegerField(null=True, blank=True, help_text="Code of 2.06 (funding sources)")
    funding_grant_id = models.TextField(
        blank=True, default="", db_default="", help_text="GrantID of 2.06; empty: any"
    )

    begins_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True, help_text="First day without it")
    reason = models.TextField(blank=True, default="", db_default="")
    given_at = models.DateTimeField(db_default=Now(), editable=False)
    given_by = models.ForeignKey(
        "access.User", on_delete=models.PROTECT, null=True, related_name="+", db_index=False, editable=False
    )
    ended_at = models.DateTimeField(null=True, editable=False)
    ended_by = models.ForeignKey(
        "access.User", on_delete=models.PROTECT, null=True, related_name="+", db_index=False, editable=False
    )
    end_reason = models.TextField(blank=True, default="", db_default="")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=_columns_of_its_scope(), name="grant_scope_columns"),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gt=F("begins_on")),
                name="grant_ends_after_beginning",
            ),
        ]

    def __str__(self) -> str:
        return f"Grant {self.pk}: {self.role_name}"

    @property
    def role_name(self) -> str:
        """The role in words."""
        return ROLES[self.role].name

    @property
    def last_day(self) -> date | None:
        """The last day with it, where one is set."""
        return self.ends_on - timedelta(days=1) if self.ends_on else None

    @property
    def place(self) -> str:
        """Where it holds, in words."""
        if self.scope == "funding":
            source = code_words("Funder.Funder", self.funder) or ""
            return f"{source}, grant {self.funding_grant_id}" if self.funding_grant_id else source
        named = self.organization or self.project or self.project_group or self.coc_code
        return str(named or SCOPES[self.scope].name)

    @property
    def where(self) -> Scope:
        """The scope that its columns say."""
        kind = SCOPES[self.scope]
        return kind(**{column: getattr(self, column) for column in kind.columns()})
