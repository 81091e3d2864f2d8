"""Which fields of a record a person may see: said once for pages, people behind a number, lists, exports,
search, histories and reports.

A row that somebody may see can hold a field that they may not: names, SSN, birth date, HIV, domestic
violence. `restrict(user)` hands out such rows without the values (`withhold`), so that no page, list or
download can show them by oversight; what reads past models (exports, search, reports, old versions) asks
`withholds` and `missing`. Where something is withheld, the words are the same whatever there is.

Forms ask `may_see(user, "Client.DOB", record)` for each of their fields.
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from django.db import models

from hearth.hmis.access.permissions import Permission
from hearth.hmis.access.viewer import Viewer
from hearth.standards import load
from hearth.standards.load import MODEL_YEAR

#: Disabilities.DisabilityType of HIV/AIDS (list 1.3). Of such a row all answers are withheld.
HIV = 8
#: Data not collected, in the lists of data quality (3.01.1, 3.02.1, 3.03.1, 1.8 and 4.10.2).
NOT_COLLECTED = 99

#: Columns that are protected in rows about HIV, which other disabilities have too.
OF_HIV_ROWS = frozenset(
    {"Disabilities.DisabilityType", "Disabilities.DisabilityResponse", "Disabilities.IndefiniteAndImpairs"}
)


@dataclass(frozen=True, slots=True)
class FieldRight:
    """Columns that need a permission of their own. `words`: what is not shown without it. `instead`: what an
    export says where HUD has a code for an answer that nobody gives."""

    permission: Permission
    words: str
    columns: frozenset[str]
    instead: dict[str, int] = field(default_factory=dict)

    @property
    def written(self) -> frozenset[str]:
        """The columns that whoever writes rows down (exports, reports) gives another value."""
        of_rows = OF_HIV_ROWS - {"Disabilities.DisabilityType"}
        more = of_rows if self.permission == Permission.HIV_VIEW else frozenset()
        return self.columns | self.instead.keys() | more


@cache
def field_rights() -> tuple[FieldRight, ...]:
    """All of them, their columns from the registry: a new column of a name or of T-cells is protected too."""
    return (
        FieldRight(
            Permission.CLIENT_NAME_VIEW,
            "names",
            _columns(lambda file, one: file == "Client" and one.privacy == "name"),
            {"Client.NameDataQuality": NOT_COLLECTED},
        ),
        FieldRight(
            Permission.SSN_LAST_FOUR_VIEW,
            "Social Security numbers",
            _columns(lambda file, one: one.privacy == "ssn"),
            {"Client.SSNDataQuality": NOT_COLLECTED},
        ),
        FieldRight(
            Permission.DOB_VIEW,
            "birth dates and ages",
            _columns(lambda file, one: one.privacy == "dob"),
            {"Client.DOBDataQuality": NOT_COLLECTED},
        ),
        FieldRight(
            Permission.HIV_VIEW,
            "HIV and its treatment",
            _of_elements({"4.08", "W3", "W4", "W6"}),
            {"Disabilities.DisabilityResponse": NOT_COLLECTED},
        ),
        FieldRight(
            Permission.DV_VIEW,
            "domestic violence",
            _of_elements({"4.11"}),
            {"HealthAndDV.DomesticViolenceSurvivor": NOT_COLLECTED},
        ),
    )


def _columns(is_one: Any) -> frozenset[str]:
    return frozenset(
        f"{file}.{column.name}"
        for file, definition in load(MODEL_YEAR).files.items()
        for column in definition.columns
        if is_one(file, column)
    )


def _of_elements(elements: set[str]) -> frozenset[str]:
    return _columns(
        lambda _, one: one.privacy == "sensitive" and bool(one.elements) and elements.issuperset(one.elements)
    )


@cache
def right_of(hud: str) -> FieldRight | None:
    """What a column (`File.Column`) needs, whatever its record says; None where the row is enough."""
    return next((one for one in field_rights() if hud in one.columns), None)


# ---------------------------------------------------------------------- deciding


def missing(user: Viewer, project: int | None = None) -> frozenset[Permission]:
    """The field rights that a user has not got, that to whole SSNs among them: in a project that is theirs by
    their grants there, and else anywhere."""
    if project is not None and (user.sees_all or project in user.own_projects):
        return frozenset(one for one in _asked() if not user.may(one, project=project))
    return frozenset(one for one in _asked() if not user.may(one))


@cache
def _asked() -> tuple[Permission, ...]:
    return (*(one.permission for one in field_rights()), Permission.SSN_REVEAL)


def may_see(user: Viewer, hud: str, record: Any = None) -> bool:
    """Whether a user may see a column (`File.Column`) of a record that they see; without a record: of any.
    What was not read of a record counts against it."""
    right = right_of(hud)
    if right is None and record is not None and hud in OF_HIV_ROWS:
        right = _of_hiv() if record.__dict__.get("disability_type", HIV) == HIV else None
    if right is None:
        return True
    if hasattr(type(record), "project_id") and "project_id" not in record.__dict__:
        return right.permission not in all_missing(user)
    return right.permission not in missing(user, getattr(record, "project_id", None))


def _of_hiv() -> FieldRight:
    return next(one for one in field_rights() if one.permission == Permission.HIV_VIEW)


def withholds(user: Viewer, hud: str, *versions: Any) -> bool:
    """Whether a column of any of these versions of a record is not this user's to see."""
    return not all(may_see(user, hud, version) for version in versions or (None,))


