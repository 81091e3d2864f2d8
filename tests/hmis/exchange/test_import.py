"""What an import writes: records with their relations, changes with their history, and nothing twice."""

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import psycopg
import pytest
from django.conf import settings

from hearth.hmis.access.context import acting
from hearth.hmis.access.models import User
from hearth.hmis.audit.history import history_of
from hearth.hmis.audit.models import AccessLog
from hearth.hmis.clients import queries
from hearth.hmis.clients.models import Client
from hearth.hmis.clients.search.question import read
from hearth.hmis.enrollments.models import Disabilities, Enrollment, Exit
from hearth.hmis.exchange.importing import findings, perform, writing
from hearth.hmis.exchange.importing.layout import layouts
from hearth.hmis.exchange.models import ImportRun
from hearth.hmis.hud import ssn
from hearth.hmis.hud.records import model_of
from hearth.hmis.organizations.models import Affiliation, DataSource, Organization, Project
from hearth.hmis.ui import sheets
from hearth.reporting import engine
from hearth.reporting.sources import transfer
from hearth.reporting.sources.problems import SEVERITIES
from hearth.server import database
from hearth.standards import load
from tests.factories import (
    make_administrator,
    make_client,
    make_hmis_user,
    make_organization,
    restrict,
)
from tests.hmis.exchange.importing import checks, counted, finished, import_export, records
from tests.reporting.sources.exports import STAMP, Export, Row

pytestmark = pytest.mark.django_db(transaction=True)

STAMPED: Row = {"DateCreated": STAMP, "DateUpdated": STAMP, "UserID": "U1", "ExportID": "X1"}


def of_findings(query: str, run: ImportRun) -> list[tuple]:
    """Rows of a query of the run's list of findings."""
    with engine.connected() as connection:
        return engine.rows(connection, query, [str(Path(settings.MEDIA_ROOT) / run.findings_file)])


def listed(run: ImportRun, check: str) -> list[tuple]:
    """Findings of one check: severity, file, line, column, key."""
    query = f"""SELECT severity, file, line, "column", key FROM read_parquet(?) WHERE "check" = '{check}'"""
    return of_findings(query, run)


def small_export() -> Export:
    """The small export, with a disability and a second project of another organization."""
    made = Export()
    made.tables["Disabilities"] = [
        {**STAMPED, "DisabilitiesID": "D1", "EnrollmentID": "E1", "PersonalID": "C1",
         "InformationDate": "2025-11-02", "DisabilityType": 5, "DisabilityResponse": 0,
         "DataCollectionStage": 1}
    ]  # fmt: skip
    made.tables["Organization"].append({**made.row("Organization"), "OrganizationID": "O2"})
    made.tables["Project"].append(
        {**made.row("Project"), "ProjectID": "P2", "OrganizationID": "O2", "ProjectName": "Second House"}
    )
    for table in ("ProjectCoC", "HMISParticipation"):
        key = next(name for name in made.row(table) if name.startswith(table))
        made.tables[table].append({**made.row(table), key: "2", "ProjectID": "P2"})
    return made


@pytest.fixture
def export() -> Export:
    return small_export()


@pytest.fixture
def stored(kept_world: Callable[[str, Callable[[], object]], None], tmp_path: Path) -> User:
    """The same was imported; gives who did it."""
    kept_world(__name__, lambda: finished(make_administrator(), small_export().zip(tmp_path)))
    return User.objects.order_by("pk")[0]


@pytest.fixture
def by(request: pytest.FixtureRequest) -> User:
    """Who imports, and has imported what is `stored`."""
    return request.getfixturevalue("stored") if "stored" in request.fixturenames else make_administrator()


