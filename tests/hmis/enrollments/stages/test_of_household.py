"""An update, an annual assessment and an exit of a whole household in one sitting."""

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
from hearth.hmis.audit.models import AccessLog
from hearth.hmis.clients.templatetags.clients import full_name
from hearth.hmis.enrollments.drafts import queries
from hearth.hmis.enrollments.models import Disabilities, Draft, Enrollment, Exit, IncomeBenefits
from hearth.hmis.local.models import LocalAnswer
from tests import factories
from tests.hmis.enrollments.stages.test_record_stage import INCOME, NO_DISABILITY, START, US
from tests.hmis.enrollments.start.test_enroll import Place, enroll

pytestmark = pytest.mark.django_db

TODAY = timezone.localdate()
END = TODAY - timedelta(days=3)


@pytest.fixture
def place(administrator: User) -> Place:
    return Place(administrator)


@pytest.fixture
def stays(place: Place) -> list[Enrollment]:
    """A head, another adult and a child who joined later."""
    with acting(place.worker):
        head = enroll(
            place.worker, place.client, place.housing, entry_date=START,
            records={"IncomeBenefits": INCOME, **NO_DISABILITY, "Enrollment": {"DisablingCondition": 0}},
        )  # fmt: skip
        return [head, *(
            enroll(
                place.worker, factories.make_client(dob=born), place.housing, household=head,
                relationship=relation, entry_date=START + timedelta(days=later), records=NO_DISABILITY,
            )
            for born, relation, later in ((date(1990, 1, 1), 3, 0), (date(2020, 1, 1), 2, 90))
        )]  # fmt: skip


def address(stay: Enrollment, stage: str) -> str:
    return reverse("enrollments:stage_of_household", args=[stay.pk, stage])


def name(stay: Enrollment, column: str) -> str:
    return f"c{stay.client_id}-{column}"


def test_a_household_is_assessed_on_one_page(
    client: Browser, place: Place, stays: list[Enrollment], administrator: User
) -> None:
    """Of whom nothing was answered nothing is recorded, and that is said."""
    client.force_login(place.worker)
    head, other, child = stays
    page = client.get(address(other, "annual")).content.decode()
    assert page.count('class="hearth-person"') == 3
    assert "$1,031.50" in page
    day = START + timedelta(days=370)
    typed = {"day": day.strftime(US), name(head, "IncomeBenefits-IncomeFromAnySource"): "0",
             name(child, "IncomeBenefits-InsuranceFromAnySource"): "0"}  # fmt: skip
    done = client.post(address(other, "annual"), typed, follow=True).content.decode()
    assert "Annual assessment of 2 clients recorded." in done
    assert f"Nothing was answered of {full_name(other.client)}" in done
    with acting(administrator):
        rows = IncomeBenefits.objects.filter(data_collection_stage=5)
        assert {(row.enrollment_id, row.information_date) for row in rows} == {
            (head.pk, day),
            (child.pk, day),
        }
        assert AccessLog.objects.filter(action="stage_recorded").count() == 2
    typed = {"day": TODAY.strftime(US), name(child, "Disabilities-DisabilityResponse-6"): "1"}
    assert client.post(address(other, "update"), typed).status_code == 302
    with acting(administrator):
        now = {one.pk: one.disabling_condition for one in Enrollment.objects.all()}
        assert (now[head.pk], now[child.pk]) == (0, 1)


def test_nothing_has_changed_for_one_or_for_all(
    client: Browser, place: Place, stays: list[Enrollment], administrator: User
) -> None:
    """The last answers are put where nothing is answered, stand there to be seen, and Finish records them."""
    client.force_login(place.worker)
    head, other, child = stays
    typed = {"day": TODAY.strftime(US), name(head, "IncomeBenefits-BenefitsFromAnySource"): "1"}
    client.post(address(head, "update"), typed | {"do": f"last:c{other.client_id}:all"})
    forms = {card.client.pk: card.form for card in client.get(address(head, "update")).context["cards"]}
    shown = {pk: form["Disabilities-DisabilityResponse-5"].value() for pk, form in forms.items()}
    assert [shown[one.client_id] for one in (head, other, child)] == [None, "0", None]
    client.post(address(head, "update"), typed | {"do": "last:all:all"})
    forms = {card.client.pk: card.form for card in client.get(address(head, "update")).context["cards"]}
    assert forms[head.client_id]["IncomeBenefits-SSDIAmount"].value() == "1,031.50"
    assert forms[head.client_id]["IncomeBenefits-BenefitsFromAnySource"].value() == "1"  # as it was typed
    assert forms[child.client_id]["Disabilities-DisabilityResponse-5"].value() == "0"
    with acting(administrator):
        assert not Disabilities.objects.filter(data_collection_stage=2).exists()
        [line] = queries.resumable(administrator)
        assert line.href == address(head, "update")


