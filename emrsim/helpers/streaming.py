"""A streaming job in one call: as a real step of a real job flow, and its result."""

from __future__ import annotations

import re
import shlex
import shutil
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from emrsim.api.table import call
from emrsim.core.model import Cluster, Step
from emrsim.core.ports import StorageError
from emrsim.core.states import StepState
from emrsim.helpers.files import put, read
from emrsim.helpers.functions import Function, mapper_script, reducer_script
from emrsim.helpers.story import failure_of, stderr_of, story_of
from emrsim.helpers.waiting import wait
from emrsim.service.emulator import EmulatorState
from emrsim.service.folders import DataFolder
from emrsim.storage import DirectoryStorage
from emrsim.wire.model import emr_model
from emrsim.wire.validate import validate

BUCKET = "emrsim-streaming"  # has a folder run-N for each job
_FILES = "files"  # the folder below it of what goes along with the job

Program = str | Path | Function
Input = str | bytes | Path

_RELEASE = "emr-5.36.0"  # of those that write a job's counters to its log
_COUNTERS = re.compile(r"Counters: \d+\n((?:\t.*\n)*)")
_OPTIONS = {"mapper": "-mapper", "combiner": "-combiner", "reducer": "-reducer"}


@dataclass(frozen=True)
class StreamingResult:
    """What came of a streaming job.

    `output` is all of its output, as `Emulator.read` gives it, and empty if the step is not COMPLETED;
    `counters` are by group and name; `stderr` is what its last failed task and the step wrote.
    """

    cluster_id: str
    step_id: str
    state: str
    output_uri: str
    output: str
    counters: dict[str, dict[str, int]]
    stderr: str

    @property
    def lines(self) -> list[str]:
        """The lines of the output."""
        return self.output.splitlines()

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """Key and value of each line of the output; the value is "" where there is no tab."""
        return [(key, value) for key, _, value in (line.partition("\t") for line in self.lines)]


class StreamingFailed(AssertionError):
    """A streaming job that did not complete: the message says why, `result` is what there is of it."""

    def __init__(self, message: str, result: StreamingResult) -> None:
        super().__init__(message)
        self.result = result


@dataclass(frozen=True)
class StreamingJob:
    """A streaming job as it is asked for (see `Helpers.run_streaming`)."""

    mapper: Program
    reducer: Program | None
    combiner: Program | None
    input: Input | Sequence[Input]
    output: str | None
    arguments: Sequence[str]
    files: Sequence[Path]

    def __post_init__(self) -> None:
        """Raises TypeError for a text in the place of a list, which would be one of its letters."""
        for name, given in (("arguments", self.arguments), ("files", self.files)):
            if isinstance(given, str | bytes | Path):
                raise TypeError(f"{name}: invalid value {given!r}: expected a list")


@dataclass(frozen=True)
class StreamingContext:
    """What a job needs of the emulator it runs on."""

    state: EmulatorState
    held_up: Callable[[Cluster], str | None]
    storage: DirectoryStorage
    data: DataFolder


def run(site: StreamingContext, job: StreamingJob, seconds: float) -> StreamingResult:
    """Run `job` and wait for its end, whatever that is.

    Raises NotReached if it has none in `seconds`; StorageError, ValueError, NotAProgram and EmrError, with
    nothing run and nothing left, for a job that cannot be.
    """
    if job.output is not None and not site.storage.is_s3(job.output):
        raise StorageError(f"output: invalid URI {job.output!r}: expected s3://BUCKET/KEY")
    folder = _new_folder(site.storage)
    output = job.output or f"{folder}/output"
    try:
        words = _words(site.storage, job, folder, output)
        cluster_id = _run_job_flow(site.state, words)
    except BaseException:
        shutil.rmtree(site.storage.path(folder))
        raise
    with site.state.locked():
        cluster = site.state.clusters[cluster_id]
        step = next(iter(cluster.steps.values()))
    wait(site.state, site.held_up, step.id, None, seconds)
    return _result(site, cluster, step, output)


def failure(site: StreamingContext, result: StreamingResult) -> StreamingFailed:
    """The error for a job that is not COMPLETED."""
    with site.state.locked():
        cluster = site.state.clusters[result.cluster_id]
        step = cluster.steps[result.step_id]
        why = failure_of(step, site.data, cluster.id) if step.failure else story_of(cluster)
    return StreamingFailed(f"the streaming step {step.id} of {cluster.id} is {result.state}: {why}", result)


def _new_folder(storage: DirectoryStorage) -> str:
    """The URI of a folder that no other job has."""
    storage.make_bucket(f"s3://{BUCKET}")
    number = 1
    while True:
        uri = f"s3://{BUCKET}/run-{number}"
        try:
            storage.writable_path(uri).mkdir()
        except FileExistsError:
            number += 1
        else:
            return uri


