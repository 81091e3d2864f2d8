"""The main figures are those of HDX's files: counted again from the files by hand."""

import csv
from datetime import date, datetime
from pathlib import Path

import pytest

from hearth.reporting.reports.lsa.figures import of_run
from hearth.reporting.reports.lsa.make import make
from hearth.reporting.reports.lsa.wish import Scope, Wish
from hearth.reporting.synthetic import generate as synthetic
from hearth.reporting.synthetic.wish import Wish as World
from hearth.standards import load

COC, NIGHT = "MN-500", date(2026, 1, 28)


@pytest.fixture(scope="module")
def export(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("figures") / "invented.zip"
    synthetic.generate(World(clients=300, seed=3, cocs=(COC,)), load(), path, version="0")
    return path


def made(export: Path, out: Path, scope: Scope, start: date, end: date) -> Path:
    wish = Wish(coc=COC, start=start, end=end, scope=scope, made_at=datetime(2026, 11, 2, 10, 0))
    return make(export, wish, out, code_version="0").folder


def rows(folder: Path, file: str) -> list[dict[str, str]]:
    with (folder / f"{file}.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def total(found: list[dict[str, str]]) -> int:
    return sum(int(row["RowTotal"]) for row in found)


def test_figures_of_an_lsa(export: Path, tmp_path: Path) -> None:
    folder = made(export, tmp_path / "lsa", Scope.SYSTEMWIDE, date(2025, 10, 1), date(2026, 9, 30))
    figures = of_run(folder, Scope.SYSTEMWIDE)
    people, households, exits = (rows(folder, f"LSA{file}") for file in ("Person", "Household", "Exit"))
    assert figures["people"] == total(people) > 50
    assert figures["households"] == total(households)
    assert figures["exits"] == total([row for row in exits if row["Cohort"] == "0"])
    for group in ("EST", "RRH", "PSH"):
        assert figures["groups"][group] == total([row for row in people if row[f"HHType{group}"] != "-1"])
        for kind in figures["household_types"]:
            served = [
                row
                for row in households
                if row["HHType"] == str(kind["code"]) and int(row[f"{group}Status"]) > 10
            ]
            assert kind[group] == total(served)
    assert sum(kind["households"] for kind in figures["household_types"]) == figures["households"]
    for cohort in figures["cohorts"]:
        back = [row for row in exits if row["Cohort"] == str(cohort["code"]) and row["ReturnTime"] != "-1"]
        assert cohort["returned"] == total(back)
    days = {row["row"]: row["days"] for row in figures["averages"]}
    found = [
        row
        for row in rows(folder, "LSACalculated")
        if row["ReportRow"] == "3" and row["Population"] == "0" and row["SystemPath"] == "-1"
    ]
    assert days[3] == {row["HHType"]: int(row["Value"]) for row in found}
    assert figures["report"]["UnduplicatedClient"] == figures["people"]
    assert "LSAScope" not in figures["report"]


def test_figures_of_a_hic(export: Path, tmp_path: Path) -> None:
    folder = made(export, tmp_path / "hic", Scope.HIC, NIGHT, NIGHT)
    figures = of_run(folder, Scope.HIC)
    assert figures["people"] == total(rows(folder, "LSAPerson")) > 10
    there = {
        row["ProjectID"]: row["ProjectType"]
        for row in rows(folder, "Project")
        if row["OperatingStartDate"] <= str(NIGHT)
        and not (row["OperatingEndDate"] and row["OperatingEndDate"] <= str(NIGHT))
    }
    beds = [
        int(row["BedInventory"])
        for row in rows(folder, "Inventory")
        if row["ProjectID"] in there
        and row["InventoryStartDate"] <= str(NIGHT)
        and not (row["InventoryEndDate"] and row["InventoryEndDate"] < str(NIGHT))
    ]
    assert figures["projects"] == len(there)
    assert figures["beds"] == sum(beds) > 0
    assert sum(kind["people"] for kind in figures["project_types"]) >= figures["people"]
