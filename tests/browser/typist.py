"""Somebody who knows all answers and has no mouse: presses keys, and counts what it takes."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Page

#: Seconds for a key, a decision (an answer chosen, a button pressed) and a page of the server.
KEY, DECISION, ANSWER = 0.28, 1.35, 0.3
#: More stops of Tab than any page has: the keyboard is caught somewhere.
_MOST = 400
_FOCUSED = """() => {
  const one = document.activeElement, box = one.getBoundingClientRect(), style = getComputedStyle(one);
  const group = one.type === "radio" ? [...document.getElementsByName(one.name)] : [];
  const label = one.labels?.[0], drawn = label && /^(radio|checkbox)$/.test(one.type)
    ? getComputedStyle(label, "::before") : style;
  return {
    tag: one.tagName, type: one.type || "", name: one.name || one.id || "", value: one.value || "",
    text: (one.innerText || "").trim(), isOpen: Boolean(one.parentElement?.open),
    isAnswered: one.type === "radio" ? group.some(other => other.checked)
      : one.type === "checkbox" ? one.checked : Boolean(one.value),
    isCombo: one.classList.contains("usa-combo-box__input"),
    isSeen: box.bottom > 0 && box.top < innerHeight
      && [style.outlineStyle, drawn.outlineStyle].some(line => line !== "none"),
    isInMain: document.querySelector("main").contains(one),
  };
}"""

_TAKEN = "() => document.activeElement.closest('.usa-combo-box').querySelector('select').value"


@dataclass
class Cost:
    """What it took. `pages`: how many the server sent."""

    keys: int = 0
    decisions: int = 0
    pages: int = 0

    @property
    def seconds(self) -> float:
        return self.keys * KEY + self.decisions * DECISION + self.pages * ANSWER


class Typist:
    """Keys on one page of a browser. `cost` counts them from the beginning."""

    def __init__(self, page: Page) -> None:
        self.page, self.cost = page, Cost()
        page.on("framenavigated", lambda frame: self._count(frame))

    def _count(self, frame: Any) -> None:
        if frame == self.page.main_frame:
            self.cost.pages += 1

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)
            self.cost.keys += 1

    def write(self, text: str) -> None:
        self.page.keyboard.type(text)
        self.cost.keys += len(text)

    def focused(self) -> dict[str, Any]:
        return dict(self.page.evaluate(_FOCUSED))

    def tab_to(self, text: str = "", name: str = "") -> None:
        """Tab until the element with this text or name has the focus, which is seen at each stop."""
        for _ in range(_MOST):
            now = self.focused()
            if (text and now["text"].startswith(text)) or (name and now["name"] == name):
                return
            self.press("Tab")
            seen = self.focused()
            assert seen["isSeen"] or not seen["isInMain"], f"no visible focus at {seen}"
        raise AssertionError(f"Tab does not reach {text or name!r}")

    def follow(self, text: str) -> None:
        """Tab to a link or button, and press it."""
        self.tab_to(text)
        self.cost.decisions += 1
        with self.page.expect_navigation():
            self.press("Enter")

    def send(self) -> None:
        """Press the button that finishes the form, from wherever one is in it."""
        self.cost.decisions += 1
        with self.page.expect_navigation():
            self.press("Control+Enter")

    def skip_to_content(self) -> None:
        self.press("Tab", "Enter")

    def fill(self, answers: Mapping[str, str], until: str = "", after: str = "") -> list[str]:
        """Go through the questions by Tab and answer them, up to the button `until`, or to the answer of the
        question `after`. Which answer is said by the end of a question's name; "None of these" is pressed,
        folds are opened. Names of questions without an answer are returned."""
        left: list[str] = []
        for _ in range(_MOST):
            now = self.focused()
            if until and now["text"].startswith(until):
                return left
            if after and now["name"].endswith(after) and now["isAnswered"]:
                return left
            said = next((answers[end] for end in answers if now["name"].endswith(end)), None)
            if now["text"] == "None of these":
                self.press("Enter")
                self.cost.decisions += 1
            elif now["tag"] == "SUMMARY" and not now["isOpen"] and any(one in now["text"] for one in FOLDS):
                self.press("Enter")
            elif now["tag"] in ("INPUT", "SELECT") and not now["isAnswered"] and now["isInMain"]:
                if said is None:
                    left.append(now["name"])
                elif now["isCombo"]:
                    self.write(said)
                    self.press("Enter")
                    self.cost.decisions += 1
                    assert self.page.evaluate(_TAKEN), f"{now['name']} took nothing for {said!r}"
                elif now["type"] in ("radio", "checkbox"):
                    self.press(said)
                    self.cost.decisions += 1
                elif now["tag"] == "SELECT":
                    self.write(said)
                    self.cost.decisions += 1
                else:
                    self.write(said)
                if after and now["name"].endswith(after):
                    return left
            self.press("Tab")
        raise AssertionError(f"Tab does not reach {until!r}")


#: Parts of the folds that somebody opens on the way: the people of a household, and what is asked alone.
FOLDS = ("answered", "asked alone")
