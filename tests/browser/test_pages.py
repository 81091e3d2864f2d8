"""Every page of `pages.py`, on a phone and on a wide screen."""

import pytest

from tests.browser.checks import accessibility_problems, browser_problems, screenshot, too_wide
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
