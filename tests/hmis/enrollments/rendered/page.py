"""A rendered page of questions, read as a browser sees it: the questions' inputs, their gates and words."""

import html
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_INPUT = re.compile(r'<(?:input|select|textarea)\b[^>]*?\bname="([^"]+)"')
_BOX = '<div class="hearth-question"'
_GATE = re.compile(r'^[^>]*?data-gate="([^"]*)"')
_WORDS = re.compile(
    r'<(?:legend class="usa-legend|label class="usa-label|label class="usa-checkbox__label)[^>]*>\s*([^<]*)'
)
_OF_HUD = re.compile(
    r"(?:c\d+-)?(Enrollment|Exit|IncomeBenefits|HealthAndDV|EmploymentEducation|Disabilities|Client|Services"
    r"|CurrentLivingSituation|Assessment|Event|YouthEducationStatus)-"
)


@dataclass(frozen=True, slots=True)
class Shown:
    """A question on the page. `gate`: what opens it, as `ui/gates.js` reads it; `condition`: the same in
    words, for whoever has no scripts."""

    name: str
    label: str
    is_due: bool
    gate: Any
    condition: str


@dataclass(frozen=True, slots=True)
class Page:
    """The questions about HUD's columns, and the names of all inputs."""

    questions: dict[str, Shown]
    inputs: frozenset[str]
    numbers: frozenset[str]


def read(content: bytes, prefix: str = "") -> Page:
    """The questions of one person. `prefix`: that of their inputs, where several stand on one page."""
    text = content.decode()
    found: dict[str, Shown] = {}
    for part in text.split(_BOX)[1:]:
        name = _INPUT.search(part)
        assert name, part[:200]
        if not _OF_HUD.match(name[1]) or not name[1].startswith(prefix):
            continue
        gate, words = _GATE.match(part), _WORDS.search(part)
        condition = re.search(r'class="hearth-condition[^"]*">([^<]*)<', part)
        bare = name[1].removeprefix(prefix)
        assert bare not in found, f"{bare} is asked twice"
        found[bare] = Shown(
            bare,
            html.unescape(words[1]).strip() if words else "",
            " data-due" in part[: part.index(">", gate.end() if gate else 0)],
            _without(json.loads(html.unescape(gate[1])), prefix) if gate else None,
            html.unescape(condition[1]) if condition else "",
        )
    inputs = frozenset(one.removeprefix(prefix) for one in _INPUT.findall(text) if one.startswith(prefix))
    return Page(found, inputs, frozenset(re.findall(r'class="hearth-hud">([^<]+)<', text)))


def _without(gate: Any, prefix: str) -> Any:
    if isinstance(gate, list):
        return [_without(part, prefix) for part in gate]
    if not isinstance(gate, dict):
        return gate
    return {
        key: value.removeprefix(prefix)
        if key == "input"
        else _without(value, prefix)
        if key in ("every", "either")
        else value
        for key, value in gate.items()
    }


def holds(gate: Any, codes: Mapping[str, str | None]) -> bool:
    """What `ui/gates.js` makes of a gate."""
    if "every" in gate:
        return all(holds(part, codes) for part in gate["every"])
    if "either" in gate:
        return any(holds(part, codes) for part in gate["either"])
    value = codes.get(gate["input"])
    if "blank" in gate:
        return (value is None) == gate["blank"]
    if value is None:
        return False
    if "low" in gate:
        return gate["low"] <= int(value) <= gate["high"]
    return (value in gate["codes"]) is not gate["not"]
