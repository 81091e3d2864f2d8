"""A snapshot that was brought up to date holds exactly what one that is copied anew holds."""

import json
import os
import random
import signal
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.utils import timezone

from hearth import scratch
from hearth.hmis.access.context import acting
from hearth.hmis.access.models import User
from hearth.hmis.clients.models import Client
from hearth.hmis.enrollments.models import Enrollment, Exit
from hearth.hmis.organizations.models import DataSource
from hearth.hmis.reports import snapshot
from hearth.hmis.reports.snapshot import refreshed
from hearth.reporting import engine
from hearth.reporting.sources.snapshot import SnapshotError, changes, opened, refreshing, states
from hearth.reporting.synthetic.generate import generate
from hearth.reporting.synthetic.world_settings import WorldSettings
from hearth.server import database
from hearth.standards.load import MODEL_YEAR, load
from tests import factories
from tests.hmis.exchange.importing import finished

from .reading import anew, content, mark, rows

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def no_overlap(monkeypatch: pytest.MonkeyPatch) -> None:
    """The tables of a test are so small that all of their rows would be looked at again."""
    monkeypatch.setattr(changes, "_OVERLAP", 0)


@pytest.fixture
def by(imported: User) -> User:
    """The administrator who imported the invented world."""
    return imported


def assert_current(state: Path, **more: Any) -> None:
    """Row by row, and in the mark of the whole."""
    whole = anew(**more)
    assert content(state) == content(whole)
    assert mark(state) == mark(whole)


def bases(state: Path) -> dict[str, str]:
    return {file: kept.base for file, kept in states.read(state).files.items()}


@contextmanager
def server(role: str = "superuser") -> Iterator[psycopg.Connection]:
    with psycopg.connect(database.url(role)) as connection:  # type: ignore[arg-type]
        yield connection


# --- what changes ----------------------------------------------------------------------------------------


def test_nothing_changed(by: User) -> None:
    first = refreshed()
    second = refreshed()
    assert second.name > first.name
    assert mark(second) == mark(first)
    assert bases(second) == bases(first)
    ours = (first / bases(first)["Enrollment"]).stat()
    assert ours.st_nlink == 2, "what did not change is one file with two names"


def test_changes_by_hand(by: User) -> None:
    before = refreshed()
    chance = random.Random(5)
    with acting(by):
        for enrollment in chance.sample(list(Enrollment.objects.all()), 30):
            enrollment.entry_date = (enrollment.entry_date or date(2024, 1, 1)) - timedelta(days=400)
            enrollment.save()
        for client in chance.sample(list(Client.objects.all()), 20):
            client.dob, client.ssn = date(1990, 5, 17), "219099999"
            client.save()
        Exit.objects.filter(pk__in=list(Exit.objects.values_list("pk", flat=True)[:15])).update(
            date_deleted=timezone.now().replace(tzinfo=None)
        )
        project = Enrollment.objects.all()[0].project
        project.project_name = "Renamed"
        project.save()
        here = factories.make_enrollment(project=project)
        Exit.objects.create(**factories.record(enrollment=here, exit_date=date(2026, 9, 1)))
    state = refreshed()
    assert_current(state)
    assert content(state) != content(before)
    assert bases(state)["Enrollment"] == bases(before)["Enrollment"], "brought up to date, not copied"
    shared = "SELECT count(*) FROM client_ssn WHERE SSNForm = 'valid' GROUP BY SSNGroup HAVING count(*) > 1"
    assert (rows(before, shared), rows(state, shared)) == ([], [(20,)])

    with acting(by):  # undone, and changed once more
        Exit.objects.filter(date_deleted__isnull=False).update(date_deleted=None)
        Enrollment.objects.filter(pk=here.pk).update(move_in_date=date(2026, 8, 1))
    assert_current(refreshed())


def test_a_corrected_export(by: User, invented: Path, tmp_path: Path) -> None:
    first = refreshed()
    corrected = tmp_path / "corrected.zip"
    world_settings = WorldSettings(clients=400, seed=11, cocs=("MN-500", "MN-501"), end=date(2026, 9, 30))
    generate(world_settings, load(), corrected, version="0")
    finished(by, corrected)
    state = refreshed()
    assert_current(state)
    assert mark(state) != mark(first)
    finished(by, invented)
    assert mark(refreshed()) != mark(state)


def test_a_stay_that_moves_to_another_person_takes_its_records_along(by: User) -> None:
    refreshed()
    with acting(by):
        ending = Exit.objects.select_related("enrollment").all()[0]
        other = Client.objects.exclude(pk=ending.enrollment.client_id)[0]
        Enrollment.objects.filter(pk=ending.enrollment_id).update(client=other)
    state = refreshed()
    assert rows(state, f"SELECT PersonalID FROM Exit WHERE _id = {ending.pk}") == [(other.hud_id,)]
    assert_current(state)


