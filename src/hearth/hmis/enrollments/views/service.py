"""A veteran's military service, asked in a stay and kept in the client's record."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from hearth.hmis.access.guard import refuse_as_missing, require
from hearth.hmis.access.permissions import Permission
from hearth.hmis.clients import queries as clients
from hearth.hmis.clients.actions import open_client
from hearth.hmis.enrollments import queries
from hearth.hmis.enrollments.checks.form import findings, only_looks
from hearth.hmis.enrollments.drafts.about import About
from hearth.hmis.enrollments.drafts.form_draft import FormDraft
from hearth.hmis.enrollments.models import Draft
from hearth.hmis.enrollments.stages import actions, service


@require_http_methods(["GET", "HEAD", "POST"])
@require(Permission.ENROLLMENT_VIEW, Permission.ENROLLMENT_EDIT, Permission.CLIENT_EDIT)
def record(request: HttpRequest, pk: int) -> HttpResponse:
    """The questions of V1, with what is recorded; where this stay's project asks them of this client."""
    user, stay = request.user, queries.stay(request.user, pk)
    if stay is None or not service.may_record(user, stay.enrollment):
        refuse_as_missing(request, enrollment=pk)
    enrollment = stay.enrollment
    client = clients.client(user, enrollment.client_id)
    if client is None or enrollment.date_deleted is not None or enrollment.project.project_type is None:
        return redirect("enrollments:detail", pk)
    form = service.ServiceForm(
        request.POST or None, user=user, enrollment=enrollment, client=client, day=service.day_of(stay)
    )
    if not form.questions or not service.is_veteran(client):
        messages.error(request, "This project does not ask it of this client.")
        return redirect("enrollments:detail", pk)
    if only_looks(request):
        return findings(request, form)
    about = About(
        Draft.Kind.OCCURRENCE, client=client.pk, project=enrollment.project_id, enrollment=pk,
        subject=service.SUBJECT, base_version=form.version,
    )  # fmt: skip
    draft = FormDraft(request, about)
    draft.fill(form, client=client.pk)
    if answer := draft.kept():
        return answer
    both, version = [], request.POST.get("version", "") or draft.base_version
    if request.method == "POST" and form.is_valid() and draft.agrees():
        try:
            with draft.finishing():
                changed = actions.record_service(
                    by=user, enrollment=enrollment, values=form.changes().get("Client", {}),
                    version=request.POST.get("version", ""), right=form.right,
                )  # fmt: skip
        except actions.ChangedMeanwhile:
            both, version = form.both(), form.version
            messages.warning(request, "Somebody else saved this meanwhile. Look at both, then press Finish.")
        else:
            messages.success(request, f"{service.TITLE} recorded." if changed else "Nothing was changed.")
            return redirect("clients:detail", client.pk)
    elif request.method != "POST":
        open_client(by=user, client=client, page="enrollment")
    context = {
        "enrollment": enrollment, "client": client, "form": form, "draft": draft,
        "title": service.TITLE, "key": "", "version": version, "both": both,
    }  # fmt: skip
    return render(request, "enrollments/point.html", context)
