"""Who presents together: what an address holds, what is said, and what enrolling them writes."""

from datetime import date
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import IntegrityError, connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from hearth.hmis.access.context import acting
from hearth.hmis.access.models import User
from hearth.hmis.audit.models import AccessLog
from hearth.hmis.clients.models import Client
from hearth.hmis.enrollments import actions
from hearth.hmis.enrollments.actions import EnrollmentRefused, NewMember
from hearth.hmis.enrollments.household import presenting
from hearth.hmis.enrollments.models import Enrollment, IncomeBenefits, Services
from hearth.hmis.organizations.entered import new_key
from hearth.hmis.organizations.models import ProjectCoC
from tests import factories
from tests.hmis.enrollments.start.test_enroll import START, Place

pytestmark = pytest.mark.django_db


@pytest.fixture
def place(administrator: User) -> Place:
    return Place(administrator)


@pytest.fixture
def family(place: Place, administrator: User) -> list[Client]:
    """A head, a partner, and a child."""
    with acting(administrator):
        born = {"Imani": date(1982, 3, 14), "Derek": date(1980, 1, 2), "Latoya": date(2022, 3, 25)}
        return [
            factories.make_client(first_name=name, last_name="Brooks", dob=day, veteran_status=0)
            for name, day in born.items()
        ]


def who(family: list[Client], *codes: int) -> str:
    head, *others = family
    listed = [(one.pk, code) for one, code in zip(others, codes, strict=True)]
    return presenting.written([(head.pk, 1), *listed])


def questions(place: Place, family: list[Client], *codes: int) -> str:
    address = reverse("enrollments:start", args=[family[0].pk, place.housing.pk])
    return f"{address}?start={START}&who={who(family, *codes)}"


# ------------------------------------------------------------------ the address


@pytest.mark.parametrize(
    ("text", "listed"),
    [
        ("", []),
        ("11", [(11, 1)]),
        ("11-12.3-13", [(11, 1), (12, 3), (13, None)]),
        ("11.3-12.1", [(11, 1), (12, None)]),  # exactly one head: the first
        ("11-11.2-12.2", [(11, 1), (12, 2)]),
        ("11-x-12.99-²-13.٢-99999999999999999999-0--14.2.2", [(11, 1), (12, None), (13, None), (14, None)]),
        ("-".join(str(key) for key in range(1, 99)), [(1, 1), *((key, None) for key in range(2, 21))]),
    ],
)
def test_an_address_is_read_whatever_stands_in_it(text: str, listed: list[Any]) -> None:
    assert presenting.read(text, has_head=True) == listed
    assert presenting.read(presenting.written(listed), has_head=True) == listed


def test_nobody_who_joins_is_the_head() -> None:
    assert presenting.read("11.1-12.2", has_head=False) == [(11, None), (12, 2)]


# ------------------------------------------------------------------ what is said


@pytest.mark.parametrize(
    ("ages", "codes", "said"),
    [
        ((40, 5), (1, 2), ""),
        ((40, 41, 43), (1, 3, 4), ""),
        ((16, 5), (1, 2), "no adult"),
        ((16,), (1,), ""),
        ((16, 40), (1, 4), "The head is 16"),
        ((40, 41, 43), (1, 3, 3), "Two are named"),
        ((40, 60), (1, 2), "is older"),
        ((16, None), (1, 4), ""),  # may be an adult
    ],
)
def test_what_may_be_a_slip_is_said(ages: tuple[int | None, ...], codes: tuple[int, ...], said: str) -> None:
    people = [
        (Client(pk=key, dob=None if age is None else date(2026 - age, 1, 1)), code)
        for key, (age, code) in enumerate(zip(ages, codes, strict=True))
    ]
    found = presenting.sentences(people, START)
    assert len(found) == bool(said)
    assert said in " ".join(found)


# ------------------------------------------------------------------ the grid


