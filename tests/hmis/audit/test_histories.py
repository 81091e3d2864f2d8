"""The page of a record's history: who, when, from where, before → after; and only what one may see."""

from datetime import date, datetime
from typing import Any

import pytest
from django.db import models
from django.test import Client as Visitor
from django.urls import reverse

from hearth.hmis.access.context import acting
from hearth.hmis.access.models import User
from hearth.hmis.audit import changes
from hearth.hmis.audit.models import AccessLog
from hearth.hmis.enrollments.models import Services
from hearth.hmis.hud.records import models_of_files
from hearth.hmis.organizations.models import Affiliation, ProjectCoC
from tests import factories
from tests.hmis.organizations.making import make_full_project

pytestmark = pytest.mark.django_db
LATER = datetime(2026, 6, 1, 8, 0)


class World:
    """A project of an agency with somebody in it, and a user of that agency."""

    def __init__(self) -> None:
        self.here = factories.make_source(is_hearth=True, name="Hearth of the test")
        self.agency = factories.make_organization(organization_name="Agency Alder")
        self.project = make_full_project(self.agency, project_name="Alder Shelter")
        self.person = factories.make_client(data_source=self.here)
        self.stay = factories.make_enrollment(
            self.person, self.project, data_source=self.here, living_situation=116
        )
        self.worker = factories.make_hmis_user(self.agency, display_name="Wanda Worker")
        self.outsider = factories.make_hmis_user(factories.make_organization())

    def add(self, model: Any, **fields: Any) -> Any:
        fields = {"enrollment": self.stay, "data_source": self.here} | fields
        return model.objects.create(**factories.record(**fields))


@pytest.fixture
def world(administrator: User) -> World:
    with acting(administrator):
        return World()


def change(record: models.Model, by: User | None, **fields: Any) -> None:
    with acting(by):
        type(record).objects.filter(pk=record.pk).update(**fields)


def told(client: Visitor, user: User, name: str, *args: Any, query: str = "") -> list[changes.Change]:
    return page(client, user, name, *args, query=query).context["history"].changes


def page(client: Visitor, user: User, name: str, *args: Any, query: str = "") -> Any:
    client.force_login(user)
    answer = client.get(reverse(name, args=args) + query)
    assert answer.status_code == 200
    return answer


def steps(change: changes.Change) -> list[tuple[str, str, str]]:
    return [(step.label, step.before, step.after) for step in change.steps]


def test_a_change_says_who_when_from_where_and_what_in_words(client, world: World) -> None:
    change(world.stay, world.worker, living_situation=435, entry_date=date(2026, 1, 7))
    answer = page(client, world.worker, "enrollments:history", world.stay.pk)
    changed, first = answer.context["history"].changes
    assert (changed.by, changed.what, changed.came_from.words) == (
        "Wanda Worker",
        "changed",
        "entered in Hearth",
    )
    assert first.what == "recorded"
    assert steps(changed) == [
        ("Project start date", "January 5, 2026", "January 7, 2026"),
        (
            "Prior living situation",
            "Place not meant for habitation (e.g., a vehicle, an abandoned building, bus/train/subway"
            " station/airport or anywhere outside)",
            "Rental by client, with ongoing housing subsidy",
        ),
    ]
    text = answer.content.decode()
    assert "Wanda Worker" in text and "Rental by client" in text


def test_deleted_and_restored_are_marked(client, world: World, administrator: User) -> None:
    change(world.stay, administrator, date_deleted=LATER)
    change(world.stay, administrator, date_deleted=None)
    told_ = told(client, administrator, "enrollments:history", world.stay.pk)
    assert [one.what for one in told_] == ["restored", "deleted", "recorded"]
    assert steps(told_[1]) == [("Deleted", "", "June 1, 2026, 8:00 AM")]
    text = page(client, administrator, "enrollments:history", world.stay.pk).content.decode()
    assert "Restored" in text


def test_nobody_signed_in_is_a_command(client, world: World, administrator: User) -> None:
    change(world.project, None, pit_count=7)
    changed = told(client, administrator, "organizations:project_history", world.project.pk)[0]
    assert (changed.by, changed.came_from.words) == ("", "a command on the server")


def test_what_came_and_could_not_be_stored_is_told(client, world: World) -> None:
    change(world.stay, world.worker, date_of_engagement=None, as_it_came={"DateOfEngagement": "soon"})
    changed = told(client, world.worker, "enrollments:history", world.stay.pk)[0]
    assert steps(changed) == [("Date of engagement", "", "came as “soon”")]


def test_references_and_sharing_are_told_in_words(client, world: World, administrator: User) -> None:
    with acting(administrator):
        other = factories.make_project(world.agency, project_name="Birch Housing")
    change(world.stay, administrator, project=other, is_shared=True)
    changed = told(client, administrator, "enrollments:history", world.stay.pk)[0]
    assert steps(changed) == [
        ("Project", "Alder Shelter", "Birch Housing"),
        ("Visible to", "this organization only", "every HMIS user"),
    ]


