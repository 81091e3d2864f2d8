"""A comparable database: nothing is shared, nobody finds whom they do not serve, no list leaves it."""

import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test import override_settings
from django.urls import reverse

from hearth.hmis.access import comparable
from hearth.hmis.access.context import acting
from hearth.hmis.access.models import User
from hearth.hmis.access.permissions import Permission
from hearth.hmis.clients.models import Client
from hearth.hmis.enrollments.models import Enrollment
from hearth.hmis.reports.models import ReportRun
from hearth.hmis.reports.queries import zip_of
from tests import factories
from tests.hmis.downloads import text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def installed() -> Iterator[None]:
    """The setting, and what `hearth db migrate` makes of it in the database."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tests_comparable()")
    with override_settings(COMPARABLE_DATABASE=True):
        yield


@pytest.fixture
def stays(administrator: User) -> tuple[Enrollment, Enrollment]:
    """One of each of two providers; the second is shared."""
    with acting(administrator):
        own = factories.make_enrollment(entry_date=date(2026, 1, 1))
        other = factories.make_client(first_name="Zebulonia", last_name="Qwertz")
        return own, factories.make_enrollment(other, factories.make_project(), is_shared=True)


def _seen(user: User) -> tuple[set[int], set[int]]:
    """Clients and enrollments that both the database and `restrict` let through."""
    with acting(user):
        told = (
            set(Client.objects.values_list("pk", flat=True)),
            set(Enrollment.objects.values_list("pk", flat=True)),
        )
    administrator = factories.make_administrator()
    with acting(administrator):  # so that the database hides nothing
        asked = (
            set(Client.objects.restrict(user).values_list("pk", flat=True)),
            set(Enrollment.objects.restrict(user).values_list("pk", flat=True)),
        )
    assert told == asked
    return told


def test_an_hmis_shares(stays: tuple[Enrollment, Enrollment]) -> None:
    own, other = stays
    user = factories.make_hmis_user(own.project.organization)
    clients, enrollments = _seen(user)
    assert {own.client_id, other.client_id} <= clients
    assert {own.pk, other.pk} <= enrollments
    assert comparable.database_agrees()


def test_nothing_is_shared_and_nobody_known_whom_one_does_not_serve(
    installed: None, stays: tuple[Enrollment, Enrollment], client: Browser
) -> None:
    own, other = stays
    user = factories.make_hmis_user(own.project.organization)
    assert _seen(user) == ({own.client_id}, {own.pk})
    client.force_login(user)
    assert client.get(f"/clients/{own.client_id}/").status_code == 200
    assert client.get(f"/clients/{other.client_id}/").status_code == 404
    for typed in ("Zebulonia", str(other.client_id), other.client.hud_id):
        text = text_of(client.post("/clients/", {"q": typed}, follow=True))
        assert "Qwertz" not in text
    text = text_of(client.get(f"/clients/{own.client_id}/access/"))
    assert "Only people with a stay" in text
    assert "Everybody whose role shows" not in text
    client.force_login(factories.make_hmis_user(other.project.organization))
    assert client.get(f"/clients/{other.client_id}/").status_code == 200
    administrator = factories.make_administrator()
    clients, enrollments = _seen(administrator)
    assert {own.client_id, other.client_id} <= clients
    assert {own.pk, other.pk} <= enrollments


def test_whom_one_entered_is_known_until_another_serves_them(installed: None, administrator: User) -> None:
    user, stranger = (factories.make_hmis_user(factories.make_project().organization) for _ in range(2))
    with acting(administrator):
        entered = factories.make_client(created_by=user)
    assert entered.pk in _seen(user)[0]
    assert entered.pk not in _seen(stranger)[0]
    with acting(administrator):
        factories.make_enrollment(entered, is_shared=True)
    assert entered.pk not in _seen(user)[0]


def test_no_list_of_clients_leaves_it(
    installed: None, stays: tuple[Enrollment, Enrollment], client: Browser, tmp_path: Path
) -> None:
    own, _ = stays
    for user in (factories.make_hmis_user(own.project.organization), factories.make_administrator()):
        assert not user.may(Permission.DATA_EXPORT)
        assert user.may(Permission.REPORT_RUN)
        client.force_login(user)
        assert client.get("/exchange/exports/new/").status_code in (403, 404)
        assert client.post("/exchange/exports/new/", {}).status_code in (403, 404)
    folder = tmp_path / "reports" / "1"
    folder.mkdir(parents=True)
    (folder / "lsa.zip").write_text("rows")
    with override_settings(MEDIA_ROOT=tmp_path):
        run = ReportRun(file="reports/1", file_name="lsa.zip", state="finished", created_by=user)
        assert zip_of(user, run) is None
        with override_settings(COMPARABLE_DATABASE=False):
            assert zip_of(user, run) is not None


def test_every_page_says_so(installed: None, client: Browser) -> None:
    administrator = factories.make_administrator()
    client.force_login(administrator)
    for address in ("/", "/help/privacy/", "/system/"):
        assert comparable.NOTICE in text_of(client.get(address)), address
    assert "This is a comparable database" in text_of(client.get("/help/privacy/"))
    assert "Yes: nothing is shared" in text_of(client.get("/system/"))
    with override_settings(COMPARABLE_DATABASE=False):
        assert comparable.NOTICE not in text_of(client.get("/"))


def test_a_setting_that_the_database_does_not_know_is_said(client: Browser) -> None:
    administrator = factories.make_administrator()
    client.force_login(administrator)
    assert client.get("/health/ready/").json()["checks"]["sharing"] == "ok"
    with override_settings(COMPARABLE_DATABASE=True):
        assert not comparable.database_agrees()
        answer = client.get("/health/ready/")
        assert (answer.status_code, answer.json()["checks"]["sharing"]) == (503, "failed")
        assert "hearth db migrate" in text_of(client.get("/system/"))


@pytest.mark.parametrize("setting", ["0", "1"])
def test_no_role_has_what_a_comparable_database_takes(setting: str) -> None:
    said = subprocess.run(
        [
            sys.executable, "-c",
            "from hearth.hmis.access.roles import ROLES; from hearth.hmis.access.rights_sql import functions;"
            "print(any('data_export' in one.permissions for one in ROLES.values()));"
            "print('SELECT false $$;' in functions())",
        ],
        env={
            "HEARTH_COMPARABLE_DATABASE": setting, "DJANGO_SETTINGS_MODULE": "hearth.hmis.config.settings",
            "PYTHONPATH": ":".join(sys.path),
        },
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    assert said.stdout.split() == (["False", "True"] if setting == "1" else ["True", "False"])


def test_an_enrollment_is_moved_to_whom_the_provider_knows(
    client: Browser, installed: None, administrator: User
) -> None:
    with acting(administrator):
        stay, other = factories.make_enrollment(), factories.make_enrollment(project=factories.make_project())
        known = factories.make_enrollment(project=factories.make_project(stay.project.organization))
        worker = factories.make_hmis_user(stay.project.organization)
    client.force_login(worker)
    page = reverse("enrollments:correct", args=[stay.pk, "person"])
    looked = client.post(page, {"client": other.client_id, "do": "look"}).content.decode()
    assert "There is no client of that ID" in looked
    looked = client.post(page, {"client": known.client_id, "do": "look"})
    seen = looked.context["plan"].token
    client.post(page, {"client": known.client_id, "do": "change", "seen": seen})
    with acting(administrator):
        assert Enrollment.objects.get(pk=stay.pk).client_id == known.client_id
