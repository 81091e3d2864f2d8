"""Workbooks are read as somebody would type their cells; what is damaged or made to do damage is refused."""

import contextlib
import io
import random
import resource
import time
import zipfile
from datetime import date, datetime
from typing import Any

import pytest

from hearth.hmis.ui import workbooks
from hearth.hmis.ui.workbooks import UnreadableWorkbook, rows_of
from tests.hmis.ui.workbooks import SHEET, with_parts, with_sheet, workbook, written


def test_cells_are_what_somebody_would_type() -> None:
    def write(book: Any) -> None:
        sheet = book.add_worksheet()
        day, moment, money, hour = (
            book.add_format({"num_format": one})
            for one in ("d. mmm yyyy", "mm/dd/yy hh:mm", '#,##0.00 "days"', "h:mm")
        )
        bold = book.add_format({"bold": True})
        sheet.write_row(0, 0, ["Zoë", 17, 17.5, True, ""])
        sheet.write_datetime(1, 1, datetime(2027, 1, 2), day)
        sheet.write_datetime(1, 2, datetime(2027, 1, 2, 13, 5), moment)
        sheet.write_number(1, 3, 44197, money)
        sheet.write_number(1, 4, 0.5, hour)
        sheet.write_rich_string(3, 0, bold, "Nia ", "New")
        sheet.write_formula(3, 1, "=A1&B1", None, "Zoë17")
        sheet.write_array_formula("C4:C4", "{=SUM(B1:B2)}", None, 3)
        book.add_worksheet("empty")

    assert rows_of(written(write)) == [
        ["Zoë", "17", "17.5", "TRUE"],
        ["", "01/02/2027", "01/02/2027 13:05", "44197", "0.5"],
        [],
        ["Nia New", "=A1&B1", "=SUM(B1:B2)"],
    ]


def test_days_of_both_ways_of_counting_them() -> None:
    def write(book: Any) -> None:
        book.add_worksheet().write_datetime(0, 0, date(2027, 1, 2), book.add_format({"num_format": 14}))

    assert rows_of(written(write)) == rows_of(written(write, date_1904=True)) == [["01/02/2027"]]


@pytest.mark.parametrize(
    ("row", "read"),
    [
        ('<row><c t="inlineStr"><is><t>a</t><rPh sb="0" eb="1"><t>b</t></rPh></is></c><c><v>5</v></c></row>',
         [["a", "5"]]),
        ('<row r="3"><c r="C3"><v>1E2</v></c></row>', [[], [], ["", "", "100"]]),
        ('<row r="1"><c r="A1" t="e"><v>#REF!</v></c></row>', [["#REF!"]]),
        ('<row r="1"><c r="A1" t="d"><v>2027-01-02</v></c></row>', [["01/02/2027"]]),
        ('<row r="1"><c r="A1"><f t="shared" si="0"/><v>1</v></c></row>', [["="]]),
        ('<row r="1048576"><c r="XFD1048576"/></row>', []),
    ],
)  # fmt: skip
def test_programs_write_sheets_in_several_ways(row: str, read: list[list[str]]) -> None:
    assert rows_of(with_sheet(row)) == read


@pytest.mark.parametrize(
    "row",
    [
        '<row r="1"><c r="A1" t="s"><v>99</v></c></row>',
        '<row r="1"><c r="A1" t="s"><v>x</v></c></row>',
        '<row r="1"><c r="ZZZZ1"><v>1</v></c></row>',
        '<row r="1"><c r="a1"><v>1</v></c></row>',
        '<row r="one"><c><v>1</v></c></row>',
        '<row r="1"><c r="A1"><v>one</v></c></row>',
        '<row r="1"><c r="A1" t="d"><v>someday</v></c></row>',
        "<row>",
    ],
)
def test_a_damaged_sheet_is_a_sentence(row: str) -> None:
    with pytest.raises(UnreadableWorkbook, match="cannot be read as an Excel workbook"):
        rows_of(with_sheet(row))


