"""Field rights: whoever has not got one finds the field on no page, in no export, list, search or history.

A planted person has a value in every protected field that stands nowhere else. With all rights each value is
found somewhere; without its right it is found nowhere. Roles of today have all of them: a role without one is
made for the test.
"""

import zipfile
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.db.models import Q
from django.test import Client as Visitor
from django.urls import reverse

from hearth.hmis.access import field_rights
from hearth.hmis.access.context import acting
from hearth.hmis.access.models import User
from hearth.hmis.access.permissions import Permission
from hearth.hmis.access.roles import ROLES, Auditor, HmisUser, SystemAdministrator
from hearth.hmis.clients.models import Client
from hearth.hmis.clients.search import question, rights
from hearth.hmis.enrollments.models import Disabilities, Enrollment, HealthAndDV, IncomeBenefits
from hearth.hmis.enrollments.record_facts import _TITLES
from tests import factories
from tests.hmis.exchange.exporting import read, run_export

pytestmark = pytest.mark.django_db(transaction=True)

RIGHTS = [one.permission for one in field_rights.field_rights()]
START = date(2026, 1, 5)

#: What betrays a field, by its right. Old values and such as came unreadable are betrayals, too.
PLANTED = {
    Permission.CLIENT_NAME_VIEW: ["Zorblatt", "Quixen", "Vantablack", "Formerly", "Esq.", "Unreadable-Name"],
    Permission.SSN_LAST_FOUR_VIEW: ["900457391", "900-45-7391", "7391", "4321"],
    Permission.DOB_VIEW: ["1973-03-17", "March 17, 1973", "age 52", "age 53", "1974-04-18", "April 18, 1974",
                          "March of 73"],
    Permission.HIV_VIEW: ["HIV/AIDS", "4711", "815", "Viral load", "T-cell", "ADAP", "8642"],
    Permission.DV_VIEW: ["Survivor of domestic violence", "Three to six months ago", "Currently fleeing"],
}  # fmt: skip

EVERY = [word for words in PLANTED.values() for word in words]


class World:
    """The planted person in a stay with a partner, each record changed once."""

    def __init__(self) -> None:
        self.agency = factories.make_organization()
        self.project = factories.make_project(self.agency)
        self.person = factories.make_client(
            first_name="Zorblatt", middle_name="Quixen", last_name="Formerly", name_suffix="Esq.",
            ssn="900454321", ssn_data_quality=1, dob=date(1974, 4, 18), user_id="U1",
            as_it_came={"DOB": "March of 73", "FirstName": "Unreadable-Name"},
        )  # fmt: skip
        self.stay = factories.make_enrollment(
            self.person, self.project, household_id="H1", entry_date=START, user_id="U1"
        )
        self.partner = factories.make_client(first_name="Pat", last_name="Partner")
        factories.make_enrollment(
            self.partner, self.project, household_id="H1", relationship_to_hoh=3, entry_date=START
        )
        stage = {"information_date": START, "data_collection_stage": 1}
        hiv = self.add(
            Disabilities, disability_type=8, disability_response=1, t_cell_count_available=1,
            t_cell_count=815, viral_load_available=1, viral_load=8642, **stage,
        )  # fmt: skip
        self.add(Disabilities, disability_type=5, disability_response=1, **stage)
        violence = self.add(
            HealthAndDV, domestic_violence_survivor=1, when_occurred=3, currently_fleeing=1,
            general_health_status=2, **stage,
        )  # fmt: skip
        income = self.add(IncomeBenefits, income_from_any_source=0, adap=0, **stage)
        self.person.last_name, self.person.dob = "Vantablack", date(1973, 3, 17)
        self.person.ssn = "900457391"
        hiv.viral_load, violence.when_occurred, income.adap = 4711, 2, 1
        for record in (self.person, hiv, violence, income):
            record.save()
        self.worker = factories.make_hmis_user(self.agency)

    def add(self, model: Any, **fields: Any) -> Any:
        return model.objects.create(**factories.record(enrollment=self.stay, user_id="U1", **fields))


@pytest.fixture
def world(administrator: User) -> World:
    with acting(administrator):
        return World()


