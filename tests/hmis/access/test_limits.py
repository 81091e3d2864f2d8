"""Searches and SSNs shown beyond a limit are refused for some minutes, and listed for administrators."""

from datetime import timedelta

import pytest
from django.db.models import F
from django.test import Client as Browser
from django.urls import reverse

from hearth.hmis.access import limits
from hearth.hmis.access.context import acting
from hearth.hmis.access.models import UseCount, User
from hearth.hmis.audit.models import AccessLog
from hearth.hmis.clients.models import Client
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def worker(administrator: User, settings) -> User:
    settings.SEARCHES_PER_HOUR, settings.SSNS_PER_HOUR, settings.LIMIT_MINUTES = 3, 2, 15
    with acting(administrator):
        return factories.make_hmis_user(factories.make_organization())


@pytest.fixture
def person(administrator: User) -> Client:
    with acting(administrator):
        return factories.make_client(last_name="Quill", ssn="123456789")


def search(browser: Browser, **headers: str):
    return browser.post(reverse("clients:search"), {"q": "quill"}, headers=headers or None, follow=True)


def past(user: User, **ago: float) -> None:
    """As if the counts of a user were that much older."""
    with acting(user):
        UseCount.objects.update(
            began_at=F("began_at") - timedelta(**ago), stopped_until=F("stopped_until") - timedelta(**ago)
        )


def test_searches_stop_and_go_on(client: Browser, worker, person, administrator, settings) -> None:
    client.force_login(worker)
    for _ in range(3):
        assert search(client).status_code == 200
    refused = search(client)
    assert refused.status_code == 429
    text = refused.content.decode()
    assert "That was more than 3 searches within an hour, so this is stopped for you until" in text
    assert "Quill" not in text
    # A part of the page, for htmx, with the same sentence in the place of the hits.
    part = search(client, **{"HX-Request": "true", "HX-Target": "search-results"})
    assert part.status_code == 429
    assert part["X-Hearth-Part"] == "1"
    assert "more than 3 searches" in part.content.decode()
    # What finds nobody is no search, and others search on.
    assert client.post(reverse("clients:search"), {"q": ""}).status_code == 200
    with acting(administrator):
        other = factories.make_hmis_user(factories.make_organization())
    elsewhere = Browser()
    elsewhere.force_login(other)
    assert search(elsewhere).status_code == 200
    past(worker, minutes=14)
    assert search(client).status_code == 429
    past(worker, minutes=2)
    for _ in range(3):
        assert search(client).status_code == 200
    assert search(client).status_code == 429
    settings.SEARCHES_PER_HOUR = 0
    assert search(client).status_code == 200


@pytest.mark.parametrize(("minutes", "left"), [(59, 0), (61, 3)])
def test_the_count_begins_anew_after_an_hour(
    client: Browser, worker: User, person: Client, minutes: int, left: int
) -> None:
    client.force_login(worker)
    for _ in range(3):
        assert search(client).status_code == 200
    past(worker, minutes=minutes)
    for _ in range(left):
        assert search(client).status_code == 200
    assert search(client).status_code == 429


def test_an_hour_later_the_count_begins_anew(client: Browser, worker, person) -> None:
    client.force_login(worker)
    for _ in range(3):
        search(client)
    past(worker, minutes=59)
    assert search(client).status_code == 429
    past(worker, minutes=61)
    assert search(client).status_code == 200


def test_ssns_stop_apart_from_searches(client: Browser, worker, person, administrator) -> None:
    client.force_login(worker)
    address = reverse("clients:ssn", args=[person.pk])
    for _ in range(2):
        assert "123-45-6789" in client.post(address).content.decode()
    for headers in ({}, {"HX-Request": "true"}):
        refused = client.post(address, headers=headers)
        assert refused.status_code == 429
        assert "123-45-6789" not in refused.content.decode()
        assert "more than 2 Social Security numbers shown in full" in refused.content.decode()
    assert search(client).status_code == 200
    with acting(administrator):
        assert AccessLog.objects.filter(action="ssn_revealed").count() == 2


def test_who_was_stopped_is_listed_once_for_administrators(client, worker, person, administrator) -> None:
    client.force_login(worker)
    for _ in range(6):
        search(client)
    assert client.get(reverse("audit:stopped")).status_code == 403
    with acting(administrator):
        (entry,) = AccessLog.objects.filter(action="limited")
    assert (entry.user_id, entry.subject, entry.details) == (
        worker.pk, "search", {"limit": 3, "minutes": 15},
    )  # fmt: skip
    client.force_login(administrator)
    text = client.get(reverse("audit:stopped")).content.decode()
    assert worker.email in text
    assert text.count("15 minutes") == 1


def test_the_count_is_the_databases(worker) -> None:
    """Another process sees it: nothing of it is kept in this one."""
    with acting(worker):
        assert [bool(limits.use(by=worker, what=limits.SEARCHES)) for _ in range(5)] == [
            False, False, False, True, True,
        ]  # fmt: skip
        assert UseCount.objects.get().used == 5
