"""Everything that HUD distinguishes is there among 5,000 people, and hangs together."""

import pytest

from hearth.reporting.synthetic.world_settings import MINNESOTA

from .conftest import REGISTRY


def codes(name: str) -> set[int]:
    return {int(code) for code in REGISTRY.list(name).codes(offered=True)}


def used_for(purpose: str) -> set[int]:
    options = REGISTRY.list("3.12.1").options
    return {int(o.code) for o in options if o.status == "current" and purpose in o.used_for}


def values(export, column: str) -> set[int]:
    file, _, name = column.partition(".")
    return {row[0] for row in export.rows(f'SELECT DISTINCT {name} FROM "{file}" WHERE {name} IS NOT NULL')}


@pytest.mark.parametrize(
    "column",
    [
        "Project.ProjectType", "Client.SSNDataQuality", "Client.NameDataQuality", "Client.DOBDataQuality",
        "Disabilities.DisabilityType",
        "Assessment.AssessmentType", "Assessment.AssessmentLevel", "Assessment.PrioritizationStatus",
        "Exit.DestinationSubsidyType", "Event.ReferralResult", "HealthAndDV.WhenOccurred",
        "Project.HousingType", "Project.RRHSubType", "Inventory.HouseholdType", "Inventory.Availability",
        "HMISParticipation.HMISParticipationType", "Event.Event",
    ],
)  # fmt: skip
def test_every_code_of_the_list(minnesota, column):
    assert values(minnesota, column) == codes(REGISTRY.column(column).lists[0])


@pytest.mark.parametrize("column", ["Enrollment.LengthOfStay", "Enrollment.TimesHomelessPastThreeYears"])
def test_every_answer_about_the_time_before(minnesota, column):
    """All but 99: whoever was not asked is a finding, and a clean export has none."""
    assert values(minnesota, column) == codes(REGISTRY.column(column).lists[0]) - {99}


def test_every_relationship(minnesota):
    assert values(minnesota, "Enrollment.RelationshipToHoH") == codes("3.15.1") - {99}


def test_every_stage_of_youth_education(minnesota):
    assert values(minnesota, "YouthEducationStatus.DataCollectionStage") == {1, 2, 3, 5}


def test_every_funder_but_the_retired_ones(minnesota):
    assert values(minnesota, "Funder.Funder") == codes("2.06.1")


def test_every_project_type_serves_people(minnesota):
    served = minnesota.rows("SELECT DISTINCT ProjectType FROM Enrollment JOIN Project USING (ProjectID)")
    assert {row[0] for row in served} == codes("2.02.6")


def test_every_destination(minnesota):
    assert values(minnesota, "Exit.Destination") == used_for("destination")


def test_every_prior_situation(minnesota):
    assert values(minnesota, "Enrollment.LivingSituation") == used_for("prior") - {99}


def test_every_kind_of_service(minnesota):
    current = {int(o.code) for o in REGISTRY.list("1.4").options if o.status == "current"}
    assert values(minnesota, "Services.RecordType") == current


def test_no_file_is_empty(minnesota):
    assert [name for name, count in minnesota.made.rows.items() if not count] == []


def test_all_ten_cocs_and_the_tribal_collaborative(minnesota):
    assert values(minnesota, "Enrollment.EnrollmentCoC") == set(MINNESOTA)
    shares = dict(
        minnesota.rows(
            "SELECT EnrollmentCoC, count(DISTINCT PersonalID) FROM Enrollment GROUP BY 1 ORDER BY 2 DESC"
        )
    )
    assert list(shares)[:2] == ["MN-500", "MN-501"]
    tribal = "SELECT count(DISTINCT PersonalID) FROM Enrollment JOIN Project USING (ProjectID) "
    tribal += "JOIN Organization USING (OrganizationID) WHERE OrganizationCommonName LIKE 'Minnesota Tribal%'"
    assert minnesota.scalar(tribal) > 50


def test_exactly_as_many_people_as_asked_for(minnesota):
    assert minnesota.scalar("SELECT count(*) FROM Client") == 5_000
    assert minnesota.scalar("SELECT count(DISTINCT PersonalID) FROM Enrollment") == 5_000
    # Dotted, because DISTINCT over nulls would hide a partial number.
    numbers = "SELECT count(SSN) - count(DISTINCT SSN) FROM Client WHERE SSNDataQuality = 1"
    assert minnesota.scalar(numbers) == 0


def test_nobody_has_a_number_that_was_ever_issued(minnesota):
    assert (
        minnesota.scalar("SELECT count(*) FROM Client WHERE SSN NOT SIMILAR TO '9[0-9]{8}|x{5}[0-9]{4}'") == 0
    )


def test_letters_with_marks_survive(minnesota):
    names = {
        row[0] for row in minnesota.rows("SELECT FirstName FROM Client UNION SELECT LastName FROM Client")
    }
    assert {"Núñez", "Åse"} <= names


def test_households_of_all_kinds(minnesota):
    members = """
        SELECT HouseholdID, count(*) AS size,
            count(*) FILTER (WHERE DOB + INTERVAL 18 YEAR <= EntryDate) AS adults,
            count(*) FILTER (WHERE DOB + INTERVAL 18 YEAR > EntryDate) AS minors,
            max(date_diff('year', DOB, EntryDate)) AS oldest,
            bool_or(RelationshipToHoH = 4) AS kin
        FROM Enrollment JOIN Client USING (PersonalID) GROUP BY 1 HAVING count(DOB) = count(*)
    """
    kinds = {
        "single adult": "size = 1 AND adults = 1 AND oldest > 25",
        "couple": "size = 2 AND adults = 2",
        "family": "adults >= 1 AND minors >= 1 AND oldest > 25",
        "parenting youth": "adults >= 1 AND minors >= 1 AND oldest < 25",
        "unaccompanied youth": "size = 1 AND oldest BETWEEN 19 AND 24",
        "unaccompanied minor": "size = 1 AND minors = 1",
        "parenting minor": "size > 1 AND adults = 0",
        "three generations": "adults >= 2 AND minors >= 1 AND kin",
        "large family": "minors >= 4",
    }
    for kind, condition in kinds.items():
        count = minnesota.scalar(f"SELECT count(*) FROM ({members}) WHERE {condition}")
        assert count > 0, kind


def test_stays_follow_one_another(minnesota):
    pairs = minnesota.scalar(
        """
        WITH stays AS (
            SELECT PersonalID, ProjectType AS type, EntryDate AS entry, ExitDate AS gone FROM Enrollment
            JOIN Project USING (ProjectID) LEFT JOIN Exit USING (EnrollmentID, PersonalID)
        )
        SELECT count(*) FROM stays AS shelter JOIN stays AS housing USING (PersonalID)
        WHERE shelter.type IN (0, 1) AND housing.type IN (3, 13) AND housing.entry > shelter.entry
            AND housing.entry <= shelter.gone
        """
    )
    assert pairs > 50
    returns = "SELECT count(*) FROM (SELECT PersonalID FROM Enrollment GROUP BY 1 HAVING count(*) > 3)"
    assert minnesota.scalar(returns) > 100


def test_late_entry_has_a_long_tail(minnesota):
    late = "SELECT {} FROM (SELECT CAST(DateCreated AS DATE) - EntryDate AS days FROM Enrollment)"
    assert minnesota.scalar(late.format("min(days)")) == 0
    assert minnesota.scalar(late.format("quantile_cont(days, 0.5)")) <= 1
    assert minnesota.scalar(late.format("max(days)")) > 60
