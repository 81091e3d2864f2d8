"""The way on when the key of sealed files is lost for good: what it sealed is given up, and said so.

The rows stay, and with them what is known: that there was a signed paper, whose, and of which day. The sealed
files stay in their folder, where nobody can open them; the nightly clearing leaves those that a row knows of.
"""

from hearth.server import key_checks, keys, seals
from hearth.server.key_checks import FILES, TABLE, Connection
from hearth.server.lost_ssn_key import past_row_security


def refuse_where_readable(connection: Connection) -> None:
    """Raise ServerError where the key that is here opens the files, or is malformed."""
    key_checks.refuse_where_opened(connection, FILES, "sealed files can be opened")


def forget(connection: Connection) -> int:
    """Give up all sealed files and go on with the key that is here, or a new one.

    All or nothing; written to the access log. Returns how many files were given up. The connection must be
    the owner's or a superuser's.
    """
    given = keys.files_key()
    with connection.transaction(), past_row_security(connection, FILES.table):
        files = connection.execute(
            "UPDATE consent_sealedfile SET sealed_key = NULL WHERE sealed_key IS NOT NULL"
        ).rowcount
        connection.execute(
            f"INSERT INTO {TABLE} (purpose, check_value) VALUES (%s, %s)"  # noqa: S608  (a constant)
            " ON CONFLICT (purpose) DO UPDATE SET check_value = excluded.check_value, made_at = now()",
            [FILES.purpose, seals.check_value(given, FILES.purpose)],
        )
        connection.execute(
            "INSERT INTO audit_accesslog (at, action, subject, details)"
            " VALUES (now(), 'files_forgotten', '', jsonb_build_object('files', %s::int))",
            [files],
        )
    return files
