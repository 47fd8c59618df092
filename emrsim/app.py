"""The one place where everything is wired together: an emulator on a port."""

from __future__ import annotations

import tempfile
import warnings
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import ExitStack
from functools import cached_property
from pathlib import Path
from threading import Event, Thread
from types import TracebackType
from typing import TYPE_CHECKING, Any

from emrsim.access import Access
from emrsim.core.model import Cluster
from emrsim.core.ports import Engine
from emrsim.engines.hadoop_jar import HadoopJarEngine
from emrsim.helpers import Helpers, HelpersOf
from emrsim.keeping import Keeper, Seed
from emrsim.neighbours import SERVICES, Neighbours
from emrsim.options import check_options, settings_of
from emrsim.service.bugs import Bugs
from emrsim.service.clock import SteeredClock
from emrsim.service.effects import Effects
from emrsim.service.emulator import EmulatorState
from emrsim.service.faults import Faults
from emrsim.service.folders import DataFolder, make_slots
from emrsim.service.held_up import held_up
from emrsim.service.journal import Journal
from emrsim.service.outcomes import Outcomes, UnusedRules
from emrsim.service.settle import HELD_ANSWERS_MAX, Settle
from emrsim.settings import Settings
from emrsim.storage import BUILT_IN_BUCKETS, DirectoryStorage
from emrsim.web.gateway import Gateway
from emrsim.web.lazily import first_when_needed
from emrsim.web.neighbours import neighbour_endpoint
from fake_s3.server import SERVER_THREADS, HangUp, Server

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

    from emrsim.core.fault_errors import S3Trouble
    from emrsim.web.journal import JournalLayer
    from emrsim.web.naming import Names


class RunningEmulator:
    """An emulator that serves from the moment it is made until `close`."""

    def __init__(
        self,
        settings: Settings,
        engines: Sequence[Engine] = (),
        seed: Seed | None = None,
        owns_root: bool = False,
    ) -> None:
        """`engines` are asked before emrsim's own; `seed` is there from the beginning.

        `owns_root`: the S3 directory is emrsim's own, so a reset may empty it. Raises OSError if a folder
        cannot be made, the seed cannot be read or the port cannot be had, and PlainError for a bad seed.
        """
        self.settings = settings
        self.bugs = Bugs()
        with ExitStack() as undo:
            _make_folders(settings)
            self.clock = SteeredClock(self.bugs.record, settings.clock)
            undo.callback(self.clock.close)
            self.state = EmulatorState(self.clock, settings.region, settings.strict)
            self.clock.connect(self.state.work)
            self.rules = Outcomes(self.state)
            self.settle = Settle(self.state, self.clock, self.why_held_up, settings.settle.total_seconds())
            effects = self._effects([*engines, HadoopJarEngine()])
            undo.callback(effects.close)
            self.keeper = Keeper(self.state, self.clock, effects, settings, owns_root)
            self.keeper.begin_with(seed)
            neighbours = Neighbours()
            undo.callback(neighbours.reset)
            self.keeper.after_reset.append(neighbours.reset)
            self.journal = Journal(lambda request: self._names.s3_naming(request))
            self.faults = Faults(self.clock, lambda: self._names.known())
            self.keeper.on_reset += [
                self.rules.reset,
                self.settle.reset,
                self.journal.clear,
                self.faults.clear,
            ]
            self._closing = Event()
            gateway = self._gateway(neighbours)
            server = Server(gateway, settings.host, settings.port, _threads(settings))
            self.port = server.port
            undo.callback(_serve(server))
            undo.callback(self.settle.close)
            undo.callback(self.state.close)
            undo.callback(self._closing.set)
            self._undo = undo.pop_all()

    @property
    def url(self) -> str:
        """`http://HOST:PORT`; an address that means all of the machine's is called 127.0.0.1."""
        host = "127.0.0.1" if self.settings.host in {"0.0.0.0", "::", ""} else self.settings.host
        return f"http://[{host}]:{self.port}" if ":" in host else f"http://{host}:{self.port}"

    def held_up(self, cluster_id: str) -> str | None:
        """Why a cluster does not go on by itself, for somebody who waits; None if nothing holds it up."""
        with self.state.locked():
            return self.why_held_up(self.state.clusters[cluster_id])

    def why_held_up(self, cluster: Cluster) -> str | None:
        """As `held_up`, of a cluster. To be called under the lock."""
        return held_up(cluster, self.clock, self.rules)

    def _effects(self, engines: Sequence[Engine]) -> Effects:
        storage = DirectoryStorage(self.settings.root)
        return Effects(self.state, engines, storage, self.settings, self.bugs, self.rules, lambda: self.url)

    def _gateway(self, neighbours: Neighbours) -> Gateway:
        settings, access = self.settings, _access(self.settings)
        control = first_when_needed(lambda: self._control(access))
        emr = first_when_needed(lambda: _emr(self.state, self.settle, self.bugs, access))
        s3 = first_when_needed(lambda: _s3(settings))
        others = neighbour_endpoint(neighbours.answer, access.check_signature)
        return Gateway(control, emr, s3, others, access.foreign_page, self._answer)

    def _answer(
        self, service: str, app: WSGIApplication, environ: WSGIEnvironment, start_response: StartResponse
    ) -> Iterable[bytes]:
        """The answer of a service, by way of the journal and the faults, loaded by the first request."""
        return self._journal_layer.answer(service, app, environ, start_response)

    @cached_property
    def _journal_layer(self) -> JournalLayer:
        from emrsim.web.faults import FaultLayer
        from emrsim.web.journal import JournalLayer

        faults = FaultLayer(self.faults, self._names, _s3_error, HangUp, self._closing)
        return JournalLayer(self.journal, self._names, self.clock.now, faults.answer)

    @cached_property
    def _names(self) -> Names:
        from emrsim.web.naming import Names
        from fake_s3.operations import OPERATIONS, operation_of

        return Names(operation_of, OPERATIONS, SERVICES)

    def _control(self, access: Access) -> WSGIApplication:
        from emrsim.web.control.calls import Controls
        from emrsim.web.control.endpoint import control_endpoint

        controls = Controls(
            state=self.state,
            clock=self.clock,
            rules=self.rules,
            bugs=self.bugs,
            journal=self.journal,
            faults=self.faults,
            keeper=self.keeper,
            helpers=HelpersOf(self),
        )
        return control_endpoint(controls, access.is_known)

    def close(self) -> None:
        """Stop serving, end all steps and wait until their processes are gone."""
        self._undo.close()


