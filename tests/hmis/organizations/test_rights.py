"""Who reaches which page, and what is never on it."""

import pytest

from hearth.hmis.access.context import acting
from hearth.hmis.access.models import User
from hearth.hmis.audit.history import history_of
from hearth.hmis.audit.models import AccessLog
from hearth.hmis.organizations.models import RegionContact, TribalNation
from tests import factories
from tests.hmis.organizations.making import make_full_project

pytestmark = pytest.mark.django_db

PAGES = ["/regions/", "/regions/MN-500/", "/regions/MTC/", "/organizations/"]
CHANGES = ["/regions/MN-500/contacts/add/"]
CONTACT = {"role": "chair", "name": "Invented Chairperson", "organization": "", "email": "", "phone": ""}


@pytest.mark.parametrize("path", [*PAGES, *CHANGES, "/organizations/1/", "/projects/1/"])
def test_a_stranger_is_sent_to_sign_in(client, path: str) -> None:
    response = client.get(path)
    assert response.status_code == 302
    assert response["Location"].startswith("/account/login/")


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("make", [factories.make_auditor, factories.make_administrator])
def test_every_role_reads_regions_and_organizations(site, path: str, make) -> None:
    assert site(make()).get(path).status_code == 200


def test_a_user_without_a_role_is_refused(site) -> None:
    visitor = site(factories.make_user())
    assert {path: visitor.get(path).status_code for path in PAGES} == dict.fromkeys(PAGES, 403)


@pytest.mark.parametrize(
    "path",
    [
        "/regions/MN-999/",
        "/regions/mn-500/",
        "/regions/'%20OR%201=1/",
        "/regions/MN-999/contacts/add/",
        "/regions/MN-500/contacts/999999/",
        "/regions/MN-500/contacts/999999/remove/",
        "/organizations/999999/",
        "/organizations/99999999999999999999999/",
        "/organizations/999999/nation/",
        "/organizations/-1/",
        "/projects/999999/",
        "/projects/99999999999999999999999/",
        "/projects/x/",
    ],
)
def test_what_is_not_there_is_404(site, administrator: User, path: str) -> None:
    assert site(administrator).get(path).status_code == 404


def test_a_contact_is_reached_through_its_own_region_only(site, administrator: User) -> None:
    contact = RegionContact.objects.filter(region__code="MN-501").first()
    assert contact is not None
    assert site(administrator).get(f"/regions/MN-500/contacts/{contact.pk}/").status_code == 404
    assert site(administrator).get(f"/regions/MN-501/contacts/{contact.pk}/").status_code == 200


def test_only_administrators_change_contacts(site, as_administrator: User) -> None:
    contact = RegionContact.objects.filter(region__code="MN-500").first()
    assert contact is not None
    user = factories.make_hmis_user(factories.make_organization())
    paths = [
        "/regions/MN-500/contacts/add/",
        f"/regions/MN-500/contacts/{contact.pk}/",
        f"/regions/MN-500/contacts/{contact.pk}/remove/",
    ]
    for person in (user, factories.make_auditor()):
        for path in paths:
            assert site(person).get(path).status_code == 403
            assert site(person).post(path, CONTACT).status_code == 403
        assert "Add a contact" not in site(person).get("/regions/MN-500/").content.decode()
    assert RegionContact.objects.filter(pk=contact.pk).exists()
    assert AccessLog.objects.filter(action="refused", user_id=user.pk).count() == 6


def test_an_administrator_adds_changes_and_removes_a_contact(site, administrator: User) -> None:
    visitor = site(administrator)
    response = visitor.post("/regions/MTC/contacts/add/", CONTACT)
    assert response["Location"] == "/regions/MTC/#contacts"
    contact = RegionContact.objects.get(name="Invented Chairperson")
    assert (contact.region.code, contact.created_by, contact.is_example) == ("MTC", administrator, False)

    path = f"/regions/MTC/contacts/{contact.pk}/"
    assert "Invented Chairperson" in visitor.get(path).content.decode()
    visitor.post(path, CONTACT | {"name": "Invented Successor", "email": "successor@example.org"})
    contact.refresh_from_db()
    assert (contact.name, contact.updated_by) == ("Invented Successor", administrator)
    old = history_of(contact).get()
    assert (old.name, old.pgh_changed_by) == ("Invented Chairperson", administrator.pk)

    assert "Invented Successor" in visitor.get(f"{path}remove/").content.decode()
    visitor.post(f"{path}remove/")
    assert not RegionContact.objects.filter(pk=contact.pk).exists()
    assert history_of(contact).count() == 2


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"name": ""}, "Give a name or an organization."),
        ({"role": "king"}, "Choose from the list."),
        ({"email": "nowhere"}, "Type a whole e-mail address"),
    ],
)
def test_a_wrong_contact_is_sent_back(
    site, administrator: User, changed: dict[str, str], message: str
) -> None:
    response = site(administrator).post("/regions/MTC/contacts/add/", CONTACT | changed)
    assert response.status_code == 200
    assert message in response.content.decode()


