"""Agreements and training: without them the grants of a role do not count, and the database says so."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from hearth.hmis.access import actions
from hearth.hmis.access import requirement_records as records
from hearth.hmis.access.administered import system_administrators
from hearth.hmis.access.context import acting
from hearth.hmis.access.models import Grant, RequirementMet, RequirementVersion, User
from hearth.hmis.access.permissions import Permission
from hearth.hmis.access.requirements import (
    REQUIREMENTS,
    TRAINED_AGAIN_AFTER,
    AgencyAgreement,
    PrivacyTraining,
    Requirement,
    UserAgreement,
)
from hearth.hmis.access.roles import (
    ROLES,
    AgencyAdministrator,
    Auditor,
    HmisUser,
    LocalSystemAdministrator,
    SystemAdministrator,
)
from hearth.hmis.access.scopes import CocScope, OrganizationScope, ProjectGroupScope, ProjectScope, StateScope
from hearth.hmis.accounts import actions as doors
from hearth.hmis.audit.models import AccessLog
from hearth.hmis.enrollments.models import Enrollment
from hearth.hmis.organizations.models import ProjectCoC, ProjectGroup
from tests import factories

pytestmark = pytest.mark.django_db

TODAY = timezone.localdate()
VIEW = Permission.ENROLLMENT_VIEW


class Town:
    """Two agencies with a project each, both in a CoC and in a group; people of both."""

    def __init__(self, administrator: User) -> None:
        self.administrator = administrator
        with acting(administrator):
            self.a, self.b = factories.make_organization(), factories.make_organization()
            self.a1, self.b1 = factories.make_project(self.a), factories.make_project(self.b)
            for project in (self.a1, self.b1):
                ProjectCoC.objects.create(project=project, coc_code="XX-500", **factories.record())
                factories.make_enrollment(project=project)
            self.group = ProjectGroup.objects.create(name="Both")
            self.group.projects.set([self.a1, self.b1])
        self.of_a = factories.make_hmis_user(self.a)
        self.of_both = factories.make_user()
        factories.give_grant(self.of_both, HmisUser, ProjectGroupScope(self.group.pk))
        self.boss = factories.make_user()
        factories.give_grant(self.boss, AgencyAdministrator, OrganizationScope(self.a.pk))
        self.elsewhere = factories.make_hmis_user(factories.make_organization())
        self.local = factories.make_user()
        factories.give_grant(self.local, LocalSystemAdministrator, CocScope("XX-500"))

    def asks(self, kind: type[Requirement], since: date | None = TODAY, **more: object) -> RequirementVersion:
        """A new version, which the administrator has met before."""
        if kind is UserAgreement:
            self.signs(self.administrator)
        values = {"text": "", "valid_days": None, "asks_again": False, "counts_from": since, **more}
        made = records.publish(by=fresh(self.administrator), kind=kind, **values)
        if kind is UserAgreement and more.get("asks_again"):
            self.signs(self.administrator)
        return made

    def signs(self, user: User) -> RequirementMet:
        with acting(user):
            version = records.newest(UserAgreement).version
        return records.sign(by=user, kind=UserAgreement, version=version, name="Ann")

    def trained(self, user: User, ago: int = 0, by: User | None = None) -> RequirementMet:
        day = TODAY - timedelta(days=ago)
        return records.record(by=by or self.administrator, kind=PrivacyTraining, met_on=day, user=user)

    def agrees(self, organization: int, by: User | None = None) -> RequirementMet:
        by = by or self.administrator
        return records.record(by=by, kind=AgencyAgreement, met_on=TODAY, organization=organization)


@pytest.fixture
def town(administrator: User) -> Town:
    return Town(administrator)


def fresh(user: User) -> User:
    return User.objects.get(pk=user.pk)


def reached(user: User) -> set[int]:
    """The projects of the enrollments that the database itself lets a user read."""
    with acting(user):
        return set(Enrollment.objects.values_list("project_id", flat=True))


def refused(write: Callable[[], object], error: type[Exception] = DatabaseError) -> None:
    with pytest.raises(error), transaction.atomic():
        write()


# ------------------------------------------------------------------ what closes


def test_a_fresh_installation_and_one_that_is_migrated_lose_nothing(town: Town) -> None:
    """Every requirement is there, in a version that has no day."""
    with acting(town.administrator):
        found = dict(RequirementVersion.objects.values_list("kind", "counts_from"))
    assert found == dict.fromkeys(REQUIREMENTS)
    assert reached(town.of_a) == {town.a1.pk}


def test_a_grant_counts_once_everything_is_there(town: Town) -> None:
    for kind in (UserAgreement, PrivacyTraining, AgencyAgreement):
        town.asks(kind)
    steps: list[Callable[[], object]] = [
        lambda: town.signs(town.of_a), lambda: town.trained(town.of_a), lambda: town.agrees(town.a.pk),
    ]  # fmt: skip
    for step in steps:
        assert reached(town.of_a) == set() and not fresh(town.of_a).permissions
        step()
    assert reached(town.of_a) == {town.a1.pk}
    assert fresh(town.of_a).may(VIEW, project=town.a1.pk)


def test_what_is_missing_is_told_by_grant(town: Town) -> None:
    town.asks(UserAgreement)
    town.asks(AgencyAgreement)
    with acting(town.of_a):
        [grant] = Grant.objects.filter(user=town.of_a)
        assert records.missing([grant]) == {grant.pk: [AgencyAgreement, UserAgreement]}


def test_a_day_to_come_closes_nothing_and_what_was_signed_before_counts_then(town: Town) -> None:
    town.asks(UserAgreement, TODAY + timedelta(days=1))
    assert reached(town.of_a) == {town.a1.pk}
    with acting(town.of_a):
        [standing] = [
            one for one in records.of_user(town.of_a, list(town.of_a.grants_now)) if one.counts_from
        ]
    assert standing.is_due and not standing.counts
    town.signs(town.of_a)
    town.asks(UserAgreement, TODAY)
    assert reached(town.of_a) == {town.a1.pk}


def test_a_version_to_come_does_not_open_what_the_one_before_closes(town: Town) -> None:
    town.asks(UserAgreement)
    town.asks(UserAgreement, TODAY + timedelta(days=9), asks_again=True)
    assert reached(town.of_a) == set()
    town.signs(town.of_a)
    assert reached(town.of_a) == {town.a1.pk}


def test_a_new_version_asks_everybody_again_where_it_says_so(town: Town) -> None:
    town.asks(UserAgreement)
    town.signs(town.of_a)
    town.asks(UserAgreement, asks_again=False)
    assert reached(town.of_a) == {town.a1.pk}
    town.asks(UserAgreement, asks_again=True)
    assert reached(town.of_a) == set()
    town.asks(UserAgreement, asks_again=False)  # what was asked again stays so
    assert reached(town.of_a) == set()
    town.signs(town.of_a)
    assert reached(town.of_a) == {town.a1.pk}


def test_a_version_without_a_day_closes_nothing_any_more(town: Town) -> None:
    town.asks(UserAgreement)
    assert reached(town.of_a) == set()
    town.asks(UserAgreement, None)
    assert reached(town.of_a) == {town.a1.pk}


@pytest.mark.parametrize(("ago", "holds"), [(9, True), (10, False)])
def test_a_record_holds_for_so_many_days(town: Town, ago: int, holds: bool) -> None:
    town.asks(PrivacyTraining, valid_days=10)
    town.trained(town.of_a, ago)
    assert (reached(town.of_a) == {town.a1.pk}) == holds
    with acting(town.of_a):
        standing = records.of_user(town.of_a, list(town.of_a.grants_now))[1]
    assert standing.is_met == holds and standing.is_due


def test_a_withdrawn_record_counts_no_more(town: Town) -> None:
    town.asks(PrivacyTraining)
    made = town.trained(town.of_a)
    records.withdraw(by=town.administrator, made=made, reason="another person")
    assert reached(town.of_a) == set()
    with pytest.raises(ValueError, match="withdrawn already"):
        records.withdraw(by=town.administrator, made=made, reason="again")


def test_of_a_group_only_the_projects_of_agencies_that_agreed_are_open(town: Town) -> None:
    assert reached(town.of_both) == {town.a1.pk, town.b1.pk}
    town.asks(AgencyAgreement)
    assert reached(town.of_both) == set() and not fresh(town.of_both).permissions
    town.agrees(town.b.pk)
    assert reached(town.of_both) == {town.b1.pk}
    assert fresh(town.of_both).projects(VIEW) == {town.b1.pk}
    with acting(town.of_both), connection.cursor() as cursor:
        cursor.execute("SELECT hearth_projects('enrollment_view')")
        assert cursor.fetchone()[0] == [town.b1.pk]


def test_a_grant_of_another_role_goes_on(town: Town) -> None:
    factories.give_grant(town.of_a, Auditor, StateScope())
    town.asks(AgencyAgreement)
    assert fresh(town.of_a).permissions == Auditor.permissions


def test_a_closed_grant_still_lies_where_it_was_given(town: Town) -> None:
    """Whoever administers people does so before these have signed anything."""
    town.asks(PrivacyTraining)
    town.trained(town.boss)
    with acting(fresh(town.boss)), connection.cursor() as cursor:
        cursor.execute("SELECT hearth_may_administer(%s)", [town.of_a.pk])
        assert cursor.fetchone()[0]


def test_a_system_administrator_can_meet_everything_alone() -> None:
    assert all(one.is_signed and not one.of_organization for one in SystemAdministrator.requires)
    assert {one for role in ROLES.values() for one in role.requires} == set(REQUIREMENTS.values())
    assert all(role.requires for role in ROLES.values())


def test_a_closed_administrator_is_still_the_administrator(town: Town) -> None:
    town.asks(UserAgreement)
    town.asks(UserAgreement, asks_again=False)
    other = factories.make_administrator()
    assert not fresh(other).permissions
    assert other in system_administrators()
    stranger = factories.make_user()
    assert not actions.become_first_administrator(by=stranger)


# ------------------------------------------------------------------ after long


def away(user: User, days: int) -> None:
    """The last sign-in was so long ago."""
    User.objects.filter(pk=user.pk).update(
        last_login=timezone.now() - timedelta(days=days), used_from=timezone.now() - timedelta(days=days)
    )
    User.objects.filter(pk=user.pk).update(last_login=timezone.now())


@pytest.mark.parametrize(("days", "is_open"), [(TRAINED_AGAIN_AFTER - 1, True), (TRAINED_AGAIN_AFTER, False)])
def test_who_comes_back_after_long_is_trained_again(town: Town, days: int, is_open: bool) -> None:
    town.asks(PrivacyTraining)
    town.trained(town.of_a, days + 5)
    away(town.of_a, days)
    assert (reached(town.of_a) == {town.a1.pk}) == is_open
    town.trained(town.of_a)
    assert reached(town.of_a) == {town.a1.pk}


def test_letting_somebody_in_again_does_not_make_up_for_training(town: Town) -> None:
    town.asks(PrivacyTraining)
    town.trained(town.of_a, 300)
    long_ago = timezone.now() - timedelta(days=250)
    User.objects.filter(pk=town.of_a.pk).update(used_from=long_ago, last_login=long_ago, is_active=False)
    doors.reactivate(by=town.administrator, email=town.of_a.email)
    assert reached(fresh(town.of_a)) == set()
    User.objects.filter(pk=town.of_a.pk).update(train_again_from=None)  # nobody but the trigger writes it
    assert fresh(town.of_a).train_again_from == TODAY - timedelta(days=250 - TRAINED_AGAIN_AFTER)


def test_training_while_one_was_away_counts(town: Town) -> None:
    town.asks(PrivacyTraining)
    town.trained(town.of_a, 5)
    away(town.of_a, TRAINED_AGAIN_AFTER + 30)
    assert reached(town.of_a) == {town.a1.pk}


# ------------------------------------------------------------------ who records


@pytest.mark.parametrize(
    ("who", "whose", "kind", "may"),
    [
        ("of_a", "of_a", UserAgreement, True),
        ("of_a", "of_a", PrivacyTraining, False),
        ("of_a", "boss", UserAgreement, False),
        ("boss", "boss", PrivacyTraining, False),
        ("boss", "of_a", PrivacyTraining, True),
        ("boss", "of_a", UserAgreement, True),
        ("boss", "of_both", PrivacyTraining, False),
        ("boss", "a", AgencyAgreement, False),
        ("local", "of_both", PrivacyTraining, True),
        ("local", "elsewhere", PrivacyTraining, False),
        ("local", "a", AgencyAgreement, True),
        ("administrator", "a", AgencyAgreement, True),
        ("administrator", "of_both", PrivacyTraining, True),
        ("administrator", "administrator", PrivacyTraining, False),
    ],
)
def test_the_database_says_who_records_what(
    town: Town, who: str, whose: str, kind: type[Requirement], may: bool
) -> None:
    about = {"organization_id": town.a.pk} if whose == "a" else {"user_id": getattr(town, whose).pk}
    made = RequirementMet(kind=kind.code, version=1, met_on=TODAY, **about)
    with acting(getattr(town, who)):
        assert records.may_record(made) == may
        if may:
            made.save(force_insert=True)
        else:
            refused(lambda: made.save(force_insert=True))


def test_an_organization_partly_in_ones_scope_is_not_recorded(town: Town) -> None:
    with acting(town.administrator):
        factories.make_project(town.a)  # outside of the CoC
        empty = factories.make_organization()
    for organization in (town.a.pk, empty.pk):
        with pytest.raises(PermissionDenied):
            town.agrees(organization, town.local)


def test_nobody_acting_records_nothing(town: Town) -> None:
    for about in ({"user_id": town.of_a.pk}, {"organization_id": town.a.pk}):
        made = RequirementMet(kind="privacy_training", version=1, met_on=TODAY, **about)
        with acting(None):
            refused(lambda made=made: made.save(force_insert=True))


def test_what_one_signs_is_signed_today_in_ones_own_name(town: Town) -> None:
    made = RequirementMet(
        kind="user_agreement", version=1, user=town.of_a, met_on=TODAY + timedelta(days=900),
        signed_name="Ann", recorded_by=town.boss,
    )  # fmt: skip
    with acting(town.of_a):
        made.save(force_insert=True)
        made.refresh_from_db()
    assert (made.met_on, made.recorded_by_id) == (TODAY, town.of_a.pk)


def test_no_day_to_come_and_no_version_that_is_not_there(town: Town) -> None:
    base = {"kind": "privacy_training", "user": town.of_a, "version": 1, "met_on": TODAY}
    with acting(town.administrator):
        for wrong in ({"met_on": TODAY + timedelta(days=1)}, {"version": 9}, {"kind": "x"}, {"user": None}):

            def write(wrong: dict[str, object] = wrong) -> None:
                RequirementMet.objects.create(**{**base, **wrong})
                with connection.cursor() as cursor:
                    cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")

            refused(write)


def test_a_record_is_withdrawn_and_never_changed_and_not_by_oneself(town: Town) -> None:
    signed = town.signs(town.of_a)
    with acting(town.of_a):
        assert not RequirementMet.objects.filter(pk=signed.pk).update(end_reason="x")
    with pytest.raises(PermissionDenied):
        records.withdraw(by=town.of_a, made=signed, reason="x")
    with acting(town.administrator):
        rows = RequirementMet.objects.filter(pk=signed.pk)
        refused(lambda: rows.update(met_on=TODAY - timedelta(days=1)))
        refused(rows.delete)
        rows.update(end_reason="a mistake")
        refused(lambda: rows.update(end_reason="again"))


def test_a_record_is_read_by_whom_it_is_about_and_who_administers_them(town: Town) -> None:
    made = town.trained(town.of_a)
    readers = {
        name: made.pk in _read(getattr(town, name))
        for name in ("of_a", "of_both", "boss", "local", "administrator", "elsewhere")
    }
    assert readers == {
        "of_a": True, "of_both": False, "boss": True, "local": True, "administrator": True,
        "elsewhere": False,
    }  # fmt: skip


def _read(user: User) -> set[int]:
    with acting(user):
        return set(RequirementMet.objects.restrict(user).values_list("pk", flat=True))


@pytest.mark.parametrize("who", ["of_a", "boss", "local"])
def test_versions_are_published_by_who_administers_everybody(town: Town, who: str) -> None:
    user = getattr(town, who)
    with pytest.raises(PermissionDenied):
        records.publish(
            by=user, kind=UserAgreement, text="", valid_days=None, counts_from=None, asks_again=False
        )
    with acting(user):
        refused(lambda: RequirementVersion.objects.create(kind="user_agreement", version=2))
    with acting(town.administrator):
        made = RequirementVersion.objects.create(kind="user_agreement", version=2)
        refused(lambda: RequirementVersion.objects.filter(pk=made.pk).update(counts_from=None))
        refused(RequirementVersion.objects.filter(pk=made.pk).delete)
        assert made.__class__.objects.get(pk=made.pk).made_by_id == town.administrator.pk


@pytest.mark.parametrize(
    ("what", "words"),
    [
        (lambda town: records.sign(by=town.of_a, kind=PrivacyTraining, version=1, name="A"),
         "nothing to sign"),
        (lambda town: records.sign(by=town.of_a, kind=UserAgreement, version=1, name="  "), "your name"),
        (lambda town: records.sign(by=town.of_a, kind=UserAgreement, version=7, name="A"), "new version"),
        (lambda town: town.trained(town.of_a, -1), "today or earlier"),
        (lambda town: town.trained(town.of_a, 20_000), "from 1990"),
        (lambda town: records.record(by=town.administrator, kind=AgencyAgreement, met_on=TODAY,
                                     user=town.of_a), "for an organization"),
        (lambda town: records.record(by=town.administrator, kind=PrivacyTraining, met_on=TODAY,
                                     organization=town.a.pk), "for a person"),
        (lambda town: town.asks(PrivacyTraining, valid_days=0), "from 1 to"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_a_sentence(town: Town, what: Callable[[Town], object], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        what(town)


def test_everything_is_written_to_the_access_log(town: Town) -> None:
    town.asks(PrivacyTraining)
    made = town.trained(town.of_a)
    records.withdraw(by=town.administrator, made=made, reason="x")
    town.signs(town.of_a)
    with acting(town.administrator):
        rows = AccessLog.objects.filter(action="requirement_changed").order_by("id")
        assert [(row.subject, row.details["done"]) for row in rows] == [
            ("requirement", "published"), (f"user:{town.of_a.pk}", "recorded"),
            (f"user:{town.of_a.pk}", "withdrawn"), (f"user:{town.of_a.pk}", "signed"),
        ]  # fmt: skip


def test_a_project_scope_asks_its_organization(town: Town) -> None:
    user = factories.make_user()
    factories.give_grant(user, HmisUser, ProjectScope(town.b1.pk))
    town.asks(AgencyAgreement)
    town.agrees(town.a.pk)
    assert reached(user) == set()
    town.agrees(town.b.pk)
    assert reached(user) == {town.b1.pk}
