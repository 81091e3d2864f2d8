"""A project as the standards' questions see it on a day: its type, its funding and its settings."""

from datetime import date

from django.db.models import Q

from hearth.hmis.organizations.models import CEParticipation, Project
from hearth.standards.form import Project as AskedProject


def as_asked(project: Project, on: date) -> AskedProject:
    """Funding counts from its first to its last day, both included; a blank day is open."""
    funding = project.funders.filter(
        Q(start_date__isnull=True) | Q(start_date__lte=on), Q(end_date__isnull=True) | Q(end_date__gte=on),
        date_deleted=None, funder__isnull=False,
    )  # fmt: skip
    access = CEParticipation.objects.filter(
        Q(ce_participation_status_start_date__isnull=True) | Q(ce_participation_status_start_date__lte=on),
        Q(ce_participation_status_end_date__isnull=True) | Q(ce_participation_status_end_date__gte=on),
        project=project, date_deleted=None, access_point=1,
    )  # fmt: skip
    return AskedProject(
        project_type=_text(project.project_type) or "",
        funders=frozenset(str(code) for code in funding.values_list("funder", flat=True)),
        rrh_subtypes=frozenset(filter(None, [_text(project.rrh_sub_type)])),
        facts={
            "Project.TargetPopulation": _text(project.target_population),
            "Project.HousingType": _text(project.housing_type),
            "CEParticipation.AccessPoint": "1" if access.exists() else "0",
        },
    )


def _text(code: int | None) -> str | None:
    return None if code is None else str(code)
