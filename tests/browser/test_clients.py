"""Finding a client in a real browser: as one types, by keyboard, page by page; nothing in the address."""

import re

from playwright.sync_api import expect

from tests.browser.checks import accessibility_problems, browser_problems, screenshot, settle, too_wide
from tests.browser.conftest import OpenPage


def test_search_as_you_type(open_page: OpenPage) -> None:
    for width in (360, 768, 1440):
        page = open_page("/clients/", "user", width)
        page.locator("#id_q").press_sequentially("rosa qill 2/29/88", delay=15)
        expect(page.locator("#search-results tbody tr").first).to_contain_text("Quill, Rosa Ana")
        expect(page.locator("#search-results")).to_contain_text("same birth date")
        settle(page)
        screenshot(page, f"client-found-{width}")
        assert accessibility_problems(page) == []
        assert too_wide(page) == []
        assert browser_problems(page) == []
        assert "/clients/found/" in page.url
        assert page.title().startswith("Search results |")
        assert "rosa" not in page.url + page.title()


def test_back_and_reload_bring_the_results_again(open_page: OpenPage) -> None:
    page = open_page("/clients/", "user", 1440)
    page.locator("#id_q").press_sequentially("rosa quill", delay=15)
    link = page.get_by_role("link", name="Quill, Rosa Ana")
    expect(page).to_have_url(re.compile("/clients/found/"))
    link.click()
    expect(page.locator("#client-ssn")).to_be_visible()
    page.go_back()
    expect(link).to_be_visible()
    expect(page.locator("#id_q")).to_have_value("rosa quill")
    page.reload()
    expect(link).to_be_visible()
    assert browser_problems(page) == []


def test_without_scripts(open_page: OpenPage) -> None:
    page = open_page("/", "user", 1440, java_script_enabled=False)
    page.locator("#home-search").fill("rosa quill")
    page.get_by_role("button", name="Search").click()
    page.get_by_role("link", name="Quill, Rosa Ana").click()
    page.go_back()
    expect(page.get_by_role("link", name="Quill, Rosa Ana")).to_be_visible()
    expect(page.locator("#id_q")).to_have_value("rosa quill")


def test_pages_and_nobody(open_page: OpenPage) -> None:
    page = open_page("/clients/", "user", 1440)
    page.locator("#id_q").fill("quillan")
    expect(page.locator("#search-results tbody tr")).to_have_count(25)
    screenshot(page, "clients-many-1440")
    page.get_by_role("link", name="Page 2").click()
    expect(page.get_by_role("link", name="Page 2")).to_have_attribute("aria-current", "page")
    assert page.url.endswith("/?page=2")
    page.locator("#id_q").fill("wwwwqqqq")
    expect(page.get_by_role("heading", name="Nobody was found")).to_be_visible()
    assert accessibility_problems(page) == []
    page.set_viewport_size({"width": 360, "height": 800})
    screenshot(page, "clients-nobody-360")
    assert too_wide(page) == []


def test_ssn_on_demand(open_page: OpenPage) -> None:
    page = open_page("/clients/", "user", 1440)
    page.locator("#id_q").fill("6789")
    page.get_by_role("link", name="Quill, Rosa Ana").click()
    expect(page.locator("#client-ssn")).to_contain_text("•••-••-6789")
    page.locator("#client-ssn button").click()
    expect(page.locator("#client-ssn")).to_have_text("900-45-6789")
    assert accessibility_problems(page) == []
    assert browser_problems(page) == []
