"""emrsim that keeps its state against emrsim in memory, in one run: calls, start, memory.

    python benchmarks/durability.py [--rounds N] [--clusters N] [--fsync]

The servers take turns within each round, so that whatever else the machine does hits both; the tables have
medians. CPU is the server process's own.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.request import Request, urlopen

from api import Connection, some_steps, start_once_with
from servers import Server, free_port, print_table, running

CLUSTERS_PER_ROUND = 400
ADDED_STEPS = 400
READS = 400
STEPS_OF_ENDED = 10
_RELEASE = "emr-5.36.0"


@contextmanager
def serving(name: str, root: Path, *options: str) -> Iterator[Server]:
    """A server on `root`, from when it answers."""
    port = free_port()
    with running(name, command(root, port, *options), port) as server:
        yield server


def command(root: Path, port: int, *options: str) -> list[str]:
    return [sys.executable, "-m", "emrsim", "serve", "--root", str(root), "--port", str(port), *options]


def measure_calls(scratch: Path, rounds: int, more: list[str]) -> list[Server]:
    """Calls that change something, and one that reads. No step runs: what is measured is the calls."""
    with ExitStack() as stack:
        boots = ("--boot-seconds", "7200")
        servers = [
            stack.enter_context(serving("durable", scratch / "durable", *boots, *more)),
            stack.enter_context(serving("in memory", scratch / "memory", *boots, "--in-memory")),
        ]
        for server in servers:
            with Connection(server.port) as emr:
                emr.run(1)
        for _ in range(rounds):
            for server in servers:
                one_round(server)
        return servers


def one_round(server: Server) -> None:
    with Connection(server.port) as emr:
        ids: list[str] = []
        wall, cpu = server.timed(lambda: ids.extend(emr.run(1) for _ in range(CLUSTERS_PER_ROUND)))
        server.note("RunJobFlow, CPU ms", cpu / CLUSTERS_PER_ROUND * 1000)
        server.note("RunJobFlow, wall ms", wall / CLUSTERS_PER_ROUND * 1000)
        steps = some_steps(1)

        def add() -> None:
            for number in range(ADDED_STEPS):
                emr.call("AddJobFlowSteps", JobFlowId=ids[number % len(ids)], Steps=steps)

        wall, cpu = server.timed(add)
        server.note("AddJobFlowSteps, CPU ms", cpu / ADDED_STEPS * 1000)
        server.note("AddJobFlowSteps, wall ms", wall / ADDED_STEPS * 1000)

        def read() -> None:
            for _ in range(READS):
                emr.call("DescribeCluster", ClusterId=ids[0])

        wall, cpu = server.timed(read)
        server.note("DescribeCluster, CPU ms", cpu / READS * 1000)


def measure_start(scratch: Path, rounds: int, clusters: int) -> list[Server]:
    """Start to the first answer with many ended clusters in the record, against none."""
    roots = {"with clusters": scratch / "many", "empty": scratch / "none"}
    fill(roots["with clusters"], clusters)
    noted = [Server(name, 0, 0) for name in roots]
    for _ in range(rounds):
        for notes in noted:
            port = free_port()
            start_once_with(notes, command(roots[notes.name], port), port, "/_emrsim/health")
    return noted


def fill(root: Path, clusters: int) -> None:
    """Let there be `clusters` ended clusters of ten steps each, and stop in order."""
    steps = [{"name": f"step {number}", "state": "COMPLETED"} for number in range(STEPS_OF_ENDED)]
    seed = {"state": "TERMINATED", "release_label": _RELEASE, "repeat": min(clusters, 10_000), "steps": steps}
    with serving("filled", root) as server:
        body = json.dumps({"clusters": [{**seed, "every": "PT1M"}]}).encode()
        urlopen(Request(f"http://127.0.0.1:{server.port}/_emrsim/seed", body)).close()
        time.sleep(1)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--clusters", type=int, default=10_000)
    parser.add_argument("--fsync", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        print("| work | durable | in memory | ratio |\n|---|---|---|---|")
        print_table(measure_calls(Path(folder), options.rounds, ["--fsync"] if options.fsync else []))
        print(f"\n| start | {options.clusters} ended clusters | none | ratio |\n|---|---|---|---|")
        print_table(measure_start(Path(folder), options.rounds, options.clusters))


if __name__ == "__main__":
    main()
