"""The invented Minnesota of `hearth demo`: accounts, regions, and 5,000 people who never lived.

Everything here may be interrupted and begun again: what is there is left as it is. The accounts have one
password, made for this data folder; `hearth demo` prints it.
"""

import os
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.db.models import Count
from django.utils import timezone
from rich.console import Console

import hearth
from hearth import scratch
from hearth.hmis.access import requirement_records
from hearth.hmis.access.actions import become_first_administrator, give_grant
from hearth.hmis.access.administered import system_administrators
from hearth.hmis.access.context import acting
from hearth.hmis.access.models import User
from hearth.hmis.access.requirements import REQUIREMENTS, AgencyAgreement, PrivacyTraining, UserAgreement
from hearth.hmis.access.roles import (
    AgencyAdministrator,
    Auditor,
    CocCoordinator,
    Funder,
    HmisUser,
    LocalSystemAdministrator,
    Role,
    SystemAdministrator,
)
from hearth.hmis.access.scopes import (
    CocScope,
    FundingScope,
    OrganizationScope,
    ProjectScope,
    Scope,
    StateScope,
)
from hearth.hmis.clients.models import Client
from hearth.hmis.consent import demo as consents
from hearth.hmis.exchange.importing.actions import start_command_import
from hearth.hmis.exchange.importing.perform import perform
from hearth.hmis.exchange.importing.terminal import ProgressBar
from hearth.hmis.exchange.models import ImportRun, RunState
from hearth.hmis.hud.display import code_words
from hearth.hmis.local.mn.actions import load_regions
from hearth.hmis.organizations.models import DataSource, Organization, ProjectCoC
from hearth.hmis.organizations.models import Funder as Funding
from hearth.reporting.synthetic.generate import generate
from hearth.reporting.synthetic.world_settings import WorldSettings
from hearth.server import keys
from hearth.server.errors import ServerError
from hearth.server.home import Home
from hearth.standards import load
from hearth.standards.load import MODEL_YEAR

CLIENTS = int(os.environ.get("HEARTH_DEMO_CLIENTS") or 5_000)
SEED = 26
ERRORS = 0.03
SOURCE = "Invented Minnesota"
#: Codes of 2.06 that are no funding source of HUD or another department.
LOCAL_OR_OTHER, NOT_HUD_FUNDED = 46, 34
#: How the common names of the collaborative's programs begin (`local.mn.actions`).
COLLABORATIVE = "Minnesota Tribal Collaborative"


@dataclass(frozen=True)
class Account:
    """One person of the demonstration: a role, and the kind of scope that it is held in. `tribal`: in a
    program of the tribal collaborative. `days`: so long from the first start on. `signed`: whether the user
    agreement is signed; who has not is led to it at sign-in."""

    email: str
    name: str
    role: type[Role]
    scope: type[Scope] = OrganizationScope
    tribal: bool = False
    days: int | None = None
    reason: str = ""
    signed: bool = True


ACCOUNTS = (
    Account("admin@example.org", "Demo administrator", SystemAdministrator, StateScope),
    Account("caseworker@example.org", "Demo caseworker", HmisUser),
    Account("agency@example.org", "Demo agency administrator", AgencyAdministrator),
    Account("intern@example.org", "Demo intern", HmisUser, ProjectScope, days=90, reason="Internship"),
    Account("coc@example.org", "Demo local system administrator", LocalSystemAdministrator, CocScope),
    Account("advocate@example.org", "Demo advocate", HmisUser, tribal=True),
    Account("coordinator@example.org", "Demo CoC coordinator", CocCoordinator, CocScope),
    Account("funder@example.org", "Demo funder", Funder, FundingScope, reason="Grant agreement"),
    Account("auditor@example.org", "Demo auditor", Auditor, StateScope),
    Account("newcomer@example.org", "Demo new colleague", HmisUser, reason="Started this week", signed=False),
)


def fill() -> None:
    """Fill the database once. Raises ServerError when it holds records that are not of the demonstration, and
    when the import does not succeed."""
    console = Console(highlight=False)
    _refuse_records_of_others()
    administrator = _administrator()
    _import_people(administrator, console)
    with acting(administrator):
        load_regions(by=administrator, with_examples=True)
        accounts = _accounts(administrator)
        worker = User.objects.get(email="caseworker@example.org")
        consents.fill(by=administrator, worker=worker, organization=_organization(tribal=False))
    _requirements(administrator)
    _write_down(accounts)
    console.print(f"{CLIENTS:,} invented people are there, with CoCs, agencies and accounts.")


def _refuse_records_of_others() -> None:
    """The demonstration's accounts have a password that is on the screen: they never see other records."""
    by = _some_administrator()
    if by is None:
        return
    with transaction.atomic(), acting(by):
        others = [
            model.objects.restrict(by).exclude(data_source__name=SOURCE).exists()
            for model in (Organization, Client)
        ]
    if any(others):
        raise ServerError(
            "This data folder holds records that are not of the demonstration, and its accounts must not see"
            " them: set HEARTH_HOME to another folder for it, or use `hearth serve` and `hearth worker` here"
        )


def _some_administrator() -> User | None:
    return system_administrators().order_by("id").first()


def _administrator() -> User:
    """The demonstration's administrator; where commands made another one before, that one gives the role."""
    account = ACCOUNTS[0]
    user = User.objects.filter(email=account.email).first()
    if user is None or not user.sees_all:
        with transaction.atomic():
            if user is None:
                user = User.objects.create_user(
                    account.email, keys.demo_password(), display_name=account.name
                )
            first = _some_administrator()
            if first is None:
                become_first_administrator(by=user)
            else:
                give_grant(by=first, user=user, role=account.role, scope=StateScope())
        user = User.objects.get(pk=user.pk)  # what it may do was read before it had the role
    return user


