"""HMIS CSV of any vendor in, typed tables and findings out. No Django, no database, bounded memory.

    from hearth.reporting import engine
    from hearth.reporting.sources import open_source, stage

    with (
        open_source("export.zip", on_progress=show) as source,
        engine.connected(source.work / "staged.duckdb") as connection,
    ):
        if source.year is None:            # structure faults so bad that nothing can be read
            refuse(source.problems)
        staged = stage(source, connection, registry, on_progress=show)
        if staged.stops:                   # all faults are in staged.summary and staged.findings_path
            refuse(staged.summary)
        engine.rows(connection, 'SELECT PersonalID, _line, _hash, _raw, _faulty FROM "Client"')

| module | what |
|---|---|
| `open` `containers` `encoding` | unpack safely, to UTF-8 |
| `header` `year` | check files and headers, find the year |
| `staging` `csv_reading` `cell_types` `dates` `upgrade` | text to typed tables of one year, lines, hashes |
| `unread` | for a report: the cells that could not be read |
| `contradictions` | rows that the database would refuse, marked |
| `findings` `findings_table` | everything that is wrong, to Parquet and counted: |
| `column_checks` `identifier_checks` `declared_checks` | what is checked |
| `problems` `progress` | what a fault is, what is told of progress |

The tables are described in `staging`, the Parquet file of findings in `findings_table`, what stops an import
in `identifier_checks` and `open`. Reports use the same two calls with `check=False`.
"""

from .containers import Limits
from .findings_table import Summary
from .open import Source, SourceFile, open_source
from .problems import Problem, SourceFault
from .progress import Progress
from .staging import Staged, stage
from .unread import Unread

__all__ = [
    "Limits",
    "Problem",
    "Progress",
    "Source",
    "SourceFault",
    "SourceFile",
    "Staged",
    "Summary",
    "Unread",
    "open_source",
    "stage",
]