def test_what_repeats_the_enrollment_is_told_of_it_alone(client, world: World, administrator: User) -> None:
    with acting(administrator):
        world.add(Services, record_type=141, date_provided=date(2026, 2, 1))
    change(world.stay, administrator, is_shared=True)
    found = told(client, administrator, "enrollments:history", world.stay.pk)
    assert [one.kind.file for one in found if one.what == "changed"] == ["Enrollment"]


OF_ENROLLMENT = [
    file
    for file, model in models_of_files().items()
    if any(field.name == "enrollment" for field in model._meta.local_concrete_fields)
]


@pytest.mark.parametrize("file", OF_ENROLLMENT)
def test_every_record_of_an_enrollment_has_a_history(client, world: World, administrator, file: str) -> None:
    with acting(administrator):
        more = {}
        if "assessment" in {field.name for field in models_of_files()[file]._meta.fields}:
            more["assessment"] = world.add(models_of_files()["Assessment"])
        record = world.add(models_of_files()[file], **more)
    change(record, world.worker, date_deleted=LATER)
    for name, args in (("enrollments:history", ()), ("enrollments:history_of", (file,))):
        found = told(client, administrator, name, world.stay.pk, *args)
        assert "deleted" in {one.what for one in found if one.kind.file == file}
    assert (
        f'href="{reverse("enrollments:history", args=[world.stay.pk])}"'
        in page(client, world.worker, "enrollments:detail", world.stay.pk).content.decode()
    )


@pytest.mark.parametrize(
    "file", ["Funder", "ProjectCoC", "Inventory", "HMISParticipation", "CEParticipation"]
)
def test_what_hangs_on_a_project_has_a_history(client, world: World, administrator: User, file: str) -> None:
    record = models_of_files()[file].objects.filter(project=world.project).first()
    change(record, administrator, date_deleted=LATER)
    for name, args in (("organizations:project_history", ()), ("organizations:project_history_of", (file,))):
        found = told(client, world.worker, name, world.project.pk, *args)
        assert "deleted" in [one.what for one in found if one.kind.file == file]


def test_an_affiliation_is_told_of_both_projects(client, world: World, administrator: User) -> None:
    with acting(administrator):
        other = factories.make_project(world.agency)
        between = Affiliation.objects.create(project=world.project, res_project=other, **factories.record())
    change(between, administrator, date_deleted=LATER)
    for project in (world.project, other):
        found = told(client, world.worker, "organizations:project_history", project.pk)
        assert [one.kind.file for one in found if one.what == "deleted"] == ["Affiliation"]


def test_organizations_and_projects_tell_their_changes(client, world: World, administrator: User) -> None:
    change(world.agency, administrator, organization_name="Agency Ash", victim_service_provider=0)
    change(world.project, administrator, project_type=1)
    found = told(client, world.worker, "organizations:organization_history", world.agency.pk)
    assert ("Organization name", "Agency Alder", "Agency Ash") in steps(found[0])
    found = told(client, world.worker, "organizations:project_history", world.project.pk)
    assert steps(found[0])[0][0] == "Project type"
    for name, record in (("organization", world.agency), ("project", world.project)):
        text = page(client, world.worker, f"organizations:{name}", record.pk).content.decode()
        assert reverse(f"organizations:{name}_history", args=[record.pk]) in text


SECRETS = ["12 Invented Lane", "Inventon", "55999", "279053", "9 Hidden Road"]


@pytest.mark.parametrize("is_provider", [True, False])
def test_an_old_address_of_a_confidential_project_is_told_to_its_own_users_alone(
    client, world: World, administrator: User, is_provider: bool
) -> None:
    place = ProjectCoC.objects.get(project=world.project)
    came = {"ZIP": "9 Hidden Road"}
    change(place, administrator, address1="elsewhere", city="", zip="", geocode="270000", as_it_came=came)
    if is_provider:
        change(world.agency, administrator, victim_service_provider=1)
    else:
        change(world.project, administrator, target_population=1)
    for file in ([], ["ProjectCoC"]):
        name = "organizations:project_history" + ("_of" if file else "")
        strangers = [administrator, factories.make_auditor()]
        if is_provider:  # what it is called is confidential, too: it has no page for others
            client.force_login(world.outsider)
            assert client.get(reverse(name, args=[world.project.pk, *file])).status_code == 404
        else:
            strangers.append(world.outsider)
        for user in strangers:
            text = page(client, user, name, world.project.pk, *file).content.decode()
            assert not [secret for secret in SECRETS if secret in text], user
            assert "The address is confidential" in text
        text = page(client, world.worker, name, world.project.pk, *file).content.decode()
        assert all(secret in text for secret in SECRETS)


