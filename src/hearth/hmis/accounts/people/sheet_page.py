"""The page that takes a spreadsheet: sent, looked at line by line, and then written, all of it or nothing.

Between the look and the writing the words stand sealed on the server (`search/kept.py`), so that what is
written is what was looked at; they are checked once more, as somebody may have changed something meanwhile.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from hearth.hmis.access.models import User
from hearth.hmis.access.recent import asked_again
from hearth.hmis.accounts.people import sheet_lines
from hearth.hmis.clients.search import kept


class CheckedLine(Protocol):
    """One line of a spreadsheet; with `mistakes` nothing of the sheet is written."""

    @property
    def mistakes(self) -> list[str]: ...


Line = TypeVar("Line", bound=CheckedLine)


@dataclass(frozen=True, slots=True)
class SheetPage(Generic[Line]):
    """What differs between such pages.

    `address`: the page's name in `urls.py`; `up`: of the page that follows; `template` and `words`: what is
    shown first; `check_template` and `check_words`: what shows the lines; `checked`: the lines of a text,
    raises `sheet_lines.Unreadable`; `write`: writes them and returns what to say, raises ValueError with a
    sentence, and PermissionDenied.
    """

    address: str
    up: str
    form: type[forms.Form]
    template: str
    words: Mapping[str, Any]
    check_template: str
    check_words: Mapping[str, Any]
    checked: Callable[[User, str], Sequence[Line]]
    write: Callable[[HttpRequest, Sequence[Line]], str]

    def answer(self, request: HttpRequest) -> HttpResponse:
        """The page, whichever step it is at."""
        if "sheet" in request.POST:
            return self._write(request, str(request.POST["sheet"])[:64])
        form = self.form(request.POST, request.FILES) if request.method == "POST" else self.form()
        if form.is_bound and form.is_valid():
            try:
                text = sheet_lines.text_of(form.cleaned_data["file"].read())
                lines = self.checked(request.user, text)
            except sheet_lines.Unreadable as error:
                form.add_error("file", str(error))
            else:
                return self._check(request, lines, text)
        return render(request, self.template, {"form": form, **self.words})

    def _check(
        self, request: HttpRequest, lines: Sequence[Line], text: str, is_changed: bool = False
    ) -> HttpResponse:
        wrong = sum(bool(one.mistakes) for one in lines)
        found = "" if wrong else kept.keep(request.session, text)
        context = {"lines": lines, "wrong": wrong, "sheet": found, "is_changed": is_changed}
        return render(request, self.check_template, context | self.check_words)

    def _write(self, request: HttpRequest, found: str) -> HttpResponse:
        if (page := asked_again(request)) is not None:
            return page
        text = kept.words(request.session, found)
        if text is None:
            messages.error(request, "The spreadsheet is not kept any more. Send it again.")
            return redirect(self.address)
        lines = self.checked(request.user, text)
        if any(one.mistakes for one in lines):
            return self._check(request, lines, text, is_changed=True)
        try:
            messages.success(request, self.write(request, lines))
        except ValueError as error:
            messages.error(request, f"{error} Send the spreadsheet again.")
            return redirect(self.address)
        except PermissionDenied:
            messages.error(request, "Your own rights changed meanwhile. Nothing was written.")
            return redirect(self.address)
        return redirect(self.up)
