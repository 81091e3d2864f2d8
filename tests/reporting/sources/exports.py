"""Tiny invented HMIS CSV exports for the tests of reading: people and projects that never were."""

import csv
import io
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from hearth.reporting import engine
from hearth.reporting.sources import Source, Staged, open_source, stage
from hearth.standards.load import MODEL_YEAR, load

Row = dict[str, object]
STAMP = "2025-12-01 09:30:00"


def small_export(year: int = 2026) -> dict[str, list[Row]]:
    """One organization, one shelter, two people in one household, one of whom has left. Nothing is wrong."""
    stamped: Row = {"DateCreated": STAMP, "DateUpdated": STAMP, "UserID": "U1", "ExportID": "X1"}
    tables: dict[str, list[Row]] = {name: [] for name in load(year).files}
    tables["Export"] = [
        {
            "ExportID": "X1", "SourceType": 4, "SourceID": "HEARTH", "SourceName": "Pine County invented",
            "ExportDate": "2026-01-15 12:00:00", "ExportStartDate": "2025-10-01",
            "ExportEndDate": "2026-01-15", "SoftwareName": "Hearth", "CSVVersion": f"{year} v1.0",
            "ExportPeriodType": 3, "ExportDirective": 2, "HashStatus": 1, "ImplementationID": "HEARTH-1",
        }
    ]  # fmt: skip
    tables["User"] = [{**stamped, "UserID": "U1", "UserFirstName": "Ada", "UserLastName": "Example"}]
    tables["Organization"] = [
        {**stamped, "OrganizationID": "O1", "OrganizationName": "Lake House", "VictimServiceProvider": 0}
    ]
    tables["Project"] = [
        {
            **stamped, "ProjectID": "P1", "OrganizationID": "O1", "ProjectName": "Lake House Shelter",
            "OperatingStartDate": "2020-01-01", "ContinuumProject": 0, "ProjectType": 1 if year < 2024 else 0,
            "HousingType": 1, "TargetPopulation": 4, "HOPWAMedAssistedLivingFac": 2, "TrackingMethod": 0,
            "HMISParticipatingProject": 1,
        }
    ]  # fmt: skip
    tables["ProjectCoC"] = [
        {
            **stamped, "ProjectCoCID": "PC1", "ProjectID": "P1", "CoCCode": "MN-500", "Geocode": "279053",
            "Address1": "1 Example Street", "City": "Pine", "State": "MN", "ZIP": "55401", "GeographyType": 1,
        }
    ]  # fmt: skip
    tables["Client"] = [_client(stamped, "C1", "Una", year), _client(stamped, "C2", "Ole", year)]
    tables["Enrollment"] = [_enrollment(stamped, "E1", "C1", 1), _enrollment(stamped, "E2", "C2", 2)]
    tables["Exit"] = [
        {**stamped, "ExitID": "T2", "EnrollmentID": "E2", "PersonalID": "C2", "ExitDate": "2025-11-30",
         "Destination": 421 if year >= 2024 else 21}
    ]  # fmt: skip
    if "HMISParticipation" in tables:
        tables["HMISParticipation"] = [
            {
                **stamped, "HMISParticipationID": "HP1", "ProjectID": "P1", "HMISParticipationType": 1,
                "HMISParticipationStatusStartDate": "2020-01-01",
            }
        ]  # fmt: skip
    return tables


def _client(stamped: Row, personal_id: str, first_name: str, year: int) -> Row:
    race: Row = dict.fromkeys(("AmIndAKNative", "Asian", "BlackAfAmerican", "NativeHIPacific"), 0)
    return {
        **stamped, **race, "PersonalID": personal_id, "FirstName": first_name, "LastName": "Example",
        "NameDataQuality": 1, "SSNDataQuality": 99, "DOB": "1990-05-17", "DOBDataQuality": 1, "White": 1,
        "HispanicLatinao": 0, "MidEastNAfrican": 0, "Sex": 0, "VeteranStatus": 0, "Ethnicity": 0, "Female": 1,
        "Male": 0, "NoSingleGender": 0, "Transgender": 0, "Questioning": 0, "HispanicLatinaeo": 0,
        "Woman": 1, "Man": 0, "NonBinary": 0, "CulturallySpecific": 0, "DifferentIdentity": 0,
    }  # fmt: skip


