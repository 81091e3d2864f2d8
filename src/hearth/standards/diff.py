"""What changed between two years: files, columns, lists, codes, elements, in plain sentences.

A column or code is the same one when it is the same entry of the YAML, whatever its name was then.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from hearth.standards.load import Registry
from hearth.standards.model import Column, File, List, Option

KINDS = ("file", "column", "list", "code", "element")
ADDED, REMOVED, CHANGED = "added", "removed", "changed"


@dataclass(frozen=True, slots=True)
class Change:
    """One difference. `kind` is file, column, list, code or element; `what` its name in the later year."""

    kind: str
    sort: str
    what: str
    text: str


def diff(before: Registry, after: Registry) -> list[Change]:
    """Every difference between two years, in the order of files, columns, lists, codes and elements."""
    return [*_files(before, after), *_lists(before, after), *_elements(before, after)]


def _files(before: Registry, after: Registry) -> Iterator[Change]:
    for name, file in after.files.items():
        if name not in before.files:
            yield Change("file", ADDED, name, f"{file.row_is} ({len(file.columns)} columns)")
    for name, file in before.files.items():
        if name not in after.files:
            yield Change("file", REMOVED, name, file.row_is)
        else:
            yield from _columns(file, after.file(name))


def _columns(before: File, after: File) -> Iterator[Change]:
    then = {column.at: column for column in before.columns}
    now = {column.at: column for column in after.columns}
    for at, column in now.items():
        if at not in then:
            yield Change("column", ADDED, column.id, f"position {column.position}, type {column.hud_type}")
        elif texts := list(_column(then[at], column)):
            yield Change("column", CHANGED, column.id, "; ".join(texts))
    for at, column in then.items():
        if at not in now:
            yield Change("column", REMOVED, column.id, f"was position {column.position}")


# What is compared of a column, each with its name in the sentence.
_FACTS: tuple[tuple[str, Callable[[Column], object]], ...] = (
    ("type", lambda c: c.hud_type),
    ("list", lambda c: " or ".join(c.lists)),
    ("references", lambda c: c.references),
    ("pattern", lambda c: c.pattern),
    ("hashed as", lambda c: c.hashed_as),
    ("asked only if", lambda c: c.only_if),
    ("rule", lambda c: c.rule),
)


def _column(then: Column, now: Column) -> Iterator[str]:
    if then.name != now.name:
        yield f"was called {then.name}"
    if then.nullable != now.nullable:
        yield "may now be blank" if now.nullable else "must now have a value"
    for name, fact in _FACTS:
        if fact(then) != fact(now):
            yield f"{name} {fact(then) or 'none'} → {fact(now) or 'none'}"


def _lists(before: Registry, after: Registry) -> Iterator[Change]:
    for number, one in after.lists.items():
        if number not in before.lists:
            yield Change("list", ADDED, number, f"{one.name}, {len(one.options)} codes")
        else:
            yield from _codes(before.list(number), one)
    for number, one in before.lists.items():
        if number not in after.lists:
            yield Change("list", REMOVED, number, one.name)


def _codes(before: List, after: List) -> Iterator[Change]:
    then = {option.code: option for option in before.options}
    now = {option.code: option for option in after.options}
    for code, option in now.items():
        name = f"{after.id} {code}"
        if code not in then:
            yield Change("code", ADDED, name, f"{after.name}: {option.label}")
        elif texts := list(_option(then[code], option)):
            yield Change("code", CHANGED, name, f"{after.name}: {option.label} ({'; '.join(texts)})")
    for code, option in then.items():
        if code not in now:
            yield Change("code", REMOVED, f"{after.id} {code}", f"{after.name}: {option.label}")


def _option(then: Option, now: Option) -> Iterator[str]:
    if then.label != now.label:
        yield f"was labeled {then.label!r}"
    if then.status != now.status:
        yield f"is {now.status} now"


def _elements(before: Registry, after: Registry) -> Iterator[Change]:
    for number, element in after.elements.items():
        if number not in before.elements:
            yield Change("element", ADDED, number, element.name)
    for number, element in before.elements.items():
        if number not in after.elements:
            yield Change("element", REMOVED, number, element.name)
