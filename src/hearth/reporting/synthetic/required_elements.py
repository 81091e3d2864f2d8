"""Which data elements a project collects, from the registry's requirements."""

from __future__ import annotations

from hearth.standards import Registry

LOCAL_OR_OTHER = 46  # list 2.06.1
# What projects without a federal funder collect too, because the state asks the same of everybody.
_LOCAL_PRACTICE = frozenset(
    {"4.02", "4.03", "4.04", "4.05", "4.06", "4.07", "4.08", "4.09", "4.10", "4.11", "4.21"}
)
_BRIEF_TYPES = (1, 11)  # night-by-night and day shelters keep it short


def required_elements(registry: Registry, project_type: int, funders: tuple[int, ...]) -> frozenset[str]:
    """Element numbers that a project of this type and these funders must collect: {"3.08", "4.02", …}."""
    codes = [str(code) for code in funders]
    needed = {
        number
        for number, element in registry.elements.items()
        if any(r.required == "yes" for r in element.requirements_for(str(project_type), codes))
    }
    if LOCAL_OR_OTHER in funders and project_type not in _BRIEF_TYPES:
        needed |= _LOCAL_PRACTICE
    return frozenset(needed)
