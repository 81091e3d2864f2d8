"""Local answers go out in a zip of their own with an export's rights, and come in again as the same rows."""

import csv
import io
import zipfile
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.test import Client as Browser
from django.urls import reverse

from hearth.hmis.access.context import acting
from hearth.hmis.access.models import User
from hearth.hmis.enrollments.models import Enrollment
from hearth.hmis.exchange.exporting.local_answers import path_beside
from hearth.hmis.local.importing import ImportRefused, import_answers
from hearth.hmis.local.models import HouseholdFunding, LocalAnswer
from tests import factories
from tests.hmis.exports import PERIOD, exported

pytestmark = pytest.mark.django_db

DAY = date(2026, 3, 2)
ANSWERS: dict[str, dict[str, Any]] = {
    "CountyOfStay": {"element": "MN-U01", "value_code": "27053"},
    "LastPermanentCity": {"element": "MN-U05", "value_text": '=1+1, Sleepy "Eye"\nMN'},
    "MonthlyRent": {"element": "MN-L03", "value_number": Decimal("900.50")},
    "UnitMoveIn": {"element": "MN-L04", "value_date": date(2026, 3, 3)},
}


class World:
    """A stay with an answer of each type and money, and a user of another organization."""

    def __init__(self, administrator: User) -> None:
        with acting(administrator):
            self.administrator, self.organization = administrator, factories.make_organization()
            self.worker = factories.make_hmis_user(self.organization)
            self.stay = factories.make_enrollment(
                project=factories.make_project(self.organization), entry_date=DAY
            )
            for name, values in ANSWERS.items():
                LocalAnswer.objects.create(
                    **factories.record(
                        enrollment=self.stay, field=name, stage="start", information_date=DAY, **values
                    )
                )
            HouseholdFunding.objects.create(
                **factories.record(
                    enrollment=self.stay, program="FHPAP", begins_on=DAY, ends_on=date(2026, 5, 1)
                )
            )
            self.stranger = factories.make_hmis_user(factories.make_organization())


@pytest.fixture
def world(administrator: User) -> World:
    return World(administrator)


def beside(folder: Path, run: Any) -> dict[str, list[dict[str, str]]]:
    path = path_beside(folder / f"{run.pk}.zip")
    if not path.exists():
        return {}
    assert path.stat().st_mode & 0o077 == 0
    with zipfile.ZipFile(path) as zipped:
        return {
            name: list(csv.DictReader(io.StringIO(zipped.read(name).decode(), newline="")))
            for name in zipped.namelist()
        }


def state() -> set[tuple[Any, ...]]:
    names = ("hud_id", "date_created", "date_updated", "date_deleted", "enrollment", "is_shared", "project")
    of_answers = (*names, "element", "element_version", "field", "stage", "information_date", "value_text",
                  "value_number", "value_date", "value_code")  # fmt: skip
    of_money = (*names, "program", "begins_on", "ends_on")
    return {*LocalAnswer.objects.values_list(*of_answers), *HouseholdFunding.objects.values_list(*of_money)}


def test_out_and_in_again_they_are_the_same_rows(world: World, tmp_path: Path) -> None:
    hud, run = exported(world.administrator, tmp_path)
    assert not any("Local" in name or "Sleepy" in text for name, text in hud.items())
    files = beside(tmp_path, run)
    assert set(files) == {"LocalAnswers.csv", "HouseholdFunding.csv", "LocalElements.csv"}
    assert {row["Field"]: row["Value"] for row in files["LocalAnswers.csv"]} == {
        "CountyOfStay": "27053", "LastPermanentCity": '=1+1, Sleepy "Eye"\nMN', "MonthlyRent": "900.50",
        "UnitMoveIn": "2026-03-03",
    }  # fmt: skip
    assert "5 rows of local answers are in a second zip" in run.message
    assert any(row["Field"] == "CountyOfStay" and "27053 = Hennepin" in row["Codes"]
               for row in files["LocalElements.csv"])  # fmt: skip
    enrollments = {row["EnrollmentID"] for row in csv.DictReader(io.StringIO(hud["Enrollment.csv"]))}
    assert {row["EnrollmentID"] for row in files["LocalAnswers.csv"]} <= enrollments
    path = path_beside(tmp_path / f"{run.pk}.zip")
    with acting(world.administrator):
        before = state()
        LocalAnswer.objects.all().delete()
        HouseholdFunding.objects.all().delete()
        about: dict[str, Any] = {"by": world.administrator, "source": world.stay.data_source, "path": path}
        taken = import_answers(**about)
        assert (sum(taken.added.values()), sum(taken.left_out.values())) == (5, 0)
        assert state() == before
        again = import_answers(**about)
        assert (sum(again.added.values()), sum(again.changed.values())) == (0, 0)
        assert sum(again.unchanged.values()) == 5
        assert state() == before


