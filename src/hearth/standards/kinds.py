"""The kinds of checks: how each is found, and where it runs, or why it does not run yet.

What stands here is what the catalog prints; `tests/house/test_checks_run.py` holds it against the code.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

EVERY_IMPORT = "every import"
IN_FORMS = "forms, while somebody enters; not in an import"
EVERY_READING = "every import and every report, while the export is opened"


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind. `runs` is where, in words; empty when nowhere, and then `not_run` is the reason."""

    found_by: str
    runs: str = ""
    not_run: str = ""
    has_predicate: bool = False


_LISTS = "the work lists and data quality reports that will run it are still to be built"

KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        "sql": Kind("a predicate over rows", EVERY_IMPORT, has_predicate=True),
        "quality": Kind("a predicate over rows", IN_FORMS, has_predicate=True),
        "dependent": Kind(
            "a predicate over rows, from the column's condition", EVERY_IMPORT, has_predicate=True
        ),
        "file_set": Kind("the files of the export", EVERY_READING),
        "version": Kind("the year of the export", EVERY_READING),
        "header": Kind("the header of a file", EVERY_READING),
        "encoding": Kind("the bytes of a file", EVERY_READING),
        "rows": Kind("the number of rows", EVERY_IMPORT),
        "type": Kind("the type of a column", EVERY_IMPORT),
        "form": Kind("the form in which a value is written", EVERY_IMPORT),
        "length": Kind("the length of a column", EVERY_IMPORT),
        "characters": Kind("the characters of a text", EVERY_IMPORT),
        "null": Kind("columns that must not be blank", EVERY_IMPORT),
        "list": Kind("the list of a column", EVERY_IMPORT),
        "list_status": Kind("the list of a column", EVERY_IMPORT),
        "pattern": Kind("the pattern of a column", EVERY_IMPORT),
        "range": Kind("the range of a column", EVERY_IMPORT),
        "key": Kind("the key of a file", EVERY_IMPORT),
        "reference": Kind("the row that a column names", EVERY_IMPORT),
        "among": Kind("the rows of another file", EVERY_IMPORT),
        "stored": Kind("what the database holds", EVERY_IMPORT),
        "writer": Kind("the writer of exports", "every export, by the way it is written"),
        "application": Kind("the application", "every change of a record, by the way it is stored"),
        "report": Kind("concepts of a report: its period, its settings, stays compared", not_run=_LISTS),
        "cleanup": Kind(
            "the import", not_run="an import stores rows as they came, and offers no repairs yet"
        ),
        "manual": Kind("a person", not_run="it needs knowledge that is not in the CSV files"),
    }
)