@pytest.mark.parametrize("part", [SHEET, "xl/workbook.xml", "_rels/.rels", "xl/styles.xml"])
def test_a_damaged_part_is_a_sentence(part: str) -> None:
    for content in (b"", b"\xff\xfe", "<a/>", '<!DOCTYPE x [<!ENTITY a "b">]><a/>'):
        if (part, content) != ("xl/styles.xml", "<a/>"):  # formats that say nothing
            try:
                assert rows_of(with_parts({part: content})) in ([], [["x"]])
            except UnreadableWorkbook as error:
                assert "cannot be read" in str(error)


def test_whatever_is_damaged_is_a_sentence() -> None:
    whole = workbook([["x", 1, date(2027, 1, 2)]])
    for cut in (whole[:40], whole[: len(whole) // 2], whole[:-10]):
        with pytest.raises(UnreadableWorkbook, match="cannot be read"):
            rows_of(cut)
    seed = random.randrange(10**6)
    print(f"seed {seed}")
    draw = random.Random(seed)
    for _ in range(300):
        damaged = bytearray(whole)
        at = draw.randrange(len(whole))
        damaged[at : at + draw.randrange(1, 40)] = draw.randbytes(draw.randrange(1, 40))
        with contextlib.suppress(UnreadableWorkbook):
            rows_of(bytes(damaged))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_entities_are_refused_wherever_they_are_declared(encoding: str) -> None:
    laughs = "".join(f'<!ENTITY l{at + 1} "{f"&l{at};" * 10}">' for at in range(9))
    text = f'<?xml version="1.0" encoding="{encoding}"?><!--{"x" * 5000}-->'
    text += f'<!DOCTYPE x [<!ENTITY l0 "ha">{laughs}]>'
    with pytest.raises(UnreadableWorkbook, match="cannot be read"):
        rows_of(with_parts({SHEET: f"{text}<worksheet>&l9;</worksheet>".encode(encoding)}))


def test_a_bomb_is_not_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    bomb = with_parts({"xl/media/image1.png": b"\0" * 200_000_000})
    assert len(bomb) < 500_000
    monkeypatch.setattr(zipfile.ZipFile, "read", lambda *_: pytest.fail("It was unpacked."))
    with pytest.raises(UnreadableWorkbook, match="too large"):
        rows_of(bomb)


def test_a_part_that_lies_about_its_size_gives_no_more_than_it_says() -> None:
    honest = with_parts({SHEET: b"<a>" + b" " * 50_000_000 + b"</a>"})
    lying = honest.replace((50_000_007).to_bytes(4, "little"), (7).to_bytes(4, "little"))
    assert lying != honest
    with zipfile.ZipFile(io.BytesIO(lying)) as packed:
        assert sum(one.file_size for one in packed.infolist()) < workbooks.MOST_UNPACKED
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(UnreadableWorkbook):
        rows_of(lying)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 20_000  # KiB


@pytest.mark.parametrize("far", ["A20001", "CW1", "XFD1048576"])
def test_a_cell_far_away_is_refused_and_never_left_out(far: str) -> None:
    row = far.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    with pytest.raises(UnreadableWorkbook, match="below line 20,000 or beyond column 100"):
        rows_of(with_sheet(f'<row r="{row}"><c r="{far}"><v>1</v></c></row>'))


def test_areas_of_a_whole_sheet_cost_nothing() -> None:
    whole = '<mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>' \
        '<dataValidations><dataValidation sqref="A1:XFD1048576"/></dataValidations>'  # fmt: skip
    began = time.process_time()
    assert rows_of(with_sheet('<row r="1"><c r="A1"><v>1</v></c></row>', whole)) == [["1"]]
    assert time.process_time() - began < 1


def test_several_filled_sheets_are_not_guessed_between() -> None:
    def write(book: Any) -> None:
        book.add_worksheet().write(0, 0, "x")
        hidden = book.add_worksheet()
        hidden.write(0, 0, "y")
        hidden.hide()

    with pytest.raises(UnreadableWorkbook, match="several sheets"):
        rows_of(written(write))
