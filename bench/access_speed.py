"""Rights at the size of a state: 1,000,000 clients, 1,600 users with three grants each (`access_world.py`).

In the database: what a search and a list page take there, summed over their statements, for users of every
kind of scope. Over HTTP: the usual mix of pages at a steady rate, by many users, counted from when a request
was due. Changes: an answer, a restriction and a grant that reach 500 records, each as its action does it,
undone afterwards.
"""

import http.client
import os
import random
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from bench import processor
from bench.access_world import USERS, world
from bench.figures import Figure, percentile
from bench.installation import postmaster
from bench.invented_names import MISTAKES
from bench.steady import at_a_steady_rate, get, headers, search, served, session_of

CLIENTS, SMALL_CLIENTS = 1_000_000, 20_000
SEARCHES, SMALL_SEARCHES = 600, 60
LIST_PAGES, SMALL_LIST_PAGES = 30, 3  # of each list
SECONDS, SMALL_SECONDS = 30, 5
REQUESTS_PER_SECOND = 40
VISITORS = 40
CHANGES = 7
LISTS = ("/organizations/", "/regions/", "/clients/recent/", "/reports/")


def run(small: bool) -> list[Figure]:
    """Build the world, or find it (HEARTH_BENCH_KEEP), and ask it."""
    clients = SMALL_CLIENTS if small else CLIENTS
    with world(clients) as folder:
        visitors = _visitors()
        rng = random.Random(7)
        figures = [Figure("clients", clients, "clients"), Figure("users", USERS, "users")]
        figures += searches(rng, visitors, SMALL_SEARCHES if small else SEARCHES)
        figures += lists(rng, visitors, SMALL_LIST_PAGES if small else LIST_PAGES)
        figures += changes()
        with served(folder, folder / "log") as port:
            figures += pages(rng, port, visitors, SMALL_SECONDS if small else SECONDS)
        return figures


def _visitors() -> list[Any]:
    """Users of every kind of scope; system administrators are few, as in life."""
    from hearth.hmis.access.models import User

    rng = random.Random(3)
    everybody = list(User.objects.filter(email__startswith="user").order_by("pk"))
    chosen = rng.sample(everybody[3:], VISITORS - 4)
    return [everybody[0], everybody[7], everybody[15], everybody[23], *chosen]


#: A statement: milliseconds to its answer, those of them on the processor, its text.
Asked = tuple[float, float, str]


