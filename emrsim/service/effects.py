"""Effects are carried out here, in the order they were decided, and answered with the next event."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import partial
from queue import SimpleQueue
from threading import Event, Lock, Thread
from typing import TYPE_CHECKING, Any

from emrsim.core import events as ev
from emrsim.core.clock import Awaited
from emrsim.core.ports import Engine, Storage
from emrsim.core.rules import Mishap
from emrsim.processes.guardian import Guardian
from emrsim.service.bugs import Bugs
from emrsim.service.data_lock import has_clusters
from emrsim.service.emulator import EmulatorState
from emrsim.service.folders import DataFolder
from emrsim.service.hiding import hide_environment
from emrsim.service.outcomes import Outcomes
from emrsim.service.reports import Reports
from emrsim.service.scaling import apply_limits
from emrsim.service.stream import caused_by
from emrsim.service.waits import Waits
from emrsim.service.work import Task
from emrsim.settings import Settings

if TYPE_CHECKING:
    from emrsim.service.runs import Runs


class Effects:
    """One thread that carries out effects one by one; programs run on other threads (`service.runs`)."""

    def __init__(
        self,
        state: EmulatorState,
        engines: Sequence[Engine],
        storage: Storage,
        settings: Settings,
        bugs: Bugs,
        outcomes: Outcomes,
        reports: Reports,
        url: Callable[[], str] = str,
    ) -> None:
        """`url` returns the emulator's URL, once it serves: programs of steps call it too."""
        self._state = state
        self._outcomes = outcomes
        self._reports = reports
        self._waits = Waits(settings, state.clock)
        self._bugs = bugs
        self._is_to_hide = settings.is_own_process
        self._guardian = Guardian(DataFolder(settings.data).clusters)
        self._make_runs: Callable[[], Runs] = partial(
            _make_runs, state, settings, engines, storage, self._guardian, outcomes, reports, bugs, url
        )
        self._making = Lock()
        self._made: Runs | None = None
        self._data = DataFolder(settings.data)
        self._queue: SimpleQueue[ev.Effect | Callable[[], None] | None] = SimpleQueue()
        self._thread = Thread(target=self._work, name="emrsim-effects", daemon=True)
        self._thread.start()
        state.connect(self._put)

    def close(self) -> None:
        """Stop every running step and carry out nothing more."""
        self._queue.put(None)
        self._thread.join()
        if self._made:
            self._made.close()
        self._guardian.close()

    @property
    def _runs(self) -> Runs:
        """What runs; made, and the code that runs programs imported, with the first cluster."""
        with self._making:
            if self._made is None:
                self._made = self._make_runs()
            return self._made

    def remove_leftovers(self) -> None:
        """Remove what an emulator that was killed has left in the data folder, on another thread."""
        if has_clusters(self._data):
            self._runs.remove_leftovers()

    def reset(self, begin_anew: Callable[[], None]) -> None:
        """Forget all clusters, end what runs for them, and remove its files; returns when that is done.

        `begin_anew` is called at the moment of forgetting, under the emulator's lock. Raises what fails.
        """
        done, failures = Event(), list[Exception]()
        self._queue.put(lambda: self._reset(begin_anew, done, failures))
        done.wait()
        if failures:
            raise failures[0]

    def _reset(self, begin_anew: Callable[[], None], done: Event, failures: list[Exception]) -> None:
        """On the thread of the effects, so none of them is being carried out; some may come in late."""
        try:
            with self._state.locked():
                forgotten = list(self._state.clusters)
                begin_anew()  # first, as the new account is of the new clock's time
                self._state.forget_all()
            self._runs.forget(forgotten)
        except Exception as failure:
            failures.append(failure)
        finally:
            self._queue.put(done.set)

    def _work(self) -> None:
        while (task := self._queue.get()) is not None:
            try:
                if callable(task):
                    task()
                else:
                    self._carry_out(task)
            except Exception as bug:
                self._bugs.record(bug)

    def _carry_out(self, effect: ev.Effect) -> None:
        try:
            if effect.cluster_id in self._state.clusters:  # else a reset has removed it
                _CARRY_OUT[type(effect)](self, effect)
        finally:
            self._state.work.end(_task(effect))

    def _put(self, effect: ev.Effect) -> None:
        self._state.work.begin(_task(effect))
        self._queue.put(effect)

    def _post_later(
        self, delay: timedelta, cluster_id: str, event: ev.Event, what: str, is_clients: bool = False
    ) -> None:
        def post() -> None:
            with caused_by("clock", what):
                self._reports.make(lambda: self._state.post(cluster_id, event))

        self._state.clock.call_later(delay, post, Awaited(what, cluster_id, is_clients))

    def _provision(self, effect: ev.Provision) -> None:
        cluster = self._state.clusters[effect.cluster_id]
        event = self._outcomes.launch_failure(cluster, Mishap.PROVISIONING_FAILURE) or ev.Provisioned()
        self._post_later(self._waits.half_boot, effect.cluster_id, event, "the start of its instances")

    def _bootstrap(self, effect: ev.Bootstrap) -> None:
        """What EMR takes beside the bootstrap actions, which take their own time, passes after them."""

        def end(event: ev.Event) -> None:
            delay = self._waits.half_boot
            self._post_later(delay, effect.cluster_id, event, "the end of its bootstrapping")

        cluster = self._state.clusters[effect.cluster_id]
        if failure := self._outcomes.launch_failure(cluster, Mishap.BOOTSTRAP_FAILURE):
            end(failure)
        else:
            self._hide_once()
            self._runs.bootstrap(effect.cluster_id, end)

    def _await_first_step(self, effect: ev.AwaitFirstStep) -> None:
        event, what = ev.FirstStepTimedOut(), "a first step, or its end"
        self._post_later(self._waits.first_step, effect.cluster_id, event, what, is_clients=True)

    def _provision_group(self, effect: ev.ProvisionGroup) -> None:
        event, what = ev.GroupProvisioned(effect.group_id), f"the start of {effect.group_id}"
        self._post_later(self._waits.half_boot, effect.cluster_id, event, what)

    def _bootstrap_group(self, effect: ev.BootstrapGroup) -> None:
        event, what = ev.GroupBootstrapped(effect.group_id), f"the bootstrapping of {effect.group_id}"
        self._post_later(self._waits.half_boot, effect.cluster_id, event, what)

    def _resize(self, effect: ev.Resize) -> None:
        event = ev.Resized(effect.group_id, effect.count, effect.first, effect.last)
        what = f"the resize of {effect.group_id}"
        self._post_later(2 * self._waits.half_boot, effect.cluster_id, event, what)

    def _reconfigure(self, effect: ev.Reconfigure) -> None:
        """The files are there before the group is RUNNING again; steps that run keep what they have read."""
        self._runs.reconfigure(effect.cluster_id)
        event, what = (
            ev.Reconfigured(effect.group_id, effect.version),
            f"the reconfiguration of {effect.group_id}",
        )
        self._post_later(self._waits.half_boot, effect.cluster_id, event, what)

    def _release(self, effect: ev.Release) -> None:
        def end() -> None:
            what = "the end of its instances"
            self._post_later(self._waits.shutdown, effect.cluster_id, ev.Released(), what)

        self._runs.end_cluster(effect.cluster_id, end)

    def _hide_once(self) -> None:
        """Before the first program: it could read the environment of this process, and keys in it."""
        if self._is_to_hide:
            self._is_to_hide = False
            hide_environment()

    def _start_step(self, effect: ev.StartStep) -> None:
        self._hide_once()
        self._runs.start_step(effect, self._waits.step)

    def _stop_step(self, effect: ev.StopStep) -> None:
        self._runs.stop_step(effect)

    def _scale(self, effect: ev.Scale) -> None:
        apply_limits(self._state, effect.cluster_id)

    def _await_idle_timeout(self, effect: ev.AwaitIdleTimeout) -> None:
        delay = max(effect.deadline - self._state.clock.now(), timedelta(0))
        event, what = ev.IdleTimedOut(effect.idle_since), "a step, or the end of its idle time"
        self._post_later(delay, effect.cluster_id, event, what, is_clients=True)


