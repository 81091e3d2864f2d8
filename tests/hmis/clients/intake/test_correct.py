"""Correcting who somebody is: what is not touched stays, two people at once, and what follows."""

import re
from datetime import date
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client as Browser
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hearth.hmis.access.context import acting
from hearth.hmis.access.models import User
from hearth.hmis.access.permissions import Permission
from hearth.hmis.access.roles import Auditor
from hearth.hmis.access_log.queries import in_words
from hearth.hmis.audit.models import AccessLog
from hearth.hmis.clients import actions
from hearth.hmis.clients.intake.correcting import CorrectionForm
from hearth.hmis.clients.models import Client, NotTheSame
from tests import factories

pytestmark = pytest.mark.django_db

WREN: dict[str, Any] = {
    "first_name": "Wren", "last_name": "Hollow", "dob": date(1985, 3, 14), "dob_data_quality": 1,
    "ssn": "219094321", "ssn_data_quality": 1, "sex": 0, "white": 1, "asian": 0, "race_none": None,
    "veteran_status": 1, "military_branch": 1,
}  # fmt: skip


@pytest.fixture
def worker(administrator: User) -> User:
    with acting(administrator):
        return factories.make_hmis_user(factories.make_organization())


@pytest.fixture
def wren(administrator: User) -> Client:
    with acting(administrator):
        return factories.make_client(**WREN)


def shown(browser: Browser, one: Client) -> dict[str, Any]:
    """What a browser sends of the form when nothing is touched."""
    page = browser.get(reverse("clients:edit", args=[one.pk]))
    assert page.status_code == 200
    form = page.context["form"]
    sent = {name: form[name].value() for name in form.fields}
    return {name: value for name, value in sent.items() if value not in (None, False, "")}


def send(browser: Browser, one: Client, sent: dict[str, Any]) -> Any:
    return browser.post(reverse("clients:edit", args=[one.pk]), sent)


def stored(administrator: User, one: Client) -> Client:
    with acting(administrator):
        return Client.objects.get(pk=one.pk)


def errors(page: Any) -> dict[str, list[str]]:
    assert page.status_code == 200
    return {name: [str(one) for one in said] for name, said in page.context["form"].errors.items()}


def test_one_thing_is_changed_and_all_else_stays(
    client: Browser, worker: User, administrator: User, wren: Client
) -> None:
    client.force_login(worker)
    page = client.get(reverse("clients:edit", args=[wren.pk])).content.decode()
    assert "219094321" not in page and "4321" in page
    sent = shown(client, wren)
    assert send(client, wren, {**sent, "first_name": "Wrenna"}).url == reverse(
        "clients:detail", args=[wren.pk]
    )
    now = stored(administrator, wren)
    assert (now.first_name, now.ssn, now.military_branch) == ("Wrenna", "219094321", 1)
    # The key and the source stay; who changed it is a user here, and later than before.
    assert (now.hud_id, now.data_source_id) == (wren.hud_id, wren.data_source_id)
    assert now.updated_by == worker and now.date_updated > wren.date_updated
    assert now.user_data_source is not None and now.user_data_source.is_hearth
    with acting(administrator):
        (entry,) = AccessLog.objects.filter(action="client_changed")
        (said,) = in_words(administrator, [entry], with_links=False)
    assert said.what == f"Corrected Client {wren.pk}: name"
    client.force_login(administrator)
    history = client.get(reverse("clients:history", args=[wren.pk])).content.decode()
    assert "Wrenna" in history and worker.display_name in history
    found = client.post(reverse("clients:search"), {"q": "wrenna hollow"})
    assert f"/clients/{wren.pk}/" in client.get(found.url).content.decode()


def test_nothing_touched_is_nothing_written(
    client: Browser, worker: User, administrator: User, wren: Client
) -> None:
    client.force_login(worker)
    sent = shown(client, wren)
    assert send(client, wren, sent).status_code == 302
    assert stored(administrator, wren).date_updated == wren.date_updated
    with acting(administrator):
        assert not AccessLog.objects.filter(action="client_changed").exists()


