"""Structured logs: one JSON object a line on standard error, without client data.

What keeps client data out: our own events carry ids only; the path of a request is logged without its query
string and only where it matched an address of ours; messages of other libraries are logged without their
arguments; of an exception its type and the places in the code are logged, never its text, because a
database error quotes the row.
"""

import logging
import traceback
from collections.abc import MutableMapping
from typing import Any

import structlog

Event = MutableMapping[str, Any]

# Their messages are logged as templates, without what they were filled with.
_QUIET_ARGUMENTS = ("django", "axes", "allauth", "psycopg", "csp", "pghistory", "pgtrigger")


def template_only(logger: Any, method: str, event: Event) -> Event:
    """Drop the arguments of another library's message: they may hold addresses, names or values."""
    record = event.get("_record")
    if isinstance(record, logging.LogRecord) and record.name.split(".")[0] in _QUIET_ARGUMENTS:
        event["event"] = "request failed" if record.name == "django.request" else str(record.msg)
        status = getattr(record, "status_code", None)
        if status is not None:
            event["status"] = status
    return event


def exception_places(logger: Any, method: str, event: Event) -> Event:
    """Replace an exception by its type, SQLSTATE and places in the code."""
    given = event.pop("exc_info", None)
    if not given:
        return event
    if given is True:
        import sys

        given = sys.exc_info()
    error = given if isinstance(given, BaseException) else given[1]
    if error is None:
        return event
    event["error"] = f"{type(error).__module__}.{type(error).__qualname__}"
    state = getattr(error, "sqlstate", None) or getattr(error.__cause__, "sqlstate", None)
    if state:
        event["sqlstate"] = state
    event["places"] = [
        f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(error.__traceback__)
    ]
    return event


_SHARED: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]


def configure() -> None:
    """Send structlog's events through the standard library, so that all lines look alike."""
    structlog.configure(
        processors=[*_SHARED, exception_places, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )


def dict_config(level: str) -> dict[str, Any]:
    """Django's LOGGING. `level`: of our own loggers; other libraries log warnings and above."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "json": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": [*_SHARED, template_only, exception_places],
                "processors": [
                    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                    structlog.processors.JSONRenderer(),
                ],
            }
        },
        "handlers": {"standard_error": {"class": "logging.StreamHandler", "formatter": "json"}},
        "root": {"handlers": ["standard_error"], "level": "WARNING"},
        "loggers": {
            "hearth": {"level": level},
            "procrastinate": {"level": level},
            # These tell at the start of every command what they have loaded.
            "procrastinate.blueprints": {"level": "WARNING"},
            "procrastinate.periodic": {"level": "WARNING"},
            # Our own request log says more, and says it without the address of pages that do not exist.
            "django.request": {"level": "ERROR"},
            "django.server": {"level": "ERROR", "handlers": [], "propagate": False},
            "django.db.backends": {"level": "WARNING"},
            "django": {"level": "WARNING", "handlers": [], "propagate": True},
            # Says who tried to sign in; the attempts are kept in the database instead.
            "axes": {"level": "CRITICAL"},
        },
    }
