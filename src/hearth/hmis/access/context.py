"""Who is acting: set in the database for the length of one transaction.

Row-level security reads it (`hearth_user_id()`). The setting is local to the transaction, so that a
pooled connection never carries one user's rights into the next request.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction

from hearth.hmis.access.models import User


def set_acting_user(user_id: int | None) -> None:
    """Say whose rights hold until the end of the current transaction; None: nobody's, no client data."""
    if not connection.in_atomic_block:
        raise RuntimeError("The acting user is set inside a transaction; use acting(user)")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('app.user_id', %s, true)", ["" if user_id is None else str(user_id)]
        )


@contextmanager
def acting(user: User | None) -> Iterator[None]:
    """One transaction with the rights of `user`, for jobs, commands and tests."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_setting('app.user_id', true)")
            before = cursor.fetchone()[0]
        set_acting_user(user.pk if user else None)
        yield
        # A transaction around this one (a test's) keeps the setting: put back what was there. Where a
        # statement failed, undoing puts it back.
        if not connection.needs_rollback:
            set_acting_user(int(before) if before else None)
