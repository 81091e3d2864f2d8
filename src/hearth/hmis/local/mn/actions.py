"""Putting Minnesota's regions, counties, nations and contacts into the database.

Idempotent: what is there and the same is not touched, so that history shows real changes only. What a
region is and covers comes from `data/` and overwrites; contacts belong to the administrators who edit
them, so state agencies come with a new region only, and examples where a region has none.
"""

from collections.abc import Iterable
from typing import Any, TypeVar

from django.db import models, transaction

from hearth.hmis.access.models import User
from hearth.hmis.local.mn.reading import data
from hearth.hmis.organizations.actions import set_nation
from hearth.hmis.organizations.models import Organization, Region, RegionContact, RegionCounty, TribalNation
from hearth.hmis.organizations.models.region import ContactRole, RegionKind

Row = TypeVar("Row", bound=models.Model)


@transaction.atomic
def load_regions(*, by: User | None, with_examples: bool = False) -> None:
    """Bring regions, counties, nations and state agencies to what `data/` says.

    `by`: who does it; None for the installation itself. `with_examples`: also what the demonstration
    needs beyond its import: invented people, each marked as an example, and the nations of the programs
    that the invented data names as the collaborative's.
    """
    known = set(Region.objects.values_list("code", flat=True))
    regions = [*_load_cocs(), _load_collaborative()]
    _load_agencies([region for region in regions if region.code not in known], by=by)
    if with_examples:
        _load_examples(regions, by=by)
        _link_programs(by=by)


def _load_cocs() -> list[Region]:
    regions = []
    covered: set[tuple[int, str]] = set()
    known = {region.code: region for region in Region.objects.all()}
    counties = {(c.region_id, c.fips): c for c in RegionCounty.objects.filter(region__overlays=False)}
    for row in data("cocs")["regions"]:
        region = _put(
            Region,
            known.get(row["code"]),
            code=row["code"],
            kind=RegionKind.COC,
            name=row["name"],
            hud_name=row["hud_name"],
            acronym=row["acronym"],
            overlays=False,
        )
        regions.append(region)
        for county in row["counties"]:
            key = (region.pk, county["fips"])
            covered.add(key)
            _put(
                RegionCounty,
                counties.get(key),
                region_id=region.pk,
                fips=county["fips"],
                name=county["name"],
                geocode=county["geocode"],
            )
    ours = {region.pk for region in regions}
    gone = [county.pk for key, county in counties.items() if key[0] in ours and key not in covered]
    if gone:
        RegionCounty.objects.filter(pk__in=gone).delete()
    return regions


def _load_collaborative() -> Region:
    tribal = data("tribal")
    row = tribal["collaborative"]
    region = _put(
        Region,
        Region.objects.filter(code=row["code"]).first(),
        code=row["code"],
        kind=RegionKind.TRIBAL,
        name=row["name"],
        hud_name=row["full_name"],
        acronym=row["acronym"],
        overlays=True,
        since=row["since"],
        about=row["about"],
    )
    known = {nation.name: nation for nation in TribalNation.objects.all()}
    for nation in tribal["nations"]:
        _put(
            TribalNation,
            known.get(nation["name"]),
            name=nation["name"],
            short_name=nation["short_name"],
            people=nation["people"],
            member_of_id=region.pk if nation["member"] else None,
        )
    return region


def _load_agencies(regions: Iterable[Region], *, by: User | None) -> None:
    RegionContact.objects.bulk_create(
        RegionContact(
            region=region,
            role=ContactRole.STATE_AGENCY,
            organization=agency,
            created_by=by,
            updated_by=by,
        )
        for region in regions
        for agency in data("state_agencies")["agencies"]
    )


def _load_examples(regions: Iterable[Region], *, by: User | None) -> None:
    by_code = {region.code: region for region in regions}
    there = RegionContact.objects.filter(is_example=True).values_list("region__code", flat=True)
    missing = set(by_code) - set(there)
    RegionContact.objects.bulk_create(
        RegionContact(
            region=by_code[row["region"]],
            role=row["role"],
            name=row["name"],
            email=row["email"],
            phone=row["phone"],
            is_example=True,
            created_by=by,
            updated_by=by,
        )
        for row in data("example_contacts")["contacts"]
        if row["region"] in missing
    )


def _link_programs(*, by: User | None) -> None:
    """HMIS CSV has no column for the nation: the invented data says it in the common name."""
    prefix = f"{data('tribal')['collaborative']['name']}: "
    by_short_name = {nation.short_name: nation for nation in TribalNation.objects.all()}
    programs = Organization.objects.filter(tribal_nation=None, organization_common_name__startswith=prefix)
    for program in programs:
        nation = by_short_name.get((program.organization_common_name or "").removeprefix(prefix))
        if nation:
            set_nation(by=by, organization=program, nation=nation)


def _put(model: type[Row], row: Row | None, **values: Any) -> Row:
    """Make the row, or save what differs in it; nothing when nothing differs."""
    if row is None:
        return model._default_manager.create(**values)
    changed = [name for name, value in values.items() if getattr(row, name) != value]
    if changed:
        for name in changed:
            setattr(row, name, values[name])
        row.save(update_fields=changed)
    return row
