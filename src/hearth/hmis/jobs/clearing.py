"""What is cleared away every night of what workers made. Silent runs are looked after by `worker` itself."""

import structlog

from hearth import scratch
from hearth.hmis.jobs.kinds import kinds

log = structlog.get_logger(__name__)


def clear_away() -> None:
    """Remove the files of runs that are not kept any longer, and scratch of processes that died.

    Raises RuntimeError, when all kinds were tried, where some could not be cleared away.
    """
    scratch.sweep()
    left = []
    for kind in kinds():
        try:
            kind.clear_away()
        except Exception:
            log.exception("not_cleared_away", kind=kind.noun)
            left.append(kind.noun)
    if left:
        raise RuntimeError(f"Not cleared away: files of each {', '.join(left)}")