def test_users_ask_05_a_household_is_put_together_from_searches(
    client: Browser, place: Place, family: list[Client], administrator: User
) -> None:
    """Mistakes 4, 5 and 8 of what users ask: nobody is added but from a search, and no grid scrolls."""
    head, partner, child = family
    client.force_login(place.worker)
    chosen = client.post(
        reverse("enrollments:choose", args=[head.pk]),
        {"project": place.housing.pk, "start": "11/02/2026", "do": "household"},
    )
    assert chosen.url == f"/clients/{head.pk}/enroll/{place.housing.pk}/household/?start=2026-11-02"
    page = client.get(chosen.url).content.decode()
    assert "Imani Brooks" in page
    assert f"relation-{head.pk}" not in page  # the head's relationship is text
    found = client.post(chosen.url, {"do": "search", "q": "derek brooks"})
    assert "derek" not in found.url.lower()
    page = client.get(found.url).content.decode()
    assert f'value="add-{partner.pk}"' in page
    assert f'value="add-{head.pk}"' not in page
    added = client.post(found.url, {"do": f"add-{partner.pk}"})
    assert parse_qs(urlsplit(added.url).query)["who"] == [f"{head.pk}-{partner.pk}"]
    added = client.post(added.url, {"do": f"add-{child.pk}", f"relation-{partner.pk}": "3"})
    refused = client.post(added.url, {"do": "go", f"relation-{partner.pk}": "3"}).content.decode()
    assert "Latoya Brooks: Choose how this person is related" in refused
    went = client.post(added.url, {"do": "go", f"relation-{partner.pk}": "3", f"relation-{child.pk}": "2"})
    assert went.url == questions(place, family, 3, 2)
    assert client.get(went.url).status_code == 200
    with acting(administrator):
        seen = AccessLog.objects.filter(action="client_viewed", user_id=place.worker.pk)
        assert {one.pk for one in family} <= set(seen.values_list("client_id", flat=True))
        assert AccessLog.objects.filter(action="searched").exists()
        assert not Enrollment.objects.exists()


def test_another_head_asks_for_the_relationships_again(
    client: Browser, place: Place, family: list[Client]
) -> None:
    head, partner, child = family
    client.force_login(place.worker)
    address = reverse("enrollments:gather", args=[head.pk, place.housing.pk])
    said = {f"relation-{partner.pk}": "3", f"relation-{child.pk}": "2", "do": f"head-{partner.pk}"}
    moved = client.post(f"{address}?start={START}&who={who(family, 3, 2)}", said)
    assert parse_qs(urlsplit(moved.url).query)["who"] == [f"{partner.pk}-{head.pk}-{child.pk}"]
    left = client.post(moved.url, {"do": f"remove-{child.pk}", f"relation-{head.pk}": "3"})
    assert parse_qs(urlsplit(left.url).query)["who"] == [f"{partner.pk}-{head.pk}.3"]


def test_who_is_enrolled_elsewhere_is_said_and_not_blocked(
    client: Browser, place: Place, family: list[Client], administrator: User
) -> None:
    _, partner, child = family
    with acting(place.worker):
        for one, project in ((partner, place.shelter), (child, place.housing)):
            actions.enroll(
                by=place.worker, client=one, project=project, entry_date=START, relationship=1, records={}
            )
    client.force_login(place.worker)
    address = reverse("enrollments:gather", args=[family[0].pk, place.housing.pk])
    address = f"{address}?start=2026-11-05&who={who(family, 3, 2)}"
    page = client.get(address).content.decode()
    assert str(place.shelter.project_name) in page
    assert "The client is enrolled there since November 2" in page  # in this very project: impossible
    said = {f"relation-{partner.pk}": "3", f"relation-{child.pk}": "2", "do": "go"}
    assert "There is a problem" in client.post(address, said).content.decode()
    assert client.post(address, {**said, "do": f"remove-{child.pk}"}).status_code == 302


