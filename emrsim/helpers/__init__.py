"""What an `Emulator` does for a test beside being served: methods that take work off it."""

from __future__ import annotations

import builtins
from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Protocol

from emrsim.core.model import Cluster
from emrsim.core.suggestions import unknown
from emrsim.service.emulator import EmulatorState
from emrsim.service.events.log import EventLog
from emrsim.service.faults import Faults
from emrsim.service.folders import DataFolder
from emrsim.service.journal import Journal, RecordedCall
from emrsim.settings import Settings
from emrsim.storage import DirectoryStorage

if TYPE_CHECKING:
    from emrsim.helpers.calls import Wanted
    from emrsim.helpers.streaming import Input, Program, StreamingContext, StreamingResult
    from emrsim.service.job_reports import JobReport

_PATIENCE_SECONDS = 60.0


class Running(Protocol):
    """The parts of a running emulator that the helpers use."""

    state: EmulatorState
    settings: Settings
    journal: Journal
    faults: Faults
    events: EventLog

    def why_held_up(self, cluster: Cluster) -> str | None:
        """Return what a cluster waits for and how to go on, in words; None if it goes on by itself."""


class Helpers:
    """The methods; what they need is imported when one is called."""

    @property
    def running(self) -> Running:
        """The emulator behind the port."""
        raise NotImplementedError

    def put(self, uri: str, content: str | bytes | Path) -> Path:
        """Make `content` the object `uri` (`s3://bucket/key`), and its bucket if it is not there.

        A str is its text. A Path is a file to copy, or a folder whose files get keys below `uri`. Gives the
        path of the object. Raises StorageError for what a directory cannot hold, FileNotFoundError.
        """
        from emrsim.helpers.files import put

        return put(self._storage, uri, content)

    def read(self, uri: str) -> str:
        """The text of an object, or of all parts of an output folder, in the order of their names.

        Hidden files (`_SUCCESS`) are left out, what is compressed (`.gz`, …) is decompressed, and globs are
        Hadoop's. Raises FileNotFoundError if there is nothing, UnicodeDecodeError if it is not UTF-8.
        """
        from emrsim.helpers.files import read

        return read(self._storage, uri).decode()

    def read_bytes(self, uri: str) -> bytes:
        """As `read`, for what is no text."""
        from emrsim.helpers.files import read

        return read(self._storage, uri)

    def copy_output(self, uri: str, target: IO[bytes], leave_out: Callable[[str], None]) -> int:
        """Write what `read_bytes` gives to a file, whatever its size; return how many bytes that were.

        `leave_out` is called with a sentence for each link that leads out of S3 and so is no object.
        """
        from emrsim.helpers.files import pieces

        return sum(target.write(piece) for piece in pieces(self._storage, uri, leave_out))

    def wait(
        self, what: str, state: str | Collection[str] | None = None, timeout: float = _PATIENCE_SECONDS
    ) -> str:
        """Wait until a cluster (`j-…`) or step (`s-…`) is in `state`, one of several, or at its end.

        Gives the state. It looks at every change, so no state is too short to be seen. States of clusters
        may be named as either interface of EMR does. Raises NotReached, an AssertionError that says what
        has happened, after `timeout` seconds of real time, or once the state cannot be reached any more;
        KeyError for an unknown id, ValueError for an unknown state.
        """
        from emrsim.helpers.waiting import wait

        __tracebackhide__ = True  # pytest shows the test's line instead

        return wait(self.running.state, self.running.why_held_up, what, state, timeout)

    def run_streaming(
        self,
        *,
        mapper: Program,
        reducer: Program | None = None,
        combiner: Program | None = None,
        input: Input | Sequence[Input],
        output: str | None = None,
        arguments: Sequence[str] = (),
        files: Sequence[Path] = (),
        timeout: float = _PATIENCE_SECONDS,
        check: bool = True,
    ) -> StreamingResult:
        """Run a streaming job as the step of a new job flow, and return its result.

        A program is a command (`"uniq -c"`, `"aggregate"`), the Path of a script, or a Python function
        (`mapper(line)`, `reducer(key, values)`, see `emrsim.helpers.functions`). Input is text, bytes, the
        Path of a file or folder, an `s3://` URI, or several of these. Without a reducer it is a job of maps
        only. `arguments` come first in Hadoop's command line, `files` go along to the tasks.

        Raises StreamingFailed, with what the failed task wrote to stderr, unless the step is COMPLETED or
        `check` is false; NotReached; and before anything runs NotAProgram for a function that cannot run in
        another process, ValueError for two files of one name, StorageError for an `output` not in S3.
        """
        from emrsim.helpers.streaming import StreamingJob, failure, run

        __tracebackhide__ = True
        job = StreamingJob(mapper, reducer, combiner, input, output, arguments, files)
        result = run(self._site, job, timeout)
        if check and result.state != "COMPLETED":
            raise failure(self._site, result)
        return result

    @property
    def faults(self) -> Faults:
        """Failures on demand: `emulator.faults.add({"fault": "throttling", "count": 2})`."""
        return self.running.faults

    @property
    def journal(self) -> Journal:
        """All requests, as far as they are kept; `journal.clear()` forgets them."""
        return self.running.journal

    def calls(self, operation: str | None = None, service: str | None = None) -> builtins.list[RecordedCall]:
        """The requests so far, oldest first: all, or those of an operation, or of a service (`emr`, `s3`).

        Each attempt of a client that retries is one. Raises ValueError for an unknown operation.
        """
        if operation is not None:
            self._check_operation(operation)
        return self.journal.calls(operation, service)

    def assert_called(
        self, operation: str, *, count: int | None = None, **parameters: Any
    ) -> builtins.list[RecordedCall]:
        """Return the calls of `operation` with these parameters, of which there must be one, or `count`.

        Parameters that are not named may be anything, within dictionaries too. Raises AssertionError, which
        says how the nearest call differs, and ValueError for an unknown operation.
        """
        from emrsim.helpers.calls import assert_called

        __tracebackhide__ = True
        self._check_operation(operation)
        return assert_called(self.journal, operation, parameters, count)

    def assert_called_once(self, operation: str, **parameters: Any) -> RecordedCall:
        """As `assert_called`, but it must be the only one, which this returns."""
        from emrsim.helpers.calls import assert_called_once

        __tracebackhide__ = True
        self._check_operation(operation)
        return assert_called_once(self.journal, operation, parameters)

    def assert_not_called(self, operation: str, **parameters: Any) -> None:
        """There must be no such call. Raises AssertionError, and ValueError for an unknown operation."""
        from emrsim.helpers.calls import assert_not_called

        __tracebackhide__ = True
        self._check_operation(operation)
        assert_not_called(self.journal, operation, parameters)

    def assert_called_in_order(self, *wanted: Wanted) -> builtins.list[RecordedCall]:
        """Return the calls of these operations, which must have come in this order, with others in between.

        An operation may have parameters: `("AddJobFlowSteps", {"JobFlowId": …})`.
        """
        from emrsim.helpers.calls import assert_called_in_order, named

        __tracebackhide__ = True
        for one in wanted:
            self._check_operation(named(one)[0])
        return assert_called_in_order(self.journal, wanted)

    def wait_for_call(
        self, operation: str, *, timeout: float = _PATIENCE_SECONDS, **parameters: Any
    ) -> RecordedCall:
        """Return the first such call, once it has been answered: now, or within `timeout` seconds.

        Raises AssertionError after that, and ValueError for an unknown operation.
        """
        from emrsim.helpers.calls import wait_for_call

        __tracebackhide__ = True
        self._check_operation(operation)
        return wait_for_call(self.journal, operation, parameters, timeout)

    def _check_operation(self, operation: str) -> None:
        from emrsim.helpers.operations import check_operation

        __tracebackhide__ = True
        check_operation(operation, self.faults.known_operations)

    def events(self, detail_type: str | None = None, **detail: Any) -> builtins.list[dict[str, Any]]:
        """Return EMR's events so far, as EventBridge delivers them, oldest first.

        All, or those of a type ("EMR Step Status Change") whose detail has these members. Raises ValueError
        for an unknown type.
        """
        from emrsim.helpers.events import matching

        return [one.as_aws() for one in matching(self.running.events, detail_type, detail)]

    def assert_event(
        self, detail_type: str, *, count: int | None = None, **detail: Any
    ) -> builtins.list[dict[str, Any]]:
        """Return the events of a type with these members of the detail: there must be one, or `count`.

        Raises AssertionError, which says how the nearest event differs, and ValueError for an unknown type.
        """
        from emrsim.helpers.events import assert_event

        __tracebackhide__ = True
        return assert_event(self.running.events, detail_type, detail, count)

    def wait_for_event(
        self, detail_type: str, *, timeout: float = _PATIENCE_SECONDS, **detail: Any
    ) -> dict[str, Any]:
        """Return the first such event: now, or within `timeout` seconds of real time.

        Raises AssertionError after that, and ValueError for an unknown type.
        """
        from emrsim.helpers.events import wait_for_event

        __tracebackhide__ = True
        return wait_for_event(self.running.events, detail_type, detail, timeout)

    def list(self, uri: str) -> builtins.list[str]:
        """Return the URIs of all objects at and below `uri` (`s3://bucket/prefix/`), sorted."""
        from emrsim.helpers.files import objects

        return objects(self._storage, uri)

    def exists(self, uri: str) -> bool:
        """Whether there is an object at `uri`, or one below it."""
        return bool(self.list(uri))

    def steps(self, cluster_id: str) -> dict[str, str]:
        """Return the states of a cluster's steps by their ids, oldest first. Raises KeyError."""
        with self.running.state.locked() as state:
            if cluster_id not in state.clusters:
                raise KeyError(unknown("cluster", cluster_id, state.clusters))
            return {step.id: str(step.state) for step in state.clusters[cluster_id].steps.values()}

    def logs(self, step_id: str) -> dict[str, str]:
        """Return the logs of a step: controller, syslog, stdout and stderr, as far as they are there.

        Raises KeyError for an unknown id.
        """
        from emrsim.helpers.waiting import find_step
        from emrsim.service.logs import STEP_FILES

        with self.running.state.locked() as state:
            cluster, _ = find_step(state, step_id)
        folder = self._data.cluster(cluster.id).step_logs(step_id)
        found = {name: folder / name for name in STEP_FILES}
        return {name: path.read_text("utf-8", "replace") for name, path in found.items() if path.is_file()}

    def report(self) -> str:
        """All clusters and steps with their states; of failed steps why, and the end of their stderr."""
        from emrsim.helpers.story import report_of

        with self.running.state.locked() as state:
            return "\n".join(report_of(cluster, self._data) for cluster in state.clusters.values())

    def progress(self, step_id: str) -> builtins.list[JobReport]:
        """How far the streaming jobs of a step are, oldest first, with their counters once they have ended.

        Raises KeyError for an id that is not there.
        """
        from emrsim.helpers.waiting import find_step
        from emrsim.service.job_reports import job_reports

        with self.running.state.locked() as state:
            cluster, _ = find_step(state, step_id)
        return job_reports(self._data.cluster(cluster.id).task_logs(step_id))

    @property
    def _storage(self) -> DirectoryStorage:
        return DirectoryStorage(self.running.settings.root)

    @property
    def _data(self) -> DataFolder:
        return DataFolder(self.running.settings.data)

    @property
    def _site(self) -> StreamingContext:
        from emrsim.helpers.streaming import StreamingContext

        return StreamingContext(self.running.state, self.running.why_held_up, self._storage, self._data)


class HelpersOf(Helpers):
    """The helpers of an emulator that is running."""

    def __init__(self, running: Running) -> None:
        self._running = running

    @property
    def running(self) -> Running:
        """See `Helpers.running`."""
        return self._running
