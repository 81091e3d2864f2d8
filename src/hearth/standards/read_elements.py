"""Reads `elements/*.yaml`: one data element of HUD's manual each."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from hearth.standards.document import Block, StandardsError, in_force, read
from hearth.standards.element import EVENTS, STAGES, WHO, Element, Field, Reading, Requirement
from hearth.standards.gates import ALWAYS, NEVER, Gate, GateError, gate, given, renamed
from hearth.standards.model import Column, List

FUNDING_SOURCES = "2.06.1"
READINGS = "elements/_readings.yaml"
_KEYS = (
    "element", "name", "group", "question", "files", "rows", "fields", "asked_of", "collected_at", "event",
    "project_types", "minors", "asks", "same_for_all", "required_by", "change", "note", "reference", "since",
    "until",
)  # fmt: skip
_REQUIREMENT_KEYS = (
    "program", "funders", "project_types", "except_project_types", "rrh_subtypes", "where", "required",
    "collected_at", "asked_of", "disputed", "reference", "since", "until",
)  # fmt: skip
_ASK_KEYS = (
    "columns", "program", "project_types", "except_project_types", "if", "optional", "disputed", "since",
    "until", "yes_if", "yes_from", "total_of",
)  # fmt: skip
# Who must collect what is known from the FY2026 manual on; an element of an earlier year has no rows.
REQUIREMENTS_SINCE = 2026
_NUMBER = re.compile(r"(\d)_(\d+)_|([a-z])(\d+)_")
_ROWS = re.compile(r"(RecordType|DisabilityType) = (\d+)")
# Elements whose answers are one row of Disabilities each; the others of that file add to the row of HIV/AIDS.
_OF_THE_ROW = frozenset({"DisabilityResponse", "IndefiniteAndImpairs"})
_BY_TYPE = frozenset({"4.05", "4.06", "4.07", "4.08", "4.09", "4.10"})


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
    columns_of: Mapping[str, tuple[Column, ...]],
    lists: Mapping[str, List],
) -> Element | None:
    """One element, or None when it is not in force in that year. `files`, `lists` and
    `columns_of` each element are those of the year."""
    block = read(folder, path)
    block.allow(_KEYS)
    since, until = block.year("since"), block.year("until")
    if not in_force(since, until, year):
        return None
    number = block.text("element")
    of_files = block.texts("files")
    element = Element(
        number=number,
        name=block.text("name"),
        group=block.text("group"),
        question=block.optional("question") or "",
        files=tuple(files) if of_files == ("all",) else of_files,
        columns=columns_of.get(number, ()),
        rows=block.optional("rows"),
        fields=block.optional("fields") or "",
        asked_of=_asked_of(block),
        collected_at=_stages(block),
        event=_event(block),
        project_types=_types(block),
        change=block.optional("change") or "",
        note=block.optional("note") or "",
        reference=block.optional("reference") or "",
        since=since,
        until=until,
        at=block.at("element"),
    )
    if year < REQUIREMENTS_SINCE:
        return element
    readings = read_readings(folder)
    requirements = [
        _requirement(entry, lists, readings, element)
        for entry in block.blocks("required_by")
        if in_force(entry.year("since"), entry.year("until"), year)
    ]
    requirements += _of_minors(block, requirements, readings)
    asks = _asks(block, lists, readings, element, year) if requirements else ()
    asked = tuple(asks)
    return replace(
        element, requirements=tuple(requirements), asks=asked, same_for_all=_same_for_all(block, asked)
    )


def _same_for_all(block: Block, asked: Sequence[Field]) -> tuple[str, ...]:
    """The names of the fields under `same_for_all`: some columns, or `all` of them."""
    written = block.texts("same_for_all")
    if written == ("all",):
        return tuple(dict.fromkeys(one.name for one in asked))
    names = {one.column.name: one.name for one in asked}
    for name in written:
        if name not in names:
            raise StandardsError(
                block.at("same_for_all"),
                f"'{name}' is no field of the element.",
                f"Use all, or some of: {', '.join(names)}.",
            )
    return tuple(names[name] for name in written)


def read_readings(folder: Path) -> dict[str, Reading]:
    """The readings that requirements name, by their names; empty in a folder without any."""
    if not (folder / READINGS).is_file():
        return {}
    document = read(folder, READINGS)
    found = {}
    for name in document:
        entry = document.block(name)
        entry.allow(("differs", "holds"))
        found[name] = Reading(name, entry.text("differs"), entry.text("holds"), document.at(name))
    return found


def _requirement(
    block: Block, lists: Mapping[str, List], readings: Mapping[str, Reading], element: Element
) -> Requirement:
    if "condition" in block:
        raise StandardsError(
            block.at("condition"),
            "A requirement cannot be a sentence: no program can evaluate it.",
            "Say it with funders, project_types, rrh_subtypes, where, asked_of or collected_at; where texts"
            f" are read in two ways, name a reading of {READINGS} under 'disputed'.",
        )
    block.allow(_REQUIREMENT_KEYS)
    program = block.text("program")
    required = block.optional("required") or "yes"
    if required not in ("yes", "optional"):
        raise StandardsError(
            block.at("required"), f"'required: {required}' is not known.", "Use yes or optional."
        )
    asked_of, stages = _asked_of(block) or element.asked_of, _stages(block) or element.collected_at
    for key, value in (("asked_of", asked_of), ("collected_at", stages)):
        if not value:
            raise StandardsError(
                block.at("program"),
                f"The requirement does not say '{key}', and neither does the element.",
                f"Add '{key}:' here or above.",
            )
    return Requirement(
        program=program,
        funders=_funders(program, block, lists),
        project_types=_types(block) if "project_types" in block else element.project_types,
        except_project_types=block.texts("except_project_types"),
        rrh_subtypes=block.texts("rrh_subtypes"),
        where=_gate(block, "where"),
        required=required,
        collected_at=stages,
        asked_of=asked_of,
        disputed=_disputed(block, readings),
        reference=block.optional("reference") or "",
        at=block.at("program"),
    )


def _of_minors(
    block: Block, requirements: Sequence[Requirement], readings: Mapping[str, Reading]
) -> list[Requirement]:
    """Wherever the element is demanded, it may be recorded for minors too: `minors: optional`."""
    minors = block.optional("minors")
    if minors not in (None, "optional"):
        raise StandardsError(
            block.at("minors"), f"'minors: {minors}' is not known.", "Write optional, or leave it out."
        )
    if not minors:
        return []
    disputed = (readings["minors"],) if "minors" in readings else ()
    return [
        replace(one, asked_of="minors", required="optional", disputed=disputed, at=block.at("minors"))
        for one in requirements
        if one.required == "yes"
    ]


def _asks(
    block: Block, lists: Mapping[str, List], readings: Mapping[str, Reading], element: Element, year: int
) -> Iterator[Field]:
    """The columns that are asked, in the order of the files, each as often as `asks` names it."""
    entries: dict[str, list[Block]] = {}
    known = {column.name for column in element.columns}
    for entry in block.blocks("asks"):
        entry.allow(_ASK_KEYS)
        _disputed(entry, readings)
        for name in entry.texts("columns"):
            if name not in known:
                raise StandardsError(
                    entry.at("columns"),
                    f"'{name}' is no column of the element {element.number}.",
                    f"Use some of: {', '.join(sorted(known))}.",
                )
            if in_force(entry.year("since"), entry.year("until"), year):
                entries.setdefault(name, []).append(entry)
    rows = _ROWS.fullmatch(element.rows or "")
    fixed = {rows[1]: rows[2]} if rows else {}
    for column in element.columns:
        if column.file not in element.files or column.is_key or column.name in fixed:
            continue
        if column.name == "InformationDate" and element.event == "":
            continue  # the date of the record is that of its stage (5.04)
        number = column.list_for(fixed) or ""
        offered = lists[number].codes(offered=True) if number in lists else ()
        if len(offered) == 1 and column.name == "TypeProvided":
            continue  # a bed night: there is nothing to choose
        for entry in entries.get(column.name, [Block(block.path, 0)]):
            condition = _gate(entry, "if") if "if" in entry else _gate_of(column)
            opens = given(condition, fixed)
            if opens == NEVER:
                continue
            own = _qualified(column.file, fixed.get("DisabilityType"))
            bracket = f"[{fixed['DisabilityType']}]" if element.number in _BY_TYPE else ""
            yield Field(
                column=column,
                name=f"{column.id}{bracket}",
                gate=renamed(opens, own),
                yes_if=renamed(_gate(entry, "yes_if"), own) if "yes_if" in entry else None,
                yes_from=tuple(renamed(one, own) for one in _gates(entry, "yes_from")),
                total_of=tuple(own(name) for name in entry.texts("total_of")),
                funders=_funders(entry.text("program"), entry, lists) if "program" in entry else (),
                project_types=_types(entry),
                except_project_types=entry.texts("except_project_types"),
                optional=entry.flag("optional"),
                disputed=_disputed(entry, readings),
            )


def _qualified(file: str, disability: str | None) -> Callable[[str], str]:
    """The names of a condition on the row, with the file, and the type of the row of Disabilities."""

    def name(written: str) -> str:
        if "." in written:
            return written
        return (
            f"{file}.{written}[{disability}]"
            if written in _OF_THE_ROW and disability
            else f"{file}.{written}"
        )

    return name


def _gate_of(column: Column) -> Gate:
    """The column's own condition, of which lint tells when it cannot be read."""
    try:
        return gate(column.shown_if or "")
    except GateError as error:
        raise StandardsError(
            column.at, f"The condition of {column.id} cannot be read: {error}.", "Write it as in gates.py."
        ) from error


