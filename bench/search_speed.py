"""Client search over a million invented people: how fast, and how many misspelled names are found.

In the database: one statement after another on one connection as the web role, with an HMIS user acting,
as the application asks. A name counts as found when the very person it was made from is among the first
25; each is searched by name alone, so a few drown in namesakes. Over HTTP: the search page by POST at a
steady rate, whether or not earlier answers have come, against the web server as `hearth serve` runs it.
"""

import hashlib
import http.client
import os
import random
import shutil
import tempfile
import time
from datetime import date
from pathlib import Path
from urllib.parse import urlencode

import psycopg
from rich.console import Console
from rich.table import Table

from bench.figures import Figure, percentile
from bench.invented_names import MISTAKES, NICKNAMES, People
from bench.steady import at_a_steady_rate, headers, search, served, session_of

CLIENTS, SMALL_CLIENTS = 1_000_000, 20_000
OF_EACH_KIND, SMALL_OF_EACH_KIND = 150, 20
HTTP_SECONDS, SMALL_HTTP_SECONDS = 20, 4
REQUESTS_PER_SECOND = 40
TODAY = date(2026, 11, 24)
WORKER = "worker@example.org"


def run(small: bool) -> list[Figure]:
    """Fill a database of its own, search it in many ways, then over HTTP."""
    folder = Path(tempfile.mkdtemp(prefix="hearth-bench-"))
    os.environ.update(HEARTH_HOME=str(folder / "home"), DJANGO_SETTINGS_MODULE="hearth.hmis.config.settings")
    from hearth.server import database, processes
    from hearth.server.home import Home
    from hearth.server.postgres import Cluster

    log = folder / "log"
    database.ensure_running()
    try:
        processes.django("migrate", "--verbosity=0", role="owner", log=log)
        processes.django("collectstatic", "--noinput", "--verbosity=0", log=log)
        import django

        django.setup()
        clients = SMALL_CLIENTS if small else CLIENTS
        people, seconds = fill(clients)
        token = _worker()
        figures = [
            Figure("clients", clients, "clients"),
            Figure("search keys for all of them", seconds, "s"),
        ]
        figures += in_database(people, SMALL_OF_EACH_KIND if small else OF_EACH_KIND)
        with served(folder, log) as port:
            figures += over_http(people, port, token, SMALL_HTTP_SECONDS if small else HTTP_SECONDS)
        return figures
    finally:
        Cluster(Home.find()).stop()
        link = folder / "home" / "postgres"
        if link.is_symlink():
            shutil.rmtree(link.resolve(), ignore_errors=True)
        shutil.rmtree(folder, ignore_errors=True)


Person = tuple[int, str, str, date]


