"""Finds what somebody means by `HealthAndDV.WhenOccurred`, `4.11`, `exit` or `dob_missing`."""

from collections.abc import Iterator
from difflib import get_close_matches

from hearth.standards.element import Element
from hearth.standards.load import Registry
from hearth.standards.model import Check, Column, File, List

Found = File | Column | List | Element | Check


def find(registry: Registry, name: str) -> list[Found]:
    """Everything of that name, in any spelling of upper and lower case.

    A number may be a data element and a pick list at once (4.14, V10): both come back. A list also
    answers to its name ("WhenDVOccurred"); a column alone to its name in every file.
    """
    wanted = name.strip().removesuffix(".csv").lower()
    found: list[Found] = [file for file in registry.files.values() if file.name.lower() == wanted]
    found += [column for column in registry.columns() if column.id.lower() == wanted]
    found += [element for element in registry.elements.values() if element.number.lower() == wanted]
    found += [one for one in registry.lists.values() if wanted in (one.id.lower(), one.name.lower())]
    found += [check for check in registry.checks.values() if check.id.lower() == wanted]
    if not found:
        found = [column for column in registry.columns() if column.name.lower() == wanted]
    return found


def similar(registry: Registry, name: str) -> list[str]:
    """Names that come close, best first; for a slip of the pen."""
    names = {known.lower(): known for known in _names(registry)}
    return [names[close] for close in get_close_matches(name.lower(), names, n=5, cutoff=0.6)]


def _names(registry: Registry) -> Iterator[str]:
    yield from registry.files
    yield from registry.elements
    yield from registry.checks
    for column in registry.columns():
        yield column.id
        yield column.name
    for one in registry.lists.values():
        yield one.id
        yield one.name
