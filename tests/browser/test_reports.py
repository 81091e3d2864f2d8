"""A report in a real browser: asked for on the page, made by a real worker, opened to the people behind a
number, compared with an earlier one; by mouse, by keyboard, and without scripts."""

import re
import subprocess
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from hearth.server import processes
from tests.browser.checks import accessibility_problems, browser_problems, screenshot, settle, too_wide
from tests.browser.conftest import OpenPage
from tests.browser.site import Site
from tests.browser.test_keyboard import focused, has_visible_focus, tab_to

WITHIN = 180_000  # milliseconds; other work may run beside the tests


@pytest.fixture
def worker(site: Site) -> Iterator[None]:
    """A worker as `hearth worker` starts it."""
    with (site.log.parent / "worker.log").open("wb") as log:
        running = subprocess.Popen(processes.worker_command(1), env=site.environment, stdout=log, stderr=log)
        yield
        running.terminate()
        try:
            running.wait(timeout=30)
        except subprocess.TimeoutExpired:
            running.kill()
            running.wait()


def check(page: Page, name: str) -> None:
    settle(page)
    screenshot(page, name)
    assert accessibility_problems(page) == []
    assert too_wide(page) == []
    assert browser_problems(page) == []


def test_from_the_question_to_the_people(open_page: OpenPage, worker: None) -> None:
    page = open_page("/reports/", "administrator")
    page.get_by_role("link", name="Start Longitudinal System Analysis of a CoC").click()
    page.get_by_label("Continuum of Care").select_option("MN-500")
    page.get_by_label("First day").fill("2025-10-01")
    page.get_by_label("Last day").fill("2026-09-30")
    page.get_by_role("button", name="Run the report").click()
    expect(page.get_by_role("button", name="Cancel the report")).to_be_visible()
    expect(page.get_by_role("link", name="people served")).to_be_visible(timeout=WITHIN)
    check(page, "report-made-1440")
    people = int(page.locator(".hearth-figure__value").first.inner_text())
    assert people > 10
    with page.expect_download() as download:
        page.get_by_role("link", name="Download for HDX").click()
    assert download.value.suggested_filename == "lsa-MN-500-2025-10-01.zip"

    page.get_by_text("Files of the upload").first.click()
    page.get_by_role("link", name="rows of LSAPerson").click()
    page.get_by_role("link", name=re.compile(r"^Row 1\b")).first.click()
    page.get_by_text(re.compile(r"^Section 5\.15")).first.click()
    expect(page.locator(".hearth-list .hearth-cells dt").first).to_be_visible()
    check(page, "report-opened-1440")
    page.set_viewport_size({"width": 360, "height": 800})
    check(page, "report-opened-360")
    page.set_viewport_size({"width": 1440, "height": 900})
    member = page.locator(".hearth-list tbody th a").first
    name = member.inner_text()
    assert name.split(",")[0] not in page.url
    member.click()
    expect(page.locator("h1")).to_contain_text(name.split(",")[0])

    page.go_back()
    page.get_by_role("navigation", name="Breadcrumbs").get_by_role("link", name="LSA MN-500").click()
    page.get_by_label("Report", exact=True).select_option(index=0)
    page.get_by_role("button", name="Compare").click()
    expect(page.get_by_role("heading", name="Comparison of two reports")).to_be_visible()
    expect(page.get_by_role("heading", name="Clients whose records or results changed")).to_be_visible()
    check(page, "report-compared-1440")


def test_rows_are_filtered_as_one_chooses(open_page: OpenPage) -> None:
    page = open_page("/reports/{report}/rows/LSAHousehold/", "administrator")
    before = page.locator(".hearth-list__count").inner_text()
    page.get_by_role("combobox", name="Household type").select_option("2")
    expect(page.locator(".hearth-list__count")).not_to_have_text(before)
    check(page, "report-rows-filtered-1440")
    assert "HHType=2" in page.url


def test_projects_are_found_and_chosen_by_keyboard(open_page: OpenPage) -> None:
    page = open_page("/reports/new/lsa-projects/", "administrator")
    options = page.locator("[data-choose-option]:visible")
    every = options.count()
    page.get_by_label("Find a project or an organization").focus()
    page.keyboard.type("invented night")
    expect(options).to_have_count(1)
    assert every > 5
    page.keyboard.press("Enter")  # searches, and does not send the form
    for _ in range(3):
        page.keyboard.press("Tab")
        if page.evaluate("() => document.activeElement.type") == "checkbox":
            break
    page.keyboard.press("Space")
    expect(page.locator("[data-choose-status]")).to_have_text("1 chosen, 1 listed")
    check(page, "report-projects-chosen-1440")
    tab_to(page, "Run the report", limit=6)
    assert focused(page) == "Run the report"


def test_projects_of_an_export_are_chosen_by_thumb_and_keyboard(open_page: OpenPage) -> None:
    page = open_page("/exchange/exports/", "administrator", 360)
    page.get_by_label("Find a project or an organization").fill("invented night")
    expect(page.locator("[data-choose-option]:visible")).to_have_count(1)
    page.locator("label", has_text="Invented Night Shelter").click()
    expect(page.locator("[data-choose-status]")).to_have_text("1 chosen, 1 listed")
    page.keyboard.press("Space")
    expect(page.locator("[data-choose-status]")).to_have_text("0 chosen, 1 listed")
    check(page, "export-projects-chosen-360")


