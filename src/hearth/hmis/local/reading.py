"""Reads local elements, lists and programs from YAML (`docs/how_to/add_a_local_element.md`).

A folder has `elements/*.yaml` (one version of an element each), `elements/_not_asked.yaml`, `lists/*.yaml`
and `programs.yaml`. What cannot be right is a StandardsError that names file, line and remedy.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from pathlib import Path

from hearth.hmis.local.element import (
    CODE,
    CONFIDENCE,
    KINDS,
    TYPES,
    Choice,
    LocalElement,
    LocalField,
    LocalRegistry,
    LocalRequirement,
    Program,
    Span,
)
from hearth.standards.document import Block, StandardsError, read
from hearth.standards.element import STAGES, WHO
from hearth.standards.gates import ALWAYS, Gate, GateError, gate

ELEMENT_KEYS = (
    "element", "version", "name", "group", "kind", "status", "confidence", "source", "reason", "who",
    "unknown", "asked_of", "collected_at", "project_types", "computed", "fields", "required_by", "since",
    "until",
)  # fmt: skip
FIELD_KEYS = ("question", "help", "type", "list", "if", "optional")
REQUIREMENT_KEYS = (
    "funders", "project_types", "except_project_types", "where", "required", "collected_at", "asked_of",
    "reference", "since", "until",
)  # fmt: skip
NOT_ASKED = "elements/_not_asked.yaml"
PROGRAMS = "programs.yaml"
#: What every local list may offer beside its codes: HUD's own codes for it (list 1.8).
UNKNOWN = (Choice("8", "Client doesn't know", is_unknown=True),
           Choice("9", "Client prefers not to answer", is_unknown=True))  # fmt: skip
_NAME = re.compile(r"[A-Z][A-Za-z0-9]*")
_PROGRAM = re.compile(r"[A-Z][A-Z0-9_]*")
_NUMBER = re.compile(r"[A-Z]{2}-[A-Z]\d{2}")

Lists = Mapping[str, Callable[[], tuple[Choice, ...]]]
"""Lists that are made from other data, by their names."""


def read_folder(folder: Path, made: Lists | None = None) -> LocalRegistry:
    """Everything in a folder. StandardsError where an entry cannot be right."""
    read.cache_clear()
    lists = {name: make() for name, make in (made or {}).items()}
    for path in sorted((folder / "lists").glob("*.yaml")):
        lists[path.stem] = tuple(_choices(read(folder, f"lists/{path.name}")))
    paths = sorted((folder / "elements").glob("*.yaml"))
    elements = [read_element(folder, f"elements/{path.name}", lists) for path in paths if path.name[0] != "_"]
    elements.sort(key=lambda one: (one.number, one.version))
    return LocalRegistry(tuple(elements), dict(_programs(folder)), dict(_not_asked(folder)))


def read_element(folder: Path, path: str, lists: Mapping[str, tuple[Choice, ...]]) -> LocalElement:
    """One version of an element."""
    block = read(folder, path)
    block.allow(ELEMENT_KEYS)
    number, version = block.text("element"), block.text("version")
    if not _NUMBER.fullmatch(number):
        raise StandardsError(
            block.at("element"),
            f"“{number}” is no number of a local element.",
            "Write two letters of the place, a letter of the group and two figures: MN-U01.",
        )
    if not version.isdecimal() or int(version) < 1:
        raise StandardsError(block.at("version"), f"“{version}” is no version.", "Write 1, 2, 3 and so on.")
    asked_of, stages, types = _asked_of(block), _stages(block), block.texts("project_types")
    fields = tuple(_fields(block, lists))
    requirements = tuple(_requirement(one, asked_of, stages, types) for one in block.blocks("required_by"))
    for key, found in (("fields", fields), ("required_by", requirements)):
        if not found:
            raise StandardsError(block.at(), f"{number} has nothing under '{key}'.", f"Add '{key}:'.")
    return LocalElement(
        number=number,
        version=int(version),
        name=block.text("name"),
        group=block.text("group"),
        kind=_one_of(block, "kind", KINDS),
        status=block.text("status"),
        confidence=_one_of(block, "confidence", CONFIDENCE),
        source=block.text("source"),
        reason=block.text("reason"),
        who=block.text("who"),
        unknown=block.text("unknown"),
        fields=fields,
        requirements=requirements,
        computed=block.optional("computed") or "",
        span=_span(block),
        at=block.at("element"),
    )


def _fields(block: Block, lists: Mapping[str, tuple[Choice, ...]]) -> Iterator[LocalField]:
    for name in (written := block.block("fields")):
        entry = written.block(name)
        entry.allow(FIELD_KEYS)
        if not _NAME.fullmatch(name):
            raise StandardsError(
                written.at(name), f"“{name}” is no name of a field.", "Write it like CountyOfStay."
            )
        kind = _one_of(entry, "type", TYPES)
        number = entry.optional("list") or ""
        if (kind == CODE) is not bool(number):
            raise StandardsError(
                entry.at("list"), f"{name} is of type {kind}, and has {'a' if number else 'no'} list.",
                "A code has a list; nothing else has one.",
            )  # fmt: skip
        if number and number not in lists:
            raise StandardsError(
                entry.at("list"), f"There is no list '{number}'.", f"Use one of: {', '.join(sorted(lists))}."
            )
        yield LocalField(
            name=name,
            question=entry.text("question"),
            help=entry.text("help"),
            type=kind,
            list=number,
            choices=lists.get(number, ()),
            gate=_gate(entry, "if"),
            optional=entry.flag("optional"),
            at=written.at(name),
        )


def _requirement(
    block: Block, asked_of: str, stages: tuple[str, ...], types: tuple[str, ...]
) -> LocalRequirement:
    block.allow(REQUIREMENT_KEYS)
    who, when = _asked_of(block) or asked_of, _stages(block) or stages
    for key, found in (("asked_of", who), ("collected_at", when)):
        if not found:
            raise StandardsError(
                block.at(), f"The requirement does not say '{key}', and neither does the element.",
                f"Add '{key}:' here or above.",
            )  # fmt: skip
    return LocalRequirement(
        funders=block.texts("funders"),
        project_types=block.texts("project_types") or types,
        except_project_types=block.texts("except_project_types"),
        where=_gate(block, "where"),
        required=_one_of(block, "required", ("yes", "optional"), "yes") == "yes",
        collected_at=tuple(STAGES[one] for one in when),
        asked_of=who,
        span=_span(block),
        reference=block.optional("reference") or "",
        at=block.at(),
    )


def _choices(block: Block) -> Iterator[Choice]:
    block.allow(("name", "unknown", "codes"))
    codes = block.block("codes")
    for code in codes:
        if isinstance(codes[code], str):
            yield Choice(code, codes.text(code))
            continue
        entry = codes.block(code)
        entry.allow(("label", "since", "until"))
        yield Choice(code, entry.text("label"), _span(entry))
    if block.flag("unknown"):
        yield from UNKNOWN


def _programs(folder: Path) -> Iterator[tuple[str, Program]]:
    if not (folder / PROGRAMS).is_file():
        return
    block = read(folder, PROGRAMS)
    for code in block:
        entry = block.block(code)
        entry.allow(("name", "funder", "reference", "since", "until"))
        if not _PROGRAM.fullmatch(code):
            raise StandardsError(
                block.at(code), f"“{code}” is no short name of a program.", "Write it in capitals: FHPAP."
            )
        name, funder, reference = entry.text("name"), entry.text("funder"), entry.text("reference")
        yield code, Program(code, name, funder, _span(entry), reference, block.at(code))


def _not_asked(folder: Path) -> Iterator[tuple[str, tuple[str, str, str, str]]]:
    if not (folder / NOT_ASKED).is_file():
        return
    block = read(folder, NOT_ASKED)
    for number in block:
        entry = block.block(number)
        entry.allow(("name", "kind", "status", "why"))
        yield number, (entry.text("name"), entry.text("kind"), entry.text("status"), entry.text("why"))


def _span(block: Block) -> Span:
    found = Span(_day(block, "since"), _day(block, "until"))
    if found.since and found.until and found.until < found.since:
        raise StandardsError(block.at("until"), "It ends before it begins.", "Correct 'since' or 'until'.")
    return found


def _day(block: Block, key: str) -> date | None:
    written = block.optional(key)
    if written is None:
        return None
    try:
        return date.fromisoformat(written)
    except ValueError:
        raise StandardsError(
            block.at(key), f"'{key}: {written}' is no day.", "Write it like 2025-10-01."
        ) from None


def _gate(block: Block, key: str) -> Gate:
    written = block.optional(key)
    try:
        return gate(written) if written else ALWAYS
    except GateError as error:
        raise StandardsError(
            block.at(key),
            f"'{key}: {written}' cannot be read: {error}.",
            "No program evaluates a sentence. Compare names with codes, or write local_program in {…}.",
        ) from error


def _one_of(block: Block, key: str, known: tuple[str, ...], otherwise: str | None = None) -> str:
    value = block.optional(key) or otherwise or block.text(key)
    if value not in known:
        raise StandardsError(
            block.at(key), f"'{key}: {value}' is not known.", f"Use one of: {', '.join(known)}."
        )
    return value


def _asked_of(block: Block) -> str:
    who = block.optional("asked_of")
    return _one_of(block, "asked_of", tuple(WHO)) if who else ""


def _stages(block: Block) -> tuple[str, ...]:
    for stage in block.texts("collected_at"):
        if stage not in STAGES:
            raise StandardsError(
                block.at("collected_at"), f"'{stage}' is not a stage.", f"Use some of: {', '.join(STAGES)}."
            )
    return block.texts("collected_at")
