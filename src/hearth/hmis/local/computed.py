"""Computed local elements: what follows from other answers, with its working. What is not known stays so:
unknown is never a No.

Each rule takes plain values and gives a `Working`: the result, the steps by which it came about, each with
its value and where that is from, and what is missing. Nothing is read or stored here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from hearth.standards import load
from hearth.standards.load import MODEL_YEAR

#: The oldest at which somebody is a youth (Minn. Stat. 256K.45 subd. 1a).
OLDEST_YOUTH = 24
#: FHPAP helps up to so many percent of the guideline.
PERCENT = 200
_SITUATIONS = load(MODEL_YEAR).list("3.12.1")
_HOMELESS = frozenset(one.code for one in _SITUATIONS.options if one.category == "homeless")
_PERMANENT = frozenset(one.code for one in _SITUATIONS.options if one.category == "permanent")
_TRANSITIONAL = "302"
#: Staying with a friend or a member of the family.
_WITH_OTHERS = frozenset({"335", "336"})
_YES, _NO = "1", "0"


@dataclass(frozen=True, slots=True)
class Step:
    """One line of a working: what was looked at, what it is, and where it is from."""

    what: str
    value: str
    source: str


@dataclass(frozen=True, slots=True)
class Working:
    """What a rule comes to. `code` is a code of the element's list, None where not enough is known; `words`
    say it; `rule` and `source` what was applied; `missing` what somebody would have to ask."""

    code: str | None
    words: str
    rule: str
    source: str
    steps: tuple[Step, ...]
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Guideline:
    """Poverty guideline of a year, in dollars a year: of one person, and what each further one adds."""

    year: int
    since: date
    one: int
    further: int

    def of(self, size: int) -> int:
        """The guideline of a household of `size` people, one at least."""
        return self.one + (size - 1) * self.further


def guideline_on(guidelines: Sequence[Guideline], day: date) -> Guideline | None:
    """The one that holds on a day; None before the first."""
    return max((one for one in guidelines if one.since <= day), key=lambda one: one.since, default=None)


def income_200(
    guidelines: Sequence[Guideline], day: date, members: Sequence[tuple[str, Decimal | None]]
) -> Working:
    """Whether a household's income is at or below 200 % of the poverty guideline.

    `members`: of each what they are called on the page, and the monthly income (4.02), None where it is not
    known. A sum of what is known that is above already is a No, whatever else comes in; it is never a Yes
    while one income is not known.
    """
    rule = f"Twelve times the monthly income of all members is at most {PERCENT} % of the guideline."
    found = guideline_on(guidelines, day)
    steps = [
        Step(f"Monthly income of {who}", "not known" if income is None else f"${income:,.2f}", "4.02")
        for who, income in members
    ]
    missing = [f"Monthly income of {who} (4.02)" for who, income in members if income is None]
    source = "Minnesota Housing on FHPAP, 2020; federal poverty guidelines"
    steps.append(Step("People in the household", str(len(members)), "Enrollments of the household"))
    if found is None or not members:
        missing.append("The poverty guideline of that day" if found is None else "A member of the household")
        return Working(None, "Not enough is known", rule, source, tuple(steps), tuple(missing))
    limit = Decimal(found.of(len(members)) * PERCENT) / 100
    a_year = sum((income for _, income in members if income is not None), Decimal(0)) * 12
    steps += [
        Step("Guideline of that size", f"${found.of(len(members)):,} a year", f"Guidelines of {found.year}"),
        Step(f"{PERCENT} % of it", f"${limit:,.2f} a year", f"Guidelines of {found.year}"),
        Step("Income of a year" if not missing else "Income of a year, as far as it is known",
             f"${a_year:,.2f}", "Twelve times the monthly incomes"),
    ]  # fmt: skip
    if a_year > limit:
        return Working(_NO, "No, above it", rule, source, tuple(steps), tuple(missing))
    if missing:
        return Working(None, "Not enough is known", rule, source, tuple(steps), tuple(missing))
    return Working(_YES, "Yes, at or below it", rule, source, tuple(steps))


def youth_by_law(
    *,
    age: int | None,
    without_guardian: str | None,
    living_situation: str | None,
    lasting_place_offered: str | None,
    detained: str | None,
    at_risk: str | None,
) -> Working:
    """Whether somebody is a homeless youth, a youth at risk, or neither, by the state's law.

    All are codes, None where nobody asked; `age` is that at the start. 8 and 9 are not known, too.
    """
    young = None if age is None else age <= OLDEST_YOUTH
    alone, held, danger = _said(without_guardian), _said(detained), _said(at_risk)
    homeless_place = _place(living_situation, lasting_place_offered)
    homeless = _all(young, alone, homeless_place, None if held is None else not held)
    risk = _all(young, danger)
    steps = (
        Step("Age at the start", "not known" if age is None else str(age), "3.03"),
        Step("Without a parent or guardian", _word(alone), "MN-Y03"),
        Step("Without a lasting place the night before", _word(homeless_place), "3.917, MN-Y03"),
        Step("Detained under law", _word(held), "MN-Y03"),
        Step("In danger of losing the place soon", _word(danger), "MN-Y03"),
    )
    rule = (
        f"At most {OLDEST_YOUTH}, without a parent or guardian, not detained, and in a shelter, transitional"
        " housing, a place not for sleeping, or with others who offered no lasting place: homeless youth."
        " Otherwise in danger of losing the place: at risk."
    )
    missing = tuple(one.what for one in steps if one.value == "not known")
    source = "Minn. Stat. 256K.45 subd. 1a"
    if homeless:
        return Working("1", "Homeless youth", rule, source, steps)
    if homeless is None or (risk is None):
        return Working(None, "Not enough is known", rule, source, steps, missing)
    if risk:
        return Working("2", "Youth at risk of homelessness", rule, source, steps)
    return Working("3", "Neither", rule, source, steps)


def _place(situation: str | None, offered: str | None) -> bool | None:
    """Whether the place of the night before is one of those that the law names; None where it is not known,
    or where the law leaves it to whoever asks (a hotel, an institution)."""
    if situation in _HOMELESS or situation == _TRANSITIONAL:
        return True
    if situation in _WITH_OTHERS:
        lasting = _said(offered)
        return None if lasting is None else not lasting
    return False if situation in _PERMANENT else None


def _said(code: str | None) -> bool | None:
    return True if code == _YES else False if code == _NO else None


def _all(*parts: bool | None) -> bool | None:
    return False if False in parts else None if None in parts else True


def _word(said: bool | None) -> str:
    return "not known" if said is None else "yes" if said else "no"


#: The rules that an element may name under `computed`.
RULES = ("income_200", "youth_by_law")
