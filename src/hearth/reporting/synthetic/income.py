"""IncomeBenefits.csv: income, benefits and insurance, which follow from who somebody is and change slowly."""

from __future__ import annotations

import numpy as np

from hearth.reporting.synthetic import arrays
from hearth.reporting.synthetic.arrays import Bools, Floats, Ints
from hearth.reporting.synthetic.collection_stages import CollectionStages
from hearth.reporting.synthetic.enrollments import NO, YES, Enrollments, Rows
from hearth.reporting.synthetic.people import (
    CHILD,
    DISABILITIES,
    FEMALE,
    HIV,
    MENTAL,
    PHYSICAL,
    People,
)
from hearth.reporting.synthetic.random_values import Random
from hearth.reporting.synthetic.world import World

# Column, column of its amount, and the usual monthly amount in dollars.
SOURCES = (
    ("Earned", "EarnedAmount", 1500),
    ("Unemployment", "UnemploymentAmount", 1100),
    ("SSI", "SSIAmount", 943),
    ("SSDI", "SSDIAmount", 1180),
    ("VADisabilityService", "VADisabilityServiceAmount", 1250),
    ("VADisabilityNonService", "VADisabilityNonServiceAmount", 900),
    ("PrivateDisability", "PrivateDisabilityAmount", 800),
    ("WorkersComp", "WorkersCompAmount", 950),
    ("TANF", "TANFAmount", 620),
    ("GA", "GAAmount", 203),
    ("SocSecRetirement", "SocSecRetirementAmount", 1320),
    ("Pension", "PensionAmount", 640),
    ("ChildSupport", "ChildSupportAmount", 310),
    ("Alimony", "AlimonyAmount", 400),
    ("OtherIncomeSource", "OtherIncomeAmount", 260),
)
BENEFITS = ("SNAP", "WIC", "TANFChildCare", "TANFTransportation", "OtherTANF", "OtherBenefitsSource")
INSURANCES = (
    ("Medicaid", "NoMedicaidReason"),
    ("Medicare", "NoMedicareReason"),
    ("SCHIP", "NoSCHIPReason"),
    ("VHAServices", "NoVHAReason"),
    ("EmployerProvided", "NoEmployerProvidedReason"),
    ("COBRA", "NoCOBRAReason"),
    ("PrivatePay", "NoPrivatePayReason"),
    ("StateHealthIns", "NoStateHealthInsReason"),
    ("IndianHealthServices", "NoIndianHealthServicesReason"),
    ("OtherInsurance", None),
)
_OTHER_INCOME = (
    "Per capita payment",
    "Plasma donation",
    "Family help",
    "Recycling",
    'Odd jobs, "under the table"',
)
_OTHER_BENEFITS = ("Food shelf", "Energy assistance", "Free school meals")
_OTHER_INSURANCE = ("Veterans' community care", "Student health plan", "Coverage from another state")
_UNKNOWN = 0.018  # of answers: the person does not know, prefers not to say, or was not asked
_NATIVE_COMMUNITY = 5


