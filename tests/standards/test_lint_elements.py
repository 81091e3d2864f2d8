"""A requirement that no program can evaluate is refused, with file, line and remedy."""

import shutil
from pathlib import Path

import pytest

from hearth.standards.document import StandardsError
from hearth.standards.lint_elements import lint_element, lint_readings
from hearth.standards.load import FOLDER, Registry, load
from hearth.standards.problem import Problem
from hearth.standards.read_elements import element_number


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the part of the registry that elements need, which a test may break."""
    for kind in ("files", "lists", "elements"):
        shutil.copytree(FOLDER / kind, tmp_path / kind)
    return tmp_path


def problems(folder: Path, path: str) -> list[Problem]:
    """What is wrong with the element of a file."""
    registry = Registry(2026, folder)
    try:
        return list(lint_element(registry, registry.element(element_number(path))))
    except StandardsError as error:
        return [Problem(error.at, error.problem, error.remedy)]


# file, text in it, what it becomes, the line's text that is named, words of the message, words of the remedy
BROKEN = [
    pytest.param(
        "4_11_domestic_violence.yaml", "program: 'HUD: CoC Builds'",
        "program: 'HUD: CoC Builds', condition: only permanent housing", "condition: only",
        "A requirement cannot be a sentence", "Say it with funders, project_types", id="only-a-sentence",
    ),
    pytest.param(
        "4_11_domestic_violence.yaml", "asked_of: head of household and adults",
        "asked_of: adults who fled", "asked_of: adults who fled",
        "'asked_of: adults who fled' is no group of persons", "Use one of", id="asked-of-a-sentence",
    ),
    pytest.param(
        "4_11_domestic_violence.yaml", "collected_at: [project start, update]",
        "collected_at: [at intake]", "collected_at: [at intake]",
        "'at intake' is not a stage", "Use some of", id="stage-in-words",
    ),
    pytest.param(
        "4_11_domestic_violence.yaml", "disputed: pay_for_success", "disputed: yes",
        "disputed: yes",
        "There is no reading 'yes'", "which reading holds and why", id="disputed-without-reading",
    ),
    pytest.param(
        "4_11_domestic_violence.yaml", "required_by:", "minors: yes\nrequired_by:", "minors: yes",
        "'minors: yes' is not known", "Write optional", id="minors",
    ),
    pytest.param(
        "4_11_domestic_violence.yaml", "program: 'HUD: CoC Builds'",
        "program: 'HUD: CoC Builds', required: not asked", "not asked",
        "'required: not asked' is not known", "Use yes or optional", id="not-asked",
    ),
    pytest.param(
        "4_19_coordinated_entry_assessment.yaml", "event: coordinated entry assessment\n", "",
        "element: 4.19",
        "collected at the occurrence point and has no 'event'", "Say under 'event'", id="no-event",
    ),
    pytest.param(
        "4_19_coordinated_entry_assessment.yaml", "event: coordinated entry assessment",
        "event: a good talk", "event: a good talk",
        "'event: a good talk' is not known", "Use one of", id="event",
    ),
    pytest.param(
        "4_19_coordinated_entry_assessment.yaml", "where: CEParticipation.AccessPoint = 1",
        "where: CEParticipation.Access = 1", "program: 'HUD: CoC'",
        "names CEParticipation.Access, which is neither a column nor a setting", "Write File.Column",
        id="where-column",
    ),
    pytest.param(
        "4_19_coordinated_entry_assessment.yaml", "where: CEParticipation.AccessPoint = 1",
        "where: it is an access point", "where: it is",
        "cannot be read", "Compare columns with codes", id="where-a-sentence",
    ),
    pytest.param(
        "2_07_bed_and_unit_inventory_information.yaml", "rrh_subtypes: [2]", "rrh_subtypes: [3]",
        "rrh_subtypes: [3]",
        "3 is not a subtype of rapid re-housing", "Use codes of list 2.02.A", id="subtype",
    ),
    pytest.param(
        "w5_housing_assessment_at_exit.yaml", "columns: [SubsidyInformation]",
        "columns: [SubsidyInfo]", "columns: [SubsidyInfo]",
        "'SubsidyInfo' is no column of the element W5", "Use some of", id="asks-column",
    ),
    pytest.param(
        "w5_housing_assessment_at_exit.yaml", "HousingAssessment IN (1, 2)",
        "Housing IN (1, 2)", "element: W5",
        "Exit.Housing is no column", "Name a column of the same row", id="asks-if-column",
    ),
    pytest.param(
        "w5_housing_assessment_at_exit.yaml", "HousingAssessment IN (1, 2)",
        "HousingAssessment IN (1, 77)", "element: W5",
        "77 is no code of Exit.HousingAssessment", "Use a code of list W5.1", id="asks-if-code",
    ),
    pytest.param(
        "3_08_disabling_condition.yaml", "DisabilityResponse[6] = 1", "DisabilityResponse[6] = 77",
        "element: 3.08",
        "77 is no code of Disabilities.DisabilityResponse", "Use a code of list", id="yes-from-code",
    ),
    pytest.param(
        "3_08_disabling_condition.yaml", "DisabilityResponse[6] = 1", "DisabilityAnswer[6] = 1",
        "element: 3.08",
        "Disabilities.DisabilityAnswer[6] is no column", "or File.Column", id="yes-from-column",
    ),
    pytest.param(
        "3_08_disabling_condition.yaml", "DisabilityResponse[6] = 1", "DisabilityResponse[6] is a yes",
        "yes_from:",
        "cannot be read", "Compare columns with codes", id="yes-from-a-sentence",
    ),
    pytest.param(
        "4_02_income_and_sources.yaml", "- EarnedAmount", "- Earned", "element: 4.02",
        "is the sum of IncomeBenefits.Earned, which is no column of its type", "Name columns of amounts",
        id="total-of",
    ),
    pytest.param(
        "3_917_prior_living_situation.yaml", "same_for_all: [LivingSituation,",
        "same_for_all: [LivingPlace,", "same_for_all:",
        "'LivingPlace' is no field of the element", "Use all, or some of", id="same-for-all",
    ),
    pytest.param(
        "4_11_domestic_violence.yaml", "required_by:", "same_for_all: all\nrequired_by:", "element: 4.11",
        "is sensitive, and is asked of each alone", "Take it away from 'same_for_all'", id="same-sensitive",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("path", "old", "new", "named", "message", "remedy"), BROKEN)
def test_each_break_is_found(
    folder: Path, path: str, old: str, new: str, named: str, message: str, remedy: str
) -> None:
    file = folder / "elements" / path
    text = file.read_text(encoding="utf-8")
    assert old in text
    assert problems(FOLDER, path) == []
    broken = text.replace(old, new, 1)
    file.write_text(broken, encoding="utf-8")

    found = [problem for problem in problems(folder, path) if message in problem.text]

    assert found, [str(problem) for problem in problems(folder, path)]
    assert remedy in found[0].remedy
    assert found[0].at.path == f"elements/{path}"
    assert named in broken.splitlines()[found[0].at.line - 1]


def test_a_reading_that_nothing_names_is_refused(folder: Path) -> None:
    file = folder / "elements/_readings.yaml"
    with file.open("a", encoding="utf-8") as stream:
        stream.write("left_over:\n  differs: One text says so.\n  holds: The other.\n")
    (problem,) = lint_readings(folder)
    load.cache_clear()
    assert "names the reading left_over" in problem.text
    assert "Write 'disputed: left_over'" in problem.remedy


def test_a_reading_says_what_differs_and_what_holds(folder: Path) -> None:
    file = folder / "elements/_readings.yaml"
    file.write_text("engagement:\n  differs: Two texts differ.\n", encoding="utf-8")
    (problem,) = problems(folder, "4_13_date_of_engagement.yaml")
    assert "'holds' is missing" in problem.text
