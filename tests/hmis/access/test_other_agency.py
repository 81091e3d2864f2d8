"""Another agency asks every address before and after somebody it may not know of is served: all answers are
the same to the byte, and so is the number of questions to the database."""

import csv
import difflib
import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext

from hearth.hmis.access.context import acting
from hearth.hmis.access.models import User
from hearth.hmis.access.roles import AgencyAdministrator
from hearth.hmis.access.scopes import OrganizationScope
from hearth.hmis.clients.models import Client
from hearth.hmis.coordinated_entry.models import Assessment
from hearth.hmis.enrollments.models import Enrollment
from hearth.hmis.enrollments.models.base import EnrollmentRecord
from hearth.hmis.organizations.models import Project
from tests import factories
from tests.hmis.addresses import addresses_of
from tests.hmis.config.test_urls import ROUTES
from tests.hmis.downloads import text_of
from tests.hmis.exports import exported
from tests.hmis.methods import Methods

pytestmark = pytest.mark.django_db

TYPED = ["Zebulonia", "zebulonia qwertz", "qwerts", "6/5/1987", "1987", "123-45-6789", "6789"]
#: Of these every answer has its own: tokens against forged forms and scripts, kept searches, times of day.
OWN = re.compile(
    r'csrfmiddlewaretoken" value="[^"]*"|nonce="[^"]*"|"X-CSRFToken": "[^"]*"|/clients/found/[\w-]+/'
    r'|%2Ffound%2F[\w-]+%2F|name="kept" value="[^"]*"|value="[\w-]{22}"|datetime="[^"]*"'
    r'|\d{1,2}:\d\d( [AP]M|:\d\d)?|data-session-seconds="\d+"'
)


def _records(stay: Enrollment) -> None:
    """One record of each kind, and an old version of all."""
    made = Assessment.objects.create(**factories.record(enrollment=stay))
    for model in apps.get_models():
        if issubclass(model, EnrollmentRecord) and model is not Assessment:
            more = {"assessment": made} if any(f.name == "assessment" for f in model._meta.fields) else {}
            model.objects.create(**factories.record(enrollment=stay, **more)).save()
    stay.save()


def _somebody(**fields: Any) -> Client:
    return factories.make_client(
        first_name="Zebulonia", last_name="Qwertz", ssn="123456789", dob=date(1987, 6, 5),
        **fields,
    )  # fmt: skip


def _restricted(shelter: Project, known: Enrollment, shared: bool) -> None:
    person = _somebody()
    _records(factories.make_enrollment(person, shelter, is_shared=shared))
    factories.restrict(person, organization=shelter.organization)


def restricted_and_shared(shelter: Project, known: Enrollment) -> None:
    """A client of a victim service provider's, who shares what is recorded."""
    _restricted(shelter, known, shared=True)


def restricted_and_not_shared(shelter: Project, known: Enrollment) -> None:
    _restricted(shelter, known, shared=False)


def restricted_with_a_known_household(shelter: Project, known: Enrollment) -> None:
    """In one household with somebody whom the other agency sees there."""
    person = _somebody()
    stay = factories.make_enrollment(
        person, known.project, is_shared=True, household_id=known.household_id, relationship_to_hoh=2
    )
    _records(stay)
    factories.restrict(person)


def known_person_served_there(shelter: Project, known: Enrollment) -> None:
    """Somebody whom the other agency knows is served by the provider, and does not share it."""
    _records(factories.make_enrollment(known.client, shelter))


CASES = [
    restricted_and_shared, restricted_and_not_shared, restricted_with_a_known_household,
    known_person_served_there,
]  # fmt: skip


@pytest.fixture
def place(administrator: User) -> dict[str, Any]:
    with acting(administrator):
        own = factories.make_organization()
        provider = factories.make_organization(victim_service_provider=1)
        shelter = factories.make_project(provider)
        mine = factories.make_enrollment(project=factories.make_project(own))
        # Seen by both: a stay that is shared, of a client whom both know.
        known = factories.make_enrollment(mine.client, factories.make_project(), is_shared=True)
        factories.make_client(first_name="Zebulon", last_name="Quartz", dob=date(1987, 6, 5))
    return {"own": own, "shelter": shelter, "known": known}


def addresses(ids: dict[str, list[int]]) -> list[str]:
    """Every address: of clients and enrollments with the ids of theirs, of others with one of each kind."""
    found = set()
    for route in ROUTES:
        if route.startswith(("account/", "static", "health", "metrics")) or "<slug:kept>" in route:
            continue
        found |= set(addresses_of(route, ids.get(route.partition("/")[0], ids[""])))
    return sorted(found)


#: In the text of a question: values and names of savepoints, which are not compared.
_VALUE = re.compile(r"""'(?:[^']|'')*'|"_django_curs_\w+"|\b\d+\b""")
#: Not of the page: what is written of the session once in a while, and savepoints around it.
_NOW_AND_THEN = (
    'SELECT "usersessions_usersession"', 'INSERT INTO "usersessions_usersession"',
    'UPDATE "usersessions_usersession"', 'UPDATE "django_session"', "SAVEPOINT", "RELEASE SAVEPOINT",
)  # fmt: skip


