"""Lists behind the figures of a report: every figure opens and its list is as long as it says; filters, order
and search; Excel and CSV; and nobody on a page or in a download whom the viewer may not see now."""

import re
import time
from html.parser import HTMLParser
from typing import Any

import pytest
from django.test import Client as Browser
from django.urls import reverse

from hearth.hmis.access.context import acting
from hearth.hmis.access.models import User
from hearth.hmis.audit.models import AccessLog
from hearth.hmis.clients.models import Client
from hearth.hmis.enrollments.models import Enrollment
from hearth.hmis.organizations.models import Project
from hearth.hmis.reports.opening import Cell
from tests import factories
from tests.hmis.downloads import about_of, csv_of, lines_of, sheets_of
from tests.hmis.reports.test_opening import Reported, ask, small
from tests.hmis.reports.world import made, organization_with_people
from tests.reporting.reports.lsa.test_members import WORLD

pytestmark = pytest.mark.django_db(transaction=True)


class Figures(HTMLParser):
    """The figures of a page: (text, address of its link, whether a reason or a link stands in its row)."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[dict[str, Any]] = []
        self.open: dict[str, Any] | None = None
        self.row: list[dict[str, Any]] = []
        self.row_says = self.skip = self.hidden = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        classes = (given.get("class") or "").split()
        if "data-timings" in given:
            self.skip = True
        if tag == "tr":
            self.row, self.row_says = [], False
        if "data-closed" in given:
            self.row_says = True
        if (tag == "td" and "hearth-number" in classes) or "hearth-figure" in classes:
            self.open = {
                "tag": tag,
                "text": "",
                "href": "",
                "share": "hearth-share" in classes,
                "says": False,
            }
        if self.open is not None and tag == "a":
            self.open["href"] = given.get("href")
            self.row_says = True
        self.hidden = (
            "usa-sr-only" in classes
            or "hearth-figure__text" in classes
            or (self.hidden and tag not in ("tr", "td", "li"))
        )

    def handle_data(self, data: str) -> None:
        if self.open is not None and not self.hidden:
            self.open["text"] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "span":
            self.hidden = False
        if self.open is not None and tag == self.open["tag"]:
            if not self.skip:
                self.row.append(self.open)
                self.found.append(self.open)
            self.open = None
        if tag == "tr":
            for one in self.row:
                one["says"] = self.row_says
        if tag == "tbody":
            self.skip = False


def result_of(page: str) -> list[dict[str, Any]]:
    found = Figures(page).found
    return [one | {"text": one["text"].strip()} for one in found]


def count_of(page: str) -> int:
    """How many there are in the list of a page, those that the viewer may not see with them."""
    shown = re.search(r'role="status"><strong>([\d,]+)</strong>', page)
    hidden = re.search(r"and ([\d,]+) more that you may not see", page)
    return sum(int(one[1].replace(",", "")) for one in (shown, hidden) if one)


def opens_as_it_says(client: Browser, address: str, opened: dict[str, tuple[str, str]]) -> list[str]:
    """Figures of the page that open to nothing, or to other numbers than they say."""
    page = client.get(address).text
    wrong = []
    for one in result_of(page.partition("<main")[2]):
        text = one["text"]
        if one["share"]:
            if text != "–" and not text.startswith("0") and not one["says"]:
                wrong.append(f"{text} has no reason in its row")
            continue
        if text in ("0", "–", ""):
            continue
        if not one["href"]:
            if not one["says"]:
                wrong.append(f"{text} has neither a link nor a reason")
            continue
        if one["href"].startswith(("#", "?")):
            continue
        behind = client.get(one["href"])
        assert behind.status_code == 200, one
        opened[one["href"]] = (text, behind.text)
    return wrong


def test_every_figure_of_an_lsa_opens_to_as_many_as_it_says(client: Browser, reported: Reported) -> None:
    run = reported["lsa"]
    place = run.created_by
    client.force_login(place)
    opened: dict[str, tuple[str, str]] = {}
    assert opens_as_it_says(client, reverse("reports:run", args=[run.pk]), opened) == []
    kinds = dict.fromkeys(("figures/average", "figures", "rows/LSAReport", "rows", "flags"), 0)
    for address, (text, page) in opened.items():
        kind = next(kind for kind in kinds if f"/{kind}" in address)
        kinds[kind] += 1
        said = int(text.replace(",", ""))
        if kind == "figures/average":
            figures = re.findall(r'hearth-figure__value">([\d,]+)<', page)
            assert [int(one.replace(",", "")) for one in figures] == [said, count_of(page)], address
            assert "median" in page
        else:
            assert count_of(page) == said, address
    assert all(kinds[kind] for kind in kinds if kind != "flags"), kinds


def test_every_figure_of_a_hic_opens_to_as_many_as_it_says(client: Browser, reported: Reported) -> None:
    run = reported["hic"]
    place = run.created_by
    client.force_login(place)
    opened: dict[str, tuple[str, str]] = {}
    assert opens_as_it_says(client, reverse("reports:run", args=[run.pk]), opened) == []
    page = client.get(reverse("reports:run", args=[run.pk])).text
    table = page.partition("Beds and people by project type")[2].partition("</table>")[0]
    rows = re.findall(r'\?type=(\d+)(?:&amp;sort=-(\w+))?">([\d,]+)<', table)
    assert rows
    columns = {"units": "Units", "beds": "Beds", "people": "People on the night"}
    for code, column, text in rows:
        behind = ask(client, "projects", run.pk) if not code else client.get(
            reverse("reports:projects", args=[run.pk]), {"type": code, "sort": f"-{column}" if column else ""}
        ).text  # fmt: skip
        if column:
            totals = dict(
                re.findall(
                    r'<td data-label="([\w ]+)" class="hearth-number">([\d,]*)</td>',
                    behind.partition("<tfoot")[2],
                )
            )
            assert totals[columns[column]] == text
        else:
            assert count_of(behind) == int(text)
    # by organization: exactly its projects, on the page and taken along
    address = reverse("reports:projects", args=[run.pk])
    every = lines_of(b"".join(client.get(address, {"download": "csv"}).streaming_content))[1:]
    with acting(place):
        keys = dict(Project.objects.values_list("hud_id", "organization_id"))
    agency = keys[every[0][1]]
    theirs = lines_of(
        b"".join(client.get(address, {"organization": agency, "download": "csv"}).streaming_content)
    )[1:]
    assert {line[1] for line in theirs} == {line[1] for line in every if keys[line[1]] == agency}
    assert 0 < len(theirs) < len(every)
    assert count_of(client.get(address, {"organization": agency}).text) == len(theirs)


def test_a_count_of_nobody_in_particular_says_so(client: Browser, administrator: User) -> None:
    with acting(administrator):
        run = small(administrator, WORLD)
        run.result["figures"]["report"]["DistinctSSNValueNotUnique"] = 3
        run.save()
    client.force_login(administrator)
    page = ask(client, "run", run.pk)
    row = page.partition("SSNs that several people have")[2].partition("</tr>")[0]
    assert "Counts SSNs and nobody in particular" in row and ">3<" in row and "<a" not in row


def test_a_closed_figure_says_why(client: Browser, administrator: User) -> None:
    """When the files are gone the figures stay, and say that they do not open."""
    with acting(administrator):
        run = small(administrator, WORLD)
        run.file = ""
        run.save()
    client.force_login(administrator)
    page = ask(client, "run", run.pk)
    assert "figures/people" not in page and "open to nobody" in page


def test_what_is_no_figure_is_not_there(client: Browser, administrator: User) -> None:
    with acting(administrator):
        run = small(administrator, WORLD)
    client.force_login(administrator)
    for key in ("nothing", "type-9", "average-1-9", "average-", "average-1-0-0", "exits--9", "people-"):
        assert client.get(reverse("reports:figure", args=[run.pk, key])).status_code == 404, key
    for key in ("type-99-PSH", "returned--2"):
        assert client.get(reverse("reports:figure", args=[run.pk, key])).status_code == 200, key
    assert client.get(reverse("reports:projects", args=[run.pk])).status_code == 404
    assert client.get(reverse("reports:row", args=[run.pk, "Project", 1])).status_code == 404


def test_the_list_is_filtered_sorted_searched_and_taken_along(client: Browser, reported: Reported) -> None:
    run = reported["lsa"]
    place = run.created_by
    client.force_login(place)
    address = reverse("reports:figure", args=[run.pk, "people"])
    every = lines_of(b"".join(client.get(address, {"download": "csv"}).streaming_content))
    head, people = every[0], every[1:]
    last, first, key, project = (
        head.index(one) for one in ("Last name", "First name", "PersonalID", "Project")
    )
    assert len(people) == count_of(client.get(address).text)

    # by project: exactly those with a stay there
    with acting(place):
        name = people[0][project].split("; ")[0]
        chosen = Project.objects.get(project_name=name)
    query = {"project": chosen.pk, "sort": "-client"}
    some = lines_of(b"".join(client.get(address, query | {"download": "csv"}).streaming_content))[1:]
    assert {line[key] for line in some} == {line[key] for line in people if name in line[project].split("; ")}
    assert 0 < len(some) < len(people)
    order = [f"{line[last]}, {line[first]}".casefold() for line in some if line[last]]
    assert order == sorted(order, reverse=True)
    page = client.get(address, query).text
    assert f"<strong>{len(some)}</strong> of" in page and 'aria-sort="descending"' in page
    with acting(place):
        assert str(chosen.organization_id) in re.findall(r'name="organization".*?</select>', page, re.S)[0]

    # by organization: exactly those with a stay in one of its projects
    organization = head.index("Organization")
    with acting(place):
        agency = chosen.organization
    theirs = lines_of(
        b"".join(client.get(address, {"organization": agency.pk, "download": "csv"}).streaming_content)
    )[1:]
    assert {line[key] for line in theirs} == {
        line[key] for line in people if str(agency) in line[organization].split("; ")
    }
    assert 0 < len(theirs) < len(people)

    # by name: sent by POST, kept on the server
    wanted = next(line for line in people if len(line[last]) > 3)
    answer = client.post(address, {"words": wanted[last].lower()})
    kept = answer.headers["Location"]
    assert wanted[last].lower() not in kept.lower() and "found=" in kept
    found = client.get(kept)
    with acting(place):
        found_is = Client.objects.get(hud_id=wanted[key]).pk
    assert f"/clients/{found_is}/" in found.text and count_of(found.text) < len(people)
    taken = lines_of(b"".join(client.get(f"{kept}&download=csv").streaming_content))[1:]
    assert taken and all(
        wanted[last].casefold() in f"{line[last]} {line[first]}".casefold() for line in taken
    )
    client.logout()
    client.force_login(place)
    assert "not kept any more" in client.get(kept).text  # another session does not know it

    # CSV: its rows alone for programs, and beside them what it is
    content = b"".join(client.get(address, query | {"download": "csv"}).streaming_content)
    assert csv_of(content).startswith("\ufeffLast name,")
    said = about_of(content)
    assert list(said) == [
        "List", "Report", "Report period", "Data as of", "Project", "Order", "Rows", "Hidden from you",
        "Taken by",
    ]  # fmt: skip
    assert said["Project"] == name and said["Order"] == "Client, falling" and said["Hidden from you"] == "0"
    assert said["Rows"] == f"{len(some)} of {len(people)}" and said["Taken by"].startswith(str(place))

    # Excel: the same, and what it is
    listed, about = sheets_of(b"".join(client.get(address, query | {"download": "xlsx"}).streaming_content))
    assert listed.count("<row ") == len(some) + 1 and "<f>" not in listed
    for said in (
        "Report period",
        "Data as of",
        name,
        "Client, falling",
        f"{len(some)} of {len(people)}",
        "0",
    ):
        assert said.replace("&", "&amp;") in about, said
    with acting(place):
        entry = AccessLog.objects.filter(action="downloaded").order_by("-pk").first()
        assert entry is not None and entry.subject == f"reportrun:{run.pk}"
        assert entry.details["kind"] == "xlsx" and entry.details["rows"] == len(some)
        assert len(entry.details["shown"]) == len(some)
        assert name not in str(entry.details)


def test_names_go_along_only_after_a_second_step(client: Browser, reported: Reported, settings: Any) -> None:
    settings.ASK_AGAIN_MINUTES, settings.SECOND_STEP_FOR_NAMES = 10, True
    run = reported["lsa"]
    client.force_login(run.created_by)
    session = client.session
    session["account_authentication_methods"] = [{"method": "password", "at": time.time()}]
    session["account_authentication_methods_user"] = str(session["_auth_user_id"])
    session.save()
    answer = client.get(reverse("reports:figure", args=[run.pk, "people"]), {"download": "csv"})
    assert answer.status_code == 302 and answer["Location"].startswith("/account/two-step/")


def test_rows_of_files_are_taken_along_too(client: Browser, administrator: User) -> None:
    with acting(administrator):
        run = small(administrator, WORLD)
    client.force_login(administrator)
    for file in ("LSAPerson", "LSACalculated", "Project", "Organization", "Inventory"):
        page = ask(client, "rows", run.pk, file)
        answer = client.get(reverse("reports:rows", args=[run.pk, file]), {"download": "csv"})
        assert len(lines_of(b"".join(answer.streaming_content))) == count_of(page) + 1


def test_a_median_is_of_all_and_of_what_is_counted(client: Browser, reported: Reported) -> None:
    """It stands above the list and stays when that is filtered; nights where bed nights are counted."""
    run = reported["lsa"]
    place = run.created_by
    client.force_login(place)
    address = reverse("reports:figure", args=[run.pk, "average-1-0"])
    page = client.get(address).text
    said = re.search(r"Of all of them: median \d+, from \d+ to \d+ days\.", page)
    code = re.findall(r'name="organization".*?</select>', page, re.S)[0].split('value="')[2].split('"')[0]
    filtered = client.get(address, {"organization": code}).text
    assert said and said[0] in filtered and count_of(filtered) < count_of(page)
    rows = client.get(reverse("reports:rows", args=[run.pk, "LSACalculated"]), {"ReportRow": "56"}).text
    found = re.search(rf"/reports/{run.pk}/rows/LSACalculated/\d+/", rows)
    assert found
    nights = client.get(found[0]).text
    assert re.search(r"Of all of them: median \d+, from \d+ to \d+ nights\.", nights)
    assert 'data-label="Nights"' in nights and 'data-label="Days"' not in nights


def test_numbers_are_taken_along_as_numbers(client: Browser, administrator: User) -> None:
    """HUD's -1 is no formula and gets no apostrophe, so that a file fits HUD's own; keys stay as they are."""
    with acting(administrator):
        run = small(administrator, WORLD)
    client.force_login(administrator)
    address = reverse("reports:rows", args=[run.pk, "LSAPerson"])
    head, *lines = lines_of(b"".join(client.get(address, {"download": "csv"}).streaming_content))
    assert {line[head.index("HHTypePSH")] for line in lines} == {"-1"}
    assert not [cell for line in lines for cell in line if cell.startswith("'")]
    listed, _ = sheets_of(b"".join(client.get(address, {"download": "xlsx"}).streaming_content))
    assert "<v>-1</v>" in listed


@pytest.mark.parametrize(
    ("column", "code", "value"),
    [
        ("HHType", "-1", -1), ("HHType", "99", 99), ("Value", "0", 0), ("ZIP", "05501", "05501"),
        ("ProjectID", "12", "12"), ("HHType", "-0", "-0"), ("Name", "=1", "=1"), ("Name", "", ""),
        ("Name", "-1+1", "-1+1"), ("Name", "9" * 20, "9" * 20), ("Name", "１", "１"),
    ],
)  # fmt: skip
def test_what_is_a_number(column: str, code: str, value: str | int) -> None:
    assert Cell(column, column, code, "").value == value


def test_nobody_is_listed_or_taken_along_whom_the_viewer_may_not_see(client: Browser, place: User) -> None:
    """An enrollment that moves to another organization after the report was made leaves page, Excel and CSV
    of its maker; others' accounts find no report at all."""
    with acting(place):
        organization, projects = organization_with_people()
        user = factories.make_hmis_user(organization)
        stranger = factories.make_hmis_user(factories.make_organization())
        auditor = factories.make_auditor()
    run = made(user, report="lsa_project", parameters={"projects": [one.pk for one in projects]})
    client.force_login(user)
    address = reverse("reports:figure", args=[run.pk, "people"])
    before = lines_of(b"".join(client.get(address, {"download": "csv"}).streaming_content))
    key = before[0].index("PersonalID")
    gone = before[1][key]
    with acting(place):
        other = factories.make_project()
        name = Client.objects.get(hud_id=gone)
        Enrollment.objects.filter(client=name).update(project=other)
    page = client.get(address, {"size": "100"}).text
    assert f"/clients/{name.pk}/" not in page and gone not in page
    hidden = re.search(r"and ([\d,]+) more that you may not see", page)
    assert hidden and int(hidden[1]) >= 1
    assert count_of(page) == len(before) - 1  # hidden ones are counted, not shown
    for kind in ("csv", "xlsx"):
        content = b"".join(client.get(address, {"download": kind}).streaming_content)
        text = csv_of(content) if kind == "csv" else "".join(sheets_of(content))
        assert f">{gone}<" not in text and f",{gone}," not in text
        about = about_of(content)["Hidden from you"] if kind == "csv" else text
        assert f"{hidden[1]}: their records belong to other organizations" in about
    with acting(place):  # the log says how many were not in it
        entry = AccessLog.objects.filter(action="downloaded").latest("pk")
        assert entry.details["hidden"] == int(hidden[1].replace(",", ""))
        assert entry.details["rows"] == len(entry.details["shown"])
        assert name.pk not in entry.details["shown"]
    # nobody is found by a name that is hidden
    kept = client.post(address, {"words": gone}).headers["Location"]
    assert f"/clients/{name.pk}/" not in client.get(kept).text
    for somebody in (stranger, auditor):
        client.force_login(somebody)
        for query in ({}, {"download": "csv"}, {"download": "xlsx"}):
            assert client.get(address, query).status_code in (403, 404)


