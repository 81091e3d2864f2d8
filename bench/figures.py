"""One measured figure, and what it is to be."""

import resource
from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """A measured value with its unit, and the value it is to stay below or reach; None: no target."""

    name: str
    value: float
    unit: str
    below: float | None = None
    at_least: float | None = None
    note: str = ""

    @property
    def target(self) -> str:
        if self.below is not None:
            return f"below {self.below:,.6g} {self.unit}"
        if self.at_least is not None:
            return f"at least {self.at_least:,.6g} {self.unit}"
        return ""

    @property
    def reached(self) -> bool | None:
        if self.below is not None:
            return self.value < self.below
        if self.at_least is not None:
            return self.value >= self.at_least
        return None


def percentile(values: list[float], share: float) -> float:
    """The smallest value that at least `share` (0 to 1] of all values do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, -(-int(share * 1000) * len(ordered) // 1000) - 1))]


def peak_memory_mb() -> float:
    """Largest resident memory of this process so far, in MB (10^6 bytes)."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6
