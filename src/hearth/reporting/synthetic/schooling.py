"""EmploymentEducation.csv and YouthEducationStatus.csv."""

from __future__ import annotations

import numpy as np

from hearth.reporting.synthetic import draw
from hearth.reporting.synthetic.draw import Dice
from hearth.reporting.synthetic.enrollments import NO, YES, Enrolling, Rows
from hearth.reporting.synthetic.moments import EXIT, START, Moments
from hearth.reporting.synthetic.people import People
from hearth.reporting.synthetic.world import World


class EmploymentEducation:
    """R4 last grade, R5 school, R6 employment, for adults and heads."""

    def __init__(self, world: World, enrolling: Enrolling) -> None:
        self.enrolling = enrolling
        self.grade, self.school, self.work = world.flags("R4"), world.flags("R5"), world.flags("R6")

    def file(self, dice: Dice, rows: Rows, people: People, every: Moments) -> dict[str, np.ndarray]:
        """Columns of EmploymentEducation.csv, at start and exit."""
        every = every.of(START, EXIT)
        project = rows.project[every.row]
        moments = every.taken(every.asked & (self.grade | self.school | self.work)[project])
        size, project = len(moments), rows.project[moments.row]
        person = rows.person[moments.row]
        age = draw.years_between(people.born[person], moments.day)
        young = age < 18
        grades = dice.pick({3: 3, 4: 22, 5: 32, 7: 12, 10: 16, 11: 5, 12: 4, 13: 1, 14: 3, 8: 1, 99: 1}, size)
        grades = draw.where(young, dice.pick({2: 8, 3: 30, 4: 60, 6: 2}, size), grades)
        school = dice.pick({1: 4, 2: 3, 3: 46, 4: 14, 5: 26, 6: 1, 7: 1, 8: 2, 9: 1, 99: 2}, size)
        school = draw.where(young, dice.pick({1: 52, 2: 24, 5: 14, 6: 6, 7: 3, 99: 1}, size), school)
        later = moments.stage == EXIT
        employed = draw.where(dice.happens(np.where(later, 0.42, 0.27), size), YES, NO)
        employed = draw.where(dice.happens(0.02, size), dice.pick({8: 1, 9: 1, 99: 1}, size), employed)
        work = self.work[project]
        made = {
            "EnrollmentID": rows.id[moments.row],
            "PersonalID": rows.personal_id[moments.row],
            "InformationDate": moments.day,
            "LastGradeCompleted": draw.where(self.grade[project], grades),
            "SchoolStatus": draw.where(self.school[project], school),
            "Employed": draw.where(work, employed),
            "EmploymentType": draw.where(
                work & (employed == YES), dice.pick({1: 45, 2: 42, 3: 12, 99: 1}, size)
            ),
            "NotEmployedReason": draw.where(
                work & (employed == NO), dice.pick({1: 46, 2: 34, 3: 19, 99: 1}, size)
            ),
            "DataCollectionStage": moments.stage,
        }
        return made | self.enrolling.stamps(dice, moments.day, moments.lag, rows.user[moments.row])


class YouthEducation:
    """C3 for heads in youth demonstration projects, at every stage."""

    def __init__(self, world: World, enrolling: Enrolling) -> None:
        self.enrolling = enrolling
        self.asked = world.flags("C3")

    def file(self, dice: Dice, rows: Rows, people: People, every: Moments) -> dict[str, np.ndarray]:
        """Columns of YouthEducationStatus.csv."""
        moments = every.taken(rows.is_head[every.row] & self.asked[rows.project[every.row]])
        size = len(moments)
        attends = dice.pick({0: 62, 1: 14, 2: 20, 8: 1, 9: 1, 99: 2}, size)
        latest = dice.pick({0: 38, 1: 12, 2: 30, 3: 2, 4: 2, 5: 5, 6: 6, 7: 3, 8: 1, 99: 1}, size)
        current = dice.pick({0: 62, 1: 14, 2: 12, 3: 1, 4: 9, 8: 1, 99: 1}, size)
        made = {
            "EnrollmentID": rows.id[moments.row],
            "PersonalID": rows.personal_id[moments.row],
            "InformationDate": moments.day,
            "CurrentSchoolAttend": attends,
            "MostRecentEdStatus": draw.where(attends == NO, latest),
            "CurrentEdStatus": draw.where(np.isin(attends, (1, 2)), current),
            "DataCollectionStage": moments.stage,
        }
        return made | self.enrolling.stamps(dice, moments.day, moments.lag, rows.user[moments.row])
