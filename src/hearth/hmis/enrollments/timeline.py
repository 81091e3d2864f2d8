"""What happened during a stay, day by day, short enough to be read at a glance.

A part of the client's page. Domestic violence, HIV and the like are not said here: the page only says that
something was recorded, and the enrollment's page shows it to whoever opens it there.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import F
from django.utils import timezone

from hearth.hmis.access.models import User
from hearth.hmis.access.permissions import Permission
from hearth.hmis.clients.models import Client
from hearth.hmis.enrollments import due, queries
from hearth.hmis.enrollments.case_manager.queries import current
from hearth.hmis.enrollments.models import (
    CaseManager,
    CurrentLivingSituation,
    Disabilities,
    EmploymentEducation,
    Enrollment,
    HealthAndDV,
    IncomeBenefits,
    Services,
    YouthEducationStatus,
)
from hearth.hmis.enrollments.queries import Stay
from hearth.hmis.enrollments.record_facts import HIV, NO_DISABILITY
from hearth.hmis.enrollments.stages import service
from hearth.hmis.enrollments.status import OUTREACH, StayNow, status
from hearth.hmis.hud import display
from hearth.hmis.hud.records import model_of
from hearth.hmis.organizations.form_project import FormProjects

_UNKNOWN = (8, 9, 99)
#: More stretches of bed nights than this are told as one.
MOST_STRETCHES = 4


@dataclass(slots=True)
class TimelineEvent:
    """Something on one day, or over some days: a title, and what was said in a few words."""

    title: str
    first: date | None
    last: date | None = None
    words: list[str] = field(default_factory=list)
    times: int = 1
    unit: str = "time"
    is_sensitive: bool = False

    @property
    def until(self) -> date | None:
        return self.last if self.last != self.first else None


@dataclass(slots=True)
class StayShown:
    """A stay as the timeline shows it, the latest event first."""

    stay: Stay
    events: list[TimelineEvent]
    case_manager: CaseManager | None = None


def of_client(user: User, client: Client) -> dict[str, Any]:
    """The client page's part: stays with what happened in each, and everybody met in them."""
    stays = queries.stays_of(user, client)
    recorded: dict[int, list[due.StageDay]] = defaultdict(list)
    events = _events(user, [one.enrollment.pk for one in stays], recorded)
    told = [one.enrollment for one in stays if one.exit is None and not one.enrollment.project.is_hidden]
    works = current(user, [one.pk for one in told]) if told else {}
    shown = [
        StayShown(one, _sorted(events[one.enrollment.pk] + _nights(one)), works.get(one.enrollment.pk))
        for one in stays
    ]
    today = timezone.localdate()
    own = [one for one in stays if user.may(Permission.ENROLLMENT_EDIT, project=one.enrollment.project_id)]
    places = FormProjects({one.enrollment.project_id: one.enrollment.project for one in own}.values())
    return {
        "stays": shown,
        "people": _people(stays),
        "status": status(_now(user, stays), today),
        "due": due.of_stays(user, own, recorded, places, today),
        "service": _asking_service(user, own, places),
        "tells_limits": not user.sees_all,
    }


def _asking_service(user: User, own: Iterable[Stay], places: FormProjects) -> Enrollment | None:
    """A stay in which military service is asked of the client, the latest one; None where none is."""
    for one in own:
        place = places.on(one.enrollment.project, service.day_of(one))
        if service.is_asked_in(one, place) and service.may_record(user, one.enrollment):
            return one.enrollment
    return None


def _now(user: User, stays: Iterable[Stay]) -> list[StayNow]:
    """Stays as the status strip needs them; the newest living situation is read where there is outreach."""
    live = [one for one in stays if one.enrollment.date_deleted is None]
    contacts = _newest_contacts(
        user, [one.enrollment.pk for one in live if one.enrollment.project.project_type == OUTREACH]
    )
    return [_of_stay(one, contacts.get(one.enrollment.pk, (None, None))) for one in live]


def _of_stay(one: Stay, newest: tuple[date | None, int | None]) -> StayNow:
    enrollment, end = one.enrollment, one.exit
    if end is not None and end.date_deleted is not None:
        end = None
    heads = [other.enrollment for other in one.others if other.is_head and not other.enrollment.date_deleted]
    head = enrollment if enrollment.relationship_to_hoh == queries.HEAD or not heads else heads[0]
    return StayNow(
        pk=enrollment.pk,
        project=enrollment.project.project_name or "Project without a name",
        project_type=enrollment.project.project_type,
        entry=enrollment.entry_date,
        exit=end.exit_date if end else None,
        destination=end.destination if end else None,
        destination_words=display.words(end, "destination") if end else "",
        move_in=head.move_in_date,
        last_night=max((nights.last for nights in one.nights), default=None),
        nights=one.night_count,
        contact=newest[0],
        situation=newest[1],
    )


def _newest_contacts(user: User, enrollments: list[int]) -> dict[int, tuple[date | None, int | None]]:
    if not enrollments:
        return {}
    rows = queries.records(user, CurrentLivingSituation, enrollments, date_deleted__isnull=True)
    rows = rows.order_by("enrollment", F("information_date").desc(nulls_last=True), "-id")
    told = rows.distinct("enrollment").values_list(
        "enrollment", "information_date", "current_living_situation"
    )
    return {pk: (day, situation) for pk, day, situation in told}


def _people(stays: Iterable[Stay]) -> list[tuple[Client, list[str]]]:
    """Everybody served together with the client, and as what, once each."""
    people: dict[int, tuple[Client, list[str]]] = {}
    for one in stays:
        for member in one.others:
            _, roles = people.setdefault(member.enrollment.client_id, (member.enrollment.client, []))
            if member.relationship and member.relationship not in roles:
                roles.append(member.relationship)
    return list(people.values())