class Emulator(Helpers):
    """An emulator for a program or a test, as a context manager: serves on a free port of 127.0.0.1.

    `root` is the directory that is S3 (one of its own that is removed in the end, if left out);
    `clock` is how fast time goes: "real", "60x", "instant" (no wait for made-up machines) or "manual", which
    `clock.advance` moves on; `boot_seconds`, `step_seconds` and `shutdown_seconds` are the invented waits by
    that clock (left out: none with a real clock, else what EMR takes); `first_step_seconds` is how long a
    cluster that ends with its last step waits for the first; `settle_seconds` is how long answers that
    clients wait for are held back while a better one is near; `strict` requires roles and a version, as
    today's EMR does; `engines` run kinds of steps of the caller's own, and are asked before emrsim's.
    Steps see the variables of this process that `pass_env` names, each of their processes may use
    `step_memory_bytes` and `step_cpu_seconds`, and with `keep` the folders of clusters stay when these end.
    `seed` are clusters that are there from the beginning, as plain data or a file (`api.seeds`).
    What it does for a test beside that is in `Helpers`.
    An option that cannot be is a TypeError or ValueError that names it.
    Leaving the block ends all steps and raises, if emrsim itself has failed meanwhile, what it failed with.
    """

    def __init__(
        self,
        root: Path | str | None = None,
        *,
        data: Path | str | None = None,
        port: int = 0,
        clock: str = "real",
        boot_seconds: float | None = None,
        step_seconds: float | None = None,
        shutdown_seconds: float | None = None,
        first_step_seconds: float = 5.0,
        settle_seconds: float = 0.0,
        slots: int | None = None,
        strict: bool = False,
        engines: Sequence[Engine] = (),
        pass_env: Sequence[str] = (),
        step_memory_bytes: int | None = None,
        step_cpu_seconds: int | None = None,
        keep: bool = False,
        seed: Seed | None = None,
    ) -> None:
        options = {
            "port": port,
            "clock": clock,
            "boot_seconds": boot_seconds,
            "step_seconds": step_seconds,
            "shutdown_seconds": shutdown_seconds,
            "first_step_seconds": first_step_seconds,
            "settle_seconds": settle_seconds,
            "slots": slots,
            "strict": strict,
            "pass_env": pass_env,
            "step_memory_bytes": step_memory_bytes,
            "step_cpu_seconds": step_cpu_seconds,
            "keep": keep,
        }
        check_options(options)
        self._temporary = tempfile.TemporaryDirectory(prefix="emrsim-") if root is None else None
        self.root = Path(root or self._temporary.name).absolute()  # type: ignore[union-attr]
        self._settings = settings_of(self.root, Path(data).absolute() if data else None, options)
        self._engines = engines
        self._seed = seed
        self._running: RunningEmulator | None = None

    @property
    def running(self) -> RunningEmulator:
        """The emulator behind the port; RuntimeError outside of the `with` block."""
        if self._running is None:
            raise RuntimeError("the emulator is not running: use it in a `with` block, or call start()")
        return self._running

    @property
    def is_running(self) -> bool:
        """Whether it serves."""
        return self._running is not None

    @property
    def host(self) -> str:
        return self.running.settings.host

    @property
    def port(self) -> int:
        return self.running.port

    @property
    def url(self) -> str:
        """The endpoint URL, for boto3's `endpoint_url`."""
        return self.running.url

    @property
    def clock(self) -> SteeredClock:
        """The clock: `emulator.clock.advance("PT1H")`, `emulator.clock.set_pace("60x")`."""
        return self.running.clock

    @property
    def rules(self) -> Outcomes:
        """What is to become of steps and clusters: `emulator.rules.add({"match": …, "then": …})`."""
        return self.running.rules

    def reset(self, empty_root: bool | None = None) -> None:
        """Begin anew: no cluster but those of `seed`, no rule, the clock as at first.

        What is in the S3 directory stays, unless that is emrsim's own or `empty_root` is true.
        """
        self.running.keeper.reset(empty_root)

    def seed(self, seed: Seed) -> list[str]:
        """Add clusters in any state, of plain data or of a file; their ids. Raises PlainError, OSError."""
        return self.running.keeper.seed(seed)

    def export(self) -> dict[str, Any]:
        """All clusters, in the form of a seed."""
        return self.running.keeper.export()

    def snapshot(self, path: Path | str) -> None:
        """Keep the clusters and the S3 directory in the archive `path`, a .tar.gz.

        Raises PlainError, with no archive made, for what could not be brought back.
        """
        partial = Path(f"{path}.partial")
        try:
            with partial.open("wb") as archive:
                self.running.keeper.snapshot(archive)
            partial.replace(path)
        finally:
            partial.unlink(missing_ok=True)

    def restore(self, path: Path | str) -> list[str]:
        """Begin anew with the clusters and the S3 directory of a snapshot; the ids of the clusters.

        Raises PlainError, with nothing changed, for what is no snapshot.
        """
        with open(path, "rb") as archive:
            return self.running.keeper.restore(archive)

    @property
    def data(self) -> Path:
        """Where logs and work folders are."""
        return self._settings.data

    def start(self) -> Emulator:
        """Begin to serve, where a `with` block does not fit; `close` ends it.

        Raises RuntimeError if it serves already.
        """
        if self._running is not None:
            raise RuntimeError(f"the emulator is running already, at {self.url}")
        owns_root = self._temporary is not None
        self._running = RunningEmulator(self._settings, self._engines, self._seed, owns_root)
        return self

    def close(self) -> None:
        """End all steps and stop serving; raises what emrsim itself has failed with, if it has.

        Warns of rules that were not used.
        """
        running = self._end()
        _warn_of(running.rules.unused())

    def raise_bugs(self) -> None:
        """Raise what emrsim itself has failed with since it was last asked, if it has."""
        self.running.bugs.raise_found()

    def warn_of_unused_rules(self) -> None:
        """Warn of rules that have matched nothing so far."""
        _warn_of(self.rules.unused())

    def _end(self) -> RunningEmulator:
        """End it as `close` does, without the warning; what has run."""
        running, self._running = self.running, None
        running.close()
        if self._temporary:
            self._temporary.cleanup()
        running.bugs.raise_found()
        return running

    def __enter__(self) -> Emulator:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._running is None:  # the block has closed it
            return
        if error is None:
            self.close()
        else:
            self._end()  # what the block has failed with says more than rules that it did not get to


