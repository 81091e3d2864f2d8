"""The stays of households, one after the other: which project, from when to when, and where to next.

A household starts somewhere, stays for a while, goes straight on to the next project or comes back after
a time away, until it is not seen again or the period ends. Beside homeless stays some are enrolled in
coordinated entry, a day shelter or a service program. Laws kept here, because checks and reports rely on
them: stays of a household never begin on the same day; residential stays do not overlap, except that
permanent housing may begin before its move-in date; every stay touches the period; a stay ends at the
latest when its project closes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from hearth.reporting.synthetic import arrays
from hearth.reporting.synthetic.arrays import FAR, NOTHING, Bools, Ints
from hearth.reporting.synthetic.data import material
from hearth.reporting.synthetic.random_values import Choices, Random
from hearth.reporting.synthetic.world import LONGEST_BEFORE, Project, World

MOST_STAYS = 9
END = -1  # among next types: never seen again
CLOSING = 30  # days before a project closes in which it admits nobody
EMERGENCY_SHELTER, NIGHT_BY_NIGHT, COORDINATED_ENTRY = 0, 1, 14
HOMELESS_TYPES = (0, 1, 2, 4, 8)  # beside which other enrollments happen
MOVE_IN_TYPES = (3, 9, 10, 13)
LONG_TERM = (3, 9, 10)  # may have begun years before the period
DECEASED = 24

GROUPS = ("adults", "families", "youth", "parenting youth", "minors", "parenting minors")
SPECIAL = ("", "veterans", "hiv")
# Who else admits a group whose own programs are absent, in order.
_ALSO = {"parenting minors": ("minors",), "minors": ("older minors",)}


def group_number(group: Ints, special: Ints) -> Ints:
    """The number of a group (see GROUPS) with a special trait (see SPECIAL)."""
    return (group * len(SPECIAL) + special).astype(np.int32)


@dataclass(slots=True)
class Households:
    """Households of a block. `group` indexes GROUPS, `special` indexes SPECIAL; ages in days."""

    coc: Ints
    group: Ints
    special: Ints
    has_children: Bools
    head_age: Ints
    first_day: Ints
    head_born: Ints


@dataclass(slots=True)
class Stays:
    """One row per household and project stay, ordered by household and day. `exit` is FAR while open."""

    household: Ints
    project: Ints
    type: Ints
    coc: Ints
    entry: Ints
    exit: Ints
    move_in: Ints
    previous: Ints  # type of the project straight before, else NOTHING
    onward: Ints  # type of the project straight after, else NOTHING
    beside: Bools

    def __len__(self) -> int:
        return len(self.household)

    def taken(self, rows: Ints | Bools) -> Stays:
        """Some of the stays."""
        return Stays(*(getattr(self, name)[rows] for name in self.__slots__))


def _joined(parts: list[Stays]) -> Stays:
    return Stays(*(np.concatenate([getattr(part, name) for part in parts]) for name in Stays.__slots__))


class StayGenerator:
    """Precomputed tables of a world, and the stays that are generated from them."""

    def __init__(self, world: World) -> None:
        self.start, self.end = arrays.day(world.settings.start), arrays.day(world.settings.end)
        self.paths = material("pathways")
        self.types = [int(code) for code in world.registry.list("2.02.6").codes(offered=True)]
        self.type_index = np.full(max(self.types) + 1, -1, dtype=np.int32)
        self.type_index[self.types] = np.arange(len(self.types))
        self.opens, self.closes = world.facts("opens"), world.facts("closes")
        self.closes = np.where(self.closes == NOTHING, FAR, self.closes).astype(np.int32)
        self.has_move_in = world.flags("3.20")
        self.group_count = len(GROUPS) * len(SPECIAL)
        self._index_projects(world)
        self._index_transitions(len(world.cocs))
        days = self.paths["days"]
        self.median = np.array([float(days.get(t, [60, 1])[0]) for t in range(max(self.types) + 1)])
        self.spread = np.array([float(days.get(t, [60, 1])[1]) for t in range(max(self.types) + 1)])
        on = self.paths["straight_on"]
        self.straight = np.array([float(on.get(t, 0)) for t in range(max(self.types) + 1)])
        move = self.paths["move_in"]
        self.never_housed = np.array([float(move.get(t, [1, 1])[0]) for t in range(max(self.types) + 1)])
        self.key_days = np.array([float(move.get(t, [1, 1])[1]) for t in range(max(self.types) + 1)])

    # ---- which project

    def _index_projects(self, world: World) -> None:
        cells: list[dict[int, float]] = []
        steady: list[dict[int, float]] = []
        for coc in world.cocs:
            for group in GROUPS:
                for special in SPECIAL:
                    for project_type in self.types:
                        weights = {
                            project.number: weight
                            for project in world.serving()
                            if project.type == project_type and coc in project.cocs
                            if (weight := _weight(project, group, special)) > 0
                        }
                        cells.append(weights)
                        steady.append(
                            {
                                number: weight
                                for number, weight in weights.items()
                                if self.closes[number] == FAR and self.opens[number] <= self.start - 365
                            }
                        )
        self.projects = Choices(cells)
        self.steady_projects = Choices(steady)
        shape = (len(world.cocs), self.group_count, len(self.types))
        self.available = ~np.array(self.steady_projects.empty).reshape(shape)

    def choose_project(self, random: Random, coc: Ints, group: Ints, kind: Ints, entry: Ints) -> Ints:
        """A project of a type for every household, open on the day of entry."""
        cell = ((coc * self.group_count + group) * len(self.types) + self.type_index[kind]).astype(np.int32)
        chosen = self.projects.codes(random, cell)
        steady = self.steady_projects.codes(random, cell)
        closed = (entry < self.opens[chosen]) | (entry > self.closes[chosen] - CLOSING)
        return np.where(closed, steady, chosen).astype(np.int32)

    # ---- which type

    def _index_transitions(self, coc_count: int) -> None:
        first, following = self.paths["first"], self.paths["next"]
        firsts, nexts = [], []
        for coc in range(coc_count):
            for group in range(self.group_count):
                open_types = {t for t in self.types if self.available[coc, group, self.type_index[t]]}
                name = SPECIAL[group % len(SPECIAL)] or GROUPS[group // len(SPECIAL)]
                firsts.append({t: w for t, w in first[name].items() if t in open_types})
                for t in self.types:
                    row = following[t]
                    nexts.append({END: row["end"]} | {to: w for to, w in row.items() if to in open_types})
        self.first = Choices(firsts)
        self.following = Choices(nexts)
        self.served = ~np.array(self.first.empty).reshape(coc_count, self.group_count)

    # ---- stays

    def first_days(self, random: Random, coc: Ints, group: Ints) -> tuple[Ints, Ints]:
        """Type and day of the first stay. Long-term housing may have begun up to six years before."""
        size = len(coc)
        kind = self.first.codes(random, (coc * self.group_count + group).astype(np.int32))
        day = random.whole(self.start - 60, self.end - 1, size)
        long_term = np.isin(kind, LONG_TERM)
        early = random.whole(self.start - LONGEST_BEFORE, self.end - 1, size)
        return kind, arrays.where(long_term, early, day)

    def stays(self, random: Random, households: Households, kind: Ints) -> Stays:
        """All stays of the households, whose first stay is of type `kind` on their first day."""
        rows = np.arange(len(households.coc), dtype=np.int32)
        entry = households.first_day.copy()
        earliest_move_in = arrays.blank(len(rows))
        previous = arrays.blank(len(rows))
        parts: list[Stays] = []
        for step in range(MOST_STAYS):
            group = self._group_on(households, rows, entry)
            kind, entry, earliest_move_in = self._admitted(
                random, households.coc[rows], group, kind, entry, earliest_move_in
            )
            part = self._stay(random, households, rows, group, kind, entry, earliest_move_in, previous)
            parts.append(part)
            if step == MOST_STAYS - 1:
                break
            cell = ((households.coc[rows] * self.group_count + group) * len(self.types)).astype(np.int32)
            following = self.following.codes(random, (cell + self.type_index[kind]).astype(np.int32))
            goes_on = (following != END) & (part.exit != FAR)
            safe = np.where(goes_on, following, EMERGENCY_SHELTER)
            straight = goes_on & random.happens(self.straight[safe], len(rows))
            ended = np.where(goes_on, part.exit, 0)
            # Permanent housing is found from the shelter: enrolled some weeks before the key is handed over.
            ahead = straight & np.isin(safe, MOVE_IN_TYPES) & (safe != part.type)
            lead = random.whole(3, 45, len(rows))
            next_entry = np.where(ahead, np.maximum(part.entry + 1, ended - lead), ended)
            next_entry = np.where(straight, next_entry, ended + 12 + random.waiting(190, len(rows)))
            goes_on &= next_entry < self.end
            part.onward[:] = arrays.where(straight & goes_on, following)
            if not goes_on.any():
                break
            rows = rows[goes_on]
            kind = following[goes_on]
            entry = next_entry[goes_on].astype(np.int32)
            earliest_move_in = arrays.where(ahead[goes_on], ended[goes_on].astype(np.int32))
            previous = arrays.where(straight[goes_on], part.type[goes_on])
        main = _joined(parts)
        touching = np.minimum(main.exit, self.end) >= self.start
        stays = self._with_beside(random, households, main.taken(touching))
        order = np.lexsort((stays.beside, stays.entry, stays.household))
        return stays.taken(order.astype(np.int32))

    def _admitted(
        self, random: Random, coc: Ints, group: Ints, kind: Ints, entry: Ints, earliest_move_in: Ints
    ) -> tuple[Ints, Ints, Ints]:
        """Who has outgrown the program that was next begins elsewhere, as if new."""
        outgrown = ~self.available[coc, group, self.type_index[kind]]
        if not outgrown.any():
            return kind, entry, earliest_move_in
        afresh = self.first.codes(random, (coc * self.group_count + group).astype(np.int32))
        ahead = outgrown & (earliest_move_in != NOTHING)
        return (
            arrays.where(outgrown, afresh, kind),
            arrays.where(ahead, np.maximum(entry, earliest_move_in), entry),
            arrays.where(~outgrown, earliest_move_in),
        )

    def _group_on(self, households: Households, rows: Ints, entry: Ints) -> Ints:
        """The group on a day: youth grow up."""
        group = households.group[rows]
        age = arrays.years_between(households.head_born[rows], entry)
        parents = households.has_children[rows]
        was_minor = np.isin(group, (GROUPS.index("minors"), GROUPS.index("parenting minors")))
        young = np.isin(group, (GROUPS.index("youth"), GROUPS.index("parenting youth")))
        grown = (was_minor & (age >= 18)) | young
        now = np.where(
            age < 25,
            np.where(parents, GROUPS.index("parenting youth"), GROUPS.index("youth")),
            np.where(parents, GROUPS.index("families"), GROUPS.index("adults")),
        )
        return group_number(np.where(grown, now, group), households.special[rows])

    def _stay(
        self,
        random: Random,
        households: Households,
        rows: Ints,
        group: Ints,
        kind: Ints,
        entry: Ints,
        earliest_move_in: Ints,
        previous: Ints,
    ) -> Stays:
        size = len(rows)
        coc = households.coc[rows]
        project = self.choose_project(random, coc, group, kind, entry)
        closes = self.closes[project]
        move_in = self._move_in(random, project, kind, entry, earliest_move_in)
        housed = move_in != NOTHING
        length = random.spread(self.median[kind], self.spread[kind], size)
        waiting = 5 + random.waiting(self.key_days[kind] + 25, size)
        # Without a move-in the household gives up, or is still looking.
        permanent = self.has_move_in[project]
        exit = np.where(housed, move_in + length, entry + np.where(permanent, waiting, length))
        # A stay that ended before the period is lengthened into it.
        before = exit < self.start
        exit = np.where(before, self.start + random.whole(0, 300, size), exit)
        exit = np.minimum(exit, closes)
        open_end = exit > self.end
        move_in = np.where(housed & (move_in <= self.end) & (move_in < exit), move_in, NOTHING)
        return Stays(
            household=rows,
            project=project,
            type=kind.astype(np.int32),
            coc=coc,
            entry=entry.astype(np.int32),
            exit=arrays.where(open_end, FAR, exit.astype(np.int32)),
            move_in=move_in.astype(np.int32),
            previous=previous,
            onward=arrays.blank(size),
            beside=np.zeros(size, dtype=bool),
        )

    def _move_in(
        self, random: Random, project: Ints, kind: Ints, entry: Ints, earliest_move_in: Ints
    ) -> Ints:
        size = len(project)
        straight = earliest_move_in != NOTHING
        lag = random.waiting(self.key_days[kind], size)
        move_in = np.where(straight, np.maximum(earliest_move_in, entry), entry + lag)
        happens = self.has_move_in[project] & (straight | ~random.happens(self.never_housed[kind], size))
        return arrays.where(happens, move_in.astype(np.int32))

    def _with_beside(self, random: Random, households: Households, main: Stays) -> Stays:
        """Add enrollments beside homeless stays: at most one of each type per household."""
        parts = [main]
        homeless = np.flatnonzero(np.isin(main.type, HOMELESS_TYPES)).astype(np.int32)
        _, firsts = np.unique(main.household[homeless], return_index=True)
        beside = homeless[firsts]
        already = set()
        for kind, (share, low, high) in self.paths["beside"].items():
            rows = beside[random.happens(share, len(beside))]
            already.add(kind)
            group = self._group_on(households, main.household[rows], main.entry[rows])
            there = self.available[main.coc[rows], group, self.type_index[kind]]
            rows, group = rows[there], group[there]
            size = len(rows)
            entry = main.entry[rows] + random.whole(low, high, size)
            if kind == COORDINATED_ENTRY:
                # On the list until somebody is housed or gone.
                ended = np.where(main.exit[rows] == FAR, self.end + 1, main.exit[rows])
                exit = np.maximum(ended + random.whole(-5, 45, size), entry + 3)
            else:
                exit = entry + random.spread(self.median[kind], self.spread[kind], size)
            kinds = np.full(size, kind, dtype=np.int32)
            project = self.choose_project(random, main.coc[rows], group, kinds, entry)
            exit = np.minimum(exit, self.closes[project])
            made = Stays(
                household=main.household[rows],
                project=project,
                type=kinds,
                coc=main.coc[rows],
                entry=entry.astype(np.int32),
                exit=arrays.where(exit > self.end, FAR, exit.astype(np.int32)),
                move_in=arrays.blank(size),
                previous=main.type[rows].copy(),
                onward=arrays.blank(size),
                beside=np.ones(size, dtype=bool),
            )
            within = (entry < self.end) & (np.minimum(made.exit, self.end) >= self.start)
            parts.append(made.taken(within))
        stays = _joined(parts)
        return self._without_clashes(stays)

    def _without_clashes(self, stays: Stays) -> Stays:
        """Drop enrollments beside that begin on the day of another, or overlap one in the same project."""
        order = np.lexsort((stays.beside, stays.entry, stays.household))
        stays = stays.taken(order.astype(np.int32))
        same_day = np.zeros(len(stays), dtype=bool)
        same_day[1:] = (np.diff(stays.household) == 0) & (np.diff(stays.entry) == 0)
        # The later row of a pair is the one beside, because of the order.
        stays = stays.taken(~(same_day & stays.beside))
        by_project: Ints = np.lexsort((stays.entry, stays.project, stays.household)).astype(np.int32)
        sorted_stays = stays.taken(by_project)
        overlap = np.zeros(len(stays), dtype=bool)
        follows = (np.diff(sorted_stays.household) == 0) & (np.diff(sorted_stays.project) == 0)
        overlap[1:] = follows & (sorted_stays.entry[1:] <= sorted_stays.exit[:-1])
        clash = overlap & sorted_stays.beside
        clash[:-1] |= overlap[1:] & sorted_stays.beside[:-1]
        return sorted_stays.taken(~clash)


def _weight(project: Project, group: str, special: str) -> float:
    """How likely a project admits a household of that group and trait: 0 for never."""
    serves = project.serves
    everyone = "everyone" in serves and group not in ("minors", "parenting minors")
    base = project.weight if everyone or group in serves else 0.0
    if not base:
        base = max((project.weight / 4 for other in _ALSO.get(group, ()) if other in serves), default=0.0)
    if special == "veterans":
        if "veterans" in serves or ("veteran adults" in serves and group == "adults"):
            return project.weight * 8
    elif special and special in serves:
        return project.weight * 8
    return base


def shares(weights: Mapping[int | str, float], known: set[int]) -> dict[int, float]:
    """The weights of codes that the year knows."""
    return {int(code): weight for code, weight in weights.items() if int(code) in known}