def test_what_is_the_same_is_given_to_the_others(
    client: Browser, place: Place, stays: list[Enrollment]
) -> None:
    client.force_login(place.worker)
    head, other, _ = stays
    typed = {"day": TODAY.strftime(US), name(head, "IncomeBenefits-BenefitsFromAnySource"): "0",
             "do": "same:4.03"}  # fmt: skip
    page = client.post(address(head, "update"), typed, follow=True)
    assert "Given to" in page.content.decode()
    forms = {card.client.pk: card.form for card in page.context["cards"]}
    assert forms[other.client_id]["IncomeBenefits-BenefitsFromAnySource"].value() == "0"


def test_all_or_nobody(client: Browser, place: Place, stays: list[Enrollment], administrator: User) -> None:
    """The child came later than the day: the page says of whom, and the head's answers are not stored."""
    client.force_login(place.worker)
    head, _, child = stays
    day = START + timedelta(days=30)
    typed = {"day": day.strftime(US), name(head, "IncomeBenefits-IncomeFromAnySource"): "0",
             name(child, "Disabilities-DisabilityResponse-6"): "0"}  # fmt: skip
    page = client.post(address(head, "update"), typed).content.decode()
    assert f"{child.client.first_name}" in page
    assert "is before the start" in page
    assert (
        "Nothing was answered"
        in client.post(address(head, "update"), {"day": day.strftime(US)}).content.decode()
    )
    with acting(administrator):
        assert not IncomeBenefits.objects.filter(data_collection_stage=2).exists()


def test_an_unusual_day_is_answered_once_for_all(
    client: Browser, place: Place, stays: list[Enrollment], administrator: User
) -> None:
    client.force_login(place.worker)
    typed = {"day": (START + timedelta(days=200)).strftime(US)}
    typed |= {name(one, "IncomeBenefits-InsuranceFromAnySource"): "0" for one in stays}
    page = client.post(address(stays[0], "annual"), typed).content.decode()
    assert page.count("more than 30 days away from the anniversary") == 2  # in the list, and at the field
    assert client.post(address(stays[0], "annual"), typed | {"is_right": "on"}).status_code == 302
    with acting(administrator):
        assert IncomeBenefits.objects.filter(data_collection_stage=5).count() == 3
        logged = AccessLog.objects.filter(action="stage_recorded")
        assert {one.details["is_unusual"] for one in logged} == {True}


def test_a_household_leaves_each_with_answers_of_their_own(
    client: Browser, place: Place, stays: list[Enrollment], administrator: User
) -> None:
    client.force_login(place.worker)
    head, other, child = stays
    page = client.get(address(head, "exit"))
    assert page.context["shown"]["leaving"].value() == [str(one.pk) for one in stays]
    assert client.get(address(other, "exit")).context["shown"]["leaving"].value() == [str(other.pk)]
    typed: dict[str, Any] = {
        "day": END.strftime(US), name(head, "Exit-Destination"): "435",
        name(head, "Exit-DestinationSubsidyType"): "440", name(other, "Exit-Destination"): "422",
        name(head, "IncomeBenefits-IncomeFromAnySource"): "0",
        name(child, "Disabilities-DisabilityResponse-6"): "1",
    }  # fmt: skip
    alone = client.post(address(head, "exit"), typed | {"leaving": [str(head.pk)]}).content.decode()
    assert "cannot leave the others behind" in alone
    everybody = typed | {"leaving": [str(one.pk) for one in stays]}
    given = client.post(address(head, "exit"), everybody | {"do": "same:3.12"}, follow=True)
    forms = {card.client.pk: card.form for card in given.context["cards"]}
    assert forms[child.client_id]["Exit-Destination"].value() == "435"
    assert forms[other.client_id]["Exit-Destination"].value() == "422"
    sent = everybody | {name(child, "Exit-Destination"): "435", "draft-seen": given.context["draft"].seen}
    assert client.post(address(head, "exit"), sent).status_code == 302
    with acting(administrator):
        ends = {one.enrollment_id: (one.exit_date, one.destination) for one in Exit.objects.all()}
        assert ends == {head.pk: (END, 435), other.pk: (END, 422), child.pk: (END, 435)}
        rows = IncomeBenefits.objects.filter(data_collection_stage=3)
        assert {one.enrollment_id for one in rows} == {head.pk, other.pk, child.pk}  # asked, and due
        assert Enrollment.objects.get(pk=child.pk).disabling_condition == 1
        assert not Draft.objects.exists()


