"""Kinds of forms that have drafts: where each one's form is, and whether it can still be finished."""

from collections.abc import Callable
from dataclasses import dataclass

from hearth.hmis.access.models import User
from hearth.hmis.enrollments.drafts.about import About
from hearth.hmis.enrollments.models import Draft


@dataclass(frozen=True, slots=True)
class Kind:
    """`address` says where the form of a draft is resumed. `is_open` says whether a form can still be
    finished; it is asked before a draft begins, so that what a second page sends after Finish leaves none."""

    code: str
    address: Callable[[Draft], str]
    is_open: Callable[[User, About], bool]


_KINDS: dict[str, Kind] = {}


def register(kind: Kind) -> None:
    """Once for each kind, when the application is loaded."""
    _KINDS[kind.code] = kind


def kind(code: str) -> Kind | None:
    """The kind of a code; None where none of that code has a form."""
    return _KINDS.get(code)
