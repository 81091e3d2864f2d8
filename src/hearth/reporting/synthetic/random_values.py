"""Random values, whole arrays at once: every invented value comes from here, and from a seed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from hearth.reporting.synthetic.arrays import NOTHING, Bools, Floats, Ints, Texts


class Random:
    """A stream of random values that depends on its numbers alone: Random(seed, block)."""

    def __init__(self, *numbers: int) -> None:
        self.generator = np.random.Generator(np.random.PCG64(np.random.SeedSequence(list(numbers))))

    def share(self, size: int) -> Floats:
        """Uniform numbers from 0 to 1."""
        return self.generator.random(size)

    def happens(self, share: float | Floats, size: int) -> Bools:
        """True for about that share of the elements."""
        return self.generator.random(size) < share

    def whole(self, low: int | Ints, high: int | Ints, size: int) -> Ints:
        """Whole numbers from low to high, both included; never below low."""
        width = np.maximum(np.asarray(high) - low, 0) + 1
        return (low + np.floor(self.generator.random(size) * width)).astype(np.int32)

    def waiting(self, mean: float | Floats, size: int) -> Ints:
        """Days until something happens that may happen any day: exponential, 0 and up."""
        return np.floor(self.generator.exponential(1.0, size) * mean).astype(np.int32)

    def spread(self, median: float | Floats, spread: float | Floats, size: int) -> Ints:
        """Days with a long tail (log-normal), 1 and up."""
        return np.maximum(1, np.exp(self.generator.normal(0, 1, size) * spread) * median).astype(np.int32)

    def pick(self, weights: Mapping[int, float], size: int) -> Ints:
        """Codes chosen by weight."""
        return Choices([weights]).codes(self, np.zeros(size, dtype=np.int32))

    def among(self, options: Sequence[object], size: int) -> Texts:
        """Elements of a sequence, each as likely."""
        table = np.empty(len(options), dtype=object)
        table[:] = options
        return table[self.generator.integers(0, len(options), size)]


class Choices:
    """Weighted tables, one per group, from which codes are chosen, whole arrays at once."""

    def __init__(self, tables: Sequence[Mapping[int, float]]) -> None:
        steps: list[float] = []
        codes: list[int] = []
        self.empty = np.zeros(len(tables), dtype=bool)
        for number, table in enumerate(tables):
            total = sum(table.values())
            if total <= 0:
                # An empty table still takes its place, and is never to be chosen from.
                self.empty[number] = True
                table, total = {NOTHING: 1.0}, 1.0
            reached = 0.0
            entries = [(code, weight) for code, weight in table.items() if weight > 0]
            for code, weight in entries:
                reached += weight / total
                steps.append(number + reached)
                codes.append(code)
            steps[-1] = number + 1.0
        self._steps = np.array(steps)
        self._codes = np.array(codes, dtype=np.int32)

    def codes(self, random: Random, group: Ints) -> Ints:
        """One code for each element of `group`, from the table of that number."""
        at = np.searchsorted(self._steps, group + random.share(len(group)), side="right")
        return self._codes[np.minimum(at, len(self._codes) - 1)]
