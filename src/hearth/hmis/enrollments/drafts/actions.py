"""What is written about drafts. A form is finished and its draft removed in one transaction, so that either
the records are there or the draft is."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from hearth.formats import counted
from hearth.hmis.access.models import User
from hearth.hmis.access.permissions import Permission
from hearth.hmis.audit.actions import record_access
from hearth.hmis.audit.models.access_log import Access
from hearth.hmis.clients.models import Client
from hearth.hmis.enrollments.drafts import answer_sealing, kinds
from hearth.hmis.enrollments.drafts.about import About, is_withheld
from hearth.hmis.enrollments.models import Draft, DraftAnswer, Enrollment

#: Of one input: how many values, and how long each.
MOST_VALUES, LONGEST = 100, 5_000


class DraftRefused(ValueError):
    """Something that no draft takes. Its text says why and what to do."""


class DraftOver(Exception):
    """The form was finished, or its draft was given up, while somebody still typed."""


@dataclass(frozen=True, slots=True)
class Typed:
    """What stands in an input, and the version of the draft's answer that it is based on; 0: of none."""

    values: Sequence[str]
    base: int = 0


@dataclass(frozen=True, slots=True)
class Conflict:
    """An answer that was saved from another page after this one was opened; nothing of it was changed."""

    client: int
    name: str
    values: list[str]
    version: int
    by: User
    at: datetime


@dataclass(slots=True)
class Saved:
    """`versions`: by client and input, of what stands in the draft now as it was typed."""

    draft: Draft
    versions: dict[tuple[int, str], int] = field(default_factory=dict)
    conflicts: list[Conflict] = field(default_factory=list)


@transaction.atomic
def keep(
    *,
    by: User,
    about: About,
    typed: Mapping[tuple[int, str], Typed],
    page: str = "",
    known: int | None = None,
) -> Saved:
    """Keep what was typed in the draft of a form, by client and input; the first answer begins the draft.

    `page`: the opened page, which does not conflict with what it saved itself. `known`: the draft that the
    page knows. Raises DraftRefused, DraftOver, and PermissionDenied where the form is not for `by`.
    """
    for one in typed.values():
        if len(one.values) > MOST_VALUES or any(len(value) > LONGEST for value in one.values):
            raise DraftRefused(f"Shorten it to {LONGEST:,} characters.")
    if any(is_withheld(by, name) for _, name in typed):
        # What a colleague typed there would come back as a conflict.
        raise DraftRefused("This answer is not part of your form. Reload the page.")
    draft = _locked(by, about)
    if draft is None or (known is not None and draft.pk != known):
        if known is not None:
            raise DraftOver
        draft = _begun(by, about)
    stored = {
        (one.client_id, one.name): one
        for one in DraftAnswer.objects.filter(draft=draft, name__in={name for _, name in typed})
        .select_related("changed_by")
    }  # fmt: skip
    saved, now = Saved(draft), timezone.now()
    new = [key for key in typed if key not in stored]
    _refuse_hidden(by, draft, {client for client, _ in new})
    draft.version += 1
    for key, one in typed.items():
        _keep(saved, key, one, stored.get(key), by=by, page=page, now=now)
    draft.changed_by, draft.changed_at = by, now
    draft.day, draft.subject, draft.expires_on = about.day, about.subject, _expires_on()
    draft.save(update_fields=["version", "changed_by", "changed_at", "day", "subject", "expires_on"])
    return saved


@contextmanager
def finishing(*, by: User, about: About) -> Iterator[None]:
    """What is written inside is one transaction with the end of the form's draft."""
    with transaction.atomic():
        draft = _locked(by, about)
        yield
        if draft is not None:
            Draft.objects.filter(pk=draft.pk).delete()


@transaction.atomic
def discard(*, by: User, draft: Draft) -> None:
    """Give up a draft with all that was typed in it."""
    gone, _ = Draft.objects.restrict(by).filter(pk=draft.pk).delete()
    if gone:
        _write_down(by, draft, "discarded")


