"""What a form asks: fields, their order, their gates, and what answers make of them."""

import pytest

from hearth.standards import load
from hearth.standards.form import Project, Question, questions

REGISTRY = load(2026)


def asked(
    kind: str, funders: str, stage: str, person: str, only: str | None = None, **answers: str | None
) -> dict[str, Question]:
    """Questions by their columns; answers by them, too, with `__` for a dot and `_8` for a bracket."""
    project = Project(kind, frozenset(filter(None, funders.split("+"))))
    known = {name.replace("__", ".").replace("_8", "[8]"): code for name, code in answers.items()}
    found = questions(REGISTRY, project, stage, person, known or None, only=only)
    assert len({one.name for one in found}) == len(found)
    return {one.name.partition(".")[2]: one for one in found}


def how(found: dict[str, Question], name: str) -> tuple[str, str]:
    return found[name].asked, found[name].condition


def test_the_order_is_the_manuals() -> None:
    found = questions(REGISTRY, Project("13", frozenset({"3", "43"})), "start", "hoh_adult")
    numbers = list(dict.fromkeys(one.element.number for one in found))
    assert numbers[:7] == ["3.08", "3.10", "3.15", "3.16", "3.917", "4.02", "4.03"]
    assert numbers.index("4.11") < numbers.index("C3") < numbers.index("R1")


def test_prior_living_situation_in_shelter_is_asked_to_the_end() -> None:
    found = asked("1", "8", "start", "adult")
    for name in ("LivingSituation", "LengthOfStay", "DateToStreetESSH", "TimesHomelessPastThreeYears"):
        assert how(found, name) == ("required", "")
    assert "LOSUnderThreshold" not in found
    assert "PreviousStreetESSH" not in found


def test_prior_living_situation_elsewhere_stops_where_the_answers_say() -> None:
    open_ = asked("13", "3", "start", "adult")
    assert how(open_, "LOSUnderThreshold")[0] == "conditional"
    assert how(open_, "PreviousStreetESSH") == ("conditional", "LOSUnderThreshold = 1")
    street = asked("13", "3", "start", "adult", Enrollment__LivingSituation="116")
    assert street["LOSUnderThreshold"].asked == street["PreviousStreetESSH"].asked == "hidden"
    assert street["DateToStreetESSH"].asked == "required"
    jail = {"Enrollment__LivingSituation": "207", "Enrollment__LOSUnderThreshold": "1"}
    assert asked("13", "3", "start", "adult", **jail)["DateToStreetESSH"].asked == "conditional"
    after = asked("13", "3", "start", "adult", **jail, Enrollment__PreviousStreetESSH="1")
    assert after["DateToStreetESSH"].asked == "required"
    stop = asked("13", "3", "start", "adult", **jail, Enrollment__PreviousStreetESSH="0")
    assert stop["DateToStreetESSH"].asked == "hidden"


def test_what_hangs_on_a_hidden_field_is_hidden() -> None:
    """An amount that was typed before somebody said that there is no income."""
    stale = asked(
        "3", "2", "start", "adult", IncomeBenefits__IncomeFromAnySource="0", IncomeBenefits__Earned="1"
    )
    assert stale["Earned"].asked == stale["EarnedAmount"].asked == "hidden"
    told = asked(
        "3", "2", "start", "adult", IncomeBenefits__IncomeFromAnySource="1", IncomeBenefits__Earned="1"
    )
    assert told["Earned"].asked == told["EarnedAmount"].asked == "required"


def test_hopwa_explains_every_insurance_that_somebody_has_not() -> None:
    assert how(asked("3", "2", "start", "child"), "Medicaid") == ("conditional", "InsuranceFromAnySource = 1")
    assert "NoMedicaidReason" not in asked("3", "2", "start", "child")
    hopwa = asked("3", "15", "start", "child")
    assert how(hopwa, "Medicaid") == ("conditional", "InsuranceFromAnySource IN (0, 1)")
    assert how(hopwa, "NoMedicaidReason") == ("conditional", "Medicaid = 0")
    assert how(asked("3", "2+15", "start", "child"), "Medicaid")[1] == "InsuranceFromAnySource IN (0, 1)"


