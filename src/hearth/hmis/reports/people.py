"""The people behind a number, as a list: filtered by organization and project, sorted, searched, and taken
along as Excel or CSV; always only those whom the viewer may see now, with how many are hidden.

The report engine gives keys; who they are is put beside them here. Names are looked up for the page that is
shown; for all of the list only where it is searched, sorted by name, or taken along.
"""

import re
import statistics
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.core.paginator import Page

from hearth.hmis.access.models import User
from hearth.hmis.clients.models import Client
from hearth.hmis.clients.templatetags.clients import full_name, listed_name
from hearth.hmis.organizations.choices import names_beside
from hearth.hmis.organizations.models import Project
from hearth.hmis.reports.figures import Behind
from hearth.hmis.reports.records import Records
from hearth.hmis.ui import formats
from hearth.hmis.ui.record_list import Asked, Column, Filter, RecordList, arranged, fits, page_of
from hearth.reporting.opening.members import Line, MaySee, Member, Stay

SEARCH = "Search this list by name or client ID"
_LAST = 1 << 63  # after all of our ids
_DAY = re.compile(r"\b\d{4}-\d{2}-\d{2}\b")


@dataclass(frozen=True, slots=True)
class OpenStay:
    """An enrollment that counted, with its project, and our id of it."""

    stay: Stay
    project: Project | None
    enrollment: int | None


@dataclass(frozen=True, slots=True)
class OpenMember:
    """Somebody behind a number. `client` is None where the record is not there any more."""

    member: Member
    client: Client | None
    stays: list[OpenStay]
    line: Line | None = None

    @property
    def each(self) -> list[OpenStay]:
        """The stays that differ: those of others of the household in the same project on the same days are
        told by the first, the own one where there is one."""
        own = self.member.personal_id
        found: dict[tuple[Any, ...], OpenStay] = {}
        for one in sorted(self.stays, key=lambda one: one.stay.personal_id != own):
            found.setdefault((one.stay.project_id, one.stay.entry, one.stay.exit), one)
        return sorted(found.values(), key=lambda one: self.stays.index(one))

    @property
    def personal_id(self) -> str:
        """HUD's key of them in their source."""
        return self.client.hud_id if self.client else self.member.personal_id

    @property
    def organizations(self) -> list[str]:
        """Whose projects counted, each once."""
        projects = (stay.project for stay in self.stays)
        return list(dict.fromkeys(one.organization_beside for one in projects if one))

    @property
    def several(self) -> bool:
        """Whether more than one stay is told, so that each needs its days."""
        return len(self.each) > 1

    @property
    def why(self) -> str:
        """Why they are counted, with projects by name and days in words."""
        names = {one.stay.project_id: str(one.project) for one in self.stays if one.project}
        return in_words(self.member.why, names)


def in_words(sentence: str, projects: Mapping[str, str]) -> str:
    """The engine's sentence with names for its ProjectIDs, and its days as the pages write them."""
    for key in sorted(projects, key=len, reverse=True):
        sentence = sentence.replace(f"project {key} (", f"{projects[key]} (")
    return _DAY.sub(_day, sentence)


def _day(found: re.Match[str]) -> str:
    return formats.day(found[0])


@dataclass(frozen=True, slots=True)
class People:
    """The people behind a number. `value`: the number, computed anew from all of them; `total`: how many
    they are, `hidden`: how many of them the viewer may not see. `chosen`: those on the page, or all that a
    download takes along. `amounts`: (median, least, most) days or nights of all whom the viewer sees,
    whatever is filtered."""

    shown: RecordList
    value: int
    total: int
    hidden: int
    chosen: list[OpenMember]
    amounts: tuple[int, int, int] | None

    @property
    def unit(self) -> str:
        """What one of them is."""
        return self.shown.unit

    @property
    def clients(self) -> list[int]:
        """Our ids of those whose names are given."""
        return [one.client.pk for one in self.chosen if one.client is not None]


def visibility(known: Records) -> MaySee | None:
    """Which enrollments the viewer may see; None for all."""
    return None if known.user.sees_all else known.may_see


Columns = Callable[[Sequence[Line]], list[Column]]


