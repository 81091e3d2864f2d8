"""One request is one transaction: an answer of 500 and above keeps nothing of what was written before it."""

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.template import engines
from django.template.response import TemplateResponse
from django.test import Client
from django.urls import path

from hearth.hmis.access.models import User
from hearth.hmis.config import urls
from hearth.hmis.exchange.models import ExportRun

pytestmark = pytest.mark.django_db


class Broken:
    """Fails where a template asks for it, after the view has returned."""

    @property
    def label(self) -> str:
        raise ZeroDivisionError


def writes(request: HttpRequest, how: str) -> HttpResponse:
    """Write, and then answer in one of several ways."""
    ExportRun.objects.create(created_by=request.user, file_name=how)
    if how == "template":
        template = engines["django"].from_string("{% for i in x.label %}{{ i }}{% endfor %}")
        return TemplateResponse(request, template, {"x": Broken()})
    errors: dict[str, Exception] = {
        "fault": ZeroDivisionError(),
        "database": OperationalError(),
        "missing": Http404(),
        "refused": PermissionDenied(),
    }
    if how in errors:
        raise errors[how]
    return HttpResponse(status=int(how))


urlpatterns = [path("writes/<str:how>/", writes), *urls.urlpatterns]


@pytest.fixture
def web(settings: Any, administrator: User) -> Client:
    settings.ROOT_URLCONF = __name__
    client = Client(raise_request_exception=False)
    client.force_login(administrator)
    return client


@pytest.mark.parametrize("how", ["fault", "database", "template", "500", "503"])
def test_an_answer_of_500_and_above_keeps_nothing(web: Client, how: str) -> None:
    assert web.get(f"/writes/{how}/").status_code >= 500
    assert not ExportRun.objects.exists()


@pytest.mark.parametrize("how", ["200", "302", "400", "missing", "refused"])
def test_every_other_answer_keeps_it(web: Client, how: str) -> None:
    """Refusals too: the access log must remember them."""
    assert web.get(f"/writes/{how}/").status_code < 500
    assert ExportRun.objects.get().file_name == how