def test_records_that_are_removed(by: User) -> None:
    before = refreshed()
    with acting(by):
        Exit.objects.filter(pk__in=list(Exit.objects.values_list("pk", flat=True)[:7])).delete()
    state = refreshed()
    assert len(rows(before, "FROM Exit")) - len(rows(state, "FROM Exit")) == 7
    assert_current(state)
    with acting(by):
        Exit.objects.filter(pk__in=list(Exit.objects.values_list("pk", flat=True)[:3])).delete()
    assert_current(refreshed())


def test_a_change_without_a_trace_is_found_by_a_thorough_refresh(
    by: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Where another transaction of the server is under way, and be it another test's, all rows are looked at.
    monkeypatch.setattr(changes, "bound", lambda marks: marks[-1])
    refreshed()
    with server() as connection:
        connection.execute("SET session_replication_role = replica")
        connection.execute("UPDATE enrollments_enrollment SET move_in_date = '2026-01-01' WHERE id % 9 = 0")
        connection.execute("DELETE FROM coordinated_entry_event WHERE id % 5 = 0")
        connection.execute("DELETE FROM enrollments_exit WHERE id % 5 = 0")
        connection.execute("UPDATE enrollments_exit SET destination = 410 WHERE id % 5 = 1")
    assert mark(refreshed()) != mark(anew())
    assert_current(refreshed(thorough=True))


def test_every_row_is_looked_at_once_a_week(by: User, monkeypatch: pytest.MonkeyPatch) -> None:
    # As above.
    monkeypatch.setattr(changes, "bound", lambda marks: marks[-1])

    def without_a_trace(day: int) -> None:
        with server() as connection:
            connection.execute("SET session_replication_role = replica")
            connection.execute("UPDATE clients_client SET dob = %s", [date(1990, 1, day)])

    last = refreshed()
    for days, found in ((6, False), (8, True)):
        without_a_trace(days)
        said = json.loads((last / "state.json").read_text())
        said["checked_at"] = f"{datetime.fromisoformat(said['taken_at']) - timedelta(days=days)}"
        (last / "state.json").write_text(json.dumps(said))
        state = refreshed()
        assert (mark(state) != mark(last)) == found
        last = state
    assert_current(last)


def test_many_changes_are_written_into_the_base(by: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(refreshing, "_MERGED_FROM", 10)
    monkeypatch.setattr(refreshing, "_MERGED_SHARE", 0.0)
    before = refreshed()
    with acting(by):
        Enrollment.objects.filter(pk__in=list(Enrollment.objects.values_list("pk", flat=True)[:40])).update(
            move_in_date=date(2026, 1, 1)
        )
    state = refreshed()
    kept = states.read(state).files["Enrollment"]
    assert kept.changes is None and kept.base != bases(before)["Enrollment"]
    assert_current(state)
    monkeypatch.setattr(refreshing, "_WHOLE_FROM", 5)
    monkeypatch.setattr(refreshing, "_WHOLE_SHARE", 0.0)
    with acting(by):
        Client.objects.all().update(veteran_status=1)
    assert_current(refreshed())


def test_another_database_is_copied_anew(by: User) -> None:
    first = refreshed()
    said = (first / "state.json").read_text()
    assert '"timeline": "1"' in said
    (first / "state.json").write_text(said.replace('"timeline": "1"', '"timeline": "2"'))
    state = refreshed()
    assert not set(bases(state).values()) & set(bases(first).values())
    assert_current(state)


def test_without_the_scanner_copy_brings_the_same(by: User) -> None:
    home = snapshot.folder().parent / "by-copy"
    first = anew(home, scanner=False)
    assert_current(first)
    with acting(by):
        Client.objects.filter(pk__in=list(Client.objects.values_list("pk", flat=True)[:9])).update(dob=None)
    assert_current(anew(home, scanner=False))


# --- when it changes -------------------------------------------------------------------------------------

CHANGES = (
    "UPDATE enrollments_enrollment SET move_in_date = '2026-02-03' WHERE id = (SELECT min(id) FROM"
    " enrollments_enrollment)",
    "SAVEPOINT inner_one",
    "INSERT INTO enrollments_exit"
    " (data_source_id, hud_id, enrollment_id, organization_id, project_id, exit_date, is_faulty)"
    " SELECT data_source_id, 'late', id, organization_id, project_id, '2026-03-04', true"
    " FROM enrollments_enrollment ORDER BY id DESC LIMIT 1",
    "RELEASE SAVEPOINT inner_one",
)


@pytest.mark.parametrize("first_copy_sees_it_begin", [False, True])
def test_a_transaction_that_commits_late_is_found(by: User, first_copy_sees_it_begin: bool) -> None:
    """Its rows have lower numbers and older times than what was committed, and copied, before it."""
    if not first_copy_sees_it_begin:
        refreshed()
    with server() as late, server() as quick:
        for change in CHANGES:
            late.execute(change)
        for round_ in range(3):
            quick.execute(
                "UPDATE clients_client SET dob = %s WHERE id %% 7 = %s", [date(1980, 1, 1 + round_), round_]
            )
            quick.execute(
                "INSERT INTO enrollments_exit"
                " (data_source_id, hud_id, enrollment_id, organization_id, project_id, is_faulty)"
                " SELECT data_source_id, %s || id, id, organization_id, project_id, true"
                " FROM enrollments_enrollment ORDER BY id LIMIT 900",
                [f"quick{round_}-"],
            )
            quick.commit()
            state = refreshed()
            assert rows(state, "FROM Exit WHERE ExitID = 'late'") == []
            assert_current(state)
        late.commit()
    state = refreshed()
    assert len(rows(state, "FROM Exit WHERE ExitID = 'late'")) == 1
    assert_current(state)
    assert_current(refreshed())


# --- interruptions, and reading at the same time ---------------------------------------------------------


def test_a_killed_refresh_leaves_the_last_good_state(by: User) -> None:
    good = refreshed()
    with acting(by):
        Client.objects.all().update(veteran_status=1)
    program = """
        import os, signal, sys
        import django
        django.setup()
        from django.conf import settings
        from pathlib import Path
        settings.MEDIA_ROOT = Path(sys.argv[1])
        from hearth.hmis.reports.snapshot import refreshed
        def die(share, file):
            if file == "Services":
                os.kill(os.getpid(), signal.SIGKILL)
        refreshed(progress=die)
    """
    killed = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(program), str(snapshot.folder().parent)],
        env=os.environ, capture_output=True, check=False,
    )  # fmt: skip
    assert killed.returncode == -signal.SIGKILL, killed.stderr.decode()[-2000:]
    home = snapshot.folder()
    assert list(home.glob(".new.*.part"))
    assert states.newest(home) == good
    assert content(good)
    scratch.sweep()
    assert not list(home.glob(".new.*.part"))
    assert_current(refreshed())


