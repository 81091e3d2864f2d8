"""Local answers are asked beside HUD's, stored in the same transaction, and whose the enrollment is."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client as Browser
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hearth.hmis.access.context import acting
from hearth.hmis.access.models import User
from hearth.hmis.audit.history import history_of
from hearth.hmis.audit.models import AccessLog
from hearth.hmis.enrollments.models import Enrollment
from hearth.hmis.local import actions, queries
from hearth.hmis.local.beside import further_form
from hearth.hmis.local.models import HouseholdFunding, LocalAnswer
from hearth.hmis.local.stored import asking_of, due_at_start
from hearth.hmis.organizations.entered import Stamp
from hearth.hmis.organizations.form_project import form_project
from hearth.hmis.organizations.models import Funder, Organization, ProjectCoC
from tests import factories

pytestmark = pytest.mark.django_db

START = date(2026, 11, 2)


class Place:
    """An organization with a worker and a shelter; a client, and another organization's user."""

    def __init__(self, administrator: User) -> None:
        with acting(administrator):
            self.organization: Organization = factories.make_organization()
            self.worker = factories.make_hmis_user(self.organization)
            self.project = factories.make_project(self.organization, project_type=0)
            ProjectCoC.objects.create(**factories.record(project=self.project, coc_code="MN-500"))
            self.client = factories.make_client(dob=date(1980, 5, 1), am_ind_ak_native=1)
            self.stranger = factories.make_hmis_user(factories.make_organization())
            self.stay = factories.make_enrollment(
                factories.make_client(dob=date(1990, 1, 1)), self.project, entry_date=START
            )

    def start(self) -> str:
        return reverse("enrollments:start", args=[self.client.pk, self.project.pk]) + f"?start={START}"

    def form(self, typed: dict[str, Any] | None = None, stage: str = "start", day: date = START) -> Any:
        return further_form(typed, asking_of(self.worker, self.stay, stage, day))

    def keep(self, values: dict[Any, Any], **more: Any) -> None:
        with acting(self.worker):
            about: dict[str, Any] = {"by": self.worker, "enrollment": self.stay, "values": values}
            keep: Any = actions.record_answers
            if not more.pop("corrects", False):
                keep, more["stamps"] = actions.keep_answers, Stamp(self.worker)
            keep(**about | {"stage": "start", "day": START} | more)


@pytest.fixture
def place(administrator: User) -> Place:
    return Place(administrator)


COUNTY = ("MN-U01", 1, "CountyOfStay")
RENT = ("MN-L03", 1, "MonthlyRent")
MOVED = ("MN-L04", 1, "UnitMoveIn")
CITY = ("MN-U05", 1, "LastPermanentCity")


def stored() -> dict[str, Any]:
    return {one.field: one.value for one in LocalAnswer.objects.filter(date_deleted=None)}


def test_the_start_asks_stores_and_shows_them(place: Place, client: Browser) -> None:
    client.force_login(place.worker)
    page = client.get(place.start()).content.decode()
    for part in ("In which county does the household stay now?", "State and local funding", "FHPAP funding"):
        assert part in page
    sent = {
        "key": "a" * 32, "Local-CountyOfStay": "27053", "Local-TribeEnrolled": "3100",
        "Local-LastPermanentState": "WI", "Local-LastPermanentCity": "never stored",
        "LocalProgram-FHPAP": "on", "Local-FHPAPFundingType": "STANDARD", "Local-StateResident": "1",
    }  # fmt: skip
    answer = client.post(place.start(), sent, follow=True)
    with acting(place.worker):
        made = Enrollment.objects.get(client=place.client)
        assert stored() == {
            "CountyOfStay": "27053", "TribeEnrolled": "3100", "LastPermanentState": "WI",
            "FHPAPFundingType": "STANDARD", "StateResident": "1",
        }  # fmt: skip
        one = LocalAnswer.objects.get(field="CountyOfStay")
        assert (one.element, one.element_version) == ("MN-U01", 1)
        assert (one.stage, one.information_date) == ("start", START)
        assert (one.created_by, one.enrollment, len(one.hud_id)) == (place.worker, made, 32)
        assert [(one.program, one.begins_on, one.ends_on) for one in HouseholdFunding.objects.all()] == [
            ("FHPAP", START, None)
        ]
    page = answer.content.decode()
    for part in ("Hennepin", "Red Lake Nation", "Wisconsin", "Family Homeless Prevention"):
        assert part in page
    assert "answers due" in page
    # What the form counted as due the page of the stay counts, too.
    with acting(place.worker):
        due = due_at_start(place.worker, made, LocalAnswer.objects.filter(enrollment=made))
    assert "How is the housing crisis?" not in due and "What is the housing crisis?" in due
    assert "In which county does the household stay now?" not in due
    assert "In which county was the last permanent home?" not in due  # it was in another state
    assert "Was a payment found?" not in due  # nobody said that it was looked for
    assert f"{len(due)} answers due" in page