def fill(count: int) -> tuple[list[Person], float]:
    """Write `count` invented clients as an import does. Returns some of them (id, first and last name in
    lower case, birth date), and the seconds that their search keys took."""
    from hearth.hmis.clients import search_keys
    from hearth.server import database

    people, written = People(seed=20261124), 0
    with psycopg.connect(database.url("loader")) as connection, connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(
            "INSERT INTO organizations_datasource (name, is_hearth, implementation_id)"
            " VALUES ('bench', false, '') RETURNING id"
        )
        source = cursor.fetchone()[0]
        copy = (
            "COPY clients_client (data_source_id, hud_id, first_name, middle_name, last_name, dob, ssn_index,"
            " ssn_last4_index) FROM STDIN"
        )
        with cursor.copy(copy) as rows:
            while written < count:
                for first, middle, last, day in people.invent(min(50_000, count - written)):
                    written += 1
                    digest = hashlib.sha256(b"%d" % people.rng.randrange(10**9)).digest()
                    last4 = hashlib.sha256(b"%d" % people.rng.randrange(10**4)).digest()
                    rows.write_row(
                        (source, f"P{written:07d}", first, middle or None, last, day, digest[:16], last4[:16])
                    )
        start = time.perf_counter()
        search_keys.refresh(cursor, data_source_id=source)
        seconds = time.perf_counter() - start
        cursor.execute(
            "SELECT id, lower(first_name), lower(last_name), dob FROM clients_client"
            " WHERE mod(id, %s) = 0 ORDER BY id",
            [max(1, count // 20_000)],
        )
        sample = cursor.fetchall()
    with psycopg.connect(database.url("superuser"), autocommit=True) as connection:
        connection.execute("VACUUM (ANALYZE) clients_client, clients_searchkey, clients_searchname")
    return sample, seconds


def _worker() -> str:
    """An HMIS user, signed in: the key of the session."""
    from hearth.hmis.access.actions import become_first_administrator, give_grant
    from hearth.hmis.access.models import User
    from hearth.hmis.access.roles import HmisUser
    from hearth.hmis.access.scopes import OrganizationScope
    from hearth.hmis.organizations.models import DataSource, Organization

    user = User.objects.create_user(WORKER)
    administrator = User.objects.create_user("administrator@example.org")
    become_first_administrator(by=administrator)
    organization = Organization.objects.create(data_source=DataSource.objects.get(), hud_id="O1")
    give_grant(by=administrator, user=user, role=HmisUser, scope=OrganizationScope(organization.pk))
    return session_of(user)


def in_database(people: list[Person], each: int) -> list[Figure]:
    """Times and shares found, by kind of mistake; printed as a table, summed up as figures."""
    from hearth.hmis.access.context import acting
    from hearth.hmis.access.models import User

    rng = random.Random(5)
    table = Table(title="Search by name, in the database")
    for column in ("typed", "found", "p50 ms", "p95 ms", "max ms"):
        table.add_column(column, justify="left" if column == "typed" else "right")
    times: list[float] = []
    found_misspelled, misspelled = 0, 0
    with acting(User.objects.get(email=WORKER)):
        for _ in range(30):
            _ask(_typed("as it is", rng, people)[0])  # caches as warm as in service
        for kind in MISTAKES:
            took, found = [], 0
            for _ in range(each):
                text, person = _typed(kind, rng, people)
                milliseconds, ids = _ask(text)
                took.append(milliseconds)
                found += person in ids
            times += took
            if kind != "as it is":
                misspelled += each
                found_misspelled += found
            table.add_row(kind, f"{found / each:.0%}", *_spread(took))
        others = _other_questions(rng, people, each // 3)
        for kind, took in others.items():
            table.add_row(kind, "", *_spread(took))
    Console(stderr=True).print(table)
    slow = [one for took in others.values() for one in took]
    return [
        Figure(
            "misspelled names found in the first 25", 100 * found_misspelled / misspelled, "%", at_least=90
        ),
        Figure("search by name, p50", percentile(times, 0.5), "ms"),
        Figure("search by name, p95", percentile(times, 0.95), "ms", below=60),
        Figure("other searches, p95", percentile(slow, 0.95), "ms", below=60),
    ]


def _spread(took: list[float]) -> tuple[str, str, str]:
    return f"{percentile(took, 0.5):.1f}", f"{percentile(took, 0.95):.1f}", f"{max(took):.1f}"


def _typed(kind: str, rng: random.Random, people: list[Person]) -> tuple[str, int]:
    """A person's name as somebody may type it, and the person's id."""
    while True:
        pk, first, last, _ = rng.choice(people)
        plain = min(len(first), len(last)) > 2
        fits = {"nickname": first in NICKNAMES, "without accents": not last.isascii()}.get(kind, True)
        if plain and fits:
            return MISTAKES[kind](rng, first, last), pk


def _other_questions(rng: random.Random, people: list[Person], each: int) -> dict[str, list[float]]:
    def day(person: Person) -> str:
        return f"{person[3]:%m/%d/%Y}"

    kinds = {
        "first name alone": lambda p: p[1],
        "last name alone": lambda p: p[2],
        "three letters": lambda p: p[2][:3],
        "one letter and a birth date": lambda p: f"{p[1][0]} {day(p)}",
        "birth date alone": day,
        "name and birth date": lambda p: f"{p[1]} {p[2]} {day(p)}",
        "name and wrong year": lambda p: f"{p[1]} {p[2]} {p[3]:%m/%d}/{max(1930, p[3].year - 1)}",
        "last name and year": lambda p: f"{p[2]} {p[3]:%Y}",
        "last four of the SSN": lambda p: f"{p[0] % 10_000:04d}",
        "HMIS ID": lambda p: f"P{p[0]:07d}",
        "four names": lambda p: f"{p[1]} {p[2]} {rng.choice(people)[1]} {rng.choice(people)[2]}",
        "nobody": lambda p: "".join(rng.choices("bcdfgqxz", k=9)),
    }
    return {
        kind: [_ask(make(rng.choice(people)))[0] for _ in range(each)]  # type: ignore[no-untyped-call]
        for kind, make in kinds.items()
    }


def _ask(text: str) -> tuple[float, set[int]]:
    """Milliseconds of the database's answer, and who is on the first page."""
    from hearth.hmis.clients import queries
    from hearth.hmis.clients.search.question import read

    question = read(text, TODAY)
    start = time.perf_counter()
    rows = queries.ask(question, TODAY, skip=0)
    return 1000 * (time.perf_counter() - start), {row[0] for row in rows}


def over_http(people: list[Person], port: int, session: str, seconds: int) -> list[Figure]:
    """Searches at a steady rate, as htmx sends them while somebody types."""
    rng = random.Random(9)
    who = headers(port, session)
    kinds = list(MISTAKES)
    bodies = [urlencode({"q": _typed(rng.choice(kinds), rng, people)[0]}) for _ in range(2000)]
    first = http.client.HTTPConnection("127.0.0.1", port)
    for body in bodies[-60:]:  # both workers read their templates once
        search(first, body, who)

    def ask(line: http.client.HTTPConnection, number: int) -> int:
        return search(line, bodies[number % len(bodies)], who).status

    times, wrong = at_a_steady_rate(port, ask, REQUESTS_PER_SECOND, seconds)
    note = f"at {REQUESTS_PER_SECOND} requests/s for {seconds} s"
    return [
        Figure("search over HTTP, p50", percentile(times, 0.5), "ms", note=note),
        Figure("search over HTTP, p95", percentile(times, 0.95), "ms", below=200, note=note),
        Figure("answers that were errors", wrong, "requests", below=1),
    ]
