"""What sentences of the access log are made of: words and references, and the particulars of an entry."""

from collections.abc import Callable, Mapping
from typing import Any

from hearth.formats import counted, number
from hearth.hmis.audit.models import AccessLog
from hearth.hmis.audit.subjects import KINDS, Ref

Part = str | Ref
Parts = list[Part]

#: So many clients of a page of results are named; the rest is counted (the file has all).
MOST_CLIENTS = 25


class Details:
    """The particulars of an entry, which knows what of them a sentence has said."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        self._values, self._said = values, set[str]()

    def __call__(self, name: str, default: Any = None) -> Any:
        self._said.add(name)
        return self._values.get(name, default)

    def unsaid(self) -> dict[str, Any]:
        return {
            name: value
            for name, value in self._values.items()
            if name not in self._said and value not in (None, "", [], {})
        }


def subject_of(entry: AccessLog) -> Part:
    """ "importrun:17" as a reference; other text as it is."""
    kind, _, pk = entry.subject.partition(":")
    return Ref(kind, int(pk)) if kind in KINDS and pk.isascii() and pk.isdigit() else entry.subject


def named_clients(ids: Any) -> Parts:
    ids = list(ids or ())
    parts: Parts = []
    for one in ids[:MOST_CLIENTS]:
        parts += [", ", Ref("client", one)]
    if len(ids) > MOST_CLIENTS:
        parts.append(f" and {counted(len(ids) - MOST_CLIENTS, 'more client')}")
    return parts[1:]


def who_was_shown(details: Details) -> Parts:
    """Who was on the page that somebody looked at, and how many more there were."""
    page, shown, hidden = details("page", 1), details("shown"), details("hidden")
    parts: Parts = []
    if shown:
        parts += [f"; page {number(page)} showed ", *named_clients(shown)]
    if hidden:
        parts.append(f"; {counted(hidden, 'more was,more were')} hidden from this user")
    return parts


#: Of an entry, its particulars and the names of roles by code.
Sentence = Callable[[AccessLog, Details, Mapping[str, str]], Parts]
