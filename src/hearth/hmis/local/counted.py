"""Local answers counted, and found: by project and period how often which answer was given, who gave it, and
at whose start a required question has none.

Counted are records that the user sees in projects of their own, as on a roster; what is counted and what a
list shows are the same rows.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, QuerySet
from django.urls import reverse

from hearth.hmis.access.models import User
from hearth.hmis.enrollments.models import Enrollment
from hearth.hmis.local.beside import in_words
from hearth.hmis.local.element import Choice, LocalElement, LocalField, Span
from hearth.hmis.local.mn.registry import registry
from hearth.hmis.local.models import LocalAnswer
from hearth.hmis.local.stored import due_at_starts
from hearth.hmis.organizations.confidential import hidden
from hearth.hmis.organizations.models import Project
from hearth.hmis.ui import formats
from hearth.hmis.ui.record_list import Asked, Column, Filter, RecordList, page_of
from hearth.standards.element import STAGES

#: What is due is worked out for each stay: of so many at most.
MOST_CHECKED = 2_000
#: The answer of a list that says who has none; no code is written so.
DUE = "due"
_ANY = "any"
_QUARTERS = 6
_JULY, _OCTOBER = 7, 10

COUNT_COLUMNS = (
    Column("question", "Question", sorts=False), Column("answer", "Answer", sorts=False),
    Column("answers", "Answers", sorts=False, number=True),
    Column("clients", "Clients", sorts=False, number=True),
)  # fmt: skip
LIST_COLUMNS = (
    Column("client", "Client", sorts=False), Column("answer", "Answer", sorts=False),
    Column("day", "Date"), Column("stage", "Stage", sorts=False), Column("start", "Start"),
    Column("project", "Project", sorts=False),
)  # fmt: skip
_ORDERS = {"day": "information_date", "start": "enrollment__entry_date"}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the count: an answer to a question, how often it was given and by how many clients;
    `address` lists them. Of what is due `is_due`, and nothing was given."""

    element: str
    question: str
    answer: str
    answers: int
    clients: int
    address: str
    is_due: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """One line of a list: whose answer it is, or whose answer is due."""

    enrollment: Enrollment
    answer: str
    day: date | None
    stage: str
    is_due: bool = False


def periods(today: date) -> dict[str, tuple[str, Span]]:
    """The periods to choose from, by their code in addresses, in words and with their days: calendar years,
    the years of the state (July on) and of HUD (October on), and quarters, the latest first."""
    found: dict[str, tuple[str, Span]] = {}
    for year in range(today.year, today.year - 3, -1):
        found[str(year)] = (f"{year}", Span(date(year, 1, 1), date(year, 12, 31)))
    for code, month, words in (("SFY", _JULY, "State fiscal year"), ("FFY", _OCTOBER, "Federal fiscal year")):
        now = today.year + (today.month >= month)
        for year in (now, now - 1):
            span = Span(date(year - 1, month, 1), date(year, month, 1) - timedelta(days=1))
            found[f"{code}{year}"] = (f"{words} {year}", span)
    year, quarter = today.year, (today.month - 1) // 3
    for _ in range(_QUARTERS):
        first, last = (
            date(year, 3 * quarter + 1, 1),
            date(year + (quarter == 3), (3 * quarter + 3) % 12 + 1, 1),
        )
        named = f"{formats.day(first)} to {formats.day(last - timedelta(days=1))}"
        found[f"{year}Q{quarter + 1}"] = (named, Span(first, last - timedelta(days=1)))
        year, quarter = (year, quarter - 1) if quarter else (year - 1, 3)
    return found


def projects_of(user: User) -> dict[str, Project]:
    """The projects whose answers the user counts: their own, a system administrator's all."""
    rows = Project.objects.restrict(user).filter(date_deleted=None).exclude(pk__in=hidden("project"))
    if not user.sees_all:
        rows = rows.filter(pk__any_of=user.own_projects)
    return {str(one.pk): one for one in rows.order_by("project_name", "pk")}


