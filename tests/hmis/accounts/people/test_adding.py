"""Adding people: one by a form, many from a spreadsheet that is checked before anything is written."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from hearth.hmis.access.context import acting
from hearth.hmis.access.models import Grant, User
from hearth.hmis.access.roles import AgencyAdministrator, HmisUser
from hearth.hmis.access.scopes import OrganizationScope, ProjectScope
from hearth.hmis.accounts.people import actions, places, spreadsheet
from hearth.hmis.site import mailing
from tests.hmis.accounts.people.test_pages import Town, form, grant_of, signed_in
from tests.hmis.ui.workbooks import workbook

pytestmark = pytest.mark.django_db

TODAY = timezone.localdate()
HEAD = "E-mail,Name,Role,Organization,Project,CoC,First day,Last day,Reason"


@pytest.fixture
def town(administrator: User) -> Town:
    return Town(administrator)


def count() -> int:
    return User.objects.count()


def send(client: Client, text: str | bytes) -> str:
    data = text if isinstance(text, bytes) else text.encode()
    answer = client.post("/people/new/many/", {"file": SimpleUploadedFile("people.csv", data)})
    assert answer.status_code == 200
    return answer.content.decode()


def kept_in(page: str) -> str:
    return page.partition('name="sheet" value="')[2].partition('"')[0]


def test_a_person_is_looked_at_added_and_invited(town: Town, settings: Any) -> None:
    settings.MAIL_SERVER = object()
    client = signed_in(town.boss)
    assert "Choose where" in client.get("/people/new/").content.decode()
    address = "/people/new/?role=hmis_user"
    asked = form(OrganizationScope(town.a.pk)) | {"email": "Nia@Example.org", "name": "Nia New"}
    before = count()
    assert "Add this person?" in client.post(address, asked).content.decode()
    assert count() == before
    done = client.post(address, asked | {"given": "1"})
    nia = User.objects.get(email="nia@example.org")
    assert done["Location"] == f"/people/{nia.pk}/"
    assert grant_of(nia, town.administrator).given_by_id == town.boss.pk
    mailing.send_due()
    assert [one.to for one in mail.outbox] == [["nia@example.org"]]
    again = client.post(address, asked | {"given": "1"}).content.decode()
    assert "has this role there already" in again
    assert mailing.send_due() == 0


def test_whoever_has_an_account_gets_the_grant_alone(town: Town, settings: Any) -> None:
    settings.MAIL_SERVER = object()
    asked = form(OrganizationScope(town.a.pk), given="1") | {"email": town.of_b.email.upper(), "name": "X"}
    done = signed_in(town.boss).post("/people/new/?role=hmis_user", asked, follow=True)
    assert "had an account already" in done.content.decode()
    assert User.objects.get(pk=town.of_b.pk).display_name == "Ben of B"
    assert grant_of(town.of_b, town.administrator, organization=town.a).role == "hmis_user"
    assert mailing.send_due() == 0


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"email": "no address"}, "Type a whole e-mail address"),
        ({"email": ""}, "Enter: E-mail."),
        ({"name": ""}, "Enter: Name."),
        ({"reason": ""}, "Enter: Reason."),
        ({"place": "organization:987654"}, "Choose from the list."),
        ({"last_day": "01/01/2020"}, "The last day is not before the first."),
        ({"begins_on": "someday"}, "Type the day as month/day/year"),
    ],
)
def test_a_form_with_a_mistake_adds_nobody(town: Town, more: dict[str, str], said: str) -> None:
    before = count()
    asked = form(OrganizationScope(town.a.pk), given="1") | {"email": "nia@example.org", "name": "Nia"} | more
    assert said in signed_in(town.boss).post("/people/new/?role=hmis_user", asked).content.decode()
    assert count() == before


def test_nobody_adds_themselves_and_a_closed_account_stays_closed(town: Town) -> None:
    address = "/people/new/?role=hmis_user"
    own = form(ProjectScope(town.a1.pk), given="1") | {"email": town.boss.email, "name": "Boss"}
    assert "Nothing was given" in signed_in(town.boss).post(address, own).content.decode()
    User.objects.filter(pk=town.of_a.pk).update(is_active=False)
    closed = own | {"email": town.of_a.email}
    assert "Reactivate the account first" in signed_in(town.boss).post(address, closed).content.decode()


def test_an_account_that_another_request_made_meanwhile(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second of two requests finds no account, and then the address is taken."""
    asked = {"name": "X", "role": HmisUser, "scope": OrganizationScope(town.a.pk)}
    manager = type(User.objects)
    monkeypatch.setattr(manager, "filter", lambda self, **fields: self.none())
    with pytest.raises(ValueError, match="just added"):
        actions.add(by=town.administrator, site="https://example.org/", email=town.of_b.email, **asked)


