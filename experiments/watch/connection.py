"""One websocket and its session: commands to the thread, messages and frames to the page.

Only one frame is on its way at a time, and every wait has a limit, so that a page that is slow
costs a frame's memory, and one that has gone frees its market.
"""

import asyncio
import contextlib
from typing import Any

from starlette.websockets import WebSocket, WebSocketDisconnect

from experiments.watch import protocol
from experiments.watch.session import Known, Session

SEND_LIMIT = 10.0  # seconds until a message must be taken
ACK_LIMIT = 60.0  # seconds until a frame must be acknowledged
POLL = 1.0
CROWDED = 0.01
REASON = 120  # characters of the reason of a close


class Connection:
    """A page that watches."""

    def __init__(self, socket: WebSocket, session: Session, fresh: asyncio.Event) -> None:
        self.socket, self.session, self.fresh = socket, session, fresh
        self.acked = asyncio.Event()
        self.acked.set()

    async def serve(self) -> None:
        """Talk until either side has gone."""
        if self.session.thread.ident is None:  # else it was ready before the page came
            self.session.thread.start()
        tasks = [asyncio.create_task(part) for part in (self.listen(), self.speak())]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                with contextlib.suppress(WebSocketDisconnect, RuntimeError, OSError, TimeoutError):
                    await task
        finally:
            self.session.close()
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            with contextlib.suppress(RuntimeError, WebSocketDisconnect, TimeoutError):
                await asyncio.wait_for(self.socket.close(1001), POLL)

    async def listen(self) -> None:
        """Take commands; what is none ends the connection."""
        while True:
            message = await self.socket.receive()
            if message["type"] == "websocket.disconnect":
                return
            content = message.get("text") or message.get("bytes") or b""
            try:
                if len(content) > protocol.LONGEST_COMMAND:
                    raise ValueError("too long")
                command = protocol.read(content)
            except ValueError:
                await self.socket.close(1003, "no command of this protocol")
                return
            if command.type == "ack":
                self.acked.set()
                self.fresh.set()
                continue
            while self.session.commands.full() and not self.session.closed.is_set():
                await asyncio.sleep(CROWDED)  # whoever clicks faster than months pass has to wait
            self.session.commands.put_nowait(command)

    async def speak(self) -> None:
        """Send what there is, and a frame whenever the last one has been drawn."""
        sent = 0
        known: Known = {}
        clock = asyncio.get_running_loop().time
        last = clock()
        while True:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.fresh.wait(), POLL)
            self.fresh.clear()
            while not self.session.messages.empty():
                await self.send(self.session.messages.get_nowait())
            if self.acked.is_set():
                last = clock()
                if self.session.version > sent:
                    version, found = self.session.version, self.session.frames(known)
                    if found is None:
                        self.fresh.set()
                        continue
                    sent, (contents, known) = version, found
                    self.acked.clear()
                    for content in contents:
                        await self.send(content)
            elif clock() - last > ACK_LIMIT:
                await self.socket.close(1008, "no frame was acknowledged in time")
                return

    async def send(self, content: str | bytes) -> None:
        """Send one message within the limit."""
        sending: Any = (
            self.socket.send_text(content)
            if isinstance(content, str)
            else self.socket.send_bytes(content)
        )
        await asyncio.wait_for(sending, SEND_LIMIT)
