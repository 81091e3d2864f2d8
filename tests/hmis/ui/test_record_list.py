"""A list of records: what an address asks of it, hostile or not; what it shows, and becomes as a sheet."""

import csv
import random
import zipfile
from datetime import date
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from django.http import QueryDict
from django.template import Context, Template
from django.test import RequestFactory

from hearth.formulas import is_formula
from hearth.hmis.ui import sheets
from hearth.hmis.ui.record_list import Asked, Column, Filter, RecordList, arranged, fits, page_of

COLUMNS = (
    Column("name", "Client"), Column("days", "Days", number=True), Column("why", "Why", sorts=False),
)  # fmt: skip
FILTERS = (
    Filter("project", "Project", (("1", "Agate"), ("2", "Agate"), ("3", "Birch"))),
    Filter("organization", "Organization", tuple((str(n), f"Agency {n}") for n in range(20))),
)
PEOPLE = [("Öz", 3, "1"), ("abel", None, "2"), ("Abel", 10, "3"), ("", 7, "1")]


def asked(query: str = "", **more: Any) -> Asked:
    return Asked(QueryDict(query), columns=COLUMNS, filters=FILTERS, **more)


def names(query: str) -> list[tuple[str, int | None]]:
    found = arranged(
        PEOPLE,
        asked(query),
        codes={"project": lambda one: [one[2]], "organization": lambda one: []},
        keys={"name": lambda one: one[0], "days": lambda one: one[1]},
    )
    return [one[:2] for one in found]


def shown(query: str = "", total: int = 60, **more: Any) -> RecordList:
    what = asked(query)
    given = {"of": total, "can_download": True} | more
    page = page_of(list(range(what.size)), what.page, what.size, total)
    return RecordList(what, page, "People served", "person", "/list/", **given)


def test_records_are_filtered_and_sorted_and_those_without_a_value_come_last() -> None:
    assert names("") == [one[:2] for one in PEOPLE]
    assert names("sort=name") == [("abel", None), ("Abel", 10), ("Öz", 3), ("", 7)]
    assert names("sort=-name") == [("Öz", 3), ("abel", None), ("Abel", 10), ("", 7)]
    assert names("sort=days") == [("Öz", 3), ("", 7), ("Abel", 10), ("abel", None)]
    assert names("sort=-days") == [("Abel", 10), ("", 7), ("Öz", 3), ("abel", None)]
    assert names("sort=name.-days") == [("Abel", 10), ("abel", None), ("Öz", 3), ("", 7)]
    assert names("project=1") == [("Öz", 3), ("", 7)]
    assert names("organization=3") == []


@pytest.mark.parametrize(
    "query",
    [
        "project=9", "project=", "project=%27%3B--", "sort=why", "sort=-", "sort=.", "sort=(select 1)",
        "sort=" + "name." * 900, "size=26", "size=1000000", "page=0", "page=-1", "page=x", "page=" + "9" * 60,
        "page=%D9%A3", "found=%2F..%2F", "found=" + "a" * 65, "download=exe", "download=%00", "nothing=1",
        "project=1&project=%22%3E%3Cscript%3E",
    ],
)  # fmt: skip
def test_what_a_list_does_not_have_asks_nothing(query: str) -> None:
    what = asked(query)
    assert what.chosen == {} and what.size == 25 and what.found == "" and what.download == ""
    assert 1 <= what.page < 10**9
    assert set(dict(what.order)) <= {"name", "days"} and len(what.order) <= 2
    assert "script" not in what.address() and "select" not in what.address()


def test_any_text_asks_something_that_can_be_answered() -> None:
    chance = random.Random(5)
    for _ in range(500):
        query = QueryDict(mutable=True)
        for key in ("project", "organization", "sort", "page", "size", "found", "download"):
            query[key] = "".join(
                chance.choices("0123456789.-nameday\x00é%&=<>'\"\u202e", k=chance.randint(0, 9))
            )
        what = Asked(query, columns=COLUMNS, filters=FILTERS)
        again = Asked(QueryDict(what.address().removeprefix("?")), columns=COLUMNS, filters=FILTERS)
        assert (again.chosen, again.asked_order, again.size, again.found) == (
            what.chosen, what.asked_order, what.size, what.found,
        )  # fmt: skip


