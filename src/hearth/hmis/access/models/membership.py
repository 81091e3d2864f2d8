"""Which role a user holds, and for which organization."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from hearth.hmis.access.roles import ROLES


class Membership(models.Model):
    """One role of one user, for one organization where the role is held per organization."""

    user = models.ForeignKey("access.User", on_delete=models.CASCADE, related_name="memberships")
    role = models.TextField()
    organization = models.ForeignKey(
        "organizations.Organization",
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="memberships",
    )
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    created_by = models.ForeignKey(
        "access.User", on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "role", "organization"], name="membership_once", nulls_distinct=False
            ),
            models.CheckConstraint(condition=Q(role__in=sorted(ROLES)), name="membership_role_known"),
            models.CheckConstraint(
                condition=Q(
                    role__in=sorted(c for c, r in ROLES.items() if r.per_organization),
                    organization__isnull=False,
                )
                | Q(
                    role__in=sorted(c for c, r in ROLES.items() if not r.per_organization),
                    organization__isnull=True,
                ),
                name="membership_organization_when_per_organization",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role_name}, organization {self.organization_id or 'all'}"

    @property
    def role_name(self) -> str:
        """The role in words."""
        return ROLES[self.role].name
