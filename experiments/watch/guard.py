"""Who may talk to the server: pages of this server, by its own name, with its token.

A page of another site can send requests to a server on this machine, and by a name that it points
here can even read the answers; hence the checks of Host and Origin beside the token.
"""

import secrets
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

NAMES = ("127.0.0.1", "localhost")
OPEN_PATHS = frozenset({"/healthz"})
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; connect-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)
HEADERS = {
    b"content-security-policy": POLICY.encode(),
    b"x-content-type-options": b"nosniff",
    b"referrer-policy": b"no-referrer",
    b"cache-control": b"no-store",
    b"cross-origin-resource-policy": b"same-origin",
}


class Guard:
    """ASGI middleware that answers 403 to all but pages of this server."""

    def __init__(self, app: ASGIApp, token: str, port: int) -> None:
        self.app, self.token = app, token
        self.hosts = {f"{name}:{port}" for name in NAMES}
        self.origins = {f"http://{host}" for host in self.hosts}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on what is allowed."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        reason = self.refusal(scope)
        if not reason:
            await self.app(scope, receive, with_headers(send))
        elif scope["type"] == "websocket":
            await receive()
            await send(
                {"type": "websocket.close", "code": 1008, "reason": reason}
            )  # 403 before accept
        else:
            await PlainTextResponse(f"{reason}\n", status_code=403)(scope, receive, send)

    def refusal(self, scope: Scope) -> str:
        """Why a request is refused; empty if it is not."""
        headers = Headers(scope=scope)
        if headers.get("host", "").lower() not in self.hosts:
            return "wrong host"
        origin = headers.get("origin")
        if origin is not None and origin.lower() not in self.origins:
            return "wrong origin"
        if headers.get("sec-fetch-site", "none") == "cross-site":
            return "wrong origin"
        if scope["path"] in OPEN_PATHS:
            return ""
        given = urlsplit(scope["path"]).path.split("/")[1]
        return "" if secrets.compare_digest(given.encode(), self.token.encode()) else "no token"


def with_headers(send: Send) -> Send:
    """Add the headers that keep a page to this server."""

    async def wrapped(message: Message) -> None:
        if message["type"] == "http.response.start":
            kept = [pair for pair in message["headers"] if pair[0] not in HEADERS]
            message = {**message, "headers": [*kept, *HEADERS.items()]}
        await send(message)

    return wrapped
