"""A columnar snapshot of the application's database: what reports read instead of an export.

    folder = refresh(url, relations, home / "snapshot", unseal=unseal)   # copies, or brings up to date
    with engine.connected() as connection, opened(folder, connection, registry) as snapshot:
        engine.rows(connection, 'SELECT PersonalID, EntryDate FROM "Enrollment"')

The snapshot folder holds one folder for each *state* (`000001`, `000002`, …), complete in itself: Parquet
files and `state.json`. What did not change between two states is one file with two names (hard links), so
that a state costs the disk what changed. A state is made aside and put in place by one rename; it is never
changed afterwards, and goes when newer ones are there and nobody reads it any more.

The tables are those of `sources.staging` (HUD's files of the database's year, typed), with these differences:

| | |
|---|---|
| withheld | names, SSN, free text, staff, UserID and ExportID are always NULL, see `relations.withheld` |
| keys | unique in the database, not in their data source alone, see `hud_keys` |
| `client_ssn` | given, in place of `Client.SSN`; see `concepts/tables/client_ssn.sql` |
| `_unread` | the columns whose text could not be read, for what a report says of its input |
| `_id` | instead of `_line`, `_hash`, `_raw` and `_faulty`: the record's own number in the database |

| module | what |
|---|---|
| `relations` | which table and column of the database holds what; what is withheld |
| `reading` | one consistent view of PostgreSQL, as relations for the engine |
| `copying` `hud_keys` `numbers` | one file from the database to Parquet |
| `refreshing` `states` | what is copied; the state on disk |
| `opening` | a state as tables of an engine connection |

No Django, no clock but the database's, no log.
"""

from .opening import Snapshot, opened
from .problems import SnapshotError
from .refreshing import OnProgress, refresh
from .relations import Relation, Relations, Text, withheld
from .states import is_state

__all__ = [
    "OnProgress",
    "Relation",
    "Relations",
    "Snapshot",
    "SnapshotError",
    "Text",
    "is_state",
    "opened",
    "refresh",
    "withheld",
]
