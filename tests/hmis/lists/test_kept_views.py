"""Columns that a user chooses and views that they save: of one user and one list, of codes and ids alone."""

import re
from urllib.parse import urlencode

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.models import Q
from django.test import Client as Browser
from django.urls import reverse

from hearth.hmis.access.context import acting
from hearth.hmis.access.models import User
from hearth.hmis.lists import actions
from hearth.hmis.lists.models import KeptView
from tests import factories
from tests.hmis.downloads import about_of, csv_of, lines_of, sheets_of, taken
from tests.hmis.reports.test_opening import small
from tests.reporting.reports.lsa.test_members import WORLD

pytestmark = pytest.mark.django_db(transaction=True)
COLUMNS = "/lists/people/columns/"
VIEWS = "/lists/people/views/"


@pytest.fixture
def people(client: Browser, administrator: User) -> str:
    """The address of a list of people, for whom it is opened."""
    with acting(administrator):
        run = small(administrator, WORLD)
    client.force_login(administrator)
    return reverse("reports:figure", args=[run.pk, "people"])


def heads(page: str) -> list[str]:
    return re.findall(r'<th scope="col"[^>]* data-name="([^"]*)"', page)


def cells(page: str) -> set[int]:
    """How many cells the rows have."""
    body = page.partition("<tbody>")[2].partition("</tbody>")[0]
    rows = re.findall(r"<tr>.*?</tr>", body, re.S)
    assert rows
    return {len(re.findall(r"<t[hd] [^>]*data-label|<t[hd] class", row)) for row in rows}


def test_the_columns_that_are_chosen_are_shown_and_taken_along(client: Browser, people: str) -> None:
    before = client.get(people).text
    whole = lines_of(taken(client.get(people, {"download": "csv"})))[0]
    assert "PersonalID" not in heads(before) and "Project" in heads(before)
    answer = client.post(
        COLUMNS, {"column": ["client", "personal_id", "exit"], "next": people + "?sort=-entry"}
    )
    assert answer.status_code == 302 and answer.headers["Location"] == people + "?sort=-entry"
    page = client.get(people).text
    assert heads(page) == ["Client", "PersonalID", "Exit"] and cells(page) == {3}
    content = taken(client.get(people, {"download": "csv"}))
    assert lines_of(content)[0] == [
        "Last name", "First name", "Middle name", "Suffix", "PersonalID", "Counted as", "Exit",
    ]  # fmt: skip
    assert {len(line) for line in lines_of(content)} == {7}
    assert "Project" in about_of(content)["Columns left out by choice"]
    listed, about = sheets_of(taken(client.get(people, {"download": "xlsx"})))
    assert "Why counted" not in listed and "Columns left out by choice" in about
    # the choice is kept, and given back
    assert client.post(COLUMNS, {"reset": "1", "column": ["exit"], "next": people}).status_code == 302
    assert heads(client.get(people).text) == heads(before)
    content = taken(client.get(people, {"download": "csv"}))
    assert lines_of(content)[0] == whole and "Columns left out by choice" not in about_of(content)


def test_the_first_column_always_stands(client: Browser, people: str) -> None:
    client.post(COLUMNS, {"column": ["exit"], "next": people})
    assert heads(client.get(people).text) == ["Client", "Exit"]
    client.post(COLUMNS, {"column": ["client"], "next": people})
    assert heads(client.get(people).text) == ["Client"] and cells(client.get(people).text) == {1}


def test_a_view_keeps_filters_order_and_columns_and_no_words(client: Browser, people: str) -> None:
    found = client.post(people, {"words": "Una"}).headers["Location"].partition("found=")[2]
    query = {"sort": "-entry", "size": "50", "columns": "client.id", "found": found}
    page = client.get(people, query).text
    kept = re.search(r'name="asked" value="([^"]*)"', page)
    assert kept
    asked = kept[1].replace("&amp;", "&")
    assert found not in asked and "Una" not in asked
    answer = client.post(VIEWS, {"called": "My overdue exits", "asked": asked, "next": people}, follow=True)
    assert "The view is saved" in answer.text and "Saved views (1)" in answer.text
    view = re.search(r'href="([^"]*)"><bdi>My overdue exits</bdi>', answer.text)
    assert view
    address = view[1].replace("&amp;", "&")
    assert dict(one.split("=") for one in address.partition("?")[2].split("&")) == {
        "sort": "-entry", "size": "50", "columns": "client.id",
    }  # fmt: skip
    assert heads(client.get(address).text) == ["Client", "Client ID"]
    # the same name again is the same view; another removes it
    client.post(VIEWS, {"called": "My overdue exits", "asked": "?sort=id", "next": people})
    page = client.get(people).text
    assert "Saved views (1)" in page and "?sort=id" in page
    remove = re.search(r'action="(/lists/views/\d+/remove/)"', page)
    assert remove
    assert "is removed" in client.post(remove[1], {"next": people}, follow=True).text
    assert "Saved views (" not in client.get(people).text
    assert client.post(remove[1], {"next": people}).status_code == 404