def _words(storage: DirectoryStorage, job: StreamingJob, folder: str, output: str) -> list[str]:
    """The arguments of hadoop-streaming, with what they name put into `folder`."""
    words = list(job.arguments)
    shipped = _Shipped(storage, folder)
    programs = {"mapper": job.mapper, "combiner": job.combiner, "reducer": job.reducer}
    for role, program in programs.items():
        if program is not None:
            words += [_OPTIONS[role], _command(shipped, role, program)]
    if job.reducer is None:
        words += ["-numReduceTasks", "0"]
    for file in job.files:
        shipped.add_file(file)
    for name, uri in shipped.uris.items():
        words += ["-cacheFile", f"{uri}#{name}"]
    for uri in _input_uris(storage, job.input, folder):
        words += ["-input", uri]
    return [*words, "-output", output]


class _Shipped:
    """The files that go along with a job: each is in the folder of a task under its own name."""

    def __init__(self, storage: DirectoryStorage, folder: str) -> None:
        self.uris: dict[str, str] = {}
        self._storage = storage
        self._folder = folder
        self._sources: dict[str, str] = {}

    def add_file(self, file: Path) -> None:
        """Ship `file`. Raises ValueError if another one of its name goes along."""
        self._add(file.name, str(file.absolute()), file)

    def add_script(self, name: str, function: Function, script: str) -> None:
        """Ship the script that was made of `function`. Raises ValueError as `add_file` does."""
        self._add(name, f"the script of {function.__name__}", script)

    def _add(self, name: str, source: str, content: str | Path) -> None:
        other = self._sources.setdefault(name, source)
        if other != source:
            raise ValueError(f"{other} and {source} would both be {name} in the folder of a task: rename one")
        self.uris[name] = f"{self._folder}/{_FILES}/{name}"
        put(self._storage, self.uris[name], content)


def _command(shipped: _Shipped, role: str, program: Program) -> str:
    """The command of a mapper, combiner or reducer; scripts that it needs are shipped."""
    if isinstance(program, str):
        return program
    if isinstance(program, Path):
        shipped.add_file(program)
        return _command_of_script(program)
    name = f"_emrsim_{role}.py"
    script = mapper_script(program) if role == "mapper" else reducer_script(program)
    shipped.add_script(name, program, script)
    return f"{shlex.quote(sys.executable)} {name}"


def _command_of_script(script: Path) -> str:
    """How a file is run: as its first line says, and without such a line as Python if it is named so."""
    with open(script, "rb") as file:
        has_interpreter = file.read(2) == b"#!"
    name = shlex.quote(script.name)
    is_python = script.suffix == ".py" and not has_interpreter
    return f"{shlex.quote(sys.executable)} {name}" if is_python else name


def _input_uris(storage: DirectoryStorage, given: Input | Sequence[Input], folder: str) -> list[str]:
    """Return the URIs of the input; what is not a URI is put below `folder`, under different names."""
    several = [given] if isinstance(given, str | bytes | Path) else list(given)
    uris = []
    for number, one in enumerate(several):
        if isinstance(one, str) and storage.is_s3(one):
            uris.append(one)
        else:
            uris.append(f"{folder}/input-{number:05}")
            put(storage, uris[-1], one)
    return uris


def _run_job_flow(state: EmulatorState, words: Sequence[str]) -> str:
    """The id of a new job flow with that one step; checked as any other call of RunJobFlow is."""
    step = {
        "Name": "run_streaming",
        "ActionOnFailure": "TERMINATE_CLUSTER",
        "HadoopJarStep": {"Jar": "command-runner.jar", "Args": ["hadoop-streaming", *words]},
    }
    params: dict[str, Any] = {
        "Name": "run_streaming",
        "ReleaseLabel": _RELEASE,
        "JobFlowRole": "EMR_EC2_DefaultRole",
        "ServiceRole": "EMR_DefaultRole",
        "Instances": {"InstanceCount": 1, "MasterInstanceType": "m4.large"},
        "Steps": [step],
    }
    validate(emr_model(), emr_model().operations["RunJobFlow"], params)
    return str(call(state, "RunJobFlow", params)["JobFlowId"])


def _result(site: StreamingContext, cluster: Cluster, step: Step, output: str) -> StreamingResult:
    completed = step.state is StepState.COMPLETED
    return StreamingResult(
        cluster_id=cluster.id,
        step_id=step.id,
        state=str(step.state),
        output_uri=output,
        output=read(site.storage, output).decode("utf-8", "surrogateescape") if completed else "",
        counters=_counters(site.data.cluster(cluster.id).step_logs(step.id) / "syslog"),
        stderr=stderr_of(step, site.data, cluster.id),
    )


def _counters(syslog: Path) -> dict[str, dict[str, int]]:
    """The counters that a job has written to its log at its end; empty if it has not."""
    text = syslog.read_text("utf-8", "surrogateescape") if syslog.is_file() else ""
    block = _COUNTERS.search(text)
    counters: dict[str, dict[str, int]] = {}
    group: dict[str, int] = {}
    for line in block.group(1).splitlines() if block else []:
        name, equals, amount = line.strip("\t").rpartition("=")
        if line.startswith("\t\t") and equals:
            group[name] = int(amount)
        else:
            group = counters.setdefault(line.strip("\t"), {})
    return counters