class IncomeBenefits:
    """Makes the rows of a block."""

    def __init__(self, world: World, enrollments: Enrollments) -> None:
        self.enrollments = enrollments
        self.income = world.flags("4.02")
        self.benefits = world.flags("4.03")
        self.insurance = world.flags("4.04")
        self.medical = world.flags("W3")
        self.soar = world.flags("P4")

    def file(
        self, random: Random, rows: Rows, people: People, every: CollectionStages
    ) -> dict[str, np.ndarray]:
        """Columns of IncomeBenefits.csv."""
        project = rows.project[every.row]
        money_asked = (self.income | self.benefits | self.soar)[project] & every.asked
        stages = every.taken(self.insurance[project] | money_asked)
        project, person = rows.project[stages.row], rows.person[stages.row]
        size = len(stages)
        # What somebody answers once, they mostly answer again: random values are one per person.
        latent = random.generator.random((len(people), len(SOURCES) + len(BENEFITS) + len(INSURANCES)))
        latent = latent[person]
        years_in = (stages.day - rows.entry[stages.row]) / arrays.DAYS_A_YEAR
        age = (stages.day - people.born[person]) / arrays.DAYS_A_YEAR
        parent = np.isin(people.household, people.household[people.relationship == CHILD])[person]
        facts = _Facts(people, person, age, parent, years_in)

        made: dict[str, np.ndarray] = {
            "EnrollmentID": rows.id[stages.row],
            "PersonalID": rows.personal_id[stages.row],
            "InformationDate": stages.day,
        }
        asked = self.income[project] & stages.asked
        made |= _income(random, facts, latent[:, : len(SOURCES)], asked)
        asked = self.benefits[project] & stages.asked
        part = latent[:, len(SOURCES) : len(SOURCES) + len(BENEFITS)]
        made |= _benefits(random, facts, part, asked)
        part = latent[:, len(SOURCES) + len(BENEFITS) :]
        made |= _insurance(random, facts, part, self.insurance[project], self.medical[project])
        made |= _medical(random, self.medical[project] & people.disabled[person, DISABILITIES.index(HIV)])
        soar = self.soar[project] & stages.asked
        made["ConnectionWithSOAR"] = arrays.where(soar, random.happens(0.2, size).astype(np.int32))
        made["DataCollectionStage"] = stages.stage
        return made | self.enrollments.stamps(random, stages.day, stages.lag, rows.user[stages.row])


class _Facts:
    """What income depends on, per collection stage."""

    def __init__(self, people: People, person: Ints, age: Floats, parent: Bools, years_in: Floats) -> None:
        self.age = age
        self.parent = parent
        self.years_in = np.clip(years_in, 0, 3)
        self.woman = people.sex[person] == FEMALE
        self.veteran = people.veteran[person]
        disabled = people.disabled[person]
        self.count = disabled.sum(axis=1)
        self.unable = disabled[:, [DISABILITIES.index(PHYSICAL), DISABILITIES.index(MENTAL)]].any(axis=1)
        self.native = people.community[person] == _NATIVE_COMMUNITY
        self.old = age >= 63

    def shares(self) -> list[Floats]:
        """The share with each of SOURCES."""
        working_age = (self.age >= 16) & ~self.old
        unable = self.unable & (self.count >= 2)
        return [
            np.where(working_age, np.clip(0.27 - 0.05 * self.count + 0.09 * self.years_in, 0.03, 0.7), 0.04),
            np.where(working_age, 0.025, 0.0),
            np.where(unable, 0.22 + 0.03 * self.years_in, 0.01) * (self.age >= 18),
            np.where(unable, 0.14 + 0.03 * self.years_in, 0.01) * (self.age >= 20),
            np.where(self.veteran, 0.24, 0.0),
            np.where(self.veteran, 0.07, 0.0),
            np.full(len(self.age), 0.004),
            np.where(working_age, 0.004, 0.0),
            np.where(self.parent & working_age, 0.38, 0.0),
            np.where(~self.parent & working_age & (self.age >= 18), 0.2, 0.0),
            np.where(self.old, 0.55, 0.003),
            np.where(self.old, 0.07, 0.002),
            np.where(self.parent & self.woman, 0.12, 0.003),
            np.full(len(self.age), 0.002),
            np.full(len(self.age), 0.03),
        ]


def _gate(random: Random, has_any: Bools, asked: Bools) -> tuple[Ints, Bools]:
    """The yes/no question above a group of boxes, and for whom the boxes are filled."""
    size = len(asked)
    unknown = random.happens(_UNKNOWN, size)
    answer = np.where(unknown, random.pick({8: 2, 9: 1, 99: 3}, size), np.where(has_any, YES, NO))
    return arrays.where(asked, answer.astype(np.int32)), asked & ~unknown


