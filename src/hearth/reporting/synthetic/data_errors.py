"""The errors that people make in their data, one by one: where each can happen, what it does and breaks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np

from hearth.reporting.synthetic.arrays import FAR, NOTHING, Bools, Ints, day
from hearth.reporting.synthetic.collection_stages import START, UPDATE
from hearth.reporting.synthetic.enrollments import (
    NO,
    NOT_COLLECTED,
    OTHER_DESTINATION,
    RENTAL_WITH_SUBSIDY,
    YES,
    Rows,
)
from hearth.reporting.synthetic.people import CHILD, HEAD, PARTNER, People
from hearth.reporting.synthetic.services import BED_NIGHT, SSVF_MONEY
from hearth.reporting.synthetic.world import World

SHELTER_LIKE = (0, 1, 4, 8)  # project types that ask 3.917A
OLD_CODE_OF_THE_STREET = 16  # list 3.12.1 before FY2024
STAYING_WITH_FAMILY = 312  # a destination, not a prior situation
FAMILY_ROOM = 335  # a prior situation, not a destination
UNKNOWN_USER = 99_999
_LONG_TEXT = "Went to stay with relatives out of state after the lease on the shared place ended"
_ANSWERED = ("IncomeBenefits", "HealthAndDV", "EmploymentEducation", "Disabilities", "YouthEducationStatus")
_DATED = (*_ANSWERED, "Services", "CurrentLivingSituation", "Assessment", "Event")


@dataclass(slots=True)
class Table:
    """The rows of one file of a block, with the enrollment behind each of them."""

    file: str
    columns: dict[str, np.ndarray]
    files: Mapping[str, dict[str, np.ndarray]]
    rows: Rows
    people: People
    row: Ints
    world: World
    raw: dict[str, dict[int, str]] = field(default_factory=dict)

    def __getitem__(self, column: str) -> np.ndarray:
        return self.columns[column]

    def given(self, column: str) -> Bools:
        """Where a column is not blank."""
        values = self.columns[column]
        if values.dtype == object:
            return np.array([value is not None for value in values], dtype=bool)
        return ~np.isnan(values) if values.dtype == np.float64 else values != NOTHING

    def of(self, fact: str) -> np.ndarray:
        """A fact of the enrollment of every row: of("entry"), of("exit"), of("type")."""
        return getattr(self.rows, fact)[self.row]

    @property
    def world_start(self) -> int:
        """The first day of the period."""
        return day(self.world.settings.start)

    @property
    def world_end(self) -> int:
        """The last day of the period."""
        return day(self.world.settings.end)

    @property
    def relationship(self) -> Ints:
        """How the person of every row belongs to the head of the household."""
        return self.people.relationship[self.rows.person[self.row]]

    @property
    def alone(self) -> Bools:
        """Whether the person of every row is alone in the stay."""
        return np.bincount(self.rows.stay)[self.rows.stay][self.row] == 1

    def without_records(self) -> Bools:
        """Whether the enrollment of every row has no dated record in any other file."""
        busy = np.zeros(len(self.rows), dtype=bool)
        for name in _DATED:
            busy[self.files[name]["EnrollmentID"] - self.rows.id[0]] = True
        enrollment = self.files["Enrollment"]
        for name in ("MoveInDate", "DateOfEngagement", "DateOfPATHStatus"):
            busy |= enrollment[name] != NOTHING
        return ~busy[self.row]

    def put(self, column: str, chosen: Ints, value: object) -> None:
        """Write one value, or one for each, into some rows of a column."""
        self.columns[column][chosen] = value

    def put_text(self, column: str, chosen: Ints, text: str) -> None:
        """Let a text stand where HUD declares something else."""
        self.raw.setdefault(column, {}).update(dict.fromkeys(map(int, chosen), text))


@dataclass(frozen=True, slots=True)
class Broken:
    """A rule that an error breaks: the check, and the column of its finding.

    `file` when the finding is about the same enrollment's row in another file; `before` when it is about
    the row before, because a group of rows is reported at its first.
    """

    check: str
    column: str
    file: str | None = None
    before: bool = False


@dataclass(frozen=True, slots=True)
class DataError:
    """One kind of error."""

    file: str
    breaks: tuple[Broken, ...]
    fits: Callable[[Table], Bools]
    spoil: Callable[[Table, Ints], None]
    weight: float = 1.0


def _error(
    file: str,
    check: str,
    column: str,
    fits: Callable[[Table], Bools],
    spoil: Callable[[Table, Ints], None],
    weight: float = 1.0,
    also: tuple[Broken, ...] = (),
) -> DataError:
    return DataError(file, (Broken(check, column), *also), fits, spoil, weight)


def _client_errors() -> list[DataError]:
    def full(table: Table) -> Bools:
        return (table["NameDataQuality"] == 1) & table.given("FirstName")

    def dated(table: Table) -> Bools:
        return (table["DOBDataQuality"] == 1) & table.of("adult") & table.alone

    def numbered(table: Table) -> Bools:
        return table["SSNDataQuality"] == 1

    def raced(table: Table) -> Bools:
        return table["White"] == 1

    def no_race(table: Table, chosen: Ints) -> None:
        for race in ("AmIndAKNative", "Asian", "BlackAfAmerican", "HispanicLatinao", "MidEastNAfrican",
                     "NativeHIPacific", "White"):  # fmt: skip
            table.put(race, chosen, NO)

    def swapped_years(table: Table, chosen: Ints) -> None:
        entered = table["YearEnteredService"][chosen].copy()
        table.put("YearEnteredService", chosen, table["YearSeparated"][chosen])
        table.put("YearSeparated", chosen, entered)

    return [
        _error("Client", "dob_missing", "DOB", dated, lambda t, c: t.put("DOB", c, NOTHING), 3),
        _error("Client", "dob_contradicts_quality", "DOB", dated,
              lambda t, c: t.put("DOBDataQuality", c, NOT_COLLECTED), 3),
        _error("Client", "dob_impossible", "DOB", dated,
              lambda t, c: t.put("DOB", c, t["DOB"][c] - 47_482), 2),  # 130 years: 1860 for 1990
        _error("Client", "date_unreadable", "DOB", dated,
              lambda t, c: t.put_text("DOB", c, "03/04/1984"), 1, (Broken("dob_missing", "DOB"),)),
        _error("Client", "ssn_placeholder", "SSN", numbered, lambda t, c: t.put("SSN", c, "000000000"), 3),
        _error("Client", "ssn_not_complete", "SSN", numbered, lambda t, c: t.put("SSN", c, "xxxxx4821"), 3),
        _error("Client", "ssn_contradicts_quality", "SSN", numbered,
              lambda t, c: t.put("SSNDataQuality", c, NOT_COLLECTED), 3),
        _error("Client", "name_not_complete", "FirstName", full, lambda t, c: t.put("LastName", c, None), 2),
        _error("Client", "name_contradicts_quality", "FirstName", full,
              lambda t, c: t.put("NameDataQuality", c, NOT_COLLECTED), 2),
        _error("Client", "race_and_none", "RaceNone", raced,
              lambda t, c: t.put("RaceNone", c, NOT_COLLECTED), 2),
        _error("Client", "race_missing", "RaceNone", raced, no_race, 2),
        _error("Client", "veteran_minor", "VeteranStatus",
              lambda t: (t.relationship == CHILD) & (t["VeteranStatus"] == NOT_COLLECTED),
              lambda t, c: t.put("VeteranStatus", c, YES), 2),
        _error("Client", "service_years_reversed", "YearSeparated",
              lambda t: t.given("YearSeparated") & (t["YearSeparated"] > t["YearEnteredService"]),
              swapped_years, 1),
        _error("Client", "not_asked.Client.MilitaryBranch", "MilitaryBranch",
              lambda t: t["VeteranStatus"] == NO, lambda t, c: t.put("MilitaryBranch", c, 1), 1),
        _error("Client", "number_unreadable", "YearEnteredService", lambda t: t.given("YearEnteredService"),
              lambda t, c: t.put_text("YearEnteredService", c, "about 1998"), 1),
        _error("Client", "user_missing", "UserID", lambda t: t["PersonalID"] > 0,
              lambda t, c: t.put("UserID", c, UNKNOWN_USER), 2),
    ]  # fmt: skip


def _enrollment_errors() -> list[DataError]:
    def like_shelter(table: Table) -> Bools:
        return np.isin(table.of("type"), SHELTER_LIKE) & table.given("LivingSituation")

    def of_head(table: Table, column: str) -> Bools:
        """Heads with an answer. Of another member whose age is unknown nobody knows whether it was due."""
        return table.of("is_head") & table.given(column)

    def housed_before(table: Table) -> Bools:
        elsewhere = ~np.isin(table.of("type"), SHELTER_LIKE) & (table["LivingSituation"] >= 300)
        return elsewhere & of_head(table, "LivingSituation") & (table["LOSUnderThreshold"] == NO)

    def contradicted(table: Table) -> Bools:
        records = table.files["Disabilities"]
        shown = np.zeros(len(table.rows), dtype=bool)
        shown[records["EnrollmentID"][records["DisabilityResponse"] == YES] - table.rows.id[0]] = True
        return shown[table.row]

    def elsewhere(table: Table, chosen: Ints) -> None:
        codes = table.world.registry.list("2.03.1").codes(offered=True)
        own = {coc.code for coc in table.world.cocs}
        table.put("EnrollmentCoC", chosen, next(code for code in codes if code not in own))

    in_shelter = _error("Enrollment", "code_not_in_list", "LivingSituation",
                       lambda t: like_shelter(t) & (t["LivingSituation"] != RENTAL_WITH_SUBSIDY),
                       lambda t, c: t.put("LivingSituation", c, OLD_CODE_OF_THE_STREET), 3)  # fmt: skip
    return [
        # Few rows fit these, so they come before others take their households.
        _error("Exit", "text_too_long", "OtherDestination",
              lambda t: t["Destination"] == OTHER_DESTINATION,
              lambda t, c: t.put("OtherDestination", c, _LONG_TEXT), 2),
        _error("Exit", "other_destination_missing", "OtherDestination",
              lambda t: t["Destination"] == OTHER_DESTINATION,
              lambda t, c: t.put("OtherDestination", c, None), 2),
        in_shelter,
        _error("Enrollment", "not_a_prior_situation", "LivingSituation", in_shelter.fits,
              lambda t, c: t.put("LivingSituation", c, STAYING_WITH_FAMILY), 3),
        _error("Enrollment", "homeless_since_after_entry", "DateToStreetESSH",
              lambda t: t.given("DateToStreetESSH"),
              lambda t, c: t.put("DateToStreetESSH", c, t.of("entry")[c] + 30), 3),
        # Who stayed for a short time is asked about the night before, and was not.
        _error("Enrollment", "stay_under_7_nights_wrong", "LOSUnderThreshold", housed_before,
              lambda t, c: t.put("LOSUnderThreshold", c, YES), 3,
              also=(Broken("prior_situation_incomplete", "LivingSituation"),)),
        _error("Enrollment", "prior_situation_incomplete", "LivingSituation",
              lambda t: of_head(t, "LivingSituation") & (t["LivingSituation"] != RENTAL_WITH_SUBSIDY),
              lambda t, c: t.put("LivingSituation", c, NOTHING), 1),
        _error("Enrollment", "prior_situation_incomplete", "LivingSituation",
              lambda t: of_head(t, "LengthOfStay") & ~t.given("LOSUnderThreshold"),
              lambda t, c: t.put("LengthOfStay", c, NOT_COLLECTED), 1),
        _error("Enrollment", "prior_situation_incomplete", "LivingSituation",
              lambda t: of_head(t, "DateToStreetESSH"),
              lambda t, c: t.put("DateToStreetESSH", c, NOTHING), 1),
        _error("Enrollment", "prior_situation_incomplete", "LivingSituation",
              lambda t: of_head(t, "TimesHomelessPastThreeYears"),
              lambda t, c: t.put("TimesHomelessPastThreeYears", c, NOT_COLLECTED), 1),
        _error("Enrollment", "required_blank", "DisablingCondition", lambda t: t["DisablingCondition"] == NO,
              lambda t, c: t.put("DisablingCondition", c, NOTHING), 3),
        _error("Enrollment", "disabling_condition_contradicts", "DisablingCondition", contradicted,
              lambda t, c: t.put("DisablingCondition", c, NO), 5),
        _error("Enrollment", "move_in_outside_stay", "MoveInDate", lambda t: t.given("MoveInDate"),
              lambda t, c: t.put("MoveInDate", c, t.of("entry")[c] - 10), 4),
        # Of the dates of a stay one that decides nothing: reports of a demonstration are not refused.
        _error("Enrollment", "date_unreadable", "DateOfEngagement", lambda t: t.given("DateOfEngagement"),
              lambda t, c: t.put_text("DateOfEngagement", c, "2025-13-45"), 1),
        _error("Enrollment", "engagement_outside_stay", "DateOfEngagement",
              lambda t: t.given("DateOfEngagement"),
              lambda t, c: t.put("DateOfEngagement", c, t.of("entry")[c] - 4), 3),
        _error("Enrollment", "household_without_one_head", "RelationshipToHoH",
              lambda t: t.alone & (t["RelationshipToHoH"] == HEAD) & t.of("adult"),
              lambda t, c: t.put("RelationshipToHoH", c, PARTNER), 4),
        _error("Enrollment", "head_without_coc", "EnrollmentCoC", lambda t: t.alone & t.of("is_head"),
              lambda t, c: t.put("EnrollmentCoC", c, None), 4),
        _error("Enrollment", "not_a_coc_of_the_project", "EnrollmentCoC", lambda t: t.alone & t.of("is_head"),
              elsewhere, 2),
        _error("Enrollment", "prior_subsidy_missing", "RentalSubsidyType",
              lambda t: t["LivingSituation"] == RENTAL_WITH_SUBSIDY,
              lambda t, c: t.put("RentalSubsidyType", c, NOTHING), 3),
        _error("Exit", "exit_before_entry", "ExitDate",
              lambda t: t.without_records() & (t.of("entry") - 9 > t.world_start) & ~t.of("is_head"),
              lambda t, c: t.put("ExitDate", c, t.of("entry")[c] - 7), 4),
        _error("Exit", "not_a_destination", "Destination", lambda t: t["Destination"] == 313,
              lambda t, c: t.put("Destination", c, FAMILY_ROOM), 3),
        _error("Exit", "code_not_in_list", "Destination", lambda t: t["Destination"] == 410,
              lambda t, c: t.put("Destination", c, 10), 2),
        _error("Exit", "destination_subsidy_missing", "DestinationSubsidyType",
              lambda t: t["Destination"] == RENTAL_WITH_SUBSIDY,
              lambda t, c: t.put("DestinationSubsidyType", c, NOTHING), 3),
        _error("Exit", "not_asked.Exit.OtherDestination", "OtherDestination",
              lambda t: t["Destination"] == 101,
              lambda t, c: t.put("OtherDestination", c, "See case note"), 2),
    ]  # fmt: skip


def _record_errors() -> list[DataError]:
    def middle(table: Table, when: str) -> Bools:
        """Rows that are neither on the first nor on the last day of a stay that is over."""
        after = table[when] > table.of("entry")
        return after & (table.of("exit") != FAR) & (table[when] < table.of("exit") - 1)

    def long_enough(table: Table) -> Bools:
        last = np.minimum(table.of("exit"), table.world_end)
        return last - table.of("entry") > 30

    def first_of_updates(table: Table) -> Bools:
        stage, enrollment = table["DataCollectionStage"], table["EnrollmentID"]
        after_start = np.zeros(len(stage), dtype=bool)
        after_start[1:] = (stage[:-1] == START) & (np.diff(enrollment) == 0)
        return (stage == UPDATE) & after_start

    def after_exit(column: str, days: int) -> Callable[[Table, Ints], None]:
        return lambda t, c: t.put(column, c, t.of("exit")[c] + days)

    return [
        _error("IncomeBenefits", "income_source_contradicts", "IncomeFromAnySource",
              lambda t: t["IncomeFromAnySource"] == YES, _no_income, 5),
        _error("IncomeBenefits", "income_total_wrong", "TotalMonthlyIncome",
              lambda t: t.given("TotalMonthlyIncome"),
              lambda t, c: t.put("TotalMonthlyIncome", c, t["TotalMonthlyIncome"][c] + 100), 5),
        _error("IncomeBenefits", "insurance_contradicts", "InsuranceFromAnySource",
              lambda t: t["InsuranceFromAnySource"] == NO,
              lambda t, c: t.put("InsuranceFromAnySource", c, YES), 4),
        _error("IncomeBenefits", "benefits_contradict", "BenefitsFromAnySource",
              lambda t: t["BenefitsFromAnySource"] == YES,
              lambda t, c: t.put("BenefitsFromAnySource", c, NO), 4),
        _error("HealthAndDV", "not_asked.HealthAndDV.WhenOccurred", "WhenOccurred",
              lambda t: t["DomesticViolenceSurvivor"] == NO, lambda t, c: t.put("WhenOccurred", c, 4), 4),
        _error("HealthAndDV", "start_record_date", "InformationDate",
              lambda t: (t["DataCollectionStage"] == START) & long_enough(t),
              lambda t, c: t.put("InformationDate", c, t["InformationDate"][c] + 6), 4),
        _error("HealthAndDV", "start_record_date", "InformationDate", first_of_updates,
              lambda t, c: t.put("DataCollectionStage", c, START), 1,
              (Broken("stage_twice", "DataCollectionStage", before=True),)),
        _error("Services", "bed_night_outside_stay", "DateProvided",
              lambda t: (t["RecordType"] == BED_NIGHT) & middle(t, "DateProvided"),
              after_exit("DateProvided", 0), 5, (Broken("exit_after_last_bed_night", "ExitDate", "Exit"),)),
        _error("Services", "service_outside_stay", "DateProvided",
              lambda t: ~np.isin(t["RecordType"], (BED_NIGHT, SSVF_MONEY)) & middle(t, "DateProvided")
              & (t.of("exit") + 6 <= t.world_end),
              after_exit("DateProvided", 6), 4),
        _error("Services", "assistance_ends_before_start", "FAEndDate", lambda t: t.given("FAEndDate"),
              lambda t, c: t.put("FAEndDate", c, t["FAStartDate"][c] - 3), 2),
        _error("Services", "money_unreadable", "FAAmount", lambda t: t.given("FAAmount"),
              lambda t, c: t.put_text("FAAmount", c, "350 or so"), 1),
        _error("CurrentLivingSituation", "contact_outside_stay", "InformationDate",
              lambda t: middle(t, "InformationDate") & (t.of("exit") + 9 <= t.world_end),
              after_exit("InformationDate", 9), 4),
        _error("Event", "referral_result_before_event", "ResultDate", lambda t: t.given("ResultDate"),
              lambda t, c: t.put("ResultDate", c, t["EventDate"][c] - 5), 4),
        _error("Assessment", "assessment_answers_missing", "AssessmentLocation",
              lambda t: t["AssessmentID"] > 0,
              lambda t, c: t.put("AssessmentLocation", c, None), 2),
    ]  # fmt: skip


def _no_income(table: Table, chosen: Ints) -> None:
    table.put("IncomeFromAnySource", chosen, NO)
    table.put("TotalMonthlyIncome", chosen, np.nan)


DATA_ERRORS: tuple[DataError, ...] = (*_client_errors(), *_enrollment_errors(), *_record_errors())


@dataclass(frozen=True, slots=True)
class DescriptorError:
    """One kind of error in a project descriptor file."""

    file: str
    check: str
    column: str
    fits: Callable[[dict[str, np.ndarray]], Bools]
    spoil: Callable[[dict[str, np.ndarray], np.ndarray], None]


def _put(column: str, value: object) -> Callable[[dict[str, np.ndarray], np.ndarray], None]:
    def spoil(columns: dict[str, np.ndarray], chosen: np.ndarray) -> None:
        columns[column][chosen] = value

    return spoil


def _add(column: str, value: int) -> Callable[[dict[str, np.ndarray], np.ndarray], None]:
    def spoil(columns: dict[str, np.ndarray], chosen: np.ndarray) -> None:
        columns[column][chosen] += value

    return spoil


def _is_federal(columns: dict[str, np.ndarray]) -> Bools:
    return ~np.isin(columns["Funder"], (34, 46))


DESCRIPTOR_ERRORS: tuple[DescriptorError, ...] = (
    DescriptorError("Funder", "grant_id_missing", "GrantID", _is_federal, _put("GrantID", None)),
    DescriptorError(
        "ProjectCoC", "geography_missing", "Geocode", lambda c: c["GeographyType"] > 0,
        _put("GeographyType", NOTHING),
    ),
    DescriptorError("Inventory", "beds_do_not_add_up", "BedInventory", lambda c: c["BedInventory"] > 3,
                   _add("OtherBedInventory", 2)),
)  # fmt: skip
# Columns in which a text may stand that is not of the declared type: the store keeps them as text.
TEXT_COLUMNS = frozenset(
    {"Client.DOB", "Client.YearEnteredService", "Enrollment.DateOfEngagement", "Services.FAAmount"}
)
