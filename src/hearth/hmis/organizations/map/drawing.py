"""The map as paths and labels in units of the drawing; a template turns them into SVG.

The drawing depends only on which county belongs to which region, so it is computed once and kept. Which
region is highlighted and where its link leads is up to the template.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from hearth.hmis.organizations.map.geography import Geography, NationStyle, geography
from hearth.hmis.organizations.map.labels import Box, Label, label_at, label_inside
from hearth.hmis.organizations.map.projection import Frame, path
from hearth.hmis.organizations.map.shapes import Point, Polygon, Ring, area, box, deepest_point
from hearth.hmis.organizations.map.topology import Shape

WIDTH, HEIGHT, MARGIN = 1120.0, 1134.0, 14.0
STATE_WIDTH, STATE_HEIGHT = 1010.0, 1090.0
INSET = Box(738.0, 530.0, 1106.0, 934.0)
INSET_PADDING, INSET_TITLE = 14.0, 22.0
#: Sizes of names; a county's name is set smaller where it has no room.
COUNTY_SIZES, INSET_COUNTY_SIZES, NATION_SIZE = (11.5, 9.5), (15.0, 12.0), 12.5
#: The block of a region's label: acronym, name and number.
REGION_LABEL = (112.0, 66.0)
#: Lands that cover less than this many square units get a dot, so that they can be seen.
DOT_BELOW = 120.0
OTHER_FILL = "#e6e6e6"


@dataclass(frozen=True)
class CountyDrawing:
    """One county; `label` is None where its name has no room."""

    fips: str
    name: str
    path: str
    label: Label | None


@dataclass(frozen=True)
class RegionDrawing:
    """One region: its counties, its outline and the middle of its label."""

    code: str
    fill: str
    counties: tuple[CountyDrawing, ...]
    outline: str
    label: Point | None


@dataclass(frozen=True)
class NationDrawing:
    """The lands of one nation, its name, and a leader line or a dot where they are needed."""

    nation: str
    path: str
    dot: Point | None
    label: Label | None
    leader: tuple[Point, Point] | None


@dataclass(frozen=True)
class View:
    """One frame of the map: the whole state, or the enlarged part."""

    regions: tuple[RegionDrawing, ...]
    county_borders: str
    region_borders: str
    outer_border: str
    nations: tuple[NationDrawing, ...]


@dataclass(frozen=True)
class Place:
    """A word beside the state that tells where one is."""

    text: str
    kind: str
    x: float
    y: float
    turned: float


@dataclass(frozen=True)
class Drawing:
    """The whole picture. `inset_marker` is where the enlarged part lies in the state."""

    state_name: str
    width: float
    height: float
    state: View
    inset: View
    inset_box: Box
    inset_marker: Box
    inset_title: str
    places: tuple[Place, ...]
    source: str


def drawing(region_of: Mapping[str, str]) -> Drawing | None:
    """The map with counties (FIPS code) in regions (code); None where there is no geography."""
    return _drawing(tuple(sorted(region_of.items()))) if geography() else None


@lru_cache(maxsize=4)
def _drawing(assignment: tuple[tuple[str, str], ...]) -> Drawing:
    source = geography()
    assert source is not None
    region_of = dict(assignment)
    enlarged = source.topology.only(source.inset).shapes
    state = Frame.fit(
        source.albers, _rings(source.topology.shapes), MARGIN, MARGIN, STATE_WIDTH, STATE_HEIGHT
    )
    inset = Frame.fit(
        source.albers,
        _rings(enlarged),
        INSET.left + INSET_PADDING,
        INSET.top + INSET_PADDING + INSET_TITLE,
        INSET.right - INSET.left - 2 * INSET_PADDING,
        INSET.bottom - INSET.top - 2 * INSET_PADDING - INSET_TITLE,
    )
    marked = box([state.ring(ring) for ring in _rings(enlarged)])
    marker = Box(marked[0] - 5, marked[1] - 5, marked[2] + 5, marked[3] + 5)
    return Drawing(
        state_name=source.state,
        width=WIDTH,
        height=HEIGHT,
        state=_Artist(source, state, region_of, False, _lines_of(marker)).view(),
        inset=_Artist(source, inset, region_of, True, []).view(),
        inset_box=INSET,
        inset_marker=marker,
        inset_title=source.inset_title,
        places=tuple(
            Place(place.text, place.kind, *state(place.at), place.turned) for place in source.places
        ),
        source=source.source,
    )


class _Artist:
    """Draws one frame."""

    def __init__(
        self,
        source: Geography,
        frame: Frame,
        region_of: Mapping[str, str],
        is_inset: bool,
        taken: list[Box],
    ) -> None:
        self.source, self.frame, self.region_of, self.is_inset = source, frame, region_of, is_inset
        self.topology = source.topology.only(source.inset) if is_inset else source.topology
        self.taken = taken
        self.covered: list[Polygon] = []

    def view(self) -> View:
        codes = sorted({self._region(shape) for shape in self.topology.shapes})
        middles = {code: self._region_label(code) for code in codes}
        self.taken += [Box.around(middle, *REGION_LABEL) for middle in middles.values() if middle]
        nations = tuple(
            nation
            for name, style in self.source.nations.items()
            if (nation := self._nation(name, style)) is not None
        )
        borders = self.topology.borders(self.region_of)
        return View(
            regions=tuple(self._draw_region(code, middles[code]) for code in codes),
            county_borders=self._lines(borders.within_groups),
            region_borders=self._lines(borders.between_groups),
            outer_border=self._lines(borders.outer),
            nations=nations,
        )

    def _region(self, shape: Shape) -> str:
        return self.region_of.get(shape.id, "")

    def _lines(self, lines: Sequence[Ring]) -> str:
        return path((self.frame.ring(line) for line in lines), closed=False)

    def _region_label(self, code: str) -> Point | None:
        style = self.source.regions.get(code)
        at = style and (style.inset_label_at if self.is_inset else style.label_at)
        return self.frame(at) if at else None

    def _draw_region(self, code: str, middle: Point | None) -> RegionDrawing:
        members = [shape for shape in self.topology.shapes if self._region(shape) == code]
        style = self.source.regions.get(code)
        return RegionDrawing(
            code=code,
            fill=style.fill if style else OTHER_FILL,
            counties=tuple(self._county(shape) for shape in members),
            outline=self._lines(self.topology.outline({shape.id for shape in members})),
            label=middle,
        )

    def _county(self, shape: Shape) -> CountyDrawing:
        polygons = [[self.frame.ring(ring) for ring in polygon] for polygon in shape.polygons]
        label = None
        if self.is_inset or shape.id not in self.source.inset:
            sizes = INSET_COUNTY_SIZES if self.is_inset else COUNTY_SIZES
            label = label_inside(shape.name, max(polygons, key=_size), sizes, self.taken, self.covered)
            if label:
                self.taken.append(label.box)
        return CountyDrawing(
            shape.id, shape.name, path(ring for polygon in polygons for ring in polygon), label
        )

    def _nation(self, name: str, style: NationStyle) -> NationDrawing | None:
        lands = [land for land in self.source.lands if land.nation == name]
        if self.is_inset and not any(set(land.counties) & set(self.source.inset) for land in lands):
            return None
        polygons = [[self.frame.ring(r) for r in polygon] for land in lands for polygon in land.polygons]
        if not polygons:
            return None
        self.covered += [polygon for polygon in polygons if _size(polygon) > DOT_BELOW]
        largest = max(polygons, key=_size)
        middle = deepest_point(largest)
        label = None
        if style.in_inset == self.is_inset:
            label = label_at(style.lines, self.frame(style.label_at), NATION_SIZE)
            self.taken.append(label.box)
        return NationDrawing(
            nation=name,
            path=path(ring for polygon in polygons for ring in polygon),
            dot=middle if _size(largest) < DOT_BELOW else None,
            label=label,
            leader=(middle, _nearest(label.box, middle)) if label and style.leader else None,
        )


def _lines_of(marker: Box) -> list[Box]:
    """The four sides of a rectangle as thin boxes, for names to keep off."""
    left, top, right, bottom = marker.left, marker.top, marker.right, marker.bottom
    return [
        Box(left, top - 1, right, top + 1),
        Box(left, bottom - 1, right, bottom + 1),
        Box(left - 1, top, left + 1, bottom),
        Box(right - 1, top, right + 1, bottom),
    ]


def _rings(shapes: Sequence[Shape]) -> list[Ring]:
    return [ring for shape in shapes for polygon in shape.polygons for ring in polygon]


def _size(polygon: Polygon) -> float:
    return abs(area(polygon[0]))


def _nearest(target: Box, point: Point) -> Point:
    """The point of a box nearest to a point outside it."""
    return min(max(point[0], target.left), target.right), min(max(point[1], target.top), target.bottom)
