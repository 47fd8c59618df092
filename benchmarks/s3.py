"""fake_s3 against moto_server, in one run: CPU of the server, throughput, peak memory, ratios of medians.

    python benchmarks/s3.py [--rounds N] [--keys N ...]

moto is installed into a virtual environment of its own under benchmarks/out, unless MOTO_PYTHON names a
Python that has it. The servers take turns within each round, so that whatever else the machine does hits
both. CPU is the server process's own (user and system, from /proc), so this needs Linux.
"""

from __future__ import annotations

import argparse
import os
import shutil
import socket
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config
from servers import Server, free_port, moto_python, print_table, running

from fake_s3 import ObjectStore

SMALL, SMALL_COUNT = b"x" * 1024, 200
LARGE_MB = 100
CLIENTS, OPERATIONS_PER_CLIENT = 8, 40
# Neither server looks at the signature, but moto refuses requests that have none.
SOMEBODY = (
    "Authorization: AWS4-HMAC-SHA256 Credential=any/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, "
    "Signature=0"
)

# Fills moto's memory from within: 100,000 PUTs over HTTP would take a quarter of an hour.
MOTO = """
import sys
from moto.core import DEFAULT_ACCOUNT_ID
from moto.s3.models import s3_backends
from moto.server import main

backend = s3_backends[DEFAULT_ACCOUNT_ID]["aws"]
for count in map(int, sys.argv[2:]):
    backend.create_bucket(f"keys-{count}", "us-east-1")
    for number in range(count):
        backend.put_object(f"keys-{count}", f"part-{number:06d}", b"x")
main(["-H", "127.0.0.1", "-p", sys.argv[1]])
"""


def client_of(server: Server) -> Any:
    """A client that computes as little as possible itself, for it runs on the same cores."""
    return boto3.client(
        "s3",
        endpoint_url=f"http://127.0.0.1:{server.port}",
        region_name="us-east-1",
        aws_access_key_id="any",
        aws_secret_access_key="thing",
        config=Config(
            retries={"max_attempts": 0},
            read_timeout=600,
            max_pool_connections=CLIENTS,
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
            s3={"payload_signing_enabled": False},
        ),
    )


def small_objects(server: Server) -> None:
    """CPU per PUT and per GET of 1 KB, one client."""
    s3 = client_of(server)

    def put() -> None:
        for number in range(SMALL_COUNT):
            s3.put_object(Bucket="bench", Key=f"small/{number}", Body=SMALL)

    def get() -> None:
        for number in range(SMALL_COUNT):
            s3.get_object(Bucket="bench", Key=f"small/{number}")["Body"].read()

    server.note("PUT 1 KB, CPU ms", server.timed(put)[1] / SMALL_COUNT * 1000)
    server.note("GET 1 KB, CPU ms", server.timed(get)[1] / SMALL_COUNT * 1000)


def large_objects(server: Server, file: Path) -> None:
    """Throughput and CPU of one PUT and one GET of 100 MB."""
    s3 = client_of(server)

    def put() -> None:
        with file.open("rb") as body:
            s3.put_object(Bucket="bench", Key="large", Body=body)

    def get() -> None:
        download(server.port, "/bench/large")

    for verb, work in (("PUT", put), ("GET", get)):
        wall, cpu = server.timed(work)
        server.note(f"{verb} {LARGE_MB} MB, MB/s", LARGE_MB / wall)
        server.note(f"{verb} {LARGE_MB} MB, CPU s", cpu)


def download(port: int, path: str) -> None:
    """Reads an object as fast as a socket gives it: boto3 alone would take longer than the servers do."""
    buffer = memoryview(bytearray(1 << 20))
    with socket.create_connection(("127.0.0.1", port)) as connection:
        request = f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{SOMEBODY}\r\n\r\n"
        connection.sendall(request.encode())
        received = 0
        while count := connection.recv_into(buffer):
            received += count
    assert received > LARGE_MB << 20, "less than the whole object came"


