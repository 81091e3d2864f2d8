"""Whether the keys that are here are those that the database was written with.

The table `hearth_key_check` holds a check value of each key. A database without one (of an older version) is
asked for one sealed value, and the key has to open it; then the check value is written. Nothing is done with
a database whose key is missing or another: what was written with it could not be read together with the rest.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass

import psycopg
from cryptography.exceptions import InvalidTag
from cryptography.fernet import InvalidToken

from hearth.server import keys, seals
from hearth.server.errors import ServerError

Connection = psycopg.Connection[tuple[object, ...]]

TABLE = "hearth_key_check"
# Acting as an administrator, row-level security shows every client; superuser and loader see them anyway. The
# web role, which acts for nobody yet, sees no grants: it asks a function that has the right to.
_AS_ADMINISTRATOR = "SELECT set_config('app.user_id', coalesce(({who} LIMIT 1)::text, ''), true)"
_BY_GRANTS = (
    "SELECT g.user_id FROM access_grant g JOIN access_user u ON u.id = g.user_id"
    " WHERE u.is_active AND g.role = 'system_administrator'"
)
_BY_FUNCTION = "SELECT * FROM hearth_system_administrators()"
_BY_MEMBERSHIPS = _BY_GRANTS.replace("access_grant", "access_membership")  # a database of an older version


@dataclass(frozen=True, slots=True)
class Key:
    """One key of the installation. `given` reads it and makes none; `opens` tries it on a sealed value;
    `lost_option` is what `hearth db restore` takes where it is lost."""

    purpose: str
    words: str
    table: str
    column: str
    given: Callable[[], bytes | None]
    opens: Callable[[bytes, bytes], bool]
    lost_option: str
    remedy: str


def _opens_ssn(key: bytes, sealed: bytes) -> bool:
    try:
        seals.opened(seals.ssn_cipher(key), sealed)
    except InvalidTag:
        return False
    return True


def _opens_factor(key: bytes, sealed: bytes) -> bool:
    """`sealed` is the JSON that django-allauth keeps: its members are sealed texts, or plain numbers."""
    try:
        members = json.loads(sealed)
        texts = [members[name] for name in ("secret", "seed") if isinstance(members.get(name), str)]
        for text in texts:
            seals.second_factor_cipher(key.decode()).decrypt(text.encode())
    except (InvalidToken, ValueError):
        return False
    return True


def _opens_file_key(key: bytes, sealed: bytes) -> bool:
    try:
        seals.opened_bytes(seals.files_cipher(key), sealed)
    except InvalidTag:
        return False
    return True


SSN = Key(
    "ssn", "key of Social Security numbers", "clients_client", "ssn", keys.given_ssn_key, _opens_ssn,
    "--forget-ssns",
    "Put back the key that was used before: keys/ssn_key of the data folder, or HEARTH_SSN_KEY; where it is"
    " lost for good, `hearth db forget-ssns` (or `hearth db restore --forget-ssns`) gives up the numbers.",
)  # fmt: skip
SECRET = Key(
    "secret", "secret key", "mfa_authenticator", "data", keys.given_secret_key, _opens_factor,
    "--new-secret-key",
    "Put back the key that was used before (keys/secret_key of the data folder, or HEARTH_SECRET_KEY);"
    " where it is lost, `hearth db new-secret-key` (or `hearth db restore --new-secret-key`) ends all"
    " sessions and takes another.",
)  # fmt: skip
FILES = Key(
    "files", "key of sealed files", "consent_sealedfile", "sealed_key", keys.given_files_key, _opens_file_key,
    "--forget-files",
    "Put back the key that was used before: keys/files_key of the data folder, or HEARTH_FILES_KEY; where it"
    " is lost for good, `hearth db forget-files` (or `hearth db restore --forget-files`) gives up the files.",
)  # fmt: skip
KEYS = (SSN, SECRET, FILES)


@dataclass(frozen=True, slots=True)
class Written:
    """What a database or a backup says of the key it was written with; None where it says nothing."""

    check_value: str | None
    sealed: bytes | None


def verify(connection: Connection, *, only: tuple[Key, ...] = KEYS) -> None:
    """Compare the keys with the database; note the check value of a key that it does not have yet.

    Raises ServerError, before anything is written, for a key that is missing, malformed or another.
    """
    known = _check_values(connection)
    for key in only:
        value = (known or {}).get(key.purpose)
        written = Written(value, None if value else _sealed(connection, key))
        given = compare(key, written, "The database")
        if given is not None and value is None and known is not None:
            connection.execute(
                f"INSERT INTO {TABLE} (purpose, check_value) VALUES (%s, %s) ON CONFLICT DO NOTHING",  # noqa: S608  (a constant)
                [key.purpose, seals.check_value(given, key.purpose)],
            )
    connection.commit()


def compare(key: Key, written: Written, what: str) -> bytes | None:
    """The key that is here, when it is the one; None where there is none yet, and none was used.

    Raises ServerError where it is missing or another. `what` was written with the key: "The database".
    """
    given = key.given()
    if given is None:
        if written.check_value or written.sealed:
            raise ServerError(
                f"{what} was written with a {key.words} that is not here. Nothing was changed. {key.remedy}"
            )
        return None
    if written.check_value:
        same = written.check_value == seals.check_value(given, key.purpose)
    else:
        same = written.sealed is None or key.opens(given, written.sealed)
    if not same:
        raise ServerError(
            f"{what} was written with another {key.words} than the one that is here. Nothing was changed."
            f" {key.remedy}"
        )
    return given


def refuse_where_opened(connection: Connection, key: Key, what: str) -> None:
    """Raise ServerError where the key that is here is the one that the database was written with: nothing is
    lost then. A malformed key is refused, too: whoever mends it may find that it is the right one."""
    key.given()
    try:
        verify(connection, only=(key,))
    except ServerError:
        connection.rollback()
        return
    raise ServerError(f"The {what} with the key that is here. Nothing was changed.")


def refuse_where_known(key: Key, written: Written, what: str) -> None:
    """Raise ServerError where the key that is here is the one that `what` was written with: it is not lost. A
    malformed one is refused, too: whoever mends it may find that it is the right one."""
    key.given()
    try:
        compare(key, written, what)
    except ServerError:
        return
    if written.check_value or written.sealed:
        raise ServerError(
            f"{what} was written with the {key.words} that is here: it is not lost. Nothing was changed."
            f" Restore without {key.lost_option}."
        )


def take_new_secret_key(connection: Connection) -> tuple[int, int]:
    """Go on with the secret key that is here: sessions end, and what the old one sealed is set up again.

    Second factors go; those who had one must set it up at their next sign-in. Returns how many sessions ended
    and how many people that are. The connection must be the owner's or a superuser's.
    """
    given = keys.secret_key().encode()
    with connection.transaction():
        sessions = connection.execute("DELETE FROM django_session").rowcount
        people = 0
        if _exists(connection, TABLE):
            people = connection.execute(
                "UPDATE access_user SET second_factor_due = true"
                " WHERE id IN (SELECT user_id FROM mfa_authenticator)"
            ).rowcount
            connection.execute(
                f"INSERT INTO {TABLE} (purpose, check_value) VALUES (%s, %s)"  # noqa: S608
                " ON CONFLICT (purpose) DO UPDATE SET check_value = excluded.check_value, made_at = now()",
                [SECRET.purpose, seals.check_value(given, SECRET.purpose)],
            )
            connection.execute(
                "INSERT INTO audit_accesslog (at, action, subject, details)"
                " VALUES (now(), 'secret_key_changed', '',"
                " jsonb_build_object('sessions', %s::int, 'people', %s::int))",
                [sessions, people],
            )
        connection.execute("DELETE FROM mfa_authenticator")  # of an older version, too: it opens for nobody
    return sessions, people


def _exists(connection: Connection, table: str) -> bool:
    row = connection.execute("SELECT to_regclass(%s) IS NOT NULL", [f"public.{table}"]).fetchone()
    return bool(row and row[0])


def _check_values(connection: Connection) -> dict[str, str] | None:
    """Purpose → check value; None where the database has no such table yet."""
    if not _exists(connection, TABLE):
        return None
    rows = connection.execute(f"SELECT purpose, check_value FROM {TABLE}").fetchall()  # noqa: S608
    return {str(purpose): str(value) for purpose, value in rows}


def act_as_administrator(connection: Connection) -> None:
    """Act as some administrator until the end of the transaction, as nobody where there is none."""
    row = connection.execute(
        "SELECT has_function_privilege(oid, 'EXECUTE') FROM pg_proc"
        " WHERE proname = 'hearth_system_administrators'"
    ).fetchone()
    if row and row[0]:
        who = _BY_FUNCTION
    else:
        who = _BY_GRANTS if _exists(connection, "access_grant") else _BY_MEMBERSHIPS
    connection.execute(_AS_ADMINISTRATOR.format(who=who))


def _sealed(connection: Connection, key: Key) -> bytes | None:
    """One value that the key must open, where there is any."""
    if not _exists(connection, key.table):
        return None
    act_as_administrator(connection)
    row = connection.execute(
        f"SELECT {key.column} FROM {key.table} WHERE {key.column} IS NOT NULL LIMIT 1"  # noqa: S608
    ).fetchone()
    if row is None:
        return None
    return bytes(row[0]) if isinstance(row[0], (bytes, memoryview)) else json.dumps(row[0]).encode()
