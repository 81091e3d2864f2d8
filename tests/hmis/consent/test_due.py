"""The lists of answers due: who is on them, what their pages show, and to whom."""

import time
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client as Browser
from django.utils import timezone

from hearth.hmis.access.context import acting
from hearth.hmis.access.models import User
from hearth.hmis.access.permissions import Permission
from hearth.hmis.audit.models import AccessLog
from hearth.hmis.clients.models import Client
from hearth.hmis.consent import due
from hearth.hmis.consent.choices import AS_IMPORTED, Method
from hearth.hmis.consent.due import Of, Stay, Why
from hearth.hmis.consent.models import Consent, ConsentTaking
from hearth.hmis.enrollments.models import Exit
from tests import factories
from tests.hmis.consent.consenting import World
from tests.hmis.downloads import text_of

pytestmark = pytest.mark.django_db
DAY = date(2026, 3, 1)


@pytest.fixture
def world(administrator: User) -> World:
    return World(administrator)


def person(world: World, **fields: Any) -> Client:
    """Somebody with a stay at the shelter."""
    with acting(world.administrator):
        made = factories.make_client(**fields)
    world.stay(client=made)
    return made


def why(world: World, day: date = DAY, user: User | None = None, of: Of = due.ALL) -> dict[Client, str]:
    user = user or world.worker
    with acting(user):
        return {one: one.why for one in due.to_be_asked(user, day, of)}


def test_each_reason_to_ask(world: World) -> None:
    never, imported, older, ended, of_age, answered = (
        person(world, dob=date(2008, 2, 1) if number == 4 else date(1990, 1, 1)) for number in range(6)
    )
    with acting(world.administrator):
        consent = Consent.objects.create(client=imported, choice=AS_IMPORTED, given_on=DAY)
        ConsentTaking.objects.create(consent=consent, opens=False)
        with connection.cursor() as cursor:
            cursor.execute("SELECT hearth_follow_answers(%s)", [[imported.pk]])
    world.answers("share", date(2019, 1, 1), client=older, form_version="2018")
    world.answers("share", date(2026, 1, 5), client=ended, until=DAY)
    world.answers("share", date(2026, 1, 5), client=of_age, guardian="Invented Parent")
    world.answers("do_not_share", date(2026, 1, 5), client=answered)
    assert why(world, timezone.localdate()) == {
        never: Why.NEVER, imported: Why.IMPORTED, older: Why.OLDER_FORM, ended: Why.ENDED, of_age: Why.OF_AGE,
    }  # fmt: skip
    assert ended not in why(world, DAY - timedelta(days=1))


@pytest.mark.parametrize(
    ("choice", "guardian"), [("share", "P"), ("do_not_share", "P"), ("do_not_share", "")]
)
def test_what_was_answered_for_a_minor_is_asked_at_18(world: World, choice: str, guardian: str) -> None:
    child = person(world, dob=date(2008, 3, 1))
    world.answers(choice, date(2026, 1, 5), client=child, guardian=guardian)
    assert why(world, date(2026, 2, 28)) == {}
    assert why(world, DAY) == {child: Why.OF_AGE}
    with acting(world.worker):
        assert list(due.turning_18(world.worker, date(2026, 1, 30))) == [child]
        assert list(due.turning_18(world.worker, date(2026, 1, 29))) == []
        assert list(due.turning_18(world.worker, date(2026, 3, 2))) == []
    world.answers("do_not_share", DAY, client=child)
    assert why(world, DAY) == {}


def test_an_answer_of_another_agency_that_ended_is_asked_for_here_too(world: World) -> None:
    """Who took it is theirs to know; that it ended follows from what everybody may know."""
    world.stay(project=world.elsewhere)
    with acting(world.administrator):
        child = factories.make_client(dob=date(2008, 3, 1))
    world.stay(client=child, project=world.elsewhere)
    world.answers("share", date(2026, 1, 5), until=DAY)
    world.answers("share", date(2026, 1, 5), client=child, guardian="Invented Parent")
    assert why(world, user=world.stranger) == {world.person: Why.ENDED, child: Why.OF_AGE}


