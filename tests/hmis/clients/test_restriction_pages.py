"""The pages on which a client is restricted and that is ended, and what others are told there."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from hearth.hmis.access.context import acting
from hearth.hmis.access.models import User
from hearth.hmis.access.roles import AgencyAdministrator
from hearth.hmis.access.scopes import OrganizationScope
from hearth.hmis.access_log.sentences import sentence
from hearth.hmis.audit.models import AccessLog
from hearth.hmis.clients.models import Client, Restriction
from hearth.hmis.enrollments.models import Enrollment
from tests import factories

pytestmark = pytest.mark.django_db

REASON = "A former partner asks at shelters"


@pytest.fixture
def stay(administrator: User) -> Enrollment:
    with acting(administrator):
        return factories.make_enrollment()


@pytest.fixture
def agency(stay: Enrollment) -> User:
    user = factories.make_user()
    factories.give_grant(user, AgencyAdministrator, OrganizationScope(stay.project.organization_id))
    return user


def page(client: int) -> str:
    return reverse("clients:restriction", args=[client])


def text(answer: Any) -> str:
    return str(answer.content.decode())


def logged(administrator: User, action: str) -> list[AccessLog]:
    with acting(administrator):
        return list(AccessLog.objects.filter(action=action).order_by("pk"))


def test_restricted_and_ended_by_the_agency(
    client: Browser, administrator: User, stay: Enrollment, agency: User
) -> None:
    stranger = factories.make_hmis_user(factories.make_organization())
    person = reverse("clients:detail", args=[stay.client_id])
    client.force_login(agency)
    assert page(stay.client_id) in text(client.get(person))
    last = timezone.localdate() + timedelta(days=30)
    sent = {
        "reason": REASON,
        "last_day": last.strftime("%m/%d/%Y"),
        "organization": stay.project.organization_id,
    }
    answer = client.post(page(stay.client_id), sent, follow=True)
    assert REASON in text(answer) and "restricted from now on" in text(answer)
    with acting(agency):
        one = Restriction.objects.get()
        assert (one.last_day, one.given_by_id, one.organization_id) == (
            last, agency.pk, stay.project.organization_id,
        )  # fmt: skip
    assert "Restricted client" in text(client.get(person))

    client.force_login(stranger)
    assert client.get(person).status_code == 404
    client.force_login(administrator)
    assert "without a stay in common" in text(client.get(person))
    (seen,) = [one for one in logged(administrator, "client_viewed") if one.user_id == administrator.pk]
    assert seen.details == {"restricted_without_stay": True}
    assert sentence(seen, {})[-1] == ", restricted, without a stay in common"

    client.force_login(agency)
    ending = reverse("clients:restriction_end", args=[stay.client_id, one.pk])
    assert "Why it ends" in text(client.post(ending, {"reason": ""}))
    answer = client.post(ending, {"reason": "They have moved away"}, follow=True)
    assert "The restriction has ended" in text(answer) and "They have moved away" in text(answer)
    assert "ended meanwhile" in text(client.post(ending, {"reason": "Again"}, follow=True))
    client.force_login(stranger)
    assert client.get(person).status_code == 200
    done = logged(administrator, "restriction_changed")
    assert [one.details["done"] for one in done] == ["restricted", "ended"]
    assert REASON not in str([one.details for one in done])
    assert [sentence(one, {})[0] for one in done] == ["Restricted ", "Ended a restriction of "]


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"reason": "", "organization": "own"}, "Enter: Reason."),
        ({"reason": REASON, "organization": ""}, "In the name of"),
        ({"reason": REASON, "organization": "other"}, "In the name of"),
        ({"reason": REASON, "organization": "own", "last_day": "yesterday"}, "month/day/year"),
        ({"reason": REASON, "organization": "own", "last_day": "01/05/2020"}, "ends after today"),
        ({"reason": "x" * 2001, "organization": "own"}, "Reason"),
    ],
)
def test_what_cannot_be_is_said_at_the_place(
    client: Browser, administrator: User, stay: Enrollment, agency: User, sent: dict, said: str
) -> None:
    with acting(administrator):
        other = factories.make_organization()
    names = {"own": stay.project.organization_id, "other": other.pk, "": ""}
    client.force_login(agency)
    answer = client.post(page(stay.client_id), sent | {"organization": names[sent["organization"]]})
    assert answer.status_code == 200
    assert said in text(answer)
    with acting(administrator):
        assert not Restriction.objects.exists()


def test_others_do_not_find_the_page(
    client: Browser, administrator: User, stay: Enrollment, agency: User
) -> None:
    with acting(administrator):
        elsewhere = factories.make_enrollment(stay.client)
        stranger_only = factories.make_client()
        one = factories.restrict(stay.client, organization=stay.project.organization, reason=REASON)
    worker = factories.make_hmis_user(stay.project.organization)
    other = factories.make_user()
    factories.give_grant(other, AgencyAdministrator, OrganizationScope(elsewhere.project.organization_id))
    ending = reverse("clients:restriction_end", args=[stay.client_id, one.pk])
    client.force_login(worker)
    assert client.get(page(stay.client_id)).status_code == 403
    assert client.post(ending, {"reason": "No"}).status_code == 403
    answer = client.get(reverse("clients:detail", args=[stay.client_id]))
    assert "Restricted client" in text(answer) and REASON not in text(answer)
    assert page(stay.client_id) not in text(answer)

    client.force_login(other)  # knows the client, and neither why nor who
    told = text(client.get(page(stay.client_id)))
    assert "Others restrict this client" in told
    assert REASON not in told and str(stay.project.organization) not in told
    assert client.post(ending, {"reason": "No"}).status_code == 404
    assert client.get(page(stranger_only.pk)).status_code == 404
    client.force_login(agency)
    assert client.get(page(stranger_only.pk)).status_code == 404
    with acting(administrator):
        assert Restriction.objects.get().ended_at is None


def test_no_mark_once_its_day_is_past(client: Browser, administrator: User, stay: Enrollment) -> None:
    today = timezone.localdate()
    with acting(administrator):
        factories.restrict(stay.client, begins_on=today + timedelta(days=1))
        assert Client.objects.get(pk=stay.client_id).is_restricted
    client.force_login(administrator)
    assert "Restricted client" not in text(client.get(reverse("clients:detail", args=[stay.client_id])))
    assert REASON not in text(client.get(page(stay.client_id)))
