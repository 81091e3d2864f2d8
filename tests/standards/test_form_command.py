"""`hearth standards form`: one described project on the terminal, thousands from a file."""

import csv
from pathlib import Path

import pytest
from typer.testing import CliRunner

from hearth.standards import cli
from hearth.standards.cli import app

RUN = CliRunner(env={"COLUMNS": "160"})
HEADER = "funders,project_type,rrh_subtype,stage,person\n"


def form(*arguments: object) -> tuple[int, str]:
    result = RUN.invoke(app, ["form", *map(str, arguments)])
    return result.exit_code, " ".join(result.output.split())


def answered(tmp_path: Path, text: str | bytes, *arguments: object) -> list[dict[str, str]]:
    """The rows of the answer to a file, which must be answered."""
    given, out = tmp_path / "in.csv", tmp_path / "out.csv"
    given.write_bytes(text if isinstance(text, bytes) else text.encode())
    code, said = form("--batch", given, "--out", out, *arguments)
    assert code == 0, said
    with out.open(newline="", encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


def refused(tmp_path: Path, text: str | bytes, *arguments: object) -> str:
    """What is said of a file that cannot be answered; nothing may be written, not even in part."""
    given, out = tmp_path / "in.csv", tmp_path / "out.csv"
    given.write_bytes(text if isinstance(text, bytes) else text.encode())
    out.write_text("as it was", encoding="utf-8")
    code, said = form("--batch", given, "--out", out, *arguments)
    assert code == 1, said
    assert out.read_text(encoding="utf-8") == "as it was"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in.csv", "out.csv"]
    assert said.endswith("Nothing was written.")
    return said


def test_a_described_project_is_printed_with_gates_and_reasons() -> None:
    code, said = form(
        "--type", 13, "--subtype", 2, "--funder", "3,43", "--stage", "start", "--person", "hoh_adult"
    )
    assert code == 0
    assert "4.02 Income and Sources HUD: CoC (elements/4_02_income_and_sources.yaml:" in said
    assert "IncomeBenefits.EarnedAmount conditional if Earned = 1" in said
    assert "Disabilities.IndefiniteAndImpairs[5] conditional if DisabilityResponse[5] = 1" in said
    assert "Enrollment.ReferralSource optional" in said
    assert said.endswith("fields.")


def test_answers_so_far_close_and_open_fields() -> None:
    described = ("--type", 3, "--funder", 20, "--stage", "exit", "--person", "adult")
    assert "Exit.CMExitReason conditional if VeteranStatus = 1" in form(*described)[1]
    assert "Exit.CMExitReason required" in form(*described, "--answer", "Client.VeteranStatus=1")[1]
    closed = form(*described, "--answer", "Client.VeteranStatus=0")[1]
    assert "CMExitReason" not in closed
    assert "1 more are not asked after the answers so far." in closed
    hopwa = ("--type", 3, "--funder", 15, "--stage", "annual", "--person", "child")
    known = form(*hopwa, "--answer", "Disabilities.DisabilityResponse[8]=1")[1]
    assert "Disabilities.TCellCountAvailable required" in known


def test_settings_of_the_project_count() -> None:
    described = ("--type", 6, "--funder", "4+43", "--stage", "occurrence", "--person", "hoh_adult")
    assert "4.19" not in form(*described)[1]
    assert "4.19" in form(*described, "--access-point")[1]
    described = ("--type", 3, "--funder", "43", "--stage", "occurrence", "--person", "hoh_adult")
    assert "4.12" not in form(*described)[1]
    assert "4.12" in form(*described, "--category-2-or-3")[1]


def test_setup_is_asked_of_a_project() -> None:
    code, said = form("--type", 13, "--subtype", "1|2", "--stage", "setup", "--person", "project")
    assert code == 0
    assert "2.07 Bed and Unit Inventory" in said
    assert "2.07" not in form("--type", 13, "--subtype", 1, "--stage", "setup", "--person", "project")[1]


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"--type": "5"}, "“5” is no project type"),
        ({"--funder": "3,99"}, "“99” is no funding source"),
        ({"--stage": "intake"}, "“intake” is no stage"),
        ({"--person": "veteran"}, "“veteran” is nobody who is asked"),
        ({"--subtype": "3"}, "“3” is no subtype"),
        ({"--on": "2025-09-30"}, "is known from 2025-10-01 on"),
        ({"--on": "2027-10-01"}, "name a day up to 2027-09-30"),
        ({"--on": "10/01/2025"}, "is no day"),
        ({"--answer": "VeteranStatus"}, "“VeteranStatus” is no answer"),
        ({"--answer": "Client.Veteran=1"}, "“Client.Veteran=1” is no answer"),
        ({"--out": "x.csv"}, "It goes with --batch"),
        ({"--type": None}, "Say also --type"),
        ({"--stage": None, "--person": None}, "Say also --stage, --person"),
    ],
)
def test_what_cannot_be_described_is_said(changed: dict[str, str | None], words: str) -> None:
    described = {"--type": "13", "--stage": "start", "--person": "adult", **changed}
    arguments = [part for name, value in described.items() if value is not None for part in (name, value)]
    code, said = form(*arguments)
    assert code == 2
    assert words in said.replace("│ ", "").replace(" │", "")


