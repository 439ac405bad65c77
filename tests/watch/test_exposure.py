"""Who can reach the watched market, and what a hostile or careless client can do to it (row 18)."""

import asyncio
import json
import os
import socket
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from browser import Served, served, small

websockets = pytest.importorskip("websockets", reason="the extra `watch` is not installed")

FRAMES = 30


def apart(talk: Coroutine[Any, Any, Any]) -> Any:
    """Run a talk on sockets in a thread of its own, for a browser's loop runs in this one."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, talk).result()


def status(address: str, **headers: str) -> int:
    """Status of a GET request."""
    try:
        asked = Request(address, headers=headers)  # noqa: S310  # our own server
        with urlopen(asked, timeout=10) as answer:  # noqa: S310
            return int(answer.status)
    except HTTPError as refused:
        with refused:
            return refused.code


def joined(server: Served, **options: object) -> websockets.connect:
    """A websocket to the server's market."""
    address = f"{server.address.replace('http', 'ws', 1)}socket"
    return websockets.connect(address, **{"max_size": None, "compression": None, **options})


def listening_addresses(pid: int) -> set[str]:
    """Addresses on which a process listens, as the kernel writes them."""
    inodes = {os.readlink(path) for path in Path(f"/proc/{pid}/fd").iterdir() if path.is_symlink()}
    found = set()
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/{pid}/net/{table}").read_text().splitlines()[1:]:
            words = line.split()
            if words[3] == "0A" and f"socket:[{words[9]}]" in inodes:
                found.add(words[1].split(":")[0])
    return found


def test_it_listens_on_loopback_only(server: Served) -> None:
    assert listening_addresses(server.process.pid) == {"0100007F"}


def test_a_page_with_the_token_is_served(server: Served) -> None:
    assert status(server.address) == 200
    assert status(f"{server.address}app.js") == 200


@pytest.mark.parametrize("path", ["", "wrong/", "wrong/app.js", "index.html", "socket", "%2e%2e/"])
def test_without_the_token_nothing_is_served(server: Served, path: str) -> None:
    assert status(f"http://127.0.0.1:{server.port}/{path}") == 403


@pytest.mark.parametrize("path", ["../server.py", "%2e%2e/server.py", "vendor/../../server.py"])
def test_no_file_outside_the_page_is_served(server: Served, path: str) -> None:
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as line:
        head = f"GET /{server.token}/{path} HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\n\r\n"
        line.sendall(head.encode())
        assert line.recv(64).split()[1] in (b"403", b"404")


def test_a_foreign_host_is_refused(server: Served) -> None:
    assert status(server.address, Host="example.org") == 403
    assert status(server.address, Host=f"example.org:{server.port}") == 403
    assert status(f"http://127.0.0.1:{server.port}/healthz", Host="example.org") == 403


def test_a_foreign_origin_is_refused(server: Served) -> None:
    assert status(server.address, Origin="http://example.org") == 403
    assert status(server.address, Origin="null") == 403


def test_a_socket_of_a_foreign_page_is_refused(server: Served) -> None:
    async def foreign(name: str, **options: object) -> int:
        address = f"ws://{name}:{server.port}/{server.token}/socket"
        place = {"host": "127.0.0.1", "port": server.port}
        with pytest.raises(websockets.InvalidStatus) as refused:
            await websockets.connect(address, **place, **options)
        return int(refused.value.response.status_code)

    assert apart(foreign("127.0.0.1", origin="http://example.org")) == 403
    assert apart(foreign("example.org")) == 403  # a name that points here


def test_a_socket_without_the_token_is_refused(server: Served) -> None:
    async def stranger() -> int:
        with pytest.raises(websockets.InvalidStatus) as refused:
            await websockets.connect(f"ws://127.0.0.1:{server.port}/wrong/socket")
        return int(refused.value.response.status_code)

    assert apart(stranger()) == 403


@pytest.mark.parametrize(
    "message", ["x" * 10_000_000, "no json", "[]", '{"type":"eval"}', '{"type":"seek","month":-1}']
)
def test_what_is_no_command_closes_the_socket(server: Served, message: str) -> None:
    async def send() -> int:
        async with joined(server) as line:
            await line.recv()
            with pytest.raises(websockets.ConnectionClosed) as closed:
                await line.send(message)
                while True:
                    await asyncio.wait_for(line.recv(), 20)
            assert closed.value.rcvd is not None
            assert closed.value.rcvd.reason or closed.value.rcvd.code == 1009
            return int(closed.value.rcvd.code)

    assert apart(send()) == (1009 if len(message) > 100_000 else 1003)


