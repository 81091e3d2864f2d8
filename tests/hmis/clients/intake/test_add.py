"""Adding a person: only after a search, only once, only when those who are alike were told apart."""

import re
from datetime import date
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hearth.hmis.access.context import acting
from hearth.hmis.access.models import User
from hearth.hmis.access.roles import Auditor
from hearth.hmis.access_log.queries import in_words
from hearth.hmis.audit.models import AccessLog
from hearth.hmis.clients import actions, queries
from hearth.hmis.clients.intake.identity import IdentityForm
from hearth.hmis.clients.models import Client, NotTheSame
from hearth.hmis.organizations.entered import key_of_form, new_key
from tests import factories

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 30)
WHOLE = {
    "first_name": " John  Paul ", "last_name": "Anderson", "name_suffix": "Jr", "birth_date": "3/14/1985",
    "ssn": "219-09-4321", "races": ["AmIndAKNative", "White"], "additional_race_ethnicity": "Ojibwe",
    "sex": "1", "veteran_status": "1",
}  # fmt: skip
ANDERSON: dict[str, Any] = {"first_name": "Jon", "last_name": "Anderson", "dob": date(1985, 3, 14)}


@pytest.fixture
def worker(administrator: User) -> User:
    with acting(administrator):
        return factories.make_hmis_user(factories.make_organization())


def begin(browser: Browser, user: User, words: str = "anderson john 3/14/85") -> str:
    """Sign in, search, and the address of adding from that search."""
    browser.force_login(user)
    found = browser.post(reverse("clients:search"), {"q": words})["Location"]
    return f"{found}add/"


def added(administrator: User) -> list[Client]:
    with acting(administrator):
        return list(Client.objects.filter(data_source__is_hearth=True).order_by("pk"))


# ------------------------------------------------------------------ what is stored


def values(**typed: Any) -> dict[str, Any]:
    form = IdentityForm(typed, today=TODAY)
    assert form.is_valid(), form.errors.as_json()
    return form.values


def refused(field: str, **typed: Any) -> str:
    form = IdentityForm(typed, today=TODAY)
    assert not form.is_valid()
    assert set(form.errors) == {field}, form.errors.as_json()
    return str(form.errors[field][0])


def test_a_whole_identity() -> None:
    assert values(**WHOLE) == {
        "first_name": "John Paul", "middle_name": None, "last_name": "Anderson", "name_suffix": "Jr",
        "name_data_quality": 1, "dob": date(1985, 3, 14), "dob_data_quality": 1, "ssn": "219094321",
        "ssn_data_quality": 1, "am_ind_ak_native": 1, "asian": 0, "black_af_american": 0,
        "hispanic_latinao": 0, "mid_east_n_african": 0, "native_hi_pacific": 0, "white": 1, "race_none": None,
        "additional_race_ethnicity": "Ojibwe", "sex": 1, "veteran_status": 1,
    }  # fmt: skip


def test_what_nobody_asked_is_not_collected() -> None:
    said = values(first_name="Lee")
    qualities = {
        field: said[field] for field in ("name_data_quality", "dob_data_quality", "ssn_data_quality")
    }
    assert qualities == {"name_data_quality": 2, "dob_data_quality": 99, "ssn_data_quality": 99}
    assert (said["race_none"], said["sex"], said["veteran_status"]) == (99, 99, 99)
    assert (said["dob"], said["ssn"]) == (None, None)


def test_what_the_client_does_not_know_or_say_is_an_answer() -> None:
    said = values(
        name_unknown="9", birth_unknown="8", ssn_unknown="9", race_unknown="8", sex="9", veteran_status="8"
    )
    assert (said["name_data_quality"], said["dob_data_quality"], said["ssn_data_quality"]) == (9, 8, 9)
    assert (said["race_none"], said["sex"], said["veteran_status"]) == (8, 9, 8)


@pytest.mark.parametrize(
    ("quality", "typed"),
    [
        (1, {"first_name": "Lee", "last_name": "Ray"}),
        (2, {"first_name": "Lee"}),
        (2, {"last_name": "Ray"}),
        (2, {"first_name": "Gray", "last_name": "Coat", "name_is_partial": "on"}),
    ],
)
def test_the_quality_of_a_name_follows_from_it(quality: int, typed: dict[str, str]) -> None:
    assert values(**typed)["name_data_quality"] == quality


@pytest.mark.parametrize("codes", [("99",), ("0", "99")])
def test_nobody_chooses_that_nothing_was_asked(codes: tuple[str, ...]) -> None:
    assert "Choose from the list" in refused("sex", first_name="Lee", sex=codes[-1])


def test_contradictions_are_said_at_the_answer() -> None:
    assert "name is typed" in refused("name_unknown", first_name="Lee", name_unknown="8")
    assert "date is typed" in refused("birth_unknown", first_name="Lee", birth_date="41", birth_unknown="8")
    assert "number is typed" in refused("ssn_unknown", first_name="Lee", ssn="4321", ssn_unknown="9")
    assert "chosen above" in refused("race_unknown", first_name="Lee", races=["White"], race_unknown="9")
    assert "Type a name" in refused("first_name", middle_name="Q")


