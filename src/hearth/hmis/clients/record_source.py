"""Where a client's record comes from and who wrote it: said only to whoever may know that writer.

Everybody who works with clients sees who they are. The writer of a record, their UserID, when they wrote, the
data source and what stood there before would say which organization knows a person, and of a victim service
provider's that is the secret it keeps. The rule stands in the database (`hearth_known_writers`, enrollments
migration 0012): the acting user sees an enrollment of the client in an organization where that writer wrote.
Pages, lists and exports read these things here, and nowhere else.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from hearth.hmis.access.models import User
from hearth.hmis.clients.models import Client
from hearth.hmis.hud.models import Record

_KNOWN = """
    SELECT hearth_known_writers(
        array_agg(id), array_agg(coalesce(user_data_source_id, data_source_id)), array_agg(user_id),
        array_agg(updated_by_id))
    FROM clients_client WHERE id = ANY (%s)
"""


@dataclass(frozen=True, slots=True)
class RecordSource:
    """Data source, writer in words (empty: unknown), and the moments that HUD asks for.

    `created_at` is None but for administrators: nothing says who made a record that was changed since.
    """

    data_source: str
    writer: str
    changed_at: datetime | None
    created_at: datetime | None


def record_sources(user: User, clients: Iterable[int]) -> dict[int, RecordSource]:
    """By client, where records come from; those that the user may not know are absent."""
    with connection.cursor() as cursor:
        cursor.execute(_KNOWN, [list(clients)])
        known = [pk for (pk,) in cursor.fetchall()]
    rows = Client.objects.restrict(user).filter(pk__in=known).select_related("data_source", "updated_by")
    rows = rows.only(
        "data_source", "user_id", "user_data_source", "date_created", "date_updated",
        "updated_by__display_name", "updated_by__email",
    )  # fmt: skip
    return {
        row.pk: RecordSource(
            str(row.data_source),
            writer_of(row),
            row.date_updated,
            row.date_created if user.sees_all else None,
        )
        for row in rows
    }


def next_versions(versions: list[int]) -> dict[int, int | None]:
    """Of old versions that the acting user may see (by `pgh_id`), which version came next, seen or not."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pgh_id, hearth_next_version(pgh_obj_id, pgh_id) FROM clients_clienthistory"
            " WHERE pgh_id = ANY (%s)",
            [versions],
        )
        return dict(cursor.fetchall())


def writer_of(record: Record) -> str:
    """Who wrote a record last: the user here, or the user of the system it came from; empty if unknown.

    Of a client's record only behind `record_sources`; an enrollment is seen with its writer.
    """
    is_of_here = record.data_source.is_hearth or getattr(record, "user_data_source_id", None) is not None
    if record.updated_by is not None and is_of_here:
        return str(record.updated_by)
    user_id = getattr(record, "user_id", None)
    return f"user {user_id} there" if user_id else ""