def test_a_wrong_answer_keeps_the_start_from_being_written_at_all(place: Place, client: Browser) -> None:
    client.force_login(place.worker)
    answer = client.post(place.start(), {"key": "b" * 32, "Local-CountyOfStay": "99999"})
    assert answer.status_code == 200 and "Choose from the list." in answer.content.decode()
    with acting(place.worker):
        assert not Enrollment.objects.filter(client=place.client).exists()
        assert not LocalAnswer.objects.exists()


def test_what_is_missing_is_due_and_what_is_closed_is_dropped(place: Place) -> None:
    with acting(place.worker):
        form = place.form({"Local-LastPermanentState": "WI", "Local-LastPermanentCounty": "27053"})
        assert form.is_valid(), form.errors
        assert "Local.CountyOfStay" in form.answered.due
        assert "Local.LastPermanentCounty" not in form.answered.due
        assert form.answered.dropped == 1
        assert "Local.FHPAPFundingType" not in form.answered.due
        form = place.form({"LocalProgram-FHPAP": "on"})
        assert form.is_valid() and "Local.FHPAPFundingType" in form.answered.due


def test_values_are_typed_and_old_ones_stay(place: Place) -> None:
    place.keep({COUNTY: "27053", RENT: Decimal("900.50"), MOVED: date(2026, 11, 3), CITY: "Springfield"})
    with acting(place.worker):
        rows = {one.field: one for one in LocalAnswer.objects.all()}
        assert rows["CountyOfStay"].value_code == "27053"
        assert rows["MonthlyRent"].value_number == Decimal("900.50")
        assert rows["UnitMoveIn"].value_date == date(2026, 11, 3)
        assert rows["LastPermanentCity"].value_text == "Springfield"
    place.keep({COUNTY: "27123", RENT: None, MOVED: date(2026, 11, 3)}, corrects=True)
    with acting(place.worker):
        assert stored() == {"CountyOfStay": "27123", "UnitMoveIn": date(2026, 11, 3),
                            "LastPermanentCity": "Springfield"}  # fmt: skip
        assert [one.value_code for one in history_of(rows["CountyOfStay"])] == ["27053"]
        assert not history_of(rows["UnitMoveIn"]).exists()
    place.keep({COUNTY: "27053"}, stage="update", day=date(2026, 11, 20))
    with acting(place.worker):
        dated = LocalAnswer.objects.filter(field="CountyOfStay").order_by("information_date")
        assert [(one.stage, one.value) for one in dated] == [("start", "27123"), ("update", "27053")]


def test_money_is_dated_and_ends_when_it_is_taken_back(place: Place) -> None:
    later = date(2026, 11, 20)
    place.keep({}, programs=frozenset({"FHPAP", "LTH"}))
    place.keep({}, programs=frozenset({"LTH", "HYA"}), stage="update", day=later)
    with acting(place.worker):
        rows = HouseholdFunding.objects.filter(date_deleted=None).order_by("program")
        assert [(one.program, one.begins_on, one.ends_on) for one in rows] == [
            ("FHPAP", START, date(2026, 11, 19)), ("HYA", later, None), ("LTH", START, None),
        ]  # fmt: skip
        assert queries.programs_of(place.worker, place.stay, START) == {"FHPAP", "LTH"}
        assert queries.programs_of(place.worker, place.stay, later) == {"LTH", "HYA"}
    place.keep({}, programs=frozenset({"LTH"}), stage="update", day=later)
    with acting(place.worker):  # what began on the same day never was
        assert queries.programs_of(place.worker, place.stay, later) == {"LTH"}


def test_the_household_has_it_and_no_other_one(place: Place, administrator: User) -> None:
    place.keep({}, programs=frozenset({"FHPAP"}))
    with acting(administrator):
        more: dict[str, Any] = {"relationship_to_hoh": 3, "entry_date": START}
        member = factories.make_enrollment(
            project=place.project, household_id=place.stay.household_id, **more
        )
        other = factories.make_enrollment(project=place.project, entry_date=START)
        elsewhere = factories.make_enrollment(
            project=factories.make_project(place.organization), household_id=place.stay.household_id,
            entry_date=START,
        )  # fmt: skip
    with acting(place.worker):
        found = [queries.programs_of(place.worker, one, START) for one in (member, other, elsewhere)]
    assert found == [{"FHPAP"}, frozenset(), frozenset()]


