"""Invented people for measuring search: names in realistic proportions, and the ways names are mistyped."""

import random
from collections.abc import Callable
from datetime import date, timedelta


def _list(text: str) -> list[str]:
    return text.split()


FIRST = _list("""
james mary robert patricia john jennifer michael linda david elizabeth william barbara richard susan joseph
jessica thomas sarah charles karen christopher lisa daniel nancy matthew betty anthony margaret mark sandra
donald ashley steven kimberly paul emily andrew donna joshua michelle kenneth carol kevin amanda brian dorothy
george melissa timothy deborah ronald stephanie edward rebecca jason sharon jeffrey laura ryan cynthia jacob
kathleen gary amy nicholas angela eric shirley jonathan anna stephen brenda larry pamela justin emma scott
nicole brandon helen benjamin samantha samuel katherine gregory christine alexander debra patrick rachel frank
carolyn raymond janet jack catherine dennis maria jerry heather tyler diane aaron ruth jose julie adam olivia
nathan joyce henry virginia zachary victoria douglas kelly peter lauren kyle christina noah joan ethan evelyn
jeremy judith mohamed fatima abdi hodan ahmed amina hassan sahra ali khadija omar halima yusuf ayan abdullahi
fadumo ibrahim maryan mai pa kao mee tou chue ka yer xue bao houa nou juan luis carlos jorge ana rosa carmen
guadalupe miguel angel jesus francisco dakota cheyenne winona sierra
""")
LAST = _list("""
smith johnson williams brown jones garcia miller davis rodriguez martinez hernandez lopez gonzalez wilson
anderson thomas taylor moore jackson martin lee perez thompson white harris sanchez clark ramirez lewis
robinson walker young allen king wright scott torres nguyen hill flores green adams nelson baker hall
rivera campbell
mitchell carter roberts olson peterson larson hanson carlson swanson erickson lindberg schmidt mueller
schroeder yang vang xiong lor thao her moua vue lee hang mohamed ali hassan ahmed abdi omar hussein
warsame farah jama
whitebird bellanger fairbanks beaulieu stately littlewolf goodsky kingbird defoe roy graves johnson peltier
núñez peña muñoz ibáñez gómez díaz o'brien o'connor mcdonald macarthur desjarlait la-duke st-clair van-buren
""")
ONSETS = _list("b br c ch cl d dr f fl g gr h j k kl l m n p pr r s sch sh sl st t th tr v w z")
VOWELS = _list("a e i o u ai ea ee ie oo au ou")
ENDS = _list("ck d ff g k l ll ld m n nd ng nt p r rd rt rn s ss st t th tz x")
TAILS = _list("son sen berg man er ski ez ton ley field")
NICKNAMES = {
    "james": "jim", "robert": "bob", "john": "jack", "michael": "mike", "william": "bill", "richard": "dick",
    "elizabeth": "liz", "margaret": "peggy", "joseph": "joe", "thomas": "tom", "christopher": "chris",
    "daniel": "dan", "matthew": "matt", "anthony": "tony", "steven": "steve", "katherine": "kate",
    "patricia": "pat", "jennifer": "jen", "deborah": "debbie", "francisco": "paco", "guadalupe": "lupe",
    "mohamed": "maxamed", "yusuf": "yuusuf", "abdi": "cabdi", "alexander": "alex", "samantha": "sam",
}  # fmt: skip


def surname(rng: random.Random) -> str:
    """A surname nobody has to have: syllables, sometimes with a common ending."""
    text = rng.choice(ONSETS) + rng.choice(VOWELS) + rng.choice(ENDS)
    if rng.random() < 0.5:
        text += rng.choice(VOWELS[:5]) + rng.choice(ENDS)
    return text + (rng.choice(TAILS) if rng.random() < 0.4 else "")


def vocabulary(rng: random.Random, firsts: int, lasts: int) -> tuple[list[str], list[str]]:
    """Distinct first and last names, the most frequent first."""
    first, last = dict.fromkeys(FIRST), dict.fromkeys(LAST)
    while len(first) < firsts:
        name = rng.choice(ONSETS) + rng.choice(VOWELS[:5]) + rng.choice(ENDS[5:])
        first[name + rng.choice(("", "a", "ie", "en", "ia", "us", "elle", "an"))] = None
    while len(last) < lasts:
        last[surname(rng)] = None
    return list(first), list(last)


