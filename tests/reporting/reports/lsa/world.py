"""A small invented world for the LSA: short rows become whole HMIS rows, typed tables and step tables.

    rows = filled({"Enrollment": [{"PersonalID": "Una", "ProjectID": "ES", "EntryDate": "2026-01-05"}]})
    stage_rows(connection, rows)
    run(connection, parameters, ["lsa_household_dates"])

What a short row may leave out:

- `Client` and `Project` are mappings by ID and need to say only what is special. Whoever an enrollment
  names is there: an adult born in 1980, and a project that started in 2010 in the CoC of the report. The
  letters at the start of a ProjectID are its type: ES, NBN, TH, PSH, SH, OPH, RRH, RRHSO.
- An `Enrollment` has the answers of somebody who was never homeless before. The first of a HouseholdID is
  the head; the others are other relatives, in the head's project, from the head's entry to the head's exit,
  there on the head's bed nights, unless they say otherwise. Without a HouseholdID it is a household alone.
  EnrollmentIDs count per person: Una1, Una2. `ExitDate` and `Destination` make the Exit, `Nights` (days, or
  "2026-01-05..2026-01-09") the bed nights.
- Rows of other files by their columns; the key is made up, and the PersonalID follows from the EnrollmentID.
"""

import csv
import re
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

from hearth.reporting import engine
from hearth.reporting.engine import Connection, name
from hearth.reporting.engine import text as literal
from hearth.reporting.making import prepare
from hearth.reporting.reports.lsa.parameters import LsaParameters, Scope
from hearth.reporting.runtime import registry
from hearth.reporting.runtime.live import only_live
from hearth.reporting.runtime.plan import Step, needed
from hearth.reporting.runtime.run import run_steps
from hearth.reporting.sources.cell_types import SQL_TYPES, create_empty
from hearth.standards.load import LATEST, load

LSA = registry.by_name("lsa")

Row = dict[str, Any]
Rows = dict[str, list[Row]]

REGISTRY = load(LATEST)
COC = "XX-501"
STAMP = "2026-08-01 09:30:00"
PROJECT_TYPES = {"ES": 0, "NBN": 1, "TH": 2, "PSH": 3, "SH": 8, "OPH": 9, "RRH": 13, "RRHSO": 13}
OF_THE_STAY = ("EntryDate", "ExitDate", "Destination", "DestinationSubsidyType", "Nights")
RACES = ("AmIndAKNative", "Asian", "BlackAfAmerican", "HispanicLatinao", "MidEastNAfrican", "NativeHIPacific")


def parameters_of(said: Mapping[str, Any] | None = None) -> LsaParameters:
    """The report of a case: FY2026 of the whole system of XX-501, unless it says otherwise."""
    given = dict(said or {})
    start = given.pop("start", date(2025, 10, 1))
    scope = Scope[str(given.pop("scope", "systemwide")).upper()]
    parameters = LsaParameters(
        coc=given.pop("coc", COC),
        start=start,
        end=given.pop("end", start if scope is Scope.HIC else date(2026, 9, 30)),
        scope=scope,
        projects=tuple(given.pop("projects", ())),
        made_at=given.pop("made_at", datetime(2026, 11, 2, 8, 30)),
    )
    assert not given, f"unknown parameters {list(given)}"
    return parameters


# --- short rows to whole rows ----------------------------------------------------------------------------


def filled(short: Mapping[str, Any], coc: str = COC) -> Rows:
    """All rows of all files. Raises KeyError for a file or column that does not exist."""
    rows: Rows = {file: [] for file in REGISTRY.files}
    clients, projects = dict(short.get("Client") or {}), dict(short.get("Project") or {})
    for table, given in short.items():
        if table not in ("Client", "Project", "Enrollment"):
            rows[table].extend(dict(row) for row in given)
    for row in list(_enrollments(short.get("Enrollment") or [], coc)):
        _exit_and_nights(rows, row)
        rows["Enrollment"].append(row)
    person = {row["EnrollmentID"]: row["PersonalID"] for row in rows["Enrollment"]}
    for row in rows["Enrollment"]:
        clients.setdefault(row["PersonalID"], {})
        projects.setdefault(row["ProjectID"], {})
    rows["Client"] = [_client(key, given or {}) for key, given in clients.items()]
    rows["Project"] = [_project(key, given or {}) for key, given in projects.items()]
    _beside_projects(rows, coc)
    for table, some in rows.items():
        key = REGISTRY.file(table).key
        for number, row in enumerate(some, 1):
            row.setdefault(key, f"{table}{number:05}")
            if "EnrollmentID" in row and "PersonalID" in REGISTRY.file(table):
                row.setdefault("PersonalID", person.get(row["EnrollmentID"]))
            for column in ("DateCreated", "DateUpdated"):
                if column in REGISTRY.file(table):
                    row.setdefault(column, STAMP)
            for column in row:
                REGISTRY.file(table).column(column)
    return rows


