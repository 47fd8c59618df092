"""Rules over HTTP, as curl would add them."""

from __future__ import annotations

from typing import Any

import pytest

from emrsim import Emulator
from tests.support.calls import Caller
from tests.support.control import control, refused
from tests.support.engines import command_step
from tests.waiting import wait_until

HANG = {"match": {"step": "stuck"}, "then": {"hang": True}}


def step_states(emr: Caller, cluster_id: str) -> list[str]:
    return [step["Status"]["State"] for step in emr.call("ListSteps", ClusterId=cluster_id)["Steps"]]


def test_rule_is_added_listed_used_and_removed(emrsim: Emulator) -> None:
    rule = {"match": {"step": "a *"}, "then": {"fail": {"exit_code": 7}}}

    added = control(emrsim, "POST", "rules", rule)
    assert control(emrsim, "GET", "rules") == {"rules": [{"id": "r-1", **rule, "used": 0}]}
    emr = Caller(emrsim.port, "json")
    cluster_id = emr.run(Steps=[command_step("true")])
    wait_until(lambda: step_states(emr, cluster_id) == ["FAILED"])

    assert control(emrsim, "GET", "rules")["rules"][0]["used"] == 1
    assert control(emrsim, "DELETE", f"rules/{added['id']}") == {"rules": []}


@pytest.mark.parametrize(("content", "state"), [(None, "COMPLETED"), ({"then": {"fail": True}}, "FAILED")])
def test_what_hangs_is_released(emrsim: Emulator, content: Any, state: str) -> None:
    rule_id = control(emrsim, "POST", "rules", HANG)["id"]
    emr = Caller(emrsim.port, "json")
    cluster_id = emr.run(Steps=[command_step("true", name="stuck")])
    wait_until(lambda: step_states(emr, cluster_id) == ["RUNNING"])
    wait_until(lambda: control(emrsim, "GET", "rules")["rules"][0]["used"])

    assert control(emrsim, "POST", f"rules/{rule_id}/release", content or {}) == {"released": 1}

    wait_until(lambda: step_states(emr, cluster_id) == [state])


def test_all_rules_are_removed(emrsim: Emulator) -> None:
    control(emrsim, "POST", "rules", HANG)
    control(emrsim, "POST", "rules", {"then": {"internal_error": True}})

    assert control(emrsim, "DELETE", "rules") == {"rules": []}


@pytest.mark.parametrize(
    ("method", "path", "content", "answer"),
    [
        ("POST", "rules", {"then": {"fail": {"exit_code": 0}}}, (400, "then.fail.exit_code: 0 is out")),
        ("POST", "rules", {"then": {"hang": True, "take": 1}}, (400, "then: 'hang' and 'take' contradict")),
        ("POST", "rules", b"", (400, "then: required")),
        ("DELETE", "rules/r-9", None, (404, "unknown rule 'r-9'")),
        ("POST", "rules/r-9/release", {}, (404, "unknown rule 'r-9'")),
        ("POST", "rules/r-9/release", {"than": 1}, (400, "than: unknown: expected 'then'")),
        ("PUT", "rules", {}, (405, "PUT /_emrsim/rules: expected one of DELETE, GET, POST")),
        ("GET", "rules/r-9/x", None, (404, "/_emrsim/rules/r-9/x: not found")),
    ],
)
def test_bad_call_is_refused_naming_the_place(
    emrsim: Emulator, method: str, path: str, content: Any, answer: tuple[int, str]
) -> None:
    status, said = refused(emrsim, method, path, content)

    assert (status, said[: len(answer[1])]) == answer
    assert control(emrsim, "GET", "rules") == {"rules": []}
