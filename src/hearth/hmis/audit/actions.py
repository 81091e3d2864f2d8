"""Writing to the access log."""

from typing import Any

from hearth.hmis.audit.models import AccessLog
from hearth.hmis.audit.models.access_log import Access


def record_access(
    *, by: int | None, action: Access, client: int | None = None, subject: str = "", **details: Any
) -> None:
    """Log one access of the user with id `by`. `details`: counts, kinds and ids only, no client data."""
    # No RETURNING: whoever may write the log may not read it back.
    AccessLog.objects.bulk_create(
        [AccessLog(user_id=by, action=action, client_id=client, subject=subject, details=details)]
    )