def many_clients(server: Server) -> None:
    """PUTs and GETs of 1 KB a second, 8 clients at once."""

    def work(client: int) -> None:
        s3 = client_of(server)
        for number in range(OPERATIONS_PER_CLIENT):
            key = f"many/{client}-{number}"
            s3.put_object(Bucket="bench", Key=key, Body=SMALL)
            s3.get_object(Bucket="bench", Key=key)["Body"].read()

    def together() -> None:
        with ThreadPoolExecutor(CLIENTS) as pool:
            list(pool.map(work, range(CLIENTS)))

    wall, cpu = server.timed(together)
    operations = CLIENTS * OPERATIONS_PER_CLIENT * 2
    server.note("8 clients, operations/s", operations / wall)
    server.note("8 clients, CPU ms per operation", cpu / operations * 1000)


def listing(server: Server, count: int) -> None:
    """CPU of listing all keys of a bucket, 1,000 a page."""
    s3 = client_of(server)

    def work() -> None:
        pages = s3.get_paginator("list_objects_v2").paginate(Bucket=f"keys-{count}")
        assert sum(page["KeyCount"] for page in pages) == count

    wall, cpu = server.timed(work)
    server.note(f"list {count:,} keys, CPU s", cpu)
    server.note(f"list {count:,} keys, wall s", wall)


@contextmanager
def fake_s3_server(root: Path, counts: list[int]) -> Iterator[Server]:
    """fake_s3 over `root`, with a bucket of each number of keys."""
    store = ObjectStore(root)
    for count in counts:
        (root / f"keys-{count}").mkdir()
        for number in range(count):
            store.put(f"keys-{count}", f"part-{number:06d}", [b"x"])
    store.close()
    port = free_port()
    command = [sys.executable, "-m", "fake_s3", "--root", str(root), "--port", str(port)]
    with running("fake_s3", command, port) as server:
        yield server


@contextmanager
def moto_server(counts: list[int]) -> Iterator[Server]:
    """moto_server, with the same buckets."""
    port = free_port()
    command = [str(moto_python()), "-c", MOTO, str(port), *map(str, counts)]
    with running("moto", command, port) as server:
        yield server


def measure_objects(scratch: Path, rounds: int) -> list[Server]:
    """All that is done with objects; the servers start empty, so that their memory is their own."""
    file = scratch / "large"
    with file.open("wb") as out:
        for _ in range(LARGE_MB):
            out.write(os.urandom(1 << 20))
    with ExitStack() as stack:
        ours = stack.enter_context(fake_s3_server(scratch / "objects", []))
        servers = [ours, stack.enter_context(moto_server([]))]
        for server in servers:
            client_of(server).create_bucket(Bucket="bench")
            client_of(server).put_object(Bucket="bench", Key="first", Body=SMALL)
            server.note("memory at rest, MB", server.peak_mb())
        for _ in range(rounds):
            for work in (small_objects, many_clients, lambda server: large_objects(server, file)):
                for server in servers:
                    work(server)
        for server in servers:
            server.note("peak memory, MB", server.peak_mb())
    return servers


def measure_listings(scratch: Path, rounds: int, counts: list[int]) -> list[Server]:
    """Listings of buckets that were filled before."""
    with ExitStack() as stack:
        ours = stack.enter_context(fake_s3_server(scratch / "listings", counts))
        servers = [ours, stack.enter_context(moto_server(counts))]
        for _ in range(rounds):
            for count in counts:
                for server in servers:
                    listing(server, count)
    return servers


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--keys", type=int, nargs="*", default=[10_000, 100_000])
    arguments = parser.parse_args()
    scratch = Path(tempfile.mkdtemp(prefix="bench-s3-"))
    try:
        print("| measure (median of rounds) | fake_s3 | moto_server | ratio |\n|---|---|---|---|")
        print_table(measure_objects(scratch, arguments.rounds))
        if arguments.keys:
            print_table(measure_listings(scratch, arguments.rounds, arguments.keys))
    finally:
        shutil.rmtree(scratch)


if __name__ == "__main__":
    main()