def _income(random: Random, facts: _Facts, latent: Floats, asked: Bools) -> dict[str, np.ndarray]:
    size = len(asked)
    has = np.column_stack([latent[:, n] < share for n, share in enumerate(facts.shares())])
    gate, filled = _gate(random, np.asarray(has.any(axis=1)), asked)
    made: dict[str, np.ndarray] = {"IncomeFromAnySource": gate}
    total = np.zeros(size)
    for number, (column, amount_column, usual) in enumerate(SOURCES):
        # The same person earns a similar amount each time; wages grow with the years in a project.
        own = 0.55 + 0.9 * (latent[:, number] * 7.31 % 1.0)
        growth = 1 + 0.12 * facts.years_in * (column == "Earned")
        amount = np.round(usual * own * growth, 2)
        filled_amount = filled & has[:, number]
        total += np.where(filled_amount, amount, 0)
        made[column] = arrays.where(filled, has[:, number].astype(np.int32))
        made[amount_column] = np.where(filled_amount, amount, np.nan)
    made["TotalMonthlyIncome"] = np.where(filled & has.any(axis=1), np.round(total, 2), np.nan)
    made["OtherIncomeSourceIdentify"] = _text(random, _OTHER_INCOME, filled & has[:, -1])
    return made


def _benefits(random: Random, facts: _Facts, latent: Floats, asked: Bools) -> dict[str, np.ndarray]:
    young_parent = facts.parent & facts.woman & (facts.age < 45)
    shares = [
        np.where(facts.age >= 18, 0.58, 0.2),
        np.where(young_parent, 0.3, 0.01),
        np.where(facts.parent, 0.1, 0.0),
        np.where(facts.parent, 0.03, 0.0),
        np.where(facts.parent, 0.03, 0.0),
        np.full(len(facts.age), 0.02),
    ]
    has = np.column_stack([latent[:, n] < share for n, share in enumerate(shares)])
    gate, filled = _gate(random, np.asarray(has.any(axis=1)), asked)
    made: dict[str, np.ndarray] = {"BenefitsFromAnySource": gate}
    for number, column in enumerate(BENEFITS):
        made[column] = arrays.where(filled, has[:, number].astype(np.int32))
    made["OtherBenefitsSourceIdentify"] = _text(random, _OTHER_BENEFITS, filled & has[:, -1])
    return made


def _insurance(
    random: Random, facts: _Facts, latent: Floats, asked: Bools, with_reasons: Bools
) -> dict[str, np.ndarray]:
    size = len(asked)
    shares = [
        np.where(facts.old, 0.4, 0.74),
        np.where(facts.old, 0.8, 0.06),
        np.where(facts.age < 18, 0.03, 0.0),
        np.where(facts.veteran, 0.62, 0.0),
        np.where((facts.age >= 18) & ~facts.old, 0.06, 0.0),
        np.full(size, 0.002),
        np.full(size, 0.01),
        np.where(facts.age >= 18, 0.06, 0.02),
        np.where(facts.native, 0.35, 0.001),
        np.full(size, 0.008),
    ]
    has = np.column_stack([latent[:, n] < share for n, share in enumerate(shares)])
    gate, filled = _gate(random, np.asarray(has.any(axis=1)), asked)
    made: dict[str, np.ndarray] = {"InsuranceFromAnySource": gate}
    for number, (column, reason) in enumerate(INSURANCES):
        made[column] = arrays.where(filled, has[:, number].astype(np.int32))
        if reason:
            why = random.pick({1: 8, 2: 14, 3: 20, 4: 50, 8: 1, 9: 1, 99: 2}, size)
            made[reason] = arrays.where(filled & with_reasons & ~has[:, number], why)
    made["OtherInsuranceIdentify"] = _text(random, _OTHER_INSURANCE, filled & has[:, -1])
    return made


def _medical(random: Random, asked: Bools) -> dict[str, np.ndarray]:
    """W3: help with medicine for people with HIV in HOPWA programs."""
    made: dict[str, np.ndarray] = {}
    for column, reason in (("ADAP", "NoADAPReason"), ("RyanWhiteMedDent", "NoRyanWhiteReason")):
        size = len(asked)
        answer = random.pick({0: 45, 1: 50, 8: 2, 9: 1, 99: 2}, size)
        made[column] = arrays.where(asked, answer)
        why = random.pick({1: 10, 2: 20, 3: 25, 4: 40, 99: 2}, size)
        made[reason] = arrays.where(asked & (answer == NO), why)
    return made


def _text(random: Random, options: tuple[str, ...], given: Bools) -> arrays.Texts:
    texts = np.full(len(given), None, dtype=object)
    texts[given] = random.among(options, int(given.sum()))
    return texts
