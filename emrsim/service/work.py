"""What has been begun and is not done: effects on their way, processes that run, processes being stopped.

A thread that advances the clock waits for it, and so does a call that may soon have a better answer
(`service.settle`). What waits for the clock or a rule is not in flight.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Container
from dataclasses import dataclass
from threading import Condition


@dataclass(frozen=True)
class Task:
    """Something under way for a cluster, for one of its steps if `step_id` says so.

    What is `brief` is emrsim's own and is carried out at once: effects, files, steps that a rule ends without
    running. All else may take what time it likes. Answers wait for what is brief (`service.settle`), so that
    they do not depend on which thread is faster.
    """

    cluster_id: str
    what: str
    step_id: str = ""
    brief: bool = False


class Work:
    """The tasks in flight. `changed` is notified of every one that ends; its lock guards them."""

    def __init__(self, changed: Condition) -> None:
        self._changed = changed
        self._tasks: Counter[Task] = Counter()

    def begin(self, task: Task) -> None:
        with self._changed:
            self._tasks[task] += 1

    def end(self, task: Task) -> None:
        with self._changed:
            self._tasks[task] -= 1
            if not self._tasks[task]:
                del self._tasks[task]
            self._changed.notify_all()

    def is_under_way(self, cluster_id: str, step_id: str | None = None) -> bool:
        """Whether anything is under way for a cluster; for one step of it, and nothing but it, if named."""
        with self._changed:
            return any(
                task.cluster_id == cluster_id and (task.brief or step_id in {None, task.step_id})
                for task in self._tasks
            )

    def is_brief_under_way(self, cluster_ids: Container[str] | None = None) -> bool:
        """Whether anything brief is under way, for one of those clusters, if they are named."""
        with self._changed:
            return any(
                task.brief and (cluster_ids is None or task.cluster_id in cluster_ids) for task in self._tasks
            )

    def nudge(self) -> None:
        """Wake the threads that wait, so that they check their conditions again."""
        with self._changed:
            self._changed.notify_all()

    def wait(
        self, seconds: float, brief_only: bool = False, until: Callable[[], bool] = lambda: False
    ) -> list[str]:
        """Wait until nothing is under way, or `until` is so, `seconds` at most; what is under way then."""
        deadline = time.monotonic() + seconds
        with self._changed:
            while under_way := [task for task in self._tasks if task.brief or not brief_only]:
                left = deadline - time.monotonic()
                if left <= 0 or until():
                    break
                self._changed.wait(left)
            return [f"{task.what} of {task.step_id or task.cluster_id}" for task in under_way]
