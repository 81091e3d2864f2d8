"""What HUD says, as data: `load(2026)` gives the files, lists, elements and checks of a year."""

from hearth.standards.document import StandardsError
from hearth.standards.load import LATEST, YEARS, Registry, load
from hearth.standards.model import Column, File, List, Option

__all__ = ["LATEST", "YEARS", "Column", "File", "List", "Option", "Registry", "StandardsError", "load"]
