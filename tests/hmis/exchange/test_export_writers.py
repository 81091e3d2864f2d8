"""An export tells as little of unknown writers as a client's page; and an import notes who wrote where."""

import csv
import io
import zipfile
from datetime import date, datetime
from pathlib import Path

import pytest

from hearth.hmis.access.context import acting
from hearth.hmis.access.models import User
from hearth.hmis.clients.models import Client
from hearth.hmis.clients.record_source import record_sources
from hearth.hmis.exchange.exporting.perform import perform
from hearth.hmis.exchange.exporting.request import ExportRequest
from hearth.hmis.exchange.models import ExportRun
from hearth.hmis.organizations.models import Organization, SourceUser
from tests import factories
from tests.factories import record
from tests.hmis.exchange.importing import finished
from tests.reporting.sources.exports import Export

pytestmark = pytest.mark.django_db(transaction=True)

THEN = datetime(2026, 3, 14, 10, 0)


@pytest.fixture
def world(administrator: User) -> dict:
    """Two organizations; a client of each, and one who is in both and was last changed by the other one."""
    with acting(administrator):
        own, other = factories.make_organization(), factories.make_organization(victim_service_provider=1)
        projects = {"U1": factories.make_project(own), "U2": factories.make_project(other)}
        for user_id in projects:
            SourceUser.objects.create(**record(hud_id=user_id, user_email=f"{user_id}@example.org"))
        people = {}
        for name, writer, stays in (("mine", "U1", ("U1",)), ("both", "U2", ("U1", "U2")),
                                    ("theirs", "U2", ("U2",)), ("gone", "U2", ("U1",))):  # fmt: skip
            people[name] = factories.make_client(
                user_id=writer, date_created=THEN, date_updated=THEN,
                as_it_came={"UserID": f"{writer} as it came"} if name == "both" else None,
                date_deleted=THEN if name == "gone" else None,
            )  # fmt: skip
            for user_id in stays:
                factories.make_enrollment(people[name], projects[user_id], user_id=user_id)
    return {"people": people, "user": factories.make_hmis_user(own), "other": factories.make_hmis_user(other)}


def export(by: User, place: Path, **request) -> dict[str, list[dict[str, str]]]:
    asked = ExportRequest(start=date(2025, 10, 1), end=date(2026, 9, 30), **request)
    run = perform(ExportRun.objects.create(created_by=by, parameters=asked.as_json()), place)
    assert run.state == "finished", run.message
    with zipfile.ZipFile(place) as zipped:
        return {
            name.removesuffix(".csv"): list(csv.DictReader(io.StringIO(zipped.read(name).decode())))
            for name in zipped.namelist()
        }


@pytest.mark.parametrize("deleted", [False, True])
def test_unknown_writers_become_the_installation(world, tmp_path: Path, deleted: bool) -> None:
    tables = export(world["user"], tmp_path / "export.zip", deleted=deleted)
    people = {row["PersonalID"]: row for row in tables["Client"]}
    day = tables["Export"][0]["ExportDate"][:10] + " 00:00:00"
    mine, both = (people[world["people"][name].hud_id] for name in ("mine", "both"))
    assert (mine["UserID"], mine["DateCreated"], mine["DateUpdated"]) == ("U1", str(THEN), str(THEN))
    assert (both["UserID"], both["DateCreated"], both["DateUpdated"]) == ("hearth", day, day)
    users = {row["UserID"]: row for row in tables["User"]}
    assert users["hearth"]["DateCreated"] == day
    assert len(people) == (3 if deleted else 2)
    if deleted:
        gone = people[world["people"]["gone"].hud_id]
        assert (gone["UserID"], gone["DateDeleted"]) == ("hearth", day)
        assert mine["DateDeleted"] == ""


def test_who_may_know_exports_what_is_stored(world, administrator, tmp_path: Path) -> None:
    for user in (world["other"], administrator):
        tables = export(user, tmp_path / "export.zip")
        both = {row["PersonalID"]: row for row in tables["Client"]}[world["people"]["both"].hud_id]
        assert both["UserID"] == "U2"
        assert both["DateUpdated"] == str(THEN)
        assert "hearth" not in {row["UserID"] for row in tables["User"]}


def knows(user: User, hud_id: str) -> bool:
    with acting(user):
        client = Client.objects.get(hud_id=hud_id)
        return client.pk in record_sources(user, [client.pk])


def test_an_import_notes_who_wrote_where(administrator: User, tmp_path: Path) -> None:
    """A bulk import writes without triggers: the writers of its rows are noted all the same."""
    made = Export()
    made.tables["Organization"].append({**made.row("Organization"), "OrganizationID": "O2"})
    made.row("Client")["UserID"] = "U2"
    finished(administrator, made.zip(tmp_path))
    with acting(administrator):
        places = {one.hud_id: one for one in Organization.objects.all()}
    users = {hud_id: factories.make_hmis_user(place) for hud_id, place in places.items()}
    assert not knows(users["O1"], "C1")  # of U2, who has written nothing there
    made.row("Exit")["UserID"] = "U2"
    finished(administrator, made.zip(tmp_path))
    assert knows(users["O1"], "C1")
    assert not knows(users["O2"], "C1")
    # The project's stays, and what they hold, are the other organization's from now on.
    made.row("Project")["OrganizationID"] = "O2"
    made.row("Export")["ExportDirective"] = "1"
    made.tables["Exit"] = []
    finished(administrator, made.zip(tmp_path))
    assert knows(users["O2"], "C1")
    assert not knows(users["O1"], "C1")
