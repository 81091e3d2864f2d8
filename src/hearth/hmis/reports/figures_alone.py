"""The figures of a report of everything in a scope, as its page shows them: no way to anybody behind them,
and small cells hidden (reporting/outputs/small_cells.py)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from hearth.hmis.reports import figures, lsa_quality
from hearth.hmis.reports.models import ReportRun
from hearth.hmis.ui import formats

HIDDEN, NOTHING = "Hidden", "–"
_GROUPS = ("EST", "RRH", "PSH")


@dataclass(frozen=True, slots=True)
class Figures:
    """One table: what it is about, its columns, and its rows, each with its label first."""

    caption: str
    columns: tuple[str, ...]
    rows: list[tuple[str, list[str]]]


def tables(run: ReportRun) -> list[Figures]:
    """All figures of a finished run; none of a run that has none."""
    cells: Mapping[str, int | None] = run.result.get("cells", {})
    made = _of_night(cells) if "beds" in cells else _of_time(cells)
    return [table for table in [*made, *_quality(cells)] if table.rows]


def _said(cells: Mapping[str, int | None], key: str) -> str:
    """A figure in words; that there is none is another thing than that it is hidden."""
    if key not in cells:
        return NOTHING
    count = cells[key]
    return HIDDEN if count is None else formats.number(count)


def _share(cells: Mapping[str, int | None], part: str, of: str) -> str:
    """In percent, only where both are shown."""
    one, all_of_it = cells.get(part), cells.get(of)
    found = figures.share(one, all_of_it) if one is not None else None
    return NOTHING if found is None else str(formats.percent(found))


def _rows(
    cells: Mapping[str, int | None], lines: Iterable[tuple[str, Sequence[str]]]
) -> list[tuple[str, list[str]]]:
    """Lines of keys as rows, without those of which the report says nothing at all."""
    return [
        (label, [_said(cells, key) for key in keys])
        for label, keys in lines
        if any(key in cells for key in keys)
    ]


def _of_time(cells: Mapping[str, int | None]) -> list[Figures]:
    sums = [("People served", ["people"]), ("Households served", ["households"])]
    types = [
        (words, [f"type-{code}", *(f"type-{code}-{group}" for group in _GROUPS)])
        for code, words in figures.HOUSEHOLD_TYPES.items()
    ]
    groups = [(words, [f"group-{code}"]) for code, words in figures.GROUPS.items()]
    averages = [
        (words, [f"average-{row}-{of}" for of in figures.OF_AVERAGES])
        for row, words in figures.AVERAGES.items()
    ]
    exits = [
        (words[:1].upper() + words[1:], _said(cells, f"exits-{code}"), _said(cells, f"returned-{code}"),
         _share(cells, f"returned-{code}", f"exits-{code}"))
        for code, words in figures.COHORTS.items()
        if f"exits-{code}" in cells
    ]  # fmt: skip
    return [
        Figures("Served", ("Served", "Count"), _rows(cells, sums)),
        Figures(
            "Households by type",
            ("Household type", "Households", "Shelter, TH", "RRH", "PSH"),
            _rows(cells, types),
        ),
        Figures("People by project group", ("Served in", "People"), _rows(cells, groups)),
        Figures(
            "Average days",
            ("Days", *(words[:1].upper() + words[1:] for words in figures.OF_AVERAGES.values())),
            _rows(cells, averages),
        ),
        Figures(
            "Exits and returns of households",
            ("Exits", "Households", "Returned to homelessness", "Share"),
            [(label, list(said)) for label, *said in exits],
        ),
    ]


def _of_night(cells: Mapping[str, int | None]) -> list[Figures]:
    sums = [
        (words, [key])
        for words, key in (
            ("Projects", "projects"), ("Units", "units"), ("Beds", "beds"), ("People on the night", "people"),
        )
    ]  # fmt: skip
    codes = sorted({int(key.split("-")[1]) for key in cells if key.startswith("night-")})
    types = [
        (
            figures.project_type(code),
            [f"night-{code}-{part}" for part in ("projects", "units", "beds", "people")],
        )
        for code in codes
    ]
    return [
        Figures("On the night", ("On the night", "Count"), _rows(cells, sums)),
        Figures(
            "Beds and people by project type",
            ("Project type", "Projects", "Units", "Beds", "People"),
            _rows(cells, types),
        ),
    ]


def _quality(cells: Mapping[str, int | None]) -> list[Figures]:
    """The counts of LSAReport."""
    counts = {key.removeprefix("report-"): 0 for key in cells if key.startswith("report-")}
    totals = [(one.label, [f"report-{one.column}"]) for one in lsa_quality.totals(counts)]
    faults = [
        (one.label, [_said(cells, f"report-{one.column}"),
                     _share(cells, f"report-{one.column}", f"report-{lsa_quality.of_total(one.column)}")])
        for one in lsa_quality.faults(counts)
    ]  # fmt: skip
    return [
        Figures("How much there is", ("What", "Count"), _rows(cells, totals)),
        Figures("What is missing or invalid", ("What", "Count", "Share"), faults),
    ]
