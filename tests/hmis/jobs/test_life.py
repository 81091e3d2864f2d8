"""The life of a run, the same for imports, exports and reports: every end in words, and no run for ever."""

import logging
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django import db
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from hearth.hmis.access.context import acting
from hearth.hmis.access.models import User
from hearth.hmis.audit.models import AccessLog
from hearth.hmis.exchange.exporting.request import ExportRequest, RequestError
from hearth.hmis.jobs import kinds, life, outcome, queue
from hearth.hmis.jobs.actions import cancel_run, give_to_worker, start_run
from hearth.hmis.jobs.heartbeat import Heartbeat
from hearth.hmis.jobs.kinds import Kind
from hearth.hmis.jobs.models import ATTEMPTS, SILENT_SECONDS, Run
from hearth.hmis.jobs.outcome import Outcome, TakenOver
from hearth.hmis.jobs.sweep import sweep
from hearth.reporting.engine import Cancelled, OutOfMemory
from hearth.reporting.outputs.archive import OutputError
from hearth.reporting.runtime.run import StepFailed
from hearth.reporting.sources.snapshot import SnapshotError
from tests.factories import make_administrator, make_auditor

pytestmark = pytest.mark.django_db(transaction=True)

PARAMETERS: dict[str, dict[str, Any]] = {
    "import": {"source": "", "is_shared": False, "folder": ""},
    "export": ExportRequest(start=date(2025, 10, 1), end=date(2026, 9, 30)).as_json(),
    "report": {"coc": "MN-500", "start": "2025-10-01", "end": "2026-09-30", "projects": []},
}


