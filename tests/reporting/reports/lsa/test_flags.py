"""Every declared flag has a run that raises it and one that does not; and what a flag says."""

import csv
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from hearth.reporting import engine
from hearth.reporting.engine import Connection
from hearth.reporting.making import prepare
from hearth.reporting.opening.bundle import BundleError
from hearth.reporting.opening.members import flags
from hearth.reporting.reports.lsa.parameters import Scope
from hearth.reporting.runtime import registry
from hearth.reporting.runtime.flags import SEVERITIES, Flag, declared, find, write
from hearth.reporting.runtime.run import run_steps
from hearth.standards.load import LATEST, load

from .bundles import bundle_of
from .world import filled, parameters_of, stage_rows

LSA = registry.by_name("lsa")

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
        parameters = parameters_of()
        stage_rows(connection, filled({"Project": {"ES1": {}}}, parameters.coc))
        prepare(LSA, connection, parameters)
        run_steps(connection, LSA.steps_of(LSA.files_of("lsa")))
        for file in set(BASE["defaults"]) & set(load(LATEST).files):  # a view of the live rows
            connection.execute(f"CREATE TABLE live AS SELECT * FROM {file}")
            connection.execute(f"DROP VIEW {file}")
            connection.execute(f"ALTER TABLE live RENAME TO {file}")
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
        return list(find(LSA, connection, case.get("scope", "systemwide"), [case["id"]]))
    finally:
        engine.run(connection, "ROLLBACK")


def test_every_flag_has_a_case() -> None:
    assert sorted(CASES) == sorted(one.id for one in declared(LSA))


def test_flags_are_well_declared() -> None:
    known = {one.id for one in declared(LSA)}
    assert len(known) == len(declared(LSA))
    for one in declared(LSA):
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
            said = getattr(flag, key)
            assert (list(said) if isinstance(said, tuple) else said) == value, key
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


def test_inventory_that_the_report_leaves_out_or_that_has_blanks_is_flagged(tmp_path: Path) -> None:
    """The step drops a record that ends before it starts, and adds blanks up to a blank."""
    record = {"ProjectID": "ES1", "CoCCode": "XX-501", "HouseholdType": 1}
    folder = bundle_of(
        tmp_path / "out",
        {
            "Project": {"ES1": {}},
            "Inventory": [
                record | {"InventoryStartDate": "2026-03-01", "InventoryEndDate": "2026-02-01"},
                record
                | {
                    "InventoryStartDate": "2026-03-01",
                    "InventoryEndDate": "2026-02-01",
                    "DateDeleted": "2026-05-01",
                },
                record | {"InventoryStartDate": "2025-03-01", "UnitInventory": 5, "OtherBedInventory": 4},
            ],
        },
    )
    found = {one.id: one for one in flags(folder)}
    assert found["inventory_ends_before_start"].hdx == (784,)
    assert found["inventory_ends_before_start"].count == 1
    assert found["bed_count_missing"].hdx == (46,) and found["more_units_than_beds"].hdx == (785,)


def test_flags_csv_has_a_number_and_the_years(tmp_path: Path) -> None:
    folder = bundle_of(tmp_path / "out", {"Project": {"ES1": {}}})
    with (folder / "flags.csv").open() as stream:
        lines = list(csv.DictReader(stream))
    assert [line["number"] for line in lines] == [str(number) for number in range(1, len(lines) + 1)]
    assert {line["years"] for line in lines} <= {"2025", "2026", "2025 2026"}
    assert "people" not in lines[0]


def test_flags_csv_holds_no_formula(tmp_path: Path) -> None:
    """Keys of projects are as somebody's export has them."""
    folder = bundle_of(tmp_path / "out", {"Project": {"ES1": {}}})
    known = next(one for one in flags(folder) if one.project_id)
    write(folder, [replace(known, project_id="=1+1", sentence="@SUM(A1)")])
    with (folder / "flags.csv").open() as stream:
        (line,) = csv.DictReader(stream)
    assert (line["project_id"], line["sentence"]) == ("'=1+1", "'@SUM(A1)")
    assert flags(folder)[0].project_id == "=1+1"
