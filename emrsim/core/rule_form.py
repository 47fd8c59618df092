"""The form of rules, the same in Python and JSON: read, checked and written back.

    {"match": {"cluster": "nightly*", "step": "wc*", "jar": "*.jar", "argument": "--fast", "nth": 2},
     "then": {"fail": {"exit_code": 3, "stderr": "disk full"}, "take": "PT30S"}}

then, of a step      fail, cancel, complete (without running), each also with `take`; take alone; hang
then, of a cluster   fail_provisioning, fail_bootstrap;
                     internal_error, lose_instance, interrupt_spot, suspend_group, arrest_group,
                     each also with `after`;
                     skip_bootstrap: true, or a pattern of names and paths of bootstrap actions
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from datetime import timedelta
from typing import Annotated, Any, Literal

from emrsim.core.durations import duration_text
from emrsim.core.plain import Between, Length, NotBefore, PlainError, Reader
from emrsim.core.rules import (
    INSTANCE_MISHAPS,
    LAUNCH_MISHAPS,
    BootstrapOutcome,
    ClusterOutcome,
    Match,
    Mishap,
    Pattern,
    Rule,
    StepEnding,
    StepOutcome,
)
from emrsim.core.suggestions import expected_one_of

TEXT_CHARACTERS_MAX = 30_000  # of stdout and stderr: they are arguments of a process
Text = Annotated[str, Length(0, TEXT_CHARACTERS_MAX)]
Duration = Annotated[timedelta, NotBefore()]


@dataclass(frozen=True)
class FailForm:
    """How a step fails."""

    exit_code: Annotated[int, Between(1, 255)] = 1
    stdout: Text = ""
    stderr: Text = ""


@dataclass(frozen=True)
class InstancesForm:
    """Which instances a cluster loses: of which groups, and how many of them."""

    role: Literal["MASTER", "CORE", "TASK"] | None = None
    count: Annotated[int, Between(1)] | None = None


@dataclass(frozen=True)
class GroupForm:
    """Which groups of a cluster stop (default: core and task groups), and the message of their reason."""

    role: Literal["CORE", "TASK"] | None = None
    message: Text | None = None


@dataclass(frozen=True)
class MessageForm:
    """The message of a state change reason, in place of AWS's."""

    message: Text | None = None


@dataclass(frozen=True)
class ThenForm:
    """What is to happen: one of the words, some of which go with `take` or `after`."""

    fail: Annotated[Literal[True] | FailForm | None, "The step fails, without running."] = None
    cancel: Annotated[Literal[True] | None, "The step is CANCELLED."] = None
    complete: Annotated[Literal[True] | None, "The step is COMPLETED, without running."] = None
    take: Annotated[Duration | None, "How long the step is RUNNING, by the clock."] = None
    hang: Annotated[Literal[True] | None, "The step is RUNNING until the rule is released."] = None
    fail_provisioning: Annotated[Literal[True] | MessageForm | None, "The cluster gets no instances."] = None
    fail_bootstrap: Annotated[Literal[True] | MessageForm | None, "A bootstrap action fails."] = None
    internal_error: Annotated[Literal[True] | MessageForm | None, "The cluster fails."] = None
    lose_instance: Annotated[Literal[True] | InstancesForm | None, "Instances are lost."] = None
    interrupt_spot: Annotated[Literal[True] | InstancesForm | None, "Spot instances are taken away."] = None
    suspend_group: Annotated[Literal[True] | GroupForm | None, "Instance groups are SUSPENDED."] = None
    arrest_group: Annotated[Literal[True] | GroupForm | None, "Instance groups are ARRESTED."] = None
    skip_bootstrap: Annotated[
        Literal[True] | Pattern | None, "Bootstrap actions do not run: all, or those that the pattern fits."
    ] = None
    after: Annotated[Duration | None, "How long after its moment, by the clock."] = None


@dataclass(frozen=True, kw_only=True)
class RuleForm:
    """A rule: which clusters or steps it matches, and what happens to them."""

    match: Match = field(default_factory=Match)
    then: ThenForm


_WORDS = tuple(one.name for one in fields(ThenForm))
_MISHAPS = tuple(mishap.value for mishap in Mishap)
_CLUSTER_WORDS = (*_MISHAPS, "skip_bootstrap")
_STEP_WORDS = tuple(word for word in _WORDS if word not in {*_CLUSTER_WORDS, "after"})
_ENDINGS = tuple(ending.value for ending in StepEnding if ending is not StepEnding.RUN)
_PATTERNS = ("cluster", "step", "jar", "argument")


Outcome = StepOutcome | ClusterOutcome | BootstrapOutcome


class RuleError(PlainError):
    """An invalid rule; the message begins with the place."""


def read_rule(content: Any, rule_id: str) -> Rule:
    """The rule that `content` is. Raises RuleError."""
    form: RuleForm = Reader(error=RuleError).read(RuleForm, content, "")
    return Rule(rule_id, form.match, _check_against(form.match, _outcome(form.then)))


