"""Reading TopoJSON: shapes as rings, and the borders between groups of shapes.

Shapes of a topology share their arcs, so the border of a region is exactly the arcs that lie between a
county of it and a county of another, without computing any geometry.
Specification: https://github.com/topojson/topojson-specification
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from hearth.hmis.organizations.map.shapes import Point, Polygon, Ring


@dataclass(frozen=True)
class Shape:
    """One shape: its id (a county's FIPS code), its name and its polygons in degrees."""

    id: str
    name: str
    polygons: list[Polygon]
    arcs: frozenset[int]


@dataclass(frozen=True)
class Borders:
    """Lines in degrees: around everything, between groups, and between shapes of one group."""

    outer: list[Ring]
    between_groups: list[Ring]
    within_groups: list[Ring]


@dataclass(frozen=True)
class Topology:
    """The shapes of one TopoJSON object and the arcs they share."""

    shapes: tuple[Shape, ...]
    arcs: tuple[Ring, ...]

    @classmethod
    def from_json(cls, source: Mapping[str, Any], name: str = "counties") -> "Topology":
        """Decode the object `name`. Raises KeyError when the topology has no such object."""
        arcs = tuple(_arc(source, arc) for arc in source["arcs"])
        shapes = tuple(
            Shape(
                id=geometry["id"],
                name=geometry["properties"]["name"],
                polygons=[[_ring(arcs, ring) for ring in polygon] for polygon in _polygons(geometry)],
                arcs=frozenset(
                    index if index >= 0 else ~index
                    for polygon in _polygons(geometry)
                    for ring in polygon
                    for index in ring
                ),
            )
            for geometry in source["objects"][name]["geometries"]
        )
        return cls(shapes, arcs)

    def only(self, ids: Collection[str]) -> "Topology":
        """The part with these shapes; their arcs to the others become its outer border."""
        return Topology(tuple(shape for shape in self.shapes if shape.id in ids), self.arcs)

    def borders(self, group_of: Mapping[str, str]) -> Borders:
        """Borders when shapes are put into groups; a shape without a group is a group of its own."""
        sides: dict[int, list[str]] = {}
        for shape in self.shapes:
            for arc in shape.arcs:
                sides.setdefault(arc, []).append(group_of.get(shape.id, shape.id))
        result = Borders([], [], [])
        for arc, groups in sorted(sides.items()):
            if len(groups) == 1:
                result.outer.append(self.arcs[arc])
            elif len(set(groups)) > 1:
                result.between_groups.append(self.arcs[arc])
            else:
                result.within_groups.append(self.arcs[arc])
        return result

    def outline(self, ids: Collection[str]) -> list[Ring]:
        """The lines around a set of shapes taken together."""
        uses: dict[int, int] = {}
        for shape in self.shapes:
            if shape.id in ids:
                for arc in shape.arcs:
                    uses[arc] = uses.get(arc, 0) + 1
        return [self.arcs[arc] for arc, number in sorted(uses.items()) if number == 1]


def _polygons(geometry: Mapping[str, Any]) -> list[list[list[int]]]:
    return geometry["arcs"] if geometry["type"] == "MultiPolygon" else [geometry["arcs"]]


def _arc(source: Mapping[str, Any], arc: list[list[int]]) -> Ring:
    """Undo the delta coding and quantization of one arc."""
    (sx, sy), (tx, ty) = source["transform"]["scale"], source["transform"]["translate"]
    x = y = 0
    points: Ring = []
    for dx, dy in arc:
        x, y = x + dx, y + dy
        points.append((x * sx + tx, y * sy + ty))
    return points


def _ring(arcs: tuple[Ring, ...], indexes: list[int]) -> Ring:
    """Join arcs to a ring; a negative index is the arc backwards. Joints are kept once."""
    points: Ring = []
    for point in _points(arcs, indexes):
        if not points or points[-1] != point:
            points.append(point)
    return points


def _points(arcs: tuple[Ring, ...], indexes: list[int]) -> Iterator[Point]:
    for index in indexes:
        yield from arcs[index] if index >= 0 else reversed(arcs[~index])
