"""Plane geometry on rings of points: area, point in polygon, and the point farthest from the edge."""

import heapq
import math

Point = tuple[float, float]
#: A closed ring; the last point repeats the first or not.
Ring = list[Point]
#: One outer ring and the rings of its holes.
Polygon = list[Ring]


def area(ring: Ring) -> float:
    """Signed area in the square of the points' unit (shoelace formula)."""
    return sum(x0 * y1 - x1 * y0 for (x0, y0), (x1, y1) in zip(ring, ring[1:] + ring[:1], strict=True)) / 2


def contains(polygon: Polygon, point: Point) -> bool:
    """Whether the point lies inside, by the even-odd rule, so that holes are outside."""
    x, y = point
    inside = False
    for ring in polygon:
        for (x0, y0), (x1, y1) in zip(ring, ring[1:] + ring[:1], strict=True):
            if (y0 > y) != (y1 > y) and x < (x1 - x0) * (y - y0) / (y1 - y0) + x0:
                inside = not inside
    return inside


def distance_inside(polygon: Polygon, point: Point) -> float:
    """Distance to the nearest edge; negative outside."""
    px, py = point
    nearest = math.inf
    for ring in polygon:
        for (x0, y0), (x1, y1) in zip(ring, ring[1:] + ring[:1], strict=True):
            dx, dy = x1 - x0, y1 - y0
            length = dx * dx + dy * dy
            along = 0.0 if length == 0 else max(0.0, min(1.0, ((px - x0) * dx + (py - y0) * dy) / length))
            nearest = min(nearest, math.hypot(px - x0 - along * dx, py - y0 - along * dy))
    return nearest if contains(polygon, point) else -nearest


def box(rings: list[Ring]) -> tuple[float, float, float, float]:
    """Smallest x, smallest y, largest x, largest y."""
    points = [point for ring in rings for point in ring]
    xs, ys = [x for x, _ in points], [y for _, y in points]
    return min(xs), min(ys), max(xs), max(ys)


def deepest_point(polygon: Polygon, precision: float = 1.0) -> Point:
    """The inner point farthest from any edge (pole of inaccessibility), to `precision`.

    Quadtree search: a square is split only while it could still hold a better point than the best so far.
    """
    left, top, right, bottom = box(polygon)
    size = min(right - left, bottom - top) or precision
    queue: list[tuple[float, float, Point, float]] = []

    def add(center: Point, half: float) -> None:
        inside = distance_inside(polygon, center)
        heapq.heappush(queue, (-(inside + half * math.sqrt(2)), inside, center, half))

    x = left
    while x < right:
        y = top
        while y < bottom:
            add((x + size / 2, y + size / 2), size / 2)
            y += size
        x += size
    best, best_point = -math.inf, (left, top)
    while queue:
        bound, inside, (cx, cy), half = heapq.heappop(queue)
        if inside > best:
            best, best_point = inside, (cx, cy)
        if -bound - best <= precision:
            continue
        half /= 2
        for dx in (-half, half):
            for dy in (-half, half):
                add((cx + dx, cy + dy), half)
    return best_point


def middle(polygon: Polygon) -> Point:
    """The visual middle: the center of gravity, or the deepest point where that is near an edge."""
    ring = polygon[0]
    size = x = y = 0.0
    for (x0, y0), (x1, y1) in zip(ring, ring[1:] + ring[:1], strict=True):
        cross = x0 * y1 - x1 * y0
        size, x, y = size + cross, x + (x0 + x1) * cross, y + (y0 + y1) * cross
    deepest = deepest_point(polygon)
    if size == 0:
        return deepest
    center = (x / (3 * size), y / (3 * size))
    return center if distance_inside(polygon, center) > 0.7 * distance_inside(polygon, deepest) else deepest
