"""Every declared flag has a run that raises it and one that does not; and what a flag says."""

import csv
import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from hearth.reporting.reports.lsa import preflight
from hearth.reporting.reports.lsa.bundle import BundleError
from hearth.reporting.reports.lsa.make import files_of, prepare, steps_of
from hearth.reporting.reports.lsa.preflight import SEVERITIES, Flag, declared, flags
from hearth.reporting.reports.lsa.wish import Scope
from hearth.reporting.runtime import engine
from hearth.reporting.runtime.engine import Connection
from hearth.reporting.runtime.run import run_steps

from .bundles import bundle_of
from .world import filled, stage_rows, wish_of

FOLDER = Path(__file__).parent / "flags"
BASE: dict[str, Any] = yaml.safe_load((FOLDER / "base.yml").read_text(encoding="utf-8"))
CASES = {
    case["id"]: case
    for path in sorted(FOLDER.glob("*.yaml"))
    for case in yaml.safe_load(path.read_text(encoding="utf-8"))
}


@pytest.fixture(scope="module")
def tables() -> Any:
    """The tables that the flags read, of a run over nobody, to be filled by the cases."""
    with engine.connected(threads=1) as connection:
        wish = wish_of()
        stage_rows(connection, filled({"Project": {"ES1": {}}}, wish.coc))
        prepare(connection, wish)
        run_steps(connection, steps_of(files_of(Scope.SYSTEMWIDE)))
        yield connection


def raised(connection: Connection, case: dict[str, Any], given: dict[str, Any]) -> list[Flag]:
    """The flag's lines when the tables hold these rows. What is `there` has one row unless the case says
    otherwise, and what a row does not say is as in `defaults`."""
    engine.run(connection, "BEGIN")
    try:
        for table, rows in ({name: [{}] for name in BASE["there"]} | given).items():
            engine.run(connection, f"DELETE FROM {table}")
            for row in rows:
                whole = BASE["defaults"][table] | row
                columns = ", ".join(engine.name(column) for column in whole)
                marks = ", ".join("?" for _ in whole)
                engine.run(
                    connection, f"INSERT INTO {table} ({columns}) VALUES ({marks})", list(whole.values())
                )
        return list(preflight.find(connection, case.get("scope", "systemwide"), [case["id"]]))
    finally:
        engine.run(connection, "ROLLBACK")


def test_every_flag_has_a_case() -> None:
    assert sorted(CASES) == sorted(one.id for one in declared())


def test_flags_are_well_declared() -> None:
    known = {one.id for one in declared()}
    assert len(known) == len(declared())
    for one in declared():
        assert one.severity in SEVERITIES and one.hdx and one.id.islower()
        assert one.sentence.endswith(".") and one.remedy.endswith(".")
        assert set(one.scopes) <= {scope.name.lower() for scope in Scope}


@pytest.mark.parametrize("name", sorted(CASES))
def test_a_flag_is_raised(tables: Connection, name: str) -> None:
    case = CASES[name]
    for number, rows in enumerate(case["raised"]):
        found = raised(tables, case, rows["rows"])
        assert [flag.id for flag in found] == [name], f"case {number}"
        (flag,) = found
        for key, value in rows["flag"].items():
            assert getattr(flag, key) == value, key
        assert "None" not in flag.sentence and "{" not in flag.sentence


@pytest.mark.parametrize("name", sorted(CASES))
def test_a_flag_is_not_raised(tables: Connection, name: str) -> None:
    case = CASES[name]
    assert case["quiet"], "a flag needs a case in which it is not raised"
    for number, rows in enumerate(case["quiet"]):
        assert raised(tables, case, rows) == [], f"case {number}"


def test_a_run_writes_its_flags(tmp_path: Path) -> None:
    folder = bundle_of(
        tmp_path / "out",
        {"Enrollment": [{"PersonalID": "Una", "ProjectID": "ES1", "EntryDate": "2026-01-05"}]},
    )
    found = flags(folder)
    assert "inventory_missing" in {one.id for one in found}
    assert [SEVERITIES.index(one.severity) for one in found] == sorted(
        SEVERITIES.index(one.severity) for one in found
    )
    with (folder / "flags.csv").open() as stream:
        assert [line["id"] for line in csv.DictReader(stream)] == [one.id for one in found]
    assert json.loads((folder / "flags.json").read_text())[0]["sentence"] == found[0].sentence
    (folder / "flags.json").unlink()
    with pytest.raises(BundleError):
        flags(folder)


def test_the_hic_has_flags_of_its_own(tmp_path: Path) -> None:
    folder = bundle_of(tmp_path / "out", {"Project": {"ES1": {}}}, {"scope": "hic"})
    assert not {one.id for one in flags(folder)} & {"no_households", "no_exits", "destination_missing"}
    assert "zip_missing" in {one.id for one in flags(folder)}
