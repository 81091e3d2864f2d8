"""The material speaks HUD's codes of the newest year, and of places that exist."""

from hearth.reporting.synthetic.data import material
from hearth.reporting.synthetic.people import COMMUNITIES
from hearth.reporting.synthetic.stays import GROUPS, SPECIAL
from hearth.reporting.synthetic.world_settings import MINNESOTA

from .conftest import REGISTRY


def codes(name: str) -> set[int]:
    return {int(code) for code in REGISTRY.list(name).codes(offered=True)}


def situations(purpose: str) -> set[int]:
    options = REGISTRY.list("3.12.1").options
    return {int(o.code) for o in options if o.status == "current" and purpose in o.used_for}


def test_projects_use_codes_that_are_offered():
    for kind, facts in material("projects").items():
        assert facts["type"] in codes("2.02.6"), kind
        assert set(facts["funders"]) <= codes("2.06.1"), kind
        assert facts.get("housing") in codes("2.02.D") | {None}, kind
        assert facts["run_by"] in material("organizations"), kind
        assert ("other" in facts) == (46 in facts["funders"]), kind


def test_pathways_lead_to_types_and_places_of_hud():
    paths = material("pathways")
    types = codes("2.02.6")
    assert set(paths["first"]) == (set(GROUPS) | set(SPECIAL)) - {""}
    for group, weights in paths["first"].items():
        assert set(weights) <= types, group
    for name in ("next", "days", "straight_on", "onward", "came_from", "prior_of"):
        assert set(paths[name]) == types, name
    for weights in paths["next"].values():
        assert set(weights) - {"end"} <= types
    for name, weights in paths["destinations"].items():
        assert {code for code, weight in weights.items() if weight} <= situations("destination"), name
    assert set(paths["onward"].values()) <= situations("destination")
    assert set(paths["came_from"].values()) <= situations("prior")
    for name, weights in paths["prior"].items():
        assert set(weights) <= situations("prior"), name
    for weights in paths["subsidies"].values():
        assert set(weights) <= codes("3.12.A")


def test_places_are_the_cocs_of_minnesota():
    places = material("places")
    assert tuple(places) == MINNESOTA
    assert abs(sum(place["share"] for place in places.values()) - 1) < 1e-9
    for code, place in places.items():
        assert REGISTRY.list("2.03.1").label(code)
        assert place["vamc"] in REGISTRY.list("V6.1").codes(offered=True)
        assert place["geography"] in codes("2.03.4")
        for city in place["cities"]:
            assert city["geocode"].startswith("279") and len(city["geocode"]) == 6
    for program in material("organizations")["tribal"]:
        assert program["city"] in {city["name"] for city in places[program["coc"]]["cities"]}
        assert set(material("organizations")["tribal_projects"]) <= set(material("projects"))


def test_every_community_has_names_for_all():
    names = material("names")
    for community in COMMUNITIES:
        for part in ("female", "male", "family"):
            assert len(names[community][part]) >= 7, (community, part)
            assert all(len(name) <= 50 for name in names[community][part])
    given = {
        name for community in COMMUNITIES for part in ("female", "male") for name in names[community][part]
    }
    assert set(names["nicknames"]) <= given
