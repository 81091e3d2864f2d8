"""The two projects into which people are entered by the clock: a shelter, and rapid re-housing."""

from datetime import date
from typing import Any


def fill(organization: Any) -> None:
    """A night-by-night shelter and a rapid re-housing project with HUD's ESG money."""
    from hearth.hmis.organizations.models import Funder
    from tests import factories
    from tests.hmis.organizations.making import make_coc

    night = factories.make_project(organization, project_name="Quiet Beds", project_type=1)
    home = factories.make_project(
        organization, project_name="Rapid Home", project_type=13, rrh_sub_type=2, housing_type=3
    )
    for project, funder in ((night, 8), (home, 10)):
        make_coc(project)
        Funder.objects.create(
            project=project,
            funder=funder,
            grant_id="ESG-1",
            start_date=date(2024, 1, 1),
            **factories.record(),
        )
