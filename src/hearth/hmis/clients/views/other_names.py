"""The page of a client's other names."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from hearth.hmis.access.guard import refuse_as_missing, require
from hearth.hmis.access.permissions import Permission
from hearth.hmis.clients import queries
from hearth.hmis.clients.actions import open_client
from hearth.hmis.clients.models import Client, NameKind
from hearth.hmis.clients.other_names import actions
from hearth.hmis.clients.other_names import queries as names
from hearth.hmis.clients.other_names.forms import OtherNameForm

_NEEDED = (Permission.CLIENT_VIEW, Permission.CLIENT_EDIT, Permission.CLIENT_NAME_VIEW)


@require_http_methods(["GET", "HEAD", "POST"])
@require(*_NEEDED)
def index(request: HttpRequest, pk: int) -> HttpResponse:
    """All names, and a form to add one."""
    client = _client(request, pk)
    form = OtherNameForm(request.POST if request.method == "POST" else None, today=timezone.localdate())
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        actions.add_name(
            by=request.user,
            client=client,
            kind=NameKind(said["kind"]),
            name=said["name"],
            since=said["since"],
        )
        messages.success(request, "The name was added.")
        return redirect("clients:other_names", pk)
    if request.method != "POST":
        open_client(by=request.user, client=client, page="client names")
    context = {"client": client, "form": form, "names": names.of(request.user, client)}
    return render(request, "clients/other_names.html", context)


@require_POST
@require(*_NEEDED)
def end(request: HttpRequest, pk: int, name: int) -> HttpResponse:
    """A name is used no more."""
    client = _client(request, pk)
    found = names.one(request.user, client, name)
    if found is None:
        refuse_as_missing(request, client=pk)
    if found.until is None:
        actions.end_name(by=request.user, name=found)
        messages.success(request, "The name ends today. The person is still found by it.")
    return redirect("clients:other_names", pk)


@require_POST
@require(*_NEEDED)
def remove(request: HttpRequest, pk: int, name: int) -> HttpResponse:
    """A name was entered by mistake."""
    client = _client(request, pk)
    found = names.one(request.user, client, name)
    if found is None:
        refuse_as_missing(request, client=pk)
    actions.remove_name(by=request.user, name=found)
    messages.success(request, "The name was removed.")
    return redirect("clients:other_names", pk)


def _client(request: HttpRequest, pk: int) -> Client:
    client = queries.client(request.user, pk)
    if client is None or client.date_deleted is not None:
        refuse_as_missing(request, client=pk)
    return client
