"""The map of Minnesota as it is sent: whole, accessible, and readable without color."""

import itertools
import re
from xml.etree import ElementTree

import pytest
from django.template.loader import render_to_string

from hearth.hmis.local.mn.reading import data, geography
from hearth.hmis.organizations.map.drawing import drawing
from hearth.hmis.organizations.map.picture import RegionFacts, picture
from tests.hmis.organizations.map.colors import as_seen, contrast, difference

SVG = "{http://www.w3.org/2000/svg}"
REGION_OF = {
    county["fips"]: region["code"] for region in data("cocs")["regions"] for county in region["counties"]
}


def facts() -> list[RegionFacts]:
    result = [
        RegionFacts(
            code=region["code"],
            name=region["name"],
            acronym=region["acronym"],
            url=f"/regions/{region['code']}/",
            counties=tuple(county["fips"] for county in region["counties"]),
            overlays=False,
            nations=(),
        )
        for region in data("cocs")["regions"]
    ]
    tribal = data("tribal")
    members = tuple(nation["name"] for nation in tribal["nations"] if nation["member"])
    name = tribal["collaborative"]["name"]
    return [*result, RegionFacts("MTC", name, "MTC", "/regions/MTC/", (), True, members)]


def svg(highlight: str = "") -> ElementTree.Element:
    return ElementTree.fromstring(
        render_to_string("organizations/parts/map.svg.html", {"map": picture(facts(), highlight)})
    )


def classes(element: ElementTree.Element) -> set[str]:
    return set(element.get("class", "").split())


def test_it_is_well_formed_with_87_counties_and_no_inline_style() -> None:
    root = svg()
    assert root.tag == f"{SVG}svg"
    counties = [e for e in root.iter(f"{SVG}path") if "map-county" in classes(e)]
    assert len(counties) == len({e.get("d") for e in counties}) == 87
    assert len([e for e in root.iter(f"{SVG}path") if "map-enlarged" in classes(e)]) == 7
    for element in root.iter():
        assert "style" not in element.attrib
        assert not any(name.startswith("on") for name in element.attrib)
    assert not list(root.iter(f"{SVG}script")) and not list(root.iter(f"{SVG}style"))


def test_it_has_a_name_a_description_and_a_link_for_each_region() -> None:
    root = svg()
    ids = {e.get("id"): e for e in root.iter() if e.get("id")}
    assert "Minnesota" in (ids["map-title"].text or "")
    assert "10 regions" in (ids["map-desc"].text or "")
    assert root.get("aria-labelledby") == "map-title map-desc"
    links = list(root.iter(f"{SVG}a"))
    assert {link.get("href") for link in links} == {f"/regions/{code}/" for code in set(REGION_OF.values())}
    names = [link.get("aria-label") for link in links]
    assert len(set(names)) == len(names) == 13  # ten, and three of them once more enlarged


def test_every_county_has_its_name_and_region_as_a_tooltip() -> None:
    titles = [
        path.findtext(f"{SVG}title") for path in svg().iter(f"{SVG}path") if "map-county" in classes(path)
    ]
    assert "Lake of the Woods County, Northwest (MN-506)" in titles
    assert len(set(titles)) == 87


def test_without_color_every_region_is_named_and_bordered() -> None:
    texts = [text.text for text in svg().iter(f"{SVG}text") if "map-acronym" in classes(text)]
    assert sorted(texts) == sorted(region["acronym"] for region in data("cocs")["regions"])
    drawn = drawing(REGION_OF)
    assert drawn and all(view.region_borders for view in (drawn.state, drawn.inset))


def test_member_nations_are_hatched_and_the_others_dotted() -> None:
    shown = picture(facts())
    assert shown is not None
    assert len(shown.state.members) == 6 and len(shown.state.others) == 5
    assert [nation.name for nation in shown.inset.others] == ["Shakopee Mdewakanton Sioux Community"]
    root = svg()
    fills = {
        name: {e.get("fill") for e in root.iter(f"{SVG}path") if f"map-land--{name}" in classes(e)}
        for name in ("member", "other")
    }
    assert fills == {"member": {"url(#map-hatch)"}, "other": {"url(#map-dots)"}}


def test_every_county_outside_the_metro_area_is_named_on_the_map() -> None:
    drawn = drawing(REGION_OF)
    assert drawn is not None
    named = {c.fips for region in drawn.state.regions for c in region.counties if c.label}
    named |= {c.fips for region in drawn.inset.regions for c in region.counties if c.label}
    # Ramsey has room for the name of its region only, which is the same.
    assert set(REGION_OF) - named == {"27123"}


def test_no_two_names_overlap_and_all_are_on_the_sheet() -> None:
    drawn = drawing(REGION_OF)
    assert drawn is not None
    for view in (drawn.state, drawn.inset):
        boxes = [(c.name, c.label.box) for r in view.regions for c in r.counties if c.label]
        boxes += [(n.nation, n.label.box) for n in view.nations if n.label]
        for (one, a), (other, b) in itertools.combinations(boxes, 2):
            assert not a.overlaps(b), f"{one} and {other}"
        for name, box in boxes:
            assert (
                box.left >= 0 and box.top >= 0 and box.right <= drawn.width and box.bottom <= drawn.height
            ), name


def test_the_enlarged_part_covers_nothing_of_the_state() -> None:
    drawn = drawing(REGION_OF)
    assert drawn is not None
    numbers = re.findall(r"(-?[\d.]+),(-?[\d.]+)", drawn.state.outer_border)
    box = drawn.inset_box
    assert not any(box.left < float(x) < box.right and box.top < float(y) < box.bottom for x, y in numbers)


def test_a_highlighted_region_mutes_the_others() -> None:
    links = list(svg("MN-505").iter(f"{SVG}a"))
    assert {e.get("href") for e in links if "map-region--muted" not in classes(e)} == {"/regions/MN-505/"}


def test_without_counties_in_regions_the_shapes_are_still_drawn() -> None:
    shown = drawing({})
    assert shown is not None
    assert sum(len(region.counties) for region in shown.state.regions) == 87


def neighbors() -> set[tuple[str, str]]:
    sides: dict[int, set[str]] = {}
    for shape in geography().topology.shapes:
        for arc in shape.arcs:
            sides.setdefault(arc, set()).add(REGION_OF[shape.id])
    return {tuple(sorted(codes)) for codes in sides.values() if len(codes) == 2}  # type: ignore[misc]


@pytest.mark.parametrize("vision", ["normal", "protan", "deutan", "tritan"])
def test_neighbors_differ_in_color_for_every_kind_of_vision(vision: str) -> None:
    fills = {code: style.fill for code, style in geography().regions.items()}
    close = {
        pair: round(difference(as_seen(fills[pair[0]], vision), as_seen(fills[pair[1]], vision)), 1)
        for pair in neighbors()
    }
    assert min(close.values()) >= 10, {pair: value for pair, value in close.items() if value < 10}


def test_dark_text_on_every_fill_has_a_contrast_of_seven() -> None:
    assert all(contrast("#1b1b1b", style.fill) >= 7 for style in geography().regions.values())
