"""Who is enrolled in a project now, and what is due in one's own projects."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from hearth.hmis.access import field_rights
from hearth.hmis.access.guard import refuse, refuse_as_missing, require
from hearth.hmis.access.permissions import Permission
from hearth.hmis.access.recent import asked_again
from hearth.hmis.audit.actions import record_access
from hearth.hmis.audit.models.access_log import Access
from hearth.hmis.clients.search import kept
from hearth.hmis.enrollments import roster
from hearth.hmis.enrollments.status import NIGHT_BY_NIGHT
from hearth.hmis.organizations import queries as organizations
from hearth.hmis.organizations.models import Project
from hearth.hmis.ui import sheets
from hearth.hmis.ui.record_list import RecordList

#: How many lines the home page shows.
_FIRST = 8


@require(Permission.PROJECT_VIEW, Permission.ENROLLMENT_VIEW)
def people(request: HttpRequest, pk: int) -> HttpResponse:
    """The roster of a project, for who works there. A search is sent by POST and kept: no name is in an
    address."""
    user = request.user
    project = organizations.project(user, pk)
    if project is None or not (user.sees_all or pk in user.own_projects):
        refuse_as_missing(request, pk=pk)
    if request.method == "POST":
        return kept.searched_list(request)
    words = kept.words_of_list(request)
    shown, found = roster.listed(
        user, project, timezone.localdate(), request.GET, path=request.path, words=words or "",
        lost=words is None,
    )  # fmt: skip
    if shown.asked.download:
        return _download(request, project, shown, found)
    record_access(
        by=user.pk, action=Access.MEMBERS_VIEWED, subject=f"project:{pk}", page=shown.page.number,
        shown=[one.enrollment.client_id for one in shown.page],
    )  # fmt: skip
    context = {
        "project": project, "shown": shown, "by_night": project.project_type == NIGHT_BY_NIGHT,
        "organization": project.organization, "households": len({
            one.enrollment.household_id or one.enrollment.pk for one in found
        }),
    }  # fmt: skip
    return render(request, "enrollments/roster.html", context)


def _download(
    request: HttpRequest, project: Project, shown: RecordList, found: list[roster.Guest]
) -> HttpResponse:
    if not shown.can_download:
        refuse(request, needed=Permission.DATA_EXPORT)
    if (page := asked_again(request, second_step=True)) is not None:
        return page
    rows = list(roster.cells(project, found))
    record_access(
        by=request.user.pk, action=Access.DOWNLOADED, subject=f"project:{project.pk}",
        kind=shown.asked.download, rows=len(rows), filters=shown.asked.chosen, searched=bool(shown.words),
        shown=[row[0] for row in rows],
    )  # fmt: skip
    withheld = field_rights.withheld_words(request.user)
    about = sheets.about_list(
        shown, [("Not shown to you", "; ".join(withheld))] if withheld else [], request.user
    )
    headings = roster.headings(project, request.user)
    return sheets.response(shown.asked.download, "roster", *shown.asked.taken(headings, rows), about)


@require_safe
@require(Permission.CLIENT_VIEW, Permission.ENROLLMENT_VIEW, Permission.ENROLLMENT_EDIT)
def due(request: HttpRequest) -> HttpResponse:
    """What is due in one's own projects: the first lines as a part of the home page, or a page with all."""
    user, today = request.user, timezone.localdate()
    if request.headers.get("HX-Request") and request.headers.get("HX-Target") == "home-due":
        lines = roster.due_lines(user, today)
        shown_now = lines[:_FIRST]
        context = {"lines": shown_now, "more": len(lines) - len(shown_now)}
        template = "enrollments/parts/due_home.html"
    else:
        listed, _ = roster.due_listed(user, today, request.GET, path=request.path)
        shown_now = list(listed.page)
        context = {"shown": listed}
        template = "enrollments/due.html"
    record_access(
        by=user.pk, action=Access.MEMBERS_VIEWED, subject="list of what is due",
        shown=[line.enrollment.client_id for line in shown_now],
    )  # fmt: skip
    return render(request, template, context)
