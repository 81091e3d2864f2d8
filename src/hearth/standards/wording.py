"""Questions in plain words of our own, with help, for whoever asks them: read from `wording/*.yaml`.

HUD's text is the meaning, not the wording; a form shows the element's number small beside the question.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from types import MappingProxyType

from hearth.standards.document import StandardsError, read
from hearth.standards.element import Element
from hearth.standards.load import FOLDER, LATEST, load
from hearth.standards.model import NOWHERE, Place
from hearth.standards.problem import Problem

#: The stages whose fields all have words; those of later stages come with their forms.
WORDED = frozenset({"record creation", "project start"})
#: Elements that are recorded as they happen, each on a form of its own; services come with theirs.
POINTS = frozenset({"3.20", "4.12", "4.13", "4.19", "4.20", "P3"})


@dataclass(frozen=True, slots=True)
class Words:
    """The words of one field: the question, and what it means."""

    question: str
    help: str
    at: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class ElementWords:
    """The words of one element: who is asked, what to do when the client does not know, and its fields by the
    names of their columns."""

    who: str
    unknown: str
    fields: Mapping[str, Words]
    at: Place = field(default=NOWHERE, compare=False)


@cache
def wording(folder: Path = FOLDER) -> Mapping[str, ElementWords]:
    """The words of every element that has some, by its number. StandardsError names what cannot be read."""
    found: dict[str, ElementWords] = {}
    for path in sorted((folder / "wording").glob("*.yaml")):
        document = read(folder, f"wording/{path.name}")
        for number in document:
            if number in found:
                raise StandardsError(
                    document.at(number),
                    f"{number} has words already, at {found[number].at}.",
                    "Keep one of the two.",
                )
            block = document.block(number)
            block.allow(("who", "unknown", "fields"))
            fields = {}
            for name in (written := block.block("fields")):
                entry = written.block(name)
                entry.allow(("question", "help"))
                fields[name] = Words(entry.text("question"), entry.text("help"), written.at(name))
            found[number] = ElementWords(
                block.text("who"), block.text("unknown"), MappingProxyType(fields), document.at(number)
            )
    return MappingProxyType(found)


def is_worded(element: Element) -> bool:
    """Whether all fields of an element have words."""
    at_these = any(WORDED.intersection(one.collected_at) for one in element.requirements)
    return at_these or element.number in POINTS


def lint_wording(folder: Path) -> Iterator[Problem]:
    """Asked fields without words, and words of what is not asked."""
    wording.cache_clear()
    words = wording(folder)
    elements = load(LATEST, folder).elements
    for number, element in elements.items():
        if not is_worded(element):
            continue
        known = words[number].fields if number in words else {}
        for name in dict.fromkeys(one.column.name for one in element.asks):
            if name not in known:
                yield Problem(
                    element.at,
                    f"{number} asks {name}, and wording/ has no question for it.",
                    f"Add it there: '{name}: {{question: …, help: …}}' below {number}, with who and unknown.",
                )
    for number, one in words.items():
        asked = {column.column.name for column in elements[number].asks} if number in elements else set()
        for name, written in one.fields.items():
            if name not in asked:
                yield Problem(
                    written.at,
                    f"{number} does not ask {name}.",
                    "Correct the name, or remove its words.",
                )
