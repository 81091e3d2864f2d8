"""How often one user may do what reaches many people: searches and SSNs shown, per hour.

Whoever passes the limit is refused for some minutes with a sentence; nothing waits. The count stands in the
database, so that all processes agree, and whoever was stopped is in the access log and on a page of its own.
Settings: `HEARTH_SEARCHES_PER_HOUR`, `HEARTH_SSNS_PER_HOUR` (0: no limit) and `HEARTH_LIMIT_MINUTES`.
"""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import connection

from hearth.hmis.access.models import User
from hearth.hmis.audit.actions import record_access
from hearth.hmis.audit.models.access_log import Access
from hearth.hmis.ui import formats


@dataclass(frozen=True, slots=True)
class Limited:
    """Something that is counted. `kind` is stored; `setting` names how often an hour; `words`: what it is."""

    kind: str
    setting: str
    words: str


SEARCHES = Limited("search", "SEARCHES_PER_HOUR", "searches")
SSNS = Limited("ssn", "SSNS_PER_HOUR", "Social Security numbers shown in full")

# One row for a user and a kind, locked until the request ends: two requests at once are both counted. The
# hour begins with the first use, and anew when it is over or when the user was stopped and may go on.
_ANEW = "(c.stopped_until IS NOT NULL OR c.began_at <= now() - interval '1 hour')"
_USE = """
    INSERT INTO access_usecount AS c (user_id, kind, began_at, used) VALUES (%(user)s, %(kind)s, now(), 1)
    ON CONFLICT (user_id, kind) DO UPDATE SET
        used = CASE WHEN c.stopped_until > now() THEN c.used WHEN ANEW THEN 1 ELSE c.used + 1 END,
        began_at = CASE WHEN c.stopped_until > now() OR NOT ANEW THEN c.began_at ELSE now() END,
        stopped_until = CASE
            WHEN c.stopped_until > now() THEN c.stopped_until
            WHEN NOT ANEW AND c.used >= %(most)s THEN now() + make_interval(mins => %(minutes)s) END
    RETURNING used, stopped_until
""".replace("ANEW", _ANEW)


def use(*, by: User, what: Limited) -> str:
    """Count one use. Empty: go on; else the sentence with which it is refused.

    The first use beyond the limit is written to the access log, later ones until the end of the stop are not.
    """
    most = int(getattr(settings, what.setting))
    if not most:
        return ""
    minutes = int(settings.LIMIT_MINUTES)
    with connection.cursor() as cursor:
        cursor.execute(_USE, {"user": by.pk, "kind": what.kind, "most": most, "minutes": minutes})
        used, stopped_until = cursor.fetchone()
    if stopped_until is None:
        return ""
    if used == most + 1:
        record_access(by=by.pk, action=Access.LIMITED, subject=what.kind, limit=most, minutes=minutes)
        with connection.cursor() as cursor:  # so that it is written once
            cursor.execute(
                "UPDATE access_usecount SET used = used + 1 WHERE user_id = %s AND kind = %s",
                [by.pk, what.kind],
            )
    return sentence(what, most, stopped_until)


def sentence(what: Limited, most: int, until: datetime) -> str:
    """Why it is refused, until when, and what to do."""
    return (
        f"That was more than {formats.number(most)} {what.words} within an hour, so this is stopped for you"
        f" until {formats.clock(until)}. If your work needs more, ask your administrator."
    )
