"""Loading regions: complete, without trace when repeated, and never over what administrators wrote."""

import pytest

from hearth.hmis.access.context import acting
from hearth.hmis.access.models import User
from hearth.hmis.audit.history import history_of
from hearth.hmis.local.mn.actions import load_regions
from hearth.hmis.organizations.models import Region, RegionContact, RegionCounty, TribalNation
from tests.factories import make_organization

pytestmark = pytest.mark.django_db


def test_a_migrated_database_has_the_regions() -> None:
    assert Region.objects.filter(kind="coc", overlays=False).count() == 10
    assert RegionCounty.objects.count() == 87
    collaborative = Region.objects.get(kind="tribal")
    assert (collaborative.acronym, collaborative.since, collaborative.overlays) == ("MTC", 2014, True)
    assert collaborative.nations.count() == 6
    assert TribalNation.objects.count() == 11


def test_it_makes_everything_in_an_empty_database() -> None:
    Region.objects.all().delete()
    TribalNation.objects.all().delete()
    load_regions(by=None)
    test_a_migrated_database_has_the_regions()


def test_again_changes_nothing(administrator: User, django_assert_num_queries) -> None:
    with acting(administrator):
        load_regions(by=administrator, with_examples=True)
        before = [
            list(model.objects.order_by("pk").values()) for model in (Region, RegionCounty, RegionContact)
        ]
        with django_assert_num_queries(10):  # eight reads between the savepoint's two, and no write
            load_regions(by=administrator, with_examples=True)
        after = [
            list(model.objects.order_by("pk").values()) for model in (Region, RegionCounty, RegionContact)
        ]
    assert before == after
    assert not any(history_of(region).exists() for region in Region.objects.all())


def test_a_change_of_the_data_is_corrected_and_kept_in_the_history(administrator: User) -> None:
    Region.objects.filter(code="MN-506").update(name="Somewhere")
    ramsey = RegionCounty.objects.get(fips="27123")
    wrong = RegionCounty.objects.create(region=ramsey.region, name="Cass", fips="27021", geocode="279021")
    ramsey.delete()
    with acting(administrator):
        load_regions(by=administrator)
    assert Region.objects.get(code="MN-506").name == "Northwest"
    assert RegionCounty.objects.filter(fips="27123").count() == 1
    assert not RegionCounty.objects.filter(pk=wrong.pk).exists()


def test_examples_are_marked_and_only_on_request(administrator: User) -> None:
    assert not RegionContact.objects.filter(is_example=True).exists()
    assert set(RegionContact.objects.values_list("role", flat=True)) == {"state_agency"}
    load_regions(by=administrator, with_examples=True)
    people = RegionContact.objects.exclude(name="")
    assert people.count() == 44
    assert all(person.is_example for person in people)


def test_invented_programs_of_the_collaborative_get_their_nation(as_administrator: User) -> None:
    program, other, unknown = (
        make_organization(organization_common_name=name)
        for name in (
            "Minnesota Tribal Collaborative: Red Lake",
            "Red Lake",
            "Minnesota Tribal Collaborative: X",
        )
    )
    load_regions(by=as_administrator, with_examples=True)
    for organization in (program, other, unknown):
        organization.refresh_from_db()
    assert program.tribal_nation and program.tribal_nation.name == "Red Lake Nation"
    assert other.tribal_nation is unknown.tribal_nation is None


def test_what_an_administrator_wrote_stays(administrator: User) -> None:
    region = Region.objects.get(code="MN-509")
    region.contacts.all().delete()
    load_regions(by=administrator)
    assert not region.contacts.exists()
