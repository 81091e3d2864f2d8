"""Which rows an export holds, for whom, and under which keys."""

from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from hearth.hmis.access.context import acting
from hearth.hmis.access.models import User
from hearth.hmis.audit.models import AccessLog
from hearth.hmis.enrollments.models import Exit, IncomeBenefits, Services
from hearth.hmis.exchange.exporting.perform import perform
from hearth.hmis.exchange.exporting.request import ExportRequest, RequestError, project_ids
from hearth.hmis.exchange.models import ExportRun
from hearth.hmis.organizations.models import Affiliation, ProjectCoC, SourceUser
from tests import factories
from tests.factories import record
from tests.hmis.exchange.exporting import YEAR, export, keys

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return tmp_path / "export.zip"


def test_enrollments_that_touch_the_period(administrator: User, place: Path) -> None:
    with acting(administrator):

        def stay(entry: date, leave: date | None = None) -> str:
            enrollment = factories.make_enrollment(entry_date=entry)
            if leave:
                Exit.objects.create(**record(enrollment=enrollment, exit_date=leave))
            return enrollment.hud_id

        inside = {
            stay(date(2025, 1, 1)),
            stay(date(2025, 1, 1), date(2025, 10, 1)),
            stay(date(2026, 9, 30)),
            stay(date(2025, 1, 1), date(2027, 1, 1)),
        }
        stay(date(2025, 1, 1), date(2025, 9, 30))
        stay(date(2026, 10, 1))
        unreadable = factories.make_enrollment(entry_date=None, as_it_came={"EntryDate": "2026-13-45"})
        factories.make_enrollment(date_deleted=datetime(2026, 1, 1))
        factories.make_client()  # never enrolled
    tables = export(administrator, place)
    assert keys(tables, "Enrollment", "EnrollmentID") == inside | {unreadable.hud_id}
    assert "" in keys(tables, "Enrollment", "EntryDate")  # what could not be read goes out blank
    assert "2026-13-45" not in keys(tables, "Enrollment", "EntryDate")
    assert len(tables["Client"]) == 5
    assert keys(tables, "Exit", "EnrollmentID") <= inside


def test_records_up_to_the_end_of_the_period(administrator: User, place: Path) -> None:
    with acting(administrator):
        enrollment = factories.make_enrollment(entry_date=date(2024, 1, 1))
        for day in (date(2024, 1, 1), date(2026, 9, 30), date(2026, 10, 1), None):
            IncomeBenefits.objects.create(**record(enrollment=enrollment, information_date=day))
    tables = export(administrator, place)
    assert keys(tables, "IncomeBenefits", "InformationDate") == {"2024-01-01", "2026-09-30", ""}
    assert keys(tables, "IncomeBenefits", "PersonalID") == {enrollment.client.hud_id}


def test_deleted_rows_only_when_asked(administrator: User, place: Path) -> None:
    with acting(administrator):
        enrollment = factories.make_enrollment()
        Services.objects.create(**record(enrollment=enrollment, date_deleted=datetime(2026, 2, 1, 8, 0)))
    assert export(administrator, place)["Services"] == []
    assert keys(export(administrator, place, deleted=True), "Services", "DateDeleted") == {
        "2026-02-01 08:00:00"
    }


def test_only_what_the_user_may_see(administrator: User, place: Path) -> None:
    with acting(administrator):
        own = factories.make_organization()
        mine = factories.make_enrollment(project=factories.make_project(own))
        shared = factories.make_enrollment(is_shared=True)
        hidden = factories.make_enrollment()
        for enrollment in (mine, shared, hidden):
            Services.objects.create(**record(enrollment=enrollment, date_provided=date(2026, 2, 1)))
        user = factories.make_hmis_user(own)
    tables = export(user, place)
    seen = {mine.hud_id, shared.hud_id}
    assert keys(tables, "Enrollment", "EnrollmentID") == keys(tables, "Services", "EnrollmentID") == seen
    assert keys(tables, "Client", "PersonalID") == {mine.client.hud_id, shared.client.hud_id}
    everything = place.read_bytes()
    assert hidden.hud_id.encode() not in everything


def test_where_survivors_live_is_not_told_to_others(administrator: User, place: Path) -> None:
    with acting(administrator):
        own = factories.make_organization(victim_service_provider=1)
        other = factories.make_organization(victim_service_provider=1)
        projects = {
            "own": factories.make_project(own),
            "provider": factories.make_project(other),
            "survivors": factories.make_project(target_population=1),
            "open": factories.make_project(),
        }
        for what, project in projects.items():
            ProjectCoC.objects.create(
                project=project, coc_code="MN-500", geocode="270000", city="Here", zip="55555",
                address1=f"1 {what} street", as_it_came={"Address2": "kept"}, **record(),
            )  # fmt: skip

    def told(by: User) -> set[str]:
        rows = export(by, place)["ProjectCoC"]
        assert all(row["Geocode"] == "270000" for row in rows)
        told = [row for row in rows if row["Address1"] + row["Address2"] + row["City"] + row["ZIP"]]
        return {row["Address1"].split()[1] for row in told}

    assert told(factories.make_hmis_user(own)) == {"own", "open"}
    assert told(administrator) == set(projects)


def test_an_auditor_exports_nothing(place: Path) -> None:
    auditor = factories.make_auditor()
    run = ExportRun.objects.create(created_by=auditor, parameters=ExportRequest(**YEAR).as_json())
    assert perform(run, place).state == "refused"
    assert not place.exists()


def test_every_export_is_logged(administrator: User, place: Path) -> None:
    with acting(administrator):
        factories.make_enrollment()
    export(administrator, place)
    with acting(administrator):
        entry = AccessLog.objects.get(action="exported")
    assert entry.user_id == administrator.pk
    assert entry.details == {"hashed": False, "clients": 1, "enrollments": 1}


