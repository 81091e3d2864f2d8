"""Grants: where each kind of scope reaches, when they hold, and who may give and end them."""

from collections.abc import Callable
from datetime import date, timedelta
from itertools import count

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone
from psycopg.types.json import Jsonb

from hearth.hmis.access import actions
from hearth.hmis.access.context import acting
from hearth.hmis.access.models import Grant, User
from hearth.hmis.access.permissions import Permission
from hearth.hmis.access.roles import (
    ROLES,
    AgencyAdministrator,
    Auditor,
    CocCoordinator,
    HmisUser,
    LocalSystemAdministrator,
    Role,
    SystemAdministrator,
)
from hearth.hmis.access.scopes import (
    COLUMNS,
    SCOPES,
    CocScope,
    FundingScope,
    OrganizationScope,
    ProjectGroupScope,
    ProjectScope,
    Scope,
    StateScope,
    key_sql,
)
from hearth.hmis.accounts import actions as doors
from hearth.hmis.enrollments.models import Enrollment
from hearth.hmis.organizations.models import Funder, Organization, Project, ProjectCoC, ProjectGroup
from tests import factories

pytestmark = pytest.mark.django_db

TODAY = timezone.localdate()
VIEW = Permission.ENROLLMENT_VIEW


class Town:
    """Two agencies with two projects each, in two CoCs; one project of each agency in a group."""

    def __init__(self, administrator: User) -> None:
        with acting(administrator):
            self.a, self.b = factories.make_organization(), factories.make_organization()
            self.a1, self.a2 = factories.make_project(self.a), factories.make_project(self.a)
            self.b1, self.b2 = factories.make_project(self.b), factories.make_project(self.b)
            for project, coc in ((self.a1, "XX-500"), (self.a2, "XX-501"), (self.b1, "XX-500")):
                ProjectCoC.objects.create(project=project, coc_code=coc, **factories.record())
            gone = factories.record(date_deleted=factories.WHEN)
            ProjectCoC.objects.create(project=self.b2, coc_code="XX-500", **gone)
            for project, funder, grant in ((self.a1, 2, "G1"), (self.b1, 2, "G2"), (self.b2, 3, "G1")):
                Funder.objects.create(project=project, funder=funder, grant_id=grant, **factories.record())
            self.group = ProjectGroup.objects.create(name="Both")
            self.group.projects.set([self.a1, self.b1])
        self.administrator = administrator

    def scope(self, words: str) -> Scope:
        """A scope as the tests below write it: "agency a", "project b1", "XX-500", "funding 2 G1" …"""
        kind, *rest = words.split()
        if kind == "agency":
            return OrganizationScope(getattr(self, rest[0]).pk)
        if kind == "project":
            return ProjectScope(getattr(self, rest[0]).pk)
        if kind == "funding":
            return FundingScope(int(rest[0]), *rest[1:])
        return {"group": ProjectGroupScope(self.group.pk), "state": StateScope()}.get(words) or CocScope(
            words
        )

    def names(self, projects: frozenset[int]) -> str:
        known = {getattr(self, name).pk: name for name in ("a1", "a2", "b1", "b2")}
        return " ".join(sorted(known[pk] for pk in projects))

    def holder(self, role: type[Role], where: str) -> User:
        user = factories.make_user()
        factories.give_grant(user, role, self.scope(where))
        return user


@pytest.fixture
def town(administrator: User) -> Town:
    return Town(administrator)


@pytest.fixture
def every_scope(monkeypatch: pytest.MonkeyPatch) -> None:
    """HMIS users may hold their role in every kind of scope, so that what each reaches can be seen."""
    with connection.cursor() as cursor:
        for code in SCOPES:
            cursor.execute("SELECT tests_allow_scope('hmis_user', %s)", [code])


@pytest.mark.parametrize(
    ("where", "reached"),
    [
        ("agency a", "a1 a2"),
        ("project b2", "b2"),
        ("group", "a1 b1"),
        ("XX-500", "a1 b1"),
        ("XX-502", ""),
        ("funding 2", "a1 b1"),
        ("funding 2 G1", "a1"),
        ("funding 2 G3", ""),
        ("state", ""),
    ],
)
def test_a_scope_reaches_its_projects(town: Town, every_scope: None, where: str, reached: str) -> None:
    user = town.holder(HmisUser, where)
    assert town.names(user.projects(VIEW)) == reached
    assert user.everywhere(VIEW) == (where == "state")
    assert user.may(VIEW)
    assert user.may(VIEW, project=town.a1.pk) == ("a1" in reached or where == "state")


