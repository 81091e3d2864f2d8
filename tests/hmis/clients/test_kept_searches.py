"""Results of a search have an address without names that Back, reload and pages of it keep; what stands
beside a hit is what its reader may see; equal hits have an order."""

import re
from datetime import date
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.test import Client as Browser
from django.urls import reverse

from hearth.hmis.access.context import acting
from hearth.hmis.access.models import User
from hearth.hmis.access_log.queries import in_words
from hearth.hmis.audit.models import AccessLog
from hearth.hmis.clients import queries
from hearth.hmis.clients.search import kept as kept_searches
from hearth.hmis.clients.search.question import read
from tests import factories

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 24)
TYPING = {"HX-Request": "true", "HX-Target": "search-results"}
UNSEEN = "No enrollments you can see"


@pytest.fixture
def place(as_administrator: User) -> dict[str, Any]:
    """Two organizations with a user each; Orla and her son were at the second, later and earlier at the
    first."""
    own, other = factories.make_organization(), factories.make_organization()
    place = {
        "own": factories.make_hmis_user(own),
        "other": factories.make_hmis_user(other),
        "orla": factories.make_client(first_name="Orla", last_name="Fennimore", dob=date(1980, 5, 6)),
        "son": factories.make_client(first_name="Wystan", last_name="Fennimore", dob=date(2015, 5, 6)),
    }
    projects = {
        "near": factories.make_project(own, project_name="Nearby House"),
        "far": factories.make_project(other, project_name="Faraway House"),
    }
    for who in ("orla", "son"):
        factories.make_enrollment(
            place[who], projects["far"], household_id="HFAR", entry_date=date(2026, 3, 1),
            relationship_to_hoh=1 if who == "orla" else 2,
        )  # fmt: skip
    factories.make_enrollment(place["orla"], projects["near"], household_id="HNEAR")
    return place


def post(browser: Browser, text: str, **more: Any) -> Any:
    return browser.post(reverse("clients:search"), {"q": text, **more})


def test_back_reload_and_pages_read_one_address_without_a_name(client, place) -> None:
    client.force_login(place["own"])
    address = post(client, "orla fennimore 123-45-6789").url
    assert re.fullmatch(r"/clients/found/[\w-]{22}/", address)
    first, again = client.get(address), client.get(address)
    for page in (first, again):
        text = page.content.decode()
        assert "Fennimore, Orla" in text
        assert 'value="orla fennimore 123-45-6789"' in text
        assert page["Cache-Control"] == "no-store, private"
        assert "<title>Search results |" in text
    administrator = factories.make_administrator()
    with acting(administrator):
        entries = list(AccessLog.objects.filter(action="searched").order_by("id"))
        said = [one.what for one in in_words(administrator, entries, with_links=False)]
    assert [entry.details.get("again") for entry in entries] == [None, True]
    assert "the same results again" not in said[0]
    assert "the same results again" in said[1]
    assert all(place["orla"].pk in entry.details["shown"] for entry in entries)


def test_each_look_counts_as_a_search(client, place, settings) -> None:
    """Else one kept search would show a list of people as often as one likes."""
    settings.SEARCHES_PER_HOUR, settings.LIMIT_MINUTES = 2, 15
    client.force_login(place["own"])
    address = post(client, "orla").url
    assert [client.get(address).status_code for _ in range(3)] == [200, 200, 429]
    stopped = client.get(address, headers=TYPING)
    assert "Fennimore, Orla" not in stopped.content.decode()
    assert stopped["X-Hearth-Part"] == "1"


def test_two_searches_have_two_addresses(client, place) -> None:
    client.force_login(place["own"])
    one, two = post(client, "orla").url, post(client, "wystan").url
    assert "Fennimore, Orla" in client.get(one).content.decode()
    assert "Fennimore, Wystan" in client.get(two).content.decode()


def test_typing_on_keeps_one_address(client, place) -> None:
    client.force_login(place["own"])
    answer = client.post(reverse("clients:search"), {"q": "or"}, headers=TYPING, follow=True)
    address = answer["HX-Replace-Url"]
    kept = re.search(r'id="id_kept" value="([\w-]+)"', answer.content.decode())[1]
    assert address == reverse("clients:found", args=[kept])
    later = client.post(reverse("clients:search"), {"q": "wystan", "kept": kept}, headers=TYPING, follow=True)
    assert later["HX-Replace-Url"] == address
    assert "Fennimore, Wystan" in client.get(address).content.decode()
    assert str(dict(client.session.items())).count(kept_searches.SESSION_KEY) == 1
    assert post(client, "orla", kept=kept).url != address  # a form that is sent is a search of its own
    emptied = client.post(reverse("clients:search"), {"q": "", "kept": kept}, headers=TYPING)
    assert emptied["HX-Replace-Url"] == reverse("clients:search")


