"""What an export says of itself, and what may be concluded from what it does not hold.

HMIS CSV Format Specifications FY2026 v1.0, Export Period Types and Export Directive Types:

- A full refresh (2) is "intended to completely replace any previously transmitted data": a record that it
  lacks is no longer there, as far as it could have been in it. An export of the period type "updated" (1) has
  only records that were changed in the period, so that nothing follows from what it lacks, whatever its
  directive.
- A delta refresh (1) has "only information that is new or different", and so has an "updated" export; of the
  directive "other" (3) the parties alone know. What their rows belong to may be in the database only.

Where Export.csv has several rows (HUD's sample has ten) the narrowest reading holds: full only if all say so,
the days that all periods have in common, the CoCs of all.
"""

from dataclasses import dataclass
from datetime import date, datetime

import psycopg

from hearth.reporting.engine import Connection, row, rows

DELTA, FULL, OTHER = 1, 2, 3  # list 1.2
UPDATED = 1  # list 1.1


@dataclass(frozen=True)
class Announced:
    """`replaces`: records that the export lacks count as missing. `start` and `end`: its period, both days
    included. `cocs`: the CoCs it is of, in capitals; none: all. `at`: when it was made (ExportDate), and
    `newest`: the latest ExportDate that was imported from the same data source."""

    replaces: bool = False
    parents_elsewhere: bool = False
    start: date | None = None
    end: date | None = None
    cocs: tuple[str, ...] = ()
    at: datetime | None = None
    newest: datetime | None = None

    @property
    def is_older(self) -> bool:
        """Whether an export that was made later was imported before."""
        return self.at is not None and self.newest is not None and self.at < self.newest


def read(connection: Connection) -> Announced:
    """From the staged Export.csv."""
    full, partial, start, end, at, number = row(
        connection,
        f"SELECT count_if(ExportDirective = {FULL} AND ExportPeriodType IS DISTINCT FROM {UPDATED}),"
        f" count_if(ExportDirective IN ({DELTA}, {OTHER}) OR ExportPeriodType = {UPDATED}),"
        ' max(ExportStartDate), min(ExportEndDate), max(ExportDate), count(*) FROM "Export"',
    )
    cocs = rows(
        connection,
        "SELECT DISTINCT upper(unnest(regexp_extract_all(SourceID, '\\b[A-Za-z]{2}-[0-9]{3}\\b')))"
        ' FROM "Export" ORDER BY 1',
    )
    return Announced(
        replaces=bool(number) and full == number and start is not None and end is not None,
        parents_elsewhere=bool(partial),
        start=start,
        end=end,
        cocs=tuple(code for (code,) in cocs),
        at=at,
    )


def newest_export(cursor: psycopg.Cursor, data_source: int | None) -> datetime | None:
    """The latest ExportDate of what was imported from a data source."""
    cursor.execute(
        "SELECT max(export_date) FROM organizations_export WHERE data_source_id = %s", [data_source]
    )
    found = cursor.fetchone()
    return found[0] if found else None
