"""What an import concludes from what an export lacks: full refreshes, deltas, and who is asked."""

from collections.abc import Callable
from datetime import date, datetime
from importlib import import_module
from pathlib import Path

import psycopg
import pytest
from django.conf import settings

from hearth.hmis.access.context import acting
from hearth.hmis.access.models import User
from hearth.hmis.audit.history import history_of
from hearth.hmis.clients import queries
from hearth.hmis.clients.models import Client
from hearth.hmis.clients.search.question import read
from hearth.hmis.enrollments.models import Enrollment, Exit, Services
from hearth.hmis.exchange.importing import findings, missing
from hearth.hmis.exchange.models import ImportRun
from hearth.hmis.hud.records import models_of_files
from hearth.hmis.organizations.models import DataSource
from hearth.server import database
from tests import factories
from tests.hmis.exchange.importing import checks, counted, finished, import_export, records
from tests.reference_data import reference_case
from tests.reporting.sources.exports import STAMP, Export, Row, write_zip

pytestmark = pytest.mark.django_db(transaction=True)

STAMPED: Row = {"DateCreated": STAMP, "DateUpdated": STAMP, "UserID": "U1", "ExportID": "X1"}


@pytest.fixture
def by() -> User:
    return factories.make_administrator()


def service(key: str, day: str | None = "2025-11-10", enrollment: str = "E1") -> Row:
    return {
        **STAMPED, "ServicesID": key, "EnrollmentID": enrollment, "PersonalID": f"C{enrollment[1:]}",
        "DateProvided": day, "RecordType": 200, "TypeProvided": 200,
    }  # fmt: skip


def stay(export: Export, number: int, **values: object) -> None:
    """One more person with a stay of her own."""
    client = {**export.row("Client"), "PersonalID": f"C{number}"}
    enrollment = {
        **export.row("Enrollment"), "EnrollmentID": f"E{number}", "PersonalID": f"C{number}",
        "HouseholdID": f"H{number}", "RelationshipToHoH": 1, **values,
    }  # fmt: skip
    export.tables["Client"].append(client)
    export.tables["Enrollment"].append(enrollment)


def leave(export: Export, number: int, day: str) -> None:
    export.tables["Exit"].append(
        {**STAMPED, "ExitID": f"T{number}", "EnrollmentID": f"E{number}", "PersonalID": f"C{number}",
         "ExitDate": day, "Destination": 421}
    )  # fmt: skip


def without(export: Export, *numbers: int) -> None:
    """These people are not in the export any more."""
    gone = {f"C{number}" for number in numbers}
    for rows in export.tables.values():
        rows[:] = [row for row in rows if row.get("PersonalID") not in gone]


def next_week(export: Export) -> None:
    export.row("Export").update(ExportID="X2", ExportDate="2026-01-22 12:00:00")


def keys_missing(run: ImportRun) -> dict[str, int]:
    return dict(run.parameters["question"]["missing"])


def places(run: ImportRun) -> dict[str, set[tuple[str | None, str | None]]]:
    """By file, the organizations and projects of the findings about what is missing."""
    wanted = findings.Filter(check=missing.CHECK)
    found: dict[str, set[tuple[str | None, str | None]]] = {}
    for one in findings.page(settings.MEDIA_ROOT / run.findings_file, wanted, 0, 1000):
        assert one["line"] is None
        found.setdefault(one["file"], set()).add((one["organization"], one["project"]))
    return found


def deleted(by: User) -> dict[str, set[str]]:
    with acting(by):
        found = {
            file: set(model.objects.filter(date_deleted__isnull=False).values_list("hud_id", flat=True))
            for file, model in models_of_files().items()
            if file != "Export"
        }
    return {file: keys for file, keys in found.items() if keys}


