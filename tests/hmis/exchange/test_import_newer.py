"""Stored records that know better than the export, and the shortcut of an export that is known already."""

from datetime import datetime
from pathlib import Path

import pytest

from hearth.hmis.access.context import acting
from hearth.hmis.access.models import User
from hearth.hmis.clients.models import Client
from hearth.hmis.enrollments.models import Enrollment
from hearth.hmis.exchange.models import ImportRun
from hearth.hmis.organizations.models import Organization, Project
from tests import factories
from tests.hmis.exchange.exporting import export as write_export
from tests.hmis.exchange.exporting import read
from tests.hmis.exchange.importing import checks, counted, finished, import_export, records
from tests.reporting.sources.exports import Export

pytestmark = pytest.mark.django_db(transaction=True)

LATER = "2026-01-10 08:00:00"


@pytest.fixture
def by() -> User:
    return factories.make_administrator()


def first_names(by: User) -> dict[str, str]:
    with acting(by):
        return dict(Client.objects.values_list("hud_id", "first_name"))


class TestNewerRecords:
    def test_by_date_updated(self, by: User, tmp_path: Path) -> None:
        export = Export()
        export.row("Client")["DateUpdated"] = LATER
        finished(by, export.zip(tmp_path))
        export.row("Client").update(FirstName="Old", DateUpdated="2026-01-09 08:00:00")
        export.row("Client", 1).update(FirstName="New")  # no later, no earlier: a correction
        run = finished(by, export.zip(tmp_path))
        assert first_names(by) == {"C1": "Una", "C2": "New"}
        assert "1 record stayed as they are, because they are newer here" in run.message
        assert run.counts["Client"] == {
            "added": 0, "changed": 1, "deleted": 0, "unchanged": 0, "left_out": 0, "kept": 1,
        }  # fmt: skip
        assert "record_newer_here" in checks(run)
        # It is looked at again although the file is known, and taken back when somebody says so.
        run = finished(by, export.zip(tmp_path), newer="take_back")
        assert first_names(by) == {"C1": "Old", "C2": "New"}
        assert "1 record went back to what this export says" in run.message
        assert "nothing has changed" in finished(by, export.zip(tmp_path)).message.lower()

    def test_an_older_export_after_a_newer_one(self, by: User, tmp_path: Path) -> None:
        older = Export()
        older.row("Export")["ExportDate"] = "2026-01-08 12:00:00"
        older.row("Client", 1)["DateUpdated"] = LATER
        newer = Export()
        newer.row("Export")["ExportID"] = "X2"
        newer.row("Client")["FirstName"] = "Unna"  # without a later DateUpdated
        newer.row("Client", 1)["FirstName"] = "Olle"
        finished(by, newer.zip(tmp_path))
        run = finished(by, older.zip(tmp_path))
        assert first_names(by) == {"C1": "Unna", "C2": "Ole"}  # C2 is later by its DateUpdated
        assert "older than one that was imported before (January 15, 2026)" in run.message
        finished(by, older.zip(tmp_path), newer="take_back")
        assert first_names(by) == {"C1": "Una", "C2": "Ole"}

    def test_what_an_older_refresh_lacks_is_asked_about(self, by: User, tmp_path: Path) -> None:
        older = Export()
        older.row("Export")["ExportDate"] = "2026-01-08 12:00:00"
        for rows in older.tables.values():
            rows[:] = [row for row in rows if row.get("PersonalID") != "C2"]
        newer = Export()
        newer.row("Export")["ExportID"] = "X2"
        newer.tables["Client"].append(
            {**newer.row("Client"), "PersonalID": "C3", "DateCreated": LATER, "DateUpdated": LATER}
        )
        newer.tables["Enrollment"].append(
            {**newer.row("Enrollment"), "EnrollmentID": "E3", "PersonalID": "C3", "HouseholdID": "H3",
             "DateCreated": LATER, "DateUpdated": LATER}
        )  # fmt: skip
        finished(by, newer.zip(tmp_path))
        run = import_export(by, older.zip(tmp_path))
        assert (run.state, run.parameters["question"]["missing"]) == (
            "refused", {"Client": 1, "Enrollment": 1, "Exit": 1},
        )  # fmt: skip

    def test_a_kept_head_keeps_her_place(self, by: User, tmp_path: Path) -> None:
        """The rest of the export is written around her, and its other head is marked."""
        export = Export()
        export.row("Enrollment")["DateUpdated"] = LATER
        finished(by, export.zip(tmp_path))
        export.row("Enrollment").update(RelationshipToHoH=2, DateUpdated="2026-01-09 08:00:00")
        export.row("Enrollment", 1).update(RelationshipToHoH=1)
        run = finished(by, export.zip(tmp_path))
        assert "head_stored_already" in checks(run)
        with acting(by):
            assert dict(Enrollment.objects.values_list("hud_id", "is_faulty")) == {"E1": False, "E2": True}

    def test_records_of_a_kept_enrollment_stay_with_its_project(self, by: User, tmp_path: Path) -> None:
        export = Export()
        export.tables["Organization"].append({**export.row("Organization"), "OrganizationID": "O2"})
        export.tables["Project"].append({**export.row("Project"), "ProjectID": "P2", "OrganizationID": "O2"})
        export.row("Enrollment", 1)["DateUpdated"] = LATER
        finished(by, export.zip(tmp_path))
        export.row("Enrollment", 1).update(ProjectID="P2", DateUpdated="2026-01-09 08:00:00")
        export.row("Exit").update(Destination=410)
        finished(by, export.zip(tmp_path))
        with acting(by):
            kept = Enrollment.objects.get(hud_id="E2")
            assert (kept.project.hud_id, kept.exit_set.get().organization_id) == ("P1", kept.organization_id)
            assert kept.exit_set.get().destination == 410


