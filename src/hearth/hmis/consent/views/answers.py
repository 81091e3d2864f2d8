"""Recording a client's answer."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from hearth.hmis.access.guard import require
from hearth.hmis.access.permissions import Permission
from hearth.hmis.consent import queries, sealed_files
from hearth.hmis.consent.actions import ConsentRefused
from hearth.hmis.consent.answer_actions import record_with_file
from hearth.hmis.consent.answer_forms import AnswerForm
from hearth.hmis.consent.views.papers import answer_words, client_of
from hearth.hmis.site.uploads import takes_sealed_files


@takes_sealed_files
@require(Permission.CLIENT_EDIT)
def record(request: HttpRequest, client: int) -> HttpResponse:
    """Ask for the answer and keep it; what it opened or closed is said in a sentence."""
    found = client_of(request, client)
    organizations = sealed_files.taking_organizations(request.user)
    form = AnswerForm(request.POST or None, request.FILES or None, organizations=organizations)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            recorded = record_with_file(
                by=request.user, client=found, organization=form.taking(),
                file=values["signature"] or values["paper"], values=values,
            )  # fmt: skip
        except ConsentRefused as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, recorded.words)
            return redirect("consent:papers", client=client)
    current = queries.answers(request.user, found).filter(is_current=True).first()
    context = {"client": found, "form": form, "answer": answer_words(current)}
    return render(request, "consent/answer.html", context)
