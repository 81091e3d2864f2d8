"""What the template of the map shows: the drawing, joined with names, links and what is highlighted."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from hearth.hmis.organizations.map.drawing import Drawing, NationDrawing, RegionDrawing, drawing


@dataclass(frozen=True)
class RegionFacts:
    """A region as the map needs it. `counties` are FIPS codes; an overlay has none on the map."""

    code: str
    name: str
    acronym: str
    url: str
    counties: tuple[str, ...]
    overlays: bool
    nations: tuple[str, ...]


@dataclass(frozen=True)
class PictureRegion:
    """One region with its shape in one frame."""

    facts: RegionFacts
    shape: RegionDrawing
    is_muted: bool


@dataclass(frozen=True)
class PictureNation:
    """One nation with its lands in one frame; `member_of` is empty outside every collaborative."""

    name: str
    shape: NationDrawing
    member_of: str


@dataclass(frozen=True)
class Frame:
    """One frame: regions, nations that are members of an overlay, and the others."""

    regions: tuple[PictureRegion, ...]
    members: tuple[PictureNation, ...]
    others: tuple[PictureNation, ...]


@dataclass(frozen=True)
class Picture:
    """Everything on the map. `overlay` is the collaborative whose member nations are hatched."""

    drawing: Drawing
    state_name: str
    state: Frame
    inset: Frame
    overlay: RegionFacts | None
    highlight: RegionFacts | None


def picture(regions: Sequence[RegionFacts], highlight: str = "") -> Picture | None:
    """The map of all regions, one of them highlighted by its code; None where there is no geography."""
    region_of = {fips: region.code for region in regions if not region.overlays for fips in region.counties}
    drawn = drawing(region_of)
    if drawn is None:
        return None
    facts = {region.code: region for region in regions}
    member_of = {name: region.code for region in regions if region.overlays for name in region.nations}
    chosen = facts.get(highlight)

    def frame(shapes: Iterable[RegionDrawing], nations: Iterable[NationDrawing]) -> Frame:
        lands = [PictureNation(n.nation, n, member_of.get(n.nation, "")) for n in nations]
        return Frame(
            regions=tuple(
                PictureRegion(facts[shape.code], shape, _muted(shape.code, chosen))
                for shape in shapes
                if shape.code in facts
            ),
            members=tuple(nation for nation in lands if nation.member_of),
            others=tuple(nation for nation in lands if not nation.member_of),
        )

    return Picture(
        drawing=drawn,
        state_name=drawn.state_name,
        state=frame(drawn.state.regions, drawn.state.nations),
        inset=frame(drawn.inset.regions, drawn.inset.nations),
        overlay=next((region for region in regions if region.overlays), None),
        highlight=chosen,
    )


def _muted(code: str, chosen: RegionFacts | None) -> bool:
    return chosen is not None and chosen.code != code
