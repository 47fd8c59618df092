"""States and their reasons as sentences for a person. The facts are those of the API."""

from __future__ import annotations

from datetime import datetime

from emrsim.core.model import Cluster, Step
from emrsim.core.states import ENDED_CLUSTERS, LAUNCHING_CLUSTERS, StepState
from emrsim.service.failures import UNKNOWN
from emrsim.web.console.wording import between


def step_sentence(cluster: Cluster, step: Step, now: datetime, held_up: str | None) -> str:
    """Return what a step does, or how it ended and why."""
    lasted = between(step.started_at, step.ended_at, now)
    match step.state:
        case StepState.PENDING:
            return _pending(cluster, held_up)
        case StepState.RUNNING:
            return f"Held up: {held_up}." if held_up else "Running."
        case StepState.CANCEL_PENDING:
            return "Somebody cancelled it; its process is being stopped."
        case StepState.COMPLETED:
            remark = f" {step.reason.message}" if step.reason.message else ""
            return f"Completed in {lasted}.{remark}" if lasted else f"Completed.{remark}"
        case StepState.FAILED:
            return f"Failed{f' after {lasted}' if lasted else ''}: {why_failed(step)}"
        case StepState.CANCELLED:
            return _ended("Cancelled", step)
        case _:
            return _ended("Interrupted", step)


def why_failed(step: Step) -> str:
    """Return why a step failed."""
    failure = step.failure
    if failure is None:
        return step.reason.message or "no reason is known."
    if failure.reason in {"", UNKNOWN} or failure.reason.rstrip(".") in failure.message:
        return failure.message
    return f"{failure.reason.rstrip('.')}: {failure.message}"


def cluster_sentence(cluster: Cluster, now: datetime, held_up: str | None) -> str:
    """Return what a cluster does, or how it ended and why."""
    if held_up:
        return f"Held up: {held_up}."
    reason = cluster.reason.message
    if cluster.state in ENDED_CLUSTERS:
        lasted = between(cluster.created_at, cluster.ended_at, now)
        return f"Ended after {lasted}. {reason}".strip()
    running = len(cluster.occupying_steps)
    if running:
        waiting = len(cluster.pending_steps)
        more = f", {waiting} waiting" if waiting else ""
        return f"{running} step{'s' if running > 1 else ''} running{more}."
    return reason or {"STARTING": "Starting its instances."}.get(cluster.state.value, "")


def steps_summary(cluster: Cluster) -> str:
    """Return how many steps there are and how they stand, in a few words."""
    if not cluster.steps:
        return "no steps"
    states = [step.state for step in cluster.steps.values()]
    total = f"{len(states)} step{'s' if len(states) > 1 else ''}"
    words = {"failed": StepState.FAILED, "running": StepState.RUNNING, "pending": StepState.PENDING}
    counts = [f"{states.count(state)} {word}" for word, state in words.items() if state in states]
    return ", ".join([total, *counts])


def _pending(cluster: Cluster, held_up: str | None) -> str:
    if held_up:
        return f"Held up: {held_up}."
    if cluster.state in LAUNCHING_CLUSTERS:
        return "Waiting for the cluster to be ready."
    running = next(iter(cluster.occupying_steps), None)
    return f"Waiting for step “{running.request.name}” to end." if running else "Waiting to be started."


def _ended(word: str, step: Step) -> str:
    return f"{word}: {step.reason.message}" if step.reason.message else f"{word}."