def test_nobody_comes_in_whom_the_user_may_not_see(
    client: Browser, place: Place, family: list[Client], administrator: User
) -> None:
    with acting(administrator):
        hidden = factories.make_client(first_name="Hidden")
        Client.objects.filter(pk=hidden.pk).update(date_deleted="2026-01-01 00:00")
    client.force_login(place.worker)
    for name in ("gather", "start"):
        address = reverse(f"enrollments:{name}", args=[family[0].pk, place.housing.pk])
        answer = client.get(f"{address}?start={START}&who={family[0].pk}-{hidden.pk}.2-987654321.2")
        assert "Hidden" not in answer.content.decode()
        if name == "start":
            assert answer.status_code == 302  # back to the grid
        else:
            assert "2 people of the address are not here" in answer.content.decode()
    address = reverse("enrollments:start", args=[family[0].pk, place.housing.pk])
    client.post(f"{address}?start={START}&who={family[0].pk}-{hidden.pk}.2", {"key": new_key()})
    with acting(administrator):
        assert not Enrollment.objects.exists()
        other = factories.make_hmis_user(factories.make_organization())
    client.force_login(other)
    assert client.get(f"{address}?start={START}").status_code == 404


def test_a_new_person_comes_from_the_duplicate_answers_back_to_the_grid(
    client: Browser, place: Place, family: list[Client], administrator: User
) -> None:
    client.force_login(place.worker)
    address = reverse("enrollments:gather", args=[family[0].pk, place.housing.pk])
    found = client.post(f"{address}?start={START}", {"do": "search", "q": "Latoya Brooks 3/25/2022"})
    page = client.get(found.url).content.decode()
    add = page[page.index("/clients/found/") :].split('"')[0].replace("&amp;", "&")
    assert "then=" in add
    said = {"first_name": "Latoya", "last_name": "Brooks", "birth_date": "3/25/2022", "key": new_key()}
    asked = client.post(add, said).content.decode()
    assert "Say of each whether it is the same person" in asked  # no way around
    assert "add them" in asked
    made = client.post(add, {**said, "not_the_same": [str(family[2].pk)]})
    assert made.url.startswith(address)
    back = client.get(made.url)
    with acting(administrator):
        new = Client.objects.latest("pk")
        assert new.first_name == "Latoya"
    assert parse_qs(urlsplit(back.url).query)["who"] == [f"{family[0].pk}-{new.pk}"]


@pytest.mark.parametrize("then", ["https://elsewhere.example/", "//elsewhere.example/", "/\\elsewhere", "x"])
def test_adding_leads_nowhere_else(client: Browser, place: Place, then: str) -> None:
    client.force_login(place.worker)
    kept = client.post(reverse("clients:search"), {"q": "walter newcomer"}).url
    said = {"first_name": "Walter", "last_name": "Newcomer", "key": new_key()}
    made = client.post(f"{kept}add/?then={then}", said)
    assert made.status_code == 302
    assert made.url.startswith("/clients/")


# ------------------------------------------------------------------ one page, one transaction


def test_a_family_is_enrolled_with_each_ones_answers(
    client: Browser, place: Place, family: list[Client], administrator: User
) -> None:
    head, partner, child = family
    client.force_login(place.worker)
    address = questions(place, family, 3, 2)
    page = client.get(address).content.decode()
    assert page.count("hearth-person__name") == 3
    assert f'name="c{child.pk}-IncomeBenefits-InsuranceFromAnySource"' in page
    assert f'name="c{child.pk}-Enrollment-LivingSituation"' not in page
    key = new_key()
    typed = {
        "key": key, f"c{head.pk}-Enrollment-LivingSituation": "116",
        f"c{partner.pk}-Enrollment-LivingSituation": "101",
        f"c{head.pk}-IncomeBenefits-InsuranceFromAnySource": "1",
        f"c{head.pk}-IncomeBenefits-Medicaid": "on",
        f"c{child.pk}-IncomeBenefits-InsuranceFromAnySource": "0",
    }  # fmt: skip
    answer = client.post(address, typed)
    with acting(administrator):
        stays = {one.client_id: one for one in Enrollment.objects.all()}
        assert answer.url == reverse("enrollments:detail", args=[stays[head.pk].pk])
        assert len({one.household_id for one in stays.values()}) == 1
        assert [stays[one.pk].relationship_to_hoh for one in family] == [1, 3, 2]
        assert [stays[one.pk].living_situation for one in family] == [116, 101, None]
        assert [stays[one.pk].enrollment_coc for one in family] == ["MN-500", None, None]
        insured = {one.enrollment.client_id: one for one in IncomeBenefits.objects.all()}
        assert [insured[one.pk].insurance_from_any_source for one in family] == [1, 99, 0]
        assert insured[child.pk].income_from_any_source is None  # adults alone are asked
        assert AccessLog.objects.filter(action="enrolled").count() == 3
    assert client.post(address, typed).url == answer.url  # sent again
    with acting(administrator):
        assert Enrollment.objects.count() == 3
    assert "3 clients enrolled." in client.get(answer.url).content.decode()


