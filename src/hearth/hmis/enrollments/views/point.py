"""Recording what happened on one day of a stay: a move-in, a contact, an engagement and the like."""

from django.contrib import messages
from django.db import IntegrityError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from hearth.hmis.access.guard import refuse_as_missing, require
from hearth.hmis.access.permissions import Permission
from hearth.hmis.clients.actions import open_client
from hearth.hmis.enrollments import queries
from hearth.hmis.enrollments.actions import EnrollmentRefused
from hearth.hmis.enrollments.checks.form import findings, only_looks
from hearth.hmis.enrollments.drafts.about import About
from hearth.hmis.enrollments.drafts.form_draft import FormDraft
from hearth.hmis.enrollments.models import Draft
from hearth.hmis.enrollments.stages import actions
from hearth.hmis.enrollments.stages.points import BY_SLUG, PointForm
from hearth.hmis.enrollments.views.saved import say_saved
from hearth.hmis.hud.questions import field_name
from hearth.hmis.organizations.entered import key_of_form, new_key

_LONGEST_KEY = 64


@require_http_methods(["GET", "HEAD", "POST"])
@require(Permission.ENROLLMENT_VIEW, Permission.ENROLLMENT_EDIT)
def record(request: HttpRequest, pk: int, slug: str) -> HttpResponse:
    """The questions of one point; where the enrollment holds the answer, it is shown and can be corrected."""
    point = BY_SLUG.get(slug)
    if point is None:
        raise Http404
    user, stay = request.user, queries.stay(request.user, pk)
    if stay is None or not user.may(Permission.ENROLLMENT_EDIT, project=stay.enrollment.project_id):
        refuse_as_missing(request, enrollment=pk)
    enrollment = stay.enrollment
    last = stay.exit.exit_date if stay.exit is not None and stay.exit.date_deleted is None else None
    today = timezone.localdate()
    day = min(last, today) if last else today
    if enrollment.date_deleted is not None or enrollment.project.project_type is None:
        return redirect("enrollments:detail", pk)
    form = PointForm(request.POST or None, user=user, enrollment=enrollment, point=point, day=day)
    if not form.questions:
        messages.error(request, "This project does not ask it of this client.")
        return redirect("enrollments:detail", pk)
    if only_looks(request):
        return findings(request, form)
    about = About(
        Draft.Kind.OCCURRENCE, client=enrollment.client_id, project=enrollment.project_id, enrollment=pk,
        subject=slug, base_version=form.version,
    )  # fmt: skip
    draft = FormDraft(request, about)
    draft.fill(form, client=enrollment.client_id)
    if answer := draft.kept():
        return answer
    key = request.POST.get("key", "")[:_LONGEST_KEY] or new_key()
    both, version = [], request.POST.get("version", "") or draft.base_version
    if request.method == "POST" and form.is_valid() and draft.agrees():
        taken_back = form.cleaned_data.get("take_back")
        try:
            with draft.finishing():
                actions.record_point(
                    by=user, enrollment=enrollment, point=point,
                    day=None if taken_back else form.cleaned_data[field_name(point.day)],
                    values=form.answered.records.get(point.file, {}),
                    version=request.POST.get("version", ""), key=key_of_form(user, key),
                    right=form.right,
                )  # fmt: skip
        except actions.ChangedMeanwhile:
            both, version = form.both(), form.version
            messages.warning(request, "Somebody else saved this meanwhile. Look at both, then press Finish.")
        except EnrollmentRefused as refused:  # what somebody else wrote meanwhile
            messages.error(request, str(refused))
            return redirect("enrollments:detail", pk)
        except IntegrityError:  # the same form, sent again
            return redirect("enrollments:detail", pk)
        else:
            say_saved(request, pk, f"{point.title} recorded.")
            return redirect("enrollments:detail", pk)
    elif request.method != "POST":
        open_client(by=user, client=enrollment.client, page="enrollment")
    context = {
        "enrollment": enrollment, "client": enrollment.client, "form": form, "draft": draft,
        "title": point.title, "key": key, "version": version, "both": both,
    }  # fmt: skip
    return render(request, "enrollments/point.html", context)
