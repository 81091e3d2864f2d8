"""Pages of imports: who may, what happens to the upload, findings by filter, page and file."""

import html
import io
import re
import zipfile
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from hearth.hmis.access.context import acting
from hearth.hmis.access.models import User
from hearth.hmis.access.permissions import Permission
from hearth.hmis.audit.models import AccessLog
from hearth.hmis.exchange.importing import job, queries, record_pages
from hearth.hmis.exchange.importing.run_files import folder_of
from hearth.hmis.exchange.models import ImportRun
from hearth.hmis.hud.records import model_of
from hearth.hmis.ui import sheets
from hearth.reporting import engine
from tests import factories
from tests.hmis.downloads import about_of, csv_of, rows_of, taken, text_of
from tests.hmis.exchange.importing import begin, finished, import_export
from tests.reporting.sources.exports import Export

pytestmark = pytest.mark.django_db(transaction=True)

#: What the browser's script sends while it asks for the progress.
POLL = {"HX-Request": "true", "X-Hearth-Background": "1"}


@pytest.fixture
def by() -> User:
    return factories.make_administrator()


@pytest.fixture
def web(client: Client, by: User) -> Client:
    client.force_login(by)
    return client


def upload(web: Client, path: Path, **values: object) -> object:
    file = SimpleUploadedFile("../My export.zip", path.read_bytes(), "application/zip")
    return web.post(reverse("exchange:import_new"), {"file": file, **values})


def faulty(tmp_path: Path) -> Path:
    export = Export()
    export.row("Exit")["ExitDate"] = "2025-10-01"
    export.row("Client")["DOB"] = "17 May 1990"
    return export.zip(tmp_path)


def test_who_may(client: Client, by: User, tmp_path: Path) -> None:
    run = begin(by, tmp_path / "x.zip")
    addresses = [
        reverse("exchange:import_new"),
        reverse("exchange:import", args=[run.pk]),
        reverse("exchange:import_findings", args=[run.pk, "csv"]),
    ]
    for address in addresses:
        assert client.get(address).status_code == 302
    organization = finished(by, Export().zip(tmp_path)).data_source and factories.Organization.objects.first()
    for user in (factories.make_hmis_user(organization), factories.make_auditor()):
        client.force_login(user)
        for address in addresses:
            assert client.get(address).status_code == 403, (user, address)
        assert client.post(reverse("exchange:import_cancel", args=[run.pk])).status_code == 403
        assert upload(client, Export().zip(tmp_path)).status_code == 403
    run.refresh_from_db()
    assert run.state == "queued"


@pytest.mark.parametrize("count", [1, 2])
def test_findings_are_counted_in_the_number_that_fits(count: int) -> None:
    found = [{"severity": one, "count": count} for one in ("info", "warning", "error", "high")]
    words = [words for _, words, _ in queries.severity_figures(ImportRun(findings_summary=found))]
    ends = "s" if count > 1 else ""
    assert words == ["High", f"Error{ends}", f"Warning{ends}", "Information"]


def test_the_page_does_not_read_the_chosen_file(web: Client) -> None:
    """The script of usa-file-input reads all of a file for a picture of it, which no page may show."""
    page = web.get(reverse("exchange:import_new")).text
    assert 'type="file"' in page and "usa-file-input" not in page


def test_upload_and_job(web: Client, by: User, tmp_path: Path) -> None:
    response = upload(web, Export().zip(tmp_path), source="Clarity", is_shared="on")
    run = ImportRun.objects.get()
    assert response.url == reverse("exchange:import", args=[run.pk])
    assert (run.file_name, run.state, run.created_by) == ("My export.zip", "queued", by)
    assert run.parameters["is_shared"] is True
    kept = folder_of(run) / "upload.zip"
    assert kept.stat().st_mode & 0o077 == 0
    assert folder_of(run).stat().st_mode & 0o077 == 0
    waiting = web.get(response.url)
    assert b"Waiting for the worker" in waiting.content
    assert b"shows by itself" in waiting.content and b"Reload" not in waiting.content
    assert b'hx-trigger="every 1s"' in waiting.content
    assert b'http-equiv="refresh"' in waiting.content
    job.work(run.pk)
    run.refresh_from_db()
    assert (run.state, run.data_source.name) == ("finished", "Clarity")
    assert not kept.exists()
    assert web.get(response.url, headers=POLL).headers["HX-Refresh"] == "true"
    page = web.get(response.url).content.decode()
    assert "The import is finished" in page
    assert "http-equiv" not in page
    assert b"My export.zip" in web.get(reverse("exchange:index")).content
    assert b"Finished" in web.get(reverse("exchange:latest")).content


