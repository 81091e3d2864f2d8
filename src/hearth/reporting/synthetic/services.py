"""Services.csv: bed nights, and what PATH, RHY, HOPWA, SSVF, HUD-VASH and Moving On programs provide."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from hearth.reporting.synthetic import arrays
from hearth.reporting.synthetic.arrays import FAR, NOTHING, Bools, Floats, Ints
from hearth.reporting.synthetic.enrollments import Enrollments, Rows, lags
from hearth.reporting.synthetic.people import People
from hearth.reporting.synthetic.random_values import Random
from hearth.reporting.synthetic.stays import NIGHT_BY_NIGHT
from hearth.reporting.synthetic.world import World

# Record types, list 1.4.
PATH_SERVICE, RHY_SERVICE, HOPWA_SERVICE, SSVF_SERVICE = 141, 142, 143, 144
HOPWA_MONEY, SSVF_MONEY, PATH_REFERRAL = 151, 152, 161
BED_NIGHT, VOUCHER, MOVING_ON = 200, 210, 300
# Codes whose choice opens a further question.
SSVF_OTHER, VOUCHER_OTHER, MOVING_ON_OTHER = 6, 12, 5
_SUBTYPES = {3: "V2.A", 4: "V2.B", 5: "V2.C"}  # SSVF service → list of its subtypes
_REFUNDED = 0.02
_OTHER_SSVF = ("Landlord mediation", "Moving-day help", "Document replacement")
_OTHER_MOVING_ON = ("Household goods", "Peer visit", "Budget class")
_MOST_SERVICES = 40


class Services:
    """Makes the rows of a block."""

    def __init__(self, world: World, enrollments: Enrollments) -> None:
        self.enrollments = enrollments
        self.end = arrays.day(world.settings.end)
        self.lists = world.registry
        self.asks: Mapping[str, Bools] = {
            element: world.flags(element)
            for element in ("P1", "P2", "R14", "W1", "W2", "V2", "V3", "V8", "C2")
        }
        self.offered = {
            name: {int(code): 1.0 for code in world.registry.list(name).codes(offered=True)}
            for name in ("P1.2", "P2.2", "R14.2", "W1.2", "W2.2", "V2.2", "V3.4", "V8.2", "C2.2", "P2.A",
                         "V2.A", "V2.B", "V2.C", "4.14")
        }  # fmt: skip

    def file(
        self, random: Random, rows: Rows, people: People, move_in: Ints
    ) -> tuple[dict[str, np.ndarray], Rows, Ints]:
        """Columns of Services.csv in the order of enrollments and days; then the enrollments of the bed
        nights and their days, from which beds are counted. `move_in` is the household's, per enrollment."""
        parts = [self._bed_nights(random, rows)]
        at, nights = parts[0]["at"], parts[0]["DateProvided"]
        asked = rows.asked
        add = parts.append
        for element, kind, name, days, who in (
            ("P1", PATH_SERVICE, "P1.2", 16.0, asked),
            ("P2", PATH_REFERRAL, "P2.2", 40.0, asked),
            ("R14", RHY_SERVICE, "R14.2", 12.0, asked),
            ("W1", HOPWA_SERVICE, "W1.2", 30.0, asked),
            ("W2", HOPWA_MONEY, "W2.2", 45.0, rows.is_head),
            ("V2", SSVF_SERVICE, "V2.2", 15.0, asked),
            ("V3", SSVF_MONEY, "V3.4", 40.0, rows.is_head),
        ):
            add(self._served(random, rows, self.asks[element][rows.project] & who, kind, name, days))
        add(self._vouchers(random, rows, people, move_in))
        moving = self.asks["C2"][rows.project] & rows.is_head & random.happens(0.06, len(rows))
        add(self._served(random, rows, moving, MOVING_ON, "C2.2", 900.0))

        joined = {
            name: np.concatenate([part[name] for part in parts])
            for name in ("at", "DateProvided", "RecordType", "TypeProvided")
        }
        order = np.lexsort((joined["RecordType"], joined["DateProvided"], joined["at"]))
        joined = {name: values[order] for name, values in joined.items()}
        row = joined.pop("at")
        made: dict[str, np.ndarray] = {
            "EnrollmentID": rows.id[row],
            "PersonalID": rows.personal_id[row],
            **joined,
            **self._details(random, joined["RecordType"], joined["TypeProvided"], joined["DateProvided"]),
        }
        # Bed nights are mostly scanned the same evening, other things written down later.
        lag = np.where(joined["RecordType"] == BED_NIGHT, 0, lags(random, len(row)))
        made |= self.enrollments.stamps(random, joined["DateProvided"], lag.astype(np.int32), rows.user[row])
        return made, rows.taken(at), nights

    def _bed_nights(self, random: Random, rows: Rows) -> dict[str, Ints]:
        """Every night-by-night stay has its first and, once over, its last night; others come and go."""
        stays = np.flatnonzero(rows.type == NIGHT_BY_NIGHT).astype(np.int32)
        last = np.where(rows.exit[stays] == FAR, self.end + 1, rows.exit[stays])
        counts = (last - rows.entry[stays]).astype(np.int32)
        which, place = arrays.repeated(counts)
        often = 0.35 + 0.65 * random.share(len(stays))
        over = rows.exit[stays] != FAR
        kept = random.share(len(which)) < often[which]
        kept |= (place == 0) | (over[which] & (place == counts[which] - 1))
        at = stays[which[kept]]
        day = (rows.entry[at] + place[kept]).astype(np.int32)
        night = next(iter(self.offered["4.14"]))
        return _part(at, day, BED_NIGHT, np.full(len(at), night, dtype=np.int32))

    def _served(
        self, random: Random, rows: Rows, asked: Bools, kind: int, name: str, days: float
    ) -> dict[str, Ints]:
        """At least one service each, about one in `days` days."""
        who = np.flatnonzero(asked).astype(np.int32)
        length = np.minimum(rows.exit[who], self.end) - rows.entry[who]
        counts = np.minimum(1 + random.generator.poisson(length / days), _MOST_SERVICES).astype(np.int32)
        which, _ = arrays.repeated(counts)
        at = who[which]
        day = rows.entry[at] + np.floor(random.share(len(at)) * (length[which] + 1)).astype(np.int32)
        return _part(at, day, kind, random.pick(self.offered[name], len(at)))

    def _vouchers(self, random: Random, rows: Rows, people: People, move_in: Ints) -> dict[str, Ints]:
        """HUD-VASH: the package goes out, the voucher is issued, and is in use once the key is there."""
        who = np.flatnonzero(self.asks["V8"][rows.project] & people.veteran[rows.person])
        who = who.astype(np.int32)
        last = np.minimum(rows.exit[who], self.end)
        steps = []
        day = np.minimum(rows.entry[who] + random.whole(0, 10, len(who)), last)
        steps.append((who, day, 1))
        steps.append((who, np.minimum(day + random.whole(5, 40, len(who)), last), 3))
        housed = move_in[who] != NOTHING
        steps.append((who[housed], np.clip(move_in[who][housed], rows.entry[who][housed], last[housed]), 5))
        left = rows.exit[who] != FAR
        steps.append((who[left], rows.exit[who][left], 9))
        odd = random.happens(0.03, len(who))
        steps.append((who[odd], last[odd], VOUCHER_OTHER))
        at = np.concatenate([where for where, _, _ in steps]).astype(np.int32)
        days = np.concatenate([on for _, on, _ in steps]).astype(np.int32)
        codes = np.concatenate([np.full(len(w), code, dtype=np.int32) for w, _, code in steps])
        return _part(at, days, VOUCHER, codes)

    def _details(self, random: Random, kind: Ints, code: Ints, day: Ints) -> dict[str, np.ndarray]:
        size = len(kind)
        subtype = arrays.blank(size)
        ssvf = np.flatnonzero(kind == SSVF_SERVICE)
        for service, name in _SUBTYPES.items():
            which = ssvf[code[ssvf] == service]
            subtype[which] = random.pick(self.offered[name], len(which))
        texts = np.full(size, None, dtype=object)
        which = np.flatnonzero((kind == SSVF_SERVICE) & (code == SSVF_OTHER))
        texts[which] = random.among(_OTHER_SSVF, len(which))
        texts[(kind == VOUCHER) & (code == VOUCHER_OTHER)] = "Waiting for inspection"
        moving = np.full(size, None, dtype=object)
        which = np.flatnonzero((kind == MOVING_ON) & (code == MOVING_ON_OTHER))
        moving[which] = random.among(_OTHER_MOVING_ON, len(which))
        outcome = arrays.blank(size)
        which = np.flatnonzero(kind == PATH_REFERRAL)
        outcome[which] = random.pick({1: 45, 2: 30, 3: 25}, len(which))
        amount = np.full(size, np.nan)
        which = np.flatnonzero((kind == HOPWA_MONEY) | (kind == SSVF_MONEY))
        amount[which] = self._amounts(random, len(which))
        starts, ends = arrays.blank(size), arrays.blank(size)
        which = np.flatnonzero(kind == SSVF_MONEY)
        starts[which] = day[which]
        ends[which] = day[which] + random.pick({0: 40, 29: 45, 89: 15}, len(which))
        return {
            "OtherTypeProvided": texts,
            "MovingOnOtherType": moving,
            "SubTypeProvided": subtype,
            "FAAmount": amount,
            "FAStartDate": starts,
            "FAEndDate": ends,
            "ReferralOutcome": outcome,
        }

    def _amounts(self, random: Random, size: int) -> Floats:
        dollars = np.round(np.clip(random.generator.lognormal(6.3, 0.7, size), 20, 9_000), 2)
        return np.where(random.happens(_REFUNDED, size), -np.round(dollars / 4, 2), dollars)


def _part(at: Ints, day: Ints, kind: int, code: Ints) -> dict[str, Ints]:
    return {
        "at": at,
        "DateProvided": day.astype(np.int32),
        "RecordType": np.full(len(at), kind, dtype=np.int32),
        "TypeProvided": code,
    }
