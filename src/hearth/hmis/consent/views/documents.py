"""The texts that clients are given and sign: list, versions, drafts, publishing, and the page to print."""

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from hearth.hmis.access.guard import refuse_as_missing, require
from hearth.hmis.access.permissions import Permission
from hearth.hmis.consent import document_actions, documents
from hearth.hmis.consent.document_actions import Refused
from hearth.hmis.consent.document_text import blocks
from hearth.hmis.consent.forms import DraftForm, PublishForm
from hearth.hmis.consent.models import ConsentDocument
from hearth.hmis.consent.models.document import DocumentKind, DocumentState
from hearth.hmis.ui import formats


@require_safe
@require(Permission.CONSENT_DOCUMENT_EDIT)
def index(request: HttpRequest) -> HttpResponse:
    """Every language, with what stands in it of each kind."""
    rows = documents.languages(request.user, timezone.localdate())
    used = [one.in_force for row in rows for _, one in row.standings if one.in_force]
    context = {"rows": rows, "kinds": list(DocumentKind), "examples": sum(one.is_example for one in used)}
    return render(request, "consent/documents.html", context)


@require_safe
@require(Permission.CONSENT_DOCUMENT_EDIT)
def document(request: HttpRequest, pk: int) -> HttpResponse:
    """One version, as clients read it, and the versions before and after it."""
    found = _document(request, pk)
    today = timezone.localdate()
    same = documents.versions(request.user, found.kind, found.language).defer("text")
    versions = [(one, one.state_on(today)) for one in same]
    context = _context(found) | {
        "versions": versions,
        "has_draft": any(state == DocumentState.DRAFT for _, state in versions),
    }
    return render(request, "consent/document.html", context)


@require_POST
@require(Permission.CONSENT_DOCUMENT_EDIT)
def draft(request: HttpRequest, kind: str, language: str) -> HttpResponse:
    """Begin the next version, or go on with the draft that is there."""
    if kind not in DocumentKind.values or language not in settings.CONSENT_LANGUAGES:
        raise Http404
    begun = document_actions.new_draft(by=request.user, kind=DocumentKind(kind), language=language)
    return redirect("consent:document_change", pk=begun.pk)


@require(Permission.CONSENT_DOCUMENT_EDIT)
def change(request: HttpRequest, pk: int) -> HttpResponse:
    """Write a draft."""
    found = _draft(request, pk)
    initial = {
        "title": found.title,
        "form_version": found.form_version,
        "text": found.text,
        "seen": found.updated_at.isoformat(),
    }
    form = DraftForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            document_actions.change_draft(by=request.user, document=found, **form.cleaned_data)
        except Refused as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "The draft was saved.")
            return redirect("consent:document", pk=pk)
    model = documents.model_text(request.user, found, timezone.localdate())
    context = _context(found) | {
        "form": form,
        "model": model,
        "model_blocks": blocks(model.text) if model else [],
    }
    return render(request, "consent/document_form.html", context)


@require(Permission.CONSENT_DOCUMENT_EDIT)
def publish(request: HttpRequest, pk: int) -> HttpResponse:
    """Put a draft in force from a day on."""
    found = _draft(request, pk)
    earliest = documents.earliest_day(request.user, found, timezone.localdate())
    people = documents.answered_before(request.user, found) if found.kind == DocumentKind.RELEASE else None
    form = PublishForm(request.POST or None, earliest=earliest, people=people)
    if request.method == "POST" and form.is_valid():
        try:
            document_actions.publish(
                by=request.user, document=found, begins_on=form.cleaned_data["begins_on"],
                asks_again=form.cleaned_data.get("asks_again", False),
            )  # fmt: skip
        except Refused as error:
            form.add_error("begins_on" if found.text else None, str(error))
        else:
            day = formats.day(form.cleaned_data["begins_on"])
            messages.success(request, f"{found} is published: in force from {day}.")
            return redirect("consent:document", pk=pk)
    versions = documents.versions(request.user, found.kind, found.language)
    before = versions.filter(begins_on__isnull=False).first()
    context = _context(found) | {"form": form, "before": before}
    return render(request, "consent/document_publish.html", context)


@require(Permission.CONSENT_DOCUMENT_EDIT)
def discard(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask first, then remove a draft."""
    found = _draft(request, pk)
    if request.method == "POST":
        try:
            document_actions.discard_draft(by=request.user, document=found)
        except Refused as error:
            messages.error(request, str(error))
        else:
            messages.success(request, "The draft was discarded.")
        return redirect("consent:documents")
    return render(request, "consent/document_discard.html", _context(found))


@require_safe
@require(Permission.CONSENT_DOCUMENT_EDIT)
def paper(request: HttpRequest, pk: int) -> HttpResponse:
    """One version as it comes out of the printer."""
    return render(request, "consent/paper.html", _context(_document(request, pk)))


def _document(request: HttpRequest, pk: int) -> ConsentDocument:
    found = documents.document(request.user, pk)
    if found is None:
        refuse_as_missing(request, pk=pk)
    return found


def _draft(request: HttpRequest, pk: int) -> ConsentDocument:
    """A version that can still be changed; a page of one that was published meanwhile is gone."""
    found = _document(request, pk)
    if found.begins_on is not None:
        raise Http404
    return found


def _context(found: ConsentDocument) -> dict:
    state = found.state_on(timezone.localdate())
    return {"document": found, "state": state, "blocks": blocks(found.text)}
