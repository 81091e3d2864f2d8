"""What changed in an organization, and in a project with all that hangs on it."""

from dataclasses import replace

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from hearth.hmis.access import field_rights
from hearth.hmis.access.guard import refuse_as_missing, require
from hearth.hmis.access.permissions import Permission
from hearth.hmis.audit import changes, pages
from hearth.hmis.organizations import history, queries

_NOTHING = "Everything is as it was first written."


@require_safe
@require(Permission.PROJECT_VIEW)
def organization(request: HttpRequest, pk: int) -> HttpResponse:
    """What changed in an organization's record."""
    user = request.user
    found = queries.organization(user, pk)
    if found is None:
        refuse_as_missing(request, pk=pk)
    kind = history.of_organization(user, found)
    told = changes.history(user, [kind], withholds=field_rights.withholds, before=pages.before(request.GET))
    context = pages.context(told, lambda _: request.path) | {
        "organization": found,
        "eyebrow": found,
        "lead": "The organization as recorded before. The latest change comes first.",
        "nothing": _NOTHING,
    }
    return render(request, "organizations/organization_history.html", context)


@require_safe
@require(Permission.PROJECT_VIEW)
def project(request: HttpRequest, pk: int, file: str = "") -> HttpResponse:
    """What changed in a project and what hangs on it; or in its records of one file."""
    user = request.user
    found = queries.project(user, pk)
    if found is None:
        refuse_as_missing(request, pk=pk)
    kinds = history.of_project(user, found)
    if file:
        kinds = [replace(kind, tells_first=True) for kind in kinds if kind.file == file]
        if not kinds:
            raise Http404
    told = changes.history(
        user, kinds, withholds=field_rights.withholds, before=pages.before(request.GET) if file else None
    )
    confidential = f"The address is confidential. Only users of {found.organization} see it."
    what = f"{kinds[0].title} of the project" if file else "The project and what hangs on it"
    context = pages.context(
        told, lambda kind: reverse("organizations:project_history_of", args=[pk, kind.file]), several=True
    ) | {
        "project": found,
        "organization": found.organization,
        "kind": kinds[0] if file else None,
        "eyebrow": found,
        "lead": f"{what} as recorded before. The latest change comes first.",
        "note": "" if queries.may_see_address(user, found) else confidential,
        "nothing": _NOTHING,
    }
    return render(request, "organizations/project_history.html", context)
