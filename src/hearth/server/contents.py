"""What a database holds, as row counts and checksums: to prove that a restored backup is the same."""

from typing import NamedTuple

import psycopg
from psycopg import sql

# Tables and materialized views of ours: neither the system's nor what extensions brought.
TABLES = """
    SELECT n.nspname, c.relname
      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relkind IN ('r', 'm')
       AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'
       AND NOT EXISTS (SELECT FROM pg_depend d
                        WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
     ORDER BY 1, 2
"""
#: Tables whose rows a backup does not hold: whoever was signed in signs in again after it was restored.
LEFT_OUT = ("django_session", "usersessions_usersession")
SEQUENCES = """
    SELECT schemaname || '.' || sequencename, coalesce(last_value::text, 'unused')
      FROM pg_sequences ORDER BY 1
"""


class Content(NamedTuple):
    """Rows of one table, and the sum of a 64-bit hash of each row (so that their order does not matter)."""

    rows: int
    checksum: str


def tables(connection: psycopg.Connection[tuple[object, ...]]) -> list[tuple[str, str]]:
    """(schema, table) of every table of ours, sorted."""
    return [(str(schema), str(name)) for schema, name in connection.execute(TABLES).fetchall()]


def contents(connection: psycopg.Connection[tuple[object, ...]]) -> dict[str, Content]:
    """ "schema.table" → content, and the position of each sequence.

    The connection must see every row: a superuser's or hearth_loader's. Reads one consistent snapshot
    when the caller has opened a REPEATABLE READ transaction.
    """
    # With row security off a role that would see only part of the rows gets an error instead.
    connection.execute("SET LOCAL row_security = off")
    connection.execute("SET LOCAL datestyle = 'ISO'")
    connection.execute("SET LOCAL timezone = 'UTC'")
    connection.execute("SET LOCAL extra_float_digits = 3")
    found: dict[str, Content] = {}
    for schema, name in tables(connection):
        if name in LEFT_OUT:
            continue
        query = sql.SQL("SELECT count(*), coalesce(sum(hashtextextended(t::text, 0)::numeric), 0) FROM {} t")
        row = connection.execute(query.format(sql.Identifier(schema, name))).fetchone()
        assert row is not None
        found[f"{schema}.{name}"] = Content(int(str(row[0])), str(row[1]))
    for sequence, position in connection.execute(SEQUENCES).fetchall():
        found[f"sequence {sequence}"] = Content(0, str(position))
    return found
