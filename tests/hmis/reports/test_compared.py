"""Lists of who differs between two reports: as many as the counts say, filtered, sorted, searched and taken
along, and nobody whom the viewer may not see."""

import copy
import re
from typing import Any

import pytest
from django.test import Client as Browser
from django.urls import reverse

from hearth.hmis.access.context import acting
from hearth.hmis.access.models import User
from hearth.hmis.audit.models import AccessLog
from hearth.hmis.clients.models import Client
from hearth.hmis.enrollments.models import Enrollment
from hearth.hmis.reports.models import ReportRun
from tests import factories
from tests.hmis.downloads import about_of, lines_of, sheets_of
from tests.hmis.reports.test_lists import count_of
from tests.hmis.reports.test_opening import ask, small
from tests.hmis.reports.world import made, organization_with_people
from tests.reporting.reports.lsa.test_compare import LATER
from tests.reporting.reports.lsa.test_members import WORLD

pytestmark = pytest.mark.django_db(transaction=True)
CAUSES = ("corrected", "added", "removed", "others", "without_effect")


def taken(browser: Browser, address: str, kind: str = "csv", **query: str) -> bytes:
    answer = browser.get(address, {"download": kind, **query})
    assert answer.status_code == 200, answer.text[:500]
    return b"".join(answer.streaming_content)


def rows_of(browser: Browser, address: str, **query: str) -> list[dict[str, str]]:
    head, *lines = lines_of(taken(browser, address, **query))
    return [dict(zip(head, line, strict=True)) for line in lines]


@pytest.fixture
def both(administrator: User) -> tuple[ReportRun, ReportRun]:
    later = copy.deepcopy(LATER)
    later["Client"]["Ole"] = {"DOB": "2012-02-03"}  # besides: a birth date that is corrected
    with acting(administrator):
        return small(administrator, WORLD), small(administrator, later)


def test_every_count_opens_to_as_many_as_it_says(
    client: Browser, administrator: User, both: tuple[ReportRun, ReportRun]
) -> None:
    first, last = both
    client.force_login(administrator)
    page = ask(client, "compare", last.pk, first.pk)
    everybody = {
        one["PersonalID"] for one in rows_of(client, reverse("reports:compare", args=[last.pk, first.pk]))
    }
    assert everybody == {"Bo", "Cyd", "Ole", "Una"}
    why = page.partition("Clients may stand in several")[2].partition("</ul>")[0]
    opened, named = 0, set()
    for cause in CAUSES:
        address = reverse("reports:compare_people", args=[last.pk, first.pk, cause])
        counted = re.search(rf'href="{address}">([\d,]+)', why)
        people = rows_of(client, address)
        opened += len(people)
        named |= {one["PersonalID"] for one in people}
        assert count_of(client.get(address).text) == len(people)
        assert len(people) == (int(counted[1]) if counted else 0), cause
    assert opened >= 4 and named == everybody
    # the rows of files: added, removed and changed are filters of their list
    for file in ("LSAPerson", "LSAHousehold", "LSACalculated"):
        address = reverse("reports:compare_row", args=[last.pk, first.pk, file, 1])
        row = client.get(address).text
        figures = re.findall(r'href="\?how=(\w+)"[^>]*>\s*<[^>]*>([\d,]+)', row)
        assert figures, file
        for how, many in figures:
            assert len(rows_of(client, address, how=how)) == int(many.replace(",", ""))
        for behind in re.findall(r'href="(/reports/\d+/rows/\w+/\d+/)"', row.partition("hearth-figures")[2]):
            assert client.get(behind).status_code == 200