def test_a_head_turns_the_order_round_and_keeps_the_one_before_as_second() -> None:
    first, days, _ = shown("sort=name").heads
    assert (first.sorted, first.address) == ("ascending", "?sort=-name")
    assert (days.sorted, days.address) == ("", "?sort=days.name")
    assert shown("sort=-name.days").heads[0].sorted == "descending"
    assert shown("sort=-name.days").heads[0].address == "?sort=name.days"


def test_equal_choices_are_told_apart_and_many_are_typed_ahead() -> None:
    assert [text for _, text in FILTERS[0].said] == ["Agate (1)", "Agate (2)", "Birch"]
    assert (FILTERS[0].is_typed_ahead, FILTERS[1].is_typed_ahead) == (False, True)


def test_a_filter_is_taken_away_alone_or_with_all() -> None:
    found = shown("project=2&organization=7&sort=name&found=abc&page=2", words="ann")
    assert [(chip.label, chip.text) for chip in found.chips] == [
        ("Project", "Agate (2)"), ("Organization", "Agency 7"), ("Search", "ann"),
    ]  # fmt: skip
    assert found.chips[0].address == "?organization=7&sort=name&found=abc"
    assert found.chips[2].address == "?project=2&organization=7&sort=name"
    assert found.every == "?sort=name"
    assert dict(found.downloads)["Excel"] == (
        "/list/?project=2&organization=7&sort=name&found=abc&download=xlsx"
    )


def test_words_are_looked_for_without_accents_and_case() -> None:
    assert fits("oz ANN", "Ann Öz") and fits("", "anybody") and not fits("ann b", "Ann Öz")


def test_a_page_beyond_the_last_is_the_last() -> None:
    assert page_of([], 99, 25, 60).number == 3
    assert page_of([], 99, 25, 0).number == 1


def render(what: RecordList) -> str:
    request = RequestFactory().get("/list/")
    source = "{% load ui %}{% record_list shown %}<tr><td>{{ evil }}</td></tr>{% endrecord_list %}"
    return Template(source).render(Context({"shown": what, "evil": "<b>", "request": request}))


def test_the_frame_says_how_many_and_how_many_are_hidden() -> None:
    html = render(shown("project=1", total=1, of=60, hidden=1200))
    assert "<strong>1</strong> of 60 people" in html and "1,200 more that you may not see" in html
    assert 'aria-sort="ascending"' in render(shown("sort=days"))
    assert "usa-combo-box" in html and 'name="project"' in html and "&lt;b&gt;" in html
    assert "This number counts nobody" in render(shown(total=0))
    assert "Nobody whom you may see" in render(shown(total=0, hidden=2))
    assert "Take a filter away" in render(shown("project=1", total=0, of=4))
    assert "not kept any more" in render(shown(lost=True))
    assert "download=xlsx" not in render(shown(can_download=False)) + render(shown(total=0))
    assert "<tfoot>" in render(shown(totals={"days": "1,294"})) and "<tfoot>" not in html


def test_a_name_turns_no_other_text_round() -> None:
    """A mark of direction in a name holds within the name."""
    html = render(shown("found=abc", words="\u202eevil", search_label="Search"))
    assert "Search: <bdi>\u202eevil</bdi>" in html


def test_what_is_typed_never_stands_in_an_address_or_unescaped() -> None:
    html = render(shown("found=abc", words='<script>Zebulonia"', search_label="Search"))
    assert "<script>" not in html
    assert all("Zebulonia" not in part.split('"')[0] for part in html.split('href="')[1:])
    assert all("Zebulonia" not in part.split('"')[0] for part in html.split('action="')[1:])