def test_a_role_without_the_right_takes_nothing_along(
    client: Browser, administrator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    from hearth.hmis.access.permissions import Permission

    with acting(administrator):
        run = small(administrator, WORLD)
    may = User.may
    monkeypatch.setattr(User, "may", lambda self, one: one != Permission.DATA_EXPORT and may(self, one))
    client.force_login(administrator)
    address = reverse("reports:figure", args=[run.pk, "people"])
    page = client.get(address)
    assert page.status_code == 200 and "download=" not in page.text
    assert client.get(address, {"download": "csv"}).status_code == 403


def test_a_report_refused_for_cells_runs_again_when_the_box_is_ticked(
    client: Browser, bare_place: User
) -> None:
    from hearth.hmis.reports.models import ReportRun
    from hearth.reporting.runtime.notes import REMEDY
    from tests.hmis.reports.world import make_run

    run = make_run(bare_place, state="refused", message=f"2 cells of Exit.ExitDate cannot be read. {REMEDY}")
    other = make_run(bare_place, state="refused", message="No project operates in MN-999.")
    client.force_login(bare_place)
    page = ask(client, "run", run.pk)
    assert 'name="accept_unreadable"' in page and "checked" not in page and 'href="#again"' in page
    assert 'name="accept_unreadable"' not in ask(client, "run", other.pk)
    address = reverse("reports:again", args=[run.pk])
    client.post(address)
    client.post(address, {"accept_unreadable": "on"})
    with acting(bare_place):
        plain, accepted = ReportRun.objects.order_by("pk")[2:]
    assert plain.parameters["accept_unreadable"] is False
    assert accepted.parameters["accept_unreadable"] is True
    client.post(reverse("reports:again", args=[accepted.pk]))  # keeps its settings
    with acting(bare_place):
        assert ReportRun.objects.latest("pk").parameters["accept_unreadable"] is True
