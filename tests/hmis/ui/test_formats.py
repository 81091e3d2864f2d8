"""Days, moments, numbers and counts have one written form each."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django import forms
from django.template import engines

from hearth.hmis.ui import formats
from hearth.hmis.ui.forms import DayField

BORN = date(1963, 6, 29)


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (BORN, "June 29, 1963"),
        ("1963-06-29", "June 29, 1963"),
        (datetime(1963, 6, 29, 23, 30), "June 29, 1963"),
        # 2 AM in Greenwich is still the day before in Chicago.
        (datetime(2026, 11, 30, 2, 0, tzinfo=UTC), "November 29, 2026"),
        ("today", "today"),
        ("2026-02-30", "2026-02-30"),
        (None, ""),
        ("", ""),
    ],
)
def test_a_day(value: Any, written: str) -> None:
    assert formats.day(value) == written


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (datetime(2026, 11, 29, 20, 0, tzinfo=UTC), "November 29, 2026, 2:00 PM"),
        (datetime(2026, 1, 2, 15, 4), "January 2, 2026, 3:04 PM"),
        ("2026-11-29 14:00:00", "November 29, 2026, 2:00 PM"),
        ("2026-11-29T20:00:00+00:00", "November 29, 2026, 2:00 PM"),
        (BORN, "June 29, 1963"),
        (None, ""),
    ],
)
def test_a_moment_is_in_the_time_of_the_site(value: Any, written: str) -> None:
    assert formats.moment(value) == written


@pytest.mark.parametrize(
    ("first", "last", "written"),
    [
        (date(2025, 10, 1), date(2026, 9, 30), "October 1, 2025 – September 30, 2026"),
        ("2026-11-03", "2026-11-29", "November 3 – November 29, 2026"),
        (BORN, BORN, "June 29, 1963"),
        (BORN, None, "since June 29, 1963"),
        (None, BORN, "until June 29, 1963"),
        (None, None, ""),
    ],
)
def test_a_period(first: Any, last: Any, written: str) -> None:
    assert formats.period(first, last) == written


@pytest.mark.parametrize(
    ("value", "places", "written"),
    [(1294, 0, "1,294"), (0, 0, "0"), (None, 0, "–"), ("", 0, "–"), ("1294", 0, "1,294"), ("n/a", 0, "n/a"),
     (-11, 0, "-11"), (12345.678, 1, "12,345.7")],
)  # fmt: skip
def test_a_number(value: Any, places: int, written: str) -> None:
    assert formats.number(value, places) == written


def test_shares_and_amounts() -> None:
    assert [formats.percent(share) for share in (21.94, 16, 100, None)] == ["21.9%", "16.0%", "100.0%", "–"]
    assert formats.money(Decimal("1077.4")) == "$1,077.40"


@pytest.mark.parametrize(
    ("count", "one", "written"),
    [
        (1, "client", "1 client"),
        (1294, "client", "1,294 clients"),
        (0, "person", "0 people"),
        (2, "found person", "2 found people"),
        (2, "county", "2 counties"),
        (2, "day", "2 days"),
        (2, "address", "2 addresses"),
        (2, "person served,people served", "2 people served"),
        (1, "person served,people served", "1 person served"),
    ],
)
def test_what_is_counted_stands_in_the_number_that_fits(count: int, one: str, written: str) -> None:
    assert formats.counted(count, one) == written


def test_templates_have_them_without_loading() -> None:
    page = engines["django"].from_string(
        "{{ d|day }}; {{ m|moment }}; {{ d|until:m }}; {{ n|number }}; {{ n|counted:'row' }};"
        " {{ s|percent }}; {{ d|iso }}; {{ d|until:None }}"
    )
    said = page.render({"d": BORN, "m": datetime(2026, 11, 29, 20, 0, tzinfo=UTC), "n": 1294, "s": 5})
    assert said == (
        "June 29, 1963; November 29, 2026, 2:00 PM; June 29, 1963 – November 29, 2026; 1,294; 1,294 rows;"
        " 5.0%; 1963-06-29; since June 29, 1963"
    )


class Asks(forms.Form):
    day = DayField(label="Day")


@pytest.mark.parametrize(
    "typed",
    [
        "06/29/1963",
        "6/29/1963",
        "1963-06-29",
        "06291963",
        "06-29-1963",
        "June 29, 1963",
        "Jun 29, 1963",
        "jun 29 1963",
        "june 29 1963",
    ],
)
def test_a_field_takes_a_day_as_people_type_it(typed: str) -> None:
    form = Asks({"day": typed})
    assert form.is_valid()
    assert form.cleaned_data["day"] == BORN


@pytest.mark.parametrize("typed", ["29/06/1963", "06/29/63", "yesterday", "06/31/1963", "\x00", "9" * 400])
def test_a_field_says_what_to_type(typed: str) -> None:
    form = Asks({"day": typed})
    assert form.errors == {"day": ["Type the day as month/day/year, such as 06/29/1963."]}


def test_a_field_shows_a_day_as_it_is_typed() -> None:
    html = str(Asks(initial={"day": BORN})["day"])
    assert 'value="06/29/1963"' in html
    assert 'placeholder="mm/dd/yyyy"' in html
