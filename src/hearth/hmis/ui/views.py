"""Pages of the shell: home, help, the user's own account."""

from datetime import date

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_safe

from hearth.hmis.ui import examples, help_topics
from hearth.hmis.ui.examples import ExampleForm


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Where a working day starts: search, recent clients, last import, open tasks."""
    return render(request, "ui/pages/home.html")


@require_safe
def account(request: HttpRequest) -> HttpResponse:
    """The user's own account: who they are signed in as, and how to keep it safe."""
    return render(
        request,
        "ui/pages/account.html",
        {
            "grants": request.user.grants_now,
            "idle_minutes": settings.IDLE_SECONDS // 60,
        },
    )


@require_http_methods(["GET", "POST"])
def stay(request: HttpRequest) -> HttpResponse:
    """POST counts as activity, so that the session goes on. GET says whose it is, with what a page that was
    open before needs to go on in it: the token of forms, and for how many seconds it lasts at most."""
    if request.method == "POST":
        return HttpResponse(status=204)
    return JsonResponse(
        {"user": request.user.pk, "token": get_token(request), "seconds": request.session_seconds}
    )


@login_not_required
@require_safe
def help_index(request: HttpRequest) -> HttpResponse:
    """All help pages."""
    return render(request, "ui/help/index.html", {"topics": help_topics.topics()})


@login_not_required
@require_safe
def help_topic(request: HttpRequest, topic: str) -> HttpResponse:
    """One help page."""
    found = help_topics.find(topic)
    if found is None:
        raise Http404
    return render(
        request,
        found.template,
        {"topic": found, "topics": help_topics.topics(), **found.context()},
    )


@require_safe
def components(request: HttpRequest) -> HttpResponse:
    """Every component with invented content, for developers and for the accessibility tests."""
    page = Paginator(range(1, 403), 25).get_page(request.GET.get("page", "4"))
    rows = [
        ("Shelter A", "Emergency shelter", 40, date(2026, 1, 5)),
        ("Rapid B", "Rapid re-housing", 12, ""),
        ("Outreach C", "Street outreach", 1280, date(2025, 10, 1)),
    ]
    return render(
        request,
        "ui/pages/components.html",
        {
            "page": page,
            "rows": rows,
            "columns": ["Project", "Type", "Beds", "Since"],
            "form": ExampleForm(),
            "broken_form": ExampleForm({"project_types": "none"}),
            "day": date(2026, 3, 2),
            "shown": examples.records(request.GET),
        },
    )