class Choice:
    """What of all the members is wanted: given to the engine, and asked afterwards what was chosen.
    `columns`: of the list, by all its lines; `more`: filters besides organization and project, each with the
    value that a line has of it, by which the list is sorted, too."""

    def __init__(
        self,
        known: Records,
        query: Mapping[str, Any],
        words: str,
        columns: Columns,
        more: Sequence[tuple[Filter, Callable[[Any], str]]] = (),
    ) -> None:
        self.known, self.query, self.words, self.columns, self.more = known, query, words, columns, more
        self.asked = Asked(query, columns=())
        self.every: Sequence[Line] = ()
        self.found: list[Line] = []
        self.projects: dict[str, Project] = {}

    def __call__(self, every: Sequence[Line]) -> list[int]:
        self.every = every
        self.projects = projects = self.known.projects({key for line in every for key in line.projects})
        filters = _filters(projects, str(self.query.get("organization", "")))
        filters += [one for one, _ in self.more]
        self.asked = Asked(self.query, columns=self.columns(every), filters=filters)
        by_name = {"client", "id"} & {key for key, _ in self.asked.order}
        clients = self.known.people({line.personal_id for line in every}) if self.words or by_name else {}
        found = [
            line for line in every if fits(self.words, _searched(line, clients.get(line.personal_id)))
        ] if self.words else every  # fmt: skip
        codes = _codes(projects) | {one.key: lambda line, of=of: [of(line)] for one, of in self.more}
        keys = _sorted_by(projects, clients) | {one.key: of for one, of in self.more}
        self.found = arranged(found, self.asked, codes=codes, keys=keys)
        if self.asked.download:
            return [line.number for line in self.found]
        last = max(0, (len(self.found) - 1) // self.asked.size * self.asked.size)
        first = min(self.asked.offset, last)
        return [line.number for line in self.found[first : first + self.asked.size]]

    def page(self, chosen: Sequence[Any]) -> Page:
        """What was chosen, as a page of the list."""
        return page_of(chosen, self.asked.page, self.asked.size, len(self.found))


def _columns(amount: str) -> Columns:
    def those(every: Sequence[Line]) -> list[Column]:
        has_amounts = any(line.amount is not None for line in every)
        return [
            Column("client", "Client"),
            Column("id", "Client ID"),
            Column("personal_id", "PersonalID", sorts=False, starts=False),
            Column("organization", "Organization", sorts=False, starts=False),
            Column("project", "Project"),
            Column("entry", "Entry"),
            Column("exit", "Exit"),
            *([Column("amount", amount, number=True)] if has_amounts else []),
            Column("why", "Why counted", sorts=False),
        ]

    return those


def people(
    user: User,
    folder: Path,
    behind: Behind,
    query: Mapping[str, Any],
    *,
    path: str,
    caption: str,
    words: str | None = "",
    amount: str = "Days",
    can_download: bool = False,
) -> People:
    """The list of who is behind a number. `query`: what its address asks; `words`: what was searched for,
    None where that is not kept any more; `amount`: what days or nights are called."""
    known = Records(user, folder)
    choice = Choice(known, query, words or "", _columns(amount))
    choice(())
    page = behind(choice, visibility(known))
    chosen = opened(known, page.members, choice.every)
    amounts = [line.amount for line in choice.every if line.amount is not None]
    unit = choice.every[0].unit if choice.every else "person"
    nights = {"amount": f"{sum(line.amount or 0 for line in choice.found):,}"} if amount == "Nights" else {}
    shown = RecordList(
        choice.asked,
        choice.page(chosen),
        caption,
        unit,
        path,
        of=len(choice.every),
        hidden=page.hidden,
        words=words or "",
        lost=words is None,
        search_label=SEARCH if len(choice.every) > 1 else "",
        can_download=can_download,
        totals=nights,
    )
    spread = (round(statistics.median(amounts)), min(amounts), max(amounts)) if amounts else None
    return People(shown, page.value, page.total, page.hidden, chosen, spread)


def opened(known: Records, found: Iterable[Member], every: Sequence[Line] = ()) -> list[OpenMember]:
    """Members with our records of them, as far as the viewer may see those."""
    found = list(found)
    lines = {line.number: line for line in every}
    stays = [stay for member in found for stay in member.stays]
    clients = known.people(member.personal_id for member in found)
    projects = known.projects(stay.project_id for stay in stays)
    enrollments = known.enrollments(stay.enrollment_id for stay in stays)
    return [
        OpenMember(
            member,
            clients.get(member.personal_id),
            [
                OpenStay(stay, projects.get(stay.project_id), enrollments.get(stay.enrollment_id))
                for stay in member.stays
            ],
            lines.get(member.number),
        )
        for member in found
    ]


def _filters(projects: Mapping[str, Project], organization: str) -> list[Filter]:
    """Organizations and projects of the stays that counted, by name; of an organization that is chosen, its
    projects alone. Projects of one name are told apart by their organizations."""
    there = {project.pk: project for project in projects.values()}
    organizations = names_beside(there.values())
    offered = [
        one
        for one in there.values()
        if organization not in organizations or one.organization_key == organization
    ]
    named = [str(one) for one in offered]
    places = {one.pk: organizations[one.organization_key] for one in offered}
    texts = {
        str(one.pk): f"{one} – {places[one.pk]}" if named.count(str(one)) > 1 else str(one) for one in offered
    }
    return [
        Filter("organization", "Organization", _by_text(organizations)),
        Filter("project", "Project", _by_text(texts)),
    ]


def _by_text(choices: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple(sorted(choices.items(), key=lambda one: (one[1].casefold(), one[0])))


def _codes(projects: Mapping[str, Project]) -> dict[str, Any]:
    def those(line: Line) -> list[Project]:
        return [projects[key] for key in line.projects if key in projects]

    return {
        "organization": lambda line: [one.organization_key for one in those(line)],
        "project": lambda line: [str(one.pk) for one in those(line)],
    }


def _sorted_by(projects: Mapping[str, Project], clients: Mapping[str, Client]) -> dict[str, Any]:
    def name(line: Line) -> str:
        client = clients.get(line.personal_id)
        return listed_name(client) if client else ""

    def key(line: Line) -> tuple[int, str]:
        client = clients.get(line.personal_id)
        return (client.pk, "") if client else (_LAST, line.personal_id)

    return {
        "client": name,
        "id": key,
        "project": lambda line: min(
            (str(projects[one]) for one in line.projects if one in projects), default=""
        ),
        "entry": lambda line: line.entry,
        "exit": lambda line: line.exit,
        "amount": lambda line: line.amount,
    }


def _searched(line: Line, client: Client | None) -> str:
    """The text in which words are looked for: whole names, our id and that of the source. Nobody is found
    by a record that the viewer may not open."""
    return f"{full_name(client)} {client.pk} {client.hud_id}" if client else line.personal_id


# ---------------------------------------------------------------------- taken along


_NAMES = tuple(("client", one) for one in ("Last name", "First name", "Middle name", "Suffix"))


def headings(people: People) -> list[tuple[str, str]]:
    """Of the download, each with its column of the list."""
    amount = [("amount", column.label) for column in people.shown.asked.columns if column.key == "amount"]
    return [
        *_NAMES, ("id", "Client ID"), ("personal_id", "PersonalID"), ("client", "Counted as"),
        ("organization", "Organization"), ("project", "Project"), ("entry", "Entry"), ("exit", "Exit"),
        *amount, ("why", "Why counted"), ("why", "Section of HUD’s text"),
    ]  # fmt: skip


def cells(people: People) -> Iterator[list[Any]]:
    """The rows of the download, in the order of the list."""
    has_amounts = any(column.key == "amount" for column in people.shown.asked.columns)
    for one in people.chosen:
        client, line = one.client, one.line
        names = ("last_name", "first_name", "middle_name", "name_suffix")
        projects = {str(stay.project or stay.stay.project_id): stay.project for stay in one.stays}
        yield [
            *(getattr(client, name) if client else "" for name in names),
            client.pk if client else None,
            one.personal_id,
            one.member.unit,
            "; ".join(one.organizations),
            "; ".join(projects),
            line.entry if line else None,
            line.exit if line else None,
            *([line.amount if line else None] if has_amounts else []),
            one.why,
            one.member.section,
        ]  # fmt: skip
