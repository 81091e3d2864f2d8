"""Every page of `pages.py`, from a zoomed phone to a wide screen: loaded once, looked at in every width."""

import pytest

from tests.browser.checks import (
    accessibility_problems,
    browser_problems,
    cut_off,
    screenshot,
    settle,
    too_wide,
)
from tests.browser.conftest import OpenPage
from tests.browser.pages import PAGES, Page

#: Phones, half a screen, tablets, a page that is zoomed to 200 and 400 percent, a wide screen.
WIDTHS = (320, 360, 480, 640, 768, 900, 1200, 1440)
#: Where the frame and the lists look different: axe is asked there.
ASKED_OF_AXE = (360, 1440)
PICTURED = (360, 768, 1440)


@pytest.mark.parametrize("listed", PAGES, ids=[page.name for page in PAGES])
def test_page(open_page: OpenPage, listed: Page) -> None:
    page = open_page(listed.path, listed.role, WIDTHS[0], kept=True)
    assert page.hearth_status == listed.status
    assert page.locator("h1").count() == 1
    assert page.title().split(" | ")[0].strip()
    found = {}
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        settle(page)
        problems = [*too_wide(page), *cut_off(page)]
        if width in PICTURED:
            screenshot(page, f"{listed.name}-{width}")
        if width in ASKED_OF_AXE:
            problems += accessibility_problems(page)
        if problems:
            found[width] = problems
    assert found == {}
    assert browser_problems(page) == []
