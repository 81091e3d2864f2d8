"""A client's papers: documents to print or sign in their language, and what was signed."""

from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from hearth.hmis.access.guard import refuse_as_missing, require
from hearth.hmis.access.permissions import Permission
from hearth.hmis.clients import actions as client_actions
from hearth.hmis.clients import queries as client_queries
from hearth.hmis.clients.models import Client
from hearth.hmis.consent import answer_actions, documents, queries, sealed_files
from hearth.hmis.consent.choices import Method
from hearth.hmis.consent.document_text import blocks
from hearth.hmis.consent.file_fields import PAD_WORDS
from hearth.hmis.consent.models import Consent, ConsentDocument
from hearth.hmis.consent.models.document import DocumentKind, DocumentState
from hearth.hmis.consent.models.sealed_file import FilePurpose
from hearth.hmis.consent.paper_forms import PaperForm, SignForm, taking_words
from hearth.hmis.site.uploads import takes_sealed_files
from hearth.hmis.ui import formats


@require_safe
@require(Permission.CLIENT_VIEW)
def papers(request: HttpRequest, client: int) -> HttpResponse:
    """What there is to print and to sign, and what the own organizations hold of this client."""
    found = client_of(request, client)
    client_actions.open_client(by=request.user, client=found, page="papers")
    today = timezone.localdate()
    rows = documents.languages(request.user, today)
    with_text = [row for row in rows if any(one.in_force for _, one in row.standings)]
    current = queries.answers(request.user, found).filter(is_current=True).first()
    may_take = sealed_files.taking_organizations(request.user).exists()
    context = {
        "client": found,
        "kinds": list(DocumentKind),
        "rows": with_text,
        "missing": [row.name for row in rows if row not in with_text],
        "takings": queries.takings(request.user, found),
        "files": sealed_files.of_client(request.user, found),
        "may_take": may_take,
        "current": current,
        "answer": answer_words(current),
        "is_over": bool(current and current.ask_from and current.ask_from <= today),
        "is_older": current is not None and queries.is_older_form(request.user, current, today),
    }
    return render(request, "consent/papers.html", context)


@takes_sealed_files
@require(Permission.CLIENT_EDIT)
def add(request: HttpRequest, client: int) -> HttpResponse:
    """Store a paper that was signed by hand."""
    found = client_of(request, client)
    of_release = documents.in_force(request.user, DocumentKind.RELEASE, timezone.localdate())
    form = PaperForm(
        request.POST or None,
        request.FILES or None,
        organizations=sealed_files.taking_organizations(request.user),
        documents=of_release.defer("text"),
        takings=queries.takings(request.user, found),
    )
    if request.method == "POST" and form.is_valid():
        answer_actions.add_file(
            by=request.user, organization=form.taking(), client=found, purpose=FilePurpose.CONSENT_PAPER,
            file=form.cleaned_data["paper"], document=form.signed(), consent=form.answer(),
        )  # fmt: skip
        messages.success(request, "The signed paper was stored.")
        return redirect("consent:papers", client=client)
    return render(request, "consent/paper_add.html", {"client": found, "form": form})


@takes_sealed_files
@require(Permission.CLIENT_EDIT)
def sign(request: HttpRequest, client: int, pk: int) -> HttpResponse:
    """Show the release to the client and take the signature of an answer that lacks it below. Where
    none does, the answer is asked for first."""
    found, document = client_of(request, client), _in_force(request, pk)
    due = next((one for one in queries.takings(request.user, found) if one.signature_due), None)
    if due is None:
        asked = urlencode({"form": pk, "method": Method.SIGNED_ON_SCREEN.value})
        return redirect(f"{reverse('consent:answer', args=[client])}?{asked}")
    organizations = (
        [due.organization] if due.organization else sealed_files.taking_organizations(request.user)
    )
    form = SignForm(
        request.POST or None, request.FILES or None, organizations=organizations, language=document.language
    )
    if request.method == "POST" and form.is_valid():
        answer_actions.add_file(
            by=request.user, organization=form.taking(), client=found, purpose=FilePurpose.SIGNATURE,
            file=form.cleaned_data["signature"], document=document, consent=due.consent,
        )  # fmt: skip
        messages.success(request, "The signature was stored.")
        return redirect("consent:papers", client=client)
    to_read = [one for one in blocks(document.text) if one.kind != "line"]  # the form stands in their place
    context = {
        "client": found, "document": document, "blocks": to_read, "form": form, "answer": taking_words(due),
        "signed": signed_answer(due.consent.choice, document.language),
    }  # fmt: skip
    return render(request, "consent/sign.html", context)


@require_safe
@require(Permission.CLIENT_VIEW)
def sheet(request: HttpRequest, client: int, pk: int) -> HttpResponse:
    """A document to print for this client; their name stands on it only when it is asked for."""
    found, document = client_of(request, client), _in_force(request, pk)
    client_actions.open_client(by=request.user, client=found, page="a printed document")
    context = {
        "client": found,
        "document": document,
        "state": DocumentState.IN_FORCE,
        "blocks": blocks(document.text),
        "with_name": request.GET.get("name") == "1",
    }
    return render(request, "consent/client_paper.html", context)


def answer_words(current: Consent | None) -> str:
    """What was answered, as pages say it."""
    return (
        f"{settings.CONSENT_SCHEME.words(current.choice)}, {formats.day(current.given_on)}" if current else ""
    )


def signed_answer(choice: str, language: str) -> dict[str, str]:
    """What stands above the box to sign in: the answer, as far as it is written in the client's language."""
    answer = settings.CONSENT_SCHEME.answers.get(choice)
    said, its_language = answer.said_in(language) if answer else (choice, "en")
    written = language if language in PAD_WORDS else "en"
    label = PAD_WORDS[written]["answer"]
    return {"label": label, "label_language": written, "said": said, "language": its_language}


def client_of(request: HttpRequest, pk: int) -> Client:
    """The client of an address, where this user may see them; else 404."""
    found = client_queries.client(request.user, pk)
    if found is None:
        refuse_as_missing(request, client=pk)
    return found


def _in_force(request: HttpRequest, pk: int) -> ConsentDocument:
    found = documents.document(request.user, pk)
    if found is None or found.state_on(timezone.localdate()) != DocumentState.IN_FORCE:
        refuse_as_missing(request, pk=pk)
    return found