def test_of_a_project_and_whether_somebody_is_enrolled_now(world: World) -> None:
    with acting(world.administrator):
        second = factories.make_project(world.shelter)
    here, gone, coming_back = (person(world) for _ in range(3))
    for one in (gone, coming_back):
        stay = world.stay(date(2026, 2, 1), client=one, project=second)
        with acting(world.administrator):
            Exit.objects.create(**factories.record(enrollment=stay, exit_date=DAY, destination=24))
    everybody = {here, gone, coming_back}
    assert set(why(world)) == everybody
    assert set(why(world, of=Of(organization=world.shelter.pk))) == everybody
    assert set(why(world, of=Of(organization=world.clinic.pk))) == set()
    assert set(why(world, of=Of(project=second.pk))) == {gone, coming_back}
    assert set(why(world, of=Of(project=second.pk, stay=Stay.PAST))) == {gone, coming_back}
    assert set(why(world, of=Of(project=second.pk, stay=Stay.NOW))) == set()
    assert set(why(world, DAY - timedelta(days=1), of=Of(project=second.pk, stay=Stay.NOW))) == {
        gone, coming_back,
    }  # fmt: skip
    assert set(why(world, of=Of(stay=Stay.NOW))) == everybody
    assert set(why(world, of=Of(stay=Stay.PAST))) == set()


def test_nobody_restricted_is_on_a_list_of_those_who_may_not_know_them(world: World) -> None:
    """Their signature is due to an organization in which they have no stay."""
    world.stay(project=world.elsewhere)
    world.answers("share", date(2026, 1, 5), method=Method.BY_WORD, witness="Invented Colleague")
    with acting(world.worker):
        assert list(due.signature_due(world.worker, DAY)) == [world.person]
    with acting(world.administrator):
        factories.restrict(world.person)
    with acting(world.worker):
        assert list(due.signature_due(world.worker, DAY)) == []


def test_a_deleted_client_or_stay_asks_for_nothing(world: World) -> None:
    gone, left = person(world, date_deleted=factories.WHEN), person(world)
    with acting(world.administrator):
        left.enrollments.update(date_deleted=factories.WHEN)
    assert why(world) == {}
    assert gone not in why(world, user=world.administrator)


# ---------------------------------------------------------------- pages


@pytest.fixture
def people(world: World, client: Browser) -> dict[str, Client]:
    """One of each list, whose answers are of today, and a client of the other agency."""
    today = timezone.localdate()
    in_20_days = today + timedelta(days=20)
    born = in_20_days.replace(year=in_20_days.year - 18, day=min(in_20_days.day, 28))
    found = {
        "asked": person(world, first_name="Ana", last_name="Núñez"),
        "signs": person(world, first_name="Bo", last_name="Signer"),
        "turns": person(world, first_name="Cy", last_name="Younger", dob=born),
    }
    world.answers("share", today, client=found["signs"], method=Method.BY_WORD, witness="Invented Colleague")
    world.answers("share", today, client=found["turns"], guardian="Invented Parent")
    with acting(world.administrator):
        found["theirs"] = factories.make_client(first_name="Zebulon", last_name="Elsewhere")
    world.stay(client=found["theirs"], project=world.elsewhere)
    client.force_login(world.worker)
    return found


PAGES = {"to-be-asked": "Núñez, Ana", "signature-due": "Signer, Bo", "turning-18": "Younger, Cy"}


@pytest.mark.parametrize("key", PAGES)
def test_a_page_has_its_own_and_nobody_else(
    client: Browser, world: World, people: dict[str, Client], key: str
) -> None:
    page = client.get(f"/answers/{key}/").content.decode()
    assert [name for name in PAGES.values() if name in page] == [PAGES[key]]
    assert "Elsewhere" not in page and "1</strong> client<" in page and "may not see" not in page
    assert (
        f"/clients/{next(one.pk for one in people.values() if one.last_name in PAGES[key])}/papers/" in page
    )
    with acting(world.administrator):
        entry = AccessLog.objects.filter(action="members_viewed").get()
        assert len(entry.details["shown"]) == 1
    client.force_login(world.stranger)
    theirs = client.get(f"/answers/{key}/").content.decode()
    assert ("Elsewhere, Zebulon" in theirs) is (key == "to-be-asked")
    assert not any(name in theirs for name in PAGES.values())


def test_home_and_help_lead_there_with_counts_of_who_is_enrolled_now(
    client: Browser, world: World, people: dict[str, Client]
) -> None:
    assert 'href="/answers/"' in client.get("/").content.decode()
    assert 'href="/answers/"' in client.get("/help/privacy/").content.decode()
    for headers in ({}, {"HX-Request": "true"}):
        page = client.get("/answers/", headers=headers).content.decode()
        assert page.count("1 client<") == 3 and ("<html" in page) is not headers
    with acting(world.administrator):
        stay = people["asked"].enrollments.get()
        Exit.objects.create(**factories.record(enrollment=stay, exit_date=DAY, destination=24))
    assert "0 clients<" in client.get("/answers/").content.decode()
    assert "Núñez" in client.get("/answers/to-be-asked/").content.decode()