def test_cancelling_leaves_nothing(by: User) -> None:
    with pytest.raises(engine.Cancelled):
        refreshed(should_stop=lambda: True)
    asked = iter(range(1000))
    with pytest.raises(engine.Cancelled):
        refreshed(should_stop=lambda: next(asked) > 6)
    assert list(snapshot.folder().iterdir()) == []
    assert_current(refreshed())


def test_who_reads_keeps_a_state(by: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(states, "_GRACE_SECONDS", -1)
    first = refreshed()
    with engine.connected(threads=1) as connection, opened(first, connection, load(MODEL_YEAR)):
        query = "SELECT count(*) FROM Client WHERE VeteranStatus = 1"
        before = engine.scalar(connection, query)
        with acting(by):
            Client.objects.all().update(veteran_status=1)
        second = refreshed()
        assert rows(second, query) != [(before,)]
        assert engine.scalar(connection, query) == before
        assert first.exists()
    third = refreshed()
    assert [path.name for path in sorted(snapshot.folder().iterdir())] == [third.name]
    with pytest.raises(SnapshotError, match="no longer there"):
        rows(first, "FROM Client")


def test_one_refresh_waits_for_another(by: User) -> None:
    with server("report") as other:
        other.autocommit = True
        other.execute("SELECT pg_advisory_lock(%s)", [snapshot._REFRESH_LOCK])
        asked = iter(range(100))
        with pytest.raises(engine.Cancelled):
            refreshed(should_stop=lambda: next(asked) > 1)
    assert refreshed()


# --- several data sources --------------------------------------------------------------------------------


def test_people_of_two_data_sources_are_kept_apart(by: User, invented: Path) -> None:
    """The same keys mean other people in another vendor's database."""
    first = refreshed()
    people = len(rows(first, "FROM Client"))
    finished(by, invented, source="Another vendor")
    state = refreshed()
    assert_current(state)
    (number,) = DataSource.objects.filter(name="Another vendor").values_list("pk", flat=True)
    for table, key in (("Client", "PersonalID"), ("Enrollment", "EnrollmentID"), ("Project", "ProjectID")):
        count, distinct, numbered = rows(
            state,
            f"SELECT count(*), count(DISTINCT {key}), count(*) FILTER (WHERE {key} LIKE '{number}.%')"
            f" FROM {table}",
        )[0]
        assert count == distinct == 2 * numbered > 0
    assert len(rows(state, "FROM Client")) == 2 * people
    for child in ("Enrollment", "Exit", "Services"):
        assert rows(state, f"FROM {child} ANTI JOIN Client USING (PersonalID)") == []
        stays = f"FROM {child} c JOIN Enrollment e USING (EnrollmentID) WHERE c.PersonalID <> e.PersonalID"
        assert rows(state, stays) == rows(first, stays) * 2
    households = "SELECT count(DISTINCT HouseholdID) FROM Enrollment"
    assert rows(state, households)[0][0] == 2 * rows(first, households)[0][0]
    assert rows(state, "FROM Enrollment ANTI JOIN Project USING (ProjectID)") == []

    for model, file, key in ((Client, "Client", "PersonalID"), (Enrollment, "Enrollment", "EnrollmentID")):
        written = dict(rows(state, f"SELECT {key}, _id FROM {file}"))
        with acting(by):
            known = model.objects.in_bulk(list(written.values()))
        for said, pk in written.items():
            is_other = known[pk].data_source_id == number
            assert said == (f"{number}.{known[pk].hud_id}" if is_other else known[pk].hud_id)
