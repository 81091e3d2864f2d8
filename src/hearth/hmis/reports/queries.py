"""What the pages of reports show."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db.models import QuerySet

from hearth.hmis.access.models import User
from hearth.hmis.hud.display import code_words
from hearth.hmis.jobs.rights import kept_file
from hearth.hmis.organizations.models import Project, Region
from hearth.hmis.reports import catalog
from hearth.hmis.reports.catalog import Report
from hearth.hmis.reports.models import ReportRun
from hearth.hmis.reports.quality import Count, faults, totals
from hearth.hmis.reports.records import Records
from hearth.hmis.ui import formats
from hearth.reporting.reports.lsa.columns import upload_files
from hearth.reporting.reports.lsa.preflight import Flag
from hearth.reporting.reports.lsa.preflight import read as read_flag
from hearth.standards.load import LATEST, load

#: Household types of the LSA, as people say them.
HOUSEHOLD_TYPES = {1: "Adults only", 2: "Adults and children", 3: "Children only", 99: "Unknown"}
#: Project groups of the LSA.
GROUPS = {
    "EST": "Emergency shelter, safe haven, transitional housing",
    "RRH": "Rapid re-housing",
    "PSH": "Permanent supportive housing",
    "RRHSO": "Rapid re-housing, services only",
}
_COHORTS = {0: "in the report period", -1: "one year earlier", -2: "two years earlier"}
_AVERAGES = {
    1: "In emergency shelter or safe haven",
    2: "In transitional housing",
    3: "In any of these",
    4: "In rapid re-housing or permanent supportive housing before move-in",
    5: "Homeless in projects altogether",
    7: "Homeless altogether, with what people said of the time before",
    8: "Housed in rapid re-housing",
    9: "Homeless in projects or housed in rapid re-housing",
}


def runs(user: User) -> QuerySet[ReportRun]:
    """The reports this user may see, newest first."""
    return ReportRun.objects.restrict(user).select_related("created_by")


def report_run(user: User, pk: int) -> ReportRun | None:
    """One report, if it is there for this user."""
    return runs(user).filter(pk=pk).first()


def folder_of(user: User, run: ReportRun) -> Path | None:
    """The files of a finished report, while they are kept, and while the user may see what is in them."""
    return kept_file(user, run)


def zip_of(user: User, run: ReportRun) -> Path | None:
    """The zip for HDX of a finished report; None where it may not be fetched."""
    folder = folder_of(user, run)
    path = folder / Path(run.file_name).name if folder and run.file_name else None
    return path if path and path.is_file() else None


@dataclass(frozen=True, slots=True)
class Asked:
    """What a run was asked for, in words."""

    report: Report
    place: str
    projects: list[Project]
    start: str
    end: str

    @property
    def time(self) -> str:
        return formats.period(self.start, self.end)

    @property
    def title(self) -> str:
        return f"{self.report.short} {self.place}"


def asked(user: User, run: ReportRun, names: Mapping[str, str] | None = None) -> Asked:
    """What a run was asked for. `names`: of CoCs by code, where they are known already."""
    code = run.parameters["coc"]
    names = region_names(user) if names is None else names
    ids = run.parameters.get("projects", [])
    projects = Project.objects.restrict(user).filter(pk__in=ids).order_by("project_name", "pk") if ids else []
    return Asked(
        catalog.by_code(run.report),
        names.get(code, code),
        list(projects),
        run.parameters["start"],
        run.parameters["end"],
    )


def region_names(user: User) -> dict[str, str]:
    """CoCs as people say them, by code."""
    return {region.code: str(region) for region in Region.objects.restrict(user).filter(kind="coc")}


@dataclass(frozen=True, slots=True)
class FileRow:
    """One file of the upload. `opens`: its rows lead to people."""

    name: str
    rows: int
    opens: bool


#: Files whose rows can be opened to the people behind them, in the order they are read.
OPENED = ("LSAPerson", "LSAHousehold", "LSAExit", "LSACalculated")


def files(run: ReportRun) -> list[FileRow]:
    """The twelve files with their rows, in HDX's order."""
    names = [file.name for file in upload_files(load(LATEST))]
    counted = run.counts
    return [
        FileRow(name, counted.get(name, 0), name in OPENED and counted.get(name, 0) > 0) for name in names
    ]