def test_one_of_several_exports(web: Client, tmp_path: Path) -> None:
    path = tmp_path / "both.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for folder in ("one", "two"):
            for name, content in Export().all_files().items():
                archive.writestr(f"{folder}/{name}", content)
    upload(web, path)
    upload(web, path, folder="two")
    refused, finished_run = ImportRun.objects.order_by("id")
    for run in (refused, finished_run):
        job.work(run.pk)
        run.refresh_from_db()
    assert [refused.state, finished_run.state] == ["refused", "finished"]


def test_a_large_upload_is_moved(web: Client, tmp_path: Path, settings: object) -> None:
    settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 100
    upload(web, Export().zip(tmp_path))
    run = ImportRun.objects.get()
    assert zipfile.is_zipfile(folder_of(run) / "upload.zip")


def test_too_large(web: Client, tmp_path: Path, settings: object) -> None:
    settings.MAX_UPLOAD_BYTES = 10_000_000
    from hearth.hmis.exchange.importing.forms import ImportForm

    settings.MAX_UPLOAD_BYTES = 500
    file = SimpleUploadedFile("x.zip", b"0" * 501)
    form = ImportForm({}, {"file": file}, sources=[])
    assert not form.is_valid()
    assert "larger than" in str(form.errors)


def test_nothing_chosen(web: Client) -> None:
    response = web.post(reverse("exchange:import_new"), {})
    assert response.status_code == 200
    assert b"Choose: Zip file of the export." in response.content
    assert not ImportRun.objects.exists()


