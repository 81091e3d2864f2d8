"""What the receiver of a report will flag, as far as the report tells beforehand.

    for flag in opening.members.flags(folder):
        flag.severity, flag.sentence, flag.project_id, flag.count, flag.remedy, flag.years

`making.make` writes the flags of a run to flags.json and flags.csv in its folder. They are declared in
`flags/` of the report's folder: tables.yaml (SQL that several share), lists.yaml (the receiver's lists: what
stands in one of them only, and what is not looked for and why), and all other files, which declare flags. A
report without that folder has none.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, fields
from functools import cache
from pathlib import Path
from typing import Any

from hearth.formulas import disarmed
from hearth.reporting import engine
from hearth.reporting.engine import Connection, text

from .plan import Step
from .report import Report, read_yaml

SEVERITIES = ("error", "warning", "information")
"""error: HDX refuses the files or wants the data corrected; warning: HDX asks for an explanation;
information: worth a look."""

_TABLES, _LISTS = "tables.yaml", "lists.yaml"
JSON, CSV = "flags.json", "flags.csv"
#: What a row of a flag's `sql` may say beside ProjectID and Count, and as what it is read.
_SAID = {
    "ProjectID": "VARCHAR", "Count": "BIGINT", "Total": "BIGINT", "Label": "VARCHAR", "Hdx": "INTEGER",
    "HHType": "INTEGER", "Universe": "INTEGER", "Population": "INTEGER", "ProjectGroup": "VARCHAR",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Flag:
    """One thing that is flagged. `id` is ours, a word id; `hdx` are the numbers of HUD's list, `years` the
    years of the lists that have them. `project_id` is the project concerned or None; `count` how many records
    or households, None where nothing is counted; `share` of how many in percent, where the flag is about a
    share. `people` tells where its people stand, {} where there are none."""

    id: str
    hdx: tuple[int, ...]
    severity: str
    file: str
    project_id: str | None
    count: int | None
    share: float | None
    sentence: str
    remedy: str
    years: tuple[int, ...] = ()
    people: Mapping[str, str] = field(default_factory=dict)

    @property
    def has_people(self) -> bool:
        """Whether it opens to people."""
        return bool(self.people)

    @property
    def list_said(self) -> str:
        """In which of HUD's lists it stands, in words."""
        return f"HUD's list of {' and '.join(map(str, self.years))}"


@dataclass(frozen=True, slots=True)
class People:
    """Whom a flag is about: those behind rows of one file (`row` of LSACalculated, `columns` of
    LSAReport), or of LSAPerson and LSAHousehold those to whom `where` applies, a condition on the file's
    columns with {group} for EST, RRH or PSH and {hhtype} for the household type."""

    file: str
    row: int = 0
    columns: tuple[str, ...] = ()
    where: str = ""


@dataclass(frozen=True, slots=True)
class Declared:
    """A flag as it is declared. `sql` gives a row for each time it is raised: ProjectID, Count, and where
    the sentence, the number of HUD's list or its people need them Total, Label, Hdx, HHType, Universe,
    Population, ProjectGroup. `error_from`: with a smaller count it is only a warning, and stands in HUD's
    list under `hdx_below`. `scopes`: those of a run in which it can be raised; any where there are none."""

    id: str
    hdx: tuple[int, ...]
    severity: str
    file: str
    sentence: str
    remedy: str
    sql: str
    scopes: tuple[str, ...] = ()
    error_from: int = 0
    hdx_below: tuple[int, ...] = ()
    people: People | None = None


@dataclass(frozen=True, slots=True)
class NotChecked:
    """Flags of HUD's list that are not looked for: why, and their numbers."""

    why: str
    numbers: tuple[int, ...]


@cache
def declared(report: Report) -> tuple[Declared, ...]:
    """All flags of a report, in the order of the files that declare them."""
    found = []
    for path in sorted((report.folder / "flags").glob("*.yaml")):
        if path.name not in (_TABLES, _LISTS):
            found += [_declared(one) for one in read_yaml(path)]
    return tuple(found)


def declared_flag(report: Report, flag: str) -> Declared | None:
    """The flag of that id; None where the report has none."""
    return next((one for one in declared(report) if one.id == flag), None)


def _declared(said: Mapping[str, Any]) -> Declared:
    people = said.get("people")
    given: dict[str, Any] = dict(said) | {
        name: tuple(said[name]) for name in ("hdx", "hdx_below", "scopes") if name in said
    }
    if people is not None:
        given["people"] = People(**dict(people) | {"columns": tuple(people.get("columns", ()))})
    return Declared(**given)


@cache
def _lists(report: Report) -> dict[str, Any]:
    path = report.folder / "flags" / _LISTS
    return dict(read_yaml(path)) if path.is_file() else {}


def years_of(report: Report, numbers: Iterable[int]) -> tuple[int, ...]:
    """The years of the receiver's lists that have one of these numbers."""
    said = _lists(report)
    alone = {number: int(year) for year, listed in said.get("only", {}).items() for number in spread(listed)}
    known = tuple(int(year) for year in said.get("years", ()))
    found = {year for number in numbers for year in ((alone[number],) if number in alone else known)}
    return tuple(sorted(found))


@cache
def not_checked(report: Report) -> tuple[NotChecked, ...]:
    """What of the receiver's lists is not looked for, and why."""
    return tuple(
        NotChecked(one["why"], spread(one["numbers"])) for one in _lists(report).get("not_checked", ())
    )