def test_a_search_finds_by_name_without_accents_or_by_id_and_is_in_no_address(
    client: Browser, world: World, people: dict[str, Client]
) -> None:
    other = person(world, first_name="Dee", last_name="Other")
    for words, found in (("nunez ana", "Núñez"), (str(other.pk), "Other, Dee"), ("zebulon", "Nothing fits")):
        answer = client.post("/answers/to-be-asked/?stay=now", {"words": words})
        assert words not in answer["Location"] and "stay=now" in answer["Location"]
        page = client.get(answer["Location"]).content.decode()
        assert found in page and ("Other, Dee" in page) is (found == "Other, Dee")
    for words in ("9" * 30, "\u0663", "%", "a" * 5000):
        address = client.post("/answers/to-be-asked/", {"words": words})["Location"]
        assert "Nothing fits" in client.get(address).content.decode(), words


@pytest.mark.parametrize("sort", ["name", "-name", "why", "answer", "-answer.name"])
def test_it_is_sorted(client: Browser, world: World, people: dict[str, Client], sort: str) -> None:
    person(world, first_name="Dee", last_name="other")
    page = client.get(f"/answers/to-be-asked/?sort={sort}").content.decode()
    places = [page.index(name) for name in ("Núñez, Ana", "other, Dee")]
    assert (places == sorted(places)) is (sort != "-name")


def test_excel_and_csv_have_what_is_filtered(
    client: Browser, world: World, people: dict[str, Client]
) -> None:
    world.answers("share", date(2019, 1, 1), client=people["asked"], form_version="2018")
    person(world, first_name="=1+1", last_name="Formula")
    for kind in ("csv", "xlsx"):
        answer = client.get(f"/answers/to-be-asked/?download={kind}&why=older")
        text = text_of(answer)
        assert "Núñez, Ana" in text and "Formula" not in text and "Older form: ask again" in text
        assert "Day of the answer" in text and (kind == "xlsx" or "2019-01-01" in text)
    with acting(world.administrator):
        entry = AccessLog.objects.filter(action="downloaded").first()
        assert entry.details["shown"] == [people["asked"].pk] and entry.details["rows"] == 1


def test_who_may_not_export_takes_nothing_along(
    client: Browser, people: dict[str, Client], monkeypatch: Any
) -> None:
    factories.take_rights(monkeypatch, Permission.DATA_EXPORT)
    assert "download=" not in client.get("/answers/to-be-asked/").content.decode()
    assert client.get("/answers/to-be-asked/?download=csv").status_code == 403


def test_names_go_along_only_after_a_fresh_second_step(
    client: Browser, people: dict[str, Client], settings: Any
) -> None:
    settings.ASK_AGAIN_MINUTES, settings.SECOND_STEP_FOR_NAMES = 5, True
    session = client.session
    session["account_authentication_methods"] = [{"method": "password", "at": time.time()}]
    session["account_authentication_methods_user"] = str(session["_auth_user_id"])
    session.save()
    answer = client.get("/answers/to-be-asked/?download=csv")
    assert answer.status_code == 302 and answer["Location"].startswith("/account/two-step/")
    session["account_authentication_methods"] = [{"method": "mfa", "at": time.time()}]
    session.save()
    assert client.get("/answers/to-be-asked/?download=csv").status_code == 200


def test_without_names_and_birth_dates(client: Browser, people: dict[str, Client], monkeypatch: Any) -> None:
    factories.take_rights(monkeypatch, Permission.CLIENT_NAME_VIEW, Permission.DOB_VIEW)
    page = client.get("/answers/to-be-asked/?sort=name").content.decode()
    assert f"Client {people['asked'].pk}" in page and "Núñez" not in page
    assert "words" not in page and "sort=name" not in page
    page = client.get("/answers/turning-18/").content.decode()
    assert "Your role does not show birth dates" in page and f"Client {people['turns'].pk}" not in page
    assert "turning-18" not in client.get("/answers/").content.decode()


def test_that_somebody_turned_18_is_not_told_to_who_sees_no_birth_dates(
    world: World, monkeypatch: Any
) -> None:
    child = person(world, dob=date(2008, 3, 1))
    world.answers("share", date(2026, 1, 5), client=child, guardian="Invented Parent")
    factories.take_rights(monkeypatch, Permission.DOB_VIEW)
    assert why(world) == {child: Why.ENDED}
