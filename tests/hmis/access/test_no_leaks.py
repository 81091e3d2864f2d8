"""Users of each role in each kind of scope, and one without any, ask every address of the site for what
another organization did not share; and nothing that identifies a person gets into the log.

New addresses, roles and scopes come in by themselves."""

import itertools
import logging
import sys
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client as Browser
from django.test import override_settings

from hearth.hmis.access.context import acting
from hearth.hmis.access.models import User
from hearth.hmis.access.permissions import Permission
from hearth.hmis.access.roles import ROLES, Auditor, HmisUser
from hearth.hmis.access.scopes import (
    SCOPES,
    CocScope,
    FundingScope,
    OrganizationScope,
    ProjectGroupScope,
    ProjectScope,
    StateScope,
)
from hearth.hmis.audit.models import AccessLog
from hearth.hmis.exchange.exporting.perform import perform
from hearth.hmis.exchange.exporting.request import ExportRequest
from hearth.hmis.exchange.models import ExportRun, ImportRun
from hearth.hmis.hud.records import models_of_files
from hearth.hmis.organizations.models import Funder, ProjectCoC, ProjectGroup
from hearth.hmis.reports.models import ReportRun
from hearth.standards import load
from tests import factories
from tests.hmis.addresses import addresses_of
from tests.hmis.config.test_urls import ROUTES
from tests.hmis.downloads import text_of
from tests.hmis.methods import Methods

pytestmark = pytest.mark.usefixtures("place")

#: In every text of the other organization's records.
SECRET = "Unsharedword"
#: In the names of a confidential project, where somebody shares a stay, of who runs it and who wrote.
PLACE = "Refugeword"
NAME, SSN, BIRTH = "Zebulonia", "123456789", date(1987, 6, 5)
HEADERS: list[dict[str, str]] = [
    {},
    {"HX-Request": "true"},
    {"HX-Request": "true", "HX-Target": "search-results"},
    {"X-Hearth-Background": "1", "HX-Request": "true"},
]
BODIES: list[dict[str, Any]] = [{}, {"q": NAME}, {"q": SECRET}, {"q": "6789"}]


#: Routes with words that are 404 for everybody in this world, and why.
NOT_THERE = {
    "clients/found/<slug:kept>/": "a search is kept in the session of whoever made it",
    "clients/found/<slug:kept>/add/": "as above",
    "exchange/imports/<int:pk>/findings/<str:kind>/": "the findings planted here are no file of findings",
}


