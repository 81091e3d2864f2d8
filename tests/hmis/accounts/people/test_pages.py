"""The pages of people: who is listed for whom, grants given and ended, accounts helped; and what forged
requests get."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.hashers import make_password
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from hearth.hmis.access import actions as rights
from hearth.hmis.access import requirement_records as records
from hearth.hmis.access.context import acting
from hearth.hmis.access.models import Grant, User
from hearth.hmis.access.permissions import WORDS, Permission
from hearth.hmis.access.requirements import PrivacyTraining
from hearth.hmis.access.roles import (
    ROLES,
    AgencyAdministrator,
    Auditor,
    HmisUser,
    LocalSystemAdministrator,
    SystemAdministrator,
)
from hearth.hmis.access.scopes import CocScope, OrganizationScope, ProjectScope, Scope, StateScope
from hearth.hmis.accounts import actions as doors
from hearth.hmis.accounts.people import places
from hearth.hmis.audit.models import AccessLog
from hearth.hmis.organizations.models import Organization, Project, ProjectCoC, ProjectGroup, Region
from hearth.hmis.site import mailing
from hearth.hmis.site.models import Mail
from tests import factories

pytestmark = pytest.mark.django_db

TODAY = timezone.localdate()


class Town:
    """Two agencies with a project each; an administrator of each, a user of each, one user of both."""

    def __init__(self, administrator: User) -> None:
        self.administrator = administrator
        with acting(administrator):
            self.a, self.b = factories.make_organization(), factories.make_organization()
            self.a1, self.b1 = factories.make_project(self.a), factories.make_project(self.b)
            ProjectCoC.objects.create(project=self.a1, coc_code="XX-500", **factories.record())
            self.group = ProjectGroup.objects.create(name="Group of A")
            self.group.projects.set([self.a1])
        self.boss = factories.make_user(display_name="Boss of A", last_login=timezone.now())
        factories.give_grant(self.boss, AgencyAdministrator, OrganizationScope(self.a.pk))
        self.of_a = factories.make_hmis_user(self.a, display_name="Ann of A", last_login=timezone.now())
        self.of_b = factories.make_hmis_user(self.b, display_name="Ben of B")
        self.of_both = factories.make_hmis_user(self.a, self.b, display_name="Bo of both")


@pytest.fixture
def town(administrator: User) -> Town:
    return Town(administrator)


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def log_of(user: User, by: User) -> list[tuple[str, str]]:
    with acting(by):
        rows = AccessLog.objects.filter(subject=f"user:{user.pk}").order_by("id")
        return [(row.action, row.details.get("done", "")) for row in rows]


def grant_of(user: User, administrator: User, **where: Any) -> Grant:
    with acting(administrator):
        found: Grant = Grant.objects.get(user=user, **where)
    return found


def form(scope: Scope, **more: str) -> dict[str, str]:
    return {
        "place": places.key_of(scope), "begins_on": f"{TODAY:%m/%d/%Y}", "reason": "new here", **more
    }  # fmt: skip


def test_an_administrator_finds_whom_they_administer(town: Town) -> None:
    everybody = signed_in(town.administrator).get("/people/").content.decode()
    assert all(one.display_name in everybody for one in (town.boss, town.of_a, town.of_b, town.of_both))
    mine = signed_in(town.boss).get("/people/").content.decode()
    assert "Ann of A" in mine and "Bo of both" in mine and "Boss of A" in mine
    assert "Ben of B" not in mine and town.administrator.email not in mine
    assert town.b.organization_name not in mine


def test_the_list_filters_sorts_searches_and_is_taken_along(town: Town) -> None:
    client = signed_in(town.administrator)
    invited = client.get("/people/?state=invited").content.decode()
    assert "Ben of B" in invited and "Ann of A" not in invited
    active = client.get(f"/people/?state=active&role=hmis_user&organization={town.a.pk}").content.decode()
    assert "Ann of A" in active and "Bo of both" not in active
    kept = client.post("/people/", {"words": "ann of"})
    assert "ann" not in kept["Location"].lower()
    found = client.get(kept["Location"]).content.decode()
    assert "Ann of A" in found and "Ben of B" not in found
    for kind in ("csv", "xlsx"):
        assert client.get(f"/people/?download={kind}").status_code == 200
    assert log_of(town.of_a, town.administrator) == []
    with acting(town.administrator):
        assert AccessLog.objects.filter(action="downloaded", subject="people").count() == 2


def test_the_list_of_who_lacks_an_agreement_or_training(town: Town) -> None:
    """Also before the day from which a missing one closes access: whoever sets it sees whom it meets."""
    no_grant = factories.make_user(display_name="Nobody yet")
    records.record(by=town.administrator, kind=PrivacyTraining, user=town.of_a, met_on=TODAY)
    records.record(
        by=town.administrator, kind=PrivacyTraining, user=town.of_b, met_on=TODAY - timedelta(days=366)
    )
    for who, sees in ((town.administrator, {"Ben of B", "Bo of both"}), (town.boss, {"Bo of both"})):
        found = signed_in(who).get("/people/?missing=privacy_training").content.decode()
        assert {one for one in ("Ann of A", "Ben of B", "Bo of both") if one in found} == sees
        assert no_grant.display_name not in found
    unsigned = signed_in(town.administrator).get("/people/?missing=user_agreement").content.decode()
    assert "Ann of A" in unsigned
    assert "Ann of A" in signed_in(town.boss).get("/people/?missing=agency_agreement").content.decode()


def test_a_grant_about_to_end_is_told(town: Town) -> None:
    factories.give_grant(town.of_a, HmisUser, ProjectScope(town.b1.pk), ends_on=TODAY + timedelta(days=10))
    factories.give_grant(town.of_b, HmisUser, ProjectScope(town.a1.pk), ends_on=TODAY + timedelta(days=99))
    found = signed_in(town.administrator).get("/people/?state=lapsing").content.decode()
    assert "Ann of A" in found and "Ben of B" not in found


def test_a_person_whom_one_does_not_administer_is_not_there(town: Town) -> None:
    client = signed_in(town.boss)
    client.get("/people/987653/")  # the first request of a session writes it
    with CaptureQueriesContext(connection) as asked_of_nobody:
        nobody = client.get("/people/987654/")
    with CaptureQueriesContext(connection) as asked_of_hidden:
        hidden = client.get(f"/people/{town.of_b.pk}/")
    assert (nobody.status_code, hidden.status_code) == (404, 404)
    assert len(asked_of_nobody) == len(asked_of_hidden)  # the time tells nothing
    assert town.of_b.email not in hidden.content.decode()
    for path in ("grants/new/", "password/", "do/deactivate/", "grants/1/end/"):
        for ask in (client.get, client.post):
            assert ask(f"/people/{town.of_b.pk}/{path}").status_code == 404, path


def test_a_page_tells_grants_and_what_they_let_one_do(town: Town) -> None:
    page = signed_in(town.administrator).get(f"/people/{town.of_both.pk}/").content.decode()
    assert f"{town.a} (HMIS user)" in page and f"{town.b} (HMIS user)" in page
    assert WORDS[Permission.ENROLLMENT_VIEW] in page and WORDS[Permission.USER_EDIT] not in page
    assert "There may be others" not in page
    mine = signed_in(town.boss).get(f"/people/{town.of_both.pk}/").content.decode()
    assert f"{town.a} (HMIS user)" in mine and str(town.b) not in mine
    assert "There may be others" in mine and "Deactivate" not in mine


def test_a_grant_is_looked_at_then_given_then_ended(town: Town) -> None:
    client = signed_in(town.boss)
    assert "Choose where" in client.get(f"/people/{town.of_a.pk}/grants/new/").content.decode()
    address = f"/people/{town.of_a.pk}/grants/new/?role=hmis_user"
    asked = form(ProjectScope(town.a1.pk), last_day=f"{TODAY + timedelta(days=4):%m/%d/%Y}")
    look = client.post(address, asked).content.decode()
    assert (
        "Sees 0 enrollments of 1 project" in look and "export data and lists, with what they may see" in look
    )
    assert len(log_of(town.of_a, town.administrator)) == 0
    assert client.post(address, asked | {"given": "1"}).status_code == 302
    given = grant_of(town.of_a, town.administrator, scope="project")
    assert (given.given_by_id, given.reason) == (town.boss.pk, "new here")
    assert given.ends_on == TODAY + timedelta(days=5)
    again = client.post(address, asked | {"given": "1"}).content.decode()
    assert "has this role there already" in again
    page = client.get(f"/people/{town.of_a.pk}/grants/{given.pk}/end/").content.decode()
    assert f"see enrollments and all that hangs on them, at {town.a1}" in page
    assert "Enter: Reason." in client.post(f"/people/{town.of_a.pk}/grants/{given.pk}/end/").content.decode()
    done = client.post(f"/people/{town.of_a.pk}/grants/{given.pk}/end/", {"reason": "left"})
    assert done.status_code == 302
    ended = grant_of(town.of_a, town.administrator, scope="project")
    assert (ended.ended_by_id, ended.end_reason) == (town.boss.pk, "left")
    assert log_of(town.of_a, town.administrator) == [("role_changed", "given"), ("role_changed", "ended")]
    again = client.post(f"/people/{town.of_a.pk}/grants/{given.pk}/end/", {"reason": "left"})
    assert "over already" in again.content.decode()
    page = client.get(f"/people/{town.of_a.pk}/").content.decode()
    assert "Ended grants (1)" in page and "ended by Boss of A: left" in page


def test_forged_forms_give_nothing(town: Town) -> None:
    client = signed_in(town.boss)
    mine = f"/people/{town.of_a.pk}/grants/new/"
    for role in ("system_administrator", "auditor", "local_system_administrator", "x"):
        assert client.post(f"{mine}?role={role}", form(StateScope(), given="1")).status_code == 404
    for scope in (OrganizationScope(town.b.pk), ProjectScope(town.b1.pk), StateScope()):
        said = client.post(f"{mine}?role=hmis_user", form(scope, given="1")).content.decode()
        assert "Choose from the list." in said
    # Fields that the form does not have change nothing.
    extra = {"user": town.of_b.pk, "role": "auditor", "given_by": "1", "scope": "state", "given": "1"}
    client.post(f"{mine}?role=hmis_user", form(ProjectScope(town.a1.pk)) | extra)
    assert grant_of(town.of_a, town.administrator, scope="project").role == "hmis_user"
    own = f"/people/{town.boss.pk}/grants/new/?role=hmis_user"
    assert client.post(own, form(ProjectScope(town.a1.pk), given="1")).status_code == 404
    past = form(OrganizationScope(town.a.pk), begins_on="01/01/2020", given="1")
    said = client.post(f"/people/{town.of_both.pk}/grants/new/?role=agency_administrator", past)
    assert "begins today or later" in said.content.decode()
    late = form(OrganizationScope(town.a.pk), last_day="12/31/9999", given="1")
    said = client.post(f"/people/{town.of_both.pk}/grants/new/?role=agency_administrator", late)
    assert "Check the year." in said.content.decode()


def test_a_grant_of_somebody_else_is_not_ended_by_its_number(town: Town) -> None:
    client = signed_in(town.boss)
    theirs = grant_of(town.of_b, town.administrator)
    outside = grant_of(town.of_both, town.administrator, organization=town.b)
    own = grant_of(town.boss, town.administrator)
    for person, grant, answer in (
        (town.of_a, theirs, 404), (town.of_both, outside, 404), (town.boss, own, 403),
        (town.of_b, theirs, 404),
    ):  # fmt: skip
        address = f"/people/{person.pk}/grants/{grant.pk}/end/"
        assert client.post(address, {"reason": "x"}).status_code == answer
    with acting(town.administrator):
        assert not Grant.objects.filter(ended_at__isnull=False).exists()


def test_rights_that_ended_meanwhile_are_refused(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """The list of places was made before the viewer's own grant was ended: the database refuses it."""
    offered = [places.Place(OrganizationScope(town.b.pk), "B")]
    monkeypatch.setattr(places, "places_for", lambda viewer, role: offered)
    said = signed_in(town.boss).post(
        f"/people/{town.of_a.pk}/grants/new/?role=hmis_user", form(OrganizationScope(town.b.pk), given="1")
    )
    assert "Nothing was given" in said.content.decode()
    client = signed_in(town.boss)
    assert client.get("/people/").status_code == 200
    factories.end_grants(town.boss)
    assert client.get("/people/").status_code == 403
    assert client.post(f"/people/{town.of_a.pk}/do/deactivate/").status_code == 403


