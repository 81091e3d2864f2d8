"""Adding a person in a real browser: from a search, by keyboard, at three widths, with whoever is alike."""

import re

from playwright.sync_api import Page, expect

from tests.browser.checks import accessibility_problems, browser_problems, screenshot, settle, too_wide
from tests.browser.conftest import OpenPage


def search(page: Page, words: str) -> None:
    page.locator("#id_q").press_sequentially(words, delay=10)
    expect(page).to_have_url(re.compile("/clients/found/"))
    expect(page.get_by_role("link", name="Add a person")).to_be_visible()


def test_by_keyboard_from_the_search_to_the_client(open_page: OpenPage) -> None:
    page = open_page("/clients/", "user", 1440)
    search(page, "zebulon quarterstaff 3/14/85")
    page.get_by_role("link", name="Add a person").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#id_first_name")).to_have_value("Zebulon")
    expect(page.locator("#id_birth_date")).to_have_value("03/14/1985")
    page.locator("#id_ssn").focus()
    page.keyboard.type("219094321")
    expect(page.locator("#id_ssn")).to_have_attribute("type", "text")
    page.keyboard.press("Tab")
    expect(page.locator("#id_ssn")).to_have_attribute("type", "password")
    page.locator("#id_races input").nth(6).focus()
    page.keyboard.press("Space")
    page.locator("#id_sex input").first.focus()
    page.keyboard.press("2")
    expect(page.get_by_label("Male", exact=True)).to_be_checked()
    page.locator("#id_veteran_status input").first.focus()
    page.keyboard.press("n")
    expect(page.locator("#id_veteran_status").get_by_label("No", exact=True)).to_be_checked()
    page.keyboard.press("Backspace")
    expect(page.locator("#id_veteran_status input:checked")).to_have_count(0)
    page.keyboard.press("d")
    expect(page.locator("#id_veteran_status input:checked")).to_have_count(1)
    page.get_by_role("button", name="Add this person").focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/clients/\d+/$"))
    expect(page.locator("main")).to_contain_text("Quarterstaff")
    expect(page.locator("main")).to_contain_text("The person was added")
    assert browser_problems(page) == []


def test_w4_whoever_is_alike_is_shown_while_typing(open_page: OpenPage) -> None:
    for width in (1440, 768, 360):
        page = open_page("/clients/", "user", width)
        search(page, "rosie quil")
        page.get_by_role("link", name="Add a person").click()
        page.locator("#id_birth_date").press_sequentially("2/29/1988", delay=10)
        expect(page.locator("#alike")).to_contain_text("Quill, Rosa Ana")
        expect(page.locator("#alike")).to_contain_text("same birth date")
        settle(page)
        screenshot(page, f"client-add-{width}")
        assert accessibility_problems(page) == []
        assert too_wide(page) == []
        page.get_by_role("button", name="Add this person").click()
        expect(page.locator("[data-error-summary]")).to_be_focused()
        screenshot(page, f"client-add-alike-{width}")
        assert accessibility_problems(page) == []
        assert browser_problems(page) == []


def test_reload_and_back_keep_what_was_typed(open_page: OpenPage) -> None:
    page = open_page("/clients/", "user", 1440)
    search(page, "philippa quillfeather")
    page.get_by_role("link", name="Add a person").click()
    with page.expect_response(lambda one: one.request.method == "POST" and one.status == 204):
        page.locator("#id_sex input").first.focus()
        page.keyboard.press("1")
    with page.expect_response(lambda one: one.request.method == "POST" and one.status == 200):
        page.locator("#id_birth_date").press_sequentially("3/14/85", delay=10)
    page.keyboard.press("Enter")  # in a field: nothing is added
    page.reload()
    expect(page.locator("main")).to_contain_text("What you typed before is back")
    expect(page.locator("#id_birth_date")).to_have_value("3/14/85")
    expect(page.locator("#id_sex").get_by_label("Female", exact=True)).to_be_checked()
    for width in (1440, 768, 360):
        page.set_viewport_size({"width": width, "height": 800})
        screenshot(page, f"client-add-back-{width}")
        assert too_wide(page) == []
    assert accessibility_problems(page) == []
    page.goto("/clients/")
    page.go_back()
    expect(page.locator("#id_birth_date")).to_have_value("3/14/85")
    page.get_by_role("button", name="Begin again from the search").click()
    expect(page.locator("#id_birth_date")).to_have_value("")
    expect(page.locator("#id_first_name")).to_have_value(re.compile("Philip"))
    assert browser_problems(page) == []


def test_without_scripts(open_page: OpenPage) -> None:
    page = open_page("/clients/", "user", 1440, java_script_enabled=False)
    page.locator("#id_q").fill("rosa quil 2/29/1988")
    page.get_by_role("button", name="Search").click()
    page.get_by_role("link", name="Add a person").click()
    page.get_by_role("button", name="Add this person").click()
    expect(page.get_by_label("Not the same person as Quill, Rosa Ana")).to_be_visible()


def test_two_people_correct_the_same_person(open_page: OpenPage) -> None:
    page = open_page("/clients/", "user", 1440)
    search(page, "rosa quil 2/29/1988")
    page.locator("#search-results a").first.click()
    page.get_by_role("link", name="Edit identity").click()
    address = page.url.partition("//")[2].partition("/")[2]
    other = open_page(f"/{address}", "user", 360)
    other.locator("#id_middle_name").fill("Ana Sofía")
    other.get_by_role("button", name="Save").click()
    expect(other.locator("main")).to_contain_text("The changes were saved")
    page.locator("#id_middle_name").fill("Anna")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("main")).to_contain_text("Rosa Ana Sofía Quill")
    for width in (1440, 768, 360):
        page.set_viewport_size({"width": width, "height": 900})
        settle(page)
        screenshot(page, f"client-edit-both-{width}")
        assert accessibility_problems(page) == []
        assert too_wide(page) == []
    page.get_by_text("As it is stored now").click()
    page.get_by_role("button", name="Save").click()
    expect(page.locator("main")).to_contain_text("Nothing was changed")
    assert browser_problems(page) == []
