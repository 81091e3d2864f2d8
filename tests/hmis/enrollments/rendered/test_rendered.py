"""Every page of questions shows what HUD's tables ask, all of it and nothing else.

A case is a project (its funding sources, its type), a stage and a kind of person. The ordinary run renders a
page for each distinct set of fields of a stage, and for each field of each kind of person with its condition;
`make test-long` for each set of each kind of person. What stands on a page is compared with the tables of
facts, read here (`expected.py`), not with the function that makes the form.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache
from itertools import product
from typing import Any

import pytest
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from hearth.hmis.access.context import acting
from hearth.hmis.clients.models import Client
from hearth.hmis.enrollments.models import Enrollment, Exit
from hearth.hmis.organizations.models import Funder, Project, ProjectCoC
from tests import factories
from tests.hmis.enrollments.rendered import expected, page
from tests.sizes import LONG
from tests.standards.predicates import FUNDERS, TYPES

pytestmark = pytest.mark.long

STAGES = ("start", "update", "annual", "exit", "post_exit")
PERSONS = {"hoh_adult": (1, 34), "adult": (3, 30), "child": (2, 8), "hoh_child": (1, 15)}
#: Points of a stay, each a page: the address's word, and its element.
POINTS = {
    "move-in": "3.20", "contact": "4.12", "engagement": "4.13", "path": "P3", "assessment": "4.19",
    "event": "4.20",
}  # fmt: skip
DAYS_AGO = 40
#: Projects with several funding sources, whose questions are those of each.
SEVERAL = [
    ({"3", "43"}, "13"), ({"8", "22"}, "0"), ({"13", "33"}, "13"), ({"21", "4"}, "4"), ({"41", "2"}, "2"),
    ({"20", "2", "18"}, "3"), ({"25", "21"}, "4"), ({"8", "25"}, "1"), ({"9", "22", "33"}, "12"),
]  # fmt: skip

Place = tuple[frozenset[str], str]
Case = tuple[frozenset[str], str, str, str]


def everywhere() -> list[Place]:
    one = [(frozenset({funder} if funder else ()), kind) for kind, funder in product(TYPES, ("", *FUNDERS))]
    return [*one, *((frozenset(funders), kind) for funders, kind in SEVERAL)]


@cache
def shown(case: Case) -> frozenset[Any]:
    """The fields of a case with what they hang on."""
    fields, own = expected.fields(*case)
    if case[2] == "occurrence":
        fields = {name: one for name, one in fields.items() if one.element in POINTS.values()}
    of_place = {
        name: case[1] in expected.HOMELESS_TYPES for name in fields if fields[name].element == "3.917"
    }
    said = {(one.name, one.is_due, one.rule, of_place.get(one.name)) for one in fields.values()}
    return frozenset(said | set(own)) if said else frozenset()


def pairs(case: Case) -> Iterator[Any]:
    """What a page of a case shows: the set of fields at a stage, and each field of each kind of person with
    its condition. In the long run, each set of each kind of person."""
    if found := shown(case):
        _, _, stage, person = case
        yield stage, found
        yield from ((stage, person, one) for one in found)
        if LONG:
            yield stage, person, found


def chosen() -> Iterator[tuple[Place, str, str]]:
    """The pages: a project, a stage, and who; the start of a household has several people on a page."""
    seen: set[Any] = set()
    for funders, kind in reversed(everywhere()):
        for stage, person in product((*STAGES, "occurrence"), PERSONS):
            together = stage == "start" and person != "hoh_child"
            if together and person != "hoh_adult":
                continue
            who = ("hoh_adult", "adult", "child") if together else (person,)
            found = {pair for one in who for pair in pairs((funders, kind, stage, one))}
            if found - seen:
                seen |= found
                yield (funders, kind), stage, person


PAGES = list(chosen())


class World:
    """An administrator, who may see every answer, and people; projects and stays come as they are needed."""

    def __init__(self) -> None:
        self.user = factories.make_administrator()
        self.start = timezone.localdate() - timedelta(days=DAYS_AGO)
        self.browser = Browser()
        self.browser.force_login(self.user)
        self.projects: dict[Place, Project] = {}
        self.stays: dict[tuple[Place, str, bool], Enrollment] = {}
        with acting(self.user):
            self.agency = factories.make_organization()
            self.people = {person: self.somebody(age) for person, (_, age) in PERSONS.items()}

    def somebody(self, age: int) -> Client:
        born = self.start - timedelta(days=age * 366)
        veteran = 1 if age >= 18 else None
        return factories.make_client(dob=born, veteran_status=veteran)

    def project(self, place: Place) -> Project:
        """Of a type and funding sources, in two CoCs."""
        if place not in self.projects:
            funders, kind = place
            subtype = {"rrh_sub_type": 2} if kind == "13" else {}
            with acting(self.user):
                made = factories.make_project(self.agency, project_type=int(kind), **subtype)
                for funder in funders:
                    Funder.objects.create(**factories.record(
                        project=made, funder=int(funder), grant_id="G", start_date=date(2020, 1, 1)
                    ))  # fmt: skip
                for coc in ("MN-500", "MN-501"):
                    ProjectCoC.objects.create(**factories.record(project=made, coc_code=coc))
            self.projects[place] = made
        return self.projects[place]

    def stay(self, place: Place, person: str, *, is_over: bool) -> Enrollment:
        key = (place, person, is_over)
        if key not in self.stays:
            with acting(self.user):
                made = factories.make_enrollment(
                    self.somebody(PERSONS[person][1]), self.project(place), entry_date=self.start,
                    relationship_to_hoh=PERSONS[person][0],
                )  # fmt: skip
                if is_over:
                    Exit.objects.create(**factories.record(
                        enrollment=made, exit_date=timezone.localdate() - timedelta(days=3)
                    ))  # fmt: skip
            self.stays[key] = made
        return self.stays[key]

    def get(self, address: str, **asked: str) -> bytes:
        """A page; empty where it sends somebody elsewhere, because nothing is asked."""
        answer = self.browser.get(address, asked)
        assert answer.status_code in (200, 302), address
        return answer.content if answer.status_code == 200 else b""


@pytest.fixture(scope="module")
def world(database_of_module: None) -> World:
    return World()


def pages(world: World, place: Place, stage: str, person: str) -> Iterator[tuple[str, page.Page, set[str]]]:
    """The pages of a case: who is asked, what stands there, and the elements that may; the points of a stay
    are a page each."""
    if stage == "start":
        who = ["hoh_child"] if person == "hoh_child" else ["hoh_adult", "adult", "child"]
        listed = [world.people[one].pk for one in who]
        said = "-".join(
            str(pk) if one == who[0] else f"{pk}.{PERSONS[one][0]}"
            for pk, one in zip(listed, who, strict=True)
        )
        address = reverse("enrollments:start", args=[listed[0], world.project(place).pk])
        content = world.get(address, start=world.start.isoformat(), who=said)
        for pk, one in zip(listed, who, strict=True):
            yield one, page.read(content, f"c{pk}-" if len(who) > 1 else ""), set()
        return
    stay = world.stay(place, person, is_over=stage == "post_exit")
    if stage == "occurrence":
        for point, element in POINTS.items():
            content = world.get(reverse("enrollments:point", args=[stay.pk, point]))
            yield person, page.read(content), {element}
    elif stage == "exit":
        yield person, page.read(world.get(reverse("enrollments:exit", args=[stay.pk]))), set()
    else:
        yield person, page.read(world.get(reverse("enrollments:stage", args=[stay.pk, stage]))), set()


def wrong(on_page: page.Page, fields: dict[str, expected.Asked]) -> Iterator[str]:
    """What a page shows otherwise than the tables say."""
    for name in sorted(fields.keys() - on_page.questions.keys()):
        yield f"{name} is not asked"
    for name in sorted(on_page.questions.keys() - fields.keys()):
        yield f"{name} is asked"
    for name in sorted(fields.keys() & on_page.questions.keys()):
        asked, seen = fields[name], on_page.questions[name]
        if not seen.label:
            yield f"{name} has no question"
        if asked.is_due != seen.is_due:
            yield f"{name} {'does not count' if asked.is_due else 'counts'} as missing"
        yield from wrong_gate(asked, seen)
        if asked.element not in on_page.numbers:
            yield f"{asked.element} has no number beside its questions"


def wrong_gate(asked: expected.Asked, seen: page.Shown) -> Iterator[str]:
    if (seen.gate is not None) != bool(asked.hangs_on):
        yield f"{seen.name} hangs on {seen.gate}, not on {asked.hangs_on}"
        return
    if seen.gate is None:
        return
    for codes in expected.answers(asked):
        if page.holds(seen.gate, codes) != asked.opens(codes):
            yield f"{seen.name} is {'hidden' if asked.opens(codes) else 'shown'} after {codes}: {seen.gate}"
            return
    if not seen.condition:
        yield f"{seen.name} does not say when it is asked"


def test_every_set_of_questions_has_a_page() -> None:
    assert 150 < len(PAGES) <= (1000 if LONG else 300)
    cases = [
        (*place, stage, one) for place in everywhere() for stage in (*STAGES, "occurrence") for one in PERSONS
    ]
    wanted = {pair for case in cases for pair in pairs(case)}
    for (funders, kind), stage, person in PAGES:
        who = ("adult", "child") if (stage, person) == ("start", "hoh_adult") else ()
        for one in (person, *who):
            wanted -= set(pairs((funders, kind, stage, one)))
    assert wanted == set()


@pytest.mark.parametrize(
    ("place", "stage", "person"), PAGES,
    ids=[f"{'+'.join(sorted(funders, key=int)) or 'none'}-type {kind}-{stage}-{person}"
         for (funders, kind), stage, person in PAGES],
)  # fmt: skip
def test_a_page_shows_what_the_tables_ask(world: World, place: Place, stage: str, person: str) -> None:
    found = []
    for who, seen, only in pages(world, place, stage, person):
        fields, own = expected.fields(*place, stage, who)
        if only:
            fields = {name: one for name, one in fields.items() if one.element in only}
        found += [f"{who}: {one}" for one in wrong(seen, fields)]
        found += [f"{who}: there is no {one}" for one in own - seen.inputs]
    assert found == []
