"""Kills `emrsim serve` at random moments, and checks that nothing acknowledged is lost and no state lies.

    python -m tests.durability.chaos --rounds 200 --seed 1

In each round clients start job flows, add and cancel steps, tag, terminate, and write objects and parts of
uploads; at a random moment, sometimes while it starts, the server is killed. After the restart every
acknowledged call's effect has to be there, every other call's wholly or not at all, no process of before, no
half object, no COMPLETED step whose output is not whole, and no move in any story that the tables lack.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from emrsim.core.states import CLUSTER_MOVES, GROUP_MOVES, STEP_MOVES
from tests.support.servers import Server, start_cluster, step

INPUT = "".join(f"line {number}\n" for number in range(2_000))
CLIENTS = 4
ENDED = {"TERMINATED", "TERMINATED_WITH_ERRORS"}
MOVES: dict[str, set[tuple[object, object]]] = {
    "cluster": {(before, after) for (before, _), after in CLUSTER_MOVES.items()},
    "step": {(before, after) for (before, _), after in STEP_MOVES.items()},
    "group": {(before, after) for (before, _), after in GROUP_MOVES.items()},
}


class Finding(AssertionError):
    """Something that must not be."""


@dataclass
class Known:
    """What the clients know: acknowledged effects, and calls whose answer did not come."""

    clusters: dict[str, list[str]] = field(default_factory=dict)  # names of steps by id
    tags: dict[str, dict[str, set[str]]] = field(default_factory=dict)  # values that may be there, by key
    terminated: set[str] = field(default_factory=set)
    objects: dict[str, set[bytes]] = field(default_factory=dict)  # contents that may be there, by key
    parts: dict[tuple[str, str], set[int]] = field(default_factory=dict)
    batches: list[list[str]] = field(default_factory=list)  # steps that were asked for in one call
    outputs: dict[str, str] = field(default_factory=dict)  # the output of a streaming step, by its name
    answers: int = 0  # calls that were answered
    lock: threading.Lock = field(default_factory=threading.Lock)


class Client:
    """One client: calls at random until the server is gone."""

    def __init__(self, server: Server, known: Known, number: int, numbers: itertools.count[int]) -> None:
        self._emr, self._s3 = server.client("emr"), server.client("s3")
        self._known = known
        self._random = random.Random(number)
        self._numbers = numbers

    def run(self, stop: threading.Event) -> None:
        calls: list[Callable[[], None]] = [
            self._start, self._add, self._add, self._tag, self._tag, self._tag, self._cancel, self._terminate,
            self._put, self._put, self._part,
        ]  # fmt: skip
        while not stop.is_set():
            try:
                self._random.choice(calls)()
                self._known.answers += 1
            except ClientError as error:
                if error.response["ResponseMetadata"]["HTTPStatusCode"] >= 500:
                    raise
            except BotoCoreError:
                return  # the server is gone

    def _steps(self) -> list[dict[str, Any]]:
        steps = []
        for _ in range(self._random.randint(1, 3)):
            name = f"step-{next(self._numbers)}"
            kind = self._random.random()
            if kind < 0.3:
                output = f"out-{name}"
                self._known.outputs[name] = output
                words = ("hadoop-streaming", "-mapper", "cat", "-input", "s3://bucket/in",
                         "-output", f"s3://bucket/{output}")  # fmt: skip
                steps.append(step(name, *words))
            elif kind < 0.5:
                steps.append(step(name, "sleep", f"{600 + next(self._numbers)}.25"))
            else:
                steps.append(step(name, "true"))
        return steps

    def _cluster(self) -> str | None:
        with self._known.lock:
            living = [one for one in self._known.clusters if one not in self._known.terminated]
        return self._random.choice(living) if living else None

    def _start(self) -> None:
        if len(self._known.clusters) - len(self._known.terminated) > 12:
            return
        steps = self._steps()
        names = [one["Name"] for one in steps]
        with self._known.lock:
            self._known.batches.append(names)
        cluster_id = start_cluster(self._emr, *steps)
        with self._known.lock:
            self._known.clusters[cluster_id] = names

    def _add(self) -> None:
        if (cluster_id := self._cluster()) is None:
            return
        steps = self._steps()
        names = [one["Name"] for one in steps]
        with self._known.lock:
            self._known.batches.append(names)
        self._emr.add_job_flow_steps(JobFlowId=cluster_id, Steps=steps)
        with self._known.lock:
            self._known.clusters[cluster_id].extend(names)

    def _tag(self) -> None:
        if (cluster_id := self._cluster()) is None:
            return
        key, value = f"k{self._random.randint(0, 5)}-{id(self)}", f"v{next(self._numbers)}"
        with self._known.lock:
            self._known.tags.setdefault(cluster_id, {}).setdefault(key, {""}).add(value)
        self._emr.add_tags(ResourceId=cluster_id, Tags=[{"Key": key, "Value": value}])
        with self._known.lock:
            self._known.tags[cluster_id][key] = {value}

    def _cancel(self) -> None:
        if (cluster_id := self._cluster()) is None:
            return
        steps = self._emr.list_steps(ClusterId=cluster_id, StepStates=["PENDING", "RUNNING"]).get("Steps")
        if steps:
            step_id = self._random.choice(steps)["Id"]
            option = self._random.choice(["SEND_INTERRUPT", "TERMINATE_PROCESS"])
            self._emr.cancel_steps(ClusterId=cluster_id, StepIds=[step_id], StepCancellationOption=option)

    def _terminate(self) -> None:
        cluster_id = self._cluster()
        if cluster_id is not None and self._random.random() < 0.3:
            self._emr.terminate_job_flows(JobFlowIds=[cluster_id])
            with self._known.lock:
                self._known.terminated.add(cluster_id)

    def _put(self) -> None:
        key = f"object-{self._random.randint(0, 9)}-{id(self)}"
        content = f"{next(self._numbers)} ".encode() * self._random.choice([1, 1_000, 100_000])
        with self._known.lock:
            self._known.objects.setdefault(key, {b""}).add(content)
        self._s3.put_object(Bucket="bucket", Key=key, Body=content)
        with self._known.lock:
            self._known.objects[key] = {content}

    def _part(self) -> None:
        key = f"upload-{next(self._numbers)}"
        upload = self._s3.create_multipart_upload(Bucket="bucket", Key=key)["UploadId"]
        for number in (1, 2):
            name = {"Bucket": "bucket", "Key": key, "UploadId": upload}
            self._s3.upload_part(**name, PartNumber=number, Body=b"x" * 10_000)
            with self._known.lock:
                self._known.parts.setdefault((key, upload), set()).add(number)


def play(root: Path, known: Known, numbers: itertools.count[int], dice: random.Random) -> None:
    """Serve, let clients call, and kill the server at a random moment."""
    if dice.random() < 0.15:
        _kill_while_it_starts(root, dice.random() * 0.6)
        return
    server = Server(root)
    stop = threading.Event()
    clients = [Client(server, known, next(numbers), numbers) for _ in range(CLIENTS)]
    threads = [threading.Thread(target=client.run, args=[stop]) for client in clients]
    for thread in threads:
        thread.start()
    enough, deadline = known.answers + dice.randint(1, 80), time.monotonic() + 20
    while known.answers < enough and time.monotonic() < deadline:
        time.sleep(0.002)
    server.kill()
    stop.set()
    for thread in threads:
        thread.join()


def _kill_while_it_starts(root: Path, seconds: float) -> None:
    command = [sys.executable, "-m", "emrsim", "serve", "--port", "0", "--root", str(root)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
        time.sleep(seconds)
        process.kill()


def check(root: Path, known: Known) -> None:
    """Restart the server and look at everything. Raises Finding."""
    before = _processes(root)
    server = Server(root)
    try:
        survivors = before & _processes(root)
        _demand(not survivors, f"processes of the killed server live on: {survivors}")
        emr, s3 = server.client("emr"), server.client("s3")
        found = {cluster_id: _steps_of(emr, cluster_id) for cluster_id in _clusters(emr)}
        _check_clusters(emr, known, found)
        _check_outputs(root, known, found)
        _check_objects(root, s3, known)
        _demand(server.control("health")["bugs"] == 0, "a bug of emrsim's")
    finally:
        server.kill()
    _check_stories(root)


def _clusters(emr: Any) -> list[str]:
    pages = emr.get_paginator("list_clusters").paginate()
    return [one["Id"] for page in pages for one in page["Clusters"]]


def _steps_of(emr: Any, cluster_id: str) -> dict[str, str]:
    pages = emr.get_paginator("list_steps").paginate(ClusterId=cluster_id)
    return {one["Name"]: one["Status"]["State"] for page in pages for one in page["Steps"]}


def _check_clusters(emr: Any, known: Known, found: dict[str, dict[str, str]]) -> None:
    for cluster_id, names in known.clusters.items():
        _demand(cluster_id in found, f"acknowledged cluster {cluster_id} is not there")
        missing = set(names) - set(found[cluster_id])
        _demand(not missing, f"acknowledged steps of {cluster_id} are not there: {missing}")
    everything = {name for steps in found.values() for name in steps}
    for batch in known.batches:
        there = [name in everything for name in batch]
        _demand(all(there) or not any(there), f"half of a call is there: {batch} {there}")
    for cluster_id in found:
        cluster = emr.describe_cluster(ClusterId=cluster_id)["Cluster"]
        state = cluster["Status"]["State"]
        if cluster_id in known.terminated:
            _demand(state in ENDED | {"TERMINATING"}, f"terminated {cluster_id} is {state}")
        tags = {one["Key"]: one["Value"] for one in cluster["Tags"]}
        for key, values in known.tags.get(cluster_id, {}).items():
            _demand(
                tags.get(key, "") in values, f"tag {key} of {cluster_id}: {tags.get(key)} not in {values}"
            )


def _check_outputs(root: Path, known: Known, found: dict[str, dict[str, str]]) -> None:
    for steps in found.values():
        for name, state in steps.items():
            if (output := known.outputs.get(name)) is None:
                continue
            folder = root / "bucket" / output
            text = "".join(sorted("".join(p.read_text() for p in folder.glob("part-*")).splitlines(True)))
            is_whole = text.replace("\t\n", "\n") == "".join(sorted(INPUT.splitlines(True)))
            _demand(state != "COMPLETED" or is_whole, f"{name} is COMPLETED without its output")


def _check_objects(root: Path, s3: Any, known: Known) -> None:
    for key, contents in known.objects.items():
        path = root / "bucket" / key
        content = path.read_bytes() if path.exists() else b""
        _demand(content in contents, f"object {key} has {len(content)} bytes that nobody wrote")
    for (key, upload), numbers in known.parts.items():
        parts = s3.list_parts(Bucket="bucket", Key=key, UploadId=upload).get("Parts", [])
        _demand(numbers <= {one["PartNumber"] for one in parts}, f"parts of {key} are lost")


def _check_stories(root: Path) -> None:
    with sqlite3.connect(root / ".emrsim" / "state.sqlite") as db:
        rows = db.execute("SELECT cluster_id, changes FROM events ORDER BY number").fetchall()
    db.close()
    states: dict[tuple[str, str], str | None] = {}
    for cluster_id, changes in rows:
        for change in json.loads(changes):
            part, before, after = change["part"], change["before"], change["after"]
            last = states.get((cluster_id, change["id"]))
            _demand(last is None or last == before, f"{change} of {cluster_id} after {last}")
            _demand(before is None or (before, after) in MOVES[part], f"{change} is no move of the tables")
            states[cluster_id, change["id"]] = after


def _processes(root: Path) -> set[tuple[int, str]]:
    """The processes of the clusters below `root`, with their start times, as ids are used again."""
    mark = f"EMRSIM_MNT={root}/".encode()
    found = set()
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if mark in (folder / "environ").read_bytes():
                found.add((int(folder.name), (folder / "stat").read_text().rsplit(")", 1)[1].split()[19]))
        except OSError:
            continue
    return found


def _demand(holds: bool, what: str) -> None:
    if not holds:
        raise Finding(what)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    dice = random.Random(options.seed)
    folder = Path(tempfile.mkdtemp(prefix="emrsim-chaos-"))
    root = folder / "s3"
    (root / "bucket").mkdir(parents=True)
    (root / "bucket" / "in").write_text(INPUT)
    known, numbers = Known(), itertools.count()
    for number in range(1, options.rounds + 1):
        try:
            play(root, known, numbers, dice)
            check(root, known)
        except BaseException:
            print(f"round {number} of seed {options.seed}; its files are in {folder}", file=sys.stderr)
            raise
        told = f"{len(known.clusters)} clusters, {len(known.objects)} objects"
        print(f"round {number}: nothing found; {told}", flush=True)
    shutil.rmtree(folder)
    print(f"{options.rounds} rounds, nothing found (process {os.getpid()})")


if __name__ == "__main__":
    main()
