"""Small cells: which figures are hidden, so that no count of 1 to 10 can be read or worked out.

    hide({"all": 40, "a": 37, "b": 3}, [Sum("all", ("a", "b"))])    # {"all": 40, "a": None, "b": None}

What a viewer knows beside what is shown: that figures add up as the sums say, that counts are whole numbers,
and that a hidden one is not 0, because zeros are shown. Then more figures are hidden until, for every small
one, each number from 1 to 10 fits all that is shown (from 3 on, where it is the sum of three that are not 0):
the viewer learns that it is small or stands beside a small one, and no more. A part of a count tells the rest
of it, so that a small rest is a small cell, too.

What it does not do: say anything of figures that are not given to it together (another run, another page),
nor keep somebody from guessing which of two hidden figures was the small one.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

#: The least count of people that is shown; 0 is shown, too.
LEAST = 11
_REST = "rest of {of} without {part}"
#: How long one move is looked for; a cell that is not found to be covered by then has more hidden beside it.
_STEPS = 4000


@dataclass(frozen=True, slots=True)
class Sum:
    """`total` is the sum of `parts`, by the names of cells."""

    total: str
    parts: tuple[str, ...]


def is_small(count: int) -> bool:
    """Whether a count is hidden for its own sake."""
    return 0 < count < LEAST


def hide(
    cells: Mapping[str, int],
    sums: Iterable[Sum] = (),
    parts: Iterable[tuple[str, str]] = (),
    unshown: Collection[str] = (),
) -> dict[str, int | None]:
    """The cells as they may be shown, None for those that are hidden. `parts`: (part, of what) for parts that
    overlap or are not all given; `unshown`: cells that stand in sums and on no page, left out of the answer.

    Raises ValueError where cells are negative, or do not add up: then nothing can be said of them."""
    values, every, secret = dict(cells), list(sums), set(unshown)
    for part, of in parts:
        rest = _REST.format(part=part, of=of)
        values[rest] = values[of] - values[part]
        every.append(Sum(of, (part, rest)))
        secret.add(rest)
    if min(values.values(), default=0) < 0:
        raise ValueError("a count is below nothing")
    if any(values[one.total] != sum(values[part] for part in one.parts) for one in every):
        raise ValueError("the figures do not add up")
    table = _Table(values, every, secret, {key for key, count in values.items() if is_small(count)} | secret)
    while (exposed := table.exposed()) is not None:
        more = table.beside(exposed)
        if more is None:
            table.alone.add(exposed)
        else:
            table.hidden.add(more)
    return {key: None if key in table.hidden else count for key, count in cells.items() if key not in secret}


@dataclass(slots=True)
class _Table:
    """All cells with what is hidden so far. `secret`: on no page, so that nobody knows they are not 0."""

    values: Mapping[str, int]
    sums: Sequence[Sum]
    secret: Collection[str]
    hidden: set[str]
    #: Cells of whose sums nothing is shown any more, but for zeros.
    alone: set[str] = field(default_factory=set)
    of: dict[str, list[Mapping[str, int]]] = field(default_factory=dict)
    #: The least that a small cell can be for whoever knows the zeros alone.
    least: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for one in self.sums:
            signs = dict.fromkeys(one.parts, 1) | {one.total: -1}
            for key in signs:
                self.of.setdefault(key, []).append(signs)
        hidden, self.hidden = (
            self.hidden,
            {key for key, count in self.values.items() if count} | {*self.secret},
        )
        for key in filter(lambda one: is_small(self.values[one]), self.values):
            self.least[key] = min(goal for goal in range(1, LEAST) if self._reaches(key, goal))
        self.hidden = hidden

    def exposed(self) -> str | None:
        """A hidden cell that what is shown says too much of."""
        for key in sorted(self.hidden - self.alone):
            count = self.values[key]
            if is_small(count):
                if not (self._reaches(key, self.least[key]) and self._reaches(key, LEAST - 1)):
                    return key
            elif key not in self.secret and not (
                self._reaches(key, count + 1) or self._reaches(key, count - 1)
            ):
                return key
        return None

    def beside(self, exposed: str) -> str | None:
        """The next to be hidden, of the nearest sums: a part before a total, what stands in most sums with
        hidden cells, the smallest count. None where nothing is left: of what nothing is shown, nothing can
        be worked out."""
        ring, seen = [exposed], {exposed}
        totals = {one.total for one in self.sums}
        while ring:
            around = {key for one in ring for signs in self.of.get(one, ()) for key in signs} - seen
            shown = [key for key in around if key not in self.hidden and self.values[key]]
            if shown:
                return min(shown, key=lambda key: (key in totals, -self._closes(key), self.values[key], key))
            seen |= around
            ring = sorted(around & self.hidden)
        return None

    def _closes(self, key: str) -> int:
        """In how many sums another is hidden already, so that one more there closes a circle."""
        return sum(any(one in self.hidden - {*self.secret} for one in signs) for signs in self.of[key])

    def _reaches(self, key: str, goal: int) -> bool:
        """Whether the hidden cells can be other numbers, so that this one is `goal` and all sums hold."""
        at = {one: self.values[one] for one in self.hidden}
        step = 1 if goal > at[key] else -1
        while at[key] != goal:
            left = [_STEPS]
            move = self._move({key: step}, at, left)
            if move is None:
                return False
            for one, change in move.items():
                at[one] += change
        return True

    def _move(self, changes: dict[str, int], at: Mapping[str, int], left: list[int]) -> dict[str, int] | None:
        """The changes with others by one that balance all sums; None where there are none."""
        left[0] -= 1
        if left[0] < 0:
            return None
        lacking = next(self._unbalanced(changes), None)
        if lacking is None:
            return changes
        signs, too_much = lacking
        free = [key for key in signs if key in self.hidden and key not in changes]
        for key in sorted(free, key=lambda key: (-at[key], key)):
            change = -signs[key] if too_much > 0 else signs[key]
            if at[key] + change < (0 if key in self.secret else 1):
                continue
            found = self._move({**changes, key: change}, at, left)
            if found is not None:
                return found
        return None

    def _unbalanced(self, changes: Mapping[str, int]) -> Iterator[tuple[Mapping[str, int], int]]:
        for one in changes:
            for signs in self.of.get(one, ()):
                too_much = sum(sign * changes.get(key, 0) for key, sign in signs.items())
                if too_much:
                    yield signs, too_much
