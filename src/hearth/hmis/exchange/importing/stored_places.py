"""The projects and organizations of enrollments that a row names and the export does not have: a delta brings
an exit without its enrollment. Findings about such a row stand where the enrollment is stored."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import psycopg

from hearth.reporting import engine
from hearth.reporting.engine import Connection
from hearth.reporting.sources.finding_places import STORED_COLUMNS, named_by_findings
from hearth.reporting.sources.transfer import postgres_to_engine
from hearth.standards.load import Registry

#: The engine's table of them: file (Enrollment or Project), key, organization, project (HUD's keys).
TABLE = "stored_places"
_PROJECT = (
    " JOIN organizations_project p ON p.id = e.project_id"
    " JOIN organizations_organization o ON o.id = p.organization_id"
    " WHERE e.data_source_id = %s AND e.hud_id = ANY(%s)"
)
_SELECT = f"""
    SELECT 'Enrollment', e.hud_id, o.hud_id, p.hud_id FROM enrollments_enrollment e {_PROJECT}
    UNION SELECT 'Project', p.hud_id, o.hud_id, p.hud_id FROM enrollments_enrollment e {_PROJECT}
    UNION SELECT 'Project', p.hud_id, o.hud_id, p.hud_id FROM organizations_project p
    JOIN organizations_organization o ON o.id = p.organization_id
    WHERE p.data_source_id = %s AND p.hud_id = ANY(%s)
"""


def find(
    reader: Connection,
    cursor: psycopg.Cursor,
    data_source: int,
    findings: Path,
    registry: Registry,
    on_progress: Callable[[int], None],
) -> str:
    """Make `TABLE` of what the rows of the listed findings name and is not staged; returns its name, or ''
    where nothing of it is stored."""
    wanted = named_by_findings(reader, findings, registry)
    if not any(wanted.values()):
        return ""
    enrollments: list[object] = [data_source, wanted["Enrollment"]]
    parameters = [*enrollments, *enrollments, data_source, wanted["Project"]]
    columns = dict.fromkeys(STORED_COLUMNS, "VARCHAR")
    postgres_to_engine(cursor, _SELECT, parameters, reader, TABLE, columns, on_progress)
    return TABLE if engine.scalar(reader, f"SELECT count(*) FROM {TABLE}") else ""
