"""The reports that can be asked for: what each is called, for whom it is, and who may ask for it."""

from dataclasses import dataclass

from hearth.hmis.access.models import User
from hearth.hmis.access.permissions import Permission
from hearth.reporting.reports.lsa.wish import Scope


@dataclass(frozen=True, slots=True)
class Report:
    """One report. `code` is stored with its runs and never changes; `slug` stands in addresses.

    `everything`: it is about all projects of a CoC, so that only system administrators may make it.
    """

    code: str
    slug: str
    name: str
    short: str
    about: str
    scope: Scope
    everything: bool

    @property
    def is_of_one_night(self) -> bool:
        """Whether it is about one night and not about a time."""
        return self.scope is Scope.HIC

    @property
    def chooses_projects(self) -> bool:
        return self.scope is Scope.PROJECT

    @property
    def family(self) -> str:
        """Runs can be compared within a family."""
        return "hic" if self.scope is Scope.HIC else "lsa"


REPORTS = (
    Report(
        "lsa_systemwide",
        "lsa-systemwide",
        "Longitudinal System Analysis of a CoC",
        "LSA",
        "All continuum projects of a CoC: who was served, for how long, by which path, and who returned to"
        " homelessness. HUD asks for it once a year.",
        Scope.SYSTEMWIDE,
        everything=True,
    ),
    Report(
        "lsa_project",
        "lsa-projects",
        "Longitudinal System Analysis of chosen projects",
        "LSA of projects",
        "The same tables for the projects you choose: to look for faults before the CoC’s report, or for "
        "one agency alone.",
        Scope.PROJECT,
        everything=False,
    ),
    Report(
        "hic",
        "hic",
        "Housing Inventory Count",
        "HIC",
        "Beds, units and the people in them on one night at the end of January.",
        Scope.HIC,
        everything=True,
    ),
)
_BY_CODE = {report.code: report for report in REPORTS}


def by_code(code: str) -> Report:
    """The report of a run."""
    return _BY_CODE[code]


def by_slug(slug: str) -> Report | None:
    """The report of an address, or None."""
    return next((report for report in REPORTS if report.slug == slug), None)


def may_make(user: User, report: Report) -> bool:
    """Whether a user may ask for this report at all; of which projects, the request says."""
    return user.may(Permission.REPORT_RUN) and (user.sees_all or not report.everything)


def reports_for(user: User) -> list[Report]:
    """The reports that a user may ask for."""
    return [report for report in REPORTS if may_make(user, report)]
