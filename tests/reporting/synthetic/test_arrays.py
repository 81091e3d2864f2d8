"""Dates on arrays against plain Python."""

import random
from datetime import date, timedelta

import numpy as np
import pytest

from hearth.reporting.synthetic import arrays

EPOCH = date(1970, 1, 1)


def days(*values: date) -> arrays.Ints:
    return np.array([arrays.day(value) for value in values], dtype=np.int32)


def a_day(numbers: random.Random) -> date:
    return date(1930, 1, 1) + timedelta(days=numbers.randrange(36_000))


def test_age_in_whole_years():
    numbers = random.Random(5)
    pairs = [(a_day(numbers), a_day(numbers)) for _ in range(500)]
    pairs += [(date(2004, 2, 29), date(2022, 2, 28)), (date(2004, 2, 29), date(2022, 3, 1))]
    for born, on in pairs:
        expected = on.year - born.year - ((on.month, on.day) < (born.month, born.day))
        assert arrays.years_between(days(born), days(on))[0] == expected, (born, on)


@pytest.mark.parametrize(
    ("start", "years", "expected"),
    [
        (date(2020, 5, 17), 1, date(2021, 5, 17)),
        (date(2020, 2, 29), 1, date(2021, 2, 28)),
        (date(2020, 2, 29), 4, date(2024, 2, 29)),
        (date(2024, 1, 31), -3, date(2021, 1, 31)),
    ],
)
def test_anniversary(start, years, expected):
    assert arrays.anniversary(days(start), years)[0] == arrays.day(expected)


def test_months_touched():
    assert arrays.calendar_months(days(date(2025, 1, 31)), days(date(2025, 2, 1)))[0] == 2
    assert arrays.calendar_months(days(date(2025, 1, 1)), days(date(2025, 1, 31)))[0] == 1
    assert arrays.calendar_months(days(date(2024, 11, 5)), days(date(2025, 2, 1)))[0] == 4


def test_expanding_rows():
    rows, places = arrays.repeated(np.array([2, 0, 1], dtype=np.int32))
    assert rows.tolist() == [0, 0, 2]
    assert places.tolist() == [0, 1, 0]
