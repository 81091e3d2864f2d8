"""Restricted clients: who knows of them, who says so, and that nothing else does."""

import random
from datetime import date, timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from hearth.hmis.access.context import acting
from hearth.hmis.access.models import User
from hearth.hmis.access.permissions import Permission
from hearth.hmis.access.roles import AgencyAdministrator, HmisUser, LocalSystemAdministrator
from hearth.hmis.access.scopes import CocScope, OrganizationScope, ProjectScope
from hearth.hmis.clients import queries
from hearth.hmis.clients.models import Client, Restriction
from hearth.hmis.clients.search.question import read
from hearth.hmis.enrollments.models import Enrollment, HealthAndDV
from hearth.hmis.organizations.models import ProjectCoC
from tests import factories

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


def today() -> date:
    return timezone.localdate()


def history(model: Any) -> Any:
    return apps.get_model(model._meta.app_label, f"{model.__name__}History")


def in_database(model: Any, user: User, key: str = "id") -> set[int]:
    with acting(user), connection.cursor() as cursor:
        cursor.execute(f'SELECT {key} FROM "{model._meta.db_table}"')
        return {row[0] for row in cursor.fetchall()}


# ---------------------------------------------------------------- who sees what, on random worlds


@pytest.mark.parametrize("seed", range(4))
def test_everybody_sees_what_the_slow_twin_says(administrator: User, seed: int) -> None:
    dice = random.Random(seed)
    with acting(administrator):
        projects = [factories.make_project() for _ in range(5)]
        clients = [factories.make_client() for _ in range(14)]
        stays = [
            factories.make_enrollment(
                dice.choice(clients), dice.choice(projects), is_shared=dice.random() < 0.6,
                date_deleted=factories.WHEN if dice.random() < 0.15 else None,
            )
            for _ in range(30)
        ]  # fmt: skip
        records = [HealthAndDV.objects.create(**factories.record(enrollment=one)) for one in stays]
        Enrollment.objects.update(percent_ami=1)
        HealthAndDV.objects.update(user_id="U2")
        in_force = set()
        for one in clients:
            kind = dice.choice(["none", "none", "in force", "until", "over by its day", "later", "ended"])
            days: dict[str, Any] = {
                "until": {"begins_on": today() - 9 * DAY, "ends_on": today() + DAY},
                "over by its day": {"begins_on": today() - 9 * DAY, "ends_on": today()},
                "later": {"begins_on": today() + DAY},
            }.get(kind, {})
            if kind != "none":
                factories.restrict(one, **days)
            if kind == "ended":
                factories.lift_restrictions(one)
            if kind in ("in force", "until"):
                in_force.add(one.pk)
    users = [(factories.make_user(), dice.sample(projects, number)) for number in (0, 1, 2, 3)]
    for user, own in users:
        for project in own:
            factories.give_grant(user, HmisUser, ProjectScope(project.pk))

    for user, own in users:
        mine = {project.pk for project in own}
        known = {
            one.pk for one in clients
            if mine and (one.pk not in in_force or any(
                stay.client_id == one.pk and stay.project_id in mine and not stay.date_deleted
                for stay in stays))
        }  # fmt: skip
        seen = {
            stay.pk for stay in stays
            if mine and (stay.project_id in mine or (stay.is_shared and stay.client_id in known))
        }  # fmt: skip
        of_seen = {record.pk for record in records if record.enrollment_id in seen}
        assert in_database(Client, user) == known
        assert in_database(Enrollment, user) == seen
        assert in_database(HealthAndDV, user) == of_seen
        assert in_database(history(Enrollment), user, "pgh_obj_id") == seen
        assert in_database(history(HealthAndDV), user, "pgh_obj_id") == of_seen
        with acting(administrator):  # Python's side alone
            for model, expected in ((Client, known), (Enrollment, seen), (HealthAndDV, of_seen)):
                assert set(model.objects.restrict(user).values_list("pk", flat=True)) == expected
    everything = in_database(Client, administrator), in_database(Enrollment, administrator)
    assert everything == ({one.pk for one in clients}, {stay.pk for stay in stays})


