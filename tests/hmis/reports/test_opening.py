"""From a number to the people behind it: the right ones, as far as the viewer may see them, written down;
and two reports compared."""

import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client as Browser
from django.urls import reverse

from hearth.hmis.access.context import acting
from hearth.hmis.access.models import User
from hearth.hmis.audit.models import AccessLog
from hearth.hmis.clients.models import Client
from hearth.hmis.enrollments.models import Enrollment, Exit
from hearth.hmis.reports import job, queries
from hearth.hmis.reports.models import ReportRun
from hearth.reporting import engine
from hearth.reporting.opening import members
from hearth.reporting.reports.lsa import figures
from hearth.reporting.runtime import registry
from tests import factories
from tests.hmis.reports.world import COC, made, organization_with_people
from tests.reporting.reports.lsa.bundles import bundle_of
from tests.reporting.reports.lsa.test_compare import LATER
from tests.reporting.reports.lsa.test_members import WORLD

pytestmark = pytest.mark.django_db(transaction=True)
Reported = dict[str, ReportRun]


def folder_of(user: User, run: ReportRun) -> Path:
    folder = queries.folder_of(user, run)
    assert folder is not None
    return folder


def ask(browser: Browser, name: str, *parts: object) -> str:
    answer = browser.get(reverse(f"reports:{name}", args=parts))
    assert answer.status_code == 200, answer.text[:2000]
    return answer.text


def listed(page: str) -> int:
    """How many rows the list of a page shows."""
    body = page.partition("<tbody>")[2].partition("</tbody>")[0]
    return body.count("<tr>")


def test_every_row_leads_to_whom_it_counts(client: Browser, reported: Reported) -> None:
    run = reported["lsa"]
    place = run.created_by
    client.force_login(place)
    folder = folder_of(place, run)
    page = ask(client, "run", run.pk)
    for file in ("LSAPerson", "LSAHousehold", "LSAExit", "LSACalculated"):
        assert reverse("reports:rows", args=[run.pk, file]) in page
        listed = ask(client, "rows", run.pk, file)
        rows = members.rows(folder, file, limit=3).rows
        for row in rows:
            address = reverse("reports:row", args=[run.pk, file, row.number])
            assert address in listed
            opened = client.get(address)
            assert opened.status_code == 200
            people = members.members(folder, file, row.values)
            shown = set(re.findall(r"/clients/(\d+)/", opened.text))
            with acting(place):
                known = Client.objects.filter(hud_id__in=[one.personal_id for one in people.members])
                assert shown == {str(pk) for pk in known.values_list("pk", flat=True)}
            for member in people.members:
                assert f"Section {member.section}" in opened.text
    with acting(place):
        log = AccessLog.objects.filter(action="members_viewed").order_by("pk")
        assert len(log) == 12
        assert log[0].details["shown"]
        assert log[0].subject == f"reportrun:{run.pk}"


def test_the_rows_can_be_filtered_and_paged(client: Browser, reported: Reported) -> None:
    run = reported["lsa"]
    place = run.created_by
    client.force_login(place)
    folder = folder_of(place, run)
    address = reverse("reports:rows", args=[run.pk, "LSACalculated"])
    every = members.rows(folder, "LSACalculated").total
    assert f"of {every:,} rows" in client.get(address).text
    some = members.rows(folder, "LSACalculated", {"ReportRow": "53"}).total
    assert f"{some:,} rows" in client.get(address, {"ReportRow": "53"}).text
    assert f"of {every:,} rows" in client.get(address, {"ReportRow": "nothing", "Page": "x"}).text
    last = client.get(address, {"page": "99999999"})
    assert f"{every:,} of {every:,} rows" in last.text
    for strange in ({"page": "-1"}, {"page": "x" * 99}, {"Value": "1"}):
        assert client.get(address, strange).status_code == 200


def test_data_quality_leads_to_people_too(client: Browser, reported: Reported) -> None:
    run = reported["lsa"]
    place = run.created_by
    client.force_login(place)
    column, count = next(
        (row.values["Column"], row)
        for row in members.rows(folder_of(place, run), "LSAReport", limit=50).rows
        if row.values["Column"] == "SSNMissingOrInvalid"
    )
    address = reverse("reports:row", args=[run.pk, "LSAReport", count.number])
    assert column and address in ask(client, "run", run.pk)
    assert listed(client.get(address).text) == min(count.count, 25)


