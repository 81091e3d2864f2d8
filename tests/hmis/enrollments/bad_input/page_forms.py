"""The forms of a rendered page, with all their inputs, hidden ones and buttons too: whatever form is added
to a page takes part by being there."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import quote_plus

Pairs = list[tuple[str, str]]


@dataclass(slots=True)
class PageForm:
    """A form that posts. `action`: where; empty: to the page itself. `sent`: what a browser would send of
    it untouched; `names`: of all its inputs in order, each once; `hidden`: those that nobody sees;
    `buttons`: each way to send it."""

    action: str
    sent: Pairs = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    hidden: set[str] = field(default_factory=set)
    buttons: Pairs = field(default_factory=list)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[PageForm] = []
        self.open: PageForm | None = None
        self.select, self.first, self.chosen = "", "", ""
        self.is_first = True

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        if tag == "form" and said.get("method", "").lower() == "post":
            self.open = PageForm(said.get("action", ""))
            self.found.append(self.open)
        elif self.open is None:
            return
        elif tag == "input":
            self._input(said)
        elif tag == "button" and said.get("name"):
            self.open.buttons.append((said["name"], said.get("value", "")))
        elif tag == "select":
            self.select, self.is_first, self.chosen = said.get("name", ""), True, ""
        elif tag == "option" and self.select:
            if self.is_first or "selected" in said:
                self.chosen = said.get("value", "")
            self.is_first = False
        elif tag == "textarea":
            self._add(said.get("name", ""), "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.open = None
        elif tag == "select" and self.select:
            self._add(self.select, self.chosen)
            self.select = ""

    def _input(self, said: dict[str, str]) -> None:
        kind, name = said.get("type", "text"), said.get("name", "")
        if not name or kind == "file" or self.open is None:
            return
        if kind == "submit":
            self.open.buttons.append((name, said.get("value", "")))
            return
        is_choice = kind in ("radio", "checkbox")
        self._add(name, said.get("value", "on" if is_choice else ""), is_choice and "checked" not in said)
        if kind == "hidden":
            self.open.hidden.add(name)

    def _add(self, name: str, value: str, is_left_out: bool = False) -> None:
        if not name or self.open is None:
            return
        if name not in self.open.names:
            self.open.names.append(name)
        if not is_left_out:
            self.open.sent.append((name, value))


def forms_of(content: bytes) -> Iterator[PageForm]:
    """The posting forms of a page, but the one that signs out."""
    reader = _Reader()
    reader.feed(content.decode())
    for one in reader.found:
        if "/account/" not in one.action:
            yield one


def body(pairs: Pairs) -> bytes:
    """As a browser sends it; what no browser would send, a lone surrogate, as its bytes."""
    return "&".join(
        f"{quote_plus(name, errors='surrogatepass')}={quote_plus(value, errors='surrogatepass')}"
        for name, value in pairs
    ).encode()
