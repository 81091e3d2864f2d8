"""The pages of exports: who may ask, watch and fetch."""

import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from hearth.hmis.access.actions import end_grant, give_grant
from hearth.hmis.access.context import acting
from hearth.hmis.access.models import User
from hearth.hmis.access.roles import HmisUser
from hearth.hmis.access.scopes import OrganizationScope
from hearth.hmis.audit.models import AccessLog
from hearth.hmis.exchange.exporting import job
from hearth.hmis.exchange.exporting.actions import cancel_export
from hearth.hmis.exchange.exporting.request import ExportRequest
from hearth.hmis.exchange.models import ExportRun
from hearth.hmis.organizations.models import Project
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)

ASKED = {"start": "2025-10-01", "end": "2026-09-30"}


@pytest.fixture(autouse=True)
def own_files(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def user(administrator: User) -> User:
    with acting(administrator):
        organization = factories.make_organization()
        factories.make_enrollment(project=factories.make_project(organization, project_name="Own House"))
        factories.make_project(project_name="House of others")
        return factories.make_hmis_user(organization)


def make_run(by: User, **fields: object) -> ExportRun:
    request = ExportRequest(start=date(2025, 10, 1), end=date(2026, 9, 30))
    return ExportRun.objects.create(
        created_by=by, file_name="export.zip", parameters=request.as_json(), **fields
    )


def test_ask_watch_and_fetch(client: Client, user: User) -> None:
    client.force_login(user)
    answer = client.post(reverse("exchange:exports"), ASKED)
    run = ExportRun.objects.get()
    assert answer.headers["Location"] == reverse("exchange:export", args=[run.pk])
    waiting = client.get(reverse("exchange:export", args=[run.pk]))
    assert b"hx-trigger" in waiting.content
    assert client.get(reverse("exchange:export_download", args=[run.pk])).status_code == 404

    job.work(run.pk)
    ready = client.get(reverse("exchange:export", args=[run.pk]), headers={"HX-Request": "true"})
    assert b"The export is ready" in ready.content
    assert b"<html" not in ready.content
    fetched = client.get(reverse("exchange:export_download", args=[run.pk]))
    assert b"".join(fetched.streaming_content).startswith(b"PK")
    assert fetched.headers["Content-Disposition"] == (
        'attachment; filename="hmis-csv-2025-10-01-to-2026-09-30.zip"'
    )
    with acting(factories.make_auditor()):
        assert set(AccessLog.objects.values_list("action", flat=True)) == {
            "exported",
            "downloaded",
            "refused",
        }


def test_the_choice_holds_only_own_projects(client: Client, user: User) -> None:
    client.force_login(user)
    page = client.get(reverse("exchange:exports")).content.decode()
    assert "Own House" in page
    assert "House of others" not in page


def test_projects_of_one_name_are_told_apart(client: Client, administrator: User) -> None:
    with acting(administrator):
        for name in ("Invented North", "Invented South"):
            organization = factories.make_organization(organization_name=name)
            factories.make_project(organization, project_name="Twin Shelter")
        factories.make_project(project_name="Only Shelter")
    client.force_login(administrator)
    page = client.get(reverse("exchange:exports")).content.decode()
    north, south = page.index(">Invented North<"), page.index(">Invented South<")
    assert north < page.index(">Twin Shelter<") < south < page.rindex(">Twin Shelter<")
    assert ">Only Shelter<" in page


def test_projects_are_chosen_without_a_second_key(client: Client, user: User) -> None:
    client.force_login(user)
    page = client.get(reverse("exchange:exports")).content.decode()
    assert "Ctrl" not in page
    assert re.search(r'<input[^>]*type="checkbox"[^>]*name="projects"', page)
    assert "ui/choose" in page
    with acting(user):
        own = Project.objects.get(project_name="Own House")
    client.post(reverse("exchange:exports"), ASKED | {"projects": [own.pk]})
    assert ExportRun.objects.get().parameters["projects"] == [own.pk]


@pytest.mark.parametrize(
    "wrong", [{"end": "2025-01-01"}, {"start": "x"}, {"cocs": ["MN-999"]}, {"projects": ["0"]}]
)
def test_a_wrong_request_is_told_at_its_form(client: Client, user: User, wrong: dict[str, str]) -> None:
    client.force_login(user)
    answer = client.post(reverse("exchange:exports"), ASKED | wrong)
    assert answer.status_code == 200
    assert b"usa-error-message" in answer.content or b"usa-alert--error" in answer.content
    assert not ExportRun.objects.exists()


@pytest.mark.parametrize("name", ["export", "export_download", "export_cancel"])
def test_another_users_export_is_not_there(client: Client, user: User, name: str) -> None:
    run = make_run(factories.make_administrator())
    client.force_login(user)
    ask = client.post if name == "export_cancel" else client.get
    assert ask(reverse(f"exchange:{name}", args=[run.pk])).status_code == 404


def test_an_auditor_may_not(client: Client) -> None:
    client.force_login(factories.make_auditor())
    assert client.get(reverse("exchange:exports")).status_code == 403
    assert client.post(reverse("exchange:exports"), ASKED).status_code == 403


def test_whoever_leaves_an_organization_leaves_its_exports(client: Client, user: User) -> None:
    administrator = factories.make_administrator()
    run = make_run(user, file="exports/1.zip")
    job.work(run.pk)
    address = reverse("exchange:export_download", args=[run.pk])
    client.force_login(user)
    assert client.get(address).status_code == 200
    more = OrganizationScope(factories.make_organization().pk)
    give_grant(by=administrator, user=user, role=HmisUser, scope=more)
    assert client.get(address).status_code == 200
    with acting(administrator):
        first = user.grants.order_by("pk").first()
    end_grant(by=administrator, grant=first)
    assert client.get(address).status_code == 404
    page = client.get(reverse("exchange:export", args=[run.pk]))
    assert b"The file is not here for you any more" in page.content
    client.force_login(administrator)
    assert client.get(address).status_code == 200


def test_cancel_before_it_begins(client: Client, user: User) -> None:
    run = make_run(user)
    client.force_login(user)
    client.post(reverse("exchange:export_cancel", args=[run.pk]))
    run.refresh_from_db()
    assert run.state == "cancelled"
    job.work(run.pk)
    assert not (job.folder() / f"{run.pk}.zip").exists()


def test_cancel_on_the_way(user: User) -> None:
    run = make_run(user, state="staging")
    cancel_export(by=user, run=run)
    run.refresh_from_db()
    assert (run.state, run.cancel_requested) == ("staging", True)


def test_finished_exports_go_after_their_days(user: User, monkeypatch: pytest.MonkeyPatch) -> None:
    run = make_run(user)
    job.work(run.pk)
    path: Path = job.folder() / f"{run.pk}.zip"
    assert path.stat().st_mode & 0o077 == 0
    job.clear_away()
    assert path.exists()
    monkeypatch.setattr(job, "KEPT_DAYS", -1)
    job.clear_away()
    assert not path.exists()
