"""A report says what it cannot read, and refuses where that decides who is counted."""

import csv
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from hearth.reporting.cli import app
from tests.reference_data import reference_case
from tests.reporting.sources.exports import Export

RUNNER = CliRunner(env={"COLUMNS": "200"})
OPTIONS = ["--coc", "MN-500", "--start", "2025-10-01", "--end", "2025-12-31"]


def asked(*arguments: object) -> tuple[int, str]:
    result = RUNNER.invoke(app, ["lsa", *(str(one) for one in arguments)])
    return result.exit_code, result.output


def world() -> Export:
    export = Export()
    export.row("Project")["ContinuumProject"] = 1
    return export


def record(folder: Path) -> dict[str, object]:
    return dict(json.loads((folder / "run.json").read_text()))


def test_a_deciding_cell_refuses_the_report_in_one_sentence(tmp_path: Path) -> None:
    export = world()
    export.row("Exit")["ExitDate"] = "11/3/2025"
    status, output = asked(export.zip(tmp_path), *OPTIONS, "--out", tmp_path / "out")
    assert status == 2
    assert "1 cell of Exit.ExitDate cannot be read and decides who is counted." in output
    assert "--accept-unreadable" in output
    assert "1 cell of Exit.ExitDate cannot be read (line 2)." in output
    assert not (tmp_path / "out").exists()
    assert asked(export.zip(tmp_path), *OPTIONS, "--check")[0] == 2


def test_a_move_in_that_nobody_can_read_refuses_the_report(tmp_path: Path) -> None:
    """It would take the household from all counts of people who live in permanent housing."""
    export = world()
    export.row("Enrollment")["MoveInDate"] = "11/3/2025"
    status, output = asked(export.zip(tmp_path), *OPTIONS, "--check")
    assert status == 2
    assert "1 cell of Enrollment.MoveInDate cannot be read and decides who is counted." in output


def test_several_columns_are_named_together(tmp_path: Path) -> None:
    export = world()
    export.row("Exit")["ExitDate"] = "soon"
    export.row("Enrollment", 0)["EntryDate"] = export.row("Enrollment", 1)["EntryDate"] = "2025-11-31"
    _, output = asked(export.zip(tmp_path), *OPTIONS, "--check")
    assert "2 cells of Enrollment.EntryDate and 1 cell of Exit.ExitDate cannot be read and decide" in output


def test_accepted_cells_count_as_blank_and_are_said(tmp_path: Path) -> None:
    export = world()
    export.row("Exit")["ExitDate"] = "11/3/2025"
    out = tmp_path / "out"
    status, output = asked(export.zip(tmp_path), *OPTIONS, "--out", out, "--accept-unreadable")
    assert status == 0
    assert "1 cell of Exit.ExitDate cannot be read (line 2). It counts as blank." in output
    assert record(out)["unread"] == [
        {"file": "Exit", "column": "ExitDate", "count": 1, "decides": 1, "lines": [2]}
    ]


def test_a_cell_that_decides_nothing_is_said_and_the_report_made(tmp_path: Path) -> None:
    export = world()
    export.row("Client")["DOB"] = "3/4/1990"
    status, output = asked(export.zip(tmp_path), *OPTIONS, "--out", tmp_path / "out")
    assert status == 0
    assert "1 cell of Client.DOB cannot be read (line 2). It counts as blank." in output
    (cell,) = record(tmp_path / "out")["unread"]  # type: ignore[misc]
    assert (cell["column"], cell["decides"]) == ("DOB", 0)


def test_nothing_is_said_of_a_good_export(tmp_path: Path) -> None:
    status, output = asked(world().zip(tmp_path), *OPTIONS, "--out", tmp_path / "out")
    assert status == 0 and "Note:" not in output
    said = record(tmp_path / "out")
    assert (said["unread"], said["left_out"], said["warnings"]) == ([], [], [])


def test_what_was_tolerated_in_reading_is_said(tmp_path: Path) -> None:
    export = world()
    header = {"HispanicLatinao": "HispanicLatinaeo"}
    status, output = asked(
        export.zip(tmp_path, header=lambda column: header.get(column, column)),
        *OPTIONS,
        "--out",
        tmp_path / "out",
    )
    assert status == 0
    assert "HispanicLatinaeo" in output and "HispanicLatinaeo" in str(record(tmp_path / "out")["warnings"])


def test_rapid_rehousing_without_a_subtype_is_said_with_its_households(tmp_path: Path) -> None:
    export = world()
    export.row("Project").update(ProjectType=13, RRHSubType=None)
    status, output = asked(export.zip(tmp_path), *OPTIONS, "--out", tmp_path / "out")
    assert status == 0
    assert (
        "project P1 has no RRHSubType" in output
        and "1 household of this report's period is left out" in output
    )
    (said,) = record(tmp_path / "out")["left_out"]  # type: ignore[misc]
    assert (said["project_id"], said["households"]) == ("P1", 1)
    assert "set RRHSubType" in said["remedy"]
    export.row("Project")["RRHSubType"] = 2
    _, output = asked(export.zip(tmp_path), *OPTIONS, "--out", tmp_path / "other")
    assert "has no RRHSubType" not in output


# --- the small exports that once came out wrong


def lsa(case: str, out: Path, year: int = 2026) -> tuple[int, str]:
    period = ["--start", f"{year - 1}-10-01", "--end", f"{year}-09-30"]
    return asked(reference_case(case), "--coc", "XX-501", *period, "--out", out)


def rows(folder: Path, file: str) -> list[dict[str, str]]:
    with (folder / f"{file}.csv").open(newline="") as lines:
        return list(csv.DictReader(lines))


def test_the_case_of_exit_dates(tmp_path: Path) -> None:
    status, output = lsa("unreadable_exit_dates/us_dates_exit", tmp_path / "out")
    assert status == 2 and "2 cells of Exit.ExitDate" in output
    status, _ = lsa("unreadable_exit_dates/ok", tmp_path / "ok")
    assert status == 0
    assert len(rows(tmp_path / "ok", "LSAHousehold")) == 3
    assert [row["RowTotal"] for row in rows(tmp_path / "ok", "LSAExit")] == ["2"]


@pytest.mark.parametrize("case", ["fy22_deleted_coc", "fy22_deleted_projectcoc"])
def test_the_cases_of_deleted_cocs(tmp_path: Path, case: str) -> None:
    status, _ = lsa(f"fy22_deleted_enrollmentcoc/{case}", tmp_path / "out", 2022)
    people = {"fy22_deleted_coc": 2, "fy22_deleted_projectcoc": 1}[case]
    assert status == 0
    assert sum(int(row["RowTotal"]) for row in rows(tmp_path / "out", "LSAPerson")) == people
    (report,) = rows(tmp_path / "out", "LSAReport")
    assert report["NoCoC"] == "0"


def test_the_case_of_rapid_rehousing_of_fy2022(tmp_path: Path) -> None:
    status, output = lsa("fy22_rrh_left_out/fy22_rrh", tmp_path / "out", 2022)
    assert status == 0 and "RRH1 has no RRHSubType" in output and "1 household" in output
