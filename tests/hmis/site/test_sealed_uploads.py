"""Files that are to be sealed touch no disk in clear on their way in."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile, TemporaryUploadedFile, UploadedFile
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from hearth.hmis.access.guard import require
from hearth.hmis.access.models import User
from hearth.hmis.access.permissions import Permission
from hearth.hmis.site.input_guard import InputGuardMiddleware
from hearth.hmis.site.uploads import MOST_SEALED_BYTES, takes_sealed_files
from tests import factories

pytestmark = pytest.mark.django_db
MB = 1024 * 1024


@takes_sealed_files
@require(Permission.CLIENT_EDIT)
def sealing(request: HttpRequest) -> HttpResponse:
    return HttpResponse()


@require(Permission.DATA_IMPORT)
def importing(request: HttpRequest) -> HttpResponse:
    return HttpResponse()


def send(user: User, view: Any, *sizes: int) -> tuple[HttpResponse | None, list[UploadedFile]]:
    files = {f"f{n}": SimpleUploadedFile(f"{n}.pdf", b"x" * size) for n, size in enumerate(sizes)}
    request = RequestFactory().post("/", files)
    request.user = user
    answer = InputGuardMiddleware(view).process_view(request, view, (), {})
    return answer, [] if answer else list(request.FILES.values())


def test_a_file_stays_in_memory_whatever_its_size(as_administrator: User) -> None:
    for size in (10, 3 * MB, MOST_SEALED_BYTES):
        answer, (file,) = send(as_administrator, sealing, size)
        assert answer is None
        assert not isinstance(file, TemporaryUploadedFile)
        assert file.size == size and len(file.read()) == size


def test_elsewhere_a_larger_file_goes_to_scratch(as_administrator: User) -> None:
    """The guard is what keeps it in memory."""
    _, (file,) = send(as_administrator, importing, 3 * MB)
    assert isinstance(file, TemporaryUploadedFile)


def test_of_a_file_that_is_too_large_only_the_size_is_kept(as_administrator: User) -> None:
    answer, (file,) = send(as_administrator, sealing, 50 * MB)
    assert answer is None and file.size == 50 * MB and file.read() == b""
    _, files = send(as_administrator, sealing, *[8 * MB] * 4)
    assert [len(file.read()) for file in files] == [8 * MB, 8 * MB, 0, 0]
    assert all(file.size > MOST_SEALED_BYTES for file in files[2:])


def test_a_body_beyond_all_measure_is_not_read(as_administrator: User) -> None:
    answer, _ = send(as_administrator, sealing, 65 * MB)
    assert answer is not None and answer.status_code == 413


def test_who_may_not_use_the_view_sends_no_large_body() -> None:
    answer, _ = send(factories.make_auditor(), sealing, 6 * MB)
    assert answer is not None and answer.status_code == 413