def _enrollments(given: Sequence[Mapping[str, Any]], coc: str) -> Iterator[Row]:
    heads: dict[str, Row] = {}
    number: defaultdict[str, int] = defaultdict(int)
    for short in given:
        row = dict(short)
        number[row["PersonalID"]] += 1
        row.setdefault("EnrollmentID", f"{row['PersonalID']}{number[row['PersonalID']]}")
        row.setdefault("HouseholdID", row["EnrollmentID"])
        head = heads.setdefault(row["HouseholdID"], row)
        if head is not row:
            row.setdefault("ProjectID", head["ProjectID"])
            for column in OF_THE_STAY:
                if column in head:
                    row.setdefault(column, head[column])
        row.setdefault("RelationshipToHoH", 1 if head is row else 4)
        row.setdefault("EnrollmentCoC", coc)
        row.setdefault("DisablingCondition", 0)
        row.setdefault("LivingSituation", 422)
        row.setdefault("LengthOfStay", 5)
        row.setdefault("DateToStreetESSH", row["EntryDate"])
        row.setdefault("TimesHomelessPastThreeYears", 1)
        row.setdefault("MonthsHomelessPastThreeYears", 101)
        yield row


def _exit_and_nights(rows: Rows, row: Row) -> None:
    """Take what is said of the exit and of bed nights out of an enrollment into rows of their own."""
    taken = {column: row.pop(column, None) for column in OF_THE_STAY[1:]}
    if taken["ExitDate"] is not None:
        rows["Exit"].append(
            {
                "EnrollmentID": row["EnrollmentID"],
                "ExitDate": taken["ExitDate"],
                "Destination": 422 if taken["Destination"] is None else taken["Destination"],
                "DestinationSubsidyType": taken["DestinationSubsidyType"],
            }
        )
    for night in nights(taken["Nights"]):
        rows["Services"].append(
            {
                "EnrollmentID": row["EnrollmentID"],
                "DateProvided": night,
                "RecordType": 200,
                "TypeProvided": 200,
            }
        )


def nights(said: Any) -> Iterator[date]:
    """Single days and ranges, both ends included."""
    for one in said if isinstance(said, list) else [said] if said else []:
        first, _, last = str(one).partition("..")
        day, end = date.fromisoformat(first), date.fromisoformat(last or first)
        while day <= end:
            yield day
            day += timedelta(1)


def _client(personal_id: str, given: Mapping[str, Any]) -> Row:
    return {
        "PersonalID": personal_id, "DOB": "1980-05-17", "DOBDataQuality": 1, "SSNDataQuality": 99,
        "VeteranStatus": 0, "White": 1, **dict.fromkeys(RACES, 0), **given,
    }  # fmt: skip


def _project(project_id: str, given: Mapping[str, Any]) -> Row:
    kind = re.match("[A-Z]+", project_id)
    project_type = PROJECT_TYPES.get(kind.group() if kind else "", 0)
    subtype = None if project_type != 13 else 1 if kind and kind.group() == "RRHSO" else 2
    return {
        "ProjectID": project_id, "OrganizationID": "O1", "ProjectName": project_id,
        "ProjectType": project_type, "RRHSubType": subtype, "ContinuumProject": 1,
        "OperatingStartDate": "2010-01-01", "HousingType": 1,
        "TargetPopulation": 4, "HOPWAMedAssistedLivingFac": 2, **given,
    }  # fmt: skip


