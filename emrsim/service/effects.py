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
from emrsim.core.clock import Awaited
from emrsim.core.model import Cluster, Failure
from emrsim.core.ports import Engine, Storage
from emrsim.core.rules import Mishap
from emrsim.engines.guardian import Guardian
from emrsim.service.bugs import Bugs
from emrsim.service.emulator import EmulatorState
from emrsim.service.folders import DataFolder
from emrsim.service.held_run import HeldRun
from emrsim.service.jobs import make_job
from emrsim.service.logs import log_uri_of
from emrsim.service.outcomes import Outcomes
from emrsim.service.scaling import apply_limits
from emrsim.service.step_run import LogTarget, StepRun
from emrsim.service.waits import Waits
from emrsim.service.work import Task
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
        outcomes: Outcomes,
    ) -> None:
        self._state = state
        self._engines = [outcomes, *engines]
        self._outcomes = outcomes
        self._storage = storage
        self._data = DataFolder(settings.data)
        self._waits = Waits(settings, state.clock)
        self._bugs = bugs
        self._guardian = Guardian()
        self._queue: SimpleQueue[ev.Effect | None] = SimpleQueue()
        self._runs: dict[str, tuple[HeldRun, Thread]] = {}  # those without an end, by step id
        self._thread = Thread(target=self._work, name="emrsim-effects", daemon=True)
        self._thread.start()
        state.connect(self._put)

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
            self._state.work.end(_task(effect))

    def _put(self, effect: ev.Effect) -> None:
        self._state.work.begin(_task(effect))
        self._queue.put(effect)

    def _post_later(
        self, delay: timedelta, effect: ev.Effect, event: ev.Event, what: str, is_clients: bool = False
    ) -> None:
        cluster_id = effect.cluster_id
        awaited = Awaited(what, cluster_id, is_clients)
        self._state.clock.call_later(delay, lambda: self._state.post(cluster_id, event), awaited)

    def _provision(self, effect: ev.Provision) -> None:
        cluster = self._state.clusters[effect.cluster_id]
        event = self._outcomes.launch_failure(cluster, Mishap.PROVISIONING_FAILURE) or ev.Provisioned()
        self._post_later(self._waits.half_boot, effect, event, "the start of its instances")

    def _bootstrap(self, effect: ev.Bootstrap) -> None:
        with self._state.locked():
            cluster = self._state.clusters[effect.cluster_id]
        scripted = self._outcomes.launch_failure(cluster, Mishap.BOOTSTRAP_FAILURE)
        event = scripted or _bootstrap_failure(cluster) or ev.Bootstrapped()
        self._post_later(self._waits.half_boot, effect, event, "the end of its bootstrapping")

    def _await_first_step(self, effect: ev.AwaitFirstStep) -> None:
        event = ev.FirstStepTimedOut()
        self._post_later(self._waits.first_step, effect, event, "a first step, or its end", is_clients=True)

    def _provision_group(self, effect: ev.ProvisionGroup) -> None:
        event = ev.GroupProvisioned(effect.group_id)
        self._post_later(self._waits.half_boot, effect, event, f"the start of {effect.group_id}")

    def _bootstrap_group(self, effect: ev.BootstrapGroup) -> None:
        event = ev.GroupBootstrapped(effect.group_id)
        self._post_later(self._waits.half_boot, effect, event, f"the bootstrapping of {effect.group_id}")

    def _resize(self, effect: ev.Resize) -> None:
        event = ev.Resized(effect.group_id, effect.count)
        self._post_later(2 * self._waits.half_boot, effect, event, f"the resize of {effect.group_id}")

    def _release(self, effect: ev.Release) -> None:
        for folder in (self._data.home(effect.cluster_id), self._data.hdfs(effect.cluster_id)):
            shutil.rmtree(folder, ignore_errors=True)
        self._post_later(self._waits.shutdown, effect, ev.Released(), "the end of its instances")

    def _start_step(self, effect: ev.StartStep) -> None:
        task = _step_task(effect)
        try:
            run = HeldRun(self._make_run(effect), lambda: self._state.work.begin(task))
        except Exception as bug:
            # Without an end, the step would be RUNNING for ever.
            self._state.post(effect.cluster_id, self._failed_by_us(effect, bug))
            return
        thread = Thread(
            target=self._run_step, args=(effect, run), name=f"emrsim-{effect.step_id}", daemon=True
        )
        self._runs[effect.step_id] = (run, thread)
        thread.start()
        self._outcomes.begin(effect, run, self._waits.step)

    def _make_run(self, effect: ev.StartStep) -> StepRun:
        with self._state.locked():
            cluster = self._state.clusters[effect.cluster_id]
            job = make_job(cluster, cluster.steps[effect.step_id], self._data)
            number = list(cluster.steps).index(effect.step_id) + 1
        uri = cluster.request.log_uri
        logs = LogTarget(self._data.cluster(cluster.id), log_uri_of(uri, cluster.id) if uri else None)
        return StepRun(job, number, self._engines, self._storage, logs, self._guardian)

    def _run_step(self, effect: ev.StartStep, run: HeldRun) -> None:
        try:
            finished = self._outcomes.finished(run.run())
        except Exception as bug:
            finished = self._failed_by_us(effect, bug)
        try:
            self._state.post(effect.cluster_id, finished)
        except Exception as bug:
            self._bugs.record(bug)
        del self._runs[effect.step_id]
        self._state.work.end(_step_task(effect))

    def _failed_by_us(self, effect: ev.StartStep, bug: Exception) -> ev.StepFinished:
        self._bugs.record(bug)
        return ev.StepFinished(effect.step_id, ev.StepEnd.FAILED, _failure_of_ours(bug))

    def _stop_step(self, effect: ev.StopStep) -> None:
        if running := self._runs.get(effect.step_id):
            task = Task(effect.cluster_id, "the end of the process", effect.step_id)

            def stop() -> None:
                running[0].stop(effect.force)
                self._state.work.end(task)

            self._state.work.begin(task)
            Thread(target=stop, name=f"emrsim-stop-{effect.step_id}", daemon=True).start()

    def _scale(self, effect: ev.Scale) -> None:
        apply_limits(self._state, effect.cluster_id)

    def _await_idle_timeout(self, effect: ev.AwaitIdleTimeout) -> None:
        delay = max(effect.deadline - self._state.clock.now(), timedelta(0))
        event = ev.IdleTimedOut(effect.idle_since)
        self._post_later(delay, effect, event, "a step, or the end of its idle time", is_clients=True)


def _task(effect: ev.Effect) -> Task:
    return Task(effect.cluster_id, type(effect).__name__, brief=True)


def _step_task(effect: ev.StartStep) -> Task:
    return Task(effect.cluster_id, "the process", effect.step_id)


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
