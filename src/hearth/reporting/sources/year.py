"""Which HUD fiscal year's format an export has: Export.CSVVersion says so, the headers confirm it.

Vendors forget to change the version, write it in their own way ('FY2022', '2026 v1.0', 'v2024.1'), or
leave it out. The headers of all files decide then, and where version and headers clearly disagree about
years that we know. A version that names another year is believed: formats of neighboring years share nearly
all columns and differ in codes, so that reading one as the other would be wrong without a sign.
"""

from __future__ import annotations

import csv
import itertools
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from hearth.standards.load import YEARS, load

from .header import delimiter_of, likeness, written_header
from .problems import Problem, listing, noted, stopping

_YEAR = re.compile(r"20\d\d")
_SURE = 0.98  # share of columns that fit; FY2024 and FY2026 share 96 % of theirs
_PLAUSIBLE = 0.80


@dataclass(slots=True)
class Detected:
    """`year` is None when it is not known, which stops everything."""

    year: int | None
    problems: list[Problem] = field(default_factory=list)


def detect(paths: Mapping[str, Path], newest: int = max(YEARS)) -> Detected:
    """The year of an export from its UTF-8 files, by lower-case file name without '.csv'. One of a year after
    `newest` is refused: there is no way back from a newer format to an older one."""
    found = _told(paths, newest)
    if found.year is None or found.year <= newest:
        return found
    return Detected(None, [_newer(found.year, newest)])


def _told(paths: Mapping[str, Path], newest: int) -> Detected:
    version = _csv_version(paths.get("export"))
    said = _YEAR.search(version or "")
    year = int(said[0]) if said else 0
    if year in YEARS and _fit(paths, year) >= _SURE:
        return Detected(year)  # without a look at the standards of other years
    fit = {one: _fit(paths, one) for one in YEARS}
    best = max(YEARS, key=lambda one: (fit[one], one))
    if said is None:
        if fit[best] < _PLAUSIBLE:
            return Detected(
                None, [_unknown("It does not say its version, and its columns fit no year.", newest)]
            )
        return Detected(best, [_guessed("Export.csv does not say the version of the format", best)])
    if year in YEARS:
        if fit[best] >= _SURE:
            return Detected(best, [_guessed(f"Export.csv says {year}, but the columns are of {best}", best)])
        return Detected(year)
    if year - 1 in YEARS:  # HUD publishes for every second year; some vendors write the year they are in
        return Detected(
            year - 1, [_guessed(f"Export.csv says {year}, which HUD has no format for", year - 1)]
        )
    return Detected(None, [_unknown(f"Export.csv says that it has the format of {year}.", newest)])


def _fit(paths: Mapping[str, Path], year: int) -> float:
    """Share of columns, over all files there are, that the year's format and the headers have in common.

    A file that the year does not know counts against it."""
    common = either = 0
    files = {file.name.casefold(): file for file in load(year).files.values()}
    for name, path in paths.items():
        written = written_header(path, any_delimiter=True)
        if name in files:
            have, total = likeness(written, files[name])
            common, either = common + have, either + total
        elif any(name in {f.casefold() for f in load(other).files} for other in YEARS):
            either += len(written)
    return common / either if either else 0.0


def _csv_version(path: Path | None) -> str | None:
    """Export.CSVVersion of the first row that has one."""
    if path is None:
        return None
    with path.open(encoding="utf-8", newline="") as text:
        try:
            for row in itertools.islice(csv.DictReader(text, delimiter=delimiter_of(path)), 100):
                for name, cell in row.items():
                    if isinstance(name, str) and name.strip().casefold() == "csvversion" and cell:
                        return cell
        except csv.Error:  # a quote that is never closed; staging says where
            return None
    return None


def _guessed(why: str, year: int) -> Problem:
    return noted(
        "version_guessed",
        "warning",
        f"{why}. It was read as FY{year}.",
        f"Export.CSVVersion must begin with the year, for example '{year} v1.0'.",
        file="Export",
        column="CSVVersion",
        origin="S-023",
    )


def _unknown(why: str, newest: int) -> Problem:
    return _refused(f"This is an export of a year that we do not know. {why}", newest)


def _newer(year: int, newest: int) -> Problem:
    return _refused(
        f"This export has HUD's format of FY{year}, and this Hearth works with FY{newest} and earlier.",
        newest,
    )


def _refused(sentence: str, newest: int) -> Problem:
    readable = listing([f"FY{year}" for year in YEARS if year <= newest])
    return stopping(
        "export_year_unknown",
        sentence,
        f"Hearth reads exports of {readable}."
        " Choose one of these formats in your software's HMIS CSV export.",
        file="Export",
        column="CSVVersion",
        origin="S-023",
    )
