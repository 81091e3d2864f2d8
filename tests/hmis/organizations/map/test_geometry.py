"""Geometry, projection, topology and placing of names, each against cases worked out by hand."""

import math

import pytest

from hearth.hmis.organizations.map.labels import Box, label_inside
from hearth.hmis.organizations.map.projection import Albers, Frame, path
from hearth.hmis.organizations.map.shapes import area, contains, deepest_point, distance_inside, middle
from hearth.hmis.organizations.map.topology import Topology

SQUARE = [(0.0, 0.0), (10.0, 0.0), (10.0, 10.0), (0.0, 10.0), (0.0, 0.0)]
HOLE = [(4.0, 4.0), (6.0, 4.0), (6.0, 6.0), (4.0, 6.0), (4.0, 4.0)]

# Two unit squares side by side: arc 0 is the border between them.
TWO = {
    "transform": {"scale": [1, 1], "translate": [0, 0]},
    "arcs": [
        [[1, 0], [0, 1]],
        [[1, 1], [-1, 0], [0, -1], [1, 0]],
        [[1, 1], [1, 0], [0, -1], [-1, 0]],
    ],
    "objects": {
        "counties": {
            "geometries": [
                {"id": "a", "type": "Polygon", "properties": {"name": "A"}, "arcs": [[0, 1]]},
                {"id": "b", "type": "Polygon", "properties": {"name": "B"}, "arcs": [[~2, ~0]]},
            ]
        }
    },
}


def test_area_of_a_closed_and_an_open_ring() -> None:
    assert abs(area(SQUARE)) == abs(area(SQUARE[:-1])) == 100


def test_a_hole_is_outside() -> None:
    assert contains([SQUARE, HOLE], (1, 1))
    assert not contains([SQUARE, HOLE], (5, 5))
    assert not contains([SQUARE], (11, 5))


def test_the_deepest_point_avoids_the_hole() -> None:
    x, y = deepest_point([SQUARE], 0.01)
    assert math.dist((x, y), (5, 5)) < 0.1
    point = deepest_point([SQUARE, HOLE], 0.01)
    # Between a corner and the hole: the best circle touches two sides and the hole's corner.
    assert distance_inside([SQUARE, HOLE], point) == pytest.approx(
        4 * math.sqrt(2) / (1 + math.sqrt(2)), abs=0.05
    )


def test_the_middle_is_the_center_of_gravity_unless_that_is_near_an_edge() -> None:
    assert middle([SQUARE]) == pytest.approx((5, 5))
    corner = [(0.0, 0.0), (10.0, 0.0), (10.0, 2.0), (2.0, 2.0), (2.0, 10.0), (0.0, 10.0)]
    assert contains([corner], middle([corner]))


def test_albers_keeps_areas_equal() -> None:
    albers = Albers(44.5, 48.4, -94.4)

    def cell(longitude: float, latitude: float) -> float:
        ring = [(longitude, latitude), (longitude + 0.1, latitude)]
        ring += [(longitude + 0.1, latitude + 0.1), (longitude, latitude + 0.1)]
        return abs(area([albers(point) for point in ring]))

    def on_the_sphere(latitude: float) -> float:
        return math.radians(0.1) * (math.sin(math.radians(latitude + 0.1)) - math.sin(math.radians(latitude)))

    for latitude in (43.5, 46, 49.2):
        for longitude in (-97, -94.4, -89.6):
            assert cell(longitude, latitude) == pytest.approx(on_the_sphere(latitude), rel=1e-4)


def test_a_frame_fits_and_north_is_up() -> None:
    corners = [[(-97.0, 43.5), (-90.0, 43.5), (-90.0, 49.0), (-97.0, 49.0)]]
    frame = Frame.fit(Albers(44.5, 48.4, -94.4), corners, 10, 20, 100, 200)
    xs, ys = zip(*frame.ring(corners[0]), strict=True)
    assert min(xs) >= 10 - 1e-9 and max(xs) <= 110 + 1e-9
    assert min(ys) >= 20 - 1e-9 and max(ys) <= 220 + 1e-9
    assert frame((-94, 48))[1] < frame((-94, 45))[1]


def test_path_data_repeats_no_point() -> None:
    assert path([[(0, 0), (0.01, 0.01), (5, 5), (0, 0)]]) == "M0.0,0.0L5.0,5.0Z"
    assert path([[(0, 0), (5, 5)]], closed=False) == "M0.0,0.0L5.0,5.0"


def test_shapes_of_a_topology() -> None:
    a, b = Topology.from_json(TWO).shapes
    assert abs(area(a.polygons[0][0])) == abs(area(b.polygons[0][0])) == 1
    assert contains(a.polygons[0], (0.5, 0.5)) and contains(b.polygons[0], (1.5, 0.5))


@pytest.mark.parametrize(
    ("groups", "within", "between"),
    [({"a": "x", "b": "x"}, 1, 0), ({"a": "x", "b": "y"}, 0, 1), ({}, 0, 1)],
)
def test_borders_by_group(groups: dict[str, str], within: int, between: int) -> None:
    borders = Topology.from_json(TWO).borders(groups)
    assert (len(borders.within_groups), len(borders.between_groups), len(borders.outer)) == (
        within,
        between,
        2,
    )


def test_the_outline_of_both_has_no_inner_line() -> None:
    topology = Topology.from_json(TWO)
    assert len(topology.outline({"a", "b"})) == 2
    assert len(topology.outline({"a"})) == 2
    assert len(topology.only({"a"}).borders({}).outer) == 2


ROOM = [[(0.0, 0.0), (80.0, 0.0), (80.0, 40.0), (0.0, 40.0)]]


def test_a_name_goes_to_the_middle() -> None:
    label = label_inside("Polk", ROOM, (12, 9), [], [])
    assert label and [line for line, _ in label.lines] == ["Polk"]
    assert math.dist((label.x, (label.box.top + label.box.bottom) / 2), (40, 20)) < 5


def test_a_name_evades_what_is_there() -> None:
    taken = Box(20, 0, 80, 40)
    label = label_inside(
        "Polk", [[(0.0, 0.0), (120.0, 0.0), (120.0, 40.0), (0.0, 40.0)]], (12, 9), [taken], []
    )
    assert label and not label.box.overlaps(taken)


def test_a_long_name_is_broken_then_made_smaller_then_left_out() -> None:
    narrow = [[(0.0, 0.0), (52.0, 0.0), (52.0, 40.0), (0.0, 40.0)]]
    label = label_inside("Lake of the Woods", narrow, (12, 9), [], [])
    assert label and len(label.lines) == 2
    small = label_inside(
        "Yellow Medicine", [[(0.0, 0.0), (46.0, 0.0), (46.0, 40.0), (0.0, 40.0)]], (14, 9), [], []
    )
    assert small and small.is_small
    assert (
        label_inside("Yellow Medicine", [[(0.0, 0.0), (9.0, 0.0), (9.0, 9.0), (0.0, 9.0)]], (12,), [], [])
        is None
    )


def test_hatched_ground_is_used_only_when_nothing_else_is_left() -> None:
    half = [[(0.0, 0.0), (40.0, 0.0), (40.0, 40.0), (0.0, 40.0)]]
    label = label_inside("Polk", ROOM, (12,), [], [half])
    assert label and label.box.left >= 40 and not label.is_covered
    label = label_inside("Polk", ROOM, (12,), [], [ROOM])
    assert label and label.is_covered
