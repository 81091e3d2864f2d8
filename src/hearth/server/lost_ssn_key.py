"""The way on when the key of Social Security numbers is lost for good: the numbers are given up, and said so.

What the lost key sealed can never be read again, neither in a record nor in its old versions. So all of it is
removed, also drafts of forms; where a record said that the number is known (quality 1 or 2), it now says
"data not collected" (99), and exports write no number. The numbers come back with the next import of a source
that has them.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from hearth.server import key_checks, keys, seals
from hearth.server.key_checks import SSN, TABLE, Connection

_CLIENTS, _HISTORY = "clients_client", "clients_clienthistory"
# 3.02: 1 full, 2 approximate or partial; 8, 9 and 99 stay what they are.
_FORGET = """
    UPDATE clients_client
    SET ssn = NULL, ssn_index = NULL, ssn_last4_index = NULL, updated_at = now(), updated_by_id = NULL,
        ssn_data_quality = CASE WHEN ssn_data_quality IN (1, 2) THEN 99 ELSE ssn_data_quality END
    WHERE ssn IS NOT NULL OR ssn_index IS NOT NULL OR ssn_last4_index IS NOT NULL
"""
_FORGET_HISTORY = """
    UPDATE clients_clienthistory SET ssn = NULL, ssn_index = NULL, ssn_last4_index = NULL
    WHERE ssn IS NOT NULL OR ssn_index IS NOT NULL OR ssn_last4_index IS NOT NULL
"""


def refuse_where_readable(connection: Connection) -> None:
    """Raise ServerError where the key that is here opens the numbers, or is malformed."""
    key_checks.refuse_where_opened(connection, SSN, "stored Social Security numbers can be read")


def forget(connection: Connection) -> int:
    """Give up all Social Security numbers and go on with the key that is here, or a new one.

    All or nothing; written to the access log. Returns of how many clients a number was given up. The
    connection must be the owner's or a superuser's.
    """
    given = keys.ssn_key()
    with connection.transaction(), past_row_security(connection, _CLIENTS, _HISTORY):
        clients = connection.execute(_FORGET).rowcount
        if _has_drafts(connection):
            connection.execute("DELETE FROM enrollments_draft")  # with their answers
        connection.execute(_FORGET_HISTORY)  # after the line above, which makes old versions of its own
        connection.execute(
            f"INSERT INTO {TABLE} (purpose, check_value) VALUES (%s, %s)"  # noqa: S608  (a constant)
            " ON CONFLICT (purpose) DO UPDATE SET check_value = excluded.check_value, made_at = now()",
            [SSN.purpose, seals.check_value(given, SSN.purpose)],
        )
        connection.execute(
            "INSERT INTO audit_accesslog (at, action, subject, details)"
            " VALUES (now(), 'ssns_forgotten', '', jsonb_build_object('clients', %s::int))",
            [clients],
        )
    return clients


def _has_drafts(connection: Connection) -> bool:
    """Whether the database is of a version that has drafts of forms, sealed under the same key."""
    row = connection.execute("SELECT to_regclass('enrollments_draft') IS NOT NULL").fetchone()
    return bool(row and row[0])


@contextmanager
def past_row_security(connection: Connection, *tables: str) -> Iterator[None]:
    """The owner of a table passes its row-level security as long as that is not forced on them. Undone with
    the transaction, too."""
    key_checks.act_as_administrator(connection)
    forced = [
        table
        for table in tables
        if (row := connection.execute(
            "SELECT relforcerowsecurity FROM pg_class WHERE oid = %s::regclass", [table]
        ).fetchone()) and row[0]
    ]  # fmt: skip
    for table in forced:
        connection.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
    yield
    connection.execute("SET CONSTRAINTS ALL IMMEDIATE")  # else ALTER TABLE finds pending events
    for table in forced:
        connection.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