@transaction.atomic
def move(*, by: User, stay: Enrollment, client: int, project: int) -> None:
    """Take the drafts of an enrollment along that is about to be moved, to another person or project. What
    was typed is sealed for its client, and is sealed anew, also in a draft of the whole household."""
    former, of_household = stay.client_id, Q(enrollment=stay)
    if stay.household_id:
        of_household |= Q(enrollment__household_id=stay.household_id, enrollment__project=stay.project_id)
    for draft in Draft.objects.restrict(by).select_for_update(of=("self",)).filter(of_household):
        if client != former:
            for one in DraftAnswer.objects.filter(draft=draft, client=former):
                values = answer_sealing.opened(one.sealed, draft=draft.pk, client=former, name=one.name)
                if values is None:
                    one.delete()
                    continue
                one.sealed = answer_sealing.seal(values, draft=draft.pk, client=client, name=one.name)
                one.client_id = client
                one.save(update_fields=["sealed", "client"])
            if draft.client_id == former:
                draft.client_id = client
        if draft.enrollment_id == stay.pk:
            draft.project_id = project
        draft.save(update_fields=["client", "project"])


def remove_old() -> str | None:
    """Every night: remove drafts in which nobody has typed for so long; what was done, in words."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT draft, kind, client, project, answers FROM hearth_remove_old_drafts()")
        rows = cursor.fetchall()
        for _, kind, client, project, answers in rows:
            record_access(
                by=None, action=Access.DRAFT_CHANGED, client=client, project=project, kind=kind,
                done="expired", answers=answers,
            )  # fmt: skip
    return f"{counted(len(rows), 'draft')} removed" if rows else None


def _locked(by: User, about: About) -> Draft | None:
    """The form's draft, which nobody else changes until the transaction ends."""
    rows = Draft.objects.restrict(by).select_for_update(of=("self",))
    found: Draft | None = rows.filter(**about.key).first()
    return found


def _begun(by: User, about: About) -> Draft:
    """A new draft, locked. Nobody enrolls or exits the client meanwhile, so that none is left of a form that
    is finished."""
    if not by.may(Permission.ENROLLMENT_EDIT, project=about.project):
        raise PermissionDenied
    if not Client.objects.restrict(by).filter(pk=about.client, date_deleted=None).exists():
        raise PermissionDenied
    if about.enrollment is not None:
        stays = Enrollment.objects.restrict(by).filter(pk=about.enrollment, project=about.project)
        if not stays.exists():
            raise PermissionDenied
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('stays', %s))", [about.client])
    if (other := _locked(by, about)) is not None:  # begun by another page meanwhile
        return other
    kind = kinds.kind(about.kind)
    if kind is None or not kind.is_open(by, about):
        raise DraftOver
    whole = about.key | {"subject": about.subject, "day": about.day, "base_version": about.base_version}
    made = Draft(**whole, started_by=by, changed_by=by, expires_on=_expires_on())
    Draft.objects.bulk_create([made], ignore_conflicts=True)
    draft = _locked(by, about)
    if draft is None:
        raise DraftOver
    _write_down(by, draft, "begun")
    return draft


def _refuse_hidden(by: User, draft: Draft, clients: set[int]) -> None:
    """Other clients of the page, restricted since it was opened."""
    others = clients - {draft.client_id}
    if others and Client.objects.restrict(by).filter(pk__in=others).count() < len(others):
        raise PermissionDenied


def _keep(
    saved: Saved,
    key: tuple[int, str],
    typed: Typed,
    stored: DraftAnswer | None,
    *,
    by: User,
    page: str,
    now: datetime,
) -> None:
    """Store one answer, or note that another page has saved another one since."""
    (client, name), draft = key, saved.draft
    values = [one for one in typed.values if one]
    if stored is None:
        stored = DraftAnswer(draft=draft, client_id=client, name=name)
    else:
        theirs = answer_sealing.opened(stored.sealed, draft=draft.pk, client=client, name=name)
        if theirs == values:
            saved.versions[key] = stored.version
            return
        is_own = bool(page) and stored.page == page
        if theirs is not None and stored.version != typed.base and not is_own:
            changed = stored.changed_by, stored.changed_at
            saved.conflicts.append(Conflict(client, name, theirs, stored.version, *changed))
            return
    stored.sealed = answer_sealing.seal(values, draft=draft.pk, client=client, name=name)
    stored.version, stored.page, stored.changed_by, stored.changed_at = draft.version, page, by, now
    stored.save()
    saved.versions[key] = stored.version


def _expires_on() -> date:
    return timezone.localdate() + timedelta(days=settings.DRAFT_KEPT_DAYS)


def _write_down(by: User, draft: Draft, done: str) -> None:
    record_access(
        by=by.pk, action=Access.DRAFT_CHANGED, client=draft.client_id, project=draft.project_id,
        kind=draft.kind, done=done,
    )  # fmt: skip
