"""The texts that an installation begins with: a folder of files, one for each kind and language.

A file has a head of `name: value` lines (kind, language, title), a line of three dashes, and the text. Where
nobody has translated a text yet, the file has a head and no text: the document is then an empty draft, and
the pages say so. Another state puts a folder of its own into the setting CONSENT_DOCUMENTS.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

HEAD = frozenset({"kind", "language", "title"})


@dataclass(frozen=True, slots=True)
class ExampleDocument:
    """One file of the folder; `title` and `text` are '' where nothing is written yet."""

    kind: str
    language: str
    title: str
    text: str


def read_folder(folder: Path) -> Iterator[ExampleDocument]:
    """The documents of a folder, by the names of their files. Raises ValueError, with the file and what is
    wrong, for a head that has not just the names it must have."""
    for path in sorted(folder.glob("*.txt")):
        head, _, text = path.read_text(encoding="utf-8").partition("\n---\n")
        values = {}
        for line in head.splitlines():
            name, colon, value = line.partition(":")
            if not colon:
                raise ValueError(f"{path}: {line!r} is no `name: value`; a head ends with a line of ---.")
            values[name.strip()] = value.strip()
        if values.keys() != HEAD:
            raise ValueError(f"{path}: the head needs {', '.join(sorted(HEAD))}, and nothing else.")
        yield ExampleDocument(**values, text=text.strip())
