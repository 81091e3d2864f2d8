"""Enrollment.csv and Exit.csv: one row per person and stay, made from the stays of households."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hearth.reporting.synthetic import arrays
from hearth.reporting.synthetic.arrays import FAR, NOTHING, Bools, Ints, Longs
from hearth.reporting.synthetic.data import material
from hearth.reporting.synthetic.people import HEAD, People
from hearth.reporting.synthetic.random_values import Choices, Random
from hearth.reporting.synthetic.stays import DECEASED, Stays
from hearth.reporting.synthetic.world import World

ADULT = 18
# Codes of the lists that the logic below speaks of by name.
NO, YES, DOES_NOT_KNOW, PREFERS_NOT, NOT_COLLECTED = 0, 1, 8, 9, 99
NO_EXIT_INTERVIEW, OTHER_DESTINATION, RENTAL_WITH_SUBSIDY = 30, 17, 435
SHELTER_LIKE = (0, 1, 4, 8)  # project types that ask 3.917A
SHORT_STAYS = (10, 11)  # one night or less, two to six nights
SHORT_OR_MEDIUM_STAYS = (10, 11, 2, 3)  # … up to 90 days
MOST_MONTHS, MONTHS_BASE = 13, 100  # list 3.917.5: 101 is one month, 113 more than twelve
FIRST_ID = 100_001


@dataclass(slots=True)
class Rows:
    """Enrollments of a block: the facts that every other file needs. Days; `exit` is FAR while open."""

    id: Ints
    person: Ints
    personal_id: Ints
    stay: Ints
    project: Ints
    type: Ints
    coc: Ints
    entry: Ints
    exit: Ints
    head_entry: Ints
    is_head: Bools
    age: Ints  # whole years at entry
    adult: Bools  # at entry
    asked: Bools  # adults and heads: who answers most questions
    lag: Ints  # days between an event and its entry into the system
    user: Ints

    def __len__(self) -> int:
        return len(self.id)

    def taken(self, rows: Ints | Bools) -> Rows:
        """Some of the rows."""
        return Rows(*(getattr(self, name)[rows] for name in self.__slots__))


def lags(random: Random, size: int) -> Ints:
    """Days until something is entered: mostly the same day, with a long tail."""
    band = random.share(size)
    return np.select(
        [band < 0.55, band < 0.78, band < 0.89, band < 0.95, band < 0.992],
        [
            np.zeros(size),
            random.whole(1, 3, size),
            random.whole(4, 6, size),
            random.whole(7, 10, size),
            random.whole(11, 60, size),
        ],
        random.whole(61, 400, size),
    ).astype(np.int32)


class Enrollments:
    """Makes the rows of a block and their two files."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.start, self.end = arrays.day(world.settings.start), arrays.day(world.settings.end)
        self.last_entry = arrays.day(world.settings.exported_at.date()) - 1
        paths = material("pathways")
        types = range(15)
        priors = [paths["prior"].get(paths["prior_of"].get(t), {DOES_NOT_KNOW: 1}) for t in types]
        self.priors = Choices(priors)
        self.came_from = np.array([paths["came_from"].get(t, DOES_NOT_KNOW) for t in types])
        self.onward = np.array([paths["onward"].get(t, NOT_COLLECTED) for t in types])
        by_type = [dict(paths["destinations"].get(t, {NO_EXIT_INTERVIEW: 1})) for t in types]
        self.destinations = Choices(by_type + [d | paths["destinations"]["hopwa"] for d in by_type])
        any_subsidy = paths["subsidies"]["any"]
        self.subsidies = Choices([any_subsidy, *(paths["subsidies"].get(t, any_subsidy) for t in types)])
        funders = world.registry.list("2.06.1").in_category("HUD: HOPWA")
        self.hopwa = world.funded(*(int(code) for code in funders))
        self.first_user, self.users_of = world.first_user(), world.users_of()
        vamc = [project.cocs[0].vamc for project in world.projects]
        self.vamc = np.array(["", *vamc], dtype=object)
        self.coc_codes = np.array([coc.code for coc in world.cocs], dtype=object)

    # ---- who is enrolled when

    def rows(self, random: Random, people: People, stays: Stays, first_person: int, first_row: int) -> Rows:
        """One row per person and stay. Ids count on from the two firsts."""
        counts = np.bincount(people.household)
        starts = np.cumsum(counts) - counts
        stay, place = arrays.repeated(counts[stays.household].astype(np.int32))
        person = (starts[stays.household[stay]] + place).astype(np.int32)
        head_entry, head_exit = stays.entry[stay], stays.exit[stay]
        head_last = np.minimum(head_exit, self.end)
        is_head = people.relationship[person] == HEAD
        born = people.born[person]
        size = len(stay)

        # A child born during a stay joins on its first day; somebody may join later or leave earlier.
        born_within = (born > head_entry) & (born < head_last - 1) & ~stays.beside[stay]
        here = (born <= head_entry) | born_within
        joins = ~is_head & (head_last - head_entry > 60) & random.happens(0.02, size) & ~born_within
        entry = np.where(born_within, born, head_entry)
        entry = np.where(joins, head_entry + random.whole(1, 20, size), entry)
        leaves = ~is_head & (head_last - entry > 30) & random.happens(0.025, size)
        after = np.floor((head_last - entry - 2) * random.share(size)).astype(np.int32)
        exit = np.where(leaves, np.maximum(entry + 1 + after, self.start), head_exit)
        here &= exit > entry - (entry == head_entry)

        # Nobody begins twice on one day: the row of the later stay of the two goes.
        rows = np.flatnonzero(here)
        order = rows[np.lexsort((rows, entry[rows], person[rows]))]
        twice = np.zeros(len(order), dtype=bool)
        twice[1:] = (np.diff(person[order]) == 0) & (np.diff(entry[order]) == 0)
        rows = np.sort(order[~twice])

        size = len(rows)
        project = stays.project[stay[rows]]
        age = np.maximum(arrays.years_between(born[rows], entry[rows].astype(np.int32)), 0)
        adult = age >= ADULT
        stay_lag, stay_user = lags(random, len(stays)), random.share(len(stays))
        user = self.first_user[project] + np.floor(stay_user[stay[rows]] * self.users_of[project])
        return Rows(
            id=np.arange(first_row, first_row + size, dtype=np.int32),
            person=person[rows],
            personal_id=(person[rows] + first_person).astype(np.int32),
            stay=stay[rows],
            project=project,
            type=stays.type[stay[rows]],
            coc=stays.coc[stay[rows]],
            entry=entry[rows].astype(np.int32),
            exit=exit[rows].astype(np.int32),
            head_entry=head_entry[rows],
            is_head=is_head[rows],
            age=age.astype(np.int32),
            adult=adult,
            asked=adult | is_head[rows],
            lag=stay_lag[stay[rows]],
            user=user.astype(np.int32),
        )

    def stamps(self, random: Random, day: Ints, lag: Ints, user: Ints) -> dict[str, np.ndarray]:
        """DateCreated, DateUpdated and UserID of rows about something that happened on `day`."""
        size = len(day)
        created_day = np.minimum(day + lag, self.last_entry)
        time_of_day = random.whole(8 * 3600, 17 * 3600, size)
        created: Longs = created_day.astype(np.int64) * arrays.SECONDS_A_DAY + time_of_day
        changed = random.happens(0.08, size)
        updated_day = np.minimum(created_day + 1 + random.waiting(40, size), self.last_entry)
        updated = updated_day.astype(np.int64) * arrays.SECONDS_A_DAY + random.whole(
            8 * 3600, 17 * 3600, size
        )
        return {
            "DateCreated": created,
            "DateUpdated": np.where(changed, np.maximum(updated, created), created),
            "UserID": user,
        }

    # ---- Enrollment.csv

    def enrollment_file(
        self, random: Random, rows: Rows, people: People, stays: Stays, first_household: int
    ) -> dict[str, np.ndarray]:
        """Columns of Enrollment.csv except those of single funders (see `programs`)."""
        size = len(rows)
        disabled = _reportably_disabled(people)[rows.person]
        unknown = ~people.disabled[rows.person].any(axis=1) & random.happens(0.012, size)
        disabling = np.where(unknown, random.pick({8: 1, 9: 1, 99: 3}, size), np.where(disabled, YES, NO))
        return {
            "EnrollmentID": rows.id,
            "PersonalID": rows.personal_id,
            "ProjectID": rows.project,
            "EntryDate": rows.entry,
            "HouseholdID": (rows.stay + first_household).astype(np.int32),
            "RelationshipToHoH": people.relationship[rows.person],
            "EnrollmentCoC": self.coc_codes[rows.coc],
            **self._prior(random, rows, stays),
            "DisablingCondition": disabling.astype(np.int32),
            "MoveInDate": arrays.where(rows.is_head, stays.move_in[rows.stay]),
            "DateOfEngagement": self._engagement(random, rows),
            **self.stamps(random, rows.entry, rows.lag, rows.user),
        }

    def _engagement(self, random: Random, rows: Rows) -> Ints:
        """Everybody who left outreach was engaged by then; some who are still there are not yet."""
        asked = self.world.flags("4.13")[rows.project] & rows.asked
        last = np.minimum(rows.exit, self.end)
        day = np.minimum(rows.entry + random.waiting(9, len(rows)), last)
        not_yet = (rows.exit == FAR) & random.happens(0.25, len(rows))
        return arrays.where(asked & ~not_yet, day.astype(np.int32))

    def _prior(self, random: Random, rows: Rows, stays: Stays) -> dict[str, Ints]:
        """3.917 for adults and heads, answered once for the household; not asking (99) is an error."""
        size = len(stays)
        situation = self.priors.codes(random, stays.type)
        straight = stays.previous != NOTHING
        before = np.where(straight, stays.previous, 0)
        situation = np.where(straight, self.came_from[before], situation).astype(np.int32)
        subsidy = self.subsidies.codes(random, np.where(straight, before + 1, 0).astype(np.int32))
        length = random.pick({10: 7, 11: 12, 2: 18, 3: 20, 4: 20, 5: 16, 8: 2, 9: 0.5}, size)

        like_shelter = np.isin(stays.type, SHELTER_LIKE)
        homeless = (situation >= 100) & (situation < 200)
        institution = (situation >= 200) & (situation < 300)
        short = np.where(institution, np.isin(length, SHORT_OR_MEDIUM_STAYS), np.isin(length, SHORT_STAYS))
        threshold = arrays.where(~like_shelter & ~homeless, short.astype(np.int32))
        from_street = arrays.where(threshold == YES, random.happens(0.6, size).astype(np.int32))
        episode = like_shelter | homeless | (from_street == YES)
        days = np.where(
            random.happens(0.12, size), random.spread(700, 0.8, size), random.spread(45, 1.2, size)
        )
        since = (stays.entry - np.minimum(days, 9_000)).astype(np.int32)
        years_long = since <= arrays.anniversary(stays.entry, -3)
        times = random.pick({1: 48, 2: 20, 3: 12, 4: 20}, size)
        times = np.where(years_long, 1, times)
        this_time = np.minimum(arrays.calendar_months(since, stays.entry), MOST_MONTHS)
        more = np.minimum(this_time + random.waiting(4, size), MOST_MONTHS)
        months = MONTHS_BASE + np.where(times == 1, this_time, more)
        unsure = random.happens(0.025, size) & ~years_long
        code = random.pick({8: 4, 9: 2}, size)
        answers = {
            "LivingSituation": situation,
            "RentalSubsidyType": arrays.where(situation == RENTAL_WITH_SUBSIDY, subsidy),
            "LengthOfStay": length,
            "LOSUnderThreshold": threshold,
            "PreviousStreetESSH": from_street,
            "DateToStreetESSH": arrays.where(episode, since),
            "TimesHomelessPastThreeYears": arrays.where(episode, np.where(unsure, code, times)),
            "MonthsHomelessPastThreeYears": arrays.where(episode, np.where(unsure, code, months)),
        }
        return {name: arrays.where(rows.asked, values[rows.stay]) for name, values in answers.items()}

    # ---- Exit.csv

    def exit_file(self, random: Random, rows: Rows, stays: Stays) -> tuple[dict[str, np.ndarray], Ints]:
        """Columns of Exit.csv except those of single funders; and which rows have exited."""
        onward = stays.onward != NOTHING
        after = np.where(onward, stays.onward, 0)
        hopwa = self.hopwa[stays.project]
        destination = self.destinations.codes(random, (stays.type + 15 * hopwa).astype(np.int32))
        destination = np.where(onward, self.onward[after], destination)
        destination = np.where(
            (destination == DECEASED) & ~self._is_last(stays), NO_EXIT_INTERVIEW, destination
        ).astype(np.int32)
        subsidy = self.subsidies.codes(random, np.where(onward, after + 1, 0).astype(np.int32))

        exited = np.flatnonzero(rows.exit != FAR).astype(np.int32)
        of = rows.taken(exited)
        where_to = destination[of.stay]
        # Death takes one person; who leaves before the others goes somewhere else than they.
        alone = ~of.is_head & ((where_to == DECEASED) | (of.exit < stays.exit[of.stay]))
        own = random.pick({312: 5, 313: 3, 422: 8, 423: 3, 410: 2, 207: 1, 215: 1, 30: 4, 99: 1}, len(of))
        where_to = arrays.where(alone, own, where_to)
        text = np.full(len(of), None, dtype=object)
        other = where_to == OTHER_DESTINATION
        text[other] = random.among(_OTHER_DESTINATIONS, int(other.sum()))
        return {
            "EnrollmentID": of.id,
            "PersonalID": of.personal_id,
            "ExitDate": of.exit,
            "Destination": where_to,
            "DestinationSubsidyType": arrays.where(where_to == RENTAL_WITH_SUBSIDY, subsidy[of.stay]),
            "OtherDestination": text,
            **self.stamps(random, of.exit, lags(random, len(stays))[of.stay], of.user),
        }, exited

    def _is_last(self, stays: Stays) -> Bools:
        """Whether nothing of the household ends later than a stay, nor at the same time."""
        last = np.zeros(int(stays.household.max()) + 1, dtype=np.int32)
        ends = stays.exit
        np.maximum.at(last, stays.household, ends)
        alone = (ends == last[stays.household]) & ~stays.beside
        count = np.zeros(len(last), dtype=np.int32)
        np.add.at(count, stays.household, (ends == last[stays.household]).astype(np.int32))
        return alone & (count[stays.household] == 1)


def _reportably_disabled(people: People) -> Bools:
    """Who has a condition that makes DisablingCondition a yes: every one of ours is long and impairing."""
    return np.asarray(people.disabled.any(axis=1))


_OTHER_DESTINATIONS = (
    "Moved to another state", "Staying on family land", "Hospice house", "Left for seasonal work",
    "Religious community", "Returned to reservation, place not known",
)  # fmt: skip
