"""The form of rules: what is read and written back, and what is refused, naming the place."""

from __future__ import annotations

from typing import Any

import pytest

from emrsim.core.rule_form import RuleError, read_outcome, read_rule, write_rule

RULES: list[dict[str, Any]] = [
    {"match": {}, "then": {"fail": {"exit_code": 1}}},
    {
        "match": {"cluster": "n*", "step": "wc*", "jar": "*.jar", "argument": "--fast", "nth": 2},
        "then": {"take": "PT30S", "fail": {"exit_code": 255, "stdout": "out", "stderr": "err"}},
    },
    {"match": {"step": "a"}, "then": {"hang": True}},
    {"match": {"step": "a"}, "then": {"take": "PT0S"}},
    {"match": {"step": "a"}, "then": {"take": "P1DT2H3M4.5S", "cancel": True}},
    {"match": {"step": "a"}, "then": {"complete": True}},
    {"match": {}, "then": {"fail_provisioning": True}},
    {"match": {"cluster": "j-*"}, "then": {"fail_provisioning": {"message": "no such subnet"}}},
    {"match": {}, "then": {"fail_bootstrap": True}},
    {"match": {"nth": 3}, "then": {"internal_error": True, "after": "PT5M"}},
    {"match": {"step": "a"}, "then": {"lose_instance": {"role": "TASK", "count": 2}}},
    {"match": {}, "then": {"skip_bootstrap": True}},
    {"match": {"cluster": "n*", "nth": 1}, "then": {"skip_bootstrap": "install*"}},
    {"match": {}, "then": {"interrupt_spot": {"role": "CORE"}, "after": "PT0.25S"}},
    {"match": {}, "then": {"suspend_group": True, "after": "PT1S"}},
    {"match": {"step": "s*"}, "then": {"arrest_group": {"role": "TASK", "message": "out of luck"}}},
]


@pytest.mark.parametrize("rule", RULES)
def test_rule_is_written_as_it_was_read(rule: dict[str, Any]) -> None:
    assert write_rule(read_rule(rule, "r-1")) == rule


