"""The findings of an import: read page by page from their Parquet file, and handed out as CSV and Excel.

A finding names a check, a place and a class of value, never a value of a person (see
`hearth.reporting.sources.findings_table`). HUD's key of the row is among them, so that it can be found again.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from hearth.reporting import engine
from hearth.reporting.engine import Connection, name, text
from hearth.reporting.sources import finding_places as places_of_findings

COLUMNS = (
    "severity",
    "organization",
    "project",
    "check",
    "file",
    "line",
    "column",
    "key",
    "value_class",
    "sentence",
    "remedy",
    "origin",
)
HEADINGS = (
    "Severity", "Organization", "Project", "Check", "File", "Line", "Column", "Record", "Value",
    "What is wrong", "What to do", "Rule",
)  # fmt: skip
_FETCH = 10_000
_SEVERITIES = "['high', 'error', 'warning', 'info']"
_PLACE = "file_row_number"

#: No key of HUD's is a blank alone.
NOBODY = " "

Names = Mapping[str, Mapping[str, str]]
"""By column (organization, project): names by HUD's key."""
NO_NAMES: Names = MappingProxyType({})


@dataclass(frozen=True)
class Filter:
    """Which findings; '' for all. `organization` and `project` are HUD's keys, or `NOBODY` for findings about
    none, `column` a HUD column name.
    `order`: columns to sort by (True: falling); without it by severity, file, check and line."""

    severity: str = ""
    organization: str = ""
    project: str = ""
    check: str = ""
    file: str = ""
    column: str = ""
    order: tuple[tuple[str, bool], ...] = ()

    def where(self) -> tuple[str, list[str]]:
        """A condition with parameters."""
        wanted = {name: value for name, value in vars(self).items() if value and name != "order"}
        parts = [
            f'"{name}" IS NULL' if value == NOBODY else f'"{name}" = ?' for name, value in wanted.items()
        ]
        return " AND ".join(parts) or "TRUE", [value for value in wanted.values() if value != NOBODY]

    def ordered(self) -> str:
        """An ORDER BY clause; the order of the file where none is asked for."""
        parts = []
        for column, falls in self.order:
            by = f"list_position({_SEVERITIES}, severity)" if column == "severity" else name(column)
            parts.append(f"{by} {'DESC' if falls else 'ASC'} NULLS LAST")
        return f" ORDER BY {', '.join([*parts, _PLACE])}" if parts else ""


def count(path: Path, wanted: Filter) -> int:
    """How many findings are listed."""
    condition, values = wanted.where()
    with _reader() as reader:
        return int(engine.scalar(reader, f"SELECT count(*) FROM {_table(path)} WHERE {condition}", values))


def page(path: Path, wanted: Filter, offset: int, limit: int) -> list[dict[str, object]]:
    """Findings in their order: by severity, file, check and line."""
    condition, values = wanted.where()
    with _reader() as reader:
        found = engine.rows(
            reader,
            f"SELECT {_listed()} FROM {_table(path)} WHERE {condition}{wanted.ordered()}"
            f" LIMIT {int(limit)} OFFSET {int(offset)}",
            values,
        )
    return [dict(zip(COLUMNS, row, strict=True)) for row in found]


def places(path: Path) -> list[tuple[str | None, str | None, dict[str, int]]]:
    """How many findings of each severity there are by organization and project: HUD's keys, None for those
    that are about no project."""
    with _reader() as reader:
        rows = engine.rows(
            reader,
            f"SELECT organization, project, severity, count(*) FROM {_table(path)} GROUP BY ALL"
            " ORDER BY organization NULLS LAST, project NULLS LAST, severity",
        )
    found: dict[tuple[str | None, str | None], dict[str, int]] = {}
    for organization, project, severity, many in rows:
        found.setdefault((organization, project), {})[severity] = many
    return [(*place, counts) for place, counts in found.items()]


def every(path: Path, wanted: Filter, names: Names = NO_NAMES) -> Iterator[tuple[object, ...]]:
    """All findings that are wanted, in their order: the cells of `HEADINGS`. `names`: of organizations and
    projects by key, where they are known."""
    condition, values = wanted.where()
    with _reader() as reader:
        reader.execute(f"SELECT {_listed()} FROM {_table(path)} WHERE {condition}{wanted.ordered()}", values)
        while batch := reader.fetchmany(_FETCH):
            yield from (_named(row, names) for row in batch)


def _named(row: tuple[object, ...], names: Names) -> tuple[object, ...]:
    """The row with names for its places."""
    cells = zip(COLUMNS, row, strict=True)
    return tuple(names.get(column, {}).get(str(value), value) if value else value for column, value in cells)


@contextmanager
def _reader() -> Iterator[Connection]:
    with engine.connected(memory_limit="150MB", threads=1) as connection:
        yield connection


def _table(path: Path) -> str:
    """The list; one of an older version, or of an export that could not be read, has no places."""
    nobody = ", ".join(f"NULL::VARCHAR AS {name(column)}" for column in places_of_findings.COLUMNS)
    return (
        f"(SELECT * FROM (SELECT {nobody} WHERE FALSE) UNION ALL BY NAME"
        f" SELECT * FROM read_parquet({text(path)}, file_row_number = true))"
    )


def _listed() -> str:
    return ", ".join(f'"{column}"' for column in COLUMNS)
