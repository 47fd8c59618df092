"""A running emulator with clusters and steps for the console to show."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from email.message import Message
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlencode

import boto3

from emrsim import Emulator

BASE = "/_emrsim/console/"
MAPPER = """#!/usr/bin/env python3
import sys

for line in sys.stdin:
    word, number = line.split()
    print(word, int(number), sep="\\t")
"""
MENDED = MAPPER.replace("    print(word", "    if number.isdigit():\n        print(word")
_TOKEN = re.compile(r'name="token" value="([^"]+)"')


class Answer:
    """An answer of HTTP."""

    def __init__(self, status: int, headers: Message, body: bytes) -> None:
        self.status = status
        self.headers = headers
        self.text = body.decode("utf-8", "replace")
        self.body = body


class World:
    """The emulator, and short ways to what tests do with it."""

    def __init__(self, emulator: Emulator) -> None:
        self.emulator = emulator
        self.url = emulator.url
        self.emr = boto3.client(
            "emr",
            endpoint_url=emulator.url,
            region_name="us-east-1",
            aws_access_key_id="key",
            aws_secret_access_key="secret",
        )

    def get(self, path: str, headers: Mapping[str, str] | None = None) -> Answer:
        """Ask for a page, as a browser does."""
        return self.ask("GET", path, headers={"Accept": "text/html,*/*", **(headers or {})})

    def post(
        self, path: str, fields: Mapping[str, str], origin: str | None = "own", token: str = ""
    ) -> Answer:
        """Send a form, as a browser does."""
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        if origin is not None:
            headers["Origin"] = self.url if origin == "own" else origin
        body = urlencode({"token": token or self.token(), **fields})
        return self.ask("POST", path, body, headers)

    def ask(
        self, method: str, path: str, body: str | None = None, headers: Mapping[str, str] | None = None
    ) -> Answer:
        connection = HTTPConnection("127.0.0.1", self.emulator.port, timeout=30)
        try:
            connection.request(method, path, body, dict(headers or {}))
            answer = connection.getresponse()
            return Answer(answer.status, answer.headers, answer.read())
        finally:
            connection.close()

    def control(self, path: str) -> Any:
        """Return the answer of the control interface."""
        return json.loads(self.ask("GET", f"/_emrsim/{path}").text)

    def token(self) -> str:
        """Return the token that forms have."""
        found = _TOKEN.search(self.get(f"{BASE}clusters/new").text)
        assert found is not None
        return found[1]

    def start(
        self, *steps: Mapping[str, Any], name: str = "nightly report", keep: bool = True, **more: Any
    ) -> str:
        """Start a cluster, and return its id."""
        instances = {
            "InstanceCount": 3,
            "MasterInstanceType": "m5.xlarge",
            "SlaveInstanceType": "m5.xlarge",
            "KeepJobFlowAliveWhenNoSteps": keep,
        }
        answer = self.emr.run_job_flow(
            Name=name, ReleaseLabel="emr-5.36.0", Instances=instances, Steps=list(steps), **more
        )
        return str(answer["JobFlowId"])

    def steps(self, cluster_id: str) -> dict[str, str]:
        """Return the ids of a cluster's steps by their names."""
        return {one["Name"]: one["Id"] for one in self.emr.list_steps(ClusterId=cluster_id)["Steps"]}

    def state(self, cluster_id: str, step_id: str) -> str:
        found = self.emr.describe_step(ClusterId=cluster_id, StepId=step_id)
        return str(found["Step"]["Status"]["State"])

    def broken_step(self) -> tuple[str, str]:
        """Return a cluster and a step of it that failed because its mapper cannot read its input."""
        self.emulator.put("s3://lake/mapper.py", MAPPER)
        self.emulator.put("s3://lake/input/a.txt", "apple 1\nbread x\n")
        self.emulator.put("s3://lake/input/b.txt", "cheese 3\n")
        output = f"s3://lake/sums-{len(self.emulator.running.state.clusters)}"
        cluster_id = self.start(streaming("sum per word", "s3://lake/mapper.py", output))
        step_id = self.steps(cluster_id)["sum per word"]
        assert self.emulator.wait(step_id) == "FAILED"
        return cluster_id, step_id


def streaming(name: str, mapper: str, output: str, input: str = "s3://lake/input") -> dict[str, Any]:
    """A streaming step with a mapper in S3, or a command."""
    shipped = ["-files", mapper] if mapper.startswith("s3:") else []
    program = mapper.rpartition("/")[2] if shipped else mapper
    words = [*shipped, "-mapper", program, "-reducer", "cat", "-input", input, "-output", output]
    return command(name, "hadoop-streaming", *words)


def command(name: str, *words: str) -> dict[str, Any]:
    """A step of command-runner."""
    jar = {"Jar": "command-runner.jar", "Args": list(words)}
    return {"Name": name, "ActionOnFailure": "CONTINUE", "HadoopJarStep": jar}


def seed(world: World, clusters: int, steps: int = 0) -> list[str]:
    """Let clusters be there that have never run; their ids."""
    told = [{"name": f"seeded {number}", "state": "TERMINATED"} for number in range(clusters)]
    if steps:
        told[0]["steps"] = [{"name": f"step {number}", "state": "COMPLETED"} for number in range(steps)]  # type: ignore[assignment]
    answer = world.ask("POST", "/_emrsim/seed", json.dumps({"clusters": told}))
    found: list[str] = json.loads(answer.text)["clusters"]
    return found
