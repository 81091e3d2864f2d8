"""The main figures of a run: what a page or a terminal says about it first. Counts only, from HDX's files.

    of_run(folder, Scope.SYSTEMWIDE)["households"]

Values are numbers and codes; words for the codes are the caller's.

LSA specifications v8, sections 2.9 to 2.12.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hearth.reporting.runtime import engine
from hearth.reporting.runtime.engine import Connection, text

from .wish import Scope

#: Household types of LSAHousehold: adults only, adults and children, children only, unknown.
HOUSEHOLD_TYPES = (1, 2, 3, 99)
#: From this status on a household was served by the project group in the report period (list 10).
SERVED = 11
_GROUPS = ("EST", "RRH", "PSH")
_AVERAGES = (1, 2, 3, 4, 5, 7, 8, 9)
_MEMORY = "200MB"


def of_run(folder: Path, scope: Scope) -> dict[str, Any]:
    """The figures as JSON: of an LSA {"people", "households", "exits" (of cohort 0), "groups",
    "household_types", "cohorts", "averages"}, of a HIC {"people", "projects", "beds", "units",
    "project_types"}; of both the counts of LSAReport as "report"."""
    with engine.connected(memory_limit=_MEMORY) as connection:
        found = _of_night(connection, folder) if scope is Scope.HIC else _of_time(connection, folder)
        return found | {"report": _report(connection, folder)}


def _table(folder: Path, file: str) -> str:
    return f"read_csv({text(folder / f'{file}.csv')}, header = true, all_varchar = true)"


def _report(connection: Connection, folder: Path) -> dict[str, int]:
    """The counts of LSAReport; what stands before them says what was asked for."""
    connection.execute(f"SELECT * FROM {_table(folder, 'LSAReport')}")
    columns = [column for column, *_ in connection.description or ()]
    (row,) = connection.fetchall()
    counts = columns[columns.index("LookbackDate") + 1 :]
    return {
        column: int(value) for column, value in zip(columns, row, strict=True) if column in counts and value
    }


def _of_time(connection: Connection, folder: Path) -> dict[str, Any]:
    person, household, exits, calculated = (
        _table(folder, file) for file in ("LSAPerson", "LSAHousehold", "LSAExit", "LSACalculated")
    )
    people, *groups = engine.row(
        connection,
        f"""
        SELECT {_sum("TRUE")}, {_sum("HHTypeEST <> '-1'")}, {_sum("HHTypeRRH <> '-1'")},
               {_sum("HHTypePSH <> '-1'")}, {_sum("HHTypeRRHSONoMI <> '-1' OR HHTypeRRHSOMI <> '-1'")}
        FROM {person}
        """,
    )
    served = ", ".join(_sum(f"CAST({group}Status AS INTEGER) >= {SERVED}") for group in _GROUPS)
    by_type = {
        int(row[0]): row[1:]
        for row in engine.rows(
            connection, f"SELECT HHType, {_sum('TRUE')}, {served} FROM {household} GROUP BY HHType"
        )
    }
    returned = _sum("ReturnTime <> '-1'")
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
        "groups": dict(zip((*_GROUPS, "RRHSO"), groups, strict=True)),
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
    person, project, inventory, report, calculated = (
        _table(folder, file) for file in ("LSAPerson", "Project", "Inventory", "LSAReport", "LSACalculated")
    )
    types = engine.rows(
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
        SELECT CAST(ProjectType AS INTEGER), count(*), CAST(coalesce(sum(beds), 0) AS BIGINT),
               CAST(coalesce(sum(units), 0) AS BIGINT), CAST(coalesce(sum(people), 0) AS BIGINT)
        FROM {project} LEFT JOIN beds USING (ProjectID) LEFT JOIN people USING (ProjectID) CROSS JOIN night
        WHERE CAST(OperatingStartDate AS DATE) <= day
          AND (OperatingEndDate IS NULL OR CAST(OperatingEndDate AS DATE) > day)
        GROUP BY 1 ORDER BY 1
        """,
    )
    return {
        "people": engine.scalar(connection, f"SELECT {_sum('TRUE')} FROM {person}"),
        "projects": sum(row[1] for row in types),
        "beds": sum(row[2] for row in types),
        "units": sum(row[3] for row in types),
        "project_types": [
            {"code": row[0], "projects": row[1], "beds": row[2], "units": row[3], "people": row[4]}
            for row in types
        ],
    }


def _sum(condition: str) -> str:
    return f"CAST(coalesce(sum(CAST(RowTotal AS BIGINT)) FILTER (WHERE {condition}), 0) AS BIGINT)"