def test_a_sheet_is_checked_then_all_are_added_once(town: Town, settings: Any) -> None:
    settings.MAIL_SERVER = object()
    client = signed_in(town.boss)
    before = count()
    last = f"{TODAY + timedelta(days=30):%m/%d/%Y}"
    page = send(client, (
        f"{HEAD}\nnia@example.org,Nia New,HMIS user,{town.a.organization_name},,,,{last},new\n\n"
        f'ned@example.org,"New, Ned",hmis_user,,{town.a1.pk},,,,new\n'
    ))  # fmt: skip
    assert "Add these 2 people" in page
    assert count() == before and mailing.send_due() == 0
    done = client.post("/people/new/many/", {"sheet": kept_in(page)}, follow=True)
    assert "2 people added and invited by mail." in done.content.decode()
    nia, ned = (User.objects.get(email=f"{one}@example.org") for one in ("nia", "ned"))
    assert ned.display_name == "New, Ned"
    assert grant_of(nia, town.administrator).ends_on == TODAY + timedelta(days=31)
    assert grant_of(ned, town.administrator).project_id == town.a1.pk
    assert mailing.send_due() == 2
    again = client.post("/people/new/many/", {"sheet": kept_in(page)}).content.decode()
    assert "Nobody was added" in again and "the people were added already" in again
    assert count() == before + 2 and mailing.send_due() == 0
    assert "not kept any more" in client.post(
        "/people/new/many/", {"sheet": "x"}, follow=True
    ).content.decode()  # fmt: skip
    stranger = signed_in(town.administrator).post("/people/new/many/", {"sheet": kept_in(page)}, follow=True)
    assert "not kept any more" in stranger.content.decode()


GOOD = "nia@example.org,Nia,hmis_user,{a},,,,,new"


@pytest.mark.parametrize(
    ("lines", "mistakes"),
    [
        (["no address,Nia,hmis_user,{a},,,,,new"], ["This is not an e-mail address."]),
        ([",Nia,hmis_user,{a},,,,,new"], ["The e-mail is missing."]),
        ([GOOD, "NIA@example.org,Nia,hmis_user,{a},,,,,new"],
         ["This e-mail address is in the file more than once."] * 2),
        (["{taken},Nia,hmis_user,{a},,,,,new"],
         ["There is an account with this address already. Give a grant on its page."]),
        (["nia@example.org,,hmis_user,{a},,,,,new"], ["The name is missing."]),
        (["nia@example.org,Nia,hmis_user,{a},,,,,"], ["The reason is missing."]),
        (["nia@example.org,Nia,king,{a},,,,,new"],
         ["There is no such role that you can give. You can give: HMIS user, Agency administrator."]),
        (["nia@example.org,Nia,auditor,,,,,,new"],
         ["There is no such role that you can give. You can give: HMIS user, Agency administrator."]),
        (["nia@example.org,Nia,hmis_user,Nowhere,,,,,new"], ["There is no such organization for you."]),
        (["nia@example.org,Nia,hmis_user,{b},,,,,new"], ["There is no such organization for you."]),
        (["nia@example.org,Nia,hmis_user,,987654,,,,new"], ["There is no such project for you."]),
        (["nia@example.org,Nia,hmis_user,,,MN-500,,,new"],
         ["The role HMIS user is held for an organization or a project or a group of projects."]),
        (["nia@example.org,Nia,hmis_user,,,,,,new"],
         ["The role HMIS user is held for an organization or a project or a group of projects."]),
        (["nia@example.org,Nia,hmis_user,{a},{a1},,,,new"],
         ["Name one place: an organization, a project, a group of projects or a CoC."]),
        (["nia@example.org,Nia,hmis_user,{a},,,someday,,new"],
         ["First day: type it as month/day/year, such as 06/29/2027."]),
        (["nia@example.org,Nia,hmis_user,{a},,,01/01/2020,,new"], ["A grant begins today or later."]),
        (["nia@example.org,Nia,hmis_user,{a},,,,01/01/2020,new"], ["The last day is not before the first."]),
        (["nia@example.org,Nia,hmis_user,{a},,,,12/31/9999,new"], ["Last day: check the year."]),
        (["nia@example.org,=1+1,hmis_user,{a},,,,,new"],
         ["Name: a spreadsheet would take it for a formula."]),
        (["nia@example.org,Nia,hmis_user,{a},,,,," + "x" * 501], ["Reason: shorten it to 500 characters."]),
    ],
)  # fmt: skip
def test_every_mistake_stands_at_its_line(town: Town, lines: list[str], mistakes: list[str]) -> None:
    names = {"a": town.a.organization_name, "b": town.b.organization_name, "a1": town.a1.pk,
             "taken": town.of_b.email}  # fmt: skip
    text = "\n".join([HEAD, *lines]).format(**names)
    before = count()
    with acting(town.boss):
        found = spreadsheet.checked(User.objects.get(pk=town.boss.pk), text)
    assert [said for one in found for said in one.mistakes] == mistakes
    page = send(signed_in(town.boss), text)
    assert "Nobody was added" in page and 'name="sheet"' not in page
    assert count() == before


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"PK\x03\x04rest", "The file cannot be read as an Excel workbook."),
        (b"\xd0\xcf\x11\xe0rest", "This is an Excel workbook with a password, or of an old kind (.xls)."),
        ("E-mail,Name\nx,Zoë".encode("latin-1"), "The file is not UTF-8."),
        (b"E-mail\x00", "The file is not text."),
        (b"E-mail,Name,Role,Reason\n", "The file has no people below its headings."),
        (b"E-mail,Name\nx,y", "Missing: “Role”, “Reason”."),
        (b"E-mail,Name,Role,Reason,Color\nx,y,z,a,b", "Column 5 has a heading that is not known."),
        (b"E-mail,Name,Role,Reason,Email\nx,y,z,a,b", "The file has the column “Email” twice."),
        (b'E-mail,Name,Role,Reason\n"x,y', "a quotation mark is not closed"),
        (b"E-mail,Name,Role,Reason\n" + b"x,y,z,a\n" * 1001, "Send at most 1,000 at a time."),
        (b"E-mail,Name,Role,Reason\nx," + b"y" * 200_000 + b",z,a", "cannot be read as CSV"),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_taken_is_a_sentence(town: Town, data: bytes, said: str) -> None:
    before = count()
    assert said in send(signed_in(town.boss), data).replace("&#x27;", "'")
    assert count() == before


