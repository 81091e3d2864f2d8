"""The client page: who it is, what changed, and the SSN only on demand."""

from datetime import date

import pytest
from django.urls import reverse

from hearth.hmis.access.context import acting
from hearth.hmis.access.models import User
from hearth.hmis.audit.models import AccessLog
from hearth.hmis.clients.identity import masked, written_out
from hearth.hmis.clients.models import Client
from hearth.hmis.organizations.models import Organization
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def person(administrator: User) -> Client:
    with acting(administrator):
        return factories.make_client(
            first_name="Rosa", middle_name="Ana", last_name="Quill", name_suffix="Sr.", dob=date(1980, 2, 29),
            ssn="123456789", ssn_data_quality=1, sex=0, white=1, asian=1, veteran_status=1, world_war_ii=0,
            as_it_came={"MilitaryBranch": "Space"}, user_id="U17",
        )  # fmt: skip


@pytest.fixture
def worker(administrator: User) -> User:
    with acting(administrator):
        return factories.make_hmis_user(factories.make_organization())


def log(administrator: User, **filters) -> list[AccessLog]:
    with acting(administrator):
        return list(AccessLog.objects.filter(**filters))


def test_identity_in_plain_words(client, person: Client, worker: User, administrator: User) -> None:
    client.force_login(worker)
    page = client.get(reverse("clients:detail", args=[person.pk]))
    text = page.content.decode()
    for words in ("Rosa Ana Quill Sr.", "February 29, 1980", "Female", "Asian or Asian American", "White",
                  "•••-••-6789", "Full SSN", "came as “Space”"):  # fmt: skip
        assert words in text, words
    assert "123456789" not in text
    assert "123-45" not in text
    assert "Quill" not in page.request["PATH_INFO"]
    (entry,) = log(administrator, action="client_viewed")
    assert (entry.user_id, entry.client_id, entry.details) == (worker.pk, person.pk, {})


def test_ssn_is_shown_on_demand_and_written_down(client, person, worker, administrator) -> None:
    client.force_login(worker)
    address = reverse("clients:ssn", args=[person.pk])
    assert client.get(address).status_code == 405
    assert log(administrator, action="ssn_revealed") == []
    part = client.post(address, headers={"HX-Request": "true"}).content.decode()
    assert "123-45-6789" in part
    assert "<html" not in part
    assert "123-45-6789" in client.post(address).content.decode()
    assert [(e.user_id, e.client_id) for e in log(administrator, action="ssn_revealed")] == [
        (worker.pk, person.pk)
    ] * 2


@pytest.mark.parametrize("name", ["clients:detail", "clients:history", "clients:ssn"])
def test_who_is_refused(client, person, administrator, name: str) -> None:
    address = reverse(name, args=[person.pk])
    ask = client.post if name == "clients:ssn" else client.get
    assert ask(address).status_code == 302
    for user in (factories.make_auditor(), factories.make_user()):
        client.force_login(user)
        response = ask(address)
        assert response.status_code == 403
        assert b"Quill" not in response.content
        assert log(administrator, action="refused", user_id=user.pk)


@pytest.mark.parametrize("pk", ["0", "987654321", "99999999999999999999", "9" * 60])
@pytest.mark.parametrize("name", ["detail", "history"])
def test_nobody_of_that_id(client, worker, administrator, pk: str, name: str) -> None:
    client.force_login(worker)
    path = f"/clients/{pk}/" + ("history/" if name == "history" else "")
    assert client.get(path).status_code == 404


def test_a_deleted_client_only_exists_for_administrators(client, person, worker, administrator) -> None:
    with acting(administrator):
        person.date_deleted = factories.WHEN
        person.save()
    address = reverse("clients:detail", args=[person.pk])
    client.force_login(worker)
    assert client.get(address).status_code == 404
    client.force_login(administrator)
    assert "This client was deleted" in client.get(address).content.decode()


def test_history_says_what_changed_but_no_ssn(client, person, worker, administrator) -> None:
    with acting(administrator):
        project = factories.make_project(Organization.objects.get(pk=factories.works_for(worker)))
        factories.make_enrollment(person, project, user_id="U17")
    with acting(worker):
        person.last_name = "Feather"
        person.ssn = "987654321"
        person.save()
        person.veteran_status = 0
        person.save()
    client.force_login(worker)
    text = client.get(reverse("clients:history", args=[person.pk])).content.decode()
    for words in ("Quill", "Feather", "SSN", "Veteran", str(worker)):
        assert words in text, words
    for secret in ("987654321", "123456789", "6789", "4321"):
        assert secret not in text


@pytest.mark.parametrize(
    ("ssn", "shown"),
    [
        ("123456789", "•••-••-6789"), ("123-45-6789", "•••-••-6789"), ("xxxxx6789", "•••-••-6789"),
        ("6789" + "a" * 64, "•••-••-6789"), ("12", "•••-••-xx12"), ("", ""), (None, ""),
    ],
)  # fmt: skip
def test_masked(ssn: str | None, shown: str) -> None:
    assert masked(ssn) == shown


def test_written_out() -> None:
    assert written_out("123456789") == "123-45-6789"
    assert written_out("xxxxx6789") == "xxx-xx-6789"
    assert written_out("12") == "12"
