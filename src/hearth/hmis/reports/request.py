"""What a report is asked for: checked against the rights of who asks, and kept with its run."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Q, QuerySet

from hearth.hmis.access.models import Grant, User
from hearth.hmis.access.permissions import Permission
from hearth.hmis.organizations.models import Project, ProjectCoC
from hearth.hmis.organizations.queries import YES
from hearth.hmis.reports import catalog, scope
from hearth.hmis.reports.catalog import OfferedReport
from hearth.hmis.reports.models import ReportRun
from hearth.hmis.ui import formats
from hearth.reporting.making import parameters_of
from hearth.reporting.runtime.parameters import Parameters, ReportRefused, Vendor, check_days

#: Emergency shelter of both kinds, transitional housing, PSH, safe haven, rapid re-housing (list 2.02.6).
_IN_LSA = (0, 1, 2, 3, 8, 13)


class RequestError(ValueError):
    """The report cannot be made so; the text says why and what to do."""


@dataclass(frozen=True, kw_only=True)
class ReportRequest:
    """One report of a CoC over [start, end], both days included; a HIC has one day. `projects`: our ids.
    `accept_unreadable`: cells that cannot be read count as blank even where they decide who is counted.
    `of_grant`: the grant in whose scope it is made of everything; None: of what its asker sees."""

    report: OfferedReport
    coc: str
    start: date
    end: date
    projects: tuple[int, ...] = ()
    accept_unreadable: bool = False
    of_grant: int | None = None

    def __post_init__(self) -> None:
        if self.end < self.start:
            raise RequestError("The last day is before the first day. Correct one of them.")
        try:
            check_days(self.start, self.end)
        except ReportRefused as error:
            raise RequestError(str(error)) from error
        if self.report.is_of_one_night and self.end != self.start:
            raise RequestError("A HIC is about one night: the last day is the first.")
        if self.of_grant is not None and self.projects:
            raise RequestError("A report of everything is of all projects: choose none.")
        if self.of_grant is None and self.report.chooses_projects != bool(self.projects):
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
        } | ({"of_grant": self.of_grant} if self.of_grant is not None else {})

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
            of_grant=values.get("of_grant"),
        )

    def check(self, user: User) -> None:
        """Raise `RequestError` for what this user may not have made, or what is not there."""
        if self.of_grant is not None:
            self._check_scope(user, self.of_grant)
            return
        if not catalog.may_make_of_seen(user, self.report):
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

    def _check_scope(self, user: User, grant: int) -> None:
        """For a report of everything in the scope of a grant."""
        there = next((one for one in catalog.grants_for(user, self.report) if one.pk == grant), None)
        if there is None:
            raise RequestError(
                "You may not have this report of everything there, or not any more. Ask for it anew, or ask"
                " your HMIS administrator."
            )
        if self.coc not in scope.cocs(there):
            raise RequestError(f"No project of that scope operates in {self.coc}.")
        earlier = self._overlapping(user, there)
        if earlier is not None:
            raise RequestError(
                f"You have this report of {earlier} already. Of everything in a scope it is not made of two"
                " times that overlap, nor of two nights of a year: their differences could tell of single"
                " people. Ask for the same time again, or for one that does not overlap it."
            )

    def _overlapping(self, user: User, grant: Grant) -> str | None:
        """The time of a report of the same that overlaps this one's and is another; a night of the year."""
        runs = ReportRun.objects.restrict(user).filter(
            created_by=user, report=self.report.code, state="finished", parameters__coc=self.coc,
            parameters__of_grant__isnull=False,
        )  # fmt: skip
        grants = Grant.objects.restrict(user).in_bulk({run.of_grant for run in runs})
        for run in runs:
            made_in = grants.get(run.of_grant)
            start, end = (date.fromisoformat(run.parameters[part]) for part in ("start", "end"))
            is_near = start.year == self.start.year if self.report.is_of_one_night else False
            if (
                (start, end) != (self.start, self.end)
                and (is_near or (start <= self.end and self.start <= end))
                and made_in is not None
                and made_in.where == grant.where
            ):
                return formats.period(start.isoformat(), end.isoformat())
        return None

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


def asked_of() -> Q:
    """The kinds of projects that HUD asks for (LSA specifications v8, section 4.1)."""
    return Q(date_deleted__isnull=True, continuum_project=YES, project_type__in=_IN_LSA)


def projects_of_grant(grant: Grant, coc: str) -> list[int]:
    """The projects of a scope of which a report of chosen projects is made: all that HUD asks for."""
    there = ProjectCoC.objects.filter(date_deleted__isnull=True, coc_code=coc)
    own = Project.objects.filter(asked_of(), pk__in=scope.projects(grant))
    return list(own.filter(pk__in=there.values("project_id")).values_list("pk", flat=True))


def projects_of(user: User) -> QuerySet[Project]:
    """Projects that a user may have reports made of: the own ones, of the kinds that HUD
    asks for (LSA specifications v8, section 4.1)."""
    projects = Project.objects.restrict(user).filter(asked_of())
    return projects if user.sees_all else projects.filter(pk__any_of=user.projects(Permission.REPORT_RUN))


def projects_in(user: User, cocs: Iterable[str]) -> QuerySet[Project]:
    """Those of them that operate in one of these CoCs."""
    there = ProjectCoC.objects.restrict(user).filter(date_deleted__isnull=True, coc_code__in=list(cocs))
    return projects_of(user).filter(pk__in=there.values("project_id"))