@pytest.fixture
def hidden(administrator: User) -> Enrollment:
    """A shared stay of a restricted client in an organization of their own."""
    with acting(administrator):
        person = factories.make_client(first_name="Xylia", last_name="Quorn", ssn="123456789", hud_id="XQ-1")
        stay = factories.make_enrollment(person, is_shared=True)
        Client.objects.filter(pk=person.pk).update(first_name="Xyliane")
        Client.objects.filter(pk=person.pk).update(first_name="Xylia")
        factories.restrict(person, organization=stay.project.organization)
    return stay


@pytest.fixture
def stranger(administrator: User) -> User:
    with acting(administrator):
        return factories.make_hmis_user(factories.make_organization())


def test_hidden_with_all_that_was(hidden: Enrollment, stranger: User) -> None:
    for model in (Client, Enrollment, history(Client), history(Enrollment)):
        assert in_database(model, stranger) == set()


def test_a_stay_that_is_given_or_ends_decides_at_once(
    administrator: User, hidden: Enrollment, stranger: User
) -> None:
    with acting(administrator):
        project = factories.make_project(factories.make_organization())
        stay = factories.make_enrollment(hidden.client, project)
    factories.give_grant(stranger, HmisUser, ProjectScope(project.pk))
    assert in_database(Enrollment, stranger) == {hidden.pk, stay.pk}
    with acting(administrator):
        Enrollment.objects.filter(pk=stay.pk).update(date_deleted=factories.WHEN)
    assert in_database(Client, stranger) == set()
    assert in_database(Enrollment, stranger) == {stay.pk}


def test_nobody_changes_whom_they_may_not_know(hidden: Enrollment, stranger: User) -> None:
    with acting(stranger), connection.cursor() as cursor:
        cursor.execute("UPDATE clients_client SET first_name = 'Gone'")
        assert cursor.rowcount == 0


def test_the_mark_is_nobodys_to_choose(administrator: User, hidden: Enrollment) -> None:
    worker = factories.make_hmis_user(hidden.project.organization)
    with acting(worker):
        other = factories.make_client()
        for pk, chosen in ((hidden.client_id, False), (other.pk, True)):
            Client.objects.filter(pk=pk).update(is_restricted=chosen)
            assert Client.objects.get(pk=pk).is_restricted is not chosen


def test_who_says_so_for_the_owner_sees_no_more(hidden: Enrollment, stranger: User) -> None:
    """The setting of the owner's functions, set by somebody else, opens nothing."""
    with acting(stranger), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('app.keeps_step', 'on', true)")
        assert not Client.objects.filter(pk=hidden.client_id).exists()
        assert not Enrollment.objects.exists()
        for asked in (
            "hearth_is_word_of_known('quorn', '{}', true)",
            "hearth_likely_words('quorn', '{}', 9, '{}', 9)",
        ):
            with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
                cursor.execute(f"SELECT {asked}")


# ---------------------------------------------------------------- by its day, and at night


@pytest.mark.parametrize(
    ("begins", "ends", "is_hidden"),
    [(-5, None, True), (-5, 1, True), (-5, 0, False), (0, 9, True), (1, None, False), (-9, -3, False)],
)
def test_days_decide_without_any_job(
    administrator: User, stranger: User, begins: int, ends: int | None, is_hidden: bool
) -> None:
    with acting(administrator):
        person = factories.make_client()
        until = None if ends is None else today() + ends * DAY
        factories.restrict(person, begins_on=today() + begins * DAY, ends_on=until)
    assert (person.pk not in in_database(Client, stranger)) is is_hidden


def test_one_that_is_over_does_not_lift_another(administrator: User, stranger: User) -> None:
    with acting(administrator):
        person = factories.make_client()
        factories.restrict(person, begins_on=today() - 9 * DAY, ends_on=today())
        factories.restrict(person)
    assert in_database(Client, stranger) == set()


def test_at_night_marks_that_mean_nothing_go(administrator: User, stranger: User) -> None:
    with acting(administrator):
        over, holds = factories.make_client(), factories.make_client()
        factories.make_enrollment(over)
        Restriction.objects.create(
            client=over, reason="Over soon", begins_on=today() - 9 * DAY, ends_on=today() + DAY
        )
        factories.restrict(holds)
    with connection.cursor() as cursor:
        cursor.execute("SELECT hearth_clear_restrictions_over()")
        assert cursor.fetchone() == (0,)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SELECT tests_restriction_over(%s)", [over.pk])
        cursor.execute("SELECT hearth_clear_restrictions_over()")
        assert cursor.fetchone() == (1,)
    with acting(administrator):
        marks = dict(Client.objects.values_list("pk", "is_restricted"))
        assert marks == {over.pk: False, holds.pk: True}
        assert not Enrollment.objects.filter(is_restricted=True).exists()