def _gate(block: Block, key: str) -> Gate:
    written = block.optional(key)
    return ALWAYS if written is None else _read_gate(block, key, written)


def _gates(block: Block, key: str) -> list[Gate]:
    """Several conditions, a line each."""
    return [_read_gate(block, key, written) for written in block.get(key, [])]


def _read_gate(block: Block, key: str, written: str) -> Gate:
    try:
        return gate(written)
    except GateError as error:
        raise StandardsError(
            block.at(key),
            f"'{key}: {written}' cannot be read: {error}.",
            "Compare columns with codes, as only_if does in files/.",
        ) from error


def _funders(program: str, block: Block, lists: Mapping[str, List]) -> tuple[str, ...]:
    """The funding sources of a requirement: those it names, or the codes of list 2.06.1 in the program's
    category that are offered; and those no longer offered that stand for the program."""
    if program == "all":
        return ()
    if FUNDING_SOURCES not in lists:
        raise StandardsError(
            block.at("program"),
            f"There is no list {FUNDING_SOURCES} of funding sources.",
            "Add it to lists/, or name the codes with 'funders: […]'.",
        )
    sources = lists[FUNDING_SOURCES]
    codes = block.texts("funders") or tuple(
        o.code for o in sources.options if o.category == program and o.status == "current"
    )
    if not codes:
        raise StandardsError(
            block.at("program"),
            f"No funding source belongs to the program '{program}'.",
            f"Write a category of list {FUNDING_SOURCES}, or 'all', or name the codes with 'funders: […]'.",
        )
    return (*codes, *(o.code for o in sources.options if o.stands_for == program and o.code not in codes))


