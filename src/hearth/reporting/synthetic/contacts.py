"""CurrentLivingSituation.csv: contacts of outreach, coordinated entry and night-by-night shelters."""

from __future__ import annotations

import numpy as np

from hearth.reporting.synthetic import arrays
from hearth.reporting.synthetic.arrays import FAR, Ints
from hearth.reporting.synthetic.enrollments import NO, RENTAL_WITH_SUBSIDY, YES, Enrollments, Rows, lags
from hearth.reporting.synthetic.random_values import Random
from hearth.reporting.synthetic.stays import COORDINATED_ENTRY
from hearth.reporting.synthetic.world import World

STREET_OUTREACH = 4
# A contact on the first and the last day: the exit is the day of the last contact (4.12, 3.11).
_CONTACT_TYPES = (STREET_OUTREACH, 6, 7, 11, 12, COORDINATED_ENTRY)
_MOST_CONTACTS = 60
_ON_THE_STREET = {116: 78, 101: 9, 118: 1, 207: 1, 314: 2, 335: 1, 336: 2, 206: 1, 37: 3, 8: 1, 17: 1}
_ELSEWHERE = {
    116: 22, 101: 42, 118: 2, 302: 4, 314: 4, 335: 7, 336: 8, 410: 3, 435: 2, 215: 1, 205: 1, 204: 1,
    207: 1, 206: 1, 225: 0.4, 329: 0.4, 332: 0.4, 411: 0.3, 421: 0.2, 37: 2, 17: 0.6, 8: 1, 9: 1, 99: 2,
}  # fmt: skip
_AT_HOME = {410: 60, 435: 24, 411: 4, 335: 6, 336: 5, 421: 1}
_PLACES = (
    "By the river under the bridge", "Transit station", "Library entrance", "Shelter lobby", "Car, store lot",
    "Encampment near the rail yard", "Drop-in, table 4", "Laundromat", "Called in by phone",
)  # fmt: skip


class Contacts:
    """Makes the rows of a block."""

    def __init__(self, world: World, enrollments: Enrollments) -> None:
        self.enrollments = enrollments
        self.end = arrays.day(world.settings.end)
        self.asks = world.flags("4.12")
        options = world.registry.list("3.12.1").options
        # LeaveSituation14Days is asked of every situation but those on the street and of unknown ones.
        asked = [int(o.code) for o in options if o.status == "current" and int(o.code) > 200]
        self.leaving_asked = np.array(asked, dtype=np.int32)
        self.subsidies = {int(c): 1.0 for c in world.registry.list("3.12.A").codes(offered=True)}
        self.names = [f"{project.organization.name} staff" for project in world.projects[:40]]

    def file(self, random: Random, rows: Rows) -> dict[str, np.ndarray]:
        """Columns of CurrentLivingSituation.csv."""
        asked = self.asks[rows.project] | (rows.type == STREET_OUTREACH) | (rows.type == COORDINATED_ENTRY)
        # Elsewhere there is one contact: the last one, on the day of the exit.
        closing = ~asked & np.isin(rows.type, _CONTACT_TYPES) & (rows.exit != FAR)
        row, day = self._days(random, rows, asked & rows.asked, closing & rows.asked)
        size = len(row)
        kind = rows.type[row]
        street, elsewhere = random.pick(_ON_THE_STREET, size), random.pick(_ELSEWHERE, size)
        at_home = random.pick(_AT_HOME, size)
        situation = np.select([kind == STREET_OUTREACH, kind == 12], [street, at_home], elsewhere).astype(
            np.int32
        )
        entry_point = kind == COORDINATED_ENTRY
        leaving_asked = entry_point & np.isin(situation, self.leaving_asked)
        leaving = random.pick({NO: 55, YES: 40, 8: 3, 99: 2}, size)
        must_leave = leaving_asked & (leaving == YES)
        verified, place = np.full(size, None, dtype=object), np.full(size, None, dtype=object)
        which = np.flatnonzero(entry_point & random.happens(0.4, size))
        verified[which] = random.among(self.names, len(which))
        which = np.flatnonzero(random.happens(0.3, size))
        place[which] = random.among(_PLACES, len(which))
        made: dict[str, np.ndarray] = {
            "EnrollmentID": rows.id[row],
            "PersonalID": rows.personal_id[row],
            "InformationDate": day,
            "CurrentLivingSituation": situation,
            "CLSSubsidyType": arrays.where(
                situation == RENTAL_WITH_SUBSIDY, random.pick(self.subsidies, size)
            ),
            "VerifiedBy": verified,
            "LeaveSituation14Days": arrays.where(leaving_asked, leaving),
            "LocationDetails": place,
        }
        for column, yes in (
            ("SubsequentResidence", 22),
            ("ResourcesToObtain", 18),
            ("LeaseOwn60Day", 30),
            ("MovedTwoOrMore", 45),
        ):
            answer = random.pick({YES: yes, NO: 95 - yes, 8: 3, 99: 2}, size)
            made[column] = arrays.where(must_leave, answer)
        return made | self.enrollments.stamps(random, day, lags(random, size), rows.user[row])

    def _days(
        self, random: Random, rows: Rows, asked: arrays.Bools, closing: arrays.Bools
    ) -> tuple[Ints, Ints]:
        who = np.flatnonzero(asked).astype(np.int32)
        last = np.minimum(rows.exit[who], self.end)
        length = last - rows.entry[who]
        counts = np.minimum(random.generator.poisson(length / 16.0), _MOST_CONTACTS).astype(np.int32)
        which, _ = arrays.repeated(counts)
        between = rows.entry[who][which] + np.floor(random.share(len(which)) * (length[which] + 1))
        over = rows.exit[who] != FAR
        at = np.concatenate([who, who[which], who[over], np.flatnonzero(closing)]).astype(np.int32)
        day = np.concatenate([rows.entry[who], between, last[over], rows.exit[closing]]).astype(np.int32)
        order = np.lexsort((day, at))
        at, day = at[order], day[order]
        # Several contacts on one day are allowed; the same one twice is not wanted here.
        new = np.ones(len(at), dtype=bool)
        new[1:] = (np.diff(at) != 0) | (np.diff(day) != 0)
        return at[new], day[new]
