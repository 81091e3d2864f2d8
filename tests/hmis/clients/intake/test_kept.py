"""What was typed at "Add a person" is there after Back and reload, in this session, until it is saved."""

import pytest
from django.test import Client as Browser
from django.urls import reverse

from hearth.hmis.access.context import acting
from hearth.hmis.access.models import User
from hearth.hmis.clients.intake import kept
from hearth.hmis.organizations.entered import new_key
from tests import factories
from tests.hmis.clients.intake.test_add import added, begin
from tests.hmis.clients.test_kept_searches import TYPING

pytestmark = pytest.mark.django_db

TYPED = {
    "first_name": "Zora", "last_name": "Quist", "birth_date": "32/14/1985", "ssn": "219-09-4321",
    "races": ["Asian", "White"], "sex": "1", "name_is_partial": "on",
    "additional_race_ethnicity": "Hmong <b>",
}  # fmt: skip
BACK = "What you typed before is back"


@pytest.fixture
def worker(administrator: User) -> User:
    with acting(administrator):
        return factories.make_hmis_user(factories.make_organization())


def test_each_change_is_kept_and_stands_there_again(client: Browser, worker: User) -> None:
    address = begin(client, worker, "quist")
    assert BACK not in client.get(address).content.decode()
    kept_at = client.post(address, {**TYPED, "do": "keep"})
    assert (kept_at.status_code, kept_at.content) == (204, b"")
    page = client.get(address)
    text, form = page.content.decode(), page.context["form"]
    assert BACK in text
    assert 'value="32/14/1985"' in text and 'value="Hmong &lt;b&gt;"' in text  # as it was typed, wrong or not
    assert {name: form[name].value() for name in ("first_name", "races", "sex", "name_is_partial")} == {
        "first_name": "Zora", "races": ["Asian", "White"], "sex": "1", "name_is_partial": True,
    }  # fmt: skip
    assert not form.errors  # nobody pressed a button yet


def test_what_was_refused_stands_there_after_back(client: Browser, worker: User) -> None:
    address = begin(client, worker, "quist")
    assert client.post(address, TYPED).status_code == 200
    assert client.get(address).context["form"]["last_name"].value() == "Quist"


def test_who_is_alike_is_shown_again_with_what_was_said(
    client: Browser, worker: User, administrator: User
) -> None:
    with acting(administrator):
        one = factories.make_client(first_name="Zora", last_name="Quist")
    address = begin(client, worker, "quist")
    client.post(address, {"first_name": "Zora", "last_name": "Quist", "not_the_same": one.pk, "do": "keep"})
    page = client.get(address)
    assert [found.client.pk for found in page.context["found"]] == [one.pk]
    assert page.context["said"] == {str(one.pk)}


def test_it_ends_with_the_person_who_is_added(client: Browser, worker: User, administrator: User) -> None:
    address, whole = begin(client, worker, "quist"), {**TYPED, "birth_date": "3/14/1985", "key": new_key()}
    client.post(address, {**whole, "do": "keep"})
    assert client.post(address, whole).status_code == 302
    assert BACK not in client.get(address).content.decode()
    client.post(address, {**whole, "do": "keep"})  # sent before, and later there
    assert BACK not in client.get(address).content.decode()
    assert len(added(administrator)) == 1


def test_it_can_be_begun_again(client: Browser, worker: User) -> None:
    address = begin(client, worker, "quist")
    client.post(address, {**TYPED, "do": "keep"})
    assert client.post(address, {"do": "anew"})["Location"] == address
    page = client.get(address)
    assert BACK not in page.content.decode() and page.context["form"]["last_name"].value() != "Quist"


def test_other_words_under_the_same_id_are_another_person(client: Browser, worker: User) -> None:
    address = begin(client, worker, "quist")
    client.post(address, {**TYPED, "do": "keep"})
    again = address.split("/")[-3]
    client.post(reverse("clients:search"), {"q": "okafor", "kept": again}, headers=TYPING)
    page = client.get(address).content.decode()
    assert BACK not in page and "Zora" not in page


def test_it_is_sealed_of_one_session_and_ends(
    client: Browser, worker: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = begin(client, worker, "quist")
    client.post(address, {**TYPED, "do": "keep"})
    stored = str(dict(client.session))
    assert kept.SESSION_KEY in stored and "Zora" not in stored and "4321" not in stored
    other = Browser()
    other.force_login(worker)
    assert other.get(address).status_code == 404
    assert other.post(address, {**TYPED, "do": "keep"}).status_code == 404
    monkeypatch.setattr(kept, "_LONGEST", 10)
    client.post(address, {"first_name": "Somebody else", "do": "keep"})
    assert client.get(address).context["form"]["first_name"].value() == "Zora"  # too long is not kept


def test_the_oldest_pages_are_forgotten(client: Browser, worker: User) -> None:
    addresses = [begin(client, worker, f"quist {n}") for n in range(kept.MOST_KEPT + 2)]
    for address in addresses:
        client.post(address, {**TYPED, "do": "keep"})
    there = [BACK in client.get(address).content.decode() for address in addresses]
    assert sum(there) == kept.MOST_KEPT and there[-1]