def spread(said: str | int) -> tuple[int, ...]:
    """The numbers of a text such as "2 6-14", both ends included."""
    found: list[int] = []
    for part in str(said).split():
        first, _, last = part.partition("-")
        found.extend(range(int(first), int(last or first) + 1))
    return tuple(found)


def tables(report: Report, steps: Iterable[Step]) -> set[str]:
    """The steps whose tables flags read: wherever the steps run, these must be at hand afterwards."""
    asked = declared(report)
    statement = _statement(report, asked) if asked else ""
    return {step.name for step in steps if re.search(rf"\b{step.name}\b", statement, re.IGNORECASE)}


def find(
    report: Report, connection: Connection, scope: str, only: Iterable[str] | None = None
) -> tuple[Flag, ...]:
    """The flags of the run whose tables are on the connection, errors first. `scope` is the run's; `only` are
    ids, for those who want some of them."""
    wanted = None if only is None else set(only)
    asked = [
        one
        for one in declared(report)
        if (scope in one.scopes or not one.scopes) and (wanted is None or one.id in wanted)
    ]
    if not asked:
        return ()
    by_id = {one.id: one for one in asked}
    raised = engine.rows(connection, _statement(report, asked))
    found = [_flag(report, by_id[which], dict(zip(_SAID, rest, strict=True))) for which, *rest in raised]
    order = {one.id: number for number, one in enumerate(asked)}
    return tuple(
        sorted(
            found,
            key=lambda one: (
                SEVERITIES.index(one.severity),
                order[one.id],
                one.project_id or "",
                -(one.count or 0),
                one.sentence,  # so that the same run gives the same bytes
            ),
        )
    )


def _statement(report: Report, asked: Iterable[Declared]) -> str:
    """One query for all, so that it is planned once; of the shared tables those that are read."""
    nothing = ", ".join(f"CAST(NULL AS {kind}) AS {column}" for column, kind in _SAID.items())
    branches = [f"SELECT CAST(NULL AS VARCHAR) AS Flag, {nothing} WHERE FALSE"]
    branches += [
        f"SELECT {text(one.id)} AS Flag, * FROM ({one.sql}) AS {engine.name(one.id)}" for one in asked
    ]
    said = ", ".join(f"CAST({column} AS {kind}) AS {column}" for column, kind in _SAID.items())
    # by name: a flag says of these columns what it has
    whole = f"SELECT Flag, {said} FROM ({' UNION ALL BY NAME '.join(branches)}) AS raised"
    path = report.folder / "flags" / _TABLES
    shared: dict[str, str] = read_yaml(path) if path.is_file() else {}
    needed: list[str] = []
    read = whole
    for table, sql in reversed(list(shared.items())):
        if re.search(rf"\b(FROM|JOIN) {table}\b", read):
            needed.append(f"{table} AS ({sql})")
            read += sql
    return report.codes.filled(f"WITH {', '.join(reversed(needed))} {whole}" if needed else whole)


def _flag(report: Report, one: Declared, said: Mapping[str, Any]) -> Flag:
    project, count, total, label = (said[name] for name in ("ProjectID", "Count", "Total", "Label"))
    share = round(100 * count / total, 1) if total else None
    known = {"project": project, "count": f"{count:,}", "label": label, "share": share}
    known["total"] = f"{total:,}" if total is not None else "0"
    below = count < one.error_from
    hdx = one.hdx if said["Hdx"] is None else (int(said["Hdx"]),)
    hdx = one.hdx_below if below and one.hdx_below else hdx
    return Flag(
        id=one.id,
        hdx=hdx,
        severity="warning" if below else one.severity,
        file=one.file,
        project_id=project,
        count=count,
        share=share if "{share}" in one.sentence else None,
        sentence=one.sentence.format_map(known),
        remedy=one.remedy,
        years=years_of(report, hdx),
        people=_people(report, one, said),
    )


def _people(report: Report, one: Declared, said: Mapping[str, Any]) -> dict[str, str]:
    """Where the people of a raised flag stand, as flags.json keeps it."""
    own = report.own("opened") if one.people else None
    return dict(own.flag_people(report, one, said)) if own is not None else {}


def write(folder: Path, raised: Iterable[Flag]) -> None:
    """Write flags.json and flags.csv."""
    lines: list[dict[str, Any]] = [asdict(one) for one in raised]
    (folder / JSON).write_text(json.dumps(lines, indent=2) + "\n", encoding="utf-8")
    columns = ["number", *(one.name for one in fields(Flag) if one.name != "people")]
    with (folder / CSV).open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, columns, extrasaction="ignore")
        writer.writeheader()
        for number, line in enumerate(lines, 1):
            many = {column: " ".join(map(str, line[column])) for column in ("hdx", "years")}
            cells = {"number": number, **line, **many}
            writer.writerow({column: disarmed(cell) for column, cell in cells.items()})


def flags(folder: Path) -> tuple[Flag, ...]:
    """The flags that a run wrote, errors first. Raises OSError or ValueError where they cannot be read."""
    try:
        return tuple(map(read, json.loads((folder / JSON).read_text(encoding="utf-8"))))
    except (TypeError, KeyError, AttributeError, RecursionError) as error:
        raise ValueError(f"{JSON} is no list of flags") from error


def read(line: Mapping[str, Any]) -> Flag:
    """A flag as flags.json has it. Raises TypeError, KeyError or AttributeError for what is none."""
    return Flag(**{**line, "hdx": tuple(line["hdx"]), "years": tuple(line.get("years", ()))})
