"""Recording a client's answer: what it is, then a look at what it opens or closes, with the form to sign."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from hearth.hmis.access.guard import require
from hearth.hmis.access.permissions import Permission
from hearth.hmis.clients.models import Client
from hearth.hmis.consent import documents, queries, sealed_files
from hearth.hmis.consent.actions import CALLED_BACK, ConsentRefused
from hearth.hmis.consent.answer_actions import preview, record_with_files
from hearth.hmis.consent.answer_forms import AnswerForm, ShownBy
from hearth.hmis.consent.choices import Method
from hearth.hmis.consent.document_text import blocks
from hearth.hmis.consent.views.papers import answer_words, client_of, signed_answer
from hearth.hmis.site.uploads import takes_sealed_files


@takes_sealed_files
@require(Permission.CLIENT_EDIT)
def record(request: HttpRequest, client: int) -> HttpResponse:
    """Ask for the answer; show what it opens and closes, with the form to sign or a place for the paper; and
    keep it when that is confirmed. Nothing is kept before."""
    found = client_of(request, client)
    is_sent = request.method == "POST"
    form = AnswerForm(
        request.POST if is_sent and "back" not in request.POST else None,
        initial=_typed(request),
        organizations=sealed_files.taking_organizations(request.user),
        releases=documents.releases(request.user, timezone.localdate()),
    )
    if form.is_bound and form.is_valid():
        shown_by = ShownBy(
            request.POST if "confirmed" in request.POST else None, request.FILES or None,
            answer=form.cleaned_data,
        )  # fmt: skip
        try:
            if shown_by.is_bound and shown_by.is_valid():
                recorded = record_with_files(
                    by=request.user, client=found, organization=form.taking(), values=form.cleaned_data,
                    file=shown_by.file, witness=shown_by.witness,
                )  # fmt: skip
                messages.success(request, recorded.words)
                return redirect(_next(request, client))
            return render(request, "consent/answer_check.html", _check(request, found, form, shown_by))
        except ConsentRefused as error:
            form.add_error(None, str(error))
    current = queries.answers(request.user, found).filter(is_current=True).first()
    context = {"client": found, "form": form, "answer": answer_words(current), "up": _next(request, client)}
    return render(request, "consent/answer.html", context)


def _next(request: HttpRequest, client: int) -> str:
    """Where somebody goes on: to the enrollment that they came from, or to the client's papers."""
    if request.GET.get("then") == "enroll" and request.user.may(Permission.ENROLLMENT_EDIT):
        return reverse("enrollments:choose", args=[client])
    return reverse("consent:papers", args=[client])


def _typed(request: HttpRequest) -> dict[str, Any]:
    """What the form begins with: as it was typed, or what the address names."""
    if request.method == "POST":
        return {name: request.POST[name] for name in AnswerForm.base_fields if name in request.POST}
    return {name: request.GET[name] for name in ("form", "method") if name in request.GET}


def _check(request: HttpRequest, client: Client, form: AnswerForm, shown_by: ShownBy) -> dict[str, Any]:
    """What the page of the second step shows. Raises ConsentRefused."""
    values = form.cleaned_data
    would = preview(by=request.user, client=client, organization=form.taking(), values=values)
    document = form.releases.get(values["form"])
    is_signed_here = values["method"] == Method.SIGNED_ON_SCREEN
    text = documents.document(request.user, document.pk) if document and is_signed_here else None
    return {
        "client": client,
        "up": _next(request, client.pk),
        "form": shown_by,
        "said": form.said(),
        "typed": [
            (name, value) for name in form.fields for value in request.POST.getlist(form.add_prefix(name))
        ],
        "would": would,
        "called_back": CALLED_BACK if would.holds and would.cannot_be_called_back else "",
        "document": text,
        "blocks": [one for one in blocks(text.text) if one.kind != "line"] if text else [],
        "signed": signed_answer(values["choice"], text.language) if text else None,
    }
