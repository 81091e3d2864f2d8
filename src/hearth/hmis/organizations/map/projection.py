"""From degrees to the units of a drawing: Albers' equal-area conic projection, fitted into a frame.

Equal area, so that a large rural region is not made to look larger or smaller than it is. Spherical
formulas (Snyder, Map Projections: A Working Manual, 1987, chapter 14): exact enough for a drawing.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass

from hearth.hmis.organizations.map.shapes import Point, Ring, box


@dataclass(frozen=True)
class Albers:
    """Conic equal-area projection with two standard parallels and a central meridian, in degrees."""

    south: float
    north: float
    meridian: float

    def __call__(self, point: Point) -> Point:
        """Longitude and latitude to x (to the east) and y (to the south), in radii of the earth."""
        south, north = math.sin(math.radians(self.south)), math.sin(math.radians(self.north))
        n = (south + north) / 2
        c = 1 - south * south + 2 * n * south
        rho = math.sqrt(c - 2 * n * math.sin(math.radians(point[1]))) / n
        theta = n * math.radians(point[0] - self.meridian)
        return rho * math.sin(theta), rho * math.cos(theta)


@dataclass(frozen=True)
class Frame:
    """A projection and the scale and offset that put its result into a rectangle of the drawing."""

    albers: Albers
    scale: float
    left: float
    top: float

    @classmethod
    def fit(
        cls, albers: Albers, rings: Iterable[Ring], left: float, top: float, width: float, height: float
    ) -> "Frame":
        """The largest frame in which all rings lie inside the rectangle, centered."""
        x0, y0, x1, y1 = box([[albers(point) for point in ring] for ring in rings])
        scale = min(width / (x1 - x0), height / (y1 - y0))
        return cls(
            albers,
            scale,
            left + (width - (x1 - x0) * scale) / 2 - x0 * scale,
            top + (height - (y1 - y0) * scale) / 2 - y0 * scale,
        )

    def __call__(self, point: Point) -> Point:
        x, y = self.albers(point)
        return self.left + x * self.scale, self.top + y * self.scale

    def ring(self, ring: Ring) -> Ring:
        """A ring or line in units of the drawing."""
        return [self(point) for point in ring]


def path(rings: Iterable[Ring], closed: bool = True) -> str:
    """SVG path data with one decimal; points that fall together are written once."""
    parts = []
    for ring in rings:
        points: list[str] = []
        for x, y in ring:
            text = f"{x:.1f},{y:.1f}"
            if not points or points[-1] != text:
                points.append(text)
        if closed and len(points) > 1 and points[0] == points[-1]:
            points.pop()
        parts.append("M" + "L".join(points) + ("Z" if closed else ""))
    return "".join(parts)
