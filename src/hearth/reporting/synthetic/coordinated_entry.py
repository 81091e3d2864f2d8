"""Assessment.csv with its questions and results, and Event.csv, for households in coordinated entry."""

from __future__ import annotations

import numpy as np

from hearth.reporting.synthetic import arrays
from hearth.reporting.synthetic.arrays import FAR, NOTHING, Ints
from hearth.reporting.synthetic.enrollments import Enrollments, Rows, lags
from hearth.reporting.synthetic.people import CHILD, People
from hearth.reporting.synthetic.random_values import Choices, Random
from hearth.reporting.synthetic.stays import COORDINATED_ENTRY
from hearth.reporting.synthetic.world import World

CRISIS, HOUSING = 1, 2  # list 4.19.4
ON_LIST, NOT_ON_LIST = 1, 2  # list 4.19.7
# Events, list 4.20.2: those about a place, with the project types that fit (M-072).
REFERRALS = {10: (0, 1, 8), 11: (2,), 13: (13,), 14: (3,), 15: (9, 10)}
PROBLEM_SOLVING, AFTER_CARE, STABILITY_VOUCHER = 2, 5, 18
_OTHER_EVENTS = {1: 6, 2: 18, 3: 8, 4: 20, 5: 4, 6: 5, 7: 14, 8: 4, 9: 4, 12: 1, 16: 10, 18: 3}

# An invented assessment: group, question, and its answers with weights.
QUESTIONS = (
    ("Safety", "Is the household safe where it stays tonight?", {"Yes": 6, "No": 3, "Unsure": 1}),
    ("Safety", "Is anybody in the household fleeing violence?", {"No": 8, "Yes": 2}),
    ("History", "How many times without a home in three years?", {"1": 4, "2": 2, "3": 1, "4 or more": 3}),
    ("History", "Months without a home in three years", {"1-3": 3, "4-11": 3, "12 or more": 4}),
    ("Health", "Does a health condition make it hard to keep housing?", {"No": 5, "Yes": 5}),
    ("Health", "Emergency room visits in six months", {"0": 4, "1-2": 4, "3-5": 2, "6+": 1}),
    ("Housing", "Evictions on record", {"None": 6, "One": 3, "Two or more": 1}),
    ("Housing", "Household income each month", {"None": 4, "Under $1,000": 3, "$1,000 or more": 3}),
)
_RESULT_TYPES = ("Prioritization score", "Recommended program")
_RECOMMENDED = ("Permanent supportive housing", "Rapid re-housing", "Transitional housing", "Light touch")
_LOCATIONS = ("Phone line", "Front Door office", "Family shelter", "Drop-in center", "Outreach, on site")