def test_records_with_their_relations(by: User, export: Export, tmp_path: Path) -> None:
    export.row("Client")["SSN"] = "123456789"
    run = finished(by, export.zip(tmp_path))
    with acting(by):
        stay = Enrollment.objects.get(hud_id="E1")
        assert stay.client.hud_id == "C1"
        assert stay.project.hud_id == "P1"
        assert stay.organization.hud_id == "O1"
        assert stay.entry_date == date(2025, 11, 2)
        assert stay.user_id == "U1"
        assert stay.date_created == datetime(2025, 12, 1, 9, 30)
        assert (stay.created_by, stay.updated_by) == (by, by)
        assert not stay.is_shared
        assert not stay.is_faulty
        assert stay.as_it_came is None
        leave = Exit.objects.get()
        assert leave.enrollment.hud_id == "E2"
        assert leave.organization == stay.organization
        client = Client.objects.get(hud_id="C1")
        assert client.ssn == "123456789"
        assert bytes(client.ssn_index) == ssn.index("123456789")
        assert bytes(client.ssn_last4_index) == ssn.last4_index("6789")
        assert not history_of(client).exists()
        log = AccessLog.objects.get(action="imported")
        assert (log.user_id, log.subject) == (by.pk, f"importrun:{run.pk}")
    source = DataSource.objects.get(implementation_id="HEARTH-1")
    assert (source.name, run.data_source) == ("Pine County invented", source)
    assert counted(run, "added")["Enrollment"] == 2
    assert run.year == 2026
    assert run.progress["rows_done"] == sum(len(rows) for rows in export.tables.values())


@pytest.mark.usefixtures("stored")
def test_a_client_that_was_imported_is_found(by: User, export: Export, tmp_path: Path) -> None:
    today = date(2026, 1, 20)
    with acting(by):
        found = queries.search(by, read("una exmaple", today), page=1, today=today)
        assert next(iter(found)).client.hud_id == "C1"


@pytest.mark.usefixtures("stored")
def test_a_restricted_client_whom_an_import_renames_stays_hidden_from_a_search(
    by: User, export: Export, tmp_path: Path
) -> None:
    with acting(by):
        person = Client.objects.get(hud_id="C1")
        restrict(person)
        stranger = make_hmis_user(make_organization())
    export.row("Client")["FirstName"] = "Unquelle"
    finished(by, export.zip(tmp_path))
    for user, finds in ((by, True), (stranger, False)):
        for typed in ("unquelle", "unquell"):
            with acting(user):
                found = queries.search(user, read(typed, date(2026, 1, 20)), page=1, today=date(2026, 1, 20))
            assert (person.pk in [one.client.pk for one in found]) is finds


@pytest.mark.usefixtures("stored")
def test_later_entries_get_ids_of_their_own(by: User, export: Export, tmp_path: Path) -> None:
    """Ids were taken in blocks: what is entered afterwards must not meet them."""
    with acting(by):
        highest = Client.objects.order_by("-id").values_list("id", flat=True)[0]
        assert make_client().pk > highest


def test_keys_in_no_order_are_written_sorted_and_numbered_as_they_came(
    by: User, export: Export, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writing, "_SORTED_TOGETHER", 4)
    keys = ["D9", "D2", "D7", "D1", "D8", "D3", "D6", "D4", "D5"]
    sample = export.row("Disabilities")
    export.tables["Disabilities"] = [{**sample, "DisabilitiesID": key} for key in keys]
    run = finished(by, export.zip(tmp_path))
    assert run.counts["Disabilities"]["added"] == len(keys)
    with acting(by):
        assert list(Disabilities.objects.order_by("id").values_list("hud_id", flat=True)) == keys
    with psycopg.connect(database.url("loader")) as connection:
        written = connection.execute("SELECT hud_id FROM enrollments_disabilities ORDER BY ctid").fetchall()
    assert [key for (key,) in written] == ["D1", "D2", "D7", "D9", "D3", "D4", "D6", "D8", "D5"]