class TestFullRefresh:
    def test_asked_left_and_removed(self, by: User, tmp_path: Path) -> None:
        export = Export()
        export.tables["Services"] = [service("S1"), service("S2", enrollment="E2")]
        finished(by, export.zip(tmp_path))
        before = records()
        without(export, 2)
        next_week(export)
        path = export.zip(tmp_path)

        run = import_export(by, path)
        assert run.state == "refused"
        assert "4 records of this data source" in run.message
        assert "--remove-missing" in run.message
        assert "Nothing was imported." in run.message
        assert records() == before
        assert keys_missing(run) == {"Client": 1, "Enrollment": 1, "Exit": 1, "Services": 1}
        assert (
            sum(one["count"] for one in run.findings_summary if one["check"] == "record_missing_in_refresh")
            == 4
        )

        assert places(run) == {
            "Client": {(None, None)}, "Enrollment": {("O1", "P1")}, "Exit": {("O1", "P1")},
            "Services": {("O1", "P1")},
        }  # fmt: skip

        run = finished(by, path, missing="keep")
        assert "4 records that this full refresh lacks were left as they are" in run.message
        assert deleted(by) == {}

        # The same file again, with another answer: nothing is taken for known.
        assert import_export(by, path).state == "refused"
        run = finished(by, path, missing="remove")
        assert "4 records that this full refresh lacks were marked as deleted" in run.message
        assert counted(run, "deleted") == {"Client": 1, "Enrollment": 1, "Exit": 1, "Services": 1}
        assert deleted(by) == {"Client": {"C2"}, "Enrollment": {"E2"}, "Exit": {"T2"}, "Services": {"S2"}}
        with acting(by):
            gone = Enrollment.objects.get(hud_id="E2")
            assert gone.date_deleted == datetime(2026, 1, 22, 12)
            assert gone.updated_by == by
            old = history_of(gone).get()
            assert (old.date_deleted, old.pgh_changed_by) == (None, by.pk)
        user, today = factories.make_hmis_user(gone.organization), date(2026, 1, 20)
        with acting(user):
            found = queries.search(user, read("ole example", today), page=1, today=today)
            assert {one.client.hud_id for one in found} == {"C1"}

        # Nothing is left to decide now, and an export that has them again brings them back.
        assert "nothing has changed" in finished(by, path).message
        export = Export()
        export.tables["Services"] = [service("S1"), service("S2", enrollment="E2")]
        export.row("Export").update(ExportID="X3", ExportDate="2026-01-29 12:00:00")
        finished(by, export.zip(tmp_path))
        assert deleted(by) == {}

    @pytest.mark.parametrize(("directive", "period_type"), [(1, 1), (1, 3), (2, 1), (3, 4), (None, 3)])
    def test_only_a_full_refresh_of_a_period_removes(
        self, by: User, tmp_path: Path, directive: int | None, period_type: int
    ) -> None:
        export = Export()
        finished(by, export.zip(tmp_path))
        without(export, 2)
        next_week(export)
        export.row("Export").update(ExportDirective=directive, ExportPeriodType=period_type)
        finished(by, export.zip(tmp_path), missing="remove")
        assert deleted(by) == {}

    def test_what_counts_as_missing(self, by: User, tmp_path: Path) -> None:
        """One person for each reason why she might be absent from the next refresh although she is there."""
        export = Export()
        tables = export.tables
        for project in ("P2", "P3", "P4"):
            tables["Project"].append({**export.row("Project"), "ProjectID": project})
            tables["HMISParticipation"].append(
                {
                    **export.row("HMISParticipation"),
                    "HMISParticipationID": f"HP-{project}",
                    "ProjectID": project,
                }
            )
        tables["ProjectCoC"].append({**export.row("ProjectCoC"), "ProjectCoCID": "PC2", "CoCCode": "MN-501"})
        tables["Affiliation"] = [{**STAMPED, "AffiliationID": "A1", "ProjectID": "P1", "ResProjectID": "P3"}]
        later = "2026-01-23 08:00:00"
        stay(export, 10)  # missing
        stay(export, 11, EntryDate=None)  # missing: a date that is not there does not keep it out
        stay(export, 12, EntryDate="2026-01-16")  # after the period
        stay(export, 13, EntryDate="2025-01-02")
        leave(export, 13, "2025-09-30")  # before the period
        stay(export, 14, EntryDate="2025-01-02")
        leave(export, 14, "2025-10-01")  # missing: the first day belongs to it
        stay(export, 15, ProjectID="P2")  # a project that is not in the refresh
        stay(export, 16, ProjectID="P3")  # one that is there for its affiliation only
        stay(export, 17, EnrollmentCoC="MN-501")  # a household of another CoC
        stay(export, 18, DateCreated=later, DateUpdated=later)  # made after the refresh
        stay(export, 19, DateDeleted="2026-01-01 08:00:00")  # deleted already
        stay(export, 20, ProjectID="P4")  # missing: the project has another stay
        stay(export, 21, ProjectID="P4")
        tables["Services"] = [
            service("S1"),  # missing: of an enrollment that is there
            service("S2", "2026-01-16"),  # after the period
            service("S3", None),  # missing
            service("S10", enrollment="E10"),  # missing, with its enrollment
            service("S11", "2027-01-01", enrollment="E10"),  # the same, whatever its date
            service("S4"),
        ]
        leave(export, 1, "2026-01-16")  # an exit after the period
        tables["Funder"] = [
            {
                **STAMPED,
                "FunderID": f"F{project}",
                "ProjectID": project,
                "Funder": 2,
                "StartDate": "2020-01-01",
            }
            for project in ("P1", "P2")
        ]
        finished(by, export.zip(tmp_path))

        without(export, *range(10, 21))
        next_week(export)
        export.row("Export")["SourceID"] = "mn-500"
        tables["Project"][:] = [row for row in tables["Project"] if row["ProjectID"] != "P2"]
        for file in ("HMISParticipation", "Funder"):
            tables[file][:] = [row for row in tables[file] if row["ProjectID"] != "P2"]
        tables["Services"] = [service("S4")]
        tables["Exit"] = []
        tables["Funder"] = []
        tables["ProjectCoC"] = []
        run = import_export(by, export.zip(tmp_path))
        assert run.state == "refused", run.message
        # the project that a record is stored under, though neither is in the refresh
        stored = places(run)
        assert (stored["Funder"], stored["ProjectCoC"]) == ({("O1", "P1")}, {("O1", "P1")})
        assert stored["Enrollment"] == {("O1", "P1"), ("O1", "P4")}
        run = finished(by, export.zip(tmp_path), missing="remove")
        gone = deleted(by)
        gone["Enrollment"] -= {"E19"}
        assert gone["Enrollment"] == {"E10", "E11", "E14", "E20"}
        assert gone["Client"] == {"C10", "C11", "C14", "C20"}
        assert gone["Exit"] == {"T14", "T2"}
        assert gone["Services"] == {"S1", "S3", "S10", "S11"}
        assert gone["Funder"] == {"FP1"}
        assert gone["ProjectCoC"] == {"PC1"}
        assert set(gone) == {"Enrollment", "Client", "Exit", "Services", "Funder", "ProjectCoC"}

    def test_a_client_with_another_stay_is_not_missing(self, by: User, tmp_path: Path) -> None:
        export = Export()
        export.tables["Enrollment"].append(
            {
                **export.row("Enrollment", 1),
                "EnrollmentID": "E3",
                "HouseholdID": "H3",
                "EntryDate": "2026-01-16",
            }
        )
        finished(by, export.zip(tmp_path))
        without(export, 2)
        next_week(export)
        finished(by, export.zip(tmp_path), missing="remove")
        assert deleted(by) == {"Enrollment": {"E2"}, "Exit": {"T2"}}

    def test_records_entered_here_never(self, by: User, tmp_path: Path) -> None:
        export = Export()
        finished(by, export.zip(tmp_path))
        with acting(by):
            here = DataSource.objects.create(name="Here", is_hearth=True)
            stays = {one.hud_id: one for one in Enrollment.objects.all()}
            note = Services.objects.create(
                enrollment=stays["E2"], data_source=here, hud_id="N1", date_provided=date(2025, 11, 20)
            )
            Services.objects.create(
                enrollment=stays["E1"], data_source=here, hud_id="N2", date_provided=date(2025, 11, 20)
            )
            own = factories.make_enrollment(
                client=stays["E1"].client, project=stays["E1"].project, data_source=here,
                entry_date=date(2025, 11, 20),
            )  # fmt: skip
        without(export, 2)
        next_week(export)
        run = finished(by, export.zip(tmp_path), missing="remove")
        assert "1 enrollment that it lacks stayed, because records that were entered here" in run.message
        assert deleted(by) == {}
        with acting(by):
            note.refresh_from_db()
            own.refresh_from_db()
            assert (note.date_deleted, own.date_deleted) == (None, None)

    def test_another_data_source_is_left_alone(self, by: User, tmp_path: Path) -> None:
        export = Export()
        finished(by, export.zip(tmp_path), source="one")
        finished(by, export.zip(tmp_path), source="two")
        without(export, 2)
        next_week(export)
        finished(by, export.zip(tmp_path), source="two", missing="remove")
        with acting(by):
            gone = Enrollment.objects.filter(date_deleted__isnull=False)
            assert list(gone.values_list("data_source__name", flat=True)) == ["two"]

    def test_what_comes_instead_contradicts_it_no_more(self, by: User, tmp_path: Path) -> None:
        """A sender that deletes physically: another exit, another head."""
        export = Export()
        finished(by, export.zip(tmp_path))
        export.row("Exit").update(ExitID="T3", ExitDate="2025-12-01")
        head = export.row("Enrollment")
        export.tables["Enrollment"][0] = {**head, "EnrollmentID": "E9"}
        next_week(export)
        run = finished(by, export.zip(tmp_path), missing="remove")
        assert not {"exit_stored_already", "head_stored_already"} & checks(run)
        assert deleted(by) == {"Enrollment": {"E1"}, "Exit": {"T2"}}
        with acting(by):
            assert not Enrollment.objects.filter(is_faulty=True).exists()
            assert not Exit.objects.filter(is_faulty=True).exists()
        before = records()
        export.tables["Client"].reverse()
        finished(by, export.zip(tmp_path))
        assert records() == before

    def test_the_case_of_the_row_that_stays_for_ever(self, by: User) -> None:
        finished(by, reference_case("full_refresh_leaves_rows/refresh_1"), source="r")
        second = reference_case("full_refresh_leaves_rows/refresh_2")
        run = import_export(by, second, source="r")
        assert (run.state, keys_missing(run)) == ("refused", {"Client": 1, "Enrollment": 1})
        finished(by, second, source="r", missing="remove")
        assert deleted(by) == {"Client": {"RB"}, "Enrollment": {"RB1"}}