def test_a_child_is_no_veteran() -> None:
    assert "under 18" in refused(
        "veteran_status", first_name="Lee", birth_date="12/1/2008", veteran_status="1"
    )
    assert values(first_name="Lee", birth_date="12/1/2008", veteran_status="0")["veteran_status"] == 99
    assert values(first_name="Lee", birth_date="11/30/2008", veteran_status="1")["veteran_status"] == 1
    assert values(first_name="Lee", veteran_status="1")["veteran_status"] == 1  # of no known age


def test_a_great_age_is_asked_about_and_not_refused() -> None:
    assert "106 years old" in refused("birth_date", first_name="Lee", birth_date="1/1/1920")
    assert values(first_name="Lee", birth_date="1/1/1920", birth_is_right="on")["dob"] == date(1920, 1, 1)
    assert values(first_name="Lee", birth_date="1/1/1921")["dob"] == date(1921, 1, 1)


# ------------------------------------------------------------------ the page


def test_a_person_is_added_from_a_search_and_found_at_once(
    client: Browser, worker: User, administrator: User
) -> None:
    address = begin(client, worker)
    page = client.get(address)
    text = page.content.decode()
    assert 'value="John"' in text
    assert 'value="Anderson"' in text
    assert 'value="03/14/1985"' in text
    assert "John" not in address
    answer = client.post(address, {**WHOLE, "key": key_of(text)})
    (made,) = added(administrator)
    assert answer.url == reverse("clients:detail", args=[made.pk])
    assert (made.hud_id, made.ssn, made.created_by) == (
        key_of_form(worker, key_of(text)),
        "219094321",
        worker,
    )
    assert "The person was added" in client.get(answer.url).content.decode()
    found = client.post(reverse("clients:search"), {"q": "jr anderson 4321"})
    assert f"/clients/{made.pk}/" in client.get(found.url).content.decode()


def key_of(text: str) -> str:
    found = re.search(r'name="key" value="([0-9a-f]{32})"', text)
    assert found
    return found[1]


def test_the_same_form_sent_again_adds_nobody(client: Browser, worker: User, administrator: User) -> None:
    address = begin(client, worker)
    sent = {**WHOLE, "key": new_key()}
    first = client.post(address, sent)
    assert client.post(address, sent).url == first.url
    assert len(added(administrator)) == 1


