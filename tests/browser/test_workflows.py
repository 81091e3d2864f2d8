"""What users of Minnesota's HMIS do in the middle of a stay, workflow by workflow, in a real browser.

Of the others, W4 stands in `test_intake.py`, W5 and W11 in `test_measured_intake.py`, W9 in
`test_household.py` and W12 in `test_drafts.py`. Not there yet: services, notes, goals, files, bed nights.
"""

import re
from datetime import timedelta

from django.utils import timezone
from playwright.sync_api import Page, expect

from tests.browser.checks import accessibility_problems, browser_problems, screenshot, settle, too_wide
from tests.browser.conftest import OpenPage
from tests.browser.test_enrolling import add, choose, enroll

_STAY = re.compile(r"/enrollments/\d+/$")


def look(page: Page, name: str) -> None:
    settle(page)
    screenshot(page, f"{name}-1440")
    assert accessibility_problems(page) == []
    assert too_wide(page) == []


def typed(days_ago: int) -> str:
    """A day as people type it."""
    day = timezone.localdate() - timedelta(days=days_ago)
    return f"{day.month}/{day.day}/{day.year}"


def finish(page: Page, said: str) -> None:
    page.get_by_role("button", name="Finish").click()
    expect(page).to_have_url(_STAY)
    expect(page.locator("main")).to_contain_text(said)


def test_w8_a_project_with_the_money_that_decides_what_is_asked(open_page: OpenPage) -> None:
    """No mode comes before the project; its grants count for all, local money for this household."""
    page = open_page("/clients/", "user")
    add(page, "lysander hathersage 11/2/1979")
    enroll(page, "Steady")
    expect(page.locator("main")).to_contain_text("Of the project, for all its households")
    asked = page.locator("[name='Local-FHPAPFundingType']").first
    expect(asked).to_be_hidden()
    page.get_by_text("Programs of the state and the counties").click()
    page.locator("[name='LocalProgram-FHPAP'] + label").click()
    expect(asked).to_be_visible()
    look(page, "workflow-money")
    page.get_by_role("button", name="Finish").click()
    expect(page.locator("[data-error-summary]")).to_contain_text("CoC")  # it works in two
    choose(page, "coc", "MN-501")
    finish(page, "Enrolled.")
    expect(page.locator("main")).to_contain_text("Family Homeless Prevention")
    assert browser_problems(page) == []


def test_w10_the_move_in_is_a_task_of_its_own(open_page: OpenPage) -> None:
    page = open_page("/enrollments/{leaving_stay}/household/", "user")
    page.get_by_role("link", name=re.compile("Move-in")).first.click()
    day = page.locator("[name='Enrollment-MoveInDate']")
    day.fill(typed(90))  # before the start
    page.get_by_role("button", name="Finish").click()
    expect(page.locator("[data-error-summary]")).to_contain_text("before the start")
    look(page, "workflow-move-in")
    day.fill(typed(30))
    finish(page, "Move-in")
    page.get_by_role("link", name="All of the household").click()
    expect(page.get_by_role("link", name=re.compile("Move-in"))).to_have_count(0)
    assert browser_problems(page) == []


def test_w13_an_annual_assessment_of_a_household(open_page: OpenPage) -> None:
    """Due around the head's anniversary; "nothing has changed" is one press; a day outside is asked about.
    Turning 18 and a missed assessment are shown where they are due (`test_due.py`)."""
    page = open_page("/enrollments/{year_stay}/household/", "user")
    page.get_by_role("link", name=re.compile("Annual assessment")).last.click()
    page.go_back()
    page.get_by_role("link", name="Annual assessment", exact=True).first.click()
    expect(page.locator("details.hearth-person")).to_have_count(3)
    page.get_by_role("button", name="Nothing has changed for anybody").click()
    expect(page.locator("[name$='IncomeBenefits-EarnedAmount']").first).to_have_value(re.compile("800"))
    look(page, "workflow-annual")
    page.locator("[name='day']").fill(typed(200))
    page.get_by_role("button", name="Finish").click()
    expect(page.get_by_text("Yes, this is right").first).to_be_visible()
    page.locator("[name='day']").fill(typed(0))
    finish(page, "Annual assessment of")
    assert browser_problems(page) == []


def test_w15_a_contact_and_the_engagement(open_page: OpenPage) -> None:
    """Each contact is dated by itself, the engagement once."""
    page = open_page("/enrollments/{street_stay}/", "user")
    page.get_by_role("link", name="Contact", exact=True).click()
    page.locator("[name='CurrentLivingSituation-InformationDate']").fill(typed(10))
    choose(page, "CurrentLivingSituation-CurrentLivingSituation", "116")
    look(page, "workflow-contact")
    finish(page, "Contact")
    page.get_by_role("link", name="Date of engagement").last.click()
    page.locator("[name='Enrollment-DateOfEngagement']").fill(typed(10))
    look(page, "workflow-engagement")
    finish(page, "engagement")
    assert browser_problems(page) == []


def test_w17_the_head_leaves_and_the_others_stay(open_page: OpenPage) -> None:
    """Not left without a head: another is chosen first, by a guided action; then one leaves alone."""
    page = open_page("/enrollments/{leaving_stay}/", "user")
    page.get_by_role("link", name="Record the exit").click()
    for name in ("Thaddeus Dunmore", "Una Dunmore"):
        page.locator("fieldset").filter(has_text="Who leaves on this day").get_by_text(name).click()
    page.get_by_role("button", name="Finish").click()
    expect(page.locator("[data-error-summary]")).to_contain_text("cannot leave the others behind")
    look(page, "workflow-exit")
    page.get_by_role("link", name="choose another head", exact=True).click()
    page.get_by_text("Thaddeus Dunmore", exact=True).first.click()
    page.get_by_label(re.compile("Severina Dunmore is to the new head")).select_option(
        label="Spouse or partner"
    )
    page.get_by_role("button", name="Look at the changes").click()
    look(page, "workflow-head")
    page.get_by_role("button", name="Make these changes").click()
    expect(page.locator("main")).to_contain_text("The head of household was changed")
    page.get_by_role("link", name="Record the exit").click()
    page.get_by_role("button", name="Finish").click()
    expect(page.locator("main")).to_contain_text("Exit of 1 client recorded")
    assert browser_problems(page) == []


def test_w18_a_wrong_start_is_put_right_and_taken_back(open_page: OpenPage) -> None:
    page = open_page("/enrollments/{wrong_stay}/", "user")
    page.get_by_text("Put something right").click()
    page.get_by_role("link", name="Correct the start date").click()
    page.locator("[name='day']").fill(typed(70))
    page.get_by_role("button", name="Look at the changes").click()
    expect(page.locator("main")).to_contain_text("Casimir Ellsworth")  # who started on the same day
    look(page, "workflow-start")
    page.get_by_role("button", name="Make these changes").click()
    expect(page.locator("main")).to_contain_text("The start date was corrected")
    page.get_by_text("Put something right").click()
    page.get_by_role("link", name="Undo my last change").click()
    expect(page.locator("main")).to_contain_text("What would be changed")  # shown at once
    look(page, "workflow-undo")
    page.get_by_role("button", name="Make these changes").click()
    expect(page.locator("main")).to_contain_text("Your last change was undone")
    assert browser_problems(page) == []