def read_outcome(content: Any) -> Outcome:
    """What stands below `then`. Raises RuleError."""
    return _outcome(Reader(error=RuleError).read(ThenForm, content, "then"))


def write_rule(rule: Rule) -> dict[str, Any]:
    """The form of `rule`; `read_rule` reads it back."""
    match = {name: getattr(rule.match, name) for name in (*_PATTERNS, "nth")}
    then = rule.then
    written: dict[str, Any]
    if isinstance(then, BootstrapOutcome):
        written = {"skip_bootstrap": then.action or True}
    else:
        written = _written_step(then) if isinstance(then, StepOutcome) else _written_cluster(then)
    return {"match": {name: value for name, value in match.items() if value is not None}, "then": written}


def _outcome(form: ThenForm) -> Outcome:
    said = [word for word in _WORDS if getattr(form, word) is not None]
    of_cluster = [word for word in said if word in _CLUSTER_WORDS]
    of_step = [word for word in said if word in _STEP_WORDS]
    if of_cluster and of_step:
        raise RuleError(
            "then", f"{of_step[0]!r} is about a step and {of_cluster[0]!r} about a cluster: make two rules"
        )
    if len(of_cluster) > 1:
        raise _contradiction(*of_cluster[:2])
    if of_cluster and of_cluster[0] in _MISHAPS:
        return _cluster_outcome(Mishap(of_cluster[0]), form)
    if form.after is not None:
        raise RuleError("then.after", f"only with {', '.join(_MISHAPS)}; a step has 'take'")
    if form.skip_bootstrap is not None:
        return BootstrapOutcome(None if form.skip_bootstrap is True else form.skip_bootstrap)
    if not of_step:
        raise RuleError("then", f"empty: {expected_one_of(word for word in _WORDS if word != 'after')}")
    return _step_outcome(form, of_step)


def _contradiction(one: str, other: str, why: str = "") -> RuleError:
    return RuleError("then", f"{one!r} and {other!r} contradict each other{why}")


def _step_outcome(form: ThenForm, said: list[str]) -> StepOutcome:
    endings = [word for word in said if word in _ENDINGS]
    if form.hang and len(said) > 1:
        other = next(word for word in said if word != "hang")
        raise _contradiction("hang", other, ": a step that hangs does not end")
    if len(endings) > 1:
        raise _contradiction(*endings[:2])
    if form.hang or not endings:
        return StepOutcome(hang=bool(form.hang), take=form.take)
    if form.fail is None:
        return StepOutcome(StepEnding(endings[0]), take=form.take)
    how = form.fail if isinstance(form.fail, FailForm) else FailForm()
    return StepOutcome(StepEnding.FAIL, False, form.take, how.exit_code, how.stdout, how.stderr)


def _cluster_outcome(mishap: Mishap, form: ThenForm) -> ClusterOutcome:
    if form.after is not None and mishap in LAUNCH_MISHAPS:
        raise RuleError("then.after", f"not with {mishap.value!r}, which has its own moment")
    after = form.after or timedelta(0)
    details = getattr(form, mishap.value)
    if mishap in INSTANCE_MISHAPS:
        found = details if isinstance(details, InstancesForm) else InstancesForm()
        role, count = found.role, found.count
        if mishap is Mishap.INSTANCE_LOSS:
            role, count = role or "CORE", count or 1
        return ClusterOutcome(mishap, after, role, count)
    if isinstance(details, GroupForm):
        return ClusterOutcome(mishap, after, details.role, message=details.message)
    return ClusterOutcome(mishap, after, message=None if details is True else details.message)


def _check_against(match: Match, then: Outcome) -> Outcome:
    """What can never match is rejected: a cluster is launched before it has started a step."""
    is_launch = isinstance(then, ClusterOutcome) and then.mishap in LAUNCH_MISHAPS
    if (is_launch or isinstance(then, BootstrapOutcome)) and match.is_about_a_step:
        named = next(name for name in _PATTERNS[1:] if getattr(match, name) is not None)
        word = then.mishap.value if isinstance(then, ClusterOutcome) else "skip_bootstrap"
        raise RuleError(f"match.{named}", f"{word!r} happens before any step: this never matches")
    return then


def _written_step(outcome: StepOutcome) -> dict[str, Any]:
    written: dict[str, Any] = {"hang": True} if outcome.hang else {}
    if outcome.take is not None:
        written["take"] = duration_text(outcome.take)
    if outcome.ending is StepEnding.FAIL:
        texts = {name: getattr(outcome, name) for name in ("stdout", "stderr") if getattr(outcome, name)}
        written["fail"] = {"exit_code": outcome.exit_code, **texts}
    elif outcome.ending is not StepEnding.RUN:
        written[outcome.ending.value] = True
    return written


def _written_cluster(outcome: ClusterOutcome) -> dict[str, Any]:
    details = {name: getattr(outcome, name) for name in ("role", "count", "message")}
    told = {name: value for name, value in details.items() if value is not None}
    after = {"after": duration_text(outcome.after)} if outcome.after else {}
    return {outcome.mishap.value: told or True, **after}
