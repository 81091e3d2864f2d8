"""People in the middle of a stay, for the workflows of Minnesota's users (`test_workflows.py`)."""

from datetime import date, timedelta
from typing import Any


def fill(organization: Any) -> dict[str, int]:
    """A project of two CoCs with a state grant, one of street outreach, and three households; ids for
    addresses."""
    from django.utils import timezone

    from hearth.hmis.enrollments.models import IncomeBenefits
    from hearth.hmis.organizations.models import Funder
    from tests import factories
    from tests.hmis.organizations.making import make_coc

    today = timezone.localdate()
    year_ago, lately = today - timedelta(days=365), today - timedelta(days=60)
    home = factories.make_project(
        organization, project_name="Steady Home", project_type=3, housing_type=3, target_population=4
    )
    street = factories.make_project(organization, project_name="Lantern Walk", project_type=4)
    make_coc(home)
    make_coc(home, "MN-501")
    make_coc(street)
    for project, funder, other in ((home, 2, None), (home, 46, "LTH"), (street, 21, None)):
        Funder.objects.create(**factories.record(
            project=project, funder=funder, other_funder=other, grant_id="G", start_date=date(2020, 1, 1)
        ))  # fmt: skip

    def household(key: str, start: date, names: tuple[str, ...]) -> list[Any]:
        """A head, a partner, and children, in the home."""
        stays = []
        for number, name in enumerate(names):
            first, _, last = name.partition(" ")
            born = date(1986, 4, 2) if number < 2 else date(2019, 8, 9)
            who = factories.make_client(first_name=first, last_name=last, dob=born, veteran_status=0)
            relation = (1, 3, 2)[number]
            stays.append(factories.make_enrollment(
                who, home, household_id=key, entry_date=start, relationship_to_hoh=relation,
                living_situation=116, enrollment_coc="MN-500", disabling_condition=0,
            ))  # fmt: skip
        return stays

    vera, *_ = household("HVERA", year_ago, ("Veronique Calloway", "Laurits Calloway", "Nikolaj Calloway"))
    IncomeBenefits.objects.create(**factories.record(
        enrollment=vera, information_date=year_ago, data_collection_stage=1, income_from_any_source=1,
        earned=1, earned_amount=800, total_monthly_income=800, benefits_from_any_source=0,
        insurance_from_any_source=0,
    ))  # fmt: skip
    head, partner, _ = household("HSEVERIN", lately, ("Severina Dunmore", "Thaddeus Dunmore", "Una Dunmore"))
    wrong, _ = household("HMARGIT", lately, ("Margarethe Ellsworth", "Casimir Ellsworth"))
    walker = factories.make_client(first_name="Ignatius", last_name="Farthing", dob=date(1975, 3, 3))
    seen = factories.make_enrollment(walker, street, entry_date=lately, date_of_engagement=None)
    return {
        "year_stay": vera.pk, "leaving_stay": head.pk, "partner_stay": partner.pk, "wrong_stay": wrong.pk,
        "street_stay": seen.pk,
    }  # fmt: skip
