"""Households and the people in them: who they are, before anything happens to them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hearth.reporting.synthetic import arrays
from hearth.reporting.synthetic.arrays import DAYS_A_YEAR, Bools, Ints
from hearth.reporting.synthetic.data import material
from hearth.reporting.synthetic.random_values import Choices, Random
from hearth.reporting.synthetic.stays import GROUPS, SPECIAL, Households, StayGenerator, Stays, group_number
from hearth.reporting.synthetic.world import World

HEAD, CHILD, PARTNER, OTHER_RELATION, NO_RELATION = 1, 2, 3, 4, 5  # list 3.15.1
FEMALE, MALE = 0, 1  # list 4.21
APPROXIMATE = 2  # list 3.03.2
PHYSICAL, DEVELOPMENTAL, CHRONIC, HIV, MENTAL, SUBSTANCE = 5, 6, 7, 8, 9, 10  # list 1.3
DISABILITIES = (PHYSICAL, DEVELOPMENTAL, CHRONIC, HIV, MENTAL, SUBSTANCE)
MOST_CHILDREN = 7
YOUNGEST_PARENT = 14  # years between a parent's and a child's birth, at the least

COMMUNITIES = (
    "scandinavian", "european", "african_american", "somali", "hmong", "native", "latino", "asian", "arab",
)  # fmt: skip
# Share of each community among households, outside of what a CoC says about American Indian clients.
_COMMUNITY_SHARES = (0.12, 0.32, 0.28, 0.09, 0.03, 0.0, 0.10, 0.04, 0.02)
_NATIVE = COMMUNITIES.index("native")


@dataclass(slots=True)
class People:
    """The people of a block; members of a household stand together, the head first.

    `disabled` has a column for each of DISABILITIES; `born` is the day of birth as recorded (the first of
    January when approximate), kept also where DOBDataQuality says that nobody knows it.
    """

    household: Ints
    relationship: Ints
    born: Ints
    dob_quality: Ints
    sex: Ints
    community: Ints
    veteran: Bools
    disabled: Bools
    survivor: Bools

    def __len__(self) -> int:
        return len(self.household)


class Population:
    """Generates households of a world until a block has the number of people asked for."""

    def __init__(self, world: World, stay_generator: StayGenerator) -> None:
        self.stay_generator = stay_generator
        self.end = arrays.day(world.settings.end)
        self.coc_shares = {coc.number: coc.share for coc in world.cocs}
        self.paths = material("pathways")
        self.kinds = list(self.paths["households"].values())
        tables = []
        for coc in world.cocs:
            tables.append(
                {
                    number: kind["share"]
                    for number, kind in enumerate(self.kinds)
                    if stay_generator.served[coc.number, GROUPS.index(kind["group"]) * len(SPECIAL)]
                }
            )
        self.kind_choices = Choices(tables)
        self.communities = Choices(
            [
                {n: (coc.native if n == _NATIVE else share * (1 - coc.native))
                 for n, share in enumerate(_COMMUNITY_SHARES)}
                for coc in world.cocs
            ]
        )  # fmt: skip

    def _of_kind(self, fact: str) -> arrays.Bools:
        return np.array([bool(kind.get(fact)) for kind in self.kinds])

    def households(self, random: Random, people: int) -> tuple[Households, Ints, Ints, Ints]:
        """Households of exactly `people` people, their kind, their children, and their first stay's type."""
        size = people  # never too few: a household has at least one member
        coc = random.pick(self.coc_shares, size)
        kind = self.kind_choices.codes(random, coc)
        children = np.where(self._of_kind("children")[kind], 1 + random.generator.poisson(1.0, size), 0).clip(
            0, MOST_CHILDREN
        )
        group = np.array([GROUPS.index(k["group"]) for k in self.kinds])[kind]
        children = np.where(np.isin(group, (3, 5)), np.minimum(children, 2), children)
        others = self._of_kind("partner")[kind].astype(int) + self._of_kind("kin")[kind]
        members = np.cumsum(1 + children + others)
        kept = int(np.searchsorted(members, people, side="right"))
        missing = people - (int(members[kept - 1]) if kept else 0)
        # The last household would be too large: single adults take its place.
        size = kept + missing
        coc, kind, children = coc[:size], kind[:size], children[:size].astype(np.int32)
        kind[kept:], children[kept:] = 0, 0
        group = np.array([GROUPS.index(k["group"]) for k in self.kinds], dtype=np.int32)[kind]

        low = np.array([k["head"][0] for k in self.kinds])[kind]
        high = np.array([k["head"][1] + 1 for k in self.kinds])[kind]
        # Adults cluster in the first half of the range, like people who meet homelessness do.
        youth = high - low < 10
        within = np.where(youth, random.share(size), random.generator.beta(1.35, 1.9, size))
        head_age = np.floor((low + within * (high - low)) * DAYS_A_YEAR).astype(np.int32)

        grown = head_age >= 24 * DAYS_A_YEAR
        veteran = grown & random.happens(self.paths["veterans"], size)
        hiv = (head_age >= 18 * DAYS_A_YEAR) & random.happens(self.paths["hiv"], size) & ~veteran
        special = np.where(veteran, SPECIAL.index("veterans"), np.where(hiv, SPECIAL.index("hiv"), 0))
        special = self._served(coc, group, special.astype(np.int32))
        cell = group_number(group, special)
        first_type, first_day = self.stay_generator.first_days(random, coc, cell)
        made = Households(
            coc=coc,
            group=group,
            special=special,
            has_children=children > 0,
            head_age=head_age,
            first_day=first_day,
            head_born=(first_day - head_age).astype(np.int32),
        )
        return made, kind, children, first_type

    def _served(self, coc: Ints, group: Ints, special: Ints) -> Ints:
        there = self.stay_generator.served[coc, group_number(group, special)]
        return arrays.where(there, special, 0)

    def people(
        self, random: Random, households: Households, kind: Ints, children: Ints, stays: Stays
    ) -> People:
        """The members of the households."""
        partner = self._of_kind("partner")[kind].astype(np.int32)
        kin = self._of_kind("kin")[kind].astype(np.int32)
        household, place = arrays.repeated((1 + partner + kin + children).astype(np.int32))
        size = len(household)
        partner_at = np.where(partner, 1, -1)[household]
        kin_at = np.where(kin, 1 + partner, -1)[household]
        no_relation = (kin[household] == 1) & (children[household] == 0)
        relationship = np.select(
            [place == 0, place == partner_at, place == kin_at],
            [HEAD, PARTNER, np.where(no_relation, NO_RELATION, OTHER_RELATION)],
            CHILD,
        ).astype(np.int32)
        head_age = households.head_age[household]
        age = self._ages(random, relationship, head_age, no_relation)
        born = (households.first_day[household] - age).astype(np.int32)
        newborn = (relationship == CHILD) & random.happens(0.03, size)
        born = np.where(newborn, self._born_during(random, stays, household, born), born).astype(np.int32)
        adult = age >= 18 * DAYS_A_YEAR
        born, dob_quality = _as_recorded(random, born, age)

        community = self.communities.codes(random, households.coc)[household]
        sex = self._sexes(random, relationship, kind[household], children[household], place)
        is_veteran_household = households.special[household] == SPECIAL.index("veterans")
        veteran = is_veteran_household & (relationship == HEAD)
        veteran |= (relationship == PARTNER) & is_veteran_household & random.happens(0.1, size)
        sex = arrays.where(veteran & random.happens(0.6, size), MALE, sex)
        hiv = (households.special[household] == SPECIAL.index("hiv")) & (relationship == HEAD)
        return People(
            household=household,
            relationship=relationship,
            born=born,
            dob_quality=dob_quality,
            sex=sex,
            community=community,
            veteran=veteran,
            disabled=_disabilities(random, adult, age, veteran, hiv),
            survivor=adult & random.happens(np.where(sex == FEMALE, 0.38, 0.11), size),
        )

    def _ages(self, random: Random, relationship: Ints, head_age: Ints, no_relation: Bools) -> Ints:
        size = len(relationship)
        youngest = int(18 * DAYS_A_YEAR)
        partner = np.maximum(head_age + random.whole(-2_900, 2_900, size), youngest)
        older = np.minimum(head_age + random.whole(6_600, 10_900, size), int(88 * DAYS_A_YEAR))
        peer = np.maximum(head_age + random.whole(-3_600, 3_600, size), youngest)
        oldest_child = np.minimum(head_age - int(YOUNGEST_PARENT * DAYS_A_YEAR), int(17.9 * DAYS_A_YEAR))
        child = np.floor(oldest_child * random.generator.beta(1.0, 1.35, size))
        return np.select(
            [relationship == HEAD, relationship == PARTNER, relationship == CHILD, no_relation],
            [head_age, partner, np.maximum(child, 3), peer],
            older,
        ).astype(np.int32)

    def _born_during(self, random: Random, stays: Stays, household: Ints, born: Ints) -> Ints:
        """A birthday inside the household's first stay in the project, where it is long enough."""
        first = np.unique(stays.household, return_index=True)[1]
        entry, exit = stays.entry[first], np.minimum(stays.exit[first], self.end)
        length = (exit - entry)[household]
        day = entry[household] + 1 + np.floor(random.share(len(household)) * np.maximum(length - 2, 0))
        return arrays.where(length > 40, day.astype(np.int32), born)

    def _sexes(self, random: Random, relationship: Ints, kind: Ints, children: Ints, place: Ints) -> Ints:
        size = len(relationship)
        alone_with_children = (children > 0) & ~self._of_kind("partner")[kind]
        female = np.where(alone_with_children, 0.87, np.where(children > 0, 0.6, 0.34))
        sex = np.where(random.happens(female, size), FEMALE, MALE)
        sex = np.where(relationship == CHILD, np.where(random.happens(0.49, size), FEMALE, MALE), sex)
        # Most partners are of the other sex than the head, who stands straight before them.
        before = np.roll(sex, 1)
        other = np.where(random.happens(0.93, size), 1 - before, before)
        return arrays.where((relationship == PARTNER) & (place == 1), other.astype(np.int32), sex)