def shown(user: Viewer, hud: str, value: Any, record: Any = None) -> Any:
    """The value, or None where it is withheld."""
    return value if may_see(user, hud, record) else None


def all_missing(user: Viewer) -> frozenset[Permission]:
    """What is missing anywhere: for an export or report, which holds records of several projects."""
    rights, lost = user.__dict__.get("_all_missing", (None, frozenset()))
    if rights is not user.rights:
        lost = frozenset(one for one in _asked() if places_without(user, one) is not None)
        user.__dict__["_all_missing"] = (user.rights, lost)  # until the rights are read anew
    return lost


def places_without(user: Viewer, permission: Permission) -> models.Q | None:
    """The rows (with a `project_id`) in which a field right is missing; None: in none of them."""
    found = None if user.everywhere(permission) else _places_without(user, permission)
    return None if found == _NONE else found


_NONE, _ALL = models.Q(pk__in=[]), models.Q(pk__isnull=False)


def _places_without(user: Viewer, permission: Permission) -> models.Q:
    held = user.projects(permission)
    if not user.may(permission):
        return _ALL
    if user.sees_all:
        return ~models.Q(project_id__any_of=held)
    without = user.own_projects - held
    return models.Q(project_id__any_of=without) if without else _NONE


def withheld_words(user: Viewer) -> list[str]:
    """What is not shown to this user, in words; nothing for whoever sees all fields."""
    lost = all_missing(user)
    return [one.words for one in field_rights() if one.permission in lost]


def sentence(words: list[str]) -> str:
    """What is said where something is withheld."""
    return f"Your role does not show: {'; '.join(words)}."


# ---------------------------------------------------------------------- taking values away


class ValueWithheldError(Exception):
    """A record that was read without some of its values would be written without them."""


def withhold(user: Viewer, records: Collection[Any]) -> None:
    """Take the values that this user may not see from records that were read for them, and from what was read
    along with each; their names stay in `record.withheld`."""
    if not records or not all_missing(user):
        return
    for record in records:
        if isinstance(record, models.Model):
            _withhold(user, record, set())


def _withhold(user: Viewer, record: Any, done: set[int]) -> None:
    if id(record) in done:
        return
    done.add(id(record))
    hidden = {hud: name for hud, name in _protected(type(record)).items() if not may_see(user, hud, record)}
    if hidden:
        for name in hidden.values():
            record.__dict__[name] = None
        if hasattr(type(record), "as_it_came"):
            came = record.__dict__.get("as_it_came") or {}
            hud_names = {hud.partition(".")[2] for hud in hidden}
            record.__dict__["as_it_came"] = {key: text for key, text in came.items() if key not in hud_names}
        record.withheld = record.withheld.union(hidden.values())
    for other in record._state.fields_cache.values():
        if isinstance(other, models.Model):
            _withhold(user, other, done)


@cache
def _protected(model: type[models.Model]) -> dict[str, str]:
    """Columns of a model that may need a right of their own, with the names of their fields."""
    columns = {getattr(one, "hud", ""): one.attname for one in model._meta.local_concrete_fields}
    return {
        hud: name
        for hud, name in columns.items()
        if hud and (right_of(hud) is not None or hud in OF_HIV_ROWS)
    }
