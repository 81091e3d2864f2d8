"""What is due, on the pages of a client, a stay and a project and in the list; and for whom it is not."""

import time
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from hearth.hmis.access.context import acting
from hearth.hmis.access.models import User
from hearth.hmis.access.permissions import Permission
from hearth.hmis.enrollments import due, roster
from hearth.hmis.enrollments.models import Disabilities, Enrollment, Exit, IncomeBenefits, Services
from hearth.hmis.enrollments.unanswered import unanswered
from hearth.hmis.ui import formats
from tests import factories
from tests.hmis.enrollments.start.test_enroll import Place

pytestmark = pytest.mark.django_db

TODAY = timezone.localdate()


def days(number: int) -> timedelta:
    return timedelta(days=number)


class World(Place):
    """A household of three in rapid re-housing for a year and ten days, and a guest of a night-by-night
    shelter for 40 nights, of which 24 were here."""

    def __init__(self, administrator: User) -> None:
        super().__init__(administrator)
        self.began = TODAY - days(375)
        with acting(administrator):
            self.head = self.stay(self.client, self.housing, self.began, 1)
            self.child = factories.make_client(dob=date(TODAY.year - 10, 1, 1))
            home = self.head.household_id
            self.child_stay = self.stay(self.child, self.housing, self.began, 2, household_id=home)
            self.joined = self.stay(
                factories.make_client(last_name="Whitcombe"), self.housing, TODAY - days(2), 3,
                household_id=home,
            )  # fmt: skip
            self.guest = factories.make_client(last_name="Abernathy")
            self.nights = self.stay(self.guest, self.shelter, TODAY - days(40), 1)
            for night in range(1, 25):
                Services.objects.create(
                    **factories.record(
                        enrollment=self.nights, record_type=200, type_provided=200,
                        date_provided=TODAY - days(night),
                    )
                )  # fmt: skip

    def stay(self, client: Any, project: Any, since: date, relationship: int, **fields: Any) -> Enrollment:
        return factories.make_enrollment(
            client, project, entry_date=since, relationship_to_hoh=relationship, **fields
        )


@pytest.fixture
def world(administrator: User) -> World:
    return World(administrator)


def titles(lines: list[due.Due]) -> list[str]:
    return [line.title.partition(" by ")[0] for line in lines]


def test_what_is_due_of_a_household(client: Browser, world: World) -> None:
    client.force_login(world.worker)
    head = client.get(reverse("clients:detail", args=[world.client.pk]))
    assert titles(head.context["parts"][0][1]["due"]) == ["Annual assessment", "Move-in date, if moved in"]
    page = head.content.decode()
    assert reverse("enrollments:stage", args=[world.head.pk, "annual"]) in page
    assert reverse("enrollments:point", args=[world.head.pk, "move-in"]) in page
    assert "Looking for housing" in page
    child = client.get(reverse("enrollments:detail", args=[world.child_stay.pk]))
    assert titles(child.context["due"]) == ["Annual assessment"]
    joined = client.get(reverse("enrollments:detail", args=[world.joined.pk]))
    assert joined.context["due"] == []  # with the next anniversary


def test_it_is_gone_once_it_is_recorded(client: Browser, world: World, administrator: User) -> None:
    with acting(administrator):
        IncomeBenefits.objects.create(
            **factories.record(
                enrollment=world.head, information_date=TODAY - days(3), data_collection_stage=5
            )
        )
        Enrollment.objects.filter(pk=world.head.pk).update(move_in_date=TODAY - days(300))
    client.force_login(world.worker)
    page = client.get(reverse("clients:detail", args=[world.client.pk]))
    part = page.context["parts"][0][1]
    assert part["due"] == []
    assert [line.words for line in part["status"]] == ["Housed"]
    child = client.get(reverse("clients:detail", args=[world.child.pk])).context["parts"][0][1]
    assert [line.words for line in child["status"]] == ["Housed"]  # as the head is
    assert titles(child["due"]) == ["Annual assessment"]


