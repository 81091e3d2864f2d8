"""The page of a household: who is in it, what is due for each, and what can be done with all of them."""

from collections import defaultdict

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from hearth.hmis.access.guard import refuse_as_missing, require
from hearth.hmis.access.permissions import Permission
from hearth.hmis.clients.actions import open_client
from hearth.hmis.clients.family.actions import add_family
from hearth.hmis.enrollments import due, queries
from hearth.hmis.enrollments.household.family import FamilyForm
from hearth.hmis.enrollments.queries import Stay
from hearth.hmis.enrollments.stages import questions
from hearth.hmis.hud import display
from hearth.hmis.organizations.form_project import FormProjects

_TO_FAMILY = (Permission.CLIENT_VIEW, Permission.CLIENT_EDIT, Permission.ENROLLMENT_VIEW)


@require_safe
@require(Permission.ENROLLMENT_VIEW)
def household(request: HttpRequest, pk: int) -> HttpResponse:
    """Everybody of the household of an enrollment whom the user may see."""
    stay = _stay(request, pk)
    members = queries.together(request.user, stay)
    for one in members:
        client = one.enrollment.client
        open_client(by=request.user, client=client, page=f"enrollment:{one.enrollment.pk}")
    return _page(request, stay, members, _family_form(request, members))


@require_POST
@require(*_TO_FAMILY)
def keep_family(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep members of the household as the family of its head."""
    stay = _stay(request, pk)
    members = queries.together(request.user, stay)
    form = _family_form(request, members)
    if form is None:
        refuse_as_missing(request, enrollment=pk)
    if not form.is_valid():
        return _page(request, stay, members, form)
    made = add_family(by=request.user, client=form.head, others=form.chosen)
    messages.success(request, "The family was kept." if made else "Nothing was chosen.")
    return redirect("enrollments:household", pk)


def _stay(request: HttpRequest, pk: int) -> Stay:
    stay = queries.stay(request.user, pk)
    if stay is None or stay.enrollment.date_deleted is not None:
        refuse_as_missing(request, enrollment=pk)
    return stay


def _family_form(request: HttpRequest, members: list[Stay]) -> FamilyForm | None:
    """None where there is nobody to keep, or not for the user to do."""
    if not all(request.user.may(one) for one in _TO_FAMILY):
        return None
    form = FamilyForm(
        request.POST if request.method == "POST" else None,
        user=request.user, members=[one.enrollment for one in members],
    )  # fmt: skip
    return form if form.fields else None


def _page(request: HttpRequest, stay: Stay, members: list[Stay], family: FamilyForm | None) -> HttpResponse:
    user, enrollment, today = request.user, stay.enrollment, timezone.localdate()
    may_edit = user.may(Permission.ENROLLMENT_EDIT, project=enrollment.project_id)
    places = FormProjects([enrollment.project] if may_edit else [])
    lines = defaultdict(list)
    if may_edit:
        recorded = due.recorded_days(user, [one.enrollment.pk for one in members])
        for line in due.of_stays(user, members, recorded, places, today):
            lines[line.enrollment.pk].append(line)
    rows = [
        {
            "enrollment": one.enrollment,
            "exit": one.exit if one.exit and one.exit.date_deleted is None else None,
            "relationship": display.words(one.enrollment, "relationship_to_hoh"),
            "is_head": one.enrollment.relationship_to_hoh == queries.HEAD,
            "due": lines[one.enrollment.pk],
        }
        for one in members
    ]
    is_open = [one for one in rows if one["exit"] is None]
    first = is_open[0]["enrollment"] if is_open else None
    context = {
        "enrollment": enrollment,
        "client": enrollment.client,
        "rows": rows,
        "due": sum(len(found) for found in lines.values()),
        "first": first,
        "several": len(is_open) > 1,
        "stages": questions.offered(first, None, places) if may_edit and first else [],
        "may_edit": may_edit,
        "family": family,
        "tells_of_others": not user.sees_all,
    }
    return render(request, "enrollments/household_page.html", context)
