"""What an export is to hold."""

import re
from dataclasses import asdict, dataclass, fields
from datetime import date
from typing import Any

from django.db.models.functions import Trim, Upper

from hearth.hmis.access.models import User
from hearth.hmis.organizations.models import Project, ProjectCoC

_COC = re.compile(r"^[A-Z]{2}-[0-9]{3}$")


class RequestError(ValueError):
    """The request cannot be served; the text says why and what to do."""


@dataclass(frozen=True, kw_only=True)
class ExportRequest:
    """One export: enrollments that touch [start, end], both days included, and what hangs on them.

    `cocs`: CoC numbers, whose households are wanted; `projects`: our ids of projects. With both, both must
    hold; with neither, all projects. `hashed`: names and
    SSN by HUD's hashing (HashStatus 4). `deleted`: rows marked as deleted as well.
    """

    start: date
    end: date
    cocs: tuple[str, ...] = ()
    projects: tuple[int, ...] = ()
    hashed: bool = False
    deleted: bool = False

    def __post_init__(self) -> None:
        if self.end < self.start:
            raise RequestError("The end of the period is before its start. Correct one of the two dates.")
        wrong = [code for code in self.cocs if not _COC.match(code)]
        if wrong:
            raise RequestError(f"{wrong[0][:20]!r} is not a CoC number. They look like MN-500.")

    @property
    def is_of_everything(self) -> bool:
        """Whether no CoC or project was named."""
        return not (self.cocs or self.projects)

    def as_json(self) -> dict[str, Any]:
        """For `ExportRun.parameters`."""
        values = asdict(self)
        return values | {"start": self.start.isoformat(), "end": self.end.isoformat()}

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> "ExportRequest":
        """From `ExportRun.parameters`."""
        known = {field.name: values[field.name] for field in fields(cls) if field.name in values}
        return cls(
            **known
            | {
                "start": date.fromisoformat(known["start"]),
                "end": date.fromisoformat(known["end"]),
                "cocs": tuple(known.get("cocs", ())),
                "projects": tuple(known.get("projects", ())),
            }
        )

    def check_places(self, user: User) -> None:
        """Raise `RequestError` for a CoC or project that is not there."""
        if self.cocs:
            absent = sorted(set(self.cocs) - set(_places(user, self.cocs).values_list("code", flat=True)))
            if absent:
                raise RequestError(f"No project operates in {', '.join(absent)}. Check the CoC number.")
        if self.projects:
            there = Project.objects.restrict(user).filter(pk__in=self.projects)
            if there.count() != len(set(self.projects)):
                raise RequestError("One of the chosen projects is not there. Check the project numbers.")
        if self.cocs and self.projects and not _places(user, self.cocs).filter(project__in=there).exists():
            raise RequestError(
                f"None of the chosen projects works in {', '.join(self.cocs)}. Choose other projects or CoCs."
            )


def _places(user: User, cocs: tuple[str, ...]) -> Any:
    """Where projects work in one of the CoCs; `code` is its number in capitals."""
    places = ProjectCoC.objects.restrict(user).filter(date_deleted__isnull=True)
    return places.annotate(code=Upper(Trim("coc_code"))).filter(code__in=cocs)


def project_ids(user: User, text: str) -> tuple[int, ...]:
    """Our ids of projects named by number: HUD's ProjectID where one has it, else our own.

    Raises `RequestError` where none is named, and for one that is not there or that several data sources
    have."""
    found = []
    parts = [part.strip() for part in text.split(",") if part.strip()]
    if not parts:
        raise RequestError("No project is named. Give their numbers, or leave the projects out for all.")
    for part in parts:
        projects = Project.objects.restrict(user)
        of_hud = list(projects.filter(hud_id=part).values_list("pk", flat=True)[:2])
        own = list(projects.filter(pk=int(part))[:1].values_list("pk", flat=True)) if _is_id(part) else []
        if len(of_hud) > 1:
            raise RequestError("Several data sources have a project of that ProjectID. Give our own number.")
        if not of_hud and not own:
            raise RequestError("One of the named projects is not there. Check the project numbers.")
        found.append((of_hud or own)[0])
    return tuple(dict.fromkeys(found))


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 18