def test_what_is_not_there_is_not_there(client: Browser, reported: Reported) -> None:
    run = reported["lsa"]
    place = run.created_by
    client.force_login(place)
    for parts in ([run.pk, "LSAPerson", 0], [run.pk, "LSAPerson", 10**9], [run.pk, "Client", 1]):
        assert client.get(reverse("reports:row", args=parts)).status_code == 404
    assert client.get(reverse("reports:rows", args=[run.pk, "LSAReport"])).status_code == 404
    assert client.get(reverse("reports:rows", args=[run.pk, "Client"])).status_code == 404
    assert client.get(reverse("reports:compare", args=[run.pk, 10**9])).status_code == 404
    (folder_of(place, run) / "run.json").unlink()
    assert "cannot be opened" in ask(client, "rows", run.pk, "LSAPerson")


def test_a_user_sees_the_own_people_and_how_many_others(client: Browser, place: User) -> None:
    """An enrollment that moves out of sight after the report was made is out of sight on its pages."""
    with acting(place):
        organization, projects = organization_with_people()
        user = factories.make_hmis_user(organization)
    run = made(user, report="lsa_project", parameters={"projects": [project.pk for project in projects]})
    client.force_login(user)
    folder = folder_of(user, run)
    rows = members.rows(folder, "LSACalculated", {"ReportRow": "53"}, limit=500).rows
    most = max(rows, key=lambda row: row.count)
    address = reverse("reports:row", args=[run.pk, "LSACalculated", most.number])
    before = client.get(address).text
    assert "that you may not see" not in before
    people = members.members(folder, "LSACalculated", most.values)
    assert listed(before) == min(people.total, 25) > 0

    gone = people.members[0]
    with acting(place):
        other = factories.make_project()
        Enrollment.objects.filter(hud_id__in=gone.enrollment_ids).update(project=other)
        name = Client.objects.get(hud_id=gone.personal_id)
    after = client.get(address).text
    assert re.search(r"\d+ more that you may not see", after)
    assert f"/clients/{name.pk}/" not in after
    assert gone.personal_id not in re.sub(r"value=\"[^\"]*\"", "", after)
    with acting(place):
        log = AccessLog.objects.filter(action="members_viewed").order_by("-pk").first()
        assert log is not None
        assert log.details["hidden"] >= 1
        assert name.pk not in log.details["shown"]


def test_two_reports_and_who_made_the_difference(client: Browser, reported: Reported) -> None:
    first = reported["lsa"]
    place = first.created_by
    with acting(place):
        stay = (
            Enrollment.objects.filter(
                exit__isnull=True, relationship_to_hoh=1, project__project_type__in=(0, 2),
                project__cocs__coc_code=COC, entry_date__gte="2025-10-01",
            )
            .select_related("client")
            .first()
        )  # fmt: skip
        assert stay is not None
        Exit.objects.create(**factories.record(enrollment=stay, exit_date="2026-09-20", destination=410))
    second = made(place)
    client.force_login(place)
    assert f'<option value="{first.pk}">' in ask(client, "run", second.pk)
    chosen = client.get(reverse("reports:compare_with", args=[second.pk]), {"with": first.pk})
    assert chosen.headers["Location"] == reverse("reports:compare", args=[second.pk, first.pk])
    page = client.get(chosen.headers["Location"]).text
    assert f"/clients/{stay.client.pk}/" in page
    # it begins with the main figures, then why, then who
    order = [
        page.index(part)
        for part in (
            "Headline figures",
            "People served",
            "Clients may stand in several",
            "Clients whose records",
        )
    ]
    assert order == sorted(order) and "Different periods" not in page
    assert "Recorded exit" in page and re.search(r"New record: <a [^>]*>1<", page)
    assert reverse("reports:compare_file", args=[second.pk, first.pk, "LSAHousehold"]) in page
    rows = ask(client, "compare_file", second.pk, first.pk, "LSAHousehold")
    address = reverse("reports:compare_row", args=[second.pk, first.pk, "LSAHousehold", 1])
    assert address in rows
    opened = client.get(address).text
    assert f"/clients/{stay.client.pk}/" in opened
    assert "Added" in opened or "Removed" in opened
    # The other way round is the same comparison.
    assert listed(ask(client, "compare", first.pk, second.pk)) == listed(page)
    same = ask(client, "compare", second.pk, second.pk)
    assert "Nothing about anybody differs" in same


def test_reports_of_different_kinds_are_not_compared(client: Browser, reported: Reported) -> None:
    lsa, hic = reported["lsa"], reported["hic"]
    client.force_login(lsa.created_by)
    assert f'value="{hic.pk}"' not in ask(client, "run", lsa.pk)
    assert "cannot be opened" in ask(client, "compare", lsa.pk, hic.pk)


def test_names_are_in_no_address(client: Browser, reported: Reported) -> None:
    run = reported["lsa"]
    place = run.created_by
    client.force_login(place)
    pages = [
        ask(client, "run", run.pk),
        ask(client, "rows", run.pk, "LSAPerson"),
        ask(client, "row", run.pk, "LSAPerson", 1),
    ]
    with acting(place):
        names = set(Client.objects.values_list("last_name", flat=True)) - {None}
    addresses = " ".join(re.findall(r'(?:href|action|hx-get)="([^"]*)"', "".join(pages)))
    assert [name for name in names if name in addresses] == []


