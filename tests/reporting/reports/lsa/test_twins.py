"""Stays, household types, time homeless, system use and exits against slow twins, on random worlds.

The worlds hold what happens in life and what should not: no head or two, exits before entries, bed nights
outside of stays, deleted rows, other CoCs, projects that close or pause their participation.
"""

from collections.abc import Iterator
from datetime import date, datetime
from itertools import cycle
from typing import Any

import pytest

from hearth.reporting import engine
from hearth.reporting.engine import Connection
from hearth.reporting.reports.lsa.parameters import LsaParameters, Scope
from tests.reference.lsa import exits, homeless_time, stays, system_use
from tests.reference.lsa.rows import World
from tests.sizes import seeds

from .random_world import random_world
from .world import COC, rows_of, run, stage_rows

pytestmark = pytest.mark.long

MADE_AT = datetime(2026, 11, 2, 8, 30)
FISCAL_YEAR = {"start": date(2025, 10, 1), "end": date(2026, 9, 30)}
REPORT_PARAMETERS = {
    "year": LsaParameters(coc=COC, scope=Scope.SYSTEMWIDE, made_at=MADE_AT, **FISCAL_YEAR),
    "months": LsaParameters(
        coc=COC, scope=Scope.SYSTEMWIDE, made_at=MADE_AT, start=date(2025, 2, 1), end=date(2025, 8, 31)
    ),
    "projects": LsaParameters(
        coc=COC, scope=Scope.PROJECT, projects=("ES", "PSH", "NBN"), made_at=MADE_AT, **FISCAL_YEAR
    ),
}
# Each seed with one of the reports, in turn.
REPORTS = [(seed, name) for seed, name in zip(seeds(3), cycle(REPORT_PARAMETERS), strict=False)]
TABLES = ["lsa_household_active", "lsa_hoh_detail", "lsa_exit_detail"]

Found = dict[tuple[Any, ...], tuple[Any, ...]]


class Both:
    """The tables of the report, and the twin's world, of the same rows."""

    def __init__(self, connection: Connection, world: World) -> None:
        self.connection, self.world = connection, world
        self.households = stays.households(world)
        self.people = homeless_time.people(world, self.households)
        homeless_time.set_chronic(self.households, self.people)
        self.systems = system_use.systems(world, self.households)
        self.left = exits.left(world, self.households)

    def ours(self, sql: str, key: str, columns: str) -> Found:
        return {
            tuple(row[one] for one in key.split()): tuple(row[one] for one in columns.split())
            for row in rows_of(self.connection, sql)
        }


@pytest.fixture(scope="module", params=REPORTS, ids=lambda one: f"{one[1]}-{one[0]}")
def both(request: pytest.FixtureRequest) -> Iterator[Both]:
    seed, name = request.param
    parameters = REPORT_PARAMETERS[name]
    rows = random_world(seed)
    with engine.connected() as connection:
        stage_rows(connection, rows)
        run(connection, parameters, TABLES)
        world = World(
            rows,
            parameters.coc,
            parameters.start,
            parameters.end,
            parameters.lookback,
            int(parameters.scope),
            parameters.projects,
        )
        yield Both(connection, world)


def theirs(records: list[Any], key: str, columns: str) -> Found:
    return {
        tuple(getattr(one, name) for name in key.split()): tuple(
            getattr(one, name) for name in columns.split()
        )
        for one in records
    }


def test_households_and_their_dates(both: Both) -> None:
    """3.3"""
    columns = (
        "HoHID EnrollmentID ProjectID LSAProjectType EntryDate MoveInDate ExitDate LastBedNight ExitDest"
    )
    expected = theirs(both.households, "HouseholdID", columns)
    assert both.ours("SELECT * FROM lsa_household_dates", "HouseholdID", columns) == expected
    assert len(expected) > 100


def test_members_and_their_dates(both: Both) -> None:
    """3.4"""
    columns = (
        "PersonalID HouseholdID RelationshipToHoH LSAProjectType EntryDate ExitDate MoveInDate LastBedNight"
        " DisabilityStatus DVStatus"
    )
    members = [member for household in both.households for member in household.members]
    assert both.ours("SELECT * FROM lsa_enrollment_dates", "EnrollmentID", columns) == theirs(
        members, "EnrollmentID", columns
    )


def test_ages(both: Both) -> None:
    """3.5"""
    found = both.ours(
        "SELECT * FROM lsa_enrollment_age", "EnrollmentID", "EntryAge ActiveAge Exit1Age Exit2Age"
    )
    assert found == {
        (member.EnrollmentID,): tuple(member.ages[one] for one in ("Entry", "Active", "Exit1", "Exit2"))
        for household in both.households
        for member in household.members
    }


def test_household_types(both: Both) -> None:
    """3.6, 5.1"""
    found = both.ours(
        "SELECT * FROM lsa_household_type",
        "HouseholdID",
        "EntryHHType ActiveHHType Exit1HHType Exit2HHType Active AIR",
    )
    assert found == {
        (one.HouseholdID,): (
            *(one.types[moment] for moment in ("Entry", "Active", "Exit1", "Exit2")), one.Active, one.AIR,
        )
        for one in both.households
    }  # fmt: skip


