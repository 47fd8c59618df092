"""The bootstrap actions of a cluster, one after the other, before its first step.

They run once, for the master: all the instances of a cluster are this machine.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from emrsim.core import texts
from emrsim.core.events import Bootstrapped, ClusterFailed
from emrsim.core.jars import emrs_script
from emrsim.core.model import BootstrapAction, Cluster
from emrsim.core.ports import Command, Storage, StorageError
from emrsim.engines.hadoop_jar import EMRSIM
from emrsim.engines.process import Place
from emrsim.service.folders import ClusterFolder
from emrsim.service.jobs import log_environment
from emrsim.service.logs import STEP_FILES, ControllerLog, LogTarget
from emrsim.service.program_run import ProgramRun, Supervision
from emrsim.service.world import World


@dataclass(frozen=True)
class _Action:
    """A bootstrap action and what belongs to it."""

    number: int
    action: BootstrapAction
    place: Place
    environment: Mapping[str, str]


class BootstrapRun:
    """Bootstrap actions that are being run: `run` belongs to one thread, `stop` may be called from any."""

    def __init__(
        self,
        cluster: Cluster,
        folder: ClusterFolder,
        environment: Mapping[str, str],
        supervision: Supervision,
        world: World,
        logs: LogTarget,
        skipped: Mapping[int, str] = MappingProxyType({}),
        warnings: Sequence[str] = (),
    ) -> None:
        """To be called under the emulator's lock: it reads the cluster.

        `skipped` are the actions that do not run, by number, with the id of the rule that says so; `warnings`
        are what the controller log of each action says of the cluster.
        """
        self._warnings = warnings
        self._skipped = skipped
        self._master_id = cluster.master.ec2_id if cluster.master else "?"
        self._logs = logs
        self._program = ProgramRun(supervision, world)
        self._actions = [
            self._prepare(number, action, folder, environment)
            for number, action in enumerate(cluster.request.bootstrap_actions, 1)
        ]

    @property
    def runs_programs(self) -> bool:
        """Whether there is an action that is not skipped."""
        return any(action.number not in self._skipped for action in self._actions)

    def run(self) -> Bootstrapped | ClusterFailed | None:
        """Run the actions until one fails; None if `stop` ended that. By then their logs are copied."""
        for action in self._actions:
            tmp = Path(action.environment["TMPDIR"])
            for path in (action.place.work_folder, action.place.log_folder, tmp):
                path.mkdir(parents=True, exist_ok=True)
        event = self._run_all(self._actions)
        self._publish_logs()
        return None if self._program.stop_requested else event

    def stop(self, force: bool = False) -> None:
        """End what runs, with `force` at once; returns when it is gone."""
        self._program.stop(force)

    def _prepare(
        self, number: int, action: BootstrapAction, folder: ClusterFolder, environment: Mapping[str, str]
    ) -> _Action:
        work = folder.work(f"bootstrap-action-{number}")
        place = Place(work, folder.bootstrap_logs(self._master_id, number))
        own = log_environment(place.log_folder, folder.tmp(work.name))
        return _Action(number, action, place, {**environment, **own})

    def _run_all(self, actions: Iterable[_Action]) -> Bootstrapped | ClusterFailed | None:
        for action in actions:
            if self._program.stop_requested:
                return None
            if failure := self._run_one(action):
                return ClusterFailed(texts.BOOTSTRAP_FAILURE, failure)
        return Bootstrapped()

    def _run_one(self, action: _Action) -> str | None:
        """What EMR says of an action that failed; None for one that did not.

        Source: docs/facts/states.md#bootstrap-failures.
        """
        for name in STEP_FILES:
            (action.place.log_folder / name).touch()
        controller = ControllerLog(action.place.log_folder)
        controller.runs_again()
        for warning in self._warnings:
            controller.note(warning)
        path = action.action.path
        if rule_id := self._skipped.get(action.number):
            controller.skipped(path, rule_id)
            return None
        controller.fetching(path)
        if (why := _not_downloadable(path, self._logs.storage)) is not None:
            controller.not_downloaded(path, why)
            return texts.bootstrap_not_downloaded(self._master_id, action.number)
        controller.executing(action.place.work_folder, (path, *action.action.args))
        argv = (*EMRSIM, "script-runner", path, *action.action.args)
        try:
            exit_code = self._program.run(Command(argv, action.environment), action.place)
        except OSError as error:
            controller.cannot_run(str(error))
            exit_code = -1
        if exit_code is None:
            return None
        controller.execution_ended(exit_code)
        return texts.bootstrap_failed(self._master_id, action.number) if exit_code else None

    def _publish_logs(self) -> None:
        for action in self._actions:
            try:
                self._logs.copy(str(action.place.log_folder.relative_to(self._logs.folder)))
            except StorageError as error:
                ControllerLog(action.place.log_folder).not_copied(str(error))


def _not_downloadable(path: str, storage: Storage) -> str | None:
    """Why the file of an action cannot be had; None if it can, or is one of EMR's own."""
    if "://" not in path or emrs_script(path):
        return None
    try:
        return None if storage.path(path).is_file() else f"No such file or directory: '{path}'"
    except StorageError as error:
        return str(error)
