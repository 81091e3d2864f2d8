"""All step files of all reports, each with what the names of codes in it stand for."""

from pathlib import Path

import hearth.reporting.reports as reports
from hearth.reporting import concepts
from hearth.reporting.runtime.codes import Codes, own_bands, own_lists
from hearth.reporting.runtime.report import read_yaml
from hearth.standards.load import LATEST, load

FILES = sorted([*Path(next(iter(reports.__path__))).rglob("*.sql"), *concepts.FOLDER.glob("*.sql")])


def codes_of(path: Path) -> Codes:
    """HUD's lists, and those of the report that the step stands in."""
    own = next((found for parent in path.parents if (found := parent / "codes.yaml").exists()), None)
    if own is None:
        return Codes(load(LATEST))
    said = read_yaml(own)
    return Codes(load(LATEST), own_lists(said), own_bands(said))
