"""Clients that hold their connections and send nothing more do not stop the site."""

import re
import socket
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from http.cookiejar import CookieJar

import pytest

from tests.browser.seed import ACCOUNTS, PASSWORD
from tests.browser.site import Site

SOCKETS = 64
ANSWERED_WITHIN_SECONDS = 8.0
POST = (
    "POST /account/login/ HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\n"
    "Content-Length: {length}\r\n\r\n"
)
# What each holds back: the rest of the head, of a small body, of a large one; none ever comes.
HALVES = {
    "head": "POST /account/login/ HTTP/1.1\r\nHost: localhost\r\nX-Half:",
    "small body": POST.format(length=2000) + "login=",
    "large body": POST.format(length=900_000) + "login=",
    "upload": POST.replace("/account/login/", "/imports/new/").format(length=900_000_000) + "--x",
    "health": POST.replace("/account/login/", "/health/").format(length=2000) + "x",
}


@contextmanager
def held(site: Site, text: str) -> Iterator[None]:
    """64 connections, each with `text` sent and nothing after it."""
    port = urllib.parse.urlsplit(site.address).port
    with ExitStack() as stack:
        for _ in range(SOCKETS):
            one = stack.enter_context(socket.create_connection(("127.0.0.1", port), timeout=5))
            one.sendall(text.encode())
        yield


@pytest.fixture(scope="module")
def unfinished(site: Site) -> Iterator[socket.socket]:
    """A body that does not come; it is given its ten seconds while the other tests run."""
    port = urllib.parse.urlsplit(site.address).port
    with socket.create_connection(("127.0.0.1", port), timeout=30) as one:
        one.sendall(HALVES["small body"].encode())
        yield one


@pytest.mark.parametrize("half", HALVES)
def test_others_sign_in_meanwhile(site: Site, unfinished: socket.socket, half: str) -> None:
    with held(site, HALVES[half]):
        time.sleep(0.5)
        began = time.monotonic()
        opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
        assert opener.open(f"{site.address}/health/", timeout=ANSWERED_WITHIN_SECONDS).status == 200
        assert opener.open(f"{site.address}/health/ready/", timeout=ANSWERED_WITHIN_SECONDS).status == 200
        form = opener.open(f"{site.address}/account/login/", timeout=ANSWERED_WITHIN_SECONDS).read().decode()
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', form)
        assert token is not None
        fields = {"csrfmiddlewaretoken": token[1], "login": ACCOUNTS["user"], "password": PASSWORD}
        request = urllib.request.Request(
            f"{site.address}/account/login/",
            data=urllib.parse.urlencode(fields).encode(),
            headers={"Referer": f"{site.address}/account/login/"},
        )
        answer = opener.open(request, timeout=ANSWERED_WITHIN_SECONDS)
        assert "Sign out" in answer.read().decode()
        assert time.monotonic() - began < 3 * ANSWERED_WITHIN_SECONDS


def test_strangers_send_small_bodies_only(site: Site) -> None:
    port = urllib.parse.urlsplit(site.address).port
    with socket.create_connection(("127.0.0.1", port), timeout=30) as one:
        one.sendall(HALVES["large body"].encode())
        assert one.recv(64).startswith(b"HTTP/1.1 413")


def test_a_body_that_does_not_come_is_answered_without_it(unfinished: socket.socket) -> None:
    assert unfinished.recv(64).startswith(b"HTTP/1.1 408")
