"""Described projects, stages and persons as text: one on the command line, thousands in a CSV file.

The input has the columns `IN`, in any order; others are left out. `funders` are codes of list 2.06.1 joined
by `+` (none: empty), `rrh_subtype` is 1, 2, empty, or `1|2` for what either asks. The output has `OUT`: for
every line, in its order, each field that is asked, in the manual's order; what is not asked has no row.
"""

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from hearth import scratch
from hearth.standards.element import PERSONS, STAGES, SUBJECTS
from hearth.standards.form import Project, questions
from hearth.standards.load import Registry, load, standard_year
from hearth.standards.read_elements import FUNDING_SOURCES, REQUIREMENTS_SINCE

PROJECT_TYPES, RRH_SUBTYPES = "2.02.6", "2.02.A"
IN = ("funders", "project_type", "rrh_subtype", "stage", "person")
OUT = (*IN, "element", "column", "asked", "gate")
#: Stages of a person; those of a project or an organization are at setup.
PERSONAL_STAGES = tuple(stage for stage in STAGES.values() if stage != "setup")
FIRST_DAY = date(REQUIREMENTS_SINCE - 1, 10, 1)

Row = tuple[str, str, str, str]
"""Element, column, asked, gate."""


class CaseError(ValueError):
    """What is wrong with a described project, stage or person, and what to do; with the line of a file."""


@dataclass(frozen=True, slots=True)
class Case:
    """One described project with a stage and a person, checked."""

    project: Project
    stage: str
    person: str


def registry_on(day: date) -> Registry:
    """The standards in force on a day; HUD's fiscal year starts on October 1 before it.

    CaseError before the first day from which it is known who must ask what, and where HUD has published
    nothing yet.
    """
    year = day.year + (day.month >= 10)
    if day < FIRST_DAY:
        raise CaseError(
            f"Who must ask what is known from {FIRST_DAY} on: name a day from then on, not {day}."
        )
    registry = load(standard_year(year))
    if year > registry.year + 1:  # HUD publishes for every second year
        raise CaseError(f"No standards are known for {day}: name a day up to {registry.year + 1}-09-30.")
    return registry


def case(
    registry: Registry,
    *,
    funders: Iterable[str],
    project_type: str,
    rrh_subtypes: Iterable[str],
    stage: str,
    person: str,
    facts: dict[str, str | None] | None = None,
) -> Case:
    """A described case. CaseError says in one sentence which value is not known, and which are."""
    sources, types = registry.list(FUNDING_SOURCES), registry.list(PROJECT_TYPES)
    for code in funders:
        if code not in sources:
            raise CaseError(f"“{code}” is no funding source: use codes of list {FUNDING_SOURCES}.")
    if project_type not in types:
        raise CaseError(f"“{project_type}” is no project type: use one of {', '.join(types.codes())}.")
    for code in rrh_subtypes:
        if code not in registry.list(RRH_SUBTYPES):
            raise CaseError(f"“{code}” is no subtype of rapid re-housing: use 1, 2, or nothing.")
    if stage not in STAGES.values():
        raise CaseError(f"“{stage}” is no stage: use one of {', '.join(STAGES.values())}.")
    persons = SUBJECTS if stage == "setup" else PERSONS
    if person not in persons:
        raise CaseError(f"“{person}” is nobody who is asked at {stage}: use one of {', '.join(persons)}.")
    project = Project(project_type, frozenset(funders), frozenset(rrh_subtypes), facts or {})
    return Case(project, stage, person)


def subtypes(written: str) -> tuple[str, ...]:
    """`1|2` → both; nothing → none."""
    return tuple(written.split("|")) if written else ()


@dataclass(frozen=True, slots=True)
class Cases:
    """The lines of a file: what was written in each and what it means; blank lines and columns left out."""

    lines: tuple[tuple[tuple[str, ...], Case], ...]
    blank: int
    others: tuple[str, ...]


def read_cases(registry: Registry, path: Path) -> Cases:
    """Read and check a whole file. CaseError names the first line that cannot be used, and why."""
    header, rows = _header(path, _rows(path))
    places = {name: header.index(name) for name in IN}
    lines, blank = [], 0
    for number, row in rows:
        if not any(cell.strip() for cell in row):
            blank += 1
            continue
        if len(row) != len(header):
            raise CaseError(
                f"{path.name}, line {number}: it has {len(row)} values and the header {len(header)}."
                " Give each column one value, with quotes around a value that has a comma."
            )
        written = tuple(row[places[name]].strip() for name in IN)
        try:
            lines.append((written, _case(registry, *written)))
        except CaseError as error:
            raise CaseError(f"{path.name}, line {number}: {error}") from None
    others = tuple(name for name in header if name not in IN)
    return Cases(tuple(lines), blank, others)


def _case(registry: Registry, funders: str, kind: str, rrh_subtype: str, stage: str, person: str) -> Case:
    if stage not in PERSONAL_STAGES:
        raise CaseError(f"“{stage}” is no stage: use one of {', '.join(PERSONAL_STAGES)}.")
    codes = [code.strip() for code in funders.split("+")] if funders else []
    found = subtypes(rrh_subtype)
    return case(registry, funders=codes, project_type=kind, rrh_subtypes=found, stage=stage, person=person)


def _rows(path: Path) -> Iterator[tuple[int, list[str]]]:
    """Line number and values; a byte order mark, as spreadsheets write it, is no part of the header."""
    data = path.read_bytes()
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise CaseError(f"{path.name}, line {line}: it is no text in UTF-8. Save the file so.") from None
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    number = 1
    try:
        for row in reader:
            yield number, row
            number = reader.line_num + 1
    except csv.Error as error:
        raise CaseError(f"{path.name}, line {number}: it is no CSV ({error}). Look at its quotes.") from None


def _header(
    path: Path, rows: Iterator[tuple[int, list[str]]]
) -> tuple[list[str], Iterator[tuple[int, list[str]]]]:
    for number, row in rows:
        header = [cell.strip() for cell in row]
        if not any(header):
            continue
        missing = [name for name in IN if name not in header]
        if missing:
            raise CaseError(
                f"{path.name}, line {number}: the column {' and '.join(missing)} is missing."
                f" The header is {','.join(IN)}."
            )
        twice = next((name for name in IN if header.count(name) > 1), None)
        if twice:
            raise CaseError(f"{path.name}, line {number}: the column {twice} stands there twice. Remove one.")
        return header, rows
    raise CaseError(f"{path.name}, line 1: the file is empty. The header is {','.join(IN)}.")


def write_answers(registry: Registry, cases: Cases, target: Path) -> int:
    """Write what is asked in every case; the number of rows. The file appears whole or not at all.

    Raises `scratch.ScratchError` or OSError when it cannot be written.
    """
    known: dict[tuple[str, ...], list[Row]] = {}
    count = 0
    with scratch.beside(target) as part:
        with part.open("w", newline="", encoding="utf-8") as stream:
            writer = csv.writer(stream, lineterminator="\n")
            writer.writerow(OUT)
            for written, one in cases.lines:
                if written not in known:
                    known[written] = list(rows_of(registry, one))
                writer.writerows((*written, *row) for row in known[written])
                count += len(known[written])
        part.replace(target)
    return count


def rows_of(registry: Registry, one: Case) -> Iterator[Row]:
    """Element, column, asked and gate of every field of a case."""
    for question in questions(registry, one.project, one.stage, one.person):
        yield question.element.number, question.name, question.asked, question.condition