def test_active_and_resident_members(both: Both) -> None:
    """5.2"""
    members = [member for household in both.households for member in household.members]
    assert both.ours("SELECT * FROM lsa_enrollment", "EnrollmentID", "Active AIR SystemActive") == theirs(
        members, "EnrollmentID", "Active AIR SystemActive"
    )


def test_quarterly_nights(both: Both) -> None:
    """9.2"""
    found = both.ours(
        "SELECT * FROM lsa_enrollment", "EnrollmentID", "PITOctober PITJanuary PITApril PITJuly"
    )
    assert found == {
        (member.EnrollmentID,): tuple(member.nights.values())
        for household in both.households
        for member in household.members
    }


def test_rows_that_are_not_live(both: Both) -> None:
    """3.3"""
    for file, left in both.world.table.items():
        assert engine.scalar(both.connection, f'SELECT count(*) FROM "{file}"') == len(left)
        if left and file not in ("Export", "User"):
            assert len(left) < len(both.world.rows[file]), f"no row of {file} is deleted"


def test_three_years_of_heads_and_adults(both: Both) -> None:
    """5.3 to 5.5"""
    columns = "HoHAdult DisabilityStatus LastActive CHStart"
    assert both.ours("SELECT * FROM lsa_person_facts", "PersonalID", columns) == theirs(
        list(both.people.values()), "PersonalID", columns
    )


def test_episodes(both: Both) -> None:
    """5.6 to 5.9"""
    found = both.ours("SELECT * FROM lsa_ch_episode", "PersonalID EpisodeStart", "EpisodeEnd EpisodeDays")
    assert found == {
        (person.PersonalID, one.EpisodeStart): (one.EpisodeEnd, one.EpisodeDays)
        for person in both.people.values()
        for one in person.episodes
    }
    assert found


def test_time_homeless(both: Both) -> None:
    """5.10"""
    columns = "CHTime CHTimeStatus"
    expected = theirs(list(both.people.values()), "PersonalID", columns)
    assert both.ours("SELECT * FROM lsa_ch_time", "PersonalID", columns) == expected


def test_chronic_households(both: Both) -> None:
    """5.12"""
    assert both.ours("SELECT * FROM lsa_household_active", "HouseholdID", "HHChronic") == theirs(
        both.households, "HouseholdID", "HHChronic"
    )


def test_status_and_move_in_by_project_group(both: Both) -> None:
    """6.3, 6.4, 6.16"""
    found = both.ours(
        "SELECT * FROM lsa_hoh_detail",
        "HoHID HHType",
        "ESTStatus RRHStatus PSHStatus RRHSOStatus RRHMoveIn PSHMoveIn RRHSOMoveIn",
    )
    assert found == {
        (one.HoHID, one.HHType): (
            *one.Status.values(),
            *(one.MoveIn[group] for group in ("RRH", "PSH", "RRHSO")),
        )
        for one in both.systems
    }


def test_engagement(both: Both) -> None:
    """6.9, 6.12"""
    found = both.ours(
        "SELECT h.*, i.LastInactive FROM lsa_hoh AS h JOIN lsa_hoh_inactive AS i USING (HoHID, HHType)",
        "HoHID HHType",
        "FirstEntry Stat ReturnTime LastInactive",
    )
    assert found == theirs(both.systems, "HoHID HHType", "FirstEntry Stat ReturnTime LastInactive")


def test_days_of_system_use(both: Both) -> None:
    """6.10 to 6.15"""
    columns = " ".join(both.systems[0].days)
    assert both.ours("SELECT * FROM lsa_hoh_days", "HoHID HHType", columns) == {
        (one.HoHID, one.HHType): tuple(one.days.values()) for one in both.systems
    }


def test_system_path(both: Both) -> None:
    """6.18"""
    assert both.ours("SELECT * FROM lsa_hoh_detail", "HoHID HHType", "SystemPath") == theirs(
        both.systems, "HoHID HHType", "SystemPath"
    )


def test_exits(both: Both) -> None:
    """7.1 to 7.3, 7.10, 7.11"""
    found = both.ours(
        "SELECT q.*, i.LastInactive FROM lsa_exit_qualifying AS q"
        " JOIN lsa_exit_inactive AS i USING (Cohort, HouseholdID)",
        "Cohort HoHID HHType",
        "HouseholdID ExitFrom ReturnTime Stat LastInactive",
    )
    assert found == {
        (one.Cohort, one.HoHID, one.HHType): (
            one.household.HouseholdID, one.ExitFrom, one.ReturnTime, one.Stat, one.LastInactive,
        )
        for one in both.left
    }  # fmt: skip
    assert found


def test_time_homeless_of_exits(both: Both) -> None:
    """7.4 to 7.8"""
    found = both.ours(
        "SELECT * FROM lsa_exit_ch_time",
        "Cohort HouseholdID PersonalID",
        "DisabilityStatus CHTime CHTimeStatus",
    )
    assert found == {
        (one.Cohort, one.household.HouseholdID, adult.PersonalID): (
            adult.DisabilityStatus, adult.CHTime, adult.CHTimeStatus,
        )
        for one in both.left
        for adult in one.adults
    }  # fmt: skip


def test_chronic_exits_and_their_path(both: Both) -> None:
    """7.9, 7.12"""
    assert both.ours(
        "SELECT * FROM lsa_exit_detail", "Cohort HoHID HHType", "HHChronic SystemPath"
    ) == theirs(both.left, "Cohort HoHID HHType", "HHChronic SystemPath")
