"""A small invented CoC in the database, and the same as an export: what reports in tests are made of."""

import csv
import zipfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from hearth.hmis.access.context import acting
from hearth.hmis.access.models import User
from hearth.hmis.organizations.models import Organization, Project, ProjectCoC
from hearth.hmis.reports import job
from hearth.hmis.reports.models import ReportRun
from hearth.reporting.synthetic.generate import generate
from hearth.reporting.synthetic.world_settings import WorldSettings
from hearth.standards import load
from tests import factories
from tests.hmis.exchange.importing import finished

COC = "MN-500"
#: What `begin` makes, by its name among the worlds that are kept.
PLACE = "place"
TIME = {"coc": COC, "start": "2025-10-01", "end": "2026-09-30"}


@cache
def invented(folder: Path) -> Path:
    """The export, made once for a test run."""
    path = folder / "invented.zip"
    world_settings = WorldSettings(clients=150, seed=7, cocs=(COC,), errors=0.1)
    generate(world_settings, load(), path, version="0")
    return path


def fill(by: User, path: Path) -> None:
    """The same in the database."""
    finished(by, path, source="Invented")


def begin(path: Path) -> None:
    """The same in a database that is as new, imported by its administrator."""
    fill(factories.make_administrator(), path)


def its_administrator() -> User:
    """Of a world that `begin` made: its first user."""
    return User.objects.order_by("pk")[0]


def fill_projects(by: User, path: Path) -> None:
    """Its organizations and projects alone, with the CoC they operate in."""
    organizations = {}
    with acting(by), zipfile.ZipFile(path) as zipped:
        for row in _rows(zipped, "Organization"):
            organizations[row["OrganizationID"]] = factories.make_organization(
                hud_id=row["OrganizationID"], organization_name=row["OrganizationName"]
            )
        for row in _rows(zipped, "Project"):
            project = factories.make_project(
                organizations[row["OrganizationID"]],
                hud_id=row["ProjectID"],
                project_name=row["ProjectName"],
                project_type=int(row["ProjectType"]),
                continuum_project=int(row["ContinuumProject"]),
            )
            ProjectCoC.objects.create(**factories.record(project=project, coc_code=COC))


def _rows(zipped: zipfile.ZipFile, file: str) -> Iterator[dict[str, str]]:
    return csv.DictReader(zipped.read(f"{file}.csv").decode().splitlines())


def make_run(by: User, **fields: Any) -> ReportRun:
    """A run that has not begun."""
    asked = {**TIME, "projects": []} | fields.pop("parameters", {})
    return ReportRun.objects.create(
        created_by=by, report=fields.pop("report", "lsa_systemwide"), year=2026, parameters=asked, **fields
    )


def made(by: User, **fields: Any) -> ReportRun:
    """A run that is finished."""
    run = make_run(by, **fields)
    job.work(run.pk)
    run.refresh_from_db()
    assert run.state == "finished", run.message
    return run


def organization_with_people() -> tuple[Organization, list[Project]]:
    """The organization with the most projects that count in an LSA, and those projects."""
    projects = Project.objects.filter(continuum_project=1, project_type__in=(0, 1, 2, 3, 8, 13))
    by_organization: dict[int, list[Project]] = {}
    for project in projects.select_related("organization").order_by("pk"):
        by_organization.setdefault(project.organization_id, []).append(project)
    most = max(by_organization.values(), key=len)
    return most[0].organization, most
