"""Reads `files/*.yaml`: one HMIS CSV file each, its columns in order."""

import re
from pathlib import Path
from types import MappingProxyType

from hearth.standards.document import Block, StandardsError, as_of, in_force, read
from hearth.standards.model import Among, Column, File, ListBy, Place, name_words

SHARED = "files/_shared.yaml"
PRIVACY = ("", "name", "ssn", "dob", "contact", "staff", "sensitive", "free text")
_FILE_KEYS = (
    "file", "order", "section", "row_is", "key", "parents", "rows", "exported", "needed_by",
    "since", "until", "note", "reference", "columns",
)  # fmt: skip
_COLUMN_KEYS = (
    "name", "label", "type", "key", "required", "references", "among", "list", "list_by", "element",
    "pattern", "format", "range", "hashed_as", "privacy", "only_if", "asked_if", "use", "rule", "note",
    "other_spellings", "since", "until", "earlier", "shared",
)  # fmt: skip
_RANGE = re.compile(r"(\d+)?\.\.(\d+)?")


def read_file(folder: Path, path: str, year: int) -> File | None:
    block = read(folder, path)
    block.allow(_FILE_KEYS)
    since, until = block.year("since"), block.year("until")
    if not in_force(since, until, year):
        return None
    name = block.text("file")
    columns: list[Column] = []
    for written, entry in block.block("columns").items():
        at = block.block("columns").at(written)
        column = _column(folder, name, written, entry, at, len(columns) + 1, year)
        if column:
            columns.append(column)
    order = block.text("order")
    if not order.isdigit():
        raise StandardsError(
            block.at("order"), f"'order: {order}' is not a number.", "Write HUD's file order."
        )
    return File(
        name=name,
        order=int(order),
        section=block.text("section"),
        row_is=block.text("row_is"),
        key=block.text("key"),
        columns=tuple(columns),
        parents=block.texts("parents"),
        elements=_elements(columns),
        rows=block.optional("rows") or "",
        exported=block.optional("exported") or "",
        needed_by=block.texts("needed_by"),
        note=block.optional("note") or "",
        reference=block.optional("reference") or "",
        since=since,
        until=until,
        at=block.at("file"),
    )


def _elements(columns: list[Column]) -> tuple[str, ...]:
    """What the columns ask, without metadata and without the identifiers of other records."""
    numbers = dict.fromkeys(
        number
        for column in columns
        if not (column.references and column.references.endswith(f".{column.name}"))
        for number in column.elements
    )
    return tuple(number for number in numbers if not number.startswith("5.0"))


def _column(
    folder: Path, file: str, written: str, entry: object, at: Place, position: int, year: int
) -> Column | None:
    block = _with_shared(folder, written, entry, at)
    block.allow(_COLUMN_KEYS)
    since, until = block.year("since"), block.year("until")
    if not in_force(since, until, year):
        return None
    now = as_of(block, year)
    kind, length, signed = _type(now)
    minimum, maximum = _range(now)
    is_key = now.flag("key")
    earlier_names = {e.year("until") or 0: e.text("name") for e in block.blocks("earlier") if "name" in e}
    return Column(
        file=file,
        name=now.optional("name") or written,
        label=now.optional("label") or name_words(now.optional("name") or written),
        position=position,
        type=kind,
        max_length=length,
        signed=signed,
        nullable=not (is_key or now.flag("required")),
        is_key=is_key,
        references=now.optional("references"),
        among=_among(now),
        list=now.optional("list"),
        list_by=_list_by(now),
        element=now.optional("element"),
        pattern=now.optional("pattern"),
        format=now.optional("format"),
        hashed_as=now.optional("hashed_as"),
        privacy=_privacy(now),
        only_if=now.optional("only_if"),
        asked_if=now.optional("asked_if"),
        use=now.optional("use") or "",
        minimum=minimum,
        maximum=maximum,
        rule=now.optional("rule") or "",
        note=now.optional("note") or "",
        other_spellings=tuple(now.block("other_spellings")),
        earlier_names=MappingProxyType(earlier_names),
        since=since,
        until=until,
        at=at,
    )


def _with_shared(folder: Path, written: str, entry: object, at: Place) -> Block:
    if isinstance(entry, Block) and entry.get("shared") != "yes":
        return entry
    if not isinstance(entry, Block) and entry != "shared":
        raise StandardsError(at, f"Column {written} has no definition.", "Write '{type: I, …}' or 'shared'.")
    shared = read(folder, SHARED).block("columns")
    if written not in shared:
        raise StandardsError(
            at,
            f"{written} is not among the shared columns.",
            f"Define it here, or add it to {SHARED}.",
        )
    if not isinstance(entry, Block):
        return shared.block(written)
    merged = Block(entry.path, entry.line)
    merged.update(shared.block(written))
    merged.update(entry)
    merged.lines.update(entry.lines)
    return merged


def _type(block: Block) -> tuple[str, int | None, bool]:
    text = block.text("type")
    if text.startswith("S") and text[1:].isdigit():
        return "S", int(text[1:]), False
    if text in ("I", "D", "T", "M", "M+"):
        return text[0], None, text == "M"
    raise StandardsError(
        block.at("type"),
        f"'type: {text}' is not a HUD type.",
        "Use S and the length (S50), I, D, T, M+ (money, never negative) or M.",
    )


def _range(block: Block) -> tuple[int | None, int | None]:
    text = block.optional("range")
    if text is None:
        return None, None
    match = _RANGE.fullmatch(text)
    if not match:
        raise StandardsError(
            block.at("range"), f"'range: {text}' cannot be read.", "Write '1..11', or '1..' without an end."
        )
    return (int(match[1]) if match[1] else None), (int(match[2]) if match[2] else None)


def _privacy(block: Block) -> str:
    text = block.optional("privacy") or ""
    if text not in PRIVACY:
        raise StandardsError(
            block.at("privacy"),
            f"'privacy: {text}' is not a privacy class.",
            f"Use one of: {', '.join(PRIVACY[1:])}; leave it out for none.",
        )
    return text


def _among(block: Block) -> Among | None:
    text = block.optional("among")
    if text is None:
        return None
    file, bracket, columns = text.partition("(")
    if not bracket or not columns.endswith(")"):
        raise StandardsError(
            block.at("among"), f"'among: {text}' cannot be read.", "Write 'File(Column, Column)'."
        )
    return Among(file.strip(), tuple(part.strip() for part in columns[:-1].split(",")))


def _list_by(block: Block) -> ListBy | None:
    chosen = block.block("list_by")
    if not chosen:
        return None
    if len(chosen) != 1:
        raise StandardsError(
            block.at("list_by"), "'list_by' must name one column.", "Write 'list_by:', below it the column."
        )
    (column,) = chosen
    cases = dict(chosen.block(column))
    otherwise = cases.pop("otherwise", None)
    return ListBy(column, MappingProxyType(cases), otherwise)