def test_doors_of_an_account_are_opened_and_closed(town: Town, settings: Any) -> None:
    settings.MAIL_SERVER = object()
    client = signed_in(town.boss)
    base = f"/people/{town.of_a.pk}"
    theirs = signed_in(town.of_a)
    for what in ("unlock", "end-sessions", "reset-second-step", "deactivate", "reactivate", "send-link"):
        assert client.get(f"{base}/do/{what}/").status_code == 200
        assert client.post(f"{base}/do/{what}/").status_code == 302
    assert theirs.get("/").status_code == 302
    assert client.get(f"{base}/do/x/").status_code == 404
    weak = client.post(f"{base}/password/", {"password1": "short", "password2": "short"}).content.decode()
    assert "Make it longer" in weak
    other = client.post(f"{base}/password/", {"password1": "a" * 12, "password2": "b" * 12}).content.decode()
    assert "not the same" in other
    good = {"password1": factories.PASSWORD, "password2": factories.PASSWORD}
    assert client.post(f"{base}/password/", good).status_code == 302
    assert User.objects.get(pk=town.of_a.pk).check_password(factories.PASSWORD)
    assert [done for _, done in log_of(town.of_a, town.administrator)] == [
        "unlocked", "signed out everywhere", "removed", "deactivated", "reactivated",
        "sent a link to set a password", "", "unlocked",
    ]  # fmt: skip
    mailing.send_due()
    assert [one.to for one in mail.outbox] == [[town.of_a.email]] * 2
    assert "Boss of A sends you a link" in mail.outbox[0].body
    assert "Boss of A has set a new password" in mail.outbox[1].body