def test_only_what_the_asker_sees_and_the_period_holds(world: World, tmp_path: Path) -> None:
    _, run = exported(world.stranger, tmp_path)
    assert beside(tmp_path, run) == {}
    with acting(world.administrator):
        Enrollment.objects.filter(pk=world.stay.pk).update(is_shared=True)
    _, run = exported(world.stranger, tmp_path)
    assert len(beside(tmp_path, run)["LocalAnswers.csv"]) == 4
    with acting(world.administrator):
        LocalAnswer.objects.filter(field="CountyOfStay").update(information_date=date(2026, 6, 1))
        LocalAnswer.objects.filter(field="MonthlyRent").update(date_deleted="2026-05-01T00:00:00")
    _, run = exported(world.worker, tmp_path, replace(PERIOD, end=date(2026, 4, 1), deleted=False))
    rows = beside(tmp_path, run)["LocalAnswers.csv"]
    assert {row["Field"] for row in rows} == {"LastPermanentCity", "UnitMoveIn"}


def test_words_are_left_out_where_names_are_hashed(world: World, tmp_path: Path) -> None:
    _, run = exported(world.worker, tmp_path, replace(PERIOD, hashed=True))
    assert {row["Field"] for row in beside(tmp_path, run)["LocalAnswers.csv"]} == set(ANSWERS) - {
        "LastPermanentCity"
    }
    assert "1 local answer in words were left out" in run.message


def test_what_cannot_be_is_left_out_counted_and_said(world: World, tmp_path: Path) -> None:
    _, run = exported(world.administrator, tmp_path)
    files = beside(tmp_path, run)
    good = files["LocalAnswers.csv"][0]
    wrong = [
        {"Element": "MN-Z99"}, {"ElementVersion": "7"}, {"ElementVersion": "²"}, {"Field": "Nothing"},
        {"Value": "99999"}, {"EnrollmentID": "gone"}, {"Stage": "never"}, {"InformationDate": "soon"},
        {"Element": "MN-L03", "Field": "MonthlyRent", "Value": "NaN"},
        {"Element": "MN-L03", "Field": "MonthlyRent", "Value": "-5"},
        {"Element": "MN-L04", "Field": "UnitMoveIn", "Value": "March"},
        {"Element": "MN-U05", "Field": "LastPermanentCity", "Value": "x" * 10_000},
    ]  # fmt: skip
    rows = [good | {"LocalAnswerID": f"W{number}"} | one for number, one in enumerate(wrong)]
    money = [files["HouseholdFunding.csv"][0] | {"HouseholdFundingID": "W", "Program": "NOBODY"}]
    path = tmp_path / "wrong.zip"
    with zipfile.ZipFile(path, "w") as zipped:
        for name, listed in (("LocalAnswers.csv", rows), ("HouseholdFunding.csv", money)):
            text = io.StringIO(newline="")
            writer = csv.DictWriter(text, listed[0])
            writer.writeheader()
            writer.writerows(listed)
            zipped.writestr(name, text.getvalue())
    with acting(world.administrator):
        before = state()
        taken = import_answers(by=world.administrator, source=world.stay.data_source, path=path)
        assert state() == before
    assert sum(taken.left_out.values()) == len(wrong) + 1
    assert taken.left_out["unknown element or version"] == 3
    assert taken.left_out["value of another type"] == 4


@pytest.mark.parametrize("content", [b"", b"no zip", None])
def test_a_file_that_is_none_is_refused(world: World, tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "x.zip"
    if content is None:
        with zipfile.ZipFile(path, "w") as zipped:
            zipped.writestr("LocalAnswers.csv", "a,b\n1,2\n")
    else:
        path.write_bytes(content)
    with acting(world.administrator), pytest.raises(ImportRefused):
        import_answers(by=world.administrator, source=world.stay.data_source, path=path)


def test_the_page_gives_it_to_who_may_open_the_export(
    world: World, client: Browser, tmp_path: Path, settings: Any
) -> None:
    settings.MEDIA_ROOT = str(tmp_path)
    _, run = exported(world.worker, tmp_path)
    run.file, run.file_name = f"{run.pk}.zip", "mine.zip"
    run.save()
    address = reverse("exchange:export_download_local", args=[run.pk])
    client.force_login(world.worker)
    assert "Download local answers" in client.get(reverse("exchange:export", args=[run.pk])).content.decode()
    answer = client.get(address)
    assert answer.status_code == 200 and "mine.local.zip" in answer["Content-Disposition"]
    client.force_login(world.stranger)
    assert client.get(address).status_code == 404
