"""What is typed is never lost: reload, a lost connection, an ended session, two people at one form."""

import re

from playwright.sync_api import Page, expect

from tests.browser.checks import accessibility_problems, browser_problems, screenshot, settle, too_wide
from tests.browser.conftest import OpenPage, sign_in
from tests.browser.seed import ACCOUNTS, PASSWORD
from tests.browser.test_enrolling import add, choose, enroll

PRIOR, SINCE = "Enrollment-LivingSituation", "Enrollment-DateToStreetESSH"
STREET, SHELTER = "116", "101"


def begin(page: Page, name: str) -> str:
    """The start page of a new client."""
    add(page, f"{name} 3/14/1985")
    enroll(page, "Invented")
    settle(page)
    return page.url


def state(page: Page) -> None:
    expect(page.locator("[data-draft-state]")).to_have_text(re.compile(r"^Saved \d+:\d\d [AP]M$"))


def answer(page: Page, name: str) -> str:
    return str(page.locator(f"select[name='{name}'], input[name='{name}']").first.input_value())


def test_w12_what_is_typed_survives_reload_and_a_lost_connection(open_page: OpenPage) -> None:
    page = open_page("/clients/", "user", 1440)
    address = begin(page, "leopoldine marchbanks")
    expect(page.locator("[data-draft-state]")).to_have_text("Not saved yet")
    choose(page, PRIOR, STREET)
    state(page)
    since = page.locator(f"input[name='{SINCE}']")
    since.fill("6/1/2026")
    since.press("Enter")  # keeps, and finishes nothing
    state(page)
    expect(page).to_have_url(address)
    page.reload()
    assert (answer(page, PRIOR), answer(page, SINCE)) == (STREET, "6/1/2026")
    screenshot(page, "draft-start-1440")
    assert accessibility_problems(page) == []

    page.context.set_offline(True)
    since.fill("7/2/2026")
    page.keyboard.press("Tab")
    said = page.locator("[data-draft-state]")
    expect(said).to_have_text("Not saved: no connection, kept on this page")
    page.get_by_role("button", name="Finish").click()  # would be lost on an error page
    expect(since).to_have_value("7/2/2026")
    assert "7/2/2026" not in page.evaluate("JSON.stringify([localStorage, sessionStorage])")
    page.context.set_offline(False)
    state(page)
    other = page.context.new_page()  # another machine
    other.goto(address)
    assert answer(other, SINCE) == "7/2/2026"
    other.close()

    page.goto("/")
    page.get_by_role("link", name=re.compile("Discard the draft of")).first.click()
    expect(page.locator("h1")).to_have_text("Discard the draft?")
    for width in (1440, 768, 360):
        page.set_viewport_size({"width": width, "height": 900})
        screenshot(page, f"draft-discard-{width}")
        assert accessibility_problems(page) == []
        assert too_wide(page) == []
    page.get_by_role("link", name="Keep it and go on").click()
    expect(page).to_have_url(address)
    page.get_by_role("button", name="Finish").click()
    expect(page).to_have_url(re.compile(r"/enrollments/\d+/$"))
    page.goto("/drafts/")
    expect(page.locator("main")).not_to_contain_text(re.compile("marchbanks", re.IGNORECASE))


def test_a_session_that_ends_while_somebody_types(open_page: OpenPage) -> None:
    page = open_page("/account/login/", "public", 360, clock=True)
    sign_in(page, ACCOUNTS["user"])
    page.goto("/clients/")
    address = begin(page, "ferdinanda okonkwo")
    choose(page, PRIOR, STREET)
    page.clock.run_for(2000)
    state(page)
    page.context.clear_cookies()  # ended on the server
    since = page.locator(f"input[name='{SINCE}']")
    since.fill("6/1/2026")
    page.keyboard.press("Tab")
    expect(page.locator("#signed-out-dialog")).to_be_visible()
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="Sign in (new tab)").click()
    tab = opened.value
    tab.get_by_label("E-mail").fill(ACCOUNTS["user"])
    tab.locator("input[name=password]").fill(PASSWORD)
    tab.get_by_role("button", name="Sign in").click()
    expect(tab.locator("h1")).to_have_text("You are signed in again")
    tab.close()
    expect(page.locator("#signed-out-dialog")).to_be_hidden()
    expect(since).to_have_value("6/1/2026")
    state(page)
    screenshot(page, "draft-start-360")
    assert too_wide(page) == []
    page.goto(address)
    assert (answer(page, PRIOR), answer(page, SINCE)) == (STREET, "6/1/2026")
    page.get_by_role("button", name="Finish").click()
    expect(page).to_have_url(re.compile(r"/enrollments/\d+/$"))


def test_two_people_at_one_form(open_page: OpenPage) -> None:
    mine = open_page("/clients/", "user", 768)
    address = begin(mine, "ottoline featherstonehaugh")
    other = open_page(address, "administrator", 768)
    choose(other, PRIOR, STREET)
    state(other)
    choose(mine, PRIOR, SHELTER)
    box = mine.get_by_role("group", name="Two answers")
    expect(box).to_contain_text("Place not meant for habitation")
    expect(box).to_contain_text("Emergency shelter")
    expect(mine.locator("[data-draft-editing]")).to_contain_text("is editing this form")
    screenshot(mine, "draft-conflict-768")
    assert accessibility_problems(mine) == []
    mine.get_by_role("button", name="Finish").click()
    expect(mine).to_have_url(address)  # not before the answer is chosen
    box.get_by_role("button", name="Keep mine").click()
    expect(box).to_have_count(0)
    state(mine)
    choose(other, PRIOR, "435")
    box = other.get_by_role("group", name="Two answers")
    box.get_by_role("button", name="Take theirs").click()
    assert answer(other, PRIOR) == SHELTER
    mine.get_by_role("button", name="Finish").click()
    expect(mine).to_have_url(re.compile(r"/enrollments/\d+/$"))
    choose(other, PRIOR, STREET)
    expect(other.locator("[data-draft-state]")).to_contain_text("finished elsewhere")
    assert {one.partition(" ")[0] for one in browser_problems(mine)} == {"409"}  # as the page was told
