"""Deleted rows of an export, in any form: the same files as without them, and said in run.json."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from hearth.reporting.cli import app
from hearth.reporting.making import How, make
from hearth.reporting.runtime import registry
from tests.reference_data import reference_case
from tests.reporting.sources.exports import csv_bytes, write_zip

from .world import REGISTRY, Rows, filled, parameters_of

LSA = registry.by_name("lsa")

YEAR = ("--coc", "XX-501", "--start", "2025-10-01", "--end", "2026-09-30")
EXPORTED = {
    "ExportID": "X1", "SourceType": 4, "SourceName": "Invented", "ExportDate": "2026-10-15 12:00:00",
    "ExportStartDate": "2018-10-01", "ExportEndDate": "2026-09-30", "SoftwareName": "Hearth",
    "CSVVersion": "2026 v1.0", "ExportPeriodType": 3, "ExportDirective": 2, "HashStatus": 1,
    "ImplementationID": "HEARTH-1",
}  # fmt: skip
WORLD = {
    "Organization": [{"OrganizationID": "O1"}, {"OrganizationID": "O2"}],
    "Project": {"ES": {}, "TH": {"OrganizationID": "O2"}},
    "Enrollment": [
        {"PersonalID": "Una", "ProjectID": "ES", "EntryDate": "2026-01-05"},
        {
            "PersonalID": "Ole",
            "ProjectID": "NBN",
            "EntryDate": "2026-01-05",
            "Nights": "2026-01-05..2026-02-05",
        },
        {"PersonalID": "Ada", "ProjectID": "TH", "EntryDate": "2026-01-05", "ExitDate": "2026-03-05"},
        {"PersonalID": "Kai", "ProjectID": "ES", "EntryDate": "2026-01-05"},
    ],
    "HealthAndDV": [{"EnrollmentID": "Una1", "InformationDate": "2026-01-05", "DomesticViolenceSurvivor": 1}],
    "Disabilities": [
        {
            "EnrollmentID": "Una1",
            "InformationDate": "2026-01-05",
            "DisabilityType": 8,
            "DisabilityResponse": 1,
        }
    ],
}


def world() -> Rows:
    return filled(WORLD) | {"Export": [dict(EXPORTED)]}


def export(rows: Rows, folder: Path) -> Path:
    folder.mkdir()
    return write_zip(
        folder / "export.zip", {f"{name}.csv": csv_bytes(name, rows[name]) for name in REGISTRY.files}
    )


def files_of(rows: Rows, folder: Path) -> dict[str, bytes]:
    made = make(LSA, export(rows, folder), parameters_of(), folder / "out", How("test"))
    return {f"{file}.csv": (made.folder / f"{file}.csv").read_bytes() for file in made.rows}


def marked(rows: Rows, form: str, **which: int) -> Rows:
    """The rows with one of each of these files deleted."""
    return rows | {
        file: [row | ({"DateDeleted": form} if n == which[file] else {}) for n, row in enumerate(rows[file])]
        for file in which
    }


#: What is deleted in the next test: answers, a night and an exit.
GONE = {"HealthAndDV": 0, "Disabilities": 0, "Services": 31, "Exit": 0}


@pytest.fixture(scope="module")
def without(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The files of a world that never had it, which are others than those of the whole world."""
    folder, rows = tmp_path_factory.mktemp("without"), world()
    kept = {file: [row for n, row in enumerate(rows[file]) if n != gone] for file, gone in GONE.items()}
    files = files_of(rows | kept, folder / "without")
    assert files != files_of(rows, folder / "whole")
    return files


@pytest.mark.parametrize("form", ["2026-01-01 10:00:00", "2026-01-01", " 2026-1-1 "])
def test_deleted_answers_and_services_count_for_nothing(
    tmp_path: Path, without: dict[str, bytes], form: str
) -> None:
    assert files_of(marked(world(), form, **GONE), tmp_path / "deleted") == without


def test_what_is_left_out_is_in_the_record_and_on_the_terminal(tmp_path: Path) -> None:
    source = export(marked(world(), "2026-01-01 10:00:00", Client=3, Organization=1, Exit=0), tmp_path / "of")
    result = CliRunner().invoke(app, ["lsa", str(source), "--out", str(tmp_path / "out"), *YEAR])
    assert result.exit_code == 0, result.output
    record = json.loads((tmp_path / "out" / "run.json").read_text())
    assert record["not_live"] == {
        "deleted": {"Organization": 1, "Client": 1, "Exit": 1},
        "without_parent": {"Project": 1, "ProjectCoC": 1, "HMISParticipation": 1, "Enrollment": 2},
    }
    said = " ".join(result.output.split())
    assert (
        "deleted or not in the data (rows): Project 1, ProjectCoC 1, HMISParticipation 1, Enrollment 2."
        in said
    )


def test_where_nothing_lacks_its_parent_nothing_is_said(tmp_path: Path) -> None:
    source = export(marked(world(), "2026-01-01 10:00:00", Services=31), tmp_path / "of")
    result = CliRunner().invoke(app, ["lsa", str(source), "--out", str(tmp_path / "out"), *YEAR])
    assert result.exit_code == 0 and "not in the data" not in result.output


def test_days_of_a_chosen_household_in_another_project(tmp_path: Path) -> None:
    source = reference_case("scope2_systemwide_days/scope2_path")
    more = ("--scope", "project", "--projects", "ES1")
    result = CliRunner().invoke(app, ["lsa", str(source), "--out", str(tmp_path / "out"), *YEAR, *more])
    assert result.exit_code == 0, result.output
    header, row = (tmp_path / "out" / "LSAHousehold.csv").read_text().split()
    said = dict(zip(header.split(","), row.split(","), strict=True))
    right = {
        "ESDays": 30, "THDays": 90, "ESTDays": 180, "SystemHomelessDays": 180, "TotalHomelessDays": 180,
        "SystemPath": 3,
    }  # fmt: skip
    assert {column: int(said[column]) for column in right} == right
