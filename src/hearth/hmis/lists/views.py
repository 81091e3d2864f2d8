"""Choosing the columns of a list, and keeping views of it. Every answer leads back to the list."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from hearth.hmis.access.guard import require_one
from hearth.hmis.access.permissions import Permission
from hearth.hmis.lists import actions
from hearth.hmis.lists.forms import ViewForm, columns_of

#: Who has lists.
_OF_LISTS = require_one(Permission.REPORT_VIEW, Permission.DATA_IMPORT, Permission.CLIENT_EDIT)


@_OF_LISTS
@require_POST
def columns(request: HttpRequest, name: str) -> HttpResponse:
    """Show the list with these columns from now on; those it begins with where `reset` is pressed."""
    given = [] if "reset" in request.POST else request.POST.getlist("column")
    actions.keep_columns(by=request.user, name=name[:60], columns=columns_of(given))
    return _back(request)


@_OF_LISTS
@require_POST
def views(request: HttpRequest, name: str) -> HttpResponse:
    """Keep what the list shows under a name."""
    form = ViewForm(request.POST)
    if not form.is_valid():
        messages.error(request, " ".join(text for one in form.errors.values() for text in one))
        return _back(request)
    try:
        actions.keep_view(
            by=request.user,
            name=name[:60],
            called=form.cleaned_data["called"],
            asked=form.cleaned_data["asked"],
        )
    except actions.TooMany as error:
        messages.error(request, str(error))
    else:
        messages.success(request, "The view is saved. Only you see it.")
    return _back(request)


@_OF_LISTS
@require_POST
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Forget a view of one's own."""
    if not (0 < pk < 1 << 63 and actions.remove_view(by=request.user, pk=pk)):
        raise Http404
    messages.success(request, "The view is removed.")
    return _back(request)


def _back(request: HttpRequest) -> HttpResponse:
    """To the list, on this site alone."""
    to = request.POST.get("next", "")
    if not (to.startswith("/") and url_has_allowed_host_and_scheme(to, allowed_hosts=None)):
        to = "/"
    return redirect(to)
