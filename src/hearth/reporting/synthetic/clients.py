"""Client.csv: names, numbers, birthdays, race and service, with the quality in which people give them."""

from __future__ import annotations

import numpy as np

from hearth.reporting.synthetic import arrays
from hearth.reporting.synthetic.arrays import Bools, Ints, Texts
from hearth.reporting.synthetic.data import material
from hearth.reporting.synthetic.enrollments import NO, YES, Enrollments, Rows
from hearth.reporting.synthetic.people import CHILD, COMMUNITIES, FEMALE, HEAD, PARTNER, People
from hearth.reporting.synthetic.random_values import Random
from hearth.reporting.synthetic.world import World

RACES = (
    "AmIndAKNative", "Asian", "BlackAfAmerican", "HispanicLatinao", "MidEastNAfrican", "NativeHIPacific",
    "White",
)  # fmt: skip
_RACE_OF = {
    "scandinavian": "White", "european": "White", "african_american": "BlackAfAmerican",
    "somali": "BlackAfAmerican", "hmong": "Asian", "native": "AmIndAKNative", "latino": "HispanicLatinao",
    "asian": "Asian", "arab": "MidEastNAfrican",
}  # fmt: skip
_SAID = {
    "somali": ("Somali", "Somali American"),
    "hmong": ("Hmong",),
    "native": ("Ojibwe", "Anishinaabe", "Dakota", "Lakota"),
    "scandinavian": ("Norwegian", "Swedish and Finnish"),
    "asian": ("Karen", "Vietnamese", "Cambodian"),
    "latino": ("Mexican", "Ecuadorian", "Puerto Rican"),
}
_NOT_GIVEN = {8: 2.0, 9: 5.0, 99: 3.0}
FULL, PARTIAL = 1, 2  # lists 3.01.5, 3.02.2, 3.03.2
_NEVER_ISSUED = 900_000_000  # no Social Security number begins with 9
_NUMBERS = 100_000_000
_STEP = 61_234_567  # shares no factor with _NUMBERS, so that no number comes twice
_STAND_INS = (987_654_321, 999_999_999)
_SHARE_OF_HALVES = 0.5
# Theater: column, first and last year of the conflict.
_THEATERS = (
    ("WorldWarII", 1939, 1946),
    ("KoreanWar", 1950, 1955),
    ("VietnamWar", 1961, 1975),
    ("DesertStorm", 1990, 1991),
    ("AfghanistanOEF", 2001, 2021),
    ("IraqOIF", 2003, 2010),
    ("IraqOND", 2010, 2011),
    ("OtherTheater", 1976, 2025),
)


class _Names:
    """Names of a community as arrays, and what can be made of them."""

    def __init__(self) -> None:
        facts = material("names")
        self.given = {
            (community, sex): _array(facts[community]["female" if sex == FEMALE else "male"])
            for community in COMMUNITIES
            for sex in (0, 1)
        }
        self.family = {community: _array(facts[community]["family"]) for community in COMMUNITIES}
        self.halves = {c: (_array(first), _array(last)) for c, (first, last) in facts["halves"].items()}
        self.nicknames: dict[str, str] = facts["nicknames"]
        self.street = _array(facts["street_names"])
        self.suffixes = _array(facts["suffixes"])

    def given_names(self, random: Random, community: Ints, sex: Ints) -> Texts:
        names = np.full(len(community), None, dtype=object)
        for (name, code), options in self.given.items():
            which = np.flatnonzero((community == COMMUNITIES.index(name)) & (sex == code))
            names[which] = options[random.generator.integers(0, len(options), len(which))]
        return names

    def family_names(self, random: Random, community: Ints) -> Texts:
        names = np.full(len(community), None, dtype=object)
        for name, options in self.family.items():
            which = np.flatnonzero(community == COMMUNITIES.index(name))
            made = options[random.generator.integers(0, len(options), len(which))]
            if name in self.halves:
                first, last = self.halves[name]
                built = np.char.add(
                    first[random.generator.integers(0, len(first), len(which))].astype(str),
                    last[random.generator.integers(0, len(last), len(which))].astype(str),
                ).astype(object)
                made = np.where(random.happens(_SHARE_OF_HALVES, len(which)), built, made)
            names[which] = made
        # Some families carry two names.
        other = np.roll(names, 1)
        two = (np.roll(community, 1) == community) & random.happens(0.04, len(names)) & (other != names)
        names[two] = names[two] + "-" + other[two]
        return names


