"""Proves that the registry holds together: every name resolves, in every year in which it is in force.

`lint()` returns every problem, each with file, line, what is wrong and how to repair it; nothing stops at
the first. Checks and upgrades have their own modules beside this one.
"""

import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path

from hearth.standards.deciding import lint_deciding
from hearth.standards.document import Block, StandardsError, read
from hearth.standards.form_days import lint_stages
from hearth.standards.lint_checks import lint_checks
from hearth.standards.lint_elements import lint_element, lint_readings
from hearth.standards.lint_upgrades import lint_upgrades
from hearth.standards.load import FOLDER, YEARS, Registry, load
from hearth.standards.model import Column, File, List, Option
from hearth.standards.predicates import columns as named_columns
from hearth.standards.problem import Problem
from hearth.standards.read_elements import element_number
from hearth.standards.read_files import read_file
from hearth.standards.read_lists import list_number
from hearth.standards.wording import lint_wording

Rule = Callable[..., Iterator[Problem]]


def lint(folder: Path = FOLDER) -> list[Problem]:
    """Every problem of the registry in a folder; empty when all is well."""
    read.cache_clear()
    load.cache_clear()
    problems: dict[Problem, None] = {}
    for step in _steps(folder):
        try:
            problems.update((problem, None) for problem in step())
        except StandardsError as error:
            problems[Problem(error.at, error.problem, error.remedy)] = None
    return sorted(problems, key=lambda problem: (problem.at.path, problem.at.line))


def _steps(folder: Path) -> Iterator[Callable[[], Iterable[Problem]]]:
    """One step per document and year, so that an error in one hides no other."""
    documents = sorted(path for kind in _KINDS for path in (folder / kind).glob("*.yaml"))
    for path in documents:
        yield partial(_bounds, folder, f"{path.parent.name}/{path.name}")
    for year in YEARS:
        registry = load(year, folder)
        for path in sorted((folder / "files").glob("[!_]*.yaml")):
            yield partial(_read, read_file, folder, f"files/{path.name}", year)
        for path in sorted((folder / "checks").glob("[!_]*.yaml")):
            yield partial(_read, registry.checks_of, f"checks/{path.name}")
        yield partial(_orders, registry)
        yield partial(_every, registry, "files", _file)
        for path in sorted((folder / "lists").glob("*.yaml")):
            yield partial(_one, registry, "lists", list_number(path.name), _list)
        for path in sorted((folder / "elements").glob("*.yaml")):
            yield partial(_one, registry, "elements", element_number(path.name), lint_element)
        yield partial(lint_checks, registry)
    yield partial(_unused_lists, folder)
    yield partial(lint_readings, folder)
    yield partial(lint_stages, folder)
    yield partial(lint_upgrades, folder)
    if (folder / "wording").is_dir():
        yield partial(lint_wording, folder)
    if (folder / "deciding.yaml").is_file():
        yield partial(lint_deciding, folder)


_KINDS = ("files", "lists", "elements", "checks", "upgrades")


def _read(reader: Callable[..., object], *arguments: object) -> list[Problem]:
    """Reading alone finds what cannot be understood; one document's error must not hide another's."""
    result = reader(*arguments)
    if isinstance(result, Iterator):
        deque(result, maxlen=0)
    return []


def _every(registry: Registry, kind: str, rule: Rule) -> Iterator[Problem]:
    for value in getattr(registry, kind).values():
        yield from rule(registry, value)


def _one(registry: Registry, kind: str, key: str, rule: Rule) -> Iterator[Problem]:
    values = getattr(registry, kind)
    if key in values:
        yield from rule(registry, values[key])


def _bounds(folder: Path, path: str) -> Iterator[Problem]:
    """since ≤ until everywhere, and `earlier` inside those bounds."""

    def walk(block: Block) -> Iterator[Problem]:
        since, until = block.get("since"), block.get("until")
        if isinstance(since, str) and isinstance(until, str) and since > until:
            yield Problem(
                block.at("until"),
                f"It ends in {until}, before it starts in {since}.",
                "Make 'since' the earlier year.",
            )
        for key in ("since", "until"):
            year = block.get(key)
            if isinstance(year, str) and year.isdigit() and int(year) not in YEARS:
                yield Problem(
                    block.at(key),
                    f"HUD published no standards for FY{year}.",
                    f"Use one of {', '.join(map(str, YEARS))}; add a new year to YEARS in load.py first.",
                )
        for value in block.values():
            for part in value if isinstance(value, list) else [value]:
                if isinstance(part, Block):
                    yield from walk(part)

    yield from walk(read(folder, path))


def _orders(registry: Registry) -> Iterator[Problem]:
    seen: dict[int, File] = {}
    for path in sorted((registry.folder / "files").glob("[!_]*.yaml")):
        name = read(registry.folder, f"files/{path.name}").text("file")
        if name != path.stem:
            yield Problem(
                read(registry.folder, f"files/{path.name}").at("file"),
                f"The file is called {path.name} and describes {name}.",
                f"Rename it to {name}.yaml, or correct 'file'.",
            )
    for file in registry.files.values():
        if file.order in seen:
            yield Problem(
                file.at,
                f"Order {file.order} is already that of {seen[file.order].name}.",
                "Give each file an order of its own.",
            )
        seen[file.order] = file


