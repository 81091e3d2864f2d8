"""Dates in other forms than HUD's: every branch of the rules, and the slow twin for all at once."""

import random
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path

import pytest

from hearth.reporting import engine
from hearth.reporting.sources.cell_types import create_typed
from hearth.reporting.sources.dates import (
    AHEAD,
    DELETED_AT_SOME_TIME,
    ExportDay,
    export_day,
    read_other_forms,
)
from hearth.standards.load import MODEL_YEAR, load

from .dates_twin import month_speaks_first, read_column
from .exports import Export, checks, staged

EXPORTED = date(2026, 10, 15)
FILES = {"DOB": "Client", "OperatingEndDate": "Project", "FAEndDate": "Services"}
KINDS = {"DOB": "birth", "OperatingEndDate": "ahead", "FAEndDate": "ahead"}


def read(texts: Sequence[str], column: str = "ExitDate", exported: date | None = EXPORTED) -> list[object]:
    """The values of a column with these cells."""
    file = load(2026).file(FILES.get(column, "Exit"))
    names = [one.name for one in file.columns]
    with engine.connected(threads=1) as connection:
        engine.run(connection, f"CREATE TABLE came ({', '.join(f'{one} VARCHAR' for one in names)})")
        connection.executemany(f"INSERT INTO came ({column}) VALUES (?)", [[text] for text in texts])
        engine.run(connection, create_typed(file, "typed", "FROM came"))
        read_other_forms(connection, "typed", file.columns, ExportDay(exported) if exported else None)
        return [value for (value,) in engine.rows(connection, f"SELECT {column} FROM typed ORDER BY rowid")]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("3/25/2026", date(2026, 3, 25)),  # no month 25
        ("25/3/2026", date(2026, 3, 25)),  # no month 25 either
        ("3/3/2026", date(2026, 3, 3)),  # the same both ways
        ("3/4/2026", None),
        ("03-04-2026", None),
        ("31/31/2026", None),
        ("2/30/2026", None),
        ("3/25-2026", None),
        ("2026/3/4", date(2026, 3, 4)),
        ("2026.03.04", date(2026, 3, 4)),
        ("20260304", date(2026, 3, 4)),
        ("20261304", None),
        ("5-JAN-26", date(2026, 1, 5)),
        ("05-jan-2026", date(2026, 1, 5)),
        ("5 January 2026", date(2026, 1, 5)),
        ("05JAN2026", date(2026, 1, 5)),
        ("Jan 5, 2026", date(2026, 1, 5)),
        ("September 5, 2026", date(2026, 9, 5)),
        ("5-SEPT-26", date(2026, 9, 5)),
        ("2026-Jan-05", date(2026, 1, 5)),
        ("5-JANUAR-26", None),
        ("31-FEB-26", None),
        ("5-JAN-99", date(1999, 1, 5)),
        ("5-DEC-26", date(2026, 12, 5)),  # planned within the year of the export
        ("5-JAN-27", date(1927, 1, 5)),  # nobody enters or exits after the export
        ("05-JAN-46 00:00:00", date(1946, 1, 5)),
        (" 5-jan-47 ", date(1947, 1, 5)),
        ("3/25/27", date(1927, 3, 25)),
        ("3/25/27 12:00:00 AM", date(1927, 3, 25)),
        (" 03/03/27\t", date(1927, 3, 3)),
        ("3/4/27", None),
        ("31/12/27", date(1927, 12, 31)),
        ("31-12-27", None),  # or 1931-12-27
        ("3/25/26", date(2026, 3, 25)),
        ("3/3/26", date(2026, 3, 3)),
        ("26-01-05", None),  # the year may stand first
        ("05-05-05", date(2005, 5, 5)),
        ("3/25/126", None),
        ("3/25/6", None),
        ("0026-01-05", None),
        ("1799-12-31", None),
        ("1800-01-01", date(1800, 1, 1)),
        ("2099-12-31", date(2099, 12, 31)),
        ("2100-01-01", None),
        ("9999-12-31", None),
        ("3/25/0026", None),
        (" 2026-03-25\t", date(2026, 3, 25)),
        (" 3/25/2026 ", date(2026, 3, 25)),
        ("2026-03-25 17:05:09", date(2026, 3, 25)),
        ("2026-03-25T17:05:09.123-06:00", date(2026, 3, 25)),
        ("2026-03-25 25:00:00", None),
        ("3/25/2026 5:05 PM", date(2026, 3, 25)),
        ("3/25/2026 17:05", date(2026, 3, 25)),
        ("3/25/2026 13:05 PM", None),
        ("3/25/2026 0:05 AM", None),
        ("3/25/2026 12:61", None),
        ("46100", None),
        ("today", None),
        ("NULL", None),
    ],
)
def test_one_text_alone(text: str, value: date | None) -> None:
    assert read([text]) == [value]
    assert list(read_column([text], exported=EXPORTED).values()) == [value]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("3/25/2026 12:05:06 AM", datetime(2026, 3, 25, 0, 5, 6)),
        ("3/25/2026 12:05 pm", datetime(2026, 3, 25, 12, 5)),
        ("25-MAR-26 11:59:59 PM", datetime(2026, 3, 25, 23, 59, 59)),
        ("3/25/2026", datetime(2026, 3, 25)),
        ("3/4/2026 9:30", None),
    ],
)
def test_a_date_and_time(text: str, value: datetime | None) -> None:
    assert read([text], "DateUpdated") == [value]
    assert list(read_column([text], time_wanted=True, exported=EXPORTED).values()) == [value]


