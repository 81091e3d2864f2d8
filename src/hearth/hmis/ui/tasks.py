"""Housekeeping that the worker does by itself."""

from django.core.management import call_command
from procrastinate.contrib.django import app


@app.periodic(cron="17 3 * * *")
@app.task(queueing_lock="remove_ended_sessions", pass_context=False)
def remove_ended_sessions(timestamp: int) -> None:
    """Every night: delete the rows of sessions that have ended."""
    call_command("clearsessions")
