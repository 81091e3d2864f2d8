"""Shortcuts of the keyboard, as the help page on keyboard use lists them."""

import re

from playwright.sync_api import Page, expect

from tests.browser.checks import accessibility_problems, browser_problems
from tests.browser.conftest import OpenPage
from tests.browser.test_enrolling import add, enroll
from tests.browser.test_household import add_new


def focused(page: Page, what: str) -> str:
    return str(page.evaluate(f"() => document.activeElement.{what} || ''"))


def test_a_search_has_the_focus_and_slash_leads_to_it(open_page: OpenPage) -> None:
    page = open_page("/", "user")
    assert focused(page, "id") == "home-search"
    page.keyboard.type("a/b")
    expect(page.locator("#home-search")).to_have_value("a/b")  # in a field a key is a letter
    page = open_page("/due/", "user")
    page.keyboard.press("/")
    page.wait_for_url("**/clients/")
    assert focused(page, "id") == "id_q"


def test_single_keys_can_be_switched_off(open_page: OpenPage) -> None:
    page = open_page("/help/keyboard/", "user")
    page.get_by_role("button", name="Switch single keys off").click()
    assert accessibility_problems(page) == []
    page.keyboard.press("/")
    expect(page).to_have_url(re.compile("/help/keyboard/$"))
    page.get_by_role("button", name="Switch single keys on").click()
    with page.context.expect_page() as opened:
        page.keyboard.press("?")
    expect(opened.value).to_have_url(re.compile("/help/keyboard/$"))
    opened.value.close()
    page.keyboard.press("/")
    page.wait_for_url("**/clients/")


def test_what_is_typed_ahead_is_taken_and_not_lost(open_page: OpenPage) -> None:
    page = open_page("/people/new/?role=hmis_user", "administrator")
    where = page.get_by_role("combobox", name="Where")
    chosen = page.locator("select[name=place], select.usa-combo-box__select").first
    where.focus()
    page.keyboard.type("invented")
    page.keyboard.press("Enter")  # the first that is listed
    expect(where).to_have_value(re.compile("Invented"))
    first = chosen.evaluate("one => one.value")
    assert first
    only = chosen.evaluate("one => [...one.options].at(-1).text")
    where.fill("")
    page.keyboard.type(only[:-1].lower())
    listed = page.locator(".usa-combo-box__list-option")
    expect(listed).to_have_count(1)
    page.keyboard.press("Tab")  # the only one
    expect(where).to_have_value(only)
    where.fill("nowhere at all")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/people/new/"))


def test_enter_in_an_identity_adds_nobody(open_page: OpenPage) -> None:
    page = open_page("/clients/", "user")
    page.locator("#id_q").press_sequentially("theophila marrowbone 3/14/1985", delay=10)
    page.get_by_role("link", name="Add a person").click()
    address = page.url
    page.locator("#id_middle_name").press("Enter")
    page.keyboard.type("Ann")
    expect(page).to_have_url(address)
    page.keyboard.press("Control+Enter")
    expect(page).to_have_url(re.compile(r"/clients/\d+/enroll/$"))


def test_control_enter_finishes_from_any_question(open_page: OpenPage) -> None:
    page = open_page("/clients/", "user")
    add(page, "barnaby hollowell 3/14/1985")
    enroll(page, "Quiet")
    page.get_by_role("button", name="None of these").click()
    no = page.locator("input[name^='Disabilities-DisabilityResponse'][value='0']")
    expect(no).to_have_count(6)
    assert [one.is_checked() for one in no.all()] == [True] * 6
    page.locator("[name='Enrollment-DateToStreetESSH']").fill("6/1/2026")
    page.locator("[name='Enrollment-DateToStreetESSH']").press("Control+Enter")
    expect(page).to_have_url(re.compile(r"/enrollments/\d+/$"))
    expect(page.locator("main")).to_contain_text("Enrolled.")
    assert browser_problems(page) == []


def test_brackets_go_from_person_to_person_in_reading_order(open_page: OpenPage) -> None:
    page = open_page("/clients/", "user")
    add(page, "clementine ravensdale 3/14/1985")
    page.get_by_role("link", name="Enroll in a project").click()
    page.locator("select[name=project]").select_option(label="Quiet Beds (MN-500)")
    page.get_by_role("button", name="Others present, too").click()
    add_new(page, "cornelius ravensdale 5/6/2021")
    assert headings(page, "h1, h2")[:2] == ["Who presents", "Add somebody"]
    page.locator("tbody select").select_option(label="Child")
    page.keyboard.press("Control+Enter")
    page.wait_for_url(re.compile(r"/enroll/\d+/\?start="))
    assert headings(page, "h1, .hearth-person__name") == [
        "Quiet Beds",
        "Clementine Ravensdale",
        "Cornelius Ravensdale",
    ]
    page.locator("summary").first.focus()
    page.keyboard.press("]")
    assert "Cornelius" in focused(page, "innerText")
    page.keyboard.press("]")
    assert "Cornelius" in focused(page, "innerText")
    page.keyboard.press("[")
    assert "Clementine" in focused(page, "innerText")
    order = page.evaluate(
        "() => [...document.querySelectorAll('main :is(input, select, button, summary)')]"
        ".filter(one => one.getClientRects().length && one.tabIndex >= 0).map(one => one.tabIndex)"
    )
    assert set(order) == {0}  # Tab goes as the page is read


def headings(page: Page, which: str) -> list[str]:
    return [one.strip() for one in page.locator(which).all_inner_texts()]
