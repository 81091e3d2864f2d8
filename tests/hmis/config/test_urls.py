"""Every address of the whole site: strangers are sent away, and hostile input never makes a 500."""

import re
from collections.abc import Iterator

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from hearth.hmis.access.models import User

# Addresses that answer without sign-in, and why they may.
PUBLIC = {
    "health/": "tells only that the process lives",
    "health/ready/": "tells only which part is missing",
    "metrics": "this machine or a token only",
    "help/": "harmless texts",
    "help/<slug:topic>/": "harmless texts",
    "account/login/": "signing in",
    "account/logout/": "signing out",
    "account/inactive/": "says that an account is paused",
    "account/two-step/webauthn/login/": "signing in with a passkey",
    "account/password/reset/": "asking for a link to set a new password",
    "account/password/reset/sent/": "says the same whether there is such an account",
    "account/password/reset/done/": "says that a password is set",
    "account/password/reset/<account:uidb36>-<str:key>/": "for whoever has the link",
    "account/two-step/authenticate/": "the second step of signing in",
}
NUMBERS = ["0", "1", str(2**31), str(2**63 - 1), str(2**63), "9" * 60]
WORDS = [
    "x",
    "MN-500",
    "a" * 3000,
    "%F0%9F%92%A9",
    "%E2%80%AE",
    "..%2F..",
    "%27%3B--",
    "%7B%7B1%7D%7D",
    "%00",
]
QUERIES = [
    "",
    "?page=0",
    "?page=-1",
    f"?page={'9' * 60}",
    "?page=%00",
    "?q=%00",
    "?q=%ED%A0%80",
    "?q=%27%22%3B--",
    "?sort=%28select%201%29",
    "?coc=%00&project=x&start=0000-00-00&end=99999-99-99",
    "?" + "&".join(f"a{number}=1" for number in range(1200)),
]
BODIES = [
    {},
    {"q": "\x00"},
    {"q": "a" * 10_000, "page": "9" * 60, "id": "9" * 60},
    {"q": "\ud800".encode("utf-8", "surrogatepass"), "start": "2026-02-30", "page": "x"},
]


def routes() -> Iterator[tuple[str, URLPattern]]:
    """Every address pattern of the site, written with its variable parts in angle brackets."""

    def walk(resolver: URLResolver, prefix: str) -> Iterator[tuple[str, URLPattern]]:
        for entry in resolver.url_patterns:
            route = prefix + str(entry.pattern)
            if isinstance(entry, URLResolver):
                yield from walk(entry, route)
            else:
                yield route, entry

    yield from walk(get_resolver(), "")


def addresses(route: str) -> list[str]:
    """The address with harmless values, then once for each hostile value."""
    parts = re.findall(r"<(?:(\w+):)?\w+>", route)
    if not parts:
        return [f"/{route}"]
    kinds = {"int": NUMBERS}
    longest = max(len(kinds.get(kind, WORDS)) for kind in parts)
    found = []
    for index in range(longest):
        values = iter([(kinds.get(kind, WORDS) * longest)[index] for kind in parts])
        found.append("/" + re.sub(r"<(?:\w+:)?\w+>", lambda match, values=values: next(values), route))
    return found


ROUTES = sorted(route for route, _ in routes())


def test_public_addresses_exist() -> None:
    assert set(PUBLIC) - set(ROUTES) == set()


@pytest.mark.parametrize("route", [route for route in ROUTES if route not in PUBLIC])
def test_strangers_are_sent_to_sign_in(client: Client, db, route: str) -> None:
    for method in (client.get, client.post):
        for address in addresses(route)[:2]:
            response = method(address)
            # An address that its own converter refuses is no page at all.
            assert response.status_code in (302, 404), address
            if response.status_code == 302:
                assert response["Location"].startswith("/account/login/")


def _signed_in(response: HttpResponse) -> bool:
    """Whether whoever asked was still signed in at the end; what is answered before that is looked at changes
    nothing of it."""
    user = getattr(response.wsgi_request, "user", None)
    return user is None or user.is_authenticated


@pytest.mark.parametrize("route", ROUTES)
def test_hostile_input_never_fails(client: Client, administrator: User, route: str) -> None:
    client.raise_request_exception = False
    found: list[str] = []

    def ask(method: str, address: str, body: dict | None = None) -> None:
        response = client.post(address, body) if method == "post" else client.get(address)
        if not _signed_in(response):  # the question before may have ended the session
            client.force_login(administrator)
            response = client.post(address, body) if method == "post" else client.get(address)
        if response.status_code >= 500 and route != "health/ready/":
            found.append(f"{method} {address[:200]} {str(body)[:80]}: {response.status_code}")

    client.force_login(administrator)
    for address in addresses(route):
        ask("get", address)
    for query in QUERIES:
        ask("get", addresses(route)[0] + query)
    for body in BODIES:
        ask("post", addresses(route)[0], body)
    assert found == []
