"""The change history of an enrollment tells of local answers and funding to whoever sees the stay."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client as Browser
from django.urls import reverse

from hearth.hmis.access.context import acting
from hearth.hmis.access.models import User
from hearth.hmis.organizations.models import Project
from tests.hmis.local.test_answers import CITY, COUNTY, RENT, START, Place

pytestmark = pytest.mark.django_db

LATER = START + timedelta(days=10)


@pytest.fixture
def place(administrator: User) -> Place:
    return Place(administrator)


def told(place: Place, client: Browser) -> dict[str, tuple[str, str]]:
    """By label what was said before and after; each is on the page."""
    client.force_login(place.worker)
    page = client.get(reverse("enrollments:history", args=[place.stay.pk]))
    steps = [step for change in page.context["history"].changes for step in change.steps]
    text = page.content.decode()
    assert all(step.before in text and step.after in text for step in steps)
    return {step.label: (step.before, step.after) for step in steps}


def test_an_answer_that_was_put_right_and_one_that_was_taken_back(place: Place, client: Browser) -> None:
    place.keep({COUNTY: "27053", RENT: Decimal("800.00")})
    assert told(place, client) == {}  # as it was first written
    place.keep({COUNTY: "27123", RENT: None}, corrects=True)
    found = told(place, client)
    ((county, said),) = [(label, said) for label, said in found.items() if "MN-U01" in label]
    assert county == (
        "In which county does the household stay now? (MN-U01, project start, November 2, 2026)"
    )
    assert said == ("Hennepin", "Ramsey")
    ((_, rent),) = [(label, said) for label, said in found.items() if "MN-L03" in label]
    assert rent == ("800.00", "")
    client.force_login(place.worker)
    page = client.get(reverse("enrollments:history_of", args=[place.stay.pk, "LocalAnswers"]))
    assert "first recorded" in page.content.decode().lower()


def test_funding_that_ends(place: Place, client: Browser) -> None:
    place.keep({}, programs=frozenset({"FHPAP"}))
    place.keep({}, programs=frozenset(), day=LATER)
    ((name, said),) = told(place, client).items()
    assert "Family Homeless Prevention" in name
    assert said == ("since November 2, 2026", "November 2 – November 11, 2026")


def test_words_that_somebody_typed_are_not_told_where_the_project_is_hidden(
    place: Place, client: Browser, administrator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    place.keep({CITY: "Brainerd", COUNTY: "27053"})
    place.keep({CITY: "Bemidji", COUNTY: "27123"}, corrects=True)
    assert ("Brainerd", "Bemidji") in told(place, client).values()
    monkeypatch.setattr(Project, "is_hidden", property(lambda self: True))
    assert list(told(place, client).values()) == [("Hennepin", "Ramsey")]


def test_whoever_does_not_see_the_stay_sees_nothing(place: Place, client: Browser) -> None:
    place.keep({COUNTY: "27053"})
    place.keep({COUNTY: "27123"}, corrects=True)
    client.force_login(place.stranger)
    for address in ("enrollments:history", "enrollments:history_of"):
        args = [place.stay.pk, "LocalAnswers"][: 2 if address.endswith("_of") else 1]
        assert client.get(reverse(address, args=args)).status_code == 404
    with acting(place.stranger):
        assert not place.stay.localanswer_set.restrict(place.stranger).exists()