def test_what_came_from_elsewhere_and_no_form_would_say_stays(
    client: Browser, worker: User, administrator: User
) -> None:
    with acting(administrator):
        odd = factories.make_client(
            first_name="Q" * 60, last_name=None, name_data_quality=99, dob=None, dob_data_quality=99,
            ssn="4321" + "a" * 64, ssn_data_quality=2, sex=7, race_none=99, white=1, veteran_status=5,
            as_it_came={"DOB": "13/45/1980", "Sex": "7"},
        )  # fmt: skip
    client.force_login(worker)
    sent = shown(client, odd)
    assert send(client, odd, {**sent, "birth_date": "3/14/1985"}).status_code == 302
    now = stored(administrator, odd)
    assert (now.dob, now.dob_data_quality) == (date(1985, 3, 14), 1)
    for field in ("first_name", "name_data_quality", "ssn", "sex", "race_none", "white", "veteran_status"):
        assert getattr(now, field) == getattr(odd, field), field
    assert now.as_it_came == {"Sex": "7"}  # what did not fit the column is answered


@pytest.mark.parametrize(
    ("typed", "ssn", "quality"),
    [
        ("•••-••-4321", "219094321", 1), ("4321", "219094321", 1), ("xxx-xx-4321", "219094321", 1),
        ("219-09-4322", "219094322", 1), ("4322", "xxxxx4322", 2), ("", None, 99),
    ],
)  # fmt: skip
def test_the_hidden_figures_of_an_ssn_are_kept(
    client: Browser,
    worker: User,
    administrator: User,
    wren: Client,
    typed: str,
    ssn: str | None,
    quality: int,
) -> None:
    client.force_login(worker)
    assert send(client, wren, {**shown(client, wren), "ssn": typed}).status_code == 302
    now = stored(administrator, wren)
    assert (now.ssn, now.ssn_data_quality) == (ssn, quality)
    found = client.post(reverse("clients:search"), {"q": "219-09-4321"})
    assert (f"/clients/{wren.pk}/" in client.get(found.url).content.decode()) is (ssn == "219094321")


def test_a_figure_typed_among_the_dots_is_refused(client: Browser, worker: User, wren: Client) -> None:
    client.force_login(worker)
    said = errors(send(client, wren, {**shown(client, wren), "ssn": "•••-••-4329"}))
    assert "dots stand for" in said["ssn"][0]


class TestTwoPeople:
    @pytest.fixture
    def other(self, administrator: User) -> User:
        with acting(administrator):
            return factories.make_hmis_user(factories.make_organization())

    def change(self, user: User, one: Client, **fields: str) -> None:
        browser = Browser()
        browser.force_login(user)
        assert send(browser, one, {**shown(browser, one), **fields}).status_code == 302

    def test_different_things_are_both_kept(
        self, client: Browser, worker: User, other: User, administrator: User, wren: Client
    ) -> None:
        client.force_login(worker)
        sent = shown(client, wren)
        self.change(other, wren, first_name="Wrenna", ssn="219-09-4300")
        assert send(client, wren, {**sent, "birth_date": "3/15/1985"}).status_code == 302
        now = stored(administrator, wren)
        assert (now.first_name, now.ssn, now.dob) == ("Wrenna", "219094300", date(1985, 3, 15))

    @pytest.mark.parametrize("which", ["mine", "theirs"])
    def test_the_same_thing_is_asked_about(
        self, client: Browser, worker: User, other: User, administrator: User, wren: Client, which: str
    ) -> None:
        client.force_login(worker)
        sent = {**shown(client, wren), "last_name": "Hallow", "sex": "1", "ssn": "219-09-4311"}
        self.change(other, wren, last_name="Hollows", sex="1", ssn="219-09-4300")
        page = send(client, wren, sent)
        text = page.content.decode()
        assert "Wren Hollows" in text and "Wren Hallow<" in text
        assert "4300" in text and "21909" not in re.sub("[^0-9]", "", text.replace("219-09-4311", ""))
        assert [one["label"] for one in page.context["both"]] == ["Name", "Social Security number"]
        assert stored(administrator, wren).last_name == "Hollows"
        # Unanswered, it is asked again; what was typed stands in the form.
        assert 'value="Hallow"' in text
        answers = {
            one["name"]: choice["value"]
            for one in page.context["both"]
            for choice in one["choices"]
            if choice["value"].startswith(which)
        }
        assert send(client, wren, sent).status_code == 200
        assert send(client, wren, {**sent, **answers}).status_code == 302
        now = stored(administrator, wren)
        wanted = {"mine": ("Hallow", "219094311"), "theirs": ("Hollows", "219094300")}
        assert (now.last_name, now.ssn) == wanted[which]

    def test_an_answer_holds_for_what_it_was_given_for(
        self, client: Browser, worker: User, other: User, administrator: User, wren: Client
    ) -> None:
        client.force_login(worker)
        sent = {**shown(client, wren), "last_name": "Hallow"}
        self.change(other, wren, last_name="Hollows")
        (both,) = send(client, wren, sent).context["both"]
        self.change(other, wren, last_name="Holloway")
        page = send(client, wren, {**sent, both["name"]: both["choices"][1]["value"]})
        assert "Wren Holloway" in page.content.decode()
        assert stored(administrator, wren).last_name == "Holloway"

    def test_a_base_version_of_nothing_asks(
        self, client: Browser, worker: User, administrator: User, wren: Client
    ) -> None:
        client.force_login(worker)
        for base in ("", "name=x.y", "\u202e", "name" * 1000):
            page = send(client, wren, {**shown(client, wren), "base": base, "first_name": "Wrenna"})
            assert page.status_code == 200
            assert stored(administrator, wren).first_name == "Wren"

    def test_what_both_wrote_together_cannot_be(
        self, client: Browser, worker: User, other: User, administrator: User, wren: Client
    ) -> None:
        with acting(administrator):
            Client.objects.filter(pk=wren.pk).update(veteran_status=0)
        client.force_login(worker)
        sent = {**shown(client, wren), "veteran_status": "1"}
        self.change(other, wren, birth_date="3/14/2015", follows_is_right="on")
        page = send(client, wren, sent)
        assert "under 18" in str(errors(page))
        assert stored(administrator, wren).veteran_status == 99


