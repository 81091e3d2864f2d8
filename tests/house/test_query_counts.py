"""How many queries each page takes, from a file; and that more rows take no more of them.

The pages, and the world they show, are those of the browser tests. Where a change of a number is meant,
`make query-counts` writes the file anew; its difference is part of the change that is looked at.
"""

from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
import yaml

from tests.browser.pages import PAGES

if TYPE_CHECKING:
    from django.test import Client

FILE = Path(__file__).with_name("query_counts.yaml")
HEAD = """\
# How many queries each page of tests/browser/pages.py takes: its second visit in a session, signing in and
# the acting user included. Written by `make query-counts`; a change of a number here is a decision.
"""
#: A search is kept by the page of the form and shown by another.
SEARCH = ("client-searched", "client-found")
NAMES = [*(page.name for page in PAGES), *SEARCH]
SIZES = ("small", "large")
# Statements that are shown where a number is another one.
SHOWN = 12


class Visit(NamedTuple):
    """What the second visit of a page took."""

    status: int
    statements: list[str]


@pytest.fixture(scope="module")
def monkeypatch_module() -> Iterator[pytest.MonkeyPatch]:
    with pytest.MonkeyPatch.context() as patch:
        yield patch


@pytest.fixture(scope="module")
def visits(
    database_of_module: None, monkeypatch_module: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, dict[str, Visit]]]:
    """Every page by name, by size of the world."""
    from django.test import override_settings

    from tests.browser.seed import seed
    from tests.house.more_rows import add_rows, larger_reports

    # However slow the machine is: between two visits passes no time that the session would note.
    monkeypatch_module.setattr("hearth.hmis.accounts.sessions.STEP_SECONDS", 24 * 3600)
    hashers = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    with override_settings(MEDIA_ROOT=tmp_path_factory.mktemp("files"), PASSWORD_HASHERS=hashers):
        ids = seed()
        smaller, larger = larger_reports(ids)
        ids |= smaller | add_rows(ids, 1)
        found = {"small": visit_all(ids)}
        ids |= larger | add_rows(ids, 6)
        found["large"] = visit_all(ids)
        yield found


def visit_all(ids: dict[str, Any]) -> dict[str, Visit]:
    """Each page in a session of its own."""
    found = {}
    for page in PAGES:
        visitor = sign_in(page.role)
        path = page.path.format(**ids)
        visitor.get(path)  # the first page of a session writes the session too
        found[page.name] = visit(visitor, path)
    visitor = sign_in("user")
    visitor.get(visitor.post("/clients/", {"q": "quill"})["Location"])
    found["client-searched"] = visit(visitor, "/clients/", {"q": "quill"})
    kept = visitor.post("/clients/", {"q": "quill"})["Location"]
    visitor.get(kept)
    found["client-found"] = visit(visitor, kept)
    return found


def sign_in(role: str) -> "Client":
    from django.test import Client

    from hearth.hmis.access.models import User
    from tests.browser.seed import ACCOUNTS

    visitor = Client()
    if role != "public":
        backend = "allauth.account.auth_backends.AuthenticationBackend"
        visitor.force_login(User.objects.get(email=ACCOUNTS[role]), backend=backend)
    return visitor


def visit(visitor: "Client", path: str, sent: dict[str, str] | None = None) -> Visit:
    """A page is asked for, or something `sent` to it."""
    from django.db import connections
    from django.test.utils import CaptureQueriesContext

    with ExitStack() as stack:
        taken = [stack.enter_context(CaptureQueriesContext(one)) for one in connections.all()]
        answer = visitor.get(path) if sent is None else visitor.post(path, sent)
    return Visit(answer.status_code, [str(query["sql"]) for one in taken for query in one.captured_queries])


@pytest.fixture(scope="module")
def golden(visits: dict[str, dict[str, Visit]], request: pytest.FixtureRequest) -> dict[str, int]:
    if request.config.getoption("--renew-query-counts"):
        lines = [f"{name}: {len(visits['small'][name].statements)}\n" for name in NAMES]
        FILE.write_text(HEAD + "".join(lines), encoding="utf-8")
    return dict(yaml.safe_load(FILE.read_text(encoding="utf-8")))


def test_every_page_has_its_number_and_no_other(golden: dict[str, int]) -> None:
    assert list(golden) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_a_page_takes_its_number_of_queries(visits: Any, golden: dict[str, int], name: str) -> None:
    expected = next((page.status for page in PAGES if page.name == name), None)
    for size in SIZES:
        status, statements = visits[size][name]
        assert status == (expected or (302 if name == "client-searched" else 200)), size
        repeated = Counter(one[:160] for one in statements).most_common(SHOWN)
        assert len(statements) == golden.get(name), (
            f"{name} takes {len(statements)} queries in the {size} world. Where that is meant: "
            f"make query-counts. Most often asked: {repeated}"
        )
