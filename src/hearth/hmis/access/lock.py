"""The lock of an account after too many failed tries, as django-axes counts them (`accounts/sign_in.py`)."""

from axes.models import AccessAttempt
from django.db.models import Q, QuerySet, Sum

from hearth.hmis.access.models import User
from hearth.hmis.access.models.user import ACCOUNT


def forget_failures(user: User) -> int:
    """Forget the failed tries on an account, from wherever they came, so that it is open again; how many
    there were."""
    count = failures(user)
    _tries(user).delete()
    return count


def failures(user: User) -> int:
    """How many failed tries on an account are remembered, from wherever they came."""
    return int(_tries(user).aggregate(all=Sum("failures_since_start"))["all"] or 0)


def _tries(user: User) -> QuerySet[AccessAttempt]:
    key = f"{ACCOUNT}{user.pk}"
    return AccessAttempt.objects.filter(Q(username=key) | Q(username__startswith=f"{key} "))
