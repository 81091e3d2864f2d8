"""What changed in records, from their old versions: who, when, from where, and column by column.

Each kind of record of a page is read by itself (`Kind`), the latest changes first, so many at a time; what
does not fit is named with where it goes on, never left out in silence.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import partial
from typing import Any, Literal

from django.contrib.auth import get_user_model
from django.db import models
from django.db.models import Count, QuerySet

from hearth.hmis.audit.came_from import COMMAND, HERE, NOT_KNOWN, WITHHELD, Written, imports
from hearth.hmis.audit.history import history_model
from hearth.hmis.audit.subjects import Named
from hearth.hmis.hud import display
from hearth.hmis.hud.fields import HudSSN
from hearth.hmis.ui import formats

#: So many old versions of a kind are read at a time, and so many first writings told apart.
VERSIONS = 200

#: What changes besides HUD's columns, in words. Fields that repeat what a record above says are not editable,
#: and told of that record alone.
OTHERS = {
    "client": "Client",
    "enrollment": "Enrollment",
    "project": "Project",
    "organization": "Organization",
    "res_project": "Residential project",
    "assessment": "Assessment",
    "tribal_nation": "Tribal nation",
    "is_shared": "Visible to",
    "is_hipaa_covered": "Under HIPAA",
    "name_is_confidential": "Name is confidential",
}
_KEPT_BESIDE = {"project": "pgh_moved_from", "is_shared": "pgh_was_shared"}
#: Whose an old version was is not kept (`OldEnrollment`), only that it was another's.
_OTHER = "pgh_other_client"
_SHARING = {True: "every HMIS user", False: "this organization only"}

What = Literal["changed", "deleted", "restored", "recorded"]


@dataclass(frozen=True, slots=True)
class Step:
    """One column before and after. Values in words; an SSN has none, only that it changed. `hud` is the
    column's name ("Client.DOB"), empty for what HUD does not have."""

    label: str
    before: str
    after: str
    privacy: str = ""
    hud: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """What was written at one moment: `records` of one kind, one except where many were first recorded at
    once. `by` is empty where nobody is named."""

    kind: "Kind"
    what: What
    at: datetime
    by: str
    came_from: Named
    steps: list[Step] = field(default_factory=list)
    records: int = 1
    record: models.Model | None = None


@dataclass(frozen=True, slots=True)
class Kind:
    """The records of one file on a page: those that the viewer may see. `columns` (HUD's names) are left out
    of what is told; `tells_first`: when they were first recorded is told, too. `tells`: what differs between
    a version and the next, where a record has no columns of HUD that say it."""

    file: str
    title: str
    records: QuerySet[Any]
    columns: frozenset[str] = frozenset()
    tells_first: bool = False
    tells: "Callable[[Any, Any], Iterable[Step]] | None" = None


@dataclass(frozen=True, slots=True)
class History:
    """The latest changes first, and behind them when records were first recorded. `earlier`: kinds with more
    versions, and before which of them (by `pgh_id`) it goes on."""

    changes: list[Change]
    earlier: list[tuple[Kind, int]]


#: `withholds(viewer, "File.Column", before, after)`: whether that column of one of both is not the viewer's.
Withholds = Callable[..., bool]
#: Says of old versions (by `pgh_id`) which version came next; None: the record as it is now.
Followers = Callable[[list[int]], Mapping[int, int | None]]


@dataclass(slots=True)
class _Found:
    """A change before its names are looked up."""

    kind: Kind
    what: What
    written: Written
    writer: str = ""
    steps: list[Step] = field(default_factory=list)
    records: int = 1
    record: models.Model | None = None


