"""The main figures are those of HDX's files: counted again from the files by hand."""

import csv
from datetime import date, datetime
from pathlib import Path

import pytest

from hearth.reporting.making import How, make
from hearth.reporting.opening.members import Line, NoSuchRow, Page, under
from hearth.reporting.opening.members import rows as rows_of
from hearth.reporting.reports.lsa.figures import average_row, conditions, night, of_run
from hearth.reporting.reports.lsa.parameters import LsaParameters, Scope
from hearth.reporting.runtime import registry
from hearth.reporting.synthetic import generate as synthetic
from hearth.reporting.synthetic.world_settings import WorldSettings as World
from hearth.standards import load

LSA = registry.by_name("lsa")

COC, NIGHT = "MN-500", date(2026, 1, 28)


@pytest.fixture(scope="module")
def export(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("figures") / "invented.zip"
    synthetic.generate(World(clients=300, seed=3, cocs=(COC,)), load(), path, version="0")
    return path


def made(export: Path, out: Path, scope: Scope, start: date, end: date) -> Path:
    parameters = LsaParameters(
        coc=COC, start=start, end=end, scope=scope, made_at=datetime(2026, 11, 2, 10, 0)
    )
    return make(LSA, export, parameters, out, How("0")).folder


def rows(folder: Path, file: str) -> list[dict[str, str]]:
    with (folder / f"{file}.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def total(found: list[dict[str, str]]) -> int:
    return sum(int(row["RowTotal"]) for row in found)


def test_figures_of_an_lsa(export: Path, tmp_path: Path) -> None:
    folder = made(export, tmp_path / "lsa", Scope.SYSTEMWIDE, date(2025, 10, 1), date(2026, 9, 30))
    figures = of_run(folder, "lsa")
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
    figures = of_run(folder, "hic")
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
    projects = night(folder)
    assert [one["id"] for one in projects] == sorted(there)
    for part in ("beds", "units", "people"):
        said = sum(kind[part] for kind in figures["project_types"])
        assert sum(one[part] for one in projects) == said


def behind(folder: Path, key: str) -> Page:
    """Everybody behind a figure; nobody where it is 0."""
    try:
        return under(folder, conditions()[key], choose=lambda lines: [line.number for line in lines])
    except NoSuchRow:
        return Page(0, 0, 0, ())


def test_as_many_stand_behind_a_figure_as_it_says(export: Path, tmp_path: Path) -> None:
    parameters = LsaParameters(
        coc=COC, start=date(2025, 10, 1), end=date(2026, 9, 30), scope=Scope.SYSTEMWIDE,
        made_at=datetime(2026, 11, 2, 10, 0),
    )  # fmt: skip
    folder = make(LSA, export, parameters, tmp_path / "lsa", How("0", keep=True)).folder
    figures = of_run(folder, "lsa")
    said = {"people": figures["people"], "households": figures["households"]}
    said |= {f"group-{group}": count for group, count in figures["groups"].items()}
    for kind in figures["household_types"]:
        said[f"type-{kind['code']}"] = kind["households"]
        said |= {f"type-{kind['code']}-{group}": kind[group] for group in ("EST", "RRH", "PSH")}
    for cohort in figures["cohorts"]:
        said[f"exits-{cohort['code']}"] = cohort["exits"]
        said[f"returned-{cohort['code']}"] = cohort["returned"]
    assert sum(1 for count in said.values() if count) > 12
    for key, count in said.items():
        page = behind(folder, key)
        assert (page.value, page.total, len(page.members)) == (count, count, count), key
    absent = set(conditions()) - set(said)
    assert all(behind(folder, key).total == 0 for key in absent)
    for one in figures["averages"]:
        for kind in one["days"]:
            assert rows_of(folder, "LSACalculated", average_row(one["row"], kind)).total == 1


def test_the_chosen_come_in_the_order_wanted(export: Path, tmp_path: Path) -> None:
    parameters = LsaParameters(
        coc=COC, start=date(2025, 10, 1), end=date(2026, 9, 30), scope=Scope.SYSTEMWIDE,
        made_at=datetime(2026, 11, 2, 10, 0),
    )  # fmt: skip
    folder = make(LSA, export, parameters, tmp_path / "lsa", How("0", keep=True)).folder
    seen: list[Line] = []

    def last_three(lines: list[Line]) -> list[int]:
        seen.extend(lines)
        return [line.number for line in reversed(lines[-3:])]

    page = under(folder, conditions()["people"], choose=last_three)
    assert [one.personal_id for one in page.members] == [line.personal_id for line in seen[:-4:-1]]
    assert page.total == len(seen)
    for one, line in zip(page.members, seen[:-4:-1], strict=True):
        assert set(line.projects) == {stay.project_id for stay in one.stays}
        assert line.entry == min(stay.entry for stay in one.stays if stay.entry)

    # who may see nothing is given nobody to choose from
    given: list[int] = []
    page = under(
        folder,
        conditions()["people"],
        choose=lambda lines: given.append(len(lines)) or [],
        may_see=lambda ids: set(),
    )
    assert given == [0] and page.members == () and page.hidden == page.total == len(seen)


def test_rows_are_sorted_by_their_size(export: Path, tmp_path: Path) -> None:
    folder = made(export, tmp_path / "lsa", Scope.SYSTEMWIDE, date(2025, 10, 1), date(2026, 9, 30))
    found = rows_of(folder, "LSACalculated", order=[("Value", True), ("ReportRow", False)], limit=10**6)
    sizes = [(-row.count, int(row.values["ReportRow"] or 0)) for row in found.rows]
    assert sizes == sorted(sizes) and found.total == len(sizes)
    people = rows_of(folder, "LSAPerson", {"VetStatus": "1"})
    assert people.count == total([row for row in rows(folder, "LSAPerson") if row["VetStatus"] == "1"])
    assert rows_of(folder, "Project", order=[("ProjectType", False)]).count == 0
    with pytest.raises(NoSuchRow):
        rows_of(folder, "Project", order=[("Value; DROP TABLE x", False)])
