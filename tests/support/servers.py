"""`emrsim serve` as a process that a test kills, stops and starts again, on one root."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import boto3
from botocore.config import Config

_KEYS = {"aws_access_key_id": "key", "aws_secret_access_key": "secret", "region_name": "us-east-1"}
_CONFIG = Config(retries={"total_max_attempts": 1})


class Server:
    """A server process; `url` is there once it serves."""

    def __init__(self, root: Path, *options: str) -> None:
        command = [sys.executable, "-m", "emrsim", "serve", "--port", "0", "--root", str(root), *options]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=root.parent)
        assert self.process.stdout is not None
        lines = 1 if "--quiet" in options else 8
        self.greeting = [self.process.stdout.readline() for _ in range(lines)]
        assert "listening on" in self.greeting[0], self.greeting
        self.url = self.greeting[0].split()[-1]

    def client(self, service: str) -> Any:
        return boto3.client(service, endpoint_url=self.url, config=_CONFIG, **_KEYS)

    def control(self, path: str, body: Any = None, method: str | None = None) -> Any:
        """Call `/_emrsim/PATH`, with a body as JSON."""
        data = None if body is None else json.dumps(body).encode()
        with urlopen(Request(f"{self.url}/_emrsim/{path}", data, method=method)) as answer:
            return json.load(answer)

    def kill(self) -> None:
        """Kill it at once, as by the kernel or a power failure of the process."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """Stop it in order."""
        self._end(signal.SIGTERM)

    def _end(self, number: signal.Signals) -> None:
        if self.process.poll() is None:
            self.process.send_signal(number)
        self.process.wait(timeout=60)
        assert self.process.stdout is not None
        self.process.stdout.close()


@contextmanager
def running(root: Path, *options: str) -> Iterator[Server]:
    """A server that is killed at the end of the block, if it runs then."""
    server = Server(root, *options)
    try:
        yield server
    finally:
        server.kill()


def step(name: str, *words: str, on_failure: str = "CONTINUE") -> dict[str, Any]:
    """A step of command-runner, as boto3 has it."""
    jar_step = {"Jar": "command-runner.jar", "Args": list(words)}
    return {"Name": name, "ActionOnFailure": on_failure, "HadoopJarStep": jar_step}


def start_cluster(emr: Any, *steps: dict[str, Any], keep_alive: bool = True, **more: Any) -> str:
    """The id of a new cluster."""
    instances = {
        "InstanceCount": 1,
        "MasterInstanceType": "m4.large",
        "KeepJobFlowAliveWhenNoSteps": keep_alive,
    }
    answer = emr.run_job_flow(
        Name="cluster", ReleaseLabel="emr-5.36.0", Instances=instances, Steps=list(steps), **more
    )
    return str(answer["JobFlowId"])


def cluster_state(emr: Any, cluster_id: str) -> str:
    return str(emr.describe_cluster(ClusterId=cluster_id)["Cluster"]["Status"]["State"])


def step_states(emr: Any, cluster_id: str) -> dict[str, str]:
    """The states of a cluster's steps by their names, in the order in which they were added."""
    steps = emr.list_steps(ClusterId=cluster_id)["Steps"]
    return {one["Name"]: one["Status"]["State"] for one in reversed(steps)}
