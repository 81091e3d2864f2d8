"""Whoever types into the forms, and puts right what they say, leaves records that an import takes as right.

Random households of one to four people live through the forms' own code in each kind of project with a main
funding source: added, enrolled (some leave questions open), corrected, undone, updated, exited, reopened. All
of it is exported once. In the export
- nothing impossible is found: no finding of severity high or error,
- and nothing unlikely but that an answer is missing, where questions were left open on purpose,
and imported into an empty database it is the same rows, the deleted ones too. The LSA is the same from the
database and from its export.
"""

import zipfile
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from random import Random
from typing import Any

import pytest
from django.db import connections
from django.test import override_settings
from django.utils import timezone

from hearth.hmis.access.context import acting
from hearth.hmis.organizations.models import CEParticipation, Funder, HMISParticipation, Project, ProjectCoC
from hearth.hmis.reports.snapshot import refreshed
from hearth.reporting import engine
from hearth.reporting.making import How, make
from hearth.reporting.reports.lsa.parameters import LsaParameters, Scope
from hearth.reporting.runtime import registry
from hearth.reporting.sources import open_source, stage
from hearth.standards import load
from hearth.standards.load import MODEL_YEAR
from tests import factories
from tests.hmis.enrollments.lives.household import Life
from tests.hmis.enrollments.start.test_enroll import MAIN
from tests.hmis.exchange.exporting import read, run_export
from tests.hmis.exchange.importing import finished
from tests.sizes import LONG, seeds

pytestmark = pytest.mark.long

#: And the programs for youth, whose questions are theirs alone.
YOUTH = {"ES EE, RHY BCP": (0, 22), "TH, RHY MGH": (2, 23), "SO, RHY SOP": (4, 25)}
FURTHER = {
    "HP, RHY BCP": (12, 22), "RRH, CoC": (13, 3), "PSH, CoC": (3, 2), "RRH, YHDP": (13, 43),
    "TH, VA GPD": (2, 41), "RRH, SSVF": (13, 33), "HP, ESG": (12, 9), "RRH, HOPWA": (12, 17),
    "SSO, HOPWA": (6, 14), "PH, HOPWA": (10, 15), "SO, ESG": (4, 11), "SSO, PATH": (6, 21),
    "SH, VA": (8, 30), "PH, HUD-VASH": (9, 20),
}  # fmt: skip
PLACES = MAIN | YOUTH | (FURTHER if LONG else {})
VETERANS = load(MODEL_YEAR).list("2.06.1").groups["veterans"]
#: Files of projects, which no form of a stay writes.
SETUP = {
    "Export", "Organization", "Project", "Funder", "ProjectCoC", "Inventory", "HMISParticipation",
    "CEParticipation", "Affiliation",
}  # fmt: skip
#: Of what no form writes yet: further bed nights of a night-by-night shelter.
NOT_YET = {"exit_after_last_bed_night"}
EVERYTHING = {"start": date(2015, 1, 1), "end": date(2035, 12, 31), "deleted": True}


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding of an import, and in whose life it was made."""

    place: str
    severity: str
    check: str
    file: str
    column: str | None
    key: str


def make_place(name: str, kind: int, funder: int) -> Project:
    subtype = {"rrh_sub_type": 2} if kind == 13 else {}
    agency = factories.make_organization(victim_service_provider=0)  # else the LSA counts nobody
    made = factories.make_project(
        agency, project_name=name, project_type=kind, housing_type=1, hopwa_med_assisted_living_fac=2,
        target_population=4, **subtype,
    )  # fmt: skip
    Funder.objects.create(
        **factories.record(project=made, funder=funder, grant_id="G", start_date=date(2020, 1, 1))
    )
    ProjectCoC.objects.create(
        **factories.record(project=made, coc_code="MN-500", geocode="279053", geography_type=1, zip="55401")
    )
    HMISParticipation.objects.create(**factories.record(
        project=made, hmis_participation_type=1, hmis_participation_status_start_date=date(2020, 1, 1)
    ))  # fmt: skip
    if kind == 14:
        CEParticipation.objects.create(**factories.record(
            project=made, access_point=1, ce_participation_status_start_date=date(2020, 1, 1)
        ))  # fmt: skip
    return made


@pytest.fixture(scope="module")
def exported(database_of_module: None, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The export of all lives."""
    user = factories.make_administrator()
    for number, (name, (kind, funder)) in enumerate(PLACES.items()):
        with acting(user):
            place = make_place(name, kind, funder)
        for seed in seeds(1, 12):
            life = Life(
                user, place, Random(f"{name} {seed}"), open_of_ten=(number + seed) % 3 * 3,
                of_veterans=str(funder) in VETERANS,
            )  # fmt: skip
            try:
                life.live()
            except Exception as error:
                error.add_note(f"{name}, seed {seed}: {life.told}")
                raise
    target = tmp_path_factory.mktemp("lives") / "out.zip"
    run = run_export(user, target, **EVERYTHING)
    assert run.state == "finished", run.message
    return target


