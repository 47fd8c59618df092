"""boto3 as it comes: clients, waiters and paginators, and answers that the model knows all of."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError, WaiterError
from botocore.model import Shape

from emrsim import Emulator
from emrsim.core.model import Cluster
from tests.shapes import NOT_SHOWN
from tests.support.calls import Caller, service_model
from tests.support.engines import command_step

Reach = Callable[..., Cluster]
AT_ONCE = {"Delay": 0, "MaxAttempts": 2000}
ONE_MACHINE = {"InstanceCount": 1, "KeepJobFlowAliveWhenNoSteps": True}


def run(emr_client: Any, *steps: dict[str, Any], **instances: Any) -> str:
    answer = emr_client.run_job_flow(Name="n", Instances={**ONE_MACHINE, **instances}, Steps=list(steps))
    return str(answer["JobFlowId"])


def test_waiters_see_a_cluster_run_and_end(emr_client: Any) -> None:
    cluster_id = run(emr_client)
    emr_client.get_waiter("cluster_running").wait(ClusterId=cluster_id, WaiterConfig=AT_ONCE)

    emr_client.terminate_job_flows(JobFlowIds=[cluster_id])

    emr_client.get_waiter("cluster_terminated").wait(ClusterId=cluster_id, WaiterConfig=AT_ONCE)


@pytest.mark.parametrize(("command", "completes"), [("true", True), ("false", False)])
def test_waiter_sees_a_step_end(emr_client: Any, command: str, completes: bool) -> None:
    cluster_id = run(emr_client)
    added = emr_client.add_job_flow_steps(JobFlowId=cluster_id, Steps=[command_step(command)])
    params = {"ClusterId": cluster_id, "StepId": added["StepIds"][0], "WaiterConfig": AT_ONCE}

    waiter = emr_client.get_waiter("step_complete")

    if completes:
        waiter.wait(**params)
    else:
        with pytest.raises(WaiterError, match="FAILED"):
            waiter.wait(**params)


def test_waiter_sees_a_cluster_end_with_errors(emr_client: Any) -> None:
    cluster_id = run(emr_client, command_step("false", on_failure="TERMINATE_CLUSTER"))

    with pytest.raises(WaiterError, match="TERMINATED_WITH_ERRORS"):
        emr_client.get_waiter("cluster_terminated").wait(ClusterId=cluster_id, WaiterConfig=AT_ONCE)


def test_errors_are_of_the_clients_own_classes(emr_client: Any) -> None:
    with pytest.raises(emr_client.exceptions.InvalidRequestException) as refused:
        emr_client.describe_cluster(ClusterId="j-NONE")
    assert refused.value.response["Error"]["Message"] == "Cluster id 'j-NONE' is not valid."

    with pytest.raises(ClientError) as other:
        emr_client.terminate_job_flows(JobFlowIds=["j-NONE"])
    assert other.value.response["Error"]["Code"] == "ValidationException"


def test_call_that_is_not_implemented_fails_at_once(emr_client: Any) -> None:
    with pytest.raises(ClientError) as refused:
        emr_client.list_notebook_executions()

    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 501
    assert refused.value.response["ResponseMetadata"]["RetryAttempts"] == 0


@pytest.mark.parametrize("ended", [False, True])
def test_answers_have_what_the_model_requires_and_nothing_it_does_not_know(
    emrsim: Emulator, reach: Reach, ended: bool
) -> None:
    emr = Caller(emrsim.port, "json")
    action = {"Name": "b", "ScriptBootstrapAction": {"Path": "s3://b/x"}}
    cluster_id = emr.run(
        Steps=[command_step("true"), command_step("false")], BootstrapActions=[action] if ended else []
    )
    cluster = reach(cluster_id, "FAILED" if ended else "WAITING")
    about = {"ClusterId": cluster_id}

    calls: dict[str, dict[str, Any]] = {
        "DescribeCluster": about,
        "DescribeJobFlows": {"JobFlowIds": [cluster_id]},
        "DescribeStep": {**about, "StepId": list(cluster.steps)[-1]},
        "ListBootstrapActions": about,
        "ListClusters": {},
        "ListInstanceGroups": about,
        "ListInstances": about,
        "ListSteps": about,
    }
    for operation, params in calls.items():
        shape = service_model().operation_model(operation).output_shape
        check(shape, raw(emr, operation, params), operation)


def raw(emr: Caller, operation: str, params: dict[str, Any]) -> Any:
    return json.loads(emr.answer(operation, **params).body)


def check(shape: Shape, value: Any, path: str) -> None:
    """Fails for a member that is unknown, required and missing, or of no value the model has."""
    if shape.type_name == "structure":
        assert set(value) <= set(shape.members), path
        required = set(shape.required_members) - NOT_SHOWN.get(shape.name, set())
        assert required <= set(value), path
        for name, member in value.items():
            check(shape.members[name], member, f"{path}.{name}")
    elif shape.type_name == "list":
        for item in value:
            check(shape.member, item, f"{path}[]")
    elif shape.type_name == "string" and shape.enum:
        assert value in shape.enum, path
