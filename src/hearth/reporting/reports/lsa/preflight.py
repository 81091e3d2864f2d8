"""What HDX will flag when the files are uploaded, as far as the files tell beforehand.

    for flag in flags(folder):
        flag.severity, flag.sentence, flag.project_id, flag.count, flag.remedy

`make` writes the flags of a run to flags.json and flags.csv in its folder. They are declared in `flags/`,
after HUD's "Full Flag List for Vendors, LSA FY25" (the newest published): those whose cause is in the data.
Left out are those that our steps cannot cause (columns that contradict each other), those that compare
with what HDX alone has (the year before, HIC and PIT, ZIP and geocode tables), and those whose thresholds are
not published.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from hearth.reporting.runtime import engine
from hearth.reporting.runtime.engine import Connection, text

from .bundle import BundleError, record_of

SEVERITIES = ("error", "warning", "information")
"""error: HDX refuses the files or wants the data corrected; warning: HDX asks for an explanation;
information: worth a look."""

_DECLARED = Path(__file__).parent / "flags"
_TABLES = "tables.yaml"
_JSON, _CSV = "flags.json", "flags.csv"
_ANY_SCOPE = ("systemwide", "project", "hic")


@dataclass(frozen=True, slots=True)
class Flag:
    """One thing that HDX flags. `id` is ours, a word id; `hdx` are the numbers of HDX's list. `project_id` is
    the project concerned or None; `count` how many records or households, None where nothing is counted;
    `share` of how many in percent, where the flag is about a share."""

    id: str
    hdx: tuple[int, ...]
    severity: str
    file: str
    project_id: str | None
    count: int | None
    share: float | None
    sentence: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Declared:
    """A flag as it is declared. `sql` gives a row for each time it is raised: ProjectID, Count, and where
    the sentence needs them Total and Label. `error_from`: with a smaller count it is only a warning."""

    id: str
    hdx: tuple[int, ...]
    severity: str
    file: str
    sentence: str
    remedy: str
    sql: str
    scopes: tuple[str, ...] = _ANY_SCOPE
    error_from: int = 0


@cache
def declared() -> tuple[Declared, ...]:
    """All flags, in the order of the files that declare them."""
    found = []
    for path in sorted(_DECLARED.glob("*.yaml")):
        if path.name != _TABLES:
            for one in _read(path):
                given: dict[str, Any] = one | {"hdx": tuple(one["hdx"])}
                found.append(Declared(**given | {"scopes": tuple(one.get("scopes", _ANY_SCOPE))}))
    return tuple(found)


def _read(path: Path) -> Any:
    # libyaml where the wheel has it: the pure reader costs a report forty milliseconds
    text_of = path.read_text(encoding="utf-8")
    return yaml.load(text_of, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506


def find(connection: Connection, scope: str, only: Iterable[str] | None = None) -> tuple[Flag, ...]:
    """The flags of the run whose tables are on the connection, errors first. `scope` is systemwide, project
    or hic; `only` are ids, for those who want some of them."""
    wanted = None if only is None else set(only)
    asked = [one for one in declared() if scope in one.scopes and (wanted is None or one.id in wanted)]
    raised = engine.rows(connection, _statement(asked))
    by_id = {one.id: one for one in asked}
    found = [_flag(by_id[which], *rest) for which, *rest in raised]
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
    branches = [
        f"SELECT {text(one.id)} AS Flag, CAST(ProjectID AS VARCHAR) AS ProjectID,"
        f" CAST(Count AS BIGINT) AS Count,"
        f" {'CAST(Total AS BIGINT)' if ' AS Total' in one.sql else 'NULL'} AS Total,"
        f" {'Label' if re.search(r'[ .,]Label', one.sql) else 'NULL'} AS Label"
        f" FROM ({one.sql}) AS {engine.name(one.id)}"
        for one in asked
    ]
    whole = "\nUNION ALL\n".join(branches)
    shared: dict[str, str] = _read(_DECLARED / _TABLES)
    needed: list[str] = []
    read = whole
    for table, sql in reversed(list(shared.items())):
        if re.search(rf"\b(FROM|JOIN) {table}\b", read):
            needed.append(f"{table} AS ({sql})")
            read += sql
    return f"WITH {', '.join(reversed(needed))} {whole}" if needed else whole


def _flag(one: Declared, project: str | None, count: int, total: int | None, label: str | None) -> Flag:
    share = round(100 * count / total, 1) if total else None
    known = {"project": project, "count": f"{count:,}", "label": label, "share": share}
    known["total"] = f"{total:,}" if total is not None else "0"
    return Flag(
        id=one.id,
        hdx=one.hdx,
        severity="warning" if count < one.error_from else one.severity,
        file=one.file,
        project_id=project,
        count=count,
        share=share if "{share}" in one.sentence else None,
        sentence=one.sentence.format_map(known),
        remedy=one.remedy,
    )


def write(folder: Path, raised: Iterable[Flag]) -> None:
    """Write flags.json and flags.csv."""
    lines: list[dict[str, Any]] = [asdict(one) for one in raised]
    (folder / _JSON).write_text(json.dumps(lines, indent=2) + "\n", encoding="utf-8")
    with (folder / _CSV).open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, [one.name for one in fields(Flag)])
        writer.writeheader()
        writer.writerows(line | {"hdx": " ".join(map(str, line["hdx"]))} for line in lines)


def flags(folder: Path) -> tuple[Flag, ...]:
    """The flags of a run, errors first. Raises `BundleError` when the folder is not a run, or an old one."""
    record_of(folder)
    try:
        lines = json.loads((folder / _JSON).read_text(encoding="utf-8"))
        return tuple(Flag(**(line | {"hdx": tuple(line["hdx"])})) for line in lines)
    except (OSError, ValueError, TypeError) as error:
        raise BundleError(f"{folder / _JSON} cannot be read. Make the report again.") from error