def _warn_of(unused: Sequence[Mapping[str, Any]]) -> None:
    if unused:
        told = ", ".join(f"{rule['id']} ({rule['match']})" for rule in unused)
        warnings.warn(UnusedRules(f"rules that matched nothing: {told}"), stacklevel=3)


def _serve(server: Server) -> Callable[[], None]:
    """Serve on a thread of its own; what is returned ends it."""
    thread = Thread(target=server.run, name="emrsim-http", daemon=True)
    thread.start()

    def close() -> None:
        server.stop()
        thread.join()

    return close


def _make_folders(settings: Settings) -> None:
    settings.root.mkdir(parents=True, exist_ok=True)
    make_slots(DataFolder(settings.data).slots, settings.slots)


def _threads(settings: Settings) -> int:
    """Answers that are held back keep nobody else waiting."""
    return SERVER_THREADS + (HELD_ANSWERS_MAX if settings.settle else 0)


def _access(settings: Settings) -> Access:
    return Access(settings.keys, settings.allow_anonymous, settings.allowed_hosts)


def _emr(state: EmulatorState, settle: Settle, bugs: Bugs, access: Access) -> WSGIApplication:
    from emrsim.web.emr import emr_app

    return emr_app(state, settle, bugs, access.check_signature)


def _s3(settings: Settings) -> WSGIApplication:
    from fake_s3 import ObjectStore, create_app

    store = ObjectStore(settings.root, BUILT_IN_BUCKETS)
    return create_app(store, settings.keys, settings.allow_anonymous, settings.allowed_hosts)


def _s3_error(environ: WSGIEnvironment, trouble: S3Trouble) -> tuple[str, list[tuple[str, str]], bytes]:
    from fake_s3.app import error_answer
    from fake_s3.errors import S3Error

    return error_answer(environ, S3Error(trouble.code, trouble.message, trouble.status))
