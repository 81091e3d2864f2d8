"""`/metrics` for Prometheus: to callers on this machine, or with the token of HEARTH_METRICS_TOKEN."""

import hmac

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe
from django_prometheus.exports import ExportToDjangoView

from hearth.hmis.site.client_address import is_local


@login_not_required
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """The figures of this process; 404 to everybody else, so that its existence is not shown."""
    if not (is_local(request) or _has_token(request)):
        raise Http404
    return ExportToDjangoView(request)


def _has_token(request: HttpRequest) -> bool:
    given = request.headers.get("Authorization", "").removeprefix("Bearer ").encode()
    return bool(settings.METRICS_TOKEN) and hmac.compare_digest(given, settings.METRICS_TOKEN.encode())
