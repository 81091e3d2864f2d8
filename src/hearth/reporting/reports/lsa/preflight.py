"""What HDX will flag when the files are uploaded, as far as the files tell beforehand.

    for flag in flags(folder):
        flag.severity, flag.sentence, flag.project_id, flag.count, flag.remedy, flag.years
    opened(flag)        # the row of the run, or the condition, behind which its people stand; or None

`make` writes the flags of a run to flags.json and flags.csv in its folder. They are declared in `flags/`,
after HUD's "Full Flag List for Vendors": that of September 2026 and that of FY2025 (`flags/lists.yaml`: what
stands in one of them only). Left out are those that our steps cannot cause (columns that contradict each
other), those that compare with what HDX alone has (the year before, HIC and PIT, ZIP and geocode tables), and
those whose limits are not published: `not_checked` counts them.
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

import yaml

from hearth.formulas import disarmed
from hearth.reporting.runtime import engine
from hearth.reporting.runtime.engine import Connection, text

from .bundle import BundleError, record_of
from .units import Condition

SEVERITIES = ("error", "warning", "information")
"""error: HDX refuses the files or wants the data corrected; warning: HDX asks for an explanation;
information: worth a look."""

_DECLARED = Path(__file__).parent / "flags"
_TABLES, _LISTS = "tables.yaml", "lists.yaml"
_JSON, _CSV = "flags.json", "flags.csv"
_ANY_SCOPE = ("systemwide", "project", "hic")
#: What a row of a flag's `sql` may say beside ProjectID and Count, and as what it is read.
_SAID = {
    "ProjectID": "VARCHAR", "Count": "BIGINT", "Total": "BIGINT", "Label": "VARCHAR", "Hdx": "INTEGER",
    "HHType": "INTEGER", "Universe": "INTEGER", "Population": "INTEGER", "ProjectGroup": "VARCHAR",
}  # fmt: skip
#: The groups of projects by which columns of LSAPerson and LSAHousehold are named.
_GROUPS = ("EST", "RRH", "PSH")
_HOUSEHOLD_TYPES = ("0", "1", "2", "3", "99")
_ENROLLED = {"Cohort": "1", "SystemPath": "-1"}


@dataclass(frozen=True, slots=True)
class Flag:
    """One thing that HDX flags. `id` is ours, a word id; `hdx` are the numbers of HUD's list, `years` the
    years of the lists that have them. `project_id` is the project concerned or None; `count` how many records
    or households, None where nothing is counted; `share` of how many in percent, where the flag is about a
    share. `people` tells where its people stand (see `opened`), {} where there are none."""

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
    list under `hdx_below`."""

    id: str
    hdx: tuple[int, ...]
    severity: str
    file: str
    sentence: str
    remedy: str
    sql: str
    scopes: tuple[str, ...] = _ANY_SCOPE
    error_from: int = 0
    hdx_below: tuple[int, ...] = ()
    people: People | None = None


@dataclass(frozen=True, slots=True)
class NotChecked:
    """Flags of HUD's list that are not looked for: why, and their numbers."""

    why: str
    numbers: tuple[int, ...]


@cache
def declared() -> tuple[Declared, ...]:
    """All flags, in the order of the files that declare them."""
    found = []
    for path in sorted(_DECLARED.glob("*.yaml")):
        if path.name not in (_TABLES, _LISTS):
            found += [_declared(one) for one in _read(path)]
    return tuple(found)


def _declared(said: Mapping[str, Any]) -> Declared:
    people = said.get("people")
    given: dict[str, Any] = dict(said) | {
        name: tuple(said[name]) for name in ("hdx", "hdx_below", "scopes") if name in said
    }
    if people is not None:
        given["people"] = People(**dict(people) | {"columns": tuple(people.get("columns", ()))})
    return Declared(**given)