def test_a_closed_account_gets_no_password_and_no_link(town: Town, settings: Any) -> None:
    settings.MAIL_SERVER = object()
    doors.deactivate(by=town.administrator, email=town.of_a.email)
    client = signed_in(town.boss)
    good = {"password1": factories.PASSWORD, "password2": factories.PASSWORD}
    said = client.post(f"/people/{town.of_a.pk}/password/", good).content.decode()
    assert "Reactivate the account first" in said
    client.post(f"/people/{town.of_a.pk}/do/send-link/")
    assert mailing.send_due() == 0


def test_the_doors_of_an_account_that_works_elsewhere_too_stay(town: Town) -> None:
    client = signed_in(town.boss)
    for one in (town.of_both, town.boss):
        for path in ("password/", "do/deactivate/", "do/reset-second-step/", "do/send-link/"):
            for ask in (client.get, client.post):
                assert ask(f"/people/{one.pk}/{path}").status_code == 403, path
    assert User.objects.get(pk=town.of_both.pk).is_active
    with acting(town.administrator):
        assert AccessLog.objects.filter(action="refused", user_id=town.boss.pk).count() == 16


def test_invitations_and_links_count_against_one_limit(town: Town, settings: Any) -> None:
    settings.IS_DEMO = True
    client = signed_in(town.administrator)
    ask = f"/people/{town.of_b.pk}/do/send-link/"
    for _ in range(settings.RESETS_PER_HOUR):
        client.post(ask)
    said = client.post(ask, follow=True).content.decode()
    assert "links within the hour" in said
    assert Mail.objects.filter(user=town.of_b).count() == settings.RESETS_PER_HOUR
    Client().post("/account/password/reset/", {"email": town.of_b.email})
    assert Mail.objects.filter(user=town.of_b).count() == settings.RESETS_PER_HOUR


