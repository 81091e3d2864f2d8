"""What is particular in making an LSA or HIC: tables of parameters, and what it refuses. See `making.Own`.

LSA specifications v8 (FY2026), section 3.1.
"""

from __future__ import annotations

from typing import Any

from hearth.reporting import engine
from hearth.reporting.engine import Connection, text
from hearth.reporting.runtime.parameters import ReportRefused
from hearth.reporting.runtime.report import Report
from hearth.reporting.runtime.run import one_row

from .left_out import find as left_out
from .parameters import LsaParameters, Scope

__all__ = ["left_out", "parameters", "prepare"]


_MAY_BE_CHOSEN = """
    SELECT ContinuumProject = {YES} AND ProjectType IN ({LSAPopulation.project_types})
    FROM Project
    WHERE ProjectID = ?
"""


def parameters(scope: str, **given: Any) -> LsaParameters:
    """The parameters with this scope."""
    return LsaParameters(scope=Scope[scope.upper()], **given)


def prepare(report: Report, connection: Connection, parameters: LsaParameters) -> None:
    """Make the tables of parameters and chosen projects beside the staged input; refuse what it lacks."""
    known = {code for (code,) in engine.rows(connection, "SELECT DISTINCT upper(CoCCode) FROM ProjectCoC")}
    if parameters.coc not in known:
        raise ReportRefused(f"No project of this input is in {parameters.coc}.")
    for project in parameters.projects:
        _check_project(report, connection, parameters.coc, project)
    one_row(
        connection,
        "lsa_parameters",
        {
            "ReportID": parameters.report_id,
            "ReportDate": parameters.made_at.replace(microsecond=0),
            "ReportStart": parameters.start,
            "ReportEnd": parameters.last_day,
            "ReportCoC": parameters.coc,
            "SoftwareVendor": parameters.vendor.vendor,
            "SoftwareName": parameters.vendor.software,
            "VendorContact": parameters.vendor.contact,
            "VendorEmail": parameters.vendor.email,
            "LSAScope": int(parameters.scope),
            "LookbackDate": parameters.lookback,
        },
    )
    engine.run(connection, "CREATE TABLE lsa_chosen_project (ProjectID VARCHAR)")
    for project in parameters.projects:
        engine.run(connection, f"INSERT INTO lsa_chosen_project VALUES ({text(project)})")


def _check_project(report: Report, connection: Connection, coc: str, project: str) -> None:
    """Refuse a chosen project that section 3.1 does not let users choose."""
    found = engine.rows(connection, report.codes.filled(_MAY_BE_CHOSEN), [project])
    if not found:
        raise ReportRefused(f"This input has no project with the ID {project}.")
    if not found[0][0]:
        raise ReportRefused(
            f"The project {project} cannot be chosen; only ES, SH, TH, RRH and PSH of the continuum can."
        )
    in_coc = engine.scalar(
        connection,
        "SELECT count(*) FROM ProjectCoC WHERE ProjectID = ? AND upper(CoCCode) = ?",
        [project, coc],
    )
    if not in_coc:
        raise ReportRefused(f"The project {project} is not in {coc}.")
