"""The pages of people: the list, one person with grants and account, giving and ending a grant.

Who may do what to whom is the database's to say; what it refuses here was asked with a forged form, or
changed since the page was made, and is written down as a refusal.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from allauth.utils import build_absolute_uri
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from hearth.hmis.access import actions as rights
from hearth.hmis.access import requirement_records as records
from hearth.hmis.access.guard import refuse, refuse_as_missing, require
from hearth.hmis.access.models import Grant
from hearth.hmis.access.permissions import Permission
from hearth.hmis.access.recent import signed_in_recently
from hearth.hmis.access.roles import Role
from hearth.hmis.accounts import actions as doors
from hearth.hmis.accounts.people import actions, listing, places, queries, spreadsheet
from hearth.hmis.accounts.people.forms import AddForm, EndForm, FirstPasswordForm, GrantForm, SheetForm
from hearth.hmis.accounts.people.queries import Person
from hearth.hmis.accounts.people.sheet_page import SheetPage
from hearth.hmis.audit.actions import record_access
from hearth.hmis.audit.models.access_log import Access
from hearth.hmis.clients.search import kept
from hearth.hmis.lists.queries import query
from hearth.hmis.ui import formats, sheets


@require(Permission.USER_EDIT)
def index(request: HttpRequest) -> HttpResponse:
    """Everybody whom the viewer administers. A search is sent by POST and kept: no name is in an address."""
    if request.method == "POST":
        return kept.searched_list(request)
    words = kept.words_of_list(request)
    shown, everybody = listing.listed(
        request.user, query(request.user, "people", request.GET), path=request.path,
        words=words or "", lost=words is None,
    )  # fmt: skip
    if kind := shown.asked.download:
        if not shown.can_download:
            refuse(request, needed=Permission.DATA_EXPORT)
        record_access(
            by=request.user.pk, action=Access.DOWNLOADED, subject="people", kind=kind, rows=shown.total,
            filters=shown.asked.chosen, searched=bool(shown.words),
        )  # fmt: skip
        about = sheets.about_list(shown, [], request.user)
        return sheets.response(
            kind, "people", *shown.asked.taken(listing.HEADINGS, listing.cells(everybody)), about
        )
    return render(request, "people/index.html", {"shown": shown})


@require_safe
@require(Permission.USER_EDIT)
def person(request: HttpRequest, pk: int) -> HttpResponse:
    """One person: account, grants, and what they may do through which."""
    found = person_of(request, pk)
    is_oneself = found.user.pk == request.user.pk
    may_help = not is_oneself and queries.may_administer(found.user)
    standing = [*found.now, *found.coming]
    missing = records.missing(found.now)
    context = {
        "person": found,
        "is_oneself": is_oneself,
        "may_help": may_help,
        "sees_all": request.user.everywhere(Permission.USER_EDIT),
        "may_end": set() if is_oneself else queries.may_give(standing),
        "standing": standing,
        "closed": [(one, missing[one.pk]) for one in found.now if one.pk in missing],
        "requirements": records.of_user(found.user, standing),
        "met": records.all_of_user(request.user, found.user) if may_help or is_oneself else [],
        "what_they_may": queries.what_they_may(found.now),
        "doors": queries.doors(found.user) if may_help else None,
        "mail_is_set": actions.mail_is_set(),
    }
    return render(request, "people/person.html", context)


@require(Permission.USER_EDIT)
@signed_in_recently(methods=("POST",))
def give(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a grant: which role, where and when, a look at what it means, and then it is given."""
    found = person_of(request, pk)
    if found.user.pk == request.user.pk:
        raise Http404
    role = _role(request)
    if role is None:
        return render(
            request, "people/roles.html", {"person": found, "roles": places.roles_for(request.user)}
        )
    form = GrantForm(sent(request), places=places.places_for(request.user, role))
    context: dict[str, Any] = {"person": found, "role": role, "form": form}
    if request.method == "POST" and form.is_valid():
        if "given" not in request.POST:
            context["preview"] = places.preview(request.user, role, form.scope)
            context["place"] = form.places[form.cleaned_data["place"]]
            return render(request, "people/give_preview.html", context)
        try:
            rights.give_grant(by=request.user, user=found.user, role=role, **form.chosen())
        except ValueError as error:
            form.add_error(None, str(error))
        except PermissionDenied:
            form.add_error(None, _NOT_YOURS)
        else:
            messages.success(request, f"{found.user} is {role.name} now, from the next click on.")
            return redirect("people:person", pk=pk)
    return render(request, "people/give.html", context)


