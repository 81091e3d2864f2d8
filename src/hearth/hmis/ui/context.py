"""What every template may use: the site's name, the demonstration banner, the idle time of a session."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def shell(request: HttpRequest) -> dict[str, Any]:
    """Context processor of the page frame."""
    return {
        "site_name": settings.SITE_NAME,
        "is_demo": settings.IS_DEMO,
        "idle_seconds": settings.IDLE_SECONDS,
    }