def test_whoever_does_not_see_the_record_has_no_history_of_it(client, world: World, administrator) -> None:
    change(world.stay, administrator, living_situation=435)
    name, file = "enrollments:history", "Enrollment"
    for address in (
        reverse(name, args=[world.stay.pk]), reverse("enrollments:history_of", args=[world.stay.pk, file]),
    ):  # fmt: skip
        client.force_login(world.outsider)
        assert client.get(address).status_code == 404
    with acting(administrator):
        assert AccessLog.objects.filter(action="refused", user_id=world.outsider.pk).count() == 2


def test_a_deleted_record_of_an_enrollment_is_told_to_administrators_alone(
    client, world: World, administrator: User
) -> None:
    with acting(administrator):
        service = world.add(Services, record_type=141, date_provided=date(2026, 2, 1))
    change(service, administrator, date_deleted=LATER)
    seen = told(client, world.worker, "enrollments:history_of", world.stay.pk, "Services")
    assert seen == []
    assert len(told(client, administrator, "enrollments:history_of", world.stay.pk, "Services")) == 2


def test_what_does_not_fit_goes_on_elsewhere_and_none_is_lost(
    client, world: World, administrator: User, monkeypatch
) -> None:
    monkeypatch.setattr(changes, "VERSIONS", 3)
    with acting(administrator):
        services = [world.add(Services, record_type=141) for _ in range(2)]
    for number in range(4):
        for service in services:
            change(service, world.worker, fa_amount=number)
    answer = page(client, world.worker, "enrollments:history", world.stay.pk)
    listed = [one for one in answer.context["history"].changes if one.kind.file == "Services"]
    address = reverse("enrollments:history_of", args=[world.stay.pk, "Services"])
    found = []
    while address:
        answer = client.get(address)
        found += answer.context["history"].changes
        [address] = [one.href for one in answer.context["earlier"]] or [""]
    assert len(listed) == 3
    said = [(one.record.pk, *steps(one)[0][1:]) for one in found if one.what == "changed"]
    expected = [
        (service.pk, f"${number - 1}.00" if number else "", f"${number}.00")
        for number in range(4)
        for service in services
    ]
    assert sorted(said) == sorted(expected)
    assert sum(one.records for one in found if one.what == "recorded") == 2


@pytest.mark.parametrize("query", ["?before=x", "?before=-1", "?before=" + "9" * 60, "?before=²"])
def test_an_address_that_asks_nonsense_asks_for_the_latest(client, world: World, query: str) -> None:
    change(world.agency, None, organization_name="Agency Ash")
    name = "organizations:organization_history"
    assert len(told(client, world.worker, name, world.agency.pk, query=query)) == 2


@pytest.mark.parametrize("file", ["Client", "Nothing", "User", "…"])
def test_no_history_of_a_file_that_is_not_there(client, world: World, file: str) -> None:
    client.force_login(world.worker)
    for name, pk in (
        ("enrollments:history_of", world.stay.pk), ("organizations:project_history_of", world.project.pk),
    ):  # fmt: skip
        assert client.get(reverse(name, args=[pk, file])).status_code == 404


#: Fields of records of which no change is told, and why.
NOT_TOLD = {
    "data_source", "hud_id", "row_hash",  # what a record is known by
    # HUD's stamps: who and when stand beside each change
    "date_created", "date_updated", "user_id", "user_data_source",
    "household_data_source",  # part of the key of a household
    "account",  # whose row in User.csv it is
    "date_deleted",  # told as deleted and restored
    "as_it_came",  # told with its column
    "id", "is_faulty", "created_at", "created_by", "updated_at", "updated_by",
    "ssn_index", "ssn_last4_index",
    "is_restricted", "shared_until",  # repeat what the client decided, and the restriction of the client
}  # fmt: skip


@pytest.mark.parametrize("file", models_of_files())
def test_no_field_of_a_record_is_forgotten(file: str) -> None:
    model = models_of_files()[file]
    told_ = {one.name for one in changes.told_fields(model)}
    repeated = {"Enrollment": {"organization"}}.get(file, set())
    if file in OF_ENROLLMENT:
        repeated = {"organization", "project", "is_shared"}
    rest = {one.name for one in model._meta.local_concrete_fields} - told_ - NOT_TOLD - repeated
    assert not rest, "say in audit/changes.py what a change of it is called, or here why none is told"


def test_kinds_with_history_are_all_on_a_page() -> None:
    """Every file of HUD that keeps a history is told of a page."""
    from hearth.hmis.enrollments.record_facts import _TITLES as of_enrollments
    from hearth.hmis.organizations.history import _TITLES as of_projects

    told_ = {"Client", "Enrollment", "Exit", "Organization", "Project", *of_enrollments, *of_projects}
    kept = {
        file
        for file, model in models_of_files().items()
        if any(one.__name__ == f"{model.__name__}History" for one in model._meta.apps.get_models())
    }
    # Users of sending systems have no page.
    assert kept - told_ == {"User"}
