"""The kinds of runs and what differs between them; each application registers its own when it is loaded."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from hearth.hmis.jobs.models import Run


def _nothing(run: Any) -> None:
    """Nothing more to do."""


@dataclass(frozen=True, kw_only=True)
class Kind:
    """One kind of run.

    `noun`: as sentences name it; `nothing`: said after every end without a result. `task`: name of the
    worker's task, which takes `run_id`. `first_state`: of a run that has just begun. `memory`: what to do
    where memory does not suffice. `refusals`: exceptions that say what must be put right first; `told`: those
    whose text is a sentence for the person who waits. `tidy(run)` removes the files that a run without result
    must not leave; `ended(run)` is called in the transaction that writes such an end. `clear_away()` removes,
    every night, files that are not kept any longer.
    """

    model: type[Run]
    noun: str
    nothing: str
    task: str
    first_state: str
    memory: str
    refusals: tuple[type[Exception], ...] = ()
    told: tuple[type[Exception], ...] = ()
    tidy: Callable[[Any], None] = _nothing
    ended: Callable[[Any], None] = _nothing
    clear_away: Callable[[], None] = lambda: None


_KINDS: dict[type[Run], Kind] = {}


def register(kind: Kind) -> None:
    """Once for every kind, when its application is loaded."""
    _KINDS[kind.model] = kind


def kinds() -> tuple[Kind, ...]:
    """Every kind there is."""
    return tuple(_KINDS.values())


def of(run: Run) -> Kind:
    """The kind of a run."""
    return _KINDS[type(run)]
