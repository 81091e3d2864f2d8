"""Who can see a client, and why."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from hearth.hmis.access.guard import require
from hearth.hmis.access.permissions import Permission
from hearth.hmis.clients import actions as client_actions
from hearth.hmis.consent import queries
from hearth.hmis.consent import who_sees as seeing
from hearth.hmis.consent.views.papers import answer_words, client_of


@require_safe
@require(Permission.CLIENT_VIEW)
def who_sees(request: HttpRequest, client: int) -> HttpResponse:
    """The page: who the client is, and each stay."""
    found = client_of(request, client)
    client_actions.open_client(by=request.user, client=found, page="who sees")
    current = queries.answers(request.user, found).filter(is_current=True).first()
    context = {
        "client": found,
        "seen": seeing.who_sees(request.user, found),
        "current": current,
        "answer": answer_words(current),
        "not_all": seeing.NOT_ALL,
        "sees_stays": request.user.may(Permission.ENROLLMENT_VIEW),
    }
    return render(request, "consent/who_sees.html", context)