def test_by_coc_and_by_project(administrator: User, place: Path) -> None:
    with acting(administrator):
        both, other = factories.make_project(), factories.make_project()
        for project, codes in ((both, ("MN-500", "MN-501")), (other, ("MN-501",))):
            for code in codes:
                ProjectCoC.objects.create(**record(project=project, coc_code=code))
        here = factories.make_enrollment(project=both, enrollment_coc="MN-500")
        unsaid = factories.make_enrollment(project=both)
        elsewhere = factories.make_enrollment(project=both, enrollment_coc="MN-501")
        theirs = factories.make_enrollment(project=other, enrollment_coc="MN-501")
    tables = export(administrator, place, cocs=("MN-500",))
    assert keys(tables, "Project", "ProjectID") == {both.hud_id}
    assert keys(tables, "Enrollment", "EnrollmentID") == {here.hud_id}
    assert unsaid.hud_id not in keys(tables, "Enrollment", "EnrollmentID")
    assert tables["Export"][0]["SourceID"] == "MN-500"
    tables = export(administrator, place, projects=(other.pk,))
    assert keys(tables, "Enrollment", "EnrollmentID") == {theirs.hud_id}
    assert elsewhere.hud_id not in keys(tables, "Enrollment", "EnrollmentID")


def test_the_project_behind_an_affiliation_comes_without_its_clients(
    administrator: User, place: Path
) -> None:
    with acting(administrator):
        services, residence = factories.make_project(project_type=6), factories.make_project()
        Affiliation.objects.create(**record(project=services, res_project=residence))
        factories.make_enrollment(project=residence)
    tables = export(administrator, place, projects=(services.pk,))
    assert keys(tables, "Project", "ProjectID") == {services.hud_id, residence.hud_id}
    assert keys(tables, "Organization", "OrganizationID") == {
        services.organization.hud_id,
        residence.organization.hud_id,
    }
    assert tables["Enrollment"] == []


def test_users_named_by_the_rows(administrator: User, place: Path) -> None:
    with acting(administrator):
        project = factories.make_project(user_id="U1")
        source = project.data_source
        factories.make_enrollment(project=project, user_id="U2")
        for user in ("U1", "U2", "U3"):
            SourceUser.objects.create(**record(hud_id=user, data_source=source))
    assert keys(export(administrator, place, projects=(project.pk,)), "User", "UserID") == {"U1", "U2"}


def test_keys_of_two_data_sources_stay_apart(administrator: User, place: Path) -> None:
    with acting(administrator):
        old, new = factories.make_source(), factories.make_source()
        clients = [factories.make_client(hud_id="P1", data_source=source) for source in (old, new)]
        for client, source in zip(clients, (old, new), strict=True):
            factories.make_enrollment(client, hud_id="E1", data_source=source, household_id="H1")
    tables = export(administrator, place)
    assert keys(tables, "Client", "PersonalID") == {"P1", f"{new.pk}.P1"}
    assert {(r["PersonalID"], r["EnrollmentID"], r["HouseholdID"]) for r in tables["Enrollment"]} == {
        ("P1", "E1", "H1"),
        (f"{new.pk}.P1", f"{new.pk}.E1", f"{new.pk}.H1"),
    }


def test_hashed_names_and_ssn(administrator: User, place: Path) -> None:
    with acting(administrator):
        factories.make_enrollment(factories.make_client(first_name="Åse", ssn="912345678"))
    plain = export(administrator, place)["Client"][0]
    assert (plain["FirstName"], plain["SSN"]) == ("Åse", "912345678")
    tables = export(administrator, place, hashed=True)
    client = tables["Client"][0]
    assert tables["Export"][0]["HashStatus"] == "4"
    assert len(client["FirstName"]) == 64
    assert client["SSN"].startswith("5678")
    assert len(client["SSN"]) == 68


@pytest.mark.parametrize(
    ("request_", "sentence"),
    [
        ({"start": date(2026, 2, 1), "end": date(2026, 1, 1)}, "end of the period is before"),
        (YEAR | {"cocs": ("MN-500'; DROP",)}, "not a CoC number"),
    ],
)
def test_a_request_that_makes_no_sense(request_: dict[str, Any], sentence: str) -> None:
    with pytest.raises(RequestError, match=sentence):
        ExportRequest(**request_)


def test_places_that_are_not_there(administrator: User, place: Path) -> None:
    for request in ({"cocs": ("MN-999",)}, {"projects": (987654321,)}):
        run = ExportRun.objects.create(
            created_by=administrator, parameters=ExportRequest(**YEAR | request).as_json()
        )
        run = perform(run, place)
        assert (run.state, place.exists()) == ("refused", False)
    with pytest.raises(RequestError, match="not there"):
        project_ids(administrator, "NOPE")
    for nothing in ("", " ", ",", " , ,"):
        with pytest.raises(RequestError, match="No project is named"):
            project_ids(administrator, nothing)


def test_a_folder_that_is_gone_is_one_sentence(administrator: User, tmp_path: Path) -> None:
    run = ExportRun.objects.create(created_by=administrator, parameters=ExportRequest(**YEAR).as_json())
    run = perform(run, tmp_path / "gone" / "export.zip")
    assert run.state == "failed"
    assert run.message


def test_cancelled(administrator: User, place: Path) -> None:
    run = ExportRun.objects.create(
        created_by=administrator, parameters=ExportRequest(**YEAR).as_json(), cancel_requested=True
    )
    assert perform(run, place).state == "cancelled"
    assert not place.exists()
