"""The server itself: many, slow and strange clients cost themselves, nobody else."""

from __future__ import annotations

import logging
import os
import resource
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from wsgiref.types import StartResponse, WSGIEnvironment

import pytest
from waitress import wasyncore

from fake_s3 import listener as listener_module
from fake_s3.listener import CONNECTIONS_MAX, connections_max
from fake_s3.server import SERVER_THREADS, Server
from tests.support.sockets import exchange
from tests.waiting import wait_until

SHORT = 5.0  # seconds: what is answered at once takes far less, what hangs far more
GET = b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"


def hello(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    body = environ["wsgi.input"].read()
    start_response("200 OK", [("Content-Length", str(5 + len(body)))])
    return [b"hello", body]


@contextmanager
def serving(app: Callable[..., Iterable[bytes]] = hello) -> Iterator[Server]:
    server = Server(app, "127.0.0.1", 0)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        yield server
    finally:
        server.stop()
        thread.join()


@pytest.fixture
def server() -> Iterator[Server]:
    with serving() as server:
        yield server


def everything(port: int, request: bytes) -> bytes:
    """All that is answered until the server closes the connection; fails where it does not."""
    with socket.create_connection(("127.0.0.1", port), timeout=SHORT) as connection:
        connection.sendall(request)
        received = b""
        while piece := connection.recv(1 << 16):
            received += piece
        return received


def is_answered(connection: socket.socket) -> bool:
    """Whether a request on a connection that stays open is answered."""
    connection.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
    response = HTTPResponse(connection)
    response.begin()
    return response.read() == b"hello"


def put(*headers: str) -> bytes:
    return "\r\n".join(["PUT /b/k HTTP/1.1", "Host: localhost", *headers, "", ""]).encode()


@pytest.mark.parametrize("expect", [[], ["Expect: 100-continue"]], ids=["plain", "expect"])
@pytest.mark.parametrize(
    ("headers", "status"),
    [
        (["Content-Length: "], b"400"),
        (["Content-Length: abc"], b"400"),
        (["Content-Length: -1"], b"400"),
        (["Content-Length: +7"], b"400"),
        (["Content-Length: 1e3"], b"400"),
        (["Content-Length: " + "9" * 5000], b"400"),
        (["Content-Length: " + "9" * 4000], b"413"),
        (["Content-Length: 3", "Content-Length: 4"], b"400"),
        (["Content-Length: 7000000000"], b"413"),
        (["Transfer-Encoding: gzip"], b"501"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_a_request_that_is_rejected_by_its_headers_is_answered_at_once(
    server: Server, headers: list[str], status: bytes, expect: list[str]
) -> None:
    answer = everything(server.port, put(*expect, *headers))

    assert answer.split(b" ", 2)[1] == status


def test_a_body_that_is_announced_is_asked_for(server: Server) -> None:
    with socket.create_connection(("127.0.0.1", server.port), timeout=SHORT) as connection:
        connection.sendall(put("Expect: 100-continue", "Content-Length: 2", "Connection: close"))
        assert connection.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
        connection.sendall(b"ho")
        answer = connection.makefile("rb").read()

    assert answer.endswith(b"\r\n\r\nhelloho")


@pytest.mark.parametrize(
    "endless", [b"1" * 20_000, b"2\r\nab\r\n" + b"1" * 20_000, b"0\r\nX: " + b"y" * 20_000]
)
def test_an_endless_line_between_chunks_is_rejected(server: Server, endless: bytes) -> None:
    answer = everything(server.port, put("Transfer-Encoding: chunked") + endless)

    assert b" 400 " in answer


def test_idle_connections_keep_nobody_out(server: Server) -> None:
    with ExitStack() as stack:
        for _ in range(connections_max() + 50):
            stack.enter_context(socket.create_connection(("127.0.0.1", server.port), timeout=SHORT))

        assert exchange(server.port, GET).status == 200


def test_requests_that_never_end_keep_nobody_out(server: Server) -> None:
    with ExitStack() as stack:
        for number in range(connections_max() + 50):
            one = stack.enter_context(socket.create_connection(("127.0.0.1", server.port), timeout=SHORT))
            one.sendall(GET[:-2] if number % 2 else put("Content-Length: 9") + b"x")

        assert exchange(server.port, GET).status == 200


def test_the_connection_that_was_idle_for_longest_makes_room(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listener_module, "connections_max", lambda: 2)
    with (
        socket.create_connection(("127.0.0.1", server.port), timeout=SHORT) as first,
        socket.create_connection(("127.0.0.1", server.port), timeout=SHORT) as second,
    ):
        for one in (second, first):
            assert is_answered(one)
        assert exchange(server.port, GET).status == 200

        assert second.recv(1) == b""
        assert is_answered(first)


def test_clients_that_read_nothing_keep_nobody_out() -> None:
    def large(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if environ["PATH_INFO"] != "/large":
            return hello(environ, start_response)
        start_response("200 OK", [])
        return (b"x" * (1 << 20) for _ in range(64))

    with serving(large) as server, ExitStack() as stack:
        for _ in range(SERVER_THREADS + 4):
            one = stack.enter_context(socket.create_connection(("127.0.0.1", server.port), timeout=SHORT))
            one.sendall(b"GET /large HTTP/1.1\r\nHost: localhost\r\n\r\n")

        assert exchange(server.port, GET).status == 200


def test_requests_that_take_long_keep_nobody_out() -> None:
    go_on = threading.Event()

    def slow(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if environ["PATH_INFO"] == "/slow":
            go_on.wait(60)
        return hello(environ, start_response)

    with serving(slow) as server, ExitStack() as stack:
        stack.callback(go_on.set)
        for _ in range(SERVER_THREADS + 4):
            one = stack.enter_context(socket.create_connection(("127.0.0.1", server.port), timeout=SHORT))
            one.sendall(b"GET /slow HTTP/1.1\r\nHost: localhost\r\n\r\n")

        assert everything(server.port, GET).endswith(b"hello")


def test_threads_that_were_needed_for_a_while_end() -> None:
    with serving() as server:
        before = threading.active_count()

        assert server.lend_threads(5)
        assert threading.active_count() == before + 5
        server.lend_threads(-5)

        wait_until(lambda: threading.active_count() <= before)


def test_a_descriptor_above_1023_is_served(server: Server) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < 2048:
        pytest.skip("needs 2,048 descriptors: raise the hard limit, as with `ulimit -Hn 4096`")
    with ExitStack() as stack:
        if soft != resource.RLIM_INFINITY and soft < 2048:
            resource.setrlimit(resource.RLIMIT_NOFILE, (2048, hard))
            stack.callback(resource.setrlimit, resource.RLIMIT_NOFILE, (soft, hard))
        for _ in range(1100):
            stack.callback(os.close, os.open(os.devnull, os.O_RDONLY))

        assert exchange(server.port, GET).status == 200


@pytest.mark.parametrize(
    "failure", [MemoryError(), ValueError("filedescriptor out of range"), OSError(9, "bad")]
)
def test_a_loop_that_fails_goes_on(
    failure: Exception, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    poll, failures = wasyncore.poll2, iter([failure] * 3)

    def failing_poll(*arguments: object) -> None:
        if error := next(failures, None):
            raise error
        poll(*arguments)

    monkeypatch.setattr(wasyncore, "poll2", failing_poll)
    with serving() as server:
        assert exchange(server.port, GET).status == 200

    assert caplog.text.count("the loop of the HTTP server failed") == 3


def test_a_loop_that_fails_again_and_again_ends_loudly(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken_poll(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr(wasyncore, "poll2", broken_poll)
    server = Server(hello, "127.0.0.1", 0)

    with pytest.raises(MemoryError):
        server.run()

    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", server.port), timeout=SHORT)
    server.stop()


def test_the_machines_clock_closes_no_connection(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_connection(("127.0.0.1", server.port), timeout=SHORT) as connection:
        assert is_answered(connection)
        real = time.time
        for hours in (-1, 1):
            monkeypatch.setattr(time, "time", lambda hours=hours: real() + 3600 * hours)
            assert exchange(server.port, GET).status == 200
            assert is_answered(connection)


_FEW_DESCRIPTORS = """
import resource, socket, sys, threading, time
resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
from pathlib import Path
from fake_s3 import ObjectStore, create_app
from fake_s3.server import Server
server = Server(create_app(ObjectStore(Path(sys.argv[1]))), "127.0.0.1", 0)
threading.Thread(target=server.run, daemon=True).start()
print(server.port, flush=True)
sys.stdin.read()
used = time.process_time()
print(used, flush=True)
"""


def test_too_few_descriptors_flood_no_log(tmp_path: Path) -> None:
    command = [sys.executable, "-c", _FEW_DESCRIPTORS, str(tmp_path)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin
        assert process.stdout
        port = int(process.stdout.readline())
        with ExitStack() as stack:
            for _ in range(40):
                one = stack.enter_context(socket.create_connection(("127.0.0.1", port), timeout=SHORT))
                with suppress(OSError):  # it may be closed for another one
                    one.sendall(put("Content-Length: 600000") + b"x" * 550_000)  # more than memory keeps
            statuses = [exchange(port, GET).status for _ in range(20)]
        output, log = process.communicate()

    assert statuses == [200] * 20
    assert len(log) < 100_000
    assert float(output) < 30


def test_the_limit_of_connections_follows_that_of_descriptors(monkeypatch: pytest.MonkeyPatch) -> None:
    limits = {32: 16, 64: 16, 1024: 496, 20_000: CONNECTIONS_MAX, resource.RLIM_INFINITY: CONNECTIONS_MAX}
    for soft, expected in limits.items():
        monkeypatch.setattr(resource, "getrlimit", lambda _, soft=soft: (soft, soft))
        assert connections_max() == expected


@pytest.fixture(autouse=True)
def _warnings_of_the_server_are_expected(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)


@pytest.mark.skipif(os.geteuid() != 0, reason="mounts a small file system: run as root")
def test_body_that_has_no_room_in_tmpdir_is_answered_and_told_of(tmp_path: Path) -> None:
    root, small = tmp_path / "s3", tmp_path / "tmp"
    (root / "bucket").mkdir(parents=True)
    small.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(small)], check=False)
    if mounted.returncode:
        pytest.skip("mounts a small file system: run where that is allowed")
    program = (
        "import sys; from fake_s3 import ObjectStore, create_app; from fake_s3.server import Server;"
        "app = create_app(ObjectStore(__import__('pathlib').Path(sys.argv[1]), {}), None, True, ());"
        "server = Server(app, '127.0.0.1', 0); print(server.port, flush=True); server.run()"
    )
    try:
        with subprocess.Popen(
            [sys.executable, "-c", program, str(root)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**os.environ, "TMPDIR": str(small)},
            text=True,
        ) as process:
            try:
                assert process.stdout is not None
                port = int(process.stdout.readline())
                for headers in ({}, {"Expect": "100-continue"}):
                    large = _put(port, b"x" * (3 << 20), headers)
                    assert large == 507
                    assert _put(port, b"x" * 1000, headers) == 200
            finally:
                process.kill()
            assert process.stderr is not None
            assert "No space left on device" in process.stderr.read()
    finally:
        subprocess.run(["umount", "-l", str(small)], check=True)


def _put(port: int, body: bytes, headers: dict[str, str]) -> int:
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request("PUT", "/bucket/key", body, headers)
        return connection.getresponse().status
    finally:
        connection.close()
