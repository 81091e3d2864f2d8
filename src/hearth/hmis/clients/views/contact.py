"""The page of how a client is reached, and in which language."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from hearth.hmis.access.guard import refuse_as_missing, require
from hearth.hmis.access.permissions import Permission
from hearth.hmis.clients import queries
from hearth.hmis.clients.actions import open_client
from hearth.hmis.clients.contact import actions
from hearth.hmis.clients.contact import queries as contacts
from hearth.hmis.clients.contact.forms import ContactForm, LanguageForm
from hearth.hmis.clients.models import Client, Contact


@require_http_methods(["GET", "HEAD", "POST"])
@require(Permission.CLIENT_VIEW, Permission.CLIENT_EDIT)
def index(request: HttpRequest, pk: int) -> HttpResponse:
    """All that the user may see, and forms to add to it."""
    user, client = request.user, _client(request, pk)
    is_language = "language" in request.POST
    names = contacts.organizations_of(user)
    form = ContactForm(
        request.POST if request.method == "POST" and not is_language else None,
        names=names, today=timezone.localdate(),
    )  # fmt: skip
    known = contacts.language(user, client)
    language = LanguageForm(
        request.POST if is_language else None,
        initial={"language": known.language, "needs_interpreter": known.needs_interpreter} if known else None,
    )
    if is_language and language.is_valid():
        actions.say_language(by=user, client=client, **language.cleaned_data)
        messages.success(request, "The language was saved.")
        return redirect("clients:contact", pk)
    if form.is_bound and form.is_valid():
        said = dict(form.cleaned_data)
        organization = said.pop("organization")
        actions.add_contact(by=user, client=client, organization=organization, values=said)
        messages.success(request, "The way to reach the client was added.")
        return redirect("clients:contact", pk)
    if request.method != "POST":
        open_client(by=user, client=client, page="client contact")
    mine = set(names.values_list("pk", flat=True))
    rows = [(one, one.organization_id in mine) for one in contacts.of(user, client)]
    context = {"client": client, "form": form, "language_form": language, "contacts": rows}
    return render(request, "clients/contact.html", context)


@require_POST
@require(Permission.CLIENT_VIEW, Permission.CLIENT_EDIT)
def end(request: HttpRequest, pk: int, contact: int) -> HttpResponse:
    """It does not hold any more."""
    found = _mine(request, pk, contact)
    if found.until is None:
        actions.end_contact(by=request.user, contact=found)
        messages.success(request, "It ends today.")
    return redirect("clients:contact", pk)


@require_POST
@require(Permission.CLIENT_VIEW, Permission.CLIENT_EDIT)
def remove(request: HttpRequest, pk: int, contact: int) -> HttpResponse:
    """It was entered by mistake."""
    actions.remove_contact(by=request.user, contact=_mine(request, pk, contact))
    messages.success(request, "It was removed.")
    return redirect("clients:contact", pk)


def _mine(request: HttpRequest, pk: int, contact: int) -> Contact:
    found = contacts.one(request.user, _client(request, pk), contact)
    if found is None:
        refuse_as_missing(request, client=pk)
    return found


def _client(request: HttpRequest, pk: int) -> Client:
    client = queries.client(request.user, pk)
    if client is None or client.date_deleted is not None:
        refuse_as_missing(request, client=pk)
    return client
