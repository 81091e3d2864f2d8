"""How a client is reached: seen where it was recorded, and by who sees a stay there; by nobody else."""

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
from hearth.hmis.audit.history import history_model
from hearth.hmis.clients.contact import actions, queries
from hearth.hmis.clients.contact.forms import ContactForm, LanguageForm
from hearth.hmis.clients.models import Client, Contact, SpokenLanguage
from hearth.hmis.organizations.models import Organization
from tests import factories

pytestmark = pytest.mark.django_db

PHONE: dict[str, Any] = {"kind": "phone", "value": "612 555 0142", "whose": "Imani", "may_text": True}


@pytest.fixture
def home(administrator: User) -> Organization:
    with acting(administrator):
        return factories.make_organization()


@pytest.fixture
def worker(administrator: User, home: Organization) -> User:
    with acting(administrator):
        factories.make_project(home)
        return factories.make_hmis_user(home)


@pytest.fixture
def wren(administrator: User) -> Client:
    with acting(administrator):
        return factories.make_client(first_name="Wren", last_name="Hollow")


@pytest.fixture
def phone(worker: User, home: Organization, wren: Client) -> Contact:
    with acting(worker):
        return actions.add_contact(by=worker, client=wren, organization=home, values=PHONE)


def sees(user: User, client: Client) -> bool:
    with acting(user):
        found = [one.value for one in queries.of(user, client)]
        in_database = list(Contact.objects.filter(client=client).values_list("value", flat=True))
        assert found == in_database  # the code and the database say the same
    return bool(found)


def test_it_is_seen_where_it_was_recorded_and_where_a_stay_there_is_shared(
    administrator: User, worker: User, home: Organization, wren: Client, phone: Contact
) -> None:
    with acting(administrator):
        other = factories.make_hmis_user(factories.make_organization())
        factories.make_project(Organization.objects.get(pk=factories.works_for(other)))
    assert sees(worker, wren) and sees(administrator, wren)
    assert not sees(other, wren)
    with acting(administrator):  # a stay elsewhere, which is shared, says nothing of what is recorded here
        factories.make_enrollment(wren, factories.make_project(), is_shared=True)
    assert not sees(other, wren)
    with acting(administrator):
        stay = factories.make_enrollment(wren, factories.make_project(home), is_shared=False)
    assert not sees(other, wren)
    with acting(administrator):
        type(stay).objects.filter(pk=stay.pk).update(is_shared=True)
    assert sees(other, wren)
    with acting(other):  # read, and not changed
        assert queries.one(other, wren, phone.pk) is None
        assert Contact.objects.filter(pk=phone.pk).update(value="x") == 0
        with pytest.raises(PermissionDenied):
            actions.add_contact(by=other, client=wren, organization=home, values=PHONE)
    with acting(administrator):
        factories.restrict(wren)
    assert not sees(other, wren)
    assert sees(worker, wren)  # who has a stay in common knows them


def test_old_versions_are_for_administrators(worker: User, administrator: User, phone: Contact) -> None:
    with acting(worker):
        actions.end_contact(by=worker, contact=phone)
        assert not history_model(Contact).objects.exists()
    with acting(administrator):
        assert history_model(Contact).objects.get().pgh_changed_by == worker.pk


def test_the_page(client: Browser, worker: User, home: Organization, wren: Client) -> None:
    client.force_login(worker)
    page = reverse("clients:contact", args=[wren.pk])
    sent = {**PHONE, "may_text": "on", "since": "3/1/2026", "organization": home.pk}
    for _ in range(2):  # sent twice, added once
        assert client.post(page, sent).status_code == 302
    assert client.post(page, {"language": "Somali", "needs_interpreter": "on"}).status_code == 302
    text = client.get(reverse("clients:detail", args=[wren.pk])).content.decode()
    for words in (
        "612 555 0142",
        "of <bdi>Imani</bdi>",
        "text or write",
        "Speaks <bdi>Somali</bdi>",
        "interpreter",
    ):
        assert words in text
    with acting(worker):
        (made,) = Contact.objects.all()
    assert client.post(reverse("clients:contact_end", args=[wren.pk, made.pk])).status_code == 302
    assert "612 555" not in client.get(reverse("clients:detail", args=[wren.pk])).content.decode()
    assert f"until {timezone.localdate().strftime('%b')}" in client.get(page).content.decode()
    remove = reverse("clients:contact_remove", args=[wren.pk, made.pk])
    assert client.post(remove).status_code == 302
    assert client.post(remove).status_code == 404
    assert "612 555" not in client.get(page).content.decode()


def test_another_agency_finds_neither_page_nor_row(
    client: Browser, administrator: User, wren: Client, phone: Contact
) -> None:
    with acting(administrator):
        other = factories.make_hmis_user(factories.make_organization())
    client.force_login(other)
    for view in ("detail", "contact"):
        assert "612 555" not in client.get(reverse(f"clients:{view}", args=[wren.pk])).content.decode()
    for view in ("contact_end", "contact_remove"):
        assert client.post(reverse(f"clients:{view}", args=[wren.pk, phone.pk])).status_code == 404
    with acting(administrator):
        factories.restrict(wren)
    assert client.get(reverse("clients:contact", args=[wren.pk])).status_code == 404
    client.force_login(factories.make_auditor())
    assert client.get(reverse("clients:contact", args=[wren.pk])).status_code == 403


def test_the_latest_answer_of_the_language_holds(worker: User, wren: Client) -> None:
    with acting(worker):
        for language in ("Somali", "Somali", "English"):
            actions.say_language(by=worker, client=wren, language=language, needs_interpreter=False)
        found = queries.language(worker, wren)
        assert found is not None and found.language == "English"
        assert SpokenLanguage.objects.count() == 2


@pytest.mark.parametrize(
    ("kind", "value", "said"),
    [
        ("phone", "12", "7 to 15 figures"), ("email", "ada", "whole e-mail"),
        ("fax", "612 555 0142", "Choose"), ("address", " ", "Enter"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_at_the_field(kind: str, value: str, said: str, home: Organization) -> None:
    form = ContactForm(
        {"kind": kind, "value": value, "since": "3/1/2026", "until": "2/1/2026", "organization": home.pk},
        names=Organization.objects.filter(pk=home.pk),
        today=date(2026, 11, 30),
    )
    assert not form.is_valid()
    assert said in str(form.errors) and "before it begins" in str(form.errors["until"])


HOSTILE = ["\u202eabc", "😀", "=1+1", "Мария", "x" * 10_000, "\x00", "1/1/0000", "12/31/9999", "-1", ""]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    typed=st.dictionaries(
        st.sampled_from(["kind", "value", "whose", "may_call", "since", "until", "organization", "language"]),
        st.one_of(st.text(max_size=40), st.sampled_from([*HOSTILE, "phone", "email", "address", "person"])),
    )
)
def test_whatever_is_typed_is_refused_at_a_field_or_storable(
    home: Organization, typed: dict[str, str]
) -> None:
    names = Organization.objects.filter(pk=home.pk)
    form = ContactForm({"organization": home.pk, **typed}, names=names, today=date(2026, 11, 30))
    if form.is_valid():
        assert 0 < len(form.cleaned_data["value"]) <= 300
        form.cleaned_data["value"].encode()
    else:
        assert form.errors
    assert LanguageForm(typed).is_valid() or LanguageForm(typed).errors
