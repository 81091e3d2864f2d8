"""Who is asked before an import removes or takes back, who may answer, and what becomes of the question."""

from datetime import timedelta
from pathlib import Path

import pytest
import typer
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from rich.console import Console

from hearth.hmis.access.context import acting
from hearth.hmis.access.models import User
from hearth.hmis.audit.models import AccessLog
from hearth.hmis.enrollments.models import Enrollment
from hearth.hmis.exchange.importing import job
from hearth.hmis.exchange.importing.run_files import folder_of
from hearth.hmis.exchange.importing.settling import ANSWER_DAYS
from hearth.hmis.exchange.importing.terminal import asked_at_terminal, given
from hearth.hmis.exchange.models import ImportRun
from tests import factories
from tests.hmis.exchange.importing import finished, records
from tests.hmis.exchange.test_import_cli import hearth_import
from tests.reporting.sources.exports import Export

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def by() -> User:
    return factories.make_administrator()


@pytest.fixture
def refresh(by: User, tmp_path: Path) -> Path:
    """A full refresh without the second person, whose first name was newer here."""
    export = Export()
    export.row("Client")["DateUpdated"] = "2026-01-10 08:00:00"
    finished(by, export.zip(tmp_path))
    export = Export()
    export.row("Client")["FirstName"] = "Old"
    for rows in export.tables.values():
        rows[:] = [row for row in rows if row.get("PersonalID") != "C2"]
    export.row("Export").update(ExportID="X2", ExportDate="2026-01-22 12:00:00")
    return export.zip(tmp_path)


def upload(web: Client, path: Path) -> ImportRun:
    """An import from the page, performed until it asks."""
    file = SimpleUploadedFile("refresh.zip", path.read_bytes(), "application/zip")
    web.post(reverse("exchange:import_new"), {"file": file})
    run = ImportRun.objects.first()
    assert run is not None
    job.work(run.pk)
    run.refresh_from_db()
    return run


def gone(by: User) -> set[str]:
    with acting(by):
        return set(Enrollment.objects.filter(date_deleted__isnull=False).values_list("hud_id", flat=True))


