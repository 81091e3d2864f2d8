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
#: Of a table of what is stored and not staged: Enrollment or Project, HUD's key of it, and where it is.
STORED_COLUMNS = ("file", "key", *COLUMNS)


def place(
    connection: Connection, path: Path, registry: Registry, *, beside: str = "", stored: str = ""
) -> None:
    """Add the two columns to a written list of findings, or find them anew. A row is found by its line, or by
    its key where the finding has no line. `registry`: of the staged tables. `beside`: a table (file, key,
    organization, project) of records that findings are about and no row is staged of. `stored`: a table
    (`STORED_COLUMNS`) of enrollments and projects that rows name and that are not staged. The file is
    replaced at once."""
    listed = f"read_parquet({text(path)}, file_row_number = true)"
    there = {str(column) for column, *_ in engine.rows(connection, f"DESCRIBE SELECT * FROM {listed}")}
    files = [
        file for (file,) in engine.rows(connection, f"SELECT DISTINCT file FROM {listed} WHERE file <> ''")
    ]
    parts = [sql for file in files if (sql := _rows_of(connection, registry, file, listed, stored))]
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


def named_by_findings(connection: Connection, path: Path, registry: Registry) -> dict[str, list[str]]:
    """By Enrollment and Project, the keys that rows with listed findings name and that are not staged."""
    listed = f"read_parquet({text(path)}, file_row_number = true)"
    files = [
        file for (file,) in engine.rows(connection, f"SELECT DISTINCT file FROM {listed} WHERE file <> ''")
    ]
    found: dict[str, list[str]] = {}
    for parent, key in (("Enrollment", "EnrollmentID"), ("Project", "ProjectID")):
        keys: set[str] = set()
        for file in files:
            columns = _columns(connection, file)
            if file == parent or file not in registry.files or not {"_line", key} <= columns:
                continue
            known = (
                f"SELECT {key} FROM {parent}" if _columns(connection, parent) else "SELECT NULL WHERE FALSE"
            )
            keys |= {
                one
                for (one,) in engine.rows(
                    connection,
                    f"SELECT DISTINCT t.{key} FROM ({_found(registry, file, listed)}) AS b"
                    f" JOIN {name(file)} AS t ON t._line = b._line"
                    f" WHERE t.{key} IS NOT NULL AND t.{key} NOT IN"
                    f" (SELECT known FROM ({known}) AS k(known) WHERE known IS NOT NULL)",
                )
            }
        found[parent] = sorted(keys)
    return found


def _parents(connection: Connection, parent: str, key: str, place_of: str, column: str, stored: str) -> str:
    """SELECT of (key, its project or organization): of what is staged, and what is stored beside it; empty
    where there is neither."""
    parts = []
    if _columns(connection, parent):
        parts.append(f"SELECT {key}, {place_of} FROM {parent}")
    if stored:
        parts.append(f"SELECT key, {column} FROM {stored} WHERE file = {text(parent)}")
    if not parts:
        return ""
    every = f"SELECT * FROM ({' UNION ALL '.join(parts)}) AS every({key}, {place_of})"
    return f"(SELECT {key}, min({place_of}) AS {place_of} FROM ({every}) GROUP BY {key})"


def _found(registry: Registry, file: str, listed: str) -> str:
    """The findings of a file, each with the line of its row."""
    return (
        f"SELECT f.file_row_number, t._line FROM {listed} AS f JOIN {name(file)} AS t ON t._line = f.line"
        f" WHERE f.file = {text(file)}"
        f" UNION ALL SELECT f.file_row_number, t._line FROM {listed} AS f"
        f" JOIN {name(file)} AS t ON t.{name(registry.files[file].key)} = f.key"
        f" WHERE f.file = {text(file)} AND f.line IS NULL"
    )


def _rows_of(connection: Connection, registry: Registry, file: str, listed: str, stored: str) -> str:
    """The findings of a file with the places of their rows; empty for a file that belongs to no project, or
    whose rows, or those that they belong to, are neither staged nor stored."""
    known = registry.files.get(file)
    if known is None:
        return ""
    columns = _columns(connection, file)
    if not {"_line", known.key} <= columns:
        return ""
    project, organization, joins = "NULL", "NULL", ""
    enrollments = _parents(connection, "Enrollment", "EnrollmentID", "ProjectID", "project", stored)
    projects = _parents(connection, "Project", "ProjectID", "OrganizationID", "organization", stored)
    if "EnrollmentID" in columns and file != "Enrollment" and enrollments:
        joins = f" LEFT JOIN {enrollments} AS e ON e.EnrollmentID = t.EnrollmentID"
        project = "e.ProjectID"
    elif "ProjectID" in columns:
        project = "t.ProjectID"
    if file == "Organization" or "OrganizationID" in columns:
        organization = "t.OrganizationID"
    elif project != "NULL" and projects:
        joins += f" LEFT JOIN {projects} AS p ON p.ProjectID = {project}"
        organization = "p.OrganizationID"
    if project == organization == "NULL":
        return ""
    return (
        f"SELECT b.file_row_number, {organization}::VARCHAR AS organization, {project}::VARCHAR AS project"
        f" FROM ({_found(registry, file, listed)}) AS b JOIN {name(file)} AS t ON t._line = b._line{joins}"
    )


def _columns(connection: Connection, file: str) -> set[str]:
    """Of a staged file; none where it is not staged."""
    found = engine.rows(
        connection, f"SELECT DISTINCT column_name FROM duckdb_columns() WHERE table_name = {text(file)}"
    )
    return {str(column) for (column,) in found}
