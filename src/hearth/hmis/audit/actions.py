"""Writing to the access log."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import connection
from psycopg.types.json import Jsonb

from hearth.hmis.audit.models.access_log import Access

# In SQL, because Django asks for the new id back (RETURNING) and whoever may write the log may not read it.
ADD = """
    INSERT INTO audit_accesslog (user_id, action, client_id, subject, details) VALUES (%s, %s, %s, %s, %s)
"""


def record_access(
    *, by: int | None, action: Access, client: int | None = None, subject: str = "", **details: Any
) -> None:
    """Log one access of the user with id `by`. `details`: counts, kinds and ids only, no client data."""
    with connection.cursor() as cursor:
        cursor.execute(ADD, [by, Access(action).value, client, subject, Jsonb(details)])


def record_each(
    *, by: int | None, action: Access, of: Iterable[tuple[int | None, str, Mapping[str, Any]]], **details: Any
) -> None:
    """Log the same access of several at once: (client, subject, details of its own) of each."""
    rows = [
        [by, Access(action).value, client, subject, Jsonb(details | dict(own))] for client, subject, own in of
    ]
    if rows:
        with connection.cursor() as cursor:
            cursor.executemany(ADD, rows)
