"""HealthAndDV.csv and Disabilities.csv."""

from __future__ import annotations

import numpy as np

from hearth.reporting.synthetic import arrays
from hearth.reporting.synthetic.arrays import Bools, Ints
from hearth.reporting.synthetic.collection_stages import ANNUAL, EXIT, START, UPDATE, CollectionStages
from hearth.reporting.synthetic.enrollments import NO, YES, Enrollments, Rows
from hearth.reporting.synthetic.people import (
    DEVELOPMENTAL,
    DISABILITIES,
    FEMALE,
    HIV,
    SUBSTANCE,
    People,
)
from hearth.reporting.synthetic.random_values import Random
from hearth.reporting.synthetic.world import World

_ELEMENT_OF = {5: "4.05", 6: "4.06", 7: "4.07", 8: "4.08", 9: "4.09", 10: "4.10"}
_UNKNOWN = 0.012


class HealthAndDV:
    """4.11 domestic violence, R7 to R10 health and pregnancy."""

    def __init__(self, world: World, enrollments: Enrollments) -> None:
        self.enrollments = enrollments
        self.violence = world.flags("4.11")
        self.general, self.dental = world.flags("R7"), world.flags("R8")
        self.mental, self.pregnancy = world.flags("R9"), world.flags("R10")

    def file(
        self, random: Random, rows: Rows, people: People, every: CollectionStages
    ) -> dict[str, np.ndarray]:
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
        stages = every.taken(kept)
        violence, general, pregnancy = violence[kept], general[kept], pregnancy[kept]
        dental, mental = dental[kept], mental[kept]
        size, person = len(stages), rows.person[stages.row]

        survivor = people.survivor[person]
        unknown = random.happens(0.03, size)
        answer = np.where(unknown, random.pick({8: 2, 9: 3, 99: 3}, size), np.where(survivor, YES, NO))
        yes = violence & (answer == YES)
        when = random.pick({1: 24, 2: 9, 3: 9, 4: 52, 8: 2, 9: 2, 99: 2}, size)
        fleeing = arrays.where(random.happens(0.55, size), YES, NO)
        fleeing = np.where(when == 1, fleeing, NO)

        woman = (people.sex[person] == FEMALE) & pregnancy
        pregnant = arrays.where(woman & random.happens(0.09, size), YES, NO)
        made = {
            "EnrollmentID": rows.id[stages.row],
            "PersonalID": rows.personal_id[stages.row],
            "InformationDate": stages.day,
            "DomesticViolenceSurvivor": arrays.where(violence, answer.astype(np.int32)),
            "WhenOccurred": arrays.where(yes, when),
            "CurrentlyFleeing": arrays.where(yes, fleeing.astype(np.int32)),
            "GeneralHealthStatus": arrays.where(general, self._health(random, size)),
            "DentalHealthStatus": arrays.where(dental, self._health(random, size)),
            "MentalHealthStatus": arrays.where(mental, self._health(random, size)),
            "PregnancyStatus": arrays.where(pregnancy, pregnant),
            "DueDate": arrays.where(pregnancy & (pregnant == YES), stages.day + random.whole(10, 240, size)),
            "DataCollectionStage": stages.stage,
        }
        return made | self.enrollments.stamps(random, stages.day, stages.lag, rows.user[stages.row])

    def _health(self, random: Random, size: int) -> Ints:
        return random.pick({1: 10, 2: 18, 3: 34, 4: 24, 5: 10, 8: 1, 9: 1, 99: 2}, size)


class Disabilities:
    """4.05 to 4.10, one row per type; W4 and W6 on the HIV row of HOPWA programs."""

    def __init__(self, world: World, enrollments: Enrollments) -> None:
        self.enrollments = enrollments
        self.asked = np.column_stack([world.flags(_ELEMENT_OF[kind]) for kind in DISABILITIES])
        self.blood, self.medicine = world.flags("W4"), world.flags("W6")

    def file(
        self, random: Random, rows: Rows, people: People, every: CollectionStages
    ) -> dict[str, np.ndarray]:
        """Columns of Disabilities.csv; HIV also at the annual assessment where W4 is collected."""
        project = rows.project[every.row]
        hopwa = self.blood[project]
        positive = people.disabled[rows.person[every.row], DISABILITIES.index(HIV)]
        annual = every.stage == ANNUAL
        asked = self.asked[project] & ~annual[:, None]
        asked[:, DISABILITIES.index(HIV)] |= annual & hopwa & positive
        at, column = np.nonzero(asked)
        stages = every.taken(at.astype(np.int32))
        size, person = len(stages), rows.person[stages.row]
        kind = np.array(DISABILITIES, dtype=np.int32)[column]

        has = people.disabled[person, column]
        # Only who has nothing else is ever unsure, so that DisablingCondition never contradicts.
        unsure = ~people.disabled[person].any(axis=1) & random.happens(_UNKNOWN, size)
        substance = random.pick({1: 38, 2: 34, 3: 28}, size)
        response = np.where(has, np.where(kind == SUBSTANCE, substance, YES), NO)
        response = np.where(unsure, random.pick({8: 2, 9: 1, 99: 2}, size), response).astype(np.int32)
        lasting = has & ~np.isin(kind, (DEVELOPMENTAL, HIV))
        made = {
            "EnrollmentID": rows.id[stages.row],
            "PersonalID": rows.personal_id[stages.row],
            "InformationDate": stages.day,
            "DisabilityType": kind,
            "DisabilityResponse": response,
            "IndefiniteAndImpairs": arrays.where(lasting, YES),
            "DataCollectionStage": stages.stage,
        }
        hopwa_row = (kind == HIV) & (response == YES)
        project = rows.project[stages.row]
        not_annual = stages.stage != ANNUAL
        made |= self._blood(
            random, hopwa_row & self.blood[project], hopwa_row & self.medicine[project] & not_annual
        )
        return made | self.enrollments.stamps(random, stages.day, stages.lag, rows.user[stages.row])

    def _blood(self, random: Random, asked: Bools, medicine: Bools) -> dict[str, np.ndarray]:
        size = len(asked)
        available = random.pick({0: 12, 1: 84, 8: 2, 9: 1, 99: 1}, size)
        cells = asked & (available == YES)
        load = random.pick({0: 12, 1: 40, 2: 45, 8: 1, 9: 1, 99: 1}, size)
        measured = asked & (load == YES)
        source = random.pick({1: 60, 2: 35, 3: 5}, size)
        return {
            "TCellCountAvailable": arrays.where(asked, available),
            "TCellCount": arrays.where(cells, random.whole(150, 1_200, size)),
            "TCellSource": arrays.where(cells, source),
            "ViralLoadAvailable": arrays.where(asked, load),
            "ViralLoad": arrays.where(measured, np.minimum(random.spread(400, 2.0, size), 999_999)),
            "ViralLoadSource": arrays.where(measured, source),
            "AntiRetroviral": arrays.where(medicine, random.pick({1: 88, 0: 9, 8: 1, 9: 1, 99: 1}, size)),
        }