def _import_people(administrator: User, console: Console) -> None:
    """Invent the people and import them, unless that was done."""
    source = DataSource.objects.filter(name=SOURCE)
    if ImportRun.objects.filter(state=RunState.FINISHED, data_source__in=source).exists():
        return
    with scratch.folder("demo") as folder:
        target = folder / "invented-minnesota.zip"
        with console.status("Inventing people …"):
            generate(
                WorldSettings(clients=CLIENTS, seed=SEED, errors=ERRORS),
                load(MODEL_YEAR),
                target,
                version=hearth.__version__,
            )
        run = start_command_import(
            by=administrator, file_name="invented-minnesota.zip", source=SOURCE, is_shared=False
        )
        with ProgressBar(console) as bar:
            run = perform(run, target, show=bar.progress)
    if run.state != RunState.FINISHED:
        raise ServerError(f"The invented people could not be imported. {run.message}")


@transaction.atomic
def _accounts(administrator: User) -> list[tuple[Account, str]]:
    """Every account with where it works, in words; those that are missing are made."""
    found: list[tuple[Account, str]] = []
    for account in ACCOUNTS:
        scope, words = _scope(account)
        found.append((account, words))
        if User.objects.filter(email=account.email).exists():
            continue
        user = User.objects.create_user(account.email, keys.demo_password(), display_name=account.name)
        ends_on = timezone.localdate() + timedelta(days=account.days) if account.days else None
        give_grant(
            by=administrator,
            user=user,
            role=account.role,
            scope=scope,
            ends_on=ends_on,
            reason=account.reason,
        )
    return found


@transaction.atomic
def _requirements(administrator: User) -> None:
    """Agreements and training count here, and everybody has them but whoever is to sign at sign-in."""
    today = timezone.localdate()
    with acting(administrator):
        if requirement_records.newest(UserAgreement).counts_from is not None:
            return
        agencies = list(Organization.objects.filter(data_source__name=SOURCE).values_list("pk", flat=True))
        people = list(User.objects.exclude(pk=administrator.pk).order_by("pk"))
    unsigned = {account.email for account in ACCOUNTS if not account.signed}
    requirement_records.sign(by=administrator, kind=UserAgreement, version=1, name="Demo Administrator")
    for days, agency in enumerate(agencies):
        requirement_records.record(
            by=administrator, kind=AgencyAgreement, organization=agency,
            met_on=today - timedelta(days=400 + days % 90), note="Signed by the director",
        )  # fmt: skip
    for days, user in enumerate(people):
        trained = today - timedelta(days=20 + 7 * days)
        requirement_records.record(
            by=administrator, kind=PrivacyTraining, user=user, met_on=trained, note="New user training"
        )
        if user.email not in unsigned:
            requirement_records.record(
                by=administrator, kind=UserAgreement, user=user, met_on=trained, note="Signed on paper"
            )
    for kind in REQUIREMENTS.values():
        requirement_records.publish(
            by=administrator, kind=kind, text=kind.text, valid_days=kind.valid_days, counts_from=today,
            asks_again=False,
        )  # fmt: skip


def _scope(account: Account) -> tuple[Scope, str]:
    """Where an account works, and how that is said."""
    if account.scope is StateScope:
        return StateScope(), ""
    if account.scope is FundingScope:
        source = _largest_funding()
        return FundingScope(source), f" of {code_words('Funder.Funder', source)}"
    organization = _organization(account.tribal)
    if account.scope is OrganizationScope:
        return OrganizationScope(organization.pk), f" of {organization}"
    projects = organization.projects.annotate(size=Count("enrollments")).order_by("-size", "id")
    largest = projects[0]
    if account.scope is ProjectScope:
        return ProjectScope(largest.pk), f" in {largest} of {organization}"
    place = ProjectCoC.objects.filter(project=largest, date_deleted=None).order_by("id")[0]
    return CocScope(place.coc_code), f" of {place.coc_code}"


def _organization(tribal: bool) -> Organization:
    """The agency with the most projects, of the tribal collaborative or of the others."""
    organizations = Organization.objects.filter(data_source__name=SOURCE)
    of_collaborative = {"organization_common_name__startswith": COLLABORATIVE}
    chosen = organizations.filter(**of_collaborative) if tribal else organizations.exclude(**of_collaborative)
    return chosen.annotate(size=Count("projects__enrollments")).order_by("-size", "id")[0]


def _largest_funding() -> int:
    """The funding source of most projects, which is no local or private one."""
    funders = Funding.objects.filter(data_source__name=SOURCE, date_deleted=None)
    named = funders.exclude(funder__in=(LOCAL_OR_OTHER, NOT_HUD_FUNDED, None))
    return int(
        named.values("funder").annotate(size=Count("project", distinct=True)).order_by("-size")[0]["funder"]
    )


def _write_down(accounts: list[tuple[Account, str]]) -> None:
    """Keep the log-ins where `hearth demo` finds them at every start."""
    lines = [f"Sign in with one of these, password {keys.demo_password()}"]
    lines += [f"  {account.email:<24} {account.role.name}{works}" for account, works in accounts]
    lines += [
        f"  Clients of {_organization(tribal=False)} answered whether they share, in every way there is.",
        "  One of them is restricted: the caseworker and the administrator find them, the advocate does not.",
    ]
    path = Home.find().keys / "demo_accounts"
    path.touch(mode=0o600)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
