"""The list of organizations, and one organization."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from hearth.hmis.access.guard import refuse_as_missing, require
from hearth.hmis.access.permissions import Permission
from hearth.hmis.organizations import actions, queries, tables
from hearth.hmis.organizations.confidential import NOT_LISTED
from hearth.hmis.organizations.forms import NationForm, OrganizationFilter
from hearth.hmis.organizations.views.regions import ROWS_ON_A_PAGE


@require(Permission.PROJECT_VIEW)
def index(request: HttpRequest) -> HttpResponse:
    """Organizations by name, region and project type."""
    regions = list(queries.region_names(request.user))
    form = OrganizationFilter(request.GET, regions=regions)
    found = queries.organizations(request.user, timezone.localdate(), **form.chosen())
    page = Paginator(found, ROWS_ON_A_PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "organizations/index.html",
        {
            "form": form,
            "page": page,
            "rows": [tables.organization_row(item, regions) for item in page],
            "not_listed": NOT_LISTED,
            "is_filtered": any(form.chosen().values()),
        },
    )


@require(Permission.PROJECT_VIEW)
def organization(request: HttpRequest, pk: int) -> HttpResponse:
    """One organization with its projects, open ones first."""
    found = queries.organization(request.user, pk)
    if found is None:
        refuse_as_missing(request, pk=pk)
    today = timezone.localdate()
    projects = queries.project_list(request.user, found, today)
    page = Paginator(projects, ROWS_ON_A_PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "organizations/organization.html",
        {
            "organization": found,
            "page": page,
            "rows": [tables.project_row(project, today) for project in page],
            "open_projects": queries.open_projects_of(request.user, found, today),
            "beds": queries.beds_of(request.user, found, today),
            "may_edit": request.user.may(Permission.PROJECT_EDIT),
        },
    )


@require(Permission.PROJECT_EDIT)
def nation(request: HttpRequest, pk: int) -> HttpResponse:
    """Which tribal nation runs the organization."""
    found = queries.organization(request.user, pk)
    if found is None:
        refuse_as_missing(request, pk=pk)
    form = NationForm(
        request.POST or None,
        nations=queries.nations(request.user),
        initial={"nation": str(found.tribal_nation_id or "")},
    )
    if request.method == "POST" and form.is_valid():
        actions.set_nation(by=request.user, organization=found, nation=form.chosen())
        messages.success(request, "The tribal nation was saved.")
        return redirect("organizations:organization", pk=pk)
    return render(request, "organizations/nation_form.html", {"form": form, "organization": found})
