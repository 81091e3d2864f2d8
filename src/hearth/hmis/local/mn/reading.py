"""Reading Minnesota's data files. Every fact about Minnesota is in `data/` and `geography/`, none in code."""

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from hearth.hmis.organizations.map.geography import (
    Geography,
    Land,
    NationStyle,
    PlaceText,
    RegionStyle,
)
from hearth.hmis.organizations.map.projection import Albers
from hearth.hmis.organizations.map.topology import Topology

HERE = Path(__file__).parent
STATE = "Minnesota"


@lru_cache(maxsize=8)
def data(name: str) -> dict[str, Any]:
    """One YAML file of `data/`, by its name without ending."""
    return yaml.safe_load((HERE / "data" / f"{name}.yaml").read_text(encoding="utf-8"))


def _shapes(name: str) -> dict[str, Any]:
    return json.loads((HERE / "geography" / name).read_text(encoding="utf-8"))


def geography() -> Geography:
    """Everything that the map of Minnesota is drawn from."""
    style = data("map")
    nation_of_area = {nation["census_area"]: nation["name"] for nation in data("tribal")["nations"]}
    return Geography(
        state=STATE,
        topology=Topology.from_json(_shapes("counties.topo.json")),
        lands=tuple(
            Land(
                id=feature["id"],
                nation=nation_of_area[feature["id"][:4]],
                name=feature["properties"]["name"],
                polygons=[
                    [[(x, y) for x, y in ring] for ring in polygon]
                    for polygon in feature["geometry"]["coordinates"]
                ],
                counties=tuple(feature["properties"]["counties"]),
            )
            for feature in _shapes("lands.geo.json")["features"]
        ),
        albers=Albers(south=style["parallels"][0], north=style["parallels"][1], meridian=style["meridian"]),
        regions={
            code: RegionStyle(
                region["fill"], _point(region.get("label_at")), _point(region.get("inset_label_at"))
            )
            for code, region in style["regions"].items()
        },
        nations={
            name: NationStyle(
                tuple(nation["lines"]),
                tuple(nation["label_at"]),
                nation.get("leader", False),
                nation.get("in_inset", False),
            )
            for name, nation in style["nations"].items()
        },
        inset=tuple(style["inset"]["counties"]),
        inset_title=style["inset"]["title"],
        places=tuple(
            PlaceText(place["text"], tuple(place["at"]), place["kind"], place["turned"])
            for place in style["places"]
        ),
        source=style["source"],
    )


def _point(value: list[float] | None) -> tuple[float, float] | None:
    return (value[0], value[1]) if value else None
