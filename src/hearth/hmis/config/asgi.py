"""What the web server calls: requests are taken in here, and pages are made by threads behind it.

A thread that waits for a client's next byte serves nobody else, and whoever holds as many connections as
there are threads would stop the site. So a thread is given only to a request that is here whole:

- A body of up to `settings.SMALL_BODY_BYTES` (nearly every form) is received first, all of it within
  `BODY_SECONDS`.
- A larger one is received by the few threads for uploads, while they read it, with `PIECE_SECONDS` for each
  piece. Strangers come no further than the head: sign-in is asked for before a body is read, and public
  pages take small bodies only (`input_guard`).
- `/health/` has threads of its own and answers when all others are busy.
- An answer that a client does not take for `PIECE_SECONDS` is thrown away.

The time for the head of a request is granian's own setting (`server/processes.py`).
"""

import asyncio
import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from a2wsgi import WSGIMiddleware
from django.conf import settings
from django.core.wsgi import get_wsgi_application

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

BODY_SECONDS = 10.0
PIECE_SECONDS = 20.0
# More threads than this only take turns: Python runs one at a time in a process, and the rest of a request
# is waiting for PostgreSQL. Together they are no more than the connections of the pool (server/database.py).
PAGE_THREADS = min(8, 2 * (os.cpu_count() or 1) + 1)
UPLOAD_THREADS = 4
HEALTH_THREADS = 2
# Pieces of an answer that wait for a slow client without keeping a thread; one of a file is 64 KB at most.
WAITING_PIECES = 256
HEALTH = "/health/"
ORPHAN_SECONDS = 5


class Application:
    """The ASGI application around the WSGI application `pages`; the limits may be given, for tests."""

    def __init__(
        self,
        pages: Callable[..., Any],
        *,
        body_seconds: float = BODY_SECONDS,
        piece_seconds: float = PIECE_SECONDS,
    ) -> None:
        self.body_seconds, self.piece_seconds = body_seconds, piece_seconds
        self._pages = WSGIMiddleware(pages, PAGE_THREADS, WAITING_PIECES)
        self._uploads = WSGIMiddleware(pages, UPLOAD_THREADS, WAITING_PIECES)
        self._health = WSGIMiddleware(pages, HEALTH_THREADS, WAITING_PIECES)

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._pages(scope, receive, send)
            return
        send = _until_refused(send, self.piece_seconds)
        if not scope["query_string"].isascii():
            await _answer(send, 400, "The address holds characters that no address has.")
        elif _length(scope) > settings.SMALL_BODY_BYTES:
            await self._uploads(scope, _in_pieces(receive, self.piece_seconds), send)
        else:
            try:
                async with asyncio.timeout(self.body_seconds):
                    body = await _whole(receive)
            except TimeoutError:
                await _answer(send, 408, "The request did not arrive in time: send it again.")
                return
            if body is None:
                return
            threads = self._health if scope["path"].startswith(HEALTH) else self._pages
            await threads(scope, _once(body), send)


def _length(scope: Message) -> int:
    """Bytes of the body as the head says. 0 where it says none: Django reads no such body either."""
    lengths = [value for name, value in scope["headers"] if name == b"content-length"]
    text = lengths[0].decode("latin-1") if lengths else "0"
    return int(text) if text.isdecimal() else 0


async def _whole(receive: Receive) -> bytes | None:
    """The small body; None where the client went away before it was here."""
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        body += message.get("body", b"")
        if not message.get("more_body") or len(body) > settings.SMALL_BODY_BYTES:
            return bytes(body)


def _once(body: bytes) -> Receive:
    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    return receive


def _in_pieces(receive: Receive, seconds: float) -> Receive:
    """`receive` that raises TimeoutError, an OSError to whoever reads, where the client stops sending."""

    async def limited() -> Message:
        async with asyncio.timeout(seconds):
            return await receive()

    return limited


def _until_refused(send: Send, seconds: float) -> Send:
    """`send` that gives up on a client that takes nothing, so that the thread behind it comes free."""
    refused = False

    async def limited(message: Message) -> None:
        nonlocal refused
        if refused:
            return
        try:
            async with asyncio.timeout(seconds):
                await send(message)
        except (TimeoutError, OSError, RuntimeError):
            refused = True

    return limited


async def _answer(send: Send, status: int, text: str) -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"connection", b"close")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": text.encode()})


def _end_with_the_server() -> None:
    """Wait for the end of the process that started this one, then end: killed, it tells nobody, and its
    workers would hold the port for ever."""
    server = multiprocessing.parent_process()
    if server is not None:
        server.join()
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(ORPHAN_SECONDS)  # for requests that are being answered
        os._exit(1)


os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hearth.hmis.config.settings")
application = Application(get_wsgi_application())
threading.Thread(target=_end_with_the_server, daemon=True).start()
