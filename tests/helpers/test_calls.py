"""Assertions about requests."""

from __future__ import annotations

from threading import Timer

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
        f"It was called with other parameters:\n  DescribeCluster(ClusterId='{made}') -> 200\n"
        f"It differs in:\n  ClusterId: expected 'j-OTHER', got '{made}'"
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


@pytest.mark.parametrize("assertion", ["assert_called", "assert_called_once", "assert_not_called", "calls"])
def test_name_that_is_no_operation_is_rejected(emrsim: Emulator, assertion: str) -> None:
    with pytest.raises(ValueError, match=r"^unknown operation 'RunJobFlw': did you mean 'RunJobFlow'\?$"):
        getattr(emrsim, assertion)("RunJobFlw")


@pytest.mark.parametrize("operation", ["RunJobFlow", "PutObject", "CreateRole", "CreateSecret"])
def test_operations_of_all_services_are_known(emrsim: Emulator, operation: str) -> None:
    emrsim.assert_not_called(operation)


def test_count_is_asserted_and_told(emrsim: Emulator, emr: Caller) -> None:
    emr.run()
    emr.run(Name="another")

    assert len(emrsim.assert_called("RunJobFlow", count=2)) == 2
    assert emrsim.assert_called("ListClusters", count=0) == []
    with pytest.raises(AssertionError, match=r"RunJobFlow\(\) was called 2 times, not 3 times"):
        emrsim.assert_called("RunJobFlow", count=3)
    with pytest.raises(AssertionError, match=r"was called 1 times, not 0 times"):
        emrsim.assert_called("RunJobFlow", count=0, Name="another")


def test_order_is_asserted_with_others_in_between(emrsim: Emulator, emr: Caller) -> None:
    made = emr.run()
    emr.call("ListClusters")
    emr.call("TerminateJobFlows", JobFlowIds=[made])

    first, last = emrsim.assert_called_in_order("RunJobFlow", ("TerminateJobFlows", {"JobFlowIds": [made]}))

    assert (first.operation, last.operation) == ("RunJobFlow", "TerminateJobFlows")
    with pytest.raises(AssertionError, match=r"RunJobFlow\(\) was not called after TerminateJobFlows"):
        emrsim.assert_called_in_order("TerminateJobFlows", "RunJobFlow")


def test_nearest_of_several_calls_is_compared(emrsim: Emulator, emr: Caller) -> None:
    made = emr.run()
    emr.call("AddJobFlowSteps", JobFlowId=made, Steps=[command_step("false", name="other")])
    emr.call("AddJobFlowSteps", JobFlowId=made, Steps=[command_step("true", name="mine")])

    with pytest.raises(AssertionError) as missing:
        emrsim.assert_called(
            "AddJobFlowSteps", JobFlowId=made, Steps=[{"Name": "mine", "ActionOnFailure": "NEVER"}]
        )

    told = str(missing.value)
    assert "The nearest is call 2; it differs in:" in told
    assert told.rpartition(":\n")[2].strip().startswith("Steps[0].ActionOnFailure: expected 'NEVER', ")


def test_call_that_comes_later_is_waited_for(emrsim: Emulator, emr: Caller) -> None:
    later = Timer(0.2, emr.run, kwargs={"Name": "late"})
    later.start()

    assert emrsim.wait_for_call("RunJobFlow", Name="late").status == 200
    later.join()
    assert emrsim.wait_for_call("RunJobFlow").status == 200
    with pytest.raises(AssertionError, match=r"It differs in:\n  Name: expected 'x', got 'late'\n\(0.05 sec"):
        emrsim.wait_for_call("RunJobFlow", timeout=0.05, Name="x")
    assert not emrsim.journal.is_listened_to