def test_the_first_night_of_everybody(place: Place, family: list[Client]) -> None:
    people = [NewMember(one, code) for one, code in zip(family, (1, 3, 2), strict=True)]
    with acting(place.worker):
        made = actions.enroll_household(
            by=place.worker, members=people, project=place.shelter, entry_date=START
        )
        nights = Services.objects.filter(enrollment__in=made, record_type=200, date_provided=START)
        assert nights.count() == 3


def test_users_ask_03_exactly_one_head_or_nobody_is_enrolled(place: Place, family: list[Client]) -> None:
    with acting(place.worker):
        for codes, said in (
            ((1, 1, 2), "exactly one head"),
            ((3, 4, 2), "exactly one head"),
        ):
            people = [NewMember(one, code) for one, code in zip(family, codes, strict=True)]
            with pytest.raises(EnrollmentRefused, match=said):
                actions.enroll_household(
                    by=place.worker, members=people, project=place.housing, entry_date=START
                )
        twice = [NewMember(family[0], 1), NewMember(family[0], 2)]
        with pytest.raises(EnrollmentRefused, match="listed twice"):
            actions.enroll_household(by=place.worker, members=twice, project=place.housing, entry_date=START)
        actions.enroll(
            by=place.worker, client=family[2], project=place.housing, entry_date=START, relationship=1,
            records={},
        )  # fmt: skip
        people = [NewMember(one, code) for one, code in zip(family, (1, 3, 2), strict=True)]
        with pytest.raises(EnrollmentRefused, match="enrolled there since"):
            actions.enroll_household(by=place.worker, members=people, project=place.housing, entry_date=START)
        assert Enrollment.objects.count() == 1  # none of the others


def test_the_same_key_adds_nobody_twice(place: Place, family: list[Client], administrator: User) -> None:
    """Two requests of one form at once: the second meets the key, and its whole household is undone."""
    with acting(place.worker):
        people = [NewMember(one, code) for one, code in zip(family, (1, 3, 2), strict=True)]
        actions.enroll_household(
            by=place.worker, members=people[:1], project=place.housing, entry_date=START, key="k" * 32
        )
        with pytest.raises(IntegrityError):
            actions.enroll_household(
                by=place.worker, members=people, project=place.shelter, entry_date=START, key="k" * 32
            )
        assert Enrollment.objects.count() == 1


def test_two_cocs_are_asked_once(
    client: Browser, place: Place, family: list[Client], administrator: User
) -> None:
    """Mistake 12: the CoC follows from the project, and where it has several it must be said."""
    with acting(administrator):
        ProjectCoC.objects.create(**factories.record(project=place.housing, coc_code="MN-501"))
    client.force_login(place.worker)
    address, name = questions(place, family, 3, 2), f"c{family[0].pk}-coc"
    page = client.get(address).content.decode()
    assert page.count("CoC of this stay") == 1
    refused = client.post(address, {"key": new_key()}).content.decode()
    assert "CoC of this stay: Choose" in refused, refused[refused.find("hearth-errors") :][:1500]
    client.post(address, {"key": new_key(), name: "MN-501"})
    with acting(administrator):
        found = Enrollment.objects.order_by("relationship_to_hoh").values_list("enrollment_coc", flat=True)
        assert list(found) == ["MN-501", None, None]