def _make_runs(
    state: EmulatorState,
    settings: Settings,
    engines: Sequence[Engine],
    storage: Storage,
    guardian: Guardian,
    outcomes: Outcomes,
    reports: Reports,
    bugs: Bugs,
    url: Callable[[], str],
) -> Runs:
    from emrsim.engines.hadoop_jar import HadoopJarEngine
    from emrsim.engines.process import Limits
    from emrsim.service.master import MasterNodes
    from emrsim.service.program_run import Supervision
    from emrsim.service.runs import Runs, RunServices
    from emrsim.service.step_run import StepServices

    limits = Limits(settings.step_memory_bytes, settings.step_cpu_seconds)
    steps = StepServices(
        [outcomes, *engines, HadoopJarEngine()], storage, Supervision(guardian, limits), settings.keep
    )
    services = RunServices(DataFolder(settings.data), MasterNodes(settings, url), steps, settings.slots)
    return Runs(state, services, outcomes, reports, bugs)


def _task(effect: ev.Effect) -> Task:
    return Task(effect.cluster_id, type(effect).__name__, brief=True)


_CARRY_OUT: dict[type, Callable[[Effects, Any], None]] = {
    ev.Provision: Effects._provision,
    ev.Bootstrap: Effects._bootstrap,
    ev.AwaitFirstStep: Effects._await_first_step,
    ev.StartStep: Effects._start_step,
    ev.StopStep: Effects._stop_step,
    ev.AwaitIdleTimeout: Effects._await_idle_timeout,
    ev.Scale: Effects._scale,
    ev.Release: Effects._release,
    ev.ProvisionGroup: Effects._provision_group,
    ev.BootstrapGroup: Effects._bootstrap_group,
    ev.Resize: Effects._resize,
    ev.Reconfigure: Effects._reconfigure,
}
