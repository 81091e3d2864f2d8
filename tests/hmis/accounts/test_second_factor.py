"""Who must have a second step sets it up before doing anything else: by role, and after the key was lost."""

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpResponse
from django.test import Client

from hearth.hmis.access.models import User
from hearth.hmis.accounts.second_factor import SecondFactorDueMiddleware
from hearth.hmis.accounts.sign_in import MfaAdapter
from tests.factories import PASSWORD, make_administrator, make_auditor, make_user

SET_UP = "/account/two-step/"


def somebody(due: bool) -> tuple[User, Client]:
    person = make_administrator()
    person.second_factor_due = due
    person.save(update_fields=["second_factor_due"])
    client = Client()
    client.force_login(person)
    return person, client


def test_every_page_leads_to_setting_it_up(db: None) -> None:
    _, client = somebody(due=True)
    for path in ("/", "/clients/", "/imports/", "/no/such/page/"):
        answer = client.get(path)
        assert (answer.status_code, answer.headers["Location"]) == (302, SET_UP)
    assert client.post("/imports/new/").headers["Location"] == SET_UP
    answer = client.get("/", headers={"HX-Request": "true"})
    assert answer.headers["HX-Redirect"] == SET_UP


def test_setting_it_up_and_signing_out_are_open(db: None) -> None:
    _, client = somebody(due=True)
    for path in (SET_UP, f"{SET_UP}totp/activate/", "/account/logout/", "/health/"):
        assert client.get(path).headers.get("Location") != SET_UP


def test_others_go_on(db: None) -> None:
    _, client = somebody(due=False)
    assert client.get("/").status_code == 200


def test_it_is_over_once_it_is_there(db: None) -> None:
    person, client = somebody(due=True)
    made = Authenticator.objects.create(user=person, type="totp", data={})
    authenticator_added.send(sender=Authenticator, request=None, user=person, authenticator=made)
    assert client.get("/").status_code == 200


@pytest.mark.parametrize(
    ("setting", "administrator", "auditor"),
    [(None, True, False), ("", False, False), ("auditor, hmis_user", False, True)],
)
def test_a_role_may_need_one(
    db: None, settings, setting: str | None, administrator: bool, auditor: bool
) -> None:
    settings.SECOND_STEP_FOR = setting
    for person, is_needed in ((make_administrator(), administrator), (make_auditor(), auditor)):
        client = Client()
        client.force_login(person)
        answer = client.get("/reports/") if person.sees_all else client.get("/")
        assert (answer.headers.get("Location") == SET_UP) == is_needed
        if is_needed:
            assert "Your role needs a second step" in client.get(SET_UP).content.decode()
            for kind in ("recovery_codes", "webauthn"):
                Authenticator.objects.create(user=person, type=kind, data=PASSKEY)
                assert (client.get("/").status_code == 200) == (kind == "webauthn")
            Authenticator.objects.filter(user=person).delete()  # an administrator took it away
            assert client.get("/").headers["Location"] == SET_UP


def test_a_role_that_does_not_exist_is_said_at_the_start(settings) -> None:
    settings.SECOND_STEP_FOR = "auditor,wizard"
    with pytest.raises(ImproperlyConfigured, match="wizard"):
        SecondFactorDueMiddleware(lambda request: HttpResponse())


PASSKEY = {"name": "Passkey 1", "credential": {}}
HOSTILE = ["", "x", "[]", "{}", "null", "7", '{"id": 5}', '{"id":"x","rawId":"x","response":{}}',
    '{"id":"AA","rawId":"AA","type":"public-key","response":{"clientDataJSON":"AA","authenticatorData":"AA",'
    '"signature":"AA","userHandle":"MQ"}}',
    '{"id":"AA","rawId":"AA","type":"public-key","response":{"clientDataJSON":"e30","attestationObject":"oA"}}',
    '{"response":{"userHandle":"' + "z" * 5000 + '"}}']  # fmt: skip


@pytest.mark.parametrize("credential", HOSTILE)
def test_a_passkey_that_is_none(client: Client, db: None, credential: str) -> None:
    """At sign-in, as the second step, to confirm, and as a new one."""
    person = make_user(email="someone@example.org", password=PASSWORD)
    login = "/account/two-step/webauthn/login/"
    client.get(login, headers={"Accept": "application/json"})
    assert client.post(login, {"credential": credential})["Location"] in ("/account/login/",)
    client.post("/account/login/", {"login": person.email, "password": PASSWORD})
    client.post("/account/reauthenticate/", {"password": PASSWORD})
    client.get("/account/two-step/webauthn/add/")
    answer = client.post("/account/two-step/webauthn/add/", {"name": "Mine", "credential": credential})
    assert answer.status_code == 200
    assert answer.context["form"].errors
    client.get("/account/two-step/webauthn/reauthenticate/")
    again = client.post("/account/two-step/webauthn/reauthenticate/", {"credential": credential})
    assert again.status_code == 302
    assert not Authenticator.objects.exists()
    client.post("/account/logout/")
    secret = MfaAdapter().encrypt("JBSWY3DPEHPK3PXP")
    Authenticator.objects.create(user=person, type="totp", data={"secret": secret})
    client.post("/account/login/", {"login": person.email, "password": PASSWORD})
    step = "/account/two-step/authenticate/"
    client.get(step)
    assert client.post(step, {"credential": credential}).status_code == 200
    assert client.get("/").status_code == 302
