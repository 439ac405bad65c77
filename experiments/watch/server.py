"""The server of the page: loopback only, a token in its address, one market for each page."""

import asyncio
import contextlib
import os
import secrets
import signal
import socket
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles
from starlette.websockets import WebSocket

from experiments.interrupts import CAUGHT
from experiments.watch import protocol
from experiments.watch.connection import Connection
from experiments.watch.guard import Guard
from experiments.watch.ready import Ready
from experiments.watch.scene import Scene
from experiments.watch.session import Session

LOOPBACK = "127.0.0.1"
PAGE = Path(__file__).parent / "page"
MOST_SESSIONS, MOST_SOCKETS = 8, 64
TOKEN_BYTES = 18
PING, PONG = 2.0, 2.5  # seconds: a browser that has vanished is noticed in less than five
SHUTDOWN = 1  # seconds that connections get to close
SWITCH = 0.001  # seconds after which a thread that steps a market lets a page be served
LAST_MOMENT = 1.5  # seconds after a signal


class Server(uvicorn.Server):
    """uvicorn with our own signals: the first one stops it, the exit code is the command's."""

    number = 0
    ready: Ready

    def run(self, sockets: list[socket.socket] | None = None) -> None:
        """Serve until a signal."""
        sys.setswitchinterval(SWITCH)
        self.ready.start()
        try:
            super().run(sockets)
        finally:
            self.ready.end()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Note the signal that stops the server."""
        former = {number: signal.signal(number, self.note) for number in CAUGHT}
        try:
            yield
        finally:
            for number, handler in former.items():
                signal.signal(number, handler)

    def note(self, number: int, _: FrameType | None) -> None:
        """Stop; a second signal does not wait for anybody.

        A thread that compiles a kernel, or is in a month of a large market, cannot be stopped, and
        Python waits for it at its end: the clock ends the process where that takes too long.
        """
        self.force_exit = bool(self.number)
        self.number, self.should_exit = number, True
        clock = threading.Timer(LAST_MOMENT, os._exit, (128 + number,))
        clock.daemon = True
        clock.start()


class Hall:
    """The sessions that are open."""

    def __init__(self, ready: Ready) -> None:
        self.scene, self.ready = ready.session.scene, ready
        self.sessions: set[Session] = set()

    async def watch(self, websocket: WebSocket) -> None:
        """Serve one page."""
        if len(self.sessions) >= MOST_SESSIONS:
            await websocket.accept()
            await websocket.close(1013, f"{MOST_SESSIONS} pages are open already; close one")
            return
        fresh, loop = asyncio.Event(), asyncio.get_running_loop()

        def notify() -> None:
            with contextlib.suppress(RuntimeError):  # the server has gone
                loop.call_soon_threadsafe(fresh.set)

        session = self.ready.take() or Session(self.scene, notify)
        session.notify = notify
        fresh.set()  # it may have been ready before anybody listened
        self.sessions.add(session)
        try:
            await websocket.accept()
            await Connection(websocket, session, fresh).serve()
        finally:
            session.close()
            self.sessions.discard(session)

    async def health(self, _: Request) -> JSONResponse:
        """Say that the server lives, and how many watch."""
        return JSONResponse({"status": "ok", "sessions": len(self.sessions)})


def application(ready: Ready, token: str, port: int) -> Guard:
    """The server's application."""
    hall = Hall(ready)
    routes = [
        Route("/healthz", hall.health),
        WebSocketRoute(f"/{token}/socket", hall.watch),
        Mount(f"/{token}", StaticFiles(directory=PAGE, html=True)),
    ]
    return Guard(Starlette(routes=routes), token, port)


def listening(port: int) -> socket.socket:
    """A socket of this machine only; `port` 0 is any that is free.

    Raises
    ------
    OSError
    """
    made = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind((LOOPBACK, port))
        made.listen(MOST_SOCKETS)  # whoever reads the address may connect at once
    except OSError as failure:
        made.close()
        raise OSError(failure.errno, failure.strerror, f"port {port}") from None
    return made


def server_of(scene: Scene, listener: socket.socket) -> tuple[Server, str]:
    """A server on a socket, and the address of its page."""
    ready = Ready(scene)
    port, token = listener.getsockname()[1], secrets.token_urlsafe(TOKEN_BYTES)
    config = uvicorn.Config(
        application(ready, token, port),
        log_level="error",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        lifespan="off",
        http="h11",
        ws="websockets-sansio",
        ws_max_size=protocol.LONGEST_COMMAND,
        ws_ping_interval=PING,
        ws_ping_timeout=PONG,
        ws_per_message_deflate=False,
        limit_concurrency=MOST_SOCKETS,
        timeout_graceful_shutdown=SHUTDOWN,
    )
    server = Server(config)
    server.ready = ready
    return server, f"http://{LOOPBACK}:{port}/{token}/"
