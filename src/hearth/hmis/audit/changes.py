"""What changed in a record, from its old versions: column by column, oldest value to newest."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth import get_user_model
from django.db import models

from hearth.hmis.audit.history import versions_of
from hearth.hmis.hud import display
from hearth.hmis.hud.fields import HudSSN

#: Old versions beyond this many are not read for a page.
MOST_VERSIONS = 500


@dataclass(frozen=True, slots=True)
class Step:
    """One column before and after. Values in words; an SSN has none, only that it changed."""

    label: str
    before: str
    after: str
    privacy: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """One change of one record: when, by which user of Hearth (None: an unknown one), and what."""

    record: models.Model
    at: datetime
    by: int | None
    was_deletion: bool
    steps: list[Step]


#: Says of old versions (by `pgh_id`) which version came next; None: the record as it is now.
Followers = Callable[[list[int]], dict[int, int | None]]


def changes(records: Iterable[models.Model], followers: Followers | None = None) -> list[Change]:
    """The changes of these records that the acting user may see, the latest first; a query for each model.

    Versions that differ in nothing HUD knows (an import that only touched its stamps) are left out. Where
    a version between two others may be hidden, `followers` keeps what was changed by several from being
    told as one change.
    """
    by_model: dict[type[models.Model], dict[Any, models.Model]] = defaultdict(dict)
    for record in records:
        by_model[type(record)][record.pk] = record
    found = []
    for model, current in by_model.items():
        newer = dict(current)
        versions = list(versions_of(model, current)[:MOST_VERSIONS])
        next_of = followers([old.pgh_id for old in versions]) if followers else {}
        for old in versions:
            pk = old.pgh_obj_id
            if followers and next_of.get(old.pgh_id) != getattr(newer[pk], "pgh_id", None):
                newer[pk] = old
                continue
            steps = list(_steps(old, newer[pk]))
            deletion = old.pgh_label == "before_delete"
            if steps or deletion:
                found.append(Change(current[pk], old.pgh_created_at, old.pgh_changed_by, deletion, steps))
            newer[pk] = old
    return sorted(found, key=lambda change: change.at, reverse=True)


def names_of(users: set[int | None]) -> dict[int, str]:
    """How users are called, by id."""
    known = get_user_model().objects.filter(pk__in=[pk for pk in users if pk is not None])
    return {user.pk: str(user) for user in known}


def _steps(before: models.Model, after: models.Model) -> Iterator[Step]:
    for field in after._meta.local_concrete_fields:
        if not hasattr(field, "hud") or not hasattr(before, field.attname):
            continue
        if isinstance(field, HudSSN):
            # Sealed values differ each time; their keyed hashes do not.
            pairs = [f"{field.attname}_index", f"{field.attname}_last4_index"]
            if any(_bytes(before, name) != _bytes(after, name) for name in pairs):
                yield Step("SSN", "", "changed", "ssn")
        elif field.hud and getattr(before, field.attname) != getattr(after, field.attname):
            yield Step(
                display.column_words(field.hud),
                display.words(before, field.name),
                display.words(after, field.name),
                display.privacy_of(field.hud),
            )
    if before.date_deleted != after.date_deleted:
        yield Step(
            "Deleted",
            display.words(before, "date_deleted"),
            display.words(after, "date_deleted"),
        )


def _bytes(record: models.Model, name: str) -> bytes | None:
    value = getattr(record, name)
    return None if value is None else bytes(value)
