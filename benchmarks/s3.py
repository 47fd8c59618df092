"""fake_s3 against moto_server, in one run: CPU of the server, throughput, peak memory, ratios of medians.

    python benchmarks/s3.py [--rounds N] [--keys N ...] [--only objects|listings]

moto is installed into a virtual environment of its own under benchmarks/out, unless MOTO_PYTHON names a
Python that has it. The servers take turns within each round, so that whatever else the machine does hits
both. CPU is the server process's own (user and system, from /proc), so this needs Linux.
"""

from __future__ import annotations

import argparse
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

import boto3
from botocore.config import Config

from fake_s3 import ObjectStore

SMALL, SMALL_COUNT = b"x" * 1024, 200
LARGE_MB = 100
CLIENTS, OPERATIONS_PER_CLIENT = 8, 40
# Neither server looks at the signature, but moto refuses requests that have none.
SOMEBODY = (
    "Authorization: AWS4-HMAC-SHA256 Credential=any/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, "
    "Signature=0"
)
TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")

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


@dataclass
class Server:
    """A server process, and what was measured of it: values by name of the measure, one a round."""

    name: str
    pid: int
    port: int
    measures: dict[str, list[float]] = field(default_factory=dict)

    def client(self) -> Any:
        """A client that computes as little as possible itself, for it runs on the same cores."""
        return boto3.client(
            "s3",
            endpoint_url=f"http://127.0.0.1:{self.port}",
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

    def cpu_seconds(self) -> float:
        """User and system time of the process so far."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS_PER_SECOND

    def peak_mb(self) -> float:
        """The most memory that the process ever had resident."""
        status = Path(f"/proc/{self.pid}/status").read_text()
        return int(next(line for line in status.splitlines() if line.startswith("VmHWM")).split()[1]) / 1024

    def note(self, measure: str, value: float) -> None:
        """Keeps a measured value."""
        self.measures.setdefault(measure, []).append(value)

    def timed(self, work: Callable[[], None]) -> tuple[float, float]:
        """Wall and CPU seconds that the work took, the latter the server's."""
        cpu, wall = self.cpu_seconds(), time.perf_counter()
        work()
        return time.perf_counter() - wall, self.cpu_seconds() - cpu


def small_objects(server: Server) -> None:
    """CPU per PUT and per GET of 1 KB, one client."""
    s3 = server.client()

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
    s3 = server.client()

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
        s3 = server.client()
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
    s3 = server.client()

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


@contextmanager
def running(name: str, command: list[str], port: int) -> Iterator[Server]:
    """The server while it runs, from when it answers."""
    quiet = subprocess.DEVNULL
    with subprocess.Popen(command, stdout=quiet, stderr=quiet) as process:
        try:
            while not answers(port):
                if process.poll() is not None:
                    raise RuntimeError(f"{name} ended before it answered")
                time.sleep(0.1)
            yield Server(name, process.pid, port)
        finally:
            process.kill()


def answers(port: int) -> bool:
    """Whether something listens on the port."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def free_port() -> int:
    """A port that is free now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def moto_python() -> Path:
    """A Python that has moto's server; made if need be."""
    if given := os.environ.get("MOTO_PYTHON"):
        return Path(given)
    home = Path(__file__).parent / "out" / "moto-venv"
    python = home / "bin" / "python"
    if not (home / "bin" / "moto_server").exists():
        venv.create(home, with_pip=True, clear=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", "moto[server,s3]"], check=True)
    return python


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
            server.client().create_bucket(Bucket="bench")
            server.client().put_object(Bucket="bench", Key="first", Body=SMALL)
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


def print_table(servers: list[Server]) -> None:
    """Medians of both and their ratio, as a Markdown table."""
    ours, theirs = servers
    for measure, values in ours.measures.items():
        mine, other = median(values), median(theirs.measures[measure])
        print(f"| {measure} | {mine:.3g} | {other:.3g} | {mine / other:.2f} |")


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--keys", type=int, nargs="*", default=[10_000, 100_000])
    parser.add_argument("--only", choices=["objects", "listings"])
    arguments = parser.parse_args()
    scratch = Path(tempfile.mkdtemp(prefix="bench-s3-"))
    try:
        print("| measure (median of rounds) | fake_s3 | moto_server | ratio |\n|---|---|---|---|")
        if arguments.only != "listings":
            print_table(measure_objects(scratch, arguments.rounds))
        if arguments.only != "objects":
            print_table(measure_listings(scratch, arguments.rounds, arguments.keys))
    finally:
        shutil.rmtree(scratch)


if __name__ == "__main__":
    main()
