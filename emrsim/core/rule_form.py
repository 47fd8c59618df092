"""The form of rules, the same in Python and JSON: read, checked and written back.

    {"match": {"cluster": "nightly*", "step": "wc*", "jar": "*.jar", "argument": "--fast", "nth": 2},
     "then": {"fail": {"exit_code": 3, "stderr": "disk full"}, "take": "PT30S"}}

then, of a step      fail, cancel, complete (without running), each also with `take`; take alone; hang
then, of a cluster   fail_provisioning, fail_bootstrap;
                     internal_error, lose_instance, interrupt_spot, each also with `after`
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from emrsim.core.durations import BadDuration, duration, duration_text
from emrsim.core.rules import (
    INSTANCE_MISHAPS,
    LAUNCH_MISHAPS,
    ClusterOutcome,
    Match,
    Mishap,
    Rule,
    StepEnding,
    StepOutcome,
)

TEXT_CHARACTERS_MAX = 30_000  # of stdout and stderr: they are arguments of a process
_ROLES = ("MASTER", "CORE", "TASK")
_PATTERNS = ("cluster", "step", "jar", "argument")
_ENDINGS = tuple(ending.value for ending in StepEnding if ending is not StepEnding.RUN)
_STEP_WORDS = (*_ENDINGS, "take", "hang")
_MISHAPS = tuple(mishap.value for mishap in Mishap)


class RuleError(ValueError):
    """A rule that cannot be; the message begins with the place."""

    def __init__(self, place: str, what: str) -> None:
        super().__init__(f"{place}: {what}")


def read_rule(content: Any, rule_id: str) -> Rule:
    """The rule that `content` is. Raises RuleError."""
    known = _object(content, "rule", ("match", "then"))
    if "then" not in known:
        raise RuleError("then", "missing; it says what is to happen")
    match = _match(known.get("match", {}))
    return Rule(rule_id, match, _check_against(match, read_outcome(known["then"])))


def read_outcome(content: Any) -> StepOutcome | ClusterOutcome:
    """What stands below `then`. Raises RuleError."""
    words = _object(content, "then", (*_STEP_WORDS, *_MISHAPS, "after"))
    of_cluster = [word for word in words if word in _MISHAPS]
    of_step = [word for word in words if word in _STEP_WORDS]
    if of_cluster and of_step:
        raise RuleError("then", f"{of_step[0]!r} is of a step and {of_cluster[0]!r} of a cluster: two rules")
    if len(of_cluster) > 1:
        raise RuleError("then", f"{of_cluster[0]!r} and {of_cluster[1]!r} contradict each other")
    if of_cluster:
        return _cluster_outcome(Mishap(of_cluster[0]), words)
    if "after" in words:
        raise RuleError("then.after", f"only with {', '.join(_MISHAPS)}; a step has 'take'")
    if not of_step:
        raise RuleError("then", f"empty; it has one of {', '.join((*_STEP_WORDS, *_MISHAPS))}")
    return _step_outcome(words)


def write_rule(rule: Rule) -> dict[str, Any]:
    """The form of `rule`; `read_rule` reads it back."""
    match = {name: getattr(rule.match, name) for name in (*_PATTERNS, "nth")}
    then = rule.then
    written = _written_step(then) if isinstance(then, StepOutcome) else _written_cluster(then)
    return {"match": {name: value for name, value in match.items() if value is not None}, "then": written}


def _match(content: Any) -> Match:
    found = _object(content, "match", (*_PATTERNS, "nth"))
    for name in _PATTERNS:
        if name in found and not (isinstance(found[name], str) and found[name]):
            raise RuleError(f"match.{name}", f"{found[name]!r} is no pattern: a text that is not empty")
    if "nth" in found:
        _check_number(found["nth"], "match.nth", 1, None)
    return Match(**found)


def _step_outcome(words: Mapping[str, Any]) -> StepOutcome:
    endings = [word for word in words if word in _ENDINGS]
    if "hang" in words and len(words) > 1:
        other = next(word for word in words if word != "hang")
        raise RuleError("then", f"'hang' and {other!r} contradict each other: what hangs never gets there")
    if len(endings) > 1:
        raise RuleError("then", f"{endings[0]!r} and {endings[1]!r} contradict each other")
    take = _duration(words["take"], "then.take") if "take" in words else None
    if "hang" in words:
        _check_true(words["hang"], "then.hang")
        return StepOutcome(hang=True)
    if not endings:
        return StepOutcome(take=take)
    return StepOutcome(StepEnding(endings[0]), take=take, **_details(endings[0], words[endings[0]]))


def _details(ending: str, content: Any) -> dict[str, Any]:
    place = f"then.{ending}"
    if ending != StepEnding.FAIL:
        _check_true(content, place)
        return {}
    found = {} if content is True else _object(content, place, ("exit_code", "stdout", "stderr"))
    _check_number(found.get("exit_code", 1), f"{place}.exit_code", 1, 255)
    for name in ("stdout", "stderr"):
        _check_text(found.get(name, ""), f"{place}.{name}")
    return {"exit_code": 1, **found}


def _cluster_outcome(mishap: Mishap, words: Mapping[str, Any]) -> ClusterOutcome:
    place = f"then.{mishap.value}"
    names = ("role", "count") if mishap in INSTANCE_MISHAPS else ("message",)
    found = {} if words[mishap.value] is True else _object(words[mishap.value], place, names)
    if "message" in found:
        _check_text(found["message"], f"{place}.message")
    if found.get("role", "CORE") not in _ROLES:
        raise RuleError(f"{place}.role", f"{found['role']!r} is no role: {', '.join(_ROLES)}")
    if "count" in found:
        _check_number(found["count"], f"{place}.count", 1, None)
    if mishap is Mishap.INSTANCE_LOSS:
        found = {"role": "CORE", "count": 1, **found}
    if "after" in words and mishap in LAUNCH_MISHAPS:
        raise RuleError("then.after", f"not with {mishap.value!r}, which has a moment of its own")
    return ClusterOutcome(mishap, after=_duration(words.get("after", 0), "then.after"), **found)


def _check_against(match: Match, then: StepOutcome | ClusterOutcome) -> StepOutcome | ClusterOutcome:
    """What can never match is refused: a cluster fails to launch before it has started a step."""
    if isinstance(then, ClusterOutcome) and then.mishap in LAUNCH_MISHAPS and match.is_about_a_step:
        named = next(name for name in _PATTERNS[1:] if getattr(match, name) is not None)
        raise RuleError(f"match.{named}", f"{then.mishap.value!r} comes before any step: this never matches")
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


def _object(content: Any, place: str, names: Iterable[str]) -> dict[str, Any]:
    if not isinstance(content, Mapping):
        raise RuleError(place, f"{content!r} is no object with {', '.join(names)}")
    for name in content:
        if name not in names:
            within = f"{place}.{name}" if place != "rule" else str(name)
            raise RuleError(within, f"unknown; there can be {', '.join(names)}")
    return dict(content)


def _duration(content: Any, place: str) -> timedelta:
    try:
        found = duration(content)
    except BadDuration as error:
        raise RuleError(place, str(error)) from None
    if found < timedelta(0):
        raise RuleError(place, f"{content!r} is in the past")
    return found


def _check_number(content: Any, place: str, least: int, most: int | None) -> None:
    is_number = isinstance(content, int) and not isinstance(content, bool)
    if not is_number or content < least or (most is not None and content > most):
        limits = f"{least} or more" if most is None else f"{least} to {most}"
        raise RuleError(place, f"{content!r} is not a number, {limits}")


def _check_text(content: Any, place: str) -> None:
    if not isinstance(content, str) or "\0" in content or len(content) > TEXT_CHARACTERS_MAX:
        raise RuleError(place, f"not a text of at most {TEXT_CHARACTERS_MAX} characters, none of them NUL")


def _check_true(content: Any, place: str) -> None:
    if content is not True:
        raise RuleError(place, f"{content!r} says nothing: true, or leave it out")
