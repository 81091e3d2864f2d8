"""HUD's own sample and test kit: every row arrives, their known oddities are reported, nothing is refused."""

import csv
import io
import zipfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from hearth.reporting import engine
from hearth.reporting.sources import Staged, open_source, stage
from hearth.standards.load import MODEL_YEAR, load
from tests.reference_data import KIT_MERGED, KIT_PER_PROJECT, SAMPLE, reference_data

from .exports import checks, found, write_zip

pytestmark = pytest.mark.golden


def raw_rows(path: Path, table: str, folder: str = "") -> list[dict[str, str]]:
    """Rows as Python's own reader sees them."""
    inside = f"{folder}/{table}.csv" if folder else f"{table}.csv"
    with zipfile.ZipFile(path) as archive:
        return list(csv.DictReader(io.StringIO(archive.read(inside).decode("utf-8-sig"), newline="")))


@pytest.fixture(scope="module")
def sample() -> Iterator[Staged]:
    with open_source(reference_data(SAMPLE)) as source, engine.connected() as connection:
        assert source.year == 2026
        yield stage(source, connection, load(MODEL_YEAR))


def test_every_row_of_the_sample_arrives(sample: Staged) -> None:
    path = reference_data(SAMPLE)
    assert sample.row_counts == {table: len(raw_rows(path, table)) for table in load(2026).files}
    assert sample.rows == 255_203


@pytest.mark.parametrize(
    "table", ["Client", "Enrollment", "Exit", "Services", "ProjectCoC", "AssessmentQuestions"]
)
def test_every_cell_of_the_sample_arrives(sample: Staged, table: str) -> None:
    """Typed values written back as HUD writes them equal the text of the file, cell by cell, in its order."""
    columns = load(2026).file(table).columns
    cells = ", ".join(f"{engine.name(c.name)}::VARCHAR" for c in columns)
    got = engine.rows(sample.connection, f"SELECT _line, {cells} FROM {engine.name(table)} ORDER BY _line")
    expected = []
    for number, row in enumerate(raw_rows(reference_data(SAMPLE), table)):
        by_name = {name.casefold(): value or None for name, value in row.items()}
        expected.append((number + 2, *(by_name[c.name.casefold()] for c in columns)))
    assert got == expected


def test_the_oddities_of_the_sample_are_reported_and_do_not_stop(sample: Staged) -> None:
    assert not sample.stops
    counted = checks(sample)
    assert counted["user_missing", "Client", "UserID"] == 75
    assert counted["export_not_one_row", "Export", None] == 1
    assert found(sample, "export_not_one_row")[0][4] == "10 rows"
    codes = Counter(f[4] for f in found(sample, "code_not_in_list"))
    assert set(codes) == {f"code {code} of list 3.12.1" for code in (419, 434, 440)}
    lines = {f[2] for f in found(sample, "code_not_in_list")}
    destinations = [row["Destination"] for row in raw_rows(reference_data(SAMPLE), "Exit")]
    assert lines == {n + 2 for n, code in enumerate(destinations) if code in ("419", "434", "440")}


def test_what_the_sample_has_no_fault_in_is_not_reported(sample: Staged) -> None:
    families = {"key_twice", "key_blank", "reference_missing", "export_id_differs", "date_unreadable",
                "time_unreadable", "number_unreadable", "money_unreadable", "text_too_long", "required_blank",
                "not_a_coc_of_the_project", "broken_line"}  # fmt: skip
    assert not families & {check for check, _, _ in checks(sample)}


def test_nothing_of_the_sample_contradicts_the_database(sample: Staged) -> None:
    marked = {
        table: engine.scalar(sample.connection, f"SELECT count_if(_faulty) FROM {table}")
        for table in ("Enrollment", "Exit")
    }
    assert marked == {"Enrollment": 0, "Exit": 0}


def test_the_hash_of_the_sample_is_the_same_in_another_shape(sample: Staged, tmp_path: Path) -> None:
    """Columns sorted, header in capitals, rows reversed, UTF-16, line feeds, quotes everywhere."""
    files = {}
    with zipfile.ZipFile(reference_data(SAMPLE)) as archive:
        for name in archive.namelist():
            files[name] = archive.read(name)
    for table in ("Client", "Exit", "Services"):
        rows = raw_rows(reference_data(SAMPLE), table)
        out = io.StringIO()
        writer = csv.DictWriter(out, sorted(rows[0]), quoting=csv.QUOTE_ALL, lineterminator="\n")
        out.write(",".join(name.upper() for name in sorted(rows[0])) + "\n")
        writer.writerows(reversed(rows))
        files[f"{table}.csv"] = out.getvalue().encode("utf-16")
    path = write_zip(tmp_path / "other.zip", files)
    with open_source(path) as source, engine.connected() as connection:
        other = stage(source, connection, load(MODEL_YEAR), check=False)
        for table in ("Client", "Exit", "Services", "Enrollment"):
            key = load(2026).file(table).key
            query = f"SELECT {key}, _hash FROM {table} ORDER BY 1"
            assert engine.rows(other.connection, query) == engine.rows(sample.connection, query), table


KITS = [
    (KIT_MERGED, "inputs/merged/source"),
    (KIT_PER_PROJECT, "inputs/per_project/es_nbn_esg/source"),
    (KIT_PER_PROJECT, "inputs/per_project/ce/source"),
]