class TestDelta:
    @pytest.fixture
    def by(self, kept_world: Callable[[str, Callable[[], object]], None], tmp_path: Path) -> User:
        """Who has imported the small export."""
        kept_world(__name__, lambda: finished(factories.make_administrator(), Export().zip(tmp_path)))
        return User.objects.order_by("pk")[0]

    @pytest.fixture
    def export(self, by: User) -> Export:
        """The small export is stored; what follows is a delta with nothing in it yet."""
        export = Export()
        for table in set(export.tables) - {"Export", "User"}:
            export.tables[table] = []
        export.row("Export").update(
            ExportID="X2", ExportDate="2026-01-22 12:00:00", ExportStartDate="2026-01-15",
            ExportEndDate="2026-01-22", ExportPeriodType=1, ExportDirective=1,
        )  # fmt: skip
        return export

    def test_rows_of_stored_parents(self, by: User, export: Export, tmp_path: Path) -> None:
        leave(export, 1, "2026-01-20")
        export.tables["Services"] = [service("S1")]
        export.tables["Enrollment"] = [
            {**Export().row("Enrollment", 1), "EnrollmentID": "E3", "HouseholdID": "H1"}
        ]
        run = finished(by, export.zip(tmp_path))
        assert counted(run, "added") == {"Export": 1, "Enrollment": 1, "Exit": 1, "Services": 1}
        assert "nothing was concluded from what it lacks" in run.message
        assert not {"reference_missing", "household_without_one_head", "no_enrollments"} & checks(run)
        with acting(by):
            gone = Exit.objects.get(hud_id="T1")
            assert (gone.enrollment.hud_id, gone.exit_date) == ("E1", date(2026, 1, 20))
            new = Enrollment.objects.get(hud_id="E3")
            assert (new.client.hud_id, new.project.hud_id) == ("C2", "P1")
        assert deleted(by) == {}

    def test_what_belongs_to_nothing_is_refused(self, by: User, export: Export, tmp_path: Path) -> None:
        before = records()
        leave(export, 7, "2026-01-20")
        run = import_export(by, export.zip(tmp_path))
        assert (run.state, checks(run) & {"reference_missing"}) == ("refused", {"reference_missing"})
        assert records() == before
        export.tables["Exit"][0]["DateDeleted"] = "2026-01-21 08:00:00"
        assert "1 deleted record was left out" in finished(by, export.zip(tmp_path)).message

    def test_a_stored_row_does_not_move_to_nothing(self, by: User, export: Export, tmp_path: Path) -> None:
        before = records()
        export.tables["Exit"] = [
            {**STAMPED, "DateUpdated": "2026-01-20 08:00:00", "ExitID": "T2", "EnrollmentID": "E7",
             "PersonalID": "C2", "ExitDate": "2025-11-30", "Destination": 421}
        ]  # fmt: skip
        assert import_export(by, export.zip(tmp_path)).state == "refused"
        assert records() == before

    def test_an_exit_before_its_stored_entry_is_marked(
        self, by: User, export: Export, tmp_path: Path
    ) -> None:
        leave(export, 1, "2025-10-01")
        run = finished(by, export.zip(tmp_path))
        assert "exit_before_entry" in checks(run)
        with acting(by):
            assert Exit.objects.get(hud_id="T1").is_faulty

    @pytest.mark.parametrize(
        "file", ["User", "Organization", "Project", "ProjectCoC", "Client", "Enrollment", "Assessment"]
    )
    def test_a_file_of_parents_without_rows(
        self, by: User, export: Export, tmp_path: Path, file: str
    ) -> None:
        """Absent or without its header line it is the cause that is named; with a header it says nothing."""
        leave(export, 1, "2026-01-20")
        files = export.all_files()
        header = files[f"{file}.csv"].split(b"\r\n")[0] + b"\r\n"
        before = records()
        for damaged, cause in (({f"{file}.csv": b""}, "is empty"), ({}, "is missing")):
            others = {name: text for name, text in files.items() if name != f"{file}.csv"}
            run = import_export(by, write_zip(tmp_path / "delta.zip", others | damaged))
            assert (run.state, run.message.split(". ")[0]) == (
                "refused", f"{file}.csv {cause}" + (": it has not even a header line" if damaged else "")
            )  # fmt: skip
            assert "reference_missing" not in checks(run)
        assert records() == before
        files[f"{file}.csv"] = header + b",,,\r\n"
        assert counted(finished(by, write_zip(tmp_path / "delta.zip", files)), "added")["Exit"] == 1

    @pytest.mark.parametrize("rows", [b"", b",,,\r\n"])
    def test_nothing_in_the_export_file_is_named_before_what_follows(
        self, by: User, export: Export, tmp_path: Path, rows: bytes
    ) -> None:
        """Without it nobody can know that the export is a delta."""
        leave(export, 1, "2026-01-20")
        files = export.all_files()
        files["Export.csv"] = files["Export.csv"].split(b"\r\n")[0] + b"\r\n" + rows
        run = import_export(by, write_zip(tmp_path / "delta.zip", files))
        assert run.state == "refused"
        assert run.message.startswith("The export holds no row in Export.csv and no project")

    def test_findings_stand_where_the_enrollment_is_stored(
        self, by: User, export: Export, tmp_path: Path
    ) -> None:
        """The delta has neither enrollment nor project: the finding is that project's all the same."""
        leave(export, 1, "2026-01-20")
        export.row("Exit")["Destination"] = 4711
        export.tables["Services"] = [{**service("S1"), "TypeProvided": 4711}]
        run = finished(by, export.zip(tmp_path))
        listed = findings.page(settings.MEDIA_ROOT / run.findings_file, findings.Filter(), 0, 1000)
        where = {
            one["file"]: (one["organization"], one["project"])
            for one in listed
            if one["column"] in ("Destination", "TypeProvided")
        }
        assert where == {"Exit": ("O1", "P1"), "Services": ("O1", "P1")}

    def test_findings_of_an_enrollment_stand_under_the_stored_organization(
        self, by: User, export: Export, tmp_path: Path
    ) -> None:
        export.tables["Enrollment"] = [
            {**Export().row("Enrollment", 1), "EnrollmentID": "E3", "HouseholdID": "H1",
             "LivingSituation": 4711}
        ]  # fmt: skip
        run = finished(by, export.zip(tmp_path))
        listed = findings.page(settings.MEDIA_ROOT / run.findings_file, findings.Filter(), 0, 1000)
        where = {
            (one["organization"], one["project"]) for one in listed if one["column"] == "LivingSituation"
        }
        assert where == {("O1", "P1")}

    def test_a_row_of_another_person_than_its_stored_enrollments(
        self, by: User, export: Export, tmp_path: Path
    ) -> None:
        """It is stored, for the enrollment's client, and told."""
        leave(export, 1, "2026-01-20")
        export.row("Exit")["PersonalID"] = "C2"
        export.tables["Services"] = [service("S1"), {**service("S2"), "PersonalID": "C2"}]
        export.tables["Services"].append(
            {**service("S3"), "PersonalID": "C2", "DateDeleted": "2026-01-21 08:00:00"}
        )
        run = finished(by, export.zip(tmp_path))
        told = {
            (one["file"], one["column"]): one["count"]
            for one in run.findings_summary
            if one["check"] == "person_not_of_enrollment"
        }
        assert told == {("Exit", "PersonalID"): 1, ("Services", "PersonalID"): 1}
        assert "marked as faulty" not in run.message
        with acting(by):
            gone = Exit.objects.get(hud_id="T1")
            assert (gone.enrollment.client.hud_id, gone.is_faulty) == ("C1", False)
            assert gone.as_it_came == {"PersonalID": "C2"}
        # As long as the delta says so, it is told; a delta with the enrollment agrees or is told by staging.
        export.row("Exit")["PersonalID"] = "C1"
        del export.tables["Services"][1:]
        assert "person_not_of_enrollment" not in checks(finished(by, export.zip(tmp_path)))
        export.tables["Client"], export.tables["Enrollment"] = (
            Export().tables["Client"],
            [{**Export().row("Enrollment"), "PersonalID": "C2"}],
        )
        run = finished(by, export.zip(tmp_path))
        assert "person_not_of_enrollment" in checks(run)
        with acting(by):
            assert Enrollment.objects.get(hud_id="E1").client.hud_id == "C2"

    def test_a_full_refresh_must_hold_the_parents(self, by: User, export: Export, tmp_path: Path) -> None:
        export.row("Export").update(ExportPeriodType=3, ExportDirective=2)
        export.tables["Project"] = Export().tables["Project"]
        export.tables["Organization"] = Export().tables["Organization"]
        leave(export, 1, "2026-01-20")
        run = import_export(by, export.zip(tmp_path), missing="keep")
        assert (run.state, "not in the export" in run.message) == ("refused", True)

    def test_the_case_of_the_refused_delta(self, db: None) -> None:
        by = factories.make_administrator()
        finished(by, reference_case("delta_refresh_refused/delta_1"), source="d")
        finished(by, reference_case("delta_refresh_refused/delta_2"), source="d")
        with acting(by):
            gone = Exit.objects.get()
            assert (gone.enrollment.hud_id, gone.exit_date) == ("DA1", date(2026, 3, 1))
            assert not Client.objects.filter(date_deleted__isnull=False).exists()


