"""Writers of clients' records that the user may not know: not told by an export either.

HUD demands UserID, DateCreated and DateUpdated of every row (5.01, 5.02, 5.07). Where the user may not know
who wrote a client's record (`clients/record_source.py`), the row carries this installation's own UserID and
the day of the export, and so does the day of a deletion. User.csv names that user.
"""

from datetime import date

from django.conf import settings
from django.db import connection as database

from hearth.reporting.engine import Connection

#: The UserID under which this installation writes, and its key while rows are gathered (see `keys`).
OWN_USER_ID = "hearth"
OWN_KEY = f"0|{OWN_USER_ID}"

_UNKNOWN = """
    WITH theirs AS (
        SELECT c.id, coalesce(c.user_data_source_id, c.data_source_id) AS source, c.user_id, c.updated_by_id
        FROM clients_client c WHERE c.id IN (SELECT client_id FROM export_enrollment)
    )
    SELECT id FROM theirs EXCEPT SELECT hearth_known_writers(
        array_agg(id), array_agg(source), array_agg(user_id), array_agg(updated_by_id)) FROM theirs
"""


def hide_unknown(tables: Connection, exported_on: date) -> int:
    """Replace what an export must not tell of the writers of its clients; returns of how many clients.

    `tables` holds the gathered files, and the acting user and the chosen enrollments are those of the
    transaction.
    """
    with database.cursor() as cursor:
        # Planned for as many clients as there are, whatever was asked in this session before.
        cursor.execute("SELECT set_config('plan_cache_mode', 'force_custom_plan', true)")
        cursor.execute(_UNKNOWN)
        hidden = [pk for (pk,) in cursor.fetchall()]
    if hidden:
        day = f"{exported_on.isoformat()} 00:00:00"
        tables.execute(
            """
            UPDATE "Client" SET UserID = $1, DateCreated = $2, DateUpdated = $2,
                DateDeleted = CASE WHEN DateDeleted IS NOT NULL THEN $2 END
            WHERE _id IN (SELECT CAST(unnest(string_split($3, ',')) AS BIGINT))
            """,
            [OWN_KEY, day, ",".join(map(str, hidden))],
        )
        name_own_user(tables, exported_on)
    return len(hidden)


def name_own_user(tables: Connection, exported_on: date) -> None:
    """This installation's own user in User.csv, once."""
    tables.execute(
        """
        INSERT INTO "User" (_id, UserID, UserLastName, DateCreated, DateUpdated)
        SELECT 0, $1, $2, $3, $3 WHERE $1 NOT IN (SELECT UserID FROM "User" WHERE UserID IS NOT NULL)
        """,
        [OWN_KEY, str(settings.SITE_NAME)[:50], f"{exported_on.isoformat()} 00:00:00"],
    )