@contextmanager
def in_database(statements: list[Asked]) -> Iterator[None]:
    """Adds each statement of Django's connection."""
    from django.db import connection

    connection.ensure_connection()
    pid = connection.connection.info.backend_pid

    def timed(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        ran, began = processor.of_process(pid), time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            took = (time.perf_counter() - began) * 1000
            statements.append((took, processor.of_process(pid) - ran, sql))

    with connection.execute_wrapper(timed):
        yield


def searches(rng: random.Random, visitors: list[Any], many: int) -> list[Figure]:
    """A page of hits, with what stands beside each, as every visitor asks it."""
    from django.utils import timezone

    from hearth.hmis.access.context import acting
    from hearth.hmis.clients import queries
    from hearth.hmis.clients.search.question import read

    today, typed = timezone.localdate(), list(_typed(rng, many + 40))
    each, every = [], []
    for number, text in enumerate(typed):
        user = visitors[number % len(visitors)]
        statements: list[Asked] = []
        with acting(user), in_database(statements):
            queries.search(user, read(text, today), page=1, today=today)
        if number >= 40:  # caches as warm as in service
            each.append(statements)
            every += statements
    _tell("search", every)
    return _figures("search", each, below=80)


def _figures(what: str, each: list[list[Asked]], below: float) -> list[Figure]:
    took = [sum(one[0] for one in statements) for statements in each]
    ran = [sum(one[1] for one in statements) for statements in each]
    return [
        Figure(f"{what} in the database, p50", percentile(took, 0.5), "ms"),
        Figure(f"{what} in the database, p95", percentile(took, 0.95), "ms", below=below),
        Figure("of it on the processor, p95", percentile(ran, 0.95), "ms"),
    ]


def _typed(rng: random.Random, many: int) -> Iterator[str]:
    """What people type: names with and without mistakes, with birth dates, one word alone."""
    from hearth.hmis.clients.models import Client

    with _administrator():
        numbers = [rng.randrange(1, 20_000) for _ in range(many)]
        people = Client.objects.only("first_name", "last_name", "dob").in_bulk(numbers)
    kinds = list(MISTAKES)
    for number in numbers:
        person = people[number]
        first, last = str(person.first_name).lower(), str(person.last_name).lower()
        kind = rng.random()
        if kind < 0.6 and min(len(first), len(last)) > 2:
            yield MISTAKES[rng.choice(kinds)](rng, first, last)
        elif kind < 0.8:
            yield f"{first} {last} {person.dob:%m/%d/%Y}"
        else:
            yield last


def lists(rng: random.Random, visitors: list[Any], many: int) -> list[Figure]:
    """Pages of lists, and of the organization and the project that the list leads to."""
    from django.conf import settings
    from django.test import Client as Browser

    each: dict[str, list[list[Asked]]] = {}
    settings.ALLOWED_HOSTS = ["testserver"]
    for visitor in visitors[:many]:
        browser = Browser()
        browser.force_login(visitor, "allauth.account.auth_backends.AuthenticationBackend")
        paths = [*LISTS, f"/organizations/{rng.randrange(1, 400)}/", f"/projects/{rng.randrange(1, 1200)}/"]
        for path in paths:
            for again in (False, True):
                statements: list[Asked] = []
                with in_database(statements):
                    answer = browser.get(path)
                if answer.status_code != 200:
                    raise RuntimeError(f"{path} answered {answer.status_code}")
                if again:
                    kind = "".join(part for part in path if not part.isdigit()).replace("//", "/one/")
                    each.setdefault(kind, []).append(statements)
    every = [statements for kind in each.values() for statements in kind]
    _tell("list pages", [one for statements in every for one in statements])
    for kind, visits in each.items():
        told = " ".join(f"{f.value:.1f}" for f in _figures(kind, visits, below=20))
        print(f"  {kind}: p50, p95, of it on the processor: {told} ms", file=sys.stderr)
    return _figures("list page", every, below=20)


def changes() -> list[Figure]:
    """An answer, a restriction and a grant, there and back, of the client with 500 records."""
    from hearth.hmis.access.actions import end_grant, give_grant
    from hearth.hmis.access.models import User
    from hearth.hmis.access.roles import HmisUser
    from hearth.hmis.access.scopes import OrganizationScope
    from hearth.hmis.clients import restrictions
    from hearth.hmis.clients.models import Client
    from hearth.hmis.consent.actions import record_consent
    from hearth.hmis.consent.choices import Method
    from hearth.hmis.organizations.models import Organization

    took: dict[str, list[float]] = {}
    touched = 0
    for turn in range(CHANGES):
        with _administrator() as by:
            client = Client.objects.order_by("pk").first()
            organization = Organization.objects.order_by("pk").first()
            day = date(2024, 1, 1) + timedelta(turn)
            answers = ("share", "do_not_share") if turn % 2 else ("do_not_share", "share")
            for choice in answers:
                day += timedelta(1)
                with _timed(took, "an answer that opens" if choice == "share" else "an answer that closes"):
                    recorded = record_consent(
                        by=by, client=client, organization=organization, choice=choice, given_on=day,
                        method=Method.SIGNED_PAPER, form_version="2024-08", language="en",
                    )  # fmt: skip
                touched = max(touched, recorded.touched)
            with _timed(took, "a restriction"):
                made = restrictions.restrict(by=by, client=client, organization=None, reason="Asked to be")
            with _timed(took, "the end of a restriction"):
                restrictions.end(by=by, restriction=made, reason="Over")
            user = User.objects.create_user(f"new{turn}@example.org")
            with _timed(took, "a grant"):
                grant = give_grant(by=by, user=user, role=HmisUser, scope=OrganizationScope(organization.pk))
            with _timed(took, "the end of a grant"):
                end_grant(by=by, grant=grant, reason="Over")
            _undo()
    return [
        Figure("records and versions that an answer reaches", touched, "rows"),
        *(Figure(f"{what}, slowest of {len(t)}", max(t), "s", below=1) for what, t in took.items()),
    ]


def pages(rng: random.Random, port: int, visitors: list[Any], seconds: int) -> list[Figure]:
    """The mix of `pages_speed.py` at a steady rate, each request by another visitor."""
    from hearth.hmis.clients.models import Client

    signed_in = [headers(port, session_of(user)) for user in visitors]
    bodies = [urlencode({"q": text}) for text in _typed(rng, 500)]
    with _administrator():
        people = list(Client.objects.filter(pk__lt=20_000, is_restricted=False).values_list("pk", flat=True))
    kinds = rng.choices(("client", "search", "rest"), (4, 3, 3), k=seconds * REQUESTS_PER_SECOND + 200)
    chosen = [rng.choice(people) for _ in kinds]
    rest = [rng.choice(("/", "/organizations/", "/regions/", "/regions/MN-500/", "/help/")) for _ in kinds]

    def ask(line: http.client.HTTPConnection, number: int) -> int:
        who = signed_in[number % len(signed_in)]
        if kinds[number] == "search":
            return search(line, bodies[number % len(bodies)], who).status
        path = f"/clients/{chosen[number]}/" if kinds[number] == "client" else rest[number]
        return get(line, path, who)

    line = http.client.HTTPConnection("127.0.0.1", port)
    for number in range(len(kinds) - 200, len(kinds)):  # both workers read their templates once
        ask(line, number)
    trees = [
        os.getpid(),
        postmaster(Path(os.environ["HEARTH_HOME"])),
    ]  # the web server is ours; so is this loop
    ran, own = sum(map(processor.of_tree, trees)), time.process_time()
    times, wrong = at_a_steady_rate(port, ask, REQUESTS_PER_SECOND, seconds)
    ran = sum(map(processor.of_tree, trees)) - ran - 1000 * (time.process_time() - own)
    note = f"at {REQUESTS_PER_SECOND} requests/s for {seconds} s"
    return [
        Figure("a usual page on the processor", ran / len(times), "ms", note="web server and database"),
        Figure("usual pages, p50", percentile(times, 0.5), "ms", note=note),
        Figure("usual pages, p95", percentile(times, 0.95), "ms", below=250, note=note),
        Figure("answers that were errors", wrong, "requests", below=1),
    ]


@contextmanager
def _timed(took: dict[str, list[float]], what: str) -> Iterator[None]:
    began = time.perf_counter()
    yield
    took.setdefault(what, []).append(time.perf_counter() - began)


@contextmanager
def _administrator() -> Iterator[Any]:
    from hearth.hmis.access.context import acting
    from hearth.hmis.access.models import User

    administrator = User.objects.get(email="user1@example.org")
    with acting(administrator):
        yield administrator


def _undo() -> None:
    from django.db import transaction

    transaction.set_rollback(True)


def _tell(what: str, statements: list[Asked]) -> None:
    """The statements that cost most, for whoever looks for the reason of a figure."""
    spent: dict[str, list[float]] = {}
    for _, ran, sql in statements:
        spent.setdefault(" ".join(sql.split())[:110], []).append(ran)
    print(what, file=sys.stderr)
    for sql, times in sorted(spent.items(), key=lambda one: -sum(one[1]))[:8]:
        print(
            f"  {sum(times):8.0f} ms in {len(times):5} p95 {percentile(times, 0.95):7.1f}  {sql}",
            file=sys.stderr,
        )