def test_grants_add_up_and_a_permission_reaches_where_its_role_is_held(town: Town) -> None:
    user = town.holder(HmisUser, "project a1")
    factories.give_grant(user, AgencyAdministrator, town.scope("agency b"))
    assert town.names(user.projects(VIEW)) == "a1 b1 b2"
    assert town.names(user.projects(Permission.USER_EDIT)) == "b1 b2"
    assert not user.may(Permission.USER_EDIT, project=town.a1.pk)


def test_a_project_that_is_opened_or_moved_comes_along(town: Town) -> None:
    user = town.holder(HmisUser, "agency a")
    with acting(town.administrator):
        new = factories.make_project(town.a)
        Project.objects.filter(pk=town.a2.pk).update(organization=town.b)
    fresh = User.objects.get(pk=user.pk)
    assert fresh.projects(VIEW) == {town.a1.pk, new.pk}


@pytest.mark.parametrize(
    ("begins", "ends", "holds"),
    [(0, None, True), (-9, None, True), (1, None, False), (-9, 1, True), (-9, 0, False), (0, 1, True)],
)
def test_a_grant_holds_from_its_first_day_until_before_its_end(
    town: Town, begins: int, ends: int | None, holds: bool
) -> None:
    with acting(town.administrator):
        theirs = factories.make_enrollment(project=town.a1)
    user = factories.make_user()
    day = lambda days: TODAY + timedelta(days=days)  # noqa: E731  # two uses, one line
    factories.give_grant(
        user,
        HmisUser,
        town.scope("agency a"),
        begins_on=day(begins),
        ends_on=None if ends is None else day(ends),
    )
    assert user.may(VIEW) == holds
    with acting(user):
        assert Enrollment.objects.filter(pk=theirs.pk).exists() == holds
        assert user.grants_now.exists() == holds


#: Who (role, where) → what they try to give (role, where) → whether they may.
GIVING = [
    (SystemAdministrator, "state", SystemAdministrator, "state", True),
    (SystemAdministrator, "state", Auditor, "state", True),
    (SystemAdministrator, "state", HmisUser, "project a1", True),
    (SystemAdministrator, "state", LocalSystemAdministrator, "XX-500", True),
    (AgencyAdministrator, "agency a", HmisUser, "agency a", True),
    (AgencyAdministrator, "agency a", AgencyAdministrator, "agency a", True),
    (AgencyAdministrator, "agency a", HmisUser, "project a2", True),
    (AgencyAdministrator, "agency a", HmisUser, "project b1", False),
    (AgencyAdministrator, "agency a", HmisUser, "agency b", False),
    (AgencyAdministrator, "agency a", HmisUser, "group", False),
    (AgencyAdministrator, "agency a", LocalSystemAdministrator, "XX-500", False),
    (AgencyAdministrator, "agency a", Auditor, "state", False),
    (AgencyAdministrator, "agency a", SystemAdministrator, "state", False),
    (LocalSystemAdministrator, "XX-500", HmisUser, "project a1", True),
    (LocalSystemAdministrator, "XX-500", HmisUser, "group", True),
    (LocalSystemAdministrator, "XX-500", LocalSystemAdministrator, "XX-500", True),
    (LocalSystemAdministrator, "XX-500", LocalSystemAdministrator, "XX-501", False),
    (LocalSystemAdministrator, "XX-500", HmisUser, "agency a", False),  # a2 lies in another CoC
    (LocalSystemAdministrator, "XX-500", SystemAdministrator, "state", False),
    (LocalSystemAdministrator, "XX-500", CocCoordinator, "XX-500", True),
    (LocalSystemAdministrator, "XX-500", CocCoordinator, "XX-501", False),
    (AgencyAdministrator, "agency a", CocCoordinator, "XX-500", False),
    (CocCoordinator, "XX-500", CocCoordinator, "XX-500", False),
    (HmisUser, "agency a", HmisUser, "agency a", False),
    (Auditor, "state", Auditor, "state", False),
]