def test_an_invitation_sets_a_first_password_once(town: Town, settings: Any) -> None:
    settings.MAIL_SERVER = object()
    signed_in(town.administrator).post(f"/people/{town.of_b.pk}/do/send-link/")
    mailing.send_due()
    body = mail.outbox[0].body
    assert "has made an account for you" in body
    link = next(line for line in body.splitlines() if "/password/reset/" in line).partition("testserver")[2]
    visitor = Client()
    page = visitor.get(link, follow=True)
    good = {"password1": factories.PASSWORD, "password2": factories.PASSWORD}
    assert visitor.post(page.redirect_chain[-1][0], good).status_code == 302
    assert User.objects.get(pk=town.of_b.pk).check_password(factories.PASSWORD)
    mail.outbox.clear()
    again = Client().get(link, follow=True).content.decode()
    assert "password1" not in again


def test_who_signed_in_long_ago_is_asked_again_before_anything_changes(town: Town, settings: Any) -> None:
    settings.ASK_AGAIN_MINUTES = 10
    User.objects.filter(pk=town.boss.pk).update(password=make_password(factories.PASSWORD))
    client, base = signed_in(User.objects.get(pk=town.boss.pk)), f"/people/{town.of_a.pk}"
    grant = grant_of(town.of_a, town.administrator)
    asked = form(ProjectScope(town.a1.pk), given="1")
    for path, sent in (
        (f"{base}/grants/new/?role=hmis_user", asked), (f"{base}/grants/{grant.pk}/end/", {"reason": "x"}),
        (f"{base}/do/deactivate/", {}), (f"{base}/password/", {"password1": "x", "password2": "x"}),
        ("/people/new/?role=hmis_user", asked | {"email": "nia@example.org", "name": "Nia"}),
        ("/people/new/many/", {"sheet": "x"}),
    ):  # fmt: skip
        answer = client.post(path, sent)
        assert answer.status_code == 200 and "account/ask_again.html" in {
            one.name for one in answer.templates
        }, path
    assert User.objects.get(pk=town.of_a.pk).is_active
    assert log_of(town.of_a, town.administrator) == []
    assert client.post(
        f"{base}/do/deactivate/", {"again-password": factories.PASSWORD}
    ).status_code == 302  # fmt: skip
    assert not User.objects.get(pk=town.of_a.pk).is_active


