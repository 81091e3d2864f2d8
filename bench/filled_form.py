"""A page's form as somebody fills it in: read from its HTML, all answered, and sent as a browser does."""

import random
from html.parser import HTMLParser
from typing import Any

#: What a page says of itself, or that is a button; never answered.
_OWN = ("csrfmiddlewaretoken", "key", "draft-", "version", "do")


class FilledForm(HTMLParser):
    """The controls of the form with questions. `sent` is what goes to the server, by name."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.sent: dict[str, list[str]] = {}
        #: By name, what can be chosen; empty: something is typed.
        self.choices: dict[str, list[str]] = {}
        self.kinds: dict[str, str] = {}
        self.wrong: set[str] = set()
        self._in_form = self._in_findings = False
        self._select = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        has = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._in_form = "data-draft" in has
        if not self._in_form:
            return
        name = has.get("name", "")
        if tag == "select":
            self._select = name
            self._add(name, "select", [])
        elif tag == "option" and self._select and has.get("value"):
            self.choices[self._select].append(has["value"])
            if "selected" in has:
                self.sent[self._select] = [has["value"]]
        elif tag == "input" and name:
            self._input(name, has)
        elif tag == "textarea":
            self._add(name, "text", [])
        if has.get("aria-invalid") and name:
            self.wrong.add(name)
        if tag == "div" and has.get("id", "").endswith("_error"):
            self.wrong.add(has["id"].removeprefix("id_").removesuffix("_error"))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._in_form = False
        elif tag == "select":
            self._select = ""

    def _input(self, name: str, has: dict[str, str]) -> None:
        kind, value = has.get("type", "text"), has.get("value", "")
        if kind in ("hidden", "search"):
            if kind == "hidden":
                self.sent.setdefault(name, []).append(value)
            return
        if kind == "radio":
            self._add(name, kind, [*self.choices.get(name, []), value])
        else:
            self._add(name, "day" if has.get("placeholder") == "mm/dd/yyyy" else kind, [])
        if "checked" in has or (kind not in ("radio", "checkbox") and value):
            self.sent[name] = [value or "on"]

    def _add(self, name: str, kind: str, choices: list[str]) -> None:
        self.kinds[name], self.choices[name] = kind, choices

    def questions(self) -> list[str]:
        """The names of all that can be answered here."""
        return [name for name in self.kinds if not name.startswith(_OWN)]

    def answer(self, rng: random.Random, day: str) -> dict[str, Any]:
        """Answer everything; a day is always `day`. What another answer closes is sent, and dropped there."""
        for name in self.questions():
            kind, choices = self.kinds[name], self.choices[name]
            if choices:
                self.sent[name] = [rng.choice(choices[:6])]
            elif kind == "checkbox":
                if rng.random() < 0.2:
                    self.sent[name] = ["on"]
            else:
                self.sent[name] = [day if kind == "day" else "1" if kind == "number" else "Known"]
        return self.sent

    def mend(self, sent: dict[str, Any]) -> dict[str, Any]:
        """What somebody sends next who takes back what is wrong, and leaves open what is unlikely."""
        for name in self.wrong:
            sent.pop(name, None)
        return sent | {name: values for name, values in self.sent.items() if name not in self.kinds}
