"""What the pages of regions, organizations and projects read. Everything starts with `restrict(user)`.

"Open" means in force on a day: begun, and not ended before it. A missing first day of a faulty record
counts as begun, so that the record is not hidden. Records deleted by HUD's DateDeleted are left out.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Case, Count, FilteredRelation, Prefetch, Q, QuerySet, Sum, When

from hearth.hmis.access.models import User
from hearth.hmis.organizations.confidential import hidden
from hearth.hmis.organizations.models import (
    Affiliation,
    CEParticipation,
    Funder,
    HMISParticipation,
    Inventory,
    Organization,
    Project,
    ProjectCoC,
    Region,
    RegionContact,
    TribalNation,
)
from hearth.hmis.organizations.models.region import ContactRole

SURVIVORS_OF_DOMESTIC_VIOLENCE = 1  # list 2.02.7
YES = 1  # list 1.10

#: Columns of ProjectCoC that tell where a project is.
ADDRESS = ("address1", "address2", "city", "state", "zip", "geocode")


def in_force(day: date, start: str, end: str) -> Q:
    """Condition: begun by that day and not ended before it, by the names of the two date fields."""
    begun = Q(**{f"{start}__isnull": True}) | Q(**{f"{start}__lte": day})
    return begun & (Q(**{f"{end}__isnull": True}) | Q(**{f"{end}__gte": day}))


def _open_project(day: date, through: str = "") -> Q:
    dates = in_force(day, f"{through}operating_start_date", f"{through}operating_end_date")
    return dates & Q(**{f"{through}date_deleted": None, f"{through}organization__date_deleted": None})


# ---------------------------------------------------------------------- regions

_BY_ROLE = Case(*(When(role=role, then=place) for place, role in enumerate(ContactRole.values)))


def regions(user: User) -> QuerySet[Region]:
    """All regions with counties, contacts and nations; the CoCs first, then what overlays them."""
    return (
        Region.objects.restrict(user)
        .order_by("overlays", "code")
        .prefetch_related(
            "counties",
            Prefetch("contacts", RegionContact.objects.restrict(user).order_by(_BY_ROLE, "pk")),
            Prefetch("nations", TribalNation.objects.restrict(user).order_by("name")),
        )
    )


def region_names(user: User) -> QuerySet[Region]:
    """All regions without what hangs on them."""
    return Region.objects.restrict(user).order_by("overlays", "code")


def nations(user: User) -> QuerySet[TribalNation]:
    """All tribal nations with the collaborative they are members of."""
    return TribalNation.objects.restrict(user).select_related("member_of").order_by("name")


@dataclass(frozen=True)
class Activity:
    """How much there is in a region on a day."""

    agencies: int = 0
    projects: int = 0


def activity_by_region(user: User, regions: Iterable[Region], day: date) -> dict[str, Activity]:
    """Agencies and open projects of each region, by its code, in two queries for all regions."""
    counts = {
        "agencies": Count("project__organization", distinct=True),
        "projects": Count("project", distinct=True),
    }
    rows = (
        ProjectCoC.objects.restrict(user)
        .filter(_open_project(day, "project__"), date_deleted=None)
        .values("coc_code")
        .annotate(**counts)
    )
    by_code = {row["coc_code"]: Activity(row["agencies"], row["projects"]) for row in rows}
    tribal = (
        Project.objects.restrict(user)
        .filter(_open_project(day), organization__tribal_nation__member_of__isnull=False)
        .values("organization__tribal_nation__member_of__code")
        .annotate(agencies=Count("organization", distinct=True), projects=Count("pk", distinct=True))
    )
    for row in tribal:
        by_code[row["organization__tribal_nation__member_of__code"]] = Activity(
            row["agencies"], row["projects"]
        )
    return {region.code: by_code.get(region.code, Activity()) for region in regions}


def projects_in_region(user: User, region: Region, day: date) -> QuerySet[Project]:
    """Open projects that operate in a CoC, or belong to organizations of a collaborative's nations."""
    projects = Project.objects.restrict(user).filter(_open_project(day))
    if region.overlays:
        return projects.filter(organization__tribal_nation__member_of=region)
    there = ProjectCoC.objects.restrict(user).filter(coc_code=region.code, date_deleted=None)
    return projects.filter(pk__in=there.values("project_id"))


def project_rows(user: User, region: Region, day: date) -> QuerySet[Project]:
    """The open projects of a region as its page lists them: by agency, then by name."""
    projects = projects_in_region(user, region, day).select_related("organization")
    ordered = projects.order_by("organization__organization_name", "organization", "project_name", "pk")
    return _with_participation(ordered, user, day)


def _with_cocs(projects: QuerySet[Project], user: User) -> QuerySet[Project]:
    """Projects with their CoCs, without addresses."""
    cocs = ProjectCoC.objects.restrict(user).filter(date_deleted=None).order_by("coc_code", "pk")
    return projects.prefetch_related(Prefetch("cocs", cocs.defer(*ADDRESS)))