@pytest.fixture
def without(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Takes rights from HMIS users."""

    def take(*permissions: Permission) -> None:
        factories.take_rights(monkeypatch, *permissions)

    return take


SEARCHES = ["zorblatt vantablack", "3/17/1973", "1973", "last four 7391", "900-45-7391", "partner"]


def surfaces(world: World, folder: Path) -> Iterator[tuple[str, str]]:
    """Everything that the worker can look at, by name."""
    visitor = Visitor()
    visitor.force_login(world.worker)
    pages = [
        *(reverse(f"clients:{name}", args=[world.person.pk]) for name in ("detail", "history")),
        reverse("clients:detail", args=[world.partner.pk]),
        *(reverse(f"enrollments:{name}", args=[world.stay.pk]) for name in ("detail", "history")),
        *(
            reverse("enrollments:history_of", args=[world.stay.pk, file])
            for file in ("Enrollment", "Exit", *_TITLES)
        ),
        reverse("clients:recent"),
        reverse("organizations:project", args=[world.project.pk]),
        "/",
    ]
    for address in pages:
        yield address, visitor.get(address).content.decode()
    for text in [*SEARCHES, str(world.person.pk)]:
        answer = visitor.post(reverse("clients:search"), {"q": text}, follow=True)
        # What was typed stands in the box.
        yield f"search {text}", answer.content.decode().replace(f'value="{text}"', "")
    yield "ssn", visitor.post(reverse("clients:ssn", args=[world.person.pk])).content.decode()
    user = User.objects.get(pk=world.worker.pk)
    for hashed in (False, True):
        place = folder / f"{hashed}.zip"
        run = run_export(user, place, hashed=hashed)
        assert run.state == "finished", run.message
        yield f"message of export, hashed {hashed}", run.message
        with zipfile.ZipFile(place) as zipped:
            for name in zipped.namelist():
                yield f"{name}, hashed {hashed}", zipped.read(name).decode()


def betrayed(world: World, folder: Path, words: list[str]) -> list[tuple[str, str]]:
    """Which of the words is found where."""
    return [
        (where, word)
        for where, text in surfaces(world, folder)
        for word in words
        if word in data(where, text)
    ]


def data(where: str, text: str) -> str:
    """A text without what says the same whatever is recorded: headings of files, lists of filters, help."""
    if where.endswith((".csv, hashed True", ".csv, hashed False")):
        return text.partition("\n")[2]
    if where.startswith("message of export"):
        return ""
    return text


def test_every_planted_value_is_found_with_all_rights(world: World, tmp_path: Path) -> None:
    found = {word for _, word in betrayed(world, tmp_path, EVERY)}
    not_told = {"age 52", "900-45-7391", "4321", "1974-04-18"}  # of another day, or never told whole or old
    for permission, words in PLANTED.items():
        assert found.intersection(words), permission
    assert set(EVERY) - found <= not_told


@pytest.mark.parametrize("permission", RIGHTS)
def test_without_its_right_a_value_is_found_nowhere(
    world: World, tmp_path: Path, without: Any, permission: Permission
) -> None:
    without(permission)
    assert betrayed(world, tmp_path, PLANTED[permission]) == []


def test_the_rest_stays_when_one_right_is_missing(world: World, tmp_path: Path, without: Any) -> None:
    without(Permission.HIV_VIEW)
    found = {word for _, word in betrayed(world, tmp_path, EVERY)}
    for permission, words in PLANTED.items():
        if permission != Permission.HIV_VIEW:
            assert found.intersection(words), permission


def test_what_is_not_shown_is_said_whatever_is_recorded(world: World, without: Any, administrator) -> None:
    without(*RIGHTS)
    with acting(administrator):
        empty = factories.make_client(first_name=None, last_name=None, dob=None, ssn=None)
    visitor = Visitor()
    visitor.force_login(world.worker)
    pages = [
        visitor.get(reverse("clients:detail", args=[pk])).content.decode()
        for pk in (world.person.pk, empty.pk)
    ]
    for text in pages:
        assert "Your role does not show: names; Social Security numbers; birth dates and ages; " in text
        assert text.count("Not shown to you") == 3
        assert "Name not recorded" not in text
    text = visitor.get(reverse("enrollments:detail", args=[world.stay.pk])).content.decode()
    assert "Your role does not show" in text and "Physical disability" in text


@pytest.mark.parametrize(
    ("permission", "asked", "unasked"),
    [
        (Permission.CLIENT_NAME_VIEW, "zorblatt", "name"),
        (Permission.DOB_VIEW, "3/17/1973", "birth date"),
        (Permission.SSN_LAST_FOUR_VIEW, "900-45-7391", "Social Security number"),
        (Permission.SSN_LAST_FOUR_VIEW, "ssn 7391", "Social Security number"),
    ],
)
def test_nobody_is_found_by_what_is_not_shown(
    world: World, without: Any, permission: Permission, asked: str, unasked: str
) -> None:
    visitor = Visitor()
    visitor.force_login(world.worker)
    address = reverse("clients:detail", args=[world.person.pk])
    assert address in visitor.post(reverse("clients:search"), {"q": asked}, follow=True).content.decode()
    without(permission)
    text = visitor.post(reverse("clients:search"), {"q": asked}, follow=True).content.decode()
    assert f"Your role does not search by {unasked}" in text
    assert f'{address}">Client {world.person.pk}' not in text
    by_id = visitor.post(reverse("clients:search"), {"q": str(world.person.pk)}, follow=True).content.decode()
    assert address in by_id


def test_of_a_whole_ssn_the_last_four_are_asked_where_those_alone_are_shown(
    world: World, without: Any
) -> None:
    asked = question.read("900-45-7391", START)
    assert rights.allowed(world.worker, asked) == (asked, [])
    without(Permission.SSN_REVEAL)
    kept, unasked = rights.allowed(User.objects.get(pk=world.worker.pk), asked)
    assert (kept.ssn, kept.last4) == ("", "7391") and unasked


def test_an_export_is_blank_with_huds_code_and_says_so(world: World, tmp_path: Path, without: Any) -> None:
    without(*RIGHTS)
    run = run_export(User.objects.get(pk=world.worker.pk), tmp_path / "export.zip")
    tables = read(tmp_path / "export.zip")
    for row in tables["Client"]:
        assert {
            row[name] for name in ("FirstName", "MiddleName", "LastName", "NameSuffix", "SSN", "DOB")
        } == {""}
        assert {row[f"{name}DataQuality"] for name in ("Name", "SSN", "DOB")} == {"99"}
    kinds = {row["DisabilityType"]: row for row in tables["Disabilities"]}
    assert kinds["8"]["DisabilityResponse"] == "99" and kinds["5"]["DisabilityResponse"] == "1"
    assert {kinds["8"][name] for name in ("TCellCount", "ViralLoad", "IndefiniteAndImpairs")} == {""}
    [violence] = tables["HealthAndDV"]
    assert (violence["DomesticViolenceSurvivor"], violence["WhenOccurred"]) == ("99", "")
    assert violence["GeneralHealthStatus"] == "2"
    assert "Client.DOB in 2 rows" in run.message and "HealthAndDV.WhenOccurred in 1 row" in run.message


def test_what_an_export_says_of_withheld_columns_does_not_depend_on_their_values(
    world: World, tmp_path: Path, without: Any, administrator: User
) -> None:
    without(*RIGHTS)
    user = User.objects.get(pk=world.worker.pk)
    said = run_export(user, tmp_path / "before.zip").message
    with acting(administrator):
        HealthAndDV.objects.update(domestic_violence_survivor=0, when_occurred=None, currently_fleeing=None)
        Client.objects.update(dob=None, name_suffix=None, ssn=None)
    assert run_export(user, tmp_path / "after.zip").message == said


def test_where_the_last_four_alone_are_shown_they_alone_go_out(
    world: World, tmp_path: Path, without: Any, administrator: User
) -> None:
    with acting(administrator):
        factories.make_enrollment(factories.make_client(ssn="1234" + "a" * 64), world.project)
        factories.make_enrollment(factories.make_client(ssn="000000000"), world.project)
    without(Permission.SSN_REVEAL)
    user = User.objects.get(pk=world.worker.pk)
    run = run_export(user, tmp_path / "export.zip")
    numbers = {row["SSN"]: row["SSNDataQuality"] for row in read(tmp_path / "export.zip")["Client"]}
    assert numbers.keys() == {"xxxxx7391", "xxxxx1234", ""} and numbers["xxxxx7391"] == "2"
    assert "last four" in run.message
    run_export(user, tmp_path / "hashed.zip", hashed=True)
    [hashed] = [
        row["SSN"] for row in read(tmp_path / "hashed.zip")["Client"] if row["SSN"].startswith("7391")
    ]
    from hearth.reporting.outputs.hashing import hash_ssn

    assert hashed == hash_ssn("xxxxx7391") != hash_ssn("900457391")


# ---------------------------------------------------------------------- the decision itself


def test_todays_roles_are_as_they_were() -> None:
    every = {*RIGHTS, Permission.SSN_REVEAL}
    assert every <= HmisUser.permissions and every <= SystemAdministrator.permissions
    assert not every & Auditor.permissions
    assert ROLES


@pytest.mark.parametrize("right", field_rights.field_rights(), ids=lambda right: right.permission)
def test_columns_come_from_the_registry_and_go_out_with_a_code(right: field_rights.FieldRight) -> None:
    assert right.columns and right.words
    others = [one.columns for one in field_rights.field_rights() if one != right]
    assert all(right.columns.isdisjoint(columns) for columns in others)
    assert set(right.instead.values()) == {field_rights.NOT_COLLECTED}


def test_the_columns_of_each_right() -> None:
    by = {
        one.permission: {hud.partition(".")[2] for hud in one.columns} for one in field_rights.field_rights()
    }
    assert by[Permission.CLIENT_NAME_VIEW] == {"FirstName", "MiddleName", "LastName", "NameSuffix"}
    assert by[Permission.SSN_LAST_FOUR_VIEW] == {"SSN"}
    assert by[Permission.DOB_VIEW] == {"DOB"}
    assert by[Permission.DV_VIEW] == {"DomesticViolenceSurvivor", "WhenOccurred", "CurrentlyFleeing"}
    assert by[Permission.HIV_VIEW] == {
        "ADAP", "NoADAPReason", "RyanWhiteMedDent", "NoRyanWhiteReason", "TCellCountAvailable", "TCellCount",
        "TCellSource", "ViralLoadAvailable", "ViralLoad", "ViralLoadSource", "AntiRetroviral",
    }  # fmt: skip


def test_a_row_about_hiv_is_withheld_and_another_disability_is_not(world: World, without: Any) -> None:
    without(Permission.HIV_VIEW)
    user = User.objects.get(pk=world.worker.pk)
    shown = field_rights.shown
    for column, value in (("DisabilityType", 8), ("DisabilityResponse", 1), ("ViralLoad", 4711)):
        about_hiv = Disabilities(disability_type=8)
        assert shown(user, f"Disabilities.{column}", value, about_hiv) is None
    assert shown(user, "Disabilities.DisabilityResponse", 1, Disabilities(disability_type=5)) == 1
    assert shown(user, "Disabilities.InformationDate", START, Disabilities(disability_type=8)) == START


@pytest.mark.parametrize(
    "read_by", ["all", "only", "iterator", "in_bulk", "get", "related", "first", "slice"]
)
def test_however_rows_are_read_the_values_are_not_there(world: World, without: Any, read_by: str) -> None:
    without(*RIGHTS)
    user = User.objects.get(pk=world.worker.pk)
    with acting(user):
        rows = Client.objects.restrict(user).filter(pk=world.person.pk)
        person = {
            "all": lambda: next(one for one in rows),
            "only": lambda: rows.only("hud_id").get(),
            "iterator": lambda: next(iter(rows.iterator())),
            "in_bulk": lambda: rows.in_bulk()[world.person.pk],
            "get": lambda: rows.get(),
            "related": lambda: (
                Enrollment.objects.restrict(user).select_related("client").get(pk=world.stay.pk).client
            ),
            "first": lambda: rows.order_by("-pk").first(),
            "slice": lambda: rows[0:1][0],
        }[read_by]()
        assert (person.first_name, person.dob, person.ssn, person.name_suffix) == (None, None, None, None)
        assert person.as_it_came == {}
        assert person.hud_id == world.person.hud_id
        with pytest.raises(field_rights.ValueWithheldError):
            person.save()
    with acting(user):
        assert Client.objects.get(pk=world.person.pk).last_name == "Vantablack"


def test_a_field_is_decided_by_the_grants_held_where_the_record_belongs(
    monkeypatch: Any, world: World
) -> None:
    """Whoever sees a field in one project does not see it thereby in another of theirs."""
    user, here, there = world.worker, world.project.pk, world.project.pk + 1
    rights = dict.fromkeys([*RIGHTS, Permission.SSN_REVEAL], (False, frozenset({here, there})))
    rights |= {Permission.ENROLLMENT_VIEW: (False, frozenset({here, there}))}
    rights |= {Permission.DV_VIEW: (False, frozenset({there}))}
    monkeypatch.setattr(User, "rights", property(lambda self: rights))
    column = "HealthAndDV.WhenOccurred"
    assert not field_rights.may_see(user, column, HealthAndDV(project_id=here))
    assert field_rights.may_see(user, column, HealthAndDV(project_id=there))
    # What others share with whoever sees the field somewhere.
    assert field_rights.may_see(user, column, HealthAndDV(project_id=there + 1))
    assert field_rights.all_missing(user) == {Permission.DV_VIEW}
    assert field_rights.places_without(user, Permission.DV_VIEW) == Q(project_id__any_of=frozenset({here}))
    assert field_rights.places_without(user, Permission.HIV_VIEW) is None
