"""House rules of models: rights, history and source keys cannot be forgotten on a new table."""

import pytest
from django.apps import apps
from django.db import connection, models

from hearth.hmis.access.row_policies import Open, RestrictedQuerySet, RowPolicy
from hearth.hmis.hud.models import Record
from hearth.hmis.hud.records import models_of_files

OURS = [model for model in apps.get_models() if model.__module__.startswith("hearth.")]
HISTORIES = {model for model in OURS if hasattr(model, "pgh_tracked_model")}
RECORDS = [model for model in OURS if issubclass(model, Record)]


def name(model: type[models.Model]) -> str:
    return model._meta.label


@pytest.mark.parametrize("model", RECORDS, ids=name)
def test_a_record_is_restricted_kept_and_unique(model: type[models.Model]) -> None:
    assert issubclass(model.row_policy, RowPolicy)
    assert isinstance(model.objects.all(), RestrictedQuerySet)
    assert any(history.pgh_tracked_model is model for history in HISTORIES), "no history"
    assert any(c.name.endswith("_source_key") for c in model._meta.constraints), "no unique source key"


@pytest.mark.parametrize("file", models_of_files())
def test_every_file_of_hud_has_a_model(file: str) -> None:
    assert models_of_files()[file] is not None


@pytest.mark.django_db
@pytest.mark.parametrize("model", [m for m in RECORDS if m.row_policy is not Open], ids=name)
def test_client_data_is_secured_with_its_history(model: type[models.Model]) -> None:
    tables = [model._meta.db_table, *(h._meta.db_table for h in HISTORIES if h.pgh_tracked_model is model)]
    assert len(tables) == 2
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_class"
            " WHERE relname = ANY(%s) AND relrowsecurity AND relforcerowsecurity",
            [tables],
        )
        assert cursor.fetchone()[0] == 2


@pytest.mark.django_db
def test_the_web_role_owns_nothing_and_bypasses_nothing() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_user, rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user"
        )
        assert cursor.fetchone() == ("hearth_web", False, False)
        cursor.execute("SELECT count(*) FROM pg_tables WHERE tableowner = current_user")
        assert cursor.fetchone()[0] == 0
        cursor.execute("SELECT count(*) FROM pg_auth_members WHERE member = current_user::regrole")
        assert cursor.fetchone()[0] == 0


@pytest.mark.django_db
def test_functions_with_the_owners_rights_have_a_fixed_search_path() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT proname FROM pg_proc p JOIN pg_namespace n ON n.oid = pronamespace"
            " WHERE prosecdef AND nspname = 'public'"
            " AND NOT coalesce(array_to_string(proconfig, ','), '') LIKE '%%search_path=%%'"
        )
        assert [row[0] for row in cursor.fetchall()] == []


@pytest.mark.django_db
def test_no_table_of_records_has_a_trigger_before_each_added_row() -> None:
    """COPY would take its rows one at a time, even while triggers are off (enrollments migration 0003)."""
    before_each_added_row = 1 | 2 | 4
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgname FROM pg_trigger JOIN pg_class c ON c.oid = tgrelid"
            " WHERE relname = ANY(%s) AND tgtype & %s = %s AND NOT tgisinternal",
            [[model._meta.db_table for model in RECORDS], before_each_added_row, before_each_added_row],
        )
        assert cursor.fetchall() == []