class TestPage:
    @pytest.fixture
    def web(self, client: Client, by: User) -> Client:
        client.force_login(by)
        return client

    def test_ask_answer_and_import(self, web: Client, by: User, refresh: Path) -> None:
        before = records()
        run = upload(web, refresh)
        assert (run.state, (folder_of(run) / "upload.zip").exists()) == ("asking", True)
        assert records() == before
        page = web.get(reverse("exchange:import", args=[run.pk])).content.decode()
        for words in (
            "Nothing is imported before you answer",
            "3 records of this data source",
            "1 record is newer here",
            "check=record_missing_in_refresh",
            "Mark them as deleted",
        ):
            assert words in page
        assert "Waiting for your answer" in web.get(reverse("exchange:index")).content.decode()
        address = reverse("exchange:import_answer", args=[run.pk])

        # Half an answer, and none that there is, import nothing.
        for answer in ({"missing": "remove"}, {"missing": "everything", "newer": "keep"}, {}):
            assert web.post(address, answer).status_code == 200
            run.refresh_from_db()
            assert run.state == "asking"
        assert web.get(address).status_code == 405

        web.post(address, {"missing": "remove", "newer": "keep"})
        run.refresh_from_db()
        assert (run.state, run.message, run.finished_at) == ("queued", "", None)
        job.work(run.pk)
        run.refresh_from_db()
        assert run.state == "finished", run.message
        assert gone(by) == {"E2"}
        assert not (folder_of(run) / "upload.zip").exists()
        with acting(by):
            states = [
                (entry.user_id, entry.details.get("state"), entry.details.get("missing_records"))
                for entry in AccessLog.objects.filter(subject=f"importrun:{run.pk}").order_by("id")
            ]
        assert states == [(by.pk, "asking", None), (by.pk, "answered", 3), (by.pk, "finished", None)]
        # A second answer, from another window, finds nothing to answer.
        assert web.post(address, {"missing": "remove", "newer": "take_back"}).status_code == 302
        run.refresh_from_db()
        assert run.state == "finished"

    def test_only_who_may_import_answers(self, web: Client, by: User, refresh: Path) -> None:
        run = upload(web, refresh)
        with acting(by):
            organization = Enrollment.objects.first().organization
        address = reverse("exchange:import_answer", args=[run.pk])
        for user in (factories.make_hmis_user(organization), factories.make_auditor()):
            web.force_login(user)
            assert web.post(address, {"missing": "remove", "newer": "keep"}).status_code == 403
        web.logout()
        assert web.post(address, {"missing": "remove", "newer": "keep"}).status_code == 302
        run.refresh_from_db()
        assert (run.state, gone(by)) == ("asking", set())

    def test_an_answer_holds_for_what_was_shown(self, web: Client, by: User, refresh: Path) -> None:
        run = upload(web, refresh)
        web.post(reverse("exchange:import_answer", args=[run.pk]), {"missing": "remove", "newer": "keep"})
        with acting(by):  # meanwhile somebody changes a record
            Enrollment.objects.filter(hud_id="E1").update(living_situation=101)
        job.work(run.pk)
        run.refresh_from_db()
        assert (run.state, run.parameters["question"]["changed"]) == ("asking", {"Enrollment": 1})
        assert gone(by) == set()

    def test_called_off(self, web: Client, by: User, refresh: Path) -> None:
        run = upload(web, refresh)
        web.post(reverse("exchange:import_cancel", args=[run.pk]))
        run.refresh_from_db()
        assert (run.state, "Nothing was imported" in run.message) == ("cancelled", True)
        assert not (folder_of(run) / "upload.zip").exists()

    def test_nobody_answers(self, web: Client, by: User, refresh: Path) -> None:
        run = upload(web, refresh)
        job.clear_away()
        assert (folder_of(run) / "upload.zip").exists()
        late = timezone.now() - timedelta(days=ANSWER_DAYS, hours=1)
        ImportRun.objects.filter(pk=run.pk).update(finished_at=late)
        job.clear_away()
        run.refresh_from_db()
        assert run.state == "cancelled"
        assert "Nobody answered" in run.message
        assert not (folder_of(run) / "upload.zip").exists()


class TestTerminal:
    def test_without_an_answer_nothing_is_written(self, by: User, refresh: Path) -> None:
        before = records()
        code, said = hearth_import(refresh, "--yes")
        assert code == 1
        words = " ".join(said.split())
        assert "3 records of this data source" in words
        assert "--remove-missing" in words
        assert "record_missing_in_refresh" in words
        assert records() == before

    def test_options(self, by: User, refresh: Path) -> None:
        code, said = hearth_import(refresh, "--yes", "--keep-missing")
        assert code == 0, said
        assert gone(by) == set()
        code, said = hearth_import(refresh, "--yes", "--remove-missing", "--take-back")
        assert code == 0, said
        assert gone(by) == {"E2"}

    def test_asked_at_the_terminal(self, by: User, refresh: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        run = ImportRun(
            parameters={
                "question": {
                    "missing": {"Client": 1}, "newer": {}, "changed": {"Enrollment": 2}, "mark": "m",
                }
            }
        )  # fmt: skip
        asked: list[str] = []

        def confirm(text: str, default: bool) -> bool:
            asked.append(text)
            return len(asked) == 1

        monkeypatch.setattr(typer, "confirm", confirm)
        answers = asked_at_terminal(Console(quiet=True), run)
        assert answers == {"answered": "m", "missing": "remove", "newer": "keep"}
        assert len(asked) == 2

    def test_what_options_say(self) -> None:
        assert given(None, None) == {}
        assert given(True, False) == {"missing": "remove", "newer": "keep"}
        assert given(False, True) == {"missing": "keep", "newer": "take_back"}
