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


def a_veteran(organization: Any) -> int:
    """A stay of a veteran in a project of the VA, which asks for military service."""
    from hearth.hmis.organizations.models import Funder
    from tests import factories

    helped = factories.make_project(organization, project_name="Steady Door", project_type=12)
    Funder.objects.create(
        project=helped, funder=33, grant_id="VA-1", start_date=date(2024, 1, 1), **factories.record()
    )
    june = factories.make_client(
        first_name="June", last_name="Maple", dob=date(1970, 6, 1), veteran_status=1,
        year_entered_service=1990, military_branch=1,
    )  # fmt: skip
    pk: int = factories.make_enrollment(june, helped).pk
    return pk
