"""The draft of the form that a request is about: fills it, keeps it, compares it, and ends with it."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, TypeVar

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from hearth.hmis.access.models import User
from hearth.hmis.enrollments.drafts import about as abouts
from hearth.hmis.enrollments.drafts import actions, queries
from hearth.hmis.enrollments.drafts.about import About
from hearth.hmis.enrollments.drafts.actions import Typed
from hearth.hmis.organizations.entered import new_key

#: Names of what the page itself sends beside its answers.
SAVE, PAGE, SEEN, KNOWN = "draft-save", "draft-page", "draft-seen", "draft-known"
AnyForm = TypeVar("AnyForm", bound=forms.Form)
_LONGEST_SEEN, _LONGEST_PAGE = 200_000, 32


@dataclass(frozen=True, slots=True)
class Changed:
    """An answer that was saved elsewhere while the page was open, as it is shown: both values in words."""

    label: str
    href: str
    theirs: str
    yours: str
    by: str
    at: datetime


class FormDraft:
    """What `drafts/__init__.py` tells views to use.

    `draft` is None where nothing is kept yet. `changed`: what others saved since the page was opened, where
    Finish was pressed all the same. `lost`: answers that cannot be read because their key is lost.
    """

    def __init__(self, request: HttpRequest, about: About) -> None:
        self.request, self.about = request, about
        self.user: User = request.user
        self.draft = queries.draft_of(self.user, about)
        self._answers, self.lost = queries.answers_of(self.user, self.draft) if self.draft else ([], 0)
        self._forms: list[tuple[forms.Form, int]] = []
        self.changed: list[Changed] = []
        self.page = request.POST.get(PAGE, "")[:_LONGEST_PAGE] or new_key()

    def fill(self, form: AnyForm, client: int) -> AnyForm:
        """Show in a form that was not sent what the draft says of a client."""
        self._forms.append((form, client))
        if not form.is_bound:
            for one in self._answers:
                if one.client == client and one.name in form.fields:
                    form.initial[one.name] = _initial(form.fields[one.name], one.values)
        return form

    @cached_property
    def others(self) -> list[str]:
        """Who else is editing this form now."""
        return queries.editing(self.user, self.draft) if self.draft else []

    @property
    def has_other_day(self) -> bool:
        """Whether the draft was typed for another day than that of the page."""
        return self.draft is not None and self.draft.day != self.about.day

    @property
    def token(self) -> str:
        """What lets this page save into the draft."""
        names = {name for form, _ in self._forms for name in form.fields}
        return abouts.signed(self.user, self.about, {client for _, client in self._forms}, names)

    @property
    def base_version(self) -> str:
        """What the record that is edited said of its last change when its editing began."""
        return self.draft.base_version if self.draft else self.about.base_version

    @property
    def client(self) -> int:
        return self.about.client

    @property
    def seen(self) -> str:
        """As JSON, the versions of the answers that stand on the page: "client:input" → version."""
        return json.dumps({f"{one.client}:{one.name}": one.version for one in self._answers})

    def kept(self) -> HttpResponse | None:
        """Where the draft is to be saved and not the form finished: keep all, and show the page again."""
        if self.request.method != "POST" or SAVE not in self.request.POST:
            return None
        if not self.take_in():
            return None
        messages.success(self.request, "Draft saved. Nothing is finished yet.")
        return redirect(self.request.get_full_path())

    def take_in(self) -> bool:
        """Keep all that the sent forms hold, and stay on the page; False where something was not kept, which
        is then said on the page."""
        seen = self._seen()
        stored = {(one.client, one.name) for one in self._answers}
        typed = {
            (client, name): Typed(values, seen.get((client, name), 0))
            for form, client in self._forms
            for name, values in self._sent(form)
            if values or (client, name) in stored or form.get_initial_for_field(form.fields[name], name)
        }
        try:
            saved = actions.keep(by=self.user, about=self.about, typed=typed, page=self.page)
        except (actions.DraftRefused, actions.DraftOver) as refused:
            said = str(refused) or "The form was finished meanwhile, or its draft was discarded."
            messages.error(self.request, said)
            return False
        self._look_again()
        if saved.conflicts:
            self._compare(seen)
        return not saved.conflicts

    def agrees(self) -> bool:
        """Whether nobody saved other answers while this page was open. Where somebody did, `changed` shows
        both, and the next Finish takes what stands on the page."""
        self._compare(self._seen())
        return not self.changed

    @contextmanager
    def finishing(self) -> Iterator[None]:
        """What is written inside is one transaction with the end of the draft."""
        with actions.finishing(by=self.user, about=self.about):
            yield

    def _look_again(self) -> None:
        self.draft = queries.draft_of(self.user, self.about)
        self._answers, self.lost = queries.answers_of(self.user, self.draft) if self.draft else ([], 0)

    def _compare(self, seen: dict[tuple[int, str], int]) -> None:
        by_key = {(one.client, one.name): one for one in self._answers}
        names: dict[int, str] = {}
        for form, client in self._forms:
            for name, values in self._sent(form):
                theirs = by_key.get((client, name))
                if theirs is None or theirs.page == self.page or theirs.values == values:
                    continue
                if theirs.version > seen.get((client, name), 0):
                    who = names.setdefault(theirs.changed_by, queries.name_of(theirs.changed_by))
                    bound = form[name]
                    self.changed.append(
                        Changed(
                            str(bound.label), f"#{bound.id_for_label or bound.auto_id}",
                            _in_words(form.fields[name], theirs.values),
                            _in_words(form.fields[name], values), who, theirs.changed_at,
                        )
                    )  # fmt: skip

    def _sent(self, form: forms.Form) -> Iterator[tuple[str, list[str]]]:
        for name in form.fields:
            data: Any = form.data if form.is_bound else self.request.POST  # a view may have added to it
            sent = data.getlist(form.add_prefix(name))
            yield name, [value for value in sent if value]

    def _seen(self) -> dict[tuple[int, str], int]:
        """The versions on which the page is based, as it says; what it does not say counts as unseen."""
        text = self.request.POST.get(SEEN, "")
        try:
            said = json.loads(text) if len(text) <= _LONGEST_SEEN else {}
        except (ValueError, RecursionError):
            return {}
        found: dict[tuple[int, str], int] = {}
        for key, version in said.items() if isinstance(said, dict) else ():
            client, _, name = key.partition(":")
            if client.isascii() and client.isdigit() and len(client) < 19 and isinstance(version, int):
                found[int(client), name] = version
        return found


def _initial(field: forms.Field, values: list[str]) -> Any:
    """What an input shows that stands as it was typed."""
    if isinstance(field, forms.BooleanField):
        return bool(values)
    if isinstance(field, forms.MultipleChoiceField):
        return values
    return values[0] if values else ""


def _in_words(field: forms.Field, values: list[str]) -> str:
    """An answer as it is read."""
    if isinstance(field, forms.BooleanField):
        return "ticked" if values else "not ticked"
    words: dict[str, str] = {}
    if isinstance(field, forms.ChoiceField):
        words = {str(code): str(label) for code, label in field.choices}
    return ", ".join(words.get(value, value) for value in values) or "empty"
