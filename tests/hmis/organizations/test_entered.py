"""What a record carries that is entered or corrected here."""

import re
from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from hearth.hmis.access.context import acting
from hearth.hmis.access.models import User
from hearth.hmis.access.roles import HmisUser
from hearth.hmis.clients.models import Client
from hearth.hmis.organizations.entered import entered_here, new_key, stamp
from hearth.hmis.organizations.models import DataSource, SourceUser
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def by() -> User:
    return factories.make_user(HmisUser, factories.make_organization(), display_name="Ana María Ruiz")


def now() -> datetime:
    return timezone.localtime().replace(tzinfo=None, microsecond=0)


def test_keys_are_random_and_of_hud_s_length() -> None:
    keys = {new_key() for _ in range(100)}
    assert len(keys) == 100
    assert all(re.fullmatch("[0-9a-f]{32}", key) for key in keys)


def test_a_new_record_has_the_data_source_and_the_user_of_here(by: User) -> None:
    before = now()
    with acting(by):
        client = Client(first_name="Lee")
        stamp(client, by=by)
        client.save()
        client.refresh_from_db()
        row = SourceUser.objects.get(account=by)
    assert client.data_source.is_hearth
    assert re.fullmatch("[0-9a-f]{32}", client.hud_id)
    assert (client.user_id, client.user_data_source) == (row.hud_id, None)
    assert (client.created_by, client.updated_by) == (by, by)
    assert before <= client.date_created == client.date_updated <= now()
    assert client.row_hash is None
    assert (row.user_first_name, row.user_last_name, row.user_email) == ("Ana María", "Ruiz", by.email)
    assert row.data_source == client.data_source


def test_a_corrected_record_of_another_source_keeps_its_key(by: User) -> None:
    with acting(by):
        client = factories.make_client(user_id="U7", row_hash=12345)
        key, source, created = client.hud_id, client.data_source, client.date_created
        stamp(client, by=by)
        client.first_name = "Corrected"
        client.save()
        client.refresh_from_db()
    assert (client.hud_id, client.data_source, client.date_created) == (key, source, created)
    assert client.user_id == SourceUser.objects.get(account=by).hud_id
    assert client.user_data_source == entered_here()
    assert client.created_by is None
    assert client.updated_by == by
    assert client.row_hash == 0  # marked: the next import does not write over it by itself


def test_the_day_of_a_change_moves_on_whatever_stood_there(by: User) -> None:
    later = now() + timedelta(days=3)
    with acting(by):
        client = factories.make_client(date_updated=later)
        stamp(client, by=by)
    assert client.date_updated == later + timedelta(seconds=1)


def test_the_row_in_user_csv_follows_the_account(by: User) -> None:
    with acting(by):
        stamp(factories.make_client(), by=by)
        first = SourceUser.objects.get(account=by)
        by.display_name = "Ruiz"
        by.save()
        client = factories.make_client()
        stamp(client, by=by)
    row = SourceUser.objects.get(account=by)
    assert (row.pk, row.hud_id) == (first.pk, first.hud_id)
    assert (row.user_first_name, row.user_last_name) == (None, "Ruiz")
    assert client.user_id == row.hud_id


def test_an_account_without_a_name_goes_by_its_address(by: User) -> None:
    by.display_name = "  "
    with acting(by):
        stamp(factories.make_client(), by=by)
    assert SourceUser.objects.get(account=by).user_last_name == by.email[:50]


def test_there_is_one_data_source_of_what_is_entered_here() -> None:
    assert entered_here() == entered_here()
    assert DataSource.objects.filter(is_hearth=True).count() == 1
