"""The shapes and the drawing instructions of one state, given by the package of that state.

`hearth.hmis.local.<state>` registers its geography when Django starts. Without one there is no map, and
the pages of regions show their tables alone.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from hearth.hmis.organizations.map.projection import Albers
from hearth.hmis.organizations.map.shapes import Point, Polygon
from hearth.hmis.organizations.map.topology import Topology


@dataclass(frozen=True)
class Land:
    """One piece of reservation or trust land; `nation` is the name that TribalNation has."""

    id: str
    nation: str
    name: str
    polygons: list[Polygon]
    counties: tuple[str, ...]


@dataclass(frozen=True)
class RegionStyle:
    """How one region looks. `label_at`: the middle of its label in degrees, in the state or enlarged."""

    fill: str
    label_at: Point | None = None
    inset_label_at: Point | None = None


@dataclass(frozen=True)
class NationStyle:
    """The lines of a nation's name and their middle, in degrees.

    `leader`: a line leads from the name to the land. `in_inset`: named in the enlarged part only.
    """

    lines: tuple[str, ...]
    label_at: Point
    leader: bool = False
    in_inset: bool = False


@dataclass(frozen=True)
class PlaceText:
    """A word beside the state that tells where one is: `kind` is water or neighbor."""

    text: str
    at: Point
    kind: str
    turned: float = 0.0


@dataclass(frozen=True)
class Geography:
    """Everything that the map of one state is drawn from."""

    state: str
    topology: Topology
    lands: tuple[Land, ...]
    albers: Albers
    regions: dict[str, RegionStyle]
    nations: dict[str, NationStyle]
    inset: tuple[str, ...]
    inset_title: str
    places: tuple[PlaceText, ...]
    source: str


_loader: Callable[[], Geography] | None = None


def register(loader: Callable[[], Geography]) -> None:
    """Say where the state's geography comes from; it is read when the first map is drawn."""
    global _loader
    _loader = loader
    geography.cache_clear()


@lru_cache(maxsize=1)
def geography() -> Geography | None:
    """The geography of this installation, or None where no state package gave one."""
    return _loader() if _loader is not None else None