def _disabilities(random: Random, adult: Bools, age: Ints, veteran: Bools, hiv: Bools) -> Bools:
    """One column per disability type. Trouble comes together: a shared burden raises all shares."""
    size = len(adult)
    burden = random.generator.gamma(1.2, 1 / 1.2, size)
    years = age / DAYS_A_YEAR
    old = np.clip((years - 25) / 50, 0, 1)
    adults = {
        PHYSICAL: 0.12 + 0.3 * old + 0.06 * veteran,
        DEVELOPMENTAL: 0.06 + 0 * old,
        CHRONIC: 0.14 + 0.32 * old,
        HIV: 0.006 + 0 * old,
        MENTAL: 0.40 + 0.04 * veteran - 0.1 * old,
        SUBSTANCE: 0.24 + 0 * old,
    }
    children = {PHYSICAL: 0.02, DEVELOPMENTAL: 0.06, CHRONIC: 0.05, HIV: 0.0, MENTAL: 0.08, SUBSTANCE: 0.004}
    columns = []
    for kind in DISABILITIES:
        share = np.where(adult, adults[kind] * burden, children[kind])
        share = np.where(years < 10, 0.0 if kind == SUBSTANCE else share, share)
        columns.append(random.happens(share, size) | (hiv if kind == HIV else False))
    return np.column_stack(columns)


def _as_recorded(random: Random, born: Ints, age: Ints) -> tuple[Ints, Ints]:
    """The day of birth as people give it, and its quality. Only grown-ups are ever vague."""
    size = len(born)
    grown = age >= 20 * DAYS_A_YEAR
    quality = arrays.where(grown, random.pick({1: 938, 2: 40, 8: 5, 9: 7, 99: 10}, size), 1)
    first_of_january = born.astype("datetime64[D]").astype("datetime64[Y]").astype("datetime64[D]")
    return arrays.where(quality == APPROXIMATE, first_of_january.astype(np.int64), born), quality
