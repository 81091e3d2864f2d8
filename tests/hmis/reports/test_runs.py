"""Reports from the form to the zip: who may ask for what, how a run ends, what its page says."""

import zipfile
from datetime import date, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from hearth.hmis.access.context import acting
from hearth.hmis.access.models import User
from hearth.hmis.access.roles import HmisUser
from hearth.hmis.audit.models import AccessLog
from hearth.hmis.organizations.models import ProjectCoC
from hearth.hmis.reports import actions, job, making, records
from hearth.hmis.reports.forms import last_count_night, last_fiscal_year
from hearth.hmis.reports.models import ReportRun
from hearth.reporting.engine import Cancelled, OutOfMemory
from tests import factories
from tests.hmis.reports.world import COC, TIME, make_run, organization_with_people

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize(
    ("today", "year", "night"),
    [
        (date(2026, 11, 27), (date(2025, 10, 1), date(2026, 9, 30)), date(2026, 1, 28)),
        (date(2026, 9, 30), (date(2024, 10, 1), date(2025, 9, 30)), date(2026, 1, 28)),
        (date(2026, 10, 1), (date(2025, 10, 1), date(2026, 9, 30)), date(2026, 1, 28)),
        (date(2027, 1, 26), (date(2025, 10, 1), date(2026, 9, 30)), date(2026, 1, 28)),
        (date(2027, 1, 27), (date(2025, 10, 1), date(2026, 9, 30)), date(2027, 1, 27)),
        (date(2024, 1, 31), (date(2022, 10, 1), date(2023, 9, 30)), date(2024, 1, 31)),
    ],
)
def test_defaults_of_the_form(today: date, year: tuple[date, date], night: date) -> None:
    assert last_fiscal_year(today) == year
    assert last_count_night(today) == night


def test_ask_watch_and_fetch(client: Client, place: User) -> None:
    client.force_login(place)
    assert b"Longitudinal System Analysis of a CoC" in client.get(reverse("reports:index")).content
    form = client.get(reverse("reports:new", args=["lsa-systemwide"])).content
    assert b"MN-500" in form
    answer = client.post(reverse("reports:new", args=["lsa-systemwide"]), TIME)
    run = ReportRun.objects.get()
    assert answer.headers["Location"] == reverse("reports:run", args=[run.pk])
    waiting = client.get(answer.headers["Location"])
    assert b"hx-trigger" in waiting.content
    assert client.get(reverse("reports:download", args=[run.pk])).status_code == 404

    job.work(run.pk)
    run.refresh_from_db()
    assert run.state == "finished", run.message
    assert run.result["figures"]["people"] > 50
    assert run.counts["LSAReport"] == 1
    folder = Path(job.folder_of(run))
    assert folder.stat().st_mode & 0o077 == 0
    # htmx is told to load the page anew.
    told = client.get(answer.headers["Location"], headers={"HX-Request": "true", "X-Hearth-Background": "1"})
    assert told.headers["HX-Refresh"] == "true"
    page = client.get(answer.headers["Location"]).content.decode()
    for words in ("people served", "Households by type", "Files of the upload", "Data quality"):
        assert words in page
    fetched = client.get(reverse("reports:download", args=[run.pk]))
    with zipfile.ZipFile(BytesIO(b"".join(fetched.streaming_content))) as zipped:
        assert len(zipped.namelist()) == 12
    with acting(factories.make_auditor()):
        log = AccessLog.objects.filter(subject=f"reportrun:{run.pk}").order_by("pk")
        assert list(log.values_list("action", flat=True)) == ["reported", "downloaded"]


def test_hic_is_of_one_night(client: Client, place: User) -> None:
    client.force_login(place)
    client.post(reverse("reports:new", args=["hic"]), {"coc": COC, "start": "2026-01-28"})
    run = ReportRun.objects.get()
    assert (run.parameters["start"], run.parameters["end"]) == ("2026-01-28", "2026-01-28")
    job.work(run.pk)
    page = client.get(reverse("reports:run", args=[run.pk])).content.decode()
    assert "Beds and people by project type" in page


def test_what_is_wrong_is_said_at_the_form(client: Client, bare_place: User) -> None:
    client.force_login(bare_place)
    address = reverse("reports:new", args=["lsa-systemwide"])
    turned = client.post(address, TIME | {"end": "2025-09-30"})
    assert "The last day is before the first day" in turned.content.decode()
    assert client.post(address, TIME | {"coc": "XX-999"}).status_code == 200
    assert client.post(address, TIME | {"start": "2025-02-30"}).status_code == 200
    none = client.post(reverse("reports:new", args=["lsa-projects"]), TIME)
    assert "Choose at least one project" in none.content.decode()
    assert not ReportRun.objects.exists()


