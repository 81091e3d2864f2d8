"""Local answers and funding are as open as any record of their day."""

from datetime import date
from typing import Any

import pytest

from hearth.hmis.access.context import acting
from hearth.hmis.access.models import User
from hearth.hmis.consent.choices import Applies
from hearth.hmis.local.models import HouseholdFunding, LocalAnswer
from tests import factories
from tests.hmis.consent.consenting import World

pytestmark = pytest.mark.django_db

DAYS = (date(2026, 1, 10), date(2026, 3, 10), None)


def rows(world: World, stay: Any) -> tuple[list[Any], list[Any], list[Any]]:
    """Of each day a service, an answer and money."""
    services = [world.service(stay, day) for day in DAYS]
    with acting(world.administrator):
        answers = [
            LocalAnswer.objects.create(**factories.record(enrollment=stay, information_date=day))
            for day in DAYS
        ]
        money = [
            HouseholdFunding.objects.create(**factories.record(enrollment=stay, begins_on=day))
            for day in DAYS
        ]
    return services, answers, money


@pytest.mark.parametrize("applies", Applies)
@pytest.mark.parametrize("choice", ["share", "do_not_share"])
@pytest.mark.parametrize("is_first", [True, False])
def test_they_are_as_open_as_a_service_of_that_day(
    administrator: User, applies: Applies, choice: str, is_first: bool
) -> None:
    world = World(administrator)
    stay = world.stay(date(2026, 1, 5), is_shared=True)
    if is_first:
        kinds = rows(world, stay)
    world.answers("share", date(2026, 2, 1), applies=applies)
    world.answers(choice, date(2026, 3, 1))
    if not is_first:
        kinds = rows(world, stay)
    services, answers, money = kinds
    assert world.seen(*answers) == world.seen(*services)
    assert world.seen(*money) == world.seen(*services)
