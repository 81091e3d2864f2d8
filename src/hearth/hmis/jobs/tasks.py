"""What the worker does for all kinds of jobs: taking up again what a worker that died left behind."""

import structlog
from procrastinate import JobContext
from procrastinate.contrib.django import app

log = structlog.get_logger(__name__)


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="take_up_again", pass_context=True)
async def take_up_again(context: JobContext, timestamp: int) -> None:
    """Every minute, and when a worker starts: give jobs of workers that died to a worker that lives.

    What a job had written in a transaction ended with its worker, so that it starts again from the
    beginning.
    """
    manager = context.app.job_manager
    for job in await manager.get_stalled_jobs():
        log.warning("job_taken_up_again", job=job.id, task=job.task_name, attempt=job.attempts + 1)
        await manager.retry_job(job)
