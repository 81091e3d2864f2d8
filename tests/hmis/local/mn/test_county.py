"""The county where a household stays is filled in where the project's CoC is one county, and nowhere else."""

from typing import Any

import pytest
from django.test import Client as Browser

from hearth.hmis.access.context import acting
from hearth.hmis.access.models import User
from hearth.hmis.local.beside import further_form
from hearth.hmis.local.mn.county import WHY, only_counties
from hearth.hmis.local.stored import asking_of
from hearth.hmis.organizations.models import ProjectCoC
from tests import factories
from tests.hmis.local.test_answers import START, Place

pytestmark = pytest.mark.django_db


@pytest.fixture
def place(administrator: User) -> Place:
    return Place(administrator)


def county(place: Place) -> Any:
    with acting(place.worker):
        return place.form()["Local-CountyOfStay"]


def test_cocs_of_one_county() -> None:
    assert only_counties() == {"MN-500": "27053", "MN-501": "27123", "MN-509": "27137"}


def test_it_stands_there_and_says_why(client: Browser, place: Place) -> None:
    field = county(place)
    assert field.value() == "27053" and WHY in field.help_text
    client.force_login(place.worker)
    assert "this county alone" in client.get(place.start()).content.decode()


def test_not_where_it_does_not_follow(place: Place, administrator: User) -> None:
    with acting(administrator):
        second = ProjectCoC.objects.create(**factories.record(project=place.project, coc_code="MN-501"))
    assert county(place).value() is None and WHY not in county(place).help_text  # in two CoCs
    with acting(administrator):
        ProjectCoC.objects.filter(project=place.project).exclude(pk=second.pk).update(coc_code="MN-503")
        ProjectCoC.objects.filter(pk=second.pk).delete()
    assert county(place).value() is None  # in a CoC of several counties


def test_not_over_what_was_answered_nor_later(place: Place) -> None:
    with acting(place.worker):
        asking = asking_of(place.worker, place.stay, "start", START)
        for said in ({}, {"CountyOfStay": "OUT"}):
            assert further_form(None, asking, said)["Local-CountyOfStay"].value() == said.get("CountyOfStay")
        assert place.form(stage="update")["Local-CountyOfStay"].value() is None
