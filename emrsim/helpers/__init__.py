"""What an `Emulator` does for a test beside being served: methods that take work off it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Protocol

from emrsim.core.model import Cluster
from emrsim.service.emulator import EmulatorState
from emrsim.service.faults import Faults
from emrsim.service.folders import DataFolder
from emrsim.service.journal import Journal, RecordedCall
from emrsim.settings import Settings
from emrsim.storage import DirectoryStorage

if TYPE_CHECKING:
    from emrsim.helpers.streaming import Input, Program, Site, StreamingResult
    from emrsim.service.job_reports import JobReport

_PATIENCE_SECONDS = 60.0


class Running(Protocol):
    """The parts of a running emulator that the helpers use."""

    state: EmulatorState
    settings: Settings
    journal: Journal
    faults: Faults

    def why_held_up(self, cluster: Cluster) -> str | None:
        """What has to be done for a cluster to go on; None if nothing holds it up."""


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
        return self.read_bytes(uri).decode()

    def read_bytes(self, uri: str) -> bytes:
        """As `read`, for what is no text."""
        from emrsim.helpers.files import read

        return read(self._storage, uri)

    def copy_output(self, uri: str, target: IO[bytes]) -> int:
        """Write what `read_bytes` gives to a file, whatever its size; return how many bytes that were."""
        from emrsim.helpers.files import pieces

        return sum(target.write(piece) for piece in pieces(self._storage, uri))

    def wait(
        self, what: str, state: str | Collection[str] | None = None, timeout: float = _PATIENCE_SECONDS
    ) -> str:
        """Wait until a cluster (`j-…`) or step (`s-…`) is in `state`, one of several, or at its end.

        Gives the state. It looks at every change, so no state is too short to be seen. States of clusters
        may be named as either interface of EMR does. Raises NotReached, an AssertionError that tells what
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
        """Run a streaming job, as a step of a job flow of its own, and give its result.

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

    def calls(self, operation: str | None = None, service: str | None = None) -> list[RecordedCall]:
        """The requests so far, oldest first: all, or those of an operation, or of a service (`emr`, `s3`).

        Each attempt of a client that tries again is one.
        """
        return self.journal.calls(operation, service)

    def assert_called(self, operation: str, **parameters: Any) -> list[RecordedCall]:
        """The calls of `operation` with these parameters, of which there must be one.

        Parameters that are not named may be anything, within dictionaries too. Raises AssertionError.
        """
        from emrsim.helpers.calls import assert_called

        __tracebackhide__ = True
        return assert_called(self.journal, operation, parameters)

    def assert_called_once(self, operation: str, **parameters: Any) -> RecordedCall:
        """As `assert_called`, but it must be the only one, which this gives."""
        from emrsim.helpers.calls import assert_called_once

        __tracebackhide__ = True
        return assert_called_once(self.journal, operation, parameters)

    def assert_not_called(self, operation: str, **parameters: Any) -> None:
        """There must be no such call. Raises AssertionError."""
        from emrsim.helpers.calls import assert_not_called

        __tracebackhide__ = True
        assert_not_called(self.journal, operation, parameters)

    def report(self) -> str:
        """All clusters and steps with their states; of failed steps why, and the end of their stderr."""
        from emrsim.helpers.story import report_of

        with self.running.state.locked() as state:
            return "\n".join(report_of(cluster, self._data) for cluster in state.clusters.values())

    def progress(self, step_id: str) -> list[JobReport]:
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
    def _site(self) -> Site:
        from emrsim.helpers.streaming import Site

        return Site(self.running.state, self.running.why_held_up, self._storage, self._data)


class HelpersOf(Helpers):
    """The helpers of an emulator that is running."""

    def __init__(self, running: Running) -> None:
        self._running = running

    @property
    def running(self) -> Running:
        """See `Helpers.running`."""
        return self._running
