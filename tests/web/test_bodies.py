"""Bodies and answers of any size take a bounded amount of memory."""

from __future__ import annotations

import resource
import socket
from pathlib import Path

import pytest

from emrsim import Emulator
from tests.support.sockets import exchange
from tests.waiting import wait_until

SCOPE = (
    "AWS4-HMAC-SHA256 Credential=a/20261130/us-east-1/{service}/aws4_request, "
    "SignedHeaders=host, Signature=00"
)
HEALTH = b"GET /_emrsim/health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
OUTPUT = HEALTH.replace(b"health", b"output?uri=s3://bucket/out")


def form(service: str, body: bytes, content_type: str = "application/x-www-form-urlencoded") -> bytes:
    head = (
        "POST / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
        f"Content-Type: {content_type}\r\nAuthorization: {SCOPE.format(service=service)}\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def peak_mb() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10


@pytest.mark.parametrize("service", ["iam", "sts", "monitoring", "nosuch"])
@pytest.mark.parametrize("piece", [b"a=1&", b"a", b"&"], ids=["fields", "one", "empty"])
def test_a_large_form_to_a_neighbour_is_rejected(emrsim: Emulator, service: str, piece: bytes) -> None:
    before = peak_mb()

    answer = exchange(emrsim.port, form(service, piece * (40_000_000 // len(piece))))

    assert answer.status in {400, 501}
    assert b"larger than 1048576 bytes" in answer.body or b"does not answer for" in answer.body
    assert peak_mb() - before < 200


def test_a_form_of_millions_of_fields_is_rejected(emrsim: Emulator) -> None:
    before = peak_mb()

    answer = exchange(emrsim.port, form("elasticmapreduce", b"Action=ListClusters&" + b"a&" * 4_000_000))

    assert answer.status == 400
    assert b"more than 200000 fields" in answer.body
    assert peak_mb() - before < 200


def test_an_output_is_not_read_into_memory(emrsim: Emulator, tmp_path: Path) -> None:
    emrsim.put("s3://bucket/out/part-00000", "first\n")
    size = 400_000_000
    with open(emrsim.root / "bucket" / "out" / "part-00001", "wb") as part:
        part.truncate(size)
    before, received = peak_mb(), 0

    with socket.create_connection(("127.0.0.1", emrsim.port), timeout=60) as connection:
        connection.sendall(OUTPUT)
        while piece := connection.recv(1 << 20):
            received += len(piece)

    assert received > size
    assert peak_mb() - before < 200


def test_clients_that_do_not_read_their_output_keep_nobody_waiting(emrsim: Emulator) -> None:
    emrsim.put("s3://bucket/out/part-00000", b"x" * 50_000_000)
    connections = [socket.create_connection(("127.0.0.1", emrsim.port)) for _ in range(12)]
    try:
        for one in connections:
            one.sendall(OUTPUT)
        wait_until(lambda: exchange(emrsim.port, HEALTH).status == 200, patience=5)
    finally:
        for one in connections:
            one.close()