def history(
    viewer: Any,
    kinds: Sequence[Kind],
    *,
    withholds: Withholds,
    before: int | None = None,
    followers: Followers | None = None,
    tells_who: bool = True,
) -> History:
    """What changed in the records of these kinds, a query or two for each.

    Versions that differ in nothing that is told (an import that only touched its stamps) are left out. Where
    a version between two others may be hidden, `followers` keeps what was changed by several from being
    told as one change. `before`: only versions older than this one, of a single kind. `withholds`: what of
    them the viewer may not see (`access.field_rights`, which stands above this application). `tells_who`:
    else neither who it was nor where it came from is told.
    """
    found: list[_Found] = []
    earlier = []
    for kind in kinds:
        more = _add_versions(viewer, kind, found, withholds, before, followers)
        if more:
            earlier.append((kind, more))
        elif kind.tells_first:
            found += _first(kind)
    told = _told(viewer, found)
    return History(told if tells_who else [replace(one, by="", came_from=WITHHELD) for one in told], earlier)


def _add_versions(
    viewer: Any,
    kind: Kind,
    found: list[_Found],
    withholds: Withholds,
    before: int | None,
    followers: Followers | None,
) -> int | None:
    """Add what changed; returns before which version it goes on, None where that was all."""
    model = kind.records.model
    rows = history_model(model).objects.filter(pgh_obj_id__in=kind.records.order_by().values("pk"))
    older = rows.filter(pgh_id__lt=before) if before else rows
    versions = list(older.order_by("-pgh_id")[: VERSIONS + 1])
    more = len(versions) > VERSIONS
    versions = versions[:VERSIONS]
    current = kind.records.in_bulk({old.pgh_obj_id for old in versions}) if versions else {}
    newer: dict[Any, Any] = dict(current)
    if before and versions:
        later = rows.filter(pgh_id__gte=before, pgh_obj_id__in=list(current))
        newer |= {old.pgh_obj_id: old for old in later.order_by("-pgh_id")}
    next_of = followers([old.pgh_id for old in versions]) if followers else None
    pairs = []
    for old in versions:
        pk = old.pgh_obj_id
        if next_of is None or next_of.get(old.pgh_id) == getattr(newer[pk], "pgh_id", None):
            pairs.append((old, newer[pk]))
        newer[pk] = old
    related = _related(viewer, pairs)
    for old, after in pairs:
        steps = [
            step
            for step in (kind.tells or partial(_steps, leave_out=kind.columns, related=related))(old, after)
            if not (step.hud and withholds(viewer, step.hud, old, after))
        ]
        if steps:
            written = Written(after.data_source_id, old.pgh_changed_by, old.pgh_created_at)
            record = current[old.pgh_obj_id]
            found.append(_Found(kind, _what(old, after), written, _writer(after), steps, record=record))
    return versions[-1].pgh_id if more else None


def _what(before: models.Model, after: models.Model) -> What:
    if before.date_deleted is None and after.date_deleted is not None:
        return "deleted"
    return "restored" if before.date_deleted is not None and after.date_deleted is None else "changed"


def _writer(record: models.Model) -> str:
    """The user of the system that a record came from, as `record_source.writer_of` says it."""
    user_id = getattr(record, "user_id", None)
    return f"user {user_id} there" if user_id else ""


def _first(kind: Kind) -> Iterator[_Found]:
    """When records of a kind were first written here, together what was written together."""
    groups = (
        kind.records.order_by("-created_at")
        .values("created_at", "created_by_id", "data_source_id")
        .annotate(records=Count("pk"))
    )
    for one in groups[:VERSIONS]:
        written = Written(one["data_source_id"], one["created_by_id"], one["created_at"])
        yield _Found(kind, "recorded", written, records=one["records"])


def _told(viewer: Any, found: list[_Found]) -> list[Change]:
    """With the names of who it was and where it came from."""
    came = imports(viewer, {one.written for one in found})
    names = _names({one.written.account for one in found if one.written not in came})
    changes = []
    for one in found:
        came_from = came.get(one.written) or _here(one)
        by = one.writer if one.written in came else names.get(one.written.account or 0, "")
        changes.append(
            Change(one.kind, one.what, one.written.at, by, came_from, one.steps, one.records, one.record)
        )
    return sorted(changes, key=lambda change: (change.what != "recorded", change.at), reverse=True)


def _here(one: _Found) -> Named:
    """Of what no import wrote. Triggers note who acted in a change; of a new record it may be unknown."""
    if one.written.account is not None:
        return HERE
    return NOT_KNOWN if one.what == "recorded" else COMMAND


