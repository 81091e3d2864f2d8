"""Writes an HMIS CSV export to the letter of HUD's specification, from tables of the engine.

HMIS CSV Format Specifications FY2026 v1.0. One zip holds every file of the registry's year in HUD's order,
none in a folder; a file without rows is its header alone. How a value is written: `csv_text`. Hashing:
`hashing`. Whole or not at all, same bytes for the same input: `archive`.

The order of rows is the order in which a source yields them; a source that must be repeatable says
ORDER BY. Nothing here reads the clock: the time of the export is part of the header.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from hearth.reporting.engine import Connection, rows
from hearth.reporting.outputs import archive, csv_text
from hearth.standards import File, Registry

_ROWS_AT_ONCE = 20_000  # about 4 MB of text

# Codes that the writer itself depends on, by HUD's name for them (lists 1.1, 1.2, 1.5, 1.9).
HASH_STATUS_UNHASHED = 1
HASH_STATUS_SHA_256 = 4
PERIOD_TYPE_REPORTING_PERIOD = 3
DIRECTIVE_FULL_REFRESH = 2
SOURCE_TYPE_COC_HMIS = 1

OnProgress = Callable[[str, int], None]
"""Called with the name of a file and the number of its rows just written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportHeader:
    """The one row of Export.csv.

    `source_id` are the CoC codes of the implementation joined by a semicolon, required for a CoC HMIS.
    `exported_at` is when the export started, local wall-clock time. `version` is the version of HUD's
    format that goes behind the year: "v1.0" becomes CSVVersion "2026 v1.0".
    """

    export_id: str
    source_id: str
    exported_at: datetime
    start: date
    end: date
    software_version: str
    implementation_id: str
    hashed: bool = False
    source_type: int = SOURCE_TYPE_COC_HMIS
    source_name: str | None = None
    contact_first: str | None = None
    contact_last: str | None = None
    contact_phone: str | None = None
    contact_extension: str | None = None
    contact_email: str | None = None
    software_name: str = "Hearth"
    version: str = "v1.0"
    period_type: int = PERIOD_TYPE_REPORTING_PERIOD
    directive: int = DIRECTIVE_FULL_REFRESH

    def __post_init__(self) -> None:
        if self.end < self.start:
            raise ValueError(f"the export period ends ({self.end}) before it starts ({self.start})")
        if self.source_type == SOURCE_TYPE_COC_HMIS and not self.source_id:
            raise ValueError("an export of a CoC's HMIS must name its CoC codes")
        if self.source_type != SOURCE_TYPE_COC_HMIS and not self.source_name:
            raise ValueError("an export that is not of a CoC's HMIS must name the database's owner")

    def values(self, year: int) -> dict[str, str | int | date | datetime | None]:
        """The row by HUD's column names, for HUD's fiscal `year`."""
        return {
            "ExportID": self.export_id,
            "SourceType": self.source_type,
            "SourceID": self.source_id or None,
            "SourceName": self.source_name,
            "SourceContactFirst": self.contact_first,
            "SourceContactLast": self.contact_last,
            "SourceContactPhone": self.contact_phone,
            "SourceContactExtension": self.contact_extension,
            "SourceContactEmail": self.contact_email,
            "ExportDate": self.exported_at,
            "ExportStartDate": self.start,
            "ExportEndDate": self.end,
            "SoftwareName": self.software_name,
            "SoftwareVersion": self.software_version,
            "CSVVersion": f"{year} {self.version}",
            "ExportPeriodType": self.period_type,
            "ExportDirective": self.directive,
            "HashStatus": HASH_STATUS_SHA_256 if self.hashed else HASH_STATUS_UNHASHED,
            "ImplementationID": self.implementation_id,
        }


@dataclass(frozen=True, slots=True)
class Written:
    """What an export holds: rows of each file in HUD's order, and the bytes of text before zipping."""

    rows: Mapping[str, int]
    text_bytes: int


def write(
    connection: Connection,
    target: Path,
    *,
    registry: Registry,
    header: ExportHeader,
    sources: Mapping[str, str],
    on_progress: OnProgress | None = None,
) -> Written:
    """Write the export to `target`, a zip file.

    `sources` maps a file name ("HealthAndDV") to a relation of the engine: a table name or a query in
    parentheses. A relation has every column of the file in HUD's spelling, in any order, except
    ExportID, which is the header's; further columns are passed over. A file without a source is
    written empty. Export.csv comes from the header.

    Raises `archive.OutputError` when the file cannot be written, and KeyError, before anything is
    written, when a source names an unknown file or lacks a column.
    """
    unknown = sorted(set(sources) - set(registry.files))
    if unknown:
        raise KeyError(f"the HMIS CSV of {registry.year} has no file {', '.join(unknown)}")
    queries = {
        name: _lines_query(connection, registry.file(name), relation, header)
        for name, relation in sources.items()
        if name != "Export"
    }
    counts: dict[str, int] = {}
    size = 0
    with archive.writing(target) as zipped:
        for file in registry.files.values():
            counts[file.name] = 0

            def counted(name: str, number: int) -> None:
                counts[name] += number
                if on_progress is not None:
                    on_progress(name, number)

            if file.name == "Export":
                chunks: Iterator[bytes] = iter([_export_file(file, header, registry.year)])
                counted(file.name, 1)
            else:
                chunks = _chunks(connection, file, queries.get(file.name), counted)
            size += zipped.add(file.file_name, chunks)
    return Written(counts, size)


def _lines_query(connection: Connection, file: File, relation: str, header: ExportHeader) -> str:
    described = rows(connection, f"DESCRIBE SELECT * FROM {_relation(relation)}")
    types = {str(column[0]): str(column[1]) for column in described}
    missing = [c.name for c in file.columns if c.name != "ExportID" and c.name not in types]
    if missing:
        raise KeyError(f"the source of {file.file_name} lacks {', '.join(missing)}")
    line = csv_text.line(file, types, export_id=header.export_id, hashed=header.hashed)
    return f"SELECT {line} FROM {_relation(relation)}"


def _relation(relation: str) -> str:
    return f"{relation} AS source" if relation.startswith("(") else relation


def _chunks(connection: Connection, file: File, query: str | None, counted: OnProgress) -> Iterator[bytes]:
    yield csv_text.header(file).encode()
    if query is None:
        return
    result = connection.execute(query)
    while found := result.fetchmany(_ROWS_AT_ONCE):
        lines = [row[0] for row in found]
        lines.append("")
        yield csv_text.LINE_END.join(lines).encode()
        counted(file.name, len(found))


def _export_file(file: File, header: ExportHeader, year: int) -> bytes:
    values = header.values(year)
    cells = []
    for column in file.columns:
        value = values[column.name]
        if value is None:
            cells.append("")
        elif isinstance(value, datetime):
            cells.append(value.strftime("%Y-%m-%d %H:%M:%S"))
        elif column.type == "S":
            cells.append(csv_text.string_value(str(value)))
        else:
            cells.append(str(value))
    return (csv_text.header(file) + ",".join(cells) + csv_text.LINE_END).encode()
