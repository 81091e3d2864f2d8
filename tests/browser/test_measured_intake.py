"""How long an intake takes by keyboard alone, counted in a real browser; docs/how_to/intake.md tells it."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.checks import accessibility_problems, browser_problems, how_to_picture, screenshot, settle
from tests.browser.conftest import OpenPage
from tests.browser.typist import Cost, Typist

HOW_TO = Path(__file__).resolve().parents[2] / "docs" / "how_to" / "intake.md"
ADULT_SECONDS, FAMILY_SECONDS = 90, 8 * 60
#: The written figures are near enough to what is counted.
NEAR = 0.1

#: By the end of a question's name, the keys that answer it.
ANSWERS = {
    "races": "7", "sex": "2", "veteran_status": "n",
    "Enrollment-LivingSituation": "place not", "Enrollment-LengthOfStay": "2",
    "DateToStreetESSH": "6/1/2026", "TimesHomelessPastThreeYears": "1", "MonthsHomelessPastThreeYears": "6",
    "DisabilityResponse-5": "n", "DisabilityResponse-6": "n", "DisabilityResponse-7": "n",
    "DisabilityResponse-8": "n", "DisabilityResponse-9": "n", "DisabilityResponse-10": "1",
    "Enrollment-DisablingCondition": "n", "DomesticViolenceSurvivor": "n",
    "IncomeFromAnySource": "y", "IncomeBenefits-Earned": " ", "EarnedAmount": "1077.40",
    "BenefitsFromAnySource": "y", "IncomeBenefits-SNAP": " ", "InsuranceFromAnySource": "y",
    "IncomeBenefits-Medicaid": " ", "TranslationNeeded": "n", "EverOnActiveDuty": "n", "ReserveCalledUp": "n",
    "CountyOfStay": "henn", "ExtentOfHomelessness": "2", "LastPermanentState": "minn", "NeverCalledUp": "n",
    "LastPermanentCounty": "henn", "LastPermanentCity": "minneapolis",
}  # fmt: skip

MEMBERS = {
    "derek brookstone 5/1/80": "6017", "latoya brookstone 3/25/22": "5842",
    "reginald brookstone 8/2/24": "9318",
}  # fmt: skip


def told(who: str) -> dict[str, float]:
    """The figures of one line of the how-to."""
    line = next(one for one in HOW_TO.read_text(encoding="utf-8").splitlines() if one.startswith(f"| {who}"))
    figures = [float(one) for one in re.findall(r"[\d.]+", line.partition(who)[2])]
    return dict(zip(("keys", "decisions", "pages", "seconds"), figures, strict=True))


def near(cost: Cost, who: str) -> None:
    counted = {"keys": cost.keys, "decisions": cost.decisions, "pages": cost.pages, "seconds": cost.seconds}
    print(who, counted)
    assert counted == {name: pytest.approx(figure, rel=NEAR) for name, figure in told(who).items()}


def add(typist: Typist, said: str, last_four: str) -> None:
    """Search by the box that has the focus; nobody is right; add the person."""
    typist.write(said)
    with typist.page.expect_navigation():
        typist.press("Enter")
    typist.follow("Add a")
    typist.fill(ANSWERS | {"ssn": last_four}, after="veteran_status")
    typist.send()


def answer_about_sharing(typist: Typist, project: str) -> None:
    """By the question about sharing to the project."""
    typist.press("Shift+Tab")
    assert typist.focused()["text"] == "ask now"
    typist.follow("ask now")
    typist.press("Space", "Tab", "Tab", "Space")  # shares; all of it; signed on paper
    typist.cost.decisions += 3
    typist.send()
    typist.send()
    typist.write(project)
    typist.cost.decisions += 1


def test_w5_one_adult_into_a_shelter(open_page: OpenPage) -> None:
    page = open_page("/", "user")
    typist = Typist(page)
    add(typist, "zacharias whittlesea 7/19/82", "7391")
    answer_about_sharing(typist, "Quiet")
    typist.send()
    settle(page)
    left = typist.fill(ANSWERS, "Finish")
    screenshot(page, "intake-measured-adult-1440")
    how_to_picture(page, "intake_adult")
    assert accessibility_problems(page) == []
    typist.follow("Finish")
    expect(page.locator("main")).to_contain_text("Enrolled.")
    assert browser_problems(page) == []
    assert left == ["id_Local-TribeEnrolled"]
    assert typist.cost.seconds <= ADULT_SECONDS
    near(typist.cost, "One adult into a night-by-night shelter")


def test_w11_a_family_of_four_into_rapid_rehousing(open_page: OpenPage) -> None:
    page = open_page("/", "user")
    typist = Typist(page)
    add(typist, "imelda brookstone 3/14/82", "8264")
    answer_about_sharing(typist, "Rapid")
    typist.follow("Others present, too")
    for name, last_four in MEMBERS.items():
        typist.tab_to(name="q")
        add(typist, name, last_four)
    back_to_relationships(page)
    for key in "scc":
        typist.press("Tab")
        while not typist.focused()["name"].startswith("relation-"):
            typist.press("Tab")
        typist.press(key)
        typist.cost.decisions += 1
    screenshot(page, "intake-measured-household-1440")
    how_to_picture(page, "intake_household")
    typist.send()
    settle(page)
    left = typist.fill(ANSWERS, "Finish")
    screenshot(page, "intake-measured-family-1440")
    how_to_picture(page, "intake_family")
    assert accessibility_problems(page) == []
    typist.follow("Finish")
    expect(page.locator("main")).to_contain_text("4 clients enrolled.")
    assert browser_problems(page) == []
    assert {one.partition("-")[2] for one in left if "IncomeBenefits" not in one} == {"Local-TribeEnrolled"}
    assert typist.cost.seconds <= FAMILY_SECONDS
    near(typist.cost, "A family of four into rapid re-housing")


def back_to_relationships(page: Page) -> None:
    """The list stands above the box that has the focus: Shift+Tab leads there, as Tab from the top does."""
    page.evaluate("() => document.querySelector('h1').setAttribute('tabindex', '-1')")
    page.locator("h1").focus()
