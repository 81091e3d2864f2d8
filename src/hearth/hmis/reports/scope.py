"""Reports of everything in a scope: who may have which, and what they are made of (ADR 0036)."""

from django.db import connection
from django.db.models import BooleanField
from django.db.models.expressions import RawSQL

from hearth.hmis.access.models import Grant, User
from hearth.hmis.access.permissions import Permission
from hearth.hmis.access.roles import ROLES
from hearth.hmis.access.scopes import CocScope, FundingScope
from hearth.hmis.organizations.models import ProjectCoC


def grants(user: User, permission: Permission = Permission.REPORT_OF_SCOPE) -> list[Grant]:
    """The grants of today by which a user may have figures of everything in a CoC or of a funding source."""
    if not user.may(permission):
        return []
    held = user.grants_now.filter(scope__in=(CocScope.code, FundingScope.code)).annotate(
        counts=RawSQL("hearth_counts(access_grant)", (), output_field=BooleanField())
    )
    return [one for one in held.filter(counts=True) if permission in ROLES[one.role].permissions]


def holds(user: User, grant: int, permission: Permission) -> bool:
    """Whether a user may do that in the scope of a grant today, by it or by another one there."""
    asked = Grant.objects.restrict(user).filter(pk=grant).first()
    return asked is not None and asked.where in [one.where for one in grants(user, permission)]


def projects(grant: Grant) -> list[int]:
    """Our ids of the projects in the scope of a grant."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT hearth_open_projects(g) FROM access_grant g WHERE g.id = %s", [grant.pk])
        found = cursor.fetchone()
    return list(found[0]) if found else []


def cocs(grant: Grant) -> set[str]:
    """The CoCs of which a report of the grant's scope can be: its own, or those of the funding's projects."""
    if grant.scope == CocScope.code:
        return {grant.coc_code}
    there = ProjectCoC.objects.filter(
        project_id__in=projects(grant), date_deleted=None, coc_code__isnull=False
    )
    return set(there.values_list("coc_code", flat=True))


def words(grant: Grant) -> str:
    """What a report is made of, as pages say it."""
    if grant.scope == CocScope.code:
        return f"Everything in the projects of {grant.coc_code}"
    return f"Everything in the projects with the funding {grant.place}, and nothing of others"