class TestChangedHere:
    def test_they_stay_and_are_told(self, by: User, tmp_path: Path) -> None:
        path = Export().zip(tmp_path)
        finished(by, path)
        with acting(by):
            Client.objects.filter(hud_id="C1").update(first_name="Changed")
        run = finished(by, path)  # the same file is not taken for known
        assert "nothing has changed" not in run.message
        assert "changed here since" in run.message
        assert "record_changed_here" in checks(run)
        assert first_names(by)["C1"] == "Changed"
        finished(by, path, newer="take_back")
        assert first_names(by)["C1"] == "Una"
        assert "nothing has changed" in finished(by, path).message

    def test_marked_as_deleted_here(self, by: User, tmp_path: Path) -> None:
        path = Export().zip(tmp_path)
        finished(by, path)
        with acting(by):
            gone = Enrollment.objects.get(hud_id="E2")
            gone.date_deleted = datetime(2026, 1, 16)
            gone.save()
        finished(by, path)
        with acting(by):
            gone.refresh_from_db()
            assert gone.date_deleted == datetime(2026, 1, 16)

    def test_another_export_of_the_same_data_is_no_shortcut_either(self, by: User, tmp_path: Path) -> None:
        export = Export()
        finished(by, export.zip(tmp_path))
        with acting(by):
            Client.objects.filter(hud_id="C1").update(first_name="Changed")
        for rows in export.tables.values():
            for row in rows:
                row["ExportID"] = "X2"
        assert "record_changed_here" in checks(finished(by, export.zip(tmp_path)))

    def test_what_is_no_value_of_hud_does_not_count(self, by: User, tmp_path: Path) -> None:
        path = Export().zip(tmp_path)
        finished(by, path)
        with acting(by):
            Enrollment.objects.filter(hud_id="E1").update(is_shared=True)
            other = factories.make_organization()
            Organization.objects.filter(hud_id="O1").update(updated_by=by)
        assert "nothing has changed" in finished(by, path).message
        with acting(by):
            Project.objects.filter(hud_id="P1").update(organization=other)
        run = finished(by, path)
        assert {
            (one["check"], one["file"]) for one in run.findings_summary if one["check"].endswith("_here")
        } == {("record_changed_here", "Project")}

    def test_a_wider_period_is_no_shortcut(self, by: User, tmp_path: Path) -> None:
        """The same rows, but now the export says that there are no others in a longer time."""
        export = Export()
        export.tables["Enrollment"].append(
            {**export.row("Enrollment"), "EnrollmentID": "E3", "HouseholdID": "H3", "EntryDate": "2025-01-02"}
        )
        export.tables["Exit"].append(
            {**export.row("Exit"), "ExitID": "T3", "EnrollmentID": "E3", "PersonalID": "C1",
             "ExitDate": "2025-02-01"}
        )  # fmt: skip
        finished(by, export.zip(tmp_path))
        export.tables["Enrollment"].pop()
        export.tables["Exit"].pop()
        finished(by, export.zip(tmp_path))
        export.row("Export")["ExportStartDate"] = "2025-01-01"
        assert import_export(by, export.zip(tmp_path)).state == "refused"


class TestOurOwnExport:
    def test_imported_again_it_changes_nothing(self, by: User, tmp_path: Path) -> None:
        export = Export()
        export.row("Export")["SourceID"] = "MN-500"
        finished(by, export.zip(tmp_path), source="one")
        place = tmp_path / "out.zip"
        write_export(by, place)
        run = finished(by, place, source="one")
        assert not counted(run, "changed")
        assert not counted(run, "deleted")
        assert counted(run, "added") == {"Export": 1}
        assert "lacks" not in run.message

    def test_imported_elsewhere_and_exported_it_is_the_same(self, by: User, tmp_path: Path) -> None:
        finished(by, Export().zip(tmp_path), source="one")
        first, second = tmp_path / "first.zip", tmp_path / "second.zip"
        write_export(by, first)
        finished(by, first, source="two")
        copy = Project.objects.get(data_source__name="two")
        write_export(by, second, projects=(copy.pk,))

        def rows(place: Path) -> dict[str, list[dict[str, str]]]:
            return {
                file: [
                    {column: cell for column, cell in row.items() if column != "ExportID"} for row in found
                ]
                for file, found in read(place).items()
                if file != "Export"
            }

        assert rows(second) == rows(first)
        assert len(rows(first)["Enrollment"]) == 2


def test_nothing_is_written_where_the_answer_is_open(by: User, tmp_path: Path) -> None:
    """Who can be asked is asked about newer records too."""
    export = Export()
    export.row("Client")["DateUpdated"] = LATER
    finished(by, export.zip(tmp_path))
    export.row("Client").update(FirstName="Old", DateUpdated="2026-01-09 08:00:00")
    before = records()
    run: ImportRun = import_export(by, export.zip(tmp_path), asks=True)
    assert (run.state, run.parameters["question"]["newer"]) == ("asking", {"Client": 1})
    assert records() == before
