"""Minnesota's data: complete, unambiguous, and equal to the collected facts."""

import csv
from collections import Counter

import pytest

from hearth.hmis.local.mn.reading import data, geography
from hearth.hmis.organizations.models.region import ContactRole
from hearth.standards import load
from tests.standards.reference import data_folder, require

COCS = data("cocs")["regions"]
COUNTIES = [(region["code"], county) for region in COCS for county in region["counties"]]


def test_every_county_belongs_to_exactly_one_coc() -> None:
    assert len(COUNTIES) == 87
    assert max(Counter(county["fips"] for _, county in COUNTIES).values()) == 1
    assert {county["fips"] for _, county in COUNTIES} == {shape.id for shape in geography().topology.shapes}


def test_county_names_are_those_of_the_shapes() -> None:
    shapes = {shape.id: shape.name for shape in geography().topology.shapes}
    assert {county["fips"]: county["name"] for _, county in COUNTIES} == shapes


def test_geocodes_are_huds_form_of_the_fips_code() -> None:
    # HUD writes a county as the state and "9" before the county's three digits.
    for _, county in COUNTIES:
        assert county["geocode"] == f"{county['fips'][:2]}9{county['fips'][2:]}"


def test_the_ten_cocs_are_huds() -> None:
    codes = load(2026).list("2.03.1")
    assert len(COCS) == 10
    assert all(region["code"] in codes for region in COCS)
    assert len({region["acronym"] for region in COCS}) == 10


@pytest.mark.golden
def test_cocs_and_counties_equal_the_facts() -> None:
    path = require(data_folder().resolve().parent / "facts" / "minnesota" / "coc_counties.csv")
    with path.open(newline="", encoding="utf-8") as stream:
        columns = ("coc_code", "seed_name", "acronym", "hud_name", "county", "hud_geocode", "fips")
        facts = [tuple(row[name] for name in columns) for row in csv.DictReader(stream)]
    ours = [
        (r["code"], r["name"], r["acronym"], r["hud_name"], c["name"], c["geocode"], c["fips"])
        for r in COCS
        for c in r["counties"]
    ]
    assert sorted(ours) == sorted(facts)


def test_the_collaborative_has_six_of_eleven_nations() -> None:
    nations = data("tribal")["nations"]
    assert len(nations) == len({nation["census_area"] for nation in nations}) == 11
    assert sorted(nation["short_name"] for nation in nations if nation["member"]) == [
        "Bois Forte",
        "Fond du Lac",
        "Leech Lake",
        "Mille Lacs",
        "Red Lake",
        "White Earth",
    ]


def test_every_nation_has_land_and_a_name_on_the_map() -> None:
    names = {nation["name"] for nation in data("tribal")["nations"]}
    assert {land.nation for land in geography().lands} == names
    assert set(geography().nations) == names


def test_example_contacts_can_belong_to_nobody() -> None:
    contacts = data("example_contacts")["contacts"]
    roles = ["chair", "coordinator", "secretary", "vice_chair"]
    regions = [region["code"] for region in COCS] + ["MTC"]
    assert sorted((c["region"], c["role"]) for c in contacts) == sorted(
        (r, x) for r in regions for x in roles
    )
    assert all(c["role"] in ContactRole.values for c in contacts)
    assert all(c["email"].endswith("@example.org") and "-555-01" in c["phone"] for c in contacts)
