"""At sign-in, and on one's own page: what one's roles require, signing it; and who records it for others."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from hearth.hmis.access import requirement_records as records
from hearth.hmis.access.context import acting
from hearth.hmis.access.models import RequirementMet, User
from hearth.hmis.access.requirements import AgencyAgreement, PrivacyTraining, Requirement, UserAgreement
from hearth.hmis.access.roles import AgencyAdministrator, Auditor
from hearth.hmis.access.scopes import OrganizationScope, StateScope
from hearth.hmis.organizations.models import Organization
from tests import factories
from tests.hmis.accounts.people.test_pages import signed_in

pytestmark = pytest.mark.django_db

PAGE = "/account/requirements/"
SIGN = f"{PAGE}user_agreement/"
TODAY = timezone.localdate()
DAY = f"{TODAY:%m/%d/%Y}"


@pytest.fixture
def worker() -> User:
    user = factories.make_hmis_user(factories.make_organization(), password=factories.PASSWORD)
    User.objects.filter(pk=user.pk).update(last_login=timezone.now())
    return user


def asks(administrator: User, kind: type[Requirement], since: int = 0) -> None:
    if kind is UserAgreement:
        records.sign(by=administrator, kind=UserAgreement, version=1, name="Admin")
    records.publish(
        by=User.objects.get(pk=administrator.pk), kind=kind, text="We keep it to ourselves.", valid_days=None,
        counts_from=TODAY + timedelta(days=since), asks_again=False,
    )  # fmt: skip


def sign_in(user: User) -> Client:
    client = Client()
    client.post("/account/login/", {"login": user.email, "password": factories.PASSWORD})
    return client


def test_who_has_no_rights_for_want_of_one_is_led_to_sign_it(worker: User, administrator: User) -> None:
    asks(administrator, UserAgreement)
    client = signed_in(worker)
    for path in ("/", "/clients/", "/no/such/page/"):
        assert client.get(path)["Location"] == PAGE
    assert client.get("/", headers={"HX-Request": "true"})["HX-Redirect"] == PAGE
    page = client.get(PAGE).content.decode()
    assert "Something is missing" in page and "HMIS user" in page
    assert "We keep it to ourselves." in client.get(SIGN).content.decode()
    signed = client.post(SIGN, {"agreed": "on", "name": "Ann Example", "version": "2"})
    assert signed["Location"] == PAGE
    assert client.get("/").status_code == 200
    with acting(administrator):
        [met] = RequirementMet.objects.filter(user=worker)
    assert (met.signed_name, met.version, met.recorded_by_id) == ("Ann Example", 2, worker.pk)


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"name": "Ann", "version": "2"}, "I have read this"),
        ({"agreed": "on", "name": " ", "version": "2"}, "name"),
        ({"agreed": "on", "name": "Ann", "version": "1"}, "A new version was published meanwhile"),
        ({"agreed": "on", "name": "Ann", "version": "x"}, "Error"),
        ({"agreed": "on", "name": "A" * 300, "version": "2"}, "Error"),
    ],
)
def test_what_is_not_signed_is_said(
    worker: User, administrator: User, sent: dict[str, str], said: str
) -> None:
    asks(administrator, UserAgreement)
    answer = signed_in(worker).post(SIGN, sent)
    assert answer.status_code == 200 and said in answer.content.decode()
    with acting(administrator):
        assert not RequirementMet.objects.filter(user=worker).exists()


@pytest.mark.parametrize("kind", ["privacy_training", "agency_agreement", "nothing"])
def test_nobody_signs_what_others_record(worker: User, kind: str) -> None:
    client = signed_in(worker)
    assert client.get(f"{PAGE}{kind}/").status_code == 404
    sent = {"agreed": "on", "name": "Ann", "version": "1"}
    assert client.post(f"{PAGE}{kind}/", sent).status_code == 404


def test_who_will_lack_something_is_told_once_at_sign_in_and_goes_on(
    worker: User, administrator: User
) -> None:
    asks(administrator, PrivacyTraining, since=20)
    client = sign_in(worker)
    assert client.get("/clients/")["Location"] == PAGE
    page = client.get(PAGE).content.decode()
    assert "It closes your access on" in page and "Take the training" in page and "Go on" in page
    assert client.get("/clients/").status_code == 200


def test_who_has_everything_meets_no_page(worker: User, administrator: User) -> None:
    asks(administrator, PrivacyTraining)
    records.record(by=administrator, kind=PrivacyTraining, met_on=TODAY, user=worker)
    assert sign_in(worker).get("/").status_code == 200


def test_who_has_another_role_left_works_on_with_it(worker: User, administrator: User) -> None:
    factories.give_grant(worker, Auditor, StateScope())
    asks(administrator, AgencyAgreement)
    client = sign_in(worker)
    assert client.get("/")["Location"] == PAGE
    page = client.get(PAGE).content.decode()
    assert "The director of the organization signs it" in page and "Go on" in page
    assert client.get("/").status_code == 200 and client.get("/clients/").status_code == 403


def test_without_any_role_nothing_is_required() -> None:
    client = signed_in(factories.make_user())
    assert client.get("/").status_code == 200
    assert "Nothing is required of you" in client.get(PAGE).content.decode()


# ------------------------------------------------------------------ recorded by others


@pytest.fixture
def boss(worker: User) -> User:
    user = factories.make_user()
    factories.give_grant(user, AgencyAdministrator, OrganizationScope(factories.works_for(worker)))
    return user


def test_training_is_recorded_and_withdrawn_on_a_persons_page(worker: User, boss: User) -> None:
    client = signed_in(boss)
    page = f"/people/{worker.pk}/"
    assert "Not asked for yet" in client.get(page).content.decode()
    done = client.post(f"{page}requirements/privacy_training/", {"met_on": DAY, "note": "June course"})
    assert done["Location"] == page
    assert "June course" in client.get(page).content.decode()
    with acting(boss):
        [made] = RequirementMet.objects.all()
    assert client.get(f"{page}requirements/{made.pk}/withdraw/").status_code == 200
    client.post(f"{page}requirements/{made.pk}/withdraw/", {"reason": "the wrong person"})
    assert "the wrong person" in client.get(page).content.decode()
    again = client.post(f"{page}requirements/{made.pk}/withdraw/", {"reason": "again"})
    assert "withdrawn already" in again.content.decode()


def test_what_is_missing_is_told_on_a_persons_page(worker: User, administrator: User) -> None:
    asks(administrator, AgencyAgreement)
    page = signed_in(administrator).get(f"/people/{worker.pk}/").content.decode()
    assert "1 grant does not count" in " ".join(page.split()) and "Agency agreement" in page


def test_forged_requests_record_nothing(worker: User, boss: User, administrator: User) -> None:
    other = factories.make_hmis_user(factories.make_organization())
    client = signed_in(boss)
    sent = {"met_on": DAY}
    for path, status in (
        (f"/people/{other.pk}/requirements/privacy_training/", 404),
        (f"/people/{boss.pk}/requirements/privacy_training/", 403),
        (f"/people/{worker.pk}/requirements/agency_agreement/", 404),
        (f"/people/{worker.pk}/requirements/nothing/", 404),
        (f"/people/{worker.pk}/requirements/987654/withdraw/", 404),
    ):
        assert client.post(path, {**sent, "reason": "x"}).status_code == status, path
    tomorrow = f"{TODAY + timedelta(days=1):%m/%d/%Y}"
    late = client.post(f"/people/{worker.pk}/requirements/privacy_training/", {"met_on": tomorrow})
    assert "today or earlier" in late.content.decode()
    assert (
        signed_in(worker).post(f"/people/{worker.pk}/requirements/privacy_training/", sent).status_code == 403
    )
    with acting(administrator):
        assert not RequirementMet.objects.exists()


# ------------------------------------------------------------------ versions and organizations


def test_a_version_is_published_by_a_system_administrator(
    worker: User, boss: User, administrator: User
) -> None:
    sent = {"text": "New words.", "valid_days": "30", "counts_from": DAY, "asks_again": "on"}
    page = "/people/requirements/privacy_training/"
    assert signed_in(boss).get("/people/requirements/").status_code == 200
    assert "Publish a new version" not in signed_in(boss).get("/people/requirements/").content.decode()
    for ask in (signed_in(boss).get, lambda path: signed_in(boss).post(path, sent)):
        assert ask(page).status_code == 403
    client = signed_in(administrator)
    assert client.get(page).status_code == 200
    assert client.post(page, sent)["Location"] == "/people/requirements/"
    shown = client.get("/people/requirements/").content.decode()
    assert "New words." in shown and "30 days" in shown and "asked everybody again" in shown
    assert not User.objects.get(pk=worker.pk).permissions
    for wrong in ({"valid_days": "0"}, {"counts_from": "13/13/2027"}, {"counts_from": "01/01/9999"}):
        assert client.post(page, sent | wrong).status_code == 200
    assert client.get("/people/requirements/nothing/").status_code == 404


def test_an_agreement_of_an_organization_is_recorded_above_it(
    worker: User, boss: User, administrator: User
) -> None:
    agency = factories.works_for(worker)
    with acting(administrator):
        other = factories.make_organization().pk
        factories.make_project(Organization.objects.get(pk=agency))
    page = f"/people/organizations/{agency}/"
    sent = {"kind": "agency_agreement", "met_on": DAY, "note": "Paper 7"}
    own = signed_in(boss)
    assert own.get("/people/organizations/").content.decode().count('data-label="Agreement"') == 1
    assert "recorded by an administrator above" in own.get(page).content.decode()
    assert own.post(page, sent).status_code == 403
    for path in (f"/people/organizations/{other}/", "/people/organizations/9999999999999999999999/"):
        assert own.get(path).status_code == 404 and own.post(path, sent).status_code == 404
    client = signed_in(administrator)
    assert client.post(page, sent)["Location"] == page
    assert "Paper 7" in client.get(page).content.decode()
    with acting(administrator):
        [made] = RequirementMet.objects.filter(organization=agency)
    assert own.post(f"{page}withdraw/{made.pk}/", {"reason": "x"}).status_code in (403, 404)
    assert client.get(f"{page}withdraw/{made.pk}/").status_code == 200
    client.post(f"{page}withdraw/{made.pk}/", {"reason": "expired paper"})
    assert "expired paper" in client.get(page).content.decode()