def test_a_user_gets_reports_of_the_own_projects_only(client: Client, place: User) -> None:
    with acting(place):
        organization, projects = organization_with_people()
        foreign = factories.make_project()
        outreach = factories.make_project(organization, project_type=4, project_name="Own Outreach")
        ProjectCoC.objects.create(**factories.record(project=outreach, coc_code=COC))
        user = factories.make_hmis_user(organization)
    client.force_login(user)
    listed = client.get(reverse("reports:index")).content.decode()
    assert "chosen projects" in listed
    assert "Housing Inventory Count</h2>" not in listed
    for slug in ("lsa-systemwide", "hic"):
        assert client.get(reverse("reports:new", args=[slug])).status_code == 403
        assert client.post(reverse("reports:new", args=[slug]), TIME).status_code == 403
    address = reverse("reports:new", args=["lsa-projects"])
    form = client.get(address).content.decode()
    assert str(projects[0]) in form
    assert str(foreign) not in form
    assert "Own Outreach" not in form  # HUD's LSA is not about street outreach
    assert client.post(address, TIME | {"projects": [foreign.pk]}).status_code == 200
    assert not ReportRun.objects.exists()
    client.post(address, TIME | {"projects": [project.pk for project in projects]})
    run = ReportRun.objects.get()
    job.work(run.pk)
    run.refresh_from_db()
    assert run.state == "finished", run.message
    assert client.get(reverse("reports:download", args=[run.pk])).status_code == 200


def test_rights_are_asked_again_when_it_is_made(bare_place: User) -> None:
    with acting(bare_place):
        organization, projects = organization_with_people()
        user = factories.make_hmis_user(organization)
        run = make_run(user, report="lsa_project", parameters={"projects": [projects[0].pk]})
        factories.end_grants(user)
    job.work(run.pk)
    run.refresh_from_db()
    assert run.state == "refused"
    assert "Your role does not allow" in run.message
    assert not job.folder_of(run).exists()


def test_whoever_leaves_an_organization_gets_nothing_of_earlier_reports(client: Client, place: User) -> None:
    with acting(place):
        organization, projects = organization_with_people()
        other = factories.make_organization()
        user = factories.make_hmis_user(organization, other)
    run = make_run(user, report="lsa_project", parameters={"projects": [projects[0].pk]})
    job.work(run.pk)
    client.force_login(user)
    addresses = [
        reverse("reports:download", args=[run.pk]),
        reverse("reports:rows", args=[run.pk, "LSAPerson"]),
        reverse("reports:row", args=[run.pk, "LSAPerson", 1]),
    ]
    assert client.get(addresses[0]).status_code == 200
    factories.end_grants(user)
    factories.give_role(user, HmisUser, other)
    assert [client.get(address).status_code for address in addresses] == [404, 404, 404]
    page = client.get(reverse("reports:run", args=[run.pk])).content.decode()
    assert "This report is closed to you" in page
    assert "people served" not in page


def test_runs_are_of_whoever_started_them(client: Client, administrator: User) -> None:
    with acting(administrator):
        organization = factories.make_organization()
        first, second = factories.make_hmis_user(organization), factories.make_hmis_user(organization)
    run = make_run(first)
    for person, seen in ((first, True), (second, False), (administrator, True)):
        client.force_login(person)
        assert (reverse("reports:run", args=[run.pk]) in client.get(reverse("reports:index")).text) == seen
        assert client.get(reverse("reports:run", args=[run.pk])).status_code == (200 if seen else 404)
    client.force_login(second)
    for name in ("cancel", "again"):
        assert client.post(reverse(f"reports:{name}", args=[run.pk])).status_code == 404
    run.refresh_from_db()
    assert (run.state, run.cancel_requested) == ("queued", False)


def test_cancel(client: Client, bare_place: User, monkeypatch: pytest.MonkeyPatch) -> None:
    client.force_login(bare_place)
    waiting, running = make_run(bare_place), make_run(bare_place, state="calculating")
    for run in (waiting, running):
        client.post(reverse("reports:cancel", args=[run.pk]))
        run.refresh_from_db()
    assert (waiting.state, running.state, running.cancel_requested) == ("cancelled", "calculating", True)
    job.work(waiting.pk)
    waiting.refresh_from_db()
    assert waiting.state == "cancelled"

    def asked(heartbeat: Any) -> Path:
        heartbeat.cancel()
        heartbeat.check()
        raise AssertionError

    monkeypatch.setattr(records, "current", asked)
    job.work(running.pk)
    running.refresh_from_db()
    assert running.state == "cancelled"
    actions.cancel_report(by=bare_place, run=running)  # nothing more happens to it