# ---------------------------------------------------------------- who sets and ends them


def test_administrators_of_an_organization_with_a_stay(administrator: User, hidden: Enrollment) -> None:
    here = hidden.project.organization
    with acting(administrator):
        elsewhere = factories.make_organization()
        ProjectCoC.objects.create(**factories.record(project=hidden.project, coc_code="MN-500"))
    agency, other, local = (factories.make_user() for _ in range(3))
    factories.give_grant(agency, AgencyAdministrator, OrganizationScope(here.pk))
    factories.give_grant(other, AgencyAdministrator, OrganizationScope(elsewhere.pk))
    factories.give_grant(local, LocalSystemAdministrator, CocScope("MN-500"))
    worker = factories.make_hmis_user(here)
    for user, may in ((agency, True), (local, True), (administrator, True), (other, False), (worker, False)):
        with acting(user):
            assert Restriction.objects.exists() is may
            for organization in (here, elsewhere):
                allowed = may and (user is administrator or organization is here)
                try:
                    with transaction.atomic():
                        one = factories.restrict(Client(pk=hidden.client_id), organization=organization)
                        one.end_reason = "Only tried"
                        one.save(update_fields=["end_reason"])
                except (ProgrammingError, Client.DoesNotExist):
                    assert not allowed
                else:
                    assert allowed
                    one.refresh_from_db()
                    assert (one.given_by_id, one.ended_by_id) == (user.pk, user.pk)


def test_a_stay_with_others_alone_tells_neither_reason_nor_who_set_it(
    administrator: User, hidden: Enrollment
) -> None:
    with acting(administrator):
        elsewhere = factories.make_enrollment(hidden.client)
    agency = factories.make_user()
    factories.give_grant(agency, AgencyAdministrator, OrganizationScope(elsewhere.project.organization_id))
    with acting(agency):
        assert Client.objects.get(pk=hidden.client_id).is_restricted
        assert not Restriction.objects.exists()
        assert Restriction.objects.update(end_reason="Away") == 0


def test_ended_and_never_changed(administrator: User, hidden: Enrollment) -> None:
    with acting(administrator):
        one = Restriction.objects.get()
        for change in ({"ends_on": today() + DAY}, {"reason": "Other"}, {"client": factories.make_client()}):
            with pytest.raises(ProgrammingError, match="never changed"), transaction.atomic():
                Restriction.objects.filter(pk=one.pk).update(**change)
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            Restriction.objects.filter(pk=one.pk)._raw_delete("default")
        factories.lift_restrictions(hidden.client)
        with pytest.raises(ProgrammingError, match="never changed"), transaction.atomic():
            Restriction.objects.filter(pk=one.pk).update(end_reason="Again")
        with pytest.raises(IntegrityError), transaction.atomic():
            factories.restrict(hidden.client, reason="")


def test_only_administrators_hold_the_permission() -> None:
    assert Permission.CLIENT_RESTRICT not in HmisUser.permissions
    for role in (AgencyAdministrator, LocalSystemAdministrator):
        assert Permission.CLIENT_RESTRICT in role.permissions


# ---------------------------------------------------------------- the search

ASKED = (
    "quorn", "xylia quorn", "xyl", "kworn", "xylia quorn 4/1/1990", "4/1/1990", "1990", "123-45-6789", "6789",
    "XQ-1", "quarn maria",
)  # fmt: skip


def answers(user: User, typed: str) -> tuple[list[Any], int]:
    with acting(user), CaptureQueriesContext(connection) as asked:
        found = queries.search(user, read(typed, today()), page=1, today=today())
        return [(one.client.pk, one.score, one.reasons) for one in found] + [found.paginator.count], len(
            asked
        )


