"""Records that are entered or corrected here among imported ones: their keys in exports and reports."""

from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from hearth.hmis.access.context import acting
from hearth.hmis.access.models import User
from hearth.hmis.clients.models import Client
from hearth.hmis.clients.record_source import record_sources, writer_of
from hearth.hmis.enrollments.models import Enrollment
from hearth.hmis.organizations.entered import entered_here, new_key, stamp
from hearth.hmis.organizations.models import SourceUser
from hearth.hmis.reports import snapshot
from tests import factories
from tests.hmis.exchange.exporting import export, keys
from tests.hmis.exchange.importing import finished
from tests.hmis.reports.snapshot.reading import rows
from tests.reporting.sources.exports import Export

pytestmark = pytest.mark.django_db(transaction=True)

HOUSEHOLD = "H1"


@pytest.fixture
def by() -> User:
    return factories.make_administrator()


def enter(by: User, head: Enrollment, client: Client | None = None, **fields: Any) -> Enrollment:
    """A member who is added here to the household of `head`."""
    if client is None:
        client = Client(first_name="Joined", last_name="Later", name_data_quality=1)
        stamp(client, by=by)
        client.save()
    member = Enrollment(
        client=client, project=head.project, entry_date=date(2026, 2, 1), household_id=head.household_id,
        relationship_to_hoh=2, household_data_source=head.household_data_source or head.data_source, **fields,
    )  # fmt: skip
    stamp(member, by=by)
    member.save()
    return member


def households(by: User, place: Path) -> dict[str, set[str]]:
    """HouseholdID → EnrollmentIDs of an export, of which a snapshot has to say the same."""
    said: dict[str, set[str]] = {}
    for row in export(by, place)["Enrollment"]:
        said.setdefault(row["HouseholdID"], set()).add(row["EnrollmentID"])
    together = rows(snapshot.refreshed(), "SELECT HouseholdID, count(*) FROM Enrollment GROUP BY 1")
    assert sorted(count for _, count in together) == sorted(map(len, said.values()))
    longest = rows(
        snapshot.refreshed(),
        "SELECT max(length(EnrollmentID)), max(length(HouseholdID)), max(length(PersonalID)) FROM Enrollment",
    )
    assert max(longest[0]) <= 32  # a longer key is none, and no report would be made
    return said


class TestHouseholds:
    @pytest.fixture
    def head(self, by: User, tmp_path: Path) -> Enrollment:
        finished(by, Export().zip(tmp_path))
        with acting(by):
            return Enrollment.objects.filter(relationship_to_hoh=1).order_by("pk")[0]

    def test_a_member_added_here_stays_in_the_imported_household(
        self, by: User, head: Enrollment, tmp_path: Path
    ) -> None:
        with acting(by):
            member = enter(by, head)
        said = households(by, tmp_path / "out.zip")
        assert {head.hud_id, member.hud_id} <= said[head.household_id]

    def test_the_same_key_of_another_data_source_is_another_household(
        self, by: User, head: Enrollment, tmp_path: Path
    ) -> None:
        with acting(by):
            member = enter(by, head)
            other = factories.make_enrollment(
                project=factories.make_project(), household_id=head.household_id
            )
        said = households(by, tmp_path / "out.zip")
        assert {head.hud_id, member.hud_id} <= said[head.household_id]
        assert said[f"{other.data_source_id}.{head.household_id}"] == {other.hud_id}

    def test_an_imported_stay_joins_a_household_made_here(
        self, by: User, head: Enrollment, tmp_path: Path
    ) -> None:
        with acting(by):
            client = Client(first_name="New", last_name="Head", name_data_quality=1)
            stamp(client, by=by)
            client.save()
            made = Enrollment(
                client=client, project=head.project, entry_date=date(2026, 1, 9), household_id=new_key(),
                relationship_to_hoh=1,
            )  # fmt: skip
            stamp(made, by=by)
            made.save()
            head.household_id, head.household_data_source = made.household_id, entered_here()
            head.relationship_to_hoh = 3
            stamp(head, by=by)
            head.save()
        assert {made.hud_id, head.hud_id} in households(by, tmp_path / "out.zip").values()

    def test_an_import_that_is_taken_says_whose_household_it_is(
        self, by: User, head: Enrollment, tmp_path: Path
    ) -> None:
        before = head.household_id
        with acting(by):
            head.household_id, head.household_data_source = new_key(), entered_here()
            stamp(head, by=by)
            head.save()
        finished(by, Export().zip(tmp_path), newer="take_back")
        with acting(by):
            head.refresh_from_db()
        assert (head.household_id, head.household_data_source, head.user_data_source) == (before, None, None)


class TestUsers:
    @pytest.fixture
    def client(self, by: User, tmp_path: Path) -> Client:
        source = Export()
        source.row("Client")["DateUpdated"] = "2026-01-02 08:00:00"
        finished(by, source.zip(tmp_path))
        with acting(by):
            return Client.objects.get(hud_id="C1")

    def correct(self, by: User, client: Client) -> None:
        with acting(by):
            stamp(client, by=by)
            client.first_name = "Corrected"
            client.save()

    def test_a_correction_goes_out_with_its_key_this_user_and_a_new_day(
        self, by: User, client: Client, tmp_path: Path
    ) -> None:
        self.correct(by, client)
        tables = export(by, tmp_path / "out.zip")
        (row,) = [row for row in tables["Client"] if row["PersonalID"] == "C1"]
        me = SourceUser.objects.get(account=by)
        assert (row["FirstName"], row["UserID"]) == ("Corrected", me.hud_id)
        assert datetime.fromisoformat(row["DateUpdated"]) > datetime(2026, 1, 2, 8)
        assert me.hud_id in keys(tables, "User", "UserID")

    def test_a_user_there_with_the_same_key_is_somebody_else(
        self, by: User, client: Client, tmp_path: Path
    ) -> None:
        self.correct(by, client)
        me = SourceUser.objects.get(account=by)
        SourceUser.objects.create(
            **factories.record(data_source=client.data_source, hud_id=me.hud_id, user_last_name="Else")
        )
        with acting(by):
            Client.objects.filter(hud_id="C2").update(user_id=me.hud_id)
        tables = export(by, tmp_path / "out.zip")
        users = {row["UserID"]: row["UserLastName"] for row in tables["User"]}
        wrote = {row["PersonalID"]: users[row["UserID"]] for row in tables["Client"]}
        assert wrote["C2"] == "Else"
        assert wrote["C1"] == me.user_last_name

    def test_who_wrote_is_somebody_here(self, by: User, client: Client) -> None:
        """Told by name to those of the same organization and to nobody else, whatever the data source."""
        with acting(by):
            own, other = factories.make_organization(), factories.make_organization()
            for place in (own, other):
                factories.make_enrollment(client, factories.make_project(place))
        mine, theirs = factories.make_hmis_user(own), factories.make_hmis_user(other)
        with acting(mine):
            enter(mine, Enrollment.objects.get(project__organization=own))
        self.correct(mine, client)
        with acting(mine):
            assert writer_of(Client.objects.get(pk=client.pk)) == str(mine)
            assert client.pk in record_sources(mine, [client.pk])
        with acting(theirs):
            assert client.pk not in record_sources(theirs, [client.pk])