def test_a_users_report_is_made_of_what_he_may_see(place: User) -> None:
    """Records of another organization make no difference to it: it is the same with and without them."""
    with acting(place):
        organization, projects = organization_with_people()
        user = factories.make_hmis_user(organization)
    asked = {"projects": [project.pk for project in projects]}
    files = ("LSAPerson", "LSAHousehold", "LSAExit", "LSACalculated")

    def rows() -> dict[str, list[str]]:
        run = made(user, report="lsa_project", parameters=asked)
        folder = folder_of(user, run)
        # The report's number is in every row.
        return {
            file: [line.rpartition(",")[0] for line in (folder / f"{file}.csv").read_text().splitlines()]
            for file in files
        }

    before = rows()
    assert len(before["LSAPerson"]) > 2
    with acting(place):
        foreign = Enrollment.objects.exclude(organization=organization)
        served = Enrollment.objects.filter(organization=organization).values("client")
        assert foreign.filter(client__in=served).exists()  # else the test could not fail
        foreign.update(date_deleted="2026-10-01 12:00:00")
    assert rows() == before


def small(
    by: User, short: dict[str, Any], report: dict[str, Any] | None = None, kind: str = "lsa_systemwide"
) -> ReportRun:
    """A finished run over a handful of invented people, made by the engine alone."""
    given = {"coc": "XX-501", "start": "2025-10-01", "end": "2026-09-30", "projects": []}
    given |= {key: str(value) for key, value in (report or {}).items() if key != "scope"}
    if kind == "hic":
        given["end"] = given["start"]
    run = ReportRun.objects.create(created_by=by, report=kind, year=2026, parameters=given)
    folder = bundle_of(job.folder_of(run), short, report)
    run.file = folder.relative_to(settings.MEDIA_ROOT).as_posix()
    run.state, run.file_name = "finished", next(folder.glob("*.zip")).name
    run.result = {
        "figures": figures.of_run(folder, kind), "flags": json.loads((folder / "flags.json").read_text()),
        "made_at": "2026-11-02 08:30:00",
    }  # fmt: skip
    run.save()
    return run


def test_different_periods_are_warned_of_and_ordered(client: Browser, administrator: User) -> None:
    """The earlier period is the earlier report, whenever it was made."""
    with acting(administrator):
        later = small(administrator, WORLD)
        earlier = small(administrator, WORLD, {"start": date(2025, 9, 1)})
    client.force_login(administrator)
    page = ask(client, "compare", later.pk, earlier.pk)
    assert "Different periods: September 1, 2025 – September 30, 2026 before," in page
    assert page.index(reverse("reports:run", args=[earlier.pk]) + '">Earlier') < page.index(
        reverse("reports:run", args=[later.pk]) + '">Later'
    )


def test_flags_lead_to_their_people(client: Browser, administrator: User) -> None:
    with acting(administrator):
        run = small(administrator, WORLD)
    client.force_login(administrator)
    page = ask(client, "run", run.pk)
    opened = 0
    for number, line in enumerate(run.result["flags"], start=1):
        address = reverse("reports:flag", args=[run.pk, number])
        answer = client.get(address)
        assert answer.status_code == 200
        assert (address in page) == bool(line["people"])
        for member in members.flagged(
            folder_of(administrator, run), queries.read_flag(line), limit=20
        ).members:
            opened += 1
            assert member.personal_id in answer.text
    assert opened
    with acting(administrator):
        log = AccessLog.objects.filter(action="members_viewed", details__has_key="flag")
        assert log.count() == len(run.result["flags"])
    for number in (0, len(run.result["flags"]) + 1, 10**18):
        assert client.get(reverse("reports:flag", args=[run.pk, number])).status_code == 404