def test_projects_can_be_chosen_without_scripts(open_page: OpenPage) -> None:
    page = open_page("/reports/new/lsa-projects/", "administrator", 360, java_script_enabled=False)
    expect(page.get_by_label("Find a project or an organization")).to_be_hidden()
    expect(page.get_by_role("checkbox").first).to_be_attached()
    page.locator("label", has_text="Invented Night Shelter").click()
    page.get_by_label("Continuum of Care").select_option("MN-500")
    page.get_by_label("Last day").fill("2020-01-01")
    page.get_by_role("button", name="Run the report").click()
    expect(page.locator("[data-error-summary]")).to_contain_text("The last day is before the first day")
    expect(page.get_by_label(re.compile("Invented Night Shelter"))).to_be_checked()


def test_a_report_at_work_can_be_cancelled_by_keyboard(open_page: OpenPage) -> None:
    # A report of its own: a worker that another test starts looks after those that wait already.
    page = open_page("/reports/new/lsa-systemwide/", "administrator", 360)
    page.get_by_label("Continuum of Care").select_option("MN-500")
    page.get_by_label("First day").fill("2025-10-01")
    page.get_by_label("Last day").fill("2026-09-30")
    page.get_by_role("button", name="Run the report").click()
    page.get_by_role("button", name="Cancel the report").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Cancelled")).to_be_visible()
    check(page, "report-cancelled-360")


def test_a_list_behind_a_figure_by_keyboard(open_page: OpenPage) -> None:
    """From the figure to its people: filtered, sorted, searched and taken along without a mouse."""
    page = open_page("/reports/{report}/", "administrator")
    page.get_by_role("link", name=re.compile(r"people served$")).press("Enter")
    expect(page.locator("h1")).to_have_text("People served")
    count = page.locator(".hearth-list__count")
    before = count.inner_text()
    page.get_by_role("combobox", name="Organization").focus()
    page.keyboard.press("Tab")
    assert has_visible_focus(page)
    assert page.evaluate("() => document.activeElement.name") == "project"
    page.keyboard.press("ArrowDown")
    expect(count).not_to_have_text(before)
    chips = page.get_by_role("list", name="Chosen filters")
    expect(chips.get_by_role("link").first).to_contain_text("Project:")
    assert "project=" in page.url

    # the focus stays on the head that was used
    page.locator("#list-sort-client").focus()
    page.keyboard.press("Enter")
    expect(page.locator("th[aria-sort=ascending]")).to_contain_text("Client")
    assert page.evaluate("() => document.activeElement.id") == "list-sort-client"
    assert "sort=client" in page.url and "project=" in page.url
    page.keyboard.press("Enter")
    expect(page.locator("th[aria-sort=descending]")).to_contain_text("Client")
    # Here and not before: taking a picture leaves style attributes, which htmx would copy to the next part.
    check(page, "report-list-filtered-1440")

    name = page.locator("tbody th a").first.inner_text().split(",")[0]
    page.get_by_label("Search this list by name or client ID").fill(name.lower())
    page.keyboard.press("Enter")
    expect(chips.get_by_text(f"Search: {name.lower()}")).to_be_visible()
    assert name.lower() not in page.url.lower() and "found=" in page.url
    assert "project=" in page.url
    check(page, "report-list-searched-1440")
    with page.expect_download() as download:
        page.get_by_role("link", name="Excel of this list").press("Enter")
    assert download.value.suggested_filename.endswith("-list.xlsx")

    page.locator("tbody th a").first.press("Enter")
    expect(page.locator("h1")).to_contain_text(name)
    page.go_back()  # Back restores filters, order and search
    expect(chips.get_by_role("link")).to_have_count(3)
    expect(page.get_by_role("combobox", name="Project")).not_to_have_value("")
    chips.get_by_role("link", name="Clear all").press("Enter")
    expect(count).to_have_text(before)


def test_many_choices_are_typed_ahead(open_page: OpenPage) -> None:
    page = open_page("/reports/{report}/rows/LSACalculated/", "administrator")
    count = page.locator(".hearth-list__count")
    before = count.inner_text()
    row = page.get_by_role("combobox", name="Row")
    row.fill("bed nights")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(count).not_to_have_text(before)
    check(page, "report-list-typed-ahead-1440")
    assert "ReportRow=" in page.url


def test_a_list_without_scripts(open_page: OpenPage) -> None:
    page = open_page("/reports/{report}/figures/people/", "administrator", 360, java_script_enabled=False)
    page.get_by_role("combobox", name="Project").select_option(index=1)
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_role("list", name="Chosen filters")).to_be_visible()
    page.get_by_text("Sort", exact=True).click()
    page.get_by_role("link", name="Entry").click()
    expect(page.locator("th[aria-sort=ascending]")).to_have_count(1)
    page.get_by_role("combobox", name="Organization").select_option(index=1)
    page.get_by_role("button", name="Show").click()
    assert "sort=entry" in page.url and "project=" in page.url and "organization=" in page.url
