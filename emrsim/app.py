"""The one place where everything is wired together: an emulator on a port."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack
from functools import cached_property
from threading import Event, Thread
from typing import TYPE_CHECKING

from emrsim.access import Access, origin_of
from emrsim.core.model import Cluster
from emrsim.core.ports import Engine
from emrsim.helpers import HelpersOf
from emrsim.keeping import Seed, StateManager
from emrsim.neighbours import SERVICES, Neighbours
from emrsim.processes.guardian import kill_leftovers
from emrsim.service.bugs import Bugs
from emrsim.service.clock import SteeredClock
from emrsim.service.data_lock import DataLock
from emrsim.service.effects import Effects
from emrsim.service.emulator import EmulatorState
from emrsim.service.events.eventbridge import Bridge
from emrsim.service.events.log import EventLog
from emrsim.service.faults import Faults
from emrsim.service.folders import DataFolder, make_private, make_slots
from emrsim.service.held_up import held_up
from emrsim.service.journal import Journal
from emrsim.service.outcomes import Outcomes
from emrsim.service.record.requests import RequestStore
from emrsim.service.reports import Reports
from emrsim.service.resuming import Found, Resumption, remove_record
from emrsim.service.settle import Settle
from emrsim.service.waiting_room import WaitingRoom
from emrsim.settings import Settings
from emrsim.storage import BUILT_IN_BUCKETS, DirectoryStorage
from emrsim.web.gateway import Gateway
from emrsim.web.lazily import first_when_needed
from emrsim.web.neighbours import neighbour_endpoint
from emrsim.web.peers import Peers
from fake_s3.server import HangUp, Server

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

    from emrsim.core.fault_errors import S3Trouble
    from emrsim.service.metrics import Sample
    from emrsim.service.record.file import RecordFile
    from emrsim.web.control.calls import Controls
    from emrsim.web.journal import JournalLayer
    from emrsim.web.naming import OperationNames


class RunningEmulator:
    """An emulator that serves from the moment it is made until `close`."""

    def __init__(
        self,
        settings: Settings,
        engines: Sequence[Engine] = (),
        seed: Seed | None = None,
        owns_root: bool = False,
    ) -> None:
        """`engines` are tried before emrsim's own; the clusters of `seed` exist from the start.

        `owns_root`: the S3 directory is emrsim's own, so a reset may empty it. Raises OSError if a folder
        cannot be created, the seed cannot be read or the port is in use, and PlainError for an invalid seed.
        """
        self.settings = settings
        self.bugs = Bugs()
        with ExitStack() as undo:
            self._lock = _take_folders(settings)
            undo.callback(self._lock.release)
            self._record = _record(settings, undo)
            self._opened = undo.enter_context(ExitStack())  # what requests open is closed after the server
            self._make_state(engines, undo)
            self.keeper = StateManager(
                self.state, self.clock, self.rules, self.faults, self._effects, settings, owns_root
            )
            self._take_up(seed, undo)
            self._serve(undo)
            self._undo = undo.pop_all()

    def _make_state(self, engines: Sequence[Engine], undo: ExitStack) -> None:
        """Make the clock, the clusters, and what carries out what follows from their events."""
        settings = self.settings
        self.clock = SteeredClock(self.bugs.record, settings.clock)
        undo.callback(self.clock.close)
        self.state = EmulatorState(self.clock, settings.region, settings.strict, self._record)
        self.clock.connect(self.state.work)
        self.journal = Journal(lambda request: self._names.s3_naming(request))
        self._make_events(undo)
        reports = Reports(self.bugs.record)
        self.rules = Outcomes(self.state, reports)
        self.faults = Faults(self.clock, lambda: self._names.known())
        self.waiting_room = WaitingRoom()
        seconds, waiters = settings.settle.total_seconds(), settings.waiters.total_seconds()
        self.settle = Settle(self.state, self.clock, self.why_held_up, seconds, self.waiting_room, waiters)
        self._effects = Effects(
            self.state,
            engines,
            DirectoryStorage(settings.root),
            settings,
            self.bugs,
            self.rules,
            reports,
            lambda: self.url,
        )
        undo.callback(self._effects.close)
        undo.callback(reports.close)

    def _make_events(self, undo: ExitStack) -> None:
        """Make events of what happens, and send them where they are wanted. Raises EventsUnwritable."""
        self.events = EventLog(self.bugs.record, self.clock.now)
        self.state.listeners.append(self.events.hear)
        if where := self.settings.events:
            from emrsim.service.events.sinks import Sink

            undo.callback(Sink(where, self.events, self.bugs.record).close)
        self.bridge = Bridge(self.events, self.journal, self.bugs.record)
        undo.callback(self.bridge.close)

    def _metrics(self, region: str) -> list[Sample]:
        """The metrics of CloudWatch, for the region's clusters."""
        from emrsim.service.metrics import samples

        return samples(self.state, region)

    def _take_up(self, seed: Seed | None, undo: ExitStack) -> None:
        """Load the record, once nothing of a killed emulator runs any more, and the seed."""
        self.found = Found(0, 0, 0, 0)
        self._resumption = None
        if self._record:
            kill_leftovers(DataFolder(self.settings.data).clusters)
            requests = RequestStore(self._record, self.state)
            self.journal.connect(requests)
            undo.callback(requests.close)
            self._resumption = Resumption(self._record, self.state, DirectoryStorage(self.settings.root))
            keep_pace = self.settings.is_clock_given
            self.found = self._resumption.take_up(self.clock, self.rules, self.faults, keep_pace)
        self.keeper.finish_restore()
        self.keeper.begin_with(seed, is_first=self.found.is_empty)

    _has_warned_of_tls = False

    def _serve(self, undo: ExitStack) -> None:
        """Start serving; clusters of the record resume as soon as the address is known."""
        neighbours = Neighbours(self.bridge.connect, self._metrics)
        undo.callback(neighbours.close)
        self.keeper.after_reset += [self.bridge.clear, neighbours.reset]
        self.keeper.on_reset += [self.rules.reset, self.settle.reset, self.journal.clear, self.faults.clear]
        self.keeper.on_reset.append(self.events.clear)
        self._closing = Event()
        server = self._listen(self._gateway(neighbours))
        if resumption := self._resumption:
            resumption.wake()
            undo.callback(lambda: resumption.sleep(self.settings.on_stop == "requeue"))
        undo.callback(self._run(server))
        self._lock.note(self.url)
        self._effects.remove_leftovers()
        undo.callback(self.settle.close)
        undo.callback(self.state.close)
        undo.callback(self._closing.set)

    @property
    def url(self) -> str:
        """`http://HOST:PORT`; an address that means all of the machine's is called 127.0.0.1."""
        host = "127.0.0.1" if is_wildcard(self.settings.host) else self.settings.host
        return f"http://[{host}]:{self.port}" if ":" in host else f"http://{host}:{self.port}"

    def held_up(self, cluster_id: str) -> str | None:
        """Return what a cluster waits for and how to go on, in words; None if it goes on by itself."""
        with self.state.locked():
            return self.why_held_up(self.state.clusters[cluster_id])

    def why_held_up(self, cluster: Cluster) -> str | None:
        """As `held_up`, of a cluster. To be called under the lock."""
        return held_up(cluster, self.clock, self.rules)

    def _gateway(self, neighbours: Neighbours) -> Gateway:
        settings, access = self.settings, _access(self.settings)
        control = first_when_needed(lambda: self._control(access))
        emr = first_when_needed(lambda: _emr(self.state, self.settle, self.bugs, access))
        s3 = first_when_needed(lambda: _s3(settings, self._opened))
        peers = Peers(self.settings.allow_other_users)
        others = neighbour_endpoint(neighbours.answer, access.check_signature, self.waiting_room)
        console = first_when_needed(lambda: self._console(access))
        return Gateway(control, emr, s3, others, access.foreign_page, peers.other_user, self._answer, console)

    def _answer(
        self, service: str, app: WSGIApplication, environ: WSGIEnvironment, start_response: StartResponse
    ) -> Iterable[bytes]:
        """The answer of a service, by way of the journal and the faults, loaded by the first request."""
        return self._journal_layer.answer(service, app, environ, start_response)

    @cached_property
    def _journal_layer(self) -> JournalLayer:
        from emrsim.web.faults import FaultLayer
        from emrsim.web.journal import JournalLayer

        faults = FaultLayer(self.faults, self._names, _s3_error, HangUp, self.waiting_room, self._closing)
        return JournalLayer(self.journal, self._names, self.clock.now, faults.answer)

    @cached_property
    def _names(self) -> OperationNames:
        from emrsim.web.naming import OperationNames
        from fake_s3.operations import OPERATIONS, operation_of

        return OperationNames(operation_of, OPERATIONS, SERVICES)

    def _control(self, access: Access) -> WSGIApplication:
        from emrsim.web.control.endpoint import control_endpoint

        return control_endpoint(self._controls(), access.is_known)

    def _console(self, access: Access) -> WSGIApplication:
        from emrsim.web.console.app import console_app
        from emrsim.web.console.site import Site
        from emrsim.web.control.endpoint import control_endpoint

        controls = self._controls()
        site = Site(
            controls=controls,
            settings=self.settings,
            url=lambda: self.url,
            why_held_up=self.why_held_up,
            history=self._record.history if self._record else None,
            control=control_endpoint(controls, lambda _: True),
        )
        return console_app(site, access.is_known)

    def _controls(self) -> Controls:
        from emrsim.service.power import Power
        from emrsim.web.control.calls import Controls

        return Controls(
            state=self.state,
            clock=self.clock,
            rules=self.rules,
            bugs=self.bugs,
            journal=self.journal,
            events=self.events,
            faults=self.faults,
            keeper=self.keeper,
            helpers=HelpersOf(self),
            waiting_room=self.waiting_room,
            power=Power(self.state),
        )

    def on_failure(self, call: Callable[[], None]) -> None:
        """Call `call` if the server fails; `bugs` says why. Any thread may use it."""
        self._on_failure.append(call)

    def _warn_of_tls(self) -> None:
        """Print once what a client that speaks TLS does wrong; it cannot read an answer."""
        if not self._has_warned_of_tls:
            self._has_warned_of_tls = True
            print(
                f"emrsim: a client speaks TLS to {self.url}: use http:// (with boto 2 is_secure=False)",
                file=sys.stderr,
                flush=True,
            )

    def close(self) -> None:
        """Stop serving, stop all steps and wait until their processes have ended."""
        self._undo.close()

    def _listen(self, gateway: Gateway) -> Server:
        """A server with its port, which answers nobody yet."""
        server = Server(gateway, self.settings.host, self.settings.port, on_tls=self._warn_of_tls)
        self.waiting_room.connect(server.lend_threads)
        self.port = server.port
        return server

    def _run(self, server: Server) -> Callable[[], None]:
        """Serve on a new thread; the function that is returned stops it."""
        self.has_failed = False  # the server no longer answers
        self._on_failure: list[Callable[[], None]] = []

        def run() -> None:
            try:
                server.run()
            except Exception as error:
                self.bugs.record(error)
                self.has_failed = True
                for call in self._on_failure:
                    call()

        thread = Thread(target=run, name="emrsim-http", daemon=True)
        thread.start()

        def close() -> None:
            server.stop()
            thread.join()

        return close


