"""Every tie that a step of the LSA declares can be, and how many there were is said of a run."""

import json
from collections import Counter
from pathlib import Path

import pytest
from typer.testing import CliRunner

from hearth.reporting.cli import app
from tests.reporting.reports.test_standing import Asked, ties_declared, ties_of, with_ties

from .random_world import random_world
from .test_deleted import YEAR, export, world
from .world import LSA

EXITS = "exits of one enrollment on one day"


def test_every_declared_tie_can_be() -> None:
    asked = Asked(LSA, "systemwide")
    found: Counter[str] = Counter()
    for seed in range(12, 15):
        found.update(of for of, _ in ties_of(asked, with_ties(random_world(seed, 40))))
    assert found.keys() == ties_declared(LSA)


@pytest.mark.parametrize("tied", [0, 1])
def test_ties_are_in_the_record_and_on_the_terminal(tmp_path: Path, tied: int) -> None:
    rows = world()
    (left,) = rows["Exit"]
    if tied:
        rows["Exit"] = [left, left | {"ExitID": f"{left['ExitID']}b", "Destination": 116}]
    source = export(rows, tmp_path / "of")
    result = CliRunner().invoke(app, ["lsa", str(source), "--out", str(tmp_path / "out"), *YEAR])
    assert result.exit_code == 0, result.output
    ties = json.loads((tmp_path / "out" / "run.json").read_text())["ties"]
    assert ties == dict.fromkeys(ties_declared(LSA), 0) | {EXITS: tied}
    said = " ".join(result.output.split())
    assert ("Exits of one enrollment on one day, once: no value says which of them counts" in said) == bool(
        tied
    )
