"""Reports of everything in a scope: who may have them, what the role that reads sees, and what is left."""

import json
import subprocess
import sys
import textwrap
import time
import zipfile
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from hearth import scratch
from hearth.hmis.access.context import acting
from hearth.hmis.access.models import User
from hearth.hmis.access.permissions import Permission
from hearth.hmis.access.roles import CocCoordinator, HmisUser
from hearth.hmis.access.roles import Funder as FunderRole
from hearth.hmis.access.scopes import CocScope, FundingScope, OrganizationScope
from hearth.hmis.audit.models import AccessLog
from hearth.hmis.clients.models import Client as Person
from hearth.hmis.enrollments.models import Enrollment
from hearth.hmis.jobs.sweep import sweep
from hearth.hmis.organizations.models import Funder, ProjectCoC
from hearth.hmis.reports import job, snapshot
from hearth.hmis.reports.catalog import by_code
from hearth.hmis.reports.models import ReportRun
from hearth.hmis.reports.request import ReportRequest, RequestError
from hearth.reporting.engine import Cancelled
from hearth.reporting.outputs.small_cells import LEAST
from hearth.server import database
from tests import factories
from tests.hmis.reports.world import COC, TIME, made, make_run, organization_with_people

pytestmark = pytest.mark.django_db(transaction=True)
NIGHT = {"start": "2026-01-28", "end": "2026-01-28"}


def coordinator(coc: str = COC) -> User:
    user = factories.make_user()
    factories.give_grant(user, CocCoordinator, CocScope(coc))
    return user


def grant_of(user: User) -> int:
    with acting(user):
        return int(user.grants_now.get().pk)


def asked(user: User, **fields: Any) -> ReportRun:
    """A run of everything in the scope of the user's grant that has not begun."""
    with acting(user):
        parameters = {"of_grant": grant_of(user)} | fields.pop("parameters", {})
        return make_run(user, parameters=parameters, **fields)


def finished(user: User, **fields: Any) -> ReportRun:
    run = asked(user, **fields)
    job.work(run.pk)
    run.refresh_from_db()
    assert run.state == "finished", run.message
    return run


def rows_of(path: Path, file: str) -> list[str]:
    """Of an upload, without the number of the report."""
    with zipfile.ZipFile(path) as zipped:
        lines = zipped.read(f"{file}.csv").decode().splitlines()
    at = lines[0].split(",").index("ReportID")
    return sorted(
        ",".join(part for place, part in enumerate(line.split(",")) if place != at) for line in lines
    )


def test_a_coordinator_gets_figures_of_everything_in_the_coc(client: Client, place: User) -> None:
    """The same upload as the administrator's; on the page nobody, and no figure from 1 to 10."""
    whole = made(place)
    with acting(place):
        Enrollment.objects.update(is_shared=False)
        hidden = Person.objects.filter(enrollments__isnull=False).order_by("pk")[0]
        Person.objects.filter(pk=hidden.pk).update(is_restricted=True)
    user = coordinator()
    client.force_login(user)
    form = client.get(reverse("reports:new", args=["lsa-systemwide"])).content.decode()
    assert f"Everything in the projects of {COC}" in form
    client.post(reverse("reports:new", args=["lsa-systemwide"]), TIME | {"made_of": str(grant_of(user))})
    with acting(user):
        run = ReportRun.objects.restrict(user).get()
    job.work(run.pk)
    run.refresh_from_db()
    assert run.state == "finished", run.message
    folder = Path(settings.MEDIA_ROOT) / run.file
    assert sorted(path.name for path in folder.iterdir()) == [run.file_name, "run.json"]
    assert json.loads((folder / "run.json").read_text())["made_of"] == f"Everything in the projects of {COC}"
    assert folder.stat().st_mode & 0o077 == 0
    for file in ("LSAPerson", "LSAHousehold", "LSAExit", "LSACalculated"):
        theirs = Path(settings.MEDIA_ROOT) / whole.file / whole.file_name
        assert rows_of(folder / run.file_name, file) == rows_of(theirs, file), file
    cells, figures = run.result["cells"], whole.result["figures"]
    assert cells["people"] == figures["people"] >= LEAST
    assert None in cells.values()
    days = {key for key in cells if key.startswith("average-")}
    assert all(
        value is None or value == 0 or value >= LEAST for key, value in cells.items() if key not in days
    )
    assert set(run.result) == {"cells", "made_of", "seconds", "made_at", "specification", "incomplete"}
    assert run.counts == {}
    page = client.get(reverse("reports:run", args=[run.pk])).content.decode()
    assert "Figures alone" in page and "Hidden" in page
    assert f"<dd>Everything in the projects of {COC}" in page.replace("\n", "")
    assert "Everything, figures alone" in client.get(reverse("reports:index")).content.decode()
    fetched = client.get(reverse("reports:download", args=[run.pk]))
    assert fetched.status_code == 200
    with acting(factories.make_auditor()):
        log = AccessLog.objects.filter(subject=f"reportrun:{run.pk}").order_by("pk")
        assert [(one.action, one.details.get("everything")) for one in log] == [
            ("reported", "coc"), ("downloaded", True),
        ]  # fmt: skip


