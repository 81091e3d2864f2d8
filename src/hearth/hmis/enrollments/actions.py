"""What is written about enrollments. Each action is one transaction with what follows from it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction

from hearth.hmis.access.models import User
from hearth.hmis.access.permissions import Permission
from hearth.hmis.audit.actions import record_access, record_each
from hearth.hmis.audit.models.access_log import Access
from hearth.hmis.clients.actions import record_service
from hearth.hmis.clients.models import Client
from hearth.hmis.enrollments import exiting, queries
from hearth.hmis.enrollments.case_workers import people_of
from hearth.hmis.enrollments.checks import actions as checks
from hearth.hmis.enrollments.checks.found import Found
from hearth.hmis.enrollments.checks.looked_at import EXIT_STAGE, START_STAGE
from hearth.hmis.enrollments.disabling_now import disabling_now
from hearth.hmis.enrollments.further import FurtherForm
from hearth.hmis.enrollments.models import CaseManager, Enrollment, Exit, Services
from hearth.hmis.enrollments.queries import BED_NIGHT
from hearth.hmis.enrollments.start.choose import why_not_each
from hearth.hmis.enrollments.start.questions import HEAD, NIGHT_BY_NIGHT, is_service_recorded
from hearth.hmis.enrollments.writing import (
    add_records,
    correct,
    fields_of,
    new_record,
    one_at_a_time,
    take_what_was_decided,
)
from hearth.hmis.organizations.entered import Stamp, key_of_form, new_key
from hearth.hmis.organizations.models import DataSource, Project


class EnrollmentRefused(ValueError):
    """An enrollment that is impossible. Its text says why and what to do, for whoever enters it."""


@dataclass(frozen=True, slots=True)
class NewMember:
    """Somebody to enroll. `records`: by file the values of its columns (`hud.questions.Answered.records`);
    `right`: what checks found unlikely and is right (`checks.form`); `further`: what was asked beside HUD's
    questions."""

    client: Client
    relationship: int
    records: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    right: Sequence[Found] = ()
    further: FurtherForm | None = None


def enroll(
    *,
    by: User,
    client: Client,
    project: Project,
    entry_date: date,
    relationship: int,
    records: Mapping[str, Mapping[str, Any]],
    household: Enrollment | None = None,
    key: str = "",
    right: Sequence[Found] = (),
    further: FurtherForm | None = None,
) -> Enrollment:
    """Enroll one client: `enroll_household` of one."""
    member = NewMember(client, relationship, records, right, further)
    return enroll_household(
        by=by, members=[member], project=project, entry_date=entry_date, household=household, key=key
    )[0]


@transaction.atomic
def enroll_household(
    *,
    by: User,
    members: Sequence[NewMember],
    project: Project,
    entry_date: date,
    household: Enrollment | None = None,
    key: str = "",
    case_manager: User | None = None,
) -> list[Enrollment]:
    """Enroll people together in a project of `by`, with what was answered at the start: all or nobody.

    `household`: an enrollment of the household that they join; none: a household of its own, of which exactly
    one is the head. In a night-by-night shelter the first night is recorded with it (4.14). `key`: that of
    the form, as for `clients.actions.add_client`; the first member's enrollment has it.
    `case_manager`: who works with all of them from the first day on; one who enters enrollments there.

    Raises PermissionDenied, EnrollmentRefused, and IntegrityError where the key is there already.
    """
    if not by.may(Permission.ENROLLMENT_EDIT, project=project.pk):
        raise PermissionDenied
    clients = [one.client for one in members]
    one_at_a_time(*clients)
    _may_be_a_household(members, project, household)
    for _, sentence in why_not_each(by, clients, project, entry_date).values():
        raise EnrollmentRefused(sentence)
    stamps, household_id = Stamp(by), household.household_id if household else new_key()
    made = []
    for number, member in enumerate(members):
        enrollment = Enrollment(
            client=member.client,
            project=project,
            entry_date=entry_date,
            relationship_to_hoh=member.relationship,
            household_id=household_id,
            household_data_source=_source_of(household) if household else None,
            **fields_of(member.records.get("Enrollment", {})),
        )
        stamps.put(enrollment, key=key_of_form(by, f"{key}:{number}") if key and number else key)
        made.append(enrollment)
    Enrollment.objects.bulk_create(made)
    take_what_was_decided(by, made)
    records = [
        new_record(enrollment, name, values, entry_date, START_STAGE)
        for enrollment, member in zip(made, members, strict=True)
        for name, values in member.records.items()
        if name not in ("Enrollment", "Client")
    ]
    if project.project_type == NIGHT_BY_NIGHT:
        records += [
            Services(enrollment=one, date_provided=entry_date, record_type=BED_NIGHT, type_provided=BED_NIGHT)
            for one in made
        ]
    add_records(stamps, records)
    for enrollment, member in zip(made, members, strict=True):
        if of_client := _answered(member.records.get("Client", {})):
            record_service(by=by, client=member.client, values=of_client)
        checks.keep(by=by, enrollment=enrollment, right=member.right)
        if member.further is not None:
            member.further.keep(by=by, stamps=stamps, enrollment=enrollment, day=entry_date)
    if case_manager is not None:
        if not people_of(project.pk).filter(pk=case_manager.pk).exists():
            raise EnrollmentRefused("The case manager does not work in this project. Choose another.")
        CaseManager.objects.bulk_create(
            CaseManager(enrollment=one, manager=case_manager, since=entry_date, added_by=by) for one in made
        )
    enrolled: list[tuple[int, str, dict[str, Any]]] = [
        (one.client_id, f"enrollment:{one.pk}", {}) for one in made
    ]
    record_each(by=by.pk, action=Access.ENROLLED, of=enrolled, project=project.pk)
    return made


def _answered(of_client: Mapping[str, Any]) -> dict[str, Any]:
    """What was said of military service, by fields; empty where nothing was, so that it stays due."""
    values = fields_of(of_client)
    client = Client(**values)
    return values if is_service_recorded(client) else {}


def _may_be_a_household(members: Sequence[NewMember], project: Project, household: Enrollment | None) -> None:
    if household is not None and household.project_id != project.pk:
        raise EnrollmentRefused("That household is in another project. Choose one of this project.")
    if len({one.client.pk for one in members}) < len(members):
        raise EnrollmentRefused("Somebody is listed twice. Take one of the two lines away.")
    heads = sum(one.relationship == HEAD for one in members)
    if household is None and heads != 1:
        raise EnrollmentRefused("A household has exactly one head. Choose who it is.")
    if household is not None and heads:
        raise EnrollmentRefused("The household has a head. Change the head on the page of the household.")


@dataclass(frozen=True, slots=True)
class Leaving:
    """Somebody whose stay ends, with what was answered at the exit; `records`, `right` and `further` as of
    `NewMember`."""

    enrollment: Enrollment
    records: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    right: Sequence[Found] = ()
    further: FurtherForm | None = None


def exit_stay(
    *,
    by: User,
    enrollment: Enrollment,
    exit_date: date,
    records: Mapping[str, Mapping[str, Any]],
    right: Sequence[Found] = (),
    further: FurtherForm | None = None,
) -> None:
    """End one enrollment: `exit_household` of one."""
    exit_household(by=by, exit_date=exit_date, leaving=[Leaving(enrollment, records, right, further)])


@transaction.atomic
def exit_household(*, by: User, exit_date: date, leaving: Sequence[Leaving]) -> None:
    """End enrollments of one household in a project of `by` on one day, each with what was answered: all or
    nobody. The disabling condition (3.08) follows from the disabilities that were asked.

    Raises PermissionDenied, and EnrollmentRefused where a day is impossible or a head would leave others.
    """
    one_at_a_time(*(one.enrollment.client for one in leaving))
    together = {one.enrollment.pk for one in leaving}
    for one in leaving:
        if not by.may(Permission.ENROLLMENT_EDIT, project=one.enrollment.project_id):
            raise PermissionDenied
        if sentence := exiting.why_not(by, one.enrollment, exit_date, together):
            raise EnrollmentRefused(sentence)
    stamps = Stamp(by)
    for one in leaving:
        _exit(by, stamps, one, exit_date)


def _exit(by: User, stamps: Stamp, leaving: Leaving, exit_date: date) -> None:
    enrollment, records = leaving.enrollment, leaving.records
    end = Exit(enrollment=enrollment, exit_date=exit_date, **fields_of(records.get("Exit", {})))
    stamps.put(end)
    end.save()
    record_access(
        by=by.pk, action=Access.EXITED, client=enrollment.client_id, subject=f"enrollment:{enrollment.pk}"
    )
    more = [
        new_record(enrollment, name, values, exit_date, EXIT_STAGE)
        for name, values in records.items()
        if name not in ("Exit", "Enrollment")
    ]
    add_records(stamps, more)
    if kinds := [name for name in records if name.startswith("Disabilities[")]:
        now = queries.visible(Enrollment, by).get(pk=enrollment.pk)
        if (condition := disabling_now(by, now, kinds, exit_date)) is not None:
            correct(now, by, {"disabling_condition": condition})
    checks.keep(by=by, enrollment=enrollment, right=leaving.right)
    if leaving.further is not None:
        leaving.further.keep(by=by, stamps=stamps, enrollment=enrollment, day=exit_date)


def _source_of(household: Enrollment) -> DataSource:
    """Whose HouseholdID it is that members have in common."""
    return household.household_data_source or household.data_source