def _enrollment(stamped: Row, enrollment_id: str, personal_id: str, relationship: int) -> Row:
    return {
        **stamped, "EnrollmentID": enrollment_id, "PersonalID": personal_id, "ProjectID": "P1",
        "EntryDate": "2025-11-02", "HouseholdID": "H1", "RelationshipToHoH": relationship,
        "EnrollmentCoC": "MN-500", "LivingSituation": 116, "LengthOfStay": 10, "DisablingCondition": 0,
        "DateToStreetESSH": "2025-10-20", "TimesHomelessPastThreeYears": 1,
        "MonthsHomelessPastThreeYears": 101,
    }  # fmt: skip


def csv_bytes(
    name: str,
    rows: list[Row],
    year: int = 2026,
    *,
    columns: list[str] | None = None,
    header: Callable[[str], str] = lambda column: column,
    encoding: str = "utf-8",
    delimiter: str = ",",
    line_end: str = "\r\n",
) -> bytes:
    """One file as bytes; text quoted as HUD wants it. `columns` for another order or fewer of them."""
    file = load(year).file(name)
    order = columns if columns is not None else [column.name for column in file.columns]
    text_columns = {column.name for column in file.columns if column.type == "S"}
    out = io.StringIO()
    out.write(delimiter.join(header(column) for column in order) + line_end)
    for row in rows:
        cells = []
        for column in order:
            value = row.get(column)
            if value is None:
                cells.append("")
            elif column in text_columns:
                cells.append('"' + str(value).replace('"', '""') + '"')
            else:
                cells.append(str(value))
        out.write(delimiter.join(cells) + line_end)
    return out.getvalue().encode(encoding)


@dataclass
class Export:
    """An export to be bent out of shape: change `tables` or `files` (bytes by name), then write it."""

    year: int = 2026
    tables: dict[str, list[Row]] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.tables = self.tables or small_export(self.year)

    def row(self, table: str, number: int = 0) -> Row:
        return self.tables[table][number]

    def all_files(self, **how: object) -> dict[str, bytes]:
        """Bytes of every file by its name with .csv."""
        made = {f"{n}.csv": csv_bytes(n, rows, self.year, **how) for n, rows in self.tables.items()}  # type: ignore[arg-type]
        return {**made, **self.files}

    def zip(self, folder: Path, **how: object) -> Path:
        return write_zip(folder / "export.zip", self.all_files(**how))


def write_zip(path: Path, files: Mapping[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


@contextmanager
def opened(path: Path, **how: object) -> Iterator[Source]:
    with open_source(path, **how) as source:  # type: ignore[arg-type]
        yield source


@contextmanager
def staged(path: Path, **how: object) -> Iterator[Staged]:
    """The export opened and staged in memory; `check=False` is much faster where findings do not matter."""
    with open_source(path) as source, engine.connected(threads=1, temp_directory=source.work) as connection:
        yield stage(source, connection, load(MODEL_YEAR), **how)  # type: ignore[arg-type]


def found(result: Staged, check: str) -> list[tuple]:
    """Findings of one check: (file, column, line, key, value_class, severity, stops), in order."""
    return engine.rows(
        result.connection,
        'SELECT file, "column", line, key, value_class, severity, stops FROM read_parquet(?)'
        ' WHERE "check" = ? ORDER BY file, "column", line',
        [str(result.findings_path), check],
    )


def checks(result: Staged) -> dict[tuple[str, str | None, str | None], int]:
    """The summary as {(check, file, column): count}."""
    return {(s.check, s.file, s.column): s.count for s in result.summary}


def read_csv(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as text:
        return list(csv.DictReader(text))
