"""What the commands' arguments have in common, before any of them looks at its own."""

from collections.abc import Iterable
from pathlib import Path

import typer

#: The largest number of a record that the database can hold.
LARGEST_ID = 2**63 - 1


def given_path(said: str) -> Path:
    """A path that was given; an empty text would be the folder where the command is given."""
    if not said.strip():
        raise typer.BadParameter("it is empty. Name a file or folder.")
    return Path(said)


def not_text(arguments: Iterable[str]) -> str:
    """What is said of the first argument with bytes that are no text of UTF-8, so that neither a terminal nor
    the database can take it; '' where all are text."""
    for one in arguments:
        try:
            one.encode()
        except UnicodeEncodeError:
            shown = one.encode(errors="surrogateescape").decode(errors="replace")
            return f"“{shown}” is no text in UTF-8: write it so, or rename the file first."
    return ""
