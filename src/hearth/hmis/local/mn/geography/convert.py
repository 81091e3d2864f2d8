"""Make the two shape files of this folder from their public sources; see README.md here.

Run once, by hand, when the sources change:

    python -m hearth.hmis.local.mn.geography.convert counties-10m.json areas.geojson

`counties-10m.json` is the file of that name from the npm package us-atlas. `areas.geojson` is the Census
Bureau's American Indian areas as GeoJSON with the Census attributes AIANNHCE, NAMELSAD and COMPTYP.
"""

import json
import math
import sys
from pathlib import Path
from typing import Any

from hearth.hmis.organizations.map.shapes import Ring, area, contains
from hearth.hmis.organizations.map.topology import Topology

HERE = Path(__file__).parent
STATE = "27"
#: Census codes of the reservations and trust lands of Minnesota's eleven nations.
NATIONS = ("0335", "1125", "1355", "1940", "2055", "2270", "2985", "3100", "3680", "4445", "4595")
SMALLEST_KM2 = 1.5
KM_OF_A_DEGREE = 111.32


def counties(source: dict[str, Any]) -> dict[str, Any]:
    """Minnesota's counties and only the arcs they use, in the quantization of the source."""
    arcs: list[Any] = []
    position: dict[int, int] = {}

    def keep(value: Any) -> Any:
        if isinstance(value, list):
            return [keep(part) for part in value]
        index = ~value if value < 0 else value
        if index not in position:
            position[index] = len(arcs)
            arcs.append(source["arcs"][index])
        return ~position[index] if value < 0 else position[index]

    shapes = sorted(source["objects"]["counties"]["geometries"], key=lambda shape: shape["id"])
    kept = [
        {
            "type": shape["type"],
            "id": shape["id"],
            "properties": {"name": shape["properties"]["name"]},
            "arcs": keep(shape["arcs"]),
        }
        for shape in shapes
        if shape["id"].startswith(STATE)
    ]
    return {
        "type": "Topology",
        "transform": source["transform"],
        "objects": {"counties": {"type": "GeometryCollection", "geometries": kept}},
        "arcs": arcs,
    }


def lands(source: dict[str, Any], topology: Topology) -> dict[str, Any]:
    """Reservations and trust lands, without specks, each with the counties it lies in."""
    features = []
    for feature in source["features"]:
        properties = feature["properties"]
        if properties["AIANNHCE"] not in NATIONS:
            continue
        polygons = [[_rounded(ring) for ring in polygon] for polygon in feature["geometry"]["coordinates"]]
        polygons.sort(key=lambda polygon: -_square_km(polygon[0]))
        is_reservation = properties["COMPTYP"] == "R"
        kept = [
            p
            for i, p in enumerate(polygons)
            if _square_km(p[0]) >= SMALLEST_KM2 or (not i and is_reservation)
        ]
        if kept:
            features.append(
                {
                    "type": "Feature",
                    "id": properties["AIANNHCE"] + properties["COMPTYP"],
                    "properties": {
                        "name": properties["NAMELSAD"],
                        "counties": _counties_under(polygons, topology),
                    },
                    "geometry": {"type": "MultiPolygon", "coordinates": kept},
                }
            )
    features.sort(key=lambda feature: feature["id"])
    return {"type": "FeatureCollection", "features": features}


def _rounded(ring: Any) -> Ring:
    return [(round(x, 4), round(y, 4)) for x, y in ring]


def _square_km(ring: Ring) -> float:
    middle = sum(y for _, y in ring) / len(ring)
    return abs(area(ring)) * KM_OF_A_DEGREE**2 * math.cos(math.radians(middle))


def _counties_under(polygons: list[list[Ring]], topology: Topology, step: float = 0.01) -> list[str]:
    """FIPS codes of counties with at least 2 percent of the land, by a grid of about one kilometer."""
    hits: dict[str, int] = {}
    for polygon in polygons:
        xs, ys = [x for x, _ in polygon[0]], [y for _, y in polygon[0]]
        columns = max(1, round((max(xs) - min(xs)) / step))
        rows = max(1, round((max(ys) - min(ys)) / step))
        for column in range(columns):
            for row in range(rows):
                point = (
                    min(xs) + (column + 0.5) / columns * (max(xs) - min(xs)),
                    min(ys) + (row + 0.5) / rows * (max(ys) - min(ys)),
                )
                if contains(polygon, point):
                    fips = next(
                        (c.id for c in topology.shapes if any(contains(p, point) for p in c.polygons)), None
                    )
                    if fips:
                        hits[fips] = hits.get(fips, 0) + 1
    total = sum(hits.values())
    return sorted(fips for fips, number in hits.items() if number >= 0.02 * total)


def main(counties_file: str, areas_file: str) -> None:
    topology = counties(json.loads(Path(counties_file).read_text()))
    _write("counties.topo.json", topology)
    areas = json.loads(Path(areas_file).read_text())
    _write("lands.geo.json", lands(areas, Topology.from_json(topology)))


def _write(name: str, content: dict[str, Any]) -> None:
    (HERE / name).write_text(json.dumps(content, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
