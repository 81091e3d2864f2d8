"""Correcting who somebody is, and choosing where two people corrected the same."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from hearth.hmis.access import limits
from hearth.hmis.access.guard import refuse_as_missing, require
from hearth.hmis.access.permissions import Permission
from hearth.hmis.clients import actions, queries
from hearth.hmis.clients.intake import alike
from hearth.hmis.clients.intake.correcting import CorrectionForm, in_words, stored_version
from hearth.hmis.clients.intake.identity import GROUPS
from hearth.hmis.clients.models import Client
from hearth.hmis.clients.queries import Found
from hearth.hmis.clients.record_source import record_sources
from hearth.hmis.clients.views.looking_alike import told_apart, write_down

_CHOICE = "holds_{}"
_LONGEST = 64


@require_http_methods(["GET", "HEAD", "POST"])
@require(Permission.CLIENT_VIEW, Permission.CLIENT_EDIT)
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """The identity page of a client who is stored."""
    user, client = request.user, queries.client(request.user, pk)
    if client is None or client.date_deleted is not None:
        refuse_as_missing(request, client=pk)
    form = CorrectionForm(
        request.POST if request.method == "POST" else None,
        client=client, user=user, today=timezone.localdate(),
    )  # fmt: skip
    if request.method != "POST":
        actions.open_client(by=user, client=client, page="client identity")
        return _page(request, client, form)
    if not form.is_valid():
        return _page(request, client, form)
    found, stopped = _alike(request, client, form)
    apart = told_apart(request, found)
    if stopped or len(apart) < len(found):
        form.add_error(None, stopped or "People below are alike. Say of each whether it is the same person.")
        return _page(request, client, form, found=found)
    try:
        changed = actions.correct_client(
            by=user,
            client=client,
            values=form.values,
            base={group: stored for group, (_, stored) in form.base_versions().items()},
            not_the_same=apart,
            chosen={name: request.POST.get(_CHOICE.format(name), "")[:_LONGEST] for name in GROUPS},
        )
    except actions.ChangedMeanwhile as meanwhile:
        return _page(request, client, form, meanwhile, found)
    except actions.CorrectionRefused as refused:
        form.add_error(None, str(refused))
        return _page(request, client, form, found=found)
    messages.success(request, "The changes were saved." if changed else "Nothing was changed.")
    return redirect("clients:detail", client.pk)


def _alike(request: HttpRequest, client: Client, form: CorrectionForm) -> tuple[list[Found], str]:
    """Who is alike with what was corrected and was not told apart before; or why nobody is looked for."""
    user = request.user
    values = alike.corrected(client, form.values)
    if values is None or not user.may(Permission.CLIENT_SEARCH):
        return [], ""
    if stopped := limits.use(by=user, what=limits.SEARCHES):
        return [], stopped
    found = alike.find(user, values, form.today, apart_from=alike.told_apart(user, client))
    write_down(request, values, form.today, found)
    return found, ""


def _page(
    request: HttpRequest,
    client: Client,
    form: CorrectionForm,
    meanwhile: actions.ChangedMeanwhile | None = None,
    found: Sequence[Found] = (),
) -> HttpResponse:
    said = set(request.POST.getlist("not_the_same"))
    context: dict[str, Any] = {"client": client, "form": form, "found": found, "said": said}
    if meanwhile is not None:
        source = record_sources(request.user, [client.pk]).get(client.pk)
        context["by"] = source.writer if source else ""
        context["both"] = [_both(name, meanwhile.stored, form) for name in meanwhile.groups]
    return render(request, "clients/edit.html", context)


def _both(name: str, stored: Client, form: CorrectionForm) -> dict[str, Any]:
    """What is stored now and what was typed, to choose from."""
    typed = Client(**{field: form.values.get(field) for field in GROUPS[name].stored})
    version = stored_version(stored, name)
    return {
        "label": GROUPS[name].label,
        "name": _CHOICE.format(name),
        "choices": [
            {"value": f"theirs.{version}", "label": "As it is stored now", "words": in_words(name, stored)},
            {"value": f"mine.{version}", "label": "As you typed it", "words": in_words(name, typed)},
        ],
    }
