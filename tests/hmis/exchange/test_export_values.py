"""Values go out in HUD's form, whatever they came in; what could not be read goes out blank and is said."""

import zipfile
from datetime import date
from pathlib import Path

import pytest

from hearth.hmis.access.context import acting
from hearth.hmis.access.models import User
from hearth.hmis.clients.models import Client
from hearth.hmis.enrollments.models import Enrollment, Exit
from hearth.reporting.sources.dates import DELETED_AT_SOME_TIME
from tests.factories import make_administrator
from tests.reference_data import reference_case
from tests.reporting.sources.exports import STAMP, Export

from .exporting import export, read, run_export
from .importing import finished

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def by() -> User:
    return make_administrator()


def income() -> dict[str, object]:
    return {"IncomeBenefitsID": "I1", "EnrollmentID": "E1", "PersonalID": "C1",
            "InformationDate": "11/2/2025", "IncomeFromAnySource": "1.0", "TotalMonthlyIncome": '"1,600"',
            "Earned": " 1", "EarnedAmount": "$600.5", "DataCollectionStage": 1, "DateCreated": STAMP,
            "DateUpdated": STAMP, "UserID": "U1", "ExportID": "X1"}  # fmt: skip


def test_what_was_read_goes_out_in_hud_s_form(by: User, tmp_path: Path) -> None:
    source = Export()
    source.row("Enrollment")["EntryDate"] = "2025-11-02 00:00:00"
    source.row("Enrollment")["DateUpdated"] = "11/30/2025 9:05 PM"
    source.row("Client")["DOB"] = "17-MAY-90"
    source.tables["IncomeBenefits"] = [
        income(),
        {**income(), "IncomeBenefitsID": "I2", "InformationDate": "11/20/2025"},
    ]
    finished(by, source.zip(tmp_path))
    run = run_export(by, tmp_path / "out.zip")
    assert "could not be read" not in run.message.lower()
    tables = read(tmp_path / "out.zip")
    enrollment = next(row for row in tables["Enrollment"] if row["EnrollmentID"] == "E1")
    assert (enrollment["EntryDate"], enrollment["DateUpdated"]) == ("2025-11-02", "2025-11-30 21:05:00")
    assert {row["DOB"] for row in tables["Client"]} == {"1990-05-17"}
    first = next(row for row in tables["IncomeBenefits"] if row["IncomeBenefitsID"] == "I1")
    said = [
        first[c]
        for c in ("InformationDate", "IncomeFromAnySource", "TotalMonthlyIncome", "Earned", "EarnedAmount")
    ]
    assert said == ["2025-11-02", "1", "1600.00", "1", "600.50"]
    # The original stays in the database.
    with acting(by):
        assert Client.objects.get(hud_id="C1").as_it_came == {"DOB": "17-MAY-90"}


def test_what_could_not_be_read_goes_out_blank_and_is_said(by: User, tmp_path: Path) -> None:
    source = Export()
    source.row("Exit")["ExitDate"] = "11/3/2025"  # or March 11
    source.row("Enrollment")["RelationshipToHoH"] = "1.5"
    source.row("Client")["DOB"] = "spring"
    finished(by, source.zip(tmp_path))
    run = run_export(by, tmp_path / "out.zip")
    tables = read(tmp_path / "out.zip")
    assert [row["ExitDate"] for row in tables["Exit"]] == [""]
    assert sorted(row["RelationshipToHoH"] for row in tables["Enrollment"]) == ["", "2"]
    assert sorted(row["DOB"] for row in tables["Client"]) == ["", "1990-05-17"]
    for cell in ("Exit.ExitDate", "Enrollment.RelationshipToHoH", "Client.DOB"):
        assert f"1 cell of {cell}" in run.message
    assert run.parameters["left_out"]["unread"]["Exit.ExitDate"] == 1
    with acting(by):
        assert Exit.objects.get().as_it_came == {"ExitDate": "11/3/2025"}


@pytest.mark.parametrize("text", ["yes", "3/4/2026"])
def test_a_record_deleted_at_some_time_stays_deleted(by: User, tmp_path: Path, text: str) -> None:
    source = Export()
    source.row("Exit")["DateDeleted"] = text
    finished(by, source.zip(tmp_path))
    with acting(by):
        assert Exit.objects.get().date_deleted is not None
    assert export(by, tmp_path / "live.zip")["Exit"] == []
    run = run_export(by, tmp_path / "all.zip", deleted=True)
    assert [row["DateDeleted"] for row in read(tmp_path / "all.zip")["Exit"]] == [DELETED_AT_SOME_TIME]
    assert f"1 deleted record went out with {DELETED_AT_SOME_TIME}" in run.message


def test_a_line_break_is_quoted(by: User, tmp_path: Path) -> None:
    finished(by, Export().zip(tmp_path))
    with acting(by):
        Client.objects.filter(hud_id="C1").update(first_name="Una\r\nMay", last_name='O"Neil\nx')
    tables = export(by, tmp_path / "out.zip")
    row = next(row for row in tables["Client"] if row["PersonalID"] == "C1")
    assert (row["FirstName"], row["LastName"]) == ("Una\r\nMay", 'O"Neil\nx')
    with zipfile.ZipFile(tmp_path / "out.zip") as zipped:
        assert b'"Una\r\nMay"' in zipped.read("Client.csv")


def test_a_padded_identifier_is_the_identifier(by: User, tmp_path: Path) -> None:
    source = Export()
    source.row("Enrollment", 1)["PersonalID"] = " C2 "
    source.row("Enrollment", 1)["EnrollmentCoC"] = "MN-500 "
    finished(by, source.zip(tmp_path))
    with acting(by):
        stay = Enrollment.objects.select_related("client").get(hud_id="E2")
    assert (stay.client.hud_id, stay.enrollment_coc, stay.as_it_came) == ("C2", "MN-500", None)


def test_the_case_of_money_and_times(by: User, tmp_path: Path) -> None:
    finished(by, reference_case("export_writes_wrong_forms/money_and_times"))
    tables = export(
        by, tmp_path / "out.zip", cocs=("ZZ-780",), start=date(2026, 1, 1), end=date(2026, 12, 31)
    )
    assert [row["EntryDate"] for row in tables["Enrollment"]] == ["2026-01-05"]
    (row,) = tables["IncomeBenefits"]
    assert (row["TotalMonthlyIncome"], row["EarnedAmount"]) == ("600.00", "600.00")


def test_the_case_of_exit_dates(by: User, tmp_path: Path) -> None:
    finished(by, reference_case("export_writes_wrong_forms/us_dates_exit"))
    run = run_export(by, tmp_path / "out.zip")
    assert {row["ExitDate"] for row in read(tmp_path / "out.zip")["Exit"]} == {""}
    assert "2 cells of Exit.ExitDate" in run.message


@pytest.mark.parametrize(
    ("case", "check"),
    [
        ("rows_of_commas/comma_lines", None),
        ("renamed_column/hispanicLatinaeo", "column_renamed"),
        ("mixed_encoding/cp1252_mixed", "not_utf8_throughout"),
    ],
)
def test_the_cases_are_imported(by: User, case: str, check: str | None) -> None:
    run = finished(by, reference_case(case))
    found = {one["check"]: one["severity"] for one in run.findings_summary}
    assert check is None or found[check] == "warning"
    assert not {"key_blank", "reference_missing", "characters_damaged", "column_missing"} & set(found)
    with acting(by):
        names = {f"{one.first_name} {one.last_name}" for one in Client.objects.all()}
    assert ("encoding" in case) == any("O’Brien" in name for name in names)
