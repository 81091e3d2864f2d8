"""Every page of `pages.py`, on a phone and on a wide screen."""

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


@pytest.mark.parametrize("width", [360, 1440])
@pytest.mark.parametrize("listed", PAGES, ids=[page.name for page in PAGES])
def test_page(open_page: OpenPage, listed: Page, width: int) -> None:
    page = open_page(listed.path, listed.role, width)
    screenshot(page, f"{listed.name}-{width}")
    assert page.hearth_status == listed.status
    assert accessibility_problems(page) == []
    assert too_wide(page) == []
    assert browser_problems(page) == []
    assert page.locator("h1").count() == 1
    assert page.title().split(" | ")[0].strip()


#: Between a phone and a wide screen: half a screen, tablets, a page that is zoomed to 200 and 400 percent.
WIDTHS = (320, 480, 640, 768, 900, 1200)


@pytest.mark.parametrize("listed", PAGES, ids=[page.name for page in PAGES])
def test_no_width_makes_the_page_scroll_sideways(open_page: OpenPage, listed: Page) -> None:
    page = open_page(listed.path, listed.role, WIDTHS[0])
    found = {}
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        settle(page)
        if wide := [*too_wide(page), *cut_off(page)]:
            found[width] = wide
            screenshot(page, f"{listed.name}-{width}")
    assert found == {}
