"""Two-step sign-in from turning it on to signing in with it."""

import base64
import hmac
import struct
import time

from playwright.sync_api import Page, expect

from tests.browser.checks import accessibility_problems, browser_problems, screenshot, too_wide
from tests.browser.conftest import OpenPage, sign_in
from tests.browser.seed import ACCOUNTS, PASSWORD


def code(secret: str, at: float) -> str:
    """The six digits that an authenticator app shows (RFC 6238)."""
    digest = hmac.digest(base64.b32decode(secret), struct.pack(">Q", int(at) // 30), "sha1")
    (number,) = struct.unpack_from(">I", digest, digest[-1] & 0x0F)
    return f"{(number & 0x7FFFFFFF) % 1_000_000:06d}"


def check(page: Page, name: str) -> None:
    screenshot(page, name)
    assert accessibility_problems(page) == []
    assert too_wide(page) == []
    assert browser_problems(page) == []


def test_second_step(open_page: OpenPage) -> None:
    page = open_page("/account/login/", width=360)
    sign_in(page, ACCOUNTS["second"])
    page.goto("/account/two-step/")
    page.get_by_role("link", name="Turn on").click()
    expect(page.locator("h1")).to_have_text("Confirm that it is you")
    check(page, "second-step-confirm-360")
    page.locator("input[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="Confirm").click()
    expect(page.get_by_role("img", name="QR code for your authenticator app")).to_be_visible()
    check(page, "second-step-activate-360")
    secret = page.locator(".hearth-key").inner_text().strip()
    page.get_by_label("Six-digit code").fill("000000")
    page.get_by_role("button", name="Turn on").click()
    expect(page.locator("[data-error-summary]")).to_be_focused()
    page.get_by_label("Six-digit code").fill(code(secret, time.time()))
    page.get_by_role("button", name="Turn on").click()
    expect(page.locator("h1")).to_have_text("Recovery codes")
    check(page, "second-step-recovery-codes-360")
    recovery = page.locator(".hearth-codes code").first.inner_text()
    for path, name in (("two-step/", "on"), ("two-step/totp/deactivate/", "off")):
        page.goto(f"/account/{path}")
        check(page, f"second-step-{name}-360")

    page.goto("/account/logout/")
    check(page, "sign-out-360")
    page.locator("main").get_by_role("button", name="Sign out").click()
    expect(page.get_by_text("You have signed out.")).to_be_visible()
    sign_in(page, ACCOUNTS["second"])
    expect(page.locator("h1")).to_have_text("Second step")
    check(page, "second-step-360")
    page.get_by_label("Code").fill(recovery)
    page.get_by_role("button", name="Sign in").click()
    expect(page.locator("h1")).to_have_text("Home")