class People:
    """Invents people: names by falling frequency, days of birth over ninety years."""

    def __init__(self, seed: int, firsts: int = 4000, lasts: int = 60000) -> None:
        self.rng = random.Random(seed)
        self.first, self.last = vocabulary(self.rng, firsts, lasts)
        self._first_weight = _falling(firsts, 0.95)
        self._last_weight = _falling(lasts, 0.85)

    def invent(self, count: int) -> list[tuple[str, str, str, date]]:
        """First, middle and last name and day of birth of `count` people."""
        rng = self.rng
        firsts = rng.choices(self.first, cum_weights=self._first_weight, k=count)
        middles = rng.choices(self.first, cum_weights=self._first_weight, k=count)
        lasts = rng.choices(self.last, cum_weights=self._last_weight, k=count)
        start = date(1936, 1, 1)
        people = []
        for first, middle, last in zip(firsts, middles, lasts, strict=True):
            day = date(rng.randrange(1940, 2026), 1, 1) if rng.random() < 0.01 else None
            day = day or start + timedelta(days=rng.randrange(32850))
            middle = middle.title() if rng.random() < 0.3 else ""
            people.append((first.title(), middle, last.title(), day))
        return people


def _falling(count: int, power: float) -> list[float]:
    total, sums = 0.0, []
    for rank in range(1, count + 1):
        total += (rank + 12) ** -power
        sums.append(total)
    return sums


def _spot(rng: random.Random, word: str) -> int:
    return rng.randrange(1, len(word) - 1) if len(word) > 2 else 0


def transposed(rng: random.Random, word: str) -> str:
    spots = [i for i in range(len(word) - 1) if word[i] != word[i + 1]]
    at = rng.choice(spots)
    return word[:at] + word[at + 1] + word[at] + word[at + 2 :]


def dropped(rng: random.Random, word: str) -> str:
    at = _spot(rng, word)
    return word[:at] + word[at + 1 :]


def doubled(rng: random.Random, word: str) -> str:
    at = rng.randrange(len(word))
    return word[: at + 1] + word[at] + word[at + 1 :]


def changed(rng: random.Random, word: str) -> str:
    at = _spot(rng, word)
    return word[:at] + rng.choice("abcdefghijklmnopqrstuvwxyz") + word[at + 1 :]


SOUNDS = (
    ("ph", "f"), ("ck", "k"), ("sch", "sh"), ("ie", "y"), ("ee", "ea"), ("th", "t"), ("c", "k"), ("y", "ie"),
    ("z", "s"), ("x", "s"), ("ou", "u"), ("ai", "ei"), ("son", "sen"), ("er", "or"), ("j", "g"), ("v", "w"),
)  # fmt: skip


def sounded(rng: random.Random, word: str) -> str:
    fitting = [(a, b) for a, b in SOUNDS if a in word[1:]]
    if not fitting:
        return doubled(rng, word)
    a, b = rng.choice(fitting)
    return word[0] + word[1:].replace(a, b, 1)


def plain(word: str) -> str:
    return word.translate(str.maketrans("áéíóúñü", "aeiounu"))


Mistake = Callable[[random.Random, str, str], str]


def _one(change: Callable[[random.Random, str], str]) -> Mistake:
    """The change on one of the two names."""

    def mistake(rng: random.Random, first: str, last: str) -> str:
        if rng.random() < 0.5 and len(first) > 3:
            return f"{change(rng, first)} {last}"
        return f"{first} {change(rng, last)}"

    return mistake


MISTAKES: dict[str, Mistake] = {
    "as it is": lambda rng, first, last: f"{first} {last}",
    "letters swapped": _one(transposed),
    "letter dropped": _one(dropped),
    "letter doubled": _one(doubled),
    "letter changed": _one(changed),
    "written as it sounds": _one(sounded),
    "last name first": lambda rng, first, last: f"{last}, {first}",
    "both names mistyped": lambda rng, first, last: (
        f"{rng.choice((dropped, doubled, transposed))(rng, first)} "
        f"{rng.choice((dropped, doubled, transposed))(rng, last)}"
    ),
    "nickname": lambda rng, first, last: f"{NICKNAMES.get(first, first)} {last}",
    "without accents": lambda rng, first, last: f"{first} {plain(last)}",
    "beginnings only": lambda rng, first, last: f"{first[:4]} {last[:5]}",
}
