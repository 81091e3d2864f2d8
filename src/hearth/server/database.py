"""Where the database is and how each role reaches it: the embedded cluster, or the server you name.

Own server: `DATABASE_URL` (web), `HEARTH_OWNER_URL` (migrations), `HEARTH_LOADER_URL` (imports),
`HEARTH_REPORT_URL` (reports) and `HEARTH_COUNTS_URL` (reports of everything in a scope).
`HEARTH_DB_NAME` chooses another database of the embedded cluster; tests use it.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal
from urllib.parse import quote

import psycopg
from psycopg import ProgrammingError
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from hearth.server import key_checks, keys, roles
from hearth.server.binaries import OLDEST_MAJOR
from hearth.server.errors import ServerError
from hearth.server.home import Home
from hearth.server.postgres import SUPERUSER, Cluster

Role = Literal["web", "owner", "loader", "report", "counts", "superuser"]

USERS: dict[str, str] = {
    "web": roles.WEB,
    "owner": roles.OWNER,
    "loader": roles.LOADER,
    "report": roles.REPORT,
    "counts": roles.COUNTS,
    "superuser": SUPERUSER,
}
VARIABLES: dict[str, str] = {
    "web": "DATABASE_URL",
    "owner": "HEARTH_OWNER_URL",
    "loader": "HEARTH_LOADER_URL",
    "report": "HEARTH_REPORT_URL",
    "counts": "HEARTH_COUNTS_URL",
    "superuser": "HEARTH_SUPERUSER_URL",
}
CONNECT_SECONDS = 10


def is_embedded() -> bool:
    """Whether the database is the one we run ourselves."""
    return not os.environ.get("DATABASE_URL")


def name() -> str:
    """Name of the database in the embedded cluster."""
    return os.environ.get("HEARTH_DB_NAME") or roles.DATABASE


def url(role: Role = "web") -> str:
    """Connection URL of the role. Starts nothing; see `ensure_running`."""
    if role not in USERS:
        raise ServerError(
            f"There is no database role {role!r}: use web, owner, loader, report, counts or superuser."
        )
    if is_embedded():
        user = USERS[role]
        home = Home.find()
        socket = quote(str(Cluster(home).socket), safe="")
        password = quote(keys.database_password(user, home), safe="")
        return f"postgresql://{user}:{password}@/{name()}?host={socket}&port=5432"
    named = os.environ.get(VARIABLES[role])
    if not named:
        _parts("web", os.environ["DATABASE_URL"])  # where that is none, it is what is wrong
        raise ServerError(
            f"DATABASE_URL names your own server, so {VARIABLES[role]} must name it too, for the "
            f"role {USERS[role]}."
        )
    _parts(role, named)
    return named


def set_up_own_server(superuser_url: str) -> None:
    """Make roles, database and extensions on the server that DATABASE_URL and its companions name.

    Without HEARTH_REPORT_URL the role for reports cannot sign in, and reports come from files alone; without
    HEARTH_COUNTS_URL nobody has a report of everything in a scope.
    """
    optional = [role for role in ("report", "counts") if os.environ.get(VARIABLES[role])]
    named = ["owner", "web", "loader", *optional]
    users = {role: _parts(role, url(role)) for role in named}  # type: ignore[arg-type]
    for role, parts in users.items():
        if parts.get("user") != USERS[role] or not parts.get("password"):
            raise ServerError(f"{VARIABLES[role]} must name the user {USERS[role]} and a password for it.")
    wanted = str(users["web"].get("dbname") or roles.DATABASE)
    passwords = {USERS[role]: str(parts["password"]) for role, parts in users.items()}
    with connected("superuser", address=superuser_url, autocommit=True) as connection:
        if connection.info.server_version < OLDEST_MAJOR * 10000:
            raise ServerError(f"That server is older than PostgreSQL {OLDEST_MAJOR}: upgrade it first.")
        with connection.transaction():
            roles.prepare_roles(connection, passwords)
        if not roles.database_exists(connection, wanted):
            roles.create_database(connection, wanted)
    with connected("superuser", address=make_conninfo(superuser_url, dbname=wanted)) as connection:
        roles.prepare_database(connection)


def ensure_running(*, check_keys: bool = True) -> bool:
    """Start the embedded PostgreSQL where it does not run; see that the database answers and was written with
    the keys that are here. True when this call started it.

    Raises ServerError with one sentence where it does not answer, or where a key is missing or another.
    Without `check_keys` only the embedded server is started.
    """
    started = Cluster(Home.find()).start() if is_embedded() else False
    if check_keys:
        try:
            with connected("superuser" if is_embedded() else "web") as connection:
                key_checks.verify(connection)
        except ServerError:
            if started:
                Cluster(Home.find()).stop()
            raise
    return started


@contextmanager
def connected(
    role: Role = "web", *, address: str | None = None, **options: Any
) -> Iterator[key_checks.Connection]:
    """A connection as the role, at its own address unless another is given.

    Raises ServerError with one sentence where the database refuses it.
    """
    variable = VARIABLES[role]
    try:
        connection = psycopg.connect(address or url(role), connect_timeout=CONNECT_SECONDS, **options)
    except psycopg.ProgrammingError as error:
        raise not_an_address(variable) from error
    except psycopg.OperationalError as error:
        raise ServerError(_unreachable(variable, str(error))) from error
    with connection:
        yield connection


def _parts(role: str, address: str) -> dict[str, Any]:
    """libpq's parts of an address. Raises ServerError where it is none."""
    try:
        return conninfo_to_dict(address)
    except ProgrammingError as error:
        raise not_an_address(VARIABLES[role]) from error


def not_an_address(variable: str) -> ServerError:
    """The variable holds something else than an address; what it holds may be a password."""
    return ServerError(
        f"{variable} is not a PostgreSQL address: write it as postgresql://user:password@host:5432/database."
    )


def _unreachable(variable: str, said: str) -> str:
    if is_embedded():
        return (
            f"PostgreSQL does not let Hearth into its database ({_reason(said)}): look at `hearth db status`."
        )
    if "authentication failed" in said or "no password supplied" in said:
        return f"The server that {variable} names does not accept its user and password: correct them."
    if "does not exist" in said:
        return f"The server that {variable} names has no such database or user: run `hearth db setup` first."
    return (
        f"The server that {variable} names does not answer ({_reason(said)}): see that it runs, and that host"
        " and port are right."
    )


def _reason(said: str) -> str:
    """What libpq says is wrong, without the address and its user."""
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    telling = next((line for line in lines if "failed: " in line), lines[0] if lines else "it said nothing")
    return telling.rsplit("failed: ", 1)[-1].rstrip(".?")


def django_settings(role: str = "web") -> dict[str, Any]:
    """One entry of Django's DATABASES for the role, with a connection pool for the web role."""
    address = url(role)  # type: ignore[arg-type]  # an unknown role is refused by url()
    parts = _parts(role, address)
    options: dict[str, Any] = {
        key: value
        for key, value in parts.items()
        if key not in ("dbname", "user", "password", "host", "port") and value is not None
    }
    if role == "web":
        # A database that is away is said within five seconds, and used again as soon as it is back.
        options["pool"] = {"min_size": 2, "max_size": 16, "timeout": 5, "reconnect_timeout": 5}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": str(parts.get("dbname") or roles.DATABASE),
        "USER": str(parts.get("user") or ""),
        "PASSWORD": str(parts.get("password") or ""),
        "HOST": str(parts.get("host") or ""),
        "PORT": str(parts.get("port") or ""),
        "CONN_MAX_AGE": 0,  # the pool keeps connections
        "OPTIONS": options,
    }