@pytest.mark.parametrize(
    ("texts", "values"),
    [
        (["3/4/2026", "3/25/2026"], [date(2026, 3, 4), date(2026, 3, 25)]),
        (["3/4/2026", "3/3/2026"], [None, date(2026, 3, 3)]),  # proves nothing
        (["3/4/2026", "25/3/2026"], [None, date(2026, 3, 25)]),
        (["3/4/2026", "3/25/2026", "25/3/2026"], [None, date(2026, 3, 25), date(2026, 3, 25)]),
        (["3/4/2026", "2026-03-25"], [None, date(2026, 3, 25)]),  # another form proves nothing
        (["3/4/2026", "2026/3/25"], [None, date(2026, 3, 25)]),
        (["3/4/2026", "2026/3/25", "3/25/2026"], [date(2026, 3, 4), date(2026, 3, 25), date(2026, 3, 25)]),
        (["3/4/26", "3/25/2026"], [date(2026, 3, 4), date(2026, 3, 25)]),
        (["3-4-2026", "99-12-31", "3/25/2026"], [None, date(1999, 12, 31), date(2026, 3, 25)]),
        (["3/4/2026 9:00", "3/25/2026 10:00"], [date(2026, 3, 4), date(2026, 3, 25)]),
    ],
)
def test_values_of_one_column_explain_each_other(texts: list[str], values: list[date | None]) -> None:
    assert read(texts) == values
    assert list(read_column(texts, exported=EXPORTED).values()) == values


def test_a_birth_date_is_not_after_the_export() -> None:
    texts = ["17-MAY-90", "14-OCT-26", "15-OCT-26", "16-OCT-26", "5-JAN-27", "5/17/90"]
    expected = [
        date(1990, 5, 17),
        date(2026, 10, 14),
        date(2026, 10, 15),  # the day of the export
        date(1926, 10, 16),
        date(1927, 1, 5),
        date(1990, 5, 17),
    ]
    assert read(texts, "DOB") == expected
    assert list(read_column(texts, kind="birth", exported=EXPORTED).values()) == expected


@pytest.mark.parametrize("column", ["OperatingEndDate", "FAEndDate"])
def test_a_date_made_known_beforehand_may_lie_ahead(column: str) -> None:
    texts = ["30-JUN-26", "30-JUN-27", "6/30/27 0:00", "30-JUN-46", "30-JUN-47", "30-JUN-2027"]
    expected = [date(2026, 6, 30), None, None, None, date(1947, 6, 30), date(2027, 6, 30)]
    assert read(texts, column) == expected
    assert list(read_column(texts, kind="ahead", exported=EXPORTED).values()) == expected


def test_the_columns_that_may_lie_ahead_are_huds() -> None:
    assert {column.id for column in load(2026).columns() if column.type == "D"} >= AHEAD


def test_two_digits_mean_no_year_without_an_export_date() -> None:
    assert read(["5-JAN-26", "3/25/26", "3/25/2026"], exported=None) == [None, None, date(2026, 3, 25)]


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        ("2026-10-15 08:30:00", EXPORTED), ("2026-10-15T08:30", EXPORTED), ("10/15/2026", EXPORTED),
        ("15-OCT-2026", EXPORTED), ("2026-13-45", None), ("15-OCT-26 8:30", EXPORTED), ("10/15/26", EXPORTED),
        (" 15-oct-26 ", EXPORTED), ("3/4/2026 8:30 AM", date(2026, 12, 31)), ("3/4/26", date(2026, 12, 31)),
        ("yesterday", None), ("26-03-04", None), ("' OR 1=1", None),
    ],
)  # fmt: skip
def test_the_day_of_the_export(tmp_path: Path, cell: str, day: date | None) -> None:
    path = tmp_path / "Export.csv"
    path.write_text(f"ExportID, exportdate \n,\nX1,{cell}\n")
    assert export_day(path, load(MODEL_YEAR)) == (ExportDay(day) if day else None)


