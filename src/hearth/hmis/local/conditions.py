"""When a local question is asked, in words: for whoever has no scripts, as `hearth.hmis.hud.conditions`."""

from collections.abc import Mapping

from hearth.hmis.hud.conditions import condition_words, hud_named
from hearth.hmis.local.element import LOCAL
from hearth.hmis.local.mn.registry import registry
from hearth.standards.gates import LOCAL_PROGRAM, Gate


def local_condition_words(gate: Gate) -> str:
    """`Asked after: “State and local funding” – FHPAP funding`; empty where it is always asked."""
    return condition_words(gate, named)


def named(name: str) -> tuple[str, Mapping[str, str]]:
    """What is asked for a name in a gate, and its answers: a local question, a program, or HUD's question."""
    file, _, rest = name.partition(".")
    if file == LOCAL_PROGRAM:
        program = registry().programs[rest].name
        return "State and local funding", {"1": program, "0": f"not {program}"}
    if file == LOCAL:
        for element in reversed(registry().elements):
            for field in element.fields:
                if field.name == rest:
                    return field.question, {one.code: one.label for one in field.choices}
    return hud_named(name)
