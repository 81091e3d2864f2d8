"""Agreements and training of people: recorded by whoever administers the account, and withdrawn."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from hearth.hmis.access import requirement_records as records
from hearth.hmis.access.guard import refuse, refuse_as_missing, require
from hearth.hmis.access.permissions import Permission
from hearth.hmis.access.recent import signed_in_recently
from hearth.hmis.access.requirements import REQUIREMENTS
from hearth.hmis.accounts.people.forms import MetForm, WithdrawForm
from hearth.hmis.accounts.people.views import helped, sent


@require(Permission.USER_EDIT)
@signed_in_recently(methods=("POST",))
def record(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """Record that a person met a requirement on a day."""
    found = helped(request, pk)
    named = REQUIREMENTS.get(kind)
    if named is None or named.of_organization:
        raise Http404
    form = MetForm(sent(request))
    if request.method == "POST" and form.is_valid():
        try:
            records.record(
                by=request.user, kind=named, user=found.user, met_on=form.cleaned_data["met_on"],
                note=form.cleaned_data["note"],
            )  # fmt: skip
        except ValueError as error:
            form.add_error("met_on", str(error))
        except PermissionDenied:
            refuse(request, pk=pk)
        else:
            messages.success(request, f"{named.name} is recorded for {found.user}.")
            return redirect("people:person", pk=pk)
    return render(request, "people/record_met.html", {"person": found, "kind": named, "form": form})


@require(Permission.USER_EDIT)
@signed_in_recently(methods=("POST",))
def withdraw(request: HttpRequest, pk: int, made: int) -> HttpResponse:
    """Take a record back, with a reason."""
    found = helped(request, pk)
    one = next((one for one in records.all_of_user(request.user, found.user) if one.pk == made), None)
    if one is None:
        refuse_as_missing(request, pk=pk, made=made)
    form = WithdrawForm(sent(request))
    if request.method == "POST" and form.is_valid():
        try:
            records.withdraw(by=request.user, made=one, reason=form.cleaned_data["reason"])
        except ValueError as error:
            form.add_error(None, str(error))
        except PermissionDenied:
            refuse(request, pk=pk)
        else:
            messages.success(request, f"The record is withdrawn: {one.named.name}.")
            return redirect("people:person", pk=pk)
    return render(request, "people/withdraw_met.html", {"person": found, "made": one, "form": form})
