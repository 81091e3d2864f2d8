"""Recording what a client answered. Each answer is one transaction with what follows from it."""

from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from hearth.hmis.access.models import User
from hearth.hmis.access.permissions import Permission
from hearth.hmis.audit.actions import record_access
from hearth.hmis.audit.models.access_log import Access
from hearth.hmis.clients.models import Client
from hearth.hmis.consent import documents
from hearth.hmis.consent.choices import Answer, Applies, Method, of_age_on
from hearth.hmis.consent.following import Changed, follow_and_count
from hearth.hmis.consent.models import Consent, ConsentTaking
from hearth.hmis.enrollments.models import Enrollment, Exit
from hearth.hmis.organizations.models import Organization
from hearth.hmis.ui.formats import counted


class ConsentRefused(ValueError):
    """An answer that cannot be recorded so. Its text says why and what to do, for whoever enters it."""


@dataclass(frozen=True)
class Recorded:
    """An answer as it was kept: `consents` of all whom it is for, the one who was asked first, and what it
    opened and closed."""

    consents: tuple[Consent, ...]
    changed: Changed

    @property
    def holds(self) -> bool:
        """Whether it is the one in force."""
        return self.consents[0].is_current

    @property
    def effects(self) -> list[str]:
        """What it opens and closes, in sentences."""
        it = self.changed
        said = []
        if opened := _both(it.enrollments_opened, it.records_opened):
            said.append(f"Opened to all organizations: {opened}.")
        if closed := _both(it.enrollments_closed, it.records_closed):
            said.append(f"Closed to other organizations: {closed}.")
        if it.runs_closed:
            runs = counted(it.runs_closed, "finished export or report,finished exports and reports")
            said.append(f"Closed with them: {runs}, to whoever asked for it.")
        return said or ["Nothing that is there is opened or closed."]

    @property
    def cannot_be_called_back(self) -> bool:
        """Whether others may have seen what is closed now."""
        answer = settings.CONSENT_SCHEME.answers.get(self.consents[0].choice)
        return bool(answer and not answer.opens)

    @property
    def words(self) -> str:
        """What happened, for whoever entered it."""
        if not self.holds:
            return "Kept. It changes nothing: a later answer, or a narrower one of the same day, holds."
        said = ["The answer is recorded.", *self.effects]
        return " ".join([*said, CALLED_BACK] if self.cannot_be_called_back else said)


#: What is said of everything that is closed.
CALLED_BACK = "What was printed, exported or seen before cannot be called back: tell the client so."


def _both(enrollments: int, records: int) -> str:
    found = ((enrollments, "enrollment"), (records, "record of them,records of them"))
    return " and ".join(counted(number, unit) for number, unit in found if number)


@transaction.atomic
def record_consent(
    *,
    by: User,
    client: Client,
    organization: Organization,
    choice: str,
    given_on: date,
    method: Method,
    form_version: str,
    language: str,
    applies: Applies = Applies.ALL,
    until: date | None = None,
    witness: str = "",
    guardian: str = "",
    signature_due: bool = False,
) -> Recorded:
    """Keep the answer of a client, taken by an organization of `by`, and let it decide what is open.

    `until`: first day on which it does not hold any more; else as the scheme says. `guardian`: who answered
    for a minor, and as what. `form_version`: what the form calls itself; the answer keeps the document that
    does so in that language. Where the scheme asks per household, the head's answer is that of everybody who
    is in it on that day.
    Raises ConsentRefused, and PermissionDenied for who does not work with clients there.
    """
    if not _works_at(by, organization):
        raise PermissionDenied
    answer = _answer(choice)
    until = until or settings.CONSENT_SCHEME.expires_on(given_on)
    witness, guardian, form_version = witness.strip(), guardian.strip(), form_version.strip()
    document = documents.release_of(by, language, form_version)
    _check(answer, organization, given_on, method, form_version, language, applies, until, witness)
    consents, changed = [], Changed()
    for person in [client, *_members(by, client, given_on)]:
        _check_guardian(answer, person, given_on, guardian)
        consent = Consent.objects.create(
            client=person, choice=choice, given_on=given_on, form_version=form_version, document=document
        )
        ConsentTaking.objects.create(
            consent=consent, organization=organization, opens=answer.opens, applies=applies, method=method,
            language=language, until=until, witness=witness, guardian=guardian, taken_by=by,
            signature_due=signature_due or method == Method.BY_WORD,
        )  # fmt: skip
        followed = follow_and_count([person.pk])
        consent.refresh_from_db()
        record_access(
            by=by.pk, action=Access.CONSENT_RECORDED, client=person.pk, subject=f"consent:{consent.pk}",
            organization=organization.pk, choice=choice, records=followed.touched,
        )  # fmt: skip
        consents.append(consent)
        changed += followed
    return Recorded(tuple(consents), changed)


