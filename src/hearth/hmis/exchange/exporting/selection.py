"""Which projects and enrollments an export holds, as temporary tables of its transaction.

The tables are made under row-level security with the acting user's rights: what the user may not see is
not in them, and neither is anything that hangs on it.

HMIS CSV Format Specifications FY2026 v1.0, Export: a reporting-period export holds the enrollments that
touch the period, and of what hangs on them everything dated up to its end (`dates`). Where CoCs are named,
the projects that operate there and the households whose CoC it is (`households`); where projects are named,
those; where both are, both hold.
"""

from collections.abc import Collection
from typing import Any

from django.db.backends.utils import CursorWrapper

from hearth.hmis.exchange import households
from hearth.hmis.exchange.exporting.left_out import Unplaced, find_unplaced
from hearth.hmis.exchange.exporting.request import ExportRequest
from hearth.hmis.exchange.information_dates import INFORMATION_DATES, OWN_DATES, after_end
from hearth.hmis.hud.names import python_name
from hearth.hmis.hud.records import model_of

_NONE = Unplaced({}, [])


def select(cursor: CursorWrapper, request: ExportRequest) -> Unplaced:
    """Make `export_project` (id, with_clients) and `export_enrollment` (id, client_id), until the transaction
    ends. Returns the households that the named CoCs might be asked for and that are in no CoC's export."""
    undeleted = "TRUE" if request.deleted else "{}.date_deleted IS NULL"
    which, values = _projects(request)
    cursor.execute(
        f"""
        CREATE TEMPORARY TABLE export_project ON COMMIT DROP AS
        SELECT p.id, TRUE AS with_clients FROM organizations_project p
        WHERE {undeleted.format("p")} AND {which}
        """,
        values,
    )
    # A project that an affiliation points to is in Project.csv although its clients are not exported.
    cursor.execute(
        f"""
        INSERT INTO export_project
        SELECT DISTINCT a.res_project_id, FALSE
        FROM organizations_affiliation a JOIN export_project chosen ON chosen.id = a.project_id
        WHERE {undeleted.format("a")} AND a.res_project_id NOT IN (SELECT id FROM export_project)
        """
    )
    cursor.execute("ANALYZE export_project")
    cursor.execute(
        f"""
        CREATE TEMPORARY TABLE export_candidate ON COMMIT DROP AS
        SELECT e.id, e.client_id, e.project_id, {households.key_of("e")} AS household
        FROM enrollments_enrollment e
        JOIN export_project p ON p.id = e.project_id AND p.with_clients
        WHERE {undeleted.format("e")}
          AND (e.entry_date IS NULL OR e.entry_date <= %s)
          AND NOT EXISTS (
              SELECT FROM enrollments_exit x
              WHERE x.enrollment_id = e.id AND x.exit_date < %s AND x.date_deleted IS NULL)
        """,
        [request.end, request.start],
    )
    chosen, chosen_values, unplaced = "", [], _NONE
    if request.cocs:
        households.find(cursor, "(SELECT id FROM export_project WHERE with_clients)")
        unplaced = find_unplaced(cursor)
        chosen = " JOIN household_coc USING (project_id, household) WHERE reason IS NULL AND coc = ANY(%s)"
        chosen_values = [list(request.cocs)]
    cursor.execute(
        "CREATE TEMPORARY TABLE export_enrollment ON COMMIT DROP AS"
        f" SELECT id, client_id FROM export_candidate{chosen}",
        chosen_values,
    )
    cursor.execute("ANALYZE export_enrollment")
    return unplaced


def shared_with(cursor: CursorWrapper, own_projects: Collection[int]) -> list[int]:
    """Of the chosen enrollments those of other projects, which their clients share. After `select`."""
    cursor.execute(
        "SELECT e.id FROM export_enrollment chosen JOIN enrollments_enrollment e ON e.id = chosen.id"
        " WHERE NOT e.project_id = ANY (%s)",
        [list(own_projects)],
    )
    return [row[0] for row in cursor.fetchall()]


def count_future(cursor: CursorWrapper, request: ExportRequest) -> dict[str, int]:
    """What the end of the period keeps at home: rows by file, blank elements by "file.date"."""
    found = {}
    for file in INFORMATION_DATES:
        found[file] = _count(cursor, f"{_hanging(file, request)} AND {after_end(file)}", request)
    for file, column in OWN_DATES:
        here, values = rows_of(file, request)
        cursor.execute(
            f"SELECT count(*) FROM {here} AND r.{python_name(column)} > %s", [*values, request.end]
        )
        found[f"{file}.{column}"] = int(cursor.fetchone()[0])
    return {what: count for what, count in found.items() if count}


def _count(cursor: CursorWrapper, source: str, request: ExportRequest) -> int:
    cursor.execute(f"SELECT count(*) FROM {source}", [request.end])
    return int(cursor.fetchone()[0])


def _projects(request: ExportRequest) -> tuple[str, list[Any]]:
    conditions: list[str] = []
    values: list[Any] = []
    if request.projects:
        conditions.append("p.id = ANY(%s)")
        values.append(list(request.projects))
    if request.cocs:
        conditions.append(
            "EXISTS (SELECT FROM organizations_projectcoc c WHERE c.project_id = p.id"
            " AND upper(btrim(c.coc_code)) = ANY(%s) AND c.date_deleted IS NULL)"
        )
        values.append(list(request.cocs))
    return " AND ".join(conditions) or "TRUE", values


def _hanging(file: str, request: ExportRequest) -> str:
    """FROM and WHERE of the rows that hang on an exported enrollment, whatever their date."""
    undeleted = "" if request.deleted else " AND r.date_deleted IS NULL"
    table = model_of(file)._meta.db_table
    return f"{table} r JOIN export_enrollment chosen ON chosen.id = r.enrollment_id WHERE TRUE{undeleted}"


def rows_of(file: str, request: ExportRequest) -> tuple[str, list[Any]]:
    """FROM and WHERE of one file's rows, the file's own table being `r`, and the values of its parameters."""
    undeleted = "" if request.deleted else " AND r.date_deleted IS NULL"
    match file:
        case "Organization":
            return (
                "organizations_organization r WHERE r.id IN (SELECT organization_id FROM"
                " organizations_project WHERE id IN (SELECT id FROM export_project))" + undeleted,
                [],
            )
        case "Project":
            return "organizations_project r JOIN export_project chosen ON chosen.id = r.id WHERE TRUE", []
        case "Client":
            return (
                "clients_client r WHERE r.id IN (SELECT client_id FROM export_enrollment)" + undeleted,
                [],
            )
        case "Enrollment":
            return "enrollments_enrollment r JOIN export_enrollment chosen ON chosen.id = r.id WHERE TRUE", []
        case "User":
            return "organizations_sourceuser r WHERE TRUE" + undeleted, []
        case "Funder" | "ProjectCoC" | "Inventory" | "Affiliation" | "HMISParticipation" | "CEParticipation":
            return (
                f"organizations_{file.lower()} r JOIN export_project chosen"
                f" ON chosen.id = r.project_id WHERE TRUE{undeleted}",
                [],
            )
    source = _hanging(file, request)
    future = after_end(file)
    return (f"{source} AND ({future}) IS NOT TRUE", [request.end]) if future else (source, [])