@pytest.mark.parametrize(("by_role", "by_where", "role", "where", "may"), GIVING)
def test_who_may_give_what(
    town: Town, by_role: type[Role], by_where: str, role: type[Role], where: str, may: bool
) -> None:
    """Action and database agree, and whoever may give it may end it."""
    by, user = town.holder(by_role, by_where), factories.make_user()
    row = Grant(user=user, role=role.code, begins_on=TODAY, **town.scope(where).values())
    if not may:
        with pytest.raises(PermissionDenied):
            actions.give_grant(by=by, user=user, role=role, scope=town.scope(where))
        with acting(by), pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
            row.save(force_insert=True)
        given = Grant(pk=factories.give_grant(user, role, town.scope(where)))
        with acting(by):
            assert Grant.objects.filter(pk=given.pk).update(end_reason="no") == 0
        return
    with acting(by):
        row.save(force_insert=True)
        assert Grant.objects.filter(pk=row.pk).update(end_reason="tried") == 1
    given = actions.give_grant(by=by, user=user, role=role, scope=town.scope(where), reason="New here")
    with acting(town.administrator):
        given.refresh_from_db()
        assert (given.given_by_id, given.reason, given.ended_at) == (by.pk, "New here", None)
    actions.end_grant(by=by, grant=given, reason="Left")
    with acting(town.administrator):
        given.refresh_from_db()
        assert (given.ended_by_id, given.end_reason) == (by.pk, "Left")
    assert not User.objects.get(pk=user.pk).rights


