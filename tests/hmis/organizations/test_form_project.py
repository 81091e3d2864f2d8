"""`hearth standards form NUMBER`: a project of the database, as it is on a day."""

from datetime import date

import pytest
from typer.testing import CliRunner

from hearth.cli import app
from hearth.hmis.access import command_line
from hearth.hmis.access.models import User
from hearth.hmis.organizations.form_project import form_project
from hearth.hmis.organizations.models import CEParticipation, Funder
from tests.factories import make_project, record

RUN = CliRunner(env={"COLUMNS": "160"})


@pytest.fixture(autouse=True)
def prepared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command_line, "prepare", lambda: None)


def said(*arguments: object) -> str:
    result = RUN.invoke(app, ["standards", "form", *map(str, arguments)])
    return " ".join((result.output + str(result.exception or "")).split())


def test_type_subtype_and_what_runs_on_the_day(as_administrator: User) -> None:
    project = make_project(project_type=13, rrh_sub_type=2)
    for funder, first, last in (
        (3, date(2025, 1, 1), date(2025, 12, 31)),
        (10, date(2026, 1, 1), None),
        (33, None, date(2025, 12, 30)),
    ):
        Funder.objects.create(project=project, **record(funder=funder, start_date=first, end_date=last))
    Funder.objects.create(
        project=project, **record(funder=43, start_date=date(2020, 1, 1), date_deleted="2025-01-01T00:00:00Z")
    )
    last_day = form_project(project, date(2025, 12, 31))
    assert (last_day.project_type, last_day.rrh_subtypes) == ("13", {"2"})
    assert last_day.funders == {"3"}
    assert form_project(project, date(2026, 1, 1)).funders == {"10"}
    assert form_project(project, date(2025, 12, 30)).funders == {"3", "33"}
    assert last_day.facts == {
        "Project.ContinuumProject": "1", "CEParticipation.AccessPoint": "0", "Funder.OtherFunder": None,
    }  # fmt: skip


def test_an_access_point_is_one_while_it_takes_part(as_administrator: User) -> None:
    project = make_project(project_type=6)
    CEParticipation.objects.create(
        project=project,
        **record(
            access_point=1,
            ce_participation_status_start_date=date(2026, 1, 1),
            ce_participation_status_end_date=date(2026, 6, 30),
        ),
    )
    points = {
        day: form_project(project, day).facts["CEParticipation.AccessPoint"]
        for day in (date(2025, 12, 31), date(2026, 1, 1), date(2026, 6, 30), date(2026, 7, 1))
    }
    assert list(points.values()) == ["0", "1", "1", "0"]


def test_the_command_asks_what_the_project_must(as_administrator: User) -> None:
    project = make_project(project_type=3)
    Funder.objects.create(project=project, **record(funder=20, start_date=date(2025, 1, 1)))
    person = ("--stage", "exit", "--person", "hoh_adult")
    assert "Exit.CMExitReason required" in said(project.pk, *person)
    assert "is known from 2025-10-01" in said(project.pk, *person, "--on", "2024-12-31")
    assert "There is no project 999999" in said(999999, *person)
    assert "leave out --type" in said(project.pk, *person, "--type", 3)
    assert "Say also --person" in said(project.pk, "--stage", "exit")
    untyped = make_project(project_type=None)
    assert f"Project {untyped.pk} has no project type" in said(untyped.pk, *person)
