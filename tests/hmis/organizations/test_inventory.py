"""Beds over time, worked out by hand and against a slow twin that looks at every day."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from hearth.hmis.organizations.inventory import Step, chart, steps
from hearth.hmis.organizations.models import Inventory

TODAY = date(2026, 6, 1)


def row(start: date | None, end: date | None, beds: int | None) -> Inventory:
    return Inventory(inventory_start_date=start, inventory_end_date=end, bed_inventory=beds)


def test_steps_follow_one_another() -> None:
    rows = [
        row(date(2024, 1, 1), date(2024, 12, 31), 10),
        row(date(2024, 7, 1), None, 5),
        row(date(2027, 1, 1), None, 99),  # later than today
        row(None, None, 7),  # nobody knows since when
    ]
    assert steps(rows, TODAY) == [
        Step(date(2024, 1, 1), date(2024, 6, 30), 10),
        Step(date(2024, 7, 1), date(2024, 12, 31), 15),
        Step(date(2025, 1, 1), None, 5),
    ]


def test_a_gap_has_no_beds_and_equal_neighbors_are_one() -> None:
    rows = [
        row(date(2024, 1, 1), date(2024, 1, 31), 4),
        row(date(2024, 2, 1), date(2024, 2, 29), 4),
        row(date(2024, 4, 1), None, 4),
    ]
    assert steps(rows, TODAY) == [
        Step(date(2024, 1, 1), date(2024, 2, 29), 4),
        Step(date(2024, 3, 1), date(2024, 3, 31), 0),
        Step(date(2024, 4, 1), None, 4),
    ]


def test_nothing_to_draw() -> None:
    assert steps([], TODAY) == []
    assert chart([], TODAY) is None
    assert chart(steps([row(date(2024, 1, 1), None, None)], TODAY), TODAY) is None


days = st.dates(date(2026, 3, 1), date(2026, 6, 20))
spans = st.lists(st.tuples(days, st.none() | days, st.integers(0, 9)), max_size=6)


@given(spans)
def test_steps_equal_counting_every_day(records: list[tuple[date, date | None, int]]) -> None:
    parts = steps([row(*record) for record in records], TODAY)
    day = date(2026, 2, 20)
    while day <= TODAY:
        expected = sum(b for s, e, b in records if s <= TODAY and s <= day and (e is None or e >= day))
        found = [p.beds for p in parts if p.since <= day and (p.until is None or p.until >= day)]
        assert (found or [0]) == [expected]
        day += timedelta(days=1)


@given(spans)
def test_bars_stay_in_the_drawing(records: list[tuple[date, date | None, int]]) -> None:
    drawn = chart(steps([row(*record) for record in records], TODAY), TODAY)
    if drawn:
        for bar in drawn.bars:
            assert drawn.left - 0.01 <= bar.x and bar.x + bar.width <= drawn.width + 0.01
            assert 0 <= bar.y <= drawn.base and bar.width > 0


def test_few_years_are_named_and_none_over_today() -> None:
    drawn = chart(steps([row(date(1998, 3, 1), None, 4)], TODAY), TODAY)
    assert drawn
    assert [tick.year for tick in drawn.ticks] == [2004, 2010, 2016, 2022]
