"""Taking in a file of answers that were given elsewhere."""

from dataclasses import dataclass, field

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from hearth.hmis.access.models import User
from hearth.hmis.access.permissions import Permission
from hearth.hmis.audit.actions import record_access
from hearth.hmis.audit.models.access_log import Access
from hearth.hmis.clients.models import Client
from hearth.hmis.consent import documents
from hearth.hmis.consent.choices import Method
from hearth.hmis.consent.consent_file import Finding, Line, read
from hearth.hmis.consent.following import follow_answers
from hearth.hmis.consent.models import Consent, ConsentTaking

_TOGETHER = 1_000


@dataclass
class Taken:
    """What came of a file: answers that were `added` or `known` already, rows that are open otherwise than
    before (`touched`), and what was left out, with why."""

    added: int = 0
    known: int = 0
    touched: int = 0
    findings: list[Finding] = field(default_factory=list)

    @property
    def left_out(self) -> int:
        """How many lines were not taken."""
        return len({one.line for one in self.findings})


@transaction.atomic
def take_consent_file(*, by: User, content: bytes) -> Taken:
    """Keep the answers of a file, all that can be taken, in one transaction; the same again adds nothing.

    They belong to no organization, so that administrators alone see how they were taken. Raises FileRefused,
    and PermissionDenied for who does not see and change everything.
    """
    if not (by.sees_all and by.everywhere(Permission.CLIENT_EDIT)):
        raise PermissionDenied
    lines, findings = read(content)
    taken = Taken(findings=findings)
    for begin in range(0, len(lines), _TOGETHER):
        _take(by, lines[begin : begin + _TOGETHER], taken)
    taken.findings.sort(key=lambda one: one.line)
    record_access(
        by=by.pk, action=Access.CONSENT_RECORDED, subject="consent file", answers=taken.added,
        records=taken.touched, left_out=taken.left_out,
    )  # fmt: skip
    return taken


class _OnlyLooked(Exception):
    """Undoes what was done to see what it would do."""


def look_at_consent_file(*, by: User, content: bytes) -> Taken:
    """What `take_consent_file` would do: it is done and undone. Raises the same."""
    try:
        with transaction.atomic():
            taken = take_consent_file(by=by, content=content)
            raise _OnlyLooked
    except _OnlyLooked:
        return taken


def _take(by: User, lines: list[Line], taken: Taken) -> None:
    people = _people(by, lines)
    known = set(
        Consent.objects.restrict(by)
        .filter(client__in=[person.pk for person in people.values()])
        .values_list("client_id", "choice", "given_on", "form_version")
    )
    new: list[tuple[Consent, Line]] = []
    ours = {(one.language, one.form): one for one in documents.releases(by, timezone.localdate())}
    for one in lines:
        person = people.get((one.source, one.person))
        if person is None:
            taken.findings.append(
                Finding(
                    one.line, "PersonalID", "Nobody of this source has this key. Import the people first."
                )
            )
        elif one.too_young(person.dob):
            taken.findings.append(
                Finding(one.line, "Guardian", "Is empty, and the person was under 18. Enter the guardian.")
            )
        elif (key := (person.pk, one.choice, one.given_on, one.form_version)) in known:
            taken.known += 1
        else:
            known.add(key)
            consent = Consent(
                client=person, choice=one.choice, given_on=one.given_on, form_version=one.form_version,
                document=ours.get((one.language, one.form_version)),
            )  # fmt: skip
            new.append((consent, one))
    Consent.objects.bulk_create([consent for consent, _ in new])
    ConsentTaking.objects.bulk_create(
        [
            ConsentTaking(
                consent=consent, opens=one.answer.opens, method=one.method, language=one.language,
                until=one.until or settings.CONSENT_SCHEME.expires_on(one.given_on),
                guardian=one.guardian, witness=one.witness,
                signature_due=one.method == Method.BY_WORD, taken_by=by,
            )
            for consent, one in new
        ]
    )  # fmt: skip
    taken.added += len(new)
    taken.touched += follow_answers(sorted({consent.client_id for consent, _ in new}))


def _people(by: User, lines: list[Line]) -> dict[tuple[str, str], Client]:
    """Clients by data source and key; those that are marked as deleted are not there."""
    found = (
        Client.objects.restrict(by)
        .filter(
            data_source__name__in={one.source for one in lines}, hud_id__in={one.person for one in lines},
            date_deleted=None,
        )
        .annotate(source=F("data_source__name"))
        .only("pk", "hud_id", "dob")
    )  # fmt: skip
    return {(person.source, person.hud_id): person for person in found}
