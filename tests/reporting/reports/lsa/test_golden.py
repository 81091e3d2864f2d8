"""Against HUD's sample: the HIC in all its files and intermediate tables; of the LSA what is computed.

Rows are compared as multisets, without the columns that name the run and the vendor.
"""

import csv
import io
import zipfile
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from pathlib import Path

import pytest
import yaml

import hearth.reporting.reports.lsa as lsa
from hearth.reporting import engine
from hearth.reporting.engine import Connection
from hearth.reporting.making import How, Made, make, prepare, read_by
from hearth.reporting.reports.lsa.parameters import LsaParameters, Scope
from hearth.reporting.runtime import registry
from hearth.reporting.runtime.counted_rows import opened
from hearth.reporting.runtime.inputs import opened_input
from hearth.reporting.runtime.live import NotLive
from hearth.reporting.runtime.report import ReportFile
from hearth.reporting.runtime.run import run_steps
from hearth.reporting.runtime.step_files import read_step
from tests.reference_data import SAMPLE, reference_data

LSA = registry.by_name("lsa")

pytestmark = pytest.mark.golden

DAYS = "CAST(unnest(generate_series({}, {}, INTERVAL 1 DAY)) AS DATE)"

FOLDER = Path(next(iter(lsa.__path__)))
KIT = "hud-lsa-sample-fy2026"
OF_THE_RUN = {
    "ReportID",
    "ReportDate",
    "ExportID",
    "SoftwareVendor",
    "SoftwareName",
    "VendorContact",
    "VendorEmail",
}
MADE_AT = datetime(2026, 8, 19, 20, 19)
HIC = LsaParameters(
    coc="XX-501", start=date(2027, 1, 28), end=date(2027, 1, 28), scope=Scope.HIC, made_at=MADE_AT
)

Rows = list[dict[str, str]]


def golden(kit: str, file: str) -> Rows:
    with zipfile.ZipFile(reference_data(f"{KIT}/{kit}.zip")) as archive:
        member = next(name for name in archive.namelist() if Path(name).name == f"{file}.csv")
        return list(csv.DictReader(io.StringIO(archive.read(member).decode("utf-8-sig"), newline="")))


def header(kit: str, file: str) -> list[str]:
    with zipfile.ZipFile(reference_data(f"{KIT}/{kit}.zip")) as archive:
        member = next(name for name in archive.namelist() if Path(name).name == f"{file}.csv")
        return archive.read(member).decode("utf-8-sig").splitlines()[0].split(",")


def as_known(rows: Rows, file: str, report: str) -> Rows:
    """HUD's rows with the listed differences put in; a difference that is not found fails."""
    listed = yaml.safe_load((FOLDER / "KNOWN_DIFFERENCES.yaml").read_text())[report]
    changed = [dict(row) for row in rows]
    for known in listed:
        if known["file"] != file:
            continue
        found = [
            row
            for row in changed
            if all(row[column] == value for column, value in known["where"].items())
            and ("column" not in known or row[known["column"]] == known["hud"])
        ]
        assert len(found) == 1, f"not in HUD's file: {known}"
        if "column" in known:
            found[0][known["column"]] = known["ours"] or ""
        else:
            changed.remove(found[0])
    return changed


def counted(rows: Rows, columns: list[str]) -> Counter[tuple[str, ...]]:
    return Counter(tuple(row[column] for column in columns) for row in rows)


@pytest.fixture(scope="module")
def hic(tmp_path_factory: pytest.TempPathFactory) -> Made:
    return make(LSA, reference_data(SAMPLE), HIC, tmp_path_factory.mktemp("hic") / "out", How("test"))


@pytest.mark.parametrize(
    "file",
    [
        "Project", "Organization", "Funder", "ProjectCoC", "Inventory", "HMISParticipation", "Affiliation",
        "LSAReport", "LSAPerson", "LSAHousehold", "LSAExit", "LSACalculated",
    ],
)  # fmt: skip
def test_a_file_of_the_hic(hic: Made, file: str) -> None:
    with zipfile.ZipFile(hic.zip) as archive:
        text = archive.read(f"{file}.csv").decode()
    assert text == (hic.folder / f"{file}.csv").read_bytes().decode()
    assert text.splitlines()[0].split(",") == header("hic-output", file)
    ours = list(csv.DictReader(io.StringIO(text, newline="")))
    columns = [column for column in header("hic-output", file) if column not in OF_THE_RUN]
    expected = as_known(golden("hic-output", file), file, "hic")
    assert counted(ours, columns) == counted(expected, columns)


def run_on_sample(parameters: LsaParameters, files: Sequence[ReportFile]) -> Iterator[Connection]:
    with opened_input(reference_data(SAMPLE), LSA.registry) as given, engine.connected() as connection:
        steps = LSA.steps_of(files)
        given.put(connection, read_by(LSA, steps))
        assert given.not_live == NotLive()
        prepare(LSA, connection, parameters)
        run_steps(connection, steps)
        yield connection