def test_a_file_is_answered_field_by_field(tmp_path: Path) -> None:
    rows = answered(tmp_path, HEADER + "3+43,13,1|2,start,hoh_adult\n,1,,occurrence,child\n")
    assert list(rows[0]) == [
        "funders", "project_type", "rrh_subtype", "stage", "person", "element", "column", "asked", "gate",
    ]  # fmt: skip
    assert list(rows[-1].values()) == [
        "", "1", "", "occurrence", "child", "4.14", "Services.DateProvided", "required", "",
    ]  # fmt: skip
    first = {row["column"]: row for row in rows[:-1]}
    assert {row["rrh_subtype"] for row in rows[:-1]} == {"1|2"}
    assert first["Disabilities.IndefiniteAndImpairs[10]"]["gate"] == "DisabilityResponse[10] IN (1, 2, 3)"
    assert first["Disabilities.IndefiniteAndImpairs[10]"]["element"] == "4.10"
    assert first["Enrollment.EntryDate"]["asked"] == "required"
    assert first["Enrollment.ReferralSource"]["asked"] == "optional"


def test_what_is_not_asked_has_no_row(tmp_path: Path) -> None:
    assert answered(tmp_path, HEADER + ",3,,update,child\n") == []
    assert answered(tmp_path, HEADER) == []


def test_lines_are_answered_in_their_order_and_each(tmp_path: Path) -> None:
    line = "2,3,,post_exit,adult\n"
    rows = answered(tmp_path, HEADER + "22,0,,post_exit,adult\n" + line + "22,0,,post_exit,adult\n")
    assert len(rows) == 12
    assert {row["element"] for row in rows} == {"R20"}


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_a_spreadsheets_way_of_writing_is_read(tmp_path: Path, newline: str) -> None:
    text = "person,stage,place,project_type,funders,rrh_subtype\nadult,exit,Bergen,3,20,\n\n,,,,,\n"
    rows = answered(tmp_path, b"\xef\xbb\xbf" + text.replace("\n", newline).encode())
    assert rows[0]["funders"] == "20"
    said = form("--batch", tmp_path / "in.csv", "--out", tmp_path / "out.csv")[1]
    assert "2 blank lines were left out." in said
    assert "Columns that were not looked at: place." in said
    assert f"1 lines answered with {len(rows)} rows" in said


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (HEADER + "2,3,,start,adult\n99,3,,start,adult\n", "in.csv, line 3: “99” is no funding source"),
        (HEADER + "2;3,3,,start,adult\n", "line 2: “2;3” is no funding source"),
        (HEADER + "2+,3,,start,adult\n", "line 2: “” is no funding source"),
        (HEADER + "\n2,5,,start,adult\n", "line 3: “5” is no project type"),
        (HEADER + "2,,,start,adult\n", "line 2: “” is no project type"),
        (HEADER + "2,13,3,start,adult\n", "line 2: “3” is no subtype of rapid re-housing"),
        (HEADER + "2,13,1|,start,adult\n", "line 2: “” is no subtype of rapid re-housing"),
        (HEADER + "2,3,,intake,adult\n", "line 2: “intake” is no stage"),
        (HEADER + "2,3,,setup,project\n", "line 2: “setup” is no stage"),
        (HEADER + "2,3,,start,veteran\n", "line 2: “veteran” is nobody who is asked"),
        (HEADER + "2,3,,start\n", "line 2: it has 4 values and the header 5"),
        (HEADER + '"2\n+3",3,,start,adult\n2,3,,start,x\n', "line 4: “x” is nobody"),
        (HEADER + '2,3,,start,"adult\n', "line 2: it is no CSV"),
        ("funders,project_type,stage\n", "line 1: the column rrh_subtype and person is missing"),
        ("funders,funders,project_type,rrh_subtype,stage,person\n", "the column funders stands there twice"),
        ("", "line 1: the file is empty"),
        ("\n\n", "line 1: the file is empty"),
        (HEADER.encode() + b"2,3,,start,adult\n2,3,,start,\xe9\n", "line 3: it is no text in UTF-8"),
        (HEADER.encode("utf-16"), "line 1: it is no text in UTF-8"),
    ],
)
def test_what_cannot_be_answered_is_said_with_its_line(tmp_path: Path, text: str | bytes, words: str) -> None:
    assert words in refused(tmp_path, text)


def test_files_that_cannot_be_read_or_written(tmp_path: Path) -> None:
    given = tmp_path / "in.csv"
    given.write_text(HEADER, encoding="utf-8")
    assert "Say where the answers go" in form("--batch", given)[1]
    assert "cannot be written over" in form("--batch", given, "--out", given)[1]
    assert "cannot be written over" in form("--batch", given, "--out", tmp_path)[1]
    code, said = form("--batch", tmp_path / "none.csv", "--out", tmp_path / "out.csv")
    assert code == 1
    assert "none.csv" in said
    code, said = form("--batch", given, "--out", tmp_path / "none" / "out.csv")
    assert code == 1
    assert "No such file or directory" in said
    assert "leave out --type" in form("--batch", given, "--out", tmp_path / "out.csv", "--type", 3)[1]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in.csv"]


def test_the_registry_alone_knows_no_database(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cli, "find_project", cli._no_database)  # the whole command may have joined its own
    code, said = form(1306, "--stage", "start", "--person", "adult")
    assert code == 2
    assert "known to the whole `hearth` command alone" in said.replace("│ ", "").replace(" │", "")
