"""Drafts of forms: what is typed is kept, sealed, for whoever may finish it, and ends with Finish."""

import json
import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from hearth.hmis.access.context import acting
from hearth.hmis.access.models import User
from hearth.hmis.access.permissions import Permission
from hearth.hmis.audit.models import AccessLog
from hearth.hmis.enrollments import actions as enrollment_actions
from hearth.hmis.enrollments.drafts import actions, answer_sealing, queries
from hearth.hmis.enrollments.drafts.about import About
from hearth.hmis.enrollments.drafts.actions import Typed
from hearth.hmis.enrollments.models import Draft, DraftAnswer, Enrollment, Exit
from hearth.hmis.jobs import nightly
from tests import factories
from tests.hmis.enrollments.start.test_enroll import START, Place, enroll

pytestmark = pytest.mark.django_db

SAVE = reverse("enrollments:save_answer")
PRIOR, STREET = "Enrollment-LivingSituation", "116"
WORDS = "Enrollment-OtherText"


@pytest.fixture
def place(administrator: User) -> Place:
    return Place(administrator)


class Page:
    """The start page of a client in rapid re-housing, opened by somebody."""

    def __init__(self, user: User, place: Place) -> None:
        self.browser = Browser(raise_request_exception=False)
        self.browser.force_login(user)
        self.address = (
            reverse("enrollments:start", args=[place.client.pk, place.housing.pk]) + f"?start={START}"
        )
        self.client = place.client.pk
        self.known = ""
        self.open()

    def open(self) -> str:
        self.text = self.browser.get(self.address).content.decode()
        self.token, self.page, self.seen = (
            re.search(f'name="{name}" value="([^"]*)"', self.text)[1]  # type: ignore[index]  # it is there
            for name in ("draft-form", "draft-page", "draft-seen")
        )
        return self.text

    def save(self, name: str = PRIOR, *values: str, base: int = 0, **more: Any) -> Any:
        sent = {
            "form": self.token, "page": self.page, "client": self.client, "name": name, "value": values,
            "base": base, "draft": self.known,
        } | more  # fmt: skip
        return self.browser.post(SAVE, sent)

    def finish(self, **typed: str) -> Any:
        return self.browser.post(
            self.address,
            {"key": "k", "draft-page": self.page, "draft-seen": self.seen.replace("&quot;", '"'), **typed},
        )

    def chosen(self, code: str) -> bool:
        return bool(re.search(f'<option value="{code}"[^>]*selected', self.open()))


def drafts(user: User) -> list[Draft]:
    with acting(user):
        return list(Draft.objects.order_by("pk"))


def answers(user: User) -> dict[str, list[str]]:
    with acting(user):
        return {
            one.name: answer_sealing.opened(
                one.sealed, draft=one.draft_id, client=one.client_id, name=one.name
            )
            or []
            for one in DraftAnswer.objects.all()
        }


# ------------------------------------------------------------------ kept and resumed


def test_what_is_typed_is_kept_and_shown_again_until_it_is_finished(place: Place) -> None:
    page = Page(place.worker, place)
    assert drafts(place.worker) == []  # a look makes none
    first = page.save(PRIOR, STREET).json()
    assert first["version"] == 1
    page.save("IncomeBenefits-SSDIAmount", "12.5o", draft=first["draft"])
    page.save("IncomeBenefits-SSDI", "on", draft=first["draft"])
    again = Page(place.worker, place)
    assert again.chosen(STREET)
    assert 'value="12.5o"' in again.text  # as it was typed
    assert re.search(r'name="IncomeBenefits-SSDI"[^>]*checked', again.text)
    assert "Begun" in again.text
    done = again.finish(**{PRIOR: STREET})
    assert done.status_code == 302
    assert drafts(place.worker) == []
    with acting(place.worker):
        assert Enrollment.objects.get(client=place.client).living_situation == int(STREET)
    late = page.save(PRIOR, "101", base=1, draft=first["draft"])  # the other page did not know
    assert late.status_code == 410
    assert page.save(PRIOR, "101").status_code == 410  # nor one that never saved
    assert drafts(place.worker) == []