@pytest.mark.parametrize("who", ["asker", "administrator"])
def test_no_number_opens_to_anybody(client: Client, reported: dict[str, ReportRun], who: str) -> None:
    """Nor to the administrator: nobody behind it is there any more. Nor is it compared with another."""
    user = coordinator()
    run, other = finished(user), reported["lsa"]
    client.force_login(user if who == "asker" else other.created_by)
    addresses = [
        reverse("reports:rows", args=[run.pk, "LSAPerson"]),
        reverse("reports:row", args=[run.pk, "LSAPerson", 1]),
        reverse("reports:figure", args=[run.pk, "people"]),
        reverse("reports:flag", args=[run.pk, 1]),
        reverse("reports:projects", args=[run.pk]),
        reverse("reports:compare", args=[run.pk, other.pk]),
        reverse("reports:compare", args=[other.pk, run.pk]),
    ]
    page = client.get(reverse("reports:run", args=[run.pk])).content.decode()
    for address in addresses:
        assert client.get(address).status_code == 404, address
        assert address not in page
    if who == "administrator":
        assert (
            f'<option value="{run.pk}"'
            not in client.get(reverse("reports:run", args=[other.pk])).content.decode()
        )


def test_the_hic_of_a_coordinator_counts_beds_and_hides_few_people(
    client: Client, reported: dict[str, ReportRun]
) -> None:
    user = coordinator()
    run = finished(user, report="hic", parameters=NIGHT)
    cells, figures = run.result["cells"], reported["hic"].result["figures"]
    assert {part: cells[part] for part in ("projects", "beds", "units")} == {
        part: figures[part] for part in ("projects", "beds", "units")
    }
    for row in figures["project_types"]:
        shown = cells[f"night-{row['code']}-people"]
        assert shown in (None, row["people"])
        assert shown is None or not 0 < shown < LEAST
    client.force_login(user)
    assert (
        "Beds and people by project type"
        in client.get(reverse("reports:run", args=[run.pk])).content.decode()
    )


def test_a_funder_gets_figures_of_its_projects_and_no_upload(client: Client, place: User) -> None:
    with acting(place):
        _, projects = organization_with_people()
        funded = projects[0]
        Funder.objects.create(project=funded, funder=20, grant_id="G7", **factories.record())
        people = Enrollment.objects.filter(project=funded).values("client").distinct().count()
    user = factories.make_user()
    factories.give_grant(user, FunderRole, FundingScope(20, "G7"))
    client.force_login(user)
    address = reverse("reports:new", args=["lsa-projects"])
    form = client.get(address).content.decode()
    assert "nothing of others" in form and "stays elsewhere are not in it" in form
    assert str(funded) not in form
    assert client.get(reverse("reports:new", args=["lsa-systemwide"])).status_code == 403
    client.post(address, TIME | {"made_of": str(grant_of(user))})
    with acting(user):
        run = ReportRun.objects.restrict(user).get()
    job.work(run.pk)
    run.refresh_from_db()
    assert run.state == "finished", run.message
    assert (run.file, run.file_name) == ("", "")
    assert not job.folder_of(run).exists()
    shown = run.result["cells"]["people"]
    assert shown is None or 0 <= shown <= people
    page = client.get(reverse("reports:run", args=[run.pk])).content.decode()
    assert "Download for HDX" not in page and "Figures alone" in page
    assert client.get(reverse("reports:download", args=[run.pk])).status_code == 404


