"""Assertions about requests."""

from __future__ import annotations

import pytest

from emrsim import Emulator
from tests.support.calls import Caller
from tests.support.engines import command_step


@pytest.fixture
def emr(emrsim: Emulator) -> Caller:
    return Caller(emrsim.port, "json")


def test_only_call_with_these_parameters_is_given(emrsim: Emulator, emr: Caller) -> None:
    first, second = emr.run(), emr.run()
    emr.call("AddJobFlowSteps", JobFlowId=first, Steps=[command_step("true", name="mine")])
    emr.call("AddJobFlowSteps", JobFlowId=second, Steps=[command_step("true")])

    call = emrsim.assert_called_once("AddJobFlowSteps", JobFlowId=first, Steps=[{"Name": "mine"}])

    assert call.result is not None
    assert len(call.result["StepIds"]) == 1


def test_missing_call_shows_those_with_other_parameters(emrsim: Emulator, emr: Caller) -> None:
    made = emr.run()
    emr.call("DescribeCluster", ClusterId=made)

    with pytest.raises(AssertionError) as missing:
        emrsim.assert_called_once("DescribeCluster", ClusterId="j-OTHER")

    assert str(missing.value) == (
        "DescribeCluster(ClusterId='j-OTHER') was not called.\n"
        f"It was called with other parameters:\n  DescribeCluster(ClusterId='{made}') -> 200"
    )


def test_missing_call_shows_calls_of_other_operations(emrsim: Emulator, emr: Caller) -> None:
    emr.call("ListClusters")

    with pytest.raises(AssertionError) as missing:
        emrsim.assert_called("RunJobFlow")

    assert str(missing.value) == "RunJobFlow() was not called.\nThese were:\n  ListClusters() -> 200"


def test_missing_call_among_none_says_so(emrsim: Emulator) -> None:
    with pytest.raises(AssertionError, match="Nothing was called"):
        emrsim.assert_called("RunJobFlow")


def test_second_call_is_one_too_many(emrsim: Emulator, emr: Caller) -> None:
    emr.run()
    emr.run(Name="another")

    assert len(emrsim.assert_called("RunJobFlow")) == 2
    with pytest.raises(AssertionError, match=r"RunJobFlow\(\) was called 2 times, not once:\n.*\n.*another"):
        emrsim.assert_called_once("RunJobFlow")


def test_call_that_must_not_be_is_shown(emrsim: Emulator, emr: Caller) -> None:
    made = emr.run()
    emrsim.assert_not_called("TerminateJobFlows", JobFlowIds=[made])
    emr.call("TerminateJobFlows", JobFlowIds=[made])

    with pytest.raises(AssertionError, match="was called:\n  TerminateJobFlows"):
        emrsim.assert_not_called("TerminateJobFlows", JobFlowIds=[made])


@pytest.mark.parametrize("steps", [[], [{"Name": "mine"}, {"Name": "mine"}], [{"Name": "other"}], "mine"])
def test_lists_are_compared_item_by_item(emrsim: Emulator, emr: Caller, steps: object) -> None:
    emr.run(Steps=[command_step("true", name="mine")])

    emrsim.assert_not_called("RunJobFlow", Steps=steps)
    emrsim.assert_called_once("RunJobFlow", Steps=[{"Name": "mine"}])
