"""Brings roles, scopes and the functions of `rights.sql` to the database after every migration.

Until then (while a migration runs) the functions answer that nobody may do anything.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connections, transaction

from hearth.hmis.access.requirements import REQUIREMENTS, TRAINED_AGAIN_AFTER
from hearth.hmis.access.roles import ROLES
from hearth.hmis.access.scopes import COLUMNS, SCOPES, key_sql

#: Every function of `rights.sql`: with its owner's rights, and a search path that nobody else can bend.
SECURED = "LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp"


def functions() -> str:
    """The statements of `rights.sql`."""
    scopes = SCOPES.values()
    parts = {
        "secured": SECURED,
        "time_zone": settings.TIME_ZONE,
        "shares": "false" if settings.COMPARABLE_DATABASE else "true",
        "projects_of_scopes": " ".join(
            f"WHEN '{scope.code}' THEN ARRAY({scope.projects})" for scope in scopes if scope.projects
        ),
        "unlimited": ", ".join(f"'{scope.code}'" for scope in scopes if scope.projects is None),
        "contained_by_projects": ", ".join(f"'{scope.code}'" for scope in scopes if scope.is_contained),
        "mine": ", ".join(f"mine.{column}" for column in COLUMNS),
        "that": ", ".join(f"g.{column}" for column in COLUMNS),
        "own_keys": f"SELECT {key_sql('mine.')} FROM hearth_grants_with(asked) mine",  # noqa: S608  # of ours
        "contained_keys": " ".join(
            f"UNION ALL SELECT {key_sql(only=scope, value='held.id')}"  # noqa: S608  # of ours
            f" FROM ({scope.contained}) AS held (id)"
            for scope in scopes
            if scope.is_contained
        ),
        "of_organizations": _codes(one.code for one in REQUIREMENTS.values() if one.of_organization),
        "signed": _codes(one.code for one in REQUIREMENTS.values() if one.is_signed),
        "lapsing": _codes(one.code for one in REQUIREMENTS.values() if one.lapses_unused),
        "trained_again_after": str(TRAINED_AGAIN_AFTER),
    }
    text = Path(__file__).with_name("rights.sql").read_text(encoding="utf-8")
    for name, part in parts.items():
        text = text.replace(f"{{{name}}}", part)
    return text


def _codes(codes: Iterable[str]) -> str:
    named = ", ".join(f"'{code}'" for code in codes)
    return f"ARRAY[{named}]::text[]"


#: A role's rows in the database: table → its second column.
_OF_ROLES = {
    "access_rolepermission": "permission", "access_rolescope": "scope", "access_rolerequirement": "kind",
}  # fmt: skip
_FIRST_VERSION = """
    INSERT INTO access_requirementversion (kind, version, text, valid_days, accepts_from)
    SELECT %(kind)s, 1, %(text)s, %(valid_days)s, 1
    WHERE NOT EXISTS (SELECT FROM access_requirementversion WHERE kind = %(kind)s)
"""


def bring_up_to_date(using: str = "default", **signal: Any) -> None:
    """After every migration, as the owner. Raises IntegrityError where a role, or a scope of one, is gone
    that a grant names: a migration must move such grants first."""
    tables = {
        "access_rolepermission": [
            (role.code, str(permission)) for role in ROLES.values() for permission in role.permissions
        ],
        "access_rolescope": [(role.code, scope.code) for role in ROLES.values() for scope in role.scopes],
        "access_rolerequirement": [(role.code, one.code) for role in ROLES.values() for one in role.requires],
    }
    with transaction.atomic(using=using), connections[using].cursor() as cursor:
        cursor.execute("SELECT to_regclass('access_rolerequirement') IS NOT NULL")
        if not cursor.fetchone()[0]:
            return  # migrated back to before requirements: its migration put the functions of then there
        for table, rows in tables.items():
            wanted = "(SELECT * FROM unnest(%s::text[], %s::text[]))"
            pairs = [list(column) for column in zip(*rows, strict=True)]
            # Tables and columns are named above; nothing of a user is in the text.
            column = _OF_ROLES[table]
            cursor.execute(f"DELETE FROM {table} WHERE (role, {column}) NOT IN {wanted}", pairs)  # noqa: S608  # of ours
            cursor.execute(f"INSERT INTO {table} {wanted} ON CONFLICT DO NOTHING", pairs)
        for one in REQUIREMENTS.values():
            first = {"kind": one.code, "text": one.text, "valid_days": one.valid_days}
            cursor.execute(_FIRST_VERSION, first)
        cursor.execute("SET LOCAL check_function_bodies = off")  # they ask each other
        cursor.execute(functions())