def test_what_is_left_out_is_written_where_it_counts() -> None:
    assert write_rule(read_rule({"then": {"fail": True}}, "r-1"))["then"] == {"fail": {"exit_code": 1}}
    lost = write_rule(read_rule({"then": {"lose_instance": True, "after": 90}}, "r-1"))
    assert lost["then"] == {"lose_instance": {"role": "CORE", "count": 1}, "after": "PT1M30S"}


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ("a text", "'a text' is not an object with match, then"),
        ({}, "then: required"),
        ({"match": {}, "the": {}}, "unknown field 'the': did you mean 'then'?"),
        ({"match": [], "then": {"hang": True}}, "match: [] is not an object with cluster, step, jar"),
        ({"match": {"stp": "a"}, "then": {"hang": True}}, "match: unknown field 'stp': did you mean 'step'?"),
        ({"match": {"step": ""}, "then": {"hang": True}}, "match.step: '' is empty"),
        ({"match": {"step": 3}, "then": {"hang": True}}, "match.step: 3 is not text"),
        ({"match": {"nth": 0}, "then": {"hang": True}}, "match.nth: 0 is out of range: expected 1 or more"),
        ({"match": {"nth": True}, "then": {"hang": True}}, "match.nth: True is not a whole number"),
        ({"then": {}}, "then: empty: expected one of fail, cancel, complete, take, hang, fail_provisioning"),
        ({"then": "fail"}, "then: 'fail' is not an object"),
        ({"then": {"explode": True}}, "then: unknown field 'explode': expected one of after, arrest_group"),
        ({"then": {"fail": {"exit_code": 0}}}, "then.fail.exit_code: 0 is out of range: expected 1 to 255"),
        ({"then": {"fail": {"exit_code": 256}}}, "then.fail.exit_code: 256 is out of range"),
        ({"then": {"fail": {"code": 1}}}, "then.fail: unknown field 'code': did you mean 'exit_code'?"),
        ({"then": {"fail": {"stderr": 3}}}, "then.fail.stderr: 3 is not text"),
        (
            {"then": {"fail": {"stderr": "x" * 30_001}}},
            "then.fail.stderr: longer than 30000 characters: '",
        ),
        ({"then": {"fail": {"stderr": "\0"}}}, "then.fail.stderr: '\\x00' has a NUL character"),
        ({"then": {"fail": False}}, "then.fail: False is not true: leave it out"),
        ({"then": {"hang": False}}, "then.hang: False is not true: leave it out to say no"),
        ({"then": {"complete": "yes"}}, "then.complete: 'yes' is not true"),
        ({"then": {"take": "long"}}, "then.take: invalid duration 'long'"),
        (
            {"then": {"take": "P3000000D"}},
            "then.take: 'P3000000D' is out of range: ",
        ),
        (
            {"then": {"internal_error": True, "after": "P3000000D"}},
            "then.after: 'P3000000D' is out of range: ",
        ),
        ({"then": {"take": -1}}, "then.take: -PT1S is negative"),
        ({"then": {"fail": True, "cancel": True}}, "then: 'fail' and 'cancel' contradict each other"),
        ({"then": {"hang": True, "take": 3}}, "then: 'hang' and 'take' contradict each other"),
        ({"then": {"hang": True, "after": 3}}, "then.after: only with fail_provisioning"),
        (
            {"then": {"internal_error": True, "lose_instance": True}},
            "then: 'internal_error' and 'lose_instance' contradict each other",
        ),
        (
            {"then": {"fail": True, "internal_error": True}},
            "then: 'fail' is about a step and 'internal_error' about a cluster: make two rules",
        ),
        ({"then": {"skip_bootstrap": False}}, "then.skip_bootstrap: False is not"),
        ({"then": {"skip_bootstrap": ""}}, "then.skip_bootstrap: '' is "),
        (
            {"then": {"skip_bootstrap": True, "complete": True}},
            "then: 'complete' is about a step and 'skip_bootstrap' about a cluster: make two rules",
        ),
        (
            {"then": {"skip_bootstrap": True, "fail_bootstrap": True}},
            "then: 'fail_bootstrap' and 'skip_bootstrap' contradict each other",
        ),
        (
            {"match": {"step": "x"}, "then": {"skip_bootstrap": True}},
            "match.step: 'skip_bootstrap' happens before any step: this never matches",
        ),
        ({"then": {"skip_bootstrap": True, "after": 3}}, "then.after: only with fail_provisioning"),
        ({"then": {"fail_bootstrap": True, "after": 1}}, "then.after: not with 'fail_bootstrap'"),
        (
            {"then": {"lose_instance": {"role": "HEAD"}}},
            "then.lose_instance.role: unknown role 'HEAD'",
        ),
        (
            {"then": {"lose_instance": {"count": 0}}},
            "then.lose_instance.count: 0 is out of range",
        ),
        ({"then": {"internal_error": {"message": 1}}}, "then.internal_error.message: 1 is not text"),
        (
            {"then": {"internal_error": {"role": "CORE"}}},
            "then.internal_error: unknown field 'role'",
        ),
        (
            {"match": {"argument": "x"}, "then": {"fail_provisioning": True}},
            "match.argument: 'fail_provisioning' happens before any step: this never matches",
        ),
    ],
)
def test_invalid_rule_is_rejected_naming_the_place(rule: Any, words: str) -> None:
    with pytest.raises(RuleError) as refused:
        read_rule(rule, "r-1")

    assert str(refused.value)[: len(words)] == words


def test_outcome_alone_is_read_as_below_then() -> None:
    with pytest.raises(RuleError, match=r"^then\.fail\.exit_code: "):
        read_outcome({"fail": {"exit_code": "1"}})