def _read(path: Path) -> Any:
    # libyaml where the wheel has it: the pure reader costs a report forty milliseconds
    text_of = path.read_text(encoding="utf-8")
    return yaml.load(text_of, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506


@cache
def _lists() -> dict[str, Any]:
    return dict(_read(_DECLARED / _LISTS))


def years_of(numbers: Iterable[int]) -> tuple[int, ...]:
    """The years of HUD's lists that have one of these numbers."""
    alone = {number: int(year) for year, listed in _lists()["only"].items() for number in spread(listed)}
    known = tuple(int(year) for year in _lists()["years"])
    found = {year for number in numbers for year in ((alone[number],) if number in alone else known)}
    return tuple(sorted(found))


@cache
def not_checked() -> tuple[NotChecked, ...]:
    """What of HUD's list is not looked for, and why."""
    return tuple(NotChecked(one["why"], spread(one["numbers"])) for one in _lists()["not_checked"])


def spread(said: str | int) -> tuple[int, ...]:
    """The numbers of a text such as "2 6-14", both ends included."""
    found: list[int] = []
    for part in str(said).split():
        first, _, last = part.partition("-")
        found.extend(range(int(first), int(last or first) + 1))
    return tuple(found)


def find(connection: Connection, scope: str, only: Iterable[str] | None = None) -> tuple[Flag, ...]:
    """The flags of the run whose tables are on the connection, errors first. `scope` is systemwide, project
    or hic; `only` are ids, for those who want some of them."""
    wanted = None if only is None else set(only)
    asked = [one for one in declared() if scope in one.scopes and (wanted is None or one.id in wanted)]
    by_id = {one.id: one for one in asked}
    raised = engine.rows(connection, _statement(asked))
    found = [_flag(by_id[which], dict(zip(_SAID, rest, strict=True))) for which, *rest in raised]
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


def _statement(asked: Iterable[Declared]) -> str:
    """One query for all, so that it is planned once; of the shared tables those that are read."""
    nothing = ", ".join(f"CAST(NULL AS {kind}) AS {column}" for column, kind in _SAID.items())
    branches = [f"SELECT CAST(NULL AS VARCHAR) AS Flag, {nothing} WHERE FALSE"]
    branches += [
        f"SELECT {text(one.id)} AS Flag, * FROM ({one.sql}) AS {engine.name(one.id)}" for one in asked
    ]
    said = ", ".join(f"CAST({column} AS {kind}) AS {column}" for column, kind in _SAID.items())
    # by name: a flag says of these columns what it has
    whole = f"SELECT Flag, {said} FROM ({' UNION ALL BY NAME '.join(branches)}) AS raised"
    shared: dict[str, str] = _read(_DECLARED / _TABLES)
    needed: list[str] = []
    read = whole
    for table, sql in reversed(list(shared.items())):
        if re.search(rf"\b(FROM|JOIN) {table}\b", read):
            needed.append(f"{table} AS ({sql})")
            read += sql
    return f"WITH {', '.join(reversed(needed))} {whole}" if needed else whole


def _flag(one: Declared, said: Mapping[str, Any]) -> Flag:
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
        years=years_of(hdx),
        people=_people(one, said),
    )


def _people(one: Declared, said: Mapping[str, Any]) -> dict[str, str]:
    """Where the people of a raised flag stand, as flags.json keeps it."""
    if one.people is None:
        return {}
    if one.people.file == "LSACalculated":
        row = {
            "ReportRow": one.people.row, "Universe": 10 if said["ProjectID"] else said["Universe"],
            "HHType": said["HHType"] or 0, "Population": said["Population"] or 0,
        }  # fmt: skip
        where = {"ProjectID": said["ProjectID"]} if said["ProjectID"] else {}
        return {"file": one.people.file, **{column: str(value) for column, value in row.items()}, **where}
    found = {"file": one.people.file}
    if said["ProjectGroup"] and "{group}" in one.people.where:
        found["group"] = said["ProjectGroup"]
    if said["HHType"] is not None:
        found["hhtype"] = str(said["HHType"])
    return found


def opened(flag: Flag) -> Mapping[str, str | None] | Condition | None:
    """The dimensions of the one row of LSACalculated whose people the flag is about, or a condition on rows
    of another file; None where it is about no people. Raises `BundleError` for a flag that this version does
    not have any more."""
    if not flag.has_people:
        return None
    known = next((one.people for one in declared() if one.id == flag.id), None)
    said = dict(flag.people)
    file = said.pop("file", "")
    if known is None or known.file != file:
        raise BundleError(
            "This flag was found by another version of Hearth. Run the report again to open it."
        )
    if file == "LSACalculated":
        return {**_ENROLLED, "ProjectID": None, **said}
    if file == "LSAReport":
        listed = ", ".join(text(column) for column in known.columns)
        return Condition(file, f"ReportColumn IN ({listed})", {"Column": known.columns[0]})
    group, kind = said.get("group", ""), said.get("hhtype", "0")
    asked = _GROUPS if "{group}" in known.where else ("",)
    if group not in asked or kind not in _HOUSEHOLD_TYPES:  # they become part of a query
        raise BundleError("This flag cannot be read. Run the report again to open it.")
    return Condition(file, known.where.replace("{group}", group).replace("{hhtype}", kind), {})


def write(folder: Path, raised: Iterable[Flag]) -> None:
    """Write flags.json and flags.csv."""
    lines: list[dict[str, Any]] = [asdict(one) for one in raised]
    (folder / _JSON).write_text(json.dumps(lines, indent=2) + "\n", encoding="utf-8")
    columns = ["number", *(one.name for one in fields(Flag) if one.name != "people")]
    with (folder / _CSV).open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, columns, extrasaction="ignore")
        writer.writeheader()
        for number, line in enumerate(lines, 1):
            many = {column: " ".join(map(str, line[column])) for column in ("hdx", "years")}
            cells = {"number": number, **line, **many}
            writer.writerow({column: disarmed(cell) for column, cell in cells.items()})


def flags(folder: Path) -> tuple[Flag, ...]:
    """The flags of a run, errors first. Raises `BundleError` when the folder is not a run, or an old one."""
    record_of(folder)
    try:
        return tuple(map(read, json.loads((folder / _JSON).read_text(encoding="utf-8"))))
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise BundleError(f"{folder / _JSON} cannot be read. Run the report again.") from error


def read(line: Mapping[str, Any]) -> Flag:
    """A flag as flags.json has it. Raises TypeError, KeyError or AttributeError for what is none."""
    return Flag(**{**line, "hdx": tuple(line["hdx"]), "years": tuple(line.get("years", ()))})