@pytest.fixture(scope="module")
def findings(exported: Path) -> list[Finding]:
    """What an import finds, but of the projects themselves."""
    listed = exported.with_name("findings.parquet")
    with open_source(exported, newest=MODEL_YEAR) as source, engine.connected() as connection:
        stage(source, connection, load(MODEL_YEAR), findings_path=listed)
        found = engine.rows(
            connection,
            'SELECT ProjectName, severity, "check", file, "column", key'
            f" FROM read_parquet({engine.text(listed)}) LEFT JOIN Project ON ProjectID = project",
        )
    made = [Finding(*one) for one in found]
    return [one for one in made if one.file not in SETUP]


def test_nothing_impossible(findings: list[Finding]) -> None:
    assert [one for one in findings if one.severity in ("high", "error")] == []


def test_nothing_unlikely_but_what_is_missing(findings: list[Finding]) -> None:
    checks = load(MODEL_YEAR).checks
    unlikely = [one for one in findings if one.severity == "warning" and one.check not in NOT_YET]
    assert [one for one in unlikely if not checks[one.check].says_missing] == []


@pytest.mark.parametrize("scope", [Scope.SYSTEMWIDE, Scope.HIC])
def test_the_lsa_of_the_database_is_that_of_its_export(exported: Path, tmp_path: Path, scope: Scope) -> None:
    """The same bytes in every file of the upload."""
    today = timezone.localdate()
    end = date(today.year if today.month > 9 else today.year - 1, 9, 30)
    start = date(end.year - 1, 10, 1)
    if scope is Scope.HIC:
        start = end = min(date(end.year + 1, 1, 28), today)
    made_at = datetime.combine(today, time(8, 30))
    asked = LsaParameters(coc="MN-500", start=start, end=end, scope=scope, made_at=made_at)
    with override_settings(MEDIA_ROOT=tmp_path / "files"):
        state = refreshed()
        found = [_upload(path, asked, tmp_path / name) for name, path in (("a", exported), ("b", state))]
    assert found[0] == found[1]
    assert len(found[0]) == 12
    if scope is Scope.SYSTEMWIDE:
        assert len(found[0]["LSAPerson.csv"].splitlines()) > 3


def _upload(source: Path, asked: LsaParameters, out: Path) -> dict[str, bytes]:
    made = make(registry.by_name("lsa"), source, asked, out, How("0", keep=True))
    with zipfile.ZipFile(made.zip) as archive:
        return {member: archive.read(member) for member in archive.namelist()}


def test_imported_into_an_empty_database_they_are_the_same_rows(exported: Path, test_database: Any) -> None:
    """Last, for the database is new afterwards."""
    connections.close_all()
    test_database.reset()
    user = factories.make_administrator()
    with override_settings(MEDIA_ROOT=exported.parent):
        finished(user, exported)
    again = exported.with_name("again.zip")
    run = run_export(user, again, **EVERYTHING)
    assert run.state == "finished", run.message
    before, after = read(exported), read(again)
    assert len(before["Enrollment"]) > len(PLACES)
    for file in before.keys() - {"Export"}:
        assert _rows(after[file]) == _rows(before[file]), file


def _rows(table: list[dict[str, str]]) -> list[dict[str, str]]:
    """In the order of their keys, without the export that they stand in."""
    rows = [{column: value for column, value in row.items() if column != "ExportID"} for row in table]
    return sorted(rows, key=lambda row: next(iter(row.values())))
