"""Proves that local elements hold together: names, codes and programs exist, and versions do not overlap."""

from collections.abc import Iterator
from itertools import combinations

from hearth.hmis.local.computed import RULES
from hearth.hmis.local.element import LOCAL, LocalElement, LocalField, LocalRegistry, LocalRequirement
from hearth.standards import load
from hearth.standards.gates import LOCAL_PROGRAM, Gate, codes, columns
from hearth.standards.load import MODEL_YEAR
from hearth.standards.model import Place
from hearth.standards.problem import Problem

_PROJECT_TYPES, _FUNDERS = "2.02.6", "2.06.1"


def lint(registry: LocalRegistry) -> Iterator[Problem]:
    """What is to repair."""
    owners: dict[str, str] = {}
    for one in registry.elements:
        yield from _versions(registry, one)
        if one.number in registry.not_asked:
            yield Problem(
                one.at, f"{one.number} is asked, and listed as not asked.", "Remove it from _not_asked.yaml."
            )
        if (one.kind == "computed" or one.computed) and one.computed not in RULES:
            yield Problem(
                one.at,
                f"{one.number} is computed by no rule.",
                f"Name one under 'computed': {', '.join(RULES)}.",
            )
        for each in one.fields:
            if owners.setdefault(each.name, one.number) != one.number:
                yield Problem(
                    each.at,
                    f"{each.name} is a field of {owners[each.name]}, too.",
                    "Give it a name of its own.",
                )
            yield from _field(registry, one, each)
        for requirement in one.requirements:
            yield from _requirement(registry, requirement)


def _versions(registry: LocalRegistry, one: LocalElement) -> Iterator[Problem]:
    others = [each for each in registry.elements if each.number == one.number and each.at != one.at]
    for other in others:
        if other.version == one.version:
            yield Problem(one.at, f"There is a version {one.version} at {other.at}.", "Count on.")
        elif other.version < one.version and other.span.meets(one.span):
            yield Problem(
                one.at, f"Versions {other.version} and {one.version} hold on the same day.",
                "End the older one ('until') on the day before the newer one begins ('since').",
            )  # fmt: skip


def _field(registry: LocalRegistry, element: LocalElement, one: LocalField) -> Iterator[Problem]:
    if one.list and not one.choices:
        yield Problem(one.at, f"The list '{one.list}' is empty.", "Give it codes.")
    for a, b in combinations(one.choices, 2):
        if a.code == b.code and a.span.meets(b.span):
            yield Problem(one.at, f"'{one.list}' has the code {a.code} twice.", "Remove one.")
    yield from _gate(registry, one.gate, one.at)
    if one.id in columns(one.gate):
        yield Problem(one.at, f"{one.name} hangs on itself.", "Name another field under 'if'.")


def _requirement(registry: LocalRegistry, one: LocalRequirement) -> Iterator[Problem]:
    hud = load(MODEL_YEAR)
    for number, what, named in (
        (_PROJECT_TYPES, "project type", (*one.project_types, *one.except_project_types)),
        (_FUNDERS, "funding source", one.funders),
    ):
        for code in named:
            if code not in hud.list(number):
                yield Problem(one.at, f"{code} is not a {what}.", f"Use codes of list {number}.")
    yield from _gate(registry, one.where, one.at)


def _gate(registry: LocalRegistry, gate: Gate, at: Place) -> Iterator[Problem]:
    fields = {each.id: each for one in registry.elements for each in one.fields}
    hud = load(MODEL_YEAR)
    for name in columns(gate):
        file, _, column = name.partition("[")[0].partition(".")
        if file == LOCAL_PROGRAM:
            if column not in registry.programs:
                yield Problem(
                    at,
                    f"There is no program {column}.",
                    f"Use one of: {', '.join(sorted(registry.programs))}.",
                )
        elif file == LOCAL:
            if name not in fields:
                yield Problem(at, f"There is no field {name}.", "Name a field of a local element.")
        elif file not in hud.files or column not in hud.files[file]:
            yield Problem(
                at, f"'{name}' is no answer that is known.",
                "Write File.Column of HUD, Local.Field, or local_program in {…}.",
            )  # fmt: skip
    for name, code in codes(gate):
        known = fields.get(name)
        if known and known.choices and code not in {one.code for one in known.choices}:
            yield Problem(at, f"{name} is never {code}.", f"Use codes of the list '{known.list}'.")
