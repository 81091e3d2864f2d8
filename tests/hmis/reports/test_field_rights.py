"""Reports and the people behind their numbers know no field that their maker may not see."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.test import Client as Visitor
from django.urls import reverse
from django.utils import timezone

from hearth.hmis.access import field_rights
from hearth.hmis.access.context import acting
from hearth.hmis.access.models import User
from hearth.hmis.access.permissions import Permission
from hearth.hmis.clients.models import Client
from hearth.hmis.jobs.rights import may_open, rights_of
from hearth.hmis.organizations.actions import set_confidential_name
from hearth.hmis.organizations.models import Organization, Project
from hearth.hmis.reports.models import ReportRun
from hearth.hmis.reports.records import withheld_values
from hearth.hmis.reports.request import projects_in
from hearth.reporting import engine
from hearth.reporting.engine import text
from hearth.reporting.runtime.inputs import without_values
from tests import factories
from tests.hmis.downloads import about_of, csv_of, taken
from tests.hmis.reports.world import made

pytestmark = pytest.mark.django_db(transaction=True)
RIGHTS = [one.permission for one in field_rights.field_rights()]


@pytest.fixture
def without(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    def take(*permissions: Permission) -> None:
        factories.take_rights(monkeypatch, *permissions)

    return take


def worker(place: User) -> User:
    """A user of all organizations of the invented CoC."""
    with acting(place):
        return factories.make_hmis_user(*Organization.objects.all())


def anew(user: User) -> User:
    return User.objects.get(pk=user.pk)


def test_a_report_is_made_without_what_its_maker_may_not_see(
    place: User, settings: Any, without: Any
) -> None:
    user = worker(place)
    without(*RIGHTS)
    with acting(place):
        projects = projects_in(user, ["MN-500"])
        chosen = [one.pk for one in projects]
    run = made(anew(user), report="lsa_project", parameters={"projects": chosen})
    assert run.state == "finished", run.message
    assert run.parameters["made_with"]["withheld"] == sorted(RIGHTS)
    assert "Your role does not show: names; " in run.result["notes"][0]
    with acting(place):
        # Days before all entries, which are told of course.
        born = {one.dob for one in Client.objects.all() if one.dob and one.dob < date(2010, 1, 1)}
    assert born and days_in(Path(settings.MEDIA_ROOT) / run.file).isdisjoint(born)

    visitor = Visitor()
    visitor.force_login(anew(user))
    address = reverse("reports:figure", args=[run.pk, "people"])
    with acting(place):
        names = {one.last_name for one in Client.objects.all() if one.last_name and len(one.last_name) > 5}
    for query in ("", "?sort=client", "?size=100"):
        page = visitor.get(address + query).content.decode()
        assert "Your role does not show" in page
        assert not [name for name in names if name in page]
    name = sorted(names)[0]
    found = visitor.post(address, {"words": name}, follow=True)
    assert found.context["people"].shown.total == 0
    content = taken(visitor.get(address + "?download=csv"))
    assert not [name for name in names if name in csv_of(content)]
    assert about_of(content)["Not shown to you"].startswith("names; ")


def test_a_report_names_no_project_that_its_maker_may_not_know(place: User, settings: Any) -> None:
    with acting(place):
        there = projects_in(worker(place), ["MN-500"])
        own = there[0].organization
        user = factories.make_hmis_user(own)
        hidden = [one for one in Project.objects.exclude(organization=own) if one.project_name]
        for one in hidden:
            set_confidential_name(by=place, project=one, is_confidential=True)
        names = {one.project_name for one in hidden} - {one.project_name for one in own.projects.all()}
        chosen = [one.pk for one in projects_in(user, ["MN-500"])]
    run = made(anew(user), report="lsa_project", parameters={"projects": chosen})
    assert run.state == "finished", run.message
    assert names and run.parameters["made_with"]["hidden"] == sorted(one.pk for one in hidden)
    for path in (Path(settings.MEDIA_ROOT) / run.file).rglob("*.parquet"):
        with engine.connected() as connection:
            rows = str(engine.rows(connection, f"SELECT * FROM read_parquet({text(path)})"))
        assert not [name for name in names if name in rows], path.name


def days_in(folder: Path) -> set[date]:
    """Every day in every column of every table that a report kept."""
    found: set[date] = set()
    with engine.connected() as connection:
        for path in folder.rglob("*.parquet"):
            columns = engine.rows(connection, f"DESCRIBE SELECT * FROM read_parquet({text(path)})")
            for column, kind, *_ in columns:
                day = f'TRY_CAST("{column}" AS DATE)' if kind in ("DATE", "VARCHAR", "TIMESTAMP") else "NULL"
                rows = engine.rows(connection, f"SELECT DISTINCT {day} FROM read_parquet({text(path)})")
                found.update(one for (one,) in rows if isinstance(one, date))
    return found


def test_with_all_rights_birth_dates_are_in_what_a_report_keeps(
    reported: dict[str, ReportRun], settings: Any
) -> None:
    """So that the test above can fail."""
    run = reported["lsa"]
    with acting(run.created_by):
        born = {one.dob for one in Client.objects.all() if one.dob and one.dob < date(2010, 1, 1)}
    assert days_in(Path(settings.MEDIA_ROOT) / run.file) & born
    assert run.parameters["made_with"]["withheld"] == []


def test_values_are_replaced_in_tables_and_views_of_any_type() -> None:
    instead = {"Disabilities": {
        "DisabilityResponse": "CASE WHEN DisabilityType = 8 THEN 99 ELSE DisabilityResponse END",
        "ViralLoad": "NULL", "Absent": "NULL",
    }, "Nowhere": {"DOB": "NULL"}}  # fmt: skip
    for kind in ("TABLE", "VIEW"):
        with engine.connected() as connection:
            engine.run(
                connection,
                f"CREATE {kind} Disabilities AS SELECT * FROM (VALUES (8::TINYINT, 1::TINYINT, 4711, 'a'),"
                " (5, 1, 7, 'b')) AS t (DisabilityType, DisabilityResponse, ViralLoad, EnrollmentID)",
            )
            without_values(connection, instead)
            rows = engine.rows(connection, "SELECT * FROM Disabilities ORDER BY EnrollmentID")
            kinds = [row[1] for row in engine.rows(connection, "DESCRIBE Disabilities")]
        assert rows == [(8, 99, None, "a"), (5, 1, None, "b")]
        assert kinds == ["TINYINT", "TINYINT", "INTEGER", "VARCHAR"]


@pytest.mark.parametrize("permission", RIGHTS)
def test_what_stands_instead(administrator: User, without: Any, permission: Permission) -> None:
    with acting(administrator):
        user = factories.make_hmis_user(factories.make_organization())
    assert withheld_values(user) == {}
    without(permission)
    found = withheld_values(anew(user))
    right = next(one for one in field_rights.field_rights() if one.permission == permission)
    assert {f"{file}.{column}" for file, columns in found.items() for column in columns} == right.written


def test_who_lost_a_field_right_does_not_open_what_was_made_with_it(
    administrator: User, without: Any
) -> None:
    with acting(administrator):
        user = factories.make_hmis_user(factories.make_organization())
    made = {"created_by": user, "created_at": timezone.now()}
    run = ReportRun(parameters={"made_with": rights_of(user)}, **made)
    assert may_open(user, run)
    old = ReportRun(parameters={"made_with": {"sees_all": False, "projects": []}}, **made)
    assert may_open(user, old)
    without(Permission.DOB_VIEW)
    user = anew(user)
    assert not may_open(user, run) and not may_open(user, old)
    assert may_open(user, ReportRun(parameters={"made_with": rights_of(user)}, **made))
