"""The page of a client's family."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from hearth.hmis.access.guard import refuse_as_missing, require
from hearth.hmis.access.permissions import Permission
from hearth.hmis.clients import queries
from hearth.hmis.clients.actions import open_client
from hearth.hmis.clients.family import actions
from hearth.hmis.clients.family import queries as families
from hearth.hmis.clients.family.forms import FamilyForm
from hearth.hmis.clients.models import Client, FamilyTie
from hearth.hmis.clients.models.family import Kinship

_NEEDED = (Permission.CLIENT_VIEW, Permission.CLIENT_EDIT, Permission.ENROLLMENT_VIEW)


@require_http_methods(["GET", "HEAD", "POST"])
@require(*_NEEDED)
def index(request: HttpRequest, pk: int) -> HttpResponse:
    """Who belongs to the family, who is in the household beside, and a form to add somebody."""
    user, client = request.user, _client(request, pk)
    form = FamilyForm(
        request.POST if request.method == "POST" else None,
        initial={"other": request.GET.get("other", "")},
        user=user, client=client, today=timezone.localdate(),
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        others = {said["other"].pk: Kinship(said["kinship"])}
        actions.add_family(by=user, client=client, others=others, since=said["since"])
        messages.success(request, "The family was changed.")
        return redirect("clients:family", pk)
    if request.method != "POST":
        open_client(by=user, client=client, page="client family")
    context = {
        "client": client,
        "form": form,
        "family": families.family_of(user, client, past=True),
        "household": families.of_household(user, client),
    }
    return render(request, "clients/family.html", context)


@require_POST
@require(*_NEEDED)
def end(request: HttpRequest, pk: int, tie: int) -> HttpResponse:
    """They are no family any more."""
    found = _tie(request, pk, tie)
    if found.until is None:
        actions.end_tie(by=request.user, tie=found)
        messages.success(request, "It ends today.")
    return redirect("clients:family", pk)


@require_POST
@require(*_NEEDED)
def remove(request: HttpRequest, pk: int, tie: int) -> HttpResponse:
    """It was entered by mistake."""
    actions.remove_tie(by=request.user, tie=_tie(request, pk, tie))
    messages.success(request, "It was removed.")
    return redirect("clients:family", pk)


def _tie(request: HttpRequest, pk: int, tie: int) -> FamilyTie:
    found = families.tie(request.user, _client(request, pk), tie)
    if found is None:
        refuse_as_missing(request, client=pk)
    return found


def _client(request: HttpRequest, pk: int) -> Client:
    """One whose stays the user sees, and who is not restricted: else there is no such page."""
    client = queries.client(request.user, pk)
    if client is None or client.date_deleted is not None or not families.sees_stay(request.user, client):
        refuse_as_missing(request, client=pk)
    return client
