"""Who is enrolled now: of one project as its roster, or in all of one's own projects what is due."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Exists, Max, OuterRef

from hearth.hmis.access import field_rights
from hearth.hmis.access.models import User
from hearth.hmis.access.permissions import Permission
from hearth.hmis.clients.intake.birth import years_old
from hearth.hmis.clients.templatetags.clients import listed_name
from hearth.hmis.enrollments import due, queries
from hearth.hmis.enrollments.annual import COMING, OPEN, OVERDUE
from hearth.hmis.enrollments.case_manager.queries import current
from hearth.hmis.enrollments.due import Due
from hearth.hmis.enrollments.models import Enrollment, Exit, Services
from hearth.hmis.enrollments.status import BED_TYPES, NIGHT_BY_NIGHT
from hearth.hmis.organizations.models import Project
from hearth.hmis.ui.record_list import Asked, Column, Filter, RecordList, arranged, fits, page_of

_STATES = ((OVERDUE, "Overdue"), (OPEN, "Open"), (COMING, "Soon"))
_DUE_FILTER = Filter("due", "Due", (("any", "Something is due"), ("none", "Nothing is due")))
_MANAGER_FILTER = Filter(
    "manager", "Case manager", (("mine", "My clients"), ("others", "Somebody else"), ("nobody", "Nobody"))
)
_NIGHT_FILTER = Filter("night", "Last night", (("here", "Here last night"), ("not", "Not here last night")))


@dataclass(frozen=True, slots=True)
class Guest:
    """One line of a roster. `age` is None where it is not known or not to be seen; `others`: people of the
    household who are enrolled, too; `nights`: bed nights, or nights since the start."""

    enrollment: Enrollment
    age: int | None
    others: int
    nights: int
    last_night: date | None
    due: list[Due]
    case_manager: User | None = None

    @property
    def name(self) -> str:
        return listed_name(self.enrollment.client)


def columns(project: Project, user: User) -> tuple[Column, ...]:
    """The columns of a project's roster; nobody sorts by names that they may not see."""
    found = [
        Column("name", "Client", sorts=field_rights.may_see(user, "Client.LastName")),
        Column("age", "Age", number=True),
        Column("others", "With", number=True),
        Column("start", "Start"),
        Column("nights", "Nights" if project.project_type in BED_TYPES else "Days", number=True),
    ]
    if project.project_type == NIGHT_BY_NIGHT:
        found.append(Column("last_night", "Last bed night"))
    return (*found, Column("manager", "Case manager"), Column("due", "Due", number=False))


def guests(user: User, project: Project, today: date) -> list[Guest]:
    """Everybody enrolled in a project today as far as the user sees them; ten queries however many."""
    over = Exit.objects.restrict(user).filter(
        enrollment=OuterRef("pk"), date_deleted=None, exit_date__lte=today
    )
    rows = list(
        Enrollment.objects.restrict(user)
        .filter(project=project, date_deleted=None, client__date_deleted=None, entry_date__lte=today)
        .filter(~Exists(over))
        .select_related("client", "project")
    )
    nights = _nights(user, rows) if project.project_type == NIGHT_BY_NIGHT else {}
    may_edit = user.may(Permission.ENROLLMENT_EDIT, project=project.pk)
    is_due = due.of_enrollments(user, rows, today) if may_edit and rows else {}
    works = current(user, [one.pk for one in rows]) if rows and not project.is_hidden else {}
    together = Counter(one.household_id for one in rows if one.household_id)
    found = []
    for one in rows:
        count, last = nights.get(one.pk, (0, None))
        if project.project_type != NIGHT_BY_NIGHT and one.entry_date:
            count = (today - one.entry_date).days
        others = together[one.household_id] - 1 if one.household_id else 0
        works_with = works[one.pk].manager if one.pk in works else None
        found.append(Guest(one, _age(one, today), others, count, last, is_due.get(one.pk, []), works_with))
    return found