class TestRecordsOfAnEarlierVersion:
    def test_a_filled_date_deleted_deletes(self, by: User, tmp_path: Path) -> None:
        """They were stored as live with the text beside them; the migration and the next import agree."""
        export = Export()
        export.row("Exit")["DateDeleted"] = "yes"
        leave(export, 1, "2026-01-10")
        export.row("Exit", 1)["DateDeleted"] = "x"
        finished(by, export.zip(tmp_path))
        with psycopg.connect(database.url("loader")) as loader, loader.cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")
            cursor.execute("UPDATE enrollments_exit SET date_deleted = NULL")
            cursor.execute("UPDATE enrollments_exit SET row_hash = 0 WHERE hud_id = 'T1'")
        assert deleted(by) == {}
        migration = import_module("hearth.hmis.exchange.migrations.0005_filled_date_deleted_deletes")
        with psycopg.connect(database.url("owner")) as owner:
            for table in migration.TABLES:
                owner.execute(migration.DELETE.format(table=table))
        assert deleted(by) == {"Exit": {"T2"}}  # T1 was changed here since
        run = finished(by, export.zip(tmp_path))
        assert "record_changed_here" in checks(run)
        assert deleted(by) == {"Exit": {"T2"}}
        assert run.counts["Exit"]["kept"] == 1
