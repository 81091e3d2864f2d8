"""The reports that can be asked for: what each is called, for whom it is, and who may ask for it."""

from dataclasses import dataclass

from hearth.hmis.access.models import Grant, User
from hearth.hmis.access.permissions import Permission
from hearth.hmis.access.scopes import CocScope, FundingScope
from hearth.hmis.reports import scope
from hearth.reporting.runtime import registry


@dataclass(frozen=True, slots=True)
class OfferedReport:
    """One report that is offered, as `report.yaml` of its folder says. `code` is stored with its runs and
    never changes; `slug` stands in addresses.

    `scope`: what the runs are about, `family`: the report's kind; runs can be compared within it.
    `everything`: it is about all projects of a CoC, which of what they see only system administrators make.
    """

    code: str
    slug: str
    name: str
    short: str
    about: str
    scope: str
    family: str
    made_by: str
    everything: bool
    is_of_one_night: bool
    chooses_projects: bool

    @property
    def report(self) -> registry.Report:
        """The report that is made."""
        return registry.by_name(self.made_by)


REPORTS = tuple(
    OfferedReport(
        **offered,
        made_by=report.name,
        is_of_one_night=offered["scope"] in report.one_day_scopes,
        chooses_projects=offered["scope"] in report.project_scopes,
    )
    for report in registry.reports().values()
    for offered in report.offered
)
_BY_CODE = {report.code: report for report in REPORTS}


def by_code(code: str) -> OfferedReport:
    """The report of a run."""
    return _BY_CODE[code]


def by_slug(slug: str) -> OfferedReport | None:
    """The report of an address, or None."""
    return next((report for report in REPORTS if report.slug == slug), None)


def may_make(user: User, report: OfferedReport) -> bool:
    """Whether a user may ask for this report at all; of which projects, the request says."""
    return may_make_of_seen(user, report) or bool(grants_for(user, report))


def may_make_of_seen(user: User, report: OfferedReport) -> bool:
    """Whether a user may have it made of what they may see."""
    if not (user.may(Permission.REPORT_RUN) and user.may(Permission.ENROLLMENT_VIEW)):
        return False
    return user.sees_all or not report.everything


def grants_for(user: User, report: OfferedReport) -> list[Grant]:
    """The grants by which a user may have it made of everything in a scope: reports of a CoC by one of that
    CoC; reports of chosen projects, and of one night, by one of a funding source. Only a report that says how
    its figures hide small cells."""
    if report.report.own("small_figures") is None or not user.may(Permission.REPORT_RUN):
        return []
    by_funding = report.chooses_projects or report.is_of_one_night
    kinds = {CocScope.code: report.everything, FundingScope.code: by_funding}
    return [one for one in scope.grants(user) if kinds[one.scope]]


def reports_for(user: User) -> list[OfferedReport]:
    """The reports that a user may ask for."""
    return [report for report in REPORTS if may_make(user, report)]
