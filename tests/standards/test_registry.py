"""What the rest of the project relies on."""

import dataclasses

import pytest

from hearth.standards import Column, load
from hearth.standards.model import element_numbers


def test_a_column_knows_its_facts() -> None:
    column = load(2026).column("Client.SSN")
    assert (column.type, column.max_length, column.hud_type) == ("S", 9, "S9")
    assert column.nullable
    assert column.hashed
    assert column.hashed_as == "S68"
    assert column.privacy == "ssn"
    assert load(2026).column("Services.FAAmount").signed
    assert not load(2026).column("IncomeBenefits.EarnedAmount").signed
    assert load(2026).column("Client.PersonalID").is_key
    assert load(2026).column("Exit.EnrollmentID").references == "Enrollment.EnrollmentID"


def test_labels_are_words() -> None:
    registry = load(2026)
    assert registry.column("Client.DOB").label == "Date of birth"
    assert registry.column("Enrollment.DateOfEngagement").label == "Date of engagement"
    assert registry.column("Exit.ExitID").label == "Exit ID"
    assert load(2022).column("Enrollment.LastPermanentZIP").label == "Last permanent ZIP"
    for file in registry.files.values():
        labels = [column.label for column in file.columns]
        assert len(set(labels)) == len(labels), file.name


def test_the_list_of_a_row() -> None:
    typed = load(2026).column("Services.TypeProvided")
    assert typed.list is None
    assert typed.list_for({"RecordType": 144}) == "V2.2"
    assert typed.list_for({"RecordType": None}) is None
    response = load(2026).column("Disabilities.DisabilityResponse")
    assert response.list_for({"DisabilityType": "10"}) == "4.10.2"
    assert response.list_for({"DisabilityType": "5"}) == "1.8"


def test_codes_and_labels() -> None:
    sources = load(2026).list("2.06.1")
    assert "47" in sources.codes()
    assert "47" not in sources.codes(offered=True)
    assert sources.label(56) == "HUD: CoC Builds"
    assert 56 in sources
    assert "6" not in load(2026).list("5.03.1").codes()
    with pytest.raises(KeyError, match="has no code 998"):
        sources.label(998)


def test_years_in_between_use_the_standards_before_them() -> None:
    assert load(2025).year == 2024
    assert load(2027).year == 2026
    with pytest.raises(ValueError, match="earliest are FY2022"):
        load(2020)


def test_what_is_missing_is_said_with_its_year() -> None:
    for ask in (load(2022).file, load(2022).element, load(2022).list, load(2022).check):
        with pytest.raises(KeyError, match="FY2022 has no"):
            ask("HMISParticipation")
    with pytest.raises(KeyError, match=r"Exit\.csv has no column Destinaton; the nearest is Destination"):
        load(2026).column("Exit.Destinaton")


def test_a_renamed_column_keeps_its_place() -> None:
    assert load(2022).column("HealthAndDV.DomesticViolenceVictim").position == 5
    now = load(2026).column("HealthAndDV.DomesticViolenceSurvivor")
    assert now.position == 5
    assert now.earlier_names == {2022: "DomesticViolenceVictim"}


def test_definitions_cannot_be_changed() -> None:
    column = load(2026).column("Exit.ExitDate")
    with pytest.raises(dataclasses.FrozenInstanceError):
        column.name = "Other"  # type: ignore[misc]
    with pytest.raises(TypeError):
        load(2026).files["Exit"] = None  # type: ignore[index]
    assert isinstance(column, Column)


def test_a_requirement_knows_its_projects() -> None:
    element = load(2026).element("4.11")
    assert [r.program for r in element.requirements_for("13", ["33"])] == ["VA: SSVF"]
    assert not element.requirements_for("14", ["2"])
    assert element.requirements_for("3", ["2"])


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("4.11.A", ("4.11",)),
        ("3.917.2A & 2B", ("3.917",)),
        ("V2.D & V8.A", ("V2", "V8")),
        ("4.05-4.07, W4", ("4.05", "4.06", "4.07", "W4")),
        ("R15-R17", ("R15", "R16", "R17")),
        ("4.05.2-4.06.2", ("4.05", "4.06")),
        ("C2 date", ("C2",)),
        ("(CSV)", ()),
    ],
)
def test_element_numbers(text: str, numbers: tuple[str, ...]) -> None:
    assert element_numbers(text) == numbers
