"""More of everything that the pages of the browser tests list: several times the rows, the same pages."""

import copy
import tempfile
from datetime import date, timedelta
from pathlib import Path
from typing import Any

#: Of the larger reports.
COC = "MN-501"


def add_rows(ids: dict[str, Any], times: int) -> dict[str, Any]:
    """Add to the world that `tests.browser.seed` made `times` rows of each kind; returns the ids that are
    others now."""
    from hearth.hmis.access.context import acting
    from hearth.hmis.access.models import User
    from tests.browser.seed import ACCOUNTS

    administrator = User.objects.get(email=ACCOUNTS["administrator"])
    user = User.objects.get(email=ACCOUNTS["user"])
    with acting(administrator):
        _projects(ids, times)
        _stays(ids, times)
        _contacts(ids, times)
    _looked_at(user, ids)
    for by in (administrator, user):
        _runs(by, times)
    return _imports(administrator, times)


def _projects(ids: dict[str, Any], times: int) -> None:
    from hearth.hmis.organizations.models import Organization, Project, TribalNation
    from tests import factories
    from tests.hmis.organizations.making import make_affiliation, make_full_project, make_inventory

    theirs = Organization.objects.get(pk=ids["organization"])
    project = Project.objects.get(pk=ids["project"])
    nation = TribalNation.objects.order_by("pk")[0]
    for number in range(times):
        other = make_full_project(factories.make_organization(tribal_nation=nation), project_type=13)
        make_affiliation(project, make_full_project(theirs, project_name=f"More {number}"))
        make_affiliation(other, project)
        make_inventory(project, 3 + number)


def _stays(ids: dict[str, Any], times: int) -> None:
    """More stays of Rosa, larger households, and more records of the stay that is looked at."""
    from hearth.hmis.clients.models import Client
    from hearth.hmis.enrollments.models import CurrentLivingSituation, Enrollment, IncomeBenefits, Services
    from hearth.hmis.hud.records import model_of
    from tests import factories
    from tests.hmis.organizations.making import make_full_project

    rosa, stay = Client.objects.get(pk=ids["rosa"]), Enrollment.objects.get(pk=ids["stay"])
    for number in range(times):
        day = date(2026, 4, 1) + timedelta(number)
        project = make_full_project(stay.project.organization, project_name=f"Other {number}")
        household = {"household_id": f"HOTHER{number}", "entry_date": day - timedelta(400)}
        factories.make_enrollment(rosa, project, **household, user_id=f"U{number}")
        member = factories.make_client(first_name="Kit", last_name="Quill", dob=date(2001, 2, 3 + number))
        factories.make_enrollment(member, project, **household, relationship_to_hoh=2)
        factories.make_enrollment(member, stay.project, household_id=stay.household_id,
                                  entry_date=stay.entry_date, relationship_to_hoh=2)  # fmt: skip
        mine = {"enrollment": stay, "user_id": f"U{number}"}
        stage = {"information_date": day, "data_collection_stage": 2}
        IncomeBenefits.objects.create(**factories.record(**mine, **stage, income_from_any_source=1))
        Services.objects.create(
            **factories.record(**mine, record_type=141, type_provided=5, date_provided=day)
        )
        CurrentLivingSituation.objects.create(
            **factories.record(**mine, information_date=day, current_living_situation=116)
        )
        model_of("Event").objects.create(**factories.record(**mine, event_date=day, event=13))
        model_of("Assessment").objects.create(
            **factories.record(**mine, assessment_date=day, assessment_type=3, assessment_level=2)
        )
        rosa.middle_name, stay.length_of_stay = f"Ana {number}", (2, 3)[number % 2]
        rosa.save(), stay.save()


def _contacts(ids: dict[str, Any], times: int) -> None:
    from hearth.hmis.organizations.models import RegionContact

    contact = RegionContact.objects.get(pk=ids["contact"])
    for number in range(times):
        more = copy.copy(contact)
        more.pk, more.name = None, f"Contact {number}"
        more._state.adding = True
        more.save()


def _looked_at(user: Any, ids: dict[str, Any]) -> None:
    """Clients looked at of late, and what the access log tells of it."""
    from hearth.hmis.access.context import acting
    from hearth.hmis.clients.models import Client
    from tests.house.test_query_counts import sign_in

    with acting(user):
        seen = list(Client.objects.filter(last_name__contains="Quill").values_list("pk", flat=True))
    visitor = sign_in("user")
    for pk in seen:
        visitor.get(f"/clients/{pk}/")
        visitor.get(f"/enrollments/{ids['stay']}/")


def _imports(administrator: Any, times: int) -> dict[str, int]:
    """A finished import with `times` findings of several kinds, in place of that with two."""
    from tests.browser import seed_imports
    from tests.reporting.sources.exports import Export

    with tempfile.TemporaryDirectory() as folder:
        export = Export()
        for row in export.tables["Client"][:times]:
            row["DOB"] = "unknown"
        for row in export.tables["Enrollment"][:times]:
            row["DateOfEngagement"] = "tomorrow"
        export.row("Exit")["ExitDate"] = "2025-10-01"
        run = seed_imports._import(administrator, export.zip(Path(folder)), source=f"More {times}")
    return {"import": run.pk}


def _runs(by: Any, times: int) -> None:
    from hearth.hmis.exchange.models import ExportRun, ImportRun
    from tests.hmis.reports.world import make_run

    for _ in range(times):
        for state in ("finished", "failed", "queued"):
            make_run(by, state=state)
            ImportRun.objects.create(created_by=by, file_name="more.zip", state=state)
            ExportRun.objects.create(created_by=by, file_name="more.zip", state=state)


def larger_reports(ids: dict[str, Any]) -> tuple[dict[str, int], dict[str, int]]:
    """The same reports of another CoC, which has twice the people. Ids of the smaller and of the larger, both
    with a flag of the same kind about people."""
    from hearth.hmis.access.models import User
    from hearth.hmis.reports.models import ReportRun
    from hearth.reporting.synthetic.generate import generate
    from hearth.reporting.synthetic.world_settings import WorldSettings
    from hearth.standards import load
    from tests.browser.seed import ACCOUNTS
    from tests.browser.seed_reports import _made
    from tests.hmis.exchange.importing import finished
    from tests.hmis.reports.world import make_run

    administrator = User.objects.get(email=ACCOUNTS["administrator"])
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "more.zip"
        generate(WorldSettings(clients=300, seed=11, cocs=(COC,), errors=0.1), load(), path, version="0")
        finished(administrator, path, source="More people")
    earlier = _made(make_run(administrator, parameters={"coc": COC, "end": "2026-06-30"}))
    later = _made(make_run(administrator, parameters={"coc": COC}))
    raised = [
        {
            (flag["id"], bool(flag["project_id"])): number
            for number, flag in enumerate(report.result["flags"], start=1)
            if flag["people"]
        }
        for report in (ReportRun.objects.get(pk=ids["report"]), later)
    ]
    both = next(kind for kind in raised[0] if kind in raised[1])
    larger = {"report_earlier": earlier.pk, "report": later.pk, "flag": raised[1][both]}
    return {"flag": raised[0][both]}, larger
