"""What invented people answered, for the demonstration: every state that an answer can be in, and one client
who is restricted. Begun again, it leaves what is there."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone

from hearth.hmis.access.models import User
from hearth.hmis.clients import restrictions
from hearth.hmis.clients.models import Client
from hearth.hmis.consent import documents, sealed_files
from hearth.hmis.consent.choices import AS_IMPORTED, Applies, Method, of_age_on
from hearth.hmis.consent.file_kinds import CheckedFile, FileKind
from hearth.hmis.consent.following import follow_answers
from hearth.hmis.consent.models import Consent, ConsentDocument, ConsentTaking
from hearth.hmis.consent.models.document import DocumentKind
from hearth.hmis.consent.models.sealed_file import FilePurpose
from hearth.hmis.enrollments.models import Enrollment
from hearth.hmis.organizations.models import Organization

_SEED = 26
_OLDER_FORM = "2019"
#: In how many days the invented minor is 18.
TURNS_18_IN = 12
RESTRICTED = "Somebody who hurt this person has asked for them at shelters."


@dataclass(frozen=True, slots=True)
class State:
    """How often in a hundred an answer is so, and what is other than a signed paper that shares."""

    of_100: int
    choice: str = "share"
    applies: Applies = Applies.ALL
    method: Method = Method.SIGNED_PAPER
    days_ago: int | None = None
    holds_days: int | None = None
    form_version: str = ""
    signature_due: bool = False


#: The rest of the hundred was never asked.
STATES = {
    "open": State(50),
    "closed": State(15, choice="do_not_share"),
    "from now on": State(4, applies=Applies.FROM_NOW_ON),
    "ended": State(4, days_ago=500, holds_days=365),
    "signature due": State(4, method=Method.BY_WORD, days_ago=9, signature_due=True),
    "older form": State(4, days_ago=900, form_version=_OLDER_FORM),
    "as imported": State(4, choice=AS_IMPORTED),
}


@transaction.atomic
def fill(*, by: User, worker: User, organization: Organization) -> None:
    """Answers of the people whom an organization serves, taken by one who works there. `by` sees everything
    and acts; the files are sealed by them."""
    if Consent.objects.restrict(by).exists():
        return
    dice, today = random.Random(_SEED), timezone.localdate()  # noqa: S311 (invented people)
    stays: dict[int, Enrollment] = {}
    rows = Enrollment.objects.restrict(by).filter(organization=organization, date_deleted=None)
    for stay in rows.filter(client__date_deleted=None).select_related("client").order_by("pk"):
        if stay.entry_date and stay.entry_date <= today:
            stays.setdefault(stay.client_id, stay)
    release = documents.in_force(by, DocumentKind.RELEASE, today).filter(language="en").first()
    people = list(stays.values())
    minors = _minors(people, today)
    adults = [one for one in people if _is_adult(one.client, today) and one not in minors]
    named = list(STATES)
    chosen = dice.choices([*named, ""], [*(one.of_100 for one in STATES.values()), _rest()], k=len(adults))
    chosen[: len(named)] = named[: len(adults)]  # each is there, however few people are
    made: list[tuple[Consent, ConsentTaking]] = []
    imported: list[int] = []
    for stay, name in zip(adults, chosen, strict=True):
        if name:
            made.append(_answer(STATES[name], stay, today, release, worker, organization))
        if name == "as imported":
            imported.append(stay.pk)
    made += _of_minors(minors, today, release, worker, organization)
    Enrollment.objects.restrict(by).filter(pk__in=imported).update(is_shared=True)
    Consent.objects.bulk_create(consent for consent, _ in made)
    ConsentTaking.objects.bulk_create(taking for _, taking in made)
    follow_answers([consent.client_id for consent, _ in made])
    _signature(by, organization, made)
    if len(adults) > len(named):
        restrictions.restrict(
            by=by, client=adults[len(named)].client, organization=organization, reason=RESTRICTED,
            ends_on=today + timedelta(days=180),
        )  # fmt: skip


def _rest() -> int:
    return 100 - sum(one.of_100 for one in STATES.values())


def _is_adult(client: Client, today: date) -> bool:
    return client.dob is not None and of_age_on(client.dob) <= today - timedelta(days=1_000)


def _answer(
    state: State,
    stay: Enrollment,
    today: date,
    release: ConsentDocument | None,
    worker: User,
    organization: Organization,
) -> tuple[Consent, ConsentTaking]:
    given_on = today - timedelta(days=state.days_ago) if state.days_ago else stay.entry_date
    is_imported = state.choice == AS_IMPORTED
    document = None if state.form_version or is_imported else release
    consent = Consent(
        client=stay.client, choice=state.choice, given_on=today if is_imported else given_on,
        form_version=document.form if document else state.form_version, document=document,
    )  # fmt: skip
    if is_imported:
        return consent, ConsentTaking(consent=consent, opens=False)
    until = given_on + timedelta(days=state.holds_days) if state.holds_days else None
    return consent, ConsentTaking(
        consent=consent, organization=organization, opens=state.choice == "share", applies=state.applies,
        method=state.method, language="en", until=until, signature_due=state.signature_due, taken_by=worker,
        witness="Demo intern" if state.method == Method.BY_WORD else "",
    )  # fmt: skip


def _minors(people: list[Enrollment], today: date) -> list[Enrollment]:
    """The oldest first; where nobody is one, who is nearest to it."""
    born = [one for one in people if one.client.dob]
    born.sort(key=lambda one: (one.client.dob or date.min, one.pk))
    young = [one for one in born if one.client.dob and of_age_on(one.client.dob) > today]
    return young or born[-1:]


def _of_minors(
    minors: list[Enrollment],
    today: date,
    release: ConsentDocument | None,
    worker: User,
    organization: Organization,
) -> Iterator[tuple[Consent, ConsentTaking]]:
    """Guardians answered for them; the oldest child is 18 soon."""
    for number, stay in enumerate(minors):
        if number == 0:
            eighteen = today + timedelta(days=TURNS_18_IN)
            stay.client.dob = eighteen.replace(year=eighteen.year - 18, day=min(eighteen.day, 28))
            stay.client.save(update_fields=["dob"])
        consent, taking = _answer(STATES["open"], stay, today, release, worker, organization)
        taking.guardian = "Their mother"
        yield consent, taking


def _signature(by: User, organization: Organization, made: list[tuple[Consent, ConsentTaking]]) -> None:
    """The first that shares was signed on the screen: by a typed name."""
    consent, taking = next(one for one in made if one[0].choice == "share")
    ConsentTaking.objects.restrict(by).filter(pk=taking.pk).update(method=Method.SIGNED_ON_SCREEN)
    said = CheckedFile(FileKind.TEXT, b"Signed by typing the name, on the screen of the demonstration.\n")
    sealed_files.store(
        by=by, organization=organization, client=consent.client, purpose=FilePurpose.SIGNATURE, file=said,
        document=consent.document, consent=consent,
    )  # fmt: skip
