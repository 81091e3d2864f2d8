"""Adding, changing and removing the contacts of a region. Administrators only."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from hearth.hmis.access.guard import refuse_as_missing, require
from hearth.hmis.access.permissions import Permission
from hearth.hmis.organizations import actions, queries
from hearth.hmis.organizations.forms import ContactForm
from hearth.hmis.organizations.models import Region, RegionContact
from hearth.hmis.organizations.views.regions import find


@require(Permission.REGION_EDIT)
def add(request: HttpRequest, code: str) -> HttpResponse:
    """A new contact."""
    region = find(queries.regions(request.user), code)
    if region is None:
        refuse_as_missing(request)
    form = ContactForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        actions.add_contact(by=request.user, region=region, values=form.cleaned_data)
        return _done(request, region, "The contact was added.")
    return render(request, "organizations/contact_form.html", {"form": form, "region": region})


@require(Permission.REGION_EDIT)
def change(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """Change a contact."""
    contact = _contact(request, code, pk)
    initial = {name: getattr(contact, name) for name in actions.CONTACT_FIELDS}
    form = ContactForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        actions.change_contact(by=request.user, contact=contact, values=form.cleaned_data)
        return _done(request, contact.region, "The contact was changed.")
    context = {"form": form, "region": contact.region, "contact": contact}
    return render(request, "organizations/contact_form.html", context)


@require(Permission.REGION_EDIT)
def remove(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """Ask first, then remove a contact."""
    contact = _contact(request, code, pk)
    if request.method == "POST":
        actions.remove_contact(by=request.user, contact=contact)
        return _done(request, contact.region, "The contact was removed.")
    context = {"region": contact.region, "contact": contact}
    return render(request, "organizations/contact_remove.html", context)


def _contact(request: HttpRequest, code: str, pk: int) -> RegionContact:
    contact = queries.contact(request.user, code, pk)
    if contact is None:
        refuse_as_missing(request, pk=pk)
    return contact


def _done(request: HttpRequest, region: Region, text: str) -> HttpResponse:
    messages.success(request, text)
    return redirect(reverse("organizations:region", args=[region.code]) + "#contacts")
