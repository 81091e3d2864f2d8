"""The declared checks over a few records in memory: what somebody is entering, before it is stored.

The predicates are those of every import and of the lists of data quality (`standards/checks`), and so is the
engine: an answer that a form lets pass is one in which nothing else finds a fault.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from threading import Lock

from hearth.reporting import engine
from hearth.reporting.engine import name
from hearth.standards import predicates
from hearth.standards.load import Registry
from hearth.standards.model import Check, File

from .cell_types import create_empty
from .declared_checks import KINDS, may_be_broken, rows

Value = str | int | date | Decimal | None
Records = Mapping[str, Sequence[Mapping[str, Value]]]
"""By file its rows, each with the columns that are known; a column that is absent is blank."""

#: What a predicate finds in a row, or among rows of one household; the rest needs more than a form knows.
_LEVELS = frozenset({"row", "enrollment", "household"})
_SEVERITIES = frozenset({"error", "warning"})
#: Besides what is wrong, what is unlikely or missing.
KINDS_IN_FORMS = (*KINDS, "quality")


@dataclass(frozen=True, slots=True)
class Broken:
    """A check that a row breaks: the row's place among those of its file, from 0."""

    check: Check
    file: str
    place: int


class RecordChecks:
    """Checks over records that are handed over. One look at a time: others wait."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        self._lock = Lock()
        self._connection = engine.connect(memory_limit="400MB", threads=1, temp_directory="")
        # Of a few rows, every way is short: looking for the shortest takes longer than going it. And a plan
        # that was made without looking at the rows is right for the next ones too.
        self._connection.execute("PRAGMA disable_optimizer")
        self._prepared: dict[str, str] = {}
        for file in registry.files.values():
            self._connection.execute(create_empty(file, name(file.name)))

    def look(self, records: Records, of: Collection[str]) -> list[Broken]:
        """What the rows of the files `of` break, in the registry's order.

        A check that names a file that is not in `records` is not run: nothing is concluded from what is not
        there. The rows are taken as they are and all as current; of a household all must be there.
        """
        filled = {file: _filled(rows_) for file, rows_ in records.items()}
        found: list[Broken] = []
        with self._lock:
            self._connection.execute("BEGIN")
            try:
                for file, rows_ in records.items():
                    self._insert(self._registry.file(file), rows_)
                for one in of:
                    found += self._of_file(self._registry.file(one), records, filled)
            finally:
                self._connection.execute("ROLLBACK")
        places = {id_: place for place, id_ in enumerate(self._registry.checks)}
        return sorted(found, key=lambda one: (places[one.check.id], one.place))

    def _of_file(
        self, file: File, records: Records, filled: Mapping[str, frozenset[str]]
    ) -> Iterable[Broken]:
        wanted = [one for one in self._checks(file.name) if named_files(one) <= records.keys()]
        for check in may_be_broken(self._connection, wanted, file, filled):
            for place, *_ in engine.rows(self._connection, self._planned(rows(check, file))):
                yield Broken(check, file.name, place)

    def _planned(self, sql: str) -> str:
        """The query of a check, of which there are not many, planned when it is first asked."""
        if sql not in self._prepared:
            prepared = f"check_{len(self._prepared)}"
            self._connection.execute(f"PREPARE {prepared} AS {sql}")
            self._prepared[sql] = prepared
        return f"EXECUTE {self._prepared[sql]}"

    def _checks(self, file: str) -> list[Check]:
        return [
            one
            for one in self._registry.checks.values()
            if one.kind in KINDS_IN_FORMS
            and file in one.files
            and one.level in _LEVELS
            and one.severity in _SEVERITIES
        ]

    def _insert(self, file: File, rows_: Sequence[Mapping[str, Value]]) -> None:
        """In as few statements as there are sets of columns: each costs more than its rows."""
        alike: dict[tuple[str, ...], list[str]] = {}
        for place, row in enumerate(rows_):
            values = [str(place), *(_literal(value) for value in row.values())]
            alike.setdefault(tuple(row), []).append(f"({', '.join(values)})")
        for columns, lines in alike.items():
            named = ", ".join(["_line", *map(name, columns)])
            self._connection.execute(f"INSERT INTO {name(file.name)} ({named}) VALUES {', '.join(lines)}")


@cache
def record_checks(registry: Registry) -> RecordChecks:
    """The one of this process."""
    return RecordChecks(registry)


@cache
def named_files(check: Check) -> frozenset[str]:
    """The files that a check's predicate looks into, besides the one whose rows it is about."""
    inside = predicates.tables(f"{check.where or ''} {check.violates or ''}")
    return frozenset({join.file for join in check.joins} | set(inside.values()))


def _filled(rows_: Sequence[Mapping[str, Value]]) -> frozenset[str]:
    return frozenset(column for row in rows_ for column, value in row.items() if value is not None)


def _literal(value: Value) -> str:
    return str(value) if isinstance(value, Decimal) else engine.literal(value)
