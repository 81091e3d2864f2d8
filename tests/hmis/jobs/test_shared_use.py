"""What a run made is closed to whoever asked when a client in it no longer shares what it used."""

from pathlib import Path
from typing import Any

import pytest

from hearth.hmis.access.context import acting
from hearth.hmis.access.models import User
from hearth.hmis.enrollments.models import Enrollment
from hearth.hmis.exchange.exporting import job as exports
from hearth.hmis.exchange.models import ExportRun
from hearth.hmis.jobs.models import SharedUse
from hearth.hmis.jobs.rights import keep_shared_use, may_open, rights_of
from hearth.hmis.reports import records
from tests import factories
from tests.hmis.exchange.test_export_pages import make_run

pytestmark = pytest.mark.django_db


class Place:
    """A client with a stay in the user's project, and stays elsewhere of which one is shared."""

    def __init__(self, administrator: User) -> None:
        self.administrator = administrator
        with acting(administrator):
            self.own, other = factories.make_project(), factories.make_project()
            client = factories.make_client()
            self.mine = factories.make_enrollment(client, self.own)
            self.shared = factories.make_enrollment(client, other, is_shared=True)
            factories.make_enrollment(client, other)
            self.stranger = factories.make_enrollment(project=other, is_shared=True)
        self.user = factories.make_hmis_user(self.own.organization)

    def close(self, enrollment: Enrollment) -> None:
        with acting(self.administrator):
            Enrollment.objects.filter(pk=enrollment.pk).update(is_shared=False)


@pytest.fixture
def place(administrator: User) -> Place:
    return Place(administrator)


def used(run: ExportRun, user: User) -> list[int]:
    with acting(user):
        return [pk for row in SharedUse.objects.filter(run_id=run.pk) for pk in row.enrollments]


def test_closed_as_soon_as_one_of_them_is(place: Place) -> None:
    with acting(place.user):
        run = ExportRun.objects.create(created_by=place.user, parameters={"made_with": rights_of(place.user)})
        keep_shared_use(place.user, run, [place.shared.pk, place.stranger.pk])
        keep_shared_use(place.user, run, [place.shared.pk])  # a second attempt
    assert used(run, place.user) == [place.shared.pk]
    place.close(place.stranger)
    assert may_open(place.user, run)
    place.close(place.shared)
    assert not may_open(place.user, run)
    assert may_open(place.administrator, run)


def test_a_report_uses_what_is_shared_of_the_people_of_its_projects(place: Place) -> None:
    with acting(place.user):
        assert records.shared_with(place.user, [place.own.pk]) == [place.shared.pk]


def test_an_export_notes_what_it_holds_of_others(place: Place, settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path
    run = make_run(place.user, file="exports/1.zip")
    exports.work(run.pk)
    run.refresh_from_db()
    assert run.state == "finished", run.message
    assert sorted(used(run, place.user)) == sorted([place.shared.pk, place.stranger.pk])
    place.close(place.stranger)
    assert not may_open(User.objects.get(pk=place.user.pk), run)


def test_of_an_administrator_nothing_is_noted(place: Place, settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path
    run = make_run(place.administrator, file="exports/1.zip")
    exports.work(run.pk)
    assert used(run, place.administrator) == []
