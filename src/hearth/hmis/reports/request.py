"""What a report is asked for: checked against the rights of who asks, and kept with its run."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet

from hearth.hmis.access.models import User
from hearth.hmis.access.permissions import Permission
from hearth.hmis.organizations.models import Project, ProjectCoC
from hearth.hmis.organizations.queries import YES
from hearth.hmis.reports import catalog
from hearth.hmis.reports.catalog import OfferedReport
from hearth.reporting.making import parameters_of
from hearth.reporting.runtime.parameters import Parameters, ReportRefused, Vendor, check_days

#: Emergency shelter of both kinds, transitional housing, PSH, safe haven, rapid re-housing (list 2.02.6).
_IN_LSA = (0, 1, 2, 3, 8, 13)


class RequestError(ValueError):
    """The report cannot be made so; the text says why and what to do."""


@dataclass(frozen=True, kw_only=True)
class ReportRequest:
    """One report of a CoC over [start, end], both days included; a HIC has one day. `projects`: our ids.
    `accept_unreadable`: cells that cannot be read count as blank even where they decide who is counted."""

    report: OfferedReport
    coc: str
    start: date
    end: date
    projects: tuple[int, ...] = ()
    accept_unreadable: bool = False

    def __post_init__(self) -> None:
        if self.end < self.start:
            raise RequestError("The last day is before the first day. Correct one of them.")
        try:
            check_days(self.start, self.end)
        except ReportRefused as error:
            raise RequestError(str(error)) from error
        if self.report.is_of_one_night and self.end != self.start:
            raise RequestError("A HIC is about one night: the last day is the first.")
        if self.report.chooses_projects != bool(self.projects):
            raise RequestError(
                "Choose at least one project."
                if self.report.chooses_projects
                else "Projects can be chosen in the report of chosen projects only."
            )

    def as_json(self) -> dict[str, Any]:
        """For `ReportRun.parameters`."""
        return {
            "coc": self.coc,
            "start": self.start.isoformat(),
            "end": self.end.isoformat(),
            "projects": list(self.projects),
            "accept_unreadable": self.accept_unreadable,
        }

    @classmethod
    def from_json(cls, report: str, values: dict[str, Any]) -> "ReportRequest":
        """From a run."""
        return cls(
            report=catalog.by_code(report),
            coc=values["coc"],
            start=date.fromisoformat(values["start"]),
            end=date.fromisoformat(values["end"]),
            projects=tuple(values["projects"]),
            accept_unreadable=bool(values.get("accept_unreadable")),
        )

    def check(self, user: User) -> None:
        """Raise `RequestError` for what this user may not have made, or what is not there."""
        if not catalog.may_make(user, self.report):
            raise RequestError("Your role does not allow this report. Ask your HMIS administrator.")
        if self.coc not in coc_codes(user):
            raise RequestError(f"No project operates in {self.coc}.")
        if self.projects:
            there = projects_in(user, [self.coc]).filter(pk__in=self.projects)
            if there.count() != len(set(self.projects)):
                raise RequestError(
                    f"One of the chosen projects does not operate in {self.coc}, or is not yours. "
                    "Choose again."
                )

    def parameters(self, *, project_ids: Iterable[str], vendor: Vendor, made_at: datetime) -> Parameters:
        """For the report engine; `project_ids` as the records that are read name them."""
        return parameters_of(
            self.report.report,
            self.report.scope,
            coc=self.coc,
            start=self.start,
            end=self.end,
            projects=tuple(project_ids),
            vendor=vendor,
            made_at=made_at,
        )


def coc_codes(user: User) -> set[str]:
    """CoCs that projects operate in."""
    rows = ProjectCoC.objects.restrict(user).filter(date_deleted__isnull=True, coc_code__isnull=False)
    return set(rows.values_list("coc_code", flat=True).distinct())


def projects_of(user: User) -> QuerySet[Project]:
    """Projects that a user may have reports made of: the own ones, of the kinds that HUD
    asks for (LSA specifications v8, section 4.1)."""
    projects = Project.objects.restrict(user).filter(
        date_deleted__isnull=True, continuum_project=YES, project_type__in=_IN_LSA
    )
    return projects if user.sees_all else projects.filter(pk__in=user.projects(Permission.REPORT_RUN))


def projects_in(user: User, cocs: Iterable[str]) -> QuerySet[Project]:
    """Those of them that operate in one of these CoCs."""
    there = ProjectCoC.objects.restrict(user).filter(date_deleted__isnull=True, coc_code__in=list(cocs))
    return projects_of(user).filter(pk__in=there.values("project_id"))
