"""Outcomes on demand: which cluster or step a rule is about, and what is to become of it.

The form in which rules are written is in `core.rule_form`; `service.outcomes` carries them out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from fnmatch import fnmatchcase
from typing import Annotated, TypeVar

from emrsim.core.model import Cluster, Step
from emrsim.core.plain import Between, Length
from emrsim.core.states import GROUP_MOVES, GroupMove

Outcome = TypeVar("Outcome")
Pattern = Annotated[str, Length(1)]


@dataclass(frozen=True)
class Match:
    """Patterns as of a shell (`*`, `?`, `[…]`); all that are given have to fit.

    `cluster` and `step` fit a name or an id, `argument` any one of the step's arguments. With `nth`, the
    rule is for the nth time only that the rest fits, counted from 1.
    """

    cluster: Pattern | None = None
    step: Pattern | None = None
    jar: Pattern | None = None
    argument: Pattern | None = None
    nth: Annotated[int, Between(1)] | None = None

    @property
    def is_about_a_step(self) -> bool:
        return (self.step, self.jar, self.argument) != (None, None, None)

    def fits(self, cluster: Cluster, step: Step | None) -> bool:
        """Whether all patterns fit; `step` is None where it is about the cluster alone."""
        if not _fits(self.cluster, cluster.request.name, cluster.id):
            return False
        if step is None:
            return not self.is_about_a_step
        return (
            _fits(self.step, step.request.name, step.id)
            and _fits(self.jar, step.request.jar)
            and (self.argument is None or _fits(self.argument, *step.request.args))
        )


class StepEnding(StrEnum):
    """How a step ends; the values are the words of the rules."""

    RUN = "run"  # as it really does
    FAIL = "fail"
    CANCEL = "cancel"
    COMPLETE = "complete"  # without running


@dataclass(frozen=True)
class StepOutcome:
    """What becomes of a step. It hangs, or ends having been RUNNING for `take` (None: as ever)."""

    ending: StepEnding = StepEnding.RUN
    hang: bool = False
    take: timedelta | None = None
    exit_code: int = 0
    stdout: str = ""
    stderr: str = ""


class Mishap(StrEnum):
    """What befalls a cluster; the values are the words of the rules."""

    PROVISIONING_FAILURE = "fail_provisioning"
    BOOTSTRAP_FAILURE = "fail_bootstrap"
    INTERNAL_ERROR = "internal_error"
    INSTANCE_LOSS = "lose_instance"
    SPOT_INTERRUPTION = "interrupt_spot"
    GROUP_SUSPENSION = "suspend_group"
    GROUP_ARREST = "arrest_group"


LAUNCH_MISHAPS = frozenset({Mishap.PROVISIONING_FAILURE, Mishap.BOOTSTRAP_FAILURE})
INSTANCE_MISHAPS = frozenset({Mishap.INSTANCE_LOSS, Mishap.SPOT_INTERRUPTION})
GROUP_MISHAPS = frozenset({Mishap.GROUP_SUSPENSION, Mishap.GROUP_ARREST})


@dataclass(frozen=True)
class ClusterOutcome:
    """What befalls a cluster, `after` the moment of its rule: the start of the step that fits, else the
    moment at which the cluster is ready. Failures to launch have a moment of their own.

    `role` and `count` say which instances are lost (None: of any group, all), or `role` which groups are
    stopped (None: core and task groups); `message` is the state change reason, where it is not to be AWS's.
    """

    mishap: Mishap
    after: timedelta = timedelta(0)
    role: str | None = None
    count: int | None = None
    message: str | None = None


@dataclass(frozen=True)
class BootstrapOutcome:
    """Bootstrap actions do not run: those whose name or path fits the pattern `action` (None: all)."""

    action: str | None = None

    def skipped(self, cluster: Cluster) -> list[int]:
        """The numbers, from 1 on, of the actions that do not run."""
        actions = enumerate(cluster.request.bootstrap_actions, 1)
        return [number for number, one in actions if _fits(self.action, one.name, one.path)]


@dataclass(frozen=True)
class Rule:
    """A rule; `id` is how it is named in logs."""

    id: str
    match: Match
    then: StepOutcome | ClusterOutcome | BootstrapOutcome


@dataclass
class _Entry:
    rule: Rule
    fitted: int = 0  # how often the patterns did
    used: int = 0


class RuleBook:
    """The rules in the order they were added, and how often each has been used.

    Asking counts as a use of the rule, so it must be asked once for each step or cluster.
    """

    def __init__(self) -> None:
        self._entries: dict[str, _Entry] = {}

    def __iter__(self) -> Iterator[Rule]:
        return (entry.rule for entry in self._entries.values())

    def __contains__(self, rule_id: str) -> bool:
        return rule_id in self._entries

    def add(self, rule: Rule, fitted: int = 0, used: int = 0) -> None:
        """Add a rule; of one that there was before, with its counts."""
        self._entries[rule.id] = _Entry(rule, fitted, used)

    def remove(self, rule_id: str) -> None:
        del self._entries[rule_id]

    def counts(self, rule_id: str) -> tuple[int, int]:
        """How often the patterns of a rule fitted, and how often it has been used."""
        entry = self._entries[rule_id]
        return entry.fitted, entry.used

    def uses(self, rule_id: str) -> int:
        """How often a rule has been used."""
        return self._entries[rule_id].used

    def of_step(self, cluster: Cluster, step: Step) -> tuple[Rule, StepOutcome] | None:
        """What becomes of a step whose turn has come: the first rule counts."""
        found = None
        for entry, outcome in self._of_kind(StepOutcome):
            if self._has_its_turn(entry, cluster, step) and found is None:
                entry.used += 1
                found = (entry.rule, outcome)
        return found

    def of_bootstrap(self, cluster: Cluster) -> dict[int, str]:
        """Which bootstrap actions of a cluster do not run, by number, with the id of the rule."""
        found: dict[int, str] = {}
        for entry, outcome in self._of_kind(BootstrapOutcome):
            numbers = outcome.skipped(cluster)
            if numbers and self._has_its_turn(entry, cluster, None):
                entry.used += 1
                found = {**dict.fromkeys(numbers, entry.rule.id), **found}
        return found

    def of_cluster(
        self,
        cluster: Cluster,
        step: Step | None,
        mishaps: Iterable[Mishap],
        rule_ids: Iterable[str] | None = None,
    ) -> list[tuple[Rule, ClusterOutcome]]:
        """Which of these mishaps befall a cluster whose moment, or that of whose step, has come.

        With `rule_ids`, by those rules only.
        """
        found = []
        asked = self._entries.keys() if rule_ids is None else set(rule_ids)
        for entry, outcome in self._of_kind(ClusterOutcome):
            if entry.rule.id not in asked:
                continue
            wanted = outcome.mishap in mishaps and entry.rule.match.is_about_a_step == (step is not None)
            if wanted and _can_happen(cluster, outcome) and self._has_its_turn(entry, cluster, step):
                entry.used += 1
                found.append((entry.rule, outcome))
        return found

    def _of_kind(self, kind: type[Outcome]) -> Iterator[tuple[_Entry, Outcome]]:
        for entry in self._entries.values():
            if isinstance(entry.rule.then, kind):
                yield entry, entry.rule.then

    def _has_its_turn(self, entry: _Entry, cluster: Cluster, step: Step | None) -> bool:
        match = entry.rule.match
        if not match.fits(cluster, step):
            return False
        entry.fitted += 1
        return match.nth in {None, entry.fitted}


def instances_to_lose(cluster: Cluster, outcome: ClusterOutcome) -> dict[str, list[str]]:
    """The ids of the instances that a mishap takes, by group: running ones, the youngest first."""
    found: dict[str, list[str]] = {}
    left = outcome.count
    for group in cluster.groups.values():
        if outcome.role in {None, group.request.role}:
            running = [one for one in cluster.instances_of(group.id) if one.state.value == "RUNNING"]
            if outcome.mishap is Mishap.SPOT_INTERRUPTION:
                running = [one for one in running if one.kind.market == "SPOT"]
            taken = [one.id for one in reversed(running)][:left]
            left = None if left is None else left - len(taken)
            if taken:
                found[group.id] = taken
    return found


def groups_to_stop(cluster: Cluster, outcome: ClusterOutcome) -> list[str]:
    """Return the ids of the groups that a mishap stops; a fleet has no state ARRESTED (source: botocore)."""
    move = GroupMove.ARREST if outcome.mishap is Mishap.GROUP_ARREST else GroupMove.SUSPEND
    if cluster.uses_fleets and move is GroupMove.ARREST:
        return []
    roles = {outcome.role} if outcome.role else {"CORE", "TASK"}
    return [
        group.id
        for group in cluster.groups.values()
        if group.request.role in roles and (group.state, move) in GROUP_MOVES
    ]


def _can_happen(cluster: Cluster, outcome: ClusterOutcome) -> bool:
    if outcome.mishap in GROUP_MISHAPS:
        return bool(groups_to_stop(cluster, outcome))
    return outcome.mishap not in INSTANCE_MISHAPS or bool(instances_to_lose(cluster, outcome))


def _fits(pattern: str | None, *names: str) -> bool:
    return pattern is None or any(fnmatchcase(name, pattern) for name in names)