def _sorted(events: list[TimelineEvent]) -> list[TimelineEvent]:
    return sorted(events, key=lambda h: (h.last or h.first or date.min, h.title), reverse=True)


def _nights(stay: Stay) -> list[TimelineEvent]:
    """Bed nights without a gap as one event each; many stretches as one for all of them."""
    runs = stay.nights
    if len(runs) <= MOST_STRETCHES:
        return [
            TimelineEvent("Bed nights", run.first, run.last, times=run.count, unit="night") for run in runs
        ]
    gaps = f"with {len(runs) - 1} gaps"
    return [
        TimelineEvent(
            "Bed nights", runs[0].first, runs[-1].last, [gaps], times=stay.night_count, unit="night"
        )
    ]


def _events(
    user: User, ids: list[int], recorded: dict[int, list[due.StageDay]]
) -> dict[int, list[TimelineEvent]]:
    """What happened in each of these enrollments; one query for each kind of record. `recorded` takes the
    stages and days of what is asked at an update, too."""
    found: dict[int, list[TimelineEvent]] = defaultdict(list)
    stages: dict[tuple[int, date | None, int | None], TimelineEvent] = {}
    if not ids:
        return found

    def stage(record: Any) -> TimelineEvent:
        key = (record.enrollment_id, record.information_date, record.data_collection_stage)
        if key not in stages:
            title = display.words(record, "data_collection_stage") or "Assessment"
            stages[key] = TimelineEvent(title, record.information_date)
            found[record.enrollment_id].append(stages[key])
        return stages[key]

    def of(model: Any, *columns: str) -> Any:
        wanted = ("enrollment", "information_date", "data_collection_stage", "date_deleted", *columns)
        return queries.records(user, model, ids, date_deleted__isnull=True).only(*wanted)

    for record in of(IncomeBenefits, "income_from_any_source", "total_monthly_income",
                     "benefits_from_any_source", "insurance_from_any_source"):  # fmt: skip
        stage(record).words += _income(record)
        recorded[record.enrollment_id].append((record.data_collection_stage, record.information_date))
    for record in of(Disabilities, "disability_type", "disability_response"):
        if record.disability_type == HIV:
            stage(record).is_sensitive = True
        elif record.disability_response not in (None, NO_DISABILITY, *_UNKNOWN):
            stage(record).words.append(display.words(record, "disability_type"))
        else:
            stage(record)
    for record in of(HealthAndDV, "domestic_violence_survivor", "general_health_status"):
        stage(record).is_sensitive |= record.domestic_violence_survivor is not None
        recorded[record.enrollment_id].append((record.data_collection_stage, record.information_date))
        if health := display.words(record, "general_health_status"):
            stage(record).words.append(f"Health: {health}")
    for record in of(EmploymentEducation, "employed", "school_status"):
        if record.employed is not None:
            stage(record).words.append(f"Employed: {display.words(record, 'employed')}")
        if record.school_status is not None:
            stage(record).words.append(f"School: {display.words(record, 'school_status')}")
    for record in of(YouthEducationStatus, "current_school_attend"):
        stage(record).words.append(f"School: {display.words(record, 'current_school_attend')}")

    _add_groups(user, ids, found)
    _add_coordinated_entry(user, ids, found)
    return found


def _income(record: IncomeBenefits) -> list[str]:
    words = []
    if record.income_from_any_source == 1 and record.total_monthly_income is not None:
        words.append(f"Income {display.words(record, 'total_monthly_income')} a month")
    elif record.income_from_any_source is not None:
        words.append(f"Income: {display.words(record, 'income_from_any_source')}")
    if record.benefits_from_any_source is not None:
        words.append(f"Benefits: {display.words(record, 'benefits_from_any_source')}")
    if record.insurance_from_any_source is not None:
        words.append(f"Health insurance: {display.words(record, 'insurance_from_any_source')}")
    return words


def _add_groups(user: User, ids: list[int], found: dict[int, list[TimelineEvent]]) -> None:
    """Services and contacts: each kind once, with how often and from when to when."""
    for row in queries.grouped(user, Services, ids, "date_provided", "record_type", "type_provided"):
        sample = Services(record_type=row["record_type"], type_provided=row["type_provided"])
        kind, what = display.words(sample, "record_type"), display.words(sample, "type_provided")
        found[row["enrollment_id"]].append(_group(what or kind or "Service", row, [kind] if what else []))
    rows = queries.grouped(user, CurrentLivingSituation, ids, "information_date", "current_living_situation")
    for row in rows:
        sample = CurrentLivingSituation(current_living_situation=row["current_living_situation"])
        where = display.words(sample, "current_living_situation")
        found[row["enrollment_id"]].append(_group("Contact", row, [where] if where else []))


def _group(title: str, row: dict[str, Any], words: list[str]) -> TimelineEvent:
    return TimelineEvent(title, row["first"], row["last"], words, times=row["times"])


def _add_coordinated_entry(user: User, ids: list[int], found: dict[int, list[TimelineEvent]]) -> None:
    # By the names of the files, because coordinated entry stands above enrollments.
    for record in queries.records(user, model_of("Assessment"), ids, date_deleted__isnull=True):
        words = [display.words(record, name) for name in ("assessment_type", "assessment_level")]
        found[record.enrollment_id].append(
            TimelineEvent(
                "Coordinated entry assessment", record.assessment_date, words=[w for w in words if w]
            )
        )
    for record in queries.records(user, model_of("Event"), ids, date_deleted__isnull=True):
        result = display.words(record, "referral_result")
        found[record.enrollment_id].append(
            TimelineEvent(
                display.words(record, "event") or "Coordinated entry event",
                record.event_date,
                words=["Coordinated entry event"] + ([f"Result: {result}"] if result else []),
            )
        )
