"""HUD's column names as Python names, by rule: no table of exceptions.

`WhenOccurred` → `when_occurred`, `SSNDataQuality` → `ssn_data_quality`, `RelationshipToHoH` →
`relationship_to_hoh`. The two mixed-case words of the field, CoC and HoH, count as one word each.
"""

import re

_WORDS = re.compile(r"CoC|HoH|[A-Z]+(?![a-z])[0-9]*|[A-Z][a-z]+[0-9]*|[a-z]+[0-9]*|[0-9]+")


def python_name(hud_name: str) -> str:
    """The snake_case of a HUD column or file name."""
    return "_".join(word.lower() for word in _WORDS.findall(hud_name))
