"""How the texts of documents are written: a few forms of lines, read into blocks that a template shows.

    # Heading          ## Smaller heading
    - One of a list
    [ ] A box to tick
    ____ What a line to write on is for, such as: Signature
    ____ Your name {client}
    Anything else is text; **strong**; an empty line ends the paragraph.

Nothing of a text is ever taken as HTML, so whatever stands in it is shown and does nothing. `{client}` marks
the line where the client's name is filled in, when a document is printed for them and they want it so.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

CLIENT = "{client}"
MOST_CHARACTERS = 40_000  # some twelve pages; the longest that is read

_HEADING = re.compile(r"(#{1,2})\s+(.+)")
_ITEM = re.compile(r"[-•]\s+(.+)")
_BOX = re.compile(r"\[\s?\]\s+(.+)")
_LINE = re.compile(r"_{3,}\s*(.*)")
_STRONG = re.compile(r"\*\*(.+?)\*\*")


class Span(NamedTuple):
    """A piece of a line: its words, and whether they are strong."""

    text: str
    strong: bool = False


@dataclass(frozen=True, slots=True)
class Block:
    """`kind`: heading, subheading, text, list, box or line. `lines`: the lines of a paragraph or the items of
    a list, each in spans; one line for the other kinds. `for_client`: a line for the client's name."""

    kind: str
    lines: tuple[tuple[Span, ...], ...]
    for_client: bool = False


def blocks(text: str) -> list[Block]:
    """The blocks of a text, in its order."""
    found: list[Block] = []
    joins = False  # whether the next line may belong to the last block
    for line in text.splitlines():
        line = line.strip()
        if not line:
            joins = False
            continue
        block = _block(line)
        last = found[-1] if found else None
        if joins and last is not None and block.kind == last.kind and block.kind in ("text", "list"):
            found[-1] = Block(last.kind, last.lines + block.lines)
        else:
            found.append(block)
        joins = True
    return found


def _block(line: str) -> Block:
    if match := _HEADING.fullmatch(line):
        return Block("heading" if match[1] == "#" else "subheading", (tuple(_spans(match[2])),))
    if match := _ITEM.fullmatch(line):
        return Block("list", (tuple(_spans(match[1])),))
    if match := _BOX.fullmatch(line):
        return Block("box", (tuple(_spans(match[1])),))
    if match := _LINE.fullmatch(line):
        label = match[1].replace(CLIENT, "").strip()
        return Block("line", (tuple(_spans(label)),), for_client=CLIENT in match[1])
    return Block("text", (tuple(_spans(line)),))


def _spans(line: str) -> Iterator[Span]:
    for number, part in enumerate(_STRONG.split(line)):
        if part:
            yield Span(part, strong=bool(number % 2))
