"""What hangs on an enrollment is opened and closed by the client's answers, local records too."""

import pytest
from django.apps import apps
from django.db import connection

from hearth.hmis.enrollments.models.base import EnrollmentRecord

pytestmark = pytest.mark.django_db

TABLES = {model._meta.db_table for model in apps.get_models() if issubclass(model, EnrollmentRecord)}


def test_every_table_of_records_has_its_day_and_takes_what_clients_answer() -> None:
    assert {"local_localanswer", "local_householdfunding", "enrollments_exit"} <= TABLES
    with connection.cursor() as cursor:
        cursor.execute("SELECT prosrc FROM pg_proc WHERE proname = 'hearth_own_day_of'")
        says = cursor.fetchone()[0]
        cursor.execute(
            "SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname IN"
            " ('takes_sharing', 'added_takes_sharing') GROUP BY 1 HAVING count(*) = 2"
        )
        taking = {table for (table,) in cursor.fetchall()}
    assert {table for table in TABLES if f"WHEN '{table}'" not in says} == set()
    assert TABLES - taking == set()
