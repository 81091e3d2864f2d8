"""An export of an earlier year comes out in the shape of the newest, with nothing changed by accident."""

import zipfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from hearth.standards import YEARS, load, load_upgrades
from tests.standards.reference import data_folder, require

KIT = "hud-test-kit-2.0-fy2022/inputs-merged.zip"


def test_steps_lead_from_year_to_year() -> None:
    assert [(s.from_year, s.to_year) for s in load_upgrades(2022)] == [(2022, 2024), (2024, 2026)]
    assert [(s.from_year, s.to_year) for s in load_upgrades(2024)] == [(2024, 2026)]
    assert load_upgrades(YEARS[-1]) == ()


@pytest.mark.parametrize("year", YEARS[:-1])
def test_a_step_gives_exactly_the_columns_of_the_new_year(year: int) -> None:
    step = load_upgrades(year)[0]
    new = load(step.to_year)
    assert list(step.files) == list(new.files)
    for upgrade in step.files.values():
        assert [c.name for c in upgrade.columns] == [c.name for c in new.file(upgrade.name).columns]


def upgraded(rows: dict[str, list[dict[str, str | None]]]) -> dict[str, list[dict[str, str | None]]]:
    """Rows of an FY2022 export, upgraded to the newest year; what is not given is blank."""
    with duckdb.connect() as engine:
        for file in load(2022).files.values():
            names = ", ".join(f'"{c.name}" VARCHAR' for c in file.columns)
            engine.execute(f'CREATE TABLE "2022_{file.name}" ({names})')
            for row in rows.get(file.name, []):
                names = ", ".join(f'"{name}"' for name in row)
                marks = ", ".join("?" for _ in row)
                engine.execute(
                    f'INSERT INTO "2022_{file.name}" ({names}) VALUES ({marks})', list(row.values())
                )
        run_steps(engine)
        result = {}
        for name, file in load().files.items():
            cursor = engine.execute(f'SELECT * FROM "2026_{name}"')
            names = [column.name for column in file.columns]
            result[name] = [dict(zip(names, values, strict=True)) for values in cursor.fetchall()]
        return result


def run_steps(engine: duckdb.DuckDBPyConnection, carry: tuple[str, ...] = ()) -> None:
    for step in load_upgrades(2022):
        for upgrade in step.files.values():
            select = upgrade.select(lambda name, step=step: f'"{step.from_year}_{name}"', carry=carry)
            engine.execute(f'CREATE TABLE "{step.to_year}_{upgrade.name}" AS {select}')


def test_race_ethnicity_and_gender() -> None:
    clients = upgraded(
        {
            "Client": [
                {"PersonalID": "1", "Ethnicity": "1", "RaceNone": "99", "White": "99", "Female": "1"},
                {"PersonalID": "2", "Ethnicity": "9", "RaceNone": "9", "BlackAfAmerican": "1"},
            ]
        }
    )["Client"]
    assert [(c["HispanicLatinao"], c["RaceNone"], c["White"], c["BlackAfAmerican"]) for c in clients] == [
        ("1", None, "0", "0"),
        ("0", "9", "0", "1"),
    ]
    assert {c["Sex"] for c in clients} == {None}
    assert {c["MidEastNAfrican"] for c in clients} == {"0"}


def test_living_situations_get_their_category_and_subsidy() -> None:
    new = upgraded(
        {
            "Enrollment": [{"EnrollmentID": "1", "LivingSituation": "19"}],
            "Exit": [
                {"ExitID": code, "Destination": code} for code in ("3", "10", "16", "24", "31", "99", "777")
            ],
            "CurrentLivingSituation": [{"CurrentLivingSitID": "1", "CurrentLivingSituation": "37"}],
        }
    )
    assert [(e["LivingSituation"], e["RentalSubsidyType"]) for e in new["Enrollment"]] == [("435", "419")]
    assert [(e["Destination"], e["DestinationSubsidyType"]) for e in new["Exit"]] == [
        ("435", "440"), ("410", None), ("116", None), ("24", None), ("435", "431"), ("99", None),
        ("777", None),
    ]  # fmt: skip
    assert [c["CurrentLivingSituation"] for c in new["CurrentLivingSituation"]] == ["37"]


def test_shelters_split_by_tracking_method() -> None:
    projects = upgraded(
        {
            "Project": [
                {"ProjectID": "a", "ProjectType": "1", "TrackingMethod": "3"},
                {"ProjectID": "b", "ProjectType": "1", "TrackingMethod": "0"},
                {"ProjectID": "c", "ProjectType": "1"},
                {"ProjectID": "d", "ProjectType": "13"},
            ]
        }
    )["Project"]
    assert [p["ProjectType"] for p in projects] == ["1", "0", "0", "13"]
    assert {p["RRHSubType"] for p in projects} == {None}


