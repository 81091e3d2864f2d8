"""Agreements and training of many from a spreadsheet, looked at before anything is recorded."""

from typing import Any

import pytest
from django.contrib.auth.hashers import make_password
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from hearth.hmis.access.context import acting
from hearth.hmis.access.models import RequirementMet, User
from hearth.hmis.accounts.people import met_sheet
from tests import factories
from tests.hmis.accounts.people.test_pages import Town, signed_in

pytestmark = pytest.mark.django_db

PATH = "/people/requirements/many/"


@pytest.fixture
def town(administrator: User) -> Town:
    return Town(administrator)


def send(client: Client, *lines: str) -> str:
    data = "\n".join(("E-mail,Requirement,Day,Note", *lines)).encode()
    answer = client.post(PATH, {"file": SimpleUploadedFile("training.csv", data)})
    assert answer.status_code == 200
    return answer.content.decode()


def kept_in(page: str) -> str:
    return page.partition('name="sheet" value="')[2].partition('"')[0]


def stored(town: Town) -> list[tuple[Any, ...]]:
    with acting(town.administrator):
        found = RequirementMet.objects.order_by("user", "kind")
        return [(one.user_id, one.kind, str(one.met_on), one.note, one.recorded_by_id) for one in found]


def test_all_lines_are_looked_at_then_recorded_once(town: Town) -> None:
    client = signed_in(town.boss)
    page = send(
        client,
        f"{town.of_a.email.upper()},privacy training,02/01/2026,Course 7",
        f"{town.of_a.email},user_agreement,2/3/2026,",
    )
    assert stored(town) == [] and "Mistakes" not in page
    done = client.post(PATH, {"sheet": kept_in(page)}, follow=True)
    assert "2 records made." in done.content.decode()
    boss, of_a = town.boss.pk, town.of_a.pk
    assert stored(town) == [
        (of_a, "privacy_training", "2026-02-01", "Course 7", boss),
        (of_a, "user_agreement", "2026-02-03", "", boss),
    ]
    again = client.post(PATH, {"sheet": kept_in(page)}).content.decode()
    assert again.count("This is recorded already.") == 2 and len(stored(town)) == 2
    stranger = signed_in(town.administrator).post(PATH, {"sheet": kept_in(page)}, follow=True)
    assert "not kept any more" in stranger.content.decode()


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{of_b},privacy training,2/1/2026,", "You administer nobody with this address."),
        ("nobody@example.org,privacy training,2/1/2026,", "You administer nobody with this address."),
        ("{boss},privacy training,2/1/2026,", "Nobody records their own."),
        ("{of_a},juggling,2/1/2026,", "There is no such requirement."),
        ("{of_a},agency agreement,2/1/2026,", "recorded on the page of the organization"),
        ("{of_a},privacy training,13/45/2026,", "Day: type it as month/day/year"),
        ("{of_a},privacy training,,", "The day is missing."),
        ("{of_a},privacy training,1/1/2999,", "The day is today or earlier."),
        ("{of_a},privacy training,1/1/1066,", "Day: type a year from"),
        ("{of_a},privacy training,2/1/2026,=1+1", "would take it for a formula"),
        ("{of_a},privacy training,2/1/2026,\n{of_a},privacy training,2/1/2026,", "more than once"),
    ],
)
def test_every_mistake_stands_at_its_line(town: Town, line: str, said: str) -> None:
    named = {one: getattr(town, one).email for one in ("of_a", "of_b", "boss")}
    page = send(signed_in(town.boss), line.format(**named))
    assert said in page and "Nothing was recorded" in page and kept_in(page) == ""
    assert stored(town) == []


def test_whoever_is_no_administrator_records_nothing(town: Town) -> None:
    assert signed_in(town.of_a).get(PATH).status_code == 403
    line = met_sheet.MetLine(2, town.of_b.email, "", user=town.of_b)
    with acting(town.boss):
        [checked] = met_sheet.checked(
            town.boss, f"E-mail,Requirement,Day\n{town.of_a.email},privacy training,2/1/2026"
        )
    line.kind, line.met_on = checked.kind, checked.met_on
    with pytest.raises(PermissionDenied):  # one is not theirs: none is recorded
        met_sheet.record(by=town.boss, lines=[checked, line])
    assert stored(town) == []


def test_who_signed_in_long_ago_is_asked_again(town: Town, settings: Any) -> None:
    settings.ASK_AGAIN_MINUTES = 10
    User.objects.filter(pk=town.boss.pk).update(password=make_password(factories.PASSWORD))
    client = signed_in(User.objects.get(pk=town.boss.pk))
    page = send(client, f"{town.of_a.email},privacy training,02/01/2026,")
    answer = client.post(PATH, {"sheet": kept_in(page)})
    assert "account/ask_again.html" in {one.name for one in answer.templates} and stored(town) == []
    client.post(PATH, {"sheet": kept_in(page), "again-password": factories.PASSWORD})
    assert len(stored(town)) == 1
