"""Bundles of small invented worlds (see `world`), made as `make` makes them."""

import hashlib
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from hearth.reporting import engine
from hearth.reporting.making import leave, prepare
from hearth.reporting.reports.lsa.parameters import LsaParameters
from hearth.reporting.runtime import registry
from hearth.reporting.runtime.run import RunRecord, run_steps

from .world import Rows, filled, parameters_of, stage_rows

LSA = registry.by_name("lsa")


def bundle_of(folder: Path, short: Mapping[str, Any], report: Mapping[str, Any] | None = None) -> Path:
    """The report of these short rows, with its tables kept, in `folder`."""
    parameters = parameters_of(report)
    return bundle_of_rows(folder, filled(short, parameters.coc), parameters)


def bundle_of_rows(folder: Path, rows: Rows, parameters: LsaParameters) -> Path:
    """The report of these whole rows, with its tables kept, in `folder`: a copy that is the caller's own. It
    is made once in a process, for all tests that ask for the same."""
    asked = hashlib.sha256(repr((rows, parameters)).encode()).hexdigest()
    if asked not in _made:
        _made[asked] = Path(_kept.name) / asked
        _make(_made[asked], rows, parameters)
    shutil.copytree(_made[asked], folder, dirs_exist_ok=True)
    return folder


_kept = tempfile.TemporaryDirectory(prefix="bundles-")
_made: dict[str, Path] = {}


def _make(folder: Path, rows: Rows, parameters: LsaParameters) -> None:
    with engine.connected(threads=1) as connection:
        stage_rows(connection, rows)
        prepare(LSA, connection, parameters)
        run_steps(connection, LSA.steps_of(LSA.files_of(parameters.kind)))
        record = RunRecord(
            report="hic" if parameters.scope.name == "HIC" else "lsa",
            specification="test",
            year=2026,
            parameters={
                "coc": parameters.coc,
                "start": str(parameters.start),
                "end": str(parameters.last_day),
                "scope": parameters.scope.name.lower(),
                "projects": list(parameters.projects),
            },
            code_version="test",
            input_sha256=hashlib.sha256(repr(rows).encode()).hexdigest(),
        )
        leave(LSA, connection, parameters, record, folder, keep=True)
