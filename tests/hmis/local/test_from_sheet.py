"""Local elements from a spreadsheet: written as YAML, or refused with line and reason, and then nothing is
there."""

import csv
import io
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from hearth.hmis.local import from_sheet as sheet
from hearth.hmis.local.cli import local
from hearth.hmis.local.mn.registry import LISTS
from hearth.hmis.local.reading import read_folder

GOOD = {
    "element": "XX-A01", "name": "Favorite season", "group": "Invented", "kind": "list",
    "status": "current", "confidence": "D", "source": "nowhere", "reason": "A test.", "who": "Everybody.",
    "unknown": "Leave it open.", "asked_of": "all clients", "collected_at": "project start; update",
    "programs": "SUN", "field": "Season", "question": "Which season?", "help": "The one that is liked most.",
    "type": "code", "answers": "1 = Spring | 2 = Fall", "list": "", "since": "", "if": "", "version": "",
    "where": "",
}  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "place").mkdir()
    (tmp_path / "place" / "programs.yaml").write_text(
        "SUN: {name: Sunshine, funder: Nobody, reference: nowhere}\n"
    )
    return tmp_path / "place"


def csv_of(*rows: dict[str, Any], columns: list[str] | None = None) -> bytes:
    out = io.StringIO()
    writer = csv.DictWriter(out, columns or list(GOOD), extrasaction="ignore", restval="")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def load(folder: Path, data: bytes) -> list[Path]:
    return sheet.load(sheet.rows_of_csv(data), folder)


def there(folder: Path) -> list[str]:
    return sorted(str(one.relative_to(folder)) for one in folder.rglob("*.yaml"))


def test_a_sheet_becomes_yaml_that_is_read(folder: Path) -> None:
    second = {"field": "SeasonWhy", "question": "Why?", "help": "In words.", "type": "text",
              "if": "Local.Season = 1"}  # fmt: skip
    written = load(folder, b"\xef\xbb\xbf" + csv_of(GOOD, second))
    assert len(written) == 2
    (one,) = read_folder(folder).elements
    assert (one.number, one.version) == ("XX-A01", 1)
    assert [each.name for each in one.fields] == ["Season", "SeasonWhy"]
    assert [(each.code, each.label) for each in one.fields[0].choices] == [("1", "Spring"), ("2", "Fall")]
    assert str(one.fields[1].gate) == "Local.Season = 1"
    (requirement,) = one.requirements
    assert requirement.collected_at == ("start", "update")
    assert str(requirement.where) == "LocalProgram.SUN = 1"


