"""Finding a client. What is searched for travels in the body of a POST and stays on the server
(`search/kept.py`): the results have an address of their own, which holds a random id and never a name."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from hearth.hmis.access import limits
from hearth.hmis.access.guard import refuse_as_missing, require
from hearth.hmis.access.permissions import Permission
from hearth.hmis.clients import actions, queries
from hearth.hmis.clients.forms import SearchForm
from hearth.hmis.clients.search import kept as kept_searches
from hearth.hmis.clients.search import question, rights

#: The element that htmx fills while somebody types.
_PART = "search-results"


@require_http_methods(["GET", "HEAD", "POST"])
@require(Permission.CLIENT_SEARCH)
def search(request: HttpRequest) -> HttpResponse:
    """The search page (GET). What is sent (POST) is kept, and answered with the address of its results;
    htmx follows that by itself. What could find nobody in particular is answered at once and not kept."""
    if request.method != "POST":
        return render(request, "clients/search.html", {"form": SearchForm(), "recent": _recent(request)})
    form = SearchForm(request.POST)
    form.is_valid()  # nothing typed is wrong
    text = form.cleaned_data.get("q", "")[: question.LONGEST + 1]  # one more: that it was cut is said
    asked = question.read(text, timezone.localdate())
    if asked.is_empty:
        context = {"form": form, "asked": asked, "text": text, "recent": _recent(request)}
        return _answer(request, context, reverse("clients:search"))
    # As somebody types, the words replace those of a moment ago; a form that is sent is a search of its own,
    # to which Back leads.
    before = form.cleaned_data.get("kept", "") if _wants_part(request) else ""
    kept = kept_searches.keep(request.session, text, instead_of=before)
    return redirect("clients:found", kept)


@require_safe
@require(Permission.CLIENT_SEARCH)
def found(request: HttpRequest, kept: str) -> HttpResponse:
    """The results of a search of this session: anew each time, each time counted (`access/limits.py`) and in
    the access log, for each time people are shown."""
    text = kept_searches.words(request.session, kept)
    if text is None:
        refuse_as_missing(request)
    today = timezone.localdate()
    asked, unasked = rights.allowed(request.user, question.read(text, today))
    form = SearchForm(initial={"q": text[: question.LONGEST], "kept": kept})
    if stopped := limits.use(by=request.user, what=limits.SEARCHES):
        context = {"form": form, "kept": kept, "asked": asked, "stopped": stopped}
        return stopped_or(_answer(request, context, request.path), stopped)
    if asked.is_empty:
        context = {"form": form, "kept": kept, "asked": asked, "unasked": unasked, "text": text}
        return _answer(request, context, request.path)
    hits = queries.search(request.user, asked, page=_number(request.GET.get("page", "")), today=today)
    beside = [member.pk for one in hits if one.beside for member in one.beside.household]
    actions.record_search(
        by=request.user,
        kinds=asked.kinds,
        found=list(dict.fromkeys([one.client.pk for one in hits] + beside)),
        total=hits.paginator.count,
        page=hits.number,
        again=kept_searches.were_shown(request.session, kept) or hits.number > 1,
    )
    context = {
        "form": form,
        "kept": kept,
        "asked": asked,
        "unasked": unasked,
        "text": text,
        "longest": question.LONGEST,
        "found": hits,
        "groups": _groups(hits),
        "is_capped": hits.paginator.count >= queries.PAGE_ROWS * queries.MOST_PAGES,
    }
    return _answer(request, context, request.path)


def stopped_or(response: HttpResponse, stopped: str | None) -> HttpResponse:
    """The page that says why it was refused, as such; htmx puts it where it would put any other."""
    if stopped:
        response.status_code = 429
        response["X-Hearth-Part"] = "1"
    return response


@require_safe
@require(Permission.CLIENT_SEARCH)
def recent(request: HttpRequest) -> HttpResponse:
    """The clients this user opened last: a part of the home page, or a page of its own."""
    part = bool(request.headers.get("HX-Request"))
    template = "clients/parts/recent.html" if part else "clients/recent.html"
    return render(request, template, {"recent": _recent(request)})


def _groups(hits: Any) -> list[tuple[str, list[queries.Found]]]:
    """Exact hits and the others, each under its heading; a group without any is absent."""
    halves = [("Matches", [one for one in hits if one.is_exact])]
    halves.append(("Possible matches", [one for one in hits if not one.is_exact]))
    return [(heading, ones) for heading, ones in halves if ones]


def _answer(request: HttpRequest, context: dict[str, Any], address: str) -> HttpResponse:
    """The page, or for htmx its changing part with the address that the browser is to show."""
    if not _wants_part(request):
        return render(request, "clients/search.html", context)
    response = render(request, "clients/parts/results.html", context)
    response["HX-Replace-Url"] = address
    return response


def _wants_part(request: HttpRequest) -> bool:
    return request.headers.get("HX-Target") == _PART


def _number(typed: str) -> int:
    """A page as an address has it; what is no number is the first."""
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 5 else 1


def _recent(request: HttpRequest) -> list:
    return queries.recent(request.user)
