"""Proves that elements hold together: their columns exist, and a program can evaluate their requirements."""

from collections.abc import Iterator
from pathlib import Path

from hearth.standards.element import Element, Field, Requirement
from hearth.standards.gates import Gate, codes, columns
from hearth.standards.load import LATEST, Registry, load
from hearth.standards.model import Column, Place
from hearth.standards.predicates import columns as named_columns
from hearth.standards.problem import Problem
from hearth.standards.read_elements import FUNDING_SOURCES, READINGS, element_number, read_readings

PROJECT_TYPES, RRH_SUBTYPES = "2.02.6", "2.02.A"
#: What a project says of itself that no column of HUD's holds, for `where`.
SETTINGS = frozenset({"Setting.ServesCategory2Or3"})


def lint_element(registry: Registry, element: Element) -> Iterator[Problem]:
    """What is wrong with one element, its requirements and its fields, in the registry's year."""
    if element_number(element.at.path) != element.number:
        yield Problem(
            element.at,
            f"The file's name says {element_number(element.at.path)} and the element is {element.number}.",
            "Rename the file, or correct 'element'.",
        )
    if not element.reference:
        yield Problem(
            element.at,
            f"{element.number} has no reference.",
            "Add 'reference:' with the text that defines it.",
        )
    for name in element.files:
        if name not in registry.files:
            yield Problem(
                element.at,
                f"{element.number} is in {name}.csv, which FY{registry.year} does not have.",
                "Correct 'files', or the years of the element.",
            )
    if not element.columns and not element.fields:
        yield Problem(
            element.at,
            f"No column of FY{registry.year} names the element {element.number}.",
            "Add 'element:' to its columns in files/, or say under 'fields' where its answers go.",
        )
    for named in named_columns(element.rows or ""):
        if not any(named.column in registry.files[name] for name in element.files if name in registry.files):
            yield Problem(
                element.at,
                f"'rows' names {named.column}, which its files do not have.",
                "Name a column of them.",
            )
    occurs = "occurrence point" in element.collected_at
    if occurs != bool(element.event) and element.requirements:
        yield Problem(
            element.at,
            f"{element.number} is {'' if occurs else 'not '}collected at the occurrence point and has"
            f" {'an' if element.event else 'no'} 'event'.",
            "Say under 'event' what makes somebody answer it, for elements of that stage alone.",
        )
    if element.requirements and not element.asks:
        yield Problem(
            element.at,
            f"{element.number} is required, and none of its columns is asked.",
            "Correct 'files', 'rows' or 'asks'.",
        )
    for requirement in element.requirements:
        yield from _requirement(registry, requirement)
    for one in element.asks:
        yield from _field(registry, element, one)
        if one.name in element.same_for_all and one.column.privacy == "sensitive":
            yield Problem(
                element.at,
                f"{one.name} is sensitive, and is asked of each alone.",
                "Take it away from 'same_for_all'.",
            )


def _requirement(registry: Registry, requirement: Requirement) -> Iterator[Problem]:
    for number, what, named in (
        (PROJECT_TYPES, "project type", (*requirement.project_types, *requirement.except_project_types)),
        (RRH_SUBTYPES, "subtype of rapid re-housing", requirement.rrh_subtypes),
        (FUNDING_SOURCES, "funding source", requirement.funders),
    ):
        for code in named:
            if code not in registry.list(number):
                yield Problem(requirement.at, f"{code} is not a {what}.", f"Use codes of list {number}.")
    for name in columns(requirement.where):
        if name not in SETTINGS and _column(registry, name) is None:
            yield Problem(
                requirement.at,
                f"'where' names {name}, which is neither a column nor a setting of a project.",
                f"Write File.Column, or one of: {', '.join(sorted(SETTINGS))}.",
            )


def _field(registry: Registry, element: Element, one: Field) -> Iterator[Problem]:
    for code in (*one.project_types, *one.except_project_types):
        if code not in registry.list(PROJECT_TYPES):
            yield Problem(element.at, f"{code} is not a project type.", f"Use codes of list {PROJECT_TYPES}.")
    for name in one.total_of:
        column = _column(registry, name)
        if column is None or column.type != one.column.type:
            yield Problem(
                element.at,
                f"{one.name} is the sum of {name}, which is no column of its type.",
                "Name columns of amounts under 'total_of'.",
            )
    for name in (*columns(one.gate), *(each for gate in _from(one) for each in columns(gate))):
        if _column(registry, name) is None:
            yield Problem(
                element.at,
                f"{one.name} is asked if {one.gate}, and {name} is no column.",
                "Name a column of the same row, or File.Column.",
            )
    yield from _codes(registry, element.at, one)


def _from(one: Field) -> tuple[Gate, ...]:
    """The conditions from which a field follows."""
    return (*([one.yes_if] if one.yes_if is not None else []), *one.yes_from)


def _codes(registry: Registry, at: Place, one: Field) -> Iterator[Problem]:
    for name, code in (*codes(one.gate), *(each for gate in _from(one) for each in codes(gate))):
        column = _column(registry, name)
        if column and column.lists and not any(code in registry.list(number) for number in column.lists):
            yield Problem(
                at,
                f"{one.name} is asked if {one.gate}, and {code} is no code of {column.id}.",
                f"Use a code of list {' or '.join(column.lists)}.",
            )


def _column(registry: Registry, name: str) -> Column | None:
    """The column of a gate's name, with or without a DisabilityType in brackets."""
    file, _, column = name.partition("[")[0].partition(".")
    return registry.files[file].column(column) if column in registry.files.get(file, ()) else None


def lint_readings(folder: Path) -> Iterator[Problem]:
    """Readings that nothing names."""
    elements = load(LATEST, folder).elements.values()
    used = {reading.id for element in elements for one in element.requirements for reading in one.disputed}
    used |= {reading.id for element in elements for one in element.asks for reading in one.disputed}
    for name, reading in read_readings(folder).items():
        if name not in used:
            yield Problem(
                reading.at,
                f"No requirement and no field names the reading {name}.",
                f"Write 'disputed: {name}' where it decides, or remove it from {READINGS}.",
            )
