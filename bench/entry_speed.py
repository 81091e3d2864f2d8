"""Entering at the size of a state: forms, drafts, households, duplicates, in the world of `access_world.py`.

Every request goes through all of Django in this process, as a user of few projects sends it, and is counted
from the request to the whole answer; the web server in front of it and the network are not. Beside the time
by the clock stands the processor's, of this process and of its connection in the database: on a machine that
others keep busy that one tells what the work costs.

A save is of a household of eight, two adults and six children, who answer everything that they are asked:
it costs no household more. It is rolled back afterwards, so that the world stays the same.
"""

import gc
import os
import random
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from bench import processor
from bench.access_world import world
from bench.figures import Figure, percentile
from bench.filled_form import FilledForm
from bench.invented_names import People

CLIENTS, SMALL_CLIENTS = 1_000_000, 20_000
#: How many times each form is opened, autosaves, households, persons typed.
OPENED, SMALL_OPENED = 8, 1
SAVED, SMALL_SAVED = 100, 16
HOUSEHOLDS, SMALL_HOUSEHOLDS = 24, 4
TYPED, SMALL_TYPED = 200, 40
USERS, SMALL_USERS = 24, 8
EIGHT = 8
GROWN_BORN, CHILDREN_BORN = date(2000, 1, 1), date(2012, 1, 1)
#: A form on which nothing was said to be right is sent again, as a person does who has looked.
MOST_SENDS = 4


@dataclass(slots=True)
class Took:
    """One request: milliseconds by the clock and on the processor, its queries, milliseconds in them."""

    clock: float
    ran: float
    queries: int
    in_queries: float = 0.0


@dataclass(slots=True)
class Place:
    """A user with a project in which they enter people, and what is there. `open`, `over`: enrollments that
    have no exit, and that have one; `people` and `children`: clients who are not enrolled there, by age."""

    user: Any
    project: Any
    browser: Any
    open: list[Any] = field(default_factory=list)
    over: list[Any] = field(default_factory=list)
    people: list[int] = field(default_factory=list)
    children: list[int] = field(default_factory=list)


def run(small: bool) -> list[Figure]:
    """Build the world, or find it (HEARTH_BENCH_KEEP), and enter people there."""
    clients = SMALL_CLIENTS if small else CLIENTS
    os.environ.setdefault("HEARTH_LOG_LEVEL", "WARNING")
    with world(clients):
        from django.conf import settings

        settings.ALLOWED_HOSTS = ["testserver"]
        settings.SEARCHES_PER_HOUR = 0  # a few users type for a whole state here
        rng = random.Random(11)
        places = list(_places(rng, SMALL_USERS if small else USERS))
        figures = [Figure("clients", clients, "clients")]
        figures += forms(places, SMALL_OPENED if small else OPENED)
        figures += autosaves(rng, places, SMALL_SAVED if small else SAVED)
        figures += households(rng, places, SMALL_HOUSEHOLDS if small else HOUSEHOLDS)
        figures += duplicates(places, SMALL_TYPED if small else TYPED)
        return figures


def _places(rng: random.Random, many: int) -> Iterator[Place]:
    """One project of each of many users, all project types among them."""
    from django.test import Client as Browser

    from hearth.hmis.access.context import acting
    from hearth.hmis.access.models import Grant, User
    from hearth.hmis.access.permissions import Permission
    from hearth.hmis.clients.models import Client
    from hearth.hmis.enrollments.models import Enrollment
    from hearth.hmis.organizations.models import Project

    wider = Grant.objects.filter(scope__in=("state", "coc", "funding")).values("user")
    users = list(User.objects.filter(email__startswith="user").exclude(pk__in=wider).order_by("pk"))
    chosen = rng.sample(users, many)
    types = [0, 1, 2, 3, 4, 8, 13, 14]
    for number, user in enumerate(chosen):
        browser = Browser(raise_request_exception=True)
        browser.force_login(user, "allauth.account.auth_backends.AuthenticationBackend")
        with acting(user):
            own = Project.objects.restrict(user).filter(pk__any_of=user.projects(Permission.ENROLLMENT_EDIT))
            wanted = own.filter(project_type=types[number % len(types)])
            project = wanted.first() or own.order_by("pk").first()
            stays = Enrollment.objects.restrict(user).filter(project=project, is_restricted=False)
            free = Client.objects.restrict(user).filter(is_restricted=False).order_by("pk")
            free = free.filter(pk__gt=rng.randrange(1, 12_000)).exclude(
                pk__in=list(stays.values_list("client", flat=True))
            )
            grown = free.filter(dob__lt=GROWN_BORN).values_list("pk", flat=True)
            children = free.filter(dob__gt=CHILDREN_BORN).values_list("pk", flat=True)
            yield Place(
                user, project, browser,
                list(stays.filter(exit__isnull=True).order_by("pk")[:200]),
                list(stays.filter(exit__isnull=False).order_by("pk")[:200]),
                list(grown[:200]), list(children[:60]),
            )  # fmt: skip