_NOT_YOURS = "You may not give this any more: your own rights changed. Nothing was given."


def _role(request: HttpRequest) -> type[Role] | None:
    """The role that the address names, of those that the viewer may give."""
    asked = request.GET.get("role", "")
    if not asked:
        return None
    role = next((one for one in places.roles_for(request.user) if one.code == asked), None)
    if role is None:
        raise Http404
    return role


@require(Permission.USER_EDIT)
@signed_in_recently(methods=("POST",))
def add(request: HttpRequest) -> HttpResponse:
    """Add a person with a first grant: which role, who and where, a look at what it means."""
    role = _role(request)
    if role is None:
        return render(request, "people/add_roles.html", {"roles": places.roles_for(request.user)})
    form = AddForm(sent(request), places=places.places_for(request.user, role))
    context: dict[str, Any] = {"role": role, "form": form, "mail_is_set": actions.mail_is_set()}
    if request.method == "POST" and form.is_valid():
        if "given" not in request.POST:
            context["preview"] = places.preview(request.user, role, form.scope)
            context["place"] = form.places[form.cleaned_data["place"]]
            return render(request, "people/add_preview.html", context)
        try:
            added = actions.add(by=request.user, site=_site(request), role=role, **form.chosen())
        except ValueError as error:
            form.add_error(None, str(error))
        except PermissionDenied:
            form.add_error(None, _NOT_YOURS)
        else:
            messages.success(request, _said_of(added))
            return redirect("people:person", pk=added.user.pk)
    return render(request, "people/add.html", context)


def _site(request: HttpRequest) -> str:
    return str(build_absolute_uri(request, "/"))


def _said_of(added: actions.Added) -> str:
    if not added.is_new:
        return f"{added.user.email} had an account already, and has the grant now."
    if added.is_invited:
        return f"{added.user} is added. An invitation goes to {added.user.email}."
    return f"{added.user} is added. There is no mail server: set a first password, and tell it in person."


@require(Permission.USER_EDIT)
def add_many(request: HttpRequest) -> HttpResponse:
    """Many people from a spreadsheet: sent, then looked at line by line, then added."""
    page = SheetPage(
        address="people:add_many", up="people:index", form=SheetForm,
        template="people/sheet.html", words={"columns": spreadsheet.COLUMNS},
        check_template="people/sheet_check.html", check_words={"mail_is_set": actions.mail_is_set()},
        checked=spreadsheet.checked, write=_add_lines,
    )  # fmt: skip
    return page.answer(request)


def _add_lines(request: HttpRequest, lines: Sequence[spreadsheet.Line]) -> str:
    added = actions.add_many(by=request.user, site=_site(request), lines=lines)
    invited = " and invited by mail." if actions.mail_is_set() else ". Set a first password for each."
    return f"{formats.counted(len(added), 'person')} added{invited}"


@require(Permission.USER_EDIT)
@signed_in_recently(methods=("POST",))
def end(request: HttpRequest, pk: int, grant: int) -> HttpResponse:
    """Ask first, saying what stops and when, and then end a grant."""
    found = person_of(request, pk)
    ended = queries.grant(request.user, found.user, grant)
    if ended is None:
        refuse_as_missing(request, pk=pk, grant=grant)
    if found.user.pk == request.user.pk or not queries.may_give([ended]):
        refuse(request, pk=pk, grant=grant)
    form = EndForm(sent(request))
    if request.method == "POST" and form.is_valid():
        try:
            rights.end_grant(by=request.user, grant=ended, reason=form.cleaned_data["reason"])
        except ValueError as error:
            form.add_error(None, str(error))
        except PermissionDenied:
            refuse(request, pk=pk, grant=grant)
        else:
            messages.success(request, f"The grant is ended: {ended.role_name}, {ended.place}.")
            return redirect("people:person", pk=pk)
    return render(request, "people/end.html", _ending(found, ended) | {"form": form})


def _ending(found: Person, ended: Grant) -> dict[str, Any]:
    return {
        "person": found,
        "grant": ended,
        "is_over": ended in found.over,
        "stops": queries.what_stops(ended, found.now) if ended in found.now else [],
    }


@require(Permission.USER_EDIT)
@signed_in_recently(methods=("POST",))
def password(request: HttpRequest, pk: int) -> HttpResponse:
    """Set a first password, for whoever cannot get a mail."""
    found = helped(request, pk)
    form = FirstPasswordForm(sent(request))
    if request.method == "POST" and form.is_valid():
        try:
            actions.set_first_password(
                by=request.user, user=found.user, password=form.cleaned_data["password1"]
            )
        except ValueError as error:
            form.add_error("password1", str(error))
        except PermissionDenied:
            refuse(request, pk=pk)
        else:
            messages.success(request, f"{found.user} has a new password. Tell it in person.")
            return redirect("people:person", pk=pk)
    return render(request, "people/password.html", {"person": found, "form": form})


