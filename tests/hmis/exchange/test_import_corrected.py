"""Records that were corrected here, and the next import of their source: nothing is overwritten silently,
both values are shown with who changed them, an answer is kept, and another row is asked about anew."""

from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client as Browser
from django.urls import reverse

from hearth.hmis.access.context import acting
from hearth.hmis.access.models import User
from hearth.hmis.access_log.queries import in_words
from hearth.hmis.audit.models import AccessLog
from hearth.hmis.clients.actions import correct_client
from hearth.hmis.clients.intake.correcting import stored_version
from hearth.hmis.clients.intake.identity import GROUPS
from hearth.hmis.clients.models import Client
from hearth.hmis.enrollments.models import Enrollment, Exit
from hearth.hmis.exchange.importing import job
from hearth.hmis.exchange.importing.run_files import differences_of
from hearth.hmis.exchange.models import ImportRun, KeptRecord
from hearth.hmis.organizations.entered import stamp
from tests import factories
from tests.hmis.exchange.importing import counted, finished, import_export
from tests.reporting.sources.exports import Export

pytestmark = pytest.mark.django_db(transaction=True)

LATER = "2026-11-30 23:59:59"
SSN = "219094321"


@pytest.fixture
def by() -> User:
    return factories.make_administrator()


@pytest.fixture
def export(by: User, tmp_path: Path) -> Export:
    """An export that is imported, whose first person and the exit of the second are corrected here after."""
    export = Export()
    export.row("Client").update(SSN=SSN, SSNDataQuality=1)
    finished(by, export.zip(tmp_path))
    with acting(by):
        una = Client.objects.get(hud_id="C1")
        values = {"first_name": "Oona", "last_name": "Example", "name_data_quality": 1}
        base = {name: stored_version(una, name) for name in GROUPS}
        assert correct_client(by=by, client=una, values=values | {"ssn": "219094399"}, base=base) == [
            "name",
            "ssn",
        ]
        end = Exit.objects.get(hud_id="T2")
        end.destination = 410
        stamp(end, by=by)
        end.save()
    return export


@pytest.fixture
def web(client: Browser, by: User) -> Browser:
    client.force_login(by)
    return client


def state(by: User) -> tuple[str | None, int | None]:
    with acting(by):
        return Client.objects.get(hud_id="C1").first_name, Exit.objects.get(hud_id="T2").destination


def upload(web: Browser, path: Path) -> ImportRun:
    file = SimpleUploadedFile("next.zip", path.read_bytes(), "application/zip")
    web.post(reverse("exchange:import_new"), {"file": file})
    return work(ImportRun.objects.first())


def work(run: ImportRun | None) -> ImportRun:
    assert run is not None
    job.work(run.pk)
    run.refresh_from_db()
    return run


def answer(web: Browser, run: ImportRun, **said: str) -> ImportRun:
    web.post(reverse("exchange:import_answer", args=[run.pk]), said)
    return work(run)


def test_both_values_and_who_changed_them_are_shown(
    web: Browser, by: User, export: Export, tmp_path: Path
) -> None:
    export.row("Client").update(FirstName="Unna", DateUpdated=LATER)  # newer there; and corrected here
    export.row("Client", 1).update(FirstName="Ola", DateUpdated=LATER)
    run = upload(web, export.zip(tmp_path))
    assert (run.state, run.parameters["question"]["changed"]) == ("asking", {"Client": 1, "Exit": 1})
    assert state(by) == ("Oona", 410)
    address = reverse("exchange:import_compare", args=[run.pk])
    assert address in web.get(reverse("exchange:import", args=[run.pk])).content.decode()
    page = web.get(address)
    text = page.content.decode()
    one, other = page.context["page"]
    assert (one.file, other.file, one.changed_by) == ("Client", "Exit", str(by))
    assert {(value.label, value.in_export, value.stored) for value in one.values} == {
        ("First name", "Unna", "Oona"), ("Social Security number", "•••-••-4321", "•••-••-4399"),
    }  # fmt: skip
    assert [value.stored for value in other.values] == ["Rental by client, no ongoing housing subsidy"]
    assert SSN not in text and "219094399" not in text
    assert SSN.encode() not in differences_of(run).read_bytes()
    assert differences_of(run).stat().st_mode & 0o077 == 0
    with acting(by):
        (entry,) = AccessLog.objects.filter(details__state="compared")
        (said,) = in_words(by, [entry], with_links=False)
    assert said.what.startswith("Compared 2 records of ")
    # One is taken, by its own answer, and the other stays.
    assert web.post(address, {f"Client:{one.pk}": "theirs", f"Exit:{other.pk}": ""}).status_code == 302
    run.refresh_from_db()
    run = answer(web, run, newer="keep")
    assert (run.state, state(by)) == ("finished", ("Unna", 410))
    assert (counted(run, "kept"), counted(run, "changed")) == ({"Exit": 1}, {"Client": 2})
    assert "1 record went back to what this export says" in run.message
    assert not differences_of(run).exists()
    assert web.get(address).status_code == 302  # answered: the values are not kept


