"""Who can see a client, and why, on one page; what the policies say is compared in
`tests/hmis/access/test_property.py` on random worlds."""

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext

from hearth.hmis.access.context import acting
from hearth.hmis.access.models import User
from hearth.hmis.access.roles import AgencyAdministrator, HmisUser, LocalSystemAdministrator
from hearth.hmis.access.scopes import CocScope, OrganizationScope, ProjectScope
from hearth.hmis.consent.who_sees import NOT_ALL, who_sees
from hearth.hmis.organizations.models import ProjectCoC
from tests import factories
from tests.hmis.downloads import text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(administrator: User) -> dict[str, Any]:
    """A client with a stay of the own agency, and one that is shared of another; people who see them."""
    with acting(administrator):
        own = factories.make_organization(organization_name="Alder Agency")
        other = factories.make_organization(organization_name="Birch Agency")
        mine = factories.make_enrollment(
            project=factories.make_project(own, project_name="Alder Beds"), entry_date=date(2025, 1, 1)
        )
        shared = factories.make_enrollment(
            mine.client, factories.make_project(other, project_name="Birch Beds"), is_shared=True,
            entry_date=date(2025, 6, 1),
        )  # fmt: skip
        ProjectCoC.objects.create(project=mine.project, coc_code="MN-501", **factories.record())
    user = factories.make_hmis_user(own)
    local = factories.make_user()
    factories.give_grant(local, LocalSystemAdministrator, CocScope("MN-501"))
    head = factories.make_user()
    factories.give_grant(head, AgencyAdministrator, OrganizationScope(other.pk))
    factories.give_grant(factories.make_user(), HmisUser, ProjectScope(shared.project_id))
    return {
        "own": own, "other": other, "mine": mine, "shared": shared, "client": mine.client, "user": user,
        "administrator": administrator,
    }  # fmt: skip


def _told(user: User, client: Any) -> dict[Any, Any]:
    with acting(user):
        seen = who_sees(user, client)
    told = {None: seen.client, **{stay.pk: access for stay, access in seen.stays}}
    return {
        key: (access.others, access.in_common, [(one.place, one.role, one.people) for one in access.seers])
        for key, access in told.items()
    }


def test_each_stay_with_who_sees_it_and_why(world: dict[str, Any]) -> None:
    everything = ("The whole installation", "System administrator", None)
    assert _told(world["user"], world["client"]) == {
        None: (True, False, []),
        world["shared"].pk: (
            True, False,
            [
                ("Birch Agency", "Agency administrator", None), ("Birch Beds", "HMIS user", None), everything,
            ],
        ),
        world["mine"].pk: (
            False, False,
            [
                ("Alder Agency", "HMIS user", None),
                ("MN-501", "Local system administrator", None), everything,
            ],
        ),
    }  # fmt: skip


def test_how_many_people_is_for_whoever_sees_everything(world: dict[str, Any]) -> None:
    factories.make_hmis_user(world["own"])
    told = _told(world["administrator"], world["client"])
    assert ("Alder Agency", "HMIS user", 2) in told[world["mine"].pk][2]


def test_the_page(client: Browser, world: dict[str, Any]) -> None:
    client.force_login(world["user"])
    assert f"/clients/{world['client'].pk}/access/" in text_of(client.get(f"/clients/{world['client'].pk}/"))
    text = text_of(client.get(f"/clients/{world['client'].pk}/access/"))
    for words in ("Alder Beds", "Birch Beds", "Local system administrator", "Nobody has recorded an answer"):
        assert words in text
    assert NOT_ALL in text.replace("&#x27;", "'")
    client.force_login(world["administrator"])
    assert NOT_ALL not in text_of(client.get(f"/clients/{world['client'].pk}/access/"))
    client.force_login(factories.make_auditor())
    assert client.get(f"/clients/{world['client'].pk}/access/").status_code == 403


def test_a_stay_that_is_not_seen_changes_nothing(client: Browser, world: dict[str, Any]) -> None:
    """Neither what is told nor the questions that are asked."""
    provider_user = factories.make_user()
    with acting(world["administrator"]):
        provider = factories.make_organization(victim_service_provider=1)
        refuge = factories.make_project(provider)
    factories.give_grant(provider_user, HmisUser, OrganizationScope(provider.pk))
    client.force_login(world["user"])
    address = f"/clients/{world['client'].pk}/access/"
    client.get(address)
    told = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as queries:
            answer = client.get(address)
        told.append((answer.context["seen"], len(queries)))
        with acting(world["administrator"]):
            factories.make_enrollment(world["client"], refuge)
    assert told[0] == told[1]


def test_of_a_restricted_client_nobody_is_told_who_sees_them_by_hidden_stays(world: dict[str, Any]) -> None:
    with acting(world["administrator"]):
        provider = factories.make_organization(organization_name="Cedar House", victim_service_provider=1)
        refuge = factories.make_project(provider)
        factories.make_enrollment(world["client"], refuge)
        factories.restrict(world["client"])
    keeper = factories.make_hmis_user(provider)
    outsider = factories.make_hmis_user(factories.make_organization())
    told = _told(world["user"], world["client"])
    others, _, seers = told[None]
    assert not others
    assert {place for place, _, _ in seers} == {
        "Alder Agency", "MN-501", "Birch Agency", "Birch Beds", "The whole installation",
    }  # fmt: skip
    assert told[world["shared"].pk][:2] == (False, True)
    assert "Cedar" not in str(told)
    assert "Cedar House" in str(_told(keeper, world["client"]))
    assert "Cedar House" in str(_told(world["administrator"], world["client"]))
    with acting(outsider):
        assert who_sees(outsider, world["client"]).client.seers == []


def test_of_a_confidential_project_the_role_alone_is_told(world: dict[str, Any]) -> None:
    with acting(world["administrator"]):
        provider = factories.make_organization(organization_name="Cedar House", victim_service_provider=1)
        stay = factories.make_enrollment(world["client"], factories.make_project(provider), is_shared=True)
    factories.make_hmis_user(provider)
    told = _told(world["user"], world["client"])[stay.pk]
    assert ("", "HMIS user", None) in told[2]
    assert "Cedar" not in str(told)


def test_an_ended_grant_and_an_inactive_person_see_nothing(world: dict[str, Any]) -> None:
    gone = factories.make_user()
    factories.give_grant(gone, HmisUser, ProjectScope(world["mine"].project_id))
    assert ("Alder Beds", "HMIS user", None) in _told(world["user"], world["client"])[world["mine"].pk][2]
    factories.end_grants(gone)
    assert ("Alder Beds", "HMIS user", None) not in _told(world["user"], world["client"])[world["mine"].pk][2]
