"""What is done at night: once, whatever number of workers, and again after a kill."""

import logging
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from unittest import mock

import psycopg
import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.utils import timezone

from hearth.hmis.jobs import beside, nightly
from hearth.hmis.jobs.clearing import clear_away
from hearth.hmis.jobs.kinds import Kind, kinds
from hearth.hmis.jobs.models import NightlyDuty
from hearth.hmis.jobs.nightly import Duty
from hearth.server import database, processes

NOON = datetime(2026, 3, 2, 18, tzinfo=UTC)


@pytest.fixture
def duties(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., list[str]]]:
    """`duties("a", "b")` registers these alone, and returns the list of what is done."""
    monkeypatch.setattr(nightly, "_DUTIES", {})
    done: list[str] = []

    def register(*names: str, **special: Callable[[], str | None]) -> list[str]:
        for name in names:
            nightly.register(Duty(name, f"Do {name}", special.get(name, lambda name=name: done.append(name))))
        return done

    yield register


def night() -> date:
    return nightly.night_of(timezone.now())


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        (datetime(2026, 3, 2, 9, 29, tzinfo=UTC), date(2026, 3, 1)),  # 3:29 in Minnesota
        (datetime(2026, 3, 2, 9, 30, tzinfo=UTC), date(2026, 3, 2)),
        (datetime(2026, 3, 3, 5, 59, tzinfo=UTC), date(2026, 3, 2)),
        (datetime(2026, 7, 2, 8, 30, tzinfo=UTC), date(2026, 7, 2)),  # summer time
    ],
)
def test_a_night_begins_half_past_three(moment: datetime, expected: date) -> None:
    assert nightly.night_of(moment) == expected


@pytest.mark.django_db
def test_each_duty_is_done_once_a_night_in_order(duties) -> None:
    done = duties("first", "second")
    with mock.patch.object(nightly.timezone, "now", return_value=NOON):
        assert nightly.run_due() == 2
        assert nightly.run_due() == 0
    with mock.patch.object(nightly.timezone, "now", return_value=NOON + timedelta(days=1)):
        assert nightly.run_due() == 2
    assert done == ["first", "second", "first", "second"]
    assert set(NightlyDuty.objects.values_list("night", "state")) == {
        (date(2026, 3, 2), "finished"), (date(2026, 3, 3), "finished"),
    }  # fmt: skip


@pytest.mark.django_db
def test_one_that_fails_is_tried_again_three_times_and_keeps_none_of_the_others(
    duties, capsys, monkeypatch
) -> None:
    for handler in logging.root.handlers:  # made while another test's stream stood there
        if getattr(getattr(handler, "stream", None), "closed", False):
            monkeypatch.setattr(handler, "stream", sys.stderr)

    def fails() -> None:
        raise ValueError("Zebulonia")

    done = duties("first", "second", first=fails)
    for _ in range(5):
        nightly.run_due()
    assert done == ["second"]
    row = NightlyDuty.objects.get(name="first")
    assert (row.state, row.attempts) == ("failed", 3)
    assert "fault" in row.message
    assert "Zebulonia" not in row.message + capsys.readouterr().err


@pytest.mark.django_db
def test_what_a_duty_says_is_kept_and_old_nights_are_not(duties) -> None:
    NightlyDuty.objects.create(night=night() - nightly.KEPT - timedelta(days=1), name="told")
    duties("told", told=lambda: "3 files removed.")
    nightly.run_due()
    assert list(NightlyDuty.objects.values_list("night", "message")) == [(night(), "3 files removed.")]


@pytest.mark.django_db
def test_a_worker_that_died_every_time_is_not_followed_for_ever(duties) -> None:
    done = duties("deadly")
    NightlyDuty.objects.create(night=night(), name="deadly", state="running", attempts=3)
    nightly.run_due()
    assert done == []
    assert NightlyDuty.objects.get().state == "failed"
    assert nightly.run_due() == 0


@pytest.mark.django_db
def test_nothing_is_done_while_another_worker_is_at_it(duties) -> None:
    done = duties("first")
    with psycopg.connect(database.url("web")) as other:
        other.execute("SELECT pg_advisory_xact_lock(%s)", [nightly._LOCK])
        assert nightly.run_due() == 0
    assert nightly.run_due() == 1
    assert done == ["first"]


@pytest.mark.django_db(transaction=True)
def test_several_workers_at_once_do_it_once(duties) -> None:
    done: list[str] = []

    def slow() -> None:
        time.sleep(0.2)
        done.append("slow")

    duties("slow", slow=slow)
    ready = threading.Barrier(4)

    def worker() -> None:
        try:
            ready.wait()
            nightly.run_due()
        finally:
            connection.close()

    threads = [threading.Thread(target=worker) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert done == ["slow"]


KILLED = """
    import django, time
    django.setup()
    from hearth.hmis.jobs import nightly
    nightly._DUTIES.clear()
    def slow():
        print("here", flush=True)
        time.sleep(60)
    nightly.register(nightly.Duty("slow", "Take long", slow))
    nightly.run_due()
"""


@pytest.mark.django_db(transaction=True)
def test_what_a_kill_interrupted_is_done_by_the_next(duties) -> None:
    command = [sys.executable, "-c", textwrap.dedent(KILLED)]
    with subprocess.Popen(
        command, env=processes.django_environment(), stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "here\n"
        done = duties("slow")
        assert nightly.run_due() == 0
        process.kill()
    end = time.monotonic() + 10
    while not nightly.run_due() and time.monotonic() < end:
        time.sleep(0.05)
    assert done == ["slow"]
    assert NightlyDuty.objects.get().attempts == 2


@pytest.mark.django_db
def test_ended_sessions_are_removed_and_others_stay() -> None:
    now = timezone.now()
    Session.objects.create(session_key="ended", session_data="", expire_date=now - timedelta(minutes=1))
    Session.objects.create(session_key="open", session_data="", expire_date=now + timedelta(hours=1))
    (duty,) = [one for one in nightly.duties() if one.name == "ended_sessions"]
    duty.do()
    assert [session.session_key for session in Session.objects.all()] == ["open"]


def test_files_of_all_kinds_are_cleared_away_and_a_failure_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    cleared: list[str] = []

    def kind(noun: str, clear: Callable[[], None]) -> mock.Mock:
        return mock.Mock(spec=Kind, noun=noun, clear_away=clear)

    def fails() -> None:
        raise OSError

    some = (kind("import", fails), kind("export", lambda: cleared.append("export")))
    monkeypatch.setattr("hearth.hmis.jobs.clearing.kinds", lambda: some)
    with pytest.raises(RuntimeError, match="import"):
        clear_away()
    assert cleared == ["export"]


def test_every_kind_of_run_and_the_mail_are_looked_after() -> None:
    assert kinds()
    assert {"files", "ended_sessions", "old_mails"} <= {one.name for one in nightly.duties()}
    assert {"nightly", "mail"} <= set(beside._CHORES)


def test_a_chore_that_fails_is_done_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(beside, "_CHORES", {})
    begun = threading.Semaphore(0)

    def fails() -> None:
        begun.release()
        raise psycopg.OperationalError if begun._value % 2 else ValueError

    beside.register("failing", fails, seconds=0.01)
    at_work = beside.Beside()
    at_work.start()
    for _ in range(4):
        assert begun.acquire(timeout=10)
    at_work.stop(5)
    assert not any(thread.is_alive() for thread in at_work._threads)
