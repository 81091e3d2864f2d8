"""A comparable database: an installation of victim service providers, who may not enter clients into HMIS and
keep a database of their own that meets the same standards (HMIS Data Standards Manual, 2.08; 34 U.S.C.
12291 and 42 U.S.C. 11363 forbid that what identifies their clients is disclosed).

One setting (`HEARTH_COMPARABLE_DATABASE=1`, then `hearth db migrate`) turns off what an HMIS has between
organizations:

- nothing is shared, whatever is marked so or agreed to (`hearth_shares`, which the policies of rows ask);
- nobody finds or sees a client without a stay in their own projects, or without having entered them;
- nobody holds the permissions of `TAKEN`: client-level files, lists to download among them, do not leave it;
- the row-level files of a report for HUD are not handed out; its figures are.
"""

from django.conf import settings
from django.db import DatabaseError, connection

from hearth.hmis.access.permissions import Permission

#: What nobody may do there.
TAKEN = frozenset({Permission.DATA_EXPORT})
#: Said on every page's foot.
NOTICE = "Comparable database: nothing of a client is shared, and no list of clients leaves it."


def permitted(permissions: frozenset[Permission]) -> frozenset[Permission]:
    """Of a role's permissions, those that this installation gives."""
    return permissions - TAKEN if settings.COMPARABLE_DATABASE else permissions


def database_agrees() -> bool:
    """Whether the database enforces what the setting says: it learns it from `hearth db migrate`."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT hearth_shares()")
            return bool(cursor.fetchone()[0]) is not settings.COMPARABLE_DATABASE
    except DatabaseError:
        return False
