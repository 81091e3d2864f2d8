"""Records in plain words: columns by rule, codes from the registry, nothing hidden that came faulty."""

from datetime import date, datetime
from decimal import Decimal

import pytest

from hearth.hmis.clients.models import Client
from hearth.hmis.enrollments.models import (
    Enrollment,
    Exit,
    HealthAndDV,
    IncomeBenefits,
    Services,
)
from hearth.hmis.hud import display
from hearth.hmis.hud.records import models_of_files
from hearth.standards import load


@pytest.mark.parametrize(
    ("record", "field", "words"),
    [
        (Client(sex=0), "sex", load(2026).list("4.21").label(0)),
        (Client(sex=12345), "sex", "Unknown code 12345"),
        (Client(sex=None), "sex", ""),
        (Client(first_name=""), "first_name", ""),
        (Client(dob=date(1990, 4, 1)), "dob", "April 1, 1990"),
        (Client(year_entered_service=1991), "year_entered_service", "1991"),
        (Client(date_updated=datetime(2026, 1, 2, 15, 4)), "date_updated", "January 2, 2026, 3:04 PM"),
        (IncomeBenefits(total_monthly_income=Decimal("1234.5")), "total_monthly_income", "$1,234.50"),
        (Services(record_type=141, type_provided=5), "type_provided", load(2026).list("P1.2").label(5)),
        (Services(record_type=200, type_provided=200), "type_provided", load(2026).list("4.14").label(200)),
        (Services(record_type=None, type_provided=5), "type_provided", "5"),
        (Enrollment(enrollment_coc="MN-500"), "enrollment_coc", "MN-500 Minneapolis/Hennepin County CoC"),
        (Enrollment(enrollment_coc="somewhere"), "enrollment_coc", "somewhere"),
    ],
)
def test_a_value_in_words(record, field: str, words: str) -> None:
    assert display.words(record, field) == words


def test_every_column_has_words_of_its_own() -> None:
    for file, model in models_of_files().items():
        shown = [label for _, _, label, _ in display._shown_fields(model)]
        assert all(words and words[0] == words[0].upper() for words in shown), file
        assert len(shown) == len(set(shown)), file


def test_facts_leave_out_blanks_and_the_ssn() -> None:
    facts = {fact.column: fact for fact in display.facts(Client(first_name="Rosa", ssn="123456789", sex=0))}
    assert set(facts) == {"FirstName", "Sex"}
    assert facts["FirstName"].privacy == "name"


def test_what_could_not_be_stored_is_a_fact() -> None:
    (fact,) = display.facts(Exit(as_it_came={"Destination": "four"}))
    assert (fact.column, fact.value, fact.came_as) == ("Destination", "", "four")


@pytest.mark.parametrize(
    ("hud", "privacy"),
    [
        ("HealthAndDV.WhenOccurred", "sensitive"), ("Exit.ExchangeForSex", "sensitive"),
        ("Exit.WorkplaceViolenceThreats", "sensitive"), ("Exit.Destination", ""), ("Client.DOB", "dob"),
    ],
)  # fmt: skip
def test_what_needs_care(hud: str, privacy: str) -> None:
    assert display.privacy_of(hud) == privacy
    assert HealthAndDV._meta.get_field("when_occurred").hud == "HealthAndDV.WhenOccurred"
