"""The steps and bootstrap actions that run, each on its own thread."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from threading import Lock, Thread
from typing import Protocol

from emrsim.core import events as ev
from emrsim.core import texts
from emrsim.core.model import Cluster, Failure
from emrsim.core.ports import Job
from emrsim.core.states import ENDED_CLUSTERS, OCCUPYING_STEPS
from emrsim.processes.guardian import kill_leftovers
from emrsim.service.bootstrap_run import BootstrapRun
from emrsim.service.bugs import Bugs
from emrsim.service.configurations import configurations_in_effect, without_effect
from emrsim.service.data_lock import remove_leftovers
from emrsim.service.emulator import EmulatorState
from emrsim.service.failures import UNKNOWN
from emrsim.service.folders import DataFolder, make_slots
from emrsim.service.held_run import HeldRun
from emrsim.service.jobs import make_folders, make_job
from emrsim.service.logs import LogTarget, log_uri_of
from emrsim.service.master import MasterFiles, MasterNodes
from emrsim.service.outcomes import Outcomes
from emrsim.service.reports import Reports
from emrsim.service.step_run import StepRun, StepServices
from emrsim.service.stream import caused_by
from emrsim.service.work import Task
from emrsim.service.workers import Workers


class Run(Protocol):
    """Something that runs and can be stopped."""

    def stop(self, force: bool = False) -> None:
        """End it; returns when its processes are gone."""


@dataclass(frozen=True)
class RunServices:
    """What runs share: folders, masters, and what steps need."""

    data: DataFolder
    masters: MasterNodes
    steps: StepServices
    slots: int

    def make_slots_again(self) -> None:
        """Make the files of the task slots, if somebody has removed the data folder. Raises OSError."""
        if not self.data.slots.is_dir():
            make_slots(self.data.slots, self.slots)


class NoThread(Exception):
    """The system gives this process no thread more."""

    def __str__(self) -> str:
        return (
            f"emrsim could not start a thread: {super().__str__()}. Nothing was run. "
            "Raise the limit of processes (ulimit -u, or pids.max of the container)"
        )


def _stop_aside(run: Run) -> Thread | None:
    """Stop `run` on a new thread, which is returned; on this thread where none can be started."""
    thread = Thread(target=run.stop, name="emrsim-stop", daemon=True)
    try:
        thread.start()
    except RuntimeError:
        run.stop()
        return None
    return thread


class Runs:
    """What runs, by the id of its step, or of its cluster for bootstrap actions."""

    def __init__(
        self, state: EmulatorState, services: RunServices, outcomes: Outcomes, reports: Reports, bugs: Bugs
    ) -> None:
        """`outcomes` may change how a step starts and ends."""
        self._reports = reports
        self._state = state
        self._services = services
        self._outcomes = outcomes
        self._bugs = bugs
        self._running: dict[str, tuple[Run, Thread]] = {}
        self._workers = Workers(bugs.record)
        self._making = Lock()  # of the files of masters

    def close(self) -> None:
        """Stop all that runs, and wait until it is gone."""
        running = list(self._running.values())
        stopping = [thread for run, _ in running if (thread := _stop_aside(run))]
        for thread in [*stopping, *(thread for _, thread in running)]:
            thread.join()
        self._workers.wait()
        kill_leftovers(self._services.data.clusters)
        self._services.masters.close()

    def remove_leftovers(self) -> None:
        """Remove what an emulator that was killed has left in the data folder, on another thread."""
        data, keep = self._services.data, self._services.steps.keep
        self._workers.do(lambda: remove_leftovers(data, self._lives, keep))

    def _lives(self, cluster_id: str) -> bool:
        with self._state.locked():
            cluster = self._state.clusters.get(cluster_id)
            return cluster is not None and cluster.state not in ENDED_CLUSTERS

    def forget(self, cluster_ids: Iterable[str]) -> None:
        """Stop all that runs, and remove the folders of those clusters, logs and all."""
        self.close()
        for cluster_id in cluster_ids:
            shutil.rmtree(self._services.data.cluster(cluster_id).path, ignore_errors=True)

    def start_step(self, effect: ev.StartStep, delay: timedelta) -> None:
        """Run a step, its process after `delay` if no rule says otherwise; its end is posted."""
        tasks: list[Task] = []

        def on_begin(starts: bool) -> None:
            is_brief = not starts or self._outcomes.ends_without_running(effect.step_id)
            tasks.append(Task(effect.cluster_id, "the process", effect.step_id, brief=is_brief))
            self._state.work.begin(tasks[0])

        try:
            job, step_run, files = self._make_step_run(effect)
            run = HeldRun(step_run, on_begin)

            def prepare() -> None:
                self._services.make_slots_again()
                self._make_files_once(files)
                make_folders(job)

            self._start(effect.step_id, run, lambda: self._run_step(effect, run, tasks, prepare))
        except NoThread as error:
            failure = Failure(UNKNOWN, str(error))
            self._report(effect.cluster_id, ev.StepFinished(effect.step_id, ev.StepEnd.FAILED, failure))
        except Exception as bug:
            # Without an end, the step would be RUNNING for ever.
            self._report(effect.cluster_id, self._step_failed_by_us(effect, bug))
        else:
            self._outcomes.begin(effect, run, delay)

    def stop_step(self, effect: ev.StopStep) -> None:
        """Stop a step; the thread that runs it posts its end.

        One that was restored from elsewhere has no process: nobody runs it.
        """
        running = self._running.get(effect.step_id)
        if running is None:
            self._end_without_process(effect)
            return
        run = running[0]
        has_process = not isinstance(run, HeldRun) or run.has_begun
        task = Task(effect.cluster_id, "the end of the process", effect.step_id, brief=not has_process)
        self._aside(task, lambda: run.stop(effect.force))

    def _end_without_process(self, effect: ev.StopStep) -> None:
        def end() -> None:
            with self._state.locked():
                if self._state.clusters[effect.cluster_id].steps[effect.step_id].state in OCCUPYING_STEPS:
                    self._state.post(effect.cluster_id, ev.StepFinished(effect.step_id, ev.StepEnd.STOPPED))

        self._reports.make(end)

    def _report(self, cluster_id: str, event: ev.Event) -> None:
        self._reports.make(lambda: self._state.post(cluster_id, event))

    def bootstrap(self, cluster_id: str, then: Callable[[ev.Event], None]) -> None:
        """Make the master of a cluster and run its bootstrap actions; `then` is called with what follows.

        It is not called if the cluster terminates before (`end_cluster`).
        """
        try:
            with self._state.locked():
                cluster = self._state.clusters[cluster_id]
                files = self._services.masters.files(cluster)
                run = self._make_bootstrap_run(cluster)
            task = Task(cluster_id, "the bootstrap actions", brief=not run.runs_programs)
            self._state.work.begin(task)
            try:
                self._start(cluster_id, run, lambda: self._run_bootstrap(cluster_id, files, run, task, then))
            except BaseException:
                self._state.work.end(task)
                raise
        except NoThread as error:
            then(ev.ClusterFailed(texts.INTERNAL_ERROR, str(error)))
        except Exception as bug:
            # Without an end, the cluster would be BOOTSTRAPPING for ever.
            then(self._cluster_failed_by_us(bug))

    def end_cluster(self, cluster_id: str, then: Callable[[], None]) -> None:
        """Remove what is gone with a cluster once nothing of it runs, and call `then`.

        Its steps have ended; bootstrap actions may run, if it ends before it is ready.
        """
        running = self._running.get(cluster_id)
        task = Task(cluster_id, "the end of its programs", brief=running is None)

        def remove() -> None:
            try:
                self._remove_folders(cluster_id)
            finally:
                then()
                self._state.work.end(task)

        def stop() -> None:
            if running is not None:
                running[0].stop()
                running[1].join()
            self._workers.do(remove)

        self._state.work.begin(task)
        if running is None:
            self._workers.do(remove)
        else:
            self._aside(Task(cluster_id, "the end of the bootstrap actions"), stop)

    def _aside(self, task: Task, work: Callable[[], None]) -> None:
        """Do what waits for processes on a new thread; on this one where none can be started."""

        def do() -> None:
            try:
                work()
            except Exception as bug:
                self._bugs.record(bug)
            finally:
                self._state.work.end(task)

        self._state.work.begin(task)
        try:
            Thread(target=do, name=f"emrsim-{task.what}", daemon=True).start()
        except RuntimeError:
            do()

    def _start(self, key: str, run: Run, work: Callable[[], None]) -> None:
        """Do `work` on a new thread. Raises NoThread."""
        thread = Thread(target=work, name=f"emrsim-{key}", daemon=True)
        self._running[key] = (run, thread)
        try:
            thread.start()
        except RuntimeError as error:
            del self._running[key]
            raise NoThread(str(error)) from error

    def _make_step_run(self, effect: ev.StartStep) -> tuple[Job, StepRun, MasterFiles]:
        with self._state.locked():
            cluster = self._state.clusters[effect.cluster_id]
            step = cluster.steps[effect.step_id]
            environment = self._services.masters.environment(cluster)
            job = make_job(cluster, step, self._services.data.cluster(cluster.id), environment)
            number = list(cluster.steps).index(effect.step_id) + 1
            files = self._services.masters.files(cluster)
        world = self._services.masters.world(cluster)
        logs, warnings = self._logs_of(cluster), without_effect(files.configurations)
        return job, StepRun(job, number, self._services.steps, world, logs, warnings), files

    def _make_files_once(self, files: MasterFiles) -> None:
        """Make the files of a cluster that was restored, and has never booted here."""
        if not files.folder.home.is_dir():
            with self._making:
                if not files.folder.home.is_dir():
                    files.make()

    def _run_step(
        self, effect: ev.StartStep, run: HeldRun, tasks: list[Task], prepare: Callable[[], None]
    ) -> None:
        try:
            prepare()
            finished = self._outcomes.finished(run.run())
        except Exception as bug:
            finished = self._step_failed_by_us(effect, bug)
        try:
            with caused_by("process", effect.step_id):
                self._report(effect.cluster_id, finished)
        except Exception as bug:
            self._bugs.record(bug)
        del self._running[effect.step_id]
        for task in tasks:
            self._state.work.end(task)

    def reconfigure(self, cluster_id: str) -> None:
        """Write the configurations that the groups of a cluster are to have; later steps read them."""
        with self._state.locked():
            write = self._services.masters.reconfiguration(self._state.clusters[cluster_id])
        write()

    def _make_bootstrap_run(self, cluster: Cluster) -> BootstrapRun:
        environment = self._services.masters.environment(cluster)
        folder = self._services.data.cluster(cluster.id)
        supervision = self._services.steps.supervision
        world = self._services.masters.world(cluster)
        logs, skipped = self._logs_of(cluster), self._outcomes.skipped_actions(cluster)
        warnings = without_effect(configurations_in_effect(cluster))
        return BootstrapRun(cluster, folder, environment, supervision, world, logs, skipped, warnings)

    def _run_bootstrap(
        self,
        cluster_id: str,
        files: MasterFiles,
        run: BootstrapRun,
        task: Task,
        then: Callable[[ev.Event], None],
    ) -> None:
        event: ev.Event | None
        try:
            files.make()
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
            self._services.data.cluster(cluster.id).path,
            self._services.steps.storage,
            log_uri_of(uri, cluster.id) if uri else None,
            gzipped=cluster.uses_release_label,
        )

    def _remove_folders(self, cluster_id: str) -> None:
        kill_leftovers(self._services.data.cluster(cluster_id).path)
        self._services.masters.forget(cluster_id)
        if not self._services.steps.keep:
            for folder in self._services.data.cluster(cluster_id).is_gone_with_the_cluster:
                shutil.rmtree(folder, ignore_errors=True)

    def _step_failed_by_us(self, effect: ev.StartStep, bug: Exception) -> ev.StepFinished:
        self._bugs.record(bug)
        failure = Failure(UNKNOWN, f"emrsim failed, not the step: {bug!r}")
        return ev.StepFinished(effect.step_id, ev.StepEnd.FAILED, failure)

    def _cluster_failed_by_us(self, bug: Exception) -> ev.ClusterFailed:
        self._bugs.record(bug)
        return ev.ClusterFailed(texts.INTERNAL_ERROR, f"emrsim failed, not the cluster: {bug!r}")
