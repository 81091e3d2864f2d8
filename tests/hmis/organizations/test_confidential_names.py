"""What a project with a confidential name is called, by whom it is run and who wrote there: told to the
people who work there and to nobody else, whatever its clients share."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction
from django.test import Client as Browser

from hearth.hmis.access.context import acting
from hearth.hmis.access.field_rights import ValueWithheldError
from hearth.hmis.access.models import User
from hearth.hmis.access.roles import AgencyAdministrator, Auditor, HmisUser, LocalSystemAdministrator
from hearth.hmis.access.scopes import CocScope, OrganizationScope, ProjectScope
from hearth.hmis.audit.history import history_of
from hearth.hmis.enrollments.latest import beside
from hearth.hmis.exchange.models import ExportRun
from hearth.hmis.jobs.rights import may_open, rights_of
from hearth.hmis.organizations import actions, queries
from hearth.hmis.organizations.choices import by_organization
from hearth.hmis.organizations.confidential import CONFIDENTIAL_ORGANIZATION, CONFIDENTIAL_PROJECT
from hearth.hmis.organizations.models import Funder, Organization, Project, ProjectCoC
from hearth.hmis.reports.records import withheld_values
from tests import factories
from tests.hmis.downloads import text_of
from tests.hmis.exports import exported

pytestmark = pytest.mark.django_db

SECRETS = ("Cedar Refuge", "Cedar Safe House", "Harbor Night Rooms", "GRANT-77", "Wren Keeper")


@pytest.fixture
def world(administrator: User) -> Iterator[dict[str, Any]]:
    """A victim service provider's refuge, and a marked project of an agency that has an open one, too. A
    client of the own agency has shared stays in all."""
    with acting(administrator):
        provider = factories.make_organization(
            organization_name="Cedar Safe House", victim_service_provider=1
        )
        refuge = factories.make_project(
            provider, project_name="Cedar Refuge", project_common_name="Cedar Refuge"
        )
        mixed = factories.make_organization(organization_name="Harbor Agency")
        marked = factories.make_project(mixed, project_name="Harbor Night Rooms")
        plain = factories.make_project(mixed, project_name="Harbor Day Center")
        for one in (refuge, marked, plain):
            ProjectCoC.objects.create(project=one, coc_code="MN-500", **factories.record())
            Funder.objects.create(project=one, funder=2, grant_id="GRANT-77", **factories.record())
        actions.set_confidential_name(by=administrator, project=marked, is_confidential=True)
        Project.objects.filter(pk=refuge.pk).update(pit_count=3)  # so that there is an old version
        own = factories.make_project()
        mine = factories.make_enrollment(project=own, entry_date=date(2025, 1, 5))
        keeper = factories.make_hmis_user(provider, mixed, display_name="Wren Keeper")
        stays = [mine]
    with acting(keeper):
        stays += [
            factories.make_enrollment(
                mine.client, one, is_shared=True, entry_date=date(2026, 1, 6 + number), updated_by=keeper,
                user_id="wren",
            )
            for number, one in enumerate((plain, marked, refuge))
        ]  # fmt: skip
        for stay in stays[1:]:
            stay.save()
    yield {
        "provider": provider, "refuge": refuge, "mixed": mixed, "marked": marked, "plain": plain, "own": own,
        "client": mine.client, "stays": stays, "keeper": keeper,
        "stranger": factories.make_hmis_user(own.organization),
    }  # fmt: skip


def test_the_orm_reads_no_name_anywhere(world: dict[str, Any]) -> None:
    with acting(world["stranger"]):
        names = set(Project.objects.values_list("project_name", flat=True))
        assert {"Cedar Refuge", "Harbor Night Rooms"}.isdisjoint(names)
        assert {CONFIDENTIAL_PROJECT, "Harbor Day Center"} <= names
        assert Project.objects.filter(project_name__icontains="refuge").count() == 0
        assert Project.objects.filter(project_name=CONFIDENTIAL_PROJECT).count() == 2
        refuge = Project.objects.select_related("organization").get(pk=world["refuge"].pk)
        assert str(refuge) == CONFIDENTIAL_PROJECT
        assert refuge.project_common_name is None
        assert str(refuge.organization) == refuge.organization_beside == CONFIDENTIAL_ORGANIZATION
        assert history_of(refuge).exists()
        assert {one.project_name for one in history_of(refuge)} == {CONFIDENTIAL_PROJECT}
        marked = Project.objects.select_related("organization").get(pk=world["marked"].pk)
        assert str(marked.organization) == "Harbor Agency"  # no secret itself
        assert marked.organization_beside == CONFIDENTIAL_ORGANIZATION
        ordered = Project.objects.order_by("project_name").values("project_name").distinct()
        assert CONFIDENTIAL_PROJECT in [one["project_name"] for one in ordered]


def test_whoever_works_there_or_holds_a_grant_over_it_knows_it(world: dict[str, Any]) -> None:
    local, one_project = factories.make_user(), factories.make_user()
    factories.give_grant(local, LocalSystemAdministrator, CocScope("MN-500"))
    factories.give_grant(one_project, HmisUser, ProjectScope(world["refuge"].pk))
    for user in (
        world["keeper"],
        local,
        one_project,
        factories.make_administrator(),
        factories.make_auditor(),
    ):
        with acting(user):
            refuge = Project.objects.select_related("organization").get(pk=world["refuge"].pk)
            assert (str(refuge), refuge.organization_beside) == ("Cedar Refuge", "Cedar Safe House")
    with acting(one_project):
        assert str(Project.objects.get(pk=world["marked"].pk)) == CONFIDENTIAL_PROJECT
    with acting(None):
        assert str(Project.objects.get(pk=world["refuge"].pk)) == CONFIDENTIAL_PROJECT


def test_a_name_ends_with_the_grant(world: dict[str, Any]) -> None:
    factories.end_grants(world["keeper"])
    with acting(world["keeper"]):
        assert str(Project.objects.get(pk=world["refuge"].pk)) == CONFIDENTIAL_PROJECT


def test_an_administrator_of_a_new_provider_knows_it(administrator: User) -> None:
    with acting(administrator):
        new = factories.make_organization(organization_name="Birch House", victim_service_provider=1)
        user = factories.make_user()
        factories.give_grant(user, AgencyAdministrator, OrganizationScope(new.pk))
    with acting(user):
        assert str(Organization.objects.get(pk=new.pk)) == "Birch House"
    with acting(factories.make_hmis_user(factories.make_organization())):
        assert str(Organization.objects.get(pk=new.pk)) == CONFIDENTIAL_ORGANIZATION


def _addresses(world: dict[str, Any]) -> list[str]:
    client = world["client"].pk
    found = [
        "/", "/clients/recent/", "/organizations/", "/organizations/?q=cedar", "/organizations/?q=Harbor",
        "/regions/", "/regions/MN-500/", "/exchange/exports/", "/exchange/exports/new/", "/reports/",
    ]  # fmt: skip
    found += [f"/clients/{client}/{more}" for more in ("", "account/", "history/", "papers/")]
    found += [
        f"/organizations/{world[one].pk}/{more}" for one in ("provider", "mixed") for more in ("", "history/")
    ]
    found += [f"/projects/{world[one].pk}/{more}" for one in ("refuge", "marked", "plain")
              for more in ("", "history/", "name/")]  # fmt: skip
    for stay in world["stays"]:
        found += [f"/enrollments/{stay.pk}/", f"/enrollments/{stay.pk}/history/"]
    return found


def test_no_page_tells_it(client: Browser, world: dict[str, Any]) -> None:
    for user in (world["stranger"], _agency_administrator(world)):
        client.force_login(user)
        for address in _addresses(world):
            text = text_of(client.get(address))
            told = [secret for secret in SECRETS if secret in text]
            if (
                address.startswith(("/enrollments/", f"/projects/{world['plain'].pk}/"))
                and "Day Center" in text
            ):
                told = [
                    one for one in told if one not in ("GRANT-77", "Wren Keeper")
                ]  # told of the open project
            if address == f"/clients/{world['client'].pk}/history/":
                told = [one for one in told if one != "Wren Keeper"]
            assert told == [], address
        with acting(user):
            shown = beside(user, [world["client"].pk])[world["client"].pk]
        assert (shown.project, shown.organization) == (CONFIDENTIAL_PROJECT, CONFIDENTIAL_ORGANIZATION)


def _agency_administrator(world: dict[str, Any]) -> User:
    user = factories.make_user()
    factories.give_grant(user, AgencyAdministrator, OrganizationScope(world["own"].organization_id))
    return user


def test_a_stay_in_a_hidden_project_tells_no_organization_and_no_writer(
    client: Browser, world: dict[str, Any]
) -> None:
    client.force_login(world["stranger"])
    for stay in world["stays"][2:]:
        for address in (f"/enrollments/{stay.pk}/", f"/enrollments/{stay.pk}/history/"):
            text = text_of(client.get(address))
            assert CONFIDENTIAL_PROJECT in text, address
            assert not [word for word in ("Harbor", "Cedar", "Wren Keeper", "wren") if word in text], address
    text = text_of(client.get(f"/clients/{world['client'].pk}/"))
    assert text.count(CONFIDENTIAL_ORGANIZATION) == 2
    assert "Harbor Day Center" in text
    client.force_login(world["keeper"])
    assert "Harbor Night Rooms" in text_of(client.get(f"/clients/{world['client'].pk}/"))


def test_what_may_not_be_known_has_no_page_and_is_no_choice(client: Browser, world: dict[str, Any]) -> None:
    client.force_login(world["stranger"])
    for address in (f"/projects/{world['refuge'].pk}/", f"/organizations/{world['provider'].pk}/"):
        assert client.get(address).status_code == 404
    assert "Harbor Night Rooms" not in text_of(client.get(f"/organizations/{world['mixed'].pk}/"))
    page = client.get(f"/organizations/{world['mixed'].pk}/").context
    assert (page["open_projects"], page["page"].paginator.count) == (1, 1)
    with acting(world["stranger"]):
        chosen = str(by_organization(Project.objects.restrict(world["stranger"])))
    assert "Harbor Day Center" in chosen
    assert CONFIDENTIAL_PROJECT not in chosen
    with acting(world["stranger"]):
        told = queries.organizations(world["stranger"], date(2026, 2, 1), text=CONFIDENTIAL_ORGANIZATION)
        assert list(told) == []


def test_nobody_writes_over_a_name_that_they_do_not_know(world: dict[str, Any]) -> None:
    with acting(world["stranger"]):
        project = Project.objects.get(pk=world["refuge"].pk)
        with pytest.raises(ValueWithheldError), transaction.atomic():
            project.save()
    with acting(world["keeper"]):
        assert str(Project.objects.get(pk=world["refuge"].pk)) == "Cedar Refuge"


def test_administrators_of_the_project_say_whether_its_name_is_confidential(
    client: Browser, world: dict[str, Any]
) -> None:
    theirs = factories.make_user()
    factories.give_grant(theirs, AgencyAdministrator, OrganizationScope(world["mixed"].pk))
    address = f"/projects/{world['plain'].pk}/name/"
    client.force_login(theirs)
    assert client.post(address, {"name": "nonsense"}).status_code == 200
    assert client.post(address, {"name": "yes"}).status_code == 302
    with acting(theirs):
        assert Project.objects.get(pk=world["plain"].pk).name_is_confidential is True
    assert "Name is confidential" in text_of(client.get(f"/projects/{world['plain'].pk}/history/"))
    assert "Confidential name" in text_of(client.get(f"/projects/{world['plain'].pk}/"))
    for user in (world["keeper"], factories.make_auditor()):  # works there, or sees all: neither decides
        client.force_login(user)
        assert client.post(address, {"name": "no"}).status_code == 403
        assert client.get(address).status_code == 403
    client.force_login(_agency_administrator(world))  # of another agency
    assert client.post(address, {"name": "no"}).status_code in (403, 404)


@pytest.mark.parametrize("who", ["stranger", "keeper", None])
def test_the_database_refuses_it_too(world: dict[str, Any], who: str | None) -> None:
    user = world[who] if who else None
    with acting(user):
        if user:
            with pytest.raises(PermissionDenied):
                actions.set_confidential_name(by=user, project=world["refuge"], is_confidential=False)
        with pytest.raises(DatabaseError), transaction.atomic():
            Project.objects.filter(pk=world["refuge"].pk).update(name_is_confidential=False)


def test_a_provider_may_open_a_name(administrator: User, world: dict[str, Any]) -> None:
    with acting(administrator):
        actions.set_confidential_name(by=administrator, project=world["refuge"], is_confidential=False)
    with acting(world["stranger"]):
        refuge = Project.objects.select_related("organization").get(pk=world["refuge"].pk)
        assert (str(refuge), refuge.organization_beside) == ("Cedar Refuge", "Cedar Safe House")


def test_an_export_holds_true_names_only_for_whoever_knows_them(
    administrator: User, world: dict[str, Any], tmp_path: Path
) -> None:
    files, run = exported(world["stranger"], tmp_path)
    text = "\n".join(files.values())
    assert text.count(CONFIDENTIAL_PROJECT) == 2
    assert text.count(CONFIDENTIAL_ORGANIZATION) == 1
    assert not [word for word in ("Cedar", "Harbor Night Rooms") if word in text]
    assert "Harbor Day Center" in text
    hidden = {world["stays"][2].hud_id, world["stays"][3].hud_id}
    of_hidden = [
        line for line in text.splitlines() if any(key in line.replace('"', "").split(",") for key in hidden)
    ]
    assert of_hidden
    assert not [line for line in of_hidden if "wren" in line]
    assert "2 projects went out under a neutral name" in run.message
    files, run = exported(administrator, tmp_path)
    assert "Cedar Refuge" in files["Project.csv"]
    assert "neutral name" not in run.message


def test_a_report_holds_true_names_only_for_whoever_knows_them(world: dict[str, Any]) -> None:
    with acting(world["stranger"]):
        instead = withheld_values(world["stranger"])
    assert str(world["refuge"].pk) in instead["Project"]["ProjectName"]
    assert str(world["provider"].pk) in instead["Organization"]["OrganizationName"]
    assert str(world["mixed"].pk) in instead["Organization"]["OrganizationName"]
    with acting(factories.make_administrator()) as _:
        assert "Project" not in withheld_values(factories.make_administrator())


def test_what_named_a_project_closes_when_its_name_becomes_confidential(
    administrator: User, world: dict[str, Any]
) -> None:
    user = world["stranger"]
    with acting(user):
        made_with = rights_of(user)
    run = ExportRun.objects.create(created_by=user, parameters={"made_with": made_with}, state="finished")
    assert may_open(user, run)
    with acting(administrator):
        new = factories.make_organization(victim_service_provider=1)
        factories.make_project(new)  # later than the run, and so not in it
    assert may_open(user, run)
    with acting(administrator):
        actions.set_confidential_name(by=administrator, project=world["plain"], is_confidential=True)
    assert not may_open(user, run)
    assert may_open(administrator, run)


def test_an_auditor_reads_names_and_decides_nothing(world: dict[str, Any]) -> None:
    auditor = factories.make_user(Auditor)
    with acting(auditor):
        assert str(Project.objects.get(pk=world["refuge"].pk)) == "Cedar Refuge"