def test_the_list_filters_sorts_searches_and_says_what_it_is(
    client: Browser, administrator: User, both: tuple[ReportRun, ReportRun]
) -> None:
    first, last = both
    client.force_login(administrator)
    address = reverse("reports:compare", args=[last.pk, first.pk])
    assert [one["PersonalID"] for one in rows_of(client, address, sort="-id")] == ["Una", "Ole", "Cyd", "Bo"]
    assert [one["Change"] for one in rows_of(client, address, how="came")] == ["Added"]
    for strange in (
        {"how": "x"},
        {"project": "0"},
        {"organization": "'"},
        {"sort": "what.how"},
        {"page": "-9"},
    ):
        assert len(rows_of(client, address, **strange)) == 4
    kept = client.post(address, {"words": "cyd"}).headers["Location"]
    assert "cyd" not in kept.casefold()
    assert count_of(client.get(kept).text) == 1
    una = next(one for one in rows_of(client, address) if one["PersonalID"] == "Una")
    assert "Veteran" in una["Differences"]
    _, about = sheets_of(taken(client, address, "xlsx", how="changed"))
    assert "Compared with" in about and "Changed" in about
    assert {"Compared with", "Change"} <= set(about_of(taken(client, address, how="changed")))
    with acting(administrator):
        entry = AccessLog.objects.filter(action="downloaded").latest("pk")
        assert entry.details["compared"] == first.pk and entry.details["rows"] == 2
        assert AccessLog.objects.filter(action="members_viewed").exists()
    for cause in ("nothing", "Corrected", "corrected-"):
        assert client.get(address + f"why/{cause}/").status_code == 404
        assert client.post(address + f"why/{cause}/", {"words": "x"}).status_code == 404


def test_nobody_is_listed_whom_the_viewer_may_not_see(client: Browser, place: User) -> None:
    with acting(place):
        organization, projects = organization_with_people()
        user = factories.make_hmis_user(organization)
    asked: dict[str, Any] = {
        "report": "lsa_project",
        "parameters": {"projects": [one.pk for one in projects]},
    }
    first = made(user, **asked)
    with acting(place):
        theirs = Enrollment.objects.filter(organization=organization, relationship_to_hoh=1)
        for one in Client.objects.filter(pk__in=theirs.values("client")):
            one.veteran_status = 0 if one.veteran_status == 1 else 1
            one.save()
    last = made(user, **asked)
    client.force_login(user)
    address = reverse("reports:compare_people", args=[last.pk, first.pk, "corrected"])
    before = rows_of(client, address)
    assert len(before) > 1
    # organization and project: exactly those with a stay there
    page = client.get(address).text
    for pk, name in re.findall(
        r'<option value="(\d+)">([^<]+)</option>',
        page.partition('name="project"')[2].partition("</select>")[0],
    ):
        assert all(name in one["Projects"] for one in rows_of(client, address, project=pk))
    gone = before[0]["PersonalID"]
    with acting(place):
        person = Client.objects.get(hud_id=gone)
        Enrollment.objects.filter(client=person).update(project=factories.make_project())
    page = client.get(address, {"size": "100"}).text
    assert f"/clients/{person.pk}/" not in page and gone not in page
    hidden = re.search(r"and ([\d,]+) more that you may not see", page)
    after = rows_of(client, address)
    assert hidden and len(after) + int(hidden[1]) == len(before)
    assert gone not in {one["PersonalID"] for one in after}
    with acting(place):
        entry = AccessLog.objects.filter(action="downloaded").latest("pk")
        assert entry.details["hidden"] == int(hidden[1]) and person.pk not in entry.details["shown"]


def test_an_empty_list_of_one_reason_does_not_say_that_nothing_differs_at_all(
    client: Browser, administrator: User, both: tuple[ReportRun, ReportRun]
) -> None:
    first, last = both
    client.force_login(administrator)
    nothing_at_all, nobody_here = "Nothing about anybody differs between the two.", "Of nobody does this tell"
    address = reverse("reports:compare", args=[last.pk, first.pk])
    empty = []
    for cause in CAUSES:
        page = client.get(address + f"why/{cause}/").text
        assert nothing_at_all not in page
        if not count_of(page):
            empty.append(cause)
            assert nobody_here in page, cause
        else:
            assert nobody_here not in page, cause
    assert empty
    # the same report twice: here it is so
    same = reverse("reports:compare", args=[first.pk, first.pk])
    page = client.get(same).text
    assert nothing_at_all in page and nobody_here not in page
    assert nobody_here in client.get(same + "why/corrected/").text
