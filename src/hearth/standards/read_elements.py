"""Reads `elements/*.yaml`: one data element of HUD's manual each."""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from hearth.standards.document import Block, StandardsError, in_force, read
from hearth.standards.model import STAGES, Column, Element, List, Requirement

FUNDING_SOURCES = "2.06.1"
_KEYS = (
    "element", "name", "group", "question", "files", "rows", "fields", "asked_of", "collected_at",
    "project_types", "required_by", "change", "note", "reference", "since", "until",
)  # fmt: skip
_REQUIREMENT_KEYS = (
    "program", "funders", "project_types", "except_project_types", "required", "collected_at", "asked_of",
    "condition", "disputed", "reference", "since", "until",
)  # fmt: skip
# Who must collect what is known from the FY2026 manual on; an element of an earlier year has no rows.
REQUIREMENTS_SINCE = 2026
_NUMBER = re.compile(r"(\d)_(\d+)_|([a-z])(\d+)_")


def element_number(path: str) -> str:
    """`elements/4_11_domestic_violence.yaml` → `4.11`; `elements/v10_….yaml` → `V10`."""
    match = _NUMBER.match(path.split("/")[-1])
    if not match:
        return path.split("/")[-1].partition("_")[0].upper()
    return f"{match[1]}.{match[2]}" if match[1] else f"{match[3].upper()}{match[4]}"


def read_element(
    folder: Path,
    path: str,
    year: int,
    *,
    files: Iterable[str],
    columns: Mapping[str, tuple[Column, ...]],
    lists: Mapping[str, List],
) -> Element | None:
    """One element, or None when it is not in force in that year. `files`, `lists` and the `columns` of each
    element are those of the year."""
    block = read(folder, path)
    block.allow(_KEYS)
    since, until = block.year("since"), block.year("until")
    if not in_force(since, until, year):
        return None
    number = block.text("element")
    asked_of, collected_at = block.optional("asked_of") or "", _stages(block)
    of_files = block.texts("files")
    return Element(
        number=number,
        name=block.text("name"),
        group=block.text("group"),
        question=block.optional("question") or "",
        files=tuple(files) if of_files == ("all",) else of_files,
        columns=columns.get(number, ()),
        rows=block.optional("rows"),
        fields=block.optional("fields") or "",
        asked_of=asked_of,
        collected_at=collected_at,
        project_types=block.optional("project_types") or "",
        requirements=_requirements(block, year, lists, asked_of, collected_at),
        change=block.optional("change") or "",
        note=block.optional("note") or "",
        reference=block.optional("reference") or "",
        since=since,
        until=until,
        at=block.at("element"),
    )


def _requirements(
    block: Block, year: int, lists: Mapping[str, List], asked_of: str, collected_at: tuple[str, ...]
) -> tuple[Requirement, ...]:
    if year < REQUIREMENTS_SINCE:
        return ()
    return tuple(
        _requirement(entry, lists, asked_of, collected_at)
        for entry in block.blocks("required_by")
        if in_force(entry.year("since"), entry.year("until"), year)
    )


def _requirement(
    block: Block, lists: Mapping[str, List], asked_of: str, collected_at: tuple[str, ...]
) -> Requirement:
    block.allow(_REQUIREMENT_KEYS)
    program = block.text("program")
    required = block.optional("required") or "yes"
    if required not in ("yes", "optional", "not asked"):
        raise StandardsError(
            block.at("required"), f"'required: {required}' is not known.", "Use yes, optional or not asked."
        )
    return Requirement(
        program=program,
        funders=block.texts("funders") or _funders(program, block, lists),
        project_types=block.texts("project_types"),
        except_project_types=block.texts("except_project_types"),
        required=required,
        collected_at=_stages(block) or collected_at,
        asked_of=block.optional("asked_of") or asked_of,
        condition=block.optional("condition") or "",
        disputed=block.flag("disputed"),
        reference=block.optional("reference") or "",
        at=block.at("program"),
    )


def _funders(program: str, block: Block, lists: Mapping[str, List]) -> tuple[str, ...]:
    """A program's funding sources: the codes of list 2.06.1 in that category that are offered."""
    if program == "all":
        return ()
    if FUNDING_SOURCES not in lists:
        raise StandardsError(
            block.at("program"),
            f"There is no list {FUNDING_SOURCES} of funding sources.",
            "Add it to lists/, or name the codes with 'funders: […]'.",
        )
    sources = lists[FUNDING_SOURCES]
    codes = tuple(o.code for o in sources.options if o.category == program and o.status == "current")
    if not codes:
        raise StandardsError(
            block.at("program"),
            f"No funding source belongs to the program '{program}'.",
            f"Write a category of list {FUNDING_SOURCES}, or 'all', or name the codes with 'funders: […]'.",
        )
    return codes


def _stages(block: Block) -> tuple[str, ...]:
    stages = block.texts("collected_at")
    for stage in stages:
        if stage not in STAGES:
            raise StandardsError(
                block.at("collected_at"), f"'{stage}' is not a stage.", f"Use some of: {', '.join(STAGES)}."
            )
    return stages