class CoordinatedEntry:
    """Makes the four files of a block. `next_assessment` counts on over the blocks."""

    def __init__(self, world: World, enrollments: Enrollments) -> None:
        self.enrollments = enrollments
        self.end = arrays.day(world.settings.end)
        self.next_assessment = 1
        opens, closes = world.facts("opens"), world.facts("closes")
        start = arrays.day(world.settings.start)
        tables = []
        for coc in world.cocs:
            for types in REFERRALS.values():
                tables.append(
                    {
                        p.number: 1.0
                        for p in world.serving()
                        if p.type in types and coc in p.cocs and receives_referrals(p.kind)
                        if opens[p.number] < start - 400 and closes[p.number] == NOTHING
                    }
                )
        self.places = Choices(tables)
        self.has_place = ~np.array(self.places.empty).reshape(len(world.cocs), len(REFERRALS))

    def files(self, random: Random, rows: Rows, people: People) -> dict[str, dict[str, np.ndarray]]:
        """Columns of Assessment, AssessmentQuestions, AssessmentResults and Event."""
        heads = np.flatnonzero((rows.type == COORDINATED_ENTRY) & rows.is_head).astype(np.int32)
        last = np.minimum(rows.exit[heads], self.end)
        made = self._assessments(random, rows, heads, last)
        made["Event"] = self._events(random, rows, people, heads, last)
        return made

    def _assessments(
        self, random: Random, rows: Rows, heads: Ints, last: Ints
    ) -> dict[str, dict[str, np.ndarray]]:
        again = random.happens(0.3, len(heads)) & (last - rows.entry[heads] > 20)
        at = np.concatenate([heads, heads[again]])
        first_day = np.minimum(rows.entry[heads] + random.waiting(2, len(heads)), last)
        later = random.whole(rows.entry[heads][again] + 10, last[again], int(again.sum()))
        day = np.concatenate([first_day, later]).astype(np.int32)
        second = np.arange(len(at)) >= len(heads)
        order = np.lexsort((day, at))
        at, day, second = at[order], day[order], second[order]
        size = len(at)
        ids = np.arange(self.next_assessment, self.next_assessment + size, dtype=np.int32)
        self.next_assessment += size
        listed = random.happens(np.where(second, 0.95, 0.8), size)
        stamps = self.enrollments.stamps(random, day, lags(random, size), rows.user[at])
        common = {"EnrollmentID": rows.id[at], "PersonalID": rows.personal_id[at]}
        assessment = {
            "AssessmentID": ids,
            **common,
            "AssessmentDate": day,
            "AssessmentLocation": random.among(_LOCATIONS, size),
            "AssessmentType": random.pick({1: 48, 2: 8, 3: 44}, size),
            "AssessmentLevel": arrays.where(second | random.happens(0.6, size), HOUSING, CRISIS),
            "PrioritizationStatus": arrays.where(listed, ON_LIST, NOT_ON_LIST),
            **stamps,
        }

        def spread(count: int) -> tuple[Ints, Ints, dict[str, np.ndarray]]:
            which, place = arrays.repeated(np.full(size, count, dtype=np.int32))
            shared = {"AssessmentID": ids[which], **{name: values[which] for name, values in common.items()}}
            return which, place, shared | {name: values[which] for name, values in stamps.items()}

        _, place, shared = spread(len(QUESTIONS))
        answers = np.full(len(place), None, dtype=object)
        for number, (_, _, weights) in enumerate(QUESTIONS):
            options = np.array(list(weights), dtype=object)
            chosen = random.pick(dict(enumerate(weights.values())), size)
            answers[place == number] = options[chosen]
        groups = np.array([group for group, _, _ in QUESTIONS], dtype=object)
        texts = np.array([question for _, question, _ in QUESTIONS], dtype=object)
        questions = shared | {
            "AssessmentQuestionGroup": groups[place],
            "AssessmentQuestionOrder": place + 1,
            "AssessmentQuestion": texts[place],
            "AssessmentAnswer": answers,
        }
        _, place, shared = spread(len(_RESULT_TYPES))
        result = np.full(len(place), None, dtype=object)
        scores = np.array([str(score) for score in range(21)], dtype=object)
        result[place == 0] = scores[np.clip(random.generator.normal(9, 4, size), 0, 20).astype(int)]
        result[place == 1] = random.among(_RECOMMENDED, size)
        results = shared | {
            "AssessmentResultType": np.array(_RESULT_TYPES, dtype=object)[place],
            "AssessmentResult": result,
        }
        return {"Assessment": assessment, "AssessmentQuestions": questions, "AssessmentResults": results}

    def _events(
        self, random: Random, rows: Rows, people: People, heads: Ints, last: Ints
    ) -> dict[str, np.ndarray]:
        counts = (1 + random.generator.poisson(np.minimum(last - rows.entry[heads], 365) / 55.0)).astype(
            np.int32
        )
        which, _ = arrays.repeated(counts)
        at = heads[which]
        length = (last - rows.entry[heads])[which]
        day = (rows.entry[at] + np.floor(random.share(len(at)) * (length + 1))).astype(np.int32)
        order = np.lexsort((day, at))
        at, day, length = at[order], day[order], length[order]
        size = len(at)
        household = people.household[rows.person[at]]
        family = np.isin(household, people.household[people.relationship == CHILD])
        single = {0: 46, 1: 6, 2: 24, 3: 18, 4: 6}
        place_kind = np.where(
            family, random.pick({0: 40, 1: 10, 2: 34, 3: 10, 4: 6}, size), random.pick(single, size)
        ).astype(np.int32)
        there = self.has_place[rows.coc[at], place_kind]
        about_place = there & random.happens(0.55, size)
        event = np.where(about_place, np.array(list(REFERRALS))[place_kind], random.pick(_OTHER_EVENTS, size))
        cell = (rows.coc[at] * len(REFERRALS) + place_kind).astype(np.int32)
        place = arrays.where(about_place, self.places.codes(random, cell))
        has_result = about_place | (event == STABILITY_VOUCHER)
        result_day = day + 1 + random.waiting(12, size)
        known = has_result & (result_day <= np.minimum(rows.exit[at], self.end)) & random.happens(0.9, size)
        known &= rows.exit[at] <= FAR
        return {
            "EnrollmentID": rows.id[at],
            "PersonalID": rows.personal_id[at],
            "EventDate": day,
            "Event": event.astype(np.int32),
            "ProbSolDivRRResult": arrays.where(
                event == PROBLEM_SOLVING, random.pick({0: 65, 1: 33, 99: 2}, size)
            ),
            "ReferralCaseManageAfter": arrays.where(
                event == AFTER_CARE, random.pick({0: 30, 1: 68, 99: 2}, size)
            ),
            "LocationCrisisOrPHHousing": place,
            "ReferralResult": arrays.where(known, random.pick({1: 58, 2: 22, 3: 20}, size)),
            "ResultDate": arrays.where(known, result_day.astype(np.int32)),
            **self.enrollments.stamps(random, day, lags(random, size), rows.user[at]),
        }


def receives_referrals(kind: str) -> bool:
    """Whether projects of a kind take referrals from coordinated entry: all but those of one funder's own."""
    return not kind.startswith(("es_veterans", "th_hospital", "es_winter", "hp_"))
