"""A passkey from adding it to removing it, with the authenticator that Chromium plays (WebAuthn over CDP)."""

import json
import os
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, CDPSession, Page, expect

from tests.browser.checks import accessibility_problems, browser_problems, screenshot, settle, too_wide, watch
from tests.browser.conftest import OpenPage, sign_in
from tests.browser.seed import ACCOUNTS, PASSWORD
from tests.browser.site import Site

EMAIL = ACCOUNTS["passkey"]


@pytest.fixture
def context(browser: Browser, site: Site) -> Iterator[BrowserContext]:
    """Under a name: browsers make no passkeys for 127.0.0.1."""
    address = site.address.replace("127.0.0.1", "localhost")
    opened = browser.new_context(base_url=address, reduced_motion="reduce")
    yield opened
    opened.close()


def authenticator(page: Page) -> tuple[CDPSession, str]:
    """A device with a finger on it; it keeps passkeys."""
    cdp = page.context.new_cdp_session(page)
    cdp.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": True,
        "hasUserVerification": True, "isUserVerified": True, "automaticPresenceSimulation": True,
    }  # fmt: skip
    return cdp, cdp.send("WebAuthn.addVirtualAuthenticator", {"options": options})["authenticatorId"]


def looked_at(page: Page, name: str) -> None:
    for width in (768, 1440, 360) if os.environ.get("HEARTH_PICTURES") else (360,):
        page.set_viewport_size({"width": width, "height": 900})
        settle(page)
        screenshot(page, f"{name}-{width}")
        assert too_wide(page) == []
    assert accessibility_problems(page) == []
    assert browser_problems(page) == []


def test_a_passkey_from_adding_to_removing(context: BrowserContext) -> None:
    page = context.new_page()
    watch(page)
    cdp, device = authenticator(page)
    sign_in(page, EMAIL)
    page.goto("/account/two-step/")
    looked_at(page, "two-step-none")
    page.get_by_role("link", name="Add a passkey").click()
    expect(page.locator("h1")).to_have_text("Confirm that it is you")
    page.locator("input[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="Confirm").click()
    expect(page.locator("h1")).to_have_text("Add a passkey")
    looked_at(page, "passkey-add")
    page.locator("input[name=name]").fill("Work laptop")
    page.get_by_role("button", name="Add the passkey").click()
    expect(page.locator("h1")).to_have_text("Recovery codes")
    expect(page.get_by_text("The passkey is added.")).to_be_visible()
    page.goto("/account/two-step/webauthn/")
    expect(page.get_by_role("row", name="Work laptop")).to_contain_text("Alone, or after the password")
    looked_at(page, "passkeys")
    page.goto("/account/two-step/")
    looked_at(page, "two-step-passkey")

    # A second one on the same device is refused there, in words.
    page.goto("/account/two-step/webauthn/add/")
    page.get_by_role("button", name="Add the passkey").click()
    expect(page.locator("[data-passkey-said]")).to_have_text(
        "This device has a passkey for your account already."
    )
    assert accessibility_problems(page) == []

    # Asked again, by passkey instead of the password.
    page.goto("/account/two-step/webauthn/reauthenticate/?next=/account/two-step/")
    looked_at(page, "passkey-confirm")
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.locator("h1")).to_have_text("Two-step sign-in")

    page.goto("/account/two-step/webauthn/")
    page.get_by_role("link", name="Rename Work laptop").click()
    looked_at(page, "passkey-rename")
    page.locator("input[name=name]").fill("Old laptop")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("row", name="Old laptop")).to_be_visible()

    # Alone, back to the page that was asked for.
    context.clear_cookies()
    page.goto("/account/login/?next=/help/keyboard/")
    looked_at(page, "sign-in-passkey")
    page.get_by_role("button", name="Use a passkey instead").click()
    expect(page).to_have_url(f"{page.evaluate('location.origin')}/help/keyboard/")
    page.goto("/account/")
    expect(page.get_by_text(EMAIL)).to_be_visible()

    # As the second step.
    context.clear_cookies()
    sign_in(page, EMAIL)
    expect(page.locator("h1")).to_have_text("Second step")
    looked_at(page, "second-step-passkey")
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.locator("h1")).to_have_text("Home")

    # The wrong finger: nobody is let in, and it is said.
    context.clear_cookies()
    cdp.send("WebAuthn.setUserVerified", {"authenticatorId": device, "isUserVerified": False})
    page.goto("/account/login/")
    page.get_by_role("button", name="Use a passkey instead").click()
    expect(page.locator("[data-passkey-said]")).to_contain_text("No passkey was used")
    cdp.send("WebAuthn.setUserVerified", {"authenticatorId": device, "isUserVerified": True})
    page.get_by_role("button", name="Use a passkey instead").click()
    expect(page.locator("h1")).to_have_text("Home")

    page.goto("/account/two-step/webauthn/")
    page.get_by_role("link", name="Remove Old laptop").click()
    expect(page.locator("h1")).to_have_text("Confirm that it is you")
    page.locator("input[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="Confirm").click()
    expect(page.locator("h1")).to_have_text("Remove a passkey")
    looked_at(page, "passkey-remove")
    page.get_by_role("button", name="Remove").click()
    expect(page.get_by_text("The passkey is removed.")).to_be_visible()

    # It opens nothing any more, though the device still has it.
    context.clear_cookies()
    page.goto("/account/login/")
    page.get_by_role("button", name="Use a passkey instead").click()
    expect(page.get_by_text("The passkey was not accepted.")).to_be_visible()
    expect(page.locator("h1")).to_have_text("Sign in")


def test_an_answer_that_was_recorded_opens_nothing(context: BrowserContext) -> None:
    """A passkey answers one question; the same answer to the next is refused."""
    page = context.new_page()
    authenticator(page)
    sign_in(page, ACCOUNTS["recorded"])
    page.goto("/account/two-step/webauthn/add/")
    page.locator("input[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="Confirm").click()
    page.get_by_role("button", name="Add the passkey").click()
    expect(page.locator("h1")).to_have_text("Recovery codes")
    context.clear_cookies()
    page.goto("/account/login/")
    recorded = page.evaluate(
        """async () => {
          const form = document.querySelector("form[data-passkey]");
          const answer = await fetch(form.action, { headers: { Accept: "application/json" } });
          return JSON.stringify(await webauthnJSON.get((await answer.json()).request_options));
        }"""
    )
    assert json.loads(recorded)["response"]["signature"]
    page.goto("/account/login/")
    page.evaluate(
        """async (recorded) => {
          const form = document.querySelector("form[data-passkey]");
          await fetch(form.action, { headers: { Accept: "application/json" } });  // another question
          form.elements.credential.value = recorded;
          HTMLFormElement.prototype.submit.call(form);
        }""",
        recorded,
    )
    expect(page.get_by_text("The passkey was not accepted.")).to_be_visible()
    page.goto("/account/")
    expect(page.locator("h1")).to_have_text("Sign in")


def test_under_an_address_of_figures_it_is_said_where_to_go(open_page: OpenPage) -> None:
    page = open_page("/account/login/", "public", 360)
    page.get_by_role("button", name="Use a passkey instead").click()
    expect(page.locator("[data-passkey-said]")).to_contain_text("http://localhost:")
    screenshot(page, "sign-in-passkey-address-360")
    assert accessibility_problems(page) == []
    assert too_wide(page) == []
