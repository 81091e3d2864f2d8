"""What users of Minnesota's HMIS trip over, by the numbers of their list (2–12): each is impossible
or caught.

Where the subject has its tests already, the one that shows it carries the number and stands there:
`grep -rn test_users_ask tests`. Old numbers that live on after a merge (7) come with merges.
"""

from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client as Browser
from django.urls import reverse

from hearth.hmis.access.context import acting
from hearth.hmis.access.models import User
from hearth.hmis.enrollments.models import Enrollment
from hearth.hmis.hud.questions import field_name
from hearth.hmis.organizations.entered import new_key
from hearth.hmis.organizations.models import ProjectCoC
from hearth.standards.wording import wording
from tests import factories
from tests.hmis.consent.consenting import World
from tests.hmis.enrollments.drafts.test_drafts import PRIOR, STREET, Page
from tests.hmis.enrollments.start.test_enroll import START, Place, enroll
from tests.hmis.exchange.exporting import export

pytestmark = pytest.mark.django_db


@pytest.fixture
def place(administrator: User) -> Place:
    return Place(administrator)


def test_users_ask_02_leaving_before_finish_harms_no_record(
    client: Browser, place: Place, administrator: User, tmp_path: Path
) -> None:
    """What was typed waits in the list of drafts, and no table of HUD's and no export has heard of it."""
    with acting(administrator):
        other = factories.make_client(veteran_status=0)
    with acting(place.worker):
        finished = enroll(place.worker, other, place.housing)
    Page(place.worker, place).save(PRIOR, STREET)
    client.force_login(place.worker)
    assert f"/clients/{place.client.pk}/enroll/" in client.get(reverse("enrollments:drafts")).content.decode()
    with acting(administrator):
        tables = export(administrator, tmp_path / "out.zip", start=START, end=START, deleted=True)
    assert [row["EnrollmentID"] for row in tables["Enrollment"]] == [finished.hud_id]
    page = Page(place.worker, place)
    assert page.chosen(STREET)
    assert page.finish(**{PRIOR: STREET}).status_code == 302
    with acting(administrator):
        assert Enrollment.objects.get(client=place.client).living_situation == int(STREET)


@pytest.mark.parametrize(("choice", "is_seen"), [("share", True), ("do_not_share", False)])
def test_users_ask_04_sharing_is_answered_once_and_by_no_other_form(
    client: Browser, administrator: User, choice: str, is_seen: bool
) -> None:
    world = World(administrator)
    world.answers(choice, START - timedelta(days=1))
    with acting(administrator):
        ProjectCoC.objects.create(**factories.record(project=world.project, coc_code="MN-500"))
    client.force_login(world.worker)
    address = reverse("enrollments:start", args=[world.person.pk, world.project.pk]) + f"?start={START}"
    form = client.get(address).context["cards"][0].form
    # HUD's questions and whose stay it is, and nothing else.
    assert set(form.fields) == {field_name(one.name) for one in form.questions} | {"case_manager"}
    assert client.post(address, {"key": new_key()}).status_code == 302
    with acting(administrator):
        stay = Enrollment.objects.get(client=world.person)
    assert world.seen(stay) == [is_seen]


def test_users_ask_06_the_rule_of_the_move_in_stands_at_its_field_and_it_is_asked_for(
    client: Browser, place: Place
) -> None:
    with acting(place.worker):
        stay = enroll(place.worker, place.client, place.housing)
    client.force_login(place.worker)
    household = reverse("enrollments:household", args=[stay.pk])
    assert "Move-in date, if moved in" in client.get(household).content.decode()
    address = reverse("enrollments:point", args=[stay.pk, "move-in"])
    page = client.get(address)
    field = page.context["form"].fields["Enrollment-MoveInDate"]
    assert field.help_text
    assert field.help_text == wording()["3.20"].fields["MoveInDate"].help
    early = {"version": page.context["version"], "Enrollment-MoveInDate": str(START - timedelta(days=1))}
    assert "before the start" in client.post(address, early).content.decode()
    assert client.post(address, early | {"Enrollment-MoveInDate": str(START)}).status_code == 302
    assert "Move-in date, if moved in" not in client.get(household).content.decode()


def test_users_ask_12_no_stay_drops_out_of_reports_for_want_of_a_coc(
    client: Browser, place: Place, administrator: User
) -> None:
    """The head's CoC is that of the project; of several one must be chosen; of none it is said."""
    client.force_login(place.worker)
    address = reverse("enrollments:start", args=[place.client.pk, place.housing.pk]) + f"?start={START}"
    with acting(administrator):
        second = ProjectCoC.objects.create(**factories.record(project=place.housing, coc_code="MN-501"))
    for said in ({}, {"coc": ""}, {"coc": "MN-502"}, {"coc": "MN-501 "}):
        assert client.post(address, {"key": new_key(), **said}).status_code == 200
    with acting(administrator):
        assert not Enrollment.objects.exists()
        ProjectCoC.objects.filter(project=place.housing).exclude(pk=second.pk).delete()
    assert client.post(address, {"key": new_key()}).status_code == 302
    with acting(administrator):
        assert Enrollment.objects.get().enrollment_coc == "MN-501"


def test_users_ask_12_a_project_without_a_coc_is_said(
    client: Browser, place: Place, administrator: User
) -> None:
    with acting(administrator):
        ProjectCoC.objects.all().delete()
    client.force_login(place.worker)
    address = reverse("enrollments:start", args=[place.client.pk, place.housing.pk]) + f"?start={START}"
    page = client.post(address, {"key": new_key()})
    assert page.status_code == 200
    assert "has no CoC" in page.content.decode()
    with acting(administrator):
        assert not Enrollment.objects.exists()