@pytest.mark.parametrize("write", [
    lambda text: text.replace(",", ";"), lambda text: text.replace("\n", "\r\n"),
    lambda text: "\ufeff" + text, lambda text: text.replace("E-mail", " E-MAIL "),
])  # fmt: skip
def test_spreadsheets_write_csv_in_several_ways(town: Town, write: Callable[[str], str]) -> None:
    text = write(f"{HEAD}\nnia@example.org,Nia,hmis_user,{town.a.pk},,,,,new\n")
    assert "Add this person" in send(signed_in(town.boss), text)


def test_a_workbook_is_checked_like_csv(town: Town, settings: Any) -> None:
    """Numbers and days are what somebody would type, and lines are counted as Excel counts them."""
    settings.MAIL_SERVER = object()
    client, before = signed_in(town.boss), count()
    last = TODAY + timedelta(days=30)
    rows = [HEAD.split(","), ["nia@example.org", "Nia", "hmis_user", town.a.pk, "", "", "", last, "new"], []]
    wrong = ["ned@example.org", "Ned", "hmis_user", town.b.pk, "", "", "", "", "=1+1"]
    page = send(client, workbook([*rows, wrong]))
    assert "Nobody was added" in page and 'data-label="Line">4<' in page
    assert "There is no such organization for you." in page
    assert "Reason: a spreadsheet would take it for a formula." in page
    done = client.post("/people/new/many/", {"sheet": kept_in(send(client, workbook(rows)))}, follow=True)
    assert "1 person added and invited by mail." in done.content.decode()
    nia = User.objects.get(email="nia@example.org")
    assert grant_of(nia, town.administrator).ends_on == last + timedelta(days=1)
    assert count() == before + 1 and mailing.send_due() == 1


def test_a_workbook_of_ten_thousand_people_is_refused(town: Town) -> None:
    rows = [["nia@example.org", "Nia", "hmis_user", "", "", "", "", "", "new"]] * 10_000
    said = send(signed_in(town.boss), workbook([HEAD.split(","), *rows]))
    assert "The file has 10,000 people. Send at most 1,000 at a time." in said


def test_all_of_a_sheet_or_none(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second of two lines is refused by the database: the first is undone."""
    client, before = signed_in(town.boss), count()
    rows = [
        f"{who}@example.org,X,hmis_user,{at.pk},,,,,new" for who, at in (("nia", town.a), ("ned", town.b))
    ]
    text = "\n".join([HEAD, *rows])
    of_role = {AgencyAdministrator: [], HmisUser: [
        places.Place(OrganizationScope(one.pk), str(one)) for one in (town.a, town.b)
    ]}  # fmt: skip
    monkeypatch.setattr(places, "places_for", lambda viewer, role: of_role[role])
    done = client.post("/people/new/many/", {"sheet": kept_in(send(client, text))}, follow=True)
    assert "Your own rights changed meanwhile. Nothing was written." in done.content.decode()
    assert count() == before
    with acting(town.administrator):
        assert not Grant.objects.filter(reason="new").exists()
