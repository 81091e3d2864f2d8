"""The steps of the LSA in their order, with codes for the names in them, and those that count."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from hearth.reporting import concepts
from hearth.reporting.runtime.codes import Codes, own_lists
from hearth.reporting.runtime.plan import Step, needed, plan
from hearth.reporting.runtime.step_files import read_step, read_steps, step_files
from hearth.standards.load import LATEST, load

from .columns import UploadFile

if TYPE_CHECKING:
    from hearth.reporting.runtime.members import Opened

_HERE = Path(__file__).parent
STEPS = _HERE / "steps"
#: Lists that the specification gives, as tables (`reference/<name>.csv`).
REFERENCE = ("row_values", "row_populations", "population_household_types")
_PARAMETERS = ("lsa_parameters", "lsa_chosen_project", *(f"lsa_{name}" for name in REFERENCE))


@cache
def codes() -> Codes:
    """What the names in the steps stand for: HUD's lists of the year, and the LSA's own."""
    return Codes(load(LATEST), own_lists(_HERE / "codes.yaml"))


def steps_of(files: Sequence[UploadFile], *, given: Sequence[str] = ()) -> list[Step]:
    """The steps that the files rest on, in their order. `given` are tables that the input has beside HUD's.

    Shared concepts are steps, too, where the input does not give their table itself.
    """
    return needed(_planned(tuple(given)), [file.table for file in files])


@cache
def _planned(given: tuple[str, ...]) -> tuple[Step, ...]:
    """All steps in their order; reading them takes longer than a small report, and a worker makes many."""
    theirs = {table.casefold() for table in given}
    shared = [step for step in read_steps(concepts.FOLDER, codes()) if step.name.casefold() not in theirs]
    return tuple(plan([*read_steps(STEPS, codes()), *shared], [*load(LATEST).files, *given, *_PARAMETERS]))


@cache
def counting() -> dict[str, tuple[Step, Opened]]:
    """The steps that count and can be opened, by the table that they make."""
    from hearth.reporting.runtime.members import (
        opened,  # loads the parser, which making a report does not need
    )

    files = [path for path in step_files(STEPS) if "\n-- Members:" in path.read_text("utf-8")]
    return {step.name: (step, opened(step)) for step in (read_step(path, codes()) for path in files)}


@cache
def steps_sha256() -> str:
    """What the steps of this version are known by, codes of the year and all: tables of other steps would not
    mean the same."""
    digest = hashlib.sha256()
    for path in step_files(STEPS):
        digest.update(path.name.encode() + b"\0" + codes().filled(path.read_text("utf-8")).encode() + b"\0")
    return digest.hexdigest()
