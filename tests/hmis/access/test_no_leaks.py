"""A user of one organization, an auditor and a user without a role ask every address of the site for what
another organization did not share; and nothing that identifies a person gets into the log."""

import itertools
import logging
import re
import sys
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client as Browser
from django.test import override_settings

from hearth.hmis.access.context import acting
from hearth.hmis.access.models import User
from hearth.hmis.audit.models import AccessLog
from hearth.hmis.exchange.exporting.perform import perform
from hearth.hmis.exchange.exporting.request import ExportRequest
from hearth.hmis.exchange.models import ExportRun, ImportRun
from hearth.hmis.hud.records import models_of_files
from hearth.hmis.organizations.models import Organization
from hearth.hmis.reports.models import ReportRun
from hearth.hmis.ui.record_list import KINDS
from hearth.standards import load
from tests import factories
from tests.hmis.config.test_urls import ROUTES
from tests.hmis.downloads import text_of

pytestmark = pytest.mark.usefixtures("place")

#: In every text of the other organization's records.
SECRET = "Unsharedword"
NAME, SSN, BIRTH = "Zebulonia", "123456789", date(1987, 6, 5)
HEADERS: list[dict[str, str]] = [
    {},
    {"HX-Request": "true"},
    {"HX-Request": "true", "HX-Target": "search-results"},
    {"X-Hearth-Background": "1", "HX-Request": "true"},
]
BODIES: list[dict[str, Any]] = [{}, {"q": NAME}, {"q": SECRET}, {"q": "6789"}]


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
        factories.make_project(own)
        project = factories.make_project(other)
        client = factories.make_client(
            first_name=NAME, last_name="Qwertz", ssn=SSN, dob=BIRTH, as_it_came={"SSN": SSN}
        )
        stay = factories.make_enrollment(client, project, household_id=SECRET)
        records = [stay, *(_child(file, stay) for file in _CHILDREN)]
        _children_of_assessment(stay, records)
        for record in records:  # so that there are old versions
            record.save()
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
    ids = {own.pk, other.pk, project.pk, client.pk, *(record.pk for record in records), 1}
    return {"own": own, "client": client, "ids": sorted(ids), "administrator": administrator}


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


def _asked(place: dict[str, Any]) -> set[str]:
    """Every address, with every id that there is."""
    found = set()
    for route in ROUTES:
        if route.startswith(("account/", "static")):
            continue
        texts = KINDS if "<str:kind>" in route else ["LSAPerson" if "<slug:file>" in route else "MN-500"]
        for text, pk in itertools.product(texts, place["ids"] if "<int:" in route else [0]):
            found.add("/" + re.sub(r"<int:\w+>", str(pk), re.sub(r"<(?:str|slug):\w+>", text, route)))
    return found


def _people(own: Organization) -> list[tuple[User, bool]]:
    """Who asks, and whether they may know who the clients are."""
    return [
        (factories.make_hmis_user(own), True),
        (factories.make_auditor(), False),
        (factories.make_user(), False),
    ]


def test_nothing_unshared_is_on_any_page(client: Browser, place: dict[str, Any]) -> None:
    asked = _asked(place)
    assert len(asked) > 40
    for person, knows_clients in _people(place["own"]):
        client.force_login(person)
        for address, headers in itertools.product(sorted(asked), HEADERS):
            answers = [client.get(address, headers=headers)]
            bodies = BODIES if address == "/clients/" else BODIES[:1]
            answers += [
                client.post(address, body, headers=headers, follow=address == "/clients/") for body in bodies
            ]
            for answer in answers:
                text = text_of(answer)
                assert answer.status_code < 500, address
                # What was typed into the search box stands in it again.
                assert SECRET not in text.replace(f'value="{SECRET}"', ""), f"{person} {address}"
                assert SSN not in text.replace("-", "") or address.endswith("/ssn/"), address
                if not knows_clients:
                    assert "Qwertz" not in text, address


def test_counts_of_a_project_are_of_what_one_may_see(client: Browser, place: dict[str, Any]) -> None:
    user, *_ = _people(place["own"])
    with acting(place["administrator"]):
        project = models_of_files()["Enrollment"].objects.get().project
    client.force_login(user[0])
    assert client.get(f"/projects/{project.pk}/").context["enrolled"].people == 0
    client.force_login(place["administrator"])
    assert client.get(f"/projects/{project.pk}/").context["enrolled"].people == 1


def test_an_export_holds_nothing_unshared(place: dict[str, Any], tmp_path: Path) -> None:
    user = factories.make_hmis_user(place["own"])
    request = ExportRequest(start=date(2020, 1, 1), end=date(2030, 1, 1), deleted=True)
    run = ExportRun.objects.create(created_by=user, parameters=request.as_json())
    assert perform(run, tmp_path / "export.zip").state == "finished"
    assert (tmp_path / "export.zip").stat().st_mode & 0o077 == 0
    with zipfile.ZipFile(tmp_path / "export.zip") as zipped:
        text = "".join(zipped.read(name).decode() for name in zipped.namelist())
    assert SECRET not in text
    assert NAME not in text
    assert SSN not in text


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
