"""What must hold of the database for every report of the registry in each scope, and for that of the guide.

Beside what `tests/reporting/reports/test_standing.py` says of an input of any kind.
"""

from collections.abc import Callable
from pathlib import Path

import pytest

from hearth.hmis.access.context import acting
from hearth.hmis.enrollments.models import Enrollment
from hearth.hmis.organizations.models import Organization, Project
from hearth.hmis.reports import records
from hearth.hmis.reports.snapshot import refreshed
from hearth.reporting.making import How, make
from tests import factories
from tests.hmis.reports.world import begin
from tests.reporting.reports.lsa.random_world import random_world
from tests.reporting.reports.lsa.test_deleted import EXPORTED
from tests.reporting.reports.lsa.world import REGISTRY, Row, Rows
from tests.reporting.reports.test_standing import Asked, asked, files
from tests.reporting.sources.exports import csv_bytes, write_zip

__all__ = ["asked"]

pytestmark = pytest.mark.django_db(transaction=True)

OTHER = "Second"


@pytest.fixture(scope="module")
def rows() -> Rows:
    """A world of two organizations, each with some of the projects. No file has a key twice, as an import
    wants it: a record's deleted double goes."""
    found = {
        file: list({row[REGISTRY.file(file).key]: row for row in sorted(some, key=_live)}.values())
        for file, some in random_world(11, 16).items()
    }
    first = next(row for row in found["Organization"] if row["OrganizationID"] == "O1")
    moved = {
        row["ProjectID"]: OTHER
        for row in found["Project"][::2]
        if row["OrganizationID"] == first["OrganizationID"]
    }
    return found | {
        "Organization": [*found["Organization"], first | {"OrganizationID": OTHER}],
        "Project": [
            row | {"OrganizationID": moved.get(row["ProjectID"], row["OrganizationID"])}
            for row in found["Project"]
        ],
    }


def _live(row: Row) -> bool:
    return row.get("DateDeleted") is None


def export(rows: Rows, path: Path) -> Path:
    whole = rows | {"Export": [dict(EXPORTED)]}
    return write_zip(path, {f"{file}.csv": csv_bytes(file, whole[file]) for file in REGISTRY.files})


@pytest.fixture(scope="module")
def source(rows: Rows, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return export(rows, tmp_path_factory.mktemp("standing") / "export.zip")


@pytest.fixture
def state(kept_world: Callable[[str, Callable[[], object]], None], source: Path) -> Path:
    """The same in the database, as reports read it."""
    kept_world("standing", lambda: begin(source))
    return refreshed()


def test_the_export_and_the_database_give_the_same_report(
    asked: Asked, source: Path, state: Path, tmp_path: Path
) -> None:
    how = How("0", keep=True)
    for name, path in (("export", source), ("database", state)):
        make(asked.report, path, asked.parameters(), tmp_path / name, how)
    assert files(tmp_path / "database") == files(tmp_path / "export")


def test_a_report_is_made_as_if_nothing_outside_the_rights_of_who_asks_were_there(
    asked: Asked, rows: Rows, source: Path, state: Path, tmp_path: Path
) -> None:
    user = factories.make_hmis_user(Organization.objects.get(hud_id=OTHER))
    with acting(user):
        seen = set(Enrollment.objects.restrict(user).values_list("hud_id", flat=True))
        narrow = records.narrowing(user, asked.report.registry)
        # Names that are confidential to this user are not in what they may see.
        names = dict(Organization.objects.values_list("hud_id", "organization_name"))
        called = dict(Project.objects.values_list("hud_id", "project_name"))
        common = dict(Project.objects.values_list("hud_id", "project_common_name"))
    assert narrow is not None
    there = {row["EnrollmentID"] for row in rows["Enrollment"]}
    assert seen and seen < there
    own = {
        file: [row for row in some if "EnrollmentID" not in row or row["EnrollmentID"] in seen]
        for file, some in rows.items()
    }
    own["Organization"] = [
        row | {"OrganizationName": names[row["OrganizationID"]]} for row in own["Organization"]
    ]
    own["Project"] = [
        row | {"ProjectName": called[row["ProjectID"]], "ProjectCommonName": common[row["ProjectID"]]}
        for row in own["Project"]
    ]
    made = {
        "whole": make(asked.report, source, asked.parameters(), tmp_path / "whole", How("0")),
        "own": make(
            asked.report, export(own, tmp_path / "own.zip"), asked.parameters(), tmp_path / "own", How("0")
        ),
        "narrowed": make(
            asked.report, state, asked.parameters(), tmp_path / "narrowed", How("0", narrow=narrow)
        ),
    }
    assert files(made["narrowed"].folder) == files(made["own"].folder)
    assert files(made["narrowed"].folder) != files(made["whole"].folder)
