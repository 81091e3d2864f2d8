"""What the pages of reports show."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db.models import QuerySet

from hearth.hmis.access.models import Grant, User
from hearth.hmis.access.permissions import Permission
from hearth.hmis.jobs.rights import kept_file
from hearth.hmis.organizations.models import Project, Region
from hearth.hmis.reports import catalog, lsa_columns, scope
from hearth.hmis.reports.catalog import OfferedReport
from hearth.hmis.reports.lsa_quality import Count, faults, totals
from hearth.hmis.reports.models import ReportRun
from hearth.hmis.reports.records import Records
from hearth.hmis.ui import formats
from hearth.reporting.opening.bundle import BundleError
from hearth.reporting.runtime.flags import Flag
from hearth.reporting.runtime.flags import read as read_flag
from hearth.reporting.runtime.labels import labels_of


def runs(user: User) -> QuerySet[ReportRun]:
    """The reports this user may see, newest first."""
    return ReportRun.objects.restrict(user).select_related("created_by")


def report_run(user: User, pk: int) -> ReportRun | None:
    """One report, if it is there for this user."""
    return runs(user).filter(pk=pk).first()


def folder_of(user: User, run: ReportRun) -> Path | None:
    """The files of a finished report, while they are kept, and while the user may see what is in them. None
    of a report of everything in a scope: nobody in it has been kept."""
    return None if run.of_grant is not None else kept_file(user, run)


def zip_of(user: User, run: ReportRun) -> Path | None:
    """The zip for HDX of a finished report; None where it may not be fetched, and in a comparable database,
    which hands out no rows about people."""
    if settings.COMPARABLE_DATABASE:
        return None
    if run.of_grant is not None and not scope.holds(user, run.of_grant, Permission.REPORT_UPLOAD):
        return None
    folder = kept_file(user, run)
    path = folder / Path(run.file_name).name if folder and run.file_name else None
    return path if path and path.is_file() else None


@dataclass(frozen=True, slots=True)
class Asked:
    """What a run was asked for, in words."""

    report: OfferedReport
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

    @property
    def lead(self) -> str:
        """What the pages of its numbers say below their title."""
        return f"{self.report.short}, {self.place}, {self.time}"


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


def made_of(user: User, run: ReportRun) -> str:
    """In which scope a run is made of everything, in words; '' where it is made of what its asker sees."""
    grant = Grant.objects.restrict(user).filter(pk=run.of_grant).first() if run.of_grant is not None else None
    return scope.words(grant) if grant else ""


def region_names(user: User) -> dict[str, str]:
    """CoCs as people say them, by code."""
    return {region.code: str(region) for region in Region.objects.restrict(user).filter(kind="coc")}


@dataclass(frozen=True, slots=True)
class FileRow:
    """One file of the upload, by HUD's name and in words; `opens`: its rows have a page."""

    name: str
    words: str
    rows: int
    opens: bool


def files(run: ReportRun) -> list[FileRow]:
    """The files with their rows, in the report's order."""
    report, counted = catalog.by_code(run.report).report, run.counts
    titles = labels_of(report).files
    return [
        FileRow(
            file.name,
            lsa_columns.file_name(file.name)
            or (titles[file.name].title if file.name in titles else file.name),
            counted.get(file.name, 0),
            file.name in lsa_columns.FILTERED or file.name == "LSAReport",
        )
        for file in report.files
    ]


def quality(run: ReportRun) -> tuple[list[Count], list[Count]]:
    """What LSAReport counts: how much there is, and what is missing in it."""
    report = run.result.get("figures", {}).get("report", {})
    return totals(report), faults(report)


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
    said = {"error": "Errors", "warning": "Warnings", "information": "Information"}
    given = [flag["severity"] for flag in run.result.get("flags", [])]
    return [(code, text, given.count(code)) for code, text in said.items()]


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


#: What the engine says to who has no page to click on.
_ON_TERMINAL = re.compile(r"; open row \d+ to see them")


def named(sentence: str, key: str | None, project: Project | None) -> str:
    """A sentence of the engine with a project's name for its key."""
    if not key or project is None:
        return sentence
    return re.sub(
        rf"(?:[Pp]roject )?(?<![\w.-]){re.escape(key)}(?![\w-]|\.\w)",
        lambda _: str(project),
        sentence,
        count=1,
    )


def _flag_rows(user: User, run: ReportRun, chosen: list[tuple[int, Flag]]) -> list[FlagRow]:
    folder = folder_of(user, run)
    keys = {flag.project_id for _, flag in chosen if flag.project_id}
    try:
        known = Records(user, folder).projects(keys) if folder else {}
    except BundleError:  # their keys stand there then; the people behind say why they do not open
        known = {}
    return [
        FlagRow(
            number=number,
            flag=flag,
            severity=flag.severity,
            file=flag.file,
            sentence=named(flag.sentence, flag.project_id, known.get(flag.project_id or "")),
            remedy=_ON_TERMINAL.sub("", flag.remedy),
            project=known.get(flag.project_id or ""),
            project_id=flag.project_id or "",
        )
        for number, flag in chosen
    ]


def comparable(user: User, run: ReportRun) -> list[ReportRun]:
    """Finished runs of the same report, CoC and projects, the newest first, whose files are there; none of a
    report of everything in a scope."""
    others = runs(user).filter(
        report=run.report, state="finished", parameters__coc=run.parameters["coc"],
        parameters__projects=run.parameters["projects"],
    )  # fmt: skip
    return [other for other in others.exclude(pk=run.pk)[:20] if folder_of(user, other)]
