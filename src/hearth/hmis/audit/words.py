"""What an entry of the access log says, in plain words."""

from hearth.hmis.audit.models import AccessLog
from hearth.hmis.audit.models.access_log import Access

_KINDS = {
    "name": "name", "birth_date": "birth date", "ssn": "SSN", "ssn_last4": "last four of the SSN", "id": "ID",
}  # fmt: skip
_HIDDEN = frozenset({"kinds", "total", "page", "shown", "needed", "method", "account", "again"})


def in_words(entry: AccessLog) -> str:
    """The particulars of one access: kinds, counts and ids, as they were written down."""
    details = entry.details or {}
    parts = []
    if entry.action == Access.SEARCHED:
        asked = [_KINDS.get(kind, kind) for kind in details.get("kinds", [])]
        parts.append("by " + " and ".join(asked) if asked else "")
        parts.append("the same results again" if details.get("again") else "")
        parts.append(f"{details.get('total', 0)} found")
        if shown := details.get("shown"):
            parts.append(f"page {details.get('page', 1)} showed clients {', '.join(map(str, shown))}")
    elif entry.action == Access.REFUSED:
        parts.append(entry.subject)
        if needed := details.get("needed"):
            parts.append("permission missing: " + needed.replace("_", " "))
        else:
            parts.append("no such record, or not for this user")
    else:
        parts.append(entry.subject)
        if shown := details.get("shown"):
            parts.append(f"showed clients {', '.join(map(str, shown))}")
    parts += [f"{key.replace('_', ' ')}: {value}" for key, value in details.items() if key not in _HIDDEN]
    return "; ".join(part for part in parts if part)
