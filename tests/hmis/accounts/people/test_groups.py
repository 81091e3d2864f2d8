"""Groups of projects: who makes and changes them, what that changes; nobody widens what they reach."""

from collections.abc import Callable

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, connection, transaction

from hearth.hmis.access import actions as rights
from hearth.hmis.access.context import acting
from hearth.hmis.access.models import User
from hearth.hmis.access.permissions import Permission
from hearth.hmis.access.roles import AgencyAdministrator, HmisUser, LocalSystemAdministrator
from hearth.hmis.access.scopes import CocScope, OrganizationScope, ProjectGroupScope, ProjectScope
from hearth.hmis.accounts.people import groups
from hearth.hmis.audit.models import AccessLog
from hearth.hmis.organizations.models import Project, ProjectCoC, ProjectGroup
from tests import factories
from tests.hmis.accounts.people.test_pages import signed_in

pytestmark = pytest.mark.django_db
VIEW = Permission.ENROLLMENT_VIEW


class Town:
    """Agency A with two projects, B with one; a group with A's first; a boss of A and a local administrator
    of both."""

    def __init__(self, administrator: User) -> None:
        self.administrator = administrator
        with acting(administrator):
            self.a, self.b = factories.make_organization(), factories.make_organization()
            self.a1, self.a2 = factories.make_project(self.a), factories.make_project(self.a)
            self.b1 = factories.make_project(self.b)
            for project in (self.a1, self.a2, self.b1):
                ProjectCoC.objects.create(project=project, coc_code="XX-500", **factories.record())
            self.group = ProjectGroup.objects.create(name="Group of A")
            self.group.projects.set([self.a1])
        self.boss = factories.make_user()
        factories.give_grant(self.boss, AgencyAdministrator, OrganizationScope(self.a.pk))
        self.local = factories.make_user()
        factories.give_grant(self.local, LocalSystemAdministrator, CocScope("XX-500"))
        self.worker = factories.make_user(display_name="Ann Worker")
        factories.give_grant(self.worker, HmisUser, ProjectGroupScope(self.group.pk))


@pytest.fixture
def town(administrator: User) -> Town:
    return Town(administrator)


def fresh(user: User) -> User:
    return User.objects.get(pk=user.pk)


def refused(write: Callable[[], object]) -> None:
    with pytest.raises(DatabaseError), transaction.atomic():
        write()


def test_a_project_comes_and_goes_with_its_group(town: Town) -> None:
    groups.put(by=town.boss, group=town.group, project=town.a2)
    assert fresh(town.worker).projects(VIEW) == {town.a1.pk, town.a2.pk}
    groups.take_out(by=town.boss, group=town.group, project=town.a1)
    assert fresh(town.worker).projects(VIEW) == {town.a2.pk}
    with acting(town.administrator):
        rows = AccessLog.objects.filter(action="project_group_changed").order_by("id")
        assert [(row.user_id, row.subject, row.details) for row in rows] == [
            (town.boss.pk, f"projectgroup:{town.group.pk}", {"done": done, "project": pk, "grants": 1})
            for done, pk in (("put in", town.a2.pk), ("taken out", town.a1.pk))
        ]


@pytest.mark.parametrize(
    ("who", "project", "may"),
    [
        ("boss", "a2", True), ("boss", "b1", False), ("local", "b1", True), ("administrator", "b1", True),
        ("worker", "a2", False),
    ],
)  # fmt: skip
def test_only_projects_of_ones_own_scope_are_put_in(town: Town, who: str, project: str, may: bool) -> None:
    user, put = getattr(town, who), getattr(town, project)
    with acting(user):
        if may:
            town.group.projects.add(put)
            return
        refused(lambda: town.group.projects.add(put))
    with pytest.raises(PermissionDenied):
        groups.put(by=user, group=town.group, project=put)


@pytest.mark.parametrize("who", ["boss", "local", "administrator"])
def test_nobody_widens_what_they_reach(town: Town, who: str) -> None:
    """Also not by a grant that begins later, and also not a system administrator."""
    user = getattr(town, who)
    factories.give_grant(user, HmisUser, ProjectGroupScope(town.group.pk), begins_on="2199-01-01")
    with acting(user):
        refused(lambda: town.group.projects.add(town.a2))
        town.group.projects.remove(town.a1)  # reaches no row
        assert not ProjectGroup.objects.filter(pk=town.group.pk).update(name="Mine")
        assert town.group.projects.count() == 1
    for change in (
        lambda: groups.put(by=user, group=town.group, project=town.a2),
        lambda: groups.take_out(by=user, group=town.group, project=town.a1),
        lambda: groups.rename(by=user, group=town.group, name="Mine"),
    ):
        with pytest.raises(PermissionDenied):
            change()


def test_a_group_with_projects_of_others_is_not_changed(town: Town) -> None:
    with acting(town.administrator):
        town.group.projects.add(town.b1)
    with acting(town.boss):
        refused(lambda: town.group.projects.add(town.a2))
        town.group.projects.remove(town.b1)
        assert town.group.projects.count() == 2
    with pytest.raises(PermissionDenied):
        groups.take_out(by=town.boss, group=town.group, project=town.b1)


