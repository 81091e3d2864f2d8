"""Sections 5.7 to 5.9 against a slow twin that walks through the days, on random intervals."""

import random
from collections.abc import Iterator
from datetime import date, timedelta

import pytest

from hearth.reporting import engine
from hearth.reporting.runtime import registry
from hearth.reporting.runtime.step_files import read_step

LSA = registry.by_name("lsa")

STEP = read_step(LSA.steps_folder / "05_people" / "lsa_ch_episode.sql", LSA.codes)
FIRST = date(2024, 1, 1)
Interval = tuple[str, int, date, date]


def episodes(intervals: list[Interval]) -> Iterator[tuple[str, date, date, int]]:
    """Days included and not excluded; gaps of less than seven nights belong to the episode."""
    for person in sorted({one[0] for one in intervals}):
        days: dict[int, set[date]] = {0: set(), 1: set()}
        for who, excluded, start, end in intervals:
            if who == person:
                days[excluded].update(start + timedelta(n) for n in range((end - start).days))
        counted = sorted(days[0] - days[1])
        started = last = None
        for day in counted:
            if last is None or (day - last).days > 7:
                if started:
                    yield person, started, last, (last - started).days + 1
                started = day
            last = day
        if started:
            yield person, started, last, (last - started).days + 1


@pytest.mark.parametrize("seed", range(20))
def test_the_sweep_equals_the_walk(seed: int) -> None:
    rng = random.Random(seed)
    intervals: list[Interval] = []
    for number in range(rng.randint(1, 60)):
        start = FIRST + timedelta(rng.randint(0, 200))
        length = rng.choice([1, 1, 2, 7, 8, rng.randint(1, 60)])
        intervals.append((f"P{number % 5}", rng.choice([0, 0, 1]), start, start + timedelta(length)))
    with engine.connected() as connection:
        connection.execute(
            "CREATE TABLE lsa_ch_interval"
            " (PersonalID VARCHAR, Excluded INTEGER, StartDate DATE, EndDate DATE)"
        )
        connection.executemany("INSERT INTO lsa_ch_interval VALUES (?, ?, ?, ?)", intervals)
        assert sorted(engine.rows(connection, STEP.sql)) == sorted(episodes(intervals))
