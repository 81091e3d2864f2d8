"""Fixtures of the browser tests: a running site, Chromium, and signed-in pages.

Site and sign-ins are one for all workers. The browser is kept for the length of this folder only:
Playwright's loop must not run beside Django's tests.
"""

import os
import re
import shutil
from collections.abc import Callable, Generator, Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.browser.checks import picture, settle, watch
from tests.browser.seed import ACCOUNTS, PASSWORD
from tests.browser.site import Running, Site
from tests.sharing import Shared

HERE = Path(__file__).parent
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
    """Mark them, and let whoever else there is do other things while the first module makes the site."""
    ours = [item for item in items if item.path.is_relative_to(HERE)]
    others = [item for item in items if not item.path.is_relative_to(HERE)]
    for item in ours:
        item.add_marker(pytest.mark.browser)
    longest = [item for item in ours if item.path.stem == "test_pages"]
    meanwhile = [item for item in others if item.path.parent == others[0].path.parent]
    later = [item for item in ours if item not in longest]
    rest = [item for item in others if item.path.parent != others[0].path.parent]
    items[:] = [*longest, *meanwhile, *later, *rest]


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
def states(shared: Shared, site: Site, browser: Browser) -> dict[str, Any]:
    """Cookies of each role, signed in through the real form once for all workers."""

    def signed_in() -> dict[str, Any]:
        found: dict[str, Any] = {"public": None}
        for role in ("administrator", "user", "auditor", "coordinator"):
            context = browser.new_context(base_url=site.address)
            context.set_default_timeout(15_000)
            page = context.new_page()
            sign_in(page, ACCOUNTS[role])
            found[role] = context.storage_state()
            context.close()
        return found

    return shared.get("states", lambda: nullcontext(signed_in()))


class Contexts:
    """Browser contexts that one test after the other uses, so that styles and scripts are loaded once.

    What a test left in one, cookies and what scripts stored, is put back: none starts with it.
    """

    def __init__(self, browser: Browser, site: Site, states: dict[str, Any]) -> None:
        self._browser, self._site, self._states = browser, site, states
        self._kept: dict[str, BrowserContext] = {}
        self._pages: dict[BrowserContext, Page] = {}

    def get(self, role: str, options: dict[str, Any]) -> BrowserContext:
        """The context of a role, signed in."""
        key = f"{role} {sorted(options.items())}"
        if key not in self._kept:
            self._kept[key] = self.new(role, options)
        return self._kept[key]

    def page(self, context: BrowserContext) -> Page:
        """One page for all tests that only load an address in it: starting one takes as long as two loads."""
        if context not in self._pages:
            self._pages[context] = context.new_page()
        return self._pages[context]

    def close_pages(self) -> None:
        """A test begins that other tabs could disturb."""
        for page in self._pages.values():
            page.close()
        self._pages.clear()

    def new(self, role: str, options: dict[str, Any]) -> BrowserContext:
        """One that no other test has; whoever asks closes it."""
        return self._browser.new_context(
            base_url=self._site.address, storage_state=self._states[role], reduced_motion="reduce", **options
        )

    def clean(self) -> None:
        """Close the pages, and put back what was left in their contexts."""
        for key, context in self._kept.items():
            if context.pages:
                state = self._states[key.split()[0]]
                for page in context.pages:
                    if page.url.startswith(self._site.address):
                        page.evaluate("() => { localStorage.clear(); sessionStorage.clear(); }")
                    if page is not self._pages.get(context):
                        page.close()
                context.clear_cookies()
                if state:
                    context.add_cookies(state["cookies"])

    def close(self) -> None:
        for context in self._kept.values():
            context.close()
        self._kept.clear()
        self._pages.clear()


@pytest.fixture(scope="package")
def contexts(site: Site, browser: Browser, states: dict[str, Any]) -> Iterator[Contexts]:
    kept = Contexts(browser, site, states)
    yield kept
    kept.close()


FAILED = pytest.StashKey[bool]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    item.stash[FAILED] = item.stash.get(FAILED, False) or report.failed
    return report


OpenPage = Callable[..., Page]


@pytest.fixture
def open_page(request: pytest.FixtureRequest, site: Site, contexts: Contexts) -> Iterator[OpenPage]:
    """`open_page("/clients/{client}/", role="user", width=360)` → a watched page (see checks.py).

    `kept`: for a test that only looks at what was loaded; the next one that does loads in the same page.

    A test that fails leaves a picture of every page it had open.
    """
    opened: list[Page] = []
    own: list[BrowserContext] = []

    def open_it(
        path: str,
        role: str = "public",
        width: int = 1440,
        clock: bool = False,
        kept: bool = False,
        **options: object,
    ) -> Page:
        if not kept:
            contexts.close_pages()
        if clock:  # holds for a whole context
            own.append(contexts.new(role, options))
        context = own[-1] if clock else contexts.get(role, options)
        page = contexts.page(context) if kept else context.new_page()
        opened.append(page)
        page.set_viewport_size({"width": width, "height": 900})
        if clock:
            page.clock.install()
        watch(page)
        response = page.goto(path.format(**site.ids))
        page.hearth_status = response.status if response else 0
        settle(page)
        return page

    yield open_it
    if request.node.stash.get(FAILED, False):
        for number, page in enumerate(opened, 1):
            picture(page, f"failed-{re.sub('[^a-z0-9]+', '-', request.node.name).strip('-')}-{number}")
        contexts.close()
    for context in own:
        context.close()
    contexts.clean()


def sign_in(page: Page, email: str, password: str = PASSWORD) -> None:
    """Fill in the sign-in form and send it."""
    page.goto("/account/login/")
    page.get_by_label("E-mail").fill(email)
    page.locator("input[name=password]").fill(password)
    with page.expect_navigation():
        page.get_by_role("button", name="Sign in").click()