def test_a_view_keeps_filters(client: Browser, people: str, administrator: User) -> None:
    rows = people.replace("figures/people", "rows/LSACalculated")
    query = {"ReportRow": "53", "sort": "-Value"}
    page = client.get(rows, query).text
    assert "Chosen filters" in page
    asked = re.findall(r'name="asked" value="([^"]*)"', page)[0].replace("&amp;", "&")
    client.post("/lists/rows-LSACalculated/views/", {"called": "People", "asked": asked, "next": rows})
    with acting(administrator):
        kept = KeptView.objects.get().asked
    assert kept == urlencode(query)
    assert "Saved views (1)" in client.get(rows).text and "Saved views (" not in client.get(people).text


def test_nothing_but_codes_is_kept(client: Browser, people: str, administrator: User) -> None:
    asked = urlencode(
        {
            "found": "abc", "page": "3", "download": "csv", "sort": "id", "x": "O’Neil, Ann", "y": "<script>",
            "1": "1", "name with blanks": "1", "z": "a" * 201,
        }
    )  # fmt: skip
    client.post(VIEWS, {"called": "One", "asked": asked, "next": people})
    client.post(COLUMNS, {"column": ["<b>", "a b", "exit", "exit", "é", *["x"] * 500], "next": people})
    with acting(administrator):
        kept = dict(KeptView.objects.values_list("name", "asked"))
    assert kept == {"One": "sort=id", "": "exit.x"}


def test_a_choice_that_the_list_does_not_have_is_said(client: Browser, people: str) -> None:
    rows = people.replace("figures/people", "rows/LSACalculated")
    page = client.get(rows, {"ReportRow": "999", "columns": "nothing.at.all"}).text
    assert re.search(r"it was left out: [\w ]+\.", page) and len(heads(page)) > 3
    assert "was left out" not in client.get(rows, {"ReportRow": "53"}).text


def test_a_user_has_views_of_their_own(client: Browser, people: str, administrator: User) -> None:
    client.post(VIEWS, {"called": "Mine", "asked": "sort=id", "next": people})
    client.post(COLUMNS, {"column": ["exit"], "next": people})
    with acting(administrator):
        pk = KeptView.objects.get(name="Mine").pk
    other = factories.make_administrator()
    client.force_login(other)
    page = client.get(people).text
    assert "Mine" not in page and len(heads(page)) > 2
    assert client.post(f"/lists/views/{pk}/remove/").status_code == 404
    # not in the database either, whatever a query says
    with acting(other):
        assert not KeptView.objects.exists()
        refused = pytest.raises(DatabaseError, match="row-level security")
        with refused, transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO lists_keptview (user_id, list, name, asked) VALUES (%s, 'people', 'x', '')",
                [administrator.pk],
            )
    with acting(None):
        assert not KeptView.objects.exists()


def test_there_is_an_end_to_views(
    client: Browser, people: str, administrator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(actions, "MOST_VIEWS", 2)
    for name in ("a", "b", "c", "b"):
        answer = client.post(VIEWS, {"called": name, "asked": "", "next": people}, follow=True)
        assert ("2 views at most" in answer.text) == (name == "c")
    with acting(administrator):
        assert KeptView.objects.count() == 2


@pytest.mark.parametrize("address", [COLUMNS, VIEWS, "/lists/" + "x" * 300 + "/views/"])
@pytest.mark.parametrize(
    "to", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "", "\x00"]
)
def test_the_way_back_stays_on_this_site(client: Browser, administrator: User, address: str, to: str) -> None:
    client.force_login(administrator)
    answer = client.post(address, {"called": "x", "next": to})
    assert answer.status_code in (302, 400) and "evil" not in answer.headers.get("Location", "")


def test_a_name_is_text_and_needs_to_be_one(client: Browser, people: str) -> None:
    name = "<script>\u202e"
    page = client.post(VIEWS, {"called": name, "asked": "", "next": people}, follow=True).text
    assert "<script>\u202e" not in page and "&lt;script&gt;" in page
    for wrong in ("", " ", "x" * 61):
        client.post(VIEWS, {"called": wrong, "asked": "", "next": people})
    assert "Saved views (1)" in client.get(people).text


@pytest.mark.parametrize("file", ["LSAPerson", "LSACalculated", "Project", "Organization"])
def test_all_columns_of_a_file_may_be_chosen(client: Browser, administrator: User, file: str) -> None:
    with acting(administrator):
        run = small(administrator, WORLD)
    client.force_login(administrator)
    address = reverse("reports:rows", args=[run.pk, file])
    page = client.get(address).text
    offered = re.findall(r'name="column" value="(\w+)" id', page)
    assert offered
    every = client.get(address, {"columns": ".".join(offered)}).text
    assert len(heads(every)) == len(offered) + 1 and cells(every) == {len(offered) + 1}
    few = client.get(address, {"columns": offered[-1]}).text
    assert len(heads(few)) == 2 and cells(few) == {2}
    content = taken(client.get(address, {"columns": offered[-1], "download": "csv"}))
    head = lines_of(content)[0]
    assert head[-1].startswith(f"{offered[-1]}: ") and len(head) <= 4
    assert csv_of(content)


def test_the_filter_asks_for_ones_own_rows_too() -> None:
    """The database hides those of others anyway, so that a filter that let all through would not show."""
    user = factories.make_user()
    assert KeptView.row_policy.visible(user) == Q(user_id=user.pk)
