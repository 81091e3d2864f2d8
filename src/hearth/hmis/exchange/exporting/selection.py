"""Which projects and enrollments an export holds, as temporary tables of its transaction.

The tables are made under row-level security with the acting user's rights: what the user may not see is
not in them, and neither is anything that hangs on it.

HMIS CSV Format Specifications FY2026 v1.0, Export: a reporting-period export holds the enrollments that
touch the period, and of what hangs on them everything dated up to its end. A row whose date could not be
read is never left out for it.
"""

from typing import Any

from django.db.backends.utils import CursorWrapper

from hearth.hmis.exchange.exporting.request import ExportRequest

#: The date of each record that must not lie behind the end of the period.
DATED = {
    "IncomeBenefits": "information_date",
    "HealthAndDV": "information_date",
    "EmploymentEducation": "information_date",
    "Disabilities": "information_date",
    "YouthEducationStatus": "information_date",
    "CurrentLivingSituation": "information_date",
    "Services": "date_provided",
    "Assessment": "assessment_date",
    "Event": "event_date",
}


def select(cursor: CursorWrapper, request: ExportRequest) -> None:
    """Make `export_project` (id, with_clients) and `export_enrollment` (id), until the transaction ends."""
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
    coc, coc_values = _enrollment_coc(request)
    cursor.execute(
        f"""
        CREATE TEMPORARY TABLE export_enrollment ON COMMIT DROP AS
        SELECT e.id, e.client_id FROM enrollments_enrollment e
        JOIN export_project p ON p.id = e.project_id AND p.with_clients
        WHERE {undeleted.format("e")}
          AND (e.entry_date IS NULL OR e.entry_date <= %s)
          AND NOT EXISTS (
              SELECT FROM enrollments_exit x
              WHERE x.enrollment_id = e.id AND x.exit_date < %s AND x.date_deleted IS NULL)
          AND {coc}
        """,
        [request.end, request.start, *coc_values],
    )
    cursor.execute("ANALYZE export_project")
    cursor.execute("ANALYZE export_enrollment")


def _projects(request: ExportRequest) -> tuple[str, list[Any]]:
    if request.projects:
        return "p.id = ANY(%s)", [list(request.projects)]
    if request.cocs:
        return (
            "EXISTS (SELECT FROM organizations_projectcoc c WHERE c.project_id = p.id"
            " AND c.coc_code = ANY(%s) AND c.date_deleted IS NULL)",
            [list(request.cocs)],
        )
    return "TRUE", []


def _enrollment_coc(request: ExportRequest) -> tuple[str, list[Any]]:
    """Of a project in several CoCs, leave out the households that say they are in another one of them."""
    if not request.cocs:
        return "TRUE", []
    return (
        "(e.enrollment_coc IS NULL OR e.enrollment_coc = ANY(%s) OR NOT EXISTS ("
        " SELECT FROM organizations_projectcoc other WHERE other.project_id = e.project_id"
        " AND other.coc_code = e.enrollment_coc AND other.date_deleted IS NULL))",
        [list(request.cocs)],
    )


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
    app = "coordinated_entry" if file.startswith("Assessment") or file == "Event" else "enrollments"
    source = (
        f"{app}_{file.lower()} r JOIN export_enrollment chosen ON chosen.id = r.enrollment_id"
        f" WHERE TRUE{undeleted}"
    )
    if file in DATED:
        return source + f" AND (r.{DATED[file]} IS NULL OR r.{DATED[file]} <= %s)", [request.end]
    if file in ("AssessmentQuestions", "AssessmentResults"):
        dated = "SELECT id FROM coordinated_entry_assessment WHERE assessment_date > %s"
        return source + f" AND r.assessment_id NOT IN ({dated})", [request.end]
    return source, []