def test_only_administrators_say_which_nation_runs_an_organization(site, as_administrator: User) -> None:
    organization = factories.make_organization()
    nation = TribalNation.objects.get(short_name="White Earth")
    path = f"/organizations/{organization.pk}/nation/"
    outsider = site(factories.make_hmis_user(organization))
    assert outsider.get(path).status_code == outsider.post(path, {"nation": nation.pk}).status_code == 403

    visitor = site(as_administrator)
    assert visitor.post(path, {"nation": "999999"}).status_code == 200
    assert visitor.post(path, {"nation": nation.pk})["Location"] == f"/organizations/{organization.pk}/"
    organization.refresh_from_db()
    assert (organization.tribal_nation, organization.updated_by) == (nation, as_administrator)
    page = visitor.get(f"/organizations/{organization.pk}/").content.decode()
    assert "White Earth Nation" in page and "/regions/MTC/" in page
    visitor.post(path, {"nation": ""})
    organization.refresh_from_db()
    assert organization.tribal_nation is None
    assert history_of(organization).count() == 2


SECRETS = ["12 Invented Lane", "Inventon", "55999", "279053"]


@pytest.mark.parametrize("fields", [{"victim_service_provider": 1}, {}])
def test_the_address_of_a_confidential_project_stays_in_its_organization(
    site, as_administrator, fields
) -> None:
    organization = factories.make_organization(**fields)
    project = make_full_project(organization, target_population=None if fields else 1)
    outsiders = [
        as_administrator,
        factories.make_auditor(),
        factories.make_hmis_user(factories.make_organization()),
    ]
    for person in outsiders:
        for path in (
            f"/projects/{project.pk}/",
            f"/organizations/{organization.pk}/",
            "/organizations/",
            "/regions/MN-500/",
        ):
            page = site(person).get(path).content.decode()
            assert not [secret for secret in SECRETS if secret in page and "MN-500" not in path]
    page = site(factories.make_hmis_user(organization)).get(f"/projects/{project.pk}/").content.decode()
    assert all(secret in page for secret in SECRETS)


def test_another_projects_address_is_open(site, as_administrator) -> None:
    project = make_full_project(target_population=4)
    page = site(factories.make_auditor()).get(f"/projects/{project.pk}/").content.decode()
    assert all(secret in page for secret in SECRETS)


def test_enrollments_are_counted_as_far_as_the_user_may_see(site, as_administrator: User) -> None:
    organization = factories.make_organization()
    project = make_full_project(organization)
    factories.make_enrollment(project=project, household_id="A")
    factories.make_enrollment(project=project, household_id="A", relationship_to_hoh=2)
    factories.make_enrollment(project=project, household_id="B", is_shared=True)
    factories.make_enrollment(project=project, household_id="C", entry_date="2099-01-01")

    def counted(person: User) -> tuple[int, int] | None:
        enrolled = site(person).get(f"/projects/{project.pk}/").context["enrolled"]
        return enrolled and (enrolled.people, enrolled.households)

    assert counted(as_administrator) == (3, 2)
    assert counted(factories.make_hmis_user(organization)) == (3, 2)
    assert counted(factories.make_hmis_user(factories.make_organization())) == (1, 1)
    assert counted(factories.make_auditor()) is None


def test_an_exit_ends_the_count(site, as_administrator: User) -> None:
    from hearth.hmis.enrollments.models import Exit

    project = make_full_project()
    enrollments = [factories.make_enrollment(project=project) for _ in range(4)]
    day = enrollments[0].entry_date
    Exit.objects.create(enrollment=enrollments[0], exit_date=day, **factories.record())
    Exit.objects.create(enrollment=enrollments[1], exit_date="2099-01-01", **factories.record())
    Exit.objects.create(
        enrollment=enrollments[2], exit_date=day, **factories.record(date_deleted=factories.WHEN)
    )
    with acting(as_administrator):
        enrolled = site(as_administrator).get(f"/projects/{project.pk}/").context["enrolled"]
    assert enrolled.people == 3
