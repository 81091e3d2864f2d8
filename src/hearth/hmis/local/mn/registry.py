"""Minnesota's local elements: the folder, the lists that are made of facts that stand elsewhere, and all of
it read.

`registry()` is what forms, answers, exports and checks read; it needs no database.
"""

from functools import cache
from pathlib import Path

from hearth.hmis.local.element import Choice, LocalRegistry
from hearth.hmis.local.mn.reading import data
from hearth.hmis.local.reading import UNKNOWN, Lists, read_folder

FOLDER = Path(__file__).parent


def _counties() -> tuple[Choice, ...]:
    """The 87 counties by their FIPS code, in the order of their names, and outside of the state."""
    found = {one["fips"]: one["name"] for region in data("cocs")["regions"] for one in region["counties"]}
    named = sorted(found.items(), key=lambda one: one[1])
    return (*(Choice(code, name) for code, name in named), Choice("OUT", "Outside Minnesota"), *UNKNOWN)


def _nations() -> tuple[Choice, ...]:
    """The federally recognized nations within the state by the census code of their lands, and further
    answers. The Minnesota Chippewa Tribe stands beside its bands, because some people are enrolled there."""
    nations = (Choice(one["census_area"], one["name"]) for one in data("tribal")["nations"])
    return (
        *nations,
        Choice("MCT", "Minnesota Chippewa Tribe"),
        Choice("FEDERAL", "Another federally recognized tribe"),
        Choice("STATE", "A tribe recognized by a state only"),
        Choice("CANADA", "A First Nation in Canada"),
        Choice("DESCENDANT", "Descendant, not enrolled"),
        Choice("NONE", "Not enrolled"),
        *UNKNOWN,
    )


LISTS: Lists = {"county": _counties, "tribe": _nations}


@cache
def registry() -> LocalRegistry:
    """All of it. StandardsError names file, line and remedy of what cannot be right."""
    return read_folder(FOLDER, LISTS)
