"""Effects are carried out here, in the order they were decided, and answered with the next event."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from queue import SimpleQueue
from threading import Thread
from typing import Any

from emrsim.core import events as ev
from emrsim.core import texts
from emrsim.core.model import Cluster, Failure
from emrsim.core.ports import Engine, Storage
from emrsim.engines.guardian import Guardian
from emrsim.service.bugs import Bugs
from emrsim.service.emulator import EmulatorState
from emrsim.service.folders import DataFolder
from emrsim.service.jobs import make_job
from emrsim.service.logs import log_uri_of
from emrsim.service.scaling import apply_limits
from emrsim.service.step_run import LogTarget, StepRun
from emrsim.settings import Settings


class Effects:
    """One thread that takes effects one by one; what takes time goes on a thread of its own."""

    def __init__(
        self,
        state: EmulatorState,
        engines: Sequence[Engine],
        storage: Storage,
        settings: Settings,
        bugs: Bugs,
    ) -> None:
        self._state = state
        self._engines = engines
        self._storage = storage
        self._data = DataFolder(settings.data)
        self._half_boot = settings.boot / 2
        self._shutdown = settings.shutdown
        self._first_step = settings.first_step
        self._bugs = bugs
        self._guardian = Guardian()
        self._queue: SimpleQueue[ev.Effect | None] = SimpleQueue()
        self._runs: dict[str, tuple[StepRun, Thread]] = {}  # those without an end, by step id
        self._thread = Thread(target=self._work, name="emrsim-effects", daemon=True)
        self._thread.start()
        state.connect(self._queue.put)

    def close(self) -> None:
        """Stop every running step and carry out nothing more."""
        self._queue.put(None)
        self._thread.join()
        runs = list(self._runs.values())
        if runs:
            with ThreadPoolExecutor(max_workers=len(runs)) as pool:
                list(pool.map(lambda run: run[0].stop(), runs))
        for _, thread in runs:
            thread.join()
        self._guardian.close()

    def _work(self) -> None:
        while (effect := self._queue.get()) is not None:
            try:
                _CARRY_OUT[type(effect)](self, effect)
            except Exception as bug:
                self._bugs.record(bug)

    def _post_later(self, delay: timedelta, cluster_id: str, event: ev.Event) -> None:
        self._state.clock.call_later(delay, lambda: self._state.post(cluster_id, event))

    def _provision(self, effect: ev.Provision) -> None:
        self._post_later(self._half_boot, effect.cluster_id, ev.Provisioned())

    def _bootstrap(self, effect: ev.Bootstrap) -> None:
        with self._state.locked():
            cluster = self._state.clusters[effect.cluster_id]
        event = _bootstrap_failure(cluster) or ev.Bootstrapped()
        self._post_later(self._half_boot, effect.cluster_id, event)

    def _await_first_step(self, effect: ev.AwaitFirstStep) -> None:
        """A client has had the time of the bootstrapping already."""
        more = max(self._first_step - self._half_boot, timedelta(0))
        self._post_later(more, effect.cluster_id, ev.FirstStepTimedOut())

    def _provision_group(self, effect: ev.ProvisionGroup) -> None:
        self._post_later(self._half_boot, effect.cluster_id, ev.GroupProvisioned(effect.group_id))

    def _bootstrap_group(self, effect: ev.BootstrapGroup) -> None:
        self._post_later(self._half_boot, effect.cluster_id, ev.GroupBootstrapped(effect.group_id))

    def _resize(self, effect: ev.Resize) -> None:
        self._post_later(2 * self._half_boot, effect.cluster_id, ev.Resized(effect.group_id, effect.count))

    def _release(self, effect: ev.Release) -> None:
        for folder in (self._data.home(effect.cluster_id), self._data.hdfs(effect.cluster_id)):
            shutil.rmtree(folder, ignore_errors=True)
        self._post_later(self._shutdown, effect.cluster_id, ev.Released())

    def _start_step(self, effect: ev.StartStep) -> None:
        try:
            run = self._make_run(effect)
        except Exception as bug:
            # Without an end, the step would be RUNNING for ever.
            self._state.post(effect.cluster_id, self._failed_by_us(effect, bug))
            return
        thread = Thread(
            target=self._run_step, args=(effect, run), name=f"emrsim-{effect.step_id}", daemon=True
        )
        self._runs[effect.step_id] = (run, thread)
        thread.start()

    def _make_run(self, effect: ev.StartStep) -> StepRun:
        with self._state.locked():
            cluster = self._state.clusters[effect.cluster_id]
            job = make_job(cluster, cluster.steps[effect.step_id], self._data)
            number = list(cluster.steps).index(effect.step_id) + 1
        uri = cluster.request.log_uri
        logs = LogTarget(self._data.cluster(cluster.id), log_uri_of(uri, cluster.id) if uri else None)
        return StepRun(job, number, self._engines, self._storage, logs, self._guardian)

    def _run_step(self, effect: ev.StartStep, run: StepRun) -> None:
        try:
            finished = run.run()
        except Exception as bug:
            finished = self._failed_by_us(effect, bug)
        try:
            self._state.post(effect.cluster_id, finished)
        except Exception as bug:
            self._bugs.record(bug)
        del self._runs[effect.step_id]

    def _failed_by_us(self, effect: ev.StartStep, bug: Exception) -> ev.StepFinished:
        self._bugs.record(bug)
        return ev.StepFinished(effect.step_id, ev.StepEnd.FAILED, _failure_of_ours(bug))

    def _stop_step(self, effect: ev.StopStep) -> None:
        if running := self._runs.get(effect.step_id):
            name = f"emrsim-stop-{effect.step_id}"
            Thread(target=running[0].stop, args=(effect.force,), name=name, daemon=True).start()

    def _scale(self, effect: ev.Scale) -> None:
        apply_limits(self._state, effect.cluster_id)

    def _await_idle_timeout(self, effect: ev.AwaitIdleTimeout) -> None:
        delay = max(effect.deadline - self._state.clock.now(), timedelta(0))
        self._post_later(delay, effect.cluster_id, ev.IdleTimedOut(effect.idle_since))


def _failure_of_ours(bug: Exception) -> Failure:
    return Failure("Unknown Error", f"emrsim failed, not the step: {bug!r}")


def _bootstrap_failure(cluster: Cluster) -> ev.ClusterFailed | None:
    """The failure of a cluster with bootstrap actions: this version does not run them, and says so."""
    if not cluster.request.bootstrap_actions:
        return None
    master = cluster.master.ec2_id if cluster.master else "?"
    return ev.ClusterFailed(
        texts.BOOTSTRAP_FAILURE,
        f"On the master instance ({master}), bootstrap action 1 was not run: "
        "this version of emrsim does not run bootstrap actions",
    )


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
}
