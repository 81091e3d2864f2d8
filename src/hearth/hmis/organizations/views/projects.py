"""One project: what HUD asks to be known of it, now and over time."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from hearth.hmis.access.guard import refuse_as_missing, require
from hearth.hmis.access.permissions import Permission
from hearth.hmis.organizations import actions, confidential, inventory, queries
from hearth.hmis.organizations.forms import ConfidentialNameForm
from hearth.hmis.organizations.tables import CERow, InventoryRow, WithPeriod, coc_row


@require(Permission.PROJECT_VIEW)
def project(request: HttpRequest, pk: int) -> HttpResponse:
    """One project with everything that hangs on it."""
    user = request.user
    found = queries.project(user, pk)
    if found is None:
        refuse_as_missing(request, pk=pk)
    today = timezone.localdate()
    beds = list(queries.inventory_of(user, found))
    steps = inventory.steps(beds, today)
    regions = list(queries.region_names(user))
    with_address = queries.may_see_address(user, found)
    may_see_clients = user.may(Permission.ENROLLMENT_VIEW)
    return render(
        request,
        "organizations/project.html",
        {
            "project": found,
            "organization": found.organization,
            "is_open": queries.is_open(found, today),
            "has_confidential_name": confidential.has_confidential_name(found),
            "may_protect_name": user.may(Permission.PROJECT_NAME_PROTECT, project=found.pk),
            "is_confidential": queries.is_confidential(found),
            "may_see_address": with_address,
            "cocs": [coc_row(coc, regions, with_address) for coc in queries.cocs_of(user, found)],
            "inventory": [InventoryRow(row, "inventory", today) for row in beds],
            "steps": list(reversed(steps)),
            "chart": inventory.chart(steps, today),
            "funders": [WithPeriod(row, "", today) for row in queries.funders_of(user, found)],
            "hmis": [
                WithPeriod(row, "hmis_participation_status", today)
                for row in queries.hmis_participation_of(user, found)
            ],
            "coordinated_entry": [
                CERow(row, "ce_participation_status", today)
                for row in queries.ce_participation_of(user, found)
            ],
            "affiliations": list(queries.affiliations_of(user, found)),
            "enrolled": queries.enrolled_on(user, found, today) if may_see_clients else None,
            "sees_all": user.sees_all or found.pk in user.own_projects,
            "today": today,
        },
    )


@require(Permission.PROJECT_NAME_PROTECT)
def name(request: HttpRequest, pk: int) -> HttpResponse:
    """Whether the project's name is confidential."""
    found = queries.project(request.user, pk)
    if found is None:
        refuse_as_missing(request, pk=pk)
    if not request.user.may(Permission.PROJECT_NAME_PROTECT, project=pk):
        raise PermissionDenied
    form = ConfidentialNameForm(request.POST or None, project=found)
    if request.method == "POST" and form.is_valid():
        actions.set_confidential_name(by=request.user, project=found, is_confidential=form.chosen())
        messages.success(request, "Saved. It holds from the next page on that anybody opens.")
        return redirect("organizations:project", pk=pk)
    return render(
        request,
        "organizations/name_form.html",
        {"form": form, "project": found, "organization": found.organization},
    )
