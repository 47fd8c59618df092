"""Outcomes on demand, carried out: rules (`core.rule_form`) make steps and clusters end as a test wants.

What a rule says shows: the log `controller` of a step that did not run has the rule in its command, and a
step that is COMPLETED without having run says so in its state change reason.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from emrsim.core import events as ev
from emrsim.core import texts
from emrsim.core.clock import Awaited
from emrsim.core.ids import ACCOUNT
from emrsim.core.model import Cluster, Reason
from emrsim.core.ports import CannotRun, Command, Job
from emrsim.core.rule_form import Outcome, RuleError, read_outcome, read_rule, write_rule
from emrsim.core.rules import (
    GROUP_MISHAPS,
    LAUNCH_MISHAPS,
    BootstrapOutcome,
    ClusterOutcome,
    Mishap,
    Rule,
    RuleBook,
    StepEnding,
    StepOutcome,
    groups_to_stop,
    instances_to_lose,
)
from emrsim.core.states import READY_CLUSTERS
from emrsim.service.emulator import EmulatorState
from emrsim.service.held_run import HeldRun
from emrsim.service.record.kept import KeptMishap, KeptRule, KeptRules
from emrsim.service.reports import Reports
from emrsim.service.stream import Happened, caused_by

_LATER_MISHAPS = frozenset(Mishap) - LAUNCH_MISHAPS
_WITHOUT_RUNNING = frozenset({StepEnding.FAIL, StepEnding.COMPLETE})
# Writes its first two arguments and ends with the third; its name is what the controller log shows.
_SCRIPT = 'printf %s "$1"; printf %s "$2" >&2; exit "$3"'
_ROLE = f"arn:aws:iam::{ACCOUNT}:role/EMR_DefaultRole"


class UnusedRules(UserWarning):
    """Rules that were never used: what they were to do has not been tested."""


class NoSuchRule(KeyError):
    """There is no rule of that id."""

    def __str__(self) -> str:
        return f"unknown rule {self.args[0]!r}"


@dataclass(frozen=True)
class _Plan:
    """What becomes of a step, and the run that is to begin for it."""

    rule_id: str
    outcome: StepOutcome
    effect: ev.StartStep
    run: HeldRun


class Outcomes:
    """The rules of an emulator. All of it may be called from any thread."""

    def __init__(self, state: EmulatorState, reports: Reports) -> None:
        self._state = state
        self._reports = reports
        self._book = RuleBook()
        self._made = 0
        self.version = 0  # grows with every change of what the record keeps
        self._mishaps: list[KeptMishap] = []  # that are still to happen
        self._plans: dict[str, _Plan] = {}  # of steps without an end, by id
        self._ready: set[str] = set()  # the clusters that have become so
        state.listeners.append(self._see_ready)

    def add(self, rule: Mapping[str, Any]) -> str:
        """Add a rule, in the form of `core.rule_form`; its id. Raises RuleError, with nothing changed.

        It counts from now on; a cluster that is ready already has its moment now.
        """
        with self._state.locked():
            made = read_rule(rule, f"r-{self._made + 1}")
            self._refuse_repetition(made)
            self._book.add(made)
            self._made += 1
            self.version += 1
            for cluster in self._state.clusters.living():
                if cluster.state in READY_CLUSTERS:
                    self._befall(cluster, self._book.of_cluster(cluster, None, _LATER_MISHAPS, [made.id]))
            return made.id

    def remove(self, rule_id: str) -> None:
        """Forget a rule; what it has made hang runs. Raises NoSuchRule."""
        with self._state.locked():  # no step may begin to hang between the two
            self.release(rule_id)
            self._book.remove(rule_id)
            self.version += 1

    def clear(self) -> None:
        """Forget all rules; what they have made hang runs."""
        with self._state.locked():
            for rule in list(self._book):
                self.remove(rule.id)

    def release(self, rule_id: str, then: Mapping[str, Any] | None = None) -> int:
        """Release the steps that a rule has made hang: they run, or do what `then` says (as in a rule).

        Returns how many there were. Raises NoSuchRule, RuleError.
        """
        outcome = StepOutcome(take=timedelta(0)) if then is None else _release_outcome(then)
        with self._state.locked():
            if rule_id not in self._book:
                raise NoSuchRule(rule_id)
            hanging = [one for one in self._plans.values() if one.rule_id == rule_id and one.outcome.hang]
            for plan in hanging:
                self._carry_out(replace(plan, outcome=outcome), timedelta(0))
        return len(hanging)

    def all(self) -> list[dict[str, Any]]:
        """All rules as they were added, with `id` and how often each has been `used`."""
        with self._state.locked():
            return [{"id": one.id, **write_rule(one), "used": self._book.uses(one.id)} for one in self._book]

    def unused(self) -> list[dict[str, Any]]:
        """The rules that have not been used, in the form of `all`."""
        return [rule for rule in self.all() if not rule["used"]]

    def reset(self) -> None:
        """Begin anew: no rules, and nothing that hangs."""
        with self._state.locked():
            self._book = RuleBook()
            self._plans.clear()
            self._ready.clear()
            self._mishaps.clear()
            self.version += 1

    def picture(self) -> KeptRules:
        """The rules as the record keeps them. To be called under the lock."""
        rules = [KeptRule(one.id, write_rule(one), *self._book.counts(one.id)) for one in self._book]
        return KeptRules(self._made, rules, list(self._mishaps))

    def take_up(self, kept: KeptRules) -> None:
        """Go on with the rules of the record, after the clusters of it are there."""
        with self._state.locked():
            self._made = kept.made
            for one in kept.rules:
                self._book.add(read_rule(one.rule, one.id), one.fitted, one.used)
            self._ready = {one.id for one in self._state.clusters.living() if one.state in READY_CLUSTERS}
            for mishap in kept.mishaps:
                self._await(mishap)

    def begin(self, effect: ev.StartStep, run: HeldRun, usual: timedelta) -> None:
        """Start the run of a step after `usual`, where no rule says otherwise."""
        with self._state.locked():
            cluster = self._state.clusters[effect.cluster_id]
            step = cluster.steps[effect.step_id]
            self._befall(cluster, self._book.of_cluster(cluster, step, _LATER_MISHAPS))
            found = self._book.of_step(cluster, step)
            rule_id, outcome = (found[0].id, found[1]) if found else ("", StepOutcome())
            self._note_counts()
            self._carry_out(_Plan(rule_id, outcome, effect, run), usual)

    def launch_failure(self, cluster: Cluster, mishap: Mishap) -> ev.ClusterFailed | None:
        """How a cluster fails that is being provisioned, or bootstrapped, if a rule says that it does."""
        with self._state.locked():
            found = self._book.of_cluster(cluster, None, [mishap])
            self._note_counts()
        return _failure(cluster, found[0][1]) if found else None

    def skipped_actions(self, cluster: Cluster) -> dict[int, str]:
        """Which bootstrap actions of a cluster do not run, by number, with the id of the rule."""
        with self._state.locked():
            return self._book.of_bootstrap(cluster)

    def finished(self, finished: ev.StepFinished) -> ev.StepFinished:
        """The end of a step, with what its rule has to remark on it."""
        with self._state.locked():
            plan = self._plans.pop(finished.step_id, None)
        return finished if plan is None else replace(finished, remark=_remark(plan, finished.end))

    def hangs(self, step_id: str) -> str | None:
        """The id of the rule that makes a step hang, if one does."""
        plan = self._plans.get(step_id)
        return plan.rule_id if plan and plan.outcome.hang else None

    def ends_without_running(self, step_id: str) -> bool:
        """Whether a rule says how a step ends that does not run."""
        plan = self._plans.get(step_id)
        return plan is not None and plan.outcome.ending in _WITHOUT_RUNNING

    def accepts(self, job: Job) -> bool:
        """As an engine: whether the step is to end without running."""
        return self.ends_without_running(job.step_id)

    def command(self, job: Job) -> Command:
        """See `core.ports.Engine`: a process that only prints what the rule says."""
        plan = self._plans.get(job.step_id)
        if plan is None:
            raise CannotRun("A reset has removed the rule that applied to this step. Nothing was run.")
        outcome = plan.outcome
        name = f"not run: {outcome.ending.value}, as rule {plan.rule_id} of emrsim says"
        return Command(
            ("/bin/sh", "-c", _SCRIPT, name, outcome.stdout, outcome.stderr, str(outcome.exit_code))
        )

    def _refuse_repetition(self, rule: Rule) -> None:
        for other in self._book:
            if other.match == rule.match and _only_one_counts(other.then, rule.then):
                raise RuleError(
                    "match",
                    f"rule {other.id} has the same and takes precedence",
                )

    def _see_ready(self, happened: Happened) -> None:
        cluster = happened.cluster
        if cluster.state in READY_CLUSTERS and cluster.id not in self._ready:
            self._ready.add(cluster.id)
            self._befall(cluster, self._book.of_cluster(cluster, None, _LATER_MISHAPS))

    def _carry_out(self, plan: _Plan, usual: timedelta) -> None:
        effect, outcome = plan.effect, plan.outcome
        if plan.rule_id:
            self._plans[effect.step_id] = plan
        if outcome.hang:
            return
        delay = usual if outcome.take is None else outcome.take
        what = f"the start of the process of {effect.step_id}"
        awaited = Awaited(what, effect.cluster_id, step_id=effect.step_id)
        self._after(delay, self._end_of_wait(plan), awaited)

    def _end_of_wait(self, plan: _Plan) -> Callable[[], None]:
        if plan.outcome.ending is not StepEnding.CANCEL:
            return plan.run.begin

        def cancel() -> None:
            event = ev.StepCancelRequested(plan.effect.step_id)
            with caused_by("rule", plan.rule_id):
                self._reports.make(lambda: self._state.post(plan.effect.cluster_id, event))

        return cancel

    def _after(self, delay: timedelta, call: Callable[[], None], awaited: Awaited) -> None:
        if delay:
            self._state.clock.call_later(delay, call, awaited)
        else:
            call()

    def _befall(self, cluster: Cluster, found: Iterable[tuple[Rule, ClusterOutcome]]) -> None:
        self._note_counts()
        for rule, outcome in found:
            due = self._state.clock.now() + outcome.after
            self._await(KeptMishap(rule.id, cluster.id, due, write_rule(rule)["then"]))

    def _await(self, mishap: KeptMishap) -> None:
        """Carry it out when it is due."""
        self._mishaps.append(mishap)
        delay = max(mishap.due - self._state.clock.now(), timedelta(0))
        awaited = Awaited(f"what rule {mishap.rule_id} says", mishap.cluster_id)
        self._state.clock.call_later(delay, lambda: self._reports.make(lambda: self._happen(mishap)), awaited)

    def _note_counts(self) -> None:
        """The rules were asked, which is counted."""
        if any(True for _ in self._book):
            self.version += 1

    def _happen(self, mishap: KeptMishap) -> None:
        """It befalls the cluster now, unless that is ending by itself, or is gone."""
        outcome = read_outcome(mishap.then)
        with caused_by("rule", mishap.rule_id), self._state.locked():
            if mishap in self._mishaps:
                self._mishaps.remove(mishap)
                self.version += 1
            cluster = self._state.clusters.get(mishap.cluster_id)
            if (
                cluster is None
                or cluster.state not in READY_CLUSTERS
                or not isinstance(outcome, ClusterOutcome)
            ):
                return
            if outcome.mishap is Mishap.INTERNAL_ERROR:
                self._state.post(cluster.id, _failure(cluster, outcome))
                return
            if outcome.mishap in GROUP_MISHAPS:
                for group_id in groups_to_stop(cluster, outcome):
                    self._state.post(cluster.id, _stop(group_id, outcome))
                return
            for group_id, instance_ids in instances_to_lose(cluster, outcome).items():
                self._state.post(cluster.id, self._loss(cluster, outcome, group_id, instance_ids))

    def _loss(
        self, cluster: Cluster, outcome: ClusterOutcome, group_id: str, instance_ids: list[str]
    ) -> ev.InstancesLost:
        """Lost instances are replaced; spot capacity that was taken back is gone (both assumed).

        A master is replaced where most of several masters are left (Management Guide, emr-plan-ha).
        """
        if outcome.mishap is Mishap.SPOT_INTERRUPTION:
            return ev.InstancesLost(group_id, tuple(instance_ids), texts.spot_interrupted())
        kinds = [cluster.instances[one].kind for one in instance_ids]
        group = cluster.groups[group_id]
        left = len(cluster.living_instances_of(group_id)) - len(instance_ids)
        is_lost = group.request.role == "MASTER" and 2 * left <= group.requested_count
        new = () if is_lost else self._state.make_instances(group_id, kinds)
        return ev.InstancesLost(group_id, tuple(instance_ids), texts.instance_failed(), new)


def _stop(group_id: str, outcome: ClusterOutcome) -> ev.GroupStuck:
    """The end of a group's work; a resize begins it anew."""
    arrested = outcome.mishap is Mishap.GROUP_ARREST
    reason = texts.group_arrested() if arrested else texts.group_suspended()
    return ev.GroupStuck(group_id, arrested, Reason(reason.code, outcome.message or reason.message))