def _file(registry: Registry, file: File) -> Iterator[Problem]:
    keys = [column.name for column in file.columns if column.is_key]
    if keys != [file.key]:
        yield Problem(
            file.at,
            f"The key is {file.key}, and the columns marked 'key: yes' are {', '.join(keys) or 'none'}.",
            "Mark exactly the key column.",
        )
    for parent in file.parents:
        for name in re.findall(r"\w+", parent):
            if name not in file:
                yield Problem(
                    file.at,
                    f"The parent {name} is not a column of {file.name}.",
                    "Name columns of this file.",
                )
    if not file.reference:
        yield Problem(
            file.at, f"{file.name} has no reference.", "Add 'reference:' with the text that defines it."
        )
    names: set[str] = set()
    for position, column in enumerate(file.columns, start=1):
        if column.position != position:
            yield Problem(
                column.at, f"{column.id} has position {column.position}.", f"It stands at {position}."
            )
        if column.name in names:
            yield Problem(
                column.at,
                f"FY{registry.year} has two columns {column.id}.",
                "Give one of them another name, or bounds (since, until) that do not meet.",
            )
        names.add(column.name)
        yield from _column(registry, file, column)


def _options(registry: Registry, number: str) -> tuple[Option, ...]:
    return tuple(registry.list(number).options) if number in registry.lists else ()


def _column(registry: Registry, file: File, column: Column) -> Iterator[Problem]:
    if column.references:
        target, _, key = column.references.partition(".")
        if target not in registry.files or registry.file(target).key != key:
            yield Problem(
                column.at,
                f"{column.id} references {column.references}, which is no file's key in FY{registry.year}.",
                "Write 'references: File.Key' with a file's key.",
            )
    if column.among:
        other = registry.files.get(column.among.file)
        missing = [name for name in column.among.columns if other is None or name not in other]
        missing += [name for name in column.among.columns[:-1] if name not in file]
        if missing:
            yield Problem(
                column.at,
                f"{column.id} must be among {column.among}, and {', '.join(missing)} is not there.",
                "Name a file and columns that both files have.",
            )
    for number in column.lists:
        if number not in registry.lists:
            yield Problem(
                column.at,
                f"{column.id} takes its codes from list {number}, which FY{registry.year} does not have.",
                "Correct the list number, or add lists/ with that list.",
            )
    offered = {use for number in column.lists for one in _options(registry, number) for use in one.used_for}
    if column.use and column.use not in offered:
        yield Problem(
            column.at,
            f"{column.id} offers what its list has for '{column.use}', and no code of it is for that.",
            f"Correct 'use': {', '.join(sorted(offered)) or 'the list has no used_for'}.",
        )
    if column.list_by and column.list_by.column not in file:
        yield Problem(
            column.at,
            f"The list of {column.id} depends on {column.list_by.column}, which is not in the file.",
            "Name a column of the same file below 'list_by'.",
        )
    yield from _elements_exist(registry, column)
    if column.element and not column.elements:
        yield Problem(
            column.at,
            f"{column.id} names the element '{column.element}', which is no element number.",
            "Write it like 4.11.A or V1.3.",
        )
    if column.pattern and not _is_anchored(column.pattern):
        yield Problem(
            column.at,
            f"The pattern of {column.id} is not a regular expression from ^ to $.",
            "Write '^…$', so that the whole value must match.",
        )
    for condition in filter(None, (column.only_if, column.asked_if)):
        for named in named_columns(condition):
            if named.table or (registry.year == YEARS[-1] and named.column not in file):
                yield Problem(
                    column.at,
                    f"The condition of {column.id} names {named.column}, which {file.name} does not have.",
                    "Use columns of the same row, without a table in front.",
                )


def _is_anchored(pattern: str) -> bool:
    try:
        re.compile(pattern)
    except re.error:
        return False
    return pattern.startswith("^") and pattern.endswith("$")


def _elements_exist(registry: Registry, column: Column) -> Iterator[Problem]:
    for number in column.elements:
        if number not in registry.elements:
            yield Problem(
                column.at,
                f"{column.id} names the element {number}, which FY{registry.year} does not have.",
                "Correct the number, or add elements/ with that element.",
            )


def _list(registry: Registry, one: List) -> Iterator[Problem]:
    if list_number(one.at.path) != one.id:
        yield Problem(
            one.at,
            f"The file's name says {list_number(one.at.path)} and the list is {one.id}.",
            "Rename the file, or correct 'list'.",
        )
    if not one.options:
        yield Problem(
            one.at,
            f"List {one.id} has no code in FY{registry.year}.",
            "Add codes, or end the list with 'until'.",
        )
    if not one.reference:
        yield Problem(
            one.at, f"List {one.id} has no reference.", "Add 'reference:' with the text that defines it."
        )
    for option in one.options:
        if option.code != option.code.strip() or not option.label.strip():
            yield Problem(
                option.at, f"Code {option.code} of list {one.id} has no label.", "Write 'code: label'."
            )


def _unused_lists(folder: Path) -> Iterator[Problem]:
    used = {number for year in YEARS for column in load(year, folder).columns() for number in column.lists}
    for year in YEARS:
        for one in load(year, folder).lists.values():
            if one.id not in used and not one.used_in and not one.note:
                yield Problem(
                    one.at,
                    f"No column takes its codes from list {one.id}.",
                    "Name it in a column, say under 'note' what it is for, or remove it.",
                )
