"""`hearth organization list` tells the numbers that `hearth user add` asks for."""

import pytest
from typer.testing import CliRunner

from hearth.hmis.access import command_line
from hearth.hmis.access.models import User
from hearth.hmis.organizations.cli import organization
from tests.factories import make_organization, make_project

RUN = CliRunner(env={"COLUMNS": "160"})


@pytest.fixture(autouse=True)
def prepared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command_line, "prepare", lambda: None)


def test_numbers_names_and_projects(as_administrator: User) -> None:
    here = make_organization(organization_name="Harbor House")
    make_project(here)
    gone = make_organization(organization_name="Closed", date_deleted="2026-01-01T00:00:00Z")
    said = RUN.invoke(organization, ["list"])
    assert said.exit_code == 0, said.output
    (line,) = [line for line in said.output.splitlines() if "Harbor House" in line]
    assert line.split()[0] == str(here.pk)
    assert " 1 " in line
    assert gone.organization_name not in said.output


def test_none_yet(as_administrator: User) -> None:
    assert "first import" in RUN.invoke(organization, ["list"]).output