def test_an_answer_is_kept_and_another_row_is_asked_about(
    web: Browser, by: User, export: Export, tmp_path: Path
) -> None:
    run = upload(web, export.zip(tmp_path))
    assert run.state == "asking"
    run = answer(web, run, newer="keep")
    assert (run.state, state(by)) == ("finished", ("Oona", 410))
    # The same file, and another export of the same rows, ask no second time, and are counted.
    export.row("Export")["ExportID"] = "X9"
    for _ in range(2):
        run = upload(web, export.zip(tmp_path))
        assert (run.state, state(by)) == ("finished", ("Oona", 410)), run.message
        assert counted(run, "kept") == {"Client": 1, "Exit": 1}
        assert "2 records stayed as they are, as was answered before" in run.message
    # Their row says something else: asked again, of that record alone.
    export.row("Client").update(LastName="Exemple", DateUpdated=LATER)
    run = upload(web, export.zip(tmp_path))
    assert (run.state, run.parameters["question"]["changed"]) == ("asking", {"Client": 1})
    run = answer(web, run, newer="take_back")
    assert (run.state, state(by)) == ("finished", ("Una", 410))
    with acting(by):
        assert [one.file for one in KeptRecord.objects.restrict(by)] == ["Exit"]
    with acting(factories.make_hmis_user()):
        assert not KeptRecord.objects.exists()


def test_rows_beside_are_added_changed_and_left(
    web: Browser, by: User, export: Export, tmp_path: Path
) -> None:
    export.tables["Client"].append({**export.row("Client", 1), "PersonalID": "C3", "FirstName": "Ida"})
    export.tables["Enrollment"].append(
        {**export.row("Enrollment", 1), "EnrollmentID": "E3", "PersonalID": "C3"}
    )
    export.row("Enrollment", 1).update(LivingSituation=101, DateUpdated=LATER)  # whose exit is corrected
    run = answer(web, upload(web, export.zip(tmp_path)), newer="keep")
    assert (run.state, state(by)) == ("finished", ("Oona", 410))
    assert (counted(run, "added")["Client"], counted(run, "added")["Enrollment"]) == (1, 1)
    assert counted(run, "changed")["Enrollment"] == 1
    with acting(by):
        second = Enrollment.objects.get(hud_id="E2")
        assert (second.living_situation, second.exit_set.get().destination) == (101, 410)


def test_an_answer_does_not_hold_for_what_was_corrected_meanwhile(
    web: Browser, by: User, export: Export, tmp_path: Path
) -> None:
    run = upload(web, export.zip(tmp_path))
    with acting(by):
        una = Client.objects.get(hud_id="C1")
        una.first_name = "Una Maria"
        stamp(una, by=by)
        una.save()
    run = answer(web, run, newer="take_back")
    assert (run.state, state(by)) == ("asking", ("Una Maria", 410))


class TestRefreshWithout:
    """A full refresh that lacks the second person, whose exit was corrected here."""

    @pytest.fixture
    def lacking(self, export: Export) -> Export:
        for rows in export.tables.values():
            rows[:] = [row for row in rows if row.get("PersonalID") != "C2"]
        export.row("Export").update(
            ExportID="X2", ExportDate="2027-01-22 12:00:00", ExportEndDate="2027-01-15"
        )
        return export

    def deleted(self, by: User) -> dict[str, bool]:
        with acting(by):
            found: dict[str, Any] = dict(Client.objects.values_list("hud_id", "date_deleted"))
            found |= dict(Enrollment.objects.values_list("hud_id", "date_deleted"))
            found |= dict(Exit.objects.values_list("hud_id", "date_deleted"))
        return {key: gone is not None for key, gone in found.items()}

    def test_the_corrected_stay_with_what_they_hang_on(
        self, web: Browser, by: User, lacking: Export, tmp_path: Path
    ) -> None:
        run = upload(web, lacking.zip(tmp_path))
        assert run.state == "asking" and run.parameters["question"]["missing_changed"] == 1
        page = web.get(reverse("exchange:import_compare", args=[run.pk]))
        assert [(one.file, one.is_missing) for one in page.context["page"]] == [
            ("Client", False), ("Exit", True),
        ]  # fmt: skip
        run = answer(web, run, newer="keep", missing="spare")
        assert run.state == "finished", run.message
        assert not any(self.deleted(by).values())
        assert "3 records that it lacks stayed" in run.message
        # The next refresh that lacks them does not ask again.
        lacking.row("Export")["ExportID"] = "X3"
        run = upload(web, lacking.zip(tmp_path))
        assert run.state == "finished", run.message
        assert not any(self.deleted(by).values())

    def test_what_was_not_corrected_goes(
        self, web: Browser, by: User, lacking: Export, tmp_path: Path
    ) -> None:
        lacking.tables["HMISParticipation"].clear()
        lacking.tables["ProjectCoC"].clear()
        run = import_export(by, lacking.zip(tmp_path), missing="spare", newer="keep")
        assert run.state == "finished", run.message
        assert not any(self.deleted(by).values())
        assert counted(run, "deleted") == {"ProjectCoC": 1, "HMISParticipation": 1}

    def test_removed_where_that_is_the_answer(
        self, web: Browser, by: User, lacking: Export, tmp_path: Path
    ) -> None:
        run = answer(web, upload(web, lacking.zip(tmp_path)), newer="keep", missing="remove")
        assert run.state == "finished", run.message
        assert self.deleted(by) == {
            "C1": False, "C2": True, "E1": False, "E2": True, "T2": True,
        }  # fmt: skip


def test_take_back_on_the_command_line_holds_for_what_was_answered_before(
    by: User, export: Export, tmp_path: Path
) -> None:
    path = export.zip(tmp_path)
    finished(by, path, newer="keep")
    assert state(by) == ("Oona", 410)
    finished(by, path, newer="take_back")
    assert state(by) == ("Una", 421)


def test_only_who_may_import_compares(web: Browser, by: User, export: Export, tmp_path: Path) -> None:
    run = upload(web, export.zip(tmp_path))
    address = reverse("exchange:import_compare", args=[run.pk])
    with acting(by):
        organization = Enrollment.objects.first().organization
    for user in (factories.make_hmis_user(organization), factories.make_auditor()):
        web.force_login(user)
        assert web.get(address).status_code == web.post(address, {}).status_code == 403