def test_some_leave_and_what_stands_on_the_cards_of_the_others_is_not_read(
    client: Browser, place: Place, stays: list[Enrollment], administrator: User
) -> None:
    client.force_login(place.worker)
    head, other, child = stays
    typed: dict[str, Any] = {"day": END.strftime(US), "leaving": [str(other.pk), str(child.pk)]}
    typed |= {name(head, "IncomeBenefits-SSDIAmount"): "many", name(other, "Exit-Destination"): "410"}
    assert client.post(address(other, "exit"), typed).status_code == 302
    with acting(administrator):
        assert {one.enrollment_id for one in Exit.objects.all()} == {other.pk, child.pk}
    assert client.get(address(head, "exit")).url == reverse("enrollments:exit", args=[head.pk])  # alone now


def test_a_death_is_given_to_nobody(client: Browser, place: Place, stays: list[Enrollment]) -> None:
    client.force_login(place.worker)
    typed = {"day": END.strftime(US), "leaving": [str(one.pk) for one in stays],
             name(stays[0], "Exit-Destination"): "24", "do": "same:3.12"}  # fmt: skip
    page = client.post(address(stays[0], "exit"), typed, follow=True)
    assert "A death is said of one person alone" in page.content.decode()
    forms = {card.client.pk: card.form for card in page.context["cards"]}
    assert not forms[stays[1].client_id]["Exit-Destination"].value()


def test_local_answers_of_each_are_kept(
    client: Browser, place: Place, stays: list[Enrollment], administrator: User
) -> None:
    """What Minnesota asks stands on each card, and is stored for each who leaves."""
    client.force_login(place.worker)
    cards = client.get(address(stays[0], "exit")).context["cards"]
    asked = {card.client.pk: card.further.questions for card in cards}
    typed = {"day": END.strftime(US), "leaving": [str(one.pk) for one in stays]}
    expected = set()
    for card in cards:
        for one in asked[card.client.pk]:
            field = card.further.fields[one.name.replace(".", "-")]
            choices = [code for code, _ in getattr(field, "choices", ()) if code]
            if choices:
                typed[card.further.add_prefix(one.name.replace(".", "-"))] = choices[0]
                expected.add(card.enrollment.pk)
    assert client.post(address(stays[0], "exit"), typed).status_code == 302
    with acting(administrator):
        kept = {one.enrollment_id for one in LocalAnswer.objects.filter(stage="exit", date_deleted=None)}
        assert kept == expected


def test_a_large_household_asks_no_more_of_the_database(
    client: Browser, place: Place, stays: list[Enrollment]
) -> None:
    client.force_login(place.worker)

    def asked() -> int:
        with CaptureQueriesContext(connection) as found:
            assert client.get(address(stays[0], "update")).status_code == 200
        return len(found)

    asked()
    before = asked()
    with acting(place.worker):
        for _ in range(5):
            enroll(
                place.worker, factories.make_client(), place.housing, household=stays[0], relationship=5,
                entry_date=START,
            )  # fmt: skip
    assert asked() == before


def test_only_where_one_enrolls(
    client: Browser, place: Place, stays: list[Enrollment], administrator: User
) -> None:
    with acting(administrator):
        other = factories.make_hmis_user(factories.make_organization())
        Enrollment.objects.all().update(is_shared=True)
    client.force_login(other)
    for stage in ("update", "annual", "exit"):
        assert client.get(address(stays[0], stage)).status_code == 404
    client.force_login(place.worker)
    assert client.get(address(stays[0], "post_exit")).status_code == 404