@pytest.mark.parametrize("typed", ASKED)
def test_a_search_answers_as_if_there_were_no_such_client(
    administrator: User, stranger: User, typed: str
) -> None:
    """Before the client is there and afterwards: the same hits, scores, reasons, count, number of queries."""
    with acting(administrator):
        for number in range(9):  # words of others near those of the hidden one, more than are looked at
            factories.make_client(first_name=f"Xyli{'abcdefghi'[number]}", last_name="Quern")
        factories.make_client(first_name="Maria", last_name="Quorne")
    assert stranger.rights  # read once
    before = answers(stranger, typed)
    with acting(administrator):
        person = factories.make_client(
            first_name="Xylia", last_name="Quorn", ssn="123456789", hud_id="XQ-1", dob=date(1990, 4, 1)
        )
        stay = factories.make_enrollment(person, is_shared=True)
        factories.restrict(person)
    assert answers(stranger, typed) == before
    worker = factories.make_hmis_user(stay.project.organization)
    for user in (worker, administrator):
        assert person.pk in [one[0] for one in answers(user, typed)[0][:-1]]


def test_hidden_people_fill_no_limit(administrator: User, stranger: User) -> None:
    """More of the same name than a search looks at: those whom one may know are still found."""
    with acting(administrator):
        crowd = [factories.make_client(first_name="Ada", last_name="Lovel") for _ in range(320)]
        last = factories.make_client(first_name="Ada", last_name="Lovel")
        Restriction.objects.bulk_create(
            [Restriction(client=one, reason="Hidden", begins_on=today()) for one in crowd]
        )
    found, _ = answers(stranger, "ada lovel")
    assert [one[0] for one in found[:-1]] == [last.pk]
    assert found[-1] == 1


def test_recent_clients_and_names_in_the_log(administrator: User, stranger: User) -> None:
    from hearth.hmis.clients import actions, named

    with acting(administrator):
        person = factories.make_client()
    with acting(stranger):
        actions.open_client(by=stranger, client=person)
        assert [one.client_id for one in queries.recent(stranger)] == [person.pk]
        assert named.clients(stranger, [person.pk])
    with acting(administrator):
        factories.restrict(person)
    with acting(stranger):
        assert queries.recent(stranger) == []
        assert named.clients(stranger, [person.pk]) == {}
        assert queries.client(stranger, person.pk) is None


def test_an_enrollment_is_not_moved_to_a_client_whom_one_may_not_know(administrator: User) -> None:
    """It would become a stay in common. Of a client whom one knows it may be put right."""
    with acting(administrator):
        own = factories.make_project()
        mine = factories.make_enrollment(project=own)
        hidden, known = factories.make_enrollment().client, factories.make_client()
        Restriction.objects.create(client=hidden, reason="Followed", begins_on=today())
    user = factories.make_hmis_user(own.organization)
    moved = Enrollment.objects.filter(pk=mine.pk)
    with acting(user):
        with pytest.raises(IntegrityError, match="not there, or not yours"), transaction.atomic():
            moved.update(client=hidden)
        with pytest.raises(IntegrityError, match="not there, or not yours"), transaction.atomic():
            moved.update(client_id=987_654_321)  # said alike
        assert moved.update(client=known) == 1
        assert not Client.objects.filter(pk=hidden.pk).exists()
    with acting(administrator):
        assert moved.update(client=hidden) == 1


def test_a_name_that_is_given_afterwards_is_hidden_like_the_first(
    administrator: User, hidden: Enrollment, stranger: User
) -> None:
    with acting(administrator):
        factories.make_client(first_name="Brindle", last_name="Zorvath")
    assert stranger.rights  # read once
    before = answers(stranger, "zorvat brindl")
    with acting(administrator):
        Client.objects.filter(pk=hidden.client_id).update(first_name="Brindl", last_name="Zorvat")
    assert answers(stranger, "zorvat brindl") == before
    assert hidden.client_id in [one[0] for one in answers(administrator, "zorvat brindl")[0][:-1]]


def test_a_search_finds_them_again_when_the_restriction_ends(
    administrator: User, hidden: Enrollment, stranger: User
) -> None:
    assert hidden.client_id not in [one[0] for one in answers(stranger, "xylia quorn")[0][:-1]]
    with acting(administrator):
        factories.lift_restrictions(hidden.client)
    assert hidden.client_id in [one[0] for one in answers(stranger, "xylia quorn")[0][:-1]]
