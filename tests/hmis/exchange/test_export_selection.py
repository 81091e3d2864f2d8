"""Whose households an export by CoC holds, what the end of its period keeps at home, and what it says."""

from datetime import date, datetime
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from hearth.hmis.access.context import acting
from hearth.hmis.access.models import User
from hearth.hmis.coordinated_entry.models import Assessment, AssessmentQuestions, AssessmentResults, Event
from hearth.hmis.enrollments.models import (
    CurrentLivingSituation,
    Disabilities,
    EmploymentEducation,
    Enrollment,
    Exit,
    HealthAndDV,
    IncomeBenefits,
    Services,
    YouthEducationStatus,
)
from hearth.hmis.exchange.information_dates import INFORMATION_DATES, OWN_DATES, dated_columns
from hearth.hmis.hud.names import python_name
from hearth.hmis.organizations.models import Project, ProjectCoC, SourceUser
from hearth.standards import load
from tests import factories
from tests.factories import record
from tests.hmis.exchange.exporting import export, keys, read, run_export
from tests.hmis.exchange.importing import finished
from tests.reference_data import reference_case

pytestmark = pytest.mark.django_db(transaction=True)

END, AFTER = date(2026, 9, 30), date(2026, 10, 1)


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return tmp_path / "export.zip"


def project_in(*codes: str, **fields: Any) -> Project:
    project = factories.make_project(**fields)
    for code in codes:
        ProjectCoC.objects.create(**record(project=project, coc_code=code))
    return project


def household(
    project: Project, key: str, *members: tuple[int, str | None], **fields: Any
) -> list[Enrollment]:
    """Members as (relationship to the head, own CoC)."""
    return [
        factories.make_enrollment(
            project=project, household_id=key, relationship_to_hoh=relationship, enrollment_coc=code, **fields
        )
        for relationship, code in members
    ]