def _array(values: list[str]) -> Texts:
    made = np.empty(len(values), dtype=object)
    made[:] = values
    return made


class Clients:
    """Makes the rows of a block."""

    def __init__(self, world: World, enrollments: Enrollments) -> None:
        self.enrollments = enrollments
        self.names = _Names()
        self.end = arrays.day(world.settings.end)
        self.seed = world.settings.seed

    def file(self, random: Random, people: People, rows: Rows, first_person: int) -> dict[str, np.ndarray]:
        """Columns of Client.csv; metadata comes from the first enrollment."""
        size = len(people)
        order = np.lexsort((rows.entry, rows.person))
        first_row = order[np.searchsorted(rows.person[order], np.arange(size))]
        last_entry = np.zeros(size, dtype=np.int32)
        np.maximum.at(last_entry, rows.person, rows.entry)
        adult = arrays.years_between(people.born, last_entry) >= 18
        personal_id = np.arange(first_person, first_person + size, dtype=np.int32)
        unknown_dob = ~np.isin(people.dob_quality, (FULL, PARTIAL))
        sex_unknown = random.happens(0.012, size)
        return {
            "PersonalID": personal_id,
            **self._name(random, people),
            **self._number(random, personal_id),
            "DOB": arrays.where(~unknown_dob, people.born),
            "DOBDataQuality": people.dob_quality,
            "Sex": arrays.where(sex_unknown, random.pick(_NOT_GIVEN, size), people.sex),
            **self._race(random, people),
            **self._service(random, people, adult),
            **self.enrollments.stamps(
                random, rows.entry[first_row], rows.lag[first_row], rows.user[first_row]
            ),
        }

    def _name(self, random: Random, people: People) -> dict[str, np.ndarray]:
        size = len(people)
        first = self.names.given_names(random, people.community, people.sex)
        middle = self.names.given_names(random, people.community, people.sex)
        middle[random.happens(0.5, size)] = None
        own = self.names.family_names(random, people.community)
        # Children and most partners carry the head's name.
        heads = np.flatnonzero(people.relationship == HEAD)
        head = heads[np.searchsorted(people.household[heads], people.household)]
        shared = (people.relationship == CHILD) & random.happens(0.86, size)
        shared |= (people.relationship == PARTNER) & random.happens(0.55, size)
        last = np.where(shared, own[head], own)
        suffix = np.full(size, None, dtype=object)
        which = np.flatnonzero((people.sex != FEMALE) & random.happens(0.03, size))
        suffix[which] = self.names.suffixes[
            random.generator.integers(0, len(self.names.suffixes), len(which))
        ]

        quality = random.pick({FULL: 955, PARTIAL: 30, 8: 3, 9: 6, 99: 6}, size)
        for place in np.flatnonzero(quality == PARTIAL):
            nickname = self.names.nicknames.get(first[place])
            if nickname is None:
                nickname = self.names.street[place % len(self.names.street)]
                last[place] = last[place] if place % 3 else None
            first[place] = nickname
        none = ~np.isin(quality, (FULL, PARTIAL))
        for texts in (first, middle, last, suffix):
            texts[none] = None
        return {
            "FirstName": first,
            "MiddleName": middle,
            "LastName": last,
            "NameSuffix": suffix,
            "NameDataQuality": quality,
        }

    def _number(self, random: Random, personal_id: Ints) -> dict[str, np.ndarray]:
        size = len(personal_id)
        quality = random.pick({FULL: 72, PARTIAL: 9, 8: 5, 9: 9, 99: 5}, size)
        numbers = _NEVER_ISSUED + (personal_id.astype(np.int64) * _STEP + self.seed) % _NUMBERS
        numbers = np.where(np.isin(numbers, _STAND_INS), _NEVER_ISSUED + 1_234, numbers)
        last_four = np.char.add("xxxxx", np.char.zfill((numbers % 10_000).astype(str), 4))
        ssn = np.where(quality == PARTIAL, last_four, numbers.astype(str)).astype(object)
        ssn[~np.isin(quality, (FULL, PARTIAL))] = None
        return {"SSN": ssn, "SSNDataQuality": quality}

    def _race(self, random: Random, people: People) -> dict[str, np.ndarray]:
        size = len(people)
        own = np.array([RACES.index(_RACE_OF[name]) for name in COMMUNITIES])[people.community]
        marked = np.zeros((size, len(RACES)), dtype=bool)
        marked[np.arange(size), own] = True
        also = np.flatnonzero(random.happens(0.07, size))
        marked[also, random.pick({0: 25, 1: 6, 2: 25, 3: 20, 4: 2, 5: 5, 6: 17}, len(also))] = True
        marked[:, RACES.index("White")] |= (own == RACES.index("HispanicLatinao")) & random.happens(
            0.35, size
        )
        none = random.happens(0.022, size)
        marked[none] = False
        said = np.full(size, None, dtype=object)
        for name, options in _SAID.items():
            which = np.flatnonzero(
                (people.community == COMMUNITIES.index(name)) & ~none & random.happens(0.09, size)
            )
            said[which] = random.among(options, len(which))
        made: dict[str, np.ndarray] = {
            name: marked[:, number].astype(np.int32) for number, name in enumerate(RACES)
        }
        made["RaceNone"] = arrays.where(none, random.pick(_NOT_GIVEN, size))
        made["AdditionalRaceEthnicity"] = said
        return made

    def _service(self, random: Random, people: People, adult: Bools) -> dict[str, np.ndarray]:
        size = len(people)
        years = 1970 + people.born // arrays.DAYS_A_YEAR
        veteran = people.veteran & adult
        unknown = adult & ~veteran & random.happens(0.02, size)
        status = np.where(veteran, YES, NO)
        status = np.where(unknown, random.pick({8: 1, 9: 2, 99: 3}, size), status)
        this_year = 1970 + int(self.end // arrays.DAYS_A_YEAR)
        entered = np.floor(years + random.whole(18, 22, size)).astype(np.int32)
        entered = np.minimum(entered, this_year - 2)
        separated = np.minimum(entered + random.whole(2, 12, size), this_year - 1).astype(np.int32)
        made: dict[str, np.ndarray] = {
            "VeteranStatus": arrays.where(adult, status.astype(np.int32), 99),
            "YearEnteredService": arrays.where(veteran, entered),
            "YearSeparated": arrays.where(veteran, separated),
        }
        for column, first, last in _THEATERS:
            there = (entered <= last) & (separated >= first) & random.happens(0.4, size)
            answer = arrays.where(there, YES, NO)
            answer = arrays.where(random.happens(0.02, size), random.pick({8: 1, 9: 1, 99: 1}, size), answer)
            made[column] = arrays.where(veteran, answer)
        made["MilitaryBranch"] = arrays.where(
            veteran, random.pick({1: 48, 2: 13, 3: 19, 4: 15, 6: 3, 7: 0.3, 99: 1}, size)
        )
        made["DischargeStatus"] = arrays.where(
            veteran, random.pick({1: 74, 2: 13, 4: 1, 5: 1, 6: 6, 7: 3, 8: 0.5, 99: 1.5}, size)
        )
        return made
