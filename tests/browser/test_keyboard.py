"""The frame by keyboard alone: skip link, navigation, menus, forms."""

import re

from playwright.sync_api import Page, expect

from tests.browser.checks import accessibility_problems, screenshot, too_wide
from tests.browser.conftest import OpenPage
from tests.browser.seed import ACCOUNTS, PASSWORD


def focused(page: Page) -> str:
    """The text of the focused element."""
    return str(
        page.evaluate("() => document.activeElement.innerText || document.activeElement.name || ''")
    ).strip()


def has_visible_focus(page: Page) -> bool:
    """Whether the focused element is on the screen and drawn as focused."""
    return bool(
        page.evaluate(
            """() => {
              const element = document.activeElement, box = element.getBoundingClientRect();
              const style = getComputedStyle(element);
              const drawn = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
              const seen = box.bottom > 0 && box.top < innerHeight && box.left < innerWidth;
              return drawn && seen && box.width > 0;
            }"""
        )
    )


def tab_to(page: Page, text: str, limit: int = 25) -> None:
    """Press Tab until the element with this text has the focus; the focus is seen at every step."""
    for _ in range(limit):
        page.keyboard.press("Tab")
        assert has_visible_focus(page), f"no visible focus at {focused(page)!r}"
        if focused(page) == text:
            return
    raise AssertionError(f"Tab did not reach {text!r}")


def test_first_tab_skips_to_the_content(open_page: OpenPage) -> None:
    page = open_page("/help/", "user")
    page.keyboard.press("Tab")
    assert focused(page) == "Skip to main content"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert focused(page) == "Home"
    assert page.evaluate("() => document.querySelector('main').contains(document.activeElement)")


def test_navigation_on_a_wide_screen(open_page: OpenPage) -> None:
    page = open_page("/", "administrator")
    tab_to(page, "Reports")
    page.keyboard.press("Enter")
    page.wait_for_url("**/reports/")
    expect(page.locator("nav[aria-label=Main] [aria-current=page]")).to_have_text("Reports")


def test_user_menu(open_page: OpenPage) -> None:
    page = open_page("/help/", "user")  # the home page begins at its search
    tab_to(page, "Uma User")
    page.keyboard.press("Enter")
    menu = page.locator("#user-menu")
    expect(menu).to_be_visible()
    assert accessibility_problems(page) == []
    screenshot(page, "user-menu-1440")
    page.keyboard.press("Tab")
    assert focused(page) == "Your account"
    page.keyboard.press("Escape")
    expect(menu).to_be_hidden()
    assert focused(page) == "Uma User"
    page.keyboard.press("Enter")
    tab_to(page, "Two-step sign-in", limit=3)
    page.keyboard.press("Enter")
    page.wait_for_url("**/two-step/")


def test_menu_on_a_phone_holds_the_focus_until_it_is_closed(open_page: OpenPage) -> None:
    page = open_page("/help/", "user", 360)
    tab_to(page, "Menu")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Close menu")).to_be_visible()
    screenshot(page, "menu-360")
    assert accessibility_problems(page) == []
    assert too_wide(page) == []
    seen = set()
    for _ in range(14):
        page.keyboard.press("Tab")
        assert page.evaluate("() => document.querySelector('.usa-nav').contains(document.activeElement)")
        seen.add(focused(page))
    assert {"Home", "Reports", "Help", "Uma User"} <= seen
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Close menu")).to_be_hidden()
    assert focused(page) == "Menu"


def test_sign_in_with_an_error_first(open_page: OpenPage) -> None:
    page = open_page("/account/login/?next=/reports/")
    page.get_by_label("E-mail").focus()
    page.keyboard.type(ACCOUNTS["user"])
    page.keyboard.press("Tab")
    page.keyboard.type("not the password")
    page.keyboard.press("Enter")
    summary = page.locator("[data-error-summary]")
    expect(summary).to_be_focused()
    expect(summary).to_contain_text("There is a problem")
    assert accessibility_problems(page) == []
    screenshot(page, "sign-in-error-1440")
    password = page.locator("input[name=password]")
    password.focus()
    page.keyboard.type(PASSWORD)
    tab_to(page, "Show password", limit=1)
    page.keyboard.press("Space")
    expect(password).to_have_attribute("type", "text")
    tab_to(page, "Sign in", limit=1)
    page.keyboard.press("Enter")
    page.wait_for_url("**/reports/")


def test_errors_of_a_form_lead_to_their_fields(open_page: OpenPage) -> None:
    page = open_page("/help/components/", "user")
    summary = page.locator("[data-error-summary]")
    expect(summary).to_be_focused()
    link = summary.get_by_role("link", name=re.compile("^Beds"))
    link.focus()
    page.keyboard.press("Enter")
    assert page.evaluate("() => location.hash") == "#id_beds"


def test_sign_out(open_page: OpenPage, browser, site) -> None:
    page = open_page("/account/login/")
    page.get_by_label("E-mail").fill(ACCOUNTS["auditor"])
    page.locator("input[name=password]").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(site.address + "/")
    page.get_by_role("button", name="Olu Auditor").click()
    page.get_by_role("button", name="Sign out").first.click()
    page.wait_for_url("**/account/login/")
    page.goto("/account/")
    expect(page).to_have_url(re.compile("/account/login/"))
