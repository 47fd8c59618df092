"""What the console costs: `python benchmarks/console.py`. Prints a table, as in benchmarks/console.md.

Times are those of the server's own CPU, which other work on the machine does not change; first bytes are wall
time as well. The pages are asked for as browsers do: each on a connection of its own that stays open.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from statistics import median
from threading import Event, Thread
from typing import Any

import boto3

PAGES = 50
SECONDS = 15
BASE = "/_emrsim/console/"
# Prints 100,000 lines a second.
_LOUD = """
import time
while True:
    began = time.time()
    print("\\n".join(["x" * 40] * 10_000))
    time.sleep(max(0, began + 0.1 - time.time()))
"""
_TICKS = os.sysconf("SC_CLK_TCK")


class Bench:
    """A server process, and questions to it."""

    def __init__(self, process: subprocess.Popen[str], url: str) -> None:
        self.process = process
        self.url = url
        self.port = int(url.rpartition(":")[2])
        self.emr = boto3.client(
            "emr", endpoint_url=url, region_name="us-east-1", aws_access_key_id="k", aws_secret_access_key="s"
        )

    def cpu_seconds(self) -> float:
        """The CPU time of the server process, without that of the steps."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / _TICKS

    def memory_mb(self) -> float:
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS")) / 1024

    def get(self, path: str) -> float:
        """Seconds until the answer begins."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=60)
        began = time.perf_counter()
        connection.request("GET", path, headers={"Accept": "text/html"})
        answer = connection.getresponse()
        seconds = time.perf_counter() - began
        assert answer.status == 200, (path, answer.status)
        answer.read()
        connection.close()
        return seconds

    def start(self, *command: str) -> tuple[str, str]:
        jar = {"Jar": "command-runner.jar", "Args": list(command)}
        instances = {
            "InstanceCount": 1,
            "MasterInstanceType": "m4.large",
            "KeepJobFlowAliveWhenNoSteps": True,
        }
        cluster_id = self.emr.run_job_flow(
            Name="busy",
            ReleaseLabel="emr-5.36.0",
            Instances=instances,
            Steps=[{"Name": "busy", "ActionOnFailure": "CONTINUE", "HadoopJarStep": jar}],
        )["JobFlowId"]
        step_id = self.emr.list_steps(ClusterId=cluster_id)["Steps"][0]["Id"]
        wait_until_running(self, step_id)
        return cluster_id, step_id

    def seed(self, clusters: list[dict[str, Any]]) -> list[str]:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=120)
        connection.request("POST", "/_emrsim/seed", json.dumps({"clusters": clusters}))
        found: list[str] = json.load(connection.getresponse())["clusters"]
        connection.close()
        return found


def wait_until_running(bench: Bench, step_id: str) -> None:
    """Wait until a step runs."""
    connection = HTTPConnection("127.0.0.1", bench.port, timeout=60)
    connection.request("GET", f"/_emrsim/wait?id={step_id}&state=RUNNING&timeout=30")
    connection.getresponse().read()
    connection.close()


@contextmanager
def server(*options: str) -> Iterator[Bench]:
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "emrsim", "serve", "--port", "0", "--root", f"{folder}/s3", *options]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        try:
            assert process.stdout is not None
            yield Bench(process, process.stdout.readline().split()[-1])
        finally:
            process.terminate()
            process.wait()


@contextmanager
def open_pages(bench: Bench, path: str, count: int) -> Iterator[list[int]]:
    """So many pages that ask once a second, as live.js does; the statuses that they got."""
    stop, statuses = Event(), list[int]()

    def page(number: int) -> None:
        connection, tag = HTTPConnection("127.0.0.1", bench.port, timeout=60), ""
        stop.wait(number / count)
        while not stop.is_set():
            headers = {"Accept": "text/html", "X-Emrsim-Poll": "1", **({"If-None-Match": tag} if tag else {})}
            connection.request("GET", path, headers=headers)
            answer = connection.getresponse()
            statuses.append(200 if answer.read() else 304)
            tag = answer.headers.get("ETag") or tag
            stop.wait(1)
        connection.close()

    threads = [Thread(target=page, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    try:
        yield statuses
    finally:
        stop.set()
        for thread in threads:
            thread.join()


def share_of_a_core(bench: Bench, seconds: float, probe: Callable[[], float]) -> tuple[float, float]:
    """The server's share of a core during so many seconds, and the slowest of the probes meanwhile."""
    began, before, slowest = time.monotonic(), bench.cpu_seconds(), 0.0
    while time.monotonic() - began < seconds:
        slowest = max(slowest, probe())
        time.sleep(0.5)
    return (bench.cpu_seconds() - before) / (time.monotonic() - began), slowest