def _beside_projects(rows: Rows, coc: str) -> None:
    """Organizations, CoCs and participation of projects that say nothing of them."""
    known = {row["OrganizationID"] for row in rows["Organization"]}
    for organization in dict.fromkeys(row["OrganizationID"] for row in rows["Project"]):
        if organization not in known:
            rows["Organization"].append({"OrganizationID": organization, "OrganizationName": organization})
    for row in rows["Organization"]:
        row.setdefault("VictimServiceProvider", 0)
    placed = {row["ProjectID"] for row in rows["ProjectCoC"]}
    taking_part = {row["ProjectID"] for row in rows["HMISParticipation"]}
    for row in rows["Project"]:
        if row["ProjectID"] not in placed:
            rows["ProjectCoC"].append({"ProjectID": row["ProjectID"]})
        if row["ProjectID"] not in taking_part:
            rows["HMISParticipation"].append({"ProjectID": row["ProjectID"]})
    for row in rows["ProjectCoC"]:
        for column, value in {"CoCCode": coc, "Geocode": "279053", "GeographyType": 1}.items():
            row.setdefault(column, value)
    for row in rows["HMISParticipation"]:
        row.setdefault("HMISParticipationType", 1)
        row.setdefault("HMISParticipationStatusStartDate", "2010-01-01")


# --- rows to tables --------------------------------------------------------------------------------------


@contextmanager
def own_tables(connection: Connection) -> Iterator[None]:
    """Tables that are made inside are of this block alone: many worlds, one after the other, share an
    engine, which takes longer to start than a small report."""
    connection.execute("ATTACH ':memory:' AS own")
    connection.execute("USE own")
    try:
        yield
    finally:
        connection.execute("USE memory")
        connection.execute("DETACH own")


def stage_rows(connection: Connection, rows: Mapping[str, Sequence[Row]]) -> None:
    """Tables like those of `runtime.inputs`, all of HUD's files with their live rows."""
    with tempfile.NamedTemporaryFile("w", suffix=".csv", encoding="utf-8", newline="") as text:
        for file in REGISTRY.files.values():
            connection.execute(create_empty(file, name(file.name)))
            some = rows.get(file.name, ())
            columns = sorted({column for row in some for column in row})
            if not columns:
                continue
            text.seek(0)
            text.truncate()
            written = csv.writer(text)
            written.writerow(columns)
            written.writerows([row.get(column) for column in columns] for row in some)
            text.flush()
            cells = ", ".join(
                f"CAST({name(column)} AS {SQL_TYPES[file.column(column).type]})" for column in columns
            )
            names = ", ".join(name(column) for column in columns)
            said = ", ".join(f"{literal(column)}: 'VARCHAR'" for column in columns)
            connection.execute(
                f"INSERT INTO {name(file.name)} ({names}) SELECT {cells} FROM read_csv(?, header = true,"
                f" auto_detect = false, columns = {{{said}}}, delim = ',', quote = '\"', escape = '\"')",
                [text.name],
            )
    only_live(connection, REGISTRY)


@cache
def all_steps() -> list[Step]:
    """Every step of the report, in its order."""
    return LSA.steps_of(LSA.files_of("lsa"))


def table_named(said: str) -> str:
    """The table of a step, or of a file of the upload: LSAPerson -> lsa_person."""
    by_file = {file.name: file.table for file in LSA.files}
    return by_file.get(said, said)


def run(connection: Connection, parameters: LsaParameters, tables: Iterable[str]) -> None:
    """The steps that these tables rest on; raises KeyError for a table that no step makes."""
    wanted = [table_named(table) for table in tables]
    unknown = set(wanted) - {step.name for step in all_steps()}
    if unknown:
        raise KeyError(f"no step makes {', '.join(sorted(unknown))}")
    prepare(LSA, connection, parameters)
    run_steps(connection, needed(all_steps(), wanted))


def rows_of(connection: Connection, sql: str) -> list[Row]:
    """Rows of a query as dictionaries."""
    found = engine.rows(connection, sql)
    columns = [one[0] for one in connection.description or ()]
    return [dict(zip(columns, row, strict=True)) for row in found]
