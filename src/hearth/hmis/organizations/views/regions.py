"""The regions of the state on a map and in a table, and one region by itself."""

from collections.abc import Sequence

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from hearth.hmis.access.guard import refuse_as_missing, require
from hearth.hmis.access.permissions import Permission
from hearth.hmis.organizations import queries, tables
from hearth.hmis.organizations.map.picture import RegionFacts, picture
from hearth.hmis.organizations.models import Region

ROWS_ON_A_PAGE = 25


@require(Permission.REGION_VIEW)
def index(request: HttpRequest) -> HttpResponse:
    """All regions."""
    regions = list(queries.regions(request.user))
    activity = queries.activity_by_region(request.user, regions, timezone.localdate())
    return render(
        request,
        "organizations/regions.html",
        {
            "rows": [tables.region_row(region, activity[region.code]) for region in regions],
            "map": picture([_facts(region) for region in regions]),
            "collaboratives": [region for region in regions if region.overlays],
            "nations": tables.nation_rows(queries.nations(request.user), regions),
        },
    )


@require(Permission.REGION_VIEW)
def region(request: HttpRequest, code: str) -> HttpResponse:
    """One region: where it is, whom to ask, who works there, with how many beds."""
    regions = list(queries.regions(request.user))
    chosen = find(regions, code)
    if chosen is None:
        refuse_as_missing(request)
    today = timezone.localdate()
    projects = queries.project_rows(request.user, chosen, today)
    page = Paginator(projects, ROWS_ON_A_PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "organizations/region.html",
        {
            "region": chosen,
            "map": picture([_facts(region) for region in regions], highlight=chosen.code),
            "page": page,
            "rows": [tables.project_row(project, today) for project in page],
            "activity": queries.activity_by_region(request.user, [chosen], today)[chosen.code],
            "beds": tables.bed_rows(queries.beds_in_region(request.user, chosen, today)),
            "nations": tables.nation_rows(chosen.nations.all(), regions) if chosen.overlays else [],
            "may_edit": request.user.may(Permission.REGION_EDIT),
            "today": today,
        },
    )


def find(regions: Sequence[Region], code: str) -> Region | None:
    """The region of that code."""
    return next((region for region in regions if region.code == code), None)


def _facts(region: Region) -> RegionFacts:
    return RegionFacts(
        code=region.code,
        name=region.name,
        acronym=region.acronym,
        url=reverse("organizations:region", args=[region.code]),
        counties=tuple(county.fips for county in region.counties.all()),
        overlays=region.overlays,
        nations=tuple(nation.name for nation in region.nations.all()),
    )
