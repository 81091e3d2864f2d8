"""What entries of the access log are about, in words and as links: clients, users, runs, organizations.

Their applications stand above this one, so each hands in how its own are named when Django starts
(`AppConfig.ready`). A client is named by the number alone: no names of clients are in the log.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple


class Ref(NamedTuple):
    """Something that a sentence is about: `kind` as in subjects ("importrun"), and our id of it."""

    kind: str
    id: int


class Named(NamedTuple):
    """Its words, and the address where the viewer may open it; '' where there is none for this viewer."""

    words: str
    href: str = ""


#: `reader(viewer, ids)`: by id; those that are not there any more are left out. One query or two for all.
Reader = Callable[[Any, Iterable[int]], Mapping[int, Named]]

_readers: dict[str, Reader] = {}

#: How the numbers of reports are called: by "figure" and "flag" what gives words for a key of it. The
#: application that has them hands them in.
number_names: dict[str, Callable[[str], str]] = {}

#: How a kind is called where one of it is not there any more, or has no reader.
KINDS = {
    "client": "Client",
    "consentdocument": "consent document",
    "datasource": "data source",
    "enrollment": "enrollment",
    "exportrun": "export",
    "importrun": "import",
    "organization": "organization",
    "project": "project",
    "projectgroup": "group of projects",
    "reportrun": "report",
    "sealedfile": "file",
    "user": "user",
}


def hand_in(kind: str, reader: Reader) -> None:
    """Set who names those of a kind."""
    if kind not in KINDS:
        raise ValueError(f"There is no kind {kind!r} in the access log")
    _readers[kind] = reader


def named(viewer: Any, refs: Iterable[Ref]) -> dict[Ref, Named]:
    """All of them in words, each kind asked for once."""
    wanted: dict[str, set[int]] = defaultdict(set)
    for ref in refs:
        wanted[ref.kind].add(ref.id)
    found: dict[Ref, Named] = {}
    for kind, ids in wanted.items():
        known = _readers[kind](viewer, ids) if kind in _readers else {}
        for one in ids:
            found[Ref(kind, one)] = known.get(one, Named(f"{KINDS[kind]} {one}"))
    return found
