"""The main figures of a run: what a page or a terminal says about it first. Counts only, from HDX's files.

    of_run(folder, "lsa")["households"]
    conditions()["type-2-RRH"]      # what a figure sums up, for `members.under`
    average_row(1, "0")             # the row of an average

Values are numbers and codes; words for the codes are the caller's. A condition stands once, for the sum of
the rows of a file and for the people behind it.

LSA specifications v8, sections 2.9 to 2.12.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from hearth.reporting import engine
from hearth.reporting.engine import Connection
from hearth.reporting.opening.bundle import cells_of
from hearth.reporting.opening.counted_units import Condition

#: Household types of LSAHousehold: adults only, adults and children, children only, unknown.
HOUSEHOLD_TYPES = (1, 2, 3, 99)
#: From this status on a household was served by the project group in the report period (list 10).
SERVED = 11
_GROUPS = ("EST", "RRH", "PSH")
#: Who was served in a group, by LSAPerson.
_IN_GROUP = {group: f"HHType{group} <> '-1'" for group in _GROUPS} | {
    "RRHSO": "HHTypeRRHSONoMI <> '-1' OR HHTypeRRHSOMI <> '-1'"
}
_RETURNED = "ReturnTime <> '-1'"
#: Exits of the report period, of one and of two years earlier.
_COHORTS = (0, -1, -2)
_AVERAGES = (1, 2, 3, 4, 5, 7, 8, 9)
#: Counts of LSAReport (section 11) that the others are counted of.
TOTALS = ("UnduplicatedClient", "HouseholdEntry", "ClientEntry", "AdultHoHEntry", "ClientExit")
#: Counts of LSAReport of what is missing or invalid, in HUD's order, and of which total ('' where of none).
FAULTS = {
    "NoCoC": "HouseholdEntry",
    "NotOneHoH": "HouseholdEntry",
    "RelationshipToHoH": "ClientEntry",
    "MoveInDate": "",
    "SSN4Digit": "UnduplicatedClient",
    "SSNNotProvided": "UnduplicatedClient",
    "SSNMissingOrInvalid": "UnduplicatedClient",
    "ClientSSNNotUnique": "UnduplicatedClient",
    "DistinctSSNValueNotUnique": "",
    "DisablingCond": "ClientEntry",
    "LivingSituation": "AdultHoHEntry",
    "LengthOfStay": "AdultHoHEntry",
    "HomelessDate": "AdultHoHEntry",
    "TimesHomeless": "AdultHoHEntry",
    "MonthsHomeless": "AdultHoHEntry",
    "Destination": "ClientExit",
}


def of_run(folder: Path, kind: str) -> dict[str, Any]:
    """The figures as JSON: of an LSA {"people", "households", "exits" (of cohort 0), "groups",
    "household_types", "cohorts", "averages"}, of a HIC {"people", "projects", "beds", "units",
    "project_types"}; of both the counts of LSAReport as "report"."""
    with engine.reading() as connection:
        found = _of_night(connection, folder) if kind == "hic" else _of_time(connection, folder)
        return found | {"report": _report(connection, folder)}


def _served(group: str) -> str:
    """Households that a group served in the report period, by LSAHousehold."""
    return f"CAST({group}Status AS INTEGER) >= {SERVED}"


def conditions() -> dict[str, Condition]:
    """What each figure of people or households sums up, by its key: `people`, `group-RRH` (people of a
    group), `households`, `type-2` (of a household type), `type-2-RRH` (served by a group), `exits-0` (of a
    cohort), `returned--1`."""
    found = {"people": Condition("LSAPerson", "TRUE"), "households": Condition("LSAHousehold", "TRUE")}
    found |= {f"group-{group}": Condition("LSAPerson", where) for group, where in _IN_GROUP.items()}
    for kind in HOUSEHOLD_TYPES:
        of_type = f"CAST(HHType AS INTEGER) = {kind}"
        found[f"type-{kind}"] = Condition("LSAHousehold", of_type)
        found |= {
            f"type-{kind}-{group}": Condition("LSAHousehold", f"{of_type} AND {_served(group)}")
            for group in _GROUPS
        }
    for cohort in _COHORTS:
        left, asked = f"CAST(Cohort AS INTEGER) = {cohort}", {"Cohort": str(cohort)}
        found[f"exits-{cohort}"] = Condition("LSAExit", left, asked)
        found[f"returned-{cohort}"] = Condition("LSAExit", f"{left} AND {_RETURNED}", asked)
    return found


def average_row(row: int, kind: str) -> Mapping[str, str | None]:
    """The row of LSACalculated with an average of all of a household type (0: of all types)."""
    return {
        "ReportRow": str(row), "HHType": kind, "Population": "0", "SystemPath": "-1", "Cohort": "1",
    }  # fmt: skip


def _report(connection: Connection, folder: Path) -> dict[str, int]:
    """The counts of LSAReport; what stands before them says what was asked for."""
    connection.execute(f"SELECT * FROM {cells_of(folder, 'LSAReport')}")
    columns = [column for column, *_ in connection.description or ()]
    (row,) = connection.fetchall()
    counts = columns[columns.index("LookbackDate") + 1 :]
    return {
        column: int(value) for column, value in zip(columns, row, strict=True) if column in counts and value
    }


def _of_time(connection: Connection, folder: Path) -> dict[str, Any]:
    person, household, exits, calculated = (
        cells_of(folder, file) for file in ("LSAPerson", "LSAHousehold", "LSAExit", "LSACalculated")
    )
    people, *groups = engine.row(
        connection,
        f"""
        SELECT {_sum("TRUE")}, {", ".join(map(_sum, _IN_GROUP.values()))} FROM {person}
        """,
    )
    served = ", ".join(_sum(_served(group)) for group in _GROUPS)
    by_type = {
        int(row[0]): row[1:]
        for row in engine.rows(
            connection, f"SELECT HHType, {_sum('TRUE')}, {served} FROM {household} GROUP BY HHType"
        )
    }
    returned = _sum(_RETURNED)
    cohorts = engine.rows(
        connection,
        f"SELECT CAST(Cohort AS INTEGER), {_sum('TRUE')}, {returned} FROM {exits} GROUP BY 1 ORDER BY 1 DESC",
    )
    wanted = ", ".join(map(str, _AVERAGES))
    averages: dict[int, dict[str, int]] = {}
    for row, kind, value in engine.rows(
        connection,
        f"SELECT CAST(ReportRow AS INTEGER), HHType, CAST(Value AS INTEGER) FROM {calculated}"
        f" WHERE CAST(ReportRow AS INTEGER) IN ({wanted}) AND Population = '0' AND SystemPath = '-1'"
        " AND Cohort = '1' ORDER BY 1, 2",
    ):
        averages.setdefault(row, {})[kind] = value
    return {
        "people": people,
        "households": sum(row[0] for row in by_type.values()),
        "groups": dict(zip(_IN_GROUP, groups, strict=True)),
        "household_types": [
            {
                "code": code,
                "households": by_type[code][0],
                **dict(zip(_GROUPS, by_type[code][1:], strict=True)),
            }
            for code in HOUSEHOLD_TYPES
            if code in by_type
        ],
        "exits": sum(count for code, count, _ in cohorts if code == 0),
        "cohorts": [{"code": code, "exits": count, "returned": back} for code, count, back in cohorts],
        "averages": [{"row": row, "days": days} for row, days in averages.items()],
    }


def _of_night(connection: Connection, folder: Path) -> dict[str, Any]:
    projects = _night(connection, folder)
    types: dict[int, dict[str, int]] = {}
    for one in projects:
        of_type = types.setdefault(
            one["code"], {"code": one["code"], "projects": 0, "beds": 0, "units": 0, "people": 0}
        )
        of_type["projects"] += 1
        for part in ("beds", "units", "people"):
            of_type[part] += one[part]
    return {
        "people": engine.scalar(connection, f"SELECT {_sum('TRUE')} FROM {cells_of(folder, 'LSAPerson')}"),
        **{part: sum(one[part] for one in types.values()) for part in ("projects", "beds", "units")},
        "project_types": [types[code] for code in sorted(types)],
    }


def night(folder: Path) -> list[dict[str, Any]]:
    """The projects of a HIC that were open on its night: {"id": ProjectID, "code": project type, "units",
    "beds", "people"}, in the order of ProjectID. Their sums are the figures of the run."""
    with engine.reading() as connection:
        return _night(connection, folder)


def _night(connection: Connection, folder: Path) -> list[dict[str, Any]]:
    project, inventory, report, calculated = (
        cells_of(folder, file) for file in ("Project", "Inventory", "LSAReport", "LSACalculated")
    )
    found = engine.rows(
        connection,
        f"""
        WITH night AS (SELECT CAST(ReportStart AS DATE) AS day FROM {report}),
        beds AS (
            SELECT ProjectID, sum(CAST(BedInventory AS BIGINT)) AS beds,
                   sum(CAST(UnitInventory AS BIGINT)) AS units
            FROM {inventory}, night
            WHERE CAST(InventoryStartDate AS DATE) <= day
              AND (InventoryEndDate IS NULL OR CAST(InventoryEndDate AS DATE) >= day)
            GROUP BY ProjectID),
        people AS (
            SELECT ProjectID, sum(CAST(Value AS BIGINT)) AS people FROM {calculated}
            WHERE ReportRow = '53' AND Universe = '10' AND Population = '0' AND HHType = '0'
            GROUP BY ProjectID)
        SELECT ProjectID, CAST(ProjectType AS INTEGER), CAST(coalesce(units, 0) AS BIGINT),
               CAST(coalesce(beds, 0) AS BIGINT), CAST(coalesce(people, 0) AS BIGINT)
        FROM {project} LEFT JOIN beds USING (ProjectID) LEFT JOIN people USING (ProjectID) CROSS JOIN night
        WHERE CAST(OperatingStartDate AS DATE) <= day
          AND (OperatingEndDate IS NULL OR CAST(OperatingEndDate AS DATE) > day)
        ORDER BY ProjectID
        """,
    )
    return [dict(zip(("id", "code", "units", "beds", "people"), row, strict=True)) for row in found]


def _sum(condition: str) -> str:
    return f"CAST(coalesce(sum(CAST(RowTotal AS BIGINT)) FILTER (WHERE {condition}), 0) AS BIGINT)"
