"""The form of the standards' questions: whatever a project asks finds a record to stand in."""

import itertools

import pytest

from hearth.hmis.enrollments.models.base import EnrollmentRecord
from hearth.hmis.hud.names import python_name
from hearth.hmis.hud.questions import QuestionForm
from hearth.hmis.hud.records import model_of
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