def figures(run: ReportRun) -> dict[str, Any]:
    """The main figures with words for their codes."""
    found: dict[str, Any] = dict(run.result.get("figures", {}))
    if not found:
        return {}
    found["groups"] = [
        (words, found["groups"][code]) for code, words in GROUPS.items() if code in found.get("groups", {})
    ]
    found["household_types"] = [
        row | {"label": HOUSEHOLD_TYPES[row["code"]]} for row in found.get("household_types", [])
    ]
    found["cohorts"] = [
        row | {"label": _COHORTS[row["code"]], "share": _share(row["returned"], row["exits"])}
        for row in found.get("cohorts", [])
    ]
    found["averages"] = [
        (_AVERAGES[row["row"]], [row["days"].get(code) for code in ("0", "1", "2", "3")])
        for row in found.get("averages", [])
    ]
    found["project_types"] = [
        row
        | {
            "label": code_words("Project.ProjectType", row["code"]),
            "share": _share(row["people"], row["beds"]),
        }
        for row in found.get("project_types", [])
    ]
    return found


def quality(run: ReportRun) -> tuple[list[Count], list[Count]]:
    """What LSAReport counts: how much there is, and what is missing in it."""
    report = run.result.get("figures", {}).get("report", {})
    return totals(report), faults(report)


def _share(part: int, whole: int) -> int | None:
    return round(100 * part / whole) if whole else None


@dataclass(frozen=True, slots=True)
class FlagRow:
    """One thing that HDX will flag, with the name of the project concerned. `number` counts from 1 among all
    flags of the run; `flag` as the engine knows it."""

    number: int
    flag: Flag
    severity: str
    file: str
    sentence: str
    remedy: str
    project: Project | None
    project_id: str


def severities(run: ReportRun) -> list[tuple[str, str, int]]:
    """How many flags of each severity there are, the worst first: (code, words, flags)."""
    words = {"error": "Errors", "warning": "Warnings", "information": "Worth a look"}
    given = [flag["severity"] for flag in run.result.get("flags", [])]
    return [(code, text, given.count(code)) for code, text in words.items()]


def flags(user: User, run: ReportRun, severity: str = "") -> list[FlagRow]:
    """The flags of a run, of one severity where one is named."""
    every = list(enumerate(map(read_flag, run.result.get("flags", [])), start=1))
    return _flag_rows(
        user, run, [(number, flag) for number, flag in every if severity in ("", flag.severity)]
    )


def flag(user: User, run: ReportRun, number: int) -> FlagRow | None:
    """The flag of that number, from 1; None where there is none."""
    given = run.result.get("flags", [])
    if not 0 < number <= len(given):
        return None
    return _flag_rows(user, run, [(number, read_flag(given[number - 1]))])[0]


def _flag_rows(user: User, run: ReportRun, chosen: list[tuple[int, Flag]]) -> list[FlagRow]:
    folder = folder_of(user, run)
    named = {flag.project_id for _, flag in chosen if flag.project_id}
    known = Records(user, folder).projects(named) if folder else {}
    return [
        FlagRow(
            number=number,
            flag=flag,
            severity=flag.severity,
            file=flag.file,
            sentence=flag.sentence,
            remedy=flag.remedy,
            project=known.get(flag.project_id or ""),
            project_id=flag.project_id or "",
        )
        for number, flag in chosen
    ]


def comparable(user: User, run: ReportRun) -> list[ReportRun]:
    """Finished runs of the same report, CoC and projects, the newest first, whose files are there."""
    others = runs(user).filter(
        report=run.report, state="finished", parameters__coc=run.parameters["coc"],
        parameters__projects=run.parameters["projects"],
    )  # fmt: skip
    return [other for other in others.exclude(pk=run.pk)[:20] if folder_of(user, other)]