def test_what_grants_let_others_do_there_one_may_do_there_oneself(town: Town) -> None:
    """The boss may edit users in B's project, and nothing else: HMIS users must not reach it by the boss."""
    with connection.cursor() as cursor:
        for permission in AgencyAdministrator.permissions - {Permission.USER_EDIT}:
            cursor.execute("SELECT tests_withhold('local_system_administrator', %s)", [permission])
    factories.give_grant(town.boss, LocalSystemAdministrator, CocScope("XX-500"))
    assert town.b1.pk in fresh(town.boss).projects(Permission.USER_EDIT)
    with acting(town.boss):
        town.group.projects.add(town.a2)
        refused(lambda: town.group.projects.add(town.b1))


def test_who_administers_nobody_makes_no_group(town: Town) -> None:
    for user in (town.worker, factories.make_auditor()):
        with pytest.raises(PermissionDenied):
            groups.make(by=user, name="New")
        with acting(user):
            refused(lambda: ProjectGroup.objects.create(name="New"))
    made = groups.make(by=town.boss, name="  New   one ")
    assert made.name == "New one"
    groups.put(by=town.boss, group=made, project=town.a1)
    groups.rename(by=town.boss, group=made, name="Newer")
    with pytest.raises(ValueError, match="of this name already"):
        groups.make(by=town.boss, name="Newer")
    with pytest.raises(ValueError, match="of this name already"):
        groups.rename(by=town.boss, group=made, name="Group of A")


def test_the_pages(town: Town) -> None:
    client = signed_in(town.boss)
    page = f"/people/groups/{town.group.pk}/"
    assert "Group of A" in client.get("/people/groups/").content.decode()
    shown = client.get(page).content.decode()
    assert "Ann Worker: HMIS user" in shown and str(town.a2) in shown and str(town.b1) not in shown
    assert client.post(page, {"put": "1", "project": town.a2.pk})["Location"] == page
    assert fresh(town.worker).projects(VIEW) == {town.a1.pk, town.a2.pk}
    assert client.post(page, {"take_out": town.a1.pk})["Location"] == page
    assert client.post(page, {"rename": "1", "name": "Called anew"})["Location"] == page
    assert "Called anew" in client.get(page).content.decode()
    made = client.post("/people/groups/", {"name": "Another"})
    assert made["Location"].startswith("/people/groups/")
    assert "this name already" in client.post("/people/groups/", {"name": "Another"}).content.decode()


def test_the_access_log_names_projects_and_groups(town: Town) -> None:
    groups.put(by=town.boss, group=town.group, project=town.a2)
    rights.give_grant(by=town.boss, user=town.worker, role=HmisUser, scope=ProjectScope(town.a1.pk))
    shown = signed_in(town.administrator).get("/audit/").content.decode()
    assert "the group of projects “Group of A”" in shown
    assert str(town.a1) in shown and str(town.a2) in shown


def test_forged_requests_change_nothing(town: Town) -> None:
    page = f"/people/groups/{town.group.pk}/"
    boss = signed_in(town.boss)
    for sent in (
        {"put": "1", "project": town.b1.pk}, {"put": "1", "project": "x"}, {"take_out": town.b1.pk},
        {"take_out": "²"}, {"take_out": "9" * 40}, {"rename": "1", "name": ""}, {},
    ):  # fmt: skip
        assert boss.post(page, sent).status_code in (200, 302)
    with acting(town.administrator):
        factories.make_project(town.b)
        other = ProjectGroup.objects.create(name="Of B")
        other.projects.set(Project.objects.filter(organization=town.b))
        factories.give_grant(factories.make_user(), HmisUser, ProjectGroupScope(other.pk))
    assert boss.get(f"/people/groups/{other.pk}/").status_code == 404
    assert boss.post(f"/people/groups/{other.pk}/", {"rename": "1", "name": "x"}).status_code == 404
    with acting(town.administrator):
        other.projects.add(town.a1)  # near now, and still not the boss's to change
    assert boss.post(f"/people/groups/{other.pk}/", {"rename": "1", "name": "x"}).status_code == 403
    assert signed_in(town.worker).get("/people/groups/").status_code == 403
    assert fresh(town.worker).projects(VIEW) == {town.a1.pk}
    with acting(town.administrator):
        assert {one.name for one in ProjectGroup.objects.all()} == {"Group of A", "Of B"}


def test_a_confidential_project_in_a_group_gives_its_organization_away_to_nobody(town: Town) -> None:
    with acting(town.administrator):
        town.group.projects.add(town.b1)
        Project.objects.filter(pk=town.b1.pk).update(name_is_confidential=True)
    page = signed_in(town.boss).get(f"/people/groups/{town.group.pk}/").content.decode()
    assert str(town.a1) in page and "Confidential" in page
    assert town.b1.project_name not in page and town.b.organization_name not in page
