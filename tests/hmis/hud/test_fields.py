"""Names, fields and sealing."""

from datetime import date, datetime
from decimal import Decimal

import pytest
from django.apps import apps
from django.db import connection

from hearth.hmis.access.models import User
from hearth.hmis.clients.models import Client
from hearth.hmis.enrollments.models import IncomeBenefits
from hearth.hmis.hud import ssn
from hearth.hmis.hud.names import python_name
from hearth.hmis.hud.records import models_of_files, stored_columns
from hearth.standards import load
from tests import factories


@pytest.mark.parametrize(
    ("hud", "python"),
    [
        ("WhenOccurred", "when_occurred"),
        ("SSNDataQuality", "ssn_data_quality"),
        ("DOB", "dob"),
        ("RelationshipToHoH", "relationship_to_hoh"),
        ("CoCCode", "coc_code"),
        ("EnrollmentCoC", "enrollment_coc"),
        ("RRHSubType", "rrh_sub_type"),
        ("HH5Plus", "hh5_plus"),
        ("IraqOIF", "iraq_oif"),
        ("AmIndAKNative", "am_ind_ak_native"),
        ("LOSUnderThreshold", "los_under_threshold"),
        ("HMISParticipationStatusStartDate", "hmis_participation_status_start_date"),
    ],
)
def test_python_name(hud: str, python: str) -> None:
    assert python_name(hud) == python


def test_every_column_of_the_newest_year_is_stored() -> None:
    for name, definition in load(2026).files.items():
        stored = stored_columns(name)
        assert [s.column for s in stored] == [c.name for c in definition.columns]
        fields = [s.field for s in stored if s.kind == "value"]
        assert len(fields) == len(set(fields)), name
        assert {s.column for s in stored if s.kind == "not_stored"} <= {"ExportID"}
        for s in stored:
            if s.kind == "value":
                field = models_of_files()[name]._meta.get_field(s.field)
                metadata = s.column in ("DateCreated", "DateUpdated", "DateDeleted", "UserID")
                assert field.hud == ("" if metadata else f"{name}.{s.column}")
            if s.kind == "through_enrollment":
                assert s.column == "PersonalID"


def test_words_and_choices_make_no_migration() -> None:
    field = apps.get_model("enrollments", "HealthAndDV")._meta.get_field("when_occurred")
    _, _, _, kwargs = field.deconstruct()
    assert kwargs == {"hud": "HealthAndDV.WhenOccurred"}


@pytest.mark.django_db
def test_ssn_in_the_database(as_administrator: User) -> None:
    client = factories.make_client(ssn="912345678")
    with connection.cursor() as cursor:
        cursor.execute("SELECT ssn, ssn_index, ssn_last4_index FROM clients_client")
        sealed, index, last4 = (bytes(value) for value in cursor.fetchone())
    assert b"912345678" not in sealed
    assert (index, last4) == (ssn.index("912345678"), ssn.last4_index("5678"))
    assert Client.objects.get(pk=client.pk).ssn == "912345678"
    client.ssn = None
    client.save()
    client.refresh_from_db()
    assert (client.ssn, client.ssn_index, client.ssn_last4_index) == (None, None, None)


@pytest.mark.django_db
def test_values_come_back_as_they_went_in(as_administrator: User) -> None:
    income = IncomeBenefits.objects.create(
        **factories.record(
            enrollment=factories.make_enrollment(),
            information_date=date(2026, 1, 5),
            total_monthly_income=Decimal("1234.50"),
            income_from_any_source=1,
            date_created=datetime(2026, 3, 8, 2, 30),  # an hour that Central time does not have
        )
    )
    income.refresh_from_db()
    assert income.date_created == datetime(2026, 3, 8, 2, 30)
    assert income.total_monthly_income == Decimal("1234.50")