# ------------------------------------------------------------------ the same for all


def test_answers_are_given_to_the_others_by_one_press_and_seen(
    client: Browser, place: Place, family: list[Client], administrator: User
) -> None:
    head, partner, child = family
    client.force_login(place.worker)
    address = questions(place, family, 3, 2)
    typed = {
        "key": new_key(), f"c{head.pk}-IncomeBenefits-InsuranceFromAnySource": "1",
        f"c{head.pk}-IncomeBenefits-Medicaid": "on",
        f"c{partner.pk}-IncomeBenefits-InsuranceFromAnySource": "0",
        f"c{head.pk}-IncomeBenefits-IncomeFromAnySource": "1",
    }  # fmt: skip
    answer = client.post(address, {**typed, "do": "same:4.04"}, follow=True)
    page = answer.content.decode()
    assert "Given to Latoya Brooks." in page
    assert "Answered already, and left as it is: Derek Brooks." in page
    forms = {one.client.pk: one.form for one in answer.context["cards"]}
    said = {key: form["IncomeBenefits-InsuranceFromAnySource"].value() for key, form in forms.items()}
    assert said == {head.pk: "1", partner.pk: "0", child.pk: "1"}
    assert forms[child.pk]["IncomeBenefits-Medicaid"].value()
    assert not forms[partner.pk]["IncomeBenefits-IncomeFromAnySource"].value()
    with acting(administrator):
        assert not Enrollment.objects.exists()
    places = {f"c{head.pk}-Enrollment-LivingSituation": "116", f"c{head.pk}-Enrollment-LengthOfStay": "10",
              f"c{head.pk}-Enrollment-TimesHomelessPastThreeYears": "1"}  # fmt: skip
    answer = client.post(address, {**typed, **places, "do": "same:3.917"}, follow=True)
    assert "Given to Derek Brooks." in answer.content.decode()  # adults alone are asked
    form = answer.context["cards"][1].form
    assert form["Enrollment-LivingSituation"].value() == "116"
    assert not form["Enrollment-TimesHomelessPastThreeYears"].value()


@pytest.mark.parametrize("number", ["4.02", "4.05", "4.08", "4.11", "x", ""])
def test_health_income_and_violence_are_never_given(
    client: Browser, place: Place, family: list[Client], number: str
) -> None:
    head = family[0]
    client.force_login(place.worker)
    typed = {f"c{head.pk}-HealthAndDV-DomesticViolenceSurvivor": "1",
             f"c{head.pk}-Disabilities-DisabilityResponse-8": "1",
             f"c{head.pk}-IncomeBenefits-IncomeFromAnySource": "1"}  # fmt: skip
    answer = client.post(questions(place, family, 3, 2), {**typed, "do": f"same:{number}"})
    for card in answer.context["cards"][1:]:
        assert not [
            name for name in typed if card.form.data.get(f"c{card.client.pk}-{name.partition('-')[2]}")
        ]
    with acting(place.worker):
        assert not Enrollment.objects.exists()


# ------------------------------------------------------------------ speed


def test_queries_do_not_grow_with_the_household(client: Browser, place: Place, administrator: User) -> None:
    """A household of eight: reading the page and saving it ask little more than for two."""
    with acting(administrator):
        people = [factories.make_client(dob=date(1980 + one, 1, 1), veteran_status=0) for one in range(8)]
        again = [factories.make_client(dob=date(1980 + one, 1, 1), veteran_status=0) for one in range(2)]
    client.force_login(place.worker)
    counts = {}
    for family in (again, people):
        address = questions(place, family, *[4] * (len(family) - 1))
        with CaptureQueriesContext(connection) as asked:
            assert client.get(address).status_code == 200
        with CaptureQueriesContext(connection) as saved:
            assert client.post(address, {"key": new_key()}).status_code == 302
        counts[len(family)] = (len(asked), len(saved))
    # each person is written down in the access log, and is among the recent clients of who asked
    assert counts[8][0] - counts[2][0] <= 4 * 6
    assert counts[8][1] - counts[2][1] <= 6
