"""Enrollments that were moved here to the right person or project, and the next import of their old file."""

from pathlib import Path

import pytest
from django.test import Client as Browser

from hearth.hmis.access.context import acting
from hearth.hmis.access.models import User
from hearth.hmis.clients.models import Client
from hearth.hmis.enrollments.models import Enrollment, Exit
from hearth.hmis.organizations.models import Project, ProjectCoC
from tests import factories
from tests.hmis.enrollments.household.test_corrections import fix
from tests.hmis.exchange.exporting import read, run_export
from tests.hmis.exchange.importing import counted, finished
from tests.hmis.exchange.test_import_corrected import LATER, answer, upload
from tests.reporting.sources.exports import Export

pytestmark = pytest.mark.django_db(transaction=True)

EVERYTHING = {"deleted": True}


@pytest.fixture
def by() -> User:
    return factories.make_administrator()


@pytest.fixture
def export(by: User, tmp_path: Path) -> Export:
    """An export that is imported."""
    export = Export()
    finished(by, export.zip(tmp_path))
    return export


def stay(by: User, key: str) -> Enrollment:
    with acting(by):
        return Enrollment.objects.select_related("client", "project").get(hud_id=key)


def to_another_person(client: Browser, by: User) -> Client:
    """The second person was somebody else, who came before under another key."""
    with acting(by):
        right = factories.make_client(first_name="Right", last_name="Person")
    fix(client, by, stay(by, "E2"), "person", {"client": right.pk})
    return right


def to_another_project(client: Browser, by: User) -> Project:
    with acting(by):
        agency = Project.objects.get(hud_id="P1").organization
        there = factories.make_project(agency, project_name="Hill House", project_type=0)
        ProjectCoC.objects.create(**factories.record(project=there, coc_code="MN-500"))
    fix(client, by, stay(by, "E1"), "project", {"project": there.pk, "whole": "on"})
    return there


def test_the_old_file_asks_before_it_gives_it_to_the_wrong_person_again(
    client: Browser, by: User, export: Export, tmp_path: Path
) -> None:
    right = to_another_person(client, by)
    run = upload(client, export.zip(tmp_path))
    assert (run.state, run.parameters["question"]["changed"]) == ("asking", {"Enrollment": 1, "Exit": 1})
    run = answer(client, run, newer="keep")
    assert (run.state, stay(by, "E2").client_id) == ("finished", right.pk), run.message
    # Newer in the source: asked again, of it alone; then it is whose the source says.
    export.row("Enrollment", 1).update(LivingSituation=101, DateUpdated=LATER)
    run = upload(client, export.zip(tmp_path))
    assert (run.state, run.parameters["question"]["changed"]) == ("asking", {"Enrollment": 1})
    assert stay(by, "E2").client_id == right.pk
    run = answer(client, run, newer="take_back")
    assert (run.state, stay(by, "E2").client.hud_id) == ("finished", "C2"), run.message


def test_the_old_file_asks_before_it_gives_it_to_the_wrong_project_again(
    client: Browser, by: User, export: Export, tmp_path: Path
) -> None:
    there = to_another_project(client, by)
    export.tables["Exit"].append(  # the source knows more by now of the one who stays where they were put
        {**export.row("Exit"), "ExitID": "T1", "EnrollmentID": "E1", "PersonalID": "C1"}
    )
    run = upload(client, export.zip(tmp_path))
    assert (run.state, run.parameters["question"]["changed"]) == ("asking", {"Enrollment": 2, "Exit": 1})
    run = answer(client, run, newer="keep")
    assert run.state == "finished", run.message
    assert counted(run, "added") == {"Exit": 1}
    assert {stay(by, key).project_id for key in ("E1", "E2")} == {there.pk}
    with acting(by):
        assert {one.project_id for one in Exit.objects.all()} == {there.pk}
    run = upload(client, export.zip(tmp_path))
    assert run.state == "finished", run.message  # answered before
    assert {stay(by, key).project_id for key in ("E1", "E2")} == {there.pk}


def test_what_the_old_file_adds_to_a_moved_enrollment_goes_out_with_the_right_person(
    client: Browser, by: User, export: Export, tmp_path: Path
) -> None:
    right = to_another_person(client, by)
    export.tables["IncomeBenefits"].append({
        **{name: export.row("Exit")[name] for name in ("DateCreated", "DateUpdated", "UserID", "ExportID")},
        "IncomeBenefitsID": "I2", "EnrollmentID": "E2", "PersonalID": "C2", "InformationDate": "2025-11-02",
        "IncomeFromAnySource": 0, "BenefitsFromAnySource": 0, "InsuranceFromAnySource": 0,
        "DataCollectionStage": 1,
    })  # fmt: skip
    finished(by, export.zip(tmp_path), newer="keep")
    out = tmp_path / "out.zip"
    assert run_export(by, out, **EVERYTHING).state == "finished"
    tables = read(out)
    said = {
        file: {row["PersonalID"] for row in tables[file] if row["EnrollmentID"] == "E2"}
        for file in ("Enrollment", "Exit", "IncomeBenefits")
    }
    assert said == {file: {right.hud_id} for file in said}
