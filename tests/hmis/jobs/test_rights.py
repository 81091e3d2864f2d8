"""Who may still open what a run made: each condition of `jobs.rights` by itself."""

from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from hearth.hmis.access.context import acting
from hearth.hmis.access.models import User
from hearth.hmis.exchange.models import ExportRun
from hearth.hmis.jobs.rights import kept_file, may_open, rights_of
from hearth.hmis.organizations.models import Organization
from tests.factories import (
    end_grants,
    make_administrator,
    make_auditor,
    make_hmis_user,
    make_organization,
    make_project,
)

pytestmark = pytest.mark.django_db


def made_with(rights: dict[str, Any] | None) -> ExportRun:
    parameters = {} if rights is None else {"made_with": rights}
    return ExportRun(parameters=parameters, created_at=timezone.now())


def organization_with_a_project() -> Organization:
    return make_project().organization


def fresh(user: User) -> User:
    return User.objects.get(pk=user.pk)


def test_what_was_made_is_opened_with_the_same_rights_and_with_more() -> None:
    one, two = organization_with_a_project(), organization_with_a_project()
    user, with_both = make_hmis_user(one), make_hmis_user(one, two)
    run = made_with(rights_of(user))
    assert may_open(user, run)
    assert may_open(with_both, run)
    assert may_open(make_administrator(), run)


def test_what_was_made_with_more_rights_stays_closed() -> None:
    one, two = organization_with_a_project(), organization_with_a_project()
    with_both = made_with(rights_of(make_hmis_user(one, two)))
    of_all = made_with(rights_of(make_administrator()))
    for user in (make_hmis_user(one), make_hmis_user(), make_auditor()):
        assert not may_open(user, with_both)
        assert not may_open(user, of_all)


def test_whoever_leaves_an_organization_or_the_system_opens_it_no_more() -> None:
    one = organization_with_a_project()
    user = make_hmis_user(one)
    run = made_with(rights_of(user))
    was_administrator = make_administrator()
    of_all = made_with(rights_of(was_administrator))
    end_grants(user)
    end_grants(was_administrator)
    assert not may_open(fresh(user), run)
    assert not may_open(fresh(was_administrator), of_all)
    gone = make_administrator()
    gone.is_active = False
    assert not may_open(gone, of_all)


def test_what_was_made_of_shared_records_alone_is_closed_to_whoever_holds_no_role_any_more() -> None:
    user = make_hmis_user(make_organization())
    run = made_with(rights_of(user))
    assert run.parameters["made_with"]["projects"] == []
    assert may_open(user, run)
    end_grants(user)
    assert not may_open(user, run)


def test_a_run_that_does_not_say_with_which_rights_is_opened_by_administrators_alone() -> None:
    unsaid = made_with(None)
    assert not may_open(make_hmis_user(make_organization()), made_with({"sees_all": False}))
    assert not may_open(make_hmis_user(make_organization()), unsaid)
    assert may_open(make_administrator(), unsaid)


def test_only_a_finished_run_that_still_has_its_file_gives_it(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path
    (tmp_path / "1.zip").write_text("x")
    user = make_administrator()
    run = ExportRun(state="finished", file="1.zip", parameters={"made_with": rights_of(user)})
    assert kept_file(user, run) == tmp_path / "1.zip"
    assert kept_file(make_hmis_user(make_organization()), run) is None
    for name, value in (("state", "writing"), ("state", "failed"), ("file", ""), ("file", "2.zip")):
        other = ExportRun(state="finished", file="1.zip", parameters=run.parameters)
        setattr(other, name, value)
        assert kept_file(user, other) is None, (name, value)


def test_runs_of_others_are_not_there_in_the_database_either() -> None:
    """Workers, for whom nobody acts, find all of them."""
    one, other, administrator = make_hmis_user(), make_hmis_user(), make_administrator()
    with acting(one):
        run = ExportRun.objects.create(created_by=one)
    found = {}
    for name, user in (("own", one), ("other", other), ("administrator", administrator), ("worker", None)):
        with acting(user):
            found[name] = ExportRun.objects.filter(pk=run.pk).exists()
            if name == "other":
                assert ExportRun.objects.filter(pk=run.pk).update(file="mine") == 0
    assert found == {"own": True, "other": False, "administrator": True, "worker": True}
