"""A form of questions that says what is wrong or unlikely in the answers, at their fields."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from hearth.hmis.access.models import User
from hearth.hmis.enrollments.checks.found import Found, look, look_at
from hearth.hmis.enrollments.checks.looked_at import Entered
from hearth.hmis.enrollments.models import CheckAnswer, Enrollment
from hearth.hmis.hud.questions import QuestionForm, field_name
from hearth.hmis.ui.formats import counted

#: Names of inputs: what was shown, what is right of it, and that a page only wants to know what is found.
_SEEN, _RIGHT, _LOOK = "seen", "right", "look"


class CheckedForm(QuestionForm):
    """Questions whose answers the registry's checks look at before they are stored (`checks/found.py`).

    An impossible answer is an error. An unlikely one is said, and can be said to be right; who saves a second
    time without a word has seen it, and it stays open. `right`: what was said to be right here; `answered`:
    (check, values) of what was said to it before.
    """

    #: Checks of which a form speaks in words of its own.
    own_words: frozenset[str] = frozenset()
    #: Whether it is looked at by itself; `look_together` looks at several at once.
    looks_alone = True

    def __init__(
        self, *args: Any, answered: Collection[tuple[str, str]] = frozenset(), **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.answered_before = frozenset(answered)
        self.right: list[Found] = []
        self.unlikely: list[Found] = []  # of no question of this form; the others stand at their fields
        self.impossible: list[Found] = []

    def entered(self) -> Entered | None:
        """What would be stored; None where it cannot be told yet."""
        raise NotImplementedError

    def concerns(self, found: Found) -> bool:
        """Whether it is said here; all is, unless a form has its own reasons."""
        return found.check.id not in self.own_words

    def _post_clean(self) -> None:
        super()._post_clean()
        entered = self.entered() if self.looks_alone else None
        if entered is not None:
            self.take(look(entered, self.names))

    @property
    def names(self) -> list[str]:
        """The questions that stand on the form."""
        return [one.name for one in self.questions]

    def take(self, found: Iterable[Found]) -> None:
        """Say what was found at the questions."""
        seen, right = self._said(_SEEN), self._said(_RIGHT)
        self.right, self.unlikely, self.impossible, unseen = [], [], [], 0
        for one_field in self.fields.values():
            one_field.__dict__.pop("unlikely", None)
        for one in found:
            if not self.concerns(one):
                continue
            field = self.fields.get(field_name(one.column)) if one.column else None
            if one.stops:
                self.add_error(
                    field_name(one.column) if field else None, f"{one.check.sentence} {one.check.remedy}"
                )
                if field is None:
                    self.impossible.append(one)
                continue
            if (one.check.id, one.values) in self.answered_before:
                continue
            is_right = one.mark in right
            if is_right:
                self.right.append(one)
            unseen += not (is_right or one.mark in seen)
            (_unlikely(field) if field else self.unlikely).append(one)
        if unseen:
            self.add_error(
                None,
                f"{counted(unseen, 'answer')} to look at: correct it, say that it is right, or finish again"
                " to leave it open.",
            )

    def _said(self, name: str) -> frozenset[str]:
        found = self.data.getlist(self.add_prefix(name)) if hasattr(self.data, "getlist") else ()
        return frozenset(found)

    @property
    def seen_name(self) -> str:
        """The name of the inputs that say what was shown."""
        return self.add_prefix(_SEEN)

    @property
    def right_name(self) -> str:
        """The name of the boxes that say what is right."""
        return self.add_prefix(_RIGHT)

    @property
    def right_marks(self) -> frozenset[str]:
        """Marks of the findings that are ticked as right."""
        return frozenset(one.mark for one in self.right)


def look_together(household: Sequence[CheckedForm], *, is_whole: bool) -> None:
    """Read the forms of people who enter together and look at all of them at once, which costs hardly more
    than one. `is_whole`: they are a whole household."""
    entered = []
    for form in household:
        form.looks_alone = False
        form.full_clean()
        if (one := form.entered()) is not None:
            entered.append((form, one))
    if not entered:
        return
    found = look_at([one for _, one in entered], [form.names for form, _ in entered], is_whole=is_whole)
    for (form, _), own in zip(entered, found, strict=True):
        form.take(own)


def _unlikely(field: forms.Field) -> list[Found]:
    found: list[Found] = field.__dict__.setdefault("unlikely", [])
    return found


def answered_before(user: User, enrollment: Enrollment) -> frozenset[tuple[str, str]]:
    """What was said to checks of an enrollment: (check, values)."""
    rows = CheckAnswer.objects.restrict(user).filter(enrollment=enrollment)
    return frozenset(rows.values_list("check_id", "values"))


def answered_before_each(
    user: User, enrollments: Iterable[Enrollment]
) -> dict[int, frozenset[tuple[str, str]]]:
    """The same of several enrollments, by enrollment; one query."""
    found: dict[int, set[tuple[str, str]]] = {one.pk: set() for one in enrollments}
    rows = CheckAnswer.objects.restrict(user).filter(enrollment__in=list(found))
    for pk, check, values in rows.values_list("enrollment", "check_id", "values"):
        found[pk].add((check, values))
    return {pk: frozenset(said) for pk, said in found.items()}


def only_looks(request: HttpRequest) -> bool:
    """Whether a page asks what is found while somebody types, and nothing is to be saved."""
    return request.method == "POST" and _LOOK in request.POST


def findings(request: HttpRequest, *forms_: CheckedForm) -> HttpResponse:
    """What is found in forms, for `ui/checks.js`, which puts each under its question."""
    for form in forms_:
        form.is_valid()
    return render(request, "enrollments/parts/findings.html", {"forms": forms_})