def test_answers_that_nobody_asked_for(client: Browser, world: World, administrator: User) -> None:
    """At the start, at an update, and where the client went; each leads to the form that corrects it."""
    day = TODAY - days(5)
    with acting(administrator):
        Enrollment.objects.filter(pk=world.nights.pk).update(disabling_condition=99, living_situation=116)

        def add(model: Any, stage: int, **fields: Any) -> None:
            when = {"information_date": day, "data_collection_stage": stage}
            model.objects.create(**factories.record(enrollment=world.nights, **when, **fields))

        for kind, said in ((5, 99), (6, 0), (8, 99)):
            add(Disabilities, 1, disability_type=kind, disability_response=said)
        add(IncomeBenefits, 2, income_from_any_source=99, earned=99, benefits_from_any_source=8)
    client.force_login(world.worker)
    started = world.nights.entry_date
    at = [
        reverse("enrollments:correct_answers", args=[world.nights.pk, stage, on.isoformat()])
        for stage, on in (("start", started), ("update", day))
    ]

    def said(lines: list[due.Due]) -> list[tuple[str, str]]:
        return [(line.title, line.address) for line in lines if "not collected" in line.title]

    expected = [
        ("3 answers of the project start not collected", at[0]),
        (f"1 answer of the update of {formats.day(day)} not collected", at[1]),
    ]
    assert said(client.get(reverse("enrollments:detail", args=[world.nights.pk])).context["due"]) == expected
    part = client.get(reverse("clients:detail", args=[world.guest.pk])).context["parts"][0][1]
    assert said(part["due"]) == expected
    with acting(world.worker):
        assert said(roster.due_lines(world.worker, TODAY)) == expected
    assert expected[0][0] in client.get(reverse("enrollments:due")).content.decode()
    for address in at:
        assert client.get(address).status_code == 200