def cost(bench: Bench, path: str, times: int = 40) -> tuple[float, float]:
    """CPU milliseconds of an answer, and the median of the milliseconds until its first byte."""
    bench.get(path)
    before = bench.cpu_seconds()
    first_bytes = [bench.get(path) for _ in range(times)]
    return (bench.cpu_seconds() - before) / times * 1000, median(first_bytes) * 1000


def _health(bench: Bench) -> float:
    connection = HTTPConnection("127.0.0.1", bench.port, timeout=60)
    began = time.perf_counter()
    connection.request("GET", "/_emrsim/health")
    connection.getresponse().read()
    connection.close()
    return time.perf_counter() - began


def measure_open_pages() -> None:
    loop = "for n in $(seq 100000); do echo line $n; sleep 0.2; done"
    with server("--in-memory") as bench:
        cluster_id, step_id = bench.start("bash", "-c", loop)
        bench.get("/_emrsim/")  # loads the console
        alone, _ = share_of_a_core(bench, SECONDS, lambda: _health(bench))
        cluster = f"{BASE}clusters/{cluster_id}"
        for title, path in (("cluster", cluster), ("step", f"{cluster}/steps/{step_id}")):
            bench.get(path)  # compiles its template
            with open_pages(bench, path, PAGES) as statuses:
                share, slowest = share_of_a_core(bench, SECONDS, lambda: _health(bench))
            changed = statuses.count(200) / len(statuses)
            what = f"{PAGES} open pages of a busy {title}: share of a core"
            print(f"| {what} | {share - alone:.1%} | {changed:.0%} of answers had something new |")
            print(f"| … slowest answer of health meanwhile | {slowest * 1000:.0f} ms | |")


def measure_loud_step() -> None:
    with server("--in-memory") as bench:
        cluster_id, step_id = bench.start(sys.executable, "-c", _LOUD)
        with open_pages(bench, f"{BASE}clusters/{cluster_id}/steps/{step_id}", 5):
            share, slowest = share_of_a_core(bench, SECONDS, lambda: _health(bench))
        print(f"| 5 pages of a step that prints 100,000 lines a second: share of a core | {share:.1%} | |")
        print(f"| … slowest answer of health meanwhile | {slowest * 1000:.0f} ms | |")


def measure_many() -> None:
    with server() as bench:
        untouched = bench.memory_mb()
        steps = [{"name": f"step {number}", "state": "COMPLETED"} for number in range(10_000)]
        (large,) = bench.seed([{"name": "large", "state": "WAITING", "steps": steps}])
        bench.seed([{"name": f"seeded {number}", "state": "TERMINATED"} for number in range(5_000)])
        for title, path in (
            ("list of 5,000 clusters", "/_emrsim/"),
            ("… its last page", "/_emrsim/?page=201"),
            ("… filtered by name", "/_emrsim/?name=seeded+4999"),
            ("cluster with 10,000 steps", f"{BASE}clusters/{large}"),
            ("… its last page", f"{BASE}clusters/{large}?page=200"),
        ):
            cpu, first = cost(bench, path)
            print(f"| {title}: CPU, first byte | {cpu:.1f} ms | {first:.1f} ms |")
        print(f"| memory of a server nobody has looked at | {untouched:.0f} MB | |")


def measure_health() -> None:
    """What as many requests a second cost that do next to nothing."""
    with server("--in-memory") as bench:
        bench.get("/_emrsim/")
        with open_pages(bench, "/_emrsim/health", PAGES):
            share, _ = share_of_a_core(bench, SECONDS, lambda: 0.0)
        print(f"| for comparison, {PAGES} calls of health a second: share of a core | {share:.1%} | |")


if __name__ == "__main__":
    print("| what | | |\n|---|---|---|")
    measure_health()
    measure_open_pages()
    measure_loud_step()
    measure_many()