def test_participation_becomes_rows() -> None:
    new = upgraded(
        {
            "Organization": [
                {"OrganizationID": "o", "VictimServiceProvider": "0"},
                {"OrganizationID": "v", "VictimServiceProvider": "1"},
            ],
            "Project": [
                {"ProjectID": "a", "OrganizationID": "o", "HMISParticipatingProject": "1"},
                {"ProjectID": "b", "OrganizationID": "o", "HMISParticipatingProject": "99"},
                {"ProjectID": "c", "OrganizationID": "v", "HMISParticipatingProject": "1"},
            ],
        }
    )
    told = {row["ProjectID"]: row["HMISParticipationType"] for row in new["HMISParticipation"]}
    assert told == {"a": "1", "b": "0", "c": "2"}
    assert new["CEParticipation"] == []


def test_the_coc_moves_into_the_enrollment() -> None:
    new = upgraded(
        {
            "Enrollment": [
                {"EnrollmentID": "1", "HouseholdID": "h", "ProjectID": "p"},
                {"EnrollmentID": "2", "HouseholdID": "none", "ProjectID": "p"},
                {"EnrollmentID": "3", "HouseholdID": "none", "ProjectID": "two"},
            ],
            "EnrollmentCoC": [
                {"EnrollmentCoCID": "b", "HouseholdID": "h", "CoCCode": "XX-502", "DataCollectionStage": "1",
                 "InformationDate": "2022-02-01"},
                {"EnrollmentCoCID": "a", "HouseholdID": "h", "CoCCode": "XX-501", "DataCollectionStage": "1",
                 "InformationDate": "2022-01-01"},
                {"EnrollmentCoCID": "c", "HouseholdID": "h", "CoCCode": "XX-503", "DataCollectionStage": "2",
                 "InformationDate": "2021-01-01"},
            ],
            "ProjectCoC": [
                {"ProjectCoCID": "1", "ProjectID": "p", "CoCCode": "XX-500"},
                {"ProjectCoCID": "2", "ProjectID": "two", "CoCCode": "XX-500"},
                {"ProjectCoCID": "3", "ProjectID": "two", "CoCCode": "XX-501"},
            ],
        }
    )["Enrollment"]  # fmt: skip
    assert {e["EnrollmentID"]: e["EnrollmentCoC"] for e in new} == {"1": "XX-501", "2": "XX-500", "3": None}


def test_codes_that_left_a_list() -> None:
    new = upgraded(
        {
            "Exit": [{"ExitID": "1", "CounselingReceived": "99", "Telephone": "1"}],
            "Enrollment": [{"EnrollmentID": "1", "ReferralSource": "10"}],
            "Services": [
                {"ServicesID": "1", "RecordType": "152", "TypeProvided": "11"},
                {"ServicesID": "2", "RecordType": "144", "TypeProvided": "11"},
            ],
        }
    )
    assert (new["Exit"][0]["CounselingReceived"], new["Exit"][0]["Telephone"]) == (None, "1")
    assert new["Enrollment"][0]["ReferralSource"] == "7"
    assert [s["TypeProvided"] for s in new["Services"]] == ["12", "11"]


@pytest.fixture(scope="module")
def kit(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    """HUD's FY2022 test kit, upgraded to the newest year."""
    folder = tmp_path_factory.mktemp("kit")
    with zipfile.ZipFile(require(data_folder() / KIT)) as archive:
        archive.extractall(folder)
    (source,) = {path.parent for path in Path(folder).rglob("Export.csv")}
    with duckdb.connect() as engine:
        for name in load(2022).files:
            engine.execute(
                f'CREATE TABLE "2022_{name}" AS SELECT *, row_number() OVER () AS line'
                f" FROM read_csv('{source / name}.csv', header=true, all_varchar=true)"
            )
        run_steps(engine, carry=("line",))
        yield engine


@pytest.mark.golden
def test_headers_of_the_kit_are_those_of_2022(kit: duckdb.DuckDBPyConnection) -> None:
    for name, file in load(2022).files.items():
        told = [row[0] for row in kit.execute(f'DESCRIBE "2022_{name}"').fetchall()]
        assert told == [*(column.name for column in file.columns), "line"]


@pytest.mark.golden
def test_the_kit_keeps_its_rows_and_every_code_is_in_its_list(kit: duckdb.DuckDBPyConnection) -> None:
    registry = load()
    outside: Counter[str] = Counter()
    for name, file in registry.files.items():
        rows = kit.execute(f'SELECT count(*) FROM "2026_{name}"').fetchone()
        before = {"HMISParticipation": "Project"}.get(name, name)
        if name != "CEParticipation":
            assert rows == kit.execute(f'SELECT count(*) FROM "2022_{before}"').fetchone(), name
        for column in file.columns:
            if column.list is None:
                continue
            for (code,) in kit.execute(f'SELECT DISTINCT "{column.name}" FROM "2026_{name}"').fetchall():
                if code is not None and code not in registry.list(column.list).codes():
                    outside[column.id] += 1
    assert outside == Counter()