def test_money_of_the_project_is_that_of_all_its_households(place: Place, administrator: User) -> None:
    with acting(administrator):
        for words, first, last in (
            (" fhpap ", date(2026, 1, 1), None),
            ("Homeless Youth Act", date(2027, 1, 1), None),
            ("LTH", date(2020, 1, 1), date(2026, 1, 1)),
            ("A church", None, None),
        ):
            Funder.objects.create(
                **factories.record(
                    project=place.project, funder=46, other_funder=words, grant_id="G", start_date=first,
                    end_date=last,
                )
            )  # fmt: skip
    with acting(place.worker):
        assert queries.attached_to(form_project(place.project, START)) == {"FHPAP"}
        form = place.form({})
        assert form.is_valid() and "Local.FHPAPFundingType" in form.answered.due
        assert "FHPAP" not in form.offered and "LTH" in form.offered


def test_another_organization_sees_and_writes_nothing(place: Place, client: Browser) -> None:
    place.keep({COUNTY: "27053"}, programs=frozenset({"FHPAP"}))
    with acting(place.stranger):
        assert not LocalAnswer.objects.exists() and not HouseholdFunding.objects.exists()
        assert not queries.answers_of(place.stranger, [place.stay.pk]).exists()
        with pytest.raises(PermissionDenied):
            actions.record_answers(
                by=place.stranger, enrollment=place.stay, stage="start", day=START, values={COUNTY: "27123"}
            )
    client.force_login(place.stranger)
    assert client.get(reverse("local:answer", args=[place.stay.pk, "start"])).status_code == 404
    assert client.post(reverse("local:answer", args=[place.stay.pk, "start"]), {}).status_code == 404


def test_a_shared_stay_shows_its_answers_and_takes_none(
    place: Place, client: Browser, administrator: User
) -> None:
    place.keep({COUNTY: "27053"})
    with acting(administrator):
        Enrollment.objects.filter(pk=place.stay.pk).update(is_shared=True)
    with acting(place.stranger):
        assert stored() == {"CountyOfStay": "27053"}
    client.force_login(place.stranger)
    page = client.get(reverse("enrollments:detail", args=[place.stay.pk])).content.decode()
    assert "Hennepin" in page and "Answers at the start" not in page
    assert client.get(reverse("local:answer", args=[place.stay.pk, "start"])).status_code == 404


def test_what_was_left_open_is_answered_later(place: Place, client: Browser) -> None:
    client.force_login(place.worker)
    address = reverse("local:answer", args=[place.stay.pk, "start"])
    assert "27053" in client.get(address).content.decode()
    client.post(address, {"Local-CountyOfStay": "27053", "LocalProgram-HYA": "on", "Local-YouthByLaw": "1"})
    with acting(place.worker):
        assert stored() == {"CountyOfStay": "27053", "YouthByLaw": "1"}
        assert AccessLog.objects.filter(action="stage_recorded").count() in (0, 1)  # an auditor's to read
    page = client.get(address).content.decode()
    assert 'value="27053" selected' in page
    assert 'name="LocalProgram-HYA"' in page and "checked" in page
    client.post(address, {"Local-CountyOfStay": "27123"})
    with acting(place.worker):
        assert stored() == {"CountyOfStay": "27123"}
        assert queries.programs_of(place.worker, place.stay, START) == frozenset()


@pytest.mark.parametrize("stage", ["update", "exit", "annual", "nowhere"])
def test_pages_of_stages(place: Place, client: Browser, stage: str) -> None:
    client.force_login(place.worker)
    answer = client.get(reverse("local:answer", args=[place.stay.pk, stage]))
    assert answer.status_code == {"update": 200, "exit": 302}.get(stage, 404)


NAMES = ("CountyOfStay", "LastPermanentCity", "MonthlyRent", "UnitMoveIn", "FHPAPFundingType", "IncomeNote")
TYPED = st.one_of(
    st.text(max_size=40), st.just("x" * 10_000), st.sampled_from(["=1+1", "-5", "1e400", "NaN", "0000-01-01",
    "01/01/0001", "12/31/9999", "RD2", "\u202egnp", "🏠", "\x00", "\ud800", "27053"]),
)  # fmt: skip


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(typed=st.fixed_dictionaries(dict.fromkeys(NAMES, TYPED)))
def test_whatever_is_typed_is_stored_or_refused_at_its_field(place: Place, typed: dict[str, str]) -> None:
    data = {f"Local-{name}": value for name, value in typed.items()}
    with acting(place.worker):
        form = place.form(data | {"LocalProgram-FHPAP": "on", "LocalProgram-LTH": "on",
                                  "Local-LastPermanentState": "MN"})  # fmt: skip
        if not form.is_valid():
            assert set(form.errors) <= {f"Local-{name}" for name in NAMES}
            return
        actions.record_answers(
            by=place.worker, enrollment=place.stay, stage="start", day=START, values=form.answered.values
        )
        known = stored()
    assert known.get("FHPAPFundingType") in (None, "")
    assert known.get("CountyOfStay") in (None, "27053")
