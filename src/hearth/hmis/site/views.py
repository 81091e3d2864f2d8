"""How the installation does: for whoever runs it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from hearth.hmis.access import comparable
from hearth.hmis.access.guard import require
from hearth.hmis.access.permissions import Permission
from hearth.hmis.site import queries


@require_safe
@require(Permission.SYSTEM_VIEW)
def system(request: HttpRequest) -> HttpResponse:
    """Worker, mail, what is done at night, and mails that were not sent."""
    mails = queries.mails_not_sent(request.user)
    context = {
        "database_agrees": comparable.database_agrees(),
        "worker": queries.worker_was_seen(),
        "mail_goes_to": queries.where_mail_goes(),
        "mail_waits_since": queries.waiting_since(),
        "duties": queries.duties(request.user),
        "mails": queries.in_words(mails),
        "mail_count": mails.count(),
    }
    return render(request, "site/system.html", context)
