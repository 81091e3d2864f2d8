"""The county where a household stays (MN-U01), proposed from the CoC of its project."""

from collections.abc import Mapping
from functools import cache

from hearth.hmis.local.mn.reading import data
from hearth.hmis.organizations.choices import cocs_of
from hearth.hmis.organizations.models import Project

FIELD = "CountyOfStay"
WHY = "Filled in, because the project’s CoC is this county alone. Change it where they stay elsewhere."


@cache
def only_counties() -> Mapping[str, str]:
    """CoC → the FIPS code of its county, of CoCs that are one county."""
    regions = data("cocs")["regions"]
    return {one["code"]: one["counties"][0]["fips"] for one in regions if len(one["counties"]) == 1}


def proposed(project: Project) -> dict[str, str]:
    """By name of field what is filled in at the start of a stay: the county of the project's only CoC, where
    that is one county; nothing where the project is in several, or in one with several counties."""
    cocs = cocs_of(project)
    county = only_counties().get(cocs[0]) if len(cocs) == 1 else None
    return {FIELD: county} if county else {}
