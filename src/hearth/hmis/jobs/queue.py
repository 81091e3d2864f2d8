"""The worker's queue, written to in the transaction of whoever writes, also from inside a worker.

(A worker's own connection to its queue is another one.)
"""

from django.db import connection
from procrastinate import sql
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.jobs import Status
from procrastinate.manager import JobManager
from procrastinate.tasks import configure_task


def add(task: str, run_id: int) -> int:
    """Queue a task for a run; returns the number of its job."""
    known = app.tasks[task]
    job = configure_task(
        name=task, job_manager=JobManager(DjangoConnector()), lock=known.lock, queue=known.queue
    )
    return job.defer(run_id=run_id)


def end(job: int) -> None:
    """Say that a job is over whose worker says nothing any more; its lock is free from here on."""
    values = {"job_id": job, "status": Status.FAILED.value, "delete_job": False}
    with connection.cursor() as cursor:
        cursor.execute(sql.queries["finish_job"], values)