def _with_participation(projects: QuerySet[Project], user: User, day: date) -> QuerySet[Project]:
    """Projects with their CoCs, and in `current_participation` what holds in HMIS on a day."""
    dates = in_force(day, "hmis_participation_status_start_date", "hmis_participation_status_end_date")
    rows = HMISParticipation.objects.restrict(user).filter(dates, date_deleted=None).order_by("pk")
    return _with_cocs(projects, user).prefetch_related(
        Prefetch("hmis_participation", rows, to_attr="current_participation")
    )


@dataclass
class BedRow:
    """Beds and units of one project type; `beds_by_household` by code of list 2.07.4."""

    project_type: int | None
    projects: int = 0
    units: int = 0
    beds: int = 0
    beds_by_household: dict[int | None, int] = field(default_factory=dict)


def beds_in_region(user: User, region: Region, day: date) -> list[BedRow]:
    """Inventory in force on a day, by project type. A CoC counts only what is recorded for it."""
    inventory = current_inventory(user, day).filter(project__in=projects_in_region(user, region, day))
    if not region.overlays:
        inventory = inventory.filter(coc_code=region.code)
    rows: dict[int | None, BedRow] = {}
    by_household = inventory.values("project__project_type", "household_type").annotate(
        beds=Sum("bed_inventory"), units=Sum("unit_inventory")
    )
    for row in by_household.order_by("project__project_type", "household_type"):
        total = rows.setdefault(row["project__project_type"], BedRow(row["project__project_type"]))
        beds = row["beds"] or 0
        total.beds += beds
        total.units += row["units"] or 0
        total.beds_by_household[row["household_type"]] = beds
    counted = inventory.values("project__project_type").annotate(projects=Count("project", distinct=True))
    for row in counted.order_by():
        rows[row["project__project_type"]].projects = row["projects"]
    return list(rows.values())


def current_inventory(user: User, day: date) -> QuerySet[Inventory]:
    """Inventory records in force on a day."""
    return Inventory.objects.restrict(user).filter(
        in_force(day, "inventory_start_date", "inventory_end_date"), date_deleted=None
    )


def contact(user: User, region_code: str, pk: int) -> RegionContact | None:
    """One contact of a region, or None."""
    return (
        RegionContact.objects.restrict(user)
        .select_related("region")
        .filter(region__code=region_code, pk=pk)
        .first()
    )


# ---------------------------------------------------------------------- organizations and projects


def organizations(
    user: User, day: date, *, text: str = "", region: Region | None = None, project_type: int | None = None
) -> QuerySet[Organization]:
    """Organizations by name and by what they run, each with its open projects in `open_projects`.

    `text` is looked for in the names of the organization and of its projects. With a region or a
    project type, only organizations with such an open project are listed, and only such projects.
    """
    projects = (
        projects_in_region(user, region, day)
        if region
        else Project.objects.restrict(user).filter(_open_project(day))
    )
    if project_type is not None:
        projects = projects.filter(project_type=project_type)
    projects = projects.exclude(pk__in=hidden("project"))
    found = Organization.objects.restrict(user).filter(date_deleted=None)
    found = found.exclude(pk__in=hidden("organization"))
    if region or project_type is not None:
        found = found.filter(pk__in=projects.values("organization_id"))
    if text:
        named = projects.filter(
            Q(project_name__icontains=text) | Q(project_common_name__icontains=text)
        ).values("organization_id")
        found = found.filter(
            Q(organization_name__icontains=text)
            | Q(organization_common_name__icontains=text)
            | Q(pk__in=named)
        )
    return (
        found.select_related("tribal_nation")
        .order_by("organization_name", "pk")
        .prefetch_related(
            Prefetch(
                "projects",
                _with_cocs(projects.order_by("project_name", "pk"), user),
                to_attr="open_projects",
            )
        )
    )


def numbered_organizations(user: User) -> QuerySet[Organization]:
    """All organizations in the order of their names, with `project_count`, for who needs their numbers."""
    live = Q(projects__date_deleted__isnull=True)
    return (
        Organization.objects.restrict(user)
        .filter(date_deleted__isnull=True)
        .select_related("data_source")
        .annotate(project_count=Count("projects", filter=live))
        .order_by("organization_name", "id")
    )


def organization(user: User, pk: int) -> Organization | None:
    """One organization, or None, where its name is confidential to this user, too."""
    return (
        Organization.objects.restrict(user)
        .exclude(pk__in=hidden("organization"))
        .select_related("tribal_nation__member_of", "data_source", "created_by", "updated_by")
        .filter(pk=pk)
        .first()
    )


def projects_of(user: User, organization: Organization) -> QuerySet[Project]:
    """All projects of an organization, those that have ended too; deleted ones are left out, and those whose
    names are confidential to this user."""
    rows = Project.objects.restrict(user).filter(organization=organization, date_deleted=None)
    return rows.exclude(pk__in=hidden("project"))


def open_projects_of(user: User, organization: Organization, day: date) -> int:
    """How many projects of an organization are open on a day."""
    return projects_of(user, organization).filter(_open_project(day)).count()