def test_disabilities_are_asked_by_their_type() -> None:
    found = asked("3", "2", "start", "adult")
    assert how(found, "DisabilityResponse[5]") == ("required", "")
    assert how(found, "IndefiniteAndImpairs[5]") == ("conditional", "DisabilityResponse[5] = 1")
    assert how(found, "IndefiniteAndImpairs[10]") == ("conditional", "DisabilityResponse[10] IN (1, 2, 3)")
    assert "IndefiniteAndImpairs[6]" not in found
    assert "IndefiniteAndImpairs[8]" not in found


def test_hiv_opens_what_hopwa_asks() -> None:
    found = asked("3", "15", "annual", "child")
    assert "DisabilityResponse[8]" not in found, "not at the annual assessment: the latest answer counts"
    assert how(found, "TCellCountAvailable") == ("conditional", "DisabilityResponse[8] = 1")
    assert how(found, "TCellCount") == ("conditional", "TCellCountAvailable = 1")
    closed = asked("3", "15", "annual", "child", Disabilities__DisabilityResponse_8="99")
    assert closed["TCellCountAvailable"].asked == closed["TCellCount"].asked == "hidden"


def test_veterans() -> None:
    assert how(asked("13", "33", "record", "adult"), "MilitaryBranch") == ("conditional", "VeteranStatus = 1")
    assert "MilitaryBranch" not in asked("13", "33", "record", "hoh_child")
    assert how(asked("3", "20", "exit", "hoh_adult"), "CMExitReason") == ("required", "")
    assert how(asked("3", "20", "exit", "adult"), "CMExitReason") == ("conditional", "VeteranStatus = 1")
    civilian = asked("3", "20", "exit", "adult", Client__VeteranStatus="0")
    assert civilian["CMExitReason"].asked == "hidden"


def test_a_service_is_asked_without_what_its_kind_says() -> None:
    found = asked("13", "33", "occurrence", "adult", only="V2")
    assert "RecordType" not in found
    assert how(found, "SubTypeProvided")[1] == "TypeProvided IN (3, 4, 5)"
    assert "FAAmount" not in found
    assert how(asked("13", "33", "occurrence", "adult", only="V3"), "FAAmount") == ("required", "")
    assert list(asked("1", "", "occurrence", "child")) == ["DateProvided"]


def test_who_is_verifying_is_asked_in_coordinated_entry_alone() -> None:
    assert "VerifiedBy" in asked("14", "4", "occurrence", "adult")
    assert "VerifiedBy" not in asked("4", "4", "occurrence", "adult")


def test_minors_may_have_income_where_adults_must() -> None:
    assert how(asked("3", "2", "start", "child"), "IncomeFromAnySource") == ("optional", "")
    assert how(asked("3", "2", "start", "hoh_child"), "IncomeFromAnySource") == ("required", "")
    assert "IncomeFromAnySource" not in asked("3", "", "start", "child")


def test_a_middle_name_may_stay_blank() -> None:
    found = asked("3", "2", "record", "child")
    assert {name for name, one in found.items() if one.asked == "optional"} == {
        "MiddleName", "NameSuffix", "AdditionalRaceEthnicity",
    }  # fmt: skip


def test_a_question_says_why() -> None:
    one = asked("3", "2+43", "start", "adult")["IncomeFromAnySource"]
    assert [why.program for why in one.why] == ["HUD: CoC", "HUD: CoC YHDP"]
    path, _, line = str(one.why[0].at).partition(":")
    text = (REGISTRY.folder / path).read_text(encoding="utf-8").splitlines()[int(line) - 1]
    assert "program: 'HUD: CoC'," in text
    assert [reading.id for reading in one.why[0].disputed] == ["services_only"]


def test_a_retired_funding_source_is_asked_as_what_it_stood_for() -> None:
    assert list(asked("2", "47", "start", "adult")) == list(asked("2", "8", "start", "adult"))
    assert list(asked("3", "49", "start", "adult")) == list(asked("3", "2", "start", "adult"))
    assert list(asked("3", "12", "start", "adult")) == list(asked("3", "", "start", "adult"))


def test_nobody_else_is_asked() -> None:
    with pytest.raises(ValueError, match="There is no person veteran"):
        questions(REGISTRY, Project("3"), "start", "veteran")
    assert questions(load(2024), Project("3", frozenset({"2"})), "start", "adult") == ()