@pytest.mark.parametrize("cell", ["x", "3/4/2026", "yes", "0", "2026-02-30"])
def test_any_text_in_date_deleted_deletes(tmp_path: Path, cell: str) -> None:
    export = Export()
    export.row("Enrollment", 1)["DateDeleted"] = cell
    with staged(export.zip(tmp_path)) as result:
        rows = engine.rows(result.connection, 'SELECT DateDeleted::VARCHAR FROM "Enrollment" ORDER BY _line')
        assert rows == [(None,), (DELETED_AT_SOME_TIME,)]
        assert checks(result)["time_unreadable", "Enrollment", "DateDeleted"] == 1


def test_what_a_column_explains_changes_the_hash(tmp_path: Path) -> None:
    """The next import must see that a row means something else now, although its text is the same."""

    def staged_exit(folder: str, other: str) -> tuple[object, ...]:
        export = Export()
        (tmp_path / folder).mkdir()
        export.row("Exit")["ExitDate"] = "3/4/2026"
        export.tables["Exit"].append({**export.row("Exit"), "ExitID": "T3", "ExitDate": other})
        with staged(export.zip(tmp_path / folder), check=False) as result:
            return engine.row(result.connection, "SELECT ExitDate, _hash FROM \"Exit\" WHERE ExitID = 'T2'")

    unread, known = staged_exit("a", "3/3/2026"), staged_exit("b", "3/25/2026")
    assert (unread[0], known[0]) == (None, date(2026, 3, 4))
    assert unread[1] != known[1]
    assert staged_exit("c", "3/26/2026") == known


def random_text(rng: random.Random) -> str:
    """A date in some form, often a strange one, around the few days at which meanings turn."""
    day, month, year = (
        rng.randrange(1, 33),
        rng.randrange(1, 14),
        rng.choice([1899, 1926, 1990, 2026, 2027, 2050]),
    )
    short = f"{year % 100:02d}"
    separator = rng.choice("///--.")
    word = rng.choice(["jan", "FEB", "Sept", "december", "may", "Juni"])
    said = rng.choice(
        [
            f"{month}{separator}{day}{separator}{year}",
            f"{month:02d}{separator}{day:02d}{separator}{year}",
            f"{day}{separator}{month}{separator}{year}",
            f"{month}{separator}{day}{separator}{short}",
            f"{day:02d}{separator}{month:02d}{separator}{short}",
            f"{short}{separator}{month:02d}{separator}{day:02d}",
            f"{year}{separator}{month}{separator}{day}",
            f"{year}{month:02d}{day:02d}",
            f"{day}-{word}-{short}",
            f"{day} {word} {year}",
            f"{word} {day}, {year}",
            f"{year}-{word}-{day}",
            f"{month}/{day}-{year}",
            rng.choice(["x", "0", "2026", "1/2", "1/2/3/4", "99999999"]),
        ]
    )
    clock = rng.choice(
        ["", "", "", " 0:00", " 9:30", "T23:59:59", " 12:00:00 AM", " 1:02:03.5 pm", " 24:00", " 7:60"]
    )
    return rng.choice(["", "", " "]) + said + clock + rng.choice(["", "", " ", "Z" if clock else ""])


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("column", ["ExitDate", "DOB", "DateUpdated", "OperatingEndDate"])
def test_the_engine_reads_what_the_slow_twin_reads(column: str, seed: int) -> None:
    rng = random.Random(f"{column} {seed}")
    exported = rng.choice([EXPORTED, date(2026, 1, 1), date(2099, 12, 31), None])
    texts = list({random_text(rng) for _ in range(rng.choice([3, 8, 300]))})
    expected = read_column(
        texts, time_wanted=column == "DateUpdated", kind=KINDS.get(column, "past"), exported=exported
    )
    assert dict(zip(texts, read(texts, column, exported), strict=True)) == expected


def test_the_random_texts_reach_every_meaning() -> None:
    """Otherwise the comparison above would prove little."""
    rng = random.Random(1)
    texts = [random_text(rng) for _ in range(4000)]
    values = read_column(texts, exported=EXPORTED)
    assert 500 < sum(value is None for value in values.values()) < 3500
    columns = [[random_text(rng) for _ in range(3)] for _ in range(400)]
    assert 20 < sum(month_speaks_first(column, "past", EXPORTED) for column in columns) < 380
