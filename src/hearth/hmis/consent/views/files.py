"""Handing out a sealed file to those who may open it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from hearth.hmis.access.guard import refuse_as_missing, require
from hearth.hmis.access.permissions import Permission
from hearth.hmis.consent import sealed_files
from hearth.hmis.consent.file_kinds import FileKind

# Whatever is in the file, a browser that opened it here may run nothing and ask nobody.
LOCKED_IN = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox"


@require_safe
@require(Permission.CLIENT_VIEW)
def download(request: HttpRequest, pk: int) -> HttpResponse:
    """The file, opened, to be saved and not shown in the page."""
    file = sealed_files.found(request.user, pk)
    if file is None:
        refuse_as_missing(request, pk=pk)
    try:
        content = sealed_files.content(by=request.user, file=file)
    except sealed_files.NotOpened as error:
        return render(request, "consent/not_opened.html", {"file": file, "reason": str(error)}, status=404)
    kind = FileKind(file.kind)
    response = HttpResponse(content, content_type=kind.content_type)
    response["Content-Disposition"] = f'attachment; filename="{file.purpose}-{file.pk}.{kind.ending}"'
    response["Content-Security-Policy"] = LOCKED_IN
    response["X-Content-Type-Options"] = "nosniff"
    return response