def test_no_address_of_a_report_is_a_fault(client: Browser, administrator: User) -> None:
    """Any file, row, page and pair of reports: there, or not found."""
    with acting(administrator):
        run, other = small(administrator, WORLD), small(administrator, LATER)
        hic = small(administrator, WORLD, {"scope": "hic", "start": date(2026, 1, 28)}, "hic")
    client.force_login(administrator)
    files = (*registry.by_name("lsa").opened_files, "Project", "nowhere")
    addresses = [f"/reports/{one.pk}/rows/{file}/" for one in (run, hic) for file in files]
    addresses += [
        f"/reports/{one}/rows/{file}/{n}/"
        for one in (run.pk, hic.pk)
        for file in files
        for n in (0, 2, 10**30)
    ]
    addresses += [f"/reports/{run.pk}/rows/LSAReport/{number}/" for number in range(1, 20)]
    addresses += [
        f"/reports/{run.pk}/rows/LSAPerson/1/?page={page}" for page in ("0", "-1", "x", "9" * 30, "")
    ]
    addresses += [
        f"/reports/{run.pk}/rows/LSAPerson/?HHTypeEST={value}" for value in ("1", "'", "%00", "9" * 99)
    ]
    addresses += [f"/reports/{run.pk}/compare/?with={value}" for value in ("", "x", "-1", "9" * 40, other.pk)]
    addresses += [f"/reports/{run.pk}/compare/{one}/" for one in (0, 10**30, hic.pk, other.pk, run.pk)]
    for file in ("LSAReport", "LSACalculated", "Project", "nowhere"):
        addresses += [f"/reports/{run.pk}/compare/{other.pk}/{file}/{number}/" for number in (0, 1, 10**30)]
    client.raise_request_exception = False
    for address in addresses:
        assert client.get(address).status_code in (200, 302, 400, 404), address


def test_a_damaged_report_is_a_sentence(client: Browser, administrator: User) -> None:
    with acting(administrator):
        run, other = small(administrator, WORLD), small(administrator, LATER)
    client.force_login(administrator)
    folder = folder_of(administrator, run)
    for name in ("LSAPerson.csv", "tables/lsa_person_detail.parquet", "tables/Enrollment.parquet"):
        (folder / name).write_bytes(b"PAR1 and then nothing")
    client.raise_request_exception = False
    number = 1 + next(n for n, line in enumerate(run.result["flags"]) if line["people"])
    for address in (
        "rows/LSAPerson/1/", "rows/LSACalculated/1/", f"flags/{number}/", f"compare/{other.pk}/",
        f"compare/{other.pk}/LSAPerson/",
    ):  # fmt: skip
        answer = client.get(f"/reports/{run.pk}/{address}")
        assert answer.status_code == 200 and "This cannot be opened" in answer.text, address


def test_nobody_is_named_by_one_of_two_reports(client: Browser, administrator: User) -> None:
    """A key may stand for another record in each; where one report does not tell, nobody knows."""
    with acting(administrator):
        run, other = small(administrator, WORLD), small(administrator, LATER)
        person = factories.make_client(first_name="Zebulonia", last_name="Wrongly")
    client.force_login(administrator)
    for one in (run, other):
        ids = folder_of(administrator, one) / "ids"
        ids.mkdir()
        with engine.connected() as connection:
            engine.run(
                connection,
                f"COPY (SELECT PersonalID AS key, {person.pk} AS id FROM"
                f" read_parquet('{ids.parent}/tables/Enrollment.parquet') GROUP BY ALL)"
                f" TO '{ids}/Client.parquet' (FORMAT parquet)",
            )
    address = f"/reports/{run.pk}/compare/{other.pk}/"
    assert "Wrongly" in client.get(address).text
    (ids / "Client.parquet").unlink()
    page = client.get(address)
    assert page.status_code == 200 and "Wrongly" not in page.text


@pytest.mark.parametrize("damage", [b"", b"PAR1 and then nothing"])
def test_a_damaged_file_of_ids_is_a_sentence(client: Browser, administrator: User, damage: bytes) -> None:
    """It tells which of our records a key stands for: without it nobody can be named, and nothing is guessed.
    The report's own page stands, with keys for the names of projects."""
    with acting(administrator):
        run, other = small(administrator, WORLD), small(administrator, LATER)
    client.force_login(administrator)
    for one in (run, other):
        ids = folder_of(administrator, one) / "ids"
        ids.mkdir()
        for name in ("Client", "Enrollment", "Project"):
            (ids / f"{name}.parquet").write_bytes(damage)
    client.raise_request_exception = False
    number = 1 + next(n for n, line in enumerate(run.result["flags"]) if line["people"])
    for address in (
        "rows/Project/", "rows/LSAPerson/1/", "figures/people/", "figures/people/?download=csv",
        "figures/people/?sort=client", f"flags/{number}/", f"compare/{other.pk}/",
    ):  # fmt: skip
        answer = client.get(f"/reports/{run.pk}/{address}")
        assert answer.status_code == 200 and "This cannot be opened" in answer.text, address
    page = client.get(f"/reports/{run.pk}/")
    assert page.status_code == 200 and "flags/1/" in page.text


@pytest.mark.parametrize("start", ["0007-01-01", "1900-01-01", "9999-12-31"])
def test_a_year_that_is_a_slip_is_told_at_the_form(client: Browser, place: User, start: str) -> None:
    client.force_login(place)
    answer = client.post(
        reverse("reports:new", args=["lsa-systemwide"]), {"coc": COC, "start": start, "end": "9999-12-31"}
    )
    assert answer.status_code == 200 and "check the year" in answer.text.lower()