@pytest.fixture(autouse=True)
def own_files(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def by() -> User:
    return make_administrator()


@pytest.fixture(params=sorted(PARAMETERS))
def kind(request: pytest.FixtureRequest) -> Kind:
    return next(one for one in kinds.kinds() if one.noun == request.param)


def make(by: User, kind: Kind, **fields: Any) -> Any:
    more = {"report": "lsa"} if kind.noun == "report" else {}
    return start_run(by=by, kind=kind, parameters=dict(PARAMETERS[kind.noun]), **more, **fields)


class Beating(Heartbeat):
    """A heartbeat that says nothing of progress."""

    @property
    def state(self) -> str:
        return kinds.of(self.run).first_state

    def progress(self) -> dict[str, Any]:
        return {"stage": self.state}


def attempt(run: Any, do: Callable[[Heartbeat], Any], patience: float = 1) -> Any:
    heartbeat = Beating(run)
    return life.perform(run, heartbeat, lambda: do(heartbeat), patience=patience)


def failing(error: BaseException) -> Callable[[Heartbeat], Any]:
    def do(heartbeat: Heartbeat) -> None:
        raise error

    return do


def silence(run: Run, seconds: float = SILENT_SECONDS + 5) -> None:
    """As if whoever worked on it had died so long ago."""
    ago = timezone.now() - timedelta(seconds=seconds)
    type(run).objects.filter(pk=run.pk).update(heartbeat_at=ago)
    with db.connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_events SET at = %s", [ago])


def taken(run: Any) -> ProcrastinateJob:
    """A worker takes the job of a run."""
    with db.connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET status = 'doing' WHERE id = %s", [run.job])
    return ProcrastinateJob.objects.get(pk=run.job)


# ------------------------------------------------------------------ every end in words


def wrapped(error: psycopg.Error) -> db.Error:
    """As Django gives an error of the driver on."""
    outer = db.OperationalError("Ada Person")
    outer.__cause__ = error
    return outer


def step_failed_by(cause: Exception) -> StepFailed:
    failed = StepFailed.__new__(StepFailed)
    Exception.__init__(failed, "The step tlsa_Person failed.")
    failed.__cause__ = cause
    return failed


ENDS: list[tuple[BaseException, str, str]] = [
    (Cancelled(), "cancelled", "was cancelled"),
    (KeyboardInterrupt(), "cancelled", "was cancelled"),
    (psycopg.errors.QueryCanceled("Ada Person"), "cancelled", "was cancelled"),
    (OutOfMemory("Ada Person"), "failed", "more memory than it may use"),
    (step_failed_by(OutOfMemory("Ada Person")), "failed", "more memory than it may use"),
    (OSError(28, "No space left on device"), "failed", "The disk is full"),
    (step_failed_by(OSError(28, "No space left")), "failed", "The disk is full"),
    (psycopg.errors.DiskFull("Ada Person"), "failed", "no room left on its disk"),
    (wrapped(psycopg.errors.DiskFull("Ada Person")), "failed", "no room left on its disk"),
    (psycopg.errors.DeadlockDetected("Ada Person"), "failed", "at the same moment"),
    (psycopg.OperationalError("Ada Person"), "failed", "database went away"),
    (psycopg.InterfaceError("Ada Person"), "failed", "database went away"),
    (db.OperationalError("Ada Person"), "failed", "database went away"),
    (db.InterfaceError("Ada Person"), "failed", "database went away"),
    (OutputError("The folder is closed."), "failed", "The folder is closed."),
    (db.IntegrityError("Ada Person"), "failed", "a fault in Hearth"),
    (psycopg.DataError("Ada Person"), "failed", "a fault in Hearth"),
    (OSError(5, "Ada Person"), "failed", "a fault in Hearth"),
    (ZeroDivisionError("Ada Person"), "failed", "a fault in Hearth"),
    (RecursionError("Ada Person"), "failed", "a fault in Hearth"),
]


def test_every_exception_ends_in_words(by: User, kind: Kind, caplog: pytest.LogCaptureFixture) -> None:
    for error, state, words in ENDS:
        caplog.clear()
        run = make(by, kind)
        with caplog.at_level(logging.ERROR):
            attempt(run, failing(error))
        stored = kind.model.objects.get(pk=run.pk)
        assert (stored.state, run.state) == (state, state), error
        assert words in stored.message, error
        assert kind.nothing in stored.message, error
        assert "Ada" not in stored.message
        assert stored.finished_at
        logged = [record for record in caplog.records if "run_failed" in record.getMessage()]
        if state == "failed":
            reference = stored.message.split("Reference for your administrator: ")[1].rstrip(".")
            assert [reference in record.getMessage() for record in logged] == [True], error
        else:
            assert not logged, error


def test_what_must_be_put_right_is_refused_and_said_as_it_is(by: User) -> None:
    for kind in kinds.kinds():
        for refusal in kind.refusals:
            run = make(by, kind)
            attempt(run, failing(refusal("Choose another day.")))
            assert (run.state, run.message) == ("refused", f"Choose another day. {kind.nothing}")
    report = next(one for one in kinds.kinds() if one.noun == "report")
    for told in (SnapshotError("The snapshot is old."), step_failed_by(ValueError("Ada Person"))):
        run = make(by, report)
        attempt(run, failing(told))
        assert run.message.startswith(str(told))
        assert "Ada" not in run.message


def test_the_end_of_an_import_is_in_the_access_log(by: User) -> None:
    run = make(by, next(one for one in kinds.kinds() if one.noun == "import"))
    attempt(run, failing(ValueError()))
    with acting(make_auditor()):
        assert AccessLog.objects.get(subject=f"importrun:{run.pk}").details == {"state": "failed"}


def test_a_finished_run_has_what_the_work_gave(by: User, kind: Kind) -> None:
    run = attempt(make(by, kind), lambda heartbeat: {"counts": {"Client": 3}})
    run.refresh_from_db()
    assert (run.state, run.counts, run.attempts, run.message) == ("finished", {"Client": 3}, 1, "")
    assert run.finished_at


def test_a_database_that_is_away_is_waited_for(by: User, kind: Kind, monkeypatch: pytest.MonkeyPatch) -> None:
    """The end is written when it is back; where it stays away, the run is left to the sweep."""
    write, refused = outcome._write, 2

    def away(*arguments: Any) -> bool:
        nonlocal refused
        refused -= 1
        if refused >= 0:
            raise db.InterfaceError("connection already closed")
        return write(*arguments)

    monkeypatch.setattr(outcome, "_write", away)
    run = attempt(make(by, kind), lambda heartbeat: {}, patience=30)
    run.refresh_from_db()
    assert run.state == "finished"
    refused = 1_000
    run = attempt(make(by, kind), failing(psycopg.OperationalError()), patience=0.6)
    assert run.state == "failed"
    assert "database went away" in run.message
    stored = kind.model.objects.get(pk=run.pk)
    assert not stored.has_ended
    refused = 0
    silence(stored)
    sweep()
    stored.refresh_from_db()
    assert stored.has_ended


def test_a_database_that_is_away_when_it_begins(
    by: User, kind: Kind, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*arguments: Any) -> bool:
        raise db.OperationalError("server closed the connection unexpectedly")

    monkeypatch.setattr(life, "begin", away)
    run = attempt(make(by, kind), lambda heartbeat: {})
    run.refresh_from_db()
    assert run.state == "failed"
    assert "database went away" in run.message


# ------------------------------------------------------------------ cancelled


def test_cancelled_before_it_begins(by: User, kind: Kind) -> None:
    run = make(by, kind)
    cancel_run(by=by, run=run)
    run = attempt(run, failing(AssertionError()))
    assert (run.state, run.attempts) == ("cancelled", 0)
    cancel_run(by=by, run=run)
    run.refresh_from_db()
    assert not run.cancel_requested


def test_cancelled_on_the_way(by: User, kind: Kind) -> None:
    interrupted: list[bool] = []

    def work(heartbeat: Heartbeat) -> None:
        heartbeat.on_cancel(lambda: interrupted.append(True))
        cancel_run(by=by, run=heartbeat.run)
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            time.sleep(0.05)
            heartbeat.check()

    run = attempt(make(by, kind), work)
    assert run.state == "cancelled"
    assert kind.nothing in run.message
    assert interrupted


def test_what_is_interrupted_may_fail_in_its_own_way(by: User, kind: Kind) -> None:
    def work(heartbeat: Heartbeat) -> None:
        heartbeat.cancel()
        raise RuntimeError("Query interrupted")

    assert attempt(make(by, kind), work).state == "cancelled"


# ------------------------------------------------------------------ attempts


def test_an_earlier_attempt_writes_nothing_any_more(by: User, kind: Kind) -> None:
    """A worker that was taken for dead wakes up: what it does is undone, and the run is the other's."""

    def work(heartbeat: Heartbeat) -> dict[str, Any]:
        other = kind.model.objects.get(pk=heartbeat.run.pk)
        assert life.begin(other, kind)
        deadline = time.monotonic() + 20
        while not heartbeat.taken_over and time.monotonic() < deadline:
            time.sleep(0.05)
        with pytest.raises(TakenOver):
            heartbeat.check()
        return {"counts": {"Client": 1}}

    run = attempt(make(by, kind), work)
    stored = kind.model.objects.get(pk=run.pk)
    assert (stored.state, stored.counts, stored.attempts) == (kind.first_state, {}, 2)
    heartbeat = Beating(stored)
    heartbeat._write(kind.first_state, {"mine": True})
    assert not heartbeat.taken_over


def test_an_earlier_attempt_cannot_fail_the_run_either(by: User, kind: Kind) -> None:
    def work(heartbeat: Heartbeat) -> None:
        assert life.begin(kind.model.objects.get(pk=heartbeat.run.pk), kind)
        raise psycopg.OperationalError

    run = attempt(make(by, kind), work)
    assert not kind.model.objects.get(pk=run.pk).has_ended


def test_an_end_that_was_written_is_not_written_over(by: User, kind: Kind) -> None:
    """A commit may have gone through although its answer was lost: the run finished, and keeps its files."""
    run = attempt(make(by, kind), lambda heartbeat: {"counts": {"Client": 1}})
    tidied: list[int] = []
    watched = replace(kind, tidy=lambda one: tidied.append(one.pk))
    life.finish_without(run, watched, Outcome("The connection broke."), 0.0)
    stored = kind.model.objects.get(pk=run.pk)
    assert (stored.state, stored.message, stored.counts) == ("finished", "", {"Client": 1})
    assert (run.state, tidied) == ("finished", [])


def test_it_is_begun_three_times_at_most(by: User, kind: Kind) -> None:
    run = make(by, kind, attempts=ATTEMPTS)
    attempt(run, failing(AssertionError()))
    assert run.state == "failed"
    assert "begun 3 times" in run.message


# ------------------------------------------------------------------ nobody works on it any more


@pytest.fixture
def queued(by: User, kind: Kind) -> Iterator[Any]:
    run = make(by, kind)
    give_to_worker(by=by, run=run)
    yield run


def test_what_waits_or_is_at_work_is_left_alone(by: User, kind: Kind, queued: Any) -> None:
    silence(queued, 3600)
    assert sweep() == 0  # it waits for a worker, however long
    taken(queued)
    assert life.begin(queued, kind)
    assert sweep() == 0  # somebody said just now that they work on it
    queued.refresh_from_db()
    assert (queued.state, queued.attempts) == (kind.first_state, 1)


def test_a_job_that_was_taken_a_moment_ago_is_left_alone(by: User, kind: Kind, queued: Any) -> None:
    silence(queued, 3600)
    with db.connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET status = 'doing' WHERE id = %s", [queued.job])
        cursor.execute(
            "INSERT INTO procrastinate_events (job_id, type, at) VALUES (%s, 'started', now())", [queued.job]
        )
    assert sweep() == 0


@pytest.mark.parametrize("status", ["doing", "failed", "succeeded"])
def test_a_run_whose_worker_died_is_taken_up_three_times(
    by: User, kind: Kind, queued: Any, status: str
) -> None:
    for number in range(1, ATTEMPTS + 1):
        job = taken(queued)
        assert life.begin(queued, kind)
        assert queued.attempts == number
        with db.connection.cursor() as cursor:
            cursor.execute("UPDATE procrastinate_jobs SET status = %s WHERE id = %s", [status, job.pk])
        silence(queued)
        assert sweep() == 1
        queued.refresh_from_db()
        job.refresh_from_db()
        assert job.status != "doing"  # nobody waits for its lock
        if number < ATTEMPTS:
            assert queued.state == "queued"
            waiting = ProcrastinateJob.objects.get(pk=queued.job)
            assert (waiting.status, waiting.args) == ("todo", {"run_id": queued.pk})
            assert waiting.lock == job.lock
            assert sweep() == 0
    assert queued.state == "failed"
    assert "begun 3 times, and each time the worker was stopped" in queued.message
    assert kind.nothing in queued.message


def test_a_cancelled_run_is_not_taken_up_again(by: User, kind: Kind, queued: Any) -> None:
    taken(queued)
    assert life.begin(queued, kind)
    cancel_run(by=by, run=queued)
    silence(queued)
    sweep()
    queued.refresh_from_db()
    assert queued.state == "cancelled"


def test_a_command_that_was_killed_is_ended(by: User, kind: Kind) -> None:
    run, alive = make(by, kind), make(by, kind)
    assert life.begin(run, kind) and life.begin(alive, kind)
    silence(run)
    assert sweep() == 1
    run.refresh_from_db()
    alive.refresh_from_db()
    assert (run.state, alive.state) == ("failed", kind.first_state)
    assert run.message == f"The command that did it was stopped from outside. {kind.nothing}"


def test_a_run_that_never_got_a_job_is_ended(by: User, kind: Kind) -> None:
    """The web process died after it had kept the run and before its job was queued."""
    run = make(by, kind)
    silence(run)
    sweep()
    run.refresh_from_db()
    assert run.state == "failed"
    assert "before it began" in run.message


def test_two_sweeps_at_once_do_it_once(by: User, kind: Kind, queued: Any) -> None:
    import threading

    taken(queued)
    assert life.begin(queued, kind)
    silence(queued)
    done: list[int] = []

    def one() -> None:
        try:
            done.append(sweep())
        finally:
            db.connection.close()

    threads = [threading.Thread(target=one) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(done) == 1
    assert ProcrastinateJob.objects.filter(status="todo").count() == 1


def test_the_queue_is_written_in_the_callers_transaction(by: User, kind: Kind) -> None:
    from django.db import transaction

    run = make(by, kind)
    with transaction.atomic():
        queue.add(kind.task, run.pk)
        transaction.set_rollback(True)
    assert not ProcrastinateJob.objects.exists()


def test_every_kind_has_its_task_and_a_request_error_of_exports_is_refused() -> None:
    from procrastinate.contrib.django import app

    assert {one.noun for one in kinds.kinds()} == set(PARAMETERS)
    assert all(one.task in app.tasks for one in kinds.kinds())
    assert RequestError in next(one for one in kinds.kinds() if one.noun == "export").refusals
