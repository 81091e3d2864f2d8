"""Whoever lost the second step with the secret key sets it up before doing anything else."""

from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added
from django.test import Client

from hearth.hmis.access.models import User
from tests.factories import make_administrator

SET_UP = "/account/two-step/totp/activate/"


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
    for path in (SET_UP, "/account/logout/", "/health/"):
        assert client.get(path).headers.get("Location") != SET_UP


def test_others_go_on(db: None) -> None:
    _, client = somebody(due=False)
    assert client.get("/").status_code == 200


def test_it_is_over_once_it_is_there(db: None) -> None:
    person, client = somebody(due=True)
    made = Authenticator.objects.create(user=person, type="totp", data={})
    authenticator_added.send(sender=Authenticator, request=None, user=person, authenticator=made)
    assert client.get("/").status_code == 200