class TestHouseholdsOfACoC:
    def of(self, by: User, place: Path, code: str) -> tuple[set[str], dict[str, int]]:
        run = run_export(by, place, cocs=(code,))
        assert run.state == "finished", run.message
        return keys(read(place), "Enrollment", "HouseholdID"), run.parameters["left_out"]["households"]

    def test_whole_households_by_the_head(self, administrator: User, place: Path) -> None:
        with acting(administrator):
            project = project_in("MN-500", "MN-501")
            mine = household(project, "mine", (1, "MN-500"), (2, None), (3, "MN-501"))
            theirs = household(project, "theirs", (1, "MN-501"), (2, "MN-500"))
        tables = export(administrator, place, cocs=("MN-500",))
        assert keys(tables, "Enrollment", "EnrollmentID") == {one.hud_id for one in mine}
        assert keys(tables, "Client", "PersonalID") == {one.client.hud_id for one in mine}
        assert theirs[1].client.hud_id.encode() not in place.read_bytes()
        tables = export(administrator, place, cocs=("MN-501",))
        assert keys(tables, "Enrollment", "EnrollmentID") == {one.hud_id for one in theirs}
        both = export(administrator, place, cocs=("MN-500", "MN-501"))
        assert len(both["Enrollment"]) == 5

    def test_a_head_without_a_code(self, administrator: User, place: Path) -> None:
        with acting(administrator):
            household(project_in("MN-500"), "only", (1, None), (2, "MN-999"))
            several = household(project_in("MN-500", "MN-501"), "several", (1, None), (2, "MN-500"))
        assert self.of(administrator, place, "MN-500") == ({"only"}, {"unsaid": 1})
        run = run_export(administrator, place, cocs=("MN-501",))
        assert "1 household is in no CoC's export: no head names a CoC" in run.message
        assert run.parameters["left_out"]["enrollments"] == [[several[0].pk, "unsaid"]]

    def test_no_head(self, administrator: User, place: Path) -> None:
        with acting(administrator):
            household(project_in("MN-500"), "only", (2, None), (3, None))
            household(project_in("MN-500", "MN-501"), "several", (2, "MN-500"), (3, "MN-500"))
        assert self.of(administrator, place, "MN-500") == ({"only"}, {"unsaid": 1})

    def test_a_head_of_another_place(self, administrator: User, place: Path) -> None:
        with acting(administrator):
            household(project_in("MN-500"), "stale", (1, "MN-502"), (2, "MN-500"))
            project_in("MN-502")
        assert self.of(administrator, place, "MN-500") == (set(), {"elsewhere": 1})
        assert self.of(administrator, place, "MN-502") == (set(), {})

    def test_several_heads(self, administrator: User, place: Path) -> None:
        with acting(administrator):
            project = project_in("MN-500", "MN-501")
            for key, second in (("agree", "MN-500"), ("disagree", "MN-501"), ("silent", None)):
                household(project, key, (1, "MN-500"))
                household(project, key, (1, second), is_faulty=True)
        assert self.of(administrator, place, "MN-500") == ({"agree", "silent"}, {"disagree": 1})
        assert self.of(administrator, place, "MN-501") == (set(), {"disagree": 1})

    def test_a_deleted_head_says_nothing_of_the_living(self, administrator: User, place: Path) -> None:
        gone = datetime(2026, 2, 1, 8, 0)
        with acting(administrator):
            project = project_in("MN-500", "MN-501")
            household(project, "left", (1, "MN-500"), date_deleted=gone)
            household(project, "left", (2, None))
            household(project, "new head", (1, "MN-500"), date_deleted=gone)
            household(project, "new head", (1, "MN-501"))
            household(project, "all gone", (1, "MN-500"), (2, None), date_deleted=gone)
        assert self.of(administrator, place, "MN-500") == (set(), {"unsaid": 1})
        assert self.of(administrator, place, "MN-501") == ({"new head"}, {"unsaid": 1})
        tables = export(administrator, place, cocs=("MN-500",), deleted=True)
        assert keys(tables, "Enrollment", "HouseholdID") == {"all gone"}

    def test_the_head_may_have_left_before_the_period(self, administrator: User, place: Path) -> None:
        with acting(administrator):
            project = project_in("MN-500", "MN-501")
            head, rest = household(project, "rest", (1, "MN-500"), (2, None), entry_date=date(2025, 1, 1))
            Exit.objects.create(**record(enrollment=head, exit_date=date(2025, 6, 1)))
        tables = export(administrator, place, cocs=("MN-500",))
        assert keys(tables, "Enrollment", "EnrollmentID") == {rest.hud_id}

    def test_enrollments_without_a_household(self, administrator: User, place: Path) -> None:
        with acting(administrator):
            project = project_in("MN-500", "MN-501")
            for code in ("MN-500", "MN-501"):
                factories.make_enrollment(
                    project=project, household_id=None, enrollment_coc=code, hud_id=f"of {code}"
                )
        tables = export(administrator, place, cocs=("MN-500",))
        assert keys(tables, "Enrollment", "EnrollmentID") == {"of MN-500"}

    def test_one_household_id_in_two_projects(self, administrator: User, place: Path) -> None:
        with acting(administrator):
            for code in ("MN-500", "MN-501"):
                household(project_in("MN-500", "MN-501"), "H1", (1, code), (2, None))
        assert len(export(administrator, place, cocs=("MN-500",))["Enrollment"]) == 2

    def test_codes_in_small_letters_and_padded(self, administrator: User, place: Path) -> None:
        with acting(administrator):
            household(project_in("mn-500", "MN-501"), "small", (1, " Mn-500 "))
        assert self.of(administrator, place, "MN-500") == ({"small"}, {})

    def test_deleted_places_do_not_count(self, administrator: User, place: Path) -> None:
        with acting(administrator):
            project = project_in("MN-500")
            ProjectCoC.objects.create(
                **record(project=project, coc_code="MN-501", date_deleted=datetime(2026, 1, 1))
            )
            household(project, "only", (1, None))
        assert self.of(administrator, place, "MN-500") == ({"only"}, {})
        assert run_export(administrator, place, cocs=("MN-501",)).state == "refused"

    def test_who_does_not_see_the_head_is_not_told_her_coc(self, administrator: User, place: Path) -> None:
        with acting(administrator):
            own = factories.make_organization()
            project = project_in("MN-500", "MN-501")
            household(project, "half", (1, "MN-500"))
            household(project, "half", (2, None), is_shared=True)
            household(project, "whole", (1, "MN-500"), (2, None), is_shared=True)
            user = factories.make_hmis_user(own)
        assert self.of(user, place, "MN-500") == ({"whole"}, {"unsaid": 1})

    def test_by_coc_and_project_both_hold(self, administrator: User, place: Path) -> None:
        with acting(administrator):
            chosen, other = project_in("MN-500", "MN-501"), project_in("MN-500")
            household(chosen, "here", (1, "MN-500"))
            household(chosen, "there", (1, "MN-501"))
            household(other, "other", (1, "MN-500"))
            third = project_in("MN-502")
        tables = export(administrator, place, cocs=("MN-500",), projects=(chosen.pk, third.pk))
        assert keys(tables, "Enrollment", "HouseholdID") == {"here"}
        assert keys(tables, "Project", "ProjectID") == {chosen.hud_id}
        run = run_export(administrator, place, cocs=("MN-500",), projects=(third.pk,))
        assert (run.state, "None of the chosen projects works in MN-500" in run.message) == ("refused", True)

    def test_the_page_lists_them(self, administrator: User, place: Path, client: Client) -> None:
        with acting(administrator):
            own = factories.make_organization()
            mine = project_in("MN-500", "MN-501", organization=own, project_name="Own House")
            (seen,) = household(mine, "mine", (1, None))
            user = factories.make_hmis_user(own)
        run = run_export(user, place, cocs=("MN-500",))
        client.force_login(user)
        page = client.get(reverse("exchange:export", args=[run.pk])).content.decode()
        assert reverse("enrollments:detail", args=[seen.pk]) in page
        assert "No head names a CoC, and the project works in several" in page
        client.force_login(administrator)
        with acting(administrator):
            Enrollment.objects.filter(pk=seen.pk).update(date_deleted=datetime(2026, 1, 1))
        assert client.get(reverse("exchange:export", args=[run.pk])).status_code == 200