@transaction.atomic
def record_signature(*, by: User, consent: Consent, method: Method = Method.SIGNED_PAPER) -> None:
    """The signature that was due has come. Raises ConsentRefused where none is due that `by` may see."""
    if method == Method.BY_WORD:
        raise ConsentRefused("A signature is on paper or on the screen.")
    due = ConsentTaking.objects.restrict(by).filter(consent=consent, signature_due=True)
    if not by.may(Permission.CLIENT_EDIT) or not due.update(signature_due=False, method=method):
        raise ConsentRefused("No signature is due for this answer. Reload the page.")
    record_access(
        by=by.pk, action=Access.CONSENT_RECORDED, client=consent.client_id, subject=f"consent:{consent.pk}",
        signature=str(method),
    )  # fmt: skip


def _works_at(by: User, organization: Organization) -> bool:
    own = by.projects(Permission.CLIENT_EDIT)
    return by.everywhere(Permission.CLIENT_EDIT) or organization.projects.filter(pk__any_of=own).exists()


def _answer(choice: str) -> Answer:
    found = settings.CONSENT_SCHEME.answers.get(choice)
    if found is None:
        words = ", ".join(one.words for one in settings.CONSENT_SCHEME.answers.values())
        raise ConsentRefused(f"Choose one of the answers of the release: {words}.")
    return found


def _check(
    answer: Answer,
    organization: Organization,
    given_on: date,
    method: Method,
    form_version: str,
    language: str,
    applies: Applies,
    until: date | None,
    witness: str,
) -> None:
    """Raises ConsentRefused for the first thing that is not right."""
    if method not in Method.values:
        raise ConsentRefused("Choose how the answer was given.")
    if applies not in Applies.values:
        raise ConsentRefused("Choose what the answer applies to.")
    if given_on > timezone.localdate():
        raise ConsentRefused("The day of the answer lies in the future. Enter the day on which it was given.")
    if until is not None and until <= given_on:
        raise ConsentRefused("The answer would end before it begins. Enter a later last day.")
    if not form_version:
        raise ConsentRefused("Enter the version of the form that the answer was given on.")
    if language not in settings.CONSENT_LANGUAGES:
        raise ConsentRefused("Choose the language of the form.")
    if applies == Applies.FROM_NOW_ON and not answer.opens:
        raise ConsentRefused(f"“{answer.words}” closes what is there as well. Choose “{Applies.ALL.label}”.")
    if method == Method.BY_WORD:
        if organization.is_hipaa_covered:
            raise ConsentRefused(
                "An agency under HIPAA takes no consent by word: ask for a signature on paper or on screen."
            )
        if not witness:
            raise ConsentRefused("Enter who heard the answer.")


def _check_guardian(answer: Answer, person: Client, given_on: date, guardian: str) -> None:
    if not answer.opens or guardian or settings.CONSENT_SCHEME.minors_may_sign:
        return
    if "dob" in person.withheld:
        raise ConsentRefused(
            "Your role does not show birth dates, so that it cannot record that somebody shares. Ask your"
            " administrator."
        )
    if person.dob is None:
        return
    if given_on < of_age_on(person.dob):
        raise ConsentRefused(
            "The person was under 18 on that day: a guardian must sign to share. Enter the guardian, or"
            " record an answer that does not share."
        )


def _members(by: User, client: Client, day: date) -> list[Client]:
    """Where a household is asked as one: those who are in it with this head on the day of the answer. Whoever
    left before, or came later, was not asked with it and answers alone."""
    if settings.CONSENT_SCHEME.per != "household":
        return []
    left = Exit.objects.restrict(by).filter(date_deleted=None, exit_date__lt=day)
    stays = Enrollment.objects.restrict(by).filter(date_deleted=None, entry_date__lte=day)
    stays = stays.exclude(pk__in=left.values("enrollment_id"))
    found: dict[int, Client] = {}
    for head in stays.filter(client=client, relationship_to_hoh=1).exclude(household_id=None):
        same = stays.filter(project=head.project_id, household_id=head.household_id).exclude(client=client)
        found |= {stay.client_id: stay.client for stay in same.select_related("client")}
    return list(found.values())