def test_the_same_form_sent_twice_at_once_adds_one(
    client: Browser, worker: User, administrator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    address, sent = begin(client, worker), {**WHOLE, "key": new_key()}
    first = client.post(address, sent)
    answers = iter([None])
    real = queries.added_with  # which did not see the other request's row yet
    monkeypatch.setattr(queries, "added_with", lambda user, key: next(answers, real(user, key)))
    with acting(administrator):
        Client.objects.update(
            first_name="Somebody", last_name="Else", dob=None, ssn=None, ssn_index=None, ssn_last4_index=None
        )
    assert client.post(address, sent).url == first.url
    assert len(added(administrator)) == 1


def test_a_key_of_somebody_else_or_of_no_form_is_not_used(
    client: Browser, worker: User, administrator: User
) -> None:
    with acting(administrator):
        theirs = actions.add_client(by=administrator, values={"first_name": "Quill", "name_data_quality": 2})
    address = begin(client, worker)
    keys = {"Zora": theirs.hud_id, "Ibrahim": "x' OR 1=1", "Marisol": "A" * 32, "Wystan": ""}
    for name, key in keys.items():
        assert client.post(address, {"first_name": name, "key": key}).status_code == 302
    made = added(administrator)
    assert len({one.hud_id for one in made}) == len(made) == 5


def test_the_same_token_of_two_users_is_two_forms(client: Browser, worker: User, administrator: User) -> None:
    with acting(administrator):
        other = factories.make_hmis_user(factories.make_organization())
    token = new_key()
    for user, name in ((worker, "Zora"), (other, "Ibrahim")):
        assert client.post(begin(client, user), {"first_name": name, "key": token}).status_code == 302
    assert {one.first_name for one in added(administrator)} == {"Zora", "Ibrahim"}


def test_users_ask_08_nobody_is_added_without_a_search(
    client: Browser, worker: User, administrator: User
) -> None:
    client.force_login(worker)
    for kept in ("none", "x" * 22):
        address = reverse("clients:add", args=[kept])
        assert client.get(address).status_code == 404
        assert client.post(address, WHOLE).status_code == 404
    other = Browser()
    assert client.get(begin(other, worker)).status_code == 404  # of another session
    assert not added(administrator)


def test_who_edits_no_clients_is_refused(client: Browser, administrator: User) -> None:
    auditor = factories.make_user(Auditor)
    client.force_login(auditor)
    assert client.post(reverse("clients:add", args=["x"]), WHOLE).status_code == 403
    with pytest.raises(PermissionDenied), acting(auditor):
        actions.add_client(by=auditor, values={"first_name": "Lee"})
    assert not added(administrator)


class TestAlike:
    @pytest.fixture
    def jon(self, administrator: User) -> Client:
        with acting(administrator):
            factories.make_client(first_name="John", last_name="Anderson", dob=date(1950, 7, 1))
            return factories.make_client(**ANDERSON)

    def test_users_ask_07_each_who_is_alike_must_be_told_apart(
        self, client: Browser, worker: User, administrator: User, jon: Client
    ) -> None:
        with acting(administrator):
            other = factories.make_client(first_name="Johnny", last_name="Andersen", dob=date(1985, 3, 15))
        address = begin(client, worker)
        typed = {**WHOLE, "ssn": "", "key": new_key()}
        for said in ([], [jon.pk], [jon.pk, 0, "x"]):
            page = client.post(address, {**typed, "not_the_same": said})
            text = page.content.decode()
            assert page.status_code == 200
            assert "People below are alike" in text
            assert f'value="{jon.pk}" id="not_the_same_{jon.pk}"{" checked" if said else ""}>' in text
            assert not added(administrator)
        client.post(address, {**typed, "not_the_same": [jon.pk, other.pk]})
        (made,) = added(administrator)
        with acting(administrator):
            kept = NotTheSame.objects.order_by("other")
            assert [(one.client_id, one.other_id, one.said_by) for one in kept] == [
                (made.pk, one.pk, worker) for one in (jon, other)
            ]
            assert all((timezone.now() - one.said_at).total_seconds() < 60 for one in kept)
            (entry,) = AccessLog.objects.filter(action="client_added")
            (said,) = in_words(administrator, [entry], with_links=False)
        assert said.what == f"Added Client {made.pk}, told apart from 2 clients who are alike"

    def test_who_told_them_apart_is_not_for_everybody(
        self, worker: User, administrator: User, jon: Client
    ) -> None:
        with acting(worker):
            made = actions.add_client(by=worker, values={"first_name": "Jon"}, not_the_same=[jon.pk])
        for reader, sees in ((worker, True), (administrator, True), (factories.make_hmis_user(), False)):
            with acting(reader):
                assert NotTheSame.objects.filter(client_id=made.pk).exists() is sees
                assert NotTheSame.objects.restrict(reader).exists() is sees

    def test_whoever_is_not_alike_is_not_asked_about(
        self, client: Browser, worker: User, administrator: User, jon: Client
    ) -> None:
        address = begin(client, worker)
        client.post(address, {"first_name": "John", "last_name": "Anderson", "birth_date": "2/2/1999",
                              "not_the_same": [jon.pk]})  # fmt: skip
        assert len(added(administrator)) == 1
        with acting(administrator):
            assert not NotTheSame.objects.exists()

    def test_they_are_listed_while_somebody_types(
        self, client: Browser, worker: User, administrator: User, jon: Client
    ) -> None:
        address = begin(client, worker)
        headers = {"HX-Request": "true", "HX-Target": "alike"}
        part = client.post(address, {"first_name": "jo", "last_name": "anderson", "birth_date": "3/14/1985"},
                           headers=headers)  # fmt: skip
        text = part.content.decode()
        assert "<html" not in text
        assert "Anderson, Jon" in text
        assert "same birth date" in text
        assert not added(administrator)
        with acting(administrator):
            entries = AccessLog.objects.filter(action="searched").order_by("-id")
            assert entries[0].details["shown"] == [jon.pk]

    def test_a_restricted_client_is_not_among_them(
        self, client: Browser, worker: User, administrator: User, jon: Client
    ) -> None:
        with acting(administrator):
            factories.restrict(jon)
        address = begin(client, worker)
        page = client.post(address, {**WHOLE, "not_the_same": [jon.pk]})
        assert page.status_code == 302
        with acting(administrator):
            assert not NotTheSame.objects.exists()

    def test_typing_stops_where_searches_do(
        self, client: Browser, worker: User, jon: Client, settings: Any
    ) -> None:
        address = begin(client, worker)
        settings.SEARCHES_PER_HOUR = 1
        headers = {"HX-Request": "true", "HX-Target": "alike"}
        typed = {"first_name": "jon", "last_name": "anderson", "birth_date": "3/14/1985"}
        texts = [client.post(address, typed, headers=headers).content.decode() for _ in range(3)]
        assert "Anderson, Jon" not in texts[-1]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    typed=st.dictionaries(
        st.sampled_from(sorted(IdentityForm.base_fields)),
        st.one_of(
            st.text(max_size=60),
            st.sampled_from(
                ["\u202eabc", "😀" * 10, "=1+1", "0001-01-01", "12/31/9999", "x" * 10_000, "\x00", "-1"]
            ),
        ),
    )
)
def test_whatever_is_typed_is_refused_at_a_field_or_stored(typed: dict[str, str]) -> None:
    form = IdentityForm(typed, today=TODAY)
    if form.is_valid():
        Client(**form.values).clean_fields(exclude=["data_source", "hud_id"])
        assert form.values["dob"] is None or form.values["dob"] <= TODAY
    else:
        assert form.errors
