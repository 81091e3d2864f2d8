"""Who may know of a client: the restrictions of one, setting and ending them."""

from datetime import timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from hearth.hmis.access.guard import refuse_as_missing, require
from hearth.hmis.access.permissions import Permission
from hearth.hmis.clients import actions, queries, restrictions
from hearth.hmis.clients.forms import EndRestrictionForm, RestrictForm
from hearth.hmis.clients.models import Client


@require_http_methods(["GET", "HEAD", "POST"])
@require(Permission.CLIENT_VIEW, Permission.CLIENT_RESTRICT)
def restriction(request: HttpRequest, pk: int) -> HttpResponse:
    """The restrictions of a client that this user may know, and a new one."""
    client = _client(request, pk)
    user = request.user
    form = RestrictForm(
        request.POST or None,
        names=restrictions.names_for(user, client),
        everywhere=user.everywhere(Permission.CLIENT_RESTRICT),
    )
    if request.method == "POST" and form.is_valid():
        last_day = form.cleaned_data["last_day"]
        try:
            restrictions.restrict(
                by=user,
                client=client,
                organization=form.cleaned_data["organization"],
                reason=form.cleaned_data["reason"],
                ends_on=last_day + timedelta(days=1) if last_day else None,
            )
        except ValueError as error:
            form.add_error("last_day", str(error))
        else:
            messages.success(request, "The client is restricted from now on.")
            return redirect("clients:restriction", pk=pk)
    if request.method != "POST":
        actions.open_client(by=user, client=client, page="client restriction")
    rows = list(restrictions.of(user, client))
    context = {
        "client": client,
        "form": form,
        "is_restricted": restrictions.is_in_force(client),
        "current": [one for one in rows if not one.is_over],
        "past": [one for one in rows if one.is_over],
    }
    return render(request, "clients/restriction.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@require(Permission.CLIENT_VIEW, Permission.CLIENT_RESTRICT)
def end(request: HttpRequest, pk: int, restriction: int) -> HttpResponse:
    """End a restriction, with why."""
    client = _client(request, pk)
    found = restrictions.of(request.user, client).filter(pk=restriction).first()
    if found is None:
        refuse_as_missing(request, client=pk, restriction=restriction)
    form = EndRestrictionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            restrictions.end(by=request.user, restriction=found, reason=form.cleaned_data["reason"])
        except ValueError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, "The restriction has ended.")
        return redirect("clients:restriction", pk=pk)
    return render(request, "clients/restriction_end.html", {"client": client, "one": found, "form": form})


def _client(request: HttpRequest, pk: int) -> Client:
    """The client, where the user may restrict them; else the page is missing as any other."""
    client = queries.client(request.user, pk)
    if client is None or not restrictions.may_restrict(request.user, client):
        refuse_as_missing(request, client=pk)
    return client
