"""A new version of the release asks everyone again when it says so, and the answer holds until then."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client as Browser
from django.utils import timezone

from hearth.hmis.access.context import acting
from hearth.hmis.access.models import User
from hearth.hmis.clients.models import Client
from hearth.hmis.consent import document_actions, documents, due, queries
from hearth.hmis.consent.document_actions import Refused
from hearth.hmis.consent.documents import AskedOn
from hearth.hmis.consent.due import Why
from hearth.hmis.consent.models import Consent, ConsentDocument
from hearth.hmis.consent.models.document import DocumentKind
from tests import factories
from tests.hmis.consent.consenting import World

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate
DAY = timedelta(days=1)


@pytest.fixture
def world(administrator: User) -> World:
    return World(administrator)


def publish(
    world: World, *, asks_again: bool, days: int = 0, language: str = "en", form_version: str = ""
) -> ConsentDocument:
    by = world.administrator
    with acting(by):
        draft = document_actions.new_draft(by=by, kind=DocumentKind.RELEASE, language=language)
        document_actions.change_draft(
            by=by, document=draft, title="New", text="# New", seen=draft.updated_at, form_version=form_version
        )
        document_actions.publish(by=by, document=draft, begins_on=TODAY() + days * DAY, asks_again=asks_again)
        return ConsentDocument.objects.get(pk=draft.pk)


def listed(world: World, day: date | None = None) -> dict[Client, str]:
    with acting(world.worker):
        return {one: one.why for one in due.to_be_asked(world.worker, day or TODAY())}


def test_the_answer_keeps_the_version_that_it_was_given_on(world: World) -> None:
    spanish = world.answers("share", date(2026, 1, 5), language="es").consents[0]
    with acting(world.administrator):
        form = ConsentDocument.objects.get(pk=spanish.document_id)
    assert (form.kind, form.language, form.version) == ("release", "es", 1)
    assert world.answers("share", date(2026, 1, 6), language="hmn").consents[0].document_id is None
    assert world.answers("share", date(2026, 1, 7), form_version="2018").consents[0].document_id is None
    second = publish(world, asks_again=False, form_version="2026-11")
    given = world.answers("share", date(2026, 1, 8), form_version="2026-11").consents[0]
    assert given.document_id == second.pk


@pytest.mark.parametrize("asks_again", [True, False])
def test_a_new_version_asks_everyone_again_when_the_administrator_says_so(
    world: World, asks_again: bool
) -> None:
    stay = world.stay()
    consent = world.answers("share", date(2026, 1, 5)).consents[0]
    assert listed(world) == {}
    publish(world, asks_again=asks_again)
    assert listed(world) == ({world.person: Why.OLDER_FORM} if asks_again else {})
    assert world.seen(stay) == [True], "the answer holds until they are asked"
    with acting(world.worker):
        assert queries.is_older_form(world.worker, consent, TODAY()) is asks_again
    world.answers("share", TODAY(), form_version="2")
    assert listed(world) == {}


def test_from_its_first_day_on_without_nightly_work(world: World) -> None:
    world.stay()
    world.answers("share", date(2026, 1, 5))
    publish(world, asks_again=True, days=9)
    assert listed(world, TODAY() + 8 * DAY) == {}
    assert listed(world, TODAY() + 9 * DAY) == {world.person: Why.OLDER_FORM}


def test_a_later_version_that_does_not_ask_leaves_who_is_asked_on_the_list(world: World) -> None:
    """Who answered on the second, which asked, is not asked by the third; who answered on the first is."""
    with acting(world.administrator):
        second_time = factories.make_client()
    world.stay(), world.stay(client=second_time)
    world.answers("share", date(2026, 1, 5))
    publish(world, asks_again=True)
    world.answers("do_not_share", TODAY(), client=second_time, form_version="2")
    publish(world, asks_again=False)
    assert listed(world) == {world.person: Why.OLDER_FORM}


def test_other_languages_are_not_asked_by_it(world: World) -> None:
    world.stay()
    world.answers("share", date(2026, 1, 5), language="es")
    publish(world, asks_again=True, language="en")
    assert listed(world) == {}
    publish(world, asks_again=True, language="es")
    assert listed(world) == {world.person: Why.OLDER_FORM}


def test_what_comes_from_elsewhere_is_on_the_version_that_calls_itself_so(world: World) -> None:
    world.stay()
    world.answers("share", date(2026, 1, 5), form_version="2024-08")
    assert listed(world) == {world.person: Why.OLDER_FORM}
    publish(world, asks_again=True, form_version="2024-08")
    assert listed(world) == {}
    publish(world, asks_again=True, form_version="2027-01")
    assert listed(world) == {world.person: Why.OLDER_FORM}


def test_where_nothing_is_published_no_form_is_an_older_one(world: World) -> None:
    world.stay()
    world.answers("share", date(2026, 1, 5), form_version="2018")
    assert listed(world, TODAY() - DAY) == {}
    assert not AskedOn(frozenset(), frozenset(), is_any=True).is_older(None, "2018")


def test_two_versions_of_a_language_do_not_call_themselves_the_same(world: World) -> None:
    publish(world, asks_again=False, form_version="2026-11")
    for name in ("1", "2026-11"):
        with pytest.raises(Refused, match=f"calls itself {name} already"):
            publish(world, asks_again=False, form_version=name)
    publish(world, asks_again=False)  # the third, by its number


def test_the_page_says_how_many_are_asked_again(world: World, client: Browser) -> None:
    world.answers("share", date(2026, 1, 5))
    world.answers("share", date(2026, 1, 6))  # the same person
    with acting(world.administrator):
        spanish = factories.make_client()
    world.answers("share", date(2026, 1, 5), client=spanish, language="es")
    by = world.administrator
    with acting(by):
        draft = document_actions.new_draft(by=by, kind=DocumentKind.RELEASE, language="en")
        notice = document_actions.new_draft(by=by, kind=DocumentKind.PRIVACY_NOTICE, language="en")
        assert documents.answered_before(by, draft) == 1
    client.force_login(by)
    page = client.get(f"/consent/documents/{draft.pk}/publish/").content.decode()
    assert "Ask everyone again: 1 client" in page
    assert "Ask everyone again" not in client.get(f"/consent/documents/{notice.pk}/publish/").content.decode()
    given = {"begins_on": TODAY().strftime("%m/%d/%Y"), "asks_again": "on"}
    client.post(f"/consent/documents/{notice.pk}/publish/", given)
    with acting(by):
        assert ConsentDocument.objects.get(pk=notice.pk).asks_again is False


def test_another_form_is_entered_by_its_name(world: World, client: Browser, settings: Any) -> None:
    client.force_login(world.worker)
    given = {
        "choice": "share", "applies": "all", "method": "signed_paper", "given_on": "01/05/2026",
        "form": "another", "language": "ru", "form_version": "2018", "confirmed": "1",
    }  # fmt: skip
    page = client.post(f"/clients/{world.person.pk}/papers/answer/", given, follow=True).content.decode()
    assert "Older form: ask again" in page
    with acting(world.worker):
        kept = Consent.objects.get()
        assert (kept.form_version, kept.document) == ("2018", None)
        taking = queries.taking(world.worker, kept)
        assert taking is not None and taking.language == "ru"