@pytest.mark.parametrize(
    ("error", "state", "words"),
    [
        (Cancelled(), "cancelled", "was cancelled"),
        (OutOfMemory("Ada Person"), "failed", "HEARTH_REPORT_MEMORY"),
        (OSError(28, "No space left on device"), "failed", "The disk is full"),
        (OSError(5, "Ada Person"), "failed", "Reference for your administrator"),
        (RuntimeError("Ada Person"), "failed", "Reference for your administrator"),
    ],
)
def test_every_end_is_one_sentence_and_leaves_nothing(
    bare_place: User, monkeypatch: pytest.MonkeyPatch, error: Exception, state: str, words: str
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise error

    run = make_run(bare_place)
    monkeypatch.setattr(records, "current", lambda heartbeat: Path())
    monkeypatch.setattr(making, "make", fail)
    job.work(run.pk)
    run.refresh_from_db()
    assert run.state == state
    assert words in run.message
    assert "Ada" not in run.message
    assert not job.folder_of(run).exists()


def test_begun_again_after_the_worker_died(place: User) -> None:
    run = make_run(place, state="calculating", progress={"number": 7})
    (job.folder_of(run)).mkdir()
    (job.folder_of(run) / "LSAPerson.csv").write_text("half")
    job.work(run.pk)
    run.refresh_from_db()
    assert run.state == "finished", run.message


def test_a_report_is_made_by_the_year_that_was_fixed_when_it_was_asked_for(bare_place: User) -> None:
    run = make_run(bare_place)
    ReportRun.objects.filter(pk=run.pk).update(year=2024)
    job.work(run.pk)
    run.refresh_from_db()
    assert (run.state, run.year) == ("refused", 2024)
    assert "not made by the standards of FY2024 any more. Ask for it again." in run.message


def test_the_page_says_what_the_order_of_keys_decided(client: Client, bare_place: User) -> None:
    said = "Exits of one enrollment on one day, twice: no value says which of them counts."
    run = make_run(bare_place, state="finished", result={"figures": {}, "flags": [], "ties": [said]})
    client.force_login(bare_place)
    page = client.get(reverse("reports:run", args=[run.pk])).content.decode()
    assert "What the order of keys decided" in page and said in page
    run.result["ties"] = []
    run.save()
    assert "What the order of keys" not in client.get(reverse("reports:run", args=[run.pk])).content.decode()


def test_make_it_again(client: Client, bare_place: User) -> None:
    first = make_run(bare_place, state="finished")
    client.force_login(bare_place)
    answer = client.post(reverse("reports:again", args=[first.pk]))
    second = ReportRun.objects.exclude(pk=first.pk).get()
    assert answer.headers["Location"] == reverse("reports:run", args=[second.pk])
    assert (second.state, second.parameters["coc"]) == ("queued", COC)


def test_files_go_after_their_days_and_figures_stay(
    client: Client, reported: dict[str, ReportRun], settings: Any
) -> None:
    import os

    run = reported["lsa"]
    client.force_login(run.created_by)
    job.clear_away()
    assert client.get(reverse("reports:download", args=[run.pk])).status_code == 200
    old = (timezone.now() - timedelta(days=settings.REPORT_KEPT_DAYS + 1)).timestamp()
    os.utime(job.folder_of(run), (old, old))
    job.clear_away()
    assert not job.folder_of(run).exists()
    page = client.get(reverse("reports:run", args=[run.pk])).content.decode()
    assert "people served" in page
    assert "not kept any more" in page
    assert client.get(reverse("reports:download", args=[run.pk])).status_code == 404


def test_the_page_of_a_report_asks_few_questions(
    client: Client, reported: dict[str, ReportRun], django_assert_max_num_queries: Any
) -> None:
    run = reported["lsa"]
    client.force_login(run.created_by)
    with django_assert_max_num_queries(17):  # one locks the session, which has just begun
        client.get(reverse("reports:run", args=[run.pk]))
    with django_assert_max_num_queries(12):
        client.get(reverse("reports:index"))


def test_a_report_closes_when_a_client_shares_no_more_what_it_used(client: Client, place: User) -> None:
    with acting(place):
        organization, projects = organization_with_people()
        user = factories.make_hmis_user(organization)
        person = projects[0].enrollments.filter(date_deleted=None).first().client
        elsewhere = factories.make_enrollment(person, factories.make_project(), is_shared=True)
    run = make_run(user, report="lsa_project", parameters={"projects": [projects[0].pk]})
    job.work(run.pk)
    client.force_login(user)
    address = reverse("reports:download", args=[run.pk])
    assert client.get(address).status_code == 200
    with acting(place):
        type(elsewhere).objects.filter(pk=elsewhere.pk).update(is_shared=False)
    assert client.get(address).status_code == 404
    assert (
        "This report is closed to you" in client.get(reverse("reports:run", args=[run.pk])).content.decode()
    )
