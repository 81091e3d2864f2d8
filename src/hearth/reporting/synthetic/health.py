"""HealthAndDV.csv and Disabilities.csv."""

from __future__ import annotations

import numpy as np

from hearth.reporting.synthetic import draw
from hearth.reporting.synthetic.draw import Bools, Dice, Ints
from hearth.reporting.synthetic.enrollments import NO, YES, Enrolling, Rows
from hearth.reporting.synthetic.moments import ANNUAL, EXIT, START, UPDATE, Moments
from hearth.reporting.synthetic.people import (
    DEVELOPMENTAL,
    DISABILITIES,
    FEMALE,
    HIV,
    SUBSTANCE,
    People,
)
from hearth.reporting.synthetic.world import World

_ELEMENT_OF = {5: "4.05", 6: "4.06", 7: "4.07", 8: "4.08", 9: "4.09", 10: "4.10"}
_UNKNOWN = 0.012


class HealthAndDV:
    """4.11 domestic violence, R7 to R10 health and pregnancy."""

    def __init__(self, world: World, enrolling: Enrolling) -> None:
        self.enrolling = enrolling
        self.violence = world.flags("4.11")
        self.general, self.dental = world.flags("R7"), world.flags("R8")
        self.mental, self.pregnancy = world.flags("R9"), world.flags("R10")

    def file(self, dice: Dice, rows: Rows, people: People, every: Moments) -> dict[str, np.ndarray]:
        """Columns of HealthAndDV.csv: start and update for violence, start and exit for health."""
        every = every.of(START, UPDATE, EXIT)
        every = every.taken(every.asked)
        project, stage = rows.project[every.row], every.stage
        violence = self.violence[project] & (stage != EXIT)
        health_stage = stage != UPDATE
        pregnancy = self.pregnancy[project] & (stage != EXIT)
        general = self.general[project] & health_stage
        dental, mental = self.dental[project] & health_stage, self.mental[project] & health_stage
        kept = violence | general | dental | mental | pregnancy
        moments = every.taken(kept)
        violence, general, pregnancy = violence[kept], general[kept], pregnancy[kept]
        dental, mental = dental[kept], mental[kept]
        size, person = len(moments), rows.person[moments.row]

        survivor = people.survivor[person]
        unknown = dice.happens(0.03, size)
        answer = np.where(unknown, dice.pick({8: 2, 9: 3, 99: 3}, size), np.where(survivor, YES, NO))
        yes = violence & (answer == YES)
        when = dice.pick({1: 24, 2: 9, 3: 9, 4: 52, 8: 2, 9: 2, 99: 2}, size)
        fleeing = draw.where(dice.happens(0.55, size), YES, NO)
        fleeing = np.where(when == 1, fleeing, NO)

        woman = (people.sex[person] == FEMALE) & pregnancy
        pregnant = draw.where(woman & dice.happens(0.09, size), YES, NO)
        made = {
            "EnrollmentID": rows.id[moments.row],
            "PersonalID": rows.personal_id[moments.row],
            "InformationDate": moments.day,
            "DomesticViolenceSurvivor": draw.where(violence, answer.astype(np.int32)),
            "WhenOccurred": draw.where(yes, when),
            "CurrentlyFleeing": draw.where(yes, fleeing.astype(np.int32)),
            "GeneralHealthStatus": draw.where(general, self._health(dice, size)),
            "DentalHealthStatus": draw.where(dental, self._health(dice, size)),
            "MentalHealthStatus": draw.where(mental, self._health(dice, size)),
            "PregnancyStatus": draw.where(pregnancy, pregnant),
            "DueDate": draw.where(pregnancy & (pregnant == YES), moments.day + dice.whole(10, 240, size)),
            "DataCollectionStage": moments.stage,
        }
        return made | self.enrolling.stamps(dice, moments.day, moments.lag, rows.user[moments.row])

    def _health(self, dice: Dice, size: int) -> Ints:
        return dice.pick({1: 10, 2: 18, 3: 34, 4: 24, 5: 10, 8: 1, 9: 1, 99: 2}, size)


class Disabilities:
    """4.05 to 4.10, one row per type; W4 and W6 on the HIV row of HOPWA programs."""

    def __init__(self, world: World, enrolling: Enrolling) -> None:
        self.enrolling = enrolling
        self.asked = np.column_stack([world.flags(_ELEMENT_OF[kind]) for kind in DISABILITIES])
        self.blood, self.medicine = world.flags("W4"), world.flags("W6")

    def file(self, dice: Dice, rows: Rows, people: People, every: Moments) -> dict[str, np.ndarray]:
        """Columns of Disabilities.csv; HIV also at the annual assessment where W4 is collected."""
        project = rows.project[every.row]
        hopwa = self.blood[project]
        positive = people.disabled[rows.person[every.row], DISABILITIES.index(HIV)]
        annual = every.stage == ANNUAL
        asked = self.asked[project] & ~annual[:, None]
        asked[:, DISABILITIES.index(HIV)] |= annual & hopwa & positive
        at, column = np.nonzero(asked)
        moments = every.taken(at.astype(np.int32))
        size, person = len(moments), rows.person[moments.row]
        kind = np.array(DISABILITIES, dtype=np.int32)[column]

        has = people.disabled[person, column]
        # Only who has nothing else is ever unsure, so that DisablingCondition never contradicts.
        unsure = ~people.disabled[person].any(axis=1) & dice.happens(_UNKNOWN, size)
        substance = dice.pick({1: 38, 2: 34, 3: 28}, size)
        response = np.where(has, np.where(kind == SUBSTANCE, substance, YES), NO)
        response = np.where(unsure, dice.pick({8: 2, 9: 1, 99: 2}, size), response).astype(np.int32)
        lasting = has & ~np.isin(kind, (DEVELOPMENTAL, HIV))
        made = {
            "EnrollmentID": rows.id[moments.row],
            "PersonalID": rows.personal_id[moments.row],
            "InformationDate": moments.day,
            "DisabilityType": kind,
            "DisabilityResponse": response,
            "IndefiniteAndImpairs": draw.where(lasting, YES),
            "DataCollectionStage": moments.stage,
        }
        hopwa_row = (kind == HIV) & (response == YES)
        project = rows.project[moments.row]
        not_annual = moments.stage != ANNUAL
        made |= self._blood(
            dice, hopwa_row & self.blood[project], hopwa_row & self.medicine[project] & not_annual
        )
        return made | self.enrolling.stamps(dice, moments.day, moments.lag, rows.user[moments.row])

    def _blood(self, dice: Dice, asked: Bools, medicine: Bools) -> dict[str, np.ndarray]:
        size = len(asked)
        available = dice.pick({0: 12, 1: 84, 8: 2, 9: 1, 99: 1}, size)
        cells = asked & (available == YES)
        load = dice.pick({0: 12, 1: 40, 2: 45, 8: 1, 9: 1, 99: 1}, size)
        measured = asked & (load == YES)
        source = dice.pick({1: 60, 2: 35, 3: 5}, size)
        return {
            "TCellCountAvailable": draw.where(asked, available),
            "TCellCount": draw.where(cells, dice.whole(150, 1_200, size)),
            "TCellSource": draw.where(cells, source),
            "ViralLoadAvailable": draw.where(asked, load),
            "ViralLoad": draw.where(measured, np.minimum(dice.spread(400, 2.0, size), 999_999)),
            "ViralLoadSource": draw.where(measured, source),
            "AntiRetroviral": draw.where(medicine, dice.pick({1: 88, 0: 9, 8: 1, 9: 1, 99: 1}, size)),
        }