@dataclass(frozen=True, slots=True)
class _Deed:
    """Something done to an account with one button: what the page asks, what it says happens, the button,
    and what does it and says so."""

    asks: str
    means: str
    button: str
    do: Callable[[HttpRequest, Person], str]


def _unlock(request: HttpRequest, found: Person) -> str:
    tries = doors.unlock(by=request.user, email=found.user.email)
    return f"{found.user} may sign in again; {formats.counted(tries, 'failed try,failed tries')} forgotten."


def _end_sessions(request: HttpRequest, found: Person) -> str:
    ended = doors.end_sessions(by=request.user, email=found.user.email)
    return f"{found.user} is signed out everywhere: {formats.counted(ended, 'session')} ended."


def _reset_second_step(request: HttpRequest, found: Person) -> str:
    had = doors.reset_mfa(by=request.user, email=found.user.email)
    return f"{found.user} signs in with the password alone." if had else f"{found.user} had no second step."


def _deactivate(request: HttpRequest, found: Person) -> str:
    doors.deactivate(by=request.user, email=found.user.email)
    return f"{found.user} cannot sign in any more."


def _reactivate(request: HttpRequest, found: Person) -> str:
    doors.reactivate(by=request.user, email=found.user.email)
    return f"{found.user} may sign in again."


def _send_link(request: HttpRequest, found: Person) -> str:
    lifetime = actions.send_link(by=request.user, user=found.user, site=_site(request))
    hours = round(lifetime.total_seconds() / 3600)
    held = formats.counted(lifetime.days, "day") if lifetime.days else formats.counted(hours, "hour")
    return f"A link to set a password goes to {found.user.email}. It holds for {held}."


_DEEDS = {
    "unlock": _Deed(
        "Unlock this account?",
        "The failed tries are forgotten, and the right password opens the account again.",
        "Unlock",
        _unlock,
    ),
    "end-sessions": _Deed(
        "End all sessions?",
        "Whoever is signed in with this account, on whatever device, is signed out at the next click.",
        "End all sessions",
        _end_sessions,
    ),
    "reset-second-step": _Deed(
        "Take the second step away?",
        "Authenticator apps, passkeys and recovery codes of this account stop working, and the password alone"
        " signs in. Make sure that you speak with the person.",
        "Take it away",
        _reset_second_step,
    ),
    "deactivate": _Deed(
        "Deactivate this account?",
        "Nobody can sign in with it any more, and open sessions end at the next click. The grants stay, and"
        " hold again once the account is reactivated.",
        "Deactivate",
        _deactivate,
    ),
    "reactivate": _Deed(
        "Reactivate this account?",
        "Its password opens it again, with the grants that are in force.",
        "Reactivate",
        _reactivate,
    ),
    "send-link": _Deed(
        "Send a link to set a password?",
        "A mail goes to the address of the account. Who reads it can set a new password.",
        "Send the link",
        _send_link,
    ),
}


@require(Permission.USER_EDIT)
@signed_in_recently(methods=("POST",))
def do(request: HttpRequest, pk: int, what: str) -> HttpResponse:
    """Ask first, and then do one of the deeds above."""
    deed = _DEEDS.get(what)
    if deed is None:
        raise Http404
    found = helped(request, pk)
    if request.method == "POST":
        try:
            messages.success(request, deed.do(request, found))
        except ValueError as error:
            messages.error(request, str(error))
        except PermissionDenied:
            refuse(request, pk=pk)
        return redirect("people:person", pk=pk)
    return render(request, "people/do.html", {"person": found, "deed": deed})


def person_of(request: HttpRequest, pk: int) -> Person:
    """The person of an address; 404, written down, where there is none for the viewer."""
    found = queries.person(request.user, pk)
    if found is None:
        refuse_as_missing(request, pk=pk)
    return found


def helped(request: HttpRequest, pk: int) -> Person:
    """A person with whose account the viewer may help; with the own one one helps oneself elsewhere."""
    found = person_of(request, pk)
    if found.user.pk == request.user.pk or not queries.may_administer(found.user):
        refuse(request, pk=pk)
    return found


def sent(request: HttpRequest) -> Any:
    """What a form was sent with; None where it is only shown."""
    return request.POST if request.method == "POST" else None
