"""The same client, opened by different people: what each sees of the four stays, and what nobody is told."""

import pytest
from playwright.sync_api import Browser

from tests.browser.checks import accessibility_problems, screenshot, settle, watch
from tests.browser.site import Site

#: Who → the programs whose stays they see; None: the page is refused.
SEEN = {
    "system administrator": {"Cedar", "Birch", "Haven", "Harbor"},
    "caseworker": {"Cedar", "Birch", "Harbor"},
    "agency administrator": {"Cedar", "Birch", "Harbor"},
    "intern": {"Birch", "Harbor"},
    "advocate": {"Haven", "Harbor"},
    "local administrator": {"Cedar", "Haven", "Harbor"},
    "worker elsewhere": {"Harbor"},
    "auditor": None,
    "who left yesterday": None,
}
PROGRAMS = ("Cedar", "Birch", "Haven", "Harbor")


@pytest.mark.parametrize("who", SEEN)
def test_what_each_sees(browser: Browser, site: Site, who: str) -> None:
    context = browser.new_context(base_url=site.address, reduced_motion="reduce")
    try:
        name = {"name": "hearth_session", "value": site.ids["sessions"][who]}
        context.add_cookies([{**name, "url": site.address}])
        page = context.new_page()
        watch(page)
        answer = page.goto(f"/clients/{site.ids['wren']}/")
        settle(page)
        words = page.locator("main").inner_text()
        seen = {program for program in PROGRAMS if f"{program} program" in words}
        if SEEN[who] is None:
            assert answer is not None and answer.status == 403
            assert "Hollow" not in page.content() and not seen
            return
        assert answer is not None and answer.status == 200
        assert "Hollow" in words
        assert seen == SEEN[who]
        for hidden in set(PROGRAMS) - seen:
            assert hidden not in page.content()
        assert accessibility_problems(page) == []
        screenshot(page, f"one-client-{who.replace(' ', '-')}")
    finally:
        context.close()
