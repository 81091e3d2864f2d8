"""Adding a person: only from a search of one's own that found nobody right."""

from typing import Any

from django.contrib import messages
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods

from hearth.hmis.access import limits
from hearth.hmis.access.guard import refuse_as_missing, require
from hearth.hmis.access.permissions import Permission
from hearth.hmis.clients import actions, queries
from hearth.hmis.clients.intake import alike
from hearth.hmis.clients.intake import kept as kept_typed
from hearth.hmis.clients.intake.identity import IdentityForm
from hearth.hmis.clients.search import kept as kept_searches
from hearth.hmis.clients.search import question
from hearth.hmis.clients.search.prefilled import prefilled
from hearth.hmis.clients.views.looking_alike import told_apart, write_down
from hearth.hmis.organizations.entered import key_of_form, new_key

_LONGEST_KEY = 64
#: The element that htmx fills with people who are alike, while somebody types.
_PART = "alike"
#: What a request without a button of the form wants: to keep what was typed, or to begin once more.
_KEEP, _ANEW = "keep", "anew"
#: Inputs beside the fields that are kept with them.
_BESIDE = ("not_the_same", "key")
#: Begun with the words of the search; the first of them that those left empty has the focus.
_TYPED_FIRST = ("first_name", "last_name", "birth_date", "ssn")


@require_http_methods(["GET", "HEAD", "POST"])
@require(
    Permission.CLIENT_SEARCH, Permission.CLIENT_EDIT, Permission.CLIENT_NAME_VIEW, Permission.DOB_VIEW,
    Permission.SSN_LAST_FOUR_VIEW,
)  # fmt: skip
def add(request: HttpRequest, kept: str) -> HttpResponse:
    """The identity page, begun with what was searched for. Whoever is alike is told apart, one by one."""
    text = kept_searches.words(request.session, kept)
    if text is None:
        refuse_as_missing(request)
    user, today = request.user, timezone.localdate()
    if request.method != "POST":
        typed = kept_typed.typed(request.session, kept, text)
        if typed and not queries.added_with(user, key_of_form(user, typed.get("key", ""))):
            return _as_left(request, kept, typed)
        asked = question.read(text, today)
        form = IdentityForm(today=today, initial=prefilled(text, asked))
        left = [name for name in _TYPED_FIRST if not form.initial.get(name)]
        form.fields[left[0] if left else _TYPED_FIRST[0]].widget.attrs["data-begin"] = ""
        return _page(request, kept, form, [], key=new_key())
    if request.POST.get("do") == _ANEW:
        kept_typed.forget(request.session, kept)
        return redirect(request.get_full_path())
    kept_typed.keep(request.session, kept, text, request.POST, (*IdentityForm.base_fields, *_BESIDE))
    if request.POST.get("do") == _KEEP:
        return HttpResponse(status=204)
    key = request.POST.get("key", "")[:_LONGEST_KEY] or new_key()
    hud_id = key_of_form(user, key)
    if added := queries.added_with(user, hud_id):
        kept_typed.forget(request.session, kept)
        return _onward(request, added.pk)  # the same form, sent again
    form = IdentityForm(request.POST, today=today)
    is_valid = form.is_valid()
    is_typing = request.headers.get("HX-Target") == _PART
    if is_typing and (stopped := limits.use(by=user, what=limits.SEARCHES)):
        return _page(request, kept, form, [], key=key, stopped=stopped)
    found = alike.find(user, form.values, today)
    write_down(request, form.values, today, found)
    if is_typing:
        return _page(request, kept, form, found, key=key)
    apart = told_apart(request, found)
    if is_valid and len(apart) == len(found):
        try:
            client = actions.add_client(
                by=user,
                values=form.values,
                not_the_same=apart,
                key=hud_id,
                preferred_name=form.cleaned_data["preferred_name"],
                other_names=form.cleaned_data["other_names"],
            )
        except IntegrityError:
            client = queries.added_with(user, hud_id)  # by the same form, sent twice at once
            if client is None:
                raise
        kept_typed.forget(request.session, kept)
        messages.success(request, "The person was added.")
        return _onward(request, client.pk)
    if is_valid:
        form.add_error(None, "People below are alike. Say of each whether it is the same person.")
    return _page(request, kept, form, found, key=key)


def _as_left(request: HttpRequest, kept: str, typed: QueryDict) -> HttpResponse:
    """The page as somebody left it, with whoever is alike and what was said of them."""
    today = timezone.localdate()
    sent = IdentityForm(typed, today=today)
    sent.is_valid()
    fields = IdentityForm.base_fields.items()
    initial = {name: one.widget.value_from_datadict(typed, {}, name) for name, one in fields}
    form, found = IdentityForm(today=today, initial=initial), []
    stopped = limits.use(by=request.user, what=limits.SEARCHES)
    if not stopped:
        found = alike.find(request.user, sent.values, today)
        write_down(request, sent.values, today, found)
    key = typed.get("key", "") or new_key()
    return _page(request, kept, form, found, key=key, stopped=stopped, typed=typed)


def _then(request: HttpRequest) -> str:
    """The page of this site to which whoever is found or added is brought; '' where there is none."""
    then = request.GET.get("then", "")
    return then if then.startswith("/") and url_has_allowed_host_and_scheme(then, allowed_hosts=None) else ""


def _onward(request: HttpRequest, client: int) -> HttpResponse:
    if then := _then(request):
        return redirect(f"{then}{'&' if '?' in then else '?'}add={client}")
    if request.POST.get("do") == "enroll" and request.user.may(Permission.ENROLLMENT_EDIT):
        return redirect("enrollments:choose", client)
    return redirect("clients:detail", client)


def _page(
    request: HttpRequest,
    kept: str,
    form: IdentityForm,
    found: Any,
    *,
    key: str,
    stopped: str = "",
    typed: QueryDict | None = None,
) -> HttpResponse:
    part = request.headers.get("HX-Target") == _PART
    template = "clients/parts/alike.html" if part else "clients/add.html"
    said = set((typed or request.POST).getlist("not_the_same"))
    context = {
        "form": form,
        "found": list(found),
        "said": said,
        "kept": kept,
        "key": key,
        "stopped": stopped,
        "then": _then(request),
        "is_as_left": typed is not None,
    }
    return render(request, template, context)
