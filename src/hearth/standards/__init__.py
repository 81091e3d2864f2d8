"""What HUD says, as data: `load(2026)` gives the files, lists, elements and checks of a year."""

from hearth.standards.document import StandardsError
from hearth.standards.element import Element, Requirement
from hearth.standards.load import LATEST, MODEL_YEAR, YEARS, Registry, load
from hearth.standards.model import Check, Column, File, Join, List, Option
from hearth.standards.upgrades import Upgrade, load_upgrades

__all__ = [
    "LATEST",
    "MODEL_YEAR",
    "YEARS",
    "Check",
    "Column",
    "Element",
    "File",
    "Join",
    "List",
    "Option",
    "Registry",
    "Requirement",
    "StandardsError",
    "Upgrade",
    "load",
    "load_upgrades",
]
