"""Rows of many projects are asked for with one value, however many there are."""

import re
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

import hearth
from hearth.hmis.access.context import acting
from hearth.hmis.access.models import User
from hearth.hmis.enrollments.models import Enrollment
from hearth.hmis.organizations.models import Project
from tests import factories

pytestmark = pytest.mark.django_db


def test_any_of_finds_what_in_finds(administrator: User) -> None:
    with acting(administrator):
        stays = [factories.make_enrollment() for _ in range(3)]
        two = {stay.project_id for stay in stays[:2]}
        for ids in (two, [], [0], {stays[2].project_id}):
            for one, other in (
                (Enrollment.objects.filter(project__any_of=ids), Enrollment.objects.filter(project__in=ids)),
                (
                    Enrollment.objects.exclude(project_id__any_of=ids),
                    Enrollment.objects.exclude(project__in=ids),
                ),
                (Project.objects.filter(pk__any_of=ids), Project.objects.filter(pk__in=ids)),
            ):
                assert set(one.values_list("pk")) == set(other.values_list("pk"))


def test_a_query_for_somebody_of_many_projects_is_no_longer() -> None:
    few, many = (_asked_for(projects) for projects in (1, 40))
    assert len(many) - len(few) < 40 * 4  # the ids alone


def _asked_for(projects: int) -> str:
    organization = factories.make_organization()
    for _ in range(projects):
        factories.make_project(organization)
    user = factories.make_hmis_user(organization)
    with acting(user):
        assert len(user.own_projects) == projects
        with CaptureQueriesContext(
            connection,
        ) as asked:
            assert not list(Enrollment.objects.restrict(user))
    return str(asked[0]["sql"])


def test_what_a_user_may_reach_is_nowhere_written_out() -> None:
    written_out = re.compile(r"__in=(user|viewer|by)\.(own_projects|projects\()")
    for path in Path(hearth.__file__).parent.rglob("*.py"):
        assert not written_out.search(path.read_text(encoding="utf-8")), f"{path}: __any_of instead of __in"