def _is_now_and_then(text: str) -> bool:
    return text.startswith(_NOW_AND_THEN) or ("django_session" in text and text.endswith("FOR UPDATE"))


@contextmanager
def told(found: dict[str, Any], what: str) -> Iterator[list[Any]]:
    """Keeps the answer that is put into the list, with the texts of the questions that were asked for it."""
    answer: list[Any] = []
    connection.queries_log.clear()  # it holds so many and no more
    with CaptureQueriesContext(connection) as queries:
        yield answer
    texts = [one["sql"] for one in queries.captured_queries]
    asked = [_VALUE.sub("?", one) for one in texts if not _is_now_and_then(one)]
    found[what] = answer[0].status_code, OWN.sub("…", text_of(answer[0])), asked


def answers(browser: Browser, asked: list[str], methods: Methods) -> dict[str, tuple[int, str, list[str]]]:
    """Of every address, read and sent an empty form to, and of searches and lists that are narrowed; a method
    that an address does not take is tried once."""
    found: dict[str, Any] = {}
    for address in asked:
        if methods.takes(address, "GET"):
            with told(found, address) as answer:
                answer.append(methods.learn(address, "GET", browser.get(address)))
        # To a person of the staff: would lock whoever has the number out.
        if methods.takes(address, "POST") and not address.startswith("/people/"):
            with told(found, f"POST {address}") as answer:
                answer.append(methods.learn(address, "POST", browser.post(address, {})))
    for typed in TYPED:
        with told(found, f"search {typed}") as answer:
            answer.append(browser.post("/clients/", {"q": typed}, follow=True))
    return found


def _differing(before: Any, after: Any) -> list[str]:
    """The lines and questions that differ, for whoever reads that the test failed."""
    pairs = (before[1].splitlines(), after[1].splitlines()), (before[2], after[2])
    lines = [line for one in pairs for line in difflib.unified_diff(*one, n=0, lineterm="")]
    return [line[:300] for line in lines][:8]


def rows_of(user: User, folder: Path) -> dict[str, Any]:
    """The files of an export, without what names the export itself."""
    files, run = exported(user, folder)
    own = ("ExportID", "ExportDate", "HashStatus")
    found: dict[str, Any] = {
        name: [{k: v for k, v in row.items() if k not in own} for row in csv.DictReader(io.StringIO(text))]
        for name, text in files.items()
    }
    return found | {"said": [run.message, run.parameters["left_out"]]}


def test_the_other_agency_cannot_tell(
    client: Browser, administrator: User, place: dict[str, Any], tmp_path: Path
) -> None:
    """Asked by the agency's administrator, who sees whatever its users see, before anybody is hidden and
    after each of `CASES`: every answer is the same, and so is every question to the database."""
    other = factories.make_user()
    factories.give_grant(other, AgencyAdministrator, OrganizationScope(place["own"].pk))
    staff = factories.make_hmis_user(place["shelter"].organization, display_name="Hidden Staff")
    known = place["known"]
    with acting(administrator):
        last = {
            model: model.objects.order_by("-pk").values_list("pk", flat=True)[0]
            for model in (Client, Enrollment)
        }
    # Ids that there are, and those that the hidden rows will have.
    ids = {
        "clients": [known.client_id, last[Client] + 1, last[Client] + 2],
        "enrollments": [known.pk, last[Enrollment] + 1, last[Enrollment] + 2],
        "": [place["shelter"].pk, known.project_id],
    }
    asked = addresses(ids)
    assert len(asked) > 100
    client.force_login(other)
    file_before = rows_of(other, tmp_path)  # first, because pages list it
    methods = Methods()
    answers(client, asked, methods)  # what was opened once is remembered from now on
    before = answers(client, asked, methods)
    for case in CASES:
        with acting(administrator):
            case(place["shelter"], known)
        with acting(staff):
            Client.objects.filter(first_name="Zebulonia").update(middle_name=case.__name__)
            # Of somebody whom both know, they leave their mark as the last writer.
            Client.objects.filter(pk=known.client_id).update(updated_by=staff, user_id="Hidden Staff")
        after = answers(client, asked, methods)
        assert after["/"][0] == 200  # still signed in
        assert list(after) == list(before)
        differing = [
            f"{case.__name__}, {what}: {before[what][0]}, {after[what][0]}\n"
            + "\n".join(_differing(before[what], after[what]))
            for what in before
            if after[what] != before[what] and not what.endswith("/account/")  # counts one's own looks
        ]
        if differing:
            pytest.fail("\n".join(differing), pytrace=False)
        assert "Hidden Staff" not in str(after)
    assert rows_of(other, tmp_path) == file_before
