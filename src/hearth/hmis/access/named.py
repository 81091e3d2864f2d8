"""How users and roles are called in the access log."""

from collections.abc import Iterable
from urllib.parse import urlencode

from django.urls import reverse

from hearth.hmis.access.models import User
from hearth.hmis.access.permissions import Permission
from hearth.hmis.audit.subjects import Named


def users(viewer: User, ids: Iterable[int]) -> dict[int, Named]:
    """Users by name, each with what the log has of them."""
    log = reverse("audit:log") if viewer.may(Permission.ACCESS_LOG_VIEW) else ""
    return {
        pk: Named(str(user), f"{log}?{urlencode({'who': user.email})}" if log else "")
        for pk, user in User.objects.in_bulk(list(ids)).items()
    }
