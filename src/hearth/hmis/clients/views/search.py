"""Finding a client. What is searched for travels in the body of a POST: no address ever holds a name."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from hearth.hmis.access import limits
from hearth.hmis.access.guard import require
from hearth.hmis.access.permissions import Permission
from hearth.hmis.clients import actions, queries
from hearth.hmis.clients.forms import SearchForm
from hearth.hmis.clients.search import question

#: Scores from here on mean that all of the name fits, or an SSN, an ID or a birth date.
GOOD_SCORE = 6.0


@require_http_methods(["GET", "HEAD", "POST"])
@require(Permission.CLIENT_SEARCH)
def search(request: HttpRequest) -> HttpResponse:
    """The search page (GET), and its results as a page or, asked by htmx, as a part of one (POST)."""
    if request.method != "POST":
        return render(request, "clients/search.html", {"form": SearchForm(), "recent": _recent(request)})
    form = SearchForm(request.POST)
    form.is_valid()  # nothing typed is wrong: a page that is no number is the first
    text = form.cleaned_data.get("q", "")
    page = form.cleaned_data.get("page") or 1
    today = timezone.localdate()
    asked = question.read(text, today)
    context = {"form": form, "asked": asked, "text": text[: question.LONGEST], "longest": question.LONGEST}
    if asked.is_empty:
        context["recent"] = _recent(request)
    elif stopped := limits.use(by=request.user, what=limits.SEARCHES):
        context["stopped"] = stopped
    else:
        found = queries.search(request.user, asked, page=page, today=today)
        actions.record_search(
            by=request.user,
            kinds=asked.kinds,
            found=[one.client.pk for one in found],
            total=found.paginator.count,
            page=found.number,
        )
        context |= {
            "found": found,
            "only_similar": bool(found) and found.number == 1 and found[0].score < GOOD_SCORE,
            "is_capped": found.paginator.count >= queries.PAGE_ROWS * queries.MOST_PAGES,
        }
    part = request.headers.get("HX-Target") == "search-results"
    template = "clients/parts/results.html" if part else "clients/search.html"
    return stopped_or(render(request, template, context), context.get("stopped"))


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


def _recent(request: HttpRequest) -> list:
    return queries.recent(request.user)
