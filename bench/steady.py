"""The web server on a free port, and requests to it at a steady rate."""

import http.client
import socket
import subprocess
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any


@contextmanager
def served(folder: Path, log: Path) -> Iterator[int]:
    """The web server, as `hearth serve` runs it, on a free port."""
    from hearth.server import processes

    with socket.socket() as probe:
        probe.bind((processes.HOST, 0))
        port = int(probe.getsockname()[1])
    with log.open("ab") as out:
        server = subprocess.Popen(
            processes.web_command(processes.HOST, port, processes.WORKERS),
            env=processes.django_environment(), stdout=out, stderr=out,
        )  # fmt: skip
    try:
        end = time.monotonic() + 60
        while True:
            try:
                urllib.request.urlopen(f"http://{processes.HOST}:{port}/health/ready/", timeout=5).close()
                break
            except OSError:
                if time.monotonic() > end:
                    raise
                time.sleep(0.2)
        yield port
    finally:
        server.terminate()
        server.wait(30)


def session_of(user: Any) -> str:
    """The key of a session in which a user is signed in."""
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "allauth.account.auth_backends.AuthenticationBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return str(session.session_key)


def headers(port: int, session: str) -> dict[str, str]:
    """What a browser sends with each request of such a session, as htmx does while somebody types."""
    from django.conf import settings

    line = http.client.HTTPConnection("127.0.0.1", port)
    cookie = f"{settings.SESSION_COOKIE_NAME}={session}"
    line.request("GET", "/clients/", headers={"Cookie": cookie})
    answer = line.getresponse()
    body = answer.read().decode()
    forgery = next(
        part.split("=", 1)[1].split(";")[0]
        for name, part in answer.getheaders()
        if name.lower() == "set-cookie" and part.startswith(settings.CSRF_COOKIE_NAME)
    )
    token = body.split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]
    return {
        "Cookie": f"{cookie}; {settings.CSRF_COOKIE_NAME}={forgery}", "X-CSRFToken": token,
        "HX-Request": "true", "HX-Target": "search-results", "Host": "127.0.0.1",
        "Content-Type": "application/x-www-form-urlencoded",
    }  # fmt: skip


def get(line: http.client.HTTPConnection, path: str, who: dict[str, str]) -> int:
    """A whole page; its status."""
    line.request("GET", path, headers={"Cookie": who["Cookie"], "Host": who["Host"]})
    response = line.getresponse()
    response.read()
    return response.status


def search(line: http.client.HTTPConnection, body: str, who: dict[str, str]) -> http.client.HTTPResponse:
    """Send a search and follow to its results, as a browser does."""
    line.request("POST", "/clients/", body, who)
    response = line.getresponse()
    response.read()
    if response.status == 302:
        line.request("GET", response.headers["Location"], headers=who)
        response = line.getresponse()
        response.read()
    return response


Ask = Callable[[http.client.HTTPConnection, int], int]


def at_a_steady_rate(port: int, ask: Ask, rate: int, seconds: int) -> tuple[list[float], int]:
    """`ask(line, number)` so many times a second, whether or not earlier answers have come; it returns the
    answer's status. Milliseconds of each, and how many were not 200."""
    due = iter(range(seconds * rate))
    lock, times, wrong = threading.Lock(), [], []
    begin = time.perf_counter() + 0.5

    def work() -> None:
        line = http.client.HTTPConnection("127.0.0.1", port)
        while True:
            with lock:
                number = next(due, None)
            if number is None:
                return
            # Counted from when the request was due: waiting in the client is waiting all the same.
            at = begin + number / rate
            time.sleep(max(0.0, at - time.perf_counter()))
            status = ask(line, number)
            times.append(1000 * (time.perf_counter() - at))
            if status != 200:
                wrong.append(status)

    workers = [threading.Thread(target=work) for _ in range(24)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return times, len(wrong)
