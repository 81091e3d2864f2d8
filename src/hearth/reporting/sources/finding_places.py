"""Whose findings they are: the project and the organization of the row that each finding is about.

Written into the list of findings while the rows are still staged: `project` and `organization` are HUD's
keys, NULL where a finding is about no project (a client, the export as a whole) or the export does not say.
"""

from __future__ import annotations

from pathlib import Path

from hearth.reporting import engine
from hearth.reporting.engine import Connection, name, text
from hearth.standards.load import Registry

COLUMNS = ("organization", "project")


def place(connection: Connection, path: Path, registry: Registry, *, beside: str = "") -> None:
    """Add the two columns to a written list of findings, or find them anew. A row is found by its line, or by
    its key where the finding has no line. `registry`: of the staged tables. `beside`: a table (file, key,
    organization, project) of records that findings are about and no row is staged of. The file is replaced at
    once."""
    listed = f"read_parquet({text(path)}, file_row_number = true)"
    there = {str(column) for column, *_ in engine.rows(connection, f"DESCRIBE SELECT * FROM {listed}")}
    files = [
        file for (file,) in engine.rows(connection, f"SELECT DISTINCT file FROM {listed} WHERE file <> ''")
    ]
    parts = [sql for file in files if (sql := _rows_of(connection, registry, file, listed))]
    if beside:
        parts.append(
            f"SELECT f.file_row_number, b.organization, b.project FROM {listed} AS f"
            f" JOIN {name(beside)} AS b ON b.file = f.file AND b.key = f.key WHERE f.line IS NULL"
        )
    found = " UNION ALL ".join(parts) or _NOTHING
    without = ", ".join(name(one) for one in ("file_row_number", *COLUMNS) if one in there)
    whole = path.with_name(f"{path.stem}.placed.parquet")
    engine.run(
        connection,
        f"COPY (WITH row_of AS ({found}), place_of AS ("
        " SELECT file_row_number, min(organization) AS organization, min(project) AS project FROM row_of"
        " GROUP BY file_row_number)"
        f" SELECT f.* EXCLUDE ({without}), p.organization, p.project FROM {listed} AS f"
        " LEFT JOIN place_of AS p ON p.file_row_number = f.file_row_number ORDER BY f.file_row_number)"
        f" TO {text(whole)} (FORMAT parquet, COMPRESSION zstd)",
    )
    whole.replace(path)


_NOTHING = "SELECT NULL::BIGINT AS file_row_number, NULL::VARCHAR AS organization, NULL::VARCHAR AS project"
_PROJECTS = "(SELECT ProjectID, min(OrganizationID) AS OrganizationID FROM Project GROUP BY ProjectID)"
_ENROLLMENTS = "(SELECT EnrollmentID, min(ProjectID) AS ProjectID FROM Enrollment GROUP BY EnrollmentID)"


def _rows_of(connection: Connection, registry: Registry, file: str, listed: str) -> str:
    """The findings of a file with the places of their rows; empty for a file that belongs to no project, or
    whose rows, or those that they belong to, are not staged."""
    known = registry.files.get(file)
    if known is None:
        return ""
    columns = _columns(connection, file)
    if not {"_line", known.key} <= columns:
        return ""
    project, organization, joins = "NULL", "NULL", ""
    if "EnrollmentID" in columns and file != "Enrollment" and _columns(connection, "Enrollment"):
        joins = f" LEFT JOIN {_ENROLLMENTS} AS e ON e.EnrollmentID = t.EnrollmentID"
        project = "e.ProjectID"
    elif "ProjectID" in columns:
        project = "t.ProjectID"
    if file == "Organization" or "OrganizationID" in columns:
        organization = "t.OrganizationID"
    elif project != "NULL" and _columns(connection, "Project"):
        joins += f" LEFT JOIN {_PROJECTS} AS p ON p.ProjectID = {project}"
        organization = "p.OrganizationID"
    if project == organization == "NULL":
        return ""
    by = (
        f"SELECT f.file_row_number, t._line FROM {listed} AS f JOIN {name(file)} AS t ON t._line = f.line"
        f" WHERE f.file = {text(file)}"
        f" UNION ALL SELECT f.file_row_number, t._line FROM {listed} AS f"
        f" JOIN {name(file)} AS t ON t.{name(known.key)} = f.key"
        f" WHERE f.file = {text(file)} AND f.line IS NULL"
    )
    return (
        f"SELECT b.file_row_number, {organization}::VARCHAR AS organization, {project}::VARCHAR AS project"
        f" FROM ({by}) AS b JOIN {name(file)} AS t ON t._line = b._line{joins}"
    )


def _columns(connection: Connection, file: str) -> set[str]:
    """Of a staged file; none where it is not staged."""
    found = engine.rows(
        connection, f"SELECT DISTINCT column_name FROM duckdb_columns() WHERE table_name = {text(file)}"
    )
    return {str(column) for (column,) in found}
