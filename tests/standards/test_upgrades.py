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


Row = dict[str, str | None]


def enrolled(number: str, household: str | None, project: str = "p", head: str = "1", **other: str) -> Row:
    return {"EnrollmentID": number, "HouseholdID": household, "ProjectID": project,
            "RelationshipToHoH": head, **other}  # fmt: skip


def coc(number: str, enrollment: str, code: str | None, **other: str) -> Row:
    return {"EnrollmentCoCID": number, "EnrollmentID": enrollment, "CoCCode": code,
            "DataCollectionStage": "1", "InformationDate": "2022-01-01", **other}  # fmt: skip


PROJECT_COCS: list[Row] = [
    {"ProjectCoCID": "1", "ProjectID": "p", "CoCCode": "XX-500"},
    {"ProjectCoCID": "2", "ProjectID": "two", "CoCCode": "XX-500"},
    {"ProjectCoCID": "3", "ProjectID": "two", "CoCCode": "XX-501"},
]


@pytest.mark.parametrize(
    ("enrollments", "records", "expected"),
    [
        # The head's own record, for all of the household; the first of the stay.
        ([enrolled("1", "h"), enrolled("2", "h", head="3")],
         [coc("b", "1", "XX-502", InformationDate="2022-02-01"), coc("a", "1", "XX-501"),
          coc("c", "1", "XX-503", DataCollectionStage="2", InformationDate="2021-01-01")],
         ["XX-501", "XX-501"]),
        # A record of another member is none of the head's, whatever household it names.
        ([enrolled("1", "h"), enrolled("2", "h", head="3")],
         [coc("a", "2", "XX-509", HouseholdID="h")], ["XX-500", "XX-500"]),
        # An update where there is none of the entry.
        ([enrolled("1", "h")], [coc("a", "1", "XX-501", DataCollectionStage="2")], ["XX-501"]),
        # A deleted record, and one without a code, are no records.
        ([enrolled("1", "h")],
         [coc("a", "1", "XX-502", DateDeleted="x"), coc("b", "1", None), coc("c", "1", "XX-501")],
         ["XX-501"]),
        # What a deleted head said counts for nobody else.
        ([enrolled("1", "h", DateDeleted="2022-03-01 00:00:00"), enrolled("2", "h", head="3")],
         [coc("a", "1", "XX-502")], ["XX-500", "XX-500"]),
        # One household number in two projects is two households.
        ([enrolled("1", "h"), enrolled("2", "h", "two", head="3")], [coc("a", "1", "XX-501")],
         ["XX-501", None]),
        # Without a household number the head still has its own.
        ([enrolled("1", None)], [coc("a", "1", "XX-501")], ["XX-501"]),
        # Nothing said: the project's only CoC; nothing where it has two.
        ([enrolled("1", "h"), enrolled("2", "g", "two")], [], ["XX-500", None]),
    ],
)  # fmt: skip
def test_the_head_s_coc_moves_into_the_enrollments(
    enrollments: list[Row], records: list[Row], expected: list[str | None]
) -> None:
    new = upgraded({"Enrollment": enrollments, "EnrollmentCoC": records, "ProjectCoC": PROJECT_COCS})
    found = {row["EnrollmentID"]: row["EnrollmentCoC"] for row in new["Enrollment"]}
    assert [found[str(row["EnrollmentID"])] for row in enrollments] == expected


def test_a_deleted_coc_of_a_project_is_none() -> None:
    deleted: Row = {"ProjectCoCID": "9", "ProjectID": "p", "CoCCode": "XX-509", "DateDeleted": "2022-01-01"}
    new = upgraded({"Enrollment": [enrolled("1", "h")], "ProjectCoC": [*PROJECT_COCS, deleted]})
    assert [row["EnrollmentCoC"] for row in new["Enrollment"]] == ["XX-500"]


def test_a_deleted_organization_says_nothing_of_its_projects() -> None:
    new = upgraded(
        {
            "Organization": [
                {"OrganizationID": "v", "VictimServiceProvider": "1", "DateDeleted": "2022-01-01"}
            ],
            "Project": [{"ProjectID": "a", "OrganizationID": "v", "HMISParticipatingProject": "1"}],
        }
    )
    assert [row["HMISParticipationType"] for row in new["HMISParticipation"]] == ["1"]


@pytest.mark.parametrize("year", YEARS[:-1])
def test_no_step_looks_at_deleted_rows_of_another_file(year: int) -> None:
    """Whatever a step will look up one day: the rows that are looked at are the undeleted ones."""
    for upgrade in load_upgrades(year)[0].files.values():
        looked_at = set(upgrade.joins)
        for column in upgrade.columns:
            for lookup in column.lookups:
                looked_at |= {lookup.file} | ({lookup.through.file} if lookup.through else set())
        select = upgrade.select(lambda name: f"old_{name}_")
        for name in looked_at:
            live = f'FROM old_{name}_ WHERE "DateDeleted" IS NULL'
            others = select.count(f"old_{name}_") - (name == upgrade.rows_from)
            assert others == select.count(live) > 0


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