# ---------------------------------------------------------------------- who may


def test_another_scope_is_refused(bare_place: User) -> None:
    """Of another CoC, of a grant of somebody else, of one that is over; by a form and by the worker."""
    user, other = coordinator(), coordinator("XX-501")
    mine, theirs = grant_of(user), grant_of(other)
    with acting(user):
        ReportRequest.from_json("lsa_systemwide", _asked(mine)).check(user)
        for grant, coc in ((mine, "XX-501"), (theirs, "XX-501"), (theirs, COC), (10**9, COC)):
            with pytest.raises(RequestError):
                ReportRequest.from_json("lsa_systemwide", _asked(grant, coc)).check(user)
        with pytest.raises(RequestError, match="may not have this report"):
            ReportRequest.from_json("lsa_project", _asked(mine)).check(user)
    worker = make_run(user, parameters={"of_grant": theirs, "coc": "XX-501"})
    job.work(worker.pk)
    worker.refresh_from_db()
    assert worker.state == "refused"
    factories.end_grants(user)
    user = User.objects.get(pk=user.pk)
    with acting(user), pytest.raises(RequestError):
        ReportRequest.from_json("lsa_systemwide", _asked(mine)).check(user)


def _asked(grant: int, coc: str = COC) -> dict[str, Any]:
    return TIME | {"coc": coc, "projects": [], "of_grant": grant}


def test_who_works_with_clients_has_no_report_of_everything(client: Client, bare_place: User) -> None:
    with acting(bare_place):
        organization, _ = organization_with_people()
        user = factories.make_hmis_user(organization)
    client.force_login(user)
    address = reverse("reports:new", args=["lsa-projects"])
    assert 'name="made_of"' not in client.get(address).content.decode()
    assert not user.may(Permission.REPORT_OF_SCOPE)
    with acting(user), pytest.raises(RequestError):
        ReportRequest.from_json("lsa_systemwide", _asked(grant_of(user))).check(user)


def test_a_report_closes_when_the_grant_ends(client: Client, place: User) -> None:
    user = coordinator()
    run = finished(user, report="hic", parameters=NIGHT)
    client.force_login(user)
    address = reverse("reports:run", args=[run.pk])
    assert "Figures alone" in client.get(address).content.decode()
    factories.end_grants(user)
    factories.give_grant(user, CocCoordinator, CocScope("XX-501"))
    page = client.get(address).content.decode()
    assert "This report is closed to you" in page and "Figures alone" not in page
    assert client.get(reverse("reports:download", args=[run.pk])).status_code == 404
    factories.give_grant(user, CocCoordinator, CocScope(COC))  # given anew for the same CoC
    assert "Figures alone" in client.get(address).content.decode()


def test_a_grant_that_ends_meanwhile_leaves_nothing(place: User, monkeypatch: pytest.MonkeyPatch) -> None:
    user = coordinator()
    run = asked(user, report="hic", parameters=NIGHT)
    read = snapshot.of_run

    def then_ended(*args: Any, **how: Any) -> Path:
        found = read(*args, **how)
        factories.end_grants(user)
        return found

    monkeypatch.setattr(snapshot, "of_run", then_ended)
    job.work(run.pk)
    run.refresh_from_db()
    assert run.state == "refused" and "may not have this report" in run.message
    assert run.result == {} and not job.folder_of(run).exists()


def test_what_is_read_dies_with_its_process(bare_place: User, monkeypatch: pytest.MonkeyPatch) -> None:
    """It lies in scratch, whose lock a kill lets go of; a report that is cancelled leaves nothing at all."""
    user = coordinator()
    run = asked(user)
    into: list[Path] = []

    def stopped(_: int, folder: Path, **how: Any) -> Path:
        folder.mkdir()
        into.append(folder)
        raise Cancelled("stopped at the caller's request")

    monkeypatch.setattr(snapshot, "of_run", stopped)
    job.work(run.pk)
    run.refresh_from_db()
    assert run.state == "cancelled"
    assert scratch.root() in into[0].parents and not into[0].exists()
    assert run.result == {} and not job.folder_of(run).exists()


