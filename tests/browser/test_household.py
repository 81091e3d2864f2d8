"""A family is put together, enrolled and looked at in a real browser."""

import re

from playwright.sync_api import Page, expect

from tests.browser.checks import accessibility_problems, browser_problems, screenshot, settle, too_wide
from tests.browser.conftest import OpenPage

WIDTHS = (1440, 768, 360)


def look(page: Page, name: str) -> None:
    """At three widths: nothing is too wide, and axe finds nothing."""
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        settle(page)
        screenshot(page, f"{name}-{width}")
        assert too_wide(page) == []
    assert accessibility_problems(page) == []
    page.set_viewport_size({"width": 1440, "height": 900})


def add_new(page: Page, said: str) -> None:
    """By search, the duplicate answers, and back to the grid."""
    page.locator("#id_q").fill(said)
    page.locator("#id_q").press("Enter")
    page.get_by_role("link", name="Add a new person").click()
    page.get_by_role("button", name="Add this person").click()
    expect(page).to_have_url(re.compile(r"/household/\?start="))


def test_w9_a_family_from_the_search_to_the_household(open_page: OpenPage) -> None:
    page = open_page("/clients/", "user", 1440)
    page.locator("#id_q").press_sequentially("gwendolyn ashgrove 3/14/1985", delay=10)
    page.get_by_role("link", name="Add a person").click()
    page.get_by_role("button", name="Add this person").click()
    page.get_by_role("link", name="Enroll in a project").click()
    page.locator("select[name=project]").evaluate(
        "select => { for (const one of select.options)"
        " if (one.text.startsWith('Invented')) select.value = one.value; }"
    )
    page.get_by_role("button", name="Others present, too").click()
    add_new(page, "ambrose ashgrove 1/2/1983")
    add_new(page, "tobias ashgrove 5/6/2021")
    look(page, "household-grid")
    rows = page.locator("tbody tr")
    expect(rows).to_have_count(3)
    rows.nth(1).locator("select").select_option(label="Spouse or partner")
    page.get_by_role("button", name="Go on to the questions").click()
    expect(page.get_by_role("alert")).to_contain_text("Tobias Ashgrove: Choose how")
    rows.nth(2).locator("select").select_option(label="Child")
    page.get_by_role("button", name="Go on to the questions").click()
    cards = page.locator("details.hearth-person")
    expect(cards).to_have_count(3)
    look(page, "household-questions")
    state = cards.nth(0).locator("[data-state]")
    before = state.text_content()
    cards.nth(0).locator("select[name$='Enrollment-LivingSituation']").evaluate(
        "select => { select.value = '435'; select.dispatchEvent(new Event('change', {bubbles: true})); }"
    )
    expect(state).not_to_have_text(before or "")
    # Enter presses the first button of a form: it keeps the draft, and loses and enrolls nothing. Whoever was
    # enrolled by it could not be by Finish.
    address = page.url
    page.locator("form.hearth-questions").evaluate(
        "form => form.requestSubmit(form.querySelector('[type=submit]'))"
    )
    expect(page.locator("[data-draft-state]")).to_have_text(re.compile(r"^Saved \d+:\d\d [AP]M$"))
    expect(page).to_have_url(address)
    page.reload()
    expect(cards).to_have_count(3)
    expect(cards.nth(0).locator("select[name$='Enrollment-LivingSituation']")).to_have_value("435")
    page.get_by_role("button", name="Finish").click()
    expect(page).to_have_url(re.compile(r"/enrollments/\d+/$"))
    expect(page.locator("main")).to_contain_text("3 clients enrolled.")
    expect(page.locator("main")).to_contain_text("Tobias Ashgrove")
    assert browser_problems(page) == []
