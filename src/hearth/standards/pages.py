"""The data dictionary and the catalog of checks as Markdown, one page per file, element and list.

The pages are a pure function of the registry: the same registry gives the same bytes.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path

from hearth.standards import definitions
from hearth.standards.element import Element, Reading
from hearth.standards.kinds import KINDS
from hearth.standards.load import FOLDER as REGISTRY
from hearth.standards.load import LATEST, Registry, load
from hearth.standards.model import Check, Column, File, List
from hearth.standards.wording import wording

FOLDER = REGISTRY.parents[2] / "docs" / "generated"
_NOTICE = "<!-- Written by `hearth standards docs`. Change src/hearth/standards, not this page. -->"


def pages(registry: Registry) -> dict[str, str]:
    """Path → text of every page."""
    made = {"README.md": _index(registry), "checks.md": _checks(registry)}
    for file in registry.files.values():
        made[f"files/{file.name}.md"] = _file(registry, file)
    for element in registry.elements.values():
        made[f"elements/{element.number}.md"] = _element(registry, element)
    for one in registry.lists.values():
        made[f"lists/{one.id}.md"] = _list(registry, one)
    return made


def write(folder: Path = FOLDER) -> int:
    """Write every page, remove pages of what exists no more; the number of pages."""
    made = pages(load(LATEST))
    for name in set(_present(folder)) - set(made):
        (folder / name).unlink()
    for name, text in made.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return len(made)


def stale(folder: Path = FOLDER) -> list[str]:
    """Pages that are missing, differ from the registry, or should be gone."""
    made = pages(load(LATEST))
    present = _present(folder)
    return sorted(
        name
        for name in made.keys() | present.keys()
        if name not in made or name not in present or present[name].read_text(encoding="utf-8") != made[name]
    )


def _present(folder: Path) -> dict[str, Path]:
    return {path.relative_to(folder).as_posix(): path for path in folder.rglob("*.md")}


def _index(registry: Registry) -> str:
    return _page(
        f"Data dictionary, HUD fiscal year {registry.year}",
        "What HUD says, in the order of the HMIS CSV specification. The definitions are in"
        " `src/hearth/standards`; `hearth standards show NAME` prints one.",
        "Catalog of [checks](checks.md).",
        "## Files",
        _table(
            ("File", "One row is", "Columns"),
            (
                (_to(f.name, f"files/{f.name}.md"), f.row_is, str(len(f.columns)))
                for f in registry.files.values()
            ),
        ),
        "## Data elements",
        _table(
            ("Element", "Name", "Group", "Asked of", "Collected at"),
            (
                (
                    _to(e.number, f"elements/{e.number}.md"),
                    e.name,
                    e.group,
                    e.asked_of,
                    ", ".join(e.collected_at),
                )
                for e in registry.elements.values()
            ),
        ),
        "## Pick lists",
        _table(
            ("List", "Name", "Codes"),
            (
                (_to(one.id, f"lists/{one.id}.md"), one.name, str(len(one.options)))
                for one in registry.lists.values()
            ),
        ),
    )


def _file(registry: Registry, file: File) -> str:
    return _page(
        file.file_name,
        _facts(definitions.of_file(file)),
        _table(
            ("", "Column", "Type", "Blank", "Codes", "Element"), (_row(registry, c) for c in file.columns)
        ),
        *(part for column in file.columns for part in _column(column)),
        up="../README.md",
    )


def _row(registry: Registry, column: Column) -> tuple[str, ...]:
    lists = " ".join(_to(number, f"../lists/{number}.md") for number in column.lists)
    elements = [n for n in column.elements if n in registry.elements]
    element = _to(column.element or "", f"../elements/{elements[0]}.md") if elements else column.element or ""
    name = _to(column.name, f"#{column.name.lower()}")
    return (
        str(column.position),
        f"**{name}**" if column.is_key else name,
        column.hud_type,
        "" if column.nullable else "no",
        lists,
        element,
    )


def _column(column: Column) -> Iterator[str]:
    yield f"### {column.name}"
    yield _facts(definitions.of_column(column))


def _element(registry: Registry, element: Element) -> str:
    parts = [_facts(definitions.of_element(element))]
    if element.columns:
        parts += [
            "## Columns",
            _table(
                ("Column", "Type", "Codes", "Asked"),
                (_element_row(element, column) for column in element.columns),
            ),
        ]
    if words := wording(registry.folder).get(element.number):
        parts += [
            "## In plain words",
            f"{words.who} {words.unknown}",
            _table(
                ("Field", "Question", "Help"),
                ((name, one.question, one.help) for name, one in words.fields.items()),
            ),
        ]
    if element.requirements:
        parts += [
            "## Who must ask",
            _table(
                ("Program", "Funding sources", "Project types", "Asked of", "At", "Required", "Reading"),
                map(definitions.of_requirement, element.requirements),
            ),
            *(_reading(reading) for reading in _readings(element)),
        ]
    return _page(f"{element.number} {element.name}", *parts, up="../README.md")


def _element_row(element: Element, column: Column) -> tuple[str, ...]:
    asked = [definitions.of_field(one) or "always" for one in element.asks if one.column == column]
    return (
        _to(column.id, f"../files/{column.file}.md#{column.name.lower()}"),
        column.hud_type,
        " ".join(_to(number, f"../lists/{number}.md") for number in column.lists),
        ". Or ".join(asked) if element.asks else column.shown_if or "",
    )


def _readings(element: Element) -> Iterable[Reading]:
    """The readings that requirements and fields of the element name, each once."""
    named = [one.disputed for one in element.requirements] + [one.disputed for one in element.asks]
    return dict.fromkeys(reading for readings in named for reading in readings)


def _reading(reading: Reading) -> str:
    return f"- **{reading.id}** ({reading.at}): {_plain(reading.differs)} Holds: {_plain(reading.holds)}"


def _list(registry: Registry, one: List) -> str:
    used = [column for column in registry.columns() if one.id in column.lists]
    columns = ", ".join(_to(c.id, f"../files/{c.file}.md#{c.name.lower()}") for c in used)
    groups = {name: " ".join(codes) for name, codes in one.groups.items()}
    names = ", ".join(f"`{name}` {codes}" for name, codes in {**one.names, **groups}.items())
    return _page(
        f"List {one.id} {one.name}",
        _facts(definitions.of_list(one)),
        f"Columns: {columns}" if columns else "",
        _table(("Code", "Label", ""), ((o.code, o.label, definitions.of_option(o)) for o in one.options)),
        f"Names in reports: {names}." if names else "",
        up="../README.md",
    )


def _checks(registry: Registry) -> str:
    families: dict[str, list[Check]] = {}
    for check in registry.checks.values():
        families.setdefault(check.family, []).append(check)
    parts = [
        f"{len(registry.checks)} checks, of which"
        f" {sum(not check.runs for check in registry.checks.values())} run nowhere yet."
        " How they are written: [checks/README.md](../../src/hearth/standards/checks/README.md)."
    ]
    for family, checks in families.items():
        parts += [
            f"## {family.replace('_', ' ').capitalize()}",
            _table(
                ("Check", "Severity", "Looks at", "What is wrong", "What to do", "Found by", "Runs in"),
                map(_check, checks),
            ),
        ]
    return _page("Checks", *parts, up="README.md")


def _check(check: Check) -> tuple[str, ...]:
    return (
        f"`{check.id}`",
        check.severity,
        definitions.files_words(check.files),
        check.sentence,
        check.remedy,
        KINDS[check.kind].found_by,
        definitions.runs_words(check),
    )


def _page(title: str, *parts: str, up: str | None = None) -> str:
    back = [f"[Data dictionary]({up})"] if up else []
    return "\n\n".join([_NOTICE, f"# {title}", *back, *filter(None, parts)]) + "\n"


def _facts(lines: Iterable[tuple[str, str]]) -> str:
    return "\n".join(f"- {name}: {_plain(text)}" for name, text in lines)


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, ("---",) * len(head), *rows]
    return "\n".join("| " + " | ".join(_cell(cell) for cell in line) + " |" for line in lines)


def _to(text: str, target: str) -> str:
    return f"[{text}]({target})"


def _cell(text: str) -> str:
    return text if text.startswith(("[", "**[", "`")) else _plain(text).replace("|", "\\|")


def _plain(text: str) -> str:
    """Text in which Markdown sees no tags and no emphasis."""
    for sign in ("<", ">", "*", "_"):
        text = text.replace(sign, f"\\{sign}")
    return text
