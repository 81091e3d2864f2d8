"""Views refuse whoever lacks the permission, and the refusal is written down."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse

from hearth.hmis.access.context import acting
from hearth.hmis.access.guard import refuse_as_missing, require, require_one
from hearth.hmis.access.models import User
from hearth.hmis.access.permissions import Permission
from hearth.hmis.access.roles import Auditor
from hearth.hmis.audit.models import AccessLog
from tests import factories

pytestmark = pytest.mark.django_db


@require(Permission.CLIENT_VIEW, Permission.DATA_EXPORT)
def needs_both(request, pk: int = 0) -> HttpResponse:
    return HttpResponse("seen")


@require_one(Permission.CLIENT_VIEW, Permission.ACCESS_LOG_VIEW)
def needs_one(request) -> HttpResponse:
    return HttpResponse("seen")


@require(Permission.CLIENT_VIEW, Permission.ACCESS_LOG_VIEW)
def needs_both_kinds(request) -> HttpResponse:
    return HttpResponse("seen")


def ask(rf, user, view, **kwargs) -> HttpResponse:
    request = rf.get("/")
    request.user = user
    request.resolver_match = None
    with acting(user if user.is_authenticated else None):
        return view(request, **kwargs)


def refusals(administrator: User) -> list[AccessLog]:
    with acting(administrator):
        return list(AccessLog.objects.filter(action="refused"))


def test_who_may_passes(rf, administrator: User) -> None:
    user = factories.make_auditor()
    assert ask(rf, administrator, needs_both).content == b"seen"
    assert ask(rf, user, needs_one).content == b"seen"
    assert refusals(administrator) == []


def test_one_of_the_needed_permissions_is_not_enough(rf, administrator: User) -> None:
    """An HMIS user has the first, an auditor the second; who holds both roles has both."""
    with acting(administrator):
        worker = factories.make_hmis_user(factories.make_organization())
        both = factories.make_hmis_user(factories.make_organization())
    factories.give_role(both, Auditor)
    for user, needed in (
        (worker, Permission.ACCESS_LOG_VIEW),
        (factories.make_auditor(), Permission.CLIENT_VIEW),
    ):
        assert not user.may(needed)
        with acting(user):
            request = rf.get("/")
            request.user, request.resolver_match = user, None
            with pytest.raises(PermissionDenied):
                needs_both_kinds(request)
    assert len(refusals(administrator)) == 2
    assert ask(rf, both, needs_both_kinds).content == b"seen"


def test_a_refusal_is_403_and_written_down(rf, administrator: User) -> None:
    auditor = factories.make_auditor()
    with acting(auditor):
        request = rf.get("/")
        request.user = auditor
        request.resolver_match = None
        with pytest.raises(PermissionDenied):
            needs_both(request, pk=17)
    (entry,) = refusals(administrator)
    assert entry.user_id == auditor.pk
    assert entry.details == {"method": "GET", "pk": 17, "needed": "client_view,data_export"}


@pytest.mark.parametrize("make", [AnonymousUser, factories.make_user], ids=["stranger", "no role"])
@pytest.mark.parametrize("view", [needs_both, needs_one])
def test_nobody_else_passes(rf, view, make) -> None:
    with pytest.raises(PermissionDenied):
        ask(rf, make(), view)


def test_a_missing_record_is_written_down_too(rf, administrator: User) -> None:
    user = factories.make_user()
    with acting(user):
        request = rf.get("/")
        request.user = user
        request.resolver_match = None
        with pytest.raises(Http404):
            refuse_as_missing(request, enrollment=5)
    (entry,) = refusals(administrator)
    assert entry.details == {"method": "GET", "enrollment": 5}


def test_a_view_says_what_it_needs() -> None:
    assert needs_both.required_permissions == (Permission.CLIENT_VIEW, Permission.DATA_EXPORT)
    with pytest.raises(ValueError, match="Name the permission"):
        require()