def test_what_follows_for_a_child_or_an_adult_is_answered(
    client: Browser, worker: User, administrator: User, wren: Client
) -> None:
    client.force_login(worker)
    sent = {**shown(client, wren), "veteran_status": "0"}
    page = send(client, wren, sent)
    assert "no veteran any more" in page.content.decode()
    assert send(client, wren, {**sent, "follows_is_right": "on"}).status_code == 302
    sent = {**shown(client, wren), "birth_date": "3/14/2015"}
    page = send(client, wren, sent)
    assert "the person is a child" in page.content.decode()
    assert stored(administrator, wren).dob == date(1985, 3, 14)
    assert send(client, wren, {**sent, "follows_is_right": "on"}).status_code == 302
    now = stored(administrator, wren)
    assert (now.dob, now.veteran_status) == (date(2015, 3, 14), 99)
    sent = {**shown(client, wren), "birth_date": "3/14/1985"}
    assert "is no child" in send(client, wren, sent).content.decode()
    assert "under 18" in str(errors(send(client, wren, {**shown(client, wren), "veteran_status": "1"})))


def test_what_the_user_may_not_see_is_neither_shown_nor_overwritten(
    client: Browser, worker: User, administrator: User, wren: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    hidden = (Permission.CLIENT_NAME_VIEW, Permission.DOB_VIEW, Permission.SSN_LAST_FOUR_VIEW)
    with monkeypatch.context() as fewer:
        factories.take_rights(fewer, *hidden)
        client.force_login(worker)
        page = client.get(reverse("clients:edit", args=[wren.pk])).content.decode()
        assert not re.search("Wren|Hollow|1985|4321", page)
        forged = {"first_name": "X", "last_name": "Y", "birth_date": "1/1/1990", "ssn": "219-09-4300"}
        assert send(client, wren, {**shown(client, wren), **forged, "sex": "1"}).status_code == 302
    now = stored(administrator, wren)
    assert (now.first_name, now.last_name, now.dob, now.ssn) == ("Wren", "Hollow", wren.dob, "219094321")
    assert (now.sex, now.name_data_quality, now.dob_data_quality) == (1, 1, 1)


# ------------------------------------------------------------------ somebody who is alike


def test_who_is_made_like_another_is_told_apart(
    client: Browser, worker: User, administrator: User, wren: Client
) -> None:
    with acting(administrator):
        twin = factories.make_client(first_name="Wrenn", last_name="Holloway", dob=date(1985, 3, 14))
        hidden = factories.make_client(first_name="Wrenn", last_name="Holloway", dob=date(1985, 3, 14))
        factories.restrict(hidden)
        other = factories.make_client(first_name="Ada", last_name="Holloway", dob=date(1950, 1, 1))
    client.force_login(worker)
    sent = shown(client, wren) | {"last_name": "Holloway"}
    page = send(client, wren, sent)
    said = errors(page)["__all__"]
    assert said == ["People below are alike. Say of each whether it is the same person."]
    assert [one.client.pk for one in page.context["found"]] == [twin.pk]
    assert f"not_the_same_{twin.pk}" in page.content.decode()
    assert stored(administrator, wren).last_name == "Hollow"
    for wrong in (other.pk, hidden.pk, wren.pk, 2**70, "x", "\u202e"):
        assert send(client, wren, sent | {"not_the_same": [wrong]}).status_code == 200
    assert stored(administrator, wren).last_name == "Hollow"
    assert send(client, wren, sent | {"not_the_same": [twin.pk]}).status_code == 302
    assert stored(administrator, wren).last_name == "Holloway"
    with acting(administrator):
        kept = NotTheSame.objects.get()
        assert (kept.client_id, kept.other_id, kept.said_by_id) == (wren.pk, twin.pk, worker.pk)
        entry = AccessLog.objects.filter(action="client_changed").latest("pk")
        assert entry.details["not_the_same"] == 1
        assert AccessLog.objects.filter(action="searched", details__shown=[twin.pk]).exists()
    # Answered once, from either side; a colleague does not know of it, is asked, and says it again.
    assert send(client, wren, shown(client, wren) | {"first_name": "Wrenna"}).status_code == 302
    assert send(client, twin, shown(client, twin) | {"first_name": "Wrena"}).status_code == 302
    with acting(administrator):
        colleague = factories.make_hmis_user(factories.make_organization())
    client.force_login(colleague)
    sent = shown(client, wren) | {"first_name": "Wren"}
    answers = [one.client.pk for one in send(client, wren, sent).context["found"]]
    assert answers == [twin.pk]
    assert send(client, wren, sent | {"not_the_same": answers}).status_code == 302
    with acting(administrator):
        assert NotTheSame.objects.get().said_by_id == worker.pk


def test_what_does_not_decide_asks_nothing(
    client: Browser, worker: User, administrator: User, wren: Client
) -> None:
    with acting(administrator):
        factories.make_client(first_name="Wren", last_name="Hollow", dob=date(1985, 3, 14))
    client.force_login(worker)
    assert send(client, wren, shown(client, wren) | {"sex": "1"}).status_code == 302


def test_whoever_may_not_edit_is_refused(client: Browser, administrator: User, wren: Client) -> None:
    auditor = factories.make_user(Auditor)
    client.force_login(auditor)
    assert send(client, wren, {}).status_code == 403
    with pytest.raises(PermissionDenied), acting(auditor):
        actions.correct_client(by=auditor, client=wren, values={"sex": 1}, base={})
    assert stored(administrator, wren).sex == 0


def test_a_restricted_or_deleted_client_is_not_there(
    client: Browser, worker: User, administrator: User, wren: Client
) -> None:
    client.force_login(worker)
    sent = shown(client, wren)
    with acting(administrator):
        factories.restrict(wren)
    assert send(client, wren, {**sent, "sex": "1"}).status_code == 404
    assert client.get(reverse("clients:edit", args=[wren.pk])).status_code == 404
    with pytest.raises(PermissionDenied), acting(worker):
        actions.correct_client(by=worker, client=wren, values={"sex": 1}, base={})
    with acting(administrator):
        Client.objects.filter(pk=wren.pk).update(date_deleted="2026-11-30")
    client.force_login(administrator)
    assert send(client, wren, {**sent, "sex": "1"}).status_code == 404
    assert stored(administrator, wren).sex == 0


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    typed=st.dictionaries(
        st.sampled_from(sorted(CorrectionForm.base_fields)),
        st.one_of(
            st.text(max_size=40),
            st.sampled_from(
                ["\u202eabc", "😀" * 10, "=1+1", "0000-01-01", "12/31/9999", "x" * 10_000, "\x00", "-1"]
            ),
        ),
    )
)
def test_whatever_is_typed_is_refused_at_a_field_or_storable(
    administrator: User, typed: dict[str, str]
) -> None:
    stored_one = Client(pk=7, **{**WREN, "name_data_quality": 1})
    form = CorrectionForm(typed, client=stored_one, user=administrator, today=date(2026, 11, 30))
    if form.is_valid():
        Client(**form.values).clean_fields(exclude=["data_source", "hud_id"])
    else:
        assert form.errors
