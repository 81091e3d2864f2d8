"""A method that an address does not take is tried once, and no other way of asking is left out."""

import re
from pathlib import Path

import pytest
from django.test import Client

from hearth.hmis.access.models import User
from tests.environment import CHECKOUT
from tests.hmis.methods import Methods

pytestmark = pytest.mark.django_db


def test_only_what_an_address_does_not_take_is_left_out(client: Client, administrator: User) -> None:
    client.force_login(administrator)
    methods = Methods()
    removal = "/lists/views/1/remove/"  # takes a POST alone
    for method, ask in (("GET", client.get), ("POST", client.post)):
        assert methods.takes(removal, method)
        methods.learn(removal, method, ask(removal))
    assert not methods.takes(removal, "GET")
    assert not methods.takes("/lists/views/2/remove/", "GET")
    assert methods.takes("/lists/views/2/remove/", "POST")
    assert methods.takes("/clients/1/", "GET")
    assert methods.takes("/nothing-here/", "GET")


def test_nothing_answers_405_by_itself() -> None:
    """Then only Django's decorators and classes do, before a view has looked at anything."""
    said = re.compile(r"HttpResponseNotAllowed|\bstatus(?:_code)?\s*=\s*405\b|http_method_not_allowed")
    sources: list[Path] = sorted((CHECKOUT / "src" / "hearth" / "hmis").rglob("*.py"))
    assert len(sources) > 100
    assert [path.name for path in sources if said.search(path.read_text(encoding="utf-8"))] == []
