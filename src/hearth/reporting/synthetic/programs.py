"""What single funders ask at entry and exit: PATH, RHY, SSVF and other VA programs, HOPWA, prevention."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from hearth.reporting.synthetic import arrays
from hearth.reporting.synthetic.arrays import FAR, Bools, Ints
from hearth.reporting.synthetic.enrollments import NO, YES, Rows
from hearth.reporting.synthetic.people import HEAD, People
from hearth.reporting.synthetic.random_values import Random
from hearth.reporting.synthetic.world import World

PREVENTION = 12
OUTREACH_PROJECT = 7  # R1.1
EXPELLED = 3  # R17.1
MAINTAINED, NEW_UNIT = 1, 2  # W5.1
_AFTERCARE_DAYS = 150

_UNSURE = {8: 1, 9: 1, 99: 1}


def _answer(random: Random, yes: float, size: int, *, unsure: bool = True) -> Ints:
    """No or yes, and sometimes neither."""
    weights: dict[int, float] = {YES: yes * 100, NO: (1 - yes) * 100}
    return random.pick(weights | (_UNSURE if unsure else {}), size)


class Programs:
    """Columns of Enrollment.csv and Exit.csv that hang on who pays."""

    def __init__(self, world: World) -> None:
        self.end = arrays.day(world.settings.end)
        self.asks: Mapping[str, Bools] = {
            element: world.flags(element)
            for element in (
                "P3", "R1", "R2", "R11", "R12", "R13", "R15", "R16", "R17", "R18", "R19", "R20",
                "V4", "V6", "V7", "V9", "V10", "W5",
            )
        }  # fmt: skip
        self.vamc = np.array([None, *(p.cocs[0].vamc for p in world.projects)], dtype=object)

    def at_entry(self, random: Random, rows: Rows, people: People) -> dict[str, np.ndarray]:
        """Columns of Enrollment.csv."""
        asks = {element: flags[rows.project] for element, flags in self.asks.items()}
        return (
            self._path(random, rows, asks["P3"] & rows.asked)
            | self._youth(random, rows, asks)
            | self._veterans(random, rows, people, asks)
        )

    def _path(self, random: Random, rows: Rows, asked: Bools) -> dict[str, Ints]:
        size = len(rows)
        last = np.minimum(rows.exit, self.end)
        decided = asked & ~((rows.exit == FAR) & random.happens(0.3, size))
        enrolled = random.pick({YES: 78, NO: 22}, size)
        day = np.minimum(rows.entry + random.waiting(14, size), last).astype(np.int32)
        return {
            "DateOfPATHStatus": arrays.where(decided, day),
            "ClientEnrolledInPATH": arrays.where(decided, enrolled),
            "ReasonNotEnrolled": arrays.where(
                decided & (enrolled == NO), random.pick({1: 4, 2: 3, 3: 3}, size)
            ),
        }

    def _youth(self, random: Random, rows: Rows, asks: Mapping[str, Bools]) -> dict[str, Ints]:
        size = len(rows)
        source = random.pick(
            {1: 22, 2: 18, 7: 12, 11: 10, 18: 3, 28: 5, 30: 8, 34: 3, 35: 5, 37: 1, 38: 7, 39: 5, 99: 1}, size
        )
        asked = asks["R1"] & rows.asked
        eligible = random.pick({YES: 90, NO: 10}, size)
        made = {
            "ReferralSource": arrays.where(asked, source),
            "CountOutreachReferralApproaches": arrays.where(
                asked & (source == OUTREACH_PROJECT), random.whole(1, 9, size)
            ),
            "DateOfBCPStatus": arrays.where(asks["R2"], rows.entry),
            "EligibleForRHY": arrays.where(asks["R2"], eligible),
            "ReasonNoServices": arrays.where(
                asks["R2"] & (eligible == NO), random.pick({1: 3, 2: 2, 3: 1, 4: 2, 99: 1}, size)
            ),
            "RunawayYouth": arrays.where(asks["R2"] & (eligible == YES), _answer(random, 0.4, size)),
        }
        for element, ward, years, months, share in (
            ("R11", "FormerWardChildWelfare", "ChildWelfareYears", "ChildWelfareMonths", 0.3),
            ("R12", "FormerWardJuvenileJustice", "JuvenileJusticeYears", "JuvenileJusticeMonths", 0.14),
        ):
            asked = asks[element] & rows.asked
            answer = _answer(random, share, size)
            length = random.pick({1: 35, 2: 30, 3: 35}, size)
            yes = asked & (answer == YES)
            made[ward] = arrays.where(asked, answer)
            made[years] = arrays.where(yes, length)
            made[months] = arrays.where(yes & (length == 1), random.whole(1, 11, size))
        for column, share in (
            ("UnemploymentFam", 0.3),
            ("MentalHealthDisorderFam", 0.4),
            ("PhysicalDisabilityFam", 0.15),
            ("AlcoholDrugUseDisorderFam", 0.35),
            ("InsufficientIncome", 0.5),
            ("IncarceratedParent", 0.18),
        ):
            made[column] = arrays.where(asks["R13"] & rows.asked, _answer(random, share, size))
        return made

    def _veterans(
        self, random: Random, rows: Rows, people: People, asks: Mapping[str, Bools]
    ) -> dict[str, np.ndarray]:
        size = len(rows)
        station = np.full(size, None, dtype=object)
        asked = asks["V6"] & rows.is_head
        station[asked] = self.vamc[rows.project[asked]]
        veteran = people.veteran[rows.person]
        screened = asks["V7"] & rows.is_head & (rows.type == PREVENTION)
        needed = random.pick({YES: 70, NO: 30}, size)
        made: dict[str, np.ndarray] = {
            "PercentAMI": arrays.where(
                asks["V4"] & rows.is_head, random.pick({1: 68, 2: 24, 3: 6, 4: 1, 99: 1}, size)
            ),
            "VAMCStation": station,
            "MentalHealthConsultation": arrays.where(
                asks["V10"] & veteran, random.pick({1: 30, 2: 22, 3: 18, 4: 30}, size)
            ),
            "TargetScreenReqd": arrays.where(screened, needed),
        }
        screened &= needed == YES
        for column, weights in (
            ("TimeToHousingLoss", {0: 25, 1: 25, 2: 20, 3: 30}),
            ("AnnualPercentAMI", {0: 12, 1: 22, 2: 40, 3: 26}),
            ("LiteralHomelessHistory", {0: 18, 1: 26, 2: 56}),
            ("ClientLeaseholder", {0: 28, 1: 72}),
            ("HOHLeaseholder", {0: 24, 1: 76}),
            ("SubsidyAtRisk", {0: 86, 1: 14}),
            ("EvictionHistory", {0: 62, 1: 26, 2: 12}),
            ("CriminalRecord", {0: 80, 1: 20}),
            ("IncarceratedAdult", {0: 74, 1: 16, 2: 10}),
            ("PrisonDischarge", {0: 95, 1: 5}),
            ("SexOffender", {0: 97, 1: 3}),
            ("DisabledHoH", {0: 45, 1: 55}),
            ("CurrentPregnant", {0: 97, 1: 3}),
            ("SingleParent", {0: 84, 1: 16}),
            ("DependentUnder6", {0: 86, 1: 5, 2: 9}),
            ("HH5Plus", {0: 94, 1: 6}),
            ("CoCPrioritized", {0: 80, 1: 20}),
        ):
            made[column] = arrays.where(screened, random.pick(weights, size))
        made["HPScreeningScore"] = arrays.where(screened, random.whole(8, 34, size))
        made["ThresholdScore"] = arrays.where(screened, np.full(size, 17, dtype=np.int32))
        return made

    def at_exit(self, random: Random, exits: Rows, people: People) -> dict[str, np.ndarray]:
        """Columns of Exit.csv, for rows that have exited."""
        asks = {element: flags[exits.project] for element, flags in self.asks.items()}
        size = len(exits)
        housing = random.pick({1: 46, 2: 22, 3: 8, 4: 8, 5: 4, 6: 4, 7: 1, 8: 1, 9: 1, 10: 1, 99: 4}, size)
        kept, moved = random.pick({1: 48, 2: 26, 3: 14, 4: 12}, size), random.pick({11: 45, 12: 55}, size)
        subsidy = np.select([housing == MAINTAINED, housing == NEW_UNIT], [kept, moved], arrays.NOTHING)
        asked = asks["V9"] & (people.relationship[exits.person] == HEAD)
        reason = random.pick(
            {1: 50, 2: 4, 3: 8, 4: 6, 5: 8, 6: 2, 7: 2, 8: 5, 9: 5, 10: 3, 11: 2, 12: 3, 13: 2}, size
        )
        made = {
            "HousingAssessment": arrays.where(asks["W5"], housing),
            "SubsidyInformation": arrays.where(asks["W5"], subsidy.astype(np.int32)),
            "CMExitReason": arrays.where(asked, reason),
        }
        return made | self._youth_exit(random, exits, asks)

    def _youth_exit(self, random: Random, exits: Rows, asks: Mapping[str, Bools]) -> dict[str, np.ndarray]:
        size = len(exits)
        of = {element: flags & exits.asked for element, flags in asks.items()}
        completion = random.pick({1: 58, 2: 34, 3: 8}, size)
        sex, recent = _answer(random, 0.06, size), _answer(random, 0.4, size)
        forced = _answer(random, 0.5, size)
        traded = of["R15"] & (sex == YES)
        threats, promise = _answer(random, 0.04, size), _answer(random, 0.06, size)
        exploited = of["R16"] & ((threats == YES) | (promise == YES))
        counseled = _answer(random, 0.45, size, unsure=False)
        received = of["R18"] & (counseled == YES)
        planned = _answer(random, 0.3, size, unsure=False)
        aftercare_day = exits.exit + random.whole(5, _AFTERCARE_DAYS, size)
        followed = of["R20"] & (aftercare_day <= self.end) & random.happens(0.6, size)
        care = random.pick({1: 60, 0: 35, 9: 5}, size)
        cared = followed & (care == YES)
        worker = {YES: 70, NO: 18, 2: 12}
        made = {
            "ProjectCompletionStatus": arrays.where(of["R17"], completion),
            "EarlyExitReason": arrays.where(
                of["R17"] & (completion == EXPELLED),
                random.pick({1: 20, 2: 50, 3: 3, 4: 10, 5: 2, 6: 15}, size),
            ),
            "ExchangeForSex": arrays.where(of["R15"], sex),
            "ExchangeForSexPastThreeMonths": arrays.where(traded, recent),
            "CountOfExchangeForSex": arrays.where(
                traded, random.pick({1: 60, 2: 18, 3: 8, 4: 10, 8: 2, 9: 2}, size)
            ),
            "AskedOrForcedToExchangeForSex": arrays.where(traded, forced),
            "AskedOrForcedToExchangeForSexPastThreeMonths": arrays.where(
                traded & (forced == YES), _answer(random, 0.4, size)
            ),
            "WorkplaceViolenceThreats": arrays.where(of["R16"], threats),
            "WorkplacePromiseDifference": arrays.where(of["R16"], promise),
            "CoercedToContinueWork": arrays.where(exploited, _answer(random, 0.5, size)),
            "LaborExploitPastThreeMonths": arrays.where(exploited, _answer(random, 0.3, size)),
            "CounselingReceived": arrays.where(of["R18"], counseled),
            "SessionCountAtExit": arrays.where(received, random.whole(1, 24, size)),
            "PostExitCounselingPlan": arrays.where(of["R18"], planned),
            "SessionsInPlan": arrays.where(of["R18"] & (planned == YES), random.whole(1, 12, size)),
            "DestinationSafeClient": arrays.where(of["R19"], _answer(random, 0.88, size)),
            "DestinationSafeWorker": arrays.where(of["R19"], random.pick(worker, size)),
            "PosAdultConnections": arrays.where(of["R19"], random.pick(worker, size)),
            "PosPeerConnections": arrays.where(of["R19"], random.pick(worker, size)),
            "PosCommunityConnections": arrays.where(of["R19"], random.pick(worker, size)),
            "AftercareDate": arrays.where(followed, aftercare_day),
            "AftercareProvided": arrays.where(followed, care),
        }
        for column, share in (
            ("IndividualCounseling", 0.9),
            ("FamilyCounseling", 0.3),
            ("GroupCounseling", 0.4),
        ):
            made[column] = arrays.where(received, _answer(random, share, size, unsure=False))
        for column, share in (
            ("EmailSocialMedia", 0.5),
            ("Telephone", 0.7),
            ("InPersonIndividual", 0.35),
            ("InPersonGroup", 0.1),
        ):
            made[column] = arrays.where(cared, _answer(random, share, size, unsure=False))
        return made