def test_an_id_of_somebody_else_or_none_is_not_found(client, place) -> None:
    client.force_login(place["own"])
    address = post(client, "orla").url
    other = Browser()
    other.force_login(place["other"])
    assert "kept" not in str(post(other, "wystan", kept=address.split("/")[-2]).url)
    missing = other.get("/clients/987654321/")
    for hostile in (address, "/clients/found/x/", "/clients/found/0/", f"/clients/found/{'a' * 300}/"):
        answer = other.get(hostile)
        assert answer.status_code == 404, hostile
        assert "Orla" not in answer.content.decode()
        assert answer.templates[0].name == missing.templates[0].name
    auditor = factories.make_auditor()
    other.force_login(auditor)
    assert other.get(address).status_code == 403


def test_it_ends_with_sign_out_with_time_and_with_newer_ones(client, place, monkeypatch) -> None:
    client.force_login(place["own"])
    address = post(client, "orla").url
    for number in range(kept_searches.MOST_KEPT):
        latest = post(client, f"orla {1950 + number}").url
    assert client.get(address).status_code == 404
    assert client.get(latest).status_code == 200
    monkeypatch.setattr(kept_searches, "KEPT_SECONDS", -1)
    assert client.get(latest).status_code == 404
    monkeypatch.undo()
    client.logout()
    client.force_login(place["own"])
    assert client.get(latest).status_code == 404


def test_the_words_are_sealed_in_the_session(client, place) -> None:
    client.force_login(place["own"])
    post(client, "orla fennimore 123-45-6789")
    stored = str(Session.objects.get().get_decoded()).lower()
    assert kept_searches.SESSION_KEY in stored
    for word in ("orla", "fennimore", "6789"):
        assert word not in stored


def test_household_and_last_project_as_far_as_visible(client, place) -> None:
    def seen(user: User, text: str) -> str:
        client.force_login(user)
        return client.get(post(client, text).url).content.decode()

    near, far = seen(place["own"], "orla"), seen(place["other"], "orla")
    assert "Nearby House" in near
    assert "Faraway House" not in near
    assert "Wystan" not in near
    assert "Faraway House" in far
    assert "with Wystan Fennimore" in far
    # Of a client whose stays are hidden and of one without any the same is said.
    alone = factories.make_client(first_name="Nemo", last_name="Nowhere")
    for text, pk in (("wystan", place["son"].pk), ("nemo nowhere", alone.pk)):
        page = seen(place["own"], text)
        row = page[page.index(f"/clients/{pk}/") :]
        assert UNSEEN in row[: row.index("</tr>")], text
    with acting(factories.make_administrator()):
        log = AccessLog.objects.filter(action="searched", user_id=place["other"].pk).get()
    assert log.details["shown"][:2] == [place["orla"].pk, place["son"].pk]  # the household was shown as well


@pytest.mark.parametrize("hits", [1, 20])
def test_questions_do_not_grow_with_the_hits(as_administrator, django_assert_num_queries, hits: int) -> None:
    project = factories.make_project()
    for number in range(hits):
        for place, first_name in enumerate(("Quorra", "Zed"), start=1):
            person = factories.make_client(first_name=first_name, last_name="Lightfoot")
            factories.make_enrollment(person, project, household_id=f"Q{number}", relationship_to_hoh=place)
    with django_assert_num_queries(8):
        found = queries.search(as_administrator, read("quorra lightfoot", TODAY), page=1, today=TODAY)
        assert all(one.beside.household[0].first_name == "Zed" for one in found[:hits])


def test_equal_hits_are_ordered_by_name_and_number(as_administrator) -> None:
    """Three with one birth date, made in another order than that of their names; two of one name."""
    day = date(1971, 2, 3)
    names = ["Zimmer", "Abbot", "Miller", "Miller"]
    made = [factories.make_client(first_name="Kit", last_name=name, dob=day) for name in names]
    hits = list(queries.search(as_administrator, read("2/3/1971", TODAY), page=1, today=TODAY))
    assert [one.client.pk for one in hits] == [made[number].pk for number in (1, 2, 3, 0)]


def test_hits_of_one_strength_are_ordered_by_likeness(as_administrator) -> None:
    """Both lack one of two words; whose name is more alike all that was typed comes first."""
    far = factories.make_client(first_name="Albrecht", last_name="Sandvik", dob=None)
    near = factories.make_client(first_name="Tolly", last_name="Sandvik", dob=None)
    hits = list(queries.search(as_administrator, read("tollerud sandvik", TODAY), page=1, today=TODAY))
    assert [one.client for one in hits] == [near, far]


@pytest.mark.parametrize(
    ("text", "exact"),
    [
        ("orla fennimore", True), ("fennimore", True), ("orla fennimore 5/6/1980", True),
        ("orla fennimore 1980", True), ("5/6/1980", True), ("orla fennimore 5/7/1980", False),
        ("orla fennimor", False), ("orla xqwz", False), ("6/5/1980", False),
    ],
)  # fmt: skip
def test_what_is_exact_is_not_called_possible(client, place, text: str, exact: bool) -> None:
    client.force_login(place["own"])
    page = client.get(post(client, text).url)
    first = page.context["found"][0]
    assert first.client == place["orla"]
    assert first.is_exact == exact
    html = page.content.decode()
    assert ("Matches</h2>" in html) == exact
    assert ("Nobody fits exactly" in html) != exact
    assert exact or "Possible matches</h2>" in html