def project_list(user: User, organization: Organization, day: date) -> QuerySet[Project]:
    """The projects of an organization as its page lists them: open ones first."""
    is_open = Case(When(_open_project(day), then=0), default=1)
    projects = projects_of(user, organization).order_by(is_open, "project_name", "pk")
    return _with_participation(projects, user, day)


def is_open(project: Project, day: date) -> bool:
    """Whether a project operates on a day."""
    begun = project.operating_start_date is None or project.operating_start_date <= day
    return begun and (project.operating_end_date is None or project.operating_end_date >= day)


def beds_of(user: User, organization: Organization, day: date) -> int:
    """Beds in force on a day over all projects of an organization."""
    inventory = current_inventory(user, day).filter(
        _open_project(day, "project__"), project__in=projects_of(user, organization)
    )
    return inventory.aggregate(beds=Sum("bed_inventory"))["beds"] or 0


def project(user: User, pk: int) -> Project | None:
    """One project with its organization, or None, where its name is confidential to this user, too."""
    return (
        Project.objects.restrict(user)
        .exclude(pk__in=hidden("project"))
        .select_related("organization__tribal_nation__member_of", "data_source", "created_by", "updated_by")
        .filter(pk=pk)
        .first()
    )


def is_confidential(project: Project) -> bool:
    """Whether where it is must not be known: its name is confidential, or it is for survivors."""
    return (
        project.organization.victim_service_provider == YES
        or project.name_is_confidential is True
        or project.target_population == SURVIVORS_OF_DOMESTIC_VIOLENCE
    )


def may_see_address(user: User, project: Project) -> bool:
    """Where a confidential project is, only users of the project learn here, and nobody else."""
    return not is_confidential(project) or project.pk in user.own_projects


def hidden_addresses(user: User) -> QuerySet[ProjectCoC]:
    """The records that an export of this user's must not tell the place of. System administrators hand the
    whole of their installation to HUD, so that nothing is left out for them."""
    if user.sees_all:
        return ProjectCoC.objects.none()
    confidential = (
        Q(project__organization__victim_service_provider=YES)
        | Q(project__name_is_confidential=True)
        | Q(project__target_population=SURVIVORS_OF_DOMESTIC_VIOLENCE)
    )
    rows = ProjectCoC.objects.restrict(user).filter(confidential)
    return rows.exclude(project__any_of=user.own_projects)


def cocs_of(user: User, project: Project) -> QuerySet[ProjectCoC]:
    """The CoCs of a project. Where the user may not see it, the address is not even read."""
    rows = (
        ProjectCoC.objects.restrict(user)
        .filter(project=project, date_deleted=None)
        .order_by("coc_code", "pk")
    )
    return rows if may_see_address(user, project) else rows.defer(*ADDRESS)


def inventory_of(user: User, project: Project) -> QuerySet[Inventory]:
    """All inventory records of a project, newest first."""
    rows = Inventory.objects.restrict(user).filter(project=project, date_deleted=None)
    return rows.order_by("-inventory_start_date", "household_type", "pk")


def funders_of(user: User, project: Project) -> QuerySet[Funder]:
    """All funding of a project, newest first."""
    rows = Funder.objects.restrict(user).filter(project=project, date_deleted=None)
    return rows.order_by("-start_date", "funder", "pk")


def hmis_participation_of(user: User, project: Project) -> QuerySet[HMISParticipation]:
    """Participation in HMIS over time, newest first."""
    rows = HMISParticipation.objects.restrict(user).filter(project=project, date_deleted=None)
    return rows.order_by("-hmis_participation_status_start_date", "pk")


def ce_participation_of(user: User, project: Project) -> QuerySet[CEParticipation]:
    """Participation in coordinated entry over time, newest first."""
    rows = CEParticipation.objects.restrict(user).filter(project=project, date_deleted=None)
    return rows.order_by("-ce_participation_status_start_date", "pk")


def affiliations_of(user: User, project: Project) -> QuerySet[Affiliation]:
    """Affiliations of a project in both directions."""
    return (
        Affiliation.objects.restrict(user)
        .select_related("project__organization", "res_project__organization")
        .filter(Q(project=project, res_project__isnull=False) | Q(res_project=project), date_deleted=None)
        .order_by("pk")
    )


@dataclass(frozen=True)
class Enrolled:
    """Who is enrolled on a day, as far as the user may see."""

    people: int
    households: int


def enrolled_on(user: User, project: Project, day: date) -> Enrolled:
    """People and households with an enrollment begun by that day and no exit by it."""
    # Enrollments are a layer above: reached through the relation, restricted like everywhere.
    ended = Q(exit__date_deleted=None, exit__exit_date__lte=day)
    rows = (
        project.enrollments.restrict(user)
        .filter(date_deleted=None, entry_date__lte=day)
        .annotate(ended=FilteredRelation("exit", condition=ended))
        .filter(ended__isnull=True)
    )
    return Enrolled(
        **rows.aggregate(
            people=Count("client", distinct=True), households=Count("household_id", distinct=True)
        )
    )