def listed(
    user: User, project: Project, today: date, query: Mapping[str, Any], *, path: str, words: str = "",
    lost: bool = False,
) -> tuple[RecordList, list[Guest]]:  # fmt: skip
    """The roster as its page shows it, and all that fulfil its filters in its order."""
    by_night = project.project_type == NIGHT_BY_NIGHT
    filters = (_MANAGER_FILTER, _DUE_FILTER, *((_NIGHT_FILTER,) if by_night else ()))
    asked = Asked(query, columns=columns(project, user), filters=filters, start=(("name", False),))
    may_see_names = field_rights.may_see(user, "Client.LastName")
    everybody = guests(user, project, today)
    yesterday = today - timedelta(days=1)
    wanted = [one for one in everybody if fits(words, one.name)] if words and may_see_names else everybody
    found = arranged(
        wanted,
        asked,
        codes={
            "manager": lambda one: [_whose(one, user)],
            "due": lambda one: ["any" if one.due else "none"],
            "night": lambda one: ["here" if one.last_night and one.last_night >= yesterday else "not"],
        },
        keys={
            "name": lambda one: one.name,
            "age": lambda one: one.age,
            "others": lambda one: one.others,
            "start": lambda one: one.enrollment.entry_date,
            "nights": lambda one: one.nights,
            "last_night": lambda one: one.last_night,
            "manager": lambda one: str(one.case_manager).casefold() if one.case_manager else None,
            "due": lambda one: one.due[0].order[0] if one.due else None,
        },
    )
    shown = RecordList(
        asked,
        page_of(found[asked.offset : asked.offset + asked.size], asked.page, asked.size, len(found)),
        "Enrolled now",
        "client",
        path,
        of=len(everybody),
        words=words if may_see_names else "",
        lost=lost,
        search_label="Name" if may_see_names else "",
        can_download=user.may(Permission.DATA_EXPORT),
        own_order="by name" if may_see_names else "by client ID",
        empty=("Nobody", "Nobody whom you may see is enrolled today."),
    )
    return shown, found


def _whose(one: Guest, user: User) -> str:
    if one.case_manager is None:
        return "nobody"
    return "mine" if one.case_manager.pk == user.pk else "others"


def headings(project: Project, user: User) -> list[tuple[str, str]]:
    """What goes along: (column, heading)."""
    return [("name", "Client ID"), *((one.key, one.label) for one in columns(project, user))]


def cells(project: Project, found: Iterable[Guest]) -> Iterator[list[Any]]:
    """The rows of the download."""
    for one in found:
        night = [one.last_night or ""] if project.project_type == NIGHT_BY_NIGHT else []
        said = "; ".join(line.title for line in one.due)
        age = "" if one.age is None else one.age
        start = one.enrollment.entry_date
        manager = str(one.case_manager or "")
        yield [one.enrollment.client_id, one.name, age, one.others, start, one.nights, *night, manager, said]


# ------------------------------------------------------------------ what is due, in all projects


def due_lines(user: User, today: date) -> list[Due]:
    """What is due in the projects where the user works by a grant there, the most urgent first."""
    if not user.projects(Permission.ENROLLMENT_EDIT):
        return []
    found = due.of_enrollments(user, due.open_enrollments(user, today), today)
    lines = [line for lines in found.values() for line in lines] + due.of_exits(user, today)
    return sorted(lines, key=lambda line: line.order)


DUE_COLUMNS = (
    Column("name", "Client"), Column("what", "What is due"), Column("state", "State"), Column("by", "By"),
    Column("project", "Project"),
)  # fmt: skip


def due_listed(
    user: User, today: date, query: Mapping[str, Any], *, path: str
) -> tuple[RecordList, Sequence[Due]]:
    """The list of what is due, and all that fulfil its filters in its order."""
    lines = due_lines(user, today)
    projects = {line.enrollment.project_id: str(line.enrollment.project) for line in lines}
    named = sorted(((str(pk), name) for pk, name in projects.items()), key=lambda one: one[1].casefold())
    filters = (Filter("project", "Project", tuple(named)), Filter("state", "State", _STATES))
    asked = Asked(query, columns=DUE_COLUMNS, filters=filters)
    found = arranged(
        lines,
        asked,
        codes={
            "project": lambda line: [str(line.enrollment.project_id)],
            "state": lambda line: [line.state],
        },
        keys={
            "name": lambda line: listed_name(line.enrollment.client),
            "what": lambda line: line.title,
            "state": lambda line: line.order[0],
            "by": lambda line: line.by,
            "project": lambda line: str(line.enrollment.project),
        },
    )
    shown = RecordList(
        asked,
        page_of(found[asked.offset : asked.offset + asked.size], asked.page, asked.size, len(found)),
        "Due",
        "line",
        path,
        of=len(lines),
        own_order="the most urgent first",
        empty=("Nothing is due", "Nothing is due in your projects."),
    )
    return shown, found


def _nights(user: User, rows: Iterable[Enrollment]) -> dict[int, tuple[int, date | None]]:
    told = (
        queries.records(user, Services, [one.pk for one in rows], date_deleted__isnull=True)
        .filter(record_type=queries.BED_NIGHT, date_provided__isnull=False)
        .values("enrollment")
        .annotate(nights=Count("date_provided", distinct=True), last=Max("date_provided"))
    )
    found: dict[int, tuple[int, date | None]] = defaultdict(lambda: (0, None))
    found.update({row["enrollment"]: (row["nights"], row["last"]) for row in told})
    return found


def _age(one: Enrollment, today: date) -> int | None:
    if "dob" in one.client.withheld or one.client.dob is None or one.client.dob > today:
        return None
    return years_old(one.client.dob, today)
