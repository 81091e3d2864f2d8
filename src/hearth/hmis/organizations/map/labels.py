"""Where names go on the map: inside their shape, and never over another name."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from hearth.hmis.organizations.map.shapes import Point, Polygon, box, contains, middle

_NARROW, _WIDE = set("fijlrt.,' "), set("mwMW")
LINE = 1.08  # line height in font sizes


@dataclass(frozen=True)
class Box:
    """A rectangle of the drawing."""

    left: float
    top: float
    right: float
    bottom: float

    @classmethod
    def around(cls, center: Point, width: float, height: float) -> "Box":
        x, y = center
        return cls(x - width / 2, y - height / 2, x + width / 2, y + height / 2)

    @property
    def width(self) -> float:
        return self.right - self.left

    @property
    def height(self) -> float:
        return self.bottom - self.top

    def overlaps(self, other: "Box") -> bool:
        return (
            self.left < other.right
            and other.left < self.right
            and self.top < other.bottom
            and other.top < self.bottom
        )

    def edge(self) -> list[Point]:
        """Corners and the middles between them."""
        x, y = (self.left + self.right) / 2, (self.top + self.bottom) / 2
        return [(a, b) for a in (self.left, x, self.right) for b in (self.top, y, self.bottom)]


@dataclass(frozen=True)
class Label:
    """Lines of text with the baseline of each; x is their middle.

    `is_small`: set below the usual size. `is_covered`: on hatched ground, where it needs a background.
    """

    lines: tuple[tuple[str, float], ...]
    x: float
    box: Box
    is_small: bool = False
    is_covered: bool = False


def text_width(text: str, size: float) -> float:
    """Width of a text, estimated for the font of the pages (Source Sans)."""
    ems = sum(0.29 if c in _NARROW else 0.82 if c in _WIDE else 0.6 if c.isupper() else 0.5 for c in text)
    return ems * size


def label_at(lines: tuple[str, ...], center: Point, size: float) -> Label:
    """Lines stacked around a middle point."""
    height = size * LINE * len(lines)
    width = max(text_width(line, size) for line in lines)
    top = center[1] - height / 2
    baselines = tuple((line, top + size * LINE * (i + 0.78)) for i, line in enumerate(lines))
    return Label(baselines, center[0], Box.around(center, width, height))


def label_inside(
    name: str, polygon: Polygon, sizes: Sequence[float], taken: Sequence[Box], covered: Sequence[Polygon]
) -> Label | None:
    """The name inside the polygon, clear of other labels and near the polygon's middle.

    Tried in this order: one line, two lines, and a smaller size, all clear of covered ground (hatching
    is hard to read on); then the same on covered ground. None when it fits nowhere at all: the name is
    in the table below the map too.
    """
    center = middle(polygon)
    near = [land for land in covered if _near(land, polygon)]
    for hatched in (near, []) if near else ([],):
        for size in sizes:
            for lines in _broken(name):
                label = _best(lines, size, polygon, center, taken, hatched)
                if label:
                    return replace(label, is_small=size < sizes[0], is_covered=bool(near) and not hatched)
    return None


def _best(
    lines: tuple[str, ...],
    size: float,
    polygon: Polygon,
    center: Point,
    taken: Sequence[Box],
    hatched: Sequence[Polygon],
    step: float = 3.0,
) -> Label | None:
    """The free place nearest to the middle, on a grid of `step`."""
    left, top, right, bottom = box(polygon)
    places = sorted(
        ((left + column * step, top + row * step))
        for column in range(int((right - left) / step) + 1)
        for row in range(int((bottom - top) / step) + 1)
    )
    places.sort(key=lambda place: (place[0] - center[0]) ** 2 + (place[1] - center[1]) ** 2)
    for place in places:
        label = label_at(lines, place, size)
        if any(label.box.overlaps(other) for other in taken):
            continue
        edge = label.box.edge()
        if all(contains(polygon, point) for point in edge) and not any(
            contains(land, point) for land in hatched for point in edge
        ):
            return label
    return None


def _near(one: Polygon, other: Polygon) -> bool:
    return Box(*box(one)).overlaps(Box(*box(other)))


def _broken(name: str) -> list[tuple[str, ...]]:
    """The name in one line, then in two where it has a space, the lines as even as possible."""
    words = name.split(" ")
    ways = [(" ".join(words[:i]), " ".join(words[i:])) for i in range(1, len(words))]
    return [(name,), *sorted(ways, key=lambda way: max(map(len, way)))]
