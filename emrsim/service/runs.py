"""The steps and bootstrap actions that run: each on a thread of its own, from its start to its end."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from threading import Thread
from typing import Protocol

from emrsim.core import events as ev
from emrsim.core import texts
from emrsim.core.model import Cluster, Failure
from emrsim.core.states import OCCUPYING_STEPS
from emrsim.engines.leftovers import kill_leftovers
from emrsim.service.bootstrap_run import BootstrapRun
from emrsim.service.bugs import Bugs
from emrsim.service.emulator import EmulatorState
from emrsim.service.failures import UNKNOWN
from emrsim.service.folders import DataFolder
from emrsim.service.held_run import HeldRun
from emrsim.service.jobs import make_job
from emrsim.service.logs import LogTarget, log_uri_of
from emrsim.service.master import Masters
from emrsim.service.outcomes import Outcomes
from emrsim.service.step_run import StepMeans, StepRun
from emrsim.service.stream import caused_by
from emrsim.service.work import Task


class Run(Protocol):
    """Something that runs and can be stopped."""

    def stop(self, force: bool = False) -> None:
        """End it; returns when its processes are gone."""


@dataclass(frozen=True)
class Means:
    """What an emulator has for running programs."""

    data: DataFolder
    masters: Masters
    steps: StepMeans


class Runs:
    """What runs, by the id of its step, or of its cluster for bootstrap actions."""

    def __init__(self, state: EmulatorState, means: Means, outcomes: Outcomes, bugs: Bugs) -> None:
        """`outcomes` has a word in how a step begins and ends."""
        self._state = state
        self._means = means
        self._outcomes = outcomes
        self._bugs = bugs
        self._running: dict[str, tuple[Run, Thread]] = {}

    def close(self) -> None:
        """Stop all that runs, and wait until it is gone."""
        running = list(self._running.values())
        if running:
            with ThreadPoolExecutor(max_workers=len(running)) as pool:
                list(pool.map(lambda run: run[0].stop(), running))
        for _, thread in running:
            thread.join()
        kill_leftovers(self._means.data.clusters)
        self._means.masters.close()

    def forget(self, cluster_ids: Iterable[str]) -> None:
        """Stop all that runs, and remove the folders of those clusters, logs and all."""
        self.close()
        for cluster_id in cluster_ids:
            shutil.rmtree(self._means.data.cluster(cluster_id).path, ignore_errors=True)

    def start_step(self, effect: ev.StartStep, delay: timedelta) -> None:
        """Run a step, its process after `delay` if no rule says otherwise; its end is posted."""
        task = Task(effect.cluster_id, "the process", effect.step_id)
        try:
            run = HeldRun(self._make_step_run(effect), lambda: self._state.work.begin(task))
        except Exception as bug:
            # Without an end, the step would be RUNNING for ever.
            self._state.post(effect.cluster_id, self._step_failed_by_us(effect, bug))
            return
        self._start(effect.step_id, run, lambda: self._run_step(effect, run, task))
        self._outcomes.begin(effect, run, delay)

    def stop_step(self, effect: ev.StopStep) -> None:
        """Stop a step; its end is posted by whoever runs it.

        One that was restored from elsewhere has no process: nobody runs it.
        """
        running = self._running.get(effect.step_id)
        if running is None:
            self._end_without_process(effect)
            return
        task = Task(effect.cluster_id, "the end of the process", effect.step_id)
        self._aside(task, lambda: running[0].stop(effect.force))

    def _end_without_process(self, effect: ev.StopStep) -> None:
        with self._state.locked():
            if self._state.clusters[effect.cluster_id].steps[effect.step_id].state in OCCUPYING_STEPS:
                self._state.post(effect.cluster_id, ev.StepFinished(effect.step_id, ev.StepEnd.STOPPED))

    def bootstrap(self, cluster_id: str, then: Callable[[ev.Event], None]) -> None:
        """Make the master of a cluster and run its bootstrap actions; `then` is called with what follows.

        It is not called if the cluster ends meanwhile (`end_cluster`).
        """
        with self._state.locked():
            cluster = self._state.clusters[cluster_id]
            try:
                run = self._prepare(cluster)
            except Exception as bug:
                # Without an end, the cluster would be BOOTSTRAPPING for ever.
                then(self._cluster_failed_by_us(bug))
                return
        if run is None:
            then(ev.Bootstrapped())
            return
        task = Task(cluster_id, "the bootstrap actions")
        self._state.work.begin(task)
        self._start(cluster_id, run, lambda: self._run_bootstrap(cluster_id, run, task, then))

    def end_cluster(self, cluster_id: str, then: Callable[[], None]) -> None:
        """Remove what is gone with a cluster once nothing of it runs, and call `then`.

        Its steps have ended; bootstrap actions may run, if it ends before it is ready.
        """
        running = self._running.get(cluster_id)
        if running is None:
            self._remove_folders(cluster_id)
            then()
            return
        task = Task(cluster_id, "the end of the bootstrap actions")

        def stop() -> None:
            running[0].stop()
            running[1].join()
            self._remove_folders(cluster_id)
            then()

        self._aside(task, stop)

    def _aside(self, task: Task, work: Callable[[], None]) -> None:
        """Do what has to wait for processes on a thread of its own."""

        def do() -> None:
            try:
                work()
            except Exception as bug:
                self._bugs.record(bug)
            finally:
                self._state.work.end(task)

        self._state.work.begin(task)
        Thread(target=do, name=f"emrsim-{task.what}", daemon=True).start()

    def _start(self, key: str, run: Run, work: Callable[[], None]) -> None:
        thread = Thread(target=work, name=f"emrsim-{key}", daemon=True)
        self._running[key] = (run, thread)
        thread.start()

    def _make_step_run(self, effect: ev.StartStep) -> StepRun:
        with self._state.locked():
            cluster = self._state.clusters[effect.cluster_id]
            step = cluster.steps[effect.step_id]
            if not self._means.data.cluster(cluster.id).home.is_dir():
                self._means.masters.prepare(cluster)  # of one that was restored, and has never booted here
            environment = self._means.masters.environment(cluster)
            job = make_job(cluster, step, self._means.data.cluster(cluster.id), environment)
            number = list(cluster.steps).index(effect.step_id) + 1
        world = self._means.masters.world(cluster.id)
        return StepRun(job, number, self._means.steps, world, self._logs_of(cluster))

    def _run_step(self, effect: ev.StartStep, run: HeldRun, task: Task) -> None:
        try:
            finished = self._outcomes.finished(run.run())
        except Exception as bug:
            finished = self._step_failed_by_us(effect, bug)
        try:
            with caused_by("process", effect.step_id):
                self._state.post(effect.cluster_id, finished)
        except Exception as bug:
            self._bugs.record(bug)
        del self._running[effect.step_id]
        self._state.work.end(task)

    def _prepare(self, cluster: Cluster) -> BootstrapRun | None:
        """Make the folders of a cluster, and what runs its bootstrap actions, if it has any."""
        self._means.masters.prepare(cluster)
        if not cluster.request.bootstrap_actions:
            return None
        environment = self._means.masters.environment(cluster)
        folder = self._means.data.cluster(cluster.id)
        supervision = self._means.steps.supervision
        world = self._means.masters.world(cluster.id)
        return BootstrapRun(cluster, folder, environment, supervision, world, self._logs_of(cluster))

    def _run_bootstrap(
        self, cluster_id: str, run: BootstrapRun, task: Task, then: Callable[[ev.Event], None]
    ) -> None:
        event: ev.Event | None
        try:
            event = run.run()
        except Exception as bug:
            event = self._cluster_failed_by_us(bug)
        del self._running[cluster_id]
        if event is not None:
            with caused_by("process", "bootstrap actions"):
                then(event)
        self._state.work.end(task)

    def _logs_of(self, cluster: Cluster) -> LogTarget:
        uri = cluster.request.log_uri
        return LogTarget(
            self._means.data.cluster(cluster.id).path,
            self._means.steps.storage,
            log_uri_of(uri, cluster.id) if uri else None,
            gzipped=cluster.uses_release_label,
        )

    def _remove_folders(self, cluster_id: str) -> None:
        kill_leftovers(self._means.data.cluster(cluster_id).path)
        self._means.masters.forget(cluster_id)
        if not self._means.steps.keep:
            for folder in self._means.data.cluster(cluster_id).is_gone_with_the_cluster:
                shutil.rmtree(folder, ignore_errors=True)

    def _step_failed_by_us(self, effect: ev.StartStep, bug: Exception) -> ev.StepFinished:
        self._bugs.record(bug)
        failure = Failure(UNKNOWN, f"emrsim failed, not the step: {bug!r}")
        return ev.StepFinished(effect.step_id, ev.StepEnd.FAILED, failure)

    def _cluster_failed_by_us(self, bug: Exception) -> ev.ClusterFailed:
        self._bugs.record(bug)
        return ev.ClusterFailed(texts.INTERNAL_ERROR, f"emrsim failed, not the cluster: {bug!r}")
