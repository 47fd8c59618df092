"""emrsim against moto_server, in one run: start, CPU and time of EMR's calls, memory, and what size costs.

    python benchmarks/api.py [--rounds N] [--clusters N] [--steps N]

Both speak JSON 1.1, in plain HTTP requests that cost the client as little as possible, for it runs on the
same cores. The servers take turns within each round, so that whatever else the machine does hits both; the
table has medians. `benchmarks.servers` says where moto comes from and how CPU is measured.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

from servers import Server, answers, free_port, moto_python, print_table, running

STARTS_PER_ROUND = 2
REQUESTS = 200
STEPS = 10  # of the cluster that is described
CLUSTERS_PER_ROUND = 20
CLUSTERS_ON_A_PAGE = 60  # a little more, so that there is a second one
STEPS_ON_A_PAGE = 60
STEPS_PER_REQUEST = 200
NO_SUCH_JAR = {"Jar": "s3://none/none.jar"}  # emrsim fails such a step at once, moto never looks
RELEASE = "emr-5.36.0"
# Neither looks at the signature; moto reads the service from it.
SOMEBODY = (
    "AWS4-HMAC-SHA256 Credential=any/20260101/us-east-1/elasticmapreduce/aws4_request, SignedHeaders=host, "
    "Signature=0"
)
MOTO = "import sys; from moto.server import main; main(['-H', '127.0.0.1', '-p', sys.argv[1]])"
HEALTH = {"emrsim": "/_emrsim/health", "moto": "/moto-api/"}


class Connection:
    """EMR on a connection that is kept open, if the server keeps it."""

    def __init__(self, port: int) -> None:
        self._http = HTTPConnection("127.0.0.1", port, timeout=120)

    def __enter__(self) -> Connection:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def get(self, path: str) -> None:
        """Read a page that is there."""
        self._http.request("GET", path)
        answer = self._http.getresponse()
        answer.read()
        assert answer.status == 200, answer.status

    def call(self, operation: str, **params: Any) -> bytes:
        """The body of an answer that is no error."""
        headers = {
            "Authorization": SOMEBODY,
            "Content-Type": "application/x-amz-json-1.1",
            "X-Amz-Target": f"ElasticMapReduce.{operation}",
        }
        self._http.request("POST", "/", json.dumps(params), headers)
        answer = self._http.getresponse()
        body = answer.read()
        assert answer.status == 200, body
        return body

    def run(self, steps: int = 0) -> str:
        """The id of a new cluster of three instances that is kept alive."""
        groups = [
            {"InstanceRole": role, "InstanceType": "m4.large", "InstanceCount": count}
            for role, count in (("MASTER", 1), ("CORE", 2))
        ]
        body = self.call(
            "RunJobFlow",
            Name="a cluster",
            ReleaseLabel=RELEASE,
            JobFlowRole="EMR_EC2_DefaultRole",
            ServiceRole="EMR_DefaultRole",
            Instances={"InstanceGroups": groups, "KeepJobFlowAliveWhenNoSteps": True},
            Steps=some_steps(steps),
        )
        return str(json.loads(body)["JobFlowId"])


def some_steps(count: int) -> list[dict[str, Any]]:
    return [
        {"Name": f"step {number}", "ActionOnFailure": "CONTINUE", "HadoopJarStep": NO_SUCH_JAR}
        for number in range(count)
    ]


def command_of(name: str, scratch: Path, port: int) -> list[str]:
    """How to start a server."""
    if name == "moto":
        return [str(moto_python()), "-c", MOTO, str(port)]
    root = tempfile.mkdtemp(dir=scratch)
    return [sys.executable, "-m", "emrsim", "serve", "--root", f"{root}/s3", "--port", str(port)]


@contextmanager
def server_of(name: str, scratch: Path) -> Iterator[Server]:
    """A server of that name, from when it answers."""
    port = free_port()
    with running(name, command_of(name, scratch, port), port) as server:
        yield server


def measure_start(scratch: Path, rounds: int) -> list[Server]:
    """Time and CPU from the start of the process to its first answers."""
    noted = [Server(name, 0, 0) for name in HEALTH]
    for _ in range(rounds * STARTS_PER_ROUND):
        for notes in noted:
            start_once(notes, scratch)
    return noted


def start_once(notes: Server, scratch: Path) -> None:
    port = free_port()
    start_once_with(notes, command_of(notes.name, scratch, port), port, HEALTH[notes.name])


def start_once_with(notes: Server, command: list[str], port: int, health: str) -> None:
    """Start a server, and note what that took until its first answers."""
    quiet = subprocess.DEVNULL
    began = time.perf_counter()
    with subprocess.Popen(command, stdout=quiet, stderr=quiet) as process:
        try:
            server = Server(notes.name, process.pid, port)
            with Connection(port) as emr:
                while not answers(port):
                    time.sleep(0.005)
                emr.get(health)
                notes.note("start to first health answer, s", time.perf_counter() - began)
                notes.note("... CPU s", server.cpu_seconds())
                emr.call("ListClusters")
                notes.note("start to first answer of EMR, s", time.perf_counter() - began)
                notes.note("... with CPU s", server.cpu_seconds())
                notes.note("memory then, MB", server.peak_mb())
        finally:
            process.kill()


def rate(server: Server, label: str, operation: str, **params: Any) -> None:
    """Requests a second and CPU of one operation, one client."""
    with Connection(server.port) as emr:
        emr.call(operation, **params)

        def work() -> None:
            for _ in range(REQUESTS):
                emr.call(operation, **params)

        wall, cpu = server.timed(work)
    server.note(f"{label}, requests/s", REQUESTS / wall)
    server.note(f"{label}, CPU ms", cpu / REQUESTS * 1000)


def reads(server: Server, cluster: str) -> None:
    """The calls that clients poll with."""
    rate(server, "DescribeJobFlows", "DescribeJobFlows", JobFlowIds=[cluster])
    rate(server, "DescribeCluster", "DescribeCluster", ClusterId=cluster)
    rate(server, "ListSteps", "ListSteps", ClusterId=cluster)


def finish_steps(server: Server, cluster: str) -> None:
    """Wait until no step of the cluster runs, where steps run."""
    if server.name == "moto":
        return
    going_on = {"ClusterId": cluster, "StepStates": ["PENDING", "RUNNING"]}
    with Connection(server.port) as emr:
        while json.loads(emr.call("ListSteps", **going_on))["Steps"]:
            time.sleep(0.05)


def add_clusters(server: Server, count: int) -> None:
    """What it costs to make a cluster."""

    def work() -> None:
        with Connection(server.port) as emr:
            for _ in range(count):
                emr.run()

    wall, cpu = server.timed(work)
    server.note("RunJobFlow, requests/s", count / wall)
    server.note("RunJobFlow, CPU ms", cpu / count * 1000)


def measure_calls(scratch: Path, rounds: int) -> list[Server]:
    """The same calls of a cluster with a few steps."""
    with ExitStack() as stack:
        servers = [stack.enter_context(server_of(name, scratch)) for name in HEALTH]
        described = {}
        for server in servers:
            with Connection(server.port) as emr:
                described[server.name] = emr.run(STEPS)
            finish_steps(server, described[server.name])
        for _ in range(rounds):
            for server in servers:
                reads(server, described[server.name])
        for _ in range(rounds):
            for server in servers:
                add_clusters(server, CLUSTERS_PER_ROUND)
        for server in servers:
            server.note("peak memory, MB", server.peak_mb())
    return servers


def last_marker(server: Server) -> str:
    """The marker of the last page of clusters."""
    with Connection(server.port) as emr:
        marker = ""
        while following := json.loads(emr.call("ListClusters", Marker=marker)).get("Marker"):
            marker = str(following)
    return marker


def measure_scale(scratch: Path, rounds: int, clusters: int, steps: int) -> list[Server]:
    """Two emulators of ours: one with little more than a page of clusters and steps, one with many."""
    with ExitStack() as stack:
        servers = [stack.enter_context(server_of("emrsim", scratch)) for _ in range(2)]
        described, busy = [], []
        for server, (cluster_count, step_count) in zip(
            servers, ((CLUSTERS_ON_A_PAGE, STEPS_ON_A_PAGE), (clusters, steps)), strict=True
        ):
            with Connection(server.port) as emr:
                described.append(emr.run(STEPS))
                busy.append(emr.run())
                while step_count > 0:
                    emr.call(
                        "AddJobFlowSteps",
                        JobFlowId=busy[-1],
                        Steps=some_steps(min(step_count, STEPS_PER_REQUEST)),
                    )
                    finish_steps(server, busy[-1])
                    step_count -= STEPS_PER_REQUEST
                for _ in range(cluster_count):
                    emr.run()
        for _ in range(rounds):
            for server, cluster, with_steps in zip(servers, described, busy, strict=True):
                reads(server, cluster)
                rate(server, "ListClusters, first page", "ListClusters")
                rate(server, "ListClusters, last page", "ListClusters", Marker=last_marker(server))
                rate(server, "ListInstances", "ListInstances", ClusterId=cluster)
                rate(server, "ListSteps of the many, first page", "ListSteps", ClusterId=with_steps)
                rate(server, "DescribeCluster of the many", "DescribeCluster", ClusterId=with_steps)
        for server in servers:
            server.note("peak memory, MB", server.peak_mb())
    return servers


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--clusters", type=int, default=2000)
    parser.add_argument("--steps", type=int, default=1000)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-api-") as scratch:
        print("| measure (median of rounds) | emrsim | moto_server | ratio |\n|---|---|---|---|")
        print_table(measure_start(Path(scratch), arguments.rounds))
        print_table(measure_calls(Path(scratch), arguments.rounds))
        few, many = f"{CLUSTERS_ON_A_PAGE} clusters", f"{arguments.clusters:,} clusters"
        print(f"\n| emrsim alone (median of rounds) | {few} | {many} | ratio |\n|---|---|---|---|")
        scaled = measure_scale(Path(scratch), arguments.rounds, arguments.clusters, arguments.steps)
        print_table(scaled)


if __name__ == "__main__":
    main()