def _names(users: set[int | None]) -> dict[int, str]:
    """How users are called, by id."""
    known = get_user_model().objects.filter(pk__in=[pk for pk in users if pk is not None])
    return {user.pk: str(user) for user in known}


# ---------------------------------------------------------------------- column by column


def told_fields(model: type[models.Model]) -> Iterator[models.Field]:
    """The fields of a model of which changes are told: HUD's columns, and `OTHERS`."""
    for one in model._meta.local_concrete_fields:
        if getattr(one, "hud", "") or (one.editable and one.name in OTHERS):
            yield one


_Related = Mapping[tuple[type[models.Model], Any], str]


def _steps(
    before: models.Model, after: models.Model, leave_out: frozenset[str], related: _Related
) -> Iterator[Step]:
    for one in told_fields(before.pgh_tracked_model):
        hud = getattr(one, "hud", "")
        if hud.partition(".")[2] in leave_out or not hasattr(before, one.attname):
            continue
        if isinstance(one, HudSSN):
            # Sealed values differ each time; their keyed hashes do not.
            pairs = [f"{one.attname}_index", f"{one.attname}_last4_index"]
            if any(_bytes(before, name) != _bytes(after, name) for name in pairs):
                yield Step("SSN", "", "changed", "ssn", hud)
        elif hud:
            if (_value(before, one), _came(before, hud)) != (_value(after, one), _came(after, hud)):
                said = _said(before, one), _said(after, one)
                yield Step(display.column_words(hud), *said, display.privacy_of(hud), hud)
        elif _value(before, one) != _value(after, one):
            yield Step(OTHERS[one.name], _other(before, one, related), _other(after, one, related))
    if getattr(before, _OTHER, None) != getattr(after, _OTHER, None):
        yield Step("Client", _whose(before), _whose(after))
    if before.date_deleted != after.date_deleted:
        yield Step("Deleted", display.words(before, "date_deleted"), display.words(after, "date_deleted"))


def _whose(record: models.Model) -> str:
    return "another client" if getattr(record, _OTHER, None) else "this client"


def _value(record: models.Model, one: models.Field) -> Any:
    """What a record or version said; an old version of an enrollment keeps that beside what decides now."""
    kept = getattr(record, _KEPT_BESIDE.get(one.name, ""), None)
    return getattr(record, one.attname) if kept is None else kept


def _came(record: models.Model, hud: str) -> str:
    return str((record.as_it_came or {}).get(hud.partition(".")[2], ""))


def _said(record: models.Model, one: models.Field) -> str:
    came = _came(record, one.hud)
    return (
        f"{display.words(record, one.name)} came as “{came}”".strip()
        if came
        else display.words(record, one.name)
    )


def _other(record: models.Model, one: models.Field, related: _Related) -> str:
    value = _value(record, one)
    if value is None:
        return ""
    if one.related_model is not None:
        return related.get((one.related_model, value), "one that you do not see")
    if one.name == "is_shared":
        return _SHARING[bool(value)]
    if isinstance(value, bool):
        return "Yes" if value else "No"
    return formats.day(value) if isinstance(value, date) else str(value)


def _related(viewer: Any, pairs: Iterable[tuple[Any, Any]]) -> dict[tuple[type[models.Model], Any], str]:
    """What changed references mean, as far as the viewer may see it; a query for each model."""
    wanted: dict[type[models.Model], set[Any]] = {}
    for before, after in pairs:
        for one in told_fields(before.pgh_tracked_model):
            if one.related_model is not None and _value(before, one) != _value(after, one):
                wanted.setdefault(one.related_model, set()).update((_value(before, one), _value(after, one)))
    found = {}
    for model, ids in wanted.items():
        known = model.objects.restrict(viewer).in_bulk([pk for pk in ids if pk is not None])
        found |= {(model, pk): str(one) for pk, one in known.items()}
    return found


def _bytes(record: models.Model, name: str) -> bytes | None:
    value = getattr(record, name)
    return None if value is None else bytes(value)
