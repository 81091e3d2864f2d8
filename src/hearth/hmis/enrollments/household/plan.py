"""Changes of stored records that are looked at before they are made: each line before → after."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256
from typing import Any

from hearth.hmis.access import field_rights
from hearth.hmis.clients.templatetags.clients import full_name
from hearth.hmis.enrollments.household.presenting import RELATION_WORDS
from hearth.hmis.enrollments.models import Enrollment
from hearth.hmis.enrollments.start.questions import HEAD
from hearth.hmis.hud import display
from hearth.hmis.ui import formats

#: Values that are made when the change is: the moment of the removal, and a HouseholdID of its own.
NOW, OWN_HOUSEHOLD = "(now)", "(a household of its own)"
_REMOVED, _HOUSEHOLD, _RELATIONSHIP = "date_deleted", "household_id", "relationship_to_hoh"
#: Follows from another change, and says nothing to a reader.
_UNSHOWN = ("household_data_source", "household_data_source_id")


@dataclass(frozen=True, slots=True)
class Change:
    """One field of one record. `said`: both values in words, where they are no values of a HUD column."""

    record: Any
    field: str
    after: Any
    said: tuple[str, str] | None = None

    @property
    def before(self) -> Any:
        return getattr(self.record, self.field)


@dataclass(frozen=True, slots=True)
class Line:
    """A change as it is shown: of whom, what, and both values in words."""

    who: str
    what: str
    before: str
    after: str


@dataclass(slots=True)
class Plan:
    """What would be changed, in the order in which it is written. `touched`: records that go along, of which
    only who wrote them and when is changed; `notes`: what a reader should know; `impossible`: why it cannot
    be done, in a sentence."""

    changes: list[Change] = field(default_factory=list)
    touched: list[Any] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    impossible: str = ""

    def change(self, record: Any, name: str, after: Any, *, said: tuple[str, str] | None = None) -> None:
        """Add a change, where it is one."""
        if getattr(record, name) != after:
            self.changes.append(Change(record, name, after, said))

    def touch(self, record: Any) -> None:
        """Add a record that goes along with another."""
        self.touched.append(record)

    @property
    def token(self) -> str:
        """Stands for exactly these changes of exactly these values: what was looked at is what is made."""
        said = [
            (type(one.record).__name__, one.record.pk, one.field, str(one.before), str(one.after))
            for one in self.changes
        ]
        said += [(type(one).__name__, one.pk, "", "", "") for one in self.touched]
        return sha256(repr(said).encode()).hexdigest()

    @property
    def lines(self) -> list[Line]:
        """The changes as they are shown; records of one kind that are removed or go along stand on one line.
        That HIV was asked about is not counted, for not everybody may know it."""
        done = [
            (one.record, "removed" if one.after else "put back")
            for one in self.changes
            if one.field == _REMOVED
        ]
        done += [(one, "goes along") for one in self.touched]
        removed = Counter(
            (_who(record), _file(record), what)
            for record, what in done
            if getattr(record, "disability_type", None) != field_rights.HIV
        )
        return [*self._lines(), *(
            Line(who, file, formats.counted(count, "record"), after)
            for (who, file, after), count in removed.items()
        )]  # fmt: skip

    def _lines(self) -> Iterator[Line]:
        for one in self.changes:
            if one.field not in (_REMOVED, *_UNSHOWN):
                before, after = one.said or (_words(one, one.before), _words(one, one.after))
                yield Line(_who(one.record), _label(one), before, after)

    def by_record(self) -> Iterator[tuple[Any, dict[str, Any]]]:
        """Each record once, with its new values; who becomes the head last, for there is one at a time."""
        found: dict[tuple[type, int], tuple[Any, dict[str, Any]]] = {}
        for one in self.changes:
            key = (type(one.record), one.record.pk)
            found.setdefault(key, (one.record, {}))[1][one.field] = one.after
        for record in self.touched:
            found.setdefault((type(record), record.pk), (record, {}))
        yield from sorted(found.values(), key=lambda one: one[1].get(_RELATIONSHIP) == HEAD)


def _enrollment(record: Any) -> Enrollment:
    enrollment: Enrollment = record if isinstance(record, Enrollment) else record.enrollment
    return enrollment


def _who(record: Any) -> str:
    return full_name(_enrollment(record).client)


def _file(record: Any) -> str:
    """HUD's file; what has none is called by its own name."""
    of_hud = (getattr(one, "hud", "") for one in record._meta.local_concrete_fields)
    hud = next(filter(None, of_hud), "")
    return hud.partition(".")[0] or str(record._meta.verbose_name).capitalize()


def _hud(one: Change) -> str:
    return str(getattr(one.record._meta.get_field(one.field), "hud", ""))


def _label(one: Change) -> str:
    if one.field == _HOUSEHOLD:
        return "Household"
    hud = _hud(one)
    label = display.column_words(hud) if hud else one.field.removesuffix("_id").replace("_", " ").capitalize()
    return label if isinstance(one.record, Enrollment) else f"{_file(one.record)}: {label}"


def _words(one: Change, value: Any) -> str:
    if one.field == _HOUSEHOLD:
        if value == one.before:
            return "this one"
        return "a household of their own" if value == OWN_HOUSEHOLD else "the other one"
    if one.field == _RELATIONSHIP:
        return RELATION_WORDS.get(value, "not said")
    if value is None:
        return "nothing"
    hud = _hud(one)
    is_sensitive = display.privacy_of(hud) == "sensitive" if hud else not isinstance(value, date)
    if is_sensitive:
        return "an answer that is not shown here"
    if isinstance(value, int | str) and (meaning := display.code_words(hud, value, one.record)):
        return meaning
    return formats.day(value) if isinstance(value, date) else str(value)