def test_a_changed_element_is_a_new_version(folder: Path) -> None:
    load(folder, csv_of(GOOD | {"until": "2026-06-30"}, columns=[*GOOD, "until"]))
    with pytest.raises(sheet.SheetError, match="Line 2: XX-A01 is there in this version"):
        load(folder, csv_of(GOOD))
    load(folder, csv_of(GOOD | {"version": "2", "since": "2026-07-01"}))
    assert [one.version for one in read_folder(folder).elements] == [1, 2]


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"source": "=HYPERLINK(1)"}, "Line 2, source: it begins like a formula"),
        ({"name": "+1"}, "formula"),
        ({"name": "@SUM(A1)"}, "formula"),
        ({"name": "-cmd"}, "formula"),
        ({"name": "a\x00b"}, "cannot be shown"),
        ({"type": "number"}, "Line 2: Season is of type number, and has a list"),
        ({"type": "poem"}, "'type: poem' is not known"),
        ({"answers": "", "list": "nowhere"}, "no list 'nowhere'"),
        ({"list": "season"}, "both a list and answers"),
        ({"answers": "1 = A | 1 = B"}, "has no code of its own"),
        ({"answers": "1 ="}, "no words"),
        ({"programs": "RAIN"}, "no program RAIN"),
        ({"where": "only in summer"}, "cannot be read"),
        ({"if": "when it rains"}, "cannot be read"),
        ({"asked_of": "dogs"}, "'asked_of: dogs'"),
        ({"collected_at": "noon"}, "is not a stage"),
        ({"since": "7/1/2026"}, "is no day"),
        ({"version": "two"}, "is no version"),
        ({"element": "../../etc"}, "no number of a local element"),
        ({"field": "../x"}, "no name of a field"),
        ({"field": ""}, "names no field"),
        ({"question": ""}, "'question' is missing"),
        ({"reason": ""}, "'reason' is missing"),
        ({"confidence": "very"}, "'confidence: very'"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_with_its_line_and_nothing_is_written(
    folder: Path, changed: dict[str, str], said: str
) -> None:
    before = there(folder)
    with pytest.raises(sheet.SheetError, match="Line 2") as error:
        load(folder, csv_of(GOOD | changed))
    assert said in str(error.value)
    assert there(folder) == before


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "no row with a field"),
        (b"\xff\xfe\x00", "no text in UTF-8"),
        (b'element,"na', "no CSV"),
        (csv_of(columns=["element"]), "columns are missing: name"),
        (csv_of(GOOD, columns=[*GOOD, "mood"]), "no column “mood”"),
        (csv_of(GOOD, columns=[*GOOD, "Name"]), "the column name stands there twice"),
        (csv_of(GOOD), ""),
        (csv_of(GOOD)[:-2] + b",too,many\r\n", "more cells than the header"),
        (csv_of(GOOD, GOOD), "Line 3: Season is there already"),
        (csv_of(GOOD, GOOD | {"field": "Other", "name": "Another"}), "Line 3, name: it differs"),
        (csv_of(*(GOOD | {"field": f"F{n}"} for n in range(10_000))), "at most 2000 rows"),
        (csv_of(GOOD | {"element": ""}), "Line 2: 'element' is missing"),
    ],
)
def test_sheets_that_are_none_are_refused(folder: Path, data: bytes, said: str) -> None:
    if not said:
        load(folder, data)
        return
    with pytest.raises(sheet.SheetError) as error:
        load(folder, data)
    assert said in str(error.value)
    assert there(folder) == ["programs.yaml"]


@settings(max_examples=40, deadline=None)
@given(cells=st.lists(st.text(max_size=12), min_size=len(GOOD), max_size=len(GOOD)))
def test_no_cell_breaks_it(tmp_path_factory: pytest.TempPathFactory, cells: list[str]) -> None:
    """Whatever stands in the cells: it is loaded, or a sentence says why not."""
    folder = tmp_path_factory.mktemp("place")
    row = GOOD | {name: cell for name, cell in zip(GOOD, cells, strict=True) if cell}
    try:
        load(folder, csv_of(row | {"programs": ""}))
    except sheet.SheetError as error:
        assert str(error)
    else:
        read_folder(folder)


def test_the_command_says_it_in_one_sentence(folder: Path, tmp_path: Path) -> None:
    good, bad = tmp_path / "good.csv", tmp_path / "bad.csv"
    good.write_bytes(csv_of(GOOD))
    bad.write_bytes(csv_of(GOOD | {"type": "poem"}))
    runner = CliRunner()
    refused = runner.invoke(local, ["load", str(bad), "--to", str(folder)])
    assert refused.exit_code == 1 and "Nothing was written" in refused.output
    assert "Written" in runner.invoke(local, ["load", str(good), "--to", str(folder)]).output
    assert LISTS


def test_a_workbook_is_taken_as_well(folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "ours.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        place = book.add_worksheet()
        for number, row in enumerate(csv.reader(io.StringIO(csv_of(GOOD).decode()))):
            for column, cell in enumerate(row):
                place.write_string(number, column, cell)
    runner = CliRunner()
    assert "Written" in runner.invoke(local, ["load", str(path), "--to", str(folder)]).output
    path.write_bytes(b"PK\x03\x04 and nothing more")
    refused = runner.invoke(local, ["load", str(path), "--to", str(folder)])
    assert refused.exit_code == 1 and "Nothing was written" in refused.output
