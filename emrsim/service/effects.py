"""Effects are carried out here, in the order they were decided, and answered with the next event."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from queue import SimpleQueue
from threading import Thread
from typing import Any, cast

from emrsim.core import events as ev
from emrsim.core import texts
from emrsim.core.model import Cluster, Failure
from emrsim.core.ports import Engine, Storage
from emrsim.core.states import ClusterState
from emrsim.engines.guardian import Guardian
from emrsim.engines.process import Limits
from emrsim.service.bootstrap_run import BootstrapRun
from emrsim.service.bugs import Bugs
from emrsim.service.emulator import EmulatorState
from emrsim.service.folders import DataFolder
from emrsim.service.jobs import make_job
from emrsim.service.logs import LogTarget, log_uri_of
from emrsim.service.master import Masters
from emrsim.service.program_run import Supervision
from emrsim.service.scaling import apply_limits
from emrsim.service.step_run import StepMeans, StepRun
from emrsim.settings import Settings

_BOOTING = ClusterState.BOOTSTRAPPING

_FIRST_STEP_POLL = timedelta(milliseconds=20)


class Effects:
    """One thread that takes effects one by one; what takes time goes on a thread of its own."""

    def __init__(
        self,
        state: EmulatorState,
        engines: Sequence[Engine],
        storage: Storage,
        settings: Settings,
        bugs: Bugs,
        url: Callable[[], str] = str,
    ) -> None:
        """`url` tells where EMR and S3 answer, once they do: programs of steps call them too."""
        self._state = state
        self._data = DataFolder(settings.data)
        self._masters = Masters(settings, url)
        self._half_boot = settings.boot / 2
        self._shutdown = settings.shutdown
        self._first_step = settings.first_step
        self._keep = settings.keep
        self._bugs = bugs
        self._guardian = Guardian()
        limits = Limits(settings.step_memory_bytes, settings.step_cpu_seconds)
        self._means = StepMeans(engines, storage, Supervision(self._guardian, limits), settings.keep)
        self._queue: SimpleQueue[ev.Effect | None] = SimpleQueue()
        self._runs: dict[
            str, tuple[StepRun | BootstrapRun, Thread]
        ] = {}  # without an end, by step or cluster
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
            try:
                run = self._prepare(cluster)
            except Exception as bug:
                # Without an end, the cluster would be BOOTSTRAPPING for ever.
                self._state.post(cluster.id, self._cluster_failed_by_us(bug))
                return
        if run is None:
            self._boot_later(cluster, ev.Bootstrapped())
        else:
            self._in_thread(cluster.id, run, lambda: self._run_bootstrap(cluster, run))

    def _prepare(self, cluster: Cluster) -> BootstrapRun | None:
        """Make the folders of a cluster, and what runs its bootstrap actions, if it has any."""
        self._masters.prepare(cluster)
        if not cluster.request.bootstrap_actions:
            return None
        environment = self._masters.environment(cluster)
        folder = self._data.cluster(cluster.id)
        return BootstrapRun(cluster, folder, environment, self._means.supervision, self._logs_of(cluster))

    def _run_bootstrap(self, cluster: Cluster, run: BootstrapRun) -> None:
        try:
            event = run.run()
        except Exception as bug:
            event = self._cluster_failed_by_us(bug)
        if event is not None:
            self._boot_later(cluster, event)
        del self._runs[cluster.id]

    def _boot_later(self, cluster: Cluster, event: ev.Event) -> None:
        deadline = self._state.clock.now() + max(self._half_boot, self._first_step)
        self._state.clock.call_later(self._half_boot, lambda: self._end_boot(cluster, event, deadline))

    def _end_boot(self, cluster: Cluster, event: ev.Event, deadline: datetime) -> None:
        """Post `event`, once there is a step, or it is clear that a cluster is to end without one."""
        with self._state.locked():
            waits_for_a_step = not (cluster.keep_alive or cluster.steps or cluster.state is not _BOOTING)
        if isinstance(event, ev.Bootstrapped) and waits_for_a_step and self._state.clock.now() < deadline:
            self._state.clock.call_later(_FIRST_STEP_POLL, lambda: self._end_boot(cluster, event, deadline))
        else:
            self._state.post(cluster.id, event)

    def _provision_group(self, effect: ev.ProvisionGroup) -> None:
        self._post_later(self._half_boot, effect.cluster_id, ev.GroupProvisioned(effect.group_id))

    def _bootstrap_group(self, effect: ev.BootstrapGroup) -> None:
        self._post_later(self._half_boot, effect.cluster_id, ev.GroupBootstrapped(effect.group_id))

    def _resize(self, effect: ev.Resize) -> None:
        self._post_later(2 * self._half_boot, effect.cluster_id, ev.Resized(effect.group_id, effect.count))

    def _release(self, effect: ev.Release) -> None:
        """Let all go once nothing runs: bootstrap actions may, if the cluster ends before it is ready."""
        if running := self._runs.get(effect.cluster_id):
            run, bootstrap = running

            def stop_and_release() -> None:
                run.stop()
                bootstrap.join()
                self._release_now(effect.cluster_id)

            Thread(target=stop_and_release, name=f"emrsim-stop-{effect.cluster_id}", daemon=True).start()
        else:
            self._release_now(effect.cluster_id)

    def _release_now(self, cluster_id: str) -> None:
        if not self._keep:
            for folder in self._data.cluster(cluster_id).is_gone_with_the_cluster:
                shutil.rmtree(folder, ignore_errors=True)
        self._post_later(self._shutdown, cluster_id, ev.Released())

    def _start_step(self, effect: ev.StartStep) -> None:
        try:
            run = self._make_run(effect)
        except Exception as bug:
            # Without an end, the step would be RUNNING for ever.
            self._state.post(effect.cluster_id, self._failed_by_us(effect, bug))
            return
        self._in_thread(effect.step_id, run, lambda: self._run_step(effect, run))

    def _in_thread(self, key: str, run: StepRun | BootstrapRun, work: Callable[[], None]) -> None:
        thread = Thread(target=work, name=f"emrsim-{key}", daemon=True)
        self._runs[key] = (run, thread)
        thread.start()

    def _make_run(self, effect: ev.StartStep) -> StepRun:
        with self._state.locked():
            cluster = self._state.clusters[effect.cluster_id]
            step = cluster.steps[effect.step_id]
            environment = self._masters.environment(cluster)
            job = make_job(cluster, step, self._data.cluster(cluster.id), environment)
            number = list(cluster.steps).index(effect.step_id) + 1
        return StepRun(job, number, self._means, self._logs_of(cluster))

    def _logs_of(self, cluster: Cluster) -> LogTarget:
        uri = cluster.request.log_uri
        return LogTarget(
            self._data.cluster(cluster.id).path,
            self._means.storage,
            log_uri_of(uri, cluster.id) if uri else None,
            gzipped=cluster.uses_release_label,
        )

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

    def _cluster_failed_by_us(self, bug: Exception) -> ev.ClusterFailed:
        self._bugs.record(bug)
        return ev.ClusterFailed(texts.INTERNAL_ERROR, f"emrsim failed, not the cluster: {bug!r}")

    def _stop_step(self, effect: ev.StopStep) -> None:
        if running := self._runs.get(effect.step_id):
            name = f"emrsim-stop-{effect.step_id}"
            run = cast("StepRun", running[0])
            Thread(target=run.stop, args=(effect.force,), name=name, daemon=True).start()

    def _scale(self, effect: ev.Scale) -> None:
        apply_limits(self._state, effect.cluster_id)

    def _await_idle_timeout(self, effect: ev.AwaitIdleTimeout) -> None:
        delay = max(effect.deadline - self._state.clock.now(), timedelta(0))
        self._post_later(delay, effect.cluster_id, ev.IdleTimedOut(effect.idle_since))


def _failure_of_ours(bug: Exception) -> Failure:
    return Failure("Unknown Error", f"emrsim failed, not the step: {bug!r}")


_CARRY_OUT: dict[type, Callable[[Effects, Any], None]] = {
    ev.Provision: Effects._provision,
    ev.Bootstrap: Effects._bootstrap,
    ev.StartStep: Effects._start_step,
    ev.StopStep: Effects._stop_step,
    ev.AwaitIdleTimeout: Effects._await_idle_timeout,
    ev.Scale: Effects._scale,
    ev.Release: Effects._release,
    ev.ProvisionGroup: Effects._provision_group,
    ev.BootstrapGroup: Effects._bootstrap_group,
    ev.Resize: Effects._resize,
}
