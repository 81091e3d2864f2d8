"""The table of what each role may do is made of the roles themselves, and leaves nothing out."""

import re

import pytest
from django.test import Client

from hearth.hmis.access.permissions import WORDS, Permission
from hearth.hmis.access.roles import ROLES
from hearth.hmis.accounts.help_roles import TOPICS


def test_every_role_and_every_permission_stands_in_it() -> None:
    context = TOPICS[0].context()
    assert context["permission_columns"] == ["May", *(role.name for role in ROLES.values())]
    rows = {words.lower(): cells for words, *cells in context["permission_rows"]}
    assert len(rows) == len(Permission)
    for permission in Permission:
        said = dict(zip(ROLES, rows[WORDS[permission].lower()], strict=True))
        assert said == {
            code: "Yes" if permission in role.permissions else "–" for code, role in ROLES.items()
        }


@pytest.mark.django_db
def test_the_page_shows_it() -> None:
    page = Client().get("/help/roles/").content.decode()
    for role in ROLES.values():
        assert role.name in page and re.search(re.escape(role.description[:40]), page)
    assert "Administer people and their grants" in page
