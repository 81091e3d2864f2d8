"""A file of answers that clients gave elsewhere: sent, looked at with everything found, then kept."""

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from hearth.hmis.access.guard import refuse, require
from hearth.hmis.access.permissions import Permission
from hearth.hmis.access.recent import signed_in_recently
from hearth.hmis.consent.consent_file import OPTIONAL, REQUIRED, FileRefused, text_of
from hearth.hmis.consent.file_actions import look_at_consent_file, take_consent_file
from hearth.hmis.site.uploads import takes_sealed_files
from hearth.hmis.ui import formats
from hearth.hmis.ui.forms import PlainWords

#: Bytes of the file as CSV: the page is waited for. More is for `hearth consent import`.
MOST = 1024 * 1024
#: Findings that the page lists; how many more there are is said.
_LISTED = 200


class AnswerFileForm(PlainWords, forms.Form):
    """A file of answers."""

    file = forms.FileField(
        label="File of answers",
        help_text="CSV UTF-8 or Excel (.xlsx), up to 1 MB. You see what it would do before anything is kept.",
        widget=forms.FileInput(attrs={"accept": ".csv,.xlsx,text/csv"}),
    )


@takes_sealed_files  # in memory: it says of people whether they agreed
@require(Permission.DATA_IMPORT)
@signed_in_recently(methods=("POST",))
def take(request: HttpRequest) -> HttpResponse:
    """Send a file; see what it would open, close and leave out; and keep it. The text that was looked at
    comes back with the page and is checked anew."""
    looked_at = request.POST.get("text")
    form = AnswerFileForm(request.POST, request.FILES) if request.method == "POST" and not looked_at else None
    try:
        if looked_at:
            taken = take_consent_file(by=request.user, content=_small(looked_at).encode())
            messages.success(request, _said(taken.added, taken.left_out, taken.touched))
            return redirect("consent:due")
        if form is not None and form.is_valid():
            text = _small(text_of(form.cleaned_data["file"].read()))
            would = look_at_consent_file(by=request.user, content=text.encode())
            context = {
                "would": would, "text": text if would.added else "", "findings": would.findings[:_LISTED],
                "more": max(0, len(would.findings) - _LISTED),
            }  # fmt: skip
            return render(request, "consent/answer_file_check.html", context)
    except FileRefused as error:
        form = form or AnswerFileForm(request.POST, request.FILES)
        form.is_valid()
        form.errors.pop("file", None)
        form.add_error("file", str(error))
    except PermissionDenied:
        refuse(request, needed=Permission.DATA_IMPORT)
    columns = {"required": REQUIRED, "optional": OPTIONAL}
    return render(request, "consent/answer_file.html", {"form": form or AnswerFileForm(), **columns})


def _small(text: str) -> str:
    if len(text.encode()) > MOST:
        raise FileRefused(
            "The file is larger than 1 MB. Split it, or use `hearth consent import` on the server."
        )
    return text


def _said(added: int, left_out: int, touched: int) -> str:
    said = f"{formats.counted(added, 'answer')} added;"
    said += f" {formats.counted(touched, 'record')} seen by others than before."
    return f"{said} {formats.counted(left_out, 'line')} left out." if left_out else said
