"""kill -9 of the web server in the moment of Finish: nothing is half-written, the draft is whole, and
pressing Finish again gives exactly one household."""

import http.client
import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.conf import settings
from django.test import Client as Browser

from hearth.hmis.access.context import acting
from hearth.hmis.clients.models import Client
from hearth.hmis.enrollments.drafts import queries
from hearth.hmis.enrollments.models import Draft, Enrollment, IncomeBenefits
from hearth.server import processes
from tests import factories
from tests.hmis.enrollments.bad_input.page_forms import Pairs, body, forms_of
from tests.hmis.enrollments.drafts.test_drafts import PRIOR, STREET
from tests.hmis.enrollments.drafts.test_households import SOURCE, address, save
from tests.hmis.enrollments.start.test_enroll import Place

SECONDS = 90
GATE = "IncomeBenefits-IncomeFromAnySource"


@dataclass
class Server:
    """A web server of its own on the database of this test, for a user who is signed in."""

    port: int
    cookie: str
    process: "subprocess.Popen[bytes]"

    @property
    def headers(self) -> dict[str, str]:
        return {
            "Cookie": self.cookie,
            "Content-Type": "application/x-www-form-urlencoded",
            "Origin": f"http://127.0.0.1:{self.port}",
        }

    def ask(self, method: str, at: str, pairs: Pairs | None = None) -> tuple[int, str, bytes]:
        """Status, where it sends, and the page."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=SECONDS)
        try:
            connection.request(method, at, body(pairs) if pairs else None, self.headers)
            answer = connection.getresponse()
            return answer.status, answer.headers.get("Location", ""), answer.read()
        finally:
            connection.close()

    def kill(self) -> None:
        """All its processes, without a word."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


def started(browser: Browser) -> Server:
    port = free_port()
    process = subprocess.Popen(
        processes.web_command("127.0.0.1", port, 1), start_new_session=True,
        env={**processes.django_environment(), "HEARTH_DEMO": "1"},
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    kept = {settings.SESSION_COOKIE_NAME: browser.cookies[settings.SESSION_COOKIE_NAME].value}
    kept[settings.CSRF_COOKIE_NAME] = "c" * 32
    server = Server(port, "; ".join(f"{name}={value}" for name, value in kept.items()), process)
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        try:
            if server.ask("GET", "/health/ready/")[0] == 200:
                return server
        except OSError:
            time.sleep(0.1)
    raise AssertionError("The web server did not start.")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def place(database_of_module: None) -> Place:
    return Place(factories.make_administrator())


@pytest.fixture
def servers(place: Place) -> Iterator[list[Server]]:
    running: list[Server] = []
    yield running
    for one in running:
        if one.process.poll() is None:
            one.kill()


def finish(server: Server, at: str, said: dict[str, str]) -> Pairs:
    """What the page sends when Finish is pressed."""
    status, _, content = server.ask("GET", at)
    assert status == 200
    (form,) = (one for one in forms_of(content) if "draft-form" in one.names)
    return [(name, value) for name, value in form.sent if name not in said] + list(said.items())


def counts(place: Place) -> tuple[int, int]:
    with acting(place.worker):
        return Enrollment.objects.count(), IncomeBenefits.objects.count()


def in_the_draft(place: Place) -> dict[tuple[int, str], list[str]]:
    with acting(place.worker):
        found, _ = queries.answers_of(place.worker, Draft.objects.get())
        return {(one.client, one.name): one.values for one in found}


def waits_for_lock(connection: Any, name: str) -> bool:
    row = connection.execute(
        "SELECT count(*) FROM pg_locks JOIN pg_database ON pg_database.oid = pg_locks.database"
        " WHERE datname = %s AND NOT granted", [name]
    ).fetchone()  # fmt: skip
    return bool(row[0])


def test_a_server_that_is_killed_while_it_saves_a_household(
    place: Place, servers: list[Server], test_database: Any
) -> None:
    browser = Browser()
    browser.force_login(place.worker)
    with acting(place.worker):
        other: Client = factories.make_client()
    at = address(place, other)
    save(browser, at, place.client, PRIOR, STREET)
    save(browser, at, other, SOURCE, "Plasma")
    before = in_the_draft(place)
    server = started(browser)
    servers.append(server)
    said = {f"c{place.client.pk}-{GATE}": "0", f"c{other.pk}-{GATE}": "0", "key": "one"}
    pairs = finish(server, at, said)

    with test_database._connect() as holding:
        holding.autocommit = False
        # The enrollments are written by then, and their records wait.
        holding.execute("LOCK TABLE enrollments_incomebenefits IN EXCLUSIVE MODE")
        pressed = http.client.HTTPConnection("127.0.0.1", server.port, timeout=SECONDS)
        pressed.request("POST", at, body(pairs), server.headers)
        end = time.monotonic() + SECONDS
        with test_database._connect() as looking:
            while not waits_for_lock(looking, test_database.name):
                assert time.monotonic() < end, "Finish did not come to the records."
                time.sleep(0.05)
        server.kill()
        pressed.close()
        holding.rollback()

    end = time.monotonic() + SECONDS
    with test_database._connect() as looking:  # PostgreSQL finds out that nobody is there any more
        while looking.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = %s AND xact_start IS NOT NULL"
            " AND pid <> pg_backend_pid() AND state <> 'idle'", [test_database.name]
        ).fetchone()[0]:  # fmt: skip
            assert time.monotonic() < end, "The transaction of the killed server is still open."
            time.sleep(0.05)
    assert counts(place) == (0, 0)
    assert in_the_draft(place) == before

    again = started(browser)
    servers.append(again)
    status, where, _ = again.ask("POST", at, finish(again, at, said))
    assert (status, where[:13]) == (302, "/enrollments/")
    assert counts(place)[0] == 2
    with acting(place.worker):
        assert Enrollment.objects.values("household_id").distinct().count() == 1
        assert set(Enrollment.objects.values_list("living_situation", flat=True)) == {int(STREET), 99}
        assert not Draft.objects.exists()
    status, where_now, _ = again.ask("POST", at, pairs)  # what the killed server was sent, sent again
    assert (status, where_now) == (302, where)
    assert counts(place)[0] == 2
