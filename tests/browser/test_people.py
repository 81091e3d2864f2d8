"""Administering people in a browser, by keyboard: find one, give and end a grant, add one, check a sheet."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.checks import accessibility_problems, browser_problems, screenshot, too_wide
from tests.browser.conftest import OpenPage


def looked_at(page: Page, name: str) -> None:
    screenshot(page, name)
    assert accessibility_problems(page) == []
    assert too_wide(page) == []


@pytest.mark.parametrize("width", [360, 768, 1440])
def test_a_grant_is_found_given_and_ended(open_page: OpenPage, width: int) -> None:
    page = open_page("/people/", "administrator", width)
    page.get_by_label("Name or e-mail").fill("lou locked")
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="Lou Locked", exact=True)).to_be_visible()
    assert "lou" not in page.url.lower()
    looked_at(page, f"people-found-{width}")
    page.get_by_role("link", name="Lou Locked", exact=True).press("Enter")
    page.get_by_role("link", name="Give a grant").press("Enter")
    page.get_by_role("link", name=re.compile("Choose where.*HMIS user")).press("Enter")
    where = page.get_by_role("combobox", name="Where")
    where.focus()
    page.keyboard.type("Invented Night")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.get_by_label("Reason").fill(f"help at {width}")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Give this grant?")
    expect(page.get_by_text(re.compile("Sees .* of 1 project"))).to_be_visible()
    looked_at(page, f"people-preview-{width}")
    page.get_by_role("button", name="Give this grant").press("Enter")
    expect(page.get_by_text("Lou Locked is HMIS user now")).to_be_visible()
    looked_at(page, f"people-given-{width}")
    page.get_by_text("What Lou Locked may do").press("Enter")
    expect(page.get_by_text("see enrollments and all")).to_be_visible()
    page.get_by_role("link", name=re.compile("End the grant HMIS user")).press("Enter")
    page.get_by_label("Reason").fill("done")
    page.keyboard.press("Enter")
    expect(page.get_by_text("The grant is ended: HMIS user")).to_be_visible()
    expect(page.get_by_text(re.compile(r"Ended grants \("))).to_be_visible()
    assert browser_problems(page) == []


def test_one_is_added_and_a_sheet_is_checked(open_page: OpenPage) -> None:
    page = open_page("/people/new/?role=auditor", "administrator", 360)
    page.get_by_label("E-mail").fill("nia@example.org")
    page.get_by_label("Name", exact=False).first.fill("Nia New")
    page.get_by_label("Reason").fill("audit")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Add this person?")
    looked_at(page, "people-add-preview-360")
    page.get_by_role("button", name="Add this person").press("Enter")
    expect(page.locator("h1")).to_have_text("Nia New")
    page.goto("/people/new/many/")
    head = "E-mail,Name,Role,Organization,Reason\n"
    for lines, said in (
        ("x,=1+1,king,,\n", "Nobody was added"),
        ("ned@example.org,Ned,hmis_user,Invented Shelter Alliance,new\n", "Add this person"),
    ):
        page.get_by_label("Spreadsheet").set_input_files(
            {"name": "people.csv", "mimeType": "text/csv", "buffer": (head + lines).encode()}
        )
        page.get_by_role("button", name="Check it").press("Enter")
        expect(page.get_by_text(said)).to_be_visible()
        looked_at(page, f"people-sheet-{said[:3]}-360")
        if again := page.get_by_role("link", name="Send it again").all():
            again[0].press("Enter")
    page.get_by_role("button", name="Add this person").press("Enter")
    expect(page.get_by_text("1 person added")).to_be_visible()
    assert browser_problems(page) == []


@pytest.mark.parametrize("width", [360, 768, 1440])
def test_agreements_are_read_recorded_and_published(open_page: OpenPage, width: int) -> None:
    page = open_page("/account/requirements/", "user", width)
    expect(page.get_by_text("Not asked for yet").first).to_be_visible()
    looked_at(page, f"requirements-own-{width}")
    page.get_by_role("link", name=re.compile("Read and sign")).press("Enter")
    expect(page.get_by_text("I use this system for my work only", exact=False)).to_be_visible()
    page.get_by_role("button", name="Sign it").press("Enter")
    expect(page.get_by_text("Your name").first).to_be_visible()
    looked_at(page, f"requirements-sign-{width}")
    for name, path in (
        ("kinds", "/people/requirements/"),
        ("publish", "/people/requirements/user_agreement/"),
        ("organizations", "/people/organizations/"),
        ("organization", "/people/organizations/{organization}/"),
        ("record", "/people/{person}/requirements/privacy_training/"),
    ):
        looked_at(open_page(path, "administrator", width), f"requirements-{name}-{width}")
    page.close()


@pytest.mark.parametrize("width", [360, 768, 1440])
def test_a_group_of_projects_is_made_and_filled(open_page: OpenPage, width: int) -> None:
    page = open_page("/people/groups/", "administrator", width)
    page.get_by_label("Name").fill(f"Group at {width}")
    page.keyboard.press("Enter")
    expect(page.get_by_text("No project in it yet")).to_be_visible()
    where = page.get_by_role("combobox", name="Project")
    where.focus()
    page.keyboard.type("Invented")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Put it in").press("Enter")
    expect(page.get_by_text("is in the group now")).to_be_visible()
    looked_at(page, f"group-{width}")
    page.get_by_role("button", name=re.compile("Take out")).press("Enter")
    expect(page.get_by_text("is taken out of the group")).to_be_visible()
    looked_at(open_page("/people/groups/", "administrator", width), f"groups-{width}")
    looked_at(open_page("/people/{person}/", "administrator", width), f"person-requirements-{width}")