def is_wildcard(host: str) -> bool:
    """Return whether a host means all addresses of the machine."""
    return host in {"0.0.0.0", "::", ""}


def is_loopback(host: str) -> bool:
    """Return whether only this machine reaches an address to listen on."""
    return host == "localhost" or host == "::1" or host.startswith("127.")


def _take_folders(settings: Settings) -> DataLock:
    """Make the folders of an emulator, and take its data folder for it. Raises OSError."""
    settings.root.mkdir(parents=True, exist_ok=True)
    make_private(settings.data)
    data = DataFolder(settings.data)
    lock = DataLock(data)
    make_slots(data.slots, settings.slots)
    return lock


def _record(settings: Settings, undo: ExitStack) -> RecordFile | None:
    """The record, if there is to be one, until `undo` closes it. Raises RecordError."""
    if not settings.durable:
        return None
    from emrsim.service.record.file import RecordFile

    if settings.fresh:
        remove_record(settings.data)
    record = RecordFile(settings.data, settings.fsync)
    undo.callback(record.close)
    return record


def _access(settings: Settings) -> Access:
    hosts, origins = settings.allowed_hosts, settings.allowed_origins
    return Access(settings.keys, settings.allow_anonymous, hosts, origins)


def _emr(state: EmulatorState, settle: Settle, bugs: Bugs, access: Access) -> WSGIApplication:
    from emrsim.web.emr import emr_app

    return emr_app(state, settle, bugs, access.check_signature)


def _s3(settings: Settings, opened: ExitStack) -> WSGIApplication:
    from fake_s3 import ObjectStore, create_app

    store = ObjectStore(settings.root, BUILT_IN_BUCKETS)
    opened.callback(store.close)
    origins = [origin_of(text) for text in settings.allowed_origins]
    return create_app(store, settings.keys, settings.allow_anonymous, settings.allowed_hosts, origins)


def _s3_error(environ: WSGIEnvironment, trouble: S3Trouble) -> tuple[str, list[tuple[str, str]], bytes]:
    from fake_s3.app import error_answer
    from fake_s3.errors import S3Error

    return error_answer(environ, S3Error(trouble.code, trouble.message, trouble.status))
