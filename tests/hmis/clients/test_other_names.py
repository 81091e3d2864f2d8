"""Other names of a client: found by the search, shown beside the name, and as hidden as the client."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hearth.hmis.access.context import acting
from hearth.hmis.access.models import User
from hearth.hmis.access.permissions import Permission
from hearth.hmis.audit.history import history_model
from hearth.hmis.clients import queries, search_keys
from hearth.hmis.clients.models import Client, NameKind, OtherName
from hearth.hmis.clients.other_names import actions
from hearth.hmis.clients.other_names import queries as names
from hearth.hmis.clients.other_names.forms import OtherNameForm
from hearth.hmis.clients.search import question
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def worker(administrator: User) -> User:
    with acting(administrator):
        return factories.make_hmis_user(factories.make_organization())


@pytest.fixture
def wren(administrator: User) -> Client:
    with acting(administrator):
        return factories.make_client(first_name="Wren", last_name="Hollow", dob=date(1985, 3, 14))


def search(user: User, text: str) -> list[tuple[int, bool, list[str]]]:
    today = timezone.localdate()
    with acting(user):
        found = queries.search(user, question.read(text, today), page=1, today=today)
        return [(one.client.pk, one.is_exact, one.reasons) for one in found]


def add(user: User, client: Client, name: str, kind: NameKind = NameKind.ALIAS) -> OtherName:
    with acting(user):
        return actions.add_name(by=user, client=client, kind=kind, name=name)


def test_a_client_is_found_by_an_other_name_in_any_order_and_spelling(
    worker: User, administrator: User, wren: Client
) -> None:
    assert search(worker, "zebulon quarterstaff") == []
    name = add(worker, wren, "Zebulon Quarterstaff")
    add(worker, wren, "Núñez")
    for text, is_exact in (
        ("zebulon quarterstaff", True), ("quarterstaff zeb", False), ("Quaterstaff", False),
        ("wren quarterstaff", True), ("nunez hollow", True),
    ):  # fmt: skip
        ((pk, exact, reasons),) = search(worker, text)
        assert (pk, exact) == (wren.pk, is_exact), text
        assert any(one.startswith("also known as ") for one in reasons), reasons
    assert search(worker, "wren hollow") == [(wren.pk, True, ["same name"])]
    # The key is whole after a change of the name, and after an import has written it anew.
    with acting(administrator):
        Client.objects.filter(pk=wren.pk).update(first_name="Wrenna")
    assert search(worker, "zebulon wrenna")[0][:2] == (wren.pk, True)
    # A name that is used no more finds as well; one that was entered by mistake does not.
    with acting(worker):
        actions.end_name(by=worker, name=name)
    assert search(worker, "quarterstaff")[0][0] == wren.pk
    with acting(worker):
        actions.remove_name(by=worker, name=name)
        assert [one.name for one in names.of(worker, wren)] == ["Núñez"]
    assert search(worker, "quarterstaff") == []


def test_a_word_of_the_name_is_no_other_name(worker: User, wren: Client) -> None:
    add(worker, wren, "Hollow Wren")
    assert search(worker, "hollow") == [(wren.pk, True, ["same name"])]


def test_other_names_of_a_restricted_client_are_as_hidden(
    worker: User, administrator: User, wren: Client
) -> None:
    with acting(administrator):
        other = factories.make_client(first_name="Quartz", last_name="Stone")
    add(worker, wren, "Zebulon Quarterstaff")
    with acting(administrator):
        factories.restrict(wren)
    assert search(worker, "zebulon quarterstaff") == []
    # A word that only they bear takes no other word's place.
    assert [pk for pk, *_ in search(worker, "quart")] == [other.pk]
    assert search(administrator, "zebulon quarterstaff")[0][0] == wren.pk
    with acting(worker):
        assert not OtherName.objects.restrict(worker).exists()
        assert not OtherName.objects.exists()
        assert names.preferred(worker, [wren.pk]) == {}
    with acting(administrator):
        assert OtherName.objects.count() == OtherName.objects.restrict(administrator).count() == 1


def test_old_versions_are_for_administrators(worker: User, administrator: User, wren: Client) -> None:
    name = add(worker, wren, "Kit")
    with acting(worker):
        actions.end_name(by=worker, name=name)
        assert not history_model(OtherName).objects.exists()
    with acting(administrator):
        (old,) = history_model(OtherName).objects.all()
        assert (old.name, old.until, old.pgh_changed_by) == ("Kit", None, worker.pk)


def test_who_sees_no_names_sees_none_of_these(
    client: Browser, worker: User, wren: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(worker, wren, "Kit", NameKind.PREFERRED)
    factories.take_rights(monkeypatch, Permission.CLIENT_NAME_VIEW)
    client.force_login(worker)
    assert "Kit" not in client.get(reverse("clients:detail", args=[wren.pk])).content.decode()
    assert client.get(reverse("clients:other_names", args=[wren.pk])).status_code == 403
    found = client.post(reverse("clients:search"), {"q": "kit"}, follow=True).content.decode()
    assert f"/clients/{wren.pk}/" not in found
    with pytest.raises(PermissionDenied), acting(worker):
        actions.add_name(by=worker, client=wren, kind=NameKind.ALIAS, name="Kat")


def test_the_page(client: Browser, worker: User, administrator: User, wren: Client) -> None:
    client.force_login(worker)
    page = reverse("clients:other_names", args=[wren.pk])
    for name in ("Kit", "Kat"):
        assert client.post(page, {"kind": "preferred", "name": f" {name} "}).status_code == 302
    assert client.post(page, {"kind": "alias", "name": "Kat H.", "since": "3/1/2020"}).status_code == 302
    with acting(administrator):
        assert names.preferred(administrator, [wren.pk]) == {wren.pk: "Kat"}
        assert names.called(names.of(administrator, wren)) == "Kat"
        kit = OtherName.objects.get(name="Kit")
        assert kit.until == timezone.localdate()
    text = client.get(reverse("clients:detail", args=[wren.pk])).content.decode()
    assert "Wren Hollow “Kat”" in text and "Kat H." in text
    found = client.post(reverse("clients:search"), {"q": "kit hollow"})
    text = client.get(found.url).content.decode()
    assert "“<bdi>Kat</bdi>”" in text and "also known as Kit" in text
    address = reverse("clients:other_name_remove", args=[wren.pk, kit.pk])
    with acting(administrator):
        other = factories.make_client()
    assert client.post(reverse("clients:other_name_end", args=[other.pk, kit.pk])).status_code == 404
    assert client.post(address).status_code == 302
    assert client.post(address).status_code == 404
    assert "Kit" not in client.get(page).content.decode()
    with acting(administrator):
        factories.restrict(wren)
    assert client.get(page).status_code == 404
    assert client.post(page, {"kind": "alias", "name": "Kate"}).status_code == 404


def test_they_are_added_with_the_person(client: Browser, worker: User, administrator: User) -> None:
    client.force_login(worker)
    address = f"{client.post(reverse('clients:search'), {'q': 'zebulon'})['Location']}add/"
    typed = {"first_name": "Zebulon", "preferred_name": "Zeb", "other_names": "Lon, Z. Staff; Lon"}
    assert "no letter" in client.post(address, {**typed, "other_names": "Lon, ---"}).content.decode()
    assert client.post(address, typed).status_code == 302
    with acting(administrator):
        found = OtherName.objects.order_by("pk").values_list("kind", "name")
        assert list(found) == [("preferred", "Zeb"), ("alias", "Lon"), ("alias", "Z. Staff")]
    assert search(worker, "lon staff")[0][1]


def test_an_import_keeps_the_words_of_other_names(worker: User, administrator: User, wren: Client) -> None:
    add(worker, wren, "Zebulon Quarterstaff")
    query = search_keys.FRESH + search_keys.KEYS  # as hearth_loader runs it
    assert "hearth_other_words" in query and "other_words" in search_keys.KEYS
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT has_function_privilege('hearth_loader', 'hearth_other_words(bigint, text[])', 'execute')"
        )
        assert cursor.fetchone() == (True,)
        cursor.execute("SELECT has_function_privilege('hearth_other_words(bigint, text[])', 'execute')")
        assert cursor.fetchone() == (False,)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    name=st.one_of(
        st.text(max_size=120), st.sampled_from(["\u202eabc", "😀", "=1+1", "Мария", "x" * 10_000, "\x00"])
    ),
    since=st.sampled_from(["", "1/1/0000", "12/31/9999", "3/1/2020", "t", "-1", "\x00"]),
    kind=st.sampled_from(["alias", "preferred", "", "x"]),
)
def test_whatever_is_typed_is_refused_at_a_field_or_storable(name: str, since: str, kind: str) -> None:
    form = OtherNameForm({"name": name, "since": since, "kind": kind}, today=date(2026, 11, 30))
    if form.is_valid():
        said = form.cleaned_data
        assert 0 < len(said["name"]) <= 100 and said["kind"] in NameKind.values
        said["name"].encode()
    else:
        assert form.errors