def _only_one_counts(one: Outcome, other: Outcome) -> bool:
    """Whether what fits both can have one of the outcomes only. Instances can be lost again and again."""
    if isinstance(one, BootstrapOutcome) or isinstance(other, BootstrapOutcome):
        return one == other
    if isinstance(one, StepOutcome) or isinstance(other, StepOutcome):
        return isinstance(one, StepOutcome) and isinstance(other, StepOutcome)
    mishaps = {one.mishap, other.mishap}
    return mishaps <= LAUNCH_MISHAPS or mishaps == {Mishap.INTERNAL_ERROR}


def _release_outcome(then: Mapping[str, Any]) -> StepOutcome:
    outcome = read_outcome(then)
    if not isinstance(outcome, StepOutcome) or outcome.hang:
        raise RuleError("then", "invalid outcome of a release: expected take, fail, complete or cancel")
    return outcome


def _failure(cluster: Cluster, outcome: ClusterOutcome) -> ev.ClusterFailed:
    reasons: dict[Mishap, Reason] = {
        Mishap.PROVISIONING_FAILURE: texts.role_invalid(_ROLE),
        Mishap.BOOTSTRAP_FAILURE: texts.bootstrap_action_failed(
            cluster.master.ec2_id if cluster.master else "?"
        ),
        Mishap.INTERNAL_ERROR: texts.internal_error(),
    }
    reason = reasons[outcome.mishap]
    return ev.ClusterFailed(reason.code, outcome.message or reason.message)


def _remark(plan: _Plan, end: ev.StepEnd) -> str:
    """Return the message for clients about a step that has ended without running."""
    if (plan.outcome.ending, end) == (StepEnding.COMPLETE, ev.StepEnd.SUCCEEDED):
        return f"Completed without running, as rule {plan.rule_id} of emrsim says"
    if (plan.outcome.ending, end) == (StepEnding.CANCEL, ev.StepEnd.STOPPED):
        return f"Cancelled, as rule {plan.rule_id} of emrsim says"
    return ""
