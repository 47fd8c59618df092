"""The boto EMR tutorial as a program: its instructions, and the results they must have."""

from __future__ import annotations

import re
import struct
import tempfile
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from emrsim.boto2 import emr_connection
from emrsim.mapreduce.formats.sequencefile import read_pairs

# isort: split
# What is above makes boto importable on new Pythons.
import boto
from boto.emr.connection import EmrConnection
from boto.emr.step import JarStep, StreamingStep

SAMPLES = "s3n://elasticmapreduce/samples"
ENDED = {"COMPLETED", "FAILED", "TERMINATED"}
WHOLE_WAY = ["STARTING", "BOOTSTRAPPING", "RUNNING", "SHUTTING_DOWN", "COMPLETED"]

_POLL_SECONDS = 0.005
_PATIENCE_SECONDS = 120.0
_LINES_SHOWN = 5


class Untrue(Exception):
    """Something was not as the tutorial says."""


class Tutorial:
    """The tutorial on an emulator at `host`:`port`, in a new bucket.

    Where `every_state` is set, the emulator is slow enough for each state to be seen, and each must be.
    """

    def __init__(self, host: str, port: int, every_state: bool) -> None:
        self._host = host
        self._port = port
        self._every_state = every_state
        self._bucket = f"demo-{uuid.uuid4().hex[:8]}"
        self._started = time.monotonic()
        self._failed: list[str] = []

    def run(self) -> list[str]:
        """Run all of it, in the tutorial's order. Raises Untrue at the first thing that is not so.

        Returns the steps that could not run on this machine, with the reasons.
        """
        self._connect()
        self._create_bucket()
        self._run_word_count()
        self._run_word_count_with_three_reducers()
        self._run_jar_step()
        self._run_failing_mapper()
        self._keep_alive_add_steps_and_terminate()
        return self._failed

    def _connect(self) -> None:
        self._title("Creating a connection, in each of the tutorial's ways")
        self._connection: Any = boto.connect_emr()
        for way, connection in {
            "EmrConnection('<aws access key>', '<aws secret key>')": EmrConnection("key", "secret"),
            "EmrConnection()": EmrConnection(),
            "boto.connect_emr()": self._connection,
            "EmrConnection(…, region=RegionInfo(…), port=…)": emr_connection(self._host, self._port),
        }.items():
            job_flows = connection.describe_jobflows()
            self._say(f"{way}: {len(job_flows)} job flows")

    def _create_bucket(self) -> None:
        self._s3: Any = boto.connect_s3()
        self._s3.create_bucket(self._bucket)
        self._say(f"boto.connect_s3().create_bucket({self._bucket!r})")

    def _run_word_count(self) -> None:
        self._title("The word count, with a streaming step")
        output = "output/wordcount_output"
        states = self._run_to_end("My jobflow", self._word_count(output))
        if self._every_state:
            _check(states == WHOLE_WAY, f"the states were {states}, not {WHOLE_WAY}")
        _check(states[-1] == "COMPLETED", f"the job flow ended {states[-1]}")
        lines = self._show_output(output)
        _check(_counts(lines) == self._expected_counts(), "the counts are not those of the input")
        _check(lines == sorted(lines), "the lines are not in order")

    def _run_word_count_with_three_reducers(self) -> None:
        self._title("The same with step_args=['-jobconf', 'mapred.reduce.tasks=3']")
        output = "output/three_reducers"
        step = self._word_count(output, step_args=["-jobconf", "mapred.reduce.tasks=3"])
        states = self._run_to_end("Three reducers", step)
        _check(states[-1] == "COMPLETED", f"the job flow ended {states[-1]}")
        names = [key.name.rsplit("/", 1)[1] for key in self._keys(output)]
        _check(names == ["_SUCCESS", "part-00000", "part-00001", "part-00002"], f"the output is {names}")
        _check(_counts(self._show_output(output)) == self._expected_counts(), "the counts are not right")

    def _run_jar_step(self) -> None:
        self._title("A custom jar step: the CloudBurst example")
        step = JarStep(
            name="Coudburst example",
            jar=f"{SAMPLES}/cloudburst/cloudburst.jar",
            step_args=[
                f"{SAMPLES}/cloudburst/input/s_suis.br",
                f"{SAMPLES}/cloudburst/input/100k.br",
                f"s3n://{self._bucket}/output/cloudfront_output",
                *(36, 3, 0, 1, 240, 48, 24, 24, 128, 16),
            ],
        )
        states = self._run_to_end("CloudBurst", step)
        if states[-1] == "COMPLETED":
            self._check_alignments("output/cloudfront_output")
            return
        reason = self._last_job_flow.steps[0].laststatechangereason
        _check(states[-1] == "FAILED" and "emrsim cannot run" in reason, f"the step failed: {reason}")
        self._failed.append(f"CloudBurst: {reason}")
        self._say(f"FAILED, because: {reason}")

    def _check_alignments(self, output: str) -> None:
        """Each read that was mapped is a record of 17 bytes, in one of 24 files."""
        parts = [key for key in self._keys(output) if "/part-" in key.name]
        _check(len(parts) == 24, f"the output has {len(parts)} parts, not 24")
        alignments = [one for part in parts for one in _alignments(part.get_contents_as_string())]
        _check(bool(alignments), "no read was mapped")
        for read, value in alignments[:_LINES_SHOWN]:
            _check(len(value) == 17, f"the alignment of read {read} has {len(value)} bytes")
            reference, start, end, differences = struct.unpack(">4i", value[1:])
            strand = "reverse" if value[0] else "forward"
            place = f"bases {start} to {end} of sequence {reference}, {strand} strand"
            print(f"           | read {read}: {place}, {differences} differences")
        self._say(f"{len(alignments)} reads mapped, in s3://{self._bucket}/{output}")

    def _run_failing_mapper(self) -> None:
        self._title("A mapper that fails")
        step = self._word_count("output/failed", mapper="/bin/sh -c 'echo no such luck >&2; exit 1'")
        states = self._run_to_end("Failing mapper", step)
        step_state = self._last_job_flow.steps[0].state
        _check((step_state, states[-1]) == ("FAILED", "FAILED"), "a failed step did not fail the job flow")
        self._say(f"because: {self._last_job_flow.steps[0].laststatechangereason}")

    def _keep_alive_add_steps_and_terminate(self) -> None:
        self._title("keep_alive, add_jobflow_steps and terminate_jobflow")
        job_flow_id = self._connection.run_jobflow(name="Kept alive", keep_alive=True)
        self._follow(job_flow_id, {"WAITING"})
        second_step = self._word_count("output/added")
        self._connection.add_jobflow_steps(job_flow_id, [second_step])
        self._follow(job_flow_id, {"WAITING"}, step_ended=True)
        _check(self._last_job_flow.steps[0].state == "COMPLETED", "the added step did not complete")
        self._connection.terminate_jobflow(job_flow_id)
        states = self._follow(job_flow_id, ENDED)
        _check(states[-1] == "TERMINATED", f"the job flow ended {states[-1]}")

    def _word_count(self, output: str, **changes: Any) -> StreamingStep:
        arguments = {
            "name": "My wordcount example",
            "mapper": f"{SAMPLES}/wordcount/wordSplitter.py",
            "reducer": "aggregate",
            "input": f"{SAMPLES}/wordcount/input",
            "output": f"s3n://{self._bucket}/{output}",
        }
        return StreamingStep(**{**arguments, **changes})

    def _run_to_end(self, name: str, step: Any) -> list[str]:
        job_flow_id = self._connection.run_jobflow(
            name=name, log_uri=f"s3://{self._bucket}/jobflow_logs", steps=[step]
        )
        return self._follow(job_flow_id, ENDED)

    def _follow(self, job_flow_id: str, until: set[str], step_ended: bool = False) -> list[str]:
        """Print each state with its time until one of `until` is there; the states that were seen."""
        states: list[str] = []
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while time.monotonic() < deadline:
            job_flow = self._connection.describe_jobflow(job_flow_id)
            if not states or job_flow.state != states[-1]:
                states.append(job_flow.state)
                self._say(f"{job_flow_id} {job_flow.state}")
            waiting_for_step = step_ended and job_flow.steps[-1].state in {"PENDING", "RUNNING"}
            if job_flow.state in until and not waiting_for_step:
                self._last_job_flow = job_flow
                return states
            time.sleep(_POLL_SECONDS)
        raise Untrue(f"{job_flow_id} was not {' or '.join(until)} within {_PATIENCE_SECONDS:.0f} s")

    def _show_output(self, output: str) -> list[str]:
        lines = self._output_lines(output)
        for line in lines[:_LINES_SHOWN]:
            print(f"           | {line}")
        self._say(f"{len(lines)} lines in s3://{self._bucket}/{output}")
        return lines

    def _output_lines(self, output: str) -> list[str]:
        parts = [key for key in self._keys(output) if "/part-" in key.name]
        return [line for part in parts for line in part.get_contents_as_string().decode().splitlines()]

    def _keys(self, output: str) -> list[Any]:
        return list(self._s3.get_bucket(self._bucket).list(f"{output}/"))

    def _expected_counts(self) -> Counter[str]:
        """The words of the input, counted by other means than the job's."""
        keys = self._s3.get_bucket("elasticmapreduce").list("samples/wordcount/input/")
        text = "\n".join(key.get_contents_as_string().decode() for key in keys)
        return Counter(re.findall(r"[a-z][a-z0-9]*", text.lower()))

    def _title(self, text: str) -> None:
        print(f"\n{text}")

    def _say(self, text: str) -> None:
        print(f"{time.monotonic() - self._started:8.2f} s {text}", flush=True)


def _alignments(part: bytes) -> Iterator[tuple[int, bytes]]:
    """The records of a part of CloudBurst's result: the number of a read, and where it belongs."""
    with tempfile.NamedTemporaryFile() as file:
        file.write(part)
        file.flush()
        for pairs in read_pairs(Path(file.name)):
            for read, value in pairs:
                yield int(read), bytes.fromhex(value.decode())


def _counts(lines: list[str]) -> Counter[str]:
    return Counter({word: int(count) for word, count in (line.split("\t") for line in lines)})


def _check(is_so: bool, otherwise: str) -> None:
    if not is_so:
        raise Untrue(otherwise)