@contextmanager
def measured(into: list[Took]) -> Iterator[Took]:
    """Adds what a request took."""
    from django.db import connection

    connection.ensure_connection()
    pid = connection.connection.info.backend_pid
    took = Took(0.0, 0.0, 0)

    def counted(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        took.queries += 1
        began = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            took.in_queries += (time.perf_counter() - began) * 1000

    with connection.execute_wrapper(counted):
        of_database, own, began = processor.of_process(pid), time.process_time(), time.perf_counter()
        yield took
        took.clock = (time.perf_counter() - began) * 1000
        took.ran = (time.process_time() - own) * 1000 + processor.of_process(pid) - of_database
    into.append(took)


def forms(places: Sequence[Place], many: int) -> list[Figure]:
    """Opening each form; the worst of them by name."""
    each: dict[str, list[Took]] = {}
    for turn in range(-1, many):  # the first round reads the templates
        for number, place in enumerate(places):
            if turn >= 0 and number % 4 != turn % 4 and many > SMALL_OPENED:
                continue
            for name, path in _addresses(place, turn + 1):
                gc.collect(0)
                took: list[Took] = []
                with measured(took):
                    answer = place.browser.get(path)
                if answer.status_code in (302, 404):
                    continue  # not asked there, or of a client whom this user may not correct
                if answer.status_code != 200:
                    raise RuntimeError(f"{name} answered {answer.status_code}")
                if turn >= 0:
                    each.setdefault(name, []).extend(took)
    _tell("forms", each)
    alone = [one for name, took in each.items() if name != _EIGHT for one in took]
    return [
        *_figures(f"opening a form ({len(each)} forms)", alone, below=150, queries=30),
        *_figures("opening the start of eight", each[_EIGHT], below=150, queries=30),
    ]


_EIGHT = "start, household of eight"
_POINTS = ("move-in", "contact", "engagement", "path", "assessment", "event")


def _addresses(place: Place, turn: int) -> Iterator[tuple[str, str]]:
    """What is opened: the name of the form, and its address."""
    project = place.project.pk
    client = place.people[turn % len(place.people)]
    start = f"?start={_first_day().isoformat()}"
    yield "choose a project", f"/clients/{client}/enroll/"
    yield "start", f"/clients/{client}/enroll/{project}/{start}"
    yield _EIGHT, _start_of_eight(place, turn)
    yield "grid of a household", f"/clients/{client}/enroll/{project}/household/{start}"
    if place.open:
        stay = place.open[turn % len(place.open)]
        for what in ("edit", "contact", "names", "family"):
            yield f"client: {what}", f"/clients/{stay.client_id}/{what}/"
        yield "update", f"/enrollments/{stay.pk}/answers/update/"
        yield "annual", f"/enrollments/{stay.pk}/answers/annual/"
        yield "exit", f"/enrollments/{stay.pk}/exit/"
        yield "correct the start", f"/enrollments/{stay.pk}/answers/start/{stay.entry_date.isoformat()}/"
        yield "local answers", f"/enrollments/{stay.pk}/local/update/"
        yield "join", f"/enrollments/{stay.pk}/join/"
        for slug in _POINTS:
            yield slug, f"/enrollments/{stay.pk}/happened/{slug}/"
        for what in ("start", "head", "undo"):
            yield f"guided: {what}", f"/enrollments/{stay.pk}/correct/{what}/"
    if place.over:
        yield "post exit", f"/enrollments/{place.over[turn % len(place.over)].pk}/answers/post_exit/"


def _first_day() -> date:
    """On which those who are entered here begin."""
    from django.utils import timezone

    return timezone.localdate() - timedelta(3)


def _start_of_eight(place: Place, turn: int) -> str:
    """A head with a partner and six children."""

    def chosen(of: Sequence[int], many: int) -> list[int]:
        return [of[(turn + number) % len(of)] for number in range(many)]

    head, partner = chosen(place.people, 2)
    others = chosen(place.children, EIGHT - 2)
    who = "-".join([f"{head}.1", f"{partner}.3", *(f"{one}.2" for one in others)])
    asked = {"start": _first_day().isoformat(), "who": who}
    return f"/clients/{head}/enroll/{place.project.pk}/?{urlencode(asked)}"


def autosaves(rng: random.Random, places: Sequence[Place], many: int) -> list[Figure]:
    """One answer after another into the draft of a start, as `ui/autosave.js` sends them."""
    took: list[Took] = []
    for number in range(-len(places), many):
        place = places[number % len(places)]
        client, start = place.people[number % len(place.people)], _first_day()
        page = place.browser.get(f"/clients/{client}/enroll/{place.project.pk}/?start={start.isoformat()}")
        form = FilledForm(page.content.decode())
        said = form.answer(rng, f"{start:%m/%d/%Y}")
        sent = {"form": said["draft-form"][0], "page": said["draft-page"][0], "client": client}
        for name in rng.sample(
            [one for one in form.questions() if one in said], 3
        ):  # the first begins the draft
            once: list[Took] = []
            with measured(once):
                answer = place.browser.post("/drafts/save/", sent | {"name": name, "value": said[name]})
            if answer.status_code not in (200, 409):
                raise RuntimeError(f"/drafts/save/ answered {answer.status_code}: {answer.content[:200]!r}")
            if number >= 0:
                took += once
            if answer.status_code == 200:
                sent["draft"] = answer.json()["draft"]
    _tell("autosave", {"autosave": took})
    return _figures("autosave of a field", took, below=50)


def households(rng: random.Random, places: Sequence[Place], many: int) -> list[Figure]:
    """Finish of a household of eight; and the look that a page takes at all of it while somebody types."""
    finished: list[Took] = []
    looked: list[Took] = []
    questions: list[float] = []
    for tried in range(10 * many):
        place = places[tried % len(places)]
        path, day = _start_of_eight(place, tried), f"{_first_day():%m/%d/%Y}"
        page = place.browser.get(path)
        if page.status_code != 200:
            continue
        form = FilledForm(page.content.decode())
        sent = form.answer(rng, day)
        look: list[Took] = []
        with measured(look):
            place.browser.post(path, sent | {"look": "1"})
        for _ in range(MOST_SENDS):
            once: list[Took] = []
            with _undone(), measured(once):
                answer = place.browser.post(path, sent)
            if answer.status_code == 302:
                break
            sent = FilledForm(answer.content.decode()).mend(sent)
        else:
            continue
        if tried >= 2:  # the first reads what the checks need
            finished += once
            looked += look
            questions.append(len(form.questions()))
        if len(finished) == many:
            break
    else:
        raise RuntimeError(f"Only {len(finished)} households of the benchmark could be saved.")
    _tell("household of eight", {"save": finished, "look while typing": looked})
    return [
        *_figures("saving a household of eight", finished, below=400),
        Figure("questions of such a household, p95", percentile(questions, 0.95), "questions"),
        *_figures("checks of a household of eight while typing", looked),
    ]


@contextmanager
def _undone() -> Iterator[None]:
    """Whatever is written inside is rolled back afterwards: the request finds itself in a transaction."""
    from django.db import transaction

    with suppress(_Undo), transaction.atomic():
        yield
        raise _Undo


class _Undo(Exception):
    pass


def duplicates(places: Sequence[Place], many: int) -> list[Figure]:
    """Typing somebody's name and birth date on the identity page: those of one who is there, and new ones."""
    from hearth.hmis.access.context import acting
    from hearth.hmis.clients.models import Client

    invented = People(seed=77).invent(many + 40)
    took: list[Took] = []
    kept: dict[int, str] = {}
    for number, (first, _, last, born) in enumerate(invented):
        place = places[number % len(places)]
        if place.user.pk not in kept:
            found = place.browser.post("/clients/", {"q": "nobody zzzyx"})["Location"]
            kept[place.user.pk] = found.rstrip("/").rpartition("/")[2]
        if number % 2 and place.people:
            with acting(place.user):
                there = Client.objects.get(pk=place.people[number % 100])
            first, last, born = there.first_name, there.last_name, there.dob
        sent = {
            "first_name": first, "last_name": last, "birth_date": f"{born:%m/%d/%Y}", "key": f"bench{number}",
            "ssn": f"{number % 9000 + 1000}" if number % 3 == 0 else "",
        }  # fmt: skip
        once: list[Took] = []
        with measured(once):
            answer = place.browser.post(
                f"/clients/found/{kept[place.user.pk]}/add/",
                sent,
                headers={"HX-Request": "true", "HX-Target": "alike"},
            )
        if answer.status_code != 200:
            raise RuntimeError(f"The identity page answered {answer.status_code}")
        if number >= 40:
            took += once
    _tell("duplicates", {"typed": took})
    return _figures("duplicate warning while typing", took, below=100)


def _figures(
    what: str, took: Sequence[Took], *, below: float | None = None, queries: int | None = None
) -> list[Figure]:
    clock, ran = [one.clock for one in took], [one.ran for one in took]
    found = [
        Figure(f"{what}, p95", percentile(clock, 0.95), "ms", below=below),
        Figure(
            "of it on the processor, p95", percentile(ran, 0.95), "ms", note=f"p50 {percentile(ran, 0.5):.0f}"
        ),
    ]
    if queries:
        most = max(one.queries for one in took)
        found.append(Figure("its queries, at most", most, "queries", below=queries + 1))
    return found


def _tell(what: str, each: Mapping[str, Sequence[Took]]) -> None:
    """Each kind of request, the slowest first, for whoever looks for the reason of a figure."""
    columns: tuple[Callable[[Took], float], ...] = (
        lambda t: t.clock,
        lambda t: t.ran,
        lambda t: t.in_queries,
    )
    print(
        f"{what}: by the clock p50 p95, on the processor p50 p95, in queries p50 p95, most queries",
        file=sys.stderr,
    )
    lines = []
    for name, took in each.items():
        told = [
            percentile([column(one) for one in took], share) for column in columns for share in (0.5, 0.95)
        ]
        most = max(one.queries for one in took)
        lines.append(
            (told[3], f"  {name}: {' '.join(f'{one:.0f}' for one in told)} ms, {most} ({len(took)})")
        )
    for _, line in sorted(lines, reverse=True):
        print(line, file=sys.stderr)
