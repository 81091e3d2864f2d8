"""Fixtures of the browser tests: a running site, Chromium, and signed-in pages.

Site and sign-ins are one for all workers. The browser is kept for the length of this folder only:
Playwright's loop must not run beside Django's tests.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.browser.checks import settle, watch
from tests.browser.seed import ACCOUNTS, PASSWORD
from tests.browser.site import Running, Site
from tests.sharing import Shared

CHROMIUM = os.environ.get("HEARTH_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
# The background flags keep Chromium from calling its maker; the rest is what it needs without a screen.
FLAGS = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# Other work may run beside the tests.
expect.set_options(timeout=15_000)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(str(item.fspath)).is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def site(shared: Shared) -> Site:
    """The running site."""
    return Site(**shared.get("site", lambda: Running(Path(os.environ["HEARTH_HOME"]))))


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Debian's Chromium. Without it the tests are skipped on a developer's machine and fail in CI."""
    if CHROMIUM is None:
        message = "Chromium is missing: install the package chromium, or set HEARTH_CHROMIUM to its path"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    with sync_playwright() as playwright:
        flags = [*FLAGS, "--no-sandbox"] if os.geteuid() == 0 else FLAGS
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=flags)
        yield started
        started.close()


@pytest.fixture(scope="package")
def states(shared: Shared, site: Site, browser: Browser) -> dict[str, object]:
    """Cookies of each role, signed in through the real form once for all workers."""

    def signed_in() -> dict[str, object]:
        found: dict[str, object] = {"public": None}
        for role in ("administrator", "user", "auditor"):
            context = browser.new_context(base_url=site.address)
            context.set_default_timeout(15_000)
            page = context.new_page()
            sign_in(page, ACCOUNTS[role])
            found[role] = context.storage_state()
            context.close()
        return found

    return shared.get("states", lambda: nullcontext(signed_in()))


OpenPage = Callable[..., Page]


@pytest.fixture
def open_page(site: Site, browser: Browser, states: dict[str, object]) -> Iterator[OpenPage]:
    """`open_page("/clients/{client}/", role="user", width=360)` → a watched page (see checks.py)."""
    contexts: list[BrowserContext] = []

    def open_it(
        path: str, role: str = "public", width: int = 1440, clock: bool = False, **options: object
    ) -> Page:
        context = browser.new_context(
            base_url=site.address,
            viewport={"width": width, "height": 900},
            storage_state=states[role],
            reduced_motion="reduce",
            **options,
        )
        contexts.append(context)
        page = context.new_page()
        if clock:
            page.clock.install()
        watch(page)
        response = page.goto(path.format(**site.ids))
        page.hearth_status = response.status if response else 0
        settle(page)
        return page

    yield open_it
    for context in contexts:
        context.close()


def sign_in(page: Page, email: str, password: str = PASSWORD) -> None:
    """Fill in the sign-in form and send it."""
    page.goto("/account/login/")
    page.get_by_label("E-mail").fill(email)
    page.locator("input[name=password]").fill(password)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_load_state("networkidle")