RECORDS = {
    "IncomeBenefits": IncomeBenefits, "HealthAndDV": HealthAndDV, "Disabilities": Disabilities,
    "EmploymentEducation": EmploymentEducation, "YouthEducationStatus": YouthEducationStatus,
    "CurrentLivingSituation": CurrentLivingSituation, "Services": Services, "Assessment": Assessment,
    "Event": Event,
}  # fmt: skip


class TestEndOfThePeriod:
    def test_every_file_of_an_enrollment_has_its_date(self) -> None:
        hanging = {
            file.name
            for file in load().files.values()
            if "EnrollmentID" in file
            and file.name not in ("Enrollment", "AssessmentQuestions", "AssessmentResults")
        }
        assert set(INFORMATION_DATES) == hanging
        assert set(RECORDS) | {"Exit"} == hanging
        for (file, column), date_column in dated_columns().items():
            assert column in load().file(file)
            assert date_column in {python_name(own) for _, own in OWN_DATES}
        assert ("Enrollment", "ReasonNotEnrolled") in dated_columns()
        assert ("Enrollment", "EntryDate") not in dated_columns()

    def test_records_of_the_future_stay_home(self, administrator: User, place: Path) -> None:
        """Of every file that hangs on an enrollment; what hangs on an assessment stays home with it."""
        with acting(administrator):
            enrollment = factories.make_enrollment()
            for (file, model), (key, day) in product(
                RECORDS.items(), (("on", END), ("after", AFTER), ("unknown", None))
            ):
                dated = {python_name(INFORMATION_DATES[file]): day}
                made = model.objects.create(**record(enrollment=enrollment, hud_id=key, **dated))
                if file == "Assessment":
                    for kind in (AssessmentQuestions, AssessmentResults):
                        kind.objects.create(**record(enrollment=enrollment, assessment=made, hud_id=key))
        run = run_export(administrator, place)
        tables = read(place)
        for file in RECORDS:
            assert keys(tables, file, load().file(file).key) == {"on", "unknown"}, file
        for other in ("AssessmentQuestions", "AssessmentResults"):
            assert keys(tables, other, "AssessmentID") == {"on", "unknown"}
        assert f"left out: {len(RECORDS)} records." in run.message

    def test_an_exit_of_the_future_stays_home(self, administrator: User, place: Path) -> None:
        with acting(administrator):
            for key, day in (("on", END), ("after", AFTER), ("unknown", None)):
                Exit.objects.create(
                    **record(enrollment=factories.make_enrollment(), hud_id=key, exit_date=day)
                )
        run = run_export(administrator, place)
        assert keys(read(place), "Exit", "ExitID") == {"on", "unknown"}
        assert len(read(place)["Enrollment"]) == 3
        assert "left out: 1 exit." in run.message

    def test_elements_with_a_date_of_their_own(self, administrator: User, place: Path) -> None:
        with acting(administrator):
            for key, day in (("on", END), ("after", AFTER)):
                enrollment = factories.make_enrollment(
                    hud_id=key, date_of_engagement=day, move_in_date=day, date_of_path_status=day,
                    client_enrolled_in_path=0, reason_not_enrolled=1, date_of_bcp_status=day,
                    eligible_for_rhy=1, runaway_youth=1, living_situation=116,
                )  # fmt: skip
                Exit.objects.create(
                    **record(
                        enrollment=enrollment, hud_id=key, exit_date=END, aftercare_date=day,
                        aftercare_provided=1, telephone=1, destination=410,
                    )
                )  # fmt: skip
                Event.objects.create(
                    **record(
                        enrollment=enrollment, hud_id=key, event_date=END, event=10, referral_result=1,
                        result_date=day,
                    )
                )  # fmt: skip
        run = run_export(administrator, place)
        tables = read(place)
        kept = {"LivingSituation": "116", "Destination": "410", "Event": "10"}
        for file, key in (("Enrollment", "EnrollmentID"), ("Exit", "ExitID"), ("Event", "EventID")):
            on, after = sorted(tables[file], key=lambda row: row[key], reverse=True)
            asked = {column for name, column in dated_columns() if name == file}
            assert {column for column in asked if on[column]}
            assert not [column for column in asked if after[column]]
            assert [after[column] for column in kept if column in after] == [
                kept[column] for column in kept if column in after
            ]
        assert "6 answers are blank" in run.message

    def test_nothing_is_said_where_nothing_was_left_out(self, administrator: User, place: Path) -> None:
        with acting(administrator):
            factories.make_enrollment()
        assert run_export(administrator, place).message.endswith("files.")


