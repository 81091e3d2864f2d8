"""What every template may use: the site's name, the demonstration banner, whom to ask, the idle time."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def _demo_log_ins() -> list[str]:
    """What `hearth demo` prints of its accounts, line by line; nothing where people are real."""
    written = settings.DEMO_ACCOUNTS
    if not settings.IS_DEMO or not written.exists():
        return []
    return [line.strip() for line in written.read_text(encoding="utf-8").splitlines()]


def shell(request: HttpRequest) -> dict[str, Any]:
    """Context processor of the page frame."""
    return {
        "site_name": settings.SITE_NAME,
        "help_contact": settings.HELP_CONTACT,
        "is_demo": settings.IS_DEMO,
        "is_comparable": settings.COMPARABLE_DATABASE,
        "demo_log_ins": _demo_log_ins,
        "idle_seconds": settings.IDLE_SECONDS,
        # Set where the session is looked at (accounts/sessions.py).
        "session_seconds": getattr(request, "session_seconds", settings.SESSION_SECONDS),
        "session_hours": settings.SESSION_SECONDS // 3600,
    }
