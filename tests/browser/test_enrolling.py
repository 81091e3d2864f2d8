"""Enrolling a client and recording the exit, in a real browser at three widths."""

import re

from playwright.sync_api import Page, expect

from tests.browser.checks import accessibility_problems, browser_problems, screenshot, settle, too_wide
from tests.browser.conftest import OpenPage


def add(page: Page, name: str) -> None:
    page.locator("#id_q").press_sequentially(name, delay=10)
    page.get_by_role("link", name="Add a person").click()
    page.get_by_role("button", name="Add this person").click()
    expect(page).to_have_url(re.compile(r"/clients/\d+/$"))


def choose(page: Page, name: str, code: str) -> None:
    """Choose from a list, whether it is typed ahead or not."""
    page.locator(f"select[name='{name}']").evaluate(
        "(select, code) => { select.value = code;"
        " select.dispatchEvent(new Event('change', {bubbles: true})); }",
        code,
    )


def enroll(page: Page, project: str) -> None:
    page.get_by_role("link", name="Enroll in a project").click()
    page.locator("select[name=project]").evaluate(
        "(select, name) => { for (const one of select.options)"
        " if (one.text.startsWith(name)) select.value = one.value; }",
        project,
    )
    page.get_by_role("button", name="Go on").click()
    expect(page).to_have_url(re.compile(r"/clients/\d+/enroll/\d+/"))


def test_from_the_search_to_the_exit(open_page: OpenPage) -> None:
    names = {1440: "wilhelmina porterfield", 768: "bartholomew greengrass", 360: "philippa underwood"}
    for width, name in names.items():
        page = open_page("/clients/", "user", width)
        add(page, f"{name} 3/14/1985")
        enroll(page, "Invented")
        settle(page)
        screenshot(page, f"enroll-start-{width}")
        assert accessibility_problems(page) == []
        assert too_wide(page) == []
        hidden = page.locator("[data-gate][hidden]")
        before = hidden.count()
        assert before > 0
        choose(page, "Enrollment-LivingSituation", "435")
        expect(hidden).to_have_count(before - 1)
        the_total_is_counted_on(page)
        page.locator("[name='IncomeBenefits-InsuranceFromAnySource'][value='0'] + label").click()
        choose(page, "Enrollment-LivingSituation", "116")
        unlikely = page.locator(".hearth-unlikely")
        page.locator("[name='Enrollment-DateToStreetESSH']").fill("01/01/2019")
        page.locator("[name='Enrollment-TimesHomelessPastThreeYears'][value='2'] + label").click()
        expect(unlikely).to_contain_text("Homelessness began three years ago or earlier")
        unlikely.get_by_text("Yes, this is right").click()
        settle(page)
        screenshot(page, f"enroll-unlikely-{width}")
        assert accessibility_problems(page) == []
        page.get_by_role("button", name="Finish").click()
        expect(page).to_have_url(re.compile(r"/enrollments/\d+/$"))
        expect(page.locator("main")).to_contain_text("Enrolled.")
        page.get_by_role("link", name="Record the exit").click()
        settle(page)
        screenshot(page, f"enroll-exit-{width}")
        assert accessibility_problems(page) == []
        assert too_wide(page) == []
        page.get_by_role("button", name="Finish").click()
        expect(page.locator("main")).to_contain_text("on the day of entry, without a night")
        page.get_by_role("button", name="Finish").click()  # seen, and left as it is
        expect(page.locator("main")).to_contain_text("Exit recorded")
        if width == 1440:
            the_same_as_then(page)
        assert browser_problems(page) == []


def the_total_is_counted_on(page: Page) -> None:
    """While amounts are typed, of the sources that are ticked."""
    total = page.locator("[data-total]")
    expect(total).to_be_hidden()
    page.locator("[name='IncomeBenefits-IncomeFromAnySource'][value='1'] + label").click()
    expect(total).to_have_text("$0.00")
    for source, typed, said in (
        ("Earned", "$1,077.40", "$1,077.40"), ("SSI", "22.6", "$1,100.00"), ("TANF", "1e3", "–"),
    ):  # fmt: skip
        page.locator(f"[name='IncomeBenefits-{source}'] + label").click()
        page.locator(f"[name='IncomeBenefits-{source}Amount']").fill(typed)
        expect(total).to_have_text(said)
    page.locator("[name='IncomeBenefits-TANFAmount']").fill("")
    expect(total).to_have_text("$1,100.00")
    page.locator("[name='IncomeBenefits-TANF'] + label").click()
    expect(total).to_have_text("$1,100.00")


def the_same_as_then(page: Page) -> None:
    """What was answered in the stay before is offered, and typed by a press."""
    page.locator("nav[aria-label=Breadcrumbs] a").last.click()
    enroll(page, "Invented")
    insurance = page.locator("[name='IncomeBenefits-InsuranceFromAnySource'][value='0']")
    expect(insurance).not_to_be_checked()
    page.get_by_role("button", name=re.compile("The same as then.*Health Insurance")).click()
    expect(insurance).to_be_checked()
    settle(page)
    screenshot(page, "enroll-last-answers-1440")
    assert accessibility_problems(page) == []
