"""Reads `checks/*.yaml` and expands what the column definitions say by themselves.

checks/README.md is the convention that this module implements.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path

from hearth.standards import asked
from hearth.standards.document import Block, StandardsError, as_of, in_force, read
from hearth.standards.element import Element
from hearth.standards.kinds import KINDS
from hearth.standards.model import Check, Column, File, Join

CONDITIONS = "checks/_conditions.yaml"
CONDITION = re.compile(r"\{([a-z_]+)\}")
"""`{adult_or_head}` in a predicate or in another condition."""
SEVERITIES = ("high", "error", "warning", "info")
LEVELS = ("export", "file", "row", "enrollment", "household", "project", "client", "system")
TYPES = ("D", "T", "I", "M")
_KEYS = (
    "severity", "level", "kind", "for_type", "files", "columns", "joins", "where", "per", "violates",
    "sentence", "remedy", "origin", "not_run", "note", "reference", "since", "until", "earlier",
)  # fmt: skip

# A join's name → its table and the column that leads to it; the column is sought in the row itself
# and then in the joins already made, in this order.
_BY_KEY = {
    "Enrollment": ("Enrollment", "EnrollmentID", ()),
    "Client": ("Client", "PersonalID", ("Enrollment",)),
    "Project": ("Project", "ProjectID", ("Enrollment",)),
    "Organization": ("Organization", "OrganizationID", ("Project",)),
    "Exit": ("Exit", "EnrollmentID", ("Enrollment",)),
    "Export": ("Export", "ExportID", ()),
    "Assessment": ("Assessment", "AssessmentID", ()),
    "Head": ("Enrollment", "HouseholdID", ("Enrollment",)),
    "HeadClient": ("Client", "PersonalID", ("Head",)),
    "HeadExit": ("Exit", "EnrollmentID", ("Head",)),
    "ResProject": ("Project", "ProjectID", ()),
}


def read_checks(
    folder: Path,
    path: str,
    year: int,
    known: Callable[[], Mapping[str, File]],
    elements: Mapping[str, Element],
) -> Iterator[Check]:
    """The checks of one family that are in force in a year. `known` gives the files of that year, when a
    check needs them, so that a mistake in a file hides none in checks; `elements` are those of the newest
    year, in whose terms predicates are written."""
    family = path.split("/")[-1].removesuffix(".yaml")
    document = read(folder, path)
    for name in document:
        written = document.block(name)
        written.allow(_KEYS)
        since, until = written.year("since"), written.year("until")
        if not in_force(since, until, year):
            continue
        block = as_of(written, year)
        files = _files(block, known)

        def predicate(key: str, block: Block = block, files: tuple[str, ...] = files) -> str | None:
            return _predicate(block, key, partial(expand, folder, elements, files=files))

        violates = predicate("violates")
        yield Check(
            id=name,
            family=family,
            severity=_one_of(block, "severity", SEVERITIES),
            level=_one_of(block, "level", LEVELS, "row"),
            kind=_one_of(block, "kind", tuple(KINDS), "sql" if violates else None),
            files=files,
            columns=block.texts("columns"),
            sentence=block.text("sentence"),
            remedy=block.text("remedy"),
            for_type=_one_of(block, "for_type", TYPES) if "for_type" in block else None,
            joins=joins(block, known, files),
            where=predicate("where"),
            per=block.texts("per"),
            violates=violates,
            origin=block.texts("origin"),
            not_run=block.optional("not_run") or "",
            note=block.optional("note") or "",
            reference=block.optional("reference") or "",
            since=since,
            until=until,
            at=document.at(name),
        )


def _files(block: Block, known: Callable[[], Mapping[str, File]]) -> tuple[str, ...]:
    written = block.get("files")
    if isinstance(written, str) and written.startswith("all"):
        exception = written.removeprefix("all").strip().removeprefix("but ")
        return tuple(name for name in known() if name != exception)
    return block.texts("files")


def _predicate(block: Block, key: str, expand: Callable[[str], str]) -> str | None:
    """The SQL of a key with what stands in braces written out."""
    text = block.optional(key)
    if text is None or "{" not in text:
        return text
    try:
        return expand(text)
    except (KeyError, ValueError) as error:
        raise StandardsError(
            block.at(key),
            f"{error.args[0]}.",
            f"Add it to {CONDITIONS} or elements/, or write it out.",
        ) from error


def expand(folder: Path, elements: Mapping[str, Element], text: str, files: Sequence[str]) -> str:
    """A predicate with its `{condition}` and `{asked 4.02}` written out, in brackets.

    KeyError names a condition or an element that there is not, ValueError who is asked it as no SQL can say.
    """
    conditions = read(folder, CONDITIONS)

    def written_out(match: re.Match[str]) -> str:
        if match[1] not in conditions:
            raise KeyError(f"There is no condition '{match[1]}'")
        return f"({CONDITION.sub(written_out, conditions.text(match[1]))})"

    return asked.written_out(elements, CONDITION.sub(written_out, text), files)


def dependent_checks(columns: Iterable[Column]) -> Iterator[Check]:
    """One check for each column that says `only_if`."""
    for column in columns:
        if column.only_if:
            yield _dependent(column)


def _dependent(column: Column) -> Check:
    return Check(
        id=f"not_asked.{column.id}",
        family="dependent",
        severity="warning",
        level="row",
        kind="dependent",
        files=(column.file,),
        columns=(column.name,),
        sentence=f"{column.name} has an answer although its question does not apply ({column.only_if}).",
        remedy=f"Clear {column.name}, or correct the answer that it depends on.",
        violates=f"{column.name} IS NOT NULL AND ({column.only_if}) IS NOT TRUE",
        origin=(f"F-{column.id}", "S-016", *(("S-065",) if column.file == "Client" else ())),
        since=column.since,
        until=column.until,
        at=column.at,
    )


def joins(block: Block, known: Callable[[], Mapping[str, File]], files: tuple[str, ...]) -> tuple[Join, ...]:
    """The joins of a check, each with its ON condition."""
    made: list[Join] = []
    for name in block.texts("joins"):
        if name not in _BY_KEY:
            raise StandardsError(
                block.at("joins"), f"'{name}' is not a join.", f"Use one of: {', '.join(_BY_KEY)}."
            )
        made.append(_join(name, block, known, files, {join.alias for join in made}))
    return tuple(made)


def _join(
    name: str, block: Block, known: Callable[[], Mapping[str, File]], files: tuple[str, ...], made: set[str]
) -> Join:
    file, column, over = _BY_KEY[name]
    if name == "ResProject":
        return Join(name, file, "ResProject.ProjectID = this.ResProjectID")
    rows: list[File] = [known()[f] for f in files if f in known()]
    source = None
    if name not in ("HeadClient", "HeadExit") and all(column in row for row in rows):
        source = "this"
    else:
        source = next((alias for alias in over if alias in made), None)
    if source is None:
        raise StandardsError(
            block.at("joins"),
            f"Nothing before '{name}' leads to it (no {column}).",
            f"Join {' or '.join(over) or 'another file'} before it.",
        )
    on = f"{name}.{column} = {source}.{column}"
    return Join(name, file, f"{on} AND Head.RelationshipToHoH = 1" if name == "Head" else on)


def _one_of(block: Block, key: str, allowed: tuple[str, ...], default: str | None = None) -> str:
    value = block.optional(key) or default
    if value is None:
        raise StandardsError(
            block.at(), f"'{key}' is missing.", f"Add '{key}:' with one of: {', '.join(allowed)}."
        )
    if value not in allowed:
        raise StandardsError(
            block.at(key), f"'{key}: {value}' is not known.", f"Use one of: {', '.join(allowed)}."
        )
    return value