@pytest.fixture(scope="module", params=KITS, ids=lambda kit: kit[1].split("/")[-2])
def kit(request: pytest.FixtureRequest) -> Iterator[tuple[Staged, Path, str]]:
    name, folder = request.param
    path = reference_data(name)
    with open_source(path, folder=folder) as source, engine.connected() as connection:
        assert source.year == 2022
        yield stage(source, connection, load(MODEL_YEAR)), path, folder


def test_the_kit_is_upgraded_without_high_findings(kit: tuple[Staged, Path, str]) -> None:
    result, path, folder = kit
    assert not result.stops
    assert [s for s in result.summary if s.severity == "high"] == []
    families = {
        "date_unreadable",
        "time_unreadable",
        "number_unreadable",
        "money_unreadable",
        "required_blank",
    }
    assert not families & {check for check, _, _ in checks(result)}
    kept = set(load(2022).files) & set(load(2026).files)
    assert {t: result.row_counts[t] for t in kept} == {t: len(raw_rows(path, t, folder)) for t in kept}


def test_shelters_of_the_kit_are_split_by_how_they_count_nights(kit: tuple[Staged, Path, str]) -> None:
    result, path, folder = kit
    expected = {}
    for row in raw_rows(path, "Project", folder):
        kind = int(row["ProjectType"])
        expected[row["ProjectID"]] = (1 if row["TrackingMethod"] == "3" else 0) if kind == 1 else kind
    got = dict(engine.rows(result.connection, "SELECT ProjectID, ProjectType FROM Project"))
    assert got == expected
    if folder.split("/")[-2] == "merged":
        assert {0, 1} <= set(got.values())


def test_participation_rows_of_the_kit_are_made_from_its_projects(kit: tuple[Staged, Path, str]) -> None:
    result, path, folder = kit
    victim_services = {
        row["OrganizationID"]: row["VictimServiceProvider"] == "1"
        for row in raw_rows(path, "Organization", folder)
    }
    expected = set()
    for row in raw_rows(path, "Project", folder):
        takes_part = 1 if row["HMISParticipatingProject"] == "1" else 0
        kind = 2 if victim_services[row["OrganizationID"]] else takes_part
        expected.add((row["ProjectID"], kind, row["OperatingStartDate"]))
    start = "HMISParticipationStatusStartDate::VARCHAR"
    got = engine.rows(
        result.connection, f"SELECT ProjectID, HMISParticipationType, {start} FROM HMISParticipation"
    )
    assert set(got) == expected
    assert len(got) == len(expected)
    assert result.row_counts["CEParticipation"] == 0


# From the FY2022 living situations and destinations to code and subsidy, a few by hand.
OLD_TO_NEW = {"16": (116, None), "1": (101, None), "15": (215, None), "29": (329, None), "10": (410, None),
              "19": (435, 419), "20": (435, 420), "28": (435, 428), "3": (435, 440), "31": (435, 431),
              "34": (435, 434), "30": (30, None), "17": (17, None), "99": (99, None)}  # fmt: skip


@pytest.mark.parametrize(
    ("table", "column", "subsidy"),
    [
        ("Exit", "Destination", "DestinationSubsidyType"),
        ("Enrollment", "LivingSituation", "RentalSubsidyType"),
        ("CurrentLivingSituation", "CurrentLivingSituation", "CLSSubsidyType"),
    ],
)
def test_situations_of_the_kit_have_their_new_codes(
    kit: tuple[Staged, Path, str], table: str, column: str, subsidy: str
) -> None:
    result, path, folder = kit
    key = load(2026).file(table).key
    got = {
        k: (code, kind)
        for k, code, kind in engine.rows(result.connection, f"SELECT {key}, {column}, {subsidy} FROM {table}")
    }
    rows = raw_rows(path, table, folder)
    compared = 0
    for row in rows:
        if row[column] in OLD_TO_NEW:
            assert got[row[key]] == OLD_TO_NEW[row[column]]
            compared += 1
        elif not row[column]:
            assert got[row[key]] == (None, None)
    assert compared or not rows


def test_cocs_of_the_kit_moved_to_the_enrollment(kit: tuple[Staged, Path, str]) -> None:
    """The kit has no deleted rows, and the head's record of every household."""
    result, path, folder = kit
    heads = {
        row["EnrollmentID"]: (row["HouseholdID"], row["ProjectID"])
        for row in raw_rows(path, "Enrollment", folder)
        if row["RelationshipToHoH"] == "1"
    }
    of_heads: dict[tuple[str, str], set[str]] = {}
    for row in raw_rows(path, "EnrollmentCoC", folder):
        if row["DataCollectionStage"] == "1" and row["EnrollmentID"] in heads:
            of_heads.setdefault(heads[row["EnrollmentID"]], set()).add(row["CoCCode"])
    got = engine.rows(result.connection, "SELECT HouseholdID, ProjectID, EnrollmentCoC FROM Enrollment")
    for household, project, code in got:
        if (household, project) in of_heads:
            assert code in of_heads[household, project]
    assert sum((household, project) in of_heads for household, project, _ in got) > 0.5 * len(got)


def test_what_has_no_place_any_more_is_kept_as_it_came(kit: tuple[Staged, Path, str]) -> None:
    result, path, folder = kit
    expected = {row["PersonalID"]: row["Female"] for row in raw_rows(path, "Client", folder)}
    got = engine.rows(result.connection, "SELECT PersonalID, _raw ->> '$.Woman' FROM Client")
    assert {person: kept for person, kept in got if expected[person] in "01"} == {
        person: female for person, female in expected.items() if female in ("0", "1")
    }