def test_without_a_mail_server_the_page_says_so(town: Town, settings: Any) -> None:
    settings.MAIL_SERVER, settings.IS_DEMO = None, False
    page = signed_in(town.administrator).get(f"/people/{town.of_b.pk}/").content.decode()
    assert "no mail server" in page and "Send an invitation" not in page
    answer = signed_in(town.administrator).post(f"/people/{town.of_b.pk}/do/send-link/", follow=True)
    assert "Set a first password instead" in answer.content.decode()


@pytest.mark.parametrize("who", ["administrator", "boss", "local", "both", "of_a"])
def test_what_is_offered_is_what_the_database_lets_one_give(town: Town, who: str) -> None:
    local, both = factories.make_user(), factories.make_user()
    factories.give_grant(local, LocalSystemAdministrator, CocScope("XX-500"))
    factories.give_grant(both, AgencyAdministrator, OrganizationScope(town.b.pk))
    factories.give_grant(both, HmisUser, OrganizationScope(town.a.pk))
    factories.give_grant(both, Auditor, StateScope())
    viewer = {"local": local, "both": both}.get(who) or getattr(town, who)
    viewer = User.objects.get(pk=viewer.pk)
    every = [
        StateScope(), CocScope("XX-500"),
        *(CocScope(code) for code in Region.objects.filter(kind="coc").values_list("code", flat=True)),
        *(OrganizationScope(pk) for pk in Organization.objects.values_list("pk", flat=True)),
        *(ProjectScope(pk) for pk in Project.objects.values_list("pk", flat=True)),
        *(places.ProjectGroupScope(pk) for pk in ProjectGroup.objects.values_list("pk", flat=True)),
    ]  # fmt: skip
    target = factories.make_user()
    with acting(viewer):
        for role in ROLES.values():
            offered = {one.key for one in places.places_for(viewer, role)}
            allowed = {
                places.key_of(scope)
                for scope in every
                if type(scope) in role.scopes
                and rights._may_give(Grant(user=target, role=role.code, **scope.values()))
            }
            assert offered == allowed, role.code
            assert bool(offered) == (role in places.roles_for(viewer)), role.code


def test_every_permission_has_its_words() -> None:
    assert set(WORDS) == set(Permission)
    assert SystemAdministrator.permissions == set(WORDS)
