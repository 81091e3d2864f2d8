"""What workers do every night for all kinds of runs. Silent runs are looked after by `worker` itself."""

import structlog
from procrastinate.contrib.django import app

from hearth import scratch
from hearth.hmis.jobs.kinds import kinds

log = structlog.get_logger(__name__)


@app.periodic(cron="37 3 * * *")
@app.task(queueing_lock="clear_away", pass_context=False)
def clear_away(timestamp: int) -> None:
    """Remove the files of runs that are not kept any longer, and scratch of processes that died."""
    scratch.sweep()
    for kind in kinds():
        try:
            kind.clear_away()
        except Exception:
            log.exception("not_cleared_away", kind=kind.noun)
