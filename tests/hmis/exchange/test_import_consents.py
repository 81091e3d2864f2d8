"""An import opens what people's answers open, and nothing else; whoever came as shared is to be asked."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from hearth.hmis.access.context import acting
from hearth.hmis.access.models import User
from hearth.hmis.audit.history import history_of
from hearth.hmis.clients.models import Client
from hearth.hmis.consent.actions import record_consent
from hearth.hmis.consent.choices import AS_IMPORTED, Method
from hearth.hmis.consent.models import Consent, ConsentTaking
from hearth.hmis.enrollments.models import Disabilities, Enrollment, Exit
from hearth.hmis.organizations.models import Organization
from tests.factories import make_administrator
from tests.hmis.exchange.importing import finished
from tests.hmis.exchange.test_import import small_export
from tests.reporting.sources.exports import Export

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def by() -> User:
    return make_administrator()


@pytest.fixture
def export() -> Export:
    return small_export()


def answers(by: User, person: str, choice: str, day: date, **more: Any) -> None:
    with acting(by):
        record_consent(
            by=by, client=Client.objects.get(hud_id=person), choice=choice, given_on=day,
            organization=Organization.objects.get(hud_id="O1"), method=Method.SIGNED_PAPER,
            form_version="1", language="en", **more,
        )  # fmt: skip


def shared(by: User, model: type = Enrollment) -> dict[str, bool]:
    with acting(by):
        return dict(model.objects.values_list("hud_id", "is_shared"))


def later(export: Export, enrollment: str, person: str, exit_id: str) -> None:
    """Another enrollment of a person, with its exit."""
    export.tables["Enrollment"].append(
        {**export.row("Enrollment"), "EnrollmentID": enrollment, "PersonalID": person,
         "HouseholdID": f"H{enrollment}"}
    )  # fmt: skip
    export.tables["Exit"].append(
        {**export.row("Exit"), "ExitID": exit_id, "EnrollmentID": enrollment, "PersonalID": person}
    )


def test_people_who_came_as_shared_have_an_answer_that_says_so(
    by: User, export: Export, tmp_path: Path
) -> None:
    finished(by, export.zip(tmp_path), is_shared=True)
    with acting(by):
        found = Consent.objects.order_by("client__hud_id").values_list(
            "client__hud_id", "choice", "is_current"
        )
        assert list(found) == [("C1", AS_IMPORTED, True), ("C2", AS_IMPORTED, True)]
        assert set(ConsentTaking.objects.values_list("opens", "organization")) == {(False, None)}
    later(export, "E3", "C1", "T3")
    finished(by, export.zip(tmp_path), is_shared=True)  # the rule of this import opens it, not the answer
    finished(by, export.zip(tmp_path))
    assert shared(by) == {"E1": True, "E2": True, "E3": True}
    with acting(by):
        assert Consent.objects.count() == 2


def test_people_who_did_not_have_none(by: User, export: Export, tmp_path: Path) -> None:
    finished(by, export.zip(tmp_path))
    with acting(by):
        assert not Consent.objects.exists()


def test_answers_decide_whatever_the_import_says(by: User, export: Export, tmp_path: Path) -> None:
    finished(by, export.zip(tmp_path))
    answers(by, "C1", "do_not_share", date(2025, 1, 1))
    answers(by, "C2", "share", date(2025, 1, 1), until=date(2099, 1, 1))
    later(export, "E3", "C1", "T3")
    later(export, "E4", "C2", "T4")
    export.row("Disabilities")["DisabilityResponse"] = 1
    export.row("Exit")["Destination"] = 410
    finished(by, export.zip(tmp_path), is_shared=True)
    assert shared(by) == {"E1": False, "E2": True, "E3": False, "E4": True}
    assert shared(by, Exit) == {"T2": True, "T3": False, "T4": True}
    assert shared(by, Disabilities) == {"D1": False}
    with acting(by):
        assert {row.shared_until for row in Exit.objects.filter(is_shared=True)} == {date(2099, 1, 1)}
        assert set(history_of(Exit.objects.get(hud_id="T2")).values_list("is_shared", flat=True)) == {True}
        assert not Consent.objects.filter(choice=AS_IMPORTED).exists()


def test_a_corrected_day_of_birth_moves_the_end_of_a_guardians_answer(
    by: User, export: Export, tmp_path: Path
) -> None:
    export.row("Client")["DOB"] = "2007-06-01"
    finished(by, export.zip(tmp_path))
    answers(by, "C1", "share", date(2025, 1, 1), guardian="Invented Parent, mother")
    assert shared(by)["E1"] is False  # of age before the stay began
    export.row("Client")["DOB"] = "2010-06-01"
    finished(by, export.zip(tmp_path))
    assert shared(by)["E1"] is True
    assert shared(by, Disabilities) == {"D1": True}