@pytest.fixture(scope="module")
def place(database_of_module: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """Two organizations; the client is known to both, her stays are of the second alone and not shared.

    Built once for the tests of this module. They send what a stranger or an administrator may send anywhere;
    nothing of it makes more visible.
    """
    with override_settings(MEDIA_ROOT=tmp_path_factory.mktemp("leaks") / "files"):
        yield _built(factories.make_administrator())


def _built(administrator: User) -> dict[str, Any]:
    with acting(administrator):
        own, other = factories.make_organization(), factories.make_organization()
        mine = factories.make_project(own)
        group = ProjectGroup.objects.create(name="Of the first agency")
        group.projects.add(mine)
        ProjectCoC.objects.create(project=mine, coc_code="MN-501", **factories.record())
        Funder.objects.create(project=mine, funder=2, grant_id="G1", **factories.record())
        project = factories.make_project(other)
        client = factories.make_client(
            first_name=NAME, last_name="Qwertz", ssn=SSN, dob=BIRTH, as_it_came={"SSN": SSN}
        )
        stay = factories.make_enrollment(client, project, household_id=SECRET)
        records = [stay, *(_child(file, stay) for file in _CHILDREN)]
        _children_of_assessment(stay, records)
        for record in records:  # so that there are old versions
            record.save()
        provider = factories.make_organization(
            organization_name=f"{PLACE} Agency", organization_common_name=PLACE, victim_service_provider=1
        )
        refuge = factories.make_project(provider, project_name=f"{PLACE} Rooms", project_common_name=PLACE)
        ProjectCoC.objects.create(project=refuge, coc_code="MN-500", city=PLACE, **factories.record())
        Funder.objects.create(project=refuge, funder=2, grant_id=PLACE, **factories.record())
        keeper = factories.make_hmis_user(provider, display_name=f"{PLACE} Keeper")
    with acting(keeper):
        shared = factories.make_enrollment(None, refuge, is_shared=True, updated_by=keeper, user_id=PLACE)
        shared.save()
    findings = Path(settings.MEDIA_ROOT) / "imports" / "1" / "findings.parquet"
    findings.parent.mkdir(parents=True)
    findings.write_text(SECRET)
    done = {"state": "finished", "file_name": f"{SECRET}.zip", "message": SECRET}
    ImportRun.objects.create(
        created_by=administrator, findings_file="imports/1/findings.parquet", **done,
        findings_summary=[{"check": SECRET, "severity": "error", "file": "", "column": "", "count": 1}],
    )  # fmt: skip
    (Path(settings.MEDIA_ROOT) / "exports").mkdir()
    (Path(settings.MEDIA_ROOT) / "exports" / "1.zip").write_text(SECRET)
    ExportRun.objects.create(created_by=administrator, file="exports/1.zip", **done)
    reports = Path(settings.MEDIA_ROOT) / "reports" / "1"
    reports.mkdir(parents=True)
    for name in ("LSAPerson.csv", "run.json", "lsa.zip"):
        (reports / name).write_text(SECRET)
    ReportRun.objects.create(
        created_by=administrator, report="lsa_systemwide", file="reports/1", year=2026,
        state="finished", file_name="lsa.zip", message=SECRET, result={"made_at": SECRET},
        parameters={"coc": SECRET, "start": SECRET, "end": SECRET, "projects": []},
    )  # fmt: skip
    ids = {
        own.pk,
        other.pk,
        project.pk,
        client.pk,
        provider.pk,
        refuge.pk,
        shared.pk,
        shared.client_id,
        *(record.pk for record in records),
        1,
    }
    where = [
        OrganizationScope(own.pk), ProjectScope(mine.pk), ProjectGroupScope(group.pk), CocScope("MN-501"),
        FundingScope(2, "G1"), StateScope(),
    ]  # fmt: skip
    return {
        "own": own, "client": client, "ids": sorted(ids), "administrator": administrator,
        "stays": [stay.pk], "days": [stay.entry_date],
        "where": {scope.code: scope for scope in where},
    }  # fmt: skip


_CHILDREN = [
    "Exit", "IncomeBenefits", "HealthAndDV", "EmploymentEducation", "Disabilities", "Services",
    "CurrentLivingSituation", "YouthEducationStatus", "Assessment", "Event",
]  # fmt: skip


def _texts(model: Any) -> dict[str, str]:
    """SECRET in every column of text that takes it."""
    found = {}
    for field in model._meta.local_concrete_fields:
        hud = getattr(field, "hud", "")
        column = load(2026).column(hud) if hud and "." in hud else None
        if column is None or column.type != "S" or column.list or column.pattern:
            continue
        if (column.max_length or 99) >= len(SECRET):
            found[field.name] = SECRET
    return found


def _child(file: str, stay: Any, **fields: Any) -> Any:
    model: Any = models_of_files()[file]
    values = _texts(model) | {"enrollment": stay, "as_it_came": {"X": SECRET}} | fields
    return model.objects.create(**factories.record(**values))


def _children_of_assessment(stay: Any, records: list[Any]) -> None:
    assessment = next(one for one in records if type(one).__name__ == "Assessment")
    for file in ("AssessmentQuestions", "AssessmentResults"):
        records.append(_child(file, stay, assessment=assessment))


def _by_route(place: dict[str, Any]) -> dict[str, set[str]]:
    """Every address, with every id that there is, by its route."""
    return {
        route: set(addresses_of(route, place["ids"], stays=place["stays"], days=place["days"]))
        for route in ROUTES
        if not route.startswith(("account/", "static"))
    }


def _asked(place: dict[str, Any]) -> set[str]:
    return set().union(*_by_route(place).values())


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks, what they may know, and whether they ask each address in each way or in one of them."""

    user: User
    words: str
    knows_clients: bool = False
    knows_projects: bool = False
    exports: bool = False
    asks_all_ways: bool = False


def _askers(place: dict[str, Any]) -> Iterator[Asker]:
    """A user of each role in each kind of scope, in what the first organization has of it; whoever sees
    everything is left out."""
    assert set(place["where"]) == set(SCOPES)
    for role in ROLES.values():
        for kind in role.scopes:
            if kind is StateScope and Permission.ENROLLMENT_VIEW in role.permissions:
                continue
            user = factories.make_user()
            factories.give_grant(user, role, place["where"][kind.code])
            yield Asker(
                user,
                f"{role.name} of {kind.name.lower()}",
                knows_clients=Permission.CLIENT_VIEW in role.permissions,
                knows_projects=kind is StateScope and Permission.PROJECT_VIEW in role.permissions,
                exports=Permission.DATA_EXPORT in role.permissions,
                asks_all_ways=(role, kind) in ((HmisUser, OrganizationScope), (Auditor, StateScope)),
            )
    yield Asker(factories.make_user(), "nobody in particular", asks_all_ways=True)


def _answers(client: Browser, address: str, headers: dict[str, str], methods: Methods) -> Iterator[Any]:
    """Read, and sent to; not in a way that the address has not taken from anybody."""
    if methods.takes(address, "GET"):
        yield methods.learn(address, "GET", client.get(address, headers=headers))
    for body in BODIES if address == "/clients/" else BODIES[:1]:
        if methods.takes(address, "POST"):
            answer = client.post(address, body, headers=headers, follow=address == "/clients/")
            yield methods.learn(address, "POST", answer)


def test_nothing_unshared_is_on_any_page(client: Browser, place: dict[str, Any]) -> None:
    asked, methods = sorted(_asked(place)), Methods()
    assert len(asked) > 40
    for asker in _askers(place):
        client.force_login(asker.user)
        every = list(itertools.product(asked, HEADERS))
        one_each = list(zip(asked, itertools.cycle(HEADERS)))  # as many as there are addresses
        shown = 0
        for address, headers in every if asker.asks_all_ways else one_each:
            for answer in _answers(client, address, headers, methods):
                text = text_of(answer)
                told = f"{asker.words}: {address}"
                assert answer.status_code < 500, told
                # What was typed into the search box stands in it again.
                assert SECRET not in text.replace(f'value="{SECRET}"', ""), told
                assert SSN not in text.replace("-", "") or address.endswith("/ssn/"), told
                if not asker.knows_clients:
                    assert "Qwertz" not in text, told
                assert asker.knows_projects or PLACE not in text, told
                shown += answer.status_code == 200
        assert shown > 10, f"{asker.words} was shown next to nothing"


def test_what_is_looked_for_is_there_to_be_found(client: Browser, place: dict[str, Any]) -> None:
    """An administrator is shown it on many pages, with the same questions."""
    client.raise_request_exception = False  # the planted run says nothing of what it was asked for
    client.force_login(place["administrator"])
    answers = {address: client.get(address) for address in sorted(_asked(place))}
    texts = {address: text_of(answer) for address, answer in answers.items()}
    assert sum(SECRET in text for text in texts.values()) > 10
    assert sum(PLACE in text for text in texts.values()) > 10
    unseen = {
        route
        for route, addresses in _by_route(place).items()
        if "<s" in route and {answers[one].status_code for one in addresses} <= {404}
    }
    assert unseen == set(NOT_THERE)


def test_counts_of_a_project_are_of_what_one_may_see(client: Browser, place: dict[str, Any]) -> None:
    with acting(place["administrator"]):
        project = models_of_files()["Enrollment"].objects.get(household_id=SECRET).project
    client.force_login(factories.make_hmis_user(place["own"]))
    assert client.get(f"/projects/{project.pk}/").context["enrolled"].people == 0
    client.force_login(place["administrator"])
    assert client.get(f"/projects/{project.pk}/").context["enrolled"].people == 1


def test_an_export_holds_nothing_unshared(place: dict[str, Any], tmp_path: Path) -> None:
    request = ExportRequest(start=date(2020, 1, 1), end=date(2030, 1, 1), deleted=True)
    askers = [asker for asker in _askers(place) if asker.exports]
    assert len(askers) > 3
    for number, asker in enumerate(askers):
        run = ExportRun.objects.create(created_by=asker.user, parameters=request.as_json())
        file = tmp_path / f"export{number}.zip"
        assert perform(run, file).state == "finished"
        assert file.stat().st_mode & 0o077 == 0
        with zipfile.ZipFile(file) as zipped:
            text = "".join(zipped.read(name).decode() for name in zipped.namelist())
        for hidden in (SECRET, NAME, SSN, PLACE):
            assert hidden not in text, asker.words


@contextmanager
def log_on_standard_error() -> Iterator[None]:
    """A command that another test called may have left the log in a stream of its own, closed by now."""
    handlers = [one for one in logging.getLogger().handlers if type(one) is logging.StreamHandler]
    before = [one.stream for one in handlers]
    for handler in handlers:
        handler.stream = sys.stderr  # `setStream` would write to the closed one
    try:
        yield
    finally:
        for handler, stream in zip(handlers, before, strict=True):
            handler.stream = stream


def test_nobody_and_nothing_is_in_the_log(
    client: Browser, place: dict[str, Any], capfd: pytest.CaptureFixture[str]
) -> None:
    client.raise_request_exception = False
    client.force_login(place["administrator"])
    texts = [NAME, "Qwertz", SSN, "123-45-6789", BIRTH.isoformat(), SECRET]
    with log_on_standard_error():
        for address in sorted(_asked(place)):
            client.get(address)
            client.get(f"{address}?q={NAME}&page={SSN}", headers={"Referer": f"http://testserver/{NAME}"})
            client.post(address, {"q": f"{NAME} Qwertz {SSN}", "name": SECRET, "start": BIRTH.isoformat()})
        for word in texts:
            client.get(f"/{word}/")
            client.get(f"/regions/{word}/")
            client.get(f"/help/{word}/")
            client.get(f"/exchange/imports/1/findings/{word}/")
    said = "".join(capfd.readouterr())
    assert "hearth.request" in said
    assert [word for word in texts if word in said] == []
    with acting(place["administrator"]):
        log = str(list(AccessLog.objects.values_list("action", "subject", "details")))
    assert "searched" in log
    assert [word for word in texts if word in log] == []
