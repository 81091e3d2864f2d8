"""The draft of a household's start, and that nothing of a draft is in an export, a snapshot or a search."""

import re
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client as Browser
from django.urls import reverse

from hearth.hmis.access.context import acting
from hearth.hmis.access.models import User
from hearth.hmis.clients.models import Client
from hearth.hmis.enrollments.drafts import queries
from hearth.hmis.enrollments.models import Draft, DraftAnswer, Enrollment
from hearth.hmis.hud.records import models_of_files
from tests import factories
from tests.hmis.enrollments.bad_input.page_forms import forms_of
from tests.hmis.enrollments.drafts.test_drafts import PRIOR, SAVE, STREET
from tests.hmis.enrollments.start.test_enroll import START, Place
from tests.hmis.exports import exported

pytestmark = pytest.mark.django_db

SOURCE = "IncomeBenefits-OtherIncomeSourceIdentify"


@pytest.fixture
def place(administrator: User) -> Place:
    return Place(administrator)


@pytest.fixture
def others(place: Place) -> list[Client]:
    with acting(place.worker):
        return [factories.make_client(first_name="Zebulonia") for _ in range(2)]


@pytest.fixture
def browser(place: Place) -> Browser:
    signed_in = Browser()
    signed_in.force_login(place.worker)
    return signed_in


def address(place: Place, *members: Client) -> str:
    """The start page of the head with these members."""
    who = "-".join([str(place.client.pk), *(f"{one.pk}.2" for one in members)])
    page = reverse("enrollments:start", args=[place.client.pk, place.housing.pk])
    return f"{page}?start={START}" + (f"&who={who}" if members else "")


def save(browser: Browser, at: str, client: Client, name: str, value: str, **more: Any) -> Any:
    text = browser.get(at).content.decode()
    token = re.search('name="draft-form" value="([^"]*)"', text)
    assert token is not None
    return browser.post(SAVE, {"form": token[1], "client": client.pk, "name": name, "value": value} | more)


def test_what_is_typed_stays_when_somebody_is_added(
    browser: Browser, place: Place, others: list[Client]
) -> None:
    child, other = others
    assert save(browser, address(place), place.client, PRIOR, STREET).status_code == 200
    assert save(browser, address(place), child, PRIOR, "101").status_code == 400  # not of that page
    pair = browser.get(address(place, child)).content.decode()
    assert re.search(f'<option value="{STREET}"[^>]*selected', pair)  # the head's, typed alone
    assert f'data-draft-client="{child.pk}" data-draft-prefix="c{child.pk}"' in pair
    name = "Disabilities-DisabilityResponse-5"
    assert save(browser, address(place, child), child, name, "1").status_code == 200
    all_three = browser.get(address(place, child, other)).content.decode()
    assert re.search(f'name="c{child.pk}-{name}" value="1"[^>]*checked', all_three)
    assert not re.search(f'name="c{other.pk}-{name}" value="1"[^>]*checked', all_three)
    with acting(place.worker):
        assert Draft.objects.count() == 1
        [line] = queries.resumable(place.worker)
        assert line.href == address(place, child)
    assert browser.get(line.href).status_code == 200


def test_a_household_finishes_with_its_draft(browser: Browser, place: Place, others: list[Client]) -> None:
    child = others[0]
    at = address(place, child)
    assert save(browser, at, child, "Disabilities-DisabilityResponse-5", "1").status_code == 200
    text = browser.get(at).content.decode()
    seen = re.search('name="draft-seen" value="([^"]*)"', text)
    assert seen is not None
    sent = {"key": "k", "draft-seen": seen[1].replace("&quot;", '"')}
    missing = browser.post(at, {"key": "k"})  # as a page that was opened before
    assert "Changed by others while this page was open" in missing.content.decode()
    with acting(place.worker):
        assert not Enrollment.objects.exists()
    done = browser.post(at, sent | {f"c{child.pk}-Disabilities-DisabilityResponse-5": "1"})
    assert done.status_code == 302
    with acting(place.worker):
        assert Enrollment.objects.count() == 2
        assert not Draft.objects.exists()


def test_nothing_of_a_draft_is_in_an_export_a_snapshot_or_a_search(
    browser: Browser, place: Place, administrator: User, tmp_path: Path
) -> None:
    assert save(browser, address(place), place.client, SOURCE, "Secretword").status_code == 200
    assert not {Draft, DraftAnswer} & set(models_of_files().values())
    with acting(administrator):
        texts, _ = exported(administrator, tmp_path)
    assert texts
    assert "Secretword" not in "".join(texts.values())
    for path in tmp_path.rglob("*.zip"):
        with zipfile.ZipFile(path) as made:
            assert all(b"Secretword" not in made.read(name) for name in made.namelist())
    source = Path(queries.__file__).parents[4]
    for room in ("reporting", "hmis/exchange", "hmis/reports", "hmis/clients/search"):
        for file in (source / room).rglob("*.*"):
            if file.suffix in (".py", ".sql", ".yaml"):
                assert "enrollments_draft" not in file.read_text(encoding="utf-8"), file
    with acting(administrator), connection.cursor() as cursor:
        cursor.execute(
            "SELECT viewname FROM pg_views WHERE schemaname = 'public'"
            " AND definition LIKE '%enrollments_draft%'"
            " UNION ALL SELECT matviewname FROM pg_matviews WHERE definition LIKE '%enrollments_draft%'"
        )
        assert cursor.fetchall() == []


def test_finish_after_the_session_ended_writes_nothing_and_loses_nothing(
    browser: Browser, place: Place, others: list[Client]
) -> None:
    at = address(place, others[0])
    save(browser, at, others[0], SOURCE, "Plasma")
    browser.logout()
    sent = browser.post(at, {"key": "k", f"c{others[0].pk}-{SOURCE}": "Plasma"})
    assert sent.status_code == 302 and "/account/login/" in sent.headers["Location"]
    with acting(place.worker):
        assert not Enrollment.objects.exists()
        assert len(queries.answers_of(place.worker, Draft.objects.get())[0]) == 1
    browser.force_login(place.worker)
    page = browser.get(at).content
    assert b'value="Plasma"' in page
    (form,) = (one for one in forms_of(page) if "draft-form" in one.names)
    assert browser.post(at, dict(form.sent)).status_code == 302
    with acting(place.worker):
        assert Enrollment.objects.count() == 2 and not Draft.objects.exists()
