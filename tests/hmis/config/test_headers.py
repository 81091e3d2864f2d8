"""What every response tells the browser."""

import json
import os
import subprocess
import sys

import pytest

from hearth.hmis.access.models import User

PAGES = ["/help/", "/account/login/", "/", "/nothing-here/", "/help/components/", "/health/"]


@pytest.mark.parametrize("path", PAGES)
def test_security_headers(client, administrator: User, path: str) -> None:
    client.force_login(administrator)
    headers = client.get(path).headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "geolocation=()" in headers["Permissions-Policy"]
    assert headers["Cache-Control"] == "no-store, private"
    assert len(headers["X-Request-ID"]) == 32
    assert "Strict-Transport-Security" not in headers


def test_content_security_policy_allows_nothing_but_ourselves(client, db) -> None:
    policy = client.get("/help/").headers["Content-Security-Policy"]
    directives = dict(part.strip().split(" ", 1) for part in policy.split(";") if part.strip())
    assert directives["default-src"] == "'self'"
    assert directives["script-src"] == "'self'"
    assert directives["style-src"] == "'self'"
    assert directives["frame-ancestors"] == "'none'"
    assert set(directives.values()) <= {"'self'", "'none'"}


@pytest.mark.parametrize("path", ["/", "/help/", "/account/login/", "/help/components/"])
def test_pages_hold_nothing_that_the_policy_forbids(client, administrator: User, path: str) -> None:
    client.force_login(administrator)
    page = client.get(path).content.decode()
    assert " style=" not in page
    assert "<style" not in page
    assert "javascript:" not in page
    assert " onclick=" not in page
    assert all(" src=" in part.split(">")[0] for part in page.split("<script")[1:])


def _settings(**environment: str) -> dict[str, object]:
    """Some settings as a process with this environment sees them."""
    names = "SESSION_COOKIE_SECURE CSRF_COOKIE_SECURE SECURE_HSTS_SECONDS SECURE_SSL_REDIRECT DEBUG"
    names += " SESSION_COOKIE_NAME CSRF_COOKIE_NAME SECURE_PROXY_SSL_HEADER IDLE_SECONDS"
    code = (
        "import json; from hearth.hmis.config import settings as s; "
        f"print(json.dumps({{n: getattr(s, n) for n in {names.split()!r}}}))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], env={**os.environ, **environment},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    return json.loads(done.stdout)


def test_behind_tls_cookies_are_secure_and_browsers_stay_on_tls() -> None:
    found = _settings(HEARTH_TLS="1", HEARTH_PROXIES="1", HEARTH_IDLE_MINUTES="5")
    assert found["SESSION_COOKIE_SECURE"] is found["CSRF_COOKIE_SECURE"] is True
    assert found["SESSION_COOKIE_NAME"] == "__Host-hearth_session"
    assert found["CSRF_COOKIE_NAME"] == "__Host-hearth_csrf"
    assert found["SECURE_HSTS_SECONDS"] == 31_536_000
    assert found["SECURE_SSL_REDIRECT"] is True
    assert found["SECURE_PROXY_SSL_HEADER"] == ["HTTP_X_FORWARDED_PROTO", "https"]
    assert found["IDLE_SECONDS"] == 300


def test_by_default_no_tls_is_claimed_and_debug_is_off() -> None:
    found = _settings()
    assert found["SECURE_HSTS_SECONDS"] == 0
    assert found["SECURE_PROXY_SSL_HEADER"] is None
    assert found["DEBUG"] is False
    assert found["IDLE_SECONDS"] == 900


def test_hsts_is_sent_behind_tls(client, db, settings) -> None:
    settings.SECURE_HSTS_SECONDS = 31_536_000
    settings.SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    response = client.get("/help/", secure=True)
    assert response.headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"
