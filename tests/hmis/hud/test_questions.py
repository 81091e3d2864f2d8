"""The form of the standards' questions: whatever a project asks finds a record to stand in."""

import itertools
import re
from decimal import Decimal

import pytest
from django.template.loader import render_to_string

from hearth.hmis.enrollments.models.base import EnrollmentRecord
from hearth.hmis.hud.names import python_name
from hearth.hmis.hud.questions import QuestionForm
from hearth.hmis.hud.records import model_of
from hearth.hmis.ui.forms import Together
from hearth.standards import load
from hearth.standards.form import Project
from hearth.standards.load import MODEL_YEAR

TYPES = [one.code for one in load(MODEL_YEAR).list("2.02.6").options if one.status == "current"]
FUNDERS = frozenset(one.code for one in load(MODEL_YEAR).list("2.06.1").options if one.status == "current")
PERSONS = ("hoh_adult", "child")


@pytest.mark.parametrize(("stage", "kind"), itertools.product(("start", "exit"), TYPES))
def test_every_answer_has_a_record_and_a_field(stage: str, kind: str) -> None:
    """Of a project with every funding source there is, answered and not."""
    project = Project(kind, FUNDERS, frozenset({"1", "2"}))
    for person in PERSONS:
        for typed in ({}, {"Disabilities-DisabilityResponse-8": "1"}):
            form = QuestionForm(typed, project=project, stage=stage, person=person)
            assert form.is_valid(), form.errors.as_json()
            assert form.questions
            assert [one for section in form.sections for one in section.fields]
            for name, values in form.answered.records.items():
                file, _, row = name.partition("[")
                model = model_of(file)
                fields = {field.name for field in model._meta.get_fields()}
                assert {python_name(column) for column in values} <= fields, name
                if file == "Disabilities":
                    assert int(row.removesuffix("]")) in range(5, 11)
                elif file != "Enrollment":
                    assert issubclass(model, EnrollmentRecord), name
                else:
                    assert stage == "start", f"{values} would be lost at the exit"


# ------------------------------------------------------------------ several people on one page

RRH = Project("13", frozenset({"3"}), frozenset({"2"}))


def family(typed: dict[str, str] | None = None) -> list[QuestionForm]:
    """A head, an adult and a child of one page."""
    made = []
    for prefix, person in (("c11", "hoh_adult"), ("c12", "adult"), ("c13", "child")):
        form = QuestionForm(
            typed, project=RRH, stage="start", person=person, prefix=prefix,
            known={"Client.VeteranStatus": "0"},
        )  # fmt: skip
        form.of_whom = prefix
        made.append(form)
    return made


def test_the_questions_of_several_people_have_names_and_ids_of_their_own() -> None:
    page = "".join(render_to_string("enrollments/parts/sections.html", {"form": form}) for form in family({}))
    ids = re.findall(r'\sid="([^"]+)"', page)
    assert len(ids) == len(set(ids)) > 300
    for target in re.findall(r'\s(?:for|aria-describedby|aria-controls)="([^"]+)"', page):
        assert set(target.split()) <= set(ids), target


def test_a_gate_hangs_on_the_answers_of_the_same_person() -> None:
    for form in family():
        names = {form.add_prefix(name) for name in form.fields} | {name for name, _ in form.known_inputs}
        gates = [field.gate for field in form.fields.values() if getattr(field, "gate", "")]
        inputs = {name for gate in gates for name in re.findall(r'"input": "([^"]+)"', gate)}
        assert inputs
        assert inputs <= names


def test_one_persons_answers_are_not_anothers() -> None:
    typed = {
        "c11-IncomeBenefits-IncomeFromAnySource": "1", "c11-IncomeBenefits-EarnedAmount": "10",
        "c11-IncomeBenefits-Earned": "on", "c12-IncomeBenefits-IncomeFromAnySource": "0",
        "IncomeBenefits-IncomeFromAnySource": "1",
    }  # fmt: skip
    head, adult, child = family(typed)
    assert Together(head, adult, child).is_valid()
    said = [one.answered.records["IncomeBenefits"] for one in (head, adult, child)]
    assert [one.get("IncomeFromAnySource") for one in said] == [1, 0, None]
    assert [one.get("TotalMonthlyIncome") for one in said] == [Decimal(10), None, None]
    assert [one.state[0] for one in (head, adult, child)] == [2, 1, 0]  # whether, and how much
    assert head.state[1] == len(head.answered.due)


def test_what_is_due_before_anything_is_typed_is_due_when_nothing_was() -> None:
    assert [one.state for one in family()] == [one.state for one in family({})]


def test_the_list_of_errors_names_the_person() -> None:
    head, adult, child = family({"c12-IncomeBenefits-IncomeFromAnySource": "7"})
    together = Together(head, adult, child)
    assert not together.is_valid()
    said = render_to_string("ui/forms/error_summary.html", {"form": together})
    assert 'href="#id_c12-IncomeBenefits-IncomeFromAnySource"' in said
    assert ">c12, " in said
    assert "There is a problem" in said


def test_a_row_in_which_nothing_had_to_be_asked_and_nothing_was_is_none() -> None:
    """HUD-VASH may ask about HIV (4.08): whoever does not has no row of Disabilities without an answer."""
    vash = Project("13", frozenset({"20"}), frozenset({"2"}))
    for typed, stored in (({}, None), ({"Disabilities-DisabilityResponse-8": "0"}, 0)):
        form = QuestionForm(typed, project=vash, stage="start", person="hoh_adult")
        assert form.is_valid()
        assert "Disabilities.DisabilityResponse[8]" in {one.name for one in form.questions}
        assert form.answered.records.get("Disabilities[8]", {}).get("DisabilityResponse") == stored
        assert ("Disabilities[8]" in form.answered.records) is (stored is not None)


def test_the_total_of_the_amounts_stands_under_them() -> None:
    """As it is stored: of the sources that are ticked, whatever stands in the others."""
    typed = {
        "c11-IncomeBenefits-IncomeFromAnySource": "1", "c11-IncomeBenefits-Earned": "on",
        "c11-IncomeBenefits-EarnedAmount": "$1,077.40", "c11-IncomeBenefits-SSIAmount": "50",
        "c11-IncomeBenefits-TANF": "on", "c11-IncomeBenefits-TANFAmount": "1e3",
    }  # fmt: skip
    for said, total in ((typed, "$1,077.40"), ({}, "$0.00")):
        head = family(said)[0]
        shown = [one.total for one in head.sections if one.total is not None]
        assert [one.amount for one in shown] == [total]
    assert not family(typed)[0].is_valid()
    del typed["c11-IncomeBenefits-TANF"]  # its amount is closed, and wrong all the same
    assert not family(typed)[0].is_valid()
    del typed["c11-IncomeBenefits-TANFAmount"]
    head = family(typed)[0]
    assert head.is_valid(), head.errors
    assert head.answered.dropped == 1
    assert head.answered.records["IncomeBenefits"]["TotalMonthlyIncome"] == Decimal("1077.40")
