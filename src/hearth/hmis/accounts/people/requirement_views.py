"""Agreements and training: of people and of organizations, recorded and withdrawn by whoever administers
them, and what each asks, published in versions by system administrators."""

from collections.abc import Sequence

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from hearth.hmis.access import requirement_records as records
from hearth.hmis.access.guard import refuse, refuse_as_missing, require
from hearth.hmis.access.models import RequirementMet
from hearth.hmis.access.permissions import Permission
from hearth.hmis.access.recent import signed_in_recently
from hearth.hmis.access.requirements import REQUIREMENTS
from hearth.hmis.access.roles import ROLES
from hearth.hmis.accounts.people import met_sheet
from hearth.hmis.accounts.people.forms import (
    MetForm,
    MetSheetForm,
    OrganizationMetForm,
    RequirementForm,
    WithdrawForm,
)
from hearth.hmis.accounts.people.sheet_page import SheetPage
from hearth.hmis.accounts.people.views import helped, sent
from hearth.hmis.organizations.choices import organization_names
from hearth.hmis.organizations.models import Organization
from hearth.hmis.ui import formats


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
    return render(
        request, "people/withdraw_met.html", {"person": found, "of": found.user, "made": one, "form": form}
    )


@require(Permission.USER_EDIT)
def record_many(request: HttpRequest) -> HttpResponse:
    """Agreements and training of many people from a spreadsheet: sent, looked at line by line, recorded."""
    kinds = [one.name for one in REQUIREMENTS.values() if not one.of_organization]
    page = SheetPage(
        address="people:record_many", up="people:requirements", form=MetSheetForm,
        template="people/met_sheet.html", words={"kinds": kinds},
        check_template="people/met_sheet_check.html", check_words={},
        checked=met_sheet.checked, write=_record_lines,
    )  # fmt: skip
    return page.answer(request)


def _record_lines(request: HttpRequest, lines: Sequence[met_sheet.MetLine]) -> str:
    return f"{formats.counted(met_sheet.record(by=request.user, lines=lines), 'record')} made."


@require_safe
@require(Permission.USER_EDIT)
def index(request: HttpRequest) -> HttpResponse:
    """What is required, by which roles, in which version."""
    found = records.versions(request.user)
    context = {
        "requirements": [
            (kind, found[code], [role.name for role in ROLES.values() if kind in role.requires])
            for code, kind in REQUIREMENTS.items()
        ],
        "today": timezone.localdate(),
        "may_publish": request.user.everywhere(Permission.USER_EDIT),
    }
    return render(request, "people/requirements.html", context)


@require(Permission.USER_EDIT)
@signed_in_recently(methods=("POST",))
def publish(request: HttpRequest, kind: str) -> HttpResponse:
    """Publish a new version of what a requirement asks."""
    named = REQUIREMENTS.get(kind)
    if named is None:
        raise Http404
    if not request.user.everywhere(Permission.USER_EDIT):
        refuse(request, needed=Permission.USER_EDIT)
    newest = records.newest(named)
    start = {"text": newest.text, "valid_days": newest.valid_days, "counts_from": newest.counts_from}
    form = RequirementForm(sent(request), initial=start)
    if request.method == "POST" and form.is_valid():
        try:
            made = records.publish(by=request.user, kind=named, **form.cleaned_data)
        except ValueError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, f"Published: {made}.")
            return redirect("people:requirements")
    return render(request, "people/publish_requirement.html", {"kind": named, "newest": newest, "form": form})


@require_safe
@require(Permission.USER_EDIT)
def organizations(request: HttpRequest) -> HttpResponse:
    """The organizations in whose projects the viewer administers people, and which agreed."""
    rows = _of_viewer(request)
    names = organization_names(rows)
    standings = records.of_organizations(list(names))
    shown = [(pk, names[pk], standings[pk]) for pk in sorted(names, key=lambda pk: names[pk].casefold())]
    return render(request, "people/organizations.html", {"organizations": shown})


@require(Permission.USER_EDIT)
@signed_in_recently(methods=("POST",))
def organization(request: HttpRequest, pk: int) -> HttpResponse:
    """One organization: its agreements, and one more."""
    found = _organization(request, pk)
    form = OrganizationMetForm(sent(request))
    may_record = _may_record(found)
    if request.method == "POST" and not may_record:
        refuse(request, pk=pk)
    if request.method == "POST" and form.is_valid():
        kind = REQUIREMENTS[form.cleaned_data["kind"]]
        try:
            records.record(
                by=request.user, kind=kind, organization=found.pk, met_on=form.cleaned_data["met_on"],
                note=form.cleaned_data["note"],
            )  # fmt: skip
        except ValueError as error:
            form.add_error("met_on", str(error))
        except PermissionDenied:
            refuse(request, pk=pk)
        else:
            messages.success(request, f"{kind.name} is recorded for {found}.")
            return redirect("people:organization", pk=pk)
    context = {
        "organization": found,
        "standings": records.of_organizations([found.pk])[found.pk],
        "met": records.all_of_organization(request.user, found.pk),
        "may_record": may_record,
        "form": form,
    }
    return render(request, "people/organization.html", context)


@require(Permission.USER_EDIT)
@signed_in_recently(methods=("POST",))
def withdraw_of_organization(request: HttpRequest, pk: int, made: int) -> HttpResponse:
    """Take a record of an organization back, with a reason."""
    found = _organization(request, pk)
    one = next((one for one in records.all_of_organization(request.user, found.pk) if one.pk == made), None)
    if one is None:
        refuse_as_missing(request, pk=pk, made=made)
    if not records.may_record(one):
        refuse(request, pk=pk, made=made)
    form = WithdrawForm(sent(request))
    if request.method == "POST" and form.is_valid():
        try:
            records.withdraw(by=request.user, made=one, reason=form.cleaned_data["reason"])
        except ValueError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, f"The record is withdrawn: {one.named.name}.")
            return redirect("people:organization", pk=pk)
    context = {"organization": found, "of": found, "made": one, "form": form}
    return render(request, "people/withdraw_met.html", context)


def _of_viewer(request: HttpRequest) -> QuerySet[Organization]:
    rows = Organization.objects.filter(date_deleted=None).select_related("data_source")
    if request.user.everywhere(Permission.USER_EDIT):
        return rows
    return rows.filter(projects__in=request.user.projects(Permission.USER_EDIT)).distinct()


def _organization(request: HttpRequest, pk: int) -> Organization:
    found = _of_viewer(request).filter(pk=pk).first() if pk < 1 << 63 else None
    if found is None:
        refuse_as_missing(request, pk=pk)
    return found


def _may_record(of: Organization) -> bool:
    kind = next(code for code, one in REQUIREMENTS.items() if one.of_organization)
    return records.may_record(RequirementMet(kind=kind, version=1, organization_id=of.pk))
