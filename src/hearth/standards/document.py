"""YAML files of the registry as plain dictionaries, lists and texts that remember where they stand.

Every scalar is read as text: `1.10`, `no` and `007` stay what the author wrote, so that codes and
list numbers need no quotes. Each mapping knows the file and the line of each of its keys, which is
what lets an error name the place to repair.
"""

from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from hearth.standards.model import Place

# The C parser is about ten times as fast; PyYAML without libyaml still reads the same files.
_LOADER: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)

Value = Any  # str | Block | list[Value]


class StandardsError(Exception):
    """A registry entry that cannot be right: where it stands, what is wrong, how to repair it."""

    def __init__(self, at: Place, problem: str, remedy: str) -> None:
        super().__init__(f"{at}: {problem} {remedy}")
        self.at = at
        self.problem = problem
        self.remedy = remedy


class Block(dict[str, Value]):
    """One YAML mapping: its keys in written order, and the line of each."""

    __slots__ = ("line", "lines", "path")

    def __init__(self, path: str, line: int) -> None:
        super().__init__()
        self.path = path
        self.line = line
        self.lines: dict[str, int] = {}

    def at(self, key: str | None = None) -> Place:
        """The place of a key, or of the mapping itself when the key is absent."""
        return Place(self.path, self.line if key is None else self.lines.get(key, self.line))

    def text(self, key: str) -> str:
        """The text of a key that must be there."""
        if key not in self:
            raise StandardsError(
                self.at(), f"'{key}' is missing.", f"Add '{key}: …' here, as the neighboring entries do."
            )
        value = self[key]
        if not isinstance(value, str):
            raise StandardsError(self.at(key), f"'{key}' must be a single text.", "Write it on one line.")
        return value

    def optional(self, key: str) -> str | None:
        """The text of a key, or None when it is absent or empty."""
        return (self.text(key) or None) if key in self else None

    def year(self, key: str) -> int | None:
        """A HUD fiscal year such as 2024, or None when absent."""
        value = self.optional(key)
        if value is None:
            return None
        if not (len(value) == 4 and value.isdigit()):
            raise StandardsError(
                self.at(key), f"'{key}: {value}' is not a year.", "Write a HUD fiscal year such as 2024."
            )
        return int(value)

    def flag(self, key: str) -> bool:
        """A yes or no; no when absent."""
        value = self.optional(key) or "no"
        if value not in ("yes", "no"):
            raise StandardsError(self.at(key), f"'{key}: {value}' is neither yes nor no.", "Write yes or no.")
        return value == "yes"

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts; `a, b` on one line counts as a list too."""
        value = self.get(key, [])
        if isinstance(value, str):
            return tuple(part.strip() for part in value.split(",") if part.strip())
        if isinstance(value, Block) or not all(isinstance(part, str) for part in value):
            raise StandardsError(self.at(key), f"'{key}' must be a list.", f"Write '{key}: [one, two]'.")
        return tuple(value)

    def block(self, key: str) -> "Block":
        """A mapping under a key; an empty one when absent."""
        value = self.get(key)
        if value is None or value == "":
            return Block(self.path, self.lines.get(key, self.line))
        if not isinstance(value, Block):
            raise StandardsError(
                self.at(key),
                f"'{key}' must be a mapping.",
                "Write its entries indented below, 'name: value'.",
            )
        return value

    def blocks(self, key: str) -> "list[Block]":
        """A list of mappings under a key; empty when absent."""
        value = self.get(key) or []
        if isinstance(value, str | Block) or not all(isinstance(part, Block) for part in value):
            raise StandardsError(
                self.at(key),
                f"'{key}' must be a list of entries.",
                "Start each entry with '- ' and 'name: value'.",
            )
        return value

    def allow(self, keys: Iterable[str]) -> None:
        """Refuse a key that nobody reads: usually a slip of the pen."""
        allowed = tuple(keys)
        for key in self:
            if key not in allowed:
                raise StandardsError(
                    self.at(key), f"'{key}' is not known here.", f"Use one of: {', '.join(allowed)}."
                )


@cache
def read(folder: Path, path: str) -> Block:
    """Read one file of the registry. `path` is relative to `folder` and is what errors name."""
    try:
        with (folder / path).open("rb") as stream:
            node = yaml.compose(stream, Loader=_LOADER)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        raise StandardsError(
            Place(path, mark.line + 1 if mark else 1),
            f"This is not YAML: {error.problem}.",
            "Check indentation, colons and quotes here and in the line above.",
        ) from error
    except OSError as error:
        raise StandardsError(
            Place(path, 1), f"Cannot be read: {error.strerror}.", "Restore the file."
        ) from error
    value = _convert(node, path) if node is not None else None
    if not isinstance(value, Block):
        raise StandardsError(Place(path, 1), "The file has no entries.", "Start with 'name: value' lines.")
    return value


def _convert(node: yaml.Node, path: str) -> Value:
    if isinstance(node, yaml.ScalarNode):
        return node.value
    if isinstance(node, yaml.SequenceNode):
        return [_convert(item, path) for item in node.value]
    block = Block(path, node.start_mark.line + 1)
    for key, value in node.value:
        name, line = key.value, key.start_mark.line + 1
        if name in block:
            raise StandardsError(
                Place(path, line),
                f"'{name}' stands here a second time (first in line {block.lines[name]}).",
                "Remove one of the two, or give this one its own name.",
            )
        block.lines[name] = line
        block[name] = _convert(value, path)
    return block


def in_force(since: int | None, until: int | None, year: int) -> bool:
    """Whether a definition with these bounds holds in a year."""
    return (since is None or since <= year) and (until is None or year <= until)


def as_of(block: Block, year: int) -> Block:
    """The block with what its `earlier` entries say for that year laid over it."""
    earlier = block.blocks("earlier")
    if not earlier:
        return block
    result = Block(block.path, block.line)
    result.update(block)
    result.lines.update(block.lines)
    # The entry that reaches furthest into the present first, so that older ones lie on top of it.
    for entry in sorted(earlier, key=lambda e: e.year("until") or 0, reverse=True):
        until = entry.year("until")
        if until is None:
            raise StandardsError(
                entry.at(),
                "An 'earlier' entry has no 'until'.",
                "Say until which HUD year it was so: 'until: 2024'.",
            )
        if year <= until:
            for key, value in entry.items():
                if key != "until":
                    result[key] = value
                    result.lines[key] = entry.lines[key]
    return result