def test_times_that_overlap_are_refused(bare_place: User) -> None:
    """The difference of two such reports would be a few people."""
    user = coordinator()
    asked(user, state="finished")
    asked(user, report="hic", parameters=NIGHT, state="finished")
    for report, start, end, may in (
        ("lsa_systemwide", "2025-10-01", "2026-09-30", True),
        ("lsa_systemwide", "2024-10-01", "2025-09-30", True),
        ("lsa_systemwide", "2025-10-01", "2026-09-29", False),
        ("lsa_systemwide", "2024-10-02", "2025-10-01", False),
        ("hic", "2026-01-28", "2026-01-28", True),
        ("hic", "2026-01-27", "2026-01-27", False),
        ("hic", "2025-01-29", "2025-01-29", True),
    ):
        request = ReportRequest(
            report=by_code(report), coc=COC, start=date.fromisoformat(start), end=date.fromisoformat(end),
            of_grant=grant_of(user),
        )  # fmt: skip
        with acting(user):
            if may:
                request.check(user)
            else:
                with pytest.raises(RequestError, match="already"):
                    request.check(user)


# ---------------------------------------------------------------------- the role that reads


@pytest.fixture
def counts(bare_place: User) -> Iterator["Counts"]:
    yield Counts(bare_place)


class Counts:
    """Two projects of the CoC and one of another, each with somebody in it; the coordinator of the first."""

    def __init__(self, administrator: User) -> None:
        with acting(administrator):
            _, (self.project, *_) = organization_with_people()
            self.foreign = factories.make_project()
            ProjectCoC.objects.create(project=self.foreign, coc_code="XX-501", **factories.record())
            self.client, self.other = factories.make_client(), factories.make_client()
            self.stay = factories.make_enrollment(self.client, self.project)
            factories.make_enrollment(self.other, self.foreign)
            Person.objects.filter(pk=self.client.pk).update(is_restricted=True)
        self.user = coordinator()
        self.run = asked(self.user, state="reading")

    def read(self, sql: str, run: int | None = None, **settings: Any) -> list[Any]:
        given = {"app.counted_run": run or self.run.pk} | settings
        options = " ".join(f"-c {name}={value}" for name, value in given.items())
        with psycopg.connect(database.url("counts"), options=options) as server:
            return [one for (one,) in server.execute(sql.encode()).fetchall()]


OF_ENROLLMENTS = "SELECT id FROM enrollments_enrollment"


def test_it_reads_the_scope_of_its_run_alone(counts: Counts) -> None:
    """What is not shared and restricted among it; whoever acts, and whatever else is asked."""
    assert counts.read(OF_ENROLLMENTS) == [counts.stay.pk]
    assert counts.read("SELECT id FROM clients_client") == [counts.client.pk]
    assert counts.foreign.pk not in counts.read("SELECT id FROM organizations_project")
    assert counts.project.pk in counts.read("SELECT id FROM organizations_project")
    assert counts.foreign.organization_id not in counts.read("SELECT id FROM organizations_organization")
    assert set(counts.read("SELECT coc_code FROM organizations_projectcoc")) == {COC}
    administrator = User.objects.order_by("pk")[0]
    assert counts.read(OF_ENROLLMENTS, **{"app.user_id": administrator.pk}) in ([counts.stay.pk], [])


@pytest.mark.parametrize("state", ["queued", "calculating", "finished", "cancelled"])
def test_it_reads_nothing_but_while_a_run_reads(counts: Counts, state: str) -> None:
    with acting(counts.user):
        ReportRun.objects.filter(pk=counts.run.pk).update(state=state)
    assert counts.read(OF_ENROLLMENTS) == counts.read("SELECT id FROM organizations_project") == []


