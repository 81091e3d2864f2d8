"""What the roles `hearth_report` and `hearth_counts` may read: the columns that the snapshot takes, no more.

The second reads them of the projects of one run's scope alone (access/policies_sql.py).

Given anew after every migration, so that a new column of HUD is readable and a withheld one never is.
"""

from django.db import connections

from hearth.hmis.reports.snapshot import relations
from hearth.server.roles import COUNTS, REPORT

#: A table is read in parts by its rows' places, and its changes are found by their transactions.
_SYSTEM_COLUMNS = ("ctid", "xmin")


def readable() -> dict[str, list[str]]:
    """Table → columns that the role may read."""
    tables: dict[str, list[str]] = {"organizations_datasource": ["id", "is_hearth"]}
    for relation in relations().files:
        own = [*relation.columns, *_SYSTEM_COLUMNS]
        if relation.ssn is not None:
            own += [relation.ssn.sealed, relation.ssn.index]
        tables[relation.table] = own
        if relation.history is not None:
            tables[relation.history] = ["pgh_id", "pgh_obj_id", "xmin"]
    return tables


def grant_reading(using: str = "default") -> None:
    """After every migration, as the owner. Does nothing for a role that is not there yet: a server that an
    older version set up gets it from `hearth db setup`."""
    connection = connections[using]
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolname FROM pg_roles WHERE rolname = ANY (%s)", [[REPORT, COUNTS]])
        roles = [role for (role,) in cursor.fetchall()]
        there = set(connection.introspection.table_names(cursor))
        old_versions = {one.history for one in relations().files}
        for role in roles:
            for table, columns in readable().items():
                if table in there and not (role == COUNTS and table in old_versions):
                    listed = ", ".join(f'"{column}"' for column in columns)
                    cursor.execute(f'REVOKE ALL ON "{table}" FROM {role}')
                    cursor.execute(f'GRANT SELECT ({listed}) ON "{table}" TO {role}')
        cursor.execute("SELECT to_regprocedure('hearth_counted_projects()') IS NOT NULL")
        if COUNTS in roles and cursor.fetchone()[0]:  # not where it is migrated back to before grants
            cursor.execute(f"GRANT EXECUTE ON FUNCTION hearth_counted_projects TO {COUNTS}")