def test_two_hundred_sockets_are_bounded_with_a_reason(server: Served) -> None:
    async def crowd() -> list[str]:
        async def one() -> str:
            try:
                async with joined(server, open_timeout=30) as line:
                    first = await asyncio.wait_for(line.recv(), 30)
                    await asyncio.sleep(1.0)
                    return "open" if json.loads(first)["type"] == "init" else "?"
            except websockets.ConnectionClosed as closed:
                return closed.rcvd.reason if closed.rcvd else "lost"
            except websockets.InvalidStatus as refused:
                return str(refused.response.status_code)
            except OSError:
                return "lost"

        return await asyncio.gather(*(one() for _ in range(200)))

    found = apart(crowd())
    assert 1 <= found.count("open") <= 200 - 8
    assert any("pages are open already" in words for words in found) or "503" in found
    assert set(found) - {"open", "503", "8 pages are open already; close one"} == set()
    assert status(server.address) == 200


def test_the_page_is_kept_to_its_own_server(server: Served) -> None:
    """Whatever a script on the page may try: nothing is asked of others, nothing is evaluated."""
    with urlopen(server.address, timeout=10) as answer:  # noqa: S310
        headers = answer.headers
    policy = dict(part.split(" ", 1) for part in headers["Content-Security-Policy"].split("; "))
    assert policy["default-src"] == policy["frame-ancestors"] == "'none'"
    assert policy["script-src"] == policy["connect-src"] == "'self'"
    assert headers["Referrer-Policy"] == "no-referrer"  # the address holds the token
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cache-Control"] == "no-store"
    assert "Access-Control-Allow-Origin" not in headers


def resident(pid: int) -> int:
    """Memory of a process, kB."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("VmRSS")).split()[1])


def test_a_slow_reader_gets_one_frame_and_costs_no_memory(server: Served) -> None:
    async def slow() -> int:
        async with joined(server) as line:
            got = [await line.recv() for _ in range(3)]
            assert isinstance(got[2], bytes)
            await line.send(json.dumps({"type": "play"}))
            await line.send(json.dumps({"type": "speed", "value": 0}))
            frames = 0
            with pytest.raises(TimeoutError):
                while True:  # nothing more comes before the acknowledgement
                    frames += isinstance(await asyncio.wait_for(line.recv(), 1.0), bytes)
            return frames

    apart(slow())
    before = resident(server.process.pid)
    assert [apart(slow()) for _ in range(3)] == [0, 0, 0]
    assert resident(server.process.pid) < before + 50_000


def test_a_page_that_does_not_answer_is_let_go(server: Served) -> None:
    """A machine that sleeps or a pulled cable sends no farewell, and answers no pings."""
    head = (
        f"GET /{server.token}/socket HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\n"
        "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    )
    before = server.sessions()
    with socket.create_connection(("127.0.0.1", server.port), timeout=60) as line:
        line.sendall(head.encode())
        assert line.recv(12) == b"HTTP/1.1 101"
        while line.recv(65536):
            pass
    server.left_with(before)


def test_ten_thousand_commands_at_once_are_all_obeyed_in_order() -> None:
    with served("configs/baseline.yaml", *small()) as server:

        async def flood() -> int:
            async with joined(server) as line:
                for _ in range(3):
                    await line.recv()
                await line.send(json.dumps({"type": "ack"}))
                for month in range(10_000):
                    await line.send(json.dumps({"type": "seek", "month": month % 20}))
                    await asyncio.sleep(0)  # a browser reads, and answers pings, meanwhile
                await line.send(json.dumps({"type": "seek", "month": 23}))
                while True:
                    message = await asyncio.wait_for(line.recv(), 60)
                    if isinstance(message, bytes):
                        await line.send(json.dumps({"type": "ack"}))
                        length = int.from_bytes(message[:4], "little")
                        head = json.loads(message[4 : 4 + length])
                        if head["month"] == 23:
                            return int(head["seen"])

        assert apart(flood()) == 23
        assert server.end() == 143