def test_hiv_is_not_counted_for_who_may_not_know(
    world: World, administrator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    with acting(administrator):
        Disabilities.objects.create(
            **factories.record(
                enrollment=world.nights, information_date=TODAY, data_collection_stage=1, disability_type=8,
                disability_response=99,
            )
        )  # fmt: skip
    with acting(world.worker):
        stay = Enrollment.objects.get(pk=world.nights.pk)
        assert unanswered(world.worker, [stay])[stay.pk] == {("start", stay.entry_date): 1}
    factories.take_rights(monkeypatch, Permission.HIV_VIEW)
    with acting(world.worker):
        assert unanswered(world.worker, [Enrollment.objects.get(pk=stay.pk)]) == {}


@pytest.mark.parametrize(
    ("destination", "ago", "is_due"),
    [(None, 20, True), (99, 20, True), (410, 20, False), (30, 20, False), (99, 400, False)],
)
def test_an_exit_without_a_destination(
    client: Browser, world: World, administrator: User, destination: int | None, ago: int, is_due: bool
) -> None:
    stranger = factories.make_hmis_user(factories.make_organization())
    with acting(administrator):
        Enrollment.objects.filter(pk=world.nights.pk).update(entry_date=TODAY - days(500), is_shared=True)
        Exit.objects.create(
            **factories.record(
                enrollment=world.nights, exit_date=TODAY - days(ago), destination=destination
            )
        )  # fmt: skip
    with acting(world.worker):
        lines = [line for line in roster.due_lines(world.worker, TODAY) if "destination" in line.title]
    assert bool(lines) is is_due
    with acting(stranger):
        assert roster.due_lines(stranger, TODAY) == []
    client.force_login(world.worker)
    shown = client.get(reverse("enrollments:detail", args=[world.nights.pk])).context["due"]
    has_none = destination in (None, 99)
    assert [line.title for line in shown] == (["Exit without a destination"] if has_none else [])
    if shown:
        assert client.get(shown[0].address).status_code == 200


@pytest.mark.parametrize(
    ("born_ago", "recorded", "said"),
    [
        (timedelta(days=0), False, ["Turned 18"]),
        (timedelta(days=20), False, ["Turned 18"]),
        (timedelta(days=20), True, []),
        (timedelta(days=-20), False, ["Turns 18"]),
        (timedelta(days=-31), False, []),
        (timedelta(days=400), False, []),  # before the stay began
    ],
)
def test_who_comes_of_age(
    world: World, administrator: User, born_ago: timedelta, recorded: bool, said: list[str]
) -> None:
    birthday = TODAY - born_ago
    if (birthday.month, birthday.day) == (2, 29):
        pytest.skip("that birthday is on another day in other years")
    with acting(administrator):
        somebody = factories.make_client(dob=birthday.replace(year=birthday.year - 18))
        stay = world.stay(somebody, world.housing, TODAY - days(100), 2, household_id="other")
        if recorded:
            IncomeBenefits.objects.create(
                **factories.record(enrollment=stay, information_date=birthday, data_collection_stage=2)
            )
    with acting(world.worker):
        found = due.of_enrollments(world.worker, [Enrollment.objects.get(pk=stay.pk)], TODAY)[stay.pk]
    assert [line.title[: line.title.index(" 18") + 3] for line in found] == said


def test_birth_dates_that_are_withheld_say_nothing(
    world: World, administrator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    with acting(administrator):
        somebody = factories.make_client(dob=TODAY.replace(year=TODAY.year - 18, day=1))
        stay = world.stay(somebody, world.housing, TODAY - days(100), 2, household_id="other")
    factories.take_rights(monkeypatch, Permission.DOB_VIEW)
    with acting(world.worker):
        rows = due.open_enrollments(world.worker, TODAY)
        found = due.of_enrollments(world.worker, rows, TODAY)
    assert found[stay.pk] == []


def test_the_list_and_the_home_page(client: Browser, world: World, administrator: User) -> None:
    client.force_login(world.worker)
    page = client.get(reverse("enrollments:due"))
    assert [line.title.partition(" by ")[0] for line in page.context["shown"].page] == [
        "Annual assessment", "Annual assessment", "Move-in date, if moved in",
    ]  # fmt: skip
    part = client.get(
        reverse("enrollments:due"), headers={"HX-Request": "true", "HX-Target": "home-due"}
    ).content.decode()
    assert "<html" not in part
    assert "Annual assessment by" in part
    assert reverse("enrollments:due") in client.get("/").content.decode()
    some = client.get(reverse("enrollments:due"), {"state": "overdue"})
    assert some.context["shown"].total == 0
    with acting(administrator):
        Exit.objects.create(**factories.record(enrollment=world.head, exit_date=TODAY, destination=410))
    assert client.get(reverse("enrollments:due")).context["shown"].total == 1


def test_the_roster_of_a_shelter(client: Browser, world: World) -> None:
    client.force_login(world.worker)
    address = reverse("enrollments:roster", args=[world.shelter.pk])
    assert address in client.get(reverse("organizations:project", args=[world.shelter.pk])).content.decode()
    (guest,) = client.get(address).context["shown"].page
    assert (guest.name, guest.nights, guest.last_night) == ("Abernathy, Invented", 24, TODAY - days(1))
    assert client.get(address, {"night": "here"}).context["shown"].total == 1
    assert client.get(address, {"night": "not"}).context["shown"].total == 0


def test_a_roster_goes_along_only_after_a_second_step(client: Browser, world: World, settings: Any) -> None:
    settings.ASK_AGAIN_MINUTES, settings.SECOND_STEP_FOR_NAMES = 10, True
    client.force_login(world.worker)
    session = client.session
    session["account_authentication_methods"] = [{"method": "password", "at": time.time()}]
    session["account_authentication_methods_user"] = str(session["_auth_user_id"])
    session.save()
    address = reverse("enrollments:roster", args=[world.shelter.pk])
    answer = client.get(address, {"download": "csv"})
    assert answer.status_code == 302 and answer["Location"].startswith("/account/two-step/")


def test_the_roster_of_a_household(client: Browser, world: World) -> None:
    client.force_login(world.worker)
    address = reverse("enrollments:roster", args=[world.housing.pk])
    page = client.get(address, {"sort": "-start"})
    shown = list(page.context["shown"].page)
    assert shown[0].enrollment.pk == world.joined.pk
    assert {(one.others, one.nights) for one in shown} == {(2, 375), (2, 2)}
    assert client.get(address, {"due": "none"}).context["shown"].total == 1
    found = client.post(address, {"words": "whitcombe"})
    assert "whitcombe" not in found.url
    assert [one.name for one in client.get(found.url).context["shown"].page] == ["Whitcombe, Invented"]


def test_a_roster_asks_as_many_questions_for_many(world: World, administrator: User) -> None:
    from hearth.hmis.enrollments import roster

    def asked() -> int:
        with (
            acting(world.worker),
            CaptureQueriesContext(
                connection,
            ) as seen,
        ):
            roster.guests(world.worker, world.housing, TODAY)
        return len(seen)

    asked()  # reads the rights of the user, too
    few = asked()
    with acting(administrator):
        for _ in range(12):
            world.stay(factories.make_client(), world.housing, TODAY - days(400), 1)
    assert asked() == few <= 9


def test_not_for_who_does_not_work_there(client: Browser, world: World, administrator: User) -> None:
    with acting(administrator):
        other = factories.make_hmis_user(factories.make_organization())
        Enrollment.objects.filter(project=world.housing).update(is_shared=True)
    client.force_login(other)
    assert client.get(reverse("enrollments:roster", args=[world.housing.pk])).status_code == 404
    assert client.get(reverse("enrollments:due")).context["shown"].total == 0
    part = client.get(reverse("clients:detail", args=[world.client.pk])).context["parts"][0][1]
    assert part["due"] == []
    assert [line.words for line in part["status"]] == ["Looking for housing"]
    page = client.get(reverse("clients:detail", args=[world.guest.pk])).content.decode()
    assert "No enrollments that you can see" in page
    assert "There may be others." in page
