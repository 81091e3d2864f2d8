"""Adding people, giving roles and passwords."""

import pytest
from django.core.exceptions import PermissionDenied

from hearth.hmis.access.actions import add_user
from hearth.hmis.access.context import acting
from hearth.hmis.access.models import User
from hearth.hmis.access.roles import Auditor, HmisUser, SystemAdministrator
from hearth.hmis.access.scopes import OrganizationScope, StateScope
from hearth.hmis.accounts.actions import set_password
from tests import factories

pytestmark = pytest.mark.django_db


def test_add_a_person_and_a_second_role(administrator: User) -> None:
    with acting(administrator):
        organization = factories.make_organization()
    user = add_user(
        by=administrator,
        email="Ben@Example.org",
        name="Ben",
        role=HmisUser,
        scope=OrganizationScope(organization.pk),
    )
    assert (user.email, str(user), user.has_usable_password()) == ("ben@example.org", "Ben", False)
    again = add_user(by=administrator, email="ben@example.org", name="", role=Auditor, scope=StateScope())
    assert again.pk == user.pk
    fresh = User.objects.get(pk=user.pk)
    with acting(administrator):
        held = {(grant.role, grant.organization_id) for grant in fresh.grants_now}
    assert held == {("hmis_user", organization.pk), ("auditor", None)}


@pytest.mark.parametrize(
    ("email", "organization", "sentence"),
    [("nobody", None, "not an e-mail address"), ("ada@example.org", 987654, "no such organization")],
)
def test_what_cannot_be(administrator: User, email: str, organization: int | None, sentence: str) -> None:
    role = HmisUser if organization else SystemAdministrator
    scope = OrganizationScope(organization) if organization else StateScope()
    with pytest.raises(ValueError, match=sentence):
        add_user(by=administrator, email=email, name="", role=role, scope=scope)


def test_a_role_is_given_once(administrator: User) -> None:
    other = factories.make_administrator()
    with pytest.raises(ValueError, match="already"):
        add_user(by=administrator, email=other.email, name="", role=SystemAdministrator, scope=StateScope())


def test_passwords(administrator: User) -> None:
    user = factories.make_user()
    with pytest.raises(ValueError, match="Make it longer"):
        set_password(by=administrator, email=user.email, password="short")
    with pytest.raises(ValueError, match="Nobody has the address"):
        set_password(by=administrator, email="x@example.org", password=factories.PASSWORD)
    set_password(by=administrator, email=user.email, password=factories.PASSWORD)
    user.refresh_from_db()
    assert user.check_password(factories.PASSWORD)


def test_only_administrators(administrator: User) -> None:
    auditor = factories.make_auditor()
    with pytest.raises(PermissionDenied):
        add_user(by=auditor, email="eve@example.org", name="", role=SystemAdministrator, scope=StateScope())
    with pytest.raises(PermissionDenied):
        set_password(by=auditor, email=administrator.email, password=factories.PASSWORD)
