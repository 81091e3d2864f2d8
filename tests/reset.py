"""Bringing a test database back to how migrations left it, by undoing only what was done to it.

Copying the template anew takes half a second; most tests write into a few of its tables. Data are compared
and put back; whatever else may be changed in a database (tables, columns, rights, triggers, functions) is
only compared, and whoever asks makes the database anew where it differs.
"""

import psycopg
from psycopg import sql

# Catalogs whose rows for our objects show in `xmin` and `ctid` that something was made, changed or removed.
CATALOGS = {
    "pg_attrdef": "adrelid", "pg_attribute": "attrelid", "pg_cast": "oid", "pg_collation": "oid",
    "pg_constraint": "oid", "pg_default_acl": "oid", "pg_enum": "oid", "pg_event_trigger": "oid",
    "pg_extension": "oid", "pg_foreign_server": "oid", "pg_index": "indexrelid", "pg_inherits": "inhrelid",
    "pg_largeobject_metadata": "oid", "pg_operator": "oid", "pg_policy": "oid", "pg_proc": "oid",
    "pg_publication": "oid", "pg_rewrite": "oid", "pg_sequence": "seqrelid", "pg_statistic_ext": "oid",
    "pg_trigger": "oid", "pg_type": "oid",
}  # fmt: skip
FIRST_OF_OURS = 16384  # object numbers below are PostgreSQL's own
# Rows of these two are rewritten by ANALYZE, VACUUM and temporary tables, too: what counts of them, as text.
RELATIONS = f"""
    SELECT 'pg_class', string_agg(concat_ws(' ', oid, relname, relnamespace, relkind, relowner, relacl::text,
        relrowsecurity, relforcerowsecurity, relpersistence, relispartition, relreplident, reloptions::text),
        ',' ORDER BY oid)
    FROM pg_class WHERE oid >= {FIRST_OF_OURS} AND relpersistence <> 't'
    UNION ALL
    SELECT 'pg_namespace', string_agg(concat_ws(' ', nspname, nspowner, nspacl::text), ',' ORDER BY nspname)
    FROM pg_namespace WHERE nspname !~ '^pg_(toast_)?temp'
    UNION ALL
    SELECT 'pg_database', concat_ws(' ', datdba, datacl::text, datconnlimit)
    FROM pg_database WHERE datname = current_database()
    UNION ALL
    SELECT 'pg_db_role_setting', string_agg(concat_ws(' ', setrole, setconfig::text), ',' ORDER BY setrole)
    FROM pg_db_role_setting s JOIN pg_database d ON d.oid = setdatabase WHERE datname = current_database()
"""
STRUCTURE = " UNION ALL ".join(
    [
        RELATIONS,
        *(
            f"SELECT '{catalog}', concat(count(*), ' ', sum(hashtextextended(concat(xmin, ctid), 0)))"
            f" FROM {catalog} WHERE {key} >= {FIRST_OF_OURS}"
            for catalog, key in CATALOGS.items()
        ),
    ]
)
OTHERS = """
    SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type <> 'autovacuum worker'
"""
SEQUENCES = f"""
    SELECT c.oid::bigint, coalesce(pg_sequence_last_value(c.oid), s.seqstart),
           pg_sequence_last_value(c.oid) IS NOT NULL
    FROM pg_class c JOIN pg_sequence s ON s.seqrelid = c.oid
    WHERE c.oid >= {FIRST_OF_OURS} AND relpersistence <> 't'
"""
# A table that was never written to has no page. One whose rows are gone, or were rolled back, has.
WRITTEN_TO = f"""
    SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE relkind = 'r' AND relpersistence <> 't' AND c.oid >= {FIRST_OF_OURS} AND pg_relation_size(c.oid) > 0
    ORDER BY 1, 2
"""
Table = tuple[str, str]
Connection = psycopg.Connection[tuple[object, ...]]
SequenceStates = dict[int, tuple[int, bool]]


class Original:
    """What a database held when this was made; `restore` brings it back."""

    def __init__(self, connection: Connection) -> None:
        """`connection`: a superuser's, with autocommit."""
        written = _tables(connection)
        self._rows = {table: rows for table in written if (rows := _rows(connection, table))}
        self._sequences = _sequences(connection)
        self._structure = connection.execute(STRUCTURE).fetchall()

    def restore(self, connection: Connection) -> bool:
        """Put rows, sequences and statistics back; whoever is still connected is cut off.

        False when something else than data was changed, which only a new copy brings back.
        """
        connection.execute(OTHERS)
        if connection.execute(STRUCTURE).fetchall() != self._structure:
            return False
        connection.execute("SET session_replication_role = replica")  # no trigger, no foreign key
        changed = [
            table
            for table in dict.fromkeys([*_tables(connection), *self._rows])
            if table not in self._rows or _rows(connection, table) != self._rows[table]
        ]
        with connection.transaction():
            for table in changed:
                connection.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(*table)))
        if changed:
            # Gives the pages back, so that the table counts as never written to.
            names = sql.SQL(", ").join(sql.Identifier(*table) for table in changed)
            connection.execute(sql.SQL("VACUUM (SKIP_DATABASE_STATS) {}").format(names))
        for table in changed:
            if table in self._rows:
                copy = sql.SQL("COPY {} FROM STDIN").format(sql.Identifier(*table))
                with connection.cursor() as cursor, cursor.copy(copy) as target:
                    target.write(self._rows[table])
            connection.execute("SELECT pg_clear_relation_stats(%s, %s)", table)
        connection.execute("DELETE FROM pg_statistic WHERE starelid >= %s", [FIRST_OF_OURS])
        for sequence, state in _sequences(connection).items():
            if state != self._sequences[sequence]:
                value, called = self._sequences[sequence]
                connection.execute("SELECT setval(%s::oid::regclass, %s, %s)", [sequence, value, called])
        return True


def _tables(connection: Connection) -> list[Table]:
    return [(str(schema), str(name)) for schema, name in connection.execute(WRITTEN_TO).fetchall()]


def _rows(connection: Connection, table: Table) -> bytes:
    """All rows in PostgreSQL's own text, in the order they lie in."""
    statement = sql.SQL("COPY {} TO STDOUT").format(sql.Identifier(*table))
    with connection.cursor() as cursor, cursor.copy(statement) as source:
        return b"".join(bytes(block) for block in source)


def _sequences(connection: Connection) -> SequenceStates:
    rows = connection.execute(SEQUENCES).fetchall()
    return {int(str(oid)): (int(str(value)), bool(called)) for oid, value, called in rows}