@pytest.fixture(scope="module")
def tables() -> Iterator[Connection]:
    yield from run_on_sample(HIC, LSA.files_of("hic"))


def ours_of(connection: Connection, sql: str, columns: list[str]) -> Counter[tuple[str, ...]]:
    cells = ", ".join(f"coalesce(CAST({engine.name(column)} AS VARCHAR), '')" for column in columns)
    return Counter(engine.rows(connection, f"SELECT {cells} FROM ({sql}) AS t"))


@pytest.mark.parametrize(
    ("file", "sql", "without"),
    [
        ("tlsa_CohortDates", "SELECT * FROM lsa_cohort", {"ReportID"}),
        ("tlsa_HHID", "SELECT * FROM lsa_household_active", {"ExitCohort"}),
        (
            "tlsa_Enrollment",
            "SELECT n.*, CASE WHEN c.EnrollmentID IS NULL THEN 0 ELSE 1 END AS CH FROM lsa_enrollment AS n"
            " LEFT JOIN lsa_ch_enrollment AS c ON c.EnrollmentID = n.EnrollmentID",
            # HUD's are empty where no such night lies in the report, ours are 0
            {"PITOctober", "PITJanuary", "PITApril", "PITJuly"},
        ),
        ("tlsa_Person", "SELECT * FROM lsa_person_detail", {"ReportID"}),
        (
            "ch_Exclude",
            f"SELECT DISTINCT PersonalID, {DAYS.format('StartDate', 'EndDate - 1')} AS excludeDate"
            " FROM lsa_ch_interval WHERE Excluded = 1",
            set(),
        ),
        (
            "ch_Include",
            f"SELECT PersonalID, {DAYS.format('EpisodeStart', 'EpisodeEnd')} AS ESSHStreetDate"
            " FROM lsa_ch_episode",
            set(),
        ),
        ("ch_Episodes", "SELECT * FROM lsa_ch_episode", set()),
        ("tlsa_CountPops", "SELECT * FROM lsa_population", set()),
    ],
)
def test_an_intermediate_table_of_the_hic(tables: Connection, file: str, sql: str, without: set[str]) -> None:
    columns = [column for column in header("hic-temp-tables", file) if column not in without | {"Step"}]
    assert ours_of(tables, sql, columns) == counted(golden("hic-temp-tables", file), columns)


@pytest.fixture(scope="module")
def systemwide() -> Iterator[Connection]:
    parameters = LsaParameters(
        coc="XX-501", start=date(2025, 10, 1), end=date(2026, 9, 30), scope=Scope.SYSTEMWIDE, made_at=MADE_AT
    )
    yield from run_on_sample(parameters, LSA.files_of("lsa"))


@pytest.mark.parametrize(
    ("file", "table"),
    [
        ("LSAPerson", "lsa_person"),
        ("LSAHousehold", "lsa_household"),
        ("LSAExit", "lsa_exit"),
        ("LSAReport", "lsa_report"),
        ("LSACalculated", "lsa_calculated"),
        ("Project", "lsa_project"),
        ("Organization", "lsa_organization"),
        ("Funder", "lsa_funder"),
        ("ProjectCoC", "lsa_project_coc"),
        ("Inventory", "lsa_inventory"),
        ("HMISParticipation", "lsa_hmis_participation"),
        ("Affiliation", "lsa_affiliation"),
    ],
)
def test_a_file_of_the_systemwide_lsa(systemwide: Connection, file: str, table: str) -> None:
    columns = [column for column in header("lsa-output", file) if column not in OF_THE_RUN]
    expected = as_known(golden("lsa-output", file), file, "lsa")
    assert ours_of(systemwide, f"SELECT * FROM {table}", columns) == counted(expected, columns)


COUNTING = [
    "lsa_person", "lsa_household", "lsa_exit", "lsa_calculated_averages", "lsa_calculated_counts",
    "lsa_calculated_bed_nights", "lsa_calculated_oph", "lsa_calculated_quality", "lsa_report_count",
]  # fmt: skip


@pytest.mark.parametrize(
    ("run", "step"),
    [("systemwide", one) for one in COUNTING]
    + [
        ("tables", one)
        for one in COUNTING
        if one not in ("lsa_household", "lsa_exit", "lsa_calculated_averages")
    ],
)
def test_the_members_of_every_row_are_its_number(step: str, run: str, request: pytest.FixtureRequest) -> None:
    """The rows without the aggregate, counted again, are the step's table: for each row of each file."""
    connection: Connection = request.getfixturevalue(run)
    again = opened(read_step(next(LSA.steps_folder.rglob(f"{step}.sql")), LSA.codes))
    columns = ", ".join(engine.name(one) for one in (*again.dimensions, *again.measures))
    table = f"SELECT {columns} FROM {step}"
    regrouped = f"SELECT {columns} FROM ({again.regrouped()}) AS t"
    for one, other in ((table, regrouped), (regrouped, table)):
        assert engine.scalar(connection, f"SELECT count(*) FROM ({one} EXCEPT ALL {other}) AS t") == 0