def test_it_reads_nothing_for_whoever_may_not(counts: Counts) -> None:
    """For no run, for one of somebody else's grant, of one that is over, of a role without the right."""
    assert counts.read(OF_ENROLLMENTS, run=10**9) == []
    stranger = factories.make_user()
    forged = make_run(stranger, parameters={"of_grant": grant_of(counts.user)}, state="reading")
    assert counts.read(OF_ENROLLMENTS, run=forged.pk) == []
    worker = factories.make_user()
    factories.give_grant(worker, HmisUser, OrganizationScope(counts.project.organization_id))
    plain = make_run(worker, parameters={"of_grant": grant_of(worker)}, state="reading")
    assert counts.read(OF_ENROLLMENTS, run=plain.pk) == []
    factories.end_grants(counts.user)
    assert counts.read(OF_ENROLLMENTS) == []


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT first_name FROM clients_client",
        "SELECT * FROM enrollments_enrollment",
        "SELECT pgh_id FROM enrollments_enrollmenthistory",
        "SELECT email FROM access_user",
        "SELECT id FROM access_grant",
        "SELECT id FROM reports_reportrun",
        "SELECT id FROM audit_accesslog",
        "UPDATE enrollments_enrollment SET is_shared = true RETURNING id",
        "DELETE FROM clients_client RETURNING id",
        "SET ROLE hearth_report",
        "SET ROLE hearth_owner",
        "SET row_security = off; SELECT id FROM clients_client",
        "SET default_transaction_read_only = off; CREATE TABLE mine (id int)",
    ],
)
def test_it_does_nothing_else(counts: Counts, sql: str) -> None:
    with pytest.raises(psycopg.Error):
        counts.read(sql)


@pytest.mark.parametrize("sql", ["SET ROLE hearth_counts", "SELECT hearth_counted_projects()"])
def test_no_session_of_a_page_is_it(counts: Counts, sql: str) -> None:
    with (
        acting(counts.user),
        pytest.raises(DatabaseError, match="permission denied"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(sql)


def test_every_table_with_records_has_its_wall(counts: Counts) -> None:
    """A policy that nothing else widens, on each table of which it may read anything at all."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname, c.relrowsecurity, EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid"
            " AND NOT p.polpermissive AND p.polroles = ARRAY['hearth_counts'::regrole::oid])"
            " FROM pg_class c WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace"
            " AND has_any_column_privilege('hearth_counts', c.oid, 'SELECT')"
        )
        found = {name: (secured, alone) for name, secured, alone in cursor.fetchall()}
    assert found.pop("organizations_datasource")  # numbers of sources
    assert len(found) > 20
    assert set(found.values()) == {(True, True)}


KILLED = """
    import sys
    import django
    from django.conf import settings
    django.setup()
    settings.MEDIA_ROOT = sys.argv[1]
    from hearth.hmis.reports import job
    job.work(int(sys.argv[2]))
"""


@pytest.mark.parametrize("seconds", [0.0, 0.4, 1.5])
def test_a_run_that_is_killed_leaves_nothing_and_ends_in_words(place: User, seconds: float) -> None:
    """kill -9 while the copy of the scope lies in scratch: all of it is gone with the next sweep, and the
    role that read for it reads no more."""
    user = coordinator()
    run = asked(user)
    process = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(KILLED), str(settings.MEDIA_ROOT), str(run.pk)],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        until = time.monotonic() + 120
        while not (copied := [*scratch.root().glob(f"counts-{process.pid}-*/work/**/*.*")]):
            assert process.poll() is None and time.monotonic() < until
            time.sleep(0.02)
        time.sleep(seconds)
    finally:
        process.kill()
        process.wait(20)
    assert copied and [*scratch.root().glob(f"*-{process.pid}-*")]
    scratch.sweep()
    assert not [*scratch.root().glob(f"*-{process.pid}-*")]
    ReportRun.objects.filter(pk=run.pk).update(heartbeat_at=timezone.now() - timedelta(minutes=5))
    assert sweep() == 1
    run.refresh_from_db()
    assert (run.state, run.result, run.file) == ("failed", {}, "")
    assert "stopped from outside" in run.message
    assert not [one for one in (Path(settings.MEDIA_ROOT) / "reports").rglob("*") if one.is_file()]
    with psycopg.connect(database.url("counts"), options=f"-c app.counted_run={run.pk}") as server:
        assert server.execute(b"SELECT count(*) FROM enrollments_enrollment").fetchone() == (0,)