def test_a_format_newer_than_the_records_is_refused_in_a_sentence(
    by: User, export: Export, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(perform, "MODEL_YEAR", 2024)
    run = import_export(by, export.zip(tmp_path))
    assert run.state == "refused" and checks(run) == {"export_year_unknown"}
    assert "HUD's format of FY2026, and this Hearth works with FY2024 and earlier" in run.message


def test_the_same_file_changes_nothing(by: User, export: Export, tmp_path: Path) -> None:
    path = export.zip(tmp_path)
    finished(by, path)
    before = records()
    run = finished(by, path)
    assert records() == before
    assert "nothing has changed" in run.message
    assert counted(run, "unchanged")["Client"] == 2
    assert run.findings_summary is not None


def test_another_export_of_the_same_data_only_adds_its_export(
    by: User, export: Export, tmp_path: Path
) -> None:
    first = finished(by, export.zip(tmp_path))
    before = records()
    for rows in export.tables.values():
        for row in rows:
            row["ExportID"] = "X2"
    run = finished(by, export.zip(tmp_path))
    after = records()
    assert {name for name in after if after[name] != before[name]} == {"public.organizations_export"}
    assert "the findings are the same" in run.message
    assert run.findings_summary == first.findings_summary


@pytest.mark.usefixtures("stored")
def test_rows_in_another_order_change_nothing(by: User, export: Export, tmp_path: Path) -> None:
    """Neither shortcut takes it: every row is compared by key and hash."""
    before = records()
    export.tables["Client"].reverse()
    run = finished(by, export.zip(tmp_path))
    assert records() == before
    assert "Nothing has changed: all" in run.message


def test_a_correction_changes_its_row_and_keeps_the_old_one(by: User, export: Export, tmp_path: Path) -> None:
    other = make_administrator()
    finished(by, export.zip(tmp_path))
    before = records()
    export.row("Client")["FirstName"] = "Unna"
    run = finished(other, export.zip(tmp_path))
    assert counted(run, "changed") == {"Client": 1}
    after = records()
    changed = {name for name in after if after[name] != before[name]}
    assert changed - {"public.clients_searchkey", "public.clients_searchname"} == {
        "public.clients_client",
        "public.clients_clienthistory",
    }
    with acting(by):
        client = Client.objects.get(hud_id="C1")
        assert (client.first_name, client.created_by, client.updated_by) == ("Unna", by, other)
        old = history_of(client).get()
        assert (old.first_name, old.pgh_label, old.pgh_changed_by) == ("Una", "before_change", other.pk)


def test_the_planner_knows_of_the_new_rows_at_once(
    by: User, export: Export, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writing, "_ANALYZE_FROM", 2)
    finished(by, export.zip(tmp_path))
    with psycopg.connect(database.url("superuser")) as known:
        columns = known.execute(
            "SELECT attname FROM pg_stats WHERE tablename = 'enrollments_enrollment' AND null_frac < 1"
        ).fetchall()
    assert {"client_id", "project_id", "organization_id", "household_id"} <= {column for (column,) in columns}


@pytest.mark.usefixtures("stored")
def test_history_by_import_is_like_history_by_trigger(by: User, export: Export, tmp_path: Path) -> None:
    export.row("Enrollment")["LivingSituation"] = 101
    finished(by, export.zip(tmp_path))
    with acting(by):
        stay = Enrollment.objects.get(hud_id="E2")
        stay.living_situation = 101
        stay.save()
        imported = history_of(Enrollment.objects.get(hud_id="E1")).values().get()
        entered = history_of(stay).values().get()
    own = {"pgh_id", "pgh_obj_id", "id", "hud_id", "row_hash", "client_id", "relationship_to_hoh"}
    times = {"pgh_created_at"}
    assert {k: v for k, v in imported.items() if k not in own | times} == {
        k: v for k, v in entered.items() if k not in own | times
    }


@pytest.mark.usefixtures("stored")
def test_date_deleted_is_honored_and_taken_back(by: User, export: Export, tmp_path: Path) -> None:
    export.row("Client", 1)["DateDeleted"] = "2026-01-10 08:00:00"
    run = finished(by, export.zip(tmp_path))
    assert (counted(run, "deleted"), counted(run, "changed")) == ({"Client": 1}, {})
    with acting(by):
        assert Client.objects.get(hud_id="C2").date_deleted == datetime(2026, 1, 10, 8)
    del export.row("Client", 1)["DateDeleted"]
    run = finished(by, export.zip(tmp_path))
    assert counted(run, "changed") == {"Client": 1}
    with acting(by):
        assert Client.objects.get(hud_id="C2").date_deleted is None


def test_deleted_rows_of_what_was_never_here_are_left_out(by: User, export: Export, tmp_path: Path) -> None:
    export.tables["Exit"].append(
        {**export.row("Exit"), "ExitID": "T9", "EnrollmentID": "E9", "DateDeleted": "2026-01-10 08:00:00"}
    )
    run = finished(by, export.zip(tmp_path))
    assert counted(run, "left_out") == {"Exit": 1}
    assert "1 deleted record was left out" in run.message
    with acting(by):
        assert not Exit.objects.filter(hud_id="T9").exists()


@pytest.mark.usefixtures("stored")
def test_the_head_of_a_household_may_change(by: User, export: Export, tmp_path: Path) -> None:
    export.row("Enrollment", 0)["RelationshipToHoH"] = 2
    export.row("Enrollment", 1)["RelationshipToHoH"] = 1
    finished(by, export.zip(tmp_path))
    with acting(by):
        heads = Enrollment.objects.filter(relationship_to_hoh=1)
        assert [(e.hud_id, e.is_faulty) for e in heads] == [("E2", False)]


def test_heads_may_change_places(by: User, export: Export, tmp_path: Path) -> None:
    """Each takes the place that the other has at that moment."""
    export.row("Enrollment", 1).update(RelationshipToHoH=1, HouseholdID="H2")
    finished(by, export.zip(tmp_path))
    export.row("Enrollment", 0)["HouseholdID"], export.row("Enrollment", 1)["HouseholdID"] = "H2", "H1"
    finished(by, export.zip(tmp_path))
    with acting(by):
        households = dict(Enrollment.objects.values_list("hud_id", "household_id"))
        assert households == {"E1": "H2", "E2": "H1"}
        assert not Enrollment.objects.filter(is_faulty=True).exists()


@pytest.mark.usefixtures("stored")
def test_an_exit_may_be_replaced(by: User, export: Export, tmp_path: Path) -> None:
    new = {**export.row("Exit"), "ExitID": "T3", "ExitDate": "2025-12-01"}
    export.row("Exit")["DateDeleted"] = "2026-01-10 08:00:00"
    export.tables["Exit"].append(new)
    run = finished(by, export.zip(tmp_path))
    assert (counted(run, "added"), counted(run, "deleted")) == ({"Exit": 1}, {"Exit": 1})
    with acting(by):
        assert not Exit.objects.filter(is_faulty=True).exists()


@pytest.mark.usefixtures("stored")
def test_entry_and_exit_may_move_together(by: User, export: Export, tmp_path: Path) -> None:
    export.row("Enrollment", 1)["EntryDate"] = "2026-01-02"
    export.row("Exit")["ExitDate"] = "2026-01-09"
    finished(by, export.zip(tmp_path))
    with acting(by):
        leave = Exit.objects.get()
        assert (leave.exit_date, leave.is_faulty) == (date(2026, 1, 9), False)


@pytest.mark.usefixtures("stored")
def test_what_contradicts_a_stored_record_is_kept_and_marked(
    by: User, export: Export, tmp_path: Path
) -> None:
    """The other exit is not in this export: both stay, and the newcomer is marked, once and for all."""
    export.row("Exit").update(ExitID="T3", ExitDate="2025-12-01")
    run = finished(by, export.zip(tmp_path), missing="keep")
    assert "1 record contradicts others" in run.message
    assert listed(run, "exit_stored_already") == [("error", "Exit", 2, "EnrollmentID", "T3")]
    with acting(by):
        assert dict(Exit.objects.values_list("hud_id", "is_faulty")) == {"T2": False, "T3": True}
    before = records()
    export.tables["Client"].reverse()
    assert "exit_stored_already" in checks(finished(by, export.zip(tmp_path), missing="keep"))
    assert records() == before


@pytest.mark.usefixtures("stored")
def test_a_second_head_is_listed_like_any_finding(by: User, export: Export, tmp_path: Path) -> None:
    """The first head is not in this export. Severity, file and line decide the order of the list."""
    head = next(row for row in export.tables["Enrollment"] if row["RelationshipToHoH"] == 1)
    other = head["EnrollmentID"]
    for rows in export.tables.values():
        rows[:] = [row for row in rows if row.get("EnrollmentID") != other]
    export.tables["Enrollment"].append({**head, "EnrollmentID": "E9"})
    run = finished(by, export.zip(tmp_path), missing="keep")
    line = len(export.tables["Enrollment"]) + 1
    assert listed(run, "head_stored_already") == [("error", "Enrollment", line, "RelationshipToHoH", "E9")]
    (one,) = [one for one in run.findings_summary if one["check"] == "head_stored_already"]
    assert (one["count"], one["stops"]) == (1, False)
    everything = of_findings("SELECT severity FROM read_parquet(?)", run)
    assert everything == sorted(everything, key=lambda row: SEVERITIES.index(row[0]))
    assert len(everything) == sum(one["count"] for one in run.findings_summary)
    target = tmp_path / "findings.csv"
    rows = findings.every(Path(settings.MEDIA_ROOT) / run.findings_file, findings.Filter())
    sheets.write_csv(target, findings.HEADINGS, rows)
    assert "another head" in target.read_text(encoding="utf-8-sig")
    with acting(by):
        assert Enrollment.objects.get(hud_id="E9").is_faulty


@pytest.mark.usefixtures("stored")
def test_an_exit_left_before_its_entry_is_marked(by: User, export: Export, tmp_path: Path) -> None:
    export.tables["Exit"] = []
    export.row("Enrollment", 1)["EntryDate"] = "2026-01-02"
    run = finished(by, export.zip(tmp_path), missing="keep")
    assert listed(run, "exit_before_entry") == [("error", "Exit", None, "ExitDate", "T2")]
    with acting(by):
        leave = Exit.objects.get()
        assert leave.is_faulty
        assert history_of(leave).count() == 1


def test_faulty_rows_are_stored_as_they_came(by: User, export: Export, tmp_path: Path) -> None:
    export.row("Exit")["ExitDate"] = "2025-10-01"
    export.row("Client")["DOB"] = "May of 1990"
    export.row("Disabilities")["PersonalID"] = "C2"
    run = finished(by, export.zip(tmp_path))
    assert {"exit_before_entry"} <= checks(run)
    with acting(by):
        assert Exit.objects.get().is_faulty
        client = Client.objects.get(hud_id="C1")
        assert (client.dob, client.as_it_came) == (None, {"DOB": "May of 1990"})
        disability = Disabilities.objects.get()
        assert disability.enrollment.client.hud_id == "C1"
        assert disability.as_it_came == {"PersonalID": "C2"}


def test_a_residential_project_that_is_not_there(by: User, export: Export, tmp_path: Path) -> None:
    export.tables["Affiliation"] = [
        {**STAMPED, "AffiliationID": "A1", "ProjectID": "P1", "ResProjectID": "P9"},
        {**STAMPED, "AffiliationID": "A2", "ProjectID": "P1", "ResProjectID": "P2"},
    ]
    finished(by, export.zip(tmp_path))
    missing, there = Affiliation.objects.order_by("hud_id")
    assert (missing.res_project, missing.as_it_came) == (None, {"ResProjectID": "P9"})
    assert there.res_project is not None
    assert (there.res_project.hud_id, there.as_it_came) == ("P2", None)


@pytest.mark.usefixtures("stored")
def test_sharing_holds_for_new_enrollments_only(by: User, export: Export, tmp_path: Path) -> None:
    export.tables["Enrollment"].append(
        {**export.row("Enrollment"), "EnrollmentID": "E3", "HouseholdID": "H3"}
    )
    export.row("Enrollment")["LivingSituation"] = 101
    export.tables["Exit"].append(
        {**export.row("Exit"), "ExitID": "T3", "EnrollmentID": "E3", "PersonalID": "C1"}
    )
    finished(by, export.zip(tmp_path), is_shared=True)
    with acting(by):
        assert dict(Enrollment.objects.values_list("hud_id", "is_shared")) == {
            "E1": False, "E2": False, "E3": True,
        }  # fmt: skip
        assert dict(Exit.objects.values_list("hud_id", "is_shared")) == {"T2": False, "T3": True}


@pytest.mark.usefixtures("stored")
def test_records_of_the_restricted_and_the_shared_until_a_day_are_so(
    by: User, export: Export, tmp_path: Path
) -> None:
    """Of new enrollments and records, of changed ones, and of what the export leaves as it was."""
    end = date(2030, 1, 1)
    with acting(by):
        restrict(Client.objects.get(hud_id="C1"))
        Enrollment.objects.filter(hud_id="E1").update(is_shared=True, shared_until=end)
    export.tables["Enrollment"].append(
        {**export.row("Enrollment"), "EnrollmentID": "E3", "HouseholdID": "H3"}
    )
    export.tables["Exit"] += [
        {**export.row("Exit"), "ExitID": f"T{n}", "EnrollmentID": f"E{n}", "PersonalID": "C1"} for n in (1, 3)
    ]
    export.row("Disabilities")["DisabilityResponse"] = 0
    finished(by, export.zip(tmp_path))
    with acting(by):
        columns = ("is_shared", "shared_until", "is_restricted")
        expected = {"E1": (True, end, True), "E2": (False, None, False), "E3": (False, None, True)}
        for model in (Enrollment, Exit, Disabilities):
            key = "hud_id" if model is Enrollment else "enrollment__hud_id"
            for hud_id, *found in model.objects.values_list(key, *columns):
                assert tuple(found) == expected[hud_id], (model, hud_id)
        assert Exit.objects.count() == 3
        assert Disabilities.objects.get().project_id == Enrollment.objects.get(hud_id="E1").project_id
        assert set(history_of(Disabilities.objects.get()).values_list(*columns)) == {(True, end, True)}


@pytest.mark.usefixtures("stored")
def test_records_follow_a_project_to_another_organization(by: User, export: Export, tmp_path: Path) -> None:
    """Also those that the corrected export does not have."""
    export.row("Project")["OrganizationID"] = "O2"
    export.tables["Disabilities"] = []
    finished(by, export.zip(tmp_path), missing="keep")
    with acting(by):
        for model in (Enrollment, Exit, Disabilities):
            assert set(model.objects.values_list("organization__hud_id", flat=True)) == {"O2"}, model
        version = history_of(Disabilities.objects.get()).get()
        assert version.organization.hud_id == "O2"  # seen by whoever sees the record now


@pytest.mark.usefixtures("stored")
def test_records_follow_an_enrollment_to_another_project(by: User, export: Export, tmp_path: Path) -> None:
    export.row("Enrollment")["ProjectID"] = "P2"
    finished(by, export.zip(tmp_path))
    with acting(by):
        assert Enrollment.objects.get(hud_id="E1").organization.hud_id == "O2"
        assert Disabilities.objects.get().organization.hud_id == "O2"
        assert Exit.objects.get().organization.hud_id == "O1"


@pytest.mark.usefixtures("stored")
def test_what_was_entered_here_stays(by: User, export: Export, tmp_path: Path) -> None:
    """An unchanged row of the export does not overwrite what somebody has changed here since."""
    with acting(by):
        Client.objects.filter(hud_id="C1").update(first_name="Entered")
    export.row("Client", 1)["FirstName"] = "Olle"
    finished(by, export.zip(tmp_path))
    with acting(by):
        assert dict(Client.objects.values_list("hud_id", "first_name")) == {"C1": "Entered", "C2": "Olle"}


class TestDataSource:
    def test_named(self, by: User, export: Export, tmp_path: Path) -> None:
        assert finished(by, export.zip(tmp_path), source="Clarity").data_source.name == "Clarity"
        assert finished(by, export.zip(tmp_path), source="clarity").data_source.name == "Clarity"
        assert Organization.objects.count() == 2

    def test_known_by_its_implementation(self, by: User, export: Export, tmp_path: Path) -> None:
        first = finished(by, export.zip(tmp_path), source="Our old HMIS")
        DataSource.objects.filter(pk=first.data_source_id).update(implementation_id="HEARTH-1")
        export.row("Export")["SourceName"] = "Renamed"
        assert finished(by, export.zip(tmp_path)).data_source_id == first.data_source_id

    @pytest.mark.usefixtures("stored")
    def test_two_sources_of_one_name(self, by: User, export: Export, tmp_path: Path) -> None:
        export.row("Export")["ImplementationID"] = "OTHER-7"
        second = finished(by, export.zip(tmp_path))
        assert second.data_source.name == "Pine County invented (OTHER-7)"
        assert Project.objects.count() == 4  # the same keys mean other records there
        assert finished(by, export.zip(tmp_path)).data_source == second.data_source

    def test_records_entered_here_are_not_overwritten(self, by: User, export: Export, tmp_path: Path) -> None:
        DataSource.objects.create(name="Here", is_hearth=True)
        run = import_export(by, export.zip(tmp_path), source="here")
        assert run.state == "refused"
        assert "entered here" in run.message


NASTY = (
    "0000-01-01", "9999-12-31", "10000-01-01", "-0001-01-01", "0001-01-01", "2024-02-30", "infinity",
    "-infinity", "epoch", "2024-01-31 24:00:00", "2024-01-31 23:59:60", "2024-01-31T10:00:00Z",
    "294277-01-01 00:00:00", "2147483648", "-2147483649", "99999999999999999999", "1e5", "0x1F", "NaN",
    "1.005", "12345678901.99", "9999999999.99", "-0", "+7", " 7 ", "\\.", "\\N", "\\x00", "\t", "\u2028",
    "\u200b", "\U0001f3e0", "Nu\u0301n\u0303ez", "=1+1", "{}", "null", "NULL", "x" * 5000,
)  # fmt: skip
NASTY_TEXT = ('""', '"', "a\r\nb", "a\nb", "a,b", "'; DROP TABLE clients_client; --")


@pytest.mark.parametrize("binary_from", [transfer.BINARY_FROM, 0], ids=["as-csv", "in-binary"])
def test_whatever_is_in_a_cell_is_stored(
    by: User, export: Export, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, binary_from: int
) -> None:
    """A cell that its column cannot hold is kept as text; none of them stops or breaks the import, whether
    the rows go to PostgreSQL as CSV or in the binary format."""
    monkeypatch.setattr(transfer, "BINARY_FROM", binary_from)
    registry = load(2026)
    export.tables["IncomeBenefits"] = [
        {**export.row("Disabilities"), "IncomeBenefitsID": "I1", "IncomeFromAnySource": 0}
    ]
    for table in ("Client", "Enrollment", "Disabilities", "IncomeBenefits"):
        file, first = registry.file(table), export.row(table)
        for kind in "SIDTM":
            columns = [c.name for c in file.columns if c.type == kind and not c.is_key and not c.references]
            export.tables[table] += [
                {**first, **dict.fromkeys(columns, value), file.key: f"N{kind}{number}"}
                for number, value in enumerate(NASTY + NASTY_TEXT if kind == "S" else NASTY)
            ]
    run = finished(by, export.zip(tmp_path))
    assert sum(counted(run, "added").values()) == sum(map(len, export.tables.values()))
    before = records()
    export.tables["User"].append({**export.row("User"), "UserID": "U2"})
    finished(by, export.zip(tmp_path))
    after = records()
    assert {name for name in after if after[name] != before[name]} == {"public.organizations_sourceuser"}


def test_statistics_are_renewed_of_columns_that_are_there() -> None:
    for one in layouts():
        model = model_of(one.file)
        columns = {field.column for field in model._meta.local_concrete_fields}
        assert set(one.searched) <= columns, one.file
        assert len(one.searched) == len(set(one.searched))
        assert {column.db_column for column in one.relations} <= set(one.searched)
