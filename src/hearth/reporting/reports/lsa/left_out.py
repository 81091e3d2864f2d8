"""Households that an LSA or HIC cannot count for a gap in their project's record, so that the report says so.

LSA specifications v8, section 3.3: a rapid re-housing project counts with RRHSubType 1 or 2 only. Exports of
FY2022 have no subtype at all.
"""

from __future__ import annotations

from hearth.reporting import engine
from hearth.reporting.engine import Connection
from hearth.reporting.runtime.notes import LeftOut
from hearth.reporting.runtime.report import Report

_REMEDY = (
    "Ask the project which it is, and set RRHSubType: 2 (housing with or without services) where it pays for"
    " housing and has beds in its inventory, 1 (services only) where it does not."
)
_WITHOUT_SUBTYPE = """
    SELECT p.ProjectID,
        count(DISTINCT coalesce(e.HouseholdID, e.EnrollmentID)) FILTER (x.EnrollmentID IS NULL)
    FROM Project AS p
    CROSS JOIN lsa_parameters AS rpt
    LEFT JOIN Enrollment AS e ON e.ProjectID = p.ProjectID AND e.EntryDate <= rpt.ReportEnd
    LEFT JOIN Exit AS x ON x.EnrollmentID = e.EnrollmentID AND x.ExitDate < rpt.ReportStart
    WHERE p.ProjectType = {ProjectType.RRH} AND p.ContinuumProject = {YES}
      AND (p.RRHSubType IS NULL OR p.RRHSubType NOT IN ({RRHSubType.SERVICES_ONLY}, {RRHSubType.HOUSING}))
      AND EXISTS (SELECT 1 FROM ProjectCoC AS coc WHERE coc.ProjectID = p.ProjectID
                  AND upper(coc.CoCCode) = rpt.ReportCoC)
      AND (NOT EXISTS (SELECT 1 FROM lsa_chosen_project)
           OR p.ProjectID IN (SELECT ProjectID FROM lsa_chosen_project))
    GROUP BY 1 ORDER BY 1
"""


def find(report: Report, connection: Connection) -> tuple[LeftOut, ...]:
    """What the report on the connection leaves out; after its parameters are there, before its steps."""
    found = []
    for project, households in engine.rows(connection, report.codes.filled(_WITHOUT_SUBTYPE)):
        counted = "no household" if not households else _plural(households)
        are = "is" if households == 1 else "are"
        sentence = (
            f"The rapid re-housing project {project} has no RRHSubType, so that HUD counts nobody in it:"
            f" {counted} of this report's period {are} left out."
        )
        found.append(LeftOut(project, households, sentence, _REMEDY))
    return tuple(found)


def _plural(households: int) -> str:
    return "1 household" if households == 1 else f"{households:,} households"
