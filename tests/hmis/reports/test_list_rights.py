"""Every address behind a figure, asked by who may not: nobody gets a page, a download or a kept search."""

from typing import Any

import pytest
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from hearth.hmis.access.context import acting
from hearth.hmis.access.models import User
from hearth.hmis.access.roles import HmisUser
from hearth.hmis.audit.models import AccessLog
from hearth.hmis.clients.models import Client
from hearth.hmis.reports.models import ReportRun
from tests import factories
from tests.hmis.config.test_urls import ROUTES
from tests.hmis.downloads import lines_of
from tests.hmis.reports.test_opening import small
from tests.hmis.reports.world import made, organization_with_people
from tests.reporting.reports.lsa.test_members import WORLD

pytestmark = pytest.mark.django_db(transaction=True)

#: What opens of a report of `WORLD`, by the name of its address.
PARTS: dict[str, list[tuple[Any, ...]]] = {
    "run": [()],
    "again": [()],
    "cancel": [()],
    "download": [()],
    "rows": [("LSAPerson",), ("LSACalculated",), ("Project",)],
    "row": [("LSAPerson", 1)],
    "figure": [("people",), ("type-1",), ("exits-0",)],
    "flag": [(1,)],
    "projects": [()],
    "compare_with": [()],
    "compare": [("other",)],
    "compare_people": [("other", "corrected"), ("other", "others")],
    "compare_file": [("other", "LSAPerson")],
    "compare_row": [("other", "LSAPerson", 1)],
}


def addresses(run: ReportRun) -> list[str]:
    return [
        reverse(f"reports:{name}", args=[run.pk, *(run.pk if part == "other" else part for part in parts)])
        for name, every in PARTS.items()
        for parts in every
    ]


def test_every_address_of_a_report_is_asked() -> None:
    routes = [route for route in ROUTES if route.startswith("reports/<int:pk>/")]
    assert len(routes) == len(PARTS), routes


def asked(browser: Browser, run: ReportRun) -> set[int]:
    """The statuses of all addresses: as pages, downloads, with filters, and as searches."""
    queries: list[dict[str, str]] = [{}, {"download": "csv"}, {"download": "xlsx", "sort": "-client"}]
    found = set()
    for address in addresses(run):
        found |= {browser.get(address, query).status_code for query in queries}
        answer = browser.post(address, {"words": "Ada"})
        assert "found=" not in answer.headers.get("Location", ""), address
        found.add(answer.status_code)
    return found


def test_who_may_not_open_a_report_gets_nothing_behind_it(administrator: User) -> None:
    with acting(administrator):
        run = small(administrator, WORLD)
        own = factories.make_organization()
        people = [factories.make_hmis_user(own), factories.make_auditor(), factories.make_user()]
    assert asked(Browser(), run) == {302}  # to the sign-in
    for person in people:
        browser = Browser()
        browser.force_login(person)
        assert asked(browser, run) <= {403, 404, 405}, person
    with acting(administrator):
        logged = AccessLog.objects.filter(action__in=("members_viewed", "downloaded", "reported"))
        assert not logged.exists()
        assert ReportRun.objects.count() == 1


def test_a_role_that_ended_meanwhile_closes_every_list(administrator: User) -> None:
    """While the list is open in a browser: the page that is reloaded, sorted or taken along is not there."""
    with acting(administrator):
        own = factories.make_project()
        user = factories.make_hmis_user(own.organization)
        run = small(user, WORLD)
        run.parameters |= {"made_with": {"sees_all": False, "projects": [own.pk]}}
        run.save()
    browser = Browser()
    browser.force_login(user)
    list_of_people = reverse("reports:figure", args=[run.pk, "people"])
    kept = browser.post(list_of_people, {"words": "ada"}).headers["Location"]
    assert browser.get(kept).status_code == 200
    assert browser.get(kept + "&download=csv").status_code == 200
    with acting(administrator):
        factories.end_grants(user)
        factories.give_role(user, HmisUser, factories.make_organization())
        before = AccessLog.objects.filter(action__in=("members_viewed", "downloaded")).count()
    pages = [
        one for one in addresses(run) if one != reverse("reports:run", args=[run.pk]) and "/again" not in one
    ]
    for address in [*pages, kept, kept + "&download=xlsx"]:
        for answer in (browser.get(address), browser.get(address, {"download": "csv"})):
            assert answer.status_code in (302, 403, 404, 405), address
            assert answer.status_code != 302 or address.endswith(("/compare/", "/cancel/")), address
    with acting(administrator):
        after = AccessLog.objects.filter(action__in=("members_viewed", "downloaded")).count()
    assert after == before
    # Its own page says that it is closed, without figures.
    page = browser.get(reverse("reports:run", args=[run.pk]))
    assert page.status_code == 200 and "figures/" not in page.text and "rows/" not in page.text


def test_a_search_of_a_list_is_protected_like_every_form(administrator: User) -> None:
    with acting(administrator):
        run = small(administrator, WORLD)
    browser = Browser(enforce_csrf_checks=True)
    browser.force_login(administrator)
    address = reverse("reports:figure", args=[run.pk, "people"])
    assert browser.post(address, {"words": "Ada"}).status_code == 403


def test_a_kept_search_is_of_who_typed_it(administrator: User) -> None:
    """The id of another user's search finds nothing, and takes nothing along by it."""
    with acting(administrator):
        run = small(administrator, WORLD)
        other = factories.make_administrator()
    first, second = Browser(), Browser()
    first.force_login(administrator)
    second.force_login(other)
    address = reverse("reports:figure", args=[run.pk, "people"])
    kept = first.post(address, {"words": "Zebulonia"}).headers["Location"]
    assert "Zebulonia" in first.get(kept).text and "Zebulonia" not in kept
    page = second.get(kept).text
    assert "Zebulonia" not in page and "not kept any more" in page
    taken = b"".join(second.get(kept + "&download=xlsx").streaming_content)
    assert b"Zebulonia" not in taken


def test_a_client_deleted_meanwhile_is_not_named(client: Browser, place: User) -> None:
    """To who sees all the record is still there; to others it is a key without a name."""
    with acting(place):
        organization, projects = organization_with_people()
        user = factories.make_hmis_user(organization)
    run = made(user, report="lsa_project", parameters={"projects": [one.pk for one in projects]})
    client.force_login(user)
    address = reverse("reports:figure", args=[run.pk, "people"])
    head, *before = lines_of(b"".join(client.get(address, {"download": "csv"}).streaming_content))
    last, key = head.index("Last name"), head.index("PersonalID")
    gone = next(line for line in before if len(line[last]) > 3)
    with acting(place):
        person = Client.objects.get(hud_id=gone[key])
        person.date_deleted = timezone.now()
        person.save()
    page = client.get(address, {"size": "100", "sort": "client"}).text
    assert f"/clients/{person.pk}/" not in page
    lines = lines_of(b"".join(client.get(address, {"download": "csv"}).streaming_content))[1:]
    assert len(lines) == len(before)
    (line,) = [one for one in lines if one[key] == gone[key]]
    assert not any(line[head.index(name)] for name in ("Last name", "First name", "Middle name", "Client ID"))
    found = client.get(client.post(address, {"words": gone[last]}).headers["Location"]).text
    assert f"/clients/{person.pk}/" not in found
    with acting(place):
        entry = AccessLog.objects.filter(action="downloaded").latest("pk")
        assert person.pk not in entry.details["shown"]