def fields() -> dict[str, tuple[LocalElement, LocalField]]:
    """Every field of every element by its name, in its latest version, in the order of the numbers."""
    found: dict[str, tuple[LocalElement, LocalField]] = {}
    for element in registry().elements:
        for one in element.fields:
            found[one.name] = (element, one)
    return found


class Counting:
    """What an address asks of answers: of which projects, in which period, at which stage."""

    def __init__(self, user: User, query: Mapping[str, Any], today: date, field: str = "") -> None:
        self.user, self.field = user, field
        self.projects, self.periods = projects_of(user), periods(today)
        filters = [
            Filter("project", "Project", tuple((pk, str(one)) for pk, one in self.projects.items())),
            Filter("period", "Period", tuple((code, words) for code, (words, _) in self.periods.items())),
            Filter("stage", "Stage", tuple((code, name.capitalize()) for name, code in STAGES.items())),
        ]
        if field:
            filters.insert(0, Filter("answer", "Answer", self._answers()))
        columns = LIST_COLUMNS if field else COUNT_COLUMNS
        self.asked = Asked(query, columns=columns, filters=filters, start=(("day", True),) if field else ())
        chosen = self.asked.chosen
        self.span = self.periods[chosen["period"]][1] if "period" in chosen else Span(None, today)

    def _answers(self) -> tuple[tuple[str, str], ...]:
        """The answers to choose from: the codes of all versions, that there is any, and that one is due."""
        known: dict[str, Choice] = {}
        for element in registry().elements:
            for one in element.fields:
                if one.name == self.field:
                    known |= {each.code: each for each in one.choices}
        said = tuple((one.code, one.label) for one in known.values())
        return (*said, *(() if said else ((_ANY, "Answered"),)), (DUE, "No answer, due at the start"))

    @property
    def _where(self) -> list[int]:
        """The projects that are asked for."""
        one = self.asked.chosen.get("project")
        return [int(pk) for pk in ([one] if one else self.projects)]

    def rows(self) -> QuerySet[LocalAnswer]:
        """The answers, in no order."""
        chosen = self.asked.chosen
        rows = LocalAnswer.objects.restrict(self.user).filter(
            project__in=self._where,
            date_deleted=None, enrollment__date_deleted=None, enrollment__client__date_deleted=None,
        )  # fmt: skip
        if self.span.since:
            rows = rows.filter(information_date__gte=self.span.since)
        if self.span.until:
            rows = rows.filter(information_date__lte=self.span.until)
        if "stage" in chosen:
            rows = rows.filter(stage=chosen["stage"])
        if self.field:
            rows = rows.filter(field=self.field)
            if chosen.get("answer", _ANY) != _ANY:
                rows = rows.filter(value_code=chosen["answer"])
        return rows

    def starts(self) -> list[Enrollment] | None:
        """The stays that began in the period, in which an answer may be due; None where they are too many to
        look at each. A stage other than the start has none."""
        chosen = self.asked.chosen
        if chosen.get("stage", "start") != "start":
            return []
        rows = Enrollment.objects.restrict(self.user).filter(
            project__in=self._where,
            date_deleted=None, client__date_deleted=None, entry_date__lte=self.span.until,
        )  # fmt: skip
        if self.span.since:
            rows = rows.filter(entry_date__gte=self.span.since)
        found = list(
            rows.select_related("client", "project").order_by("-entry_date", "-pk")[: MOST_CHECKED + 1]
        )
        return None if len(found) > MOST_CHECKED else found

    def lines(self) -> tuple[list[Line], bool]:
        """The count, by numbers of elements; and whether what is due was worked out, too."""
        told: dict[str, dict[str | None, tuple[int, int]]] = defaultdict(dict)
        grouped = self.rows().values("field", "value_code")
        for row in grouped.annotate(answers=Count("pk"), clients=Count("enrollment__client", distinct=True)):
            told[row["field"]][row["value_code"]] = (row["answers"], row["clients"])
        starts = self.starts()
        missing: Counter[str] = Counter()
        people: dict[str, set[int]] = defaultdict(set)
        of_stay = {one.pk: one.client_id for one in starts or ()}
        for stay, due in due_at_starts(self.user, starts or ()).items():
            for one in due:
                missing[one.field.name] += 1
                people[one.field.name].add(of_stay[stay])
        found = []
        for name, (element, field) in fields().items():
            for code, (answers, clients) in self._in_order(name, told.pop(name, {})):
                words = _label(name, code)
                found.append(
                    Line(
                        element.number, field.question, words, answers, clients, self._at(name, code or _ANY)
                    )
                )
            if missing[name]:
                found.append(
                    Line(element.number, field.question, "No answer, due at the start", missing[name],
                         len(people[name]), self._at(name, DUE), is_due=True)
                )  # fmt: skip
        return found, starts is not None

    def _in_order(
        self, name: str, counts: dict[str | None, tuple[int, int]]
    ) -> list[tuple[str | None, tuple[int, int]]]:
        listed = [each.code for each in fields()[name][1].choices]
        place = {code: number for number, code in enumerate(listed)}
        return sorted(counts.items(), key=lambda one: (place.get(one[0] or "", len(place)), one[0] or ""))

    def _at(self, name: str, answer: str) -> str:
        """Who is behind a line. A question without codes has no answer to choose."""
        kept = {key: self.asked.chosen.get(key, "") for key in ("project", "period", "stage")}
        return reverse("local:given", args=[name]) + self.asked.address(answer=answer, columns="", **kept)

    def listed(self, path: str) -> RecordList:
        """Whose answers they are, or whose are due, as a page shows them."""
        asked, found, of = self.asked, [], 0
        if asked.chosen.get("answer") == DUE:
            starts = self.starts() or []
            due = due_at_starts(self.user, starts)
            wanted = [
                one for one in starts if any(each.field.name == self.field for each in due.get(one.pk, ()))
            ]
            of = len(wanted)
            found = [
                Found(one, "", one.entry_date, "Project start", is_due=True)
                for one in wanted[asked.offset : asked.offset + asked.size]
            ]
        else:
            rows = self.rows()
            of = rows.count()
            order = [f"{'-' if falls else ''}{_ORDERS[key]}" for key, falls in asked.order]
            rows = rows.select_related("enrollment__client", "enrollment__project").order_by(*order, "-pk")
            found = [*_found(rows[asked.offset : asked.offset + asked.size])]
        return RecordList(
            asked, page_of(found, asked.page, asked.size, of), "Local answers", "answer", path, of=of,
            own_order="the latest first",
            empty=("Nothing", "Nobody whom you may see gave this answer in a project of yours."),
        )  # fmt: skip


def counts_listed(asked: Asked, lines: Sequence[Line], path: str) -> RecordList:
    """The count as its page shows it."""
    shown = lines[asked.offset : asked.offset + asked.size]
    return RecordList(
        asked, page_of(shown, asked.page, asked.size, len(lines)), "Local answers, counted", "line", path,
        of=len(lines), own_order="by number of the element",
        empty=("No answers yet", "They are given with the start, an update or the exit of an enrollment."),
    )  # fmt: skip


def _found(rows: Iterable[LocalAnswer]) -> Iterator[Found]:
    stages = {code: name.capitalize() for name, code in STAGES.items()}
    for one in rows:
        hides = one.value_text is not None and one.enrollment.project.is_hidden  # an address says where it is
        said = "Not shown to you" if hides else in_words(one).value
        yield Found(one.enrollment, said, one.information_date, stages.get(one.stage, one.stage))


def _label(name: str, code: str | None) -> str:
    """The words of a code, in the latest version that has it."""
    if code is None:
        return "Answered"
    for element in reversed(registry().elements):
        for field in element.fields:
            if field.name == name:
                for each in field.choices:
                    if each.code == code:
                        return each.label
    return code
