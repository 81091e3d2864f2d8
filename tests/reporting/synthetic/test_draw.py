"""Dates and chance against plain Python."""

import random
from datetime import date, timedelta

import numpy as np
import pytest

from hearth.reporting.synthetic import draw
from hearth.reporting.synthetic.draw import Choices, Dice

EPOCH = date(1970, 1, 1)


def days(*values: date) -> draw.Ints:
    return np.array([draw.day(value) for value in values], dtype=np.int32)


def a_day(chance: random.Random) -> date:
    return date(1930, 1, 1) + timedelta(days=chance.randrange(36_000))


def test_age_in_whole_years():
    chance = random.Random(5)
    pairs = [(a_day(chance), a_day(chance)) for _ in range(500)]
    pairs += [(date(2004, 2, 29), date(2022, 2, 28)), (date(2004, 2, 29), date(2022, 3, 1))]
    for born, on in pairs:
        expected = on.year - born.year - ((on.month, on.day) < (born.month, born.day))
        assert draw.years_between(days(born), days(on))[0] == expected, (born, on)


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
    assert draw.anniversary(days(start), years)[0] == draw.day(expected)


def test_months_touched():
    assert draw.calendar_months(days(date(2025, 1, 31)), days(date(2025, 2, 1)))[0] == 2
    assert draw.calendar_months(days(date(2025, 1, 1)), days(date(2025, 1, 31)))[0] == 1
    assert draw.calendar_months(days(date(2024, 11, 5)), days(date(2025, 2, 1)))[0] == 4


def test_weighted_choice_keeps_to_its_weights_and_its_group():
    choices = Choices([{1: 3, 2: 1}, {7: 1}, {5: 0, 9: 2}])
    drawn = choices.draw(Dice(1), np.array([0, 1, 2] * 4_000, dtype=np.int32))
    assert set(drawn[1::3]) == {7}
    assert set(drawn[2::3]) == {9}
    assert 0.72 < (drawn[0::3] == 1).mean() < 0.78


def test_an_empty_table_is_known_as_such():
    assert Choices([{}, {1: 1}]).empty.tolist() == [True, False]


def test_expanding_rows():
    rows, places = draw.repeated(np.array([2, 0, 1], dtype=np.int32))
    assert rows.tolist() == [0, 0, 2]
    assert places.tolist() == [0, 1, 0]


def test_dice_depend_on_their_numbers_alone():
    assert Dice(1, 2).whole(0, 99, 50).tolist() == Dice(1, 2).whole(0, 99, 50).tolist()
    assert Dice(1, 2).whole(0, 99, 50).tolist() != Dice(1, 3).whole(0, 99, 50).tolist()
    drawn = Dice(4).whole(3, 5, 1_000)
    assert set(drawn.tolist()) == {3, 4, 5}