class TestUsers:
    def test_only_who_is_named_by_the_rows(self, administrator: User, place: Path) -> None:
        """Also in an export of everything: User.csv is no directory of the state's staff."""
        with acting(administrator):
            project = factories.make_project(user_id="U1")
            factories.make_enrollment(project=project, user_id="U2")
            for user in ("U1", "U2", "U3"):
                SourceUser.objects.create(
                    **record(hud_id=user, data_source=project.data_source, user_email=f"{user}@example.org")
                )
        assert keys(export(administrator, place), "User", "UserID") == {"U1", "U2"}
        assert b"U3@example.org" not in place.read_bytes()


@pytest.mark.parametrize("hashed", [False, True])
def test_a_number_that_says_nothing_is_not_written(administrator: User, place: Path, hashed: bool) -> None:
    nothing = ("000000000", "000-00-0000", "0000", "xxxxxxxxx", "XXXXX0000", "refused")
    something = ("123456789", "900000000", "xxx1xxxxx")
    with acting(administrator):
        for ssn in nothing + something:
            factories.make_enrollment(factories.make_client(ssn=ssn))
    run = run_export(administrator, place, hashed=hashed)
    written = [row["SSN"] for row in read(place)["Client"]]
    assert written[: len(nothing)] == [""] * len(nothing)
    assert all(written[len(nothing) :])
    assert "6 Social Security numbers that say nothing (zeros alone) went out blank" in run.message


def test_the_case_of_a_head_and_a_mate_of_another_coc(administrator: User, place: Path) -> None:
    finished(administrator, reference_case("export_by_coc_of_member/coc_of_head"), source="q")
    assert keys(export(administrator, place, cocs=("XX-501",)), "Client", "PersonalID") == {
        "QHead", "QKid", "QMate",
    }  # fmt: skip
    assert keys(export(administrator, place, cocs=("XX-502",)), "Client", "PersonalID") == {"QOther"}
