"""Signing on the screen: with the mouse, a finger, or the keyboard alone."""

from playwright.sync_api import Page, expect

from tests.browser.checks import accessibility_problems, screenshot
from tests.browser.conftest import OpenPage

#: Each has an answer by word whose signature is due; two of them sign in these tests.
SIGN = "/clients/{rosa}/papers/{document}/sign/"
DRAWS, TYPES = "/clients/{client}/papers/{document}/sign/", "/clients/{signer}/papers/{document}/sign/"
DRAWN = "() => document.querySelector('[data-sign-file]').files.length"


def draw(page: Page, strokes: int = 3) -> None:
    canvas = page.locator("[data-sign-canvas]")
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    assert box is not None
    for stroke in range(strokes):
        page.mouse.move(box["x"] + 20 + 40 * stroke, box["y"] + 20)
        page.mouse.down()
        page.mouse.move(box["x"] + 60 + 40 * stroke, box["y"] + box["height"] - 20, steps=6)
        page.mouse.up()


def test_a_drawn_signature_is_sent_with_the_form(open_page: OpenPage) -> None:
    page = open_page(DRAWS, "user")
    draw(page, 1)
    expect(page.locator("[data-sign-status]")).to_have_text("Signed. Clear the box to sign again.")
    assert page.evaluate(DRAWN) == 1
    assert accessibility_problems(page) == []
    screenshot(page, "client-sign-drawn")
    page.get_by_role("button", name="Clear the box").click()
    assert page.evaluate(DRAWN) == 0
    expect(page.locator("[data-sign-status]")).to_have_text("")
    draw(page)
    page.get_by_role("button", name="Store the signature").click()
    page.wait_for_url("**/papers/")
    expect(page.get_by_text("The signature was stored.")).to_be_visible()
    expect(page.get_by_role("link", name="Signature, PNG").first).to_be_visible()


def test_a_tap_is_no_signature(open_page: OpenPage) -> None:
    page = open_page(SIGN, "user")
    page.locator("[data-sign-canvas]").click()
    assert page.evaluate(DRAWN) == 0
    page.get_by_role("button", name="Store the signature").click()
    expect(page.locator("[data-error-summary]")).to_contain_text("Sign in the box, or type the name")
    assert accessibility_problems(page) == []


def test_a_finger_draws_and_does_not_scroll(open_page: OpenPage) -> None:
    page = open_page(SIGN, "user")
    drawn = page.evaluate(
        """() => {
          const canvas = document.querySelector("[data-sign-canvas]"), box = canvas.getBoundingClientRect();
          canvas.setPointerCapture = () => {};
          const send = (name, x, y) => canvas.dispatchEvent(new PointerEvent(name, {
            pointerId: 7, pointerType: "touch", clientX: box.left + x, clientY: box.top + y, bubbles: true}));
          send("pointerdown", 10, 10);
          for (let step = 1; step < 20; step += 1) send("pointermove", 10 + 5 * step, 10 + 3 * step);
          send("pointerup", 105, 67);
          return document.querySelector("[data-sign-file]").files.length;
        }"""
    )
    assert drawn == 1
    assert page.locator("[data-sign-canvas]").evaluate("e => getComputedStyle(e).touchAction") == "none"


def test_by_keyboard_alone(open_page: OpenPage) -> None:
    page = open_page(TYPES, "user")
    page.get_by_label("Type the name of the person who signs").focus()
    page.keyboard.type("Rosa Quill")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/papers/")
    expect(page.get_by_role("link", name="Signature, Text").first).to_be_visible()


def test_an_answer_is_looked_at_with_its_form_and_signed(open_page: OpenPage) -> None:
    """One flow: choose, see what it changes, read the release in the client's language, sign."""
    page = open_page("/clients/{rosa}/papers/answer/?method=signed_on_screen", "user")
    page.locator("label", has_text="Do not share").click()
    page.get_by_label("Form that it was given on").select_option(label="Spanish, version 1")
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_role("heading", name="What it changes")).to_be_visible()
    expect(page.get_by_text("Firme con un dedo")).to_be_visible()
    assert accessibility_problems(page) == []
    for width in (1440, 768, 360):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        screenshot(page, f"client-answer-check-{width}")
    draw(page)
    page.get_by_role("button", name="Record the answer").click()
    page.wait_for_url("**/papers/")
    expect(page.get_by_text("The answer is recorded.")).to_be_visible()
    expect(page.get_by_text("Do not share, ").first).to_be_visible()
