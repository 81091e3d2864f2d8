"""Tables made from HUD's pick lists (`standards/lists`), for steps that need the groups of a code as rows.

- `living_situation`: one row per code of list 3.12.1. Code; Situation: homeless, institutional, temporary,
  permanent, other.
- `exit_outcome`: one row per destination and project type for which the exit counts apart (APR Q23c, appendix
  A). Destination; ProjectType; Outcome: positive, excluded. An exit without a row is neither.

A step reads them like any other table. They are steps, too, with the values of the report's year in them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from hearth.standards.load import Registry
from hearth.standards.model import List

from .plan import Step

_SITUATIONS, _PROJECT_TYPES = "3.12.1", "2.02.6"
#: Names of project types → what the APR's appendix A calls them.
_EXIT_FROM = {"SO": "SO", "ES_EE": "ES-EE", "ES_NBN": "ES-NbN", "TH": "TH", "SH": "SH", "SSO": "SSO"}
#: Homelessness prevention and permanent housing, to which the appendix adds all types without a name.
_OTHERS = "HP and PH"


def list_steps(registry: Registry) -> list[Step]:
    """The tables as steps, with the codes of the registry's year."""
    situations, types = registry.list(_SITUATIONS), registry.list(_PROJECT_TYPES)
    groups = [f"({option.code}, '{option.groups[0]}')" for option in situations.options if option.groups]
    outcomes = [
        f"({code}, {project_type}, '{outcome}')"
        for code, project_type, outcome in _outcomes(situations, types)
    ]
    return [
        _step("living_situation", "3.12.1 Living situation", "Code, Situation", groups),
        _step("exit_outcome", "APR Q23c, appendix A", "Destination, ProjectType, Outcome", outcomes),
    ]


def _outcomes(situations: List, types: List) -> Iterator[tuple[str, str, str]]:
    if not _EXIT_FROM.keys() <= types.names.keys():
        return  # before FY2024 shelters were of one type, which the appendix does not know
    named = {code: _EXIT_FROM[word] for word, code in types.names.items() if word in _EXIT_FROM}
    for option in situations.options:
        for project_type in types.codes():
            outcome = option.exit_outcome.get(named.get(project_type, _OTHERS))
            if outcome:
                yield option.code, project_type, outcome


def _step(table: str, section: str, columns: str, rows: Iterable[str]) -> Step:
    keys, _, _ = columns.rpartition(", ")
    nothing = f"({', '.join('NULL' for _ in columns.split(', '))})"  # a table of no rows has columns, too
    values = ", ".join([nothing, *rows])
    sql = f"SELECT {columns} FROM (VALUES {values}) AS t ({columns}) WHERE {keys.split(', ')[0]} IS NOT NULL"
    return Step(table, sql, section, f"one row per {keys}", ())