def test_values_are_sealed_and_bound_to_their_place(place: Place) -> None:
    Page(place.worker, place).save("IncomeBenefits-OtherIncomeSourceIdentify", "Zebulonia")
    with acting(place.worker):
        one = DraftAnswer.objects.get()
    sealed = bytes(one.sealed)
    assert b"Zebulonia" not in sealed
    where = {"draft": one.draft_id, "client": one.client_id, "name": one.name}
    assert answer_sealing.opened(sealed, **where) == ["Zebulonia"]
    for other in ({"client": one.client_id + 1}, {"draft": one.draft_id + 1}, {"name": "x"}):
        assert answer_sealing.opened(sealed, **(where | other)) is None
    with acting(place.worker), connection.cursor() as cursor:
        cursor.execute("SELECT table_name FROM information_schema.tables WHERE table_name LIKE '%draft%'")
        assert {name for (name,) in cursor.fetchall()} == {"enrollments_draft", "enrollments_draftanswer"}


def test_answers_whose_key_is_lost_are_counted_and_do_no_harm(place: Place) -> None:
    page = Page(place.worker, place)
    page.save(PRIOR, STREET)
    with acting(place.worker):
        DraftAnswer.objects.update(sealed=b"\x01 of another key")
    assert "1 of its answers cannot be read" in page.open()
    assert page.save(PRIOR, "101", base=1).status_code == 200
    assert answers(place.worker) == {PRIOR: ["101"]}


def test_an_answer_that_is_taken_back_stays_taken_back(place: Place) -> None:
    with acting(place.worker):
        stay = enroll(place.worker, place.client, place.housing)
    browser = Browser()
    browser.force_login(place.worker)
    address = reverse("enrollments:exit", args=[stay.pk])
    text = browser.get(address).content.decode()
    today = timezone.localdate().strftime("%m/%d/%Y")
    assert f'name="exit_date" value="{today}"' in text
    token = re.search('name="draft-form" value="([^"]*)"', text)[1]  # type: ignore[index]  # it is there
    sent = {"form": token, "client": place.client.pk, "name": "exit_date", "base": 0}
    assert browser.post(SAVE, sent).status_code == 200
    assert f'name="exit_date" value="{today}"' not in browser.get(address).content.decode()
    browser.post(
        address, {"exit_date": "11/20/2026", "draft-seen": json.dumps({f"{place.client.pk}:exit_date": 1})}
    )
    with acting(place.worker):
        assert Exit.objects.get(enrollment=stay).exit_date == date(2026, 11, 20)
        assert not Draft.objects.exists()


def test_without_scripts_enter_keeps_the_draft_and_finishes_nothing(place: Place) -> None:
    page = Page(place.worker, place)
    first = re.search(r'<button[^>]*type="submit"[^>]*>', page.text.partition('class="hearth-questions"')[2])
    assert first is not None
    assert 'name="draft-save"' in first[0]  # what Enter presses
    done = page.finish(**{PRIOR: STREET, "draft-save": "enter"})
    assert done.url == page.address
    assert {name: said for name, said in answers(place.worker).items() if said} == {PRIOR: [STREET]}
    with acting(place.worker):
        assert not Enrollment.objects.exists()
    assert page.chosen(STREET)


