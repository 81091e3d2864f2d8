"""What the pages of regions, organizations and projects say."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from hearth.hmis.access.models import User
from hearth.hmis.organizations.models import Region, TribalNation
from tests import factories
from tests.hmis.organizations.making import make_affiliation, make_coc, make_full_project, make_inventory

pytestmark = pytest.mark.django_db


@pytest.fixture
def filled(as_administrator: User) -> dict[str, int]:
    """Three agencies in Hennepin, one of them of a member nation, with several projects each."""
    nation = TribalNation.objects.get(short_name="Red Lake")
    organizations = [
        factories.make_organization(organization_name="Invented Harbor", organization_common_name="Harbor"),
        factories.make_organization(organization_name="Invented Hearthside", victim_service_provider=1),
        factories.make_organization(organization_name="Invented Lakeshore", tribal_nation=nation),
    ]
    for organization in organizations:
        for kind in (0, 3, 13):
            project = make_full_project(organization, project_type=kind, project_name=f"Invented Type {kind}")
    return {"organization": organizations[0].pk, "project": project.pk}


def test_the_regions_page_says_in_words_what_the_map_shows(site, filled, as_administrator: User) -> None:
    page = site(as_administrator).get("/regions/").content.decode()
    for region in Region.objects.prefetch_related("counties"):
        assert f'href="/regions/{region.code}/"' in page
        assert region.name in page and region.acronym in page
        for county in region.counties.all():
            assert county.name in page
    for nation in TribalNation.objects.all():
        assert nation.name in page
    assert 'class="map"' in page and "style=" not in page.split("<main", 1)[1].split("</main>", 1)[0]


def test_counts_of_a_region_and_of_the_collaborative(site, filled, as_administrator: User) -> None:
    hennepin = site(as_administrator).get("/regions/MN-500/").context
    assert (hennepin["activity"].agencies, hennepin["activity"].projects) == (3, 9)
    collaborative = site(as_administrator).get("/regions/MTC/").context
    assert (collaborative["activity"].agencies, collaborative["activity"].projects) == (1, 3)
    assert collaborative["beds"].beds == 36
    assert site(as_administrator).get("/regions/MN-501/").context["beds"] is None


def test_beds_are_those_in_force_today_by_type_and_household(site, as_administrator: User) -> None:
    today = timezone.localdate()
    shelter = factories.make_project(project_type=1)
    make_coc(shelter, "MN-509")
    make_coc(shelter, "MN-504")
    make_inventory(shelter, 20, coc_code="MN-509", household_type=1)
    make_inventory(shelter, 5, coc_code="MN-509", household_type=3, unit_inventory=2)
    make_inventory(shelter, 3, coc_code="MN-509", household_type=None)
    make_inventory(shelter, 100, coc_code="MN-504")
    make_inventory(shelter, 40, coc_code="MN-509", inventory_end_date=today - timedelta(days=1))
    make_inventory(shelter, 50, coc_code="MN-509", inventory_start_date=today + timedelta(days=1))
    make_inventory(shelter, 60, coc_code="MN-509", date_deleted=factories.WHEN)
    closed = factories.make_project(project_type=2, operating_end_date=today - timedelta(days=1))
    make_coc(closed, "MN-509")
    make_inventory(closed, 70, coc_code="MN-509")
    beds = site(as_administrator).get("/regions/MN-509/").context["beds"]
    assert [(name, row.projects, row.units, row.beds, cells) for name, row, cells in beds.rows] == [
        ("Emergency Shelter - Night-by-Night", 1, 25, 28, (20, 5, 0, 3))
    ]
    assert beds.households[-1] == "Not recorded"
    assert (beds.totals, beds.beds) == ((20, 5, 0, 3), 28)


def test_a_region_lists_its_projects_by_agency_25_a_page(site, as_administrator: User) -> None:
    for agency in ("B", "A"):
        organization = factories.make_organization(organization_name=agency)
        for number in range(14):
            make_coc(factories.make_project(organization, project_name=f"P{number:02}"), "MN-511")
    visitor = site(as_administrator)
    rows = visitor.get("/regions/MN-511/").context["rows"]
    assert [row.project.organization.organization_name for row in rows] == ["A"] * 14 + ["B"] * 11
    assert len(visitor.get("/regions/MN-511/?page=2").context["rows"]) == 3


def names(response) -> list[str]:
    return [row.organization.organization_name for row in response.context["rows"]]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["Invented Harbor", "Invented Hearthside", "Invented Lakeshore"]),
        ("q=HEARTHSIDE", ["Invented Hearthside"]),
        ("q=%20Lakeshore", ["Invented Lakeshore"]),
        ("q=type+13", ["Invented Harbor", "Invented Hearthside", "Invented Lakeshore"]),
        ("q=100%25", []),
        ("region=MTC", ["Invented Lakeshore"]),
        ("region=MN-501", []),
        ("region=MN-500&type=3&q=harbor", ["Invented Harbor"]),
        ("type=14", []),
        ("region=nowhere&type=x&page=z", ["Invented Harbor", "Invented Hearthside", "Invented Lakeshore"]),
    ],
)
def test_organizations_are_found(
    site, filled, as_administrator: User, query: str, expected: list[str]
) -> None:
    assert names(site(as_administrator).get(f"/organizations/?{query}")) == expected


def test_a_type_filter_lists_only_such_projects(site, filled, as_administrator: User) -> None:
    rows = site(as_administrator).get("/organizations/?type=13").context["rows"]
    assert {project.project_type for row in rows for project in row.projects} == {13}


def test_deleted_and_closed_are_left_out_of_the_list(site, as_administrator: User) -> None:
    factories.make_organization(organization_name="Deleted", date_deleted=factories.WHEN)
    kept = factories.make_organization(organization_name="Kept")
    factories.make_project(kept, operating_end_date=date(2021, 1, 1))
    factories.make_project(kept, date_deleted=factories.WHEN)
    (row,) = site(as_administrator).get("/organizations/").context["rows"]
    assert (row.organization, row.projects) == (kept, ())


def test_25_rows_a_page(site, as_administrator: User) -> None:
    for number in range(27):
        factories.make_organization(organization_name=f"Agency {number:02}")
    visitor = site(as_administrator)
    assert len(names(visitor.get("/organizations/"))) == 25
    assert names(visitor.get("/organizations/?page=2")) == ["Agency 25", "Agency 26"]
    assert names(visitor.get("/organizations/?page=99")) == ["Agency 25", "Agency 26"]


def test_an_organization_lists_open_projects_first(site, as_administrator: User) -> None:
    organization = factories.make_organization()
    factories.make_project(organization, project_name="A closed", operating_end_date=date(2021, 1, 1))
    factories.make_project(organization, project_name="B open")
    response = site(as_administrator).get(f"/organizations/{organization.pk}/")
    assert [row.project.project_name for row in response.context["rows"]] == ["B open", "A closed"]
    assert [row.is_open for row in response.context["rows"]] == [True, False]


def test_a_project_shows_what_hud_asks_in_words(site, as_administrator: User) -> None:
    project = make_full_project(
        project_name="Invented Night Shelter",
        project_type=1,
        housing_type=1,
        target_population=4,
        pit_count=17,
    )
    make_affiliation(factories.make_project(project_name="Invented Outreach"), project)
    make_affiliation(project, factories.make_project(project_name="Invented Home"))
    page = " ".join(site(as_administrator).get(f"/projects/{project.pk}/").content.decode().split())
    for words in (
        "Emergency Shelter - Night-by-Night",
        "Site-based - single site",
        "HUD: ESG - Emergency Shelter (operating and/or essential services)",
        "ESG-7",
        "HMIS Participating",
        "access point, receives referrals",
        "Households without children",
        "other veterans 3",
        "Facility-based beds",
        "Year-round",
        "Serves the people of",
        "Its people are served by",
        "Test source",
        project.hud_id,
        "12 beds",
    ):
        assert words in page, words


def test_a_faulty_project_is_shown_as_it_came(site, as_administrator: User) -> None:
    project = factories.make_project(
        project_type=99,
        operating_start_date=None,
        is_faulty=True,
        as_it_came={"OperatingStartDate": "<b>soon</b>"},
    )
    page = site(as_administrator).get(f"/projects/{project.pk}/").content.decode()
    assert "Unknown code 99" in page
    assert "OperatingStartDate: &lt;b&gt;soon&lt;/b&gt;" in page
    assert "contradicts itself" in page
