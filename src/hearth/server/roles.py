"""Roles, rights and extensions of a Hearth database, as SQL. Runs as the superuser; may run again."""

from typing import LiteralString

import psycopg
from psycopg import sql

Connection = psycopg.Connection[tuple[object, ...]]

DATABASE = "hearth"
OWNER, WEB, LOADER, REPORT = "hearth_owner", "hearth_web", "hearth_loader", "hearth_report"
COUNTS = "hearth_counts"
ROLES = (OWNER, WEB, LOADER, REPORT, COUNTS)
EXTENSIONS: tuple[LiteralString, ...] = (
    "pg_trgm",
    "fuzzystrmatch",
    "unaccent",
    "btree_gin",
    "btree_gist",
    "citext",
    "pg_stat_statements",
)
# Two pass row-level security. The loader writes whole imports in the order of their files; for the same
# reason it may switch triggers off for its own session. The report role reads what the snapshot for reports
# takes, column by column (hmis/reports/rights.py): no names, and nothing to write. The role for counts reads
# the same columns of one run's scope alone (policies "counted" of access/policies_sql.py).
ATTRIBUTES: dict[str, LiteralString] = {
    OWNER: "LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS",
    WEB: "LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS",
    LOADER: "LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE BYPASSRLS",
    REPORT: "LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE BYPASSRLS",
    COUNTS: "LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS",
}


def prepare_roles(connection: Connection, passwords: dict[str, str]) -> None:
    """Create the roles or put them right. `passwords`: role → password; absent ones keep theirs."""
    for role in ROLES:
        name = sql.Identifier(role)
        known = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone()
        verb = sql.SQL("ALTER ROLE") if known else sql.SQL("CREATE ROLE")
        connection.execute(sql.SQL("{} {} {}").format(verb, name, sql.SQL(ATTRIBUTES[role])))
        if role in passwords:
            connection.execute(sql.SQL("ALTER ROLE {} PASSWORD {}").format(name, passwords[role]))
    connection.execute(
        sql.SQL("GRANT SET ON PARAMETER session_replication_role TO {}").format(sql.Identifier(LOADER))
    )
    # Functions of the owner that read past row-level security say so for their own length (access/rights.sql)
    connection.execute(sql.SQL("GRANT SET ON PARAMETER app.keeps_step TO {}").format(sql.Identifier(OWNER)))
    for reader in (REPORT, COUNTS):
        connection.execute(
            sql.SQL("ALTER ROLE {} SET default_transaction_read_only = on").format(sql.Identifier(reader))
        )


def create_database(connection: Connection, name: str, template: str = "template0") -> None:
    """Create the database `name`, owned by hearth_owner. Needs a connection outside a transaction."""
    connection.execute(
        sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE {}").format(
            sql.Identifier(name), sql.Identifier(OWNER), sql.Identifier(template)
        )
    )


def database_exists(connection: Connection, name: str) -> bool:
    """Whether the cluster has a database of that name."""
    found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone()
    return found is not None


def prepare_database(connection: Connection) -> None:
    """Extensions and default rights in the database that the connection is in."""
    name = sql.Identifier(connection.info.dbname)
    owner, users = sql.Identifier(OWNER), sql.SQL(", ").join([sql.Identifier(WEB), sql.Identifier(LOADER)])
    for extension in EXTENSIONS:
        connection.execute(sql.SQL("CREATE EXTENSION IF NOT EXISTS {}").format(sql.Identifier(extension)))
    tables = "SELECT, INSERT, UPDATE, DELETE"
    # MAINTAIN lets the loader ANALYZE what it has just filled.
    maintain = ", MAINTAIN" if connection.info.server_version >= 170000 else ""
    statements = [
        "REVOKE ALL ON DATABASE {name} FROM PUBLIC",
        "GRANT CONNECT, TEMPORARY ON DATABASE {name} TO {owner}, {users}",
        "GRANT CONNECT ON DATABASE {name} TO {report}, {counts}",
        "GRANT USAGE ON SCHEMA public TO {users}, {report}, {counts}",
        "ALTER DEFAULT PRIVILEGES FOR ROLE {owner} GRANT " + tables + " ON TABLES TO {web}",
        "ALTER DEFAULT PRIVILEGES FOR ROLE {owner} GRANT " + tables + maintain + " ON TABLES TO {loader}",
        "ALTER DEFAULT PRIVILEGES FOR ROLE {owner} GRANT USAGE, SELECT, UPDATE ON SEQUENCES TO {users}",
        "ALTER DEFAULT PRIVILEGES FOR ROLE {owner} GRANT EXECUTE ON FUNCTIONS TO {users}",
        "ALTER DEFAULT PRIVILEGES FOR ROLE {owner} GRANT USAGE ON SCHEMAS TO {users}",
    ]
    for statement in statements:
        connection.execute(
            sql.SQL(statement).format(
                name=name,
                owner=owner,
                users=users,
                web=sql.Identifier(WEB),
                loader=sql.Identifier(LOADER),
                report=sql.Identifier(REPORT),
                counts=sql.Identifier(COUNTS),
            )
        )