def test_a_failure_in_the_middle_leaves_the_draft_whole(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = Page(place.worker, place)
    page.save(PRIOR, STREET)
    page.open()

    def stop(**said: Any) -> None:
        raise RuntimeError("stopped")

    monkeypatch.setattr(enrollment_actions, "record_each", stop)  # the last that is written
    assert page.finish(**{PRIOR: STREET}).status_code == 500
    monkeypatch.undo()
    with acting(place.worker):
        assert not Enrollment.objects.exists()
    assert answers(place.worker) == {PRIOR: [STREET]}
    assert page.finish(**{PRIOR: STREET}).status_code == 302
    assert drafts(place.worker) == []


# ------------------------------------------------------------------ two people


def test_a_colleague_takes_over(place: Place) -> None:
    page = Page(place.worker, place)
    page.save(PRIOR, STREET)
    colleague = factories.make_hmis_user(place.organization, display_name="Sam Rivera")
    theirs = Page(colleague, place)
    assert theirs.chosen(STREET)
    answer = theirs.save("IncomeBenefits-SSDI", "on")
    assert answer.status_code == 200
    assert len(drafts(colleague)) == 1  # one draft for the form
    assert page.save("IncomeBenefits-SSI", "on").json()["editing"] == ["Sam Rivera"]
    assert "Sam Rivera</p>" not in page.text
    assert "Sam Rivera" in page.open()


@pytest.mark.parametrize(
    ("permission", "name"),
    [
        (Permission.HIV_VIEW, "Disabilities-DisabilityResponse-8"),
        (Permission.HIV_VIEW, "Disabilities-IndefiniteAndImpairs-8"),
        (Permission.HIV_VIEW, "Disabilities-TCellCountAvailable-8"),
        (Permission.DV_VIEW, "HealthAndDV-DomesticViolenceSurvivor"),
        (Permission.CLIENT_NAME_VIEW, "Client-LastName"),
        (Permission.SSN_LAST_FOUR_VIEW, "Client-SSN"),
        (Permission.DOB_VIEW, "Client-DOB"),
    ],
)
def test_a_conflict_tells_nobody_what_they_may_not_see(
    place: Place, monkeypatch: pytest.MonkeyPatch, permission: Permission, name: str
) -> None:
    """A request with the name of an input that is not on one's form gets neither a colleague's answer nor
    a word of its own into the draft."""
    page = Page(place.worker, place)
    assert page.save(name, "1").status_code == 200
    factories.take_rights(monkeypatch, permission)
    theirs = Page(factories.make_hmis_user(place.organization), place)
    for values in (["0"], ["1"], []):
        answer = theirs.save(name, *values)
        assert (answer.status_code, set(answer.json())) == (400, {"refused"})
    assert theirs.save(PRIOR, STREET).status_code == 200
    assert theirs.save("Disabilities-DisabilityResponse-5", "1").status_code == 200


def test_two_answers_to_one_question_stand_side_by_side(place: Place) -> None:
    colleague = factories.make_hmis_user(place.organization, display_name="Sam Rivera")
    mine, theirs = Page(place.worker, place), Page(colleague, place)
    assert mine.save(PRIOR, STREET).json()["version"] == 1
    refused = theirs.save(PRIOR, "101")
    assert refused.status_code == 409
    said = refused.json()
    assert (said["values"], said["version"], said["by"]) == ([STREET], 1, str(place.worker))
    assert answers(colleague) == {PRIOR: [STREET]}
    assert theirs.save(PRIOR, STREET).status_code == 200  # the same is no conflict
    assert theirs.save(PRIOR, "101", base=1).status_code == 200  # mine is right
    assert mine.save(PRIOR, "435").status_code == 409
    assert answers(colleague) == {PRIOR: ["101"]}


def test_a_page_does_not_conflict_with_its_own_lost_answer(place: Place) -> None:
    page = Page(place.worker, place)
    page.save(PRIOR, STREET)  # its answer never came back
    assert page.save(PRIOR, "101").status_code == 200
    other = Page(place.worker, place)  # a second tab does
    page.save(PRIOR, "435")
    assert other.save(PRIOR, "118", base=1).status_code == 409


def test_finish_asks_where_somebody_changed_an_answer_meanwhile(place: Place) -> None:
    colleague = factories.make_hmis_user(place.organization, display_name="Sam Rivera")
    mine, theirs = Page(place.worker, place), Page(colleague, place)
    theirs.save(PRIOR, STREET)
    again = mine.finish(**{PRIOR: "101"})
    text = again.content.decode()
    assert again.status_code == 200
    assert "Sam Rivera saved “<bdi>Place not meant" in text
    assert "Emergency shelter" in text.partition("here stands")[2][:60]
    with acting(place.worker):
        assert not Enrollment.objects.exists()
    mine.seen = re.search('name="draft-seen" value="([^"]*)"', text)[1]  # type: ignore[index]  # it is there
    assert mine.finish(**{PRIOR: "101"}).status_code == 302
    with acting(place.worker):
        assert Enrollment.objects.get().living_situation == 101


# ------------------------------------------------------------------ whose


def test_others_have_no_draft(place: Place, administrator: User) -> None:
    page = Page(place.worker, place)
    page.save(PRIOR, STREET)
    [draft] = drafts(place.worker)
    stranger = factories.make_hmis_user(factories.make_organization())
    discard = reverse("enrollments:discard_draft", args=[draft.pk])
    browser = Browser()
    browser.force_login(stranger)
    assert browser.get(discard).status_code == browser.post(discard).status_code == 404
    assert browser.post(SAVE, {"form": page.token, "client": page.client, "name": PRIOR}).status_code == 400
    assert "No drafts" in browser.get(reverse("enrollments:drafts")).content.decode()
    for nobody in (stranger, factories.make_auditor(), factories.make_user()):
        with acting(nobody):
            assert not Draft.objects.exists()
            assert not Draft.objects.restrict(nobody).exists()
            assert not DraftAnswer.objects.restrict(nobody).exists()
    for somebody in (place.worker, administrator):
        with acting(somebody):
            assert Draft.objects.restrict(somebody).get() == draft
            assert DraftAnswer.objects.restrict(somebody).count() == DraftAnswer.objects.count() == 1


def test_who_loses_the_project_loses_the_draft(place: Place, administrator: User) -> None:
    page = Page(place.worker, place)
    page.save(PRIOR, STREET)
    with acting(administrator):
        factories.end_grants(place.worker)
        factories.give_role(place.worker, factories.HmisUser, factories.make_organization())
    worker = User.objects.get(pk=place.worker.pk)
    with acting(worker):
        assert not Draft.objects.exists()
        assert not Draft.objects.restrict(worker).exists()
    assert page.save(PRIOR, "101").status_code == 404


def test_a_client_who_is_restricted_meanwhile_is_hidden_with_the_draft(
    place: Place, administrator: User
) -> None:
    page = Page(place.worker, place)
    page.save(PRIOR, STREET)
    with acting(administrator):
        factories.restrict(place.client)
    with acting(place.worker):
        assert not Draft.objects.exists()
        assert not DraftAnswer.objects.exists()
        assert not Draft.objects.restrict(place.worker).exists()
    assert page.save(PRIOR, "101").status_code == 404
    with acting(administrator):
        assert Draft.objects.count() == DraftAnswer.objects.count() == 1


def test_another_client_of_the_page_is_hidden_alone_and_goes_with_the_draft(
    place: Place, administrator: User
) -> None:
    with acting(administrator):
        other = factories.make_client()
    about = About("start", client=place.client.pk, project=place.housing.pk, day=START)
    typed = {(one, PRIOR): Typed([STREET]) for one in (place.client.pk, other.pk)}
    with acting(place.worker):
        actions.keep(by=place.worker, about=about, typed=typed)
    with acting(administrator):
        factories.restrict(other)
    with acting(place.worker):
        [answer] = DraftAnswer.objects.all()
        assert answer.client_id == place.client.pk
        assert DraftAnswer.objects.restrict(place.worker).get() == answer
        [draft] = Draft.objects.all()
        assert [one.client for one in queries.answers_of(place.worker, draft)[0]] == [place.client.pk]
        actions.discard(by=place.worker, draft=draft)
    with acting(administrator):
        assert not DraftAnswer.objects.exists()  # the database removes what the worker does not see


# ------------------------------------------------------------------ hostile


@pytest.mark.parametrize(
    "sent",
    [
        {"form": ""},
        {"form": "WzFd:x:y"},
        {"form": "é:\u202e:%"},
        {"client": "999999"},
        {"client": "9" * 400},
        {"client": "²"},
        {"client": "-1"},
        {"client": ""},
        {"name": "Client-SSN-x"},
        {"name": "no such input"},
        {"name": "csrfmiddlewaretoken"},
        {"name": "Enrollment-LivingSituation\x00"},
        {"name": "x" * 10_000},
        {"value": "x" * 10_000},
        {"value": ["x"] * 200},
    ],
    ids=lambda sent: str(sent)[:30],
)
def test_what_no_form_sends_is_refused(place: Place, sent: dict[str, Any]) -> None:
    answer = Page(place.worker, place).save(**({"name": PRIOR} | sent))
    assert answer.status_code == 400
    assert not answer.headers["Content-Type"].startswith("application/json") or answer.json()["refused"]
    assert drafts(place.worker) == []


def test_whatever_is_typed_is_kept_as_it_is(place: Place) -> None:
    page = Page(place.worker, place)
    name = "IncomeBenefits-OtherIncomeSourceIdentify"
    for version, text in enumerate(["<b>&'\"", "=1+1", "\u202eשלום", "👩🏽‍🌾", "a\nb", "'; DROP TABLE x"], 1):
        assert page.save(name, text, base=version - 1).status_code == 200
        assert answers(place.worker) == {name: [text]}
    assert page.save(name, "\x00").status_code == 400
    assert page.save(name, "a", base=-5).status_code == 200  # the same page
    assert page.open()
    for seen in ("[]", "{", "[" * 100_000, '{"x": "y", ":": 1, "²:a": 1}', "9" * 9):
        page.seen = seen
        assert page.finish(**{"draft-save": "enter"}).status_code in (200, 302)


def test_a_token_is_its_users_alone_and_knows_no_other_form(place: Place) -> None:
    colleague = factories.make_hmis_user(place.organization)
    mine, theirs = Page(place.worker, place), Page(colleague, place)
    assert theirs.save(PRIOR, STREET, form=mine.token).status_code == 400
    assert mine.save("exit_date", "1").status_code == 400
    assert mine.browser.get(SAVE).status_code == 405
    signed_out = Browser()
    assert signed_out.post(SAVE, {"form": mine.token}, headers={"HX-Request": "true"}).status_code == 401


# ------------------------------------------------------------------ listed, given up, cleaned up


def test_drafts_are_listed_with_a_warning_and_discarded_after_a_question(place: Place) -> None:
    page = Page(place.worker, place)
    address = reverse("enrollments:drafts")
    assert "No drafts" in page.browser.get(address).content.decode()
    page.save(PRIOR, STREET)
    text = page.browser.get(address).content.decode()
    assert page.address in text.replace("&amp;", "&")
    assert "Removed in" not in text
    with acting(place.worker):
        Draft.objects.update(expires_on=timezone.localdate() + timedelta(days=3))
    assert "Removed in 3 days" in page.browser.get(address).content.decode()
    colleague = factories.make_hmis_user(place.organization)
    theirs = Browser()
    theirs.force_login(colleague)
    assert "Of colleagues" in theirs.get(address).content.decode()
    [draft] = drafts(place.worker)
    discard = reverse("enrollments:discard_draft", args=[draft.pk])
    assert discard in text
    assert "cannot be brought back" in page.browser.get(discard).content.decode()
    assert drafts(place.worker) == [draft]
    assert page.browser.post(discard).status_code == 302
    assert drafts(place.worker) == []


def test_old_drafts_are_removed_counted_and_written_down(place: Place, administrator: User) -> None:
    page = Page(place.worker, place)
    page.save(PRIOR, STREET)
    today = timezone.localdate()
    [draft] = drafts(place.worker)
    assert draft.expires_on == today + timedelta(days=30)
    assert "drafts_old" in {one.name for one in nightly.duties()}
    with acting(None):
        assert actions.remove_old() is None
    with acting(place.worker):
        Draft.objects.update(expires_on=today)
    with acting(None):
        assert actions.remove_old() == "1 draft removed"
    with acting(administrator):
        assert not Draft.objects.exists()
        assert not DraftAnswer.objects.exists()
        log = AccessLog.objects.filter(action="draft_changed").order_by("pk")
        assert [one.details["done"] for one in log] == ["begun", "expired"]
        assert log[1].details["answers"] == 1
        assert STREET not in str([one.details for one in log])


def test_a_draft_says_which_day_it_was_typed_for(place: Place) -> None:
    page = Page(place.worker, place)
    page.save(PRIOR, STREET)
    page.address = page.address.replace(str(START), str(START + timedelta(days=3)))
    assert "It was typed for November 2, 2026" in page.open()
    assert page.chosen(STREET)


def test_saving_takes_few_queries(place: Place) -> None:
    page = Page(place.worker, place)
    page.save(PRIOR, STREET)
    with CaptureQueriesContext(
        connection,
    ) as caught:
        assert page.save(PRIOR, "101").status_code == 200
    assert len(caught) <= 14, "\n".join(one["sql"][:150] for one in caught)
