"""The demonstration: filled once, whole after an interruption, with accounts that see what they should."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.utils import timezone

from hearth.hmis.access.context import acting
from hearth.hmis.access.models import User
from hearth.hmis.access.permissions import Permission
from hearth.hmis.access.requirement_records import missing_for
from hearth.hmis.clients.models import Client
from hearth.hmis.consent import due, sealed_files
from hearth.hmis.consent.models import ConsentTaking, SealedFile
from hearth.hmis.enrollments.models import Enrollment
from hearth.hmis.exchange import demo
from hearth.hmis.exchange.models import ImportRun
from hearth.hmis.organizations.models import Organization, Region
from hearth.server import keys
from hearth.server.errors import ServerError
from hearth.server.home import Home
from tests.factories import make_administrator, make_client, make_organization, works_for
from tests.hmis.exchange.importing import records

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demo, "CLIENTS", 300)


def test_filled_once(settings: object) -> None:
    demo.fill()
    users = {user.email: user for user in User.objects.all()}
    assert set(users) == {account.email for account in demo.ACCOUNTS}
    assert all(user.check_password(keys.demo_password()) for user in users.values())
    with acting(users["admin@example.org"]):
        assert Client.objects.count() == 300
        assert Region.objects.count() == 11
        everything = Enrollment.objects.count()
    seen = {}
    for email, user in users.items():
        with acting(user):
            seen[email] = set(Enrollment.objects.values_list("pk", flat=True))
    agency = seen["caseworker@example.org"]
    assert seen["agency@example.org"] == agency
    assert set() < seen["intern@example.org"] < agency
    assert seen["coc@example.org"] & agency and seen["coc@example.org"] - agency
    assert len(seen["coc@example.org"]) < everything
    assert seen["caseworker@example.org"]
    assert seen["advocate@example.org"]
    with acting(users["admin@example.org"]):
        shared = set(Enrollment.objects.filter(is_shared=True).values_list("pk", flat=True))
    assert set() < seen["caseworker@example.org"] & seen["advocate@example.org"] <= shared
    assert len(seen["caseworker@example.org"]) < everything
    assert not seen["auditor@example.org"]
    assert not seen["newcomer@example.org"]  # has not signed yet, and is led to it
    assert [code.code for code in missing_for(users["newcomer@example.org"])] == ["user_agreement"]
    assert not any(missing_for(user) for email, user in users.items() if email != "newcomer@example.org")
    for email in ("coordinator@example.org", "funder@example.org"):  # figures, and nobody
        assert not seen[email]
        with acting(users["admin@example.org"]):
            (grant,) = users[email].grants_now
            assert Enrollment.objects.filter(
                project__in=users[email].projects(Permission.REPORT_VIEW)
            ).exists()
        assert grant.place in (Home.find().keys / "demo_accounts").read_text()
    advocate = Organization.objects.get(pk=works_for(users["advocate@example.org"]))
    assert advocate.tribal_nation is not None
    said = (Home.find().keys / "demo_accounts").read_text()
    assert keys.demo_password() in said
    assert all(email in said for email in users)
    assert not list(Path(settings.MEDIA_ROOT).glob("demo-*"))
    the_answers_of_the_demonstration(users)
    before = records()
    demo.fill()
    assert records() == before


def the_answers_of_the_demonstration(users: dict[str, User]) -> None:
    """Each list of answers due has somebody, each state is there, and one client is restricted."""
    worker, advocate = (users[f"{name}@example.org"] for name in ("caseworker", "advocate"))
    today = timezone.localdate()
    with acting(worker):
        reasons = {one.why for one in due.to_be_asked(worker, today)}
        assert reasons >= {due.Why.NEVER, due.Why.IMPORTED, due.Why.OLDER_FORM, due.Why.ENDED}
        assert due.signature_due(worker, today).exists() and due.turning_18(worker, today).count() == 1
        current = ConsentTaking.objects.filter(consent__is_current=True)
        assert set(current.values_list("opens", "applies")) >= {
            (True, "all"), (True, "from_now_on"), (False, "all"),
        }  # fmt: skip
        assert current.exclude(guardian="").exists()
        (file,) = SealedFile.objects.all()
        assert b"Signed by typing" in sealed_files.content(by=worker, file=file)
        (restricted,) = Client.objects.filter(is_restricted=True)
    for user, sees in ((advocate, False), (users["admin@example.org"], True)):
        with acting(user):
            assert Client.objects.filter(pk=restricted.pk).exists() is sees


def test_a_folder_that_has_an_administrator_already_is_filled_all_the_same() -> None:
    first = make_administrator()
    demo.fill()
    made = User.objects.get(email="admin@example.org")
    assert made.sees_all
    with acting(made):
        assert Client.objects.count() == 300
    assert User.objects.get(pk=first.pk).sees_all


@pytest.mark.parametrize("make", [make_client, make_organization])
def test_records_of_others_are_not_shown_to_accounts_whose_password_is_on_the_screen(
    make: Callable[[], object],
) -> None:
    first = make_administrator()
    with acting(first):
        make()
    with pytest.raises(ServerError, match="set HEARTH_HOME to another folder"):
        demo.fill()
    assert User.objects.count() == 1


def test_begun_again_after_an_interruption(monkeypatch: pytest.MonkeyPatch) -> None:
    load_regions = demo.load_regions

    def interrupted(**named: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(demo, "load_regions", interrupted)
    with pytest.raises(KeyboardInterrupt):
        demo.fill()
    assert User.objects.count() == 1
    monkeypatch.setattr(demo, "load_regions", load_regions)
    demo.fill()
    assert ImportRun.objects.count() == 1
    assert User.objects.count() == len(demo.ACCOUNTS)


def test_a_failed_import_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(run: ImportRun, path: Path, **named: object) -> ImportRun:
        run.state, run.message = "failed", "The disk is full."
        return run

    monkeypatch.setattr(demo, "perform", failing)
    with pytest.raises(ServerError, match="The disk is full"):
        demo.fill()
