"""What the frame does beyond single pages: ending sessions, working without scripts, errors, logs."""

import re

import pytest
from django.test import RequestFactory
from playwright.sync_api import expect

from hearth.hmis.site import error_pages
from tests.browser.checks import accessibility_problems, screenshot, too_wide
from tests.browser.conftest import OpenPage
from tests.browser.seed import ACCOUNTS
from tests.browser.site import Site


@pytest.mark.parametrize("width", [360, 1440])
def test_without_scripts(open_page: OpenPage, width: int) -> None:
    page = open_page("/", "user", width, java_script_enabled=False)
    for name in ("Reports", "Help", "Change password"):
        expect(page.get_by_role("link", name=name, exact=True).first).to_be_visible()
    expect(page.get_by_role("button", name="Sign out").first).to_be_visible()
    screenshot(page, f"no-scripts-{width}")


@pytest.mark.parametrize("kind", sorted(error_pages.PROBLEMS))
def test_error_page(open_page: OpenPage, kind: str) -> None:
    status = int(kind) if kind.isdigit() else 403
    html = error_pages.page(RequestFactory().get("/"), status, kind, minutes=15).content.decode()
    html = re.sub(r"/static/([\w/-]+)\.[0-9a-f]{12}\.", r"/static/\1.", html)
    page = open_page("/help/", "public", 360)
    page.route("**/failing/", lambda route: route.fulfill(status=status, body=html, content_type="text/html"))
    page.goto("/failing/")
    assert accessibility_problems(page) == []
    assert too_wide(page) == []
    screenshot(page, f"error-{kind}-360")


def test_account_locks_after_guessing(open_page: OpenPage) -> None:
    page = open_page("/account/login/")
    for guess in range(5):
        page.get_by_label("E-mail").fill(ACCOUNTS["locked"])
        page.locator("input[name=password]").fill(f"guess {guess}")
        page.locator("main").get_by_role("button", name="Sign in").click()
        page.wait_for_load_state("load")
    expect(page.locator("h1")).to_have_text("Sign-in is locked for now")
    assert accessibility_problems(page) == []
    screenshot(page, "locked-1440")


def test_logs_hold_no_query_strings_and_no_failures(site: Site) -> None:
    """Runs last in this file: what all pages before made the server write."""
    lines = site.log_lines()
    requests = [line for line in lines if line["event"] == "request"]
    assert requests
    assert all("?" not in line["path"] for line in requests)
    assert [line for line in requests if line["status"] >= 500] == []
    assert [line for line in lines if line["level"] in ("error", "critical")] == []