def test_more_than_one_holds_oneself_is_not_given(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """An agency administrator whose role may not show SSNs, and the role of an HMIS user that may."""
    by, user = town.holder(AgencyAdministrator, "agency a"), factories.make_user()
    with connection.cursor() as cursor:
        cursor.execute("SELECT tests_withhold(%s, %s)", [AgencyAdministrator.code, "ssn_reveal"])
    with pytest.raises(PermissionDenied):
        actions.give_grant(by=by, user=user, role=HmisUser, scope=town.scope("agency a"))


def test_nobody_gives_or_ends_their_own(town: Town) -> None:
    for role, where in ((SystemAdministrator, "state"), (AgencyAdministrator, "agency a")):
        by = town.holder(role, where)
        with pytest.raises(PermissionDenied):
            actions.give_grant(by=by, user=by, role=HmisUser, scope=town.scope("project a1"))
        with acting(by):
            own = by.grants_now.get()
            assert Grant.objects.filter(pk=own.pk).update(end_reason="mine") == 0
        with pytest.raises(PermissionDenied):
            actions.end_grant(by=by, grant=own)


def test_an_agency_without_projects_is_administered_by_its_own_and_the_state(town: Town) -> None:
    with acting(town.administrator):
        empty = OrganizationScope(factories.make_organization().pk)
    its_own, others = factories.make_user(), town.holder(AgencyAdministrator, "agency a")
    factories.give_grant(its_own, AgencyAdministrator, empty)
    for by, may in ((its_own, True), (town.administrator, True), (others, False)):
        user = factories.make_user()
        if may:
            actions.give_grant(by=by, user=user, role=HmisUser, scope=empty)
        else:
            with pytest.raises(PermissionDenied):
                actions.give_grant(by=by, user=user, role=HmisUser, scope=empty)


@pytest.mark.parametrize(
    "change",
    [
        {"role": "system_administrator"}, {"user": None}, {"begins_on": date(2020, 1, 1)}, {"ends_on": None},
        {"reason": "other"}, {"scope": "state", "organization": None}, {"given_by": None},
    ],
    ids=str,
)  # fmt: skip
def test_a_grant_is_ended_and_never_changed(town: Town, change: dict[str, object]) -> None:
    holder = factories.make_user()
    pk = factories.give_grant(holder, HmisUser, town.scope("agency a"), ends_on=TODAY + timedelta(days=30))
    if "user" in change:
        change = {"user": factories.make_user()}
    with acting(town.administrator):
        if "given_by" in change:
            change = {"given_by": town.administrator}
        with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
            Grant.objects.filter(pk=pk).update(**change)
        assert Grant.objects.filter(pk=pk).update(end_reason="over") == 1
        with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
            Grant.objects.filter(pk=pk).update(ended_at=None)


def test_two_administrators_end_one_grant(town: Town) -> None:
    held = actions.give_grant(
        by=town.administrator, user=factories.make_user(), role=HmisUser, scope=town.scope("agency a")
    )
    actions.end_grant(by=factories.make_administrator(), grant=held)
    with pytest.raises(ValueError, match="over already"):
        actions.end_grant(by=town.administrator, grant=held)


def test_what_cannot_be_is_a_sentence(town: Town) -> None:
    user = factories.make_user()
    give: Callable[..., Grant] = lambda **what: actions.give_grant(  # noqa: E731  # repeated below
        **{"by": town.administrator, "user": user, "role": HmisUser, "scope": town.scope("agency a")} | what
    )
    give()
    for what, said in (
        ({}, "has this role there already"),
        ({"ends_on": TODAY}, "ends after the day on which it begins"),
        ({"scope": StateScope()}, "HMIS user is held for an organization or a project or a group"),
        ({"scope": OrganizationScope(987_654_321)}, "no such organization"),
        ({"scope": ProjectScope(987_654_321)}, "no such project"),
        ({"scope": ProjectGroupScope(987_654_321)}, "no such group"),
    ):
        with pytest.raises(ValueError, match=said):
            give(**what)
    give(scope=town.scope("project a1"))
    later = TODAY + timedelta(days=400)
    with pytest.raises(ValueError, match="already"):
        give(begins_on=later)


def test_a_role_that_nobody_wrote_or_in_a_scope_that_it_does_not_name_is_refused(town: Town) -> None:
    user = factories.make_user()
    with acting(town.administrator):
        for role, scope in (
            ("boss", StateScope()),
            ("hmis_user", StateScope()),
            ("auditor", CocScope("XX-500")),
        ):
            row = Grant(user=user, role=role, begins_on=TODAY, **scope.values())
            with pytest.raises(IntegrityError, match="grant_role_and_scope"), transaction.atomic():
                row.save(force_insert=True)
        row = Grant(user=user, role="hmis_user", scope="organization", begins_on=TODAY, coc_code="XX-500")
        with pytest.raises(IntegrityError, match="grant_scope_columns"), transaction.atomic():
            row.save(force_insert=True)


def test_a_grant_is_read_by_its_holder_auditors_and_who_administers_there(town: Town) -> None:
    user = town.holder(HmisUser, "agency a")
    seen = {}
    readers = {
        "holder": user,
        "system administrator": town.administrator,
        "auditor": factories.make_auditor(),
        "agency administrator": town.holder(AgencyAdministrator, "agency a"),
        "of the other agency": town.holder(AgencyAdministrator, "agency b"),
        "colleague": town.holder(HmisUser, "agency a"),
    }
    for name, reader in readers.items():
        with acting(reader):
            seen[name] = Grant.objects.filter(user=user).exists()
    with acting(None):
        seen["nobody"] = Grant.objects.exists()
    assert [name for name, sees in seen.items() if sees] == [
        "holder", "system administrator", "auditor", "agency administrator",
    ]  # fmt: skip


_changes = count()


def change_doors(user: User) -> None:
    User.objects.filter(pk=user.pk).update(password=f"!{next(_changes)}")


@pytest.mark.parametrize(
    ("by_role", "by_where", "held", "may"),
    [
        (SystemAdministrator, "state", ["agency a", "agency b"], True),
        (SystemAdministrator, "state", [], True),
        (AgencyAdministrator, "agency a", ["agency a"], True),
        (AgencyAdministrator, "agency a", ["project a1", "agency a"], True),
        (AgencyAdministrator, "agency a", ["agency a", "agency b"], False),
        (AgencyAdministrator, "agency a", ["project b1"], False),
        (AgencyAdministrator, "agency a", [], False),
        (LocalSystemAdministrator, "XX-500", ["project a1", "project b1"], True),
        (LocalSystemAdministrator, "XX-500", ["project a2"], False),
        (HmisUser, "agency a", ["agency a"], False),
        (Auditor, "state", ["agency a"], False),
    ],
)
def test_the_doors_of_an_account(
    town: Town, by_role: type[Role], by_where: str, held: list[str], may: bool
) -> None:
    """Password, state and the rest: of users all of whose grants lie within the own scope."""
    by, user = town.holder(by_role, by_where), factories.make_user()
    for where in held:
        factories.give_grant(user, HmisUser, town.scope(where))
    if may:
        with acting(by):
            change_doors(user)
        doors.deactivate(by=by, email=user.email)
        doors.reactivate(by=by, email=user.email)
        return
    for change in ({"password": "!"}, {"is_active": False}, {"email": "other@example.org"}):
        with acting(by), pytest.raises(DatabaseError, match="not yours to administer"), transaction.atomic():
            User.objects.filter(pk=user.pk).update(**change)
    for action in (
        doors.deactivate,
        doors.reactivate,
        doors.unlock,
        doors.end_sessions,
        doors.reset_mfa,
    ):
        with pytest.raises(PermissionDenied):
            action(by=by, email=user.email)
    with pytest.raises(PermissionDenied):
        doors.set_password(by=by, email=user.email, password=factories.PASSWORD)


def test_a_grant_that_begins_tomorrow_or_elsewhere_counts_and_one_that_is_over_does_not(town: Town) -> None:
    by, user = town.holder(AgencyAdministrator, "agency a"), town.holder(HmisUser, "agency a")
    yesterday, tomorrow = TODAY - timedelta(days=1), TODAY + timedelta(days=1)
    factories.give_grant(
        user, HmisUser, town.scope("agency b"), begins_on=yesterday - timedelta(days=9), ends_on=yesterday
    )
    with acting(by):
        change_doors(user)
    factories.give_grant(user, HmisUser, town.scope("agency b"), begins_on=tomorrow)
    with acting(by), pytest.raises(DatabaseError, match="not yours"), transaction.atomic():
        change_doors(user)


def test_ones_own_doors_are_ones_own_and_nobody_opens_a_closed_one(town: Town) -> None:
    user = town.holder(HmisUser, "agency a")
    with acting(user):
        change_doors(user)
    User.objects.filter(pk=user.pk).update(is_active=False)  # nobody acts: the nightly job
    with pytest.raises(DatabaseError, match="stays as it is"), transaction.atomic():
        User.objects.filter(pk=user.pk).update(is_active=True)


def test_nobody_says_what_is_in_a_group_that_reaches_past_them(town: Town) -> None:
    """`Both` has projects of two agencies. Groups of one's own: accounts/people/test_groups.py."""
    for role, where in ((AgencyAdministrator, "agency a"), (Auditor, "state")):
        by = town.holder(role, where)
        with acting(by):
            with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
                town.group.projects.add(town.a2)
            town.group.projects.remove(town.a1)
            ProjectGroup.objects.filter(pk=town.group.pk).update(name="Other")
            if role is Auditor:
                with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
                    ProjectGroup.objects.create(name="Mine")
    with acting(town.administrator):
        assert set(town.group.projects.all()) == {town.a1, town.b1}
        town.group.refresh_from_db()
        assert town.group.name == "Both"


def test_the_database_has_the_roles_as_they_are_written(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT role, permission FROM access_rolepermission")
        stored = set(cursor.fetchall())
        cursor.execute("SELECT role, scope FROM access_rolescope")
        scopes = set(cursor.fetchall())
    assert stored == {(role.code, str(one)) for role in ROLES.values() for one in role.permissions}
    assert scopes == {(role.code, scope.code) for role in ROLES.values() for scope in role.scopes}
    for table in ("access_rolepermission", "access_rolescope"):
        denied = pytest.raises(DatabaseError, match="permission denied")
        with denied, transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM {table}")


def test_every_kind_of_scope_says_its_columns(town: Town) -> None:
    assert isinstance(town.a, Organization)
    for kind in SCOPES.values():
        assert set(kind.columns()) <= {field.attname for field in Grant._meta.fields}, kind
        assert kind.name and kind.code


@pytest.mark.parametrize(
    ("role", "where"),
    [
        (SystemAdministrator, "state"),
        (AgencyAdministrator, "agency a"),
        (LocalSystemAdministrator, "XX-500"),
        (LocalSystemAdministrator, "XX-501"),
        (HmisUser, "agency a"),
    ],
)
def test_asked_for_many_grants_at_once_the_answer_is_the_same(
    town: Town, every_scope: None, role: type[Role], where: str
) -> None:
    """`hearth_places_within`, which lists ask, and `hearth_grant_within`, which each giving asks."""
    for scope in ("agency a", "agency b", "project a1", "project b2", "group", "XX-500", "XX-501",
                  "funding 2", "funding 2 G1", "state"):  # fmt: skip
        town.holder(HmisUser, scope)
    user = town.holder(role, where)
    with acting(user), connection.cursor() as cursor:
        cursor.execute("SELECT hearth_everywhere('user_edit')")
        everywhere = cursor.fetchone()[0]
        cursor.execute("SELECT (tests_all_grants()).*")
        grants = [dict(zip([one.name for one in cursor.description], row, strict=True)) for row in cursor]
        found = []
        for grant in grants:
            stored = Jsonb({name: value for name, value in grant.items() if name in (*COLUMNS, "user_id")})
            cursor.execute(
                f"SELECT {key_sql('access_grant.')} = ANY (hearth_places_within('user_edit')),"
                " hearth_grant_within('user_edit', access_grant)"
                " FROM jsonb_populate_record(NULL::access_grant, %s) AS access_grant",
                [stored],
            )
            found.append(dict(zip(("at_once", "one_by_one"), cursor.fetchone(), strict=True)))
    assert len(found) > 9
    assert [one for one in found if (one["at_once"] or everywhere) != one["one_by_one"]] == []
    if role is AgencyAdministrator:
        assert 2 <= sum(one["at_once"] for one in found) < len(found)