def _types(block: Block) -> tuple[str, ...]:
    """Project types; `all` is the same as none."""
    types = block.texts("project_types")
    return () if types == ("all",) else types


def _disputed(block: Block, readings: Mapping[str, Reading]) -> tuple[Reading, ...]:
    for name in block.texts("disputed"):
        if name not in readings:
            raise StandardsError(
                block.at("disputed"),
                f"There is no reading '{name}'.",
                f"Say in {READINGS} what differs, which reading holds and why, and write its name here.",
            )
    return tuple(readings[name] for name in block.texts("disputed"))


def _asked_of(block: Block) -> str:
    who = block.optional("asked_of") or ""
    if who and who not in WHO:
        raise StandardsError(
            block.at("asked_of"),
            f"'asked_of: {who}' is no group of persons.",
            f"Use one of: {', '.join(WHO)}.",
        )
    return who


def _event(block: Block) -> str:
    event = block.optional("event") or ""
    if event and event not in EVENTS:
        raise StandardsError(
            block.at("event"), f"'event: {event}' is not known.", f"Use one of: {', '.join(EVENTS)}."
        )
    return event


def _stages(block: Block) -> tuple[str, ...]:
    stages = block.texts("collected_at")
    for stage in stages:
        if stage not in STAGES:
            raise StandardsError(
                block.at("collected_at"), f"'{stage}' is not a stage.", f"Use some of: {', '.join(STAGES)}."
            )
    return stages
