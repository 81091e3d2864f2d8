"""EmploymentEducation.csv and YouthEducationStatus.csv."""

from __future__ import annotations

import numpy as np

from hearth.reporting.synthetic import arrays
from hearth.reporting.synthetic.collection_stages import EXIT, START, CollectionStages
from hearth.reporting.synthetic.enrollments import NO, YES, Enrollments, Rows
from hearth.reporting.synthetic.people import People
from hearth.reporting.synthetic.random_values import Random
from hearth.reporting.synthetic.world import World


class EmploymentEducation:
    """R4 last grade, R5 school, R6 employment, for adults and heads."""

    def __init__(self, world: World, enrollments: Enrollments) -> None:
        self.enrollments = enrollments
        self.grade, self.school, self.work = world.flags("R4"), world.flags("R5"), world.flags("R6")

    def file(
        self, random: Random, rows: Rows, people: People, every: CollectionStages
    ) -> dict[str, np.ndarray]:
        """Columns of EmploymentEducation.csv, at start and exit."""
        every = every.of(START, EXIT)
        project = rows.project[every.row]
        stages = every.taken(every.asked & (self.grade | self.school | self.work)[project])
        size, project = len(stages), rows.project[stages.row]
        person = rows.person[stages.row]
        age = arrays.years_between(people.born[person], stages.day)
        young = age < 18
        grades = random.pick(
            {3: 3, 4: 22, 5: 32, 7: 12, 10: 16, 11: 5, 12: 4, 13: 1, 14: 3, 8: 1, 99: 1}, size
        )
        grades = arrays.where(young, random.pick({2: 8, 3: 30, 4: 60, 6: 2}, size), grades)
        school = random.pick({1: 4, 2: 3, 3: 46, 4: 14, 5: 26, 6: 1, 7: 1, 8: 2, 9: 1, 99: 2}, size)
        school = arrays.where(young, random.pick({1: 52, 2: 24, 5: 14, 6: 6, 7: 3, 99: 1}, size), school)
        later = stages.stage == EXIT
        employed = arrays.where(random.happens(np.where(later, 0.42, 0.27), size), YES, NO)
        employed = arrays.where(random.happens(0.02, size), random.pick({8: 1, 9: 1, 99: 1}, size), employed)
        work = self.work[project]
        made = {
            "EnrollmentID": rows.id[stages.row],
            "PersonalID": rows.personal_id[stages.row],
            "InformationDate": stages.day,
            "LastGradeCompleted": arrays.where(self.grade[project], grades),
            "SchoolStatus": arrays.where(self.school[project], school),
            "Employed": arrays.where(work, employed),
            "EmploymentType": arrays.where(
                work & (employed == YES), random.pick({1: 45, 2: 42, 3: 12, 99: 1}, size)
            ),
            "NotEmployedReason": arrays.where(
                work & (employed == NO), random.pick({1: 46, 2: 34, 3: 19, 99: 1}, size)
            ),
            "DataCollectionStage": stages.stage,
        }
        return made | self.enrollments.stamps(random, stages.day, stages.lag, rows.user[stages.row])


class YouthEducation:
    """C3 for heads in youth demonstration projects, at every stage."""

    def __init__(self, world: World, enrollments: Enrollments) -> None:
        self.enrollments = enrollments
        self.asked = world.flags("C3")

    def file(
        self, random: Random, rows: Rows, people: People, every: CollectionStages
    ) -> dict[str, np.ndarray]:
        """Columns of YouthEducationStatus.csv."""
        stages = every.taken(rows.is_head[every.row] & self.asked[rows.project[every.row]])
        size = len(stages)
        attends = random.pick({0: 62, 1: 14, 2: 20, 8: 1, 9: 1, 99: 2}, size)
        latest = random.pick({0: 38, 1: 12, 2: 30, 3: 2, 4: 2, 5: 5, 6: 6, 7: 3, 8: 1, 99: 1}, size)
        current = random.pick({0: 62, 1: 14, 2: 12, 3: 1, 4: 9, 8: 1, 99: 1}, size)
        made = {
            "EnrollmentID": rows.id[stages.row],
            "PersonalID": rows.personal_id[stages.row],
            "InformationDate": stages.day,
            "CurrentSchoolAttend": attends,
            "MostRecentEdStatus": arrays.where(attends == NO, latest),
            "CurrentEdStatus": arrays.where(np.isin(attends, (1, 2)), current),
            "DataCollectionStage": stages.stage,
        }
        return made | self.enrollments.stamps(random, stages.day, stages.lag, rows.user[stages.row])
