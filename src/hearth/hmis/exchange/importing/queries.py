"""What the pages of imports show."""

from pathlib import Path
from typing import Any

from django.conf import settings

from hearth.hmis.access.models import User
from hearth.hmis.exchange.importing.settling import Question
from hearth.hmis.exchange.models import ImportRun, RunState
from hearth.hmis.organizations.models import DataSource
from hearth.standards import load


def imports(user: User) -> Any:
    """The imports this user may see, newest first."""
    return ImportRun.objects.restrict(user).select_related("created_by", "data_source")


def import_run(user: User, pk: int) -> ImportRun | None:
    """One import, if it is there for this user."""
    return imports(user).filter(pk=pk).first()


def data_source_names(user: User) -> list[str]:
    """Data sources that records were imported from."""
    sources = DataSource.objects.restrict(user).filter(is_hearth=False)
    return list(sources.order_by("name").values_list("name", flat=True))


def question(run: ImportRun) -> Question | None:
    """What an import asks, while it waits for the answer."""
    asked = run.parameters.get("question")
    return Question.from_json(asked) if asked and run.state == RunState.ASKING else None


def undecided(asked: Question) -> list[tuple[str, int, int, int]]:
    """Of each file with any: records that the export lacks, that are newer here, that were changed here."""
    parts = (asked.missing, asked.newer, asked.changed)
    rows = [(file, *(part.get(file, 0) for part in parts)) for file in load(2026).files]
    return [row for row in rows if any(row[1:])]


def counts(run: ImportRun) -> list[tuple[str, dict[str, int]]]:
    """Records of each file that has any, in HUD's order, and their total as the last."""
    rows = [(file, run.counts[file]) for file in load(2026).files if sum(run.counts.get(file, {}).values())]
    if len(rows) > 1:
        parts = ("added", "changed", "deleted", "unchanged", "kept")
        rows.append(("All files", {part: sum(row.get(part, 0) for _, row in rows) for part in parts}))
    return rows


def severities(run: ImportRun) -> list[tuple[str, str, str, int]]:
    """How many findings of each severity there are: (code, words, tone, rows), the worst first."""
    words = {
        "high": ("High", "error"),
        "error": ("Error", "error"),
        "warning": ("Warning", "warning"),
        "info": ("Information", "info"),
    }
    totals = dict.fromkeys(words, 0)
    for one in run.findings_summary:
        totals[one["severity"]] += one["count"]
    return [(code, *words[code], total) for code, total in totals.items() if total]


def severity_figures(run: ImportRun) -> list[tuple[str, str, int]]:
    """The same as figures: (code, what is counted in the number that fits, rows)."""
    several = {"high": "High", "error": "Errors", "warning": "Warnings", "info": "Information"}
    return [
        (code, words if total == 1 else several[code], total) for code, words, _, total in severities(run)
    ]


def findings_path(run: ImportRun) -> Path | None:
    """The list of findings of a run, when it is kept."""
    path = Path(settings.MEDIA_ROOT) / run.findings_file
    return path if run.findings_file and path.is_file() else None
