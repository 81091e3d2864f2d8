"""The end of a session as a page has it: a warning, a cover, and going on with what was typed."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.checks import accessibility_problems, browser_problems, screenshot, too_wide
from tests.browser.conftest import OpenPage, sign_in
from tests.browser.seed import ACCOUNTS, PASSWORD

MINUTE = 60 * 1000
FORM = "/account/password/change/"


def looked_at(page: Page, name: str) -> None:
    screenshot(page, name)
    assert accessibility_problems(page) == []
    assert too_wide(page) == []


def signed_in(open_page: OpenPage, path: str, width: int = 360) -> Page:
    """In a session of its own, because it is ended."""
    page = open_page("/account/login/", "public", width, clock=True)
    sign_in(page, ACCOUNTS["user"])
    page.goto(path)
    return page


def sign_in_again(page: Page, email: str) -> None:
    """In a new tab, as the cover of the page offers it."""
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="Sign in (new tab)").click()
    tab = opened.value
    tab.get_by_label("E-mail").fill(email)
    tab.locator("input[name=password]").fill(PASSWORD)
    tab.get_by_role("button", name="Sign in").click()
    expect(tab.locator("h1")).to_have_text("You are signed in again")
    assert accessibility_problems(tab) == []
    tab.close()


@pytest.mark.parametrize("width", [360, 768, 1440])
def test_a_page_is_covered_and_gone_on_in_with_what_was_typed(open_page: OpenPage, width: int) -> None:
    page = signed_in(open_page, FORM, width)
    typed = page.get_by_label("Current password")
    typed.fill("typed before")
    warning, cover = page.locator("#session-dialog"), page.locator("#signed-out-dialog")
    expect(warning).to_be_hidden()
    page.clock.fast_forward(13 * MINUTE + 30_000)
    expect(warning).to_be_visible()
    expect(warning).to_contain_text("seconds")
    looked_at(page, f"session-dialog-{width}")
    page.keyboard.press("Enter")  # the first button has the focus: stay signed in
    expect(warning).to_be_hidden()
    page.clock.fast_forward(12 * MINUTE)
    expect(warning).to_be_hidden()
    with page.expect_response(lambda answer: answer.request.method == "POST"):  # signs out on the server, too
        page.clock.fast_forward(4 * MINUTE)
    expect(cover).to_be_visible()
    expect(typed).to_be_hidden()
    expect(page.locator("h1")).to_be_hidden()
    looked_at(page, f"signed-out-{width}")
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    expect(cover).to_be_visible()
    stranger = page.context.new_page()
    stranger.goto("/account/")
    expect(stranger.locator("h1")).to_have_text("Sign in")
    stranger.close()

    sign_in_again(page, ACCOUNTS["user"])
    expect(cover).to_be_hidden()
    expect(typed).to_have_value("typed before")
    expect(typed).to_be_focused()
    for name in ("password1", "password2"):
        page.locator(f"input[name={name}]").fill("x")
    page.get_by_role("button", name="Change password").click()
    expect(page.locator("[data-error-summary]")).to_be_visible()  # the form's token is the new session's
    assert browser_problems(page) == []


def test_a_form_sent_after_a_sleep_is_not_lost(open_page: OpenPage) -> None:
    page = signed_in(open_page, FORM)
    page.get_by_label("Current password").fill("typed before")
    page.clock.set_system_time(page.evaluate("Date.now()") + 16 * MINUTE)  # no timer runs
    page.evaluate("document.querySelector('main form.hearth-form').requestSubmit()")
    expect(page.locator("#signed-out-dialog")).to_be_visible()
    expect(page.get_by_label("Current password")).to_have_value("typed before")


def test_somebody_else_does_not_go_on_in_it(open_page: OpenPage) -> None:
    page = signed_in(open_page, FORM)
    page.get_by_label("Current password").fill("typed before")
    page.clock.fast_forward(16 * MINUTE)
    expect(page.locator("#signed-out-dialog")).to_be_visible()
    sign_in_again(page, ACCOUNTS["auditor"])
    expect(page.locator("h1")).to_have_text("Home")


def test_signing_out_in_one_tab_covers_the_others(open_page: OpenPage) -> None:
    page = signed_in(open_page, "/reports/")
    tab = page.context.new_page()
    tab.goto("/account/logout/")
    tab.locator("main").get_by_role("button", name="Sign out").click()
    expect(tab.get_by_text("You have signed out.")).to_be_visible()
    expect(page.locator("#signed-out-dialog")).to_be_visible()


def test_the_end_of_the_day_is_told_and_not_put_off(open_page: OpenPage) -> None:
    page = signed_in(open_page, "/reports/")
    warning = page.locator("#session-dialog")
    for _ in range(59):  # of twelve hours, with a word every twelve minutes
        page.clock.fast_forward(12 * MINUTE)
        page.evaluate("localStorage.setItem('hearth-active-at', String(Date.now()))")
    page.clock.fast_forward(10 * MINUTE + 30_000)
    expect(warning).to_be_visible()
    expect(warning).to_contain_text("you signed in 12 hours ago")
    looked_at(page, "session-day-360")
    page.get_by_role("button", name="Go on until then").click()
    expect(warning).to_be_hidden()
    page.clock.fast_forward(2 * MINUTE)
    expect(page.locator("#signed-out-dialog")).to_be_visible()