FORMULAS = [
    "=1+1", "+1", "-2", "@SUM(A1)", "\t=1", "\r=1", "  =1", "\xa0=1", "\ufeff=1", "＝1", "\n=1", "\x0b=1",
    "\u200b=1", "\u202e=1",
]  # fmt: skip


@pytest.mark.parametrize("text", FORMULAS)
def test_formulas_are_disarmed(tmp_path: Path, text: str) -> None:
    assert is_formula(text)
    sheets.write_csv(tmp_path / "l.csv", ["A"], [[text]])
    with (tmp_path / "l.csv").open(encoding="utf-8-sig", newline="") as stream:
        assert list(csv.reader(stream))[1] == ["'" + text]
    sheets.write_excel(tmp_path / "l.xlsx", [text], [[text]], [("Filter", text)], tmp_path)
    with zipfile.ZipFile(tmp_path / "l.xlsx") as book:
        for sheet in ("xl/worksheets/sheet1.xml", "xl/worksheets/sheet2.xml"):
            xml = book.read(sheet).decode()
            assert "<f>" not in xml and 't="inlineStr"' in xml
        styles = book.read("xl/styles.xml").decode().partition("<cellXfs")[2].split("<xf ")[1:]
        (disarmed,) = [number for number, one in enumerate(styles) if 'quotePrefix="1"' in one]
        for sheet, cell in (("sheet1", "A2"), ("sheet2", "B1")):
            assert f'<c r="{cell}" s="{disarmed}" ' in book.read(f"xl/worksheets/{sheet}.xml").decode()


def test_other_cells_stay_what_they_are(tmp_path: Path) -> None:
    assert not any(map(is_formula, ["O'Neil", "A=1", "", None, 3, -3, date(2026, 1, 2)]))
    rows = [["Ann", 3, -4, date(2026, 1, 2), None, True]]
    sheets.write_excel(tmp_path / "l.xlsx", list("ABCDEF"), rows, [("Rows", "1")], tmp_path)
    with zipfile.ZipFile(tmp_path / "l.xlsx") as book:
        xml = book.read("xl/worksheets/sheet1.xml").decode()
    assert "<v>3</v>" in xml and "<v>-4</v>" in xml and "<t>Ann</t>" in xml and "<t>Yes</t>" in xml
    assert len(list(tmp_path.iterdir())) == 1


def test_days_before_those_of_excel_are_text(tmp_path: Path) -> None:
    """As numbers they would be negative, and Excel shows none of them."""
    rows = [[date(1899, 12, 31)], [date(1900, 1, 1)], [date(1, 1, 1)]]
    sheets.write_excel(tmp_path / "l.xlsx", ["Entry"], rows, [], tmp_path)
    with zipfile.ZipFile(tmp_path / "l.xlsx") as book:
        xml = book.read("xl/worksheets/sheet1.xml").decode()
    assert "<t>1899-12-31</t>" in xml and "<t>0001-01-01</t>" in xml and "<v>1</v>" in xml


def test_characters_that_xml_does_not_know_are_written_as_excel_writes_them(tmp_path: Path) -> None:
    text = "a\x00\x01\x0b\ufffe\uffffb"
    sheets.write_excel(tmp_path / "l.xlsx", ["A"], [[text]], [("Filter", text)], tmp_path)
    with zipfile.ZipFile(tmp_path / "l.xlsx") as book:
        for number in (1, 2):
            xml = ElementTree.fromstring(book.read(f"xl/worksheets/sheet{number}.xml"))
            assert "a_x0000__x0001__x000B__xFFFE__xFFFF_b" in "".join(xml.itertext())


def test_what_a_sheet_cannot_hold_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheets, "EXCEL_ROWS", 2)
    assert sheets.write_excel(tmp_path / "l.xlsx", ["A"], [[n] for n in range(5)], [], tmp_path) == 3
    with zipfile.ZipFile(tmp_path / "l.xlsx") as book:
        assert "3: a sheet holds no more" in book.read("xl/worksheets/sheet2.xml").decode()