@pytest.mark.parametrize("content", [b"PersonalID\n", b"PK\x03\x04 broken"])
def test_a_bad_file_is_one_clear_error(web: Client, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "bad.zip"
    path.write_bytes(content)
    upload(web, path)
    run = ImportRun.objects.get()
    job.work(run.pk)
    page = web.get(reverse("exchange:import", args=[run.pk])).content.decode()
    assert "The file must be put right first" in page
    assert "not a zip" in page
    assert not (folder_of(run) / "upload.zip").exists()


def test_progress(web: Client, by: User, tmp_path: Path) -> None:
    run = begin(by, tmp_path / "x.zip")
    ImportRun.objects.filter(pk=run.pk).update(
        state="writing",
        progress={
            "stage": "writing", "file": "Client", "rows_done": 1200, "rows_total": 5000,
            "rows_per_second": 150000, "seconds_left": 125, "share": 0.5,
        },
    )  # fmt: skip
    part = web.get(reverse("exchange:import", args=[run.pk]), headers=POLL).content.decode()
    assert "<html" not in part
    for words in ("1,200 of 5,000", "150,000 rows a second", "about 2 minutes", "Client.csv"):
        assert words in part


def test_cancel(web: Client, tmp_path: Path) -> None:
    upload(web, Export().zip(tmp_path))
    run = ImportRun.objects.get()
    web.post(reverse("exchange:import_cancel", args=[run.pk]))
    run.refresh_from_db()
    assert run.state == "cancelled"
    assert not (folder_of(run) / "upload.zip").exists()
    job.work(run.pk)
    run.refresh_from_db()
    assert run.state == "cancelled"
    ImportRun.objects.filter(pk=run.pk).update(state="writing", cancel_requested=False)
    web.post(reverse("exchange:import_cancel", args=[run.pk]))
    run.refresh_from_db()
    assert (run.state, run.cancel_requested) == ("writing", True)


def test_findings(web: Client, by: User, tmp_path: Path) -> None:
    run = finished(by, faulty(tmp_path))
    address = reverse("exchange:import", args=[run.pk])
    page = web.get(address).content.decode()
    assert "17 May 1990" not in page  # a class of value, never the value
    only = web.get(address, {"check": "exit_before_entry"})
    assert [one["check"] for one in only.context["page"]] == ["exit_before_entry"]
    assert web.get(address, {"file": "Client"}).context["page"].paginator.count < only.context[
        "page"
    ].paginator.count + len(run.findings_summary)
    assert web.get(address, {"check": "no such check", "page": "99"}).status_code == 200


def test_findings_as_files(web: Client, by: User, tmp_path: Path) -> None:
    run = finished(by, faulty(tmp_path))
    address = reverse("exchange:import_findings", args=[run.pk, "csv"])
    content = taken(web.get(address))
    assert csv_of(content).startswith("\ufeffSeverity,")
    rows = rows_of(content)
    assert about_of(content)["Rows"] == f"{len(rows)} of {len(rows)}"
    assert about_of(content)["Import"].startswith(f"{run.pk} of ")
    assert len(rows) == sum(one["count"] for one in run.findings_summary)
    assert {"Check", "Severity", "File", "Line", "Column", "What is wrong", "What to do"} <= set(rows[0])
    some = web.get(address, {"check": "exit_before_entry"})
    content = taken(some)
    assert len(rows_of(content)) == 1
    assert about_of(content)["Rows"] == f"1 of {len(rows)}" and "Check" in about_of(content)
    excel = web.get(reverse("exchange:import_findings", args=[run.pk, "xlsx"]))
    with zipfile.ZipFile(io.BytesIO(b"".join(excel.streaming_content))) as book:
        assert "xl/worksheets/sheet1.xml" in book.namelist()
    assert web.get(reverse("exchange:import_findings", args=[run.pk, "pdf"])).status_code == 404
    assert AccessLog.objects.filter(action="downloaded").count() <= 3


def test_without_the_right_to_findings_there_is_no_list_and_no_file(
    web: Client, by: User, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = finished(by, faulty(tmp_path))
    may = User.may
    monkeypatch.setattr(User, "may", lambda self, one: one != Permission.FINDING_VIEW and may(self, one))
    page = web.get(reverse("exchange:import", args=[run.pk]))
    assert page.status_code == 200
    assert "All findings" not in page.text and "findings.csv" not in page.text
    for kind in ("csv", "xlsx"):
        assert web.get(reverse("exchange:import_findings", args=[run.pk, kind])).status_code == 403


@pytest.mark.parametrize("damage", [b"", b"PAR1 and then nothing"])
def test_a_damaged_list_is_a_sentence(web: Client, by: User, tmp_path: Path, damage: bytes) -> None:
    run = finished(by, faulty(tmp_path))
    (Path(settings.MEDIA_ROOT) / run.findings_file).write_bytes(damage)
    page = web.get(reverse("exchange:import", args=[run.pk]), {"check": "exit_before_entry", "sort": "-file"})
    assert page.status_code == 200 and "The list is not kept any more" in page.text
    for kind in ("csv", "xlsx"):
        assert web.get(reverse("exchange:import_findings", args=[run.pk, kind])).status_code == 404


def test_an_import_that_is_not_there(web: Client) -> None:
    assert web.get(reverse("exchange:import", args=[999])).status_code == 404


def test_findings_lead_to_the_records_as_far_as_one_may_see_them(
    web: Client, by: User, tmp_path: Path
) -> None:
    run = finished(by, faulty(tmp_path))
    address = reverse("exchange:import", args=[run.pk])
    page = web.get(address)
    listed = {(one["file"], one["key"]): one["address"] for one in page.context["page"]}
    with acting(by):
        exit_ = model_of("Exit").objects.get(hud_id=next(key for file, key in listed if file == "Exit"))
        person = model_of("Client").objects.get(hud_id=next(key for file, key in listed if file == "Client"))
    enrollment = reverse("enrollments:detail", args=[exit_.enrollment_id])
    assert listed["Exit", exit_.hud_id] == enrollment
    assert listed["Client", person.hud_id] == reverse("clients:detail", args=[person.pk])
    html = page.content.decode()
    assert f'<a href="{enrollment}">{exit_.hud_id}</a>' in html
    # The counts of files come after the findings; the filter names checks in words.
    assert html.index("All findings") < html.index("Records of each file")
    labels = dict(
        next(one for one in page.context["findings"].shown.asked.filters if one.key == "check").choices
    )
    assert labels["exit_before_entry"] not in ("", "exit_before_entry")
    # Another organization's user sees who the client is and none of the stays; the auditor sees neither.
    rows = list(page.context["page"])
    stranger = factories.make_hmis_user(factories.make_organization())
    with acting(stranger):
        seen = record_pages.addresses(stranger, run, rows)
    assert ("Exit", exit_.hud_id) not in seen
    assert seen["Client", person.hud_id] == reverse("clients:detail", args=[person.pk])
    auditor = factories.make_auditor()
    with acting(auditor):
        hidden = record_pages.addresses(auditor, run, rows)
    assert not {file for file, _ in hidden} & {"Client", "Exit", "Enrollment"}
    strange = [{"file": "No such file", "key": "' OR 1=1 --"}, {"file": None, "key": None}]
    assert record_pages.addresses(by, run, strange) == {}


def two_projects(tmp_path: Path) -> Path:
    """Two organizations with a project each; findings in both, about a client, and about an organization."""
    export = Export()
    export.tables["Organization"].append(
        {**export.row("Organization"), "OrganizationID": "O2", "OrganizationName": None}
    )
    export.tables["Project"].append(
        {**export.row("Project"), "ProjectID": "P2", "OrganizationID": "O2", "ProjectName": "Hill House"}
    )
    export.tables["Enrollment"][0]["ProjectID"] = "P2"
    export.tables["Enrollment"][0]["LivingSituation"] = 9999
    export.row("Exit")["ExitDate"] = "2025-10-01"
    export.row("Client")["DOB"] = "17 May 1990"
    return export.zip(tmp_path)


def test_findings_by_organization_and_project(web: Client, by: User, tmp_path: Path) -> None:
    run = finished(by, two_projects(tmp_path))
    address = reverse("exchange:import", args=[run.pk])
    page = web.get(address).text
    table = page.partition("Findings by organization and project")[2].partition("</table>")[0]
    assert "Hill House" in table and "Lake House Shelter" in table
    assert "Clients, and the export as a whole" in table
    assert (
        page.index("Findings by organization") < page.index("Findings by check") < page.index("All findings")
    )
    # each number opens to as many
    links = re.findall(r'<a href="([^"#]*)#findings">([\d,]+)<', table)
    assert len(links) >= 4
    for link, said in links:
        listed = web.get(address + html.unescape(link)).text
        shown = re.search(r'role="status"><strong>([\d,]+)</strong>', listed)
        assert shown and shown[1] == said, link
    every = web.get(address, {"project": "P2"}).text
    body = every.partition('id="findings-body"')[2].partition("<tbody>")[2].partition("</tbody>")[0]
    assert "Hill House" in body and "Lake House Shelter" not in body
    # sorted by the head, taken along as filtered and sorted, with names
    assert 'aria-sort="descending"' in web.get(address, {"sort": "-project"}).text
    kept = reverse("exchange:import_findings", args=[run.pk, "csv"])
    assert f"{kept}?project=P2" in html.unescape(every)
    answer = web.get(kept, {"project": "P2", "sort": "-severity"})
    rows = rows_of(taken(answer))
    assert {row["Project"] for row in rows} == {"Hill House"}
    book = b"".join(web.get(reverse("exchange:import_findings", args=[run.pk, "xlsx"])).streaming_content)
    with zipfile.ZipFile(io.BytesIO(book)) as opened:
        assert "Lake House Shelter" in opened.read("xl/worksheets/sheet1.xml").decode()
    for strange in ({"project": "nowhere"}, {"organization": "\u202e"}, {"sort": "x.y.z"}, {"page": "-1"}):
        assert web.get(address, strange).status_code == 200


def test_names_are_of_the_same_source(web: Client, by: User, tmp_path: Path) -> None:
    """Another source may use the same key for a project and an organization of its own."""
    run = finished(by, two_projects(tmp_path))
    with acting(by):
        for name in ("Aspen Elsewhere", "Zinnia Elsewhere"):
            agency = factories.make_organization(
                hud_id="O2", organization_name=name, data_source=factories.make_source()
            )
            factories.make_project(agency, hud_id="P2", project_name=name, data_source=agency.data_source)
    page = web.get(reverse("exchange:import", args=[run.pk])).text
    assert "Hill House" in page and "Elsewhere" not in page
    for kind in ("csv", "xlsx"):
        answer = web.get(reverse("exchange:import_findings", args=[run.pk, kind]))
        content = text_of(answer)
        assert "Hill House" in content and "Elsewhere" not in content


@pytest.mark.parametrize("name", ["=cmd|' /C calc'!A0", "\x0b@SUM(A1)", " +1", "\u202e-1"])
def test_names_that_are_formulas_are_disarmed(web: Client, by: User, tmp_path: Path, name: str) -> None:
    run = finished(by, two_projects(tmp_path))
    with acting(by):
        project = model_of("Project").objects.get(hud_id="P2")
        project.project_name = name
        project.save()
    csv_file, excel = (
        b"".join(
            web.get(
                reverse("exchange:import_findings", args=[run.pk, kind]), {"project": "P2"}
            ).streaming_content
        )
        for kind in ("csv", "xlsx")
    )
    rows = rows_of(csv_file)
    assert rows and {row["Project"] for row in rows} == {f"'{name}"}
    with zipfile.ZipFile(io.BytesIO(excel)) as book:
        listed, about = (book.read(f"xl/worksheets/sheet{number}.xml").decode() for number in (1, 2))
        styles = book.read("xl/styles.xml").decode().partition("<cellXfs")[2].split("<xf ")[1:]
    (disarmed,) = [number for number, one in enumerate(styles) if 'quotePrefix="1"' in one]
    assert "<f>" not in listed + about
    assert re.findall(r'<c r="C\d+" s="(\d+)"', listed.partition('<row r="2"')[2]) == [str(disarmed)] * len(
        rows
    )
    # The second sheet says what the list is; the log says how much was taken, and no name.
    assert "Project" in about and f"{len(rows)} of " in about and "Taken by" in about
    with acting(by):
        entry = AccessLog.objects.filter(action="downloaded").latest("pk")
    assert entry.details == {"kind": "xlsx", "rows": len(rows), "filters": ["project"]}


def test_findings_that_a_sheet_cannot_hold_are_said(
    web: Client, by: User, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = finished(by, two_projects(tmp_path))
    monkeypatch.setattr(sheets, "EXCEL_ROWS", 1)
    excel = web.get(reverse("exchange:import_findings", args=[run.pk, "xlsx"]))
    with zipfile.ZipFile(io.BytesIO(b"".join(excel.streaming_content))) as book:
        about = book.read("xl/worksheets/sheet2.xml").decode()
    assert "a sheet holds no more" in about and "Rows left out" in about


def test_a_list_of_an_older_version_still_opens(web: Client, by: User, tmp_path: Path) -> None:
    run = finished(by, faulty(tmp_path))
    path = Path(settings.MEDIA_ROOT) / run.findings_file
    with engine.connected() as connection:
        engine.run(
            connection,
            f"COPY (SELECT * EXCLUDE (organization, project) FROM '{path}') TO '{path}.old' (FORMAT parquet)",
        )
    Path(f"{path}.old").replace(path)
    address = reverse("exchange:import", args=[run.pk])
    page = web.get(address)
    assert page.status_code == 200 and "All findings" in page.text
    assert "Findings by organization and project" not in page.text
    for kind in ("csv", "xlsx"):
        assert web.get(reverse("exchange:import_findings", args=[run.pk, kind])).status_code == 200


def test_an_import_that_asks_names_what_is_stored_already(web: Client, by: User, tmp_path: Path) -> None:
    finished(by, Export().zip(tmp_path))
    lacking = Export()
    for rows in lacking.tables.values():
        rows[:] = [row for row in rows if row.get("PersonalID") != "C2"]
    lacking.row("Export").update(ExportID="X2", ExportDate="2026-02-08 12:00:00")
    lacking.row("Enrollment")["LivingSituation"] = 9999
    run = import_export(by, lacking.zip(tmp_path), asks=True)
    run.refresh_from_db()
    assert run.state == "asking" and run.data_source is None
    page = web.get(reverse("exchange:import", args=[run.pk])).text
    assert "Lake House Shelter" in page.partition("Findings by organization and project")[2]
    with acting(by):
        stay = model_of("Enrollment").objects.get(hud_id="E1")
    assert f'<a href="{reverse("enrollments:detail", args=[stay.pk])}">E1</a>' in page
