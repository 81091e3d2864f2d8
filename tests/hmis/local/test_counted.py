"""Local answers are counted and found in one's own projects, and what a start leaves open is due there."""

from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest
from django.test import Client as Browser

from hearth.hmis.access.context import acting
from hearth.hmis.access.models import User
from hearth.hmis.audit.models import AccessLog
from hearth.hmis.local import counted
from hearth.hmis.local.counted import DUE, Counting
from hearth.hmis.local.models import LocalAnswer
from hearth.hmis.local.stored import due_at_start, due_at_starts
from tests import factories
from tests.hmis.local.test_answers import CITY, COUNTY, RENT, START, Place

pytestmark = pytest.mark.django_db

TODAY = date(2026, 12, 1)


@pytest.fixture
def place(administrator: User) -> Place:
    return Place(administrator)


def lines(user: User, **query: str) -> dict[tuple[str, str], tuple[int, int]]:
    """(element, answer) → (answers, clients), of what was answered."""
    with acting(user):
        found, checked = Counting(user, query, TODAY).lines()
    assert checked
    return {(one.element, one.answer): (one.answers, one.clients) for one in found if not one.is_due}


def test_answers_are_counted_by_question_answer_project_and_period(place: Place, administrator: User) -> None:
    place.keep({COUNTY: "27053", RENT: Decimal("900.50")})
    place.keep({COUNTY: "27053"}, stage="update", day=date(2026, 11, 20))
    with acting(administrator):
        other = factories.make_project(place.organization, project_type=0)
        place.stay = factories.make_enrollment(factories.make_client(), other, entry_date=START)
    place.worker = User.objects.get(pk=place.worker.pk)  # with the rights in the new project
    place.keep({COUNTY: "27003"}, day=date(2025, 3, 1))
    both = {("MN-U01", "Hennepin"): (2, 1), ("MN-U01", "Anoka"): (1, 1), ("MN-L03", "Answered"): (1, 1)}
    assert lines(place.worker) == both
    assert lines(place.worker, project=str(other.pk)) == {("MN-U01", "Anoka"): (1, 1)}
    assert lines(place.worker, period="2025") == {("MN-U01", "Anoka"): (1, 1)}
    assert lines(place.worker, stage="update") == {("MN-U01", "Hennepin"): (1, 1)}
    assert lines(place.stranger) == {}
    assert lines(administrator) == both


def test_what_was_deleted_does_not_count(place: Place, administrator: User) -> None:
    place.keep({COUNTY: "27053"})
    with acting(administrator):
        LocalAnswer.objects.update(date_deleted=factories.WHEN)
    assert lines(place.worker) == {}


def test_what_many_starts_leave_open_is_what_each_says_on_its_page(
    place: Place, administrator: User, django_assert_max_num_queries: Any
) -> None:
    with acting(administrator):
        stays = [place.stay]
        for number in range(4):
            stays.append(
                factories.make_enrollment(
                    factories.make_client(dob=date(2010 - 8 * number, 1, 1), veteran_status=number % 2),
                    place.project, entry_date=START, household_id="H-together",
                    relationship_to_hoh=1 if number == 3 else 2,
                )
            )  # fmt: skip
    place.stay = stays[-1]
    place.keep({COUNTY: "27053"}, programs=frozenset({"FHPAP"}))
    with acting(place.worker):
        with django_assert_max_num_queries(4):
            found = due_at_starts(place.worker, stays)
        for one in stays:
            rows = LocalAnswer.objects.filter(enrollment=one)
            said = [each.field.question for each in found.get(one.pk, ())]
            assert said == due_at_start(place.worker, one, rows)
        due = {pk: {each.field.name for each in asked} for pk, asked in found.items()}
    assert "CountyOfStay" in due[stays[0].pk] and "CountyOfStay" not in due[stays[-1].pk]
    assert "FHPAPFundingType" in due[stays[-1].pk] and "FHPAPFundingType" not in due[stays[0].pk]


def test_the_number_of_a_line_is_the_length_of_its_list(place: Place) -> None:
    place.keep({COUNTY: "27053", RENT: Decimal("900.50"), CITY: "Springfield"})
    with acting(place.worker):
        found, _ = Counting(place.worker, {}, TODAY).lines()
        assert any(one.is_due for one in found)
        for one in found:
            path, _, query = one.address.partition("?")
            asked = dict(part.split("=") for part in query.split("&") if part)
            listed = Counting(place.worker, asked, TODAY, path.rstrip("/").rpartition("/")[2]).listed(path)
            assert listed.total == one.answers, one


def test_too_many_stays_are_not_looked_at_each(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counted, "MOST_CHECKED", 0)
    with acting(place.worker):
        found, checked = Counting(place.worker, {}, TODAY).lines()
        assert (found, checked) == ([], False)
        assert Counting(place.worker, {"answer": DUE}, TODAY, "CountyOfStay").listed("").total == 0


def test_the_pages_show_it_to_who_works_there_and_the_log_says_who_looked(
    place: Place, client: Browser, administrator: User
) -> None:
    place.keep({COUNTY: "27053"})
    client.force_login(place.worker)
    page = client.get("/reports/local/").content.decode()
    assert "Hennepin" in page and "In which county does the household stay now?" in page
    address = "/reports/local/CountyOfStay/?answer=27053"
    assert str(place.stay.client.last_name) in client.get(address).content.decode()
    with acting(administrator):
        viewed = AccessLog.objects.filter(action="members_viewed", user_id=place.worker.pk).latest("pk")
        assert viewed.details["shown"] == [place.stay.client_id]
    due = client.get("/reports/local/LastPermanentState/?answer=due").content.decode()
    assert f"/enrollments/{place.stay.pk}/local/start/" in due
    assert client.get("/reports/local/NothingLikeIt/").status_code == 404
    for odd in (
        "answer=%0A",
        "answer=any",
        "project=999999999999",
        "period=2026Q9",
        "page=99999",
        "sort=-client",
    ):
        assert client.get(f"/reports/local/CountyOfStay/?{odd}").status_code == 200
    client.force_login(place.stranger)
    assert "Hennepin</a>" not in client.get("/reports/local/").content.decode()
    assert str(place.stay.client.last_name) not in client.get(address).content.decode()


def test_periods_follow_each_other_without_a_gap() -> None:
    for today in (date(2026, 1, 1), date(2026, 12, 31), date(2027, 7, 1), date(2026, 10, 1)):
        quarters = [span for code, (_, span) in counted.periods(today).items() if "Q" in code]
        assert quarters[0].holds(today) and len(quarters) == 6
        for later, earlier in pairwise(quarters):
            assert later.since and earlier.until and earlier.until + timedelta(days=1) == later.since
        years = counted.periods(today)
        for code in (f"SFY{today.year + (today.month >= 7)}", f"FFY{today.year + (today.month >= 10)}"):
            assert years[code][1].holds(today)
